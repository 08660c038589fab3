"""What is sent again, what is not, and what becomes of answers that are not Almagest's."""

import http.server
import threading

import almagest
import pytest
from almagest._http import Http


class Script(http.server.BaseHTTPRequestHandler):
    """Answers each request with the next of a list: a status, or None = breaks the connection."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        step = self.server.steps.pop(0)
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        if step is None:
            self.close_connection = True
            return
        status, kind, body, more = (step, "application/json", b"{}", {}) if isinstance(step, int) else step
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *arguments):
        pass


@pytest.fixture
def scripted(monkeypatch):
    monkeypatch.setattr("almagest._http._pause", lambda attempt, asked: 0.0)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        server.seen, server.steps = [], []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        server.http = Http(f"http://127.0.0.1:{server.server_address[1]}", None, 5.0, 3)
        yield server
        server.shutdown()


def test_a_request_that_asks_is_sent_again_where_the_server_is_busy_or_the_connection_breaks(scripted):
    scripted.steps = [503, None, 502, 200]
    assert scripted.http.json("listDatasets") == {}
    assert len(scripted.seen) == 4


def test_it_is_given_up_after_as_many_attempts_as_were_allowed(scripted):
    scripted.steps = [503] * 4
    with pytest.raises(almagest.Unavailable):
        scripted.http.json("listDatasets")
    assert len(scripted.seen) == 4


@pytest.mark.parametrize("operation", ["addNote", "cancelRun", "replayRun", "rethresholdRun", "retryRun"])
def test_a_request_that_does_something_each_time_is_sent_once(scripted, operation):
    scripted.steps = [503]
    with pytest.raises(almagest.Unavailable):
        scripted.http.json(operation, path={"run_id": "x"}, body={})
    assert len(scripted.seen) == 1


def test_a_load_is_sent_once(scripted):
    scripted.steps = [503]
    with pytest.raises(almagest.Unavailable):
        scripted.http.json("uploadDataset", data=b"ra,dec")
    assert len(scripted.seen) == 1


def test_a_start_that_is_sent_again_has_the_same_key(scripted):
    scripted.steps = [None, 202]
    ledger = almagest.Ledger(scripted.http)
    ledger.runs.start("anomalies", dataset="x")
    first, second = (headers["Idempotency-Key"] for _, _, headers in scripted.seen)
    assert first == second


def test_a_refusal_is_not_sent_again(scripted):
    scripted.steps = [404]
    with pytest.raises(almagest.NotFound):
        scripted.http.json("listDatasets")
    assert len(scripted.seen) == 1


def test_a_deletion_whose_answer_was_lost_has_deleted(scripted):
    scripted.steps = [None, 404]
    scripted.http.send("deleteRun", path={"run_id": "x"})
    scripted.steps = [404]
    with pytest.raises(almagest.NotFound):
        scripted.http.send("deleteRun", path={"run_id": "x"})


def test_a_redirection_is_not_followed_with_the_token(scripted):
    scripted.steps = [(302, "text/html", b"", {"Location": "http://elsewhere.example.org/"})]
    with pytest.raises(almagest.ApiError, match="elsewhere") as caught:
        scripted.http.json("listDatasets")
    assert caught.value.code == "redirected"


def test_an_answer_that_is_not_almagests_is_said_to_be_none(scripted):
    scripted.steps = [(500, "text/html", b"<h1>It works</h1>", {})]
    with pytest.raises(almagest.ApiError, match="not as Almagest does"):
        scripted.http.json("listDatasets")
    scripted.steps = [(200, "text/html", b"<h1>It works</h1>", {})]
    with pytest.raises(almagest.AlmagestError, match="not as Almagest does"):
        almagest.connect(scripted.http.url)


def test_a_server_without_https_is_told_as_that_and_not_as_a_certificate(scripted):
    with pytest.raises(almagest.ServerUnreachable, match="does not speak HTTPS") as caught:
        almagest.connect(scripted.http.url.replace("http://", "https://"), retries=0)
    assert "certificate" not in str(caught.value)


def test_a_number_that_json_does_not_have_is_refused_in_words(scripted):
    with pytest.raises(ValueError, match="such as nan"):
        scripted.http.json("startRun", body={"contamination": float("nan")})


def test_an_answer_that_does_not_come_in_time_is_an_error_that_says_so():
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(almagest.ServerUnreachable, match="within 0.2 s"):
            almagest.connect(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2, retries=0)


def test_the_token_is_sent_and_a_netrc_of_the_same_host_is_not(scripted, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    scripted.steps = [200, 200]
    scripted.http.json("listDatasets")
    Http(scripted.http.url, "word", 5.0, 0).json("listDatasets")
    assert [headers.get("Authorization") for _, _, headers in scripted.seen] == [None, "Bearer word"]


def test_the_token_is_not_shown():
    connection = Http("http://127.0.0.1:1", "very-secret", 1.0, 0)
    assert "very-secret" not in repr(connection.new_session().auth)
    assert "very-secret" not in repr(connection)


def test_ids_in_a_path_stay_one_part_of_it(scripted):
    scripted.steps = [200]
    scripted.http.json("getDataset", path={"dataset": "a/b ?c"})
    assert scripted.seen[0][1] == "/datasets/a%2Fb%20%3Fc"
