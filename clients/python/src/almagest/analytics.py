"""Questions across runs, answered by the ledger's views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

from . import _tables
from ._record import Record
from .datasets import Dataset, key_of

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Analytics"]


class Analytics:
    """Questions across runs. Each answer is a whole table, as a DataFrame unless ``format`` is ``"astropy"`` or ``"rows"``."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def _table(self, operation: str, query: Mapping[str, Any], format: str, path: Optional[Mapping[str, Any]] = None) -> Any:
        return _tables.convert(_tables.fetch(self._ledger.http, operation, path, query), format)

    def stats(self, run_type: Optional[str] = None, limit: Optional[int] = None, format: str = "pandas") -> Any:
        """What each complete run found, newest first."""
        return self._table("getRunStats", {"run_type": run_type, "limit": limit}, format)

    def timeline(self, period_type: str = "week", run_type: Optional[str] = None, format: str = "pandas") -> Any:
        """Runs by week (from Monday) or month, UTC."""
        return self._table("getTimeline", {"period_type": period_type, "run_type": run_type}, format)

    def overlaps(self, run_id: Optional[str] = None, min_similarity: Optional[float] = None, format: str = "pandas") -> Any:
        """Pairs of anomaly runs with the stars that both flag, the most similar first (Jaccard similarity, 0 to 1)."""
        return self._table("getAnomalyOverlaps", {"run_id": run_id, "min_similarity": min_similarity}, format)

    def significance(self, dataset: Union[str, int, Dataset, None] = None, max_q: Optional[float] = None, format: str = "pandas") -> Any:
        """Pairs of anomaly runs with chance-corrected agreement and false-discovery rate."""
        query = {"dataset": None if dataset is None else key_of(dataset), "max_q": max_q}
        return self._table("getOverlapSignificance", query, format)

    def parameters(self, run_type: Optional[str] = None, algorithm: Optional[str] = None, format: str = "pandas") -> Any:
        """Which parameters find what."""
        return self._table("getParameterPerformance", {"run_type": run_type, "algorithm": algorithm}, format)

    def sensitivity(self, run_id: Optional[str] = None, parameter: Optional[str] = None, format: str = "pandas") -> Any:
        """What changing one parameter changes: pairs of anomaly runs over one selection that differ in it alone."""
        return self._table("getRunSensitivity", {"run_id": run_id, "parameter": parameter}, format)

    def coverage(self, dataset: Union[str, int, Dataset, None] = None, cone: Optional[str] = None, format: str = "pandas") -> Any:
        """Which parts of the sky (HEALPix, nested, order 6) were analysed how often; ``cone`` is ``"RA,DEC,RADIUS"`` in degrees."""
        query = {"dataset": None if dataset is None else key_of(dataset), "cone": cone}
        return self._table("getDatasetCoverage", query, format)

    def quality(self, run_id: Optional[str] = None, label_set: Optional[str] = None, format: str = "pandas") -> Any:
        """How well runs match labels."""
        return self._table("getRunQuality", {"run_id": run_id, "label_set": label_set}, format)

    def frequency(self, star_id: int) -> Record:
        """How often a star is flagged, and by which runs.

        Parameters
        ----------
        star_id : int
            Almagest's own number of the star, of a column ``star_id``.

        Raises
        ------
        almagest.NotFound
            No run analysed it.
        """
        return Record(self._ledger.http.json("getStarFrequency", path={"star_id": int(star_id)}))

    def view(self, name: str, limit: Optional[int] = None, format: str = "pandas") -> Any:
        """Any view, whole: ``"mv_star_anomaly_frequency"`` and the others of docs/views.md."""
        return self._table("exportView", {"limit": limit}, format, {"view": name})

    def views(self) -> Any:
        """How fresh each view is, as a DataFrame."""
        return _tables.pandas().DataFrame(self._ledger.http.json("getViews"))

    def refresh(self) -> Record:
        """Refreshes every view, where a run of this moment should be in it; they follow by themselves a moment later."""
        return Record(self._ledger.http.json("refreshViews", timeout=float("inf")))

    def __repr__(self) -> str:
        return f"<Analytics of {self._ledger.url}>"
