#!/bin/bash
# A simulated catalogue in Parquet, read where it lies, scored and kept: processor and wall seconds, peak memory, bytes a result.
#   bench/in-place.sh STARS FOLDER    100000000 stars take some 12 GB there, and 40 GB while they are scored
# The yardstick is reading the catalogue's bytes once, for their checksum. On a machine that does nothing else.
set -euo pipefail
stars=$1 folder=$2
root=$(cd "$(dirname "$0")/.." && pwd)
almagest=(dotnet "$root/src/Almagest.Cli/bin/Release/net10.0/almagest.dll")
mkdir -p "$folder"
export ALMAGEST_HOME="$folder/home" TMPDIR="$folder"
[ -e "$folder/sky.parquet" ] || "${almagest[@]}" simulate --stars "$stars" --seed 6 -o "$folder/sky.parquet" > /dev/null
timed() { /usr/bin/time -f "$1: %e s, processor %U + %S s, peak %M KiB" "${@:2}"; }
timed "checksum of the catalogue" sha256sum "$folder/sky.parquet" > /dev/null
timed "ingest --in-place" "${almagest[@]}" ingest --in-place "$folder/sky.parquet" --dataset sky > /dev/null
timed "discover anomalies, kept" "${almagest[@]}" discover anomalies --dataset sky --features population --draws 0 --top 0 --json > "$folder/run.json"
grep -E '"(run_id|total_stars|anomaly_count|load|compute|persist|views)"' "$folder/run.json"
du -sb "$ALMAGEST_HOME"/results/*
