#!/usr/bin/env python3
"""DBSCAN labels of scikit-learn, beside Almagest's.

    dbscan_sklearn.py fixture tests/Almagest.Discovery.Tests/Clustering/dbscan-sklearn.csv
        writes the points and labels that the unit tests read
    dbscan_sklearn.py compare DATA_FOLDER
        compares the labels on real tables (gaia-100pc.csv, fields/pleiades-gaiadr3-cone.fits) and on random clumps,
        label by label; exits 1 on any difference

Needs Debian's python3-sklearn and python3-astropy.
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[2]


def fixture(path):
    rng = np.random.default_rng(7)
    lattice = rng.integers(0, 14, (160, 2)).astype(float)  # ties at exactly eps
    clumps = np.vstack([rng.normal((3 * k + 20, k), 0.3, (50, 2)) for k in range(4)] + [rng.uniform(18, 34, (60, 2))])
    points = np.vstack([lattice, clumps])
    points = points[rng.permutation(len(points))]
    cases = [(1.0, 4), (1.0, 5), (2.0, 9), (0.4, 6)]
    columns = [DBSCAN(eps=e, min_samples=m, algorithm="kd_tree").fit_predict(points) for e, m in cases]
    lines = ["x,y," + ",".join(f"eps {e} min_samples {m}" for e, m in cases)]
    lines += [",".join([repr(float(x)), repr(float(y))] + [str(c[i]) for c in columns]) for i, (x, y) in enumerate(points)]
    Path(path).write_text("\n".join(lines) + "\n")
    print(f"{len(points)} points in {path}, clusters {[c.max() + 1 for c in columns]}")


def ours(points, eps, min_samples):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.bin"), Path(folder, "out.bin")
        np.ascontiguousarray(points, float).tofile(source)
        out = subprocess.run(["dotnet", "run", "-c", "Release", "--no-build", "--project", ROOT / "bench" / "Almagest.Bench", "--",
                              "dbscan-labels", source, str(points.shape[1]), repr(eps), str(min_samples), target],
                             check=True, capture_output=True, text=True).stdout
        return np.fromfile(target, np.int32), float(out.split()[0]) / 1000


def tables(folder):
    from astropy.table import Table

    near = Table.read(Path(folder, "gaia-100pc.csv"), format="ascii.csv")
    kinematic = np.column_stack([near["pmra"], near["pmdec"], near["parallax"]]).astype(float)
    kinematic = kinematic[np.isfinite(kinematic).all(1)]
    yield "gaia-100pc pmra pmdec parallax", StandardScaler().fit_transform(kinematic), [(0.1, 10), (0.3, 10), (0.5, 5)]
    place = np.column_stack([near[c] for c in ("ra", "dec", "phot_g_mean_mag", "parallax")]).astype(float)
    yield "gaia-100pc ra dec G parallax", StandardScaler().fit_transform(place[np.isfinite(place).all(1)]), [(0.2, 10), (0.5, 10)]

    cone = Table.read(Path(folder, "fields", "pleiades-gaiadr3-cone.fits"))
    values = np.column_stack([np.ma.filled(cone[c].astype(float), np.nan) for c in ("ra", "dec", "pmra", "pmdec", "parallax")])
    values = values[np.isfinite(values).all(1)]
    yield "pleiades pmra pmdec 2*parallax", values[:, 2:] * (1, 1, 2), [(1.0, 15), (0.3, 10)]
    yield "pleiades five features", StandardScaler().fit_transform(values), [(0.2, 10), (0.5, 20)]
    yield "pleiades ra dec", values[:, :2], [(0.01, 10), (0.02, 20)]

    rng = np.random.default_rng(3)
    for d in (1, 2, 3, 4, 6):
        clumps = [rng.normal(rng.uniform(0, 10, d), rng.uniform(0.05, 0.5), (400, d)) for _ in range(15)]
        yield f"clumps in {d} dimensions", np.vstack(clumps + [rng.uniform(0, 10, (6000, d))]), [(0.1, 5), (0.4, 10), (1.0, 30)]
    yield "integers in 3 dimensions", rng.integers(0, 25, (20000, 3)).astype(float), [(1.0, 5), (2.0, 40), (3.0, 140)]


def compare(folder):
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", ROOT / "bench" / "Almagest.Bench"], check=True, capture_output=True)
    print(f"scikit-learn {sklearn.__version__}")
    print(f"{'table':36} {'rows':>7} {'eps':>5} {'min':>4} {'clusters':>8} {'noise':>7} {'differ':>6} {'sklearn s':>9} {'ours s':>7}")
    worst = 0
    for name, points, cases in tables(folder):
        for eps, min_samples in cases:
            start = time.perf_counter()
            theirs = DBSCAN(eps=eps, min_samples=min_samples, algorithm="kd_tree").fit_predict(points)
            seconds = time.perf_counter() - start
            labels, our_seconds = ours(points, eps, min_samples)
            differ = int((theirs != labels).sum())
            worst = max(worst, differ)
            clusters, noise = theirs.max() + 1, (theirs < 0).sum()
            print(
                f"{name:36} {len(points):7} {eps:5} {min_samples:4} {clusters:8} {noise:7} {differ:6} "
                f"{seconds:9.3f} {our_seconds:7.3f}"
            )
    sys.exit(1 if worst else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["fixture"] and len(sys.argv) == 3:
        fixture(sys.argv[2])
    elif sys.argv[1:2] == ["compare"] and len(sys.argv) == 3:
        compare(sys.argv[2])
    else:
        sys.exit(__doc__)
