#!/usr/bin/env python3
"""HEALPix numbers of astropy-healpix, beside Almagest's.

    healpix_astropy.py fixture tests/Almagest.Sky.Tests/Expected/healpix-nested.csv
        writes the positions and cells that the unit tests read
    healpix_astropy.py million
        compares a million random positions at random orders with `bench healpix-cells` and prints the disagreements

Needs Debian's python3-astropy-healpix.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import astropy.units as u
import numpy as np
from astropy_healpix import HEALPix

ROOT = Path(__file__).resolve().parents[2]


def cell(order, ra, dec):
    return int(HEALPix(nside=2**order, order="nested").lonlat_to_healpix(ra * u.deg, dec * u.deg))


def positions(rng):
    edge = float(np.degrees(np.arcsin(2 / 3)))
    for dec in (-90.0, -89.9999999, -45.0, -edge, -1e-9, 0.0, 1e-9, edge, 45.0, 89.9999999, 90.0):
        for ra in (0.0, 1e-9, 45.0, 90.0, 134.99999, 180.0, 270.0, 359.9999999999):
            yield ra, dec
    for _ in range(300):
        yield float(rng.uniform(0, 360)), float(np.degrees(np.arcsin(rng.uniform(-1, 1))))


def fixture(path):
    rng = np.random.default_rng(20240607)
    rows = ["order,ra_deg,dec_deg,cell,centre_ra_deg,centre_dec_deg"]
    for index, (ra, dec) in enumerate(positions(rng)):
        for order in {0, 29, index % 30}:
            # On an edge both cells are right: keep the positions whose four neighbours at 1e-11 degrees agree, and the poles.
            found = cell(order, ra, dec)
            near = {cell(order, ra + a, min(90.0, max(-90.0, dec + d))) for a in (-1e-11, 1e-11) for d in (-1e-11, 1e-11) if ra + a >= 0}
            on_edge = near != {found}
            if on_edge and not (ra % 90 == 0 and abs(dec) == 90):
                continue
            lon, lat = HEALPix(nside=2**order, order="nested").healpix_to_lonlat(found)
            rows.append(f"{order},{ra!r},{dec!r},{found},{float(lon.deg)!r},{float(lat.deg)!r}")
    Path(path).write_text("\n".join(rows) + "\n")
    print(f"{len(rows) - 1} rows in {path}")


def million():
    rng = np.random.default_rng(1)
    n = 1_000_000
    ra = rng.uniform(0, 360, n)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    dec[: n // 10] = 90 - 10 ** rng.uniform(-9, 0, n // 10)  # crowded around a pole
    order = rng.integers(0, 30, n)
    expected = np.empty(n, np.int64)
    for k in range(30):
        at = order == k
        expected[at] = HEALPix(nside=2**k, order="nested").lonlat_to_healpix(ra[at] * u.deg, dec[at] * u.deg)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.bin"), Path(folder, "out.bin")
        np.column_stack([order.astype(float), ra, dec]).tofile(source)
        subprocess.run(["dotnet", "run", "-c", "Release", "--project", ROOT / "bench" / "Almagest.Bench", "--",
                        "healpix-cells", source, target], check=True)
        found = np.fromfile(target, np.int64)
    differ = np.flatnonzero(found != expected)
    print(f"{n} positions, {len(differ)} differ")
    for i in differ[:20]:
        print(f"  order {order[i]} ra {ra[i]!r} dec {dec[i]!r}: ours {found[i]}, astropy-healpix {expected[i]}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["fixture"] and len(sys.argv) == 3:
        fixture(sys.argv[2])
    elif sys.argv[1:] == ["million"]:
        million()
    else:
        sys.exit(__doc__)
