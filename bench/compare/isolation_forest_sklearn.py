#!/usr/bin/env python3
"""Times scikit-learn's IsolationForest.score_samples (100 trees of 256, n_jobs=-1) on a file of row-major doubles.

usage: isolation_forest_sklearn.py MATRIX.f64 COLUMNS

Prints a JSON object with name, seconds and cpu_seconds of the best pass. Installs python3-sklearn where it is missing.
"""
import json
import resource
import sys
import time

from yardsticks import require_debian_packages

if len(sys.argv) != 3:
    sys.exit(__doc__)
require_debian_packages("python3-sklearn")

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest


def cpu_seconds():
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def main():
    matrix = np.fromfile(sys.argv[1], dtype="<f8").reshape(-1, int(sys.argv[2]))
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=42, n_jobs=-1).fit(matrix)
    passes = []
    while len(passes) < 3 and sum(p[0] for p in passes) < 10:
        start, cpu = time.perf_counter(), cpu_seconds()
        forest.score_samples(matrix)
        passes.append((time.perf_counter() - start, cpu_seconds() - cpu))
    print(json.dumps({
        "name": f"scikit-learn {sklearn.__version__}, n_jobs=-1",
        "seconds": min(p[0] for p in passes),
        "cpu_seconds": min(p[1] for p in passes),
    }))


main()
