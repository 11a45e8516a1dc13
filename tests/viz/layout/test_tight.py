"""Texts that take less room: only where a picture is small otherwise, and on the side that makes it small."""

from itertools import pairwise

import pytest

import viz
from autograd import Value
from autograd import sum as total
from benchmarks import lectures
from benchmarks.legibility import Seen
from examples import gallery
from viz.drawing import LEGIBLE
from viz.graph.build import build
from viz.layout.measure import card_size
from viz.layout.tight import broken, plain, slash, slashed
from viz.theme import THEME
from viz.typeset import Rule, typeset
from viz.typeset.latex import TWO_LINES


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial J}{\partial a} \approx 0.5", r"\partial J / \partial a \approx 0.5"),
        (r"L = \frac{\sum L^{(i)}}{8}", r"L = (\sum L^{(i)}) / 8"),
        (r"\frac{a - b}{c + d} \cdot x", r"(a - b) / (c + d) \cdot x"),
        (r"\frac{a \cdot b}{c \cdot d}", r"a \cdot b / (c \cdot d)"),
        (r"\frac{\frac{a}{b}}{\frac{c}{d}}", r"a / b / (c / d)"),
        (r"e^{-x_{1}}", r"e^{-x_{1}}"),
    ],
)
def test_fractions_in_one_line_have_the_brackets_that_this_needs(latex, text):
    assert slash(latex) == text


def titles(scene, setting):
    latex = setting(scene, THEME).latex
    return {latex[node.title] for node in scene.nodes}


def test_what_is_wider_than_the_numbers_stands_in_two_lines():
    scene = viz.draw(lectures.batch(), level="layer").scene
    two = {text for text in titles(scene, broken) if text.startswith(TWO_LINES)}
    assert TWO_LINES + r"{z^{[3]} =}{W^{[3]} \cdot a^{[2]} + b^{[3]}}" in two and len(two) == 3
    assert r"a^{[1]} = \operatorname{relu}(z^{[1]})" in titles(scene, broken)  # its numbers are wider
    shapes = [broken(scene, THEME).latex[node.value] for node in scene.nodes if node.value.startswith("W")]
    assert shapes[0] == TWO_LINES + r"{W^{[1]}: 16 \times 2}{\text{8 samples}}"


def test_a_sum_ends_its_first_line_before_a_term():
    x = gallery.vector("alpha", 1.0, 2.0, 3.0, 4.0)
    scene = build((x[0] * x[1] + x[2] * x[3]).named("s"), level="named")
    first = r"{s = \alpha_{1} \cdot \alpha_{2}}"
    assert TWO_LINES + first + r"{{} + \alpha_{3} \cdot \alpha_{4}}" in titles(scene, broken)


def test_two_lines_are_a_fraction_of_full_size_without_its_bar():
    fraction, both = typeset(r"\frac{a}{b}", 20.0), typeset(TWO_LINES + "{a}{b}", 20.0)
    bars = [mark for mark in fraction.marks if isinstance(mark, Rule)]
    assert both.marks == tuple(mark for mark in fraction.marks if mark not in bars) and len(bars) == 1
    assert [mark.size for mark in both.marks] == [20.0, 20.0]


def test_a_tex_file_says_what_two_lines_are_and_has_them_in_their_card_s_middle():
    tex = viz.draw(lectures.batch()).tikz
    assert tex.count(r"\providecommand\twolines[2]{{\textstyle#1\atop\textstyle#2}}%") == 1
    [line] = [line for line in tex.splitlines() if r"$\twolines{L =}{\tallfrac{\sum L^{(i)}}{8}}$" in line]
    assert "anchor=center" in line and r"\twolines" not in viz.draw(gallery.lecture()).tikz


def settings(drawing):
    """Whether a picture has titles in two lines, and whether it has fractions with a bar."""
    return tuple(any(sign in text for text in drawing.scene.latex.values()) for sign in (TWO_LINES, r"\frac"))


def test_auto_breaks_titles_before_it_leaves_slopes_out():
    drawing = viz.draw(lectures.batch())
    assert settings(drawing) == (True, True) and "slopes" not in drawing.folded
    assert drawing.label_size() >= LEGIBLE


def test_auto_writes_a_slash_where_the_height_binds():
    leaves = [Value(float(i), name) for i, name in enumerate("pqrstu")]
    drawing = viz.draw(total(leaves).named("J"), style="cards")
    assert settings(drawing) == (False, False) and drawing.folded == ()
    assert drawing.label_size() >= LEGIBLE > viz.draw(total(leaves).named("J"), level="value").label_size()


def test_a_picture_that_can_be_read_and_a_level_that_is_asked_for_stay_as_they_are():
    assert settings(viz.draw(gallery.lecture())) == settings(viz.draw(gallery.chain(), level="value")) == (False, True)


def test_each_setting_takes_less_room_in_its_direction():
    scene = viz.draw(lectures.batch(), level="layer").scene
    sizes = [[card_size(node, setting(scene, THEME), THEME) for node in scene.nodes]
             for setting in (plain, broken, slashed)]  # fmt: skip
    (width, height), (narrower, _), (_, lower) = ([sum(side) for side in zip(*size, strict=True)] for size in sizes)
    assert narrower < width and lower < height


@pytest.mark.parametrize("make", [gallery.lecture, lectures.recurrent, gallery.xor])
def test_cards_of_one_kind_in_a_column_have_one_width(make):
    drawing = viz.draw(make(), level="value", rows=1)
    columns = {}
    for node in drawing.scene.nodes:
        kind = drawing.lattice.cards[node.id].column, node.role, node.gradient is None
        columns.setdefault(kind, []).append(node.id)
    widths = {card: box[2] - box[0] for card, box in Seen(drawing).cards}
    assert any(len(cards) > 1 for cards in columns.values())
    for cards in columns.values():
        assert all(widths[a] == pytest.approx(widths[b]) for a, b in pairwise(cards))
    natural = {node.id: card_size(node, drawing.scene, drawing.theme)[0] for node in drawing.scene.nodes}
    assert all(widths[card] >= natural[card] - 0.01 for card in natural)
