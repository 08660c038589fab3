"""The package as it is given away: built without a network, installed, imported."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import almagest
import pytest

PROJECT = Path(__file__).resolve().parents[1]


def run(*command, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ALMAGEST_", "PYTHON"))}
    done = subprocess.run(
        [str(c) for c in command],
        env={**environment, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and an sdist; the wheel is built from the sdist, so that this is whole, too."""
    for module, package in [("build", "python3-build"), ("setuptools", "python3-setuptools"), ("wheel", "python3-wheel")]:
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed: apt-get install {package}")
    folder = tmp_path_factory.mktemp("package")
    # A copy: a build leaves its files beside the sources.
    shutil.copytree(PROJECT, folder / "python", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist", ".*"))
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "python")
    return folder / "dist"


def test_a_wheel_and_an_sdist_hold_what_they_should_and_nothing_else(built):
    version = almagest.__version__
    assert {p.name for p in built.iterdir()} == {f"almagest-{version}-py3-none-any.whl", f"almagest-{version}.tar.gz"}
    with zipfile.ZipFile(built / f"almagest-{version}-py3-none-any.whl") as wheel:
        names = set(wheel.namelist())
        metadata = wheel.read(f"almagest-{version}.dist-info/METADATA").decode("utf-8")
    assert {"almagest/py.typed", "almagest/__init__.py", f"almagest-{version}.dist-info/LICENSE"} <= names
    assert {n.split("/")[0] for n in names} == {"almagest", f"almagest-{version}.dist-info"}
    assert f"Version: {version}\n" in metadata and "Requires-Dist: requests" in metadata
    with tarfile.open(built / f"almagest-{version}.tar.gz") as sdist:
        inside = {n.split("/", 1)[1] for n in sdist.getnames() if "/" in n}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/almagest/py.typed"} <= inside


def test_an_installed_wheel_is_imported_and_connects(built, tmp_path, url):
    if find_spec("pip") is None:
        pytest.skip("pip is not installed: apt-get install python3-pip")
    run(sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    wheel = next(built.glob("*.whl"))
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    said = run(
        python,
        "-c",
        "import almagest; ledger = almagest.connect(); print(almagest.__file__, ledger.server_version)",
        ALMAGEST_URL=url,
        HOME=str(tmp_path),
    )
    assert str(tmp_path / "venv") in said and almagest.__version__ in said


@pytest.mark.skipif(not os.environ.get("ALMAGEST_TEST_RELEASE"), reason="types are checked for releases")
def test_the_types_are_whole(tmp_path):
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed: apt-get install mypy")
    run(sys.executable, "-m", "mypy", "--config-file", PROJECT / "pyproject.toml", "--cache-dir", tmp_path, PROJECT / "src" / "almagest")


def test_nothing_is_imported_that_is_not_used():
    if find_spec("pyflakes") is None:
        pytest.skip("pyflakes is not installed: apt-get install python3-pyflakes")
    run(sys.executable, "-m", "pyflakes", PROJECT / "src", PROJECT / "tests", PROJECT / "notebooks")


def test_every_public_method_says_what_it_does():
    import inspect

    for name in almagest.__all__:
        thing = getattr(almagest, name)
        if not (inspect.isclass(thing) or inspect.isfunction(thing)):
            continue
        assert inspect.getdoc(thing), name
        if inspect.isclass(thing):
            for part, member in vars(thing).items():
                if not part.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
                    assert inspect.getdoc(member), f"{name}.{part}"
