#!/usr/bin/env python3
"""Detectors of scikit-learn, and a plain extended isolation forest, over files of row-major doubles.

Says whether scikit-learn is there ("ready", "absent"), then does jobs, for which it reads a line each until its input ends, and says
"done":

    MATRIX.f64<tab>COLUMNS<tab>ANSWER.f64<tab>knn|lof|mcd|forest<tab>NUMBER

knn, lof: NUMBER neighbours; scores, lower = more anomalous. mcd: seed NUMBER; the logarithm of the raw determinant, then the squared
distances, then 1 for each row of the raw support and 0 for the others. forest: seed NUMBER, 100 trees of 256; scores.
"""
import sys

try:
    import numpy as np
except ImportError:
    np = None


def average_path(n):
    return 0 if n <= 1 else 1 if n == 2 else 2 * (np.log(n - 1) + 0.5772156649015329) - 2 * (n - 1) / n


class Node:
    """Hariri, Carrasco Kind and Brunner (2021), algorithm 2, for the highest extension level."""

    def __init__(self, rows, depth, limit, random):
        self.size, self.depth, self.normal = len(rows), depth, None
        if depth >= limit or len(rows) <= 1:
            return
        self.normal = random.normal(size=rows.shape[1])
        self.intercept = random.uniform(rows.min(0), rows.max(0))
        left = (rows - self.intercept) @ self.normal <= 0
        self.left = Node(rows[left], depth + 1, limit, random)
        self.right = Node(rows[~left], depth + 1, limit, random)

    def add_path_lengths(self, rows, where, total):
        """Algorithm 3, for many rows at once."""
        if len(where) == 0:
            return
        if self.normal is None:
            total[where] += self.depth + average_path(self.size)
            return
        left = (rows[where] - self.intercept) @ self.normal <= 0
        self.left.add_path_lengths(rows, where[left], total)
        self.right.add_path_lengths(rows, where[~left], total)


def extended_forest(rows, seed, trees=100, subsample=256):
    random = np.random.default_rng(seed)
    subsample = min(subsample, len(rows))
    limit = int(np.ceil(np.log2(subsample)))
    total = np.zeros(len(rows))
    for _ in range(trees):
        sample = rows[random.choice(len(rows), subsample, replace=False)]
        Node(sample, 0, limit, random).add_path_lengths(rows, np.arange(len(rows)), total)
    return -2.0 ** (-total / trees / average_path(subsample))


def answer_one(source, columns, target, job, number):
    rows = np.fromfile(source, dtype="<f8").reshape(-1, int(columns))
    number = int(number)
    if job == "knn":
        from sklearn.neighbors import NearestNeighbors
        answer = -NearestNeighbors(n_neighbors=number).fit(rows).kneighbors()[0][:, -1]
    elif job == "lof":
        from sklearn.neighbors import LocalOutlierFactor
        answer = LocalOutlierFactor(n_neighbors=number).fit(rows).negative_outlier_factor_
    elif job == "mcd":
        from sklearn.covariance import MinCovDet
        fitted = MinCovDet(random_state=number).fit(rows)
        # fit() answers the distances of the final estimate.
        answer = np.concatenate([[np.linalg.slogdet(fitted.raw_covariance_)[1]], fitted.dist_, fitted.raw_support_.astype(float)])
    else:
        answer = extended_forest(rows, number)
    np.ascontiguousarray(answer, dtype="<f8").tofile(target)


def main():
    try:
        import sklearn.covariance, sklearn.neighbors
    except ImportError:
        print("absent", flush=True)
        return
    print("ready", flush=True)
    for line in sys.stdin:
        answer_one(*line.rstrip("\n").split("\t"))
        print("done", flush=True)


main()
