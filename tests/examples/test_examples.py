"""Every example runs, asserts its numbers, leaves its pictures, and is as short as it says."""

import re
import runpy
import time

import pytest

from tests import ROOT

pyplot = pytest.importorskip("matplotlib.pyplot")

FOLDER = ROOT / "examples"
EXAMPLES = sorted(FOLDER.glob("[!_]*.py"))
TUTORIALS = [path for path in EXAMPLES if path.read_text(encoding="utf-8").startswith("# %%")]
LIMIT = 20  # seconds that one may take, a loaded machine included


@pytest.mark.slow
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_runs_in_its_time_and_leaves_pictures(path, tmp_path, monkeypatch, capsys):
    pyplot.switch_backend("agg")
    monkeypatch.setenv("PICTURES", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    start = time.process_time()
    runpy.run_path(str(path), run_name="__main__")
    assert time.process_time() - start < LIMIT
    pyplot.close("all")
    named = set(re.findall(r"[a-z_]+[.](?:svg|png|gif)", path.read_text(encoding="utf-8")))
    left = {file.name for file in tmp_path.iterdir()}
    assert left and named <= left and all(file.stat().st_size > 500 for file in tmp_path.iterdir())
    assert capsys.readouterr().out.endswith(f"Pictures: {tmp_path}\n")


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_has_a_title_then_a_question_and_ends_with_what_was_seen(path):
    jupytext = pytest.importorskip("jupytext")
    cells = jupytext.read(path).cells
    assert cells[0].cell_type == cells[-1].cell_type == "markdown"
    title, blank, question = cells[0].source.splitlines()[:3]
    assert re.fullmatch(r"# [A-Z][^.?!]{2,40}", title) and not blank and "?" in question
    assert cells[-1].source.startswith("**Seen:**")
    lines = [line for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines()]
    assert sum(1 for line in lines if line.strip() and not line.strip().startswith("#")) <= 60
    assert any(line.lstrip().startswith("assert ") for line in lines)


@pytest.mark.slow
def test_a_tutorial_is_a_notebook_that_runs(tmp_path, monkeypatch):
    jupytext, nbclient = pytest.importorskip("jupytext"), pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PICTURES", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(FOLDER.parent))
    notebook = jupytext.read(FOLDER / "lecture.py")
    nbclient.NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    assert any(cell.get("outputs") for cell in notebook.cells) and list(tmp_path.iterdir())


def test_there_are_tutorials():
    assert len(TUTORIALS) >= 20
