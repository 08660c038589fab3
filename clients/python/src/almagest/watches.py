"""Watches: which stars of a set of labels, or of a region, runs newly flag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Union

from . import _tables
from ._record import Record
from .datasets import Dataset, key_of

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Watch", "Watches"]


class Watch(Record):
    """A watch on the stars of a set of labels, or of a region of the sky; ``last`` is what the last run says of them."""

    _shown = ("name", "watched", "dataset", "added_by", "added_at", "runs", "runs_with_news")

    def __init__(self, ledger: "Ledger", fields: Any) -> None:
        super().__init__(fields)
        self._ledger = ledger

    def news(self, limit: Optional[int] = None) -> List[Record]:
        """What runs say of its stars, the newest first; each with ``sentence``, ``newly_flagged`` and the first ``source_ids``.

        Parameters
        ----------
        limit : int, optional
            Most runs (100 if left out).
        """
        found = self._ledger.http.json("getWatch", path={"watch": self["name"]}, query={"limit": limit})
        return [Record(n) for n in found["news"]]

    def to_pandas(self, limit: Optional[int] = None) -> Any:
        """The same as a DataFrame."""
        return _tables.pandas().DataFrame([n.to_dict() for n in self.news(limit)])

    def remove(self) -> None:
        """Takes the watch away with what it told."""
        self._ledger.http.json("removeWatch", path={"watch": self["name"]})


class Watches:
    """The watches of the ledger. A server looks every few minutes at the anomaly runs that completed since (docs/changes.md)."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def add(
        self,
        name: str,
        *,
        label_set: Optional[str] = None,
        region: Optional[str] = None,
        dataset: Union[str, int, Dataset, None] = None,
        by: Optional[str] = None,
    ) -> Watch:
        """Adds a watch on a set of labels or on a region; it tells of runs that complete from now on.

        Parameters
        ----------
        name : str
            No other watch has it.
        label_set : str, optional
            A set of labels: the stars that have one in it, those that get one later included.
        region : str, optional
            A filter of a place: ``cone=56.75,24.1,2``, or ``ra=50..60 dec=20..30``, degrees.
        dataset : str, int or Dataset, optional
            The one whose stars are watched; those of every one if left out.
        by : str, optional
            Who adds it.

        Raises
        ------
        almagest.Conflict
            There is a watch of this name.
        almagest.InvalidRequest
            Neither or both of ``label_set`` and ``region`` are given, or the region is none.
        """
        body = {
            "name": name,
            "label_set": label_set,
            "region": region,
            "dataset": None if dataset is None else str(key_of(dataset)),
            "by": by,
        }
        return Watch(self._ledger, self._ledger.http.json("addWatch", body={k: v for k, v in body.items() if v is not None}))

    def get(self, name: str) -> Watch:
        """The watch of that name.

        Raises
        ------
        almagest.NotFound
            There is none.
        """
        return Watch(self._ledger, self._ledger.http.json("getWatch", path={"watch": name})["watch"])

    def list(self) -> List[Watch]:
        """All watches, by name."""
        return [Watch(self._ledger, w) for w in self._ledger.http.json("listWatches")]

    def __iter__(self) -> Iterator[Watch]:
        return iter(self.list())

    def __getitem__(self, name: str) -> Watch:
        return self.get(name)
