"""One table of formats: what a row says is what is written, listed, refused and explained."""

import re
import shutil

import pytest

import viz
from autograd import DrawingError, Value
from tests import ROOT
from tests.viz.graph.test_scene import lecture
from viz import saving
from viz.__main__ import main

THINGS = {"picture": viz.draw, "sequence": viz.frames, "page": viz.page}


def test_the_formats_of_each_kind():
    kinds = ("picture", "sequence", "page", "plot", "animation")
    assert {kind: saving.endings(kind) for kind in kinds} == {
        "picture": (".svg", ".png", ".pdf", ".pptx", ".tex", ".tikz", ".dot", ".mmd"),
        "sequence": (".gif", ".apng", ".pdf", ".pptx", ".tex", ".tikz", ".mp4"),
        "page": (".html", ".htm"),
        "plot": (".svg", ".png", ".pdf", ".pptx"),
        "animation": (".gif", ".mp4"),
    }


SIGNS = {
    ".svg": b"<svg ", ".png": b"\x89PNG", ".pdf": b"%PDF", ".tex": b"\\documentclass", ".tikz": b"\\providecommand",
    ".dot": b"digraph", ".mmd": b"flowchart", ".gif": b"GIF89a", ".apng": b"\x89PNG", ".html": b"<!doctype html>",
    ".htm": b"<!doctype html>", ".pptx": b"PK\x03\x04", ".mp4": b"ftyp",
}  # fmt: skip


def require(endings):
    """Skip the test where an extra is missing that one of these formats needs."""
    if ".pptx" in endings:
        pytest.importorskip("pptx")
    if ".mp4" in endings and not shutil.which("ffmpeg"):
        pytest.importorskip("imageio_ffmpeg")


@pytest.mark.parametrize(("kind", "ending"), [(kind, ending) for kind in THINGS for ending in saving.endings(kind)])
def test_each_file_begins_as_its_format_does(kind, ending, tmp_path):
    require([ending])
    path = tmp_path / f"J{ending.upper()}"  # an ending in capitals is the same
    THINGS[kind]((2 * Value(3.0, "x")).named("y")).save(path)
    assert path.read_bytes()[4 * (ending == ".mp4") :].startswith(SIGNS[ending])


def test_a_new_row_is_all_that_a_new_format_needs(tmp_path, monkeypatch, capsys):
    row = saving.Format((".txt",), "plain text", picture=lambda still, options: still.picture.title)
    monkeypatch.setattr(saving, "FORMATS", (*saving.FORMATS, row))
    assert viz.draw(lecture()).save(tmp_path / "J.txt").read_text() == "Computation graph of J"
    with pytest.raises(DrawingError, match=r"ending for a picture\. Choose one of \.svg, .*, \.mmd, \.txt\.$"):
        viz.draw(lecture()).save(tmp_path / "J.doc")
    with pytest.raises(DrawingError, match=r"an unknown ending for a page\."):
        viz.page(lecture()).save(tmp_path / "J.txt")
    with pytest.raises(SystemExit):
        main(["draw", "--help"])
    assert ".txt (plain text)" in " ".join(capsys.readouterr().out.split())


INTO = (ROOT / "docs" / "lecturer.md").read_text("utf-8").partition("<!-- into -->")[2].partition("<!-- /into -->")[0]
LINES = re.findall(r"^\| [^|]+ \| `(.*?)` \|", INTO, re.MULTILINE)


@pytest.mark.parametrize("line", LINES)
def test_each_line_of_the_lecturers_table_runs(line, tmp_path, monkeypatch):
    require(re.findall(r'\.\w+(?=")', line))
    monkeypatch.chdir(tmp_path)
    J = lecture()
    shown = eval(line, {"viz": viz, "J": J, "picture": viz.draw(J)})
    assert [path.name for path in tmp_path.iterdir()] == re.findall(r'"(\w+\.\w+)"', line)
    assert shown is not None and len(LINES) == INTO.count("\n| ") - 2
