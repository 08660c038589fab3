#!/usr/bin/env python3
"""Summarises the real FITS and VOTable files as astropy reads them, for AstropyComparisonTests to compare with.

Usage: summarise_with_astropy.py DATA_FOLDER > astropy-summaries.json

Per file the number of rows, per column the number of missing values and either the minimum, maximum and sum of the numbers
(arrays flattened) or the SHA-256 of the texts, one a line. No row of a table is in the output. Columns of types whose reading
astropy and Almagest define differently (variable-length arrays of FITS, complex numbers, arrays of bits) are left out, and so
are FITS ASCII tables, whose blank fields astropy reads as 0. Columns of single precision are marked: in text Almagest keeps
their decimals.
"""
import hashlib
import json
import math
import sys
import warnings

import numpy as np
from astropy.io import ascii, fits
from astropy.io.votable import parse

warnings.simplefilter("ignore")

FITS = """
fields/pleiades-gaiadr3-cone.fits
formats/fits/chandra_time.fits
formats/fits/desi_gaiadr2_chunk_5row_30col.fits
formats/fits/desi_tycho2_healpix_25row.fits
formats/fits/memtest.fits
formats/fits/small_sky.fits
formats/fits/stddata.fits
formats/fits/table.fits
formats/fits/tb.fits
formats/fits/tdim.fits
formats/fits/tess_gam02_10rows.fits
formats/fits/vizier_asu_147_masked.fit
formats/fits/vizier_asu_2356_mixed_string_null.fit
formats/fits/vizier_vb21_globulars_170.fit
formats/fits/zall-pix-iron_10rows.fits
formats/stilts_converted/gaiadr2_96col_200.fits-basic.fits
formats/stilts_converted/pleiades2000.fits-plus.fits
formats/stilts_converted/pleiades2000.fits-basic.fits.gz
""".split()
VOTABLE = """
formats/votable/aladin_tabledata_pm_rv_blankcells.xml
formats/votable/astropy_tabledata_ngc2527_877.xml
formats/votable/binary2_masked_strings.xml
formats/votable/gaiadr2_alphaper_binary2_96col_694.vot
formats/votable/gaiadr2_pleiades_binary2_96col_310.vot
formats/votable/gaiadr3_binary2_152col_1row.vot
formats/votable/gaiadr3_pleiades_binary2_6col_10000.vot
formats/votable/gaiadr3_tabledata_152col_2row.vot
formats/votable/names.xml
formats/votable/pyvo_tap_binary_v1_1.xml
formats/votable/vizier_multi_table_viz.xml
formats/stilts_converted/gaiadr2_96col_200.BINARY.vot
formats/stilts_converted/pleiades2000.BINARY.vot
formats/stilts_converted/pleiades2000.BINARY2.vot
formats/stilts_converted/pleiades2000.TABLEDATA.vot
""".split()


# The second name is that of a ReadMe that describes the table.
CDS = [
    ("formats/cds_mrt/cds.dat", None),
    ("formats/cds_mrt/cds2.dat", None),
    ("formats/cds_mrt/cdsFunctional.dat", None),
    ("formats/cds_mrt/cdsFunctional2.dat", None),
    ("formats/cds_mrt/cds_vizier/table1.dat", "formats/cds_mrt/cds_vizier/ReadMe"),
    ("formats/cds_mrt/cds_vizier/table5.dat", "formats/cds_mrt/cds_vizier/ReadMe"),
    ("formats/cds_mrt/cds_null/table.dat", "formats/cds_mrt/cds_null/ReadMe"),
    ("formats/cds_mrt/cds_glob/lmxbrefs.dat", "formats/cds_mrt/cds_glob/ReadMe"),
]
IPAC = ["formats/stilts_converted/pleiades2000.ipac.txt"]


def texts(values):
    values = [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in values]
    return [v.split("\0")[0].rstrip(" ") for v in values]


def summarise(column):
    """None for a column that is not compared."""
    mask = np.ma.getmaskarray(column)
    data = np.ma.getdata(column)
    if data.dtype.kind in "SUO":
        if data.ndim > 1 or (data.dtype.kind == "O" and any(not isinstance(v, (str, bytes)) for v in data)):
            return None
        words = ["" if m else t for t, m in zip(texts(data), mask)]
        words = ["" if w.lower() in ("nan", "null", "n/a", "--") else w for w in words]
        missing = sum(w == "" for w in words)
        return {"missing": missing, "sha256": hashlib.sha256("\n".join(words).encode()).hexdigest()}
    if data.dtype.kind == "c":
        return None
    if data.dtype.kind == "b":
        flat, gone = data.reshape(-1), mask.reshape(-1)
        return {"missing": int(gone.sum()), "true": int((flat & ~gone).sum())}
    if data.dtype.kind == "f":
        mask = mask | np.isnan(data)
    values = [v.item() for v, m in zip(data.reshape(-1), mask.reshape(-1)) if not m]
    # Almagest counts a cell as missing, not the elements of an array.
    missing = int(mask.reshape(-1).sum()) if data.ndim == 1 else None
    total = math.fsum(values) if data.dtype.kind == "f" else sum(values)
    return {
        "missing": missing,
        "single": data.dtype == np.float32,
        "min": str(min(values, default=0)),
        "max": str(max(values, default=0)),
        "sum": str(total),
    }


def of_fits(path):
    with fits.open(path, character_as_bytes=True) as hdus:
        hdu = next(h for h in hdus if isinstance(h, (fits.BinTableHDU, fits.TableHDU)) and not isinstance(h, fits.CompImageHDU))
        columns = {}
        for definition in hdu.columns:
            data = np.asarray(hdu.data[definition.name])
            if "P" in definition.format or "Q" in definition.format or definition.format.rstrip()[-1:] == "X" or data.size == 0:
                continue
            null = definition.null
            if isinstance(null, str) and not null.lstrip("-").isdigit() and null != "":
                continue  # a mark in an ASCII table, which astropy reads as 0
            if null not in (None, "") and data.dtype.kind in "iu":
                data = np.ma.masked_equal(data, int(null))
            columns[definition.name] = summarise(data)
        return {"rows": len(hdu.data), "columns": columns}


def of_votable(path):
    table = parse(path, verify="ignore").get_first_table()
    columns = {}
    for field in table.fields:
        if field.datatype in ("bit", "floatComplex", "doubleComplex"):
            continue
        column = table.array[field.ID]
        columns[field.name] = summarise(column)
    return {"rows": len(table.array), "columns": columns}


def of_text(path, **how):
    table = ascii.read(path, **how)
    columns = {n: np.ma.masked_invalid(table[n]) if table[n].dtype.kind == "f" else table[n] for n in table.colnames}
    return {"rows": len(table), "columns": {n: summarise(column) for n, column in columns.items()}}


def main():
    folder = sys.argv[1].rstrip("/")
    result = {}
    for names, read in ((FITS, of_fits), (VOTABLE, of_votable)):
        for name in names:
            summary = read(f"{folder}/{name}")
            summary["columns"] = {k: v for k, v in summary["columns"].items() if v is not None}
            result[name] = summary
    for name, readme in CDS:
        result[name] = of_text(f"{folder}/{name}", format="cds", readme=f"{folder}/{readme}" if readme else None)
    for name in IPAC:
        result[name] = of_text(f"{folder}/{name}", format="ipac")
    for name in [n for n, _ in CDS] + IPAC:
        result[name]["columns"] = {k: v for k, v in result[name]["columns"].items() if v is not None}
    json.dump(result, sys.stdout, indent=0, sort_keys=True, separators=(",", ":"))
    print()


main()
