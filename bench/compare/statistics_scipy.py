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
            log10_two_sided=two_sided(np, stats, t, a, b, k),
        )
        for t, a, b, k in cases
    ]


def two_sided(np, stats, total, first, second, common):
    """Fisher's exact test from every term, where the tails do not leave the range of a double."""
    k = np.arange(max(0, first + second - total), min(first, second) + 1)
    log = stats.hypergeom.logpmf(k, total, first, second)
    own = log[common - k[0]]
    rare = log[log <= own + 1e-7]
    return min(0.0, float(own + np.log(np.exp(rare - own).sum())) / math.log(10))


def beta(np, stats):
    rng = np.random.default_rng(2)
    cases = [(0, 0), (0, 1), (1, 1), (0, 100), (100, 100), (3, 10), (0.137, 1.37), (999, 1000), (1e-3, 0.2), (4321.5, 10_000)]
    cases += [(n * u, n) for n, u in zip(10 ** rng.uniform(-2, 4, 60), rng.uniform(0, 1, 60))]
    return [
        dict(
            flagged=float(k),
            analysed=float(n),
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


def flag_rates(np, stats, special):
    """The beta-binomial model of docs/statistics.md by plain sums over a wide, fine grid of (mean, correlation)."""
    rng = np.random.default_rng(7)
    found = []
    for stars, draws, a, b, level, further in (
        (12, 1, .3, 1, .95, 20),
        (40, 3, .2, .8, .95, 20),
        (60, 5, .5, 1.5, .8, 7),
        (150, 10, .3, 1, .99, 50),
        (30, 40, 2, 5, .95, 20),
    ):
        k = rng.binomial(draws, rng.beta(a, b, stars)).astype(float)
        if draws == 5:
            k = np.minimum(draws, k + rng.choice([0, 1 / 3], stars))
        # Knots even in the logits, so that the ends are seen as well as the middle.
        u = np.linspace(-12, 9, 900)[:, None]
        v = np.linspace(-9, 9, 700)[None, :]
        mean, size = special.expit(u), np.exp(-v)
        pa, pb = size * mean, size * special.expit(-u)
        log = sum(special.log_expit(x) for x in (u, -u, v, -v))
        values, times = np.unique(np.round(k, 9), return_counts=True)
        for value, count in zip(values, times):
            log = log + count * (special.betaln(pa + value, pb + draws - value) - special.betaln(pa, pb))
        weight = np.exp(log - log.max()).ravel()
        keep = weight > 1e-9
        weight, pa, pb = weight[keep] / weight[keep].sum(), pa.ravel()[keep], pb.ravel()[keep]
        for value in values:
            x, y = pa + value, pb + draws - value
            chances = np.array([
                (weight * np.exp(special.betaln(x + j, y + further - j) - special.betaln(x, y))).sum() * special.binom(further, j)
                for j in range(further + 1)
            ])
            def quantile(p):
                low, high = 0., 1.
                for _ in range(34):
                    middle = (low + high) / 2
                    low, high = (middle, high) if (weight * special.betainc(x, y, middle)).sum() < p else (low, middle)
                return low
            sums = np.concatenate([[0], np.cumsum(chances)])
            width = next(w for w in range(1, further + 2) if (sums[w:] - sums[:-w]).max() >= level)
            start = int((sums[width:] - sums[:-width]).argmax())
            found.append(dict(
                counts=[[float(c), int(t)] for c, t in zip(values, times)], draws=draws, level=level, further=further, flagged=float(value),
                mean=float((weight * x / (x + y)).sum()), low=quantile((1 - level) / 2), high=quantile((1 + level) / 2),
                predictive_low=start / further, predictive_high=(start + width - 1) / further,
                chance=float(sums[start + width] - sums[start]),
                chance_shorter=float((sums[width - 1:] - sums[:len(sums) - width + 1]).max())))
    return found


def main():
    require_debian_packages("python3-scipy", "python3-sklearn")
    import numpy as np
    from scipy import optimize, special, stats
    from sklearn import metrics
    numbers = dict(
        hypergeometric=hypergeometric(np, stats),
        beta=beta(np, stats),
        benjamini_hochberg=benjamini_hochberg(np),
        labellings=labellings(np, metrics),
        kappa=kappas(np, metrics),
        assignment=assignments(np, optimize),
        flag_rates=flag_rates(np, stats, special),
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
