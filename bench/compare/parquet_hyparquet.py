#!/usr/bin/env python3
"""Reads every Parquet export with hyparquet, a reader that shares no code with ours, and compares it cell by cell with the CSV export.

    bench/compare/parquet_hyparquet.py [TABLE [STARS]]     e.g. gaia-100pc.csv; without: the simulated sky

Makes a ledger of its own and removes it. hyparquet comes from the npm registry, into a temporary folder; npm must be there.
"""
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile

from yardsticks import REPO

READ = """
import { asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
const file = await asyncBufferFromFile(process.argv[2])
const metadata = await parquetMetadataAsync(file)
const rows = await parquetReadObjects({ file, compressors })
const plain = (_, v) => typeof v === 'bigint' ? v.toString() : v
console.log(JSON.stringify({
  names: Object.keys(rows[0] ?? {}),
  columns: metadata.schema.slice(1).map(s => [s.name, s.type, s.converted_type ?? s.logical_type?.type ?? null]),
  keys: (metadata.key_value_metadata ?? []).map(k => k.key),
  rows: rows.map(r => Object.values(r)),
}, plain))
"""


def same(ours, theirs, kind):
    """Whether a cell of the CSV says what the other reader found."""
    if theirs is None:
        return ours == ""
    if isinstance(theirs, bool):
        return ours.lower() == str(theirs).lower()
    if kind in ("DOUBLE", "FLOAT"):
        return float(ours) == float(theirs)
    if isinstance(theirs, (list, dict)):
        return json.loads(ours) == json.loads(json.dumps(theirs))
    if isinstance(theirs, str) and theirs.endswith("Z") and "T" in theirs:
        # Dates of JavaScript have milliseconds.
        return ours.rstrip("Z")[:19] == theirs.rstrip("Z")[:19] or ours == theirs[:10]
    return ours == str(theirs)


def main():
    program = os.path.join(REPO, "src", "Almagest.Cli", "bin", "Release", "net10.0", "almagest")
    project = os.path.join(REPO, "src", "Almagest.Cli")
    subprocess.run(["dotnet", "build", project, "-c", "Release", "-v", "q"], check=True, stdout=subprocess.DEVNULL)
    folder = tempfile.mkdtemp(prefix="parquet-")
    environment = {**os.environ, "ALMAGEST_HOME": os.path.join(folder, "home")}

    def almagest(*arguments):
        return subprocess.run([program, *arguments], env=environment, check=True, capture_output=True, text=True).stdout

    try:
        install = ["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder]
        subprocess.run([*install, "hyparquet", "hyparquet-compressors"], check=True)
        reader = os.path.join(folder, "read.mjs")
        with open(reader, "w", encoding="utf-8") as f:
            f.write(READ)
        almagest("demo", "--no-serve", "--json", *(["--file", sys.argv[1]] if len(sys.argv) > 1 else []))
        runs = json.loads(almagest("runs", "list", "--json"))
        runs = runs["items"]
        datasets = json.loads(almagest("datasets", "list", "--json"))
        of_a_kind = {run["run_type"]: run["run_id"] for run in runs}
        anomaly = [run["run_id"] for run in runs if run["run_type"] == "anomaly"]
        exports = [("run, " + kind, ["runs", "export", run]) for kind, run in of_a_kind.items()]
        exports += [("dataset", ["datasets", "export", str(datasets[0].get("name"))])]
        exports += [("view mv_" + name, ["views", "export", "mv_" + name]) for name in
                    ("discovery_run_stats", "cluster_size_distribution", "star_anomaly_frequency", "anomaly_overlap_matrix",
                     "discovery_timeline", "dataset_coverage", "discovery_quality", "parameter_performance")]
        wrong = 0
        if len(anomaly) > 1:
            exports += [("comparison", ["runs", "compare", *anomaly[:2], "--export"])]
        for name, command in exports:
            target = [] if command[-1] == "--export" else ["-o"]
            table, parquet = os.path.join(folder, "t.csv"), os.path.join(folder, "t.parquet")
            almagest(*command, *target, table)
            almagest(*command, *target, parquet)
            with open(table, newline="", encoding="utf-8") as f:
                header, *rows = list(csv.reader(f))
            theirs = json.loads(subprocess.run(["node", reader, parquet], check=True, capture_output=True, text=True).stdout)
            names, kinds = theirs["names"], [c[1] for c in theirs["columns"] if c[1]]
            differing = [] if names == header or not rows else ["columns: %s against %s" % (names, header)]
            if len(rows) != len(theirs["rows"]):
                differing.append("%d rows against %d" % (len(theirs["rows"]), len(rows)))
            differing += ["row %d, %s: %r against %r" % (i, header[j], t, o)
                          for i, (ours, their) in enumerate(zip(rows, theirs["rows"]))
                          for j, (o, t) in enumerate(zip(ours, their)) if not same(o, t, kinds[j])]
            wrong += len(differing)
            verdict = "equal" if not differing else "%d DIFFER: %s" % (len(differing), "; ".join(differing[:3]))
            print("%-34s %7d rows %3d columns  metadata %s  %s" % (
                name, len(rows), len(header), ",".join(theirs["keys"]) or "none", verdict))
        return 1 if wrong else 0
    finally:
        subprocess.run([program, "db", "stop"], env=environment, capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
