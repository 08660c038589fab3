"""What is known of stars from elsewhere."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Optional, Union

from . import _tables
from ._record import Record
from ._upload import is_table, opened
from .datasets import Dataset, Loadable, _pairs, key_of
from .errors import NotFound

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Labels"]


class Labels:
    """What is known of stars from elsewhere: that one is unusual, of a kind, or a member of a cluster. A star has one label in each set."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def add(
        self,
        dataset: Union[str, int, Dataset],
        labels: Union[Loadable, Iterable[Union[int, str]]],
        label_set: str = "truth",
        *,
        members_of: Optional[str] = None,
        partial: bool = False,
        min_probability: Optional[float] = None,
        skip_unknown: bool = False,
        map: Optional[Mapping[str, str]] = None,
        by: Optional[str] = None,
    ) -> Record:
        """Labels stars by a table, or by a list of the members of a cluster: all rows, or none.

        Parameters
        ----------
        dataset : str, int or Dataset
        labels : path, open binary file, DataFrame, astropy Table, or iterable of ids
            A table with ``source_id`` and any of ``label_outlier`` (0 or 1), ``label_kind`` and ``label_cluster``; with ``members_of``
            ids are enough.
        label_set : str
            Which set; a label that a star has in it already is replaced.
        members_of : str, optional
            The table lists members of this cluster, and stars of the dataset that it does not name count as non-members.
        partial : bool
            With ``members_of``: the list does not name all members, so that nothing is said of the other stars.
        min_probability : float, optional
            With ``members_of``: only rows whose column of probabilities holds at least this much, 0 to 1.
        skip_unknown : bool
            Leave out labels of stars that the dataset does not hold, instead of refusing the table. Lists of members are wider than the
            dataset as a rule, and are refused only where none of their stars is in it.
        map : dict of str to str, optional
            Fields and their columns, where they are not recognised: ``{"source_id": "GaiaDR3"}``.
        by : str, optional
            Who says so; of somebody with a token the token's name.

        Returns
        -------
        Record
            ``labels`` (how many were stored), ``unknown`` (rows of stars that the dataset does not hold), ``non_members``, ``notes``.

        Examples
        --------
        >>> ledger.labels.add("cone", "members.dat", members_of="Pleiades")              # doctest: +SKIP
        """
        source: Any = labels
        if not isinstance(labels, (str, os.PathLike)) and not hasattr(labels, "read") and not (is_table(labels) and not _is_plain(labels)):
            source = _IdList(labels)
        with opened(source, "labels") as (file, name):
            answer = self._ledger.http.json(
                "uploadLabels",
                path={"dataset": key_of(dataset)},
                query={
                    "file": name,
                    "label_set": label_set,
                    "members_of": members_of,
                    "partial": partial or None,
                    "min_probability": min_probability,
                    "skip_unknown": skip_unknown or None,
                    "map": _pairs(map),
                    "by": by,
                },
                data=file,
                headers={"Content-Type": "application/octet-stream"},
                timeout=float("inf"),
            )
        return Record(answer)

    def get(self, dataset: Union[str, int, Dataset], label_set: str = "truth", format: str = "pandas") -> Any:
        """All labels of a set.

        Returns
        -------
        pandas.DataFrame, astropy.table.Table or list of dict
            A row a labelled star, with ``source_id`` (int64 where every id is an integer), ``label_outlier``, ``label_kind``,
            ``label_cluster``, ``label_remark``, ``labelled_by`` and ``labelled_at``.
        """
        data = _tables.fetch(
            self._ledger.http, "listLabels", path={"dataset": key_of(dataset)}, query={"label_set": label_set}
        )
        return _tables.convert(data, format)

    def set(
        self,
        dataset: Union[str, int, Dataset],
        source_id: Union[int, str],
        *,
        outlier: Optional[bool] = None,
        kind: Optional[str] = None,
        cluster: Optional[str] = None,
        remark: Optional[str] = None,
        label_set: str = "truth",
        by: Optional[str] = None,
    ) -> Record:
        """Labels one star by its id in the catalogue; the label that it has in the set is replaced.

        Raises
        ------
        almagest.NotFound
            The dataset holds no such star.
        """
        return Record(
            self._ledger.http.json(
                "labelStar",
                path={"star_id": star_id_of(self._ledger, key_of(dataset), source_id)},
                body={
                    "label_set": label_set,
                    "is_anomaly": None if outlier is None else int(outlier),
                    "kind": kind,
                    "cluster": cluster,
                    "remark": remark,
                    "by": by,
                },
            )
        )

    def remove(self, dataset: Union[str, int, Dataset], source_id: Union[int, str], label_set: str = "truth") -> None:
        """Takes the label of one star away."""
        star_id = star_id_of(self._ledger, key_of(dataset), source_id)
        self._ledger.http.send("unlabelStar", path={"star_id": star_id}, query={"label_set": label_set})

    def __repr__(self) -> str:
        return f"<Labels of {self._ledger.url}>"


def star_id_of(ledger: "Ledger", dataset: str, source_id: Union[int, str]) -> int:
    """Almagest's own number of a star, which routes go by, from the id that its catalogue has for it."""
    if isinstance(source_id, float):
        raise TypeError(f"{source_id!r} is a floating-point number, which has lost the last digits of an id: give an int or a str")
    found = ledger.http.json("listStars", path={"dataset": dataset}, query={"source_id": str(source_id)})["items"]
    if not found:
        raise NotFound(
            404,
            {
                "code": "star_not_found",
                "detail": f"Dataset {_name(ledger, dataset)!r} has no star {str(source_id)!r}.",
                "hint": "Give its id in the catalogue.",
            },
            f"GET /datasets/{dataset}/stars",
        )
    return int(found[0]["star_id"])


def _name(ledger: "Ledger", dataset: str) -> str:
    """What a dataset is called of which only the number may be known."""
    return str(ledger.http.json("getDataset", path={"dataset": dataset})["name"])


class _IdList(io.BytesIO):
    """Ids as an open file, one a line."""

    name = "labels.csv"

    def __init__(self, ids: Iterable[Any]) -> None:
        found = list(ids)
        if any(isinstance(i, float) for i in found):
            raise TypeError("the ids are floating-point numbers, which have lost digits: give int or str")
        super().__init__(("source_id\n" + "".join(f"{i}\n" for i in found)).encode("utf-8"))


def _is_plain(labels: Any) -> bool:
    """Whether it is an array of ids, and not of named columns."""
    return hasattr(labels, "dtype") and getattr(labels.dtype, "names", None) is None
