#!/usr/bin/env python3
"""astropy at one job of `bench readers`: reading a whole table.

usage: readers_astropy.py FORMAT FILE

FORMAT: csv, ecsv, votable, fits. Prints a JSON object: name (and version), rows, and seconds of the best pass (up to three,
within about ten seconds), the start of Python and the imports left out. Installs python3-astropy where it is missing.
"""
import json
import sys
import time
import warnings

from yardsticks import require_debian_packages

if len(sys.argv) != 3:
    sys.exit(__doc__)
require_debian_packages("python3-astropy")

import astropy
from astropy.io import fits  # noqa: F401  (what a first read would import)
from astropy.io.votable import parse  # noqa: F401
from astropy.table import Table

OPTIONS = {
    # The fast parser in C, told what the file is.
    "csv": {"format": "ascii.fast_csv", "guess": False},
    "ecsv": {"format": "ascii.ecsv"},
    "votable": {"format": "votable"},
    # Values, not a map of the file that is read when somebody looks.
    "fits": {"format": "fits", "memmap": False},
}


def main():
    warnings.simplefilter("ignore")
    passes, rows = [], 0
    while len(passes) < 3 and sum(passes) < 10:
        start = time.perf_counter()
        table = Table.read(sys.argv[2], **OPTIONS[sys.argv[1]])
        passes.append(time.perf_counter() - start)
        rows = len(table)
        del table
    print(json.dumps({"name": f"astropy {astropy.__version__}", "rows": rows, "seconds": min(passes)}))


main()
