#!/usr/bin/env python3
"""Agreement of our isolation forest with scikit-learn's.

usage: isolation_forest_agreement.py GAIA-100PC.csv

On a real table of Gaia stars (columns ra, dec, parallax, pmra, pmdec, phot_g_mean_mag, bp_rp) and on a table with planted outliers it
prints, as Markdown, the rank correlation of our scores with scikit-learn's beside that between scikit-learn's own seeds, and the share
of planted outliers that each finds. Exits 1 where we agree less with scikit-learn than it agrees with itself, or find
fewer outliers than its seeds' spread allows. Installs python3-sklearn where it is missing.
"""
import itertools
import sys

from yardsticks import bench_program, our_forest_scores, require_debian_packages

if __name__ == "__main__" and len(sys.argv) != 2:
    sys.exit(__doc__)
require_debian_packages("python3-sklearn")

import numpy as np
import sklearn
from scipy.stats import spearmanr
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

SEEDS = range(1, 7)


def tables(path):
    stars = np.genfromtxt(path, delimiter=",", names=True).view(np.recarray)
    for name in stars.dtype.names:
        stars[name][np.isnan(stars[name])] = np.nanmedian(stars[name])
    ra, dec = np.radians(stars.ra), np.radians(stars.dec)
    absolute = stars.phot_g_mean_mag + 5 * np.log10(stars.parallax) - 10
    speed = 4.740470463 * np.hypot(stars.pmra, stars.pmdec) / stars.parallax
    classic = np.column_stack([stars.ra, stars.dec, stars.phot_g_mean_mag, stars.parallax])
    population = np.column_stack([absolute, stars.bp_rp, speed])
    default = np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec), stars.pmra, stars.pmdec,
                               stars.parallax, stars.bp_rp, stars.phot_g_mean_mag])
    for name, table in (("classic", classic), ("population", population), ("default", default)):
        yield f"Gaia 100 pc, {name}", StandardScaler().fit_transform(table), None
    random = np.random.default_rng(11)
    population = StandardScaler().fit_transform(population)
    for share in (0.01, 0.05):
        count = round(share * len(population))
        low, high = np.percentile(population, [0.1, 99.9], axis=0)
        planted = random.uniform(low - 1, high + 1, (count, 3))
        truth = np.r_[np.zeros(len(population), bool), np.ones(count, bool)]
        yield f"population + {count} planted", np.vstack([population, planted]), truth


def recall(scores, truth):
    return np.nan if truth is None else truth[scores <= np.sort(scores)[truth.sum() - 1]].sum() / truth.sum()


def main():
    program, failed = bench_program(), False
    print(f"scikit-learn {sklearn.__version__}, {len(SEEDS)} seeds each; ranges are least to greatest over the seeds\n")
    print(
        "| table | rows | rank correlation among scikit-learn's seeds | ours with scikit-learn's "
        "| planted found, scikit-learn | planted found, ours |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, table, truth in tables(sys.argv[1]):
        theirs = [IsolationForest(random_state=s, max_samples=256).fit(table).score_samples(table) for s in SEEDS]
        ours = [our_forest_scores(program, table, s) for s in SEEDS]
        among = [spearmanr(a, b)[0] for a, b in itertools.combinations(theirs, 2)]
        across = [spearmanr(a, b)[0] for a, b in itertools.product(ours, theirs)]
        found = [[recall(s, truth) for s in scores] for scores in (theirs, ours)]
        spread = lambda values: "" if np.isnan(values[0]) else f"{min(values):.4f} - {max(values):.4f}, mean {np.mean(values):.4f}"
        print(f"| {name} | {len(table)} | {spread(among)} | {spread(across)} | {spread(found[0])} | {spread(found[1])} |")
        # Means of finitely many seeds differ by chance; a quarter of the seeds' own disagreement is allowed for that.
        failed |= np.mean(across) < np.mean(among) - 0.25 * (1 - np.mean(among))
        failed |= truth is not None and np.mean(found[1]) < np.mean(found[0]) - 2 * np.std(found[0]) - 0.005
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
