"""Reads tables in every format with astropy, and requires that each holds what the JSON holds: every value to the last bit, every
missing one, every unit and description. Says a line for each table, or its differences.
usage: compare_exports.py STEM...   (STEM.json, STEM.vot, STEM.binary2.vot, STEM.fits, STEM.ecsv)"""
import json
import os
import sys
import warnings

import numpy
from astropy.table import Table
from astropy.units import Unit

warnings.simplefilter("ignore")

FLAGS = {"is_anomaly"}


def plain(value):
    """A cell as JSON has it; None where it is missing."""
    if value is None or value is numpy.ma.masked:
        return None
    if isinstance(value, bytes):
        value = value.decode("ascii")
    if isinstance(value, (float, numpy.floating)):
        return None if numpy.isnan(value) else float(value)
    if isinstance(value, (bool, numpy.bool_)):
        return bool(value)
    if isinstance(value, numpy.integer):
        return int(value)
    return str(value) if value != "" else None


def differences(stem, expected):
    """What any of the formats holds otherwise than the JSON."""
    failures = []
    for ending, kind in ((".vot", "votable"), (".binary2.vot", "votable"), (".fits", "fits"), (".ecsv", "ascii.ecsv")):
        table = Table.read(stem + ending, format=kind)
        if table.colnames != [c["name"] for c in expected["columns"]]:
            failures.append(f"{ending}: columns {table.colnames}")
            continue
        if len(table) != len(expected["rows"]):
            failures.append(f"{ending}: {len(table)} rows, expected {len(expected['rows'])}")
            continue
        for column in expected["columns"]:
            name = column["name"]
            found = table[name]
            unit = None if column["unit"] is None else Unit(column["unit"])
            if found.unit != unit:
                failures.append(f"{ending}: unit of {name} is {found.unit}, expected {unit}")
            description = found.description if kind != "fits" else table.meta.get(f"TCOMM{table.colnames.index(name) + 1}")
            # astropy 5.2 reads the comments of FITS columns as keywords, without the cards that continue them.
            cut_short = kind == "fits" and column["description"].startswith((description or "").rstrip("&"))
            if description != column["description"] and not cut_short:
                failures.append(f"{ending}: description of {name} is {description!r}")
            for row, (cell, wanted) in enumerate(zip(found, expected["rows"])):
                wanted = wanted[name] if wanted[name] != "" else None
                cell = plain(cell)
                # JSON keeps ids as text and flags as 0 and 1; here they have their types.
                if wanted is not None and name == "source_id" and not isinstance(cell, str):
                    wanted = int(wanted)
                if name in FLAGS:
                    wanted = None if wanted is None else bool(wanted)
                    if not isinstance(cell, (bool, type(None))):
                        failures.append(f"{ending}: {name} is {cell!r}, not a truth")
                        break
                # A missing truth of FITS is false to astropy.
                if kind == "fits" and (column["type"] == "boolean" or name in FLAGS) and wanted is None:
                    wanted = False
                if cell != wanted:
                    failures.append(f"{ending}: row {row} of {name} is {cell!r}, expected {wanted!r}")
                    break
    return failures


for stem in sys.argv[1:]:
    with open(stem + ".json", encoding="utf-8") as file:
        table = json.load(file)
    name = os.path.basename(stem)
    failures = differences(stem, table)
    print("\n".join(f"{name}: {failure}" for failure in failures) if failures else f"{name}: {len(table['rows'])} rows equal")
