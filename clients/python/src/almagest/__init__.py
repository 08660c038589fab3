"""The way into Almagest, a discovery ledger for star catalogues.

>>> import almagest
>>> ledger = almagest.connect()                                                           # doctest: +SKIP
>>> dataset = ledger.datasets.ingest("gaia-100pc.csv")                                    # doctest: +SKIP
>>> run = ledger.runs.start("anomalies", dataset=dataset, contamination=0.02).wait()      # doctest: +SKIP
>>> run.results(anomalies_only=True, order="score").head()                                # doctest: +SKIP
"""

from ._record import Record
from ._version import __version__
from .analytics import Analytics
from .comparison import Comparison
from .datasets import Dataset, Datasets
from .errors import (
    AlmagestError,
    AlmagestWarning,
    ApiError,
    Conflict,
    InvalidRequest,
    MissingDependency,
    NotAllowed,
    NotFound,
    NotSignedIn,
    RunCancelled,
    RunFailed,
    ServerUnreachable,
    TooLarge,
    TooManyRequests,
    Unavailable,
    WaitTimeout,
)
from .figure import Figure
from .labels import Labels
from .ledger import Ledger, connect
from .runs import Explanation, Kinds, Names, Review, Run, Runs, Score, Sweep
from .watches import Watch, Watches

__all__ = [
    "AlmagestError",
    "AlmagestWarning",
    "Analytics",
    "ApiError",
    "Comparison",
    "Conflict",
    "Dataset",
    "Datasets",
    "Explanation",
    "Figure",
    "InvalidRequest",
    "Kinds",
    "Labels",
    "Ledger",
    "MissingDependency",
    "Names",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Record",
    "Review",
    "Run",
    "RunCancelled",
    "RunFailed",
    "Runs",
    "Score",
    "ServerUnreachable",
    "Sweep",
    "TooLarge",
    "TooManyRequests",
    "Unavailable",
    "WaitTimeout",
    "Watch",
    "Watches",
    "__version__",
    "connect",
]
