"""Watches: which stars that one looks out for do runs newly flag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, List, Mapping, Optional, Union

from ._record import Record
from .datasets import Dataset, key_of

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Watch", "Watches"]


class Watch(Record):
    """A watch on the stars of a set of labels, or of a region: ``name``, ``watched`` (in words), ``runs`` that analysed some of its stars
    since it was added, ``runs_with_news``, and ``last``, what the last of them says (None where there is none yet)."""

    _shown = ("name", "watched", "dataset", "added_at", "runs", "runs_with_news")

    def __init__(self, ledger: "Ledger", fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self._ledger = ledger

    def news(self, limit: int = 100) -> List[Record]:
        """What runs say of its stars, the newest first.

        Parameters
        ----------
        limit : int
            Most runs, 1 to 1000.
        """
        return [Record(n) for n in self._ledger.http.json("getWatch", path={"watch": self.name}, query={"limit": limit})["news"]]

    def remove(self) -> None:
        """Removes it with what it told."""
        self._ledger.watches.remove(self.name)


class Watches:
    """The watches of a ledger. Iterating gives each :class:`Watch`, by name."""

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
        """Watches the stars of a set of labels or of a region, which are one of the two.

        The server looks every five minutes at the anomaly runs that have completed since.

        Parameters
        ----------
        name : str
            No other watch has it.
        label_set : str, optional
            The stars that have a label in this set; those that get one later included.
        region : str, optional
            As ``"cone=56.75,24.1,2"`` or ``"ra=55..58 dec=23..25"``, degrees.
        dataset : str, int or Dataset, optional
            Only the stars of this one; else of every one.
        by : str, optional
            Who adds it.

        Raises
        ------
        almagest.Conflict
            There is a watch of this name.
        almagest.InvalidRequest
            Neither or both of ``label_set`` and ``region`` are given, or the region is none.

        Examples
        --------
        >>> ledger.watches.add("pleiades", region="cone=56.75,24.1,2").news()              # doctest: +SKIP
        """
        body = {
            "name": name,
            "label_set": label_set,
            "region": region,
            "dataset": None if dataset is None else key_of(dataset),
            "by": by,
        }
        return Watch(self._ledger, self._ledger.http.json("addWatch", body={k: v for k, v in body.items() if v is not None}))

    def list(self) -> List[Watch]:
        """All of them, by name."""
        return [Watch(self._ledger, w) for w in self._ledger.http.json("listWatches")]

    def get(self, name: str) -> Watch:
        """One of them.

        Raises
        ------
        almagest.NotFound
            There is none of this name.
        """
        return Watch(self._ledger, self._ledger.http.json("getWatch", path={"watch": name}, query={"limit": 1})["watch"])

    def remove(self, name: str) -> None:
        """Removes one with what it told.

        Raises
        ------
        almagest.NotFound
            There is none of this name.
        """
        self._ledger.http.send("removeWatch", path={"watch": name})

    def __iter__(self) -> Iterator[Watch]:
        return iter(self.list())

    def __repr__(self) -> str:
        return f"<Watches of {self._ledger.url}>"
