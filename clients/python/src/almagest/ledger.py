"""A connection to one ledger: where everything begins."""

from __future__ import annotations

import warnings
from typing import Any, Dict, List, Optional, Sequence, Union

from . import _tables
from ._connect import find_token, find_url
from ._http import Http
from ._record import Record, html_table
from ._routes import TAP
from ._version import __version__
from .analytics import Analytics
from .comparison import Comparison
from .datasets import Dataset, Datasets, key_of
from .errors import AlmagestError, AlmagestWarning, ApiError, MissingDependency, ServerUnreachable
from .labels import Labels
from .runs import Run, Runs
from .watches import Watches

__all__ = ["Ledger", "connect"]


def connect(
    url: Optional[str] = None,
    token: Optional[str] = None,
    *,
    timeout: float = 75.0,
    retries: int = 3,
    verify: Union[bool, str] = True,
) -> "Ledger":
    """Connects to a server.

    On the machine and the account that runs it neither an address nor a token is needed.

    Parameters
    ----------
    url : str, optional
        Its address. Else the environment's ``ALMAGEST_URL``, what a local server has left in ``server.json`` of its folder
        (``ALMAGEST_HOME``), or ``http://127.0.0.1:8000``, the first that there is.
    token : str, optional
        Of ``almagest tokens create``. Else the environment's ``ALMAGEST_TOKEN``, the file that ``ALMAGEST_TOKEN_FILE`` names, or
        ``~/.config/almagest/token``, the first that there is.
    timeout : float
        How long to wait for an answer, s. Loads and replays take as long as they take.
    retries : int
        How often a request that may be repeated is sent again after a connection broke or a server was busy.
    verify : bool or str
        Whether the certificate of HTTPS is checked; or a file with the authorities to check it against.

    Returns
    -------
    Ledger

    Raises
    ------
    almagest.ServerUnreachable
        No server answers there; the message says where it was looked for.
    almagest.NotSignedIn
        It wants a token, or does not know the one that was sent.
    ValueError
        The address is not one of HTTP, or the token is not a word.

    Examples
    --------
    >>> import almagest
    >>> ledger = almagest.connect()                                                 # doctest: +SKIP
    >>> ledger = almagest.connect("https://stars.example.org", token="…")           # doctest: +SKIP
    """
    if timeout <= 0 or retries < 0:
        raise ValueError(f"timeout is {timeout!r} and retries {retries!r}, expected a time above 0 s and a number from 0 up")
    found = find_url(url)
    ledger = Ledger(Http(found.url, find_token(token), timeout, retries, verify))
    try:
        alive = ledger.http.json("getLiveness")
        if not isinstance(alive, dict) or "version" not in alive:
            raise AlmagestError(f"{found.url} is not a server of Almagest")
        # Also whether one is let in: liveness tells everybody.
        ledger.http.json("listRuns", query={"limit": 1})
    except ServerUnreachable as e:
        raise ServerUnreachable(
            f"{e}.\nThe address is {found.how}. Start a server with 'almagest serve', or give the address of one: "
            "almagest.connect('http://…')"
        ) from e.__cause__
    except ValueError as e:
        if isinstance(e, ApiError):
            raise
        raise AlmagestError(f"{found.url} answers, and not as Almagest does") from e
    ledger.server_version = str(alive["version"])
    if _release(ledger.server_version) != _release(__version__):
        warnings.warn(
            f"the server is Almagest {ledger.server_version}, and this package is of {__version__}: install the one that fits",
            AlmagestWarning,
            stacklevel=2,
        )
    return ledger


class Ledger:
    """A ledger of discoveries, behind one server. :func:`connect` makes it.

    Attributes
    ----------
    datasets : almagest.datasets.Datasets
        The catalogues.
    runs : almagest.runs.Runs
        The runs.
    labels : almagest.labels.Labels
        What is known of stars from elsewhere.
    analytics : almagest.analytics.Analytics
        Questions across runs.
    watches : almagest.watches.Watches
        Which stars that one looks out for do runs newly flag.
    url : str
        Of the server.
    server_version : str
        Of the server's program.
    """

    def __init__(self, http: Http) -> None:
        #: How requests are sent; for what this package has no method for.
        self.http = http
        self.url = http.url
        self.server_version = ""
        self.datasets = Datasets(self)
        self.runs = Runs(self)
        self.labels = Labels(self)
        self.analytics = Analytics(self)
        self.watches = Watches(self)

    def consensus(
        self,
        dataset: Union[str, int, Dataset, None] = None,
        runs: Optional[Sequence[Union[Run, str]]] = None,
        *,
        order: str = "low",
        level: float = 0.95,
        further: int = 20,
        limit: Optional[int] = None,
        format: str = "pandas",
    ) -> Any:
        """Stars ranked over many anomaly runs by the rate at which more such runs, with other seeds, flag them.

        Parameters
        ----------
        dataset : str, int or Dataset, optional
            The newest 100 complete anomaly runs over it; may be left out where there is just one, or runs are given.
        runs : list of Run or str, optional
            These runs.
        order : {"low", "mean"}
            By the lower end of the credible interval, or by the mean.
        level : float
            Probability that an interval holds what it is for, 0.5 to 0.999.
        further : int
            Number of further draws (seeds) whose rate the predictive interval is for.
        limit : int, optional
            The first of them; every flagged star by default.
        format : {"pandas", "astropy", "rows"}

        Returns
        -------
        pandas.DataFrame, astropy.table.Table or list of dict
            A row a flagged star, the surest first: ``flagged_runs``, ``analysed_runs``, ``posterior_mean``, ``credible_low``,
            ``credible_high``, ``predictive_low``, ``predictive_high`` (rates, 0 to 1), and the star's columns.
        """
        query = {
            "dataset": None if dataset is None else key_of(dataset),
            "run_ids": None if runs is None else [_id_of(r) for r in runs],
            "order": order,
            "level": level,
            "further": further,
            "limit": limit,
        }
        return _tables.convert(_tables.fetch(self.http, "getConsensus", None, query), format)

    def compare(
        self,
        *runs: Union[Run, str, Sequence[Union[Run, str]]],
        limit: int = 100,
        match_id: Optional[int] = None,
        by_source_id: Optional[bool] = None,
    ) -> Comparison:
        """Two runs side by side in every detail, or up to 100 in a table.

        Parameters
        ----------
        *runs : Run or str
            2 to 100 complete runs, or one list of them.
        limit : int
            Of two runs: most ids of stars in its lists, 0 to 10,000. :meth:`Comparison.stars` has all.
        match_id : int, optional
            Of two anomaly runs over two datasets of the same stars, whose :meth:`Comparison.changes` tell new and gone flags: the
            cross-match that says which stars are the same; the newest between the two by default.
        by_source_id : bool, optional
            Of the same: equal ids say it, whatever cross-matches there are.

        Raises
        ------
        almagest.Conflict
            One is not complete.
        almagest.InvalidRequest
            They cannot be compared.
        ValueError
            They are too few or too many.

        Examples
        --------
        >>> ledger.compare(a, b).jaccard_similarity                                  # doctest: +SKIP
        """
        ids: List[str] = []
        for run in runs:
            ids += [_id_of(r) for r in run] if isinstance(run, (list, tuple)) else [_id_of(run)]  # type: ignore[arg-type]
        if not 2 <= len(ids) <= 100:
            raise ValueError(f"there are {len(ids)} runs, expected 2 to 100")
        body: Dict[str, Any] = {"run_1_id": ids[0], "run_2_id": ids[1], "limit": limit} if len(ids) == 2 else {"run_ids": ids}
        if match_id is not None:
            body["match_id"] = match_id
        if by_source_id is not None:
            body["by_source_id"] = by_source_id
        return Comparison(self, self.http.json("compareRuns", body=body), ids)

    def deletions(self) -> List[Record]:
        """What was deleted and can be brought back for a day: runs, notes and labels, each with ``deletion_id``, ``kind``, ``summary``,
        ``deleted_at``, ``deleted_by`` and ``until`` (UTC). Datasets are not kept."""
        return [Record(d) for d in self.http.json("listDeletions")]

    def restore(self, deletion_id: int) -> None:
        """Brings back what was deleted, by its number among the :meth:`deletions`.

        Raises
        ------
        almagest.NotFound
            It is gone for good, or is there again.
        """
        self.http.send("restoreDeletion", path={"deletion_id": deletion_id})

    def tap(self) -> Any:
        """The ledger as a TAP service, for ADQL.

        Returns
        -------
        pyvo.dal.TAPService
            Signed in as this connection is.

        Raises
        ------
        almagest.MissingDependency
            pyvo is not installed.

        Examples
        --------
        >>> ledger.tap().search("SELECT TOP 5 * FROM almagest.stars").to_table()         # doctest: +SKIP

        With a table of one's own beside the query:

        >>> ledger.tap().run_sync("SELECT * FROM TAP_UPLOAD.mine", uploads={"mine": table})      # doctest: +SKIP
        """
        try:
            from pyvo.dal import TAPService
        except ImportError as e:
            raise MissingDependency("TAP needs pyvo: apt-get install python3-pyvo, or pip install pyvo") from e
        return TAPService(self.url + TAP, session=self.http.new_session())

    def close(self) -> None:
        """Closes the connections to the server. A ledger is also a context manager, which closes them at its end."""
        self.http.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ledger {self.url}, Almagest {self.server_version}>"

    def _repr_html_(self) -> str:
        datasets = self.datasets.list()
        rows = [["server", f"{self.url} (Almagest {self.server_version})"], ["datasets", ", ".join(d.name for d in datasets)]]
        return html_table(["", ""], rows, title="Ledger")


def _id_of(run: Union[Run, str]) -> str:
    return str(run.run_id if isinstance(run, Run) else run)


def _release(version: str) -> List[str]:
    return version.split("-")[0].split(".")[:2]
