"""What can go wrong, as exceptions: a program decides by their class and ``code``, a person reads them."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Type

__all__ = [
    "AlmagestError",
    "AlmagestWarning",
    "ApiError",
    "Conflict",
    "InvalidRequest",
    "MissingDependency",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "RunCancelled",
    "RunFailed",
    "ServerUnreachable",
    "TooLarge",
    "TooManyRequests",
    "Unavailable",
    "WaitTimeout",
]


class AlmagestError(Exception):
    """The root of all errors of this package."""


class AlmagestWarning(UserWarning):
    """What a careful person wants to know although the call succeeded, such as rows that were left out of a load."""


class MissingDependency(AlmagestError, ImportError):
    """What was asked for needs a package that is not installed; the message names it."""


class ServerUnreachable(AlmagestError, ConnectionError):
    """No answer came: no server listens there, the name is unknown, or it did not answer in time."""


class WaitTimeout(AlmagestError, TimeoutError):
    """A run had not ended when the time to wait was over. The run goes on."""


class RunFailed(AlmagestError):
    """A run that was waited for has failed.

    Attributes
    ----------
    run : almagest.Run
        The run.
    reason : str
        Why it failed, as the ledger stores it.
    """

    def __init__(self, run: Any, reason: str) -> None:
        super().__init__(f"run {run.run_id} is {run.status}: {reason}")
        self.run = run
        self.reason = reason


class RunCancelled(RunFailed):
    """A run that was waited for was cancelled."""


class ApiError(AlmagestError):
    """The server refused a request: an RFC 9457 problem.

    Attributes
    ----------
    status : int
        The HTTP status, such as 404.
    code : str
        What kind of error it is, such as ``"dataset_not_found"``. Codes stay while the words may change; docs/errors.md lists them.
    message : str
        What was wrong: where, what was found, what was expected.
    advice : str
        What to do, in the words of the HTTP API. Empty where the server says nothing.
    fields : dict of str to list of str
        What was wrong with each field of the request.
    facts : dict
        Named values of the case; docs/errors.md says which codes have which.
    request_id : str or None
        By which the server's log names the request.
    request : str
        Method and path, such as ``"GET /datasets/x"``.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], request: str, request_id: Optional[str] = None) -> None:
        self.status = status
        self.code = str(problem.get("code") or f"http_{status}")
        self.message = str(problem.get("detail") or problem.get("title") or f"the server answered {status}")
        self.advice = str(problem.get("hint") or "")
        self.fields = {str(k): list(v) for k, v in (problem.get("errors") or {}).items()}
        self.facts = dict(problem.get("facts") or {})
        self.request_id = request_id
        self.request = request
        lines = [f"{self.message} [{self.code}]"]
        if self.advice:
            lines.append(self.advice)
        lines.append(f"({request}: {status}" + (f", request {request_id})" if request_id else ")"))
        super().__init__("\n".join(lines))


class InvalidRequest(ApiError, ValueError):
    """400: a parameter, an id or a body is malformed or out of range; ``fields`` says which."""


class NotSignedIn(ApiError, PermissionError):
    """401: the server wants a token, or does not know the one that was sent."""


class NotAllowed(ApiError, PermissionError):
    """403: the token's scope does not reach that far."""


class NotFound(ApiError, LookupError):
    """404: there is no such run, dataset, star or view."""


class Conflict(ApiError):
    """409: the state of the ledger forbids it, such as a name that is taken."""


class TooLarge(ApiError):
    """413: more than the server takes."""


class TooManyRequests(ApiError):
    """429: too many wrong tokens came from this address."""


class Unavailable(ApiError):
    """502, 503 or 504: the database does not answer, or the server is busy."""


_BY_STATUS: Mapping[int, Type[ApiError]] = {
    400: InvalidRequest,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    429: TooManyRequests,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def of_status(status: int) -> Type[ApiError]:
    """The class of the errors of an HTTP status."""
    return _BY_STATUS.get(status, ApiError)
