"""How requests are sent: timeouts, retries, and problems that become exceptions."""

from __future__ import annotations

import ipaddress
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple
from urllib.parse import quote, urlsplit

import requests

from . import errors
from ._routes import ROUTES, Route
from ._version import __version__

#: A server is found, or refuses, within this time, s.
CONNECT_TIMEOUT = 10.0

#: Statuses after which the same request may succeed a moment later.
_PASSING = (502, 503, 504)

#: The longest pause between two attempts, s.
_LONGEST_PAUSE = 10.0

Observer = Callable[[str, Route, Mapping[str, Any], Any], None]


class TokenAuth(requests.auth.AuthBase):  # type: ignore[misc]
    """Sends the token, or nothing. It is always set, so that requests does not send what a .netrc holds for the same host."""

    def __init__(self, token: Optional[str]) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return f"<TokenAuth {'with' if self._token else 'without'} a token>"


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Http:
    """A connection to one server.

    Parameters
    ----------
    url : str
        Of the server, without a slash at its end.
    token : str or None
        Sent with each request.
    timeout : float
        How long to wait for an answer to begin, and between two parts of it, s.
    retries : int
        How often a request that may be repeated is sent again after it met a connection that broke or a busy server.
    verify : bool or str
        As in requests: whether the certificate of HTTPS is checked, or the file with the authorities to check it against.
    """

    def __init__(self, url: str, token: Optional[str], timeout: float, retries: int, verify: Any = True) -> None:
        self.url = url
        self.timeout = timeout
        self.retries = retries
        self._token = token
        self._verify = verify
        self._session = self.new_session()
        #: Told of every request; tests compare them with the API's description.
        self.observer: Optional[Observer] = None

    @property
    def has_token(self) -> bool:
        """Whether a token is sent."""
        return self._token is not None

    def new_session(self) -> Any:
        """A session of requests that signs in as this one does; for pyvo and others."""
        session = requests.Session()
        session.auth = TokenAuth(self._token)
        session.verify = self._verify
        session.headers["User-Agent"] = f"almagest-python/{__version__} {session.headers['User-Agent']}"
        # A proxy of the environment is for the world outside; through one, this machine's server would not see who asks.
        session.trust_env = not is_loopback(self.url)
        return session

    def close(self) -> None:
        """Closes what is open."""
        self._session.close()

    def json(self, operation: str, /, **parts: Any) -> Any:
        """The answer as JSON; None where there is none."""
        answer = self.send(operation, **parts)
        return answer.json() if answer.content else None

    def send(
        self,
        operation: str,
        *,
        path: Optional[Mapping[str, Any]] = None,
        query: Optional[Mapping[str, Any]] = None,
        body: Any = None,
        data: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> Any:
        """Sends a request by the name of its operation.

        Parameters
        ----------
        path, query : mapping
            Parameters; of ``query`` those that are None are left out, and True and False are written as the API has them.
        body : object
            Sent as JSON.
        data : bytes or file
            Sent as it is; such a request is never repeated.
        timeout : float
            Instead of the connection's, s; ``float("inf")`` = none.

        Raises
        ------
        almagest.ServerUnreachable
            No answer came.
        almagest.ApiError
            The server refused.
        """
        route = ROUTES[operation]
        asked = _query(query or {})
        if self.observer is not None:
            self.observer(operation, route, asked, body)
        place = route.path.format(**{k: quote(str(v), safe="") for k, v in (path or {}).items()})
        request = f"{route.method} {place}"
        wait = self.timeout if timeout is None else timeout
        limits: Tuple[float, Optional[float]] = (min(CONNECT_TIMEOUT, wait), None if wait == float("inf") else wait)
        attempts = 1 + (self.retries if route.repeatable and data is None else 0)
        for attempt in range(attempts):
            last = attempt == attempts - 1
            try:
                answer = self._session.request(
                    route.method,
                    self.url + place,
                    params=asked,
                    json=body,
                    data=data,
                    headers={"Accept": "application/json", **(headers or {})},
                    timeout=limits,
                    allow_redirects=False,
                )
            except getattr(requests.exceptions, "InvalidJSONError", ()) as e:
                raise ValueError(f"{request} has a value that JSON cannot say, such as nan or inf") from e
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as e:
                if last:
                    raise errors.ServerUnreachable(f"{self.url} does not answer to {request}: {_reason(e, wait)}") from e
                time.sleep(_pause(attempt, None))
                continue
            if answer.status_code < 300:
                return answer
            if answer.status_code == 404 and route.method == "DELETE" and attempt > 0:
                # The attempt before has deleted it; only its answer was lost.
                return answer
            if last or answer.status_code not in _PASSING:
                raise self._refusal(answer, request)
            time.sleep(_pause(attempt, answer.headers.get("Retry-After")))
        raise AssertionError("unreachable")

    def _refusal(self, answer: Any, request: str) -> errors.ApiError:
        problem: Dict[str, Any] = {}
        if "json" in answer.headers.get("Content-Type", ""):
            try:
                found = answer.json()
                problem = found if isinstance(found, dict) else {}
            except ValueError:
                pass
        if 300 <= answer.status_code < 400:
            problem = {
                "code": "redirected",
                "detail": f"{self.url} sends us on to {answer.headers.get('Location')}",
                "hint": "Connect to that address instead; a token is not sent to where one is redirected to.",
            }
        elif answer.status_code == 401 and not self.has_token:
            problem["hint"] = (
                "Make a token on the server's machine (almagest tokens create NAME --scope write), then give it: "
                "almagest.connect(token=…), or the environment's ALMAGEST_TOKEN."
            )
        elif not problem:
            problem = {
                "detail": f"the server answered {answer.status_code} {answer.reason}, and not as Almagest does",
                "hint": f"Is {self.url} the address of Almagest itself, or of something in front of it?",
            }
        return errors.of_status(answer.status_code)(answer.status_code, problem, request, answer.headers.get("X-Request-Id"))


def _query(query: Mapping[str, Any]) -> Dict[str, Any]:
    written: Dict[str, Any] = {}
    for name, value in query.items():
        if value is None:
            continue
        if isinstance(value, bool):
            value = "true" if value else "false"
        elif isinstance(value, (list, tuple)):
            value = ",".join(str(v) for v in value)
        written[name] = value
    return written


def _pause(attempt: int, asked: Optional[str]) -> float:
    usual = min(_LONGEST_PAUSE, 0.25 * 2.0**attempt)
    try:
        return min(_LONGEST_PAUSE, max(usual, float(asked))) if asked else usual
    except ValueError:
        return usual


def _reason(error: Exception, wait: float) -> str:
    if isinstance(error, requests.Timeout):
        return f"there was no answer within {wait:g} s"
    if isinstance(error, requests.exceptions.SSLError) and "certificate" not in str(error).lower():
        return f"it does not speak HTTPS, or not as we do ({error}); a server of this machine usually has http://"
    if isinstance(error, requests.exceptions.SSLError):
        return f"its certificate is not trusted ({error}); verify='authorities.pem' names a file with its authority"
    causes: List[str] = [str(error)]
    inner: Optional[BaseException] = error
    while inner is not None:
        causes.append(f"{type(inner).__name__} {inner}")
        inner = inner.__cause__ or inner.__context__
    text = " ".join(causes)
    if "refused" in text:
        return "nothing listens there"
    if "Name or service not known" in text or "NameResolution" in text or "getaddrinfo" in text:
        return "there is no machine of that name"
    return str(error)
