"""The bug museum: each wrong engine is found, and for its own bug."""

import runpy

import pytest

from tests import ROOT

MUSEUM = runpy.run_path(str(ROOT / "examples" / "bug_museum.py"))


def test_the_museum_asserts_what_it_shows(capsys):
    MUSEUM["main"]()
    assert "right on all graphs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("engine", "graph", "kind"),
    [("overwriting", 1, "missing use"), ("unordered", 2, "unfinished gradient"), ("uncleared", 0, "counted twice"),
     ("overflowing", 3, "OverflowError")],
)  # fmt: skip
def test_each_bug_is_found_on_the_smallest_graph_that_shows_it(engine, graph, kind):
    assert MUSEUM["first_slip"](MUSEUM[engine])[:2] == (MUSEUM["GRAPHS"][graph], kind)


def test_the_right_engine_has_no_bug():
    assert MUSEUM["first_slip"](MUSEUM["right"]) is None
