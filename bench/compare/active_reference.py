#!/usr/bin/env python3
"""Plain references of active anomaly discovery, to compare ours with.

usage: active_reference.py FOLDER TREES ALL_TREES BUDGET

FOLDER holds a forest as `almagest bench science --reviews` writes it: leaves.i32 (for each star and tree the number of its leaf, over all
trees), lengths.f64 (the path length of each leaf) and interesting.u8 (what the eye will say). Prints as JSON, for each method, whether the
stars that it shows one after the other are interesting.

aad   Das, Islam, Jayakodi and Doppa 2019 (arXiv:1901.08930): weights over the leaves of the first TREES trees, scores
      w . z with z = -(path length) in the star's leaves, scaled so that the mean |z| is 1; after each answer
        w = argmin  sum over s in {interesting, ordinary} of 1/|H_s| sum_i [ loss(q_tau, w; z_i) + loss(z_tau . w, w; z_i) ]
                    + 0.5/|H| |w - w_uniform|^2,   loss = hinge,   tau = 0.03,
      q_tau and z_tau by the weights before, w scaled to length 1. The quadratic programme is solved by coordinate ascent of its dual.
pine  Kornilov, Korolev, Malanchev et al. 2025, PineForest, as in coniferest: of ALL_TREES trees those TREES are kept for which the
      sum over the answers of (ordinary: +, interesting: -) x path length is greatest; the score is the mean path length over them.
"""
import json
import os
import sys

import numpy as np

TAU = 0.03


def solve(rows, values, sides, offsets, costs, sweeps=60):
    """Dual of min 1/2 |d|^2 + sum_i cost_i max(0, -side_i (offset_i + a_i . d)); a_i is sparse (rows[i], values[i])."""
    squares = [float(v @ v) for v in values]
    dual = np.zeros(len(rows))
    d = np.zeros(max(int(r.max()) for r in rows) + 1)
    for _ in range(sweeps):
        largest = 0.0
        for i in range(len(rows)):
            if squares[i] == 0:
                continue
            now = offsets[i] + d[rows[i]] @ values[i]
            new = min(max(dual[i] - sides[i] * now / squares[i], 0.0), costs[i])
            step = new - dual[i]
            if step != 0:
                dual[i] = new
                # A leaf may be named twice, by the star and by the one at the quantile.
                np.add.at(d, rows[i], step * sides[i] * values[i])
                largest = max(largest, abs(step) * squares[i])
        if largest < 1e-7:
            break
    return d


def aad(leaves, lengths, interesting, budget):
    stars, trees = leaves.shape
    used = int(leaves.max()) + 1
    z = -lengths[:used] / np.sqrt((lengths[leaves] ** 2).sum(axis=1)).mean()
    uniform = np.full(used, 1 / np.sqrt(used))
    w = uniform.copy()
    shown, seen = [], np.zeros(stars, bool)
    for _ in range(budget):
        scores = (w * z)[leaves].sum(axis=1)
        shown.append(int(np.argmax(np.where(seen, -np.inf, scores))))
        seen[shown[-1]] = True
        at = int(np.argsort(-scores, kind="stable")[int(TAU * stars)])
        threshold = scores[at]
        answers = np.where(interesting[shown], 1.0, -1.0)
        ridge = 0.5 / len(shown)
        share = np.where(answers > 0, 1 / max(1, (answers > 0).sum()), 1 / max(1, (answers < 0).sum()))
        rows = [leaves[i] for i in shown] + [np.concatenate([leaves[i], leaves[at]]) for i in shown]
        values = [z[leaves[i]] for i in shown] + [np.concatenate([z[leaves[i]], -z[leaves[at]]]) for i in shown]
        # A leaf that both are in has no part in the difference.
        for k in range(len(shown), len(rows)):
            own = rows[k][:trees] == rows[k][trees:]
            values[k] = np.where(np.concatenate([own, own]), 0.0, values[k])
        before = np.array([uniform[r] @ v for r, v in zip(rows, values)])
        offsets = before - np.concatenate([np.full(len(shown), threshold), np.zeros(len(shown))])
        d = solve(rows, values, np.tile(answers, 2), offsets, np.tile(share, 2) / (2 * ridge))
        w = uniform.copy()
        w[: len(d)] += d
        w /= np.linalg.norm(w)
    return [bool(interesting[i]) for i in shown]


def pine(leaves, lengths, interesting, trees, budget):
    paths = lengths[leaves]
    kept = np.arange(trees)
    shown, seen = [], np.zeros(len(leaves), bool)
    for _ in range(budget):
        scores = paths[:, kept].sum(axis=1)
        shown.append(int(np.argmin(np.where(seen, np.inf, scores))))
        seen[shown[-1]] = True
        worth = (paths[shown] * np.where(interesting[shown], -1.0, 1.0)[:, None]).sum(axis=0)
        kept = np.argsort(worth, kind="stable")[len(worth) - trees:]
    return [bool(interesting[i]) for i in shown]


def main():
    folder, trees, all_trees, budget = sys.argv[1], *map(int, sys.argv[2:5])
    leaves = np.fromfile(os.path.join(folder, "leaves.i32"), dtype="<i4").reshape(-1, all_trees)
    lengths = np.fromfile(os.path.join(folder, "lengths.f64"), dtype="<f8")
    interesting = np.fromfile(os.path.join(folder, "interesting.u8"), dtype="u1") == 1
    print(json.dumps({
        "aad": aad(np.ascontiguousarray(leaves[:, :trees]), lengths, interesting, budget),
        "pine": pine(leaves, lengths, interesting, trees, budget),
    }))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main()
