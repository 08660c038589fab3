"""What is sent to be loaded: a file, or a table of this program as a file."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path
from typing import IO, Any, Iterator, Mapping, Optional, Set, Tuple

from ._tables import pandas
from .errors import MissingDependency

#: The largest number up to which every integer is a double of its own.
_EXACT = 2**53


@contextlib.contextmanager
def opened(source: Any, name: Optional[str]) -> Iterator[Tuple[IO[bytes], str]]:
    """The bytes to send, and the name of the file.

    Parameters
    ----------
    source : path, DataFrame, astropy Table or open binary file
    name : str or None
        What a table is called, which has no name of its own.
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source).expanduser()
        if path.is_dir():
            raise ValueError(f"{path} is a folder: give a file, or load it on the server's machine by 'almagest ingest {path}'")
        with open(path, "rb") as file:
            yield file, path.name
        return
    # A Table of astropy has a method of that name, too.
    if hasattr(source, "read") and not is_table(source):
        if isinstance(source, io.TextIOBase):
            raise TypeError("the file is open as text: open it with mode 'rb'")
        yield source, os.path.basename(str(getattr(source, "name", None) or name or "upload"))
        return
    write, ending = _writer(source)
    with tempfile.TemporaryFile() as buffer:
        text = io.TextIOWrapper(buffer, "utf-8", newline="")
        write(text)
        text.flush()
        # The bytes stay open when the layer of text goes.
        text.detach()
        buffer.seek(0)
        yield buffer, (name or "table") + ending


def is_table(source: Any) -> bool:
    """Whether it is a table of this program, and not a file."""
    return bool(_family(source) & {"pandas.DataFrame", "astropy.Table", "numpy.ndarray"})


def _family(source: Any) -> Set[str]:
    return {f"{c.__module__.split('.')[0]}.{c.__name__}" for c in type(source).__mro__}


def _writer(source: Any) -> Tuple[Any, str]:
    kind, family = type(source), _family(source)
    if "pandas.DataFrame" in family:
        _check_ids({c: source[c] for c in source.columns}, lambda c: getattr(source[c].dtype, "kind", ""))
        # An index without a name is a number of the row, and not a column.
        named = any(n is not None for n in source.index.names)
        return lambda file: _widened(source).to_csv(file, index=named), ".csv"
    if "astropy.Table" in family:
        _check_ids({c: source[c] for c in source.colnames}, lambda c: getattr(getattr(source[c], "dtype", None), "kind", ""))
        return lambda file: _write_ecsv(source, file), ".ecsv"
    if "numpy.ndarray" in family:
        if source.dtype.names is None:
            raise TypeError("the array has no named columns: make a DataFrame or an astropy Table of it")
        if any(source.dtype[n].kind == "O" for n in source.dtype.names):
            # Of a DataFrame with gaps, whose missing values astropy cannot write.
            try:
                return _writer(pandas().DataFrame.from_records(source))
            except MissingDependency:
                pass
        try:
            from astropy.table import Table
        except ImportError as e:
            raise MissingDependency("to load a structured array needs astropy; a DataFrame needs pandas alone") from e
        return _writer(Table(source))
    raise TypeError(f"cannot load a {kind.__module__}.{kind.__name__}: give a path, an open file, a DataFrame or an astropy Table")


def _widened(frame: Any) -> Any:
    """The frame with single-precision numbers as doubles: written in the few digits that tell them apart they would come back as others."""
    narrow = [c for c in frame.columns if getattr(frame[c].dtype, "kind", "") == "f" and frame[c].dtype.itemsize < 8]
    return frame.astype({c: "float64" for c in narrow}) if narrow else frame


def _write_ecsv(table: Any, file: IO[str]) -> None:
    """Writes an astropy Table with its units: the head as astropy does, and plain rows by pandas, which is many times as fast."""
    table = table.copy(copy_data=False)
    for name in table.colnames:
        dtype = getattr(table[name], "dtype", None)
        if dtype is not None and dtype.kind == "f" and dtype.itemsize < 8:
            table[name] = table[name].astype("float64")
    # A column that is more than a Column, such as SkyCoord, has no kind.
    plain = all(getattr(c, "ndim", 0) == 1 and getattr(getattr(c, "dtype", None), "kind", "") in tuple("iufbU") for c in table.itercols())
    try:
        pandas()
    except MissingDependency:
        plain = False
    if not plain or len(table) == 0:
        table.write(file, format="ascii.ecsv", delimiter=",")
        return
    head = io.StringIO()
    table[:0].write(head, format="ascii.ecsv", delimiter=",")
    file.write(head.getvalue())
    table.to_pandas(index=False).to_csv(file, index=False, header=False)


def _check_ids(columns: Mapping[Any, Any], kind_of: Any) -> None:
    """Refuses ids that have gone through a double: the last of their digits are lost, and no row would find its star again."""
    for name, values in columns.items():
        if str(name).lower() not in ("source_id", "sourceid", "designation", "id", "dr3name", "dr2name", "objid", "objectid"):
            continue
        if kind_of(name) == "f" and len(values) > 0 and bool((abs(values) > _EXACT).any()):
            raise ValueError(
                f"column {name!r} holds ids as floating-point numbers, which have lost their last digits: read them as integers or "
                f"text, as in pandas.read_csv(…, dtype={{{str(name)!r}: 'Int64'}})"
            )
