"""The catalogues of a ledger."""

from __future__ import annotations

import os
import warnings
from typing import IO, TYPE_CHECKING, Any, Iterator, List, Mapping, Optional, Sequence, Union

from . import _tables
from ._record import Record, html_table
from ._upload import is_table, opened
from .errors import AlmagestWarning
from .figure import Figure

if TYPE_CHECKING:
    from .ledger import Ledger

__all__ = ["Dataset", "DatasetList", "Datasets"]

#: What can be loaded: a path, an open binary file, a pandas DataFrame, an astropy Table or a structured numpy array.
Loadable = Union[str, "os.PathLike[str]", IO[bytes], Any]


class Dataset(Record):
    """One loaded catalogue.

    Its fields are attributes: ``name``, ``dataset_id``, ``star_count``, ``rejected_count``, ``run_count``, ``column_mapping`` (our
    column to that of the file), ``reference_epoch`` (Julian year, or None), ``checksum``, ``created_at``.
    """

    _shown = ("name", "star_count", "rejected_count", "run_count", "reference_epoch", "column_mapping", "created_at")

    def __init__(self, ledger: "Ledger", fields: Mapping[str, Any], load: Optional[Record] = None) -> None:
        super().__init__(fields)
        self._ledger = ledger
        #: What the load did that made it, where this comes from :meth:`Datasets.ingest`: ``rows``, ``rejected``, ``rejected_rows``,
        #: ``mapping``, ``notes``, ``already_loaded``, ``elapsed_ms``.
        self.load = load

    def to_pandas(self, filter: Optional[str] = None, extra: bool = False, limit: Optional[int] = None) -> Any:
        """The stars as a DataFrame. See :meth:`Datasets.to_pandas`."""
        return self._ledger.datasets.to_pandas(self, filter=filter, extra=extra, limit=limit)

    def to_astropy(self, filter: Optional[str] = None, extra: bool = False, limit: Optional[int] = None) -> Any:
        """The stars as an astropy Table. See :meth:`Datasets.to_pandas`."""
        return self._ledger.datasets.stars(self, filter=filter, extra=extra, limit=limit, format="astropy")

    def labels(self, label_set: str = "truth", format: str = "pandas") -> Any:
        """What is known of its stars from elsewhere. See :meth:`almagest.labels.Labels.get`."""
        return self._ledger.labels.get(self, label_set, format)

    def report(self) -> Record:
        """What became of each file and column in the load, and what looks wrong."""
        return Record(self._ledger.http.json("getDatasetReport", path={"dataset": self.dataset_id}))

    def compare(
        self,
        other: Union["Dataset", str, int],
        *,
        match_id: Optional[int] = None,
        by_source_id: Optional[bool] = None,
        epoch: Optional[float] = None,
        other_epoch: Optional[float] = None,
        table: Optional[str] = None,
        format: str = "pandas",
    ) -> Any:
        """This table and another of the same stars, such as a later release.

        Parameters
        ----------
        other : Dataset, str or int
            The second one: differences are its values less those of this one.
        match_id : int, optional
            The cross-match that says which stars are the same; the newest between the two by default, and without one equal ids, where
            they can be of one kind.
        by_source_id : bool, optional
            Equal ids say it, whatever cross-matches there are. Ids of two releases are different names.
        epoch, other_epoch : float, optional
            Julian years of the positions, where the datasets do not say them.
        table : {"quantities", "stars"}, optional
            A table instead of the record: a row for each quantity, or for each star.
        format : {"pandas", "astropy", "rows"}
            Of the table.

        Raises
        ------
        almagest.Conflict
            Nothing says which stars are the same.
        """
        path = {"dataset": self.dataset_id, "other": other.dataset_id if isinstance(other, Dataset) else other}
        query = {"match_id": match_id, "by_source_id": by_source_id, "epoch_1": epoch, "epoch_2": other_epoch}
        if table is None:
            return Record(self._ledger.http.json("compareDatasets", path=path, query=query))
        return _tables.convert(_tables.fetch(self._ledger.http, "compareDatasets", path, {**query, "table": table}), format)

    def figure(self, filter: Optional[str] = None, only: Union[str, Sequence[str], None] = None) -> Figure:
        """The charts of the catalogue.

        Parameters
        ----------
        filter : str, optional
            Only these stars, such as ``"cone=56.75,24.1,2 magnitude=..15"`` (degrees, mag).
        only : str or list of str, optional
            Of ``"sky"``, ``"cmd"``, ``"magnitudes"``, ``"colours"``, ``"parallaxes"`` these alone.
        """
        return Figure(self._ledger.http, "getDatasetChart", {"dataset": self.dataset_id}, {"filter": filter, "only": only})

    def star_figure(self, source_id: Union[int, str], only: Union[str, Sequence[str], None] = None) -> Figure:
        """The charts of one of its stars: a finder chart, and where it stands among the others.

        Parameters
        ----------
        source_id : int or str
            The catalogue's own id.
        only : str or list of str, optional
            Of ``"finder"``, ``"cmd"``, ``"parallax"``, ``"magnitude"`` these alone.

        Raises
        ------
        almagest.NotFound
            The dataset has no such star.
        """
        from .labels import star_id_of

        star_id = star_id_of(self._ledger, key_of(self), source_id)
        return Figure(self._ledger.http, "getStarChart", {"star_id": star_id}, {"only": only})

    def delete(self, with_runs: bool = False, now: bool = False) -> None:
        """Deletes it with its stars and labels. See :meth:`Datasets.delete`."""
        self._ledger.datasets.delete(self, with_runs=with_runs, now=now)


class DatasetList(List[Dataset]):
    """Datasets, which show themselves as a table in a notebook."""

    def _repr_html_(self) -> str:
        return html_table(
            ["dataset", "stars", "runs", "loaded"],
            [[d.name, f"{d.star_count:,}", str(d.run_count), str(d.created_at)[:19]] for d in self],
        )


class Datasets:
    """The catalogues of a ledger: load, look at, delete. Iterating gives each :class:`Dataset`."""

    def __init__(self, ledger: "Ledger") -> None:
        self._ledger = ledger

    def ingest(
        self,
        path_or_table: Loadable,
        name: Optional[str] = None,
        map: Optional[Mapping[str, str]] = None,
        *,
        missing: Optional[str] = None,
        table: Union[str, int, None] = None,
        frame: Optional[str] = None,
        epoch: Union[str, float, None] = None,
        catalog_epoch: Union[str, float, None] = None,
        ra_from: Optional[int] = None,
        zero_parallax_is_missing: bool = False,
        force: bool = False,
        timeout: float = float("inf"),
    ) -> Dataset:
        """Loads a catalogue.

        Columns, units and frames are recognised, as by ``almagest ingest``; bytes that are in the ledger already are not loaded again.

        Parameters
        ----------
        path_or_table : path, open binary file, pandas.DataFrame, astropy.table.Table or structured numpy.ndarray
            A file in any format that the server reads (CSV, ECSV, FITS, VOTable, Parquet, CDS and more; gzipped or not), or a table. Of
            a DataFrame the columns' names alone tell the units (degrees, mas, mas/yr, mag, km/s); an astropy Table says its units itself.
        name : str, optional
            Of the dataset. Needed for a table; the file's name without its endings by default.
        map : dict of str to str, optional
            Fields of a star and their columns, where they are not recognised: ``{"ra_deg": "RAJ2000"}``. A unit can be given after a
            colon: ``{"ra_deg": "RA:hours"}``.
        missing : str, optional
            Values that mean that there is none: ``"-999,parallax=0"``.
        table : str or int, optional
            Which table of a file with several: its name, or its number from 1.
        frame : str, optional
            The system of the positions where the file does not say it: ``"icrs"``, ``"fk5"``, ``"fk4"``, ``"galactic"``, ``"fk5:J1975"``.
        epoch : float or str, optional
            Julian year to which positions are carried by their proper motions, such as 2016 or ``"J2000"``.
        catalog_epoch : float or str, optional
            Julian year for which the positions hold, where the file does not say it.
        ra_from : int, optional
            Degrees from which the right ascensions run: 0, to 360, or -180, to 180.
        zero_parallax_is_missing : bool
            A parallax of exactly 0 means unknown in this catalogue.
        force : bool
            Load although the same bytes are loaded already.
        timeout : float
            How long the server may take, s; no limit by default.

        Returns
        -------
        Dataset
            With what the load did in ``dataset.load``. Rows that could not be loaded are told as an :class:`almagest.AlmagestWarning`, too.

        Raises
        ------
        almagest.InvalidRequest
            The file is not a catalogue, or its columns are not recognised; nothing is stored.
        almagest.Conflict
            The name is taken, or the same bytes are loaded already under another name (``facts["dataset"]``).
        ValueError
            A table without a name, or whose ids are floating-point numbers that have lost digits.

        Examples
        --------
        >>> dataset = ledger.datasets.ingest("gaia-100pc.csv")                              # doctest: +SKIP
        >>> dataset = ledger.datasets.ingest(frame, "mine", map={"magnitude": "Vmag"})      # doctest: +SKIP
        """
        if name is None and is_table(path_or_table):
            raise ValueError("a table has no name of its own: give one, as in ingest(table, 'my-stars')")
        with opened(path_or_table, name) as (file, file_name):
            answer = self._ledger.http.json(
                "uploadDataset",
                query={
                    "file": file_name,
                    "dataset": name,
                    "map": _pairs(map),
                    "table": table,
                    "missing": missing,
                    "frame": frame,
                    "epoch": epoch,
                    "catalog_epoch": catalog_epoch,
                    "ra_from": ra_from,
                    "force": force or None,
                    "zero_parallax_is_missing": zero_parallax_is_missing or None,
                },
                data=file,
                headers={"Content-Type": "application/octet-stream"},
                timeout=timeout,
            )
        loaded = Dataset(self._ledger, answer["dataset"], Record({k: v for k, v in answer.items() if k != "dataset"}))
        if answer["rejected"] and not answer["already_loaded"]:
            first = answer["rejected_rows"][0]
            rows = answer["rows"] + answer["rejected"]
            _warn(
                f"{answer['rejected']:,} of {rows:,} rows of {file_name} could not be loaded, the first "
                f"because: {first.get('reason')}; dataset.load.rejected_rows has more"
            )
        return loaded

    def list(self) -> DatasetList:
        """All datasets, in order of loading."""
        return DatasetList(Dataset(self._ledger, d) for d in self._ledger.http.json("listDatasets"))

    def get(self, name: Union[str, int, Dataset]) -> Dataset:
        """One dataset by its name or number.

        Raises
        ------
        almagest.NotFound
            There is none.
        """
        return Dataset(self._ledger, self._ledger.http.json("getDataset", path={"dataset": key_of(name)}))

    def delete(self, name: Union[str, int, Dataset], with_runs: bool = False, now: bool = False) -> None:
        """Deletes a dataset with its stars and labels; :meth:`restore` brings it back for a day.

        Parameters
        ----------
        name : str, int or Dataset
        with_runs : bool
            Also its runs with their results; without it a dataset with runs is kept.
        now : bool
            For good, which frees the space at once.

        Raises
        ------
        almagest.Conflict
            It has runs, or one of them is being worked on.
        almagest.NotAllowed
            The token's scope is less than admin.
        """
        query = {"with_runs": with_runs or None, "now": now or None}
        self._ledger.http.send("deleteDataset", path={"dataset": key_of(name)}, query=query)

    def restore(self, name: Union[str, int, Dataset], new_name: Optional[str] = None) -> Dataset:
        """Brings a dataset back that was deleted within a day, with its stars, labels, runs and cross-matches.

        Parameters
        ----------
        name : str, int or Dataset
            The name that it had, or its number.
        new_name : str, optional
            What it is called from now on, where another dataset has its name.

        Raises
        ------
        almagest.NotFound
            No such dataset was deleted, or it is gone for good.
        almagest.Conflict
            Another dataset has the name by now, or several that were deleted had it.
        """
        query = {"name": new_name}
        return Dataset(self._ledger, self._ledger.http.json("restoreDataset", path={"dataset": key_of(name)}, query=query))

    def to_pandas(
        self, name: Union[str, int, Dataset], filter: Optional[str] = None, extra: bool = False, limit: Optional[int] = None
    ) -> Any:
        """The stars of a dataset.

        Parameters
        ----------
        name : str, int or Dataset
        filter : str, optional
            Only these stars: terms such as ``"cone=56.75,24.1,2 magnitude=..15 parallax=5..10 pmra=-25..-15"``, in degrees, mag, mas and mas/yr.
        extra : bool
            Also the other columns of the file, under their own names; one that has the name of a column of ours gets ``_file`` after it.
        limit : int, optional
            The first of them, at most 10,000; all by default.

        Returns
        -------
        pandas.DataFrame
            A row a star, with ``star_id``, ``source_id`` (int64 where every id is an integer), ``ra_deg`` and ``dec_deg`` (ICRS),
            ``parallax_mas``, ``pmra_mas_yr``, ``pmdec_mas_yr``, ``magnitude``, ``color`` and what the catalogue has of errors and
            quality. ``attrs["units"]`` and ``attrs["descriptions"]`` are by column.
        """
        return self.stars(name, filter=filter, extra=extra, limit=limit)

    def stars(
        self,
        name: Union[str, int, Dataset],
        filter: Optional[str] = None,
        extra: bool = False,
        limit: Optional[int] = None,
        format: str = "pandas",
    ) -> Any:
        """As :meth:`to_pandas`, and as an astropy Table with ``format="astropy"``, or a list of dictionaries with ``"rows"``."""
        data = _tables.fetch(
            self._ledger.http,
            "listStars",
            path={"dataset": key_of(name)},
            query={"filter": filter, "extra": extra or None, "limit": limit},
        )
        return _tables.convert(data, format)

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self.list())

    def __getitem__(self, name: Union[str, int]) -> Dataset:
        return self.get(name)

    def __repr__(self) -> str:
        return f"<Datasets of {self._ledger.url}>"

    def _repr_html_(self) -> str:
        return self.list()._repr_html_()


def key_of(dataset: Union[str, int, Dataset]) -> str:
    """By what a route names a dataset."""
    return str(dataset.dataset_id if isinstance(dataset, Dataset) else dataset)


def _pairs(map: Optional[Mapping[str, str]]) -> Optional[str]:
    if not map:
        return None
    for term in (*map, *map.values()):
        if "," in str(term):
            raise ValueError(f"{term!r} holds a comma, which the API cannot take in a mapping: rename the column")
    return ",".join(f"{field}={column}" for field, column in map.items())


def _warn(text: str) -> None:
    warnings.warn(text, AlmagestWarning, stacklevel=3)
