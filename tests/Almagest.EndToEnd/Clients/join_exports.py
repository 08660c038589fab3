"""Joins the export of a run with the catalogue that it was made of, by source_id, with astropy and with pandas, and says how many rows
fit and how many of them are flagged. usage: join_exports.py SOURCE.csv STEM   (STEM.vot, .binary2.vot, .fits, .ecsv, .csv)"""
import sys
import warnings

import pandas
from astropy.table import Table, join

warnings.simplefilter("ignore")
source, stem = sys.argv[1:]

catalogue = Table.read(source, format="ascii.csv")
for ending, kind in ((".vot", "votable"), (".binary2.vot", "votable"), (".fits", "fits"), (".ecsv", "ascii.ecsv"), (".csv", "ascii.csv")):
    table = Table.read(stem + ending, format=kind)
    both = join(catalogue, table, keys="source_id")
    flagged = both[both["is_anomaly"]] if ending != ".csv" else both[both["is_anomaly"] == 1]
    print(f"astropy {ending}: {len(both)} rows, {len(flagged)} flagged")

catalogue = pandas.read_csv(source)
for ending, options in ((".csv", {}), (".ecsv", {"comment": "#"})):
    both = catalogue.merge(pandas.read_csv(stem + ending, **options), on="source_id")
    print(f"pandas {ending}: {len(both)} rows, {int(both['is_anomaly'].sum())} flagged")
