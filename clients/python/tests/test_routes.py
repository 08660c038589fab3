"""The package and the API's description."""

import almagest
from almagest._routes import ROUTES
from conftest import API, CALLED, ROOT


def test_every_route_is_one_of_the_api_by_its_name():
    described = {o["operationId"]: (m.upper(), p) for p, operations in API["paths"].items() for m, o in operations.items()}
    assert {n: (r.method, r.path) for n, r in ROUTES.items()} == {n: described.get(n) for n in ROUTES}


def test_what_is_sent_again_by_itself_changes_nothing_the_second_time():
    # POST is repeatable where it only asks, sets what it says, or has an Idempotency-Key.
    assert {n for n, r in ROUTES.items() if r.method == "POST" and r.repeatable} == {
        "compareRuns",
        "labelKind",
        "labelStar",
        "nameClusters",
        "startRun",
        "startSweep",
    }


def test_the_version_is_that_of_almagest():
    import re

    props = (ROOT / "Directory.Build.props").read_text("utf-8")
    assert re.search(r"<Version>(.*)</Version>", props).group(1) == almagest.__version__


def test_the_licence_is_that_of_almagest():
    assert (ROOT / "LICENSE").read_text("utf-8") == (ROOT / "clients" / "python" / "LICENSE").read_text("utf-8")


def test_every_route_that_the_package_knows_was_called(request):
    if request.session.testscollected < 40:
        import pytest

        pytest.skip("only some of the tests were run")
    # Liveness is asked before anything can watch.
    assert set(ROUTES) - CALLED == {"getLiveness"}
