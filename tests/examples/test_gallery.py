"""The gallery: every line runs and gives the picture that lies there, the page shows it, and the folder is small."""

import ast

import pytest

import viz
from examples import gallery
from tests import ROOT

ROWS = gallery.pictures()
GRAPHS = [*gallery.PICTURES["Graphs"], *gallery.PICTURES["Networks"]]
MOVING = {"lecture.gif", "lecture.html"}
every_graph = pytest.mark.parametrize("row", GRAPHS, ids=lambda row: row.name)


@every_graph
def test_a_file_is_what_its_line_draws(row):
    pytest.importorskip("matplotlib")  # the lines' setting imports `plots`
    assert (gallery.HERE / f"{row.name}.svg").read_text("utf-8") == gallery.drawn(row).svg


def test_the_page_to_step_through_is_what_the_script_makes():
    assert (gallery.HERE / "lecture.html").read_text("utf-8") == viz.page(gallery.lecture()).html


@pytest.mark.slow
def test_every_plot_runs_and_is_written_in_every_format_that_plots_have(tmp_path, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.setattr(gallery, "PICTURES", {"Plots": gallery.PICTURES["Plots"]})
    left = {path.name for path in gallery.write(tmp_path, (".svg", ".png", ".dot"), 200)}
    pyplot.close("all")
    assert left == {f"{row.name}{ending}" for row in gallery.PICTURES["Plots"] for ending in (".svg", ".png")}
    assert all((tmp_path / name).stat().st_size > 1000 for name in left)


def test_a_picture_is_written_in_every_format_wished_that_the_saver_has(tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.setattr(gallery, "PICTURES", {"Graphs": [gallery.Picture("one", "", "viz.network([2, 1])", "")]})
    monkeypatch.setattr(gallery, "setting", lambda: {"viz": viz})
    wished = (".svg", ".png", ".pdf", ".nothing")
    paths = list(gallery.write(tmp_path / "new", wished, 300))
    assert [path.name for path in paths] == ["one.svg", "one.png", "one.pdf"]
    with Image.open(paths[1]) as image:
        assert image.width == 300


def test_there_are_thirty_with_their_files_and_no_others():
    assert len(ROWS) >= 30
    assert len({row.name for row in ROWS}) == len({row.title for row in ROWS}) == len(ROWS)
    files = {f"{row.name}{ending}" for row in ROWS for ending in gallery.FORMATS}
    there = list(gallery.HERE.iterdir())
    assert {path.name for path in there} == files | MOVING
    assert sum(path.stat().st_size for path in there) < 8_000_000


def test_each_row_is_one_expression_and_stands_on_the_page():
    page = (ROOT / "docs" / "gallery.md").read_text("utf-8")
    assert gallery.SETTING in page
    for row in ROWS:
        assert isinstance(ast.parse(row.line).body[0], ast.Expr) and "\n" not in row.line
        assert f"\n{row.line}\n" in page and f"### {row.title}\n" in page
        assert row.about.endswith(".")
