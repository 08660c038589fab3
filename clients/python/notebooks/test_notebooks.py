"""The notebooks, executed as a person would: from a kernel of their own, against the server that ALMAGEST_TEST_URL names.

ALMAGEST_TEST_DATA names the folder with the real tables; a notebook that needs one is skipped without it. ALMAGEST_TEST_NOTEBOOKS names a
folder that keeps the executed notebooks, to be looked at.
"""

import json
import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

HERE = Path(__file__).resolve().parent
NEEDS = {
    "1-white-dwarfs.ipynb": ["gaia-100pc.csv"],
    "2-pleiades-members.ipynb": ["fields/pleiades-gaiadr3-cone.fits", "fields/pleiades-members.dat"],
    "3-a-sweep-compared.ipynb": [],
}


def test_every_notebook_is_named_here():
    assert {p.name for p in HERE.glob("*.ipynb")} == set(NEEDS)


@pytest.mark.parametrize("name", NEEDS)
def test_a_notebook_is_committed_without_what_it_once_said(name):
    for cell in json.loads((HERE / name).read_text("utf-8"))["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        # No place of the machine on which it was written.
        source = "".join(cell["source"])
        assert not any(place in source for place in ("/home/", str(HERE.parents[2]), str(Path.home())))


@pytest.mark.parametrize("data", ["real", "none"])
@pytest.mark.parametrize("name", NEEDS)
def test_a_notebook_runs_to_its_end(name, data, tmp_path, monkeypatch):
    url = os.environ.get("ALMAGEST_TEST_URL")
    if not url:
        pytest.skip("ALMAGEST_TEST_URL names no server")
    folder = os.environ.get("ALMAGEST_TEST_DATA") if data == "real" else str(tmp_path)
    if data == "none" and NEEDS[name]:
        pytest.skip("it needs real tables")
    if data == "real" and not (folder and all((Path(folder) / f).exists() for f in NEEDS[name] or ["fields"])):
        pytest.skip("ALMAGEST_TEST_DATA names no folder with its tables")
    monkeypatch.setenv("ALMAGEST_URL", url)
    monkeypatch.setenv("ALMAGEST_DATA", str(folder))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("PYTHONWARNINGS", "error::UserWarning:almagest")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.read(HERE / name, as_version=4)
    kept = os.environ.get("ALMAGEST_TEST_NOTEBOOKS")
    try:
        nbclient.NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(tmp_path)}}).execute()
    finally:
        if kept:
            Path(kept).mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, Path(kept) / f"{Path(name).stem}-{data}.ipynb")
    assert "".join(map(str, notebook.cells)).count("image/png") >= 1
