"""Runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Mapping, Optional

from . import _tables
from ._record import Record, html_table, text
from .figure import Figure

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Comparison"]


class Comparison(Record):
    """Complete runs side by side.

    Of two runs: ``common_count``, ``only_in_run_1_count``, ``only_in_run_2_count``, ``jaccard_similarity`` and ``agreement`` (what chance
    would give; why a star is marked by one alone). Of any number: ``differing_parameters``, ``runs``, ``pairs``. A run marks the stars
    that it flags, and a cluster run those in no cluster.
    """

    def __init__(self, ledger: "Ledger", fields: Mapping[str, Any], run_ids: List[str]) -> None:
        super().__init__(fields)
        self._ledger = ledger
        self._run_ids = run_ids

    def to_pandas(self) -> Any:
        """The runs: a row each, with its values of the parameters that are not the same in all, and what it marks."""
        pd = _tables.pandas()
        rows = [{**{k: v for k, v in r.items() if k != "differing"}, **r["differing"]} for r in self._fields["runs"]]
        return pd.DataFrame(rows)

    def pairs_to_pandas(self) -> Any:
        """Every pair of runs: counts, Jaccard similarity, kappa, p and q values, of two cluster runs the adjusted Rand index."""
        return _tables.pandas().DataFrame(self._fields["pairs"])

    def stars(self, side: Optional[str] = None, reason: Optional[str] = None, format: str = "pandas") -> Any:
        """Of two runs, the stars that either marks.

        Parameters
        ----------
        side : {"common", "only_1", "only_2"}, optional
            All by default.
        reason : str, optional
            Of one side, only those that it alone marks for this reason: ``"data"``, ``"threshold"``, ``"seed"`` and so on.
        format : {"pandas", "astropy", "rows"}

        Raises
        ------
        ValueError
            These are not two runs.
        """
        if len(self._run_ids) != 2:
            raise ValueError(f"stars are of two runs, and these are {len(self._run_ids)}: compare two")
        path = {"run_1_id": self._run_ids[0], "run_2_id": self._run_ids[1]}
        data = _tables.fetch(self._ledger.http, "comparePairStars", path, {"side": side, "reason": reason})
        return _tables.convert(data, format)

    def changes(self, change: Optional[str] = None, cause: Optional[str] = None, format: str = "pandas") -> Any:
        """Of two anomaly runs over two datasets of the same stars: the flags that are new or gone, and why.

        Counts by cause are in ``new_causes`` and ``gone_causes`` of the comparison's field ``changes``; docs/changes.md says what a
        cause is.

        Parameters
        ----------
        change : {"new", "gone"}, optional
            Both by default.
        cause : str, optional
            Only those of this cause: ``"measurement"``, ``"error"``, ``"threshold"``, ``"star_new"`` and so on.
        format : {"pandas", "astropy", "rows"}

        Raises
        ------
        ValueError
            These are not two runs over two datasets.
        """
        if not self._fields.get("changes"):
            raise ValueError("changes are of two runs over two datasets of the same stars")
        pairing = self._fields["changes"]["pairing"]
        path = {"run_1_id": self._run_ids[0], "run_2_id": self._run_ids[1]}
        query = {
            "change": change,
            "cause": cause,
            "match_id": pairing["match_id"],
            "by_source_id": True if pairing["match_id"] is None else None,
        }
        return _tables.convert(_tables.fetch(self._ledger.http, "getChanges", path, query), format)

    def figure(self) -> Figure:
        """How far the runs agree, as a matrix; of two also what each marks alone. The runs are of one type."""
        return Figure(self._ledger.http, "compareRunsChart", {}, {"run_ids": self._run_ids})

    def _repr_html_(self) -> str:
        if len(self._run_ids) == 2:
            names = (
                "run_1_count",
                "run_2_count",
                "common_count",
                "only_in_run_1_count",
                "only_in_run_2_count",
                "jaccard_similarity",
                "differing_parameters",
            )
            rows = [(n.replace("_", " "), text(self._fields[n])) for n in names]
            agreement = self._fields["agreement"] or {}
            rows += [(n.replace("_", " "), text(agreement.get(n))) for n in ("expected_by_chance", "kappa", "adjusted_rand_index")]
            return html_table(["", ""], [r for r in rows if r[1]])
        head = ["run", "marks", "clusters", *self._fields["differing_parameters"]]
        body = [
            [r["run_id"][-8:], f"{r['marked_count']:,}", text(r["cluster_count"]), *(text(r["differing"].get(p)) for p in head[3:])]
            for r in self._fields["runs"]
        ]
        return html_table(head, body)
