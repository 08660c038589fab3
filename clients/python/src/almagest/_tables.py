"""Whole tables of the API as DataFrames or astropy Tables, with their units, descriptions and provenance."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ._http import Http
from .errors import MissingDependency

__all__ = ["FORMATS", "TableData", "fetch", "convert"]

#: What a table can be had as.
FORMATS = ("pandas", "astropy", "rows")

#: Flags are 0 or 1 in the API's JSON; here they are truth values, so that ``table[table["is_anomaly"]]`` selects by them.
_FLAGS = frozenset({"is_anomaly"})

#: How a whole number is written as an id; ``007``, ``-7`` and ``+7`` are texts, as in the exports of the server.
_INTEGER = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z")
_LARGEST = 2**63 - 1


class TableData(NamedTuple):
    """A table as it came: columns with ``name``, ``type``, ``xtype``, ``unit``, ``ucd`` and ``description``; rows as dictionaries."""

    columns: List[Dict[str, Any]]
    rows: List[Dict[str, Any]]
    provenance: Dict[str, Any]


def fetch(
    http: Http,
    operation: str,
    path: Optional[Mapping[str, Any]] = None,
    query: Optional[Mapping[str, Any]] = None,
) -> TableData:
    """The whole answer of a route as one table."""
    answer = http.json(operation, path=path, query={**(query or {}), "format": "json"})
    return TableData(answer["columns"], answer["rows"], answer["provenance"])


def convert(data: TableData, form: str) -> Any:
    """The table as a DataFrame, an astropy Table, or a list of dictionaries.

    ``source_id`` is int64 where every id of the table is the canonical text of a number below 2**63, and in an empty table where every id
    of the dataset is; else text. What is JSON in text comes as what it means, such as a list of ids.

    Raises
    ------
    ValueError
        ``form`` is none of :data:`FORMATS`.
    almagest.MissingDependency
        The package is not installed.
    """
    if form not in FORMATS:
        raise ValueError(f"format is {form!r}, expected one of {', '.join(FORMATS)}")
    values = {c["name"]: _column(c, data.rows) for c in data.columns}
    if form == "rows":
        names = list(values)
        return [dict(zip(names, row)) for row in zip(*values.values())] if data.rows else []
    return _to_pandas(data, values) if form == "pandas" else _to_astropy(data, values)


def integers(ids: Sequence[Any]) -> Optional[List[int]]:
    """Ids as numbers, where every one of them is a 64-bit integer in its canonical form; else None."""
    if not ids:
        return None
    numbers = []
    for i in ids:
        if isinstance(i, bool):
            return None
        if not isinstance(i, int):
            if not isinstance(i, str) or _INTEGER.match(i) is None:
                return None
            i = int(i)
        if abs(i) > _LARGEST:
            return None
        numbers.append(i)
    return numbers


def _column(column: Mapping[str, Any], rows: List[Dict[str, Any]]) -> List[Any]:
    name = column["name"]
    values = [row.get(name) for row in rows]
    if name == "source_id":
        return integers(values) or values
    if column.get("xtype") == "json":
        return [v if v is None else json.loads(v) for v in values]
    if name in _FLAGS:
        return [None if v is None else bool(v) for v in values]
    return values


def _holds_integers(column: Mapping[str, Any], found: List[Any]) -> bool:
    """Whether a column of ids has become numbers; of an empty table, whether it would have."""
    if column["name"] != "source_id":
        return False
    return isinstance(found[0], int) if found else column.get("xtype") == "int64"


def _to_pandas(data: TableData, values: Mapping[str, List[Any]]) -> Any:
    pd = pandas()
    columns = {}
    for column in data.columns:
        name, kind, found = column["name"], column["type"], values[column["name"]]
        gaps = any(v is None for v in found)
        if kind == "double":
            columns[name] = pd.Series(found, dtype="float64")
        elif name in _FLAGS or kind in ("boolean", "bool"):
            columns[name] = pd.Series(found, dtype="boolean" if gaps else "bool")
        elif kind in ("int64", "integer", "long") or _holds_integers(column, found):
            columns[name] = pd.Series(found, dtype="Int64" if gaps else "int64")
        elif column.get("xtype") == "timestamp":
            columns[name] = pd.to_datetime(pd.Series(found, dtype="object"), utc=True)
        else:
            columns[name] = pd.Series(found, dtype="object")
    table = pd.DataFrame(columns, columns=[c["name"] for c in data.columns])
    table.attrs["units"] = {c["name"]: c["unit"] for c in data.columns if c.get("unit")}
    table.attrs["descriptions"] = {c["name"]: c["description"] for c in data.columns if c.get("description")}
    table.attrs["provenance"] = data.provenance
    return table


def _to_astropy(data: TableData, values: Mapping[str, List[Any]]) -> Any:
    try:
        import numpy as np
        from astropy.table import Column, MaskedColumn, Table
        from astropy.units import Unit
    except ImportError as e:
        raise MissingDependency("an astropy Table needs astropy: apt-get install python3-astropy, or pip install astropy") from e
    columns = []
    for column in data.columns:
        name, kind, found = column["name"], column["type"], values[column["name"]]
        mask = [v is None for v in found]
        dtype, fill = (
            (bool, False)
            if name in _FLAGS or kind in ("boolean", "bool")
            else (np.int64, 0)
            if kind in ("int64", "integer", "long") or _holds_integers(column, found)
            else (np.float64, np.nan)
            if kind == "double"
            else (str, "")
        )
        filled = [fill if m else (v if dtype is not str or isinstance(v, str) else _json(v)) for v, m in zip(found, mask)]
        array = np.array(filled, dtype=dtype) if filled else np.array([], dtype="U1" if dtype is str else dtype)
        described = {
            "name": name,
            "unit": Unit(column["unit"]) if column.get("unit") else None,
            "description": column.get("description"),
            "meta": {"ucd": column["ucd"]} if column.get("ucd") else None,
        }
        columns.append(MaskedColumn(array, mask=mask, **described) if any(mask) else Column(array, **described))
    return Table(columns, meta=dict(data.provenance))


def pandas() -> Any:
    """The module, or what to do where it is not installed."""
    try:
        import pandas as pd
    except ImportError as e:
        raise MissingDependency(
            "a DataFrame needs pandas: apt-get install python3-pandas, or pip install pandas; "
            "format='astropy' gives an astropy Table, format='rows' a list of dictionaries"
        ) from e
    return pd


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
