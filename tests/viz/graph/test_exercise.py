"""A picture to be filled in: blanks where the answers would stand, and nothing that tells them."""

from dataclasses import replace

import pytest

import viz
from autograd import exercise
from viz.graph.exercise import blanked
from viz.graph.scene import Edge, Node, Scene
from viz.shapes import Text
from viz.typeset import typeset

BLANK = "____"
RULE = r"\rule{3em}{0.4pt}"
SHEET = "a = 5; b = 7; u = a*b; J = 2*u"


def cards(scene):
    return [(node.title, node.value, node.gradient) for node in scene.nodes]


def slopes(scene):
    return [edge.slope for edge in scene.edges]


@pytest.mark.parametrize(
    ("hide", "values", "gradients", "arrows"),
    [
        ("gradients", ["35", "70"], [f"∂J/∂{x} = {BLANK}" for x in "abuJ"], ["∂u/∂a", "∂u/∂b", "∂J/∂u"]),
        ("values", [BLANK, BLANK], [None] * 4, [None] * 3),
        ("all", [BLANK, BLANK], [f"∂J/∂{x} = {BLANK}" for x in "abuJ"], ["∂u/∂a", "∂u/∂b", "∂J/∂u"]),
    ],
)
def test_blanks_stand_where_answers_would(hide, values, gradients, arrows):
    scene = viz.draw_exercise(exercise(SHEET, hide)).scene
    titles = ["a", "b", "u = a · b", "J = 2 · u"]
    assert cards(scene) == list(zip(titles, ["5", "7", *values], gradients, strict=True))
    assert slopes(scene) == arrows


def test_what_is_not_asked_stays():
    scene = viz.draw_exercise(exercise(SHEET, "all", blanks=2, rng=1)).scene
    assert [node.value for node in scene.nodes] == ["5", "7", "35", BLANK]
    assert [node.gradient for node in scene.nodes] == [f"∂J/∂a = {BLANK}", "∂J/∂b = 10", "∂J/∂u = 2", "∂J/∂J = 1"]


@pytest.mark.parametrize(
    ("slope", "shown"), [("∂u/∂a = b = 7", "∂u/∂a"), ("∂u/∂a ≈ 0.3", "∂u/∂a"), ("7", BLANK), ("", ""), (None, None)]
)
def test_an_arrow_keeps_its_name_and_loses_its_number(slope, shown):
    node = Node("n0", "input", "a", "5", None)
    scene = Scene((node,), (Edge("e0", "n0", "n0", slope, "w = 2", slope),), (), "J")
    blank = blanked(scene, exercise(SHEET))
    asked = replace(node, gradient="∂J/∂a ≈ 0.3")
    assert blanked(replace(scene, nodes=(asked,)), exercise(SHEET)).nodes[0].gradient == f"∂J/∂a = {BLANK}"
    assert (slopes(blank), blank.edges[0].gradient) == ([shown], shown)


@pytest.mark.parametrize("style", ["cards", "circuit"])
@pytest.mark.parametrize("hide", ["gradients", "values", "all"])
def test_what_is_left_of_a_text_and_its_blank_are_set_as_maths(style, hide):
    drawing = viz.draw_exercise(exercise(SHEET, hide), style=style)
    texts = [shape for group in drawing.picture.groups for shape in group.shapes if isinstance(shape, Text)]
    assert [text.text for text in texts if not text.formula] == []
    blanks = {text.latex.replace(RULE, "") for text in texts if BLANK in text.text}
    derivatives = {rf"\frac{{\partial J}}{{\partial {x}}} = " for x in "abuJ"} if hide != "values" else set()
    assert blanks == ((derivatives if style == "cards" else {""}) | ({""} if hide != "gradients" else set()))


def test_a_blank_is_a_line_as_long_as_its_latex_says_below_the_room_of_a_letter():
    blank = typeset(RULE, 20.0)
    [line] = blank.marks
    assert (line.width, line.height, blank.width) == (60.0, 0.8, 60.0)
    assert line.y + line.height == 0 < blank.depth and blank.height > typeset("a", 20.0).height
