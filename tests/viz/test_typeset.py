"""Formulas as glyphs: every formula of the table is set, with TeX's spaces, and stays inside its box."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import viz
from autograd import Value, parse
from autograd.core.op import OPS
from autograd.language.formula import Formula
from autograd.language.names import GREEK, symbol
from tests.viz.graph.test_scene import lecture
from viz import fonts
from viz.shapes import Text
from viz.typeset import Glyphs, Rule, typeset
from viz.typeset.latex import AXIS, CLASSES, MU, SPACES


def words(op):
    return [Formula(f"{name}_{{1}}", dialect="latex") for name in op.operands]


def formulas(op):
    """A row's formula and slopes as LaTeX."""
    terms = words(op)
    yield op.write("latex", [term.term for term in terms])[0]
    if not op.variadic:
        for i in range(len(op.operands)):
            yield str(getattr(op.slope(i, terms, Formula("z", dialect="latex")), "term", ("0",))[0])


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_every_formula_of_the_table_is_set_whole(op):
    for latex in formulas(op):
        box = typeset(latex, 20.0)
        assert box.is_complete, latex
        assert not any("\\" in mark.text for mark in box.marks if isinstance(mark, Glyphs)), latex


def glyph_boxes(box):
    """Left, top, right, bottom of each run and rule, from the fonts' own tables."""
    for mark in box.marks:
        if isinstance(mark, Rule):
            yield mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        else:
            measures = [fonts.glyph(character) for character in mark.text]
            top, bottom = max(m[2] for m in measures), min(m[3] for m in measures)
            right = mark.x + sum(m[1] for m in measures) * mark.size
            yield mark.x, mark.y - top * mark.size * mark.stretch, right, mark.y - bottom * mark.size * mark.stretch


@pytest.mark.parametrize("op", OPS.values(), ids=OPS)
def test_nothing_leaves_its_box(op):
    for latex in formulas(op):
        box = typeset(latex, 20.0)
        for left, top, right, bottom in glyph_boxes(box):
            assert left >= -1e-9 and right <= box.width + 1e-9, latex
            assert top >= -box.height - 1e-9 and bottom <= box.depth + 1e-9, latex


def gap(latex, first, second):
    """The room between two glyphs, in 18ths of the size."""
    marks = {mark.text: mark for mark in typeset(latex, 18.0).marks}
    a, b = marks[first], marks[second]
    return round(b.x - a.x - fonts.glyph(first)[1] * 18, 6)


@pytest.mark.parametrize(
    ("latex", "first", "second", "room"),
    [
        ("a + b", "𝑎", "+", 4),
        ("a = b", "𝑎", "=", 5),
        ("a = -b", "−", "𝑏", 0),  # a sign, no operation
        ("(-b)", "(", "−", 0),
        (r"3 \cdot v", "3", "·", 4),
        ("a,b", ",", "𝑏", 3),
        (r"a\log", "𝑎", "log"[0:3], 3),
    ],
)
def test_spaces_are_those_of_tex(latex, first, second, room):
    assert gap(latex, first, second) == room


def test_the_table_of_spaces_is_the_texbooks():
    """Chapter 18, page 170: 0, 1, 2, 3 are nothing, thin, medium, thick; - cannot occur."""
    printed = """0 1 2 3 0 0 0 1 | 1 1 - 3 0 0 0 1 | 2 2 - - 2 - - 2 | 3 3 - 0 3 0 0 3
                 0 0 - 0 0 0 0 0 | 0 1 2 3 0 0 0 1 | 1 1 - 1 1 1 1 1 | 1 1 2 3 1 0 1 1"""
    mu = {"0": 0, "1": 3, "2": 4, "3": 5, "-": None}
    rows = [row.split() for row in re.split(r"[|\n]", printed)]
    for left, row in zip(CLASSES, rows, strict=True):
        for right, mark in zip(CLASSES, row, strict=True):
            assert SPACES[left][right] == mu[mark] or mu[mark] is None, (left, right)


def test_a_fraction_stands_around_its_bar_at_the_height_of_the_equals_sign():
    box = typeset(r"\frac{\partial J}{\partial a} = 3", 20.0)
    [bar] = [mark for mark in box.marks if isinstance(mark, Rule)]
    assert bar.y + bar.height / 2 == pytest.approx(-AXIS * 20)
    top, bottom = (next(mark for mark in box.marks if getattr(mark, "text", "") == letter) for letter in "𝐽𝑎")
    assert top.y < bar.y < bottom.y
    equals = next(mark for mark in box.marks if getattr(mark, "text", "") == "=")
    _, _, above, below = fonts.glyph("=")
    assert -(above + below) / 2 == pytest.approx(-AXIS, abs=0.01)
    assert equals.y == 0


def test_indices_are_smaller_above_and_below():
    z, above, below = typeset("z^{2}_{1}", 20.0).marks
    assert (z.size, above.size, below.size) == (20.0, 14.0, 14.0)
    assert above.y < z.y < below.y
    assert typeset("x^{y^{z}}", 20.0).marks[2].size == pytest.approx(11.6)


@pytest.mark.parametrize("name", GREEK)
def test_greek_letters_are_letters(name):
    [mark] = typeset(symbol(name, "latex"), 20.0).marks
    assert mark.face == "math"
    assert len(mark.text) == 1


@given(st.text())
def test_any_name_is_set_or_left_to_the_readers_fonts(name):
    """A name is text, whatever is in it: its characters come out, and what no font has makes it words."""
    box = typeset(symbol(name, "latex"), 20.0)
    assert box.width >= 0
    text = Text(0, 0, name, 20.0, "#000000", latex=symbol(name, "latex"))
    assert (text.formula is None) == (not text.latex or not box.is_complete)


def test_svg_has_each_glyph_once_and_text_to_find():
    svg = viz.draw(lecture()).svg
    root = ET.fromstring(svg)
    space = {"s": "http://www.w3.org/2000/svg"}
    known = {path.get("id") for path in root.findall(".//s:defs/s:path", space)}
    uses = [use.get("href") for use in root.findall(".//s:use", space)]
    assert len(uses) > 2 * len(known)
    assert {use.removeprefix("#") for use in uses} == known
    texts = [text.text for text in root.findall(".//s:text", space)]
    assert "∂u/∂b = c = 2" in texts
    assert len(texts) == sum(isinstance(s, Text) for g in viz.draw(lecture()).picture.groups for s in g.shapes)


def test_the_glyphs_are_where_the_text_is():
    """PNG shows glyphs alone; its ink has the width that was measured."""
    from PIL import Image

    drawing = viz.draw(parse("y = sqrt(x)", x=4)["y"], "forward")
    picture = drawing.picture
    [text] = [s for g in picture.groups for s in g.shapes if isinstance(s, Text) and s.text.startswith("y")]
    image = np.asarray(Image.open(BytesIO(drawing.png(width=round(picture.width * 4)))).convert("L"))
    formula = text.formula
    rows = slice(int(4 * (text.y - formula.height)), int(4 * (text.y + formula.depth)))
    middle = slice(int(4 * (text.x - formula.width / 2 - 6)), int(4 * (text.x + formula.width / 2 + 6)))
    columns = np.flatnonzero((image[rows, middle] < 128).any(axis=0))
    assert columns[0] / 4 - 6 == pytest.approx(0, abs=2)
    assert columns[-1] / 4 - 6 == pytest.approx(formula.width, abs=2)


def test_pdf_has_the_text_in_the_mathematical_font():
    data = viz.draw(lecture()).pdf()
    assert b"STIXTwoMath" in data


def test_what_no_font_has_stands_as_words():
    drawing = viz.draw((Value(2.0, "速度") * 3).named("y"))
    assert "速度" in drawing.svg
    assert [s.formula for g in drawing.picture.groups for s in g.shapes if getattr(s, "text", "") == "速度 = 2"] == [
        None
    ]
    assert MU == 1 / 18
