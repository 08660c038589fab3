#!/usr/bin/env python3
"""Compares what Almagest reads of each file of a folder with what astropy reads of it.

  almagest bench files --folder FOLDER > ours.jsonl
  files_astropy.py FOLDER ours.jsonl > table.md

astropy (Debian: python3-astropy, with python3-yaml and python3-bs4) reads FITS and VOTable by their content, text with each of
its fixed formats in turn and by its guesses. A file counts as
  right            both read it: rows, and the cells of the first 200 rows of each column that both have, are equal
  refused rightly  neither makes a table of it, or it has none of stars: no two columns
  refused wrongly  astropy reads a table of two or more columns and we refuse
  wrong            both read it and rows or cells differ
  ours alone       we read it and astropy does not
The last three are listed one by one, with the reason. Of a table without positions `ingest` loads nothing; the list says so.
"""
import json
import math
import os
import re
import sys
import warnings

import numpy as np
from astropy.io import ascii as text_tables
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table

warnings.simplefilter("ignore")
FORMATS = ("ecsv", "ipac", "mrt", "cds", "sextractor", "rdb", "daophot", "fixed_width_two_line", "fixed_width", "commented_header",
           "csv", "tab", "basic")


def read(path):
    """The candidates: astropy reads a text in several ways, of which one is meant."""
    with open(path, "rb") as file:
        head = file.read(4096)
    if head.startswith(b"SIMPLE"):
        with fits.open(path) as hdus:
            return [("fits", Table.read(hdu)) for hdu in hdus
                    if isinstance(hdu, (fits.BinTableHDU, fits.TableHDU)) and not isinstance(hdu, fits.CompImageHDU)][:3]
    if head.startswith(b"\x1f\x8b"):
        import gzip
        import tempfile
        with gzip.open(path) as packed, tempfile.NamedTemporaryFile(delete=False) as plain:
            plain.write(packed.read(64 << 20))
        try:
            return read(plain.name)
        finally:
            os.unlink(plain.name)
    if b"<VOTABLE" in head or b":VOTABLE" in head or b"V\0O\0T\0A\0B" in head:
        return [("votable", t.to_table()) for t in parse(path, verify="ignore").iter_tables() if len(t.fields)][:3]
    if head.startswith(b"PAR1") or b"\0" in head or head.lstrip()[:1] in (b"<", b"{", b"[") or len(head) == 0:
        return []
    tables = []
    for form in FORMATS:
        try:
            table = text_tables.read(path, format=form, guess=False, fast_reader=False)
        except Exception:  # whatever astropy raises: not that format
            continue
        if len(table.columns) > 1 and len(table) > 0:
            tables.append((form, table))
        if tables and form in ("ecsv", "ipac", "mrt", "cds", "sextractor"):
            return tables
    try:
        table = text_tables.read(path)
        if len(table.columns) > 1 and len(table) > 0:
            tables.append(("guess", table))
    except Exception:
        pass
    return tables


def plain(value):
    if value is None or value is np.ma.masked:
        return None
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)):
        return None if math.isnan(value) else float(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, str):
        return value.split("\0")[0].strip() or None
    return NotImplemented  # arrays, objects: forms differ


def equal(ours, theirs):
    theirs = plain(theirs)
    if theirs is NotImplemented:
        return True
    if ours is not None:
        ours = ours.strip() or None
    if ours is None or theirs is None:
        # Marks of missing values: we know more of them in text; astropy keeps them as words.
        return ours is theirs or (ours is None and str(theirs).lower() in
                                  ("--", "nan", "null", "n/a", "na", "-", "...", "*", "?", "none", "---", "", "masked"))
    if ours == str(theirs):
        return True
    if isinstance(theirs, str):
        if theirs.lower() in ("true", "false", "t", "f"):
            return ours[0] == theirs.lower()[0]
    try:
        a, b = float(ours.replace("−", "-")), float(theirs)
    except ValueError:
        return False
    return a == b or math.isclose(a, b, rel_tol=1e-6 if isinstance(theirs, float) and np.float32(b) == b else 1e-15) \
        or float(np.float32(a)) == b or (math.isinf(a) and math.isinf(b) and (a > 0) == (b > 0))


def compare(ours, table):
    """What differs; empty where nothing does."""
    if ours["rows"] + ours["rejected"] != len(table):
        return f"{ours['rows']} rows (and {ours['rejected']} rejected), astropy {len(table)}"
    names = [re.sub(r"_\d+$", "", c[0]) for c in ours["columns"]]
    shared = [(i, n) for i, n in enumerate(c[0] for c in ours["columns"]) if n in table.colnames]
    if not shared and len(names) == len(table.colnames):
        shared = list(zip(range(len(names)), table.colnames))
    if len(shared) < min(2, len(table.colnames)):
        return f"columns {', '.join(names[:6])}; astropy {', '.join(table.colnames[:6])}"
    for i, name in shared:
        column = table[name]
        if getattr(column, "ndim", 1) > 1 or getattr(column, "dtype", None) is None or column.dtype.kind in "Oc":
            continue
        for row, cells in enumerate(ours["cells"]):
            if ours["rejected"]:
                break
            if not equal(cells[i], column[row]):
                return f"'{name}', row {row + 1}: {cells[i]!r}, astropy {column[row]!r}"
    return ""


def main(folder, lines):
    counts, listed = {}, []
    for line in open(lines, encoding="utf-8"):
        ours = json.loads(line)
        path = os.path.join(folder, ours["file"])
        repository = ours["file"].split(os.sep)[0]
        try:
            theirs = read(path) if os.path.isfile(path) else []
        except Exception as error:  # astropy refuses
            theirs = []
        verdict, why = None, ""
        if ours["outcome"] == "escaped":
            verdict, why = "wrong", ours["message"].splitlines()[0]
        elif ours["outcome"] == "refused":
            wide = [f for f, t in theirs if len(t.columns) > 1 and len(t) > 0]
            verdict = "refused wrongly" if wide else "refused rightly"
            why = f"astropy: {wide[0]}; {ours['message'][:160]}" if wide else ""
        elif not theirs:
            verdict, why = "ours alone", f"{ours['format']}, {ours['rows']} rows of {len(ours['columns'])} columns"
        else:
            differences = [(f, compare(ours, t)) for f, t in theirs]
            best = next((f for f, d in differences if not d), None)
            verdict = "right" if best else "wrong"
            why = "" if best else f"{ours['format']} against {differences[0][0]}: {differences[0][1]}"
        counts.setdefault(repository, {}).setdefault(verdict, 0)
        counts[repository][verdict] += 1
        if ours["outcome"] == "read" and not ours["position"]:
            why += " (no position: ingest refuses it)"
        if verdict in ("refused wrongly", "wrong", "ours alone"):
            listed.append((verdict, ours["file"], why))
    verdicts = ("right", "refused rightly", "ours alone", "refused wrongly", "wrong")
    print("| files of | " + " | ".join(verdicts) + " |\n| --- |" + " ---: |" * len(verdicts))
    for repository, found in sorted(counts.items()):
        print(f"| {repository} | " + " | ".join(str(found.get(v, 0)) for v in verdicts) + " |")
    for verdict in verdicts[2:]:
        print(f"\n## {verdict}\n")
        for v, file, why in listed:
            if v == verdict:
                print(f"* `{file}`: {why}".replace("\n", " "))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
