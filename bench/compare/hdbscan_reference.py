#!/usr/bin/env python3
"""HDBSCAN beside a plain reference written from the paper (Campello, Moulavi and Sander 2013), and the spanning tree beside scipy's.

    hdbscan_reference.py DATA_FOLDER

Compares labels and strengths of membership, and the weight of the spanning tree, on up to 3000 rows of real tables
(gaia-100pc.csv, fields/pleiades-gaiadr3-cone.fits, fields/praesepe-gaiadr2-cone.csv) and on random clumps; exits 1 on any
difference. The reference cuts scipy's tree at each of its weights, all equal edges at once. Needs Debian's python3-scipy,
python3-sklearn and python3-astropy.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial.distance import cdist
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[2]


def spanning_tree(points, min_samples):
    distance = cdist(points, points)
    core = np.partition(distance, min_samples - 1, axis=1)[:, min_samples - 1]
    reach = np.maximum(distance, np.maximum.outer(core, core))
    np.fill_diagonal(reach, 0)
    tree = minimum_spanning_tree(csr_matrix(reach)).tocoo()
    return np.column_stack([tree.row, tree.col]), tree.data


def hierarchy(n, edges, weights, min_size):
    """Groups as dicts: parent, birth (density), left: [(rows, density)], children."""
    root = dict(parent=None, birth=0.0, left=[], children=[])
    groups, todo = [root], [(root, np.arange(n), edges, weights)]
    while todo:
        group, rows, e, w = todo.pop()
        density = 1 / w.max()
        keep = w < w.max()
        local = {row: i for i, row in enumerate(rows)}
        at = np.array([[local[a], local[b]] for a, b in e[keep]], int).reshape(-1, 2)
        count, part = connected_components(csr_matrix((np.ones(len(at)), (at[:, 0], at[:, 1])), (len(rows), len(rows))), directed=False)
        sizes = np.bincount(part, minlength=count)
        large = np.flatnonzero(sizes >= min_size)
        group["left"].append((rows[~np.isin(part, large)], density))
        edge_part = part[at[:, 0]] if len(at) else np.empty(0, int)
        for p in large:
            heir = group
            if len(large) > 1:
                heir = dict(parent=group, birth=density, left=[], children=[])
                group["children"].append(heir)
                groups.append(heir)
            todo.append((heir, rows[part == p], e[keep][edge_part == p], w[keep][edge_part == p]))
    return groups


def members(group):
    found = list(group["left"])
    for child in group["children"]:
        found += members(child)
    return found


def select(n, groups, leaf):
    size = {id(g): sum(len(rows) for rows, _ in members(g)) for g in groups}

    def best(group):
        parts = [best(child) for child in group["children"]]
        below = sum(p[0] for p in parts)
        own = sum(len(rows) * (density - group["birth"]) for rows, density in group["left"])
        own += sum(size[id(c)] * (c["birth"] - group["birth"]) for c in group["children"])
        if group["parent"] is not None and own >= below:
            return own, [group]
        return below, [g for p in parts for g in p[1]]

    chosen = [g for g in groups if g["parent"] is not None and not g["children"]] if leaf else best(groups[0])[1]
    labels, strength = np.full(n, -1), np.zeros(n)
    chosen.sort(key=lambda g: min(rows.min() for rows, _ in members(g) if len(rows)))
    for label, group in enumerate(chosen):
        death = max([d for rows, d in group["left"] if len(rows)] + [c["birth"] for c in group["children"]])
        for rows, density in members(group):
            labels[rows], strength[rows] = label, min(1, density / death)
    return labels, strength


def ours(points, min_samples, min_size, leaf):
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.bin"), Path(folder, "out.bin")
        np.ascontiguousarray(points, float).tofile(source)
        program = ["dotnet", "run", "-c", "Release", "--no-build", "--project", ROOT / "bench" / "Almagest.Bench", "--"]
        options = [str(points.shape[1]), str(min_samples), str(min_size), "leaf" if leaf else "eom"]
        subprocess.run([*program, "hdbscan-labels", source, *options, target], check=True)
        values = np.fromfile(target)
    n = len(points)
    return values[:n].astype(int), values[n:2 * n], values[2 * n]


def tables(folder):
    from astropy.table import Table

    rng = np.random.default_rng(5)
    near = Table.read(Path(folder, "gaia-100pc.csv"), format="ascii.csv")
    values = np.column_stack([near[c] for c in ("pmra", "pmdec", "parallax")]).astype(float)
    yield "gaia-100pc, 3 features", StandardScaler().fit_transform(values[rng.choice(len(values), 3000, replace=False)])
    cone = Table.read(Path(folder, "fields", "pleiades-gaiadr3-cone.fits"))
    values = np.column_stack([np.ma.filled(cone[c].astype(float), np.nan) for c in ("ra", "dec", "pmra", "pmdec", "parallax")])
    values = values[np.isfinite(values).all(1) & (values[:, 4] > 5)][:3000]
    yield "pleiades parallax > 5, 5 features", StandardScaler().fit_transform(values)
    praesepe = Table.read(Path(folder, "fields", "praesepe-gaiadr2-cone.csv"), format="ascii.csv")
    names = {name.lower(): name for name in praesepe.colnames}
    values = np.column_stack([np.ma.filled(np.ma.array(praesepe[names[c]]).astype(float), np.nan) for c in ("pmra", "pmdec", "parallax")])
    yield "praesepe, 3 features", values[np.isfinite(values).all(1)]
    for d in (2, 5):
        clumps = [rng.normal(rng.uniform(0, 10, d), rng.uniform(0.05, 0.5), (150, d)) for _ in range(10)]
        yield f"clumps in {d} dimensions", np.vstack(clumps + [rng.uniform(0, 10, (1000, d))])


def main(folder):
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", ROOT / "bench" / "Almagest.Bench"], check=True, capture_output=True)
    print(
        f"{'table':36} {'rows':>5} {'min_samples':>11} {'min_size':>8} {'select':>6} {'clusters':>8} {'noise':>6} "
        f"{'differ':>6} {'strength':>9} {'tree':>8}"
    )
    failed = False
    for name, points in tables(folder):
        for min_samples, min_size in ((5, 10), (10, 30)):
            edges, weights = spanning_tree(points, min_samples)
            groups = hierarchy(len(points), edges, weights, min_size)
            for leaf in (False, True):
                labels, strength = select(len(points), groups, leaf)
                found, found_strength, weight = ours(points, min_samples, min_size, leaf)
                differ, apart = int((labels != found).sum()), float(np.abs(strength - found_strength).max())
                tree = abs(weight / weights.sum() - 1)
                failed |= differ > 0 or apart > 1e-9 or tree > 1e-12
                method, clusters, noise = "leaf" if leaf else "eom", labels.max() + 1, (labels < 0).sum()
                print(
                    f"{name:36} {len(points):5} {min_samples:11} {min_size:8} {method:>6} {clusters:8} {noise:6} "
                    f"{differ:6} {apart:9.1e} {tree:8.1e}"
                )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
