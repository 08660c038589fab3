#!/usr/bin/env python3
"""scikit-learn at one job of `bench engine`, on a file of row-major doubles.

usage: engine_sklearn.py JOB MATRIX.f64 COLUMNS

Prints a JSON object: name (and version), seconds and cpu_seconds of the best pass (up to three, within about ten seconds),
peak_bytes of the process; seconds is null, and name says why, where this scikit-learn cannot do the job. Installs
python3-sklearn where it is missing.
"""
import json
import resource
import sys
import time

from yardsticks import require_debian_packages

if len(sys.argv) != 4:
    sys.exit(__doc__)
require_debian_packages("python3-sklearn")

import numpy as np
import sklearn


def job(name, matrix):
    """What is measured, after what is not."""
    if name.startswith("isolation-forest"):
        from sklearn.ensemble import IsolationForest
        forest = IsolationForest(n_estimators=100, max_samples=256, random_state=42, n_jobs=-1)
        if name.endswith("grow"):
            return lambda: forest.fit(matrix)
        forest.fit(matrix)
        return lambda: forest.score_samples(matrix)
    if name.startswith("dbscan-"):
        from sklearn.cluster import DBSCAN
        eps = float(name.removeprefix("dbscan-"))
        return lambda: DBSCAN(eps=eps, min_samples=10, n_jobs=-1).fit(matrix)
    if name == "hdbscan":
        from sklearn.cluster import HDBSCAN  # since 1.3
        return lambda: HDBSCAN(min_cluster_size=15, min_samples=10, n_jobs=-1).fit(matrix)
    if name == "mcd":
        from sklearn.covariance import EllipticEnvelope
        return lambda: EllipticEnvelope(contamination=0.05, random_state=42).fit(matrix)
    if name == "knn":
        from sklearn.neighbors import NearestNeighbors
        return lambda: NearestNeighbors(n_neighbors=20, n_jobs=-1).fit(matrix).kneighbors()
    if name == "lof":
        from sklearn.neighbors import LocalOutlierFactor
        return lambda: LocalOutlierFactor(n_neighbors=20, n_jobs=-1).fit(matrix)
    if name == "k-distance":
        from sklearn.neighbors import NearestNeighbors
        return lambda: NearestNeighbors(n_neighbors=10, n_jobs=-1).fit(matrix).kneighbors(matrix)
    sys.exit(f"no job {name}")


def cpu_seconds():
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def main():
    name = f"scikit-learn {sklearn.__version__}, n_jobs=-1"
    matrix = np.fromfile(sys.argv[2], dtype="<f8").reshape(-1, int(sys.argv[3]))
    try:
        work = job(sys.argv[1], matrix)
    except ImportError:
        print(json.dumps({"name": f"scikit-learn {sklearn.__version__} has no {sys.argv[1]}", "seconds": None}))
        return
    passes = []
    while len(passes) < 3 and sum(p[0] for p in passes) < 10:
        start, cpu = time.perf_counter(), cpu_seconds()
        work()
        passes.append((time.perf_counter() - start, cpu_seconds() - cpu))
    print(json.dumps({
        "name": name,
        "seconds": min(p[0] for p in passes),
        "cpu_seconds": min(p[1] for p in passes),
        "peak_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }))


main()
