"""How a server and a token are found."""

import json
import os
import socket

import almagest
import pytest
from almagest._connect import find_token, find_url


def test_an_address_that_is_given_comes_first_then_the_environments_then_the_local_servers_then_the_default(tmp_path):
    environment = {"ALMAGEST_HOME": str(tmp_path)}
    assert find_url(None, environment).url == "http://127.0.0.1:8000"
    (tmp_path / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:8123/", "pid": os.getpid()}))
    assert find_url(None, environment).url == "http://127.0.0.1:8123"
    environment["ALMAGEST_URL"] = "https://stars.example.org/almagest/"
    assert find_url(None, environment).url == "https://stars.example.org/almagest"
    assert find_url("http://other:1", environment).url == "http://other:1"


@pytest.mark.parametrize("note", ["", "{", "[]", '{"url": "http://127.0.0.1:8123"}', '{"url": "nonsense", "pid": 1}'])
def test_what_a_server_has_left_and_makes_no_sense_is_as_nothing(tmp_path, note):
    (tmp_path / "server.json").write_text(note)
    assert find_url(None, {"ALMAGEST_HOME": str(tmp_path)}).url == "http://127.0.0.1:8000"


def test_what_a_server_has_left_that_runs_no_more_is_as_nothing(tmp_path):
    # Above the largest pid of Linux.
    (tmp_path / "server.json").write_text('{"url": "http://127.0.0.1:8123", "pid": 4194305}')
    assert find_url(None, {"ALMAGEST_HOME": str(tmp_path)}).url == "http://127.0.0.1:8000"


@pytest.mark.parametrize("wrong", ["stars.example.org", "ftp://stars.example.org", "http://", "https://me:secret@stars.example.org"])
def test_what_is_no_address_of_http_is_refused_without_showing_a_secret(wrong):
    with pytest.raises(ValueError) as caught:
        almagest.connect(wrong)
    assert "secret" not in str(caught.value)


def test_a_token_that_is_given_comes_first_then_the_environments_then_that_of_a_file(tmp_path):
    file = tmp_path / "first"
    file.write_text("of-a-file\n")
    usual = tmp_path / "almagest" / "token"
    usual.parent.mkdir()
    usual.write_text("the-usual\n")
    usual.chmod(0o600)
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert find_token(None, {"XDG_CONFIG_HOME": str(tmp_path / "none")}) is None
    assert find_token(None, environment) == "the-usual"
    environment["ALMAGEST_TOKEN_FILE"] = str(file)
    assert find_token(None, environment) == "of-a-file"
    environment["ALMAGEST_TOKEN"] = "of-the-environment"
    assert find_token(None, environment) == "of-the-environment"
    assert find_token("given", environment) == "given"


def test_a_token_file_that_others_may_read_is_told(tmp_path):
    usual = tmp_path / "almagest" / "token"
    usual.parent.mkdir()
    usual.write_text("word")
    usual.chmod(0o644)
    with pytest.warns(almagest.AlmagestWarning, match="chmod 600"):
        find_token(None, {"XDG_CONFIG_HOME": str(tmp_path)})


def test_a_token_that_is_no_word_is_refused_without_showing_it():
    for wrong in ("", "two secrets", "sécret"):
        with pytest.raises(ValueError) as caught:
            find_token(wrong, {})
        assert not wrong or wrong not in str(caught.value)


def test_a_token_file_that_is_named_and_not_there_is_an_error():
    with pytest.raises(almagest.AlmagestError, match="ALMAGEST_TOKEN_FILE"):
        find_token(None, {"ALMAGEST_TOKEN_FILE": "/no/such/file"})


def test_where_no_server_is_the_error_says_where_it_was_looked_for_and_what_to_do():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(almagest.ServerUnreachable) as caught:
        almagest.connect(f"http://127.0.0.1:{port}", retries=0)
    assert "nothing listens there" in str(caught.value)
    assert "almagest serve" in str(caught.value)


def test_an_address_of_the_environment_is_named_where_nobody_answers(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ALMAGEST_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    with pytest.raises(almagest.ServerUnreachable, match="ALMAGEST_URL"):
        almagest.connect(retries=0)


def test_a_token_that_the_server_does_not_know_is_refused(url):
    with pytest.raises(almagest.NotSignedIn) as caught:
        almagest.connect(url, token="x" * 43)
    assert caught.value.status == 401
    assert caught.value.request_id


def test_a_token_reaches_as_far_as_its_scope(url, sky):
    token = os.environ.get("ALMAGEST_TEST_READ_TOKEN")
    if not token:
        pytest.skip("ALMAGEST_TEST_READ_TOKEN is not set: the server's tests set it")
    reader = almagest.connect(url, token=token)
    assert isinstance(reader.datasets.list(), list)
    with pytest.raises(almagest.NotAllowed) as caught:
        reader.datasets.ingest(sky, "not-mine")
    assert caught.value.status == 403 and "write" in str(caught.value)


def test_a_connection_names_the_server_and_its_version(ledger):
    assert ledger.server_version == almagest.__version__
    assert ledger.url in repr(ledger)
    assert ledger.url in ledger._repr_html_()


def test_a_server_of_another_release_is_told(url, monkeypatch):
    monkeypatch.setattr("almagest.ledger.__version__", "99.0.0")
    with pytest.warns(almagest.AlmagestWarning, match="99.0.0"):
        almagest.connect(url)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(url, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with almagest.connect(url, retries=0) as ledger:
        assert ledger.server_version
