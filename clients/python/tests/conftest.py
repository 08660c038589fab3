"""A real server for the tests: the one that ALMAGEST_TEST_URL names, else one that is started from this checkout.

Every request is compared with docs/openapi.json as it is sent.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator, Set

import almagest
import pytest
from almagest._routes import Route

ROOT = Path(__file__).resolve().parents[3]
API = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))

#: What was called, of all tests; the last one compares it with what there is.
CALLED: Set[str] = set()


def pytest_configure(config: pytest.Config) -> None:
    # What a person should know is expected by a test, or is a failure of it.
    config.addinivalue_line("filterwarnings", "error::almagest.AlmagestWarning")


def pytest_collection_modifyitems(items: list) -> None:
    # The last, when the others have called what there is to call.
    items.sort(key=lambda i: i.name.startswith("test_every_route_that_the_package_knows_was_called"))


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    given = os.environ.get("ALMAGEST_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ALMAGEST_")}
    environment["ALMAGEST_HOME"] = str(tmp_path_factory.mktemp("home"))
    with subprocess.Popen(
        [str(ROOT / "almagest"), "serve", "--port", "0", "--no-nightly", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            text = ""
            for line in server.stdout:  # type: ignore[union-attr]
                text += line
                if line.rstrip() == "}":
                    break
            yield json.loads(text)["url"].rstrip("/")
        finally:
            server.terminate()
            server.wait(60)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ALMAGEST_URL", "ALMAGEST_TOKEN", "ALMAGEST_TOKEN_FILE", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALMAGEST_HOME", str(tmp_path / "no-home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))


@pytest.fixture
def ledger(url: str) -> almagest.Ledger:
    return watched(almagest.connect(url))


def watched(ledger: almagest.Ledger) -> almagest.Ledger:
    """The ledger, whose every request is compared with the API's description."""
    ledger.http.observer = check_request
    return ledger


def check_request(operation: str, route: Route, query: Dict[str, Any], body: Any) -> None:
    described = API["paths"].get(route.path, {}).get(route.method.lower())
    assert described, f"docs/openapi.json has no {route.method} {route.path}"
    assert described["operationId"] == operation
    known = {p["name"]: p["schema"] for p in described.get("parameters", []) if p["in"] == "query"}
    for name, value in query.items():
        assert name in known, f"{operation} has no parameter {name}; it has {', '.join(known)}"
        validate(_parsed(value, known[name]), known[name])
    if body is not None:
        validate(body, described["requestBody"]["content"]["application/json"]["schema"])
    CALLED.add(operation)


def _parsed(value: Any, schema: Dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return {"true": True, "false": False}.get(value, value)
    return value if kind in ("integer", "number") else str(value)


def validate(value: Any, schema: Dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator({**schema, "components": API["components"]}).validate(_as_json(value))


def _as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def route_of(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@pytest.fixture(scope="session")
def sky() -> Any:
    """600 field stars, 60 members of a cluster in their midst, and 6 white dwarfs; ids of 19 digits, as Gaia has them."""
    np = pytest.importorskip("numpy")
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(17)
    field, members, dwarfs = 600, 60, 6
    n = field + members + dwarfs
    parallax = np.concatenate([rng.uniform(5.0, 20.0, field), rng.normal(7.4, 0.05, members), rng.uniform(10.0, 20.0, dwarfs)])
    color = np.concatenate([rng.uniform(0.5, 3.0, field), rng.uniform(0.5, 3.0, members), rng.uniform(-0.2, 0.5, dwarfs)])
    absolute = np.where(np.arange(n) < field + members, 2.5 + 3.0 * color, 12.0 + 2.0 * color) + rng.normal(0.0, 0.2, n)
    motion = rng.normal(0.0, 20.0, (n, 2))
    motion[field : field + members] = rng.normal([20.0, -45.0], 0.5, (members, 2))
    ra, dec = rng.uniform(55.0, 58.0, n), rng.uniform(23.0, 25.5, n)
    ra[field : field + members], dec[field : field + members] = rng.normal(56.6, 0.2, members), rng.normal(24.1, 0.2, members)
    return pd.DataFrame(
        {
            "source_id": 4_000_000_000_000_000_000 + np.arange(n) * 1_000_003,
            "ra": ra,
            "dec": dec,
            "parallax": parallax,
            "parallax_error": np.full(n, 0.05),
            "pmra": motion[:, 0],
            "pmdec": motion[:, 1],
            "phot_g_mean_mag": absolute + 5.0 * np.log10(100.0 / parallax),
            "bp_rp": color,
            "kind": np.where(np.arange(n) < field, "field", np.where(np.arange(n) < field + members, "member", "dwarf")),
        }
    )


@pytest.fixture(scope="session")
def nothing_of_an_earlier_time(url: str) -> None:
    with almagest.connect(url) as ledger:
        for dataset in ledger.datasets:
            if dataset.name == "client-sky":
                dataset.delete(with_runs=True)


@pytest.fixture
def stars(ledger: almagest.Ledger, sky: Any, nothing_of_an_earlier_time: None) -> almagest.Dataset:
    """The sky, loaded: once, for the same bytes are not loaded again."""
    return ledger.datasets.ingest(sky, "client-sky")
