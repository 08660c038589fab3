#!/usr/bin/env python3
"""Makes the expectations of FrameConversionTests, GalacticFrameTests and SpaceMotionTests with astropy.

Usage: frames_with_astropy.py > astropy-frames.json

A few hundred directions over the whole sky in each system, with proper motions, as astropy gives them in ICRS; directions
of ICRS in Galactic coordinates; and stars carried over years by astropy's apply_space_motion (ERFA's pmsafe, which includes
light time).
"""
import json
import sys

import astropy
import numpy as np
from astropy import units as u
from astropy.coordinates import FK4, FK5, ICRS, Galactic, SkyCoord
from astropy.time import Time

rng = np.random.default_rng(7)
result = {"astropy": astropy.__version__, "frames": [], "galactic": [], "motions": []}
n = 40
lon = np.concatenate([rng.uniform(0, 360, n - 4), [0, 0, 180, 359.999999]])
lat = np.concatenate([np.degrees(np.arcsin(rng.uniform(-1, 1, n - 4))), [89.9999, -89.9999, 0, 0]])
pm1, pm2 = rng.normal(0, 500, n), rng.normal(0, 500, n)


def tangents(a, d):
    """East and north."""
    return np.stack([-np.sin(a), np.cos(a), 0 * a]), np.stack([-np.sin(d) * np.cos(a), -np.sin(d) * np.sin(a), np.cos(d)])


FRAMES = [
    ("fk5", 2000, None, FK5()),
    ("fk5", 1975, None, FK5(equinox="J1975")),
    ("fk5", 2025.5, None, FK5(equinox="J2025.5")),
    ("fk4", 1950, None, FK4()),
    ("fk4", 1950, 1983.5, FK4(obstime=Time(1983.5, format="jyear"))),
    ("fk4", 1900, None, FK4(equinox="B1900")),
    ("fk4", 1875, None, FK4(equinox="B1875")),
    ("galactic", 2000, None, Galactic()),
]
for name, equinox, epoch, frame in FRAMES:
    keys = dict(l=lon * u.deg, b=lat * u.deg, pm_l_cosb=pm1 * u.mas / u.yr, pm_b=pm2 * u.mas / u.yr) if name == "galactic" else dict(
        ra=lon * u.deg, dec=lat * u.deg, pm_ra_cosdec=pm1 * u.mas / u.yr, pm_dec=pm2 * u.mas / u.yr)
    there = SkyCoord(frame=frame, **keys).transform_to(ICRS())
    pmra, pmdec = there.pm_ra_cosdec.value, there.pm_dec.value
    if name == "fk4":
        # Where the E-terms come in, astropy takes velocities from a step of one second, whose rounding is 0.3 mas/yr:
        # a century's step does not round.
        a, d = np.radians(lon), np.radians(lat)
        p, q = tangents(a, d)
        unit = np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)])
        step = (p * pm1 + q * pm2) * np.radians(1 / 3.6e6) * 100
        a, b = (
            SkyCoord(*(unit + sign * step), representation_type="cartesian", frame=frame).transform_to(ICRS()).cartesian.xyz.value
            for sign in (1, -1)
        )
        rate = (a / np.linalg.norm(a, axis=0) - b / np.linalg.norm(b, axis=0)) / 200 / np.radians(1 / 3.6e6)
        p, q = tangents(there.ra.rad, there.dec.rad)
        pmra, pmdec = (rate * p).sum(axis=0), (rate * q).sum(axis=0)
    for i in range(n):
        result["frames"].append([name, equinox, epoch, lon[i], lat[i], pm1[i], pm2[i], float(there.ra.deg[i]), float(there.dec.deg[i]),
                                 float(pmra[i]), float(pmdec[i])])
there = SkyCoord(ra=lon * u.deg, dec=lat * u.deg).galactic
result["galactic"] = [[lon[i], lat[i], float(there.l.deg[i]), float(there.b.deg[i])] for i in range(n)]
STARS = [
    ("Barnard", 269.45207696, 4.69336497, -801.551, 10362.394, 546.9759, -110.47),
    ("Kapteyn", 77.91908678, -45.01841480, 6491.223, -5708.614, 254.1986, 245.05),
    ("61 Cyg A", 316.72474829, 38.74941732, 4164.209, 3249.614, 285.9949, -65.8),
    ("near the pole", 37.9, 89.9, 44.22, -11.74, 7.56, -17.4),
]
for name, ra, dec, pmra, pmdec, plx, rv in STARS:
    for years in (-25, 8.5, 16, 100):
        with_rv = SkyCoord(
            ra=ra * u.deg,
            dec=dec * u.deg,
            pm_ra_cosdec=pmra * u.mas / u.yr,
            pm_dec=pmdec * u.mas / u.yr,
            distance=(1000 / plx) * u.pc,
            radial_velocity=rv * u.km / u.s,
            obstime=Time(2000.0, format="jyear"),
        )
        there = with_rv.apply_space_motion(new_obstime=Time(2000.0 + years, format="jyear"))
        moved = [
            float(there.ra.deg),
            float(there.dec.deg),
            float(there.pm_ra_cosdec.to_value("mas/yr")),
            float(there.pm_dec.to_value("mas/yr")),
            1000 / float(there.distance.pc),
            float(there.radial_velocity.value),
        ]
        result["motions"].append([name, ra, dec, pmra, pmdec, plx, rv, years, *moved])
json.dump(result, sys.stdout, separators=(",", ":"))
print()
