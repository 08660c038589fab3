#!/usr/bin/env python3
"""Writes the fixtures of the readers: a few stars of a simulated sky in each format and dialect, with the right values in expected.txt.

    python3 make.py          (Debian: python3-astropy, stilts)

What no program writes is written by hand here. Each file has one oddity, named by the file. The sky is simulated: no catalogue's rows.
"""
import gzip
import os
import subprocess
import warnings

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Column, MaskedColumn, Table
from astropy.time import Time

warnings.simplefilter("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(HERE)

# id, ra, dec, parallax (None: missing), pmra, pmdec, mag, name (None: missing)
STARS = [
    (4611834567779557376, 150.5, -30.25, 5.0, 1.5, -2.5, 12.25, "S 1"),
    (4611834567779557377, 151.125, -31.5, None, 100.0, 20.0, 13.5, None),
    (4611834567779557378, 152.75, -30.0625, 7.5, -3.25, 4.0, None, "S 3"),
    (4611834567779557379, 153.0, 0.5, -0.25, 0.0, -7.0, 15.0, "S 4"),
    (4611834567779557380, 359.875, -0.125, 0.75, 12.5, 0.5, 9.125, "S 5"),
]
FIELDS = ["source_id", "ra_deg", "dec_deg", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr", "magnitude"]
EXPECTED = []


def show(value):
    return "null" if value is None else repr(value) if isinstance(value, float) else str(value)


def expect(file, what, *values):
    EXPECTED.append(f"{file} | {what} | {'; '.join(show(v) for v in values)}")


def right(file, fields="ra_deg dec_deg parallax_mas", ids=True, rows=len(STARS)):
    """The values of the sky are those of the file."""
    expect(file, "rows", rows)
    for field in (["source_id"] if ids else []) + fields.split():
        expect(file, field, *[s[FIELDS.index(field)] for s in STARS[:rows]])


def write(file, text, encoding="utf-8"):
    with open(file, "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode(encoding))


def cell(value, null=""):
    return null if value is None else show(value)


def lines(delimiter=",", null="", columns=(0, 1, 2, 3)):
    return "".join(delimiter.join(cell(s[c], null) for c in columns) + "\n" for s in STARS)


ALL = "ra_deg dec_deg parallax_mas pmra_mas_yr pmdec_mas_yr magnitude"

# Delimited text.
write("plain.csv", "source_id,ra,dec,parallax,pmra,pmdec,phot_g_mean_mag\n" + lines(columns=range(7)))
right("plain.csv", ALL)
write("number-names.csv", "id,ra,dec,parallax,100,250\n" + "".join(f"{s[0]},{s[1]},{s[2]},{cell(s[3])},1.5,7\n" for s in STARS))
right("number-names.csv")
expect("number-names.csv", "extra 250", 7, 7)
write("number-names-blanks.txt", "id ra dec parallax 2000 2001\n" + "".join(f"{s[0]} {s[1]} {s[2]} {cell(s[3], 'nan')} 1 2\n" for s in STARS))
right("number-names-blanks.txt")
write("units-row.csv", "source_id,ra,dec,parallax\n,deg,deg,arcsec\n" + "".join(f"{s[0]},{s[1]},{s[2]},{cell(s[3] and s[3] / 1000)}\n" for s in STARS))
right("units-row.csv")
write("units-row-brackets.tsv", "source_id\tra\tdec\tparallax\n-\t(h)\t(deg)\t(mas)\n" + "".join(f"{s[0]}\t{s[1] / 15!r}\t{s[2]}\t{cell(s[3])}\n" for s in STARS))
right("units-row-brackets.tsv")
write("types-and-units.csv", "source_id,ra,dec,parallax\nlong,double,double,double\n--,deg,deg,mas\n" + lines())
right("types-and-units.csv")
write("table.rdb", "# made\nsource_id\tra\tdec\tparallax\tname\n20S\t10N\t10N\t8N\t5S\n" + lines("\t", columns=(0, 1, 2, 3, 7)))
right("table.rdb")
write("table-plain-types.rdb", "source_id\tra\tdec\tparallax\nS\tN\tN\tN\n" + lines("\t"))
right("table-plain-types.rdb")
write("units-in-names.csv", "source_id,RA (deg),Dec (deg),parallax [mas],pmra [mas/yr],pmdec [mas/yr],Gmag [mag]\n" + lines(columns=range(7)))
right("units-in-names.csv", ALL)
write("hours-in-name.csv", "source_id,RA (h),Dec (deg),parallax {arcsec}\n" + "".join(f"{s[0]},{s[1] / 15!r},{s[2]},{cell(s[3] and s[3] / 1000)}\n" for s in STARS))
right("hours-in-name.csv")
write("hours-suffix.csv", "source_id,ra_hours,dec_deg,parallax_mas\n" + "".join(f"{s[0]},{s[1] / 15!r},{s[2]},{cell(s[3])}\n" for s in STARS))
right("hours-suffix.csv")
write("radians.csv", "source_id,ra_rad,dec_rad\n" + "".join(f"{s[0]},{np.radians(s[1])!r},{np.radians(s[2])!r}\n" for s in STARS))
right("radians.csv", "ra_deg dec_deg")
BRIGHT = [("a", 6.752481, -16.716116), ("b", 5.919529, 7.407063), ("c", 14.660765, -60.833976), ("d", 18.61564, 38.783692), ("e", 0.139791, 29.090432)]
write("hours-unsaid.csv", "name,ra,dec\n" + "".join(f"{n},{r},{d}\n" for n, r, d in BRIGHT))
expect("hours-unsaid.csv", "refused", "may be hours", "ra_deg=ra:hours")
write("hours-said.csv", "name,ra,dec\n" + "".join(f"{n},{r},{d}\n" for n, r, d in BRIGHT))
expect("hours-said.csv", "map", "ra_deg=ra:hours")
expect("hours-said.csv", "ra_deg", *[r * 15 for _, r, _ in BRIGHT])
write("degrees-below-24.csv", "source_id,ra,dec\n1,10.5,-3.25\n2,11.5,-4.25\n")
expect("degrees-below-24.csv", "ra_deg", 10.5, 11.5)
expect("degrees-below-24.csv", "suspicion", "below 24")
write("hyg-like.csv", "id,hip,hd,proper,ra,dec,dist,mag,absmag\n0,,,Sun,0,0,0,-26.7,4.85\n1,11,22,,6.5,-16.5,2.5,1.5,1.25\n2,12,,,23.5,60,5,2.5,2\n")
expect("hyg-like.csv", "source_id", 0, 1, 2)
expect("hyg-like.csv", "ra_deg", 0.0, 97.5, 352.5)
write("id-behind-partial-hip.csv", "hip,id,ra,dec\n,10,150.5,1\n5,11,151.5,2\n,12,152.5,3\n")
expect("id-behind-partial-hip.csv", "source_id", 10, 11, 12)
write("only-partial-hd.csv", "HD,ra,dec\n,150.5,1\n5,151.5,2\n,152.5,3\n")
expect("only-partial-hd.csv", "rows", 3)
expect("only-partial-hd.csv", "suspicion", "The rows are numbered")
write("comma.csv", ("source_id;ra;dec;parallax\r\n" + lines(";").replace(".", ",").replace("\n", "\r\n")))
right("comma.csv")
expect("comma.csv", "note", "decimal comma")
write("comma.tsv", "source_id\tra\tdec\tparallax\n" + lines("\t").replace(".", ","))
right("comma.tsv")
write("formula-ids.csv", "source_id,ra,dec,parallax\n" + "".join(f'="{s[0]}",{s[1]},{s[2]},{cell(s[3])}\n' for s in STARS))
right("formula-ids.csv")
write("formula-ids-quoted.csv", "source_id,ra,dec,parallax\n" + "".join(f'"=""{s[0]}""",{s[1]},{s[2]},{cell(s[3])}\n' for s in STARS))
right("formula-ids-quoted.csv")
write("fortran.txt", "source_id ra dec parallax\n" + "".join(f"{s[0]} {s[1] / 100:.8f}D+02 {s[2] * 10:.8f}d-1 {cell(s[3], 'NaN')}\n" for s in STARS))
right("fortran.txt")
write("minus-sign.csv", "source_id,ra,dec,parallax\n" + lines().replace(",-", ",\u2212"))
right("minus-sign.csv")
write("commented-header.txt", "# ra and dec of stars\n# source_id ra dec parallax\n# long deg deg mas\n" + lines(" ", "nan"))
right("commented-header.txt")
write("commented-header-first.txt", "# id ra dec\n# made by hand\n" + lines(" ", columns=(0, 1, 2)))
right("commented-header-first.txt", "ra_deg dec_deg")
write("sextractor.cat", "#   1 NUMBER  Running number\n#   2 VECTOR  Two values [count]\n#   4 ALPHA_J2000  Right ascension [deg]\n#   5 DELTA_J2000  Declination [deg]\n" + "".join(f"{i + 1:5} 1.5 2.5 {s[1]} {s[2]}\n" for i, s in enumerate(STARS)))
right("sextractor.cat", "ra_deg dec_deg", ids=False)
expect("sextractor.cat", "columns", "NUMBER", "VECTOR", "VECTOR_1", "ALPHA_J2000", "DELTA_J2000")
write("sextractor-win.cat", "# 1 NUMBER\n# 2 ALPHAWIN_J2000 Windowed [deg]\n# 3 DELTAWIN_J2000 Windowed [deg]\n# 4 MAG_APER Apertures [mag]\n" + "".join(f"{i + 1} {s[1]} {s[2]} 20.5 21.5 {99.0 if i % 2 else 20.25 + i}\n" for i, s in enumerate(STARS)))
right("sextractor-win.cat", "ra_deg dec_deg", ids=False)
expect("sextractor-win.cat", "extra MAG_APER_1", 21.5)
expect("sextractor-win.cat", "suspicion", "MAG_APER_2")
write("markdown.md", "| source_id | ra | dec | parallax |\n|---|---:|:---:|:---|\n" + "".join("| " + " | ".join(cell(c) for c in s[:4]) + " |\n" for s in STARS))
right("markdown.md")
write("mysql.txt", "+----+----+----+----+\n| source_id | ra | dec | parallax |\n+----+----+----+----+\n" + "".join("| " + " | ".join(cell(c, "NULL") for c in s[:4]) + " |\n" for s in STARS) + "+----+----+----+----+\n")
right("mysql.txt")
write("rah-no-sign.csv", "id,RAh,RAm,RAs,DEd,DEm,DEs\n1,10,30,0,-00,30,36\n2,11,0,30,+01,30,36\n3,0,0,0,-12,15,0\n")
expect("rah-no-sign.csv", "ra_deg", 157.5, 165.125, 0.0)
expect("rah-no-sign.csv", "dec_deg", -0.51, 1.51, -12.25)
write("sentinels.csv", "source_id,ra,dec,parallax,rv,mag\n" + "".join(f"{i},{150 + i / 8},{i / 4},{-9999.0 if i % 4 == 0 else 1.5 + i / 8},{0.0 if i % 2 else 12.5 + i},{99.99 if i == 3 else 12.25 + i / 16}\n" for i in range(12)))
expect("sentinels.csv", "suspicion", "3 of 12 values in 'parallax' are exactly -9999", "6 of 12 values in 'rv' are exactly 0", "1 of 12 values in 'mag' is exactly 99.99")
expect("sentinels.csv", "parallax_mas", -9999, 1.625)
write("sentinels-said.csv", "source_id,ra,dec,parallax,rv\n1,150,1,-9999.0,5\n2,151,2,1.5,-9999\n3,152,3,-9999,0\n")
expect("sentinels-said.csv", "missing", "-9999", "rv=0")
expect("sentinels-said.csv", "parallax_mas", None, 1.5, None)
expect("sentinels-said.csv", "radial_velocity_km_s", 5, None, None)
write("panstarrs.csv", "objID,raMean,decMean,rMeanPSFMag,gMeanPSFMag\n101,150.5,-3.5,-999,20.5\n102,151.5,-4.5,19.5,-999.0\n")
expect("panstarrs.csv", "magnitude", None, 19.5)
expect("panstarrs.csv", "extra gMeanPSFMag", 20.5, None)
expect("panstarrs.csv", "note", "Pan-STARRS1 writes -999")
write("unit-not-understood.csv", "source_id,ra,dec,parallax [km/s]\n1,150.5,1,5\n2,151.5,2,6\n")
expect("unit-not-understood.csv", "parallax_mas", None, None)
expect("unit-not-understood.csv", "suspicion", "was not taken for parallax_mas: its unit 'km/s'")
write("position-in-pixels.csv", "source_id,ra [pix],dec [pix]\n1,150.5,1\n2,151.5,2\n")
expect("position-in-pixels.csv", "refused", "its unit 'pix' is not one of")
write("names-unknown.csv", "source_id,my_ra_value,my_dec_value\n1,150.5,1\n2,151.5,2\n")
expect("names-unknown.csv", "refused", "ra_deg=my_ra_value dec_deg=my_dec_value")
write("latin1.csv", "source_id,ra,dec,name\n1,150.5,1,Étoile\n".encode("latin-1"))
expect("latin1.csv", "extra name", "Étoile")
write("utf16.csv", "source_id,ra,dec,parallax\n" + lines(), "utf-16")
right("utf16.csv")
with open("zipped.csv.gz", "wb") as out:
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as zipped:
        zipped.write(("source_id,ra,dec,parallax\n" + lines()).encode())
right("zipped.csv.gz")
SURVEYS = {
    "des": ("COADD_OBJECT_ID", "ALPHAWIN_J2000", "DELTAWIN_J2000"),
    "hsc": ("MatchID", "MatchRA", "MatchDec"),
    "ztf": ("oid", "meanra", "meandec"),
    "lsst-alerts": ("diaObjectId", "ra", "decl"),
    "lsst-objects": ("objectId", "coord_ra", "coord_dec"),
    "kic": ("kepid", "degree_ra", "dec"),
    "epic": ("EPIC", "k2_ra", "k2_dec"),
    "galah": ("sobject_id", "ra_dr2", "dec_dr2"),
    "lamost": ("obsid", "ra_obs", "dec_obs"),
    "rave": ("rave_obs_id", "ra_input", "dec_input"),
    "sdss": ("objID", "ra", "dec"),
    "vhs": ("SOURCEID", "ra2000", "dec2000"),
    "erosita": ("IAUNAME", "RA_CORR", "DEC_CORR"),
    "tic": ("ID", "ra_orig", "dec_orig"),
    "twomass": ("designation", "ra", "dec"),
    "hipparcos": ("HIP", "RAICRS", "DEICRS"),
    "tycho": ("TYC", "RAmdeg", "DEmdeg"),
    "ucac4": ("UCAC4", "RAJ2000", "DEJ2000"),
    "apass": ("recno", "radeg", "decdeg"),
    "usno-b": ("USNO-B1.0", "RAJ2000", "DEJ2000"),
}
for survey, (name, ra, dec) in SURVEYS.items():
    write(f"survey-{survey}.csv", f"{name},{ra},{dec}\n" + "".join(f"{i + 11},{s[1]},{s[2]}\n" for i, s in enumerate(STARS)))
    right(f"survey-{survey}.csv", "ra_deg dec_deg", ids=False)
    expect(f"survey-{survey}.csv", "source_id", 11, 12, 13, 14, 15)

# Byte-by-byte tables.
HEAD = """Title: Simulated stars
Authors: Nobody
Table: Stars
================================================================================
Byte-by-byte Description of file: sim.txt
--------------------------------------------------------------------------------
   Bytes Format Units     Label    Explanations
--------------------------------------------------------------------------------
   1-  8 A8     ---       Name     ? Name
  10- 18 F9.5   deg       RAdeg    Right ascension (ICRS)
  20- 28 F9.5   deg       DEdeg    Declination (ICRS)
  30- 35 F6.3   mas       Plx      ?=-9.999 Parallax
--------------------------------------------------------------------------------
"""


def mrt(head, null, rows=STARS):
    return head + "".join(f"{s[7] or null:<8} {s[1]:9.5f} {s[2]:9.5f} {-9.999 if s[3] is None else s[3]:6.3f}\n" for s in rows)


write("dashes-as-null.mrt", mrt(HEAD, "--------"))
right("dashes-as-null.mrt", ids=False)
NOTES = HEAD + "Note (1): Dashes stand for what is not known.\n  A second line of it.\nNote (2): Nothing.\n" + "-" * 80 + "\n"
write("dashes-and-notes.mrt", mrt(NOTES, "--------"))
right("dashes-and-notes.mrt", ids=False)
write("indented.mrt", mrt(HEAD.replace("   1-  8", "               1-  8").replace("\n  10-", "\n              10-").replace("\n  20-", "\n              20-").replace("\n  30-", "\n              30-"), ""))
right("indented.mrt", ids=False)
TENTH = HEAD.replace("F6.3   mas       Plx      ?=-9.999 Parallax", "I6     0.1mas/yr pmRA     ?=-9999 motion")
write("tenths.mrt", TENTH + "".join(f"{'x':<8} {s[1]:9.5f} {s[2]:9.5f} {round(s[4] * 10):6d}\n" for s in STARS if s[4] * 10 == round(s[4] * 10)))
expect("tenths.mrt", "pmra_mas_yr", *[s[4] for s in STARS if s[4] * 10 == round(s[4] * 10)])
SECONDS = HEAD.replace("F6.3   mas       Plx      ?=-9.999 Parallax", "F6.3   s/yr      pmRA     ? motion")
write("seconds.mrt", SECONDS + "x         150.00000  60.00000  0.010\n")
expect("seconds.mrt", "pmra_mas_yr", 75.0)

# ECSV.
sky = Table()
sky["source_id"] = np.array([s[0] for s in STARS])
sky["ra"] = Column([s[1] for s in STARS], unit=u.deg)
sky["dec"] = Column([s[2] for s in STARS], unit=u.deg)
sky["parallax"] = MaskedColumn([s[3] or 99.5 for s in STARS], mask=[s[3] is None for s in STARS], unit=u.mas)
sky["name"] = MaskedColumn([s[7] or "" for s in STARS], mask=[s[7] is None for s in STARS])
sky["nobs"] = MaskedColumn([3, 4, 5, 6, 7], mask=[False, True, False, False, True])
sky.write("plain.ecsv", overwrite=True)
right("plain.ecsv")
expect("plain.ecsv", "extra nobs", 3, None, 5, 6, None)
sky.write("masks.ecsv", overwrite=True, serialize_method="data_mask")
right("masks.ecsv")
expect("masks.ecsv", "columns", "source_id", "ra", "dec", "parallax", "name", "nobs")
expect("masks.ecsv", "extra nobs", 3, None, 5, 6, None)
expect("masks.ecsv", "extra name", "S 1", None, "S 3")
ICRS = SkyCoord([s[1] for s in STARS] * u.deg, [s[2] for s in STARS] * u.deg)


def placed(coord, name):
    t = Table()
    t["source_id"] = np.array([s[0] for s in STARS])
    t[name] = coord
    t["parallax"] = sky["parallax"]
    return t


for label, coord, name, system in [
    ("icrs", ICRS, "place", "ICRS"),
    ("fk5-1975", ICRS.transform_to("fk5").transform_to(SkyCoord(0 * u.deg, 0 * u.deg, frame="fk5", equinox="J1975").frame), "pos", "FK5 J1975"),
    ("galactic", ICRS.galactic, "gal", "Galactic"),
]:
    for ending in ["ecsv", "fits"]:
        file = f"skycoord-{label}.{ending}"
        placed(coord, name).write(file, overwrite=True)
        expect(file, "rows", 5)
        expect(file, "system", system)
        for i, field in enumerate(["ra_deg", "dec_deg"]):
            expect(file, field, *[f"{s[1 + i]}~{3e-5 if system.startswith('FK5') else 2e-7}" for s in STARS])
        expect(file, "parallax_mas", *[s[3] for s in STARS])
write("stil-description.ecsv", "# %ECSV 1.0\n# ---\n# datatype:\n# -\n#   name: source_id\n#   datatype: int64\n#   description: \n#   |\n#    Two paragraphs:\n#    \n#    the second.\n# -\n#   name: ra\n#   datatype: float64\n#   unit: deg\n#   description: \n#   |\n#    One.\n#    Two.\n# -\n#   name: dec\n#   datatype: float64\n#   unit: deg\nsource_id ra dec\n" + lines(" ", columns=(0, 1, 2)))
right("stil-description.ecsv", "ra_deg dec_deg")

# FITS.
sky.write("plain.fits", overwrite=True)
right("plain.fits")
sky.write("masks.fits", overwrite=True, serialize_method="data_mask")
right("masks.fits")
expect("masks.fits", "extra nobs", 3, None, 5, 6, None)


def columns(*extra):
    return fits.ColDefs([
        fits.Column("source_id", "K", array=[s[0] for s in STARS]),
        fits.Column("ra", "D", "deg", array=[s[1] for s in STARS]),
        fits.Column("dec", "D", "deg", array=[s[2] for s in STARS]),
        fits.Column("parallax", "E", "mas", array=[np.nan if s[3] is None else s[3] for s in STARS]),
        *extra,
    ])


head = fits.BinTableHDU.from_columns([fits.Column("Field Header Card", "160A", array=["SIMPLE  = T"])], name="LDAC_IMHEAD")
fits.HDUList([fits.PrimaryHDU(), head, fits.BinTableHDU.from_columns(columns(), name="LDAC_OBJECTS")]).writeto("ldac.fits", overwrite=True)
right("ldac.fits")
expect("ldac.fits", "note", "LDAC_OBJECTS")
log = fits.BinTableHDU.from_columns([fits.Column("time", "D", array=[1.0, 2.0]), fits.Column("word", "8A", array=["a", "b"])], name="LOG")
fits.HDUList([fits.PrimaryHDU(), log, log, fits.BinTableHDU.from_columns(columns(), name="SKY")]).writeto("third-table.fits", overwrite=True)
right("third-table.fits")
expect("third-table.fits", "note", "SKY")
names = np.array([["ab", "cd"]] * 5)
fits.BinTableHDU.from_columns(columns(fits.Column("names", "8A", dim="(4,2)", array=names))).writeto("text-arrays.fits", overwrite=True)
right("text-arrays.fits")
expect("text-arrays.fits", "extra names", '["ab","cd"]')
hdu = fits.BinTableHDU.from_columns(columns())
hdu.writeto("lower.fits", overwrite=True)
data = open("lower.fits", "rb").read()
for n, code in enumerate("KDDE", 1):
    data = data.replace(f"TFORM{n}  = '{code}       '".encode(), f"TFORM{n}  = '{code.lower()}       '".encode())
write("lower.fits", data)
right("lower.fits")
ascii_rows = b"".join(f"{i + 1:3d}{round(s[1] * 10000):8d}{round(s[2] * 10000):8d}".encode() for i, s in enumerate(STARS))
cards = ["XTENSION= 'TABLE   '", "BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 19", "NAXIS2  = 5", "PCOUNT  = 0", "GCOUNT  = 1", "TFIELDS = 3", "TTYPE1  = 'id'", "TFORM1  = 'I3'", "TBCOL1  = 1", "TTYPE2  = 'ra'", "TFORM2  = 'F8.4'", "TBCOL2  = 4", "TUNIT2  = 'deg'", "TTYPE3  = 'dec'", "TFORM3  = 'F8.4'", "TBCOL3  = 12", "TUNIT3  = 'deg'", "END"]
primary = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "EXTEND  = T", "END"]


def block(cards):
    text = "".join(f"{c:<80}" for c in cards).encode()
    return text + b" " * (-len(text) % 2880)


write("implied-point.fits", block(primary) + block(cards) + ascii_rows + b" " * (-len(ascii_rows) % 2880))
right("implied-point.fits", "ra_deg dec_deg", ids=False)

# VOTable.
def votable(fields, rows, data="TABLEDATA"):
    return f'<?xml version="1.0"?>\n<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE>{fields}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>\n'


POSITION = '<FIELD name="source_id" datatype="long"/><FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>'


def row(s, *more):
    return "<TR>" + "".join(f"<TD>{cell(c)}</TD>" for c in [*s[:3], *more]) + "</TR>"


sky.write("plain.vot", format="votable", overwrite=True)
right("plain.vot")
sky["source_id", "ra", "dec", "parallax"].write("binary2.vot", format="votable", tabledata_format="binary2", overwrite=True)
right("binary2.vot")
for kind, unit in [("int64", 7), ("unsignedInt", 7), ("float64", 7.5), ("int32", 7), ("uint16", 7), ("string", "x y")]:
    write(f"datatype-{kind}.vot", votable(POSITION + f'<FIELD name="x" datatype="{kind}"/>', "".join(row(s, unit) for s in STARS)))
    right(f"datatype-{kind}.vot", "ra_deg dec_deg")
    expect(f"datatype-{kind}.vot", "extra x", unit)
write("utf16.vot", votable(POSITION, "".join(row(s) for s in STARS)).replace('"1.0"?', '"1.0" encoding="UTF-16"?'), "utf-16")
right("utf16.vot", "ra_deg dec_deg")
write("utf16-no-mark.vot", votable(POSITION, "".join(row(s) for s in STARS)).replace('"1.0"?', '"1.0" encoding="utf-16"?'), "utf-16-le")
right("utf16-no-mark.vot", "ra_deg dec_deg")
write("bits.vot", votable(POSITION + '<FIELD name="flags" datatype="bit" arraysize="*"/>', "".join(row(s, "1 0 01") for s in STARS)))
expect("bits.vot", "extra flags", "[true,false,false,true]")
write("null-99.vot", votable(POSITION + '<FIELD name="parallax" datatype="float" unit="mas"><VALUES null="99.90"/></FIELD>', "".join(row(s, 99.9 if s[3] is None else s[3]) for s in STARS)))
right("null-99.vot")
write("padded.vot", votable(POSITION.replace('"long"', '"int"'), "<TR><TD>007</TD><TD>150.5</TD><TD>1</TD></TR><TR><TD>008</TD><TD>151.5</TD><TD>2</TD></TR>"))
expect("padded.vot", "source_id", 7, 8)
write("old-gaia-units.vot", votable(POSITION.replace('"deg"', '"Angle[deg]"') + '<FIELD name="parallax" datatype="double" unit="Angle[mas]"/><FIELD name="pmra" datatype="double" unit="Angular Velocity[mas/year]"/>', "".join(row(s, s[3], s[4]) for s in STARS)))
right("old-gaia-units.vot", "ra_deg dec_deg parallax_mas pmra_mas_yr")
second = '<TABLE name="log"><FIELD name="time" datatype="double"/><DATA><TABLEDATA><TR><TD>1</TD></TR></TABLEDATA></DATA></TABLE>'
write("second-table.vot", votable(POSITION, "".join(row(s) for s in STARS)).replace("<TABLE>", second + "<TABLE>", 1))
right("second-table.vot", "ra_deg dec_deg")
expect("second-table.vot", "note", "the first with a position is table 2")

# Others, as STILTS writes them.
for form, file in [("ascii", "stilts.txt"), ("ipac", "stilts.tbl"), ("tst", "stilts.tst"), ("csv", "stilts.csv"), ("ecsv", "stilts.ecsv"), ("votable-binary-inline", "stilts.vot"), ("parquet", "stilts.parquet")]:
    if os.path.exists(file):
        os.remove(file)
    done = subprocess.run(["stilts", "tcopy", "plain.fits", file, f"ofmt={form}"], capture_output=True, text=True)
    if os.path.exists(file):
        right(file)
    else:
        print(f"stilts does not write {form}: {done.stderr.strip()[:100]}")

with open("expected.txt", "w", encoding="utf-8") as out:
    out.write("// The right values of each file, written by make.py with it.\n" + "\n".join(EXPECTED) + "\n")
