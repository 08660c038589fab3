"""Made labels, scores and clusters with what scikit-learn says of them, and HEALPix cells by astropy-healpix: the numbers that
the tests of the views expect.

    /usr/bin/python3 bench/compare/quality_sklearn.py > tests/Almagest.Ledger.Tests/Expected/quality.json
"""
import json

import numpy as np
from astropy import units
from astropy_healpix import HEALPix
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix

rng = np.random.default_rng(7)
n = 400
truth = (rng.random(n) < 0.1).astype(int)
# Rounded to 0.02, so that many scores are tied, across the classes, too.
scores = np.round(np.where(truth == 1, rng.normal(-0.05, 0.1, n), rng.normal(0.1, 0.1, n)) / 0.02) * 0.02 + 0.01
flags = (scores < 0).astype(int)
real = rng.choice(["", "Hyades", "Pleiades", "Praesepe"], n, p=[0.4, 0.3, 0.2, 0.1])
found = np.where(rng.random(n) < 0.7, np.searchsorted(["", "Hyades", "Pleiades", "Praesepe"], real) - 1, rng.integers(-1, 4, n))
placed = found >= 0
table = contingency_matrix(real[placed], found[placed])

healpix = HEALPix(nside=64, order="nested")
positions = [(0.1, 0.2), (0.0, 90.0), (0.0, -90.0), (359.9, -0.3), (45.1, 41.7), (180.1, -41.9), (56.75, 24.11), (266.4168, -29.0078)]
positions += [(float(ra), float(dec)) for ra, dec in zip(rng.uniform(0, 360, 40), np.degrees(np.arcsin(rng.uniform(-1, 1, 40))))]
cells = [int(healpix.lonlat_to_healpix(ra * units.deg, dec * units.deg)) for ra, dec in positions]

print(json.dumps({
    "truth": truth.tolist(), "scores": [float(f"{s:.2f}") for s in scores], "real": real.tolist(), "found": found.tolist(),
    "precision": metrics.precision_score(truth, flags), "recall": metrics.recall_score(truth, flags), "f1": metrics.f1_score(truth, flags),
    "average_precision": metrics.average_precision_score(truth, -np.round(scores, 2)),
    "adjusted_rand_index": metrics.adjusted_rand_score(real, found), "purity": table.max(axis=0).sum() / table.sum(),
    "positions": positions, "healpix_6": cells,
}))
