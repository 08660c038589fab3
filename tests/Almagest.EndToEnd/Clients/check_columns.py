"""Reads lines of name, unit and UCD, tabs between, and says which units and UCDs astropy does not take. Argument: the file."""
import sys

from astropy.io.votable.ucd import parse_ucd
from astropy.units import Unit

wrong = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        name, unit, ucd = line.rstrip("\n").split("\t")
        try:
            if unit:
                Unit(unit, format="vounit")
                Unit(unit, format="fits")
            parse_ucd(ucd, check_controlled_vocabulary=True, has_colon=False)
        except ValueError as error:
            wrong += 1
            print(f"{name}: {error}")
print(f"{wrong} wrong")
