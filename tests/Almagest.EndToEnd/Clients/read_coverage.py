"""Reads a coverage of each order in FITS, ASCII and JSON with PyMOC, and requires that all three are the cells in which the stars lie, as
astropy-healpix finds them. usage: read_coverage.py STEM ORDER...   (STEM.ORDER.fits, .txt and .json, and STEM.vot with the stars)"""
import sys
import warnings

import numpy
from astropy import units
from astropy.table import Table
from astropy_healpix import HEALPix
from pymoc import MOC

warnings.simplefilter("ignore")
stem = sys.argv[1]
stars = Table.read(stem + ".vot", format="votable")
for order in map(int, sys.argv[2:]):
    grid = HEALPix(nside=2 ** order, order="nested")
    cells = grid.lonlat_to_healpix(numpy.array(stars["ra_deg"]) * units.deg, numpy.array(stars["dec_deg"]) * units.deg)
    expected = MOC(order, [int(cell) for cell in set(cells)])
    expected.normalize()
    for ending, kind in (("fits", "fits"), ("txt", "ascii"), ("json", "json")):
        found = MOC()
        found.read(f"{stem}.{order}.{ending}", filetype=kind)
        count = found.cells
        found.normalize()
        if found != expected:
            sys.exit(f"order {order}, {ending}: {found.area_sq_deg} square degrees, expected {expected.area_sq_deg}")
        if found.cells != count:
            sys.exit(f"order {order}, {ending}: {count} cells, {found.cells} in normal form")
    print(f"order {order}: {expected.cells} cells")
