#!/usr/bin/env python3
"""Whether our isolation forest agrees with scikit-learn's as well as scikit-learn agrees with itself: many seeds, and a test.

usage: isolation_forest_seeds.py GAIA-100PC.csv [SEEDS]

Both programs score the same real table with SEEDS seeds each (40 if left out). Of the rank correlations of all pairs it prints the means
among scikit-learn's seeds, among ours, and across. Pairs share seeds, so their spread says little; instead the labels "ours" and
"theirs" are shuffled 10,000 times: p is the share of shuffles in which the two heaps differ as much as they do. A systematic
difference also shows where the scores are averaged over the seeds: the means of two halves of scikit-learn's seeds, and of ours and
scikit-learn's (each of half the seeds), are correlated, too. Exits 1 where a p is below 0.001. Installs python3-sklearn where
it is missing.
"""
import sys

from isolation_forest_agreement import tables
from yardsticks import bench_program, our_forest_scores, require_debian_packages

if len(sys.argv) not in (2, 3):
    sys.exit(__doc__)
require_debian_packages("python3-sklearn")

import numpy as np
import sklearn
from scipy.stats import rankdata, spearmanr
from sklearn.ensemble import IsolationForest

SEEDS = int(sys.argv[2]) if len(sys.argv) == 3 else 40
SHUFFLES = 10_000


def means(correlation, first):
    """Mean correlation within the first heap, within the rest, and across."""
    n = first.sum()
    m = len(first) - n
    own, rest = correlation[np.ix_(first, first)], correlation[np.ix_(~first, ~first)]
    return (own.sum() - n) / (n * (n - 1)), (rest.sum() - m) / (m * (m - 1)), correlation[np.ix_(first, ~first)].mean()


def apart(correlation, first):
    own, rest, across = means(correlation, first)
    return (own + rest) / 2 - across


def main():
    program, failed = bench_program(), False
    random = np.random.default_rng(0)
    print(f"scikit-learn {sklearn.__version__}, {SEEDS} seeds each, {SHUFFLES:,} shuffles\n")
    print(
        "| table | among scikit-learn's | among ours | across | apart | p "
        "| half against half of scikit-learn's, mean scores | ours against scikit-learn's, mean scores |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, table, truth in tables(sys.argv[1]):
        if truth is not None:
            continue
        theirs = np.array([IsolationForest(random_state=s, max_samples=256).fit(table).score_samples(table) for s in range(1, SEEDS + 1)])
        ours = np.array([our_forest_scores(program, table, s) for s in range(1, SEEDS + 1)])
        correlation = np.corrcoef(np.array([rankdata(s) for s in (*theirs, *ours)]))
        first = np.arange(2 * SEEDS) < SEEDS
        within, own, across = means(correlation, first)
        found = apart(correlation, first)
        p = np.mean([apart(correlation, random.permutation(first)) >= found for _ in range(SHUFFLES)])
        half = SEEDS // 2
        halves = spearmanr(theirs[:half].mean(0), theirs[half:].mean(0))[0]
        mixed = spearmanr(theirs[:half].mean(0), ours[:half].mean(0))[0]
        print(f"| {name} | {within:.4f} | {own:.4f} | {across:.4f} | {found:+.5f} | {p:.3f} | {halves:.4f} | {mixed:.4f} |", flush=True)
        failed |= p < 0.001
    sys.exit(1 if failed else 0)


main()
