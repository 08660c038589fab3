#!/usr/bin/env python3
"""The numbers by which SciPy, scikit-learn and plain NumPy hold the statistics of docs/statistics.md to account.

    statistics_scipy.py            # writes tests/Almagest.Discovery.Tests/Statistics/scipy-reference.json
    statistics_scipy.py --check    # exits 1 where the file holds other numbers

The tests compare this program with the file, so that they need no Python. Installs Debian's python3-scipy and python3-sklearn where
they are missing.
"""
import json
import math
import os
import sys

from yardsticks import REPO, require_debian_packages

TARGET = os.path.join(REPO, "tests", "Almagest.Discovery.Tests", "Statistics", "scipy-reference.json")


def hypergeometric(np, stats):
    rng = np.random.default_rng(1)
    cases = [
        (2000, 100, 200, 60),
        (50, 10, 12, 3),
        (100_000, 5000, 5000, 4999),
        (100_000, 5000, 5000, 5000),
        (1_000_000, 50_000, 50_000, 2600),
        (1_000_000, 50_000, 50_000, 2400),
        (100_000, 50_000, 50_000, 100),
        (100_000, 50_000, 50_000, 24_000),
        (100_000, 50_000, 50_000, 26_000),
        (12_366, 248, 619, 177),
        (10, 4, 6, 4),
        (10, 4, 6, 1),
        (1, 1, 1, 1),
        (5_000_000, 3, 2_500_000, 3),
        (200, 199, 199, 199),
    ]
    for _ in range(60):
        total = int(10 ** rng.uniform(0.5, 6))
        first, second = (int(rng.integers(0, total + 1)) for _ in range(2))
        cases.append((total, first, second, int(rng.integers(max(0, first + second - total), min(first, second) + 1))))
    return [
        dict(
            total=t,
            first=a,
            second=b,
            common=k,
            log10_p=max(-1e300, float(stats.hypergeom.logsf(k - 1, t, a, b)) / math.log(10)),
        )
        for t, a, b, k in cases
    ]


def beta(np, stats):
    rng = np.random.default_rng(2)
    cases = [(0, 0), (0, 1), (1, 1), (0, 100), (100, 100), (3, 10), (0.137, 1.37), (999, 1000), (1e-3, 0.2), (4321.5, 10_000)]
    cases += [(n * u, n) for n, u in zip(10 ** rng.uniform(-2, 4, 60), rng.uniform(0, 1, 60))]
    return [
        dict(
            flagged=float(k),
            analysed=float(n),
            mean=float((k + .5) / (n + 1)),
            low=float(stats.beta.ppf(.025, k + .5, n - k + .5)),
            high=float(stats.beta.ppf(.975, k + .5, n - k + .5)),
            cdf_at_0_3=float(stats.beta.cdf(.3, k + .5, n - k + .5)),
        )
        for k, n in cases
    ]


def benjamini_hochberg(np):
    rng = np.random.default_rng(3)
    found = []
    for count in (1, 2, 7, 45, 300):
        p = 10 ** -rng.exponential(2, count)
        p[rng.random(count) < 0.2] = 1
        if count > 5:
            p[3] = p[4]
        order = np.argsort(p)
        ranked = p[order] * count / np.arange(1, count + 1)
        q = np.empty(count)
        q[order] = np.minimum(1, np.minimum.accumulate(ranked[::-1])[::-1])
        found.append(dict(p=p.tolist(), q=q.tolist()))
    return found


def labellings(np, metrics):
    rng = np.random.default_rng(4)
    found = []
    for n, a, b, noise in ((5, 1, 1, 0), (12, 3, 4, 0.2), (60, 5, 2, 0.9), (300, 20, 20, 0.5), (300, 300, 2, 0), (1000, 7, 7, 0)):
        first = rng.integers(0, a, n)
        second = np.where(rng.random(n) < 0.6, first % b, rng.integers(0, b, n))
        second = np.where(rng.random(n) < noise, -1, second)
        found.append(
            dict(
                first=first.tolist(),
                second=second.tolist(),
                ari=float(metrics.adjusted_rand_score(first, second)),
                ami=float(metrics.adjusted_mutual_info_score(first, second)),
                nmi=float(metrics.normalized_mutual_info_score(first, second)),
            )
        )
    return found


def kappas(np, metrics):
    rng = np.random.default_rng(5)
    found = []
    for n, share, agree in ((50, 0.1, 0.9), (200, 0.05, 0.5), (200, 0.4, 0.0), (30, 0.9, 0.7)):
        first = rng.random(n) < share
        second = np.where(rng.random(n) < agree, first, rng.random(n) < share)
        found.append(dict(shared=n, marked_1=int(first.sum()), marked_2=int(second.sum()), common=int((first & second).sum()),
                          kappa=float(metrics.cohen_kappa_score(first, second)), jaccard=float(metrics.jaccard_score(first, second))))
    return found


def assignments(np, optimize):
    rng = np.random.default_rng(6)
    found = []
    for rows, columns in ((1, 1), (3, 3), (4, 9), (9, 4), (25, 25), (40, 33)):
        weights = np.round(rng.random((rows, columns)) * (rng.random((rows, columns)) < 0.4), 6)
        r, c = optimize.linear_sum_assignment(weights, maximize=True)
        found.append(dict(weights=weights.tolist(), total=float(weights[r, c].sum())))
    return found


def consensus(np, stats):
    """A plain computation of weights and posteriors, star by star, from the formulas of docs/statistics.md."""
    rng = np.random.default_rng(7)
    stars, runs = 40, 6
    base = rng.random((3, stars)) < 0.25
    flagged = np.array([base[0], base[0], base[0] ^ (rng.random(stars) < 0.1), base[1], base[2], base[1] | base[2]])
    every = np.ones(stars, bool)
    place = np.arange(stars)
    analysed = np.array([every, every, place < 30, place >= 10, every, place % 2 == 0])
    flagged &= analysed
    similarity = np.eye(runs)
    for i in range(runs):
        for j in range(runs):
            both = analysed[i] & analysed[j]
            a, b = flagged[i][both], flagged[j][both]
            observed = np.mean(a == b)
            chance = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
            similarity[i, j] = max(0, (observed - chance) / (1 - chance))
    expected = []
    for star in np.flatnonzero(flagged.any(axis=0)):
        who = np.flatnonzero(analysed[:, star])
        weight = 1 / similarity[np.ix_(who, who)].sum(axis=1)
        k, n = float(weight[flagged[who, star]].sum()), float(weight.sum())
        expected.append(
            dict(
                star=int(star),
                flagged=int(flagged[:, star].sum()),
                analysed=len(who),
                effective_flagged=k,
                effective_analysed=n,
                mean=(k + .5) / (n + 1),
                low=float(stats.beta.ppf(.025, k + .5, n - k + .5)),
                high=float(stats.beta.ppf(.975, k + .5, n - k + .5)),
            )
        )
    return dict(analysed=[np.flatnonzero(a).tolist() for a in analysed], flagged=[np.flatnonzero(f).tolist() for f in flagged],
                weights=(1 / similarity.sum(axis=1)).tolist(), stars=expected)


def main():
    require_debian_packages("python3-scipy", "python3-sklearn")
    import numpy as np
    from scipy import optimize, stats
    from sklearn import metrics
    numbers = dict(
        hypergeometric=hypergeometric(np, stats),
        beta=beta(np, stats),
        benjamini_hochberg=benjamini_hochberg(np),
        labellings=labellings(np, metrics),
        kappa=kappas(np, metrics),
        assignment=assignments(np, optimize),
        consensus=consensus(np, stats),
    )
    text = json.dumps(numbers, indent=None, separators=(",", ":")).replace('},{', '},\n{').replace('],"', '],\n"') + "\n"
    if "--check" in sys.argv[1:]:
        with open(TARGET, encoding="utf-8") as file:
            same = close(json.load(file), json.loads(text))
        print("the numbers are those of the file" if same else "the numbers differ from those of the file")
        sys.exit(0 if same else 1)
    with open(TARGET, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {sum(len(v) for v in numbers.values())} cases")


def close(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(close, a, b))
    return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


if __name__ == "__main__":
    main()
