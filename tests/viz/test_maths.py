"""Whatever kind of picture it is, names and numbers in it are set as maths, and only words as words."""

import re

import pytest

import viz
from autograd import exercise, parse
from benchmarks import lectures
from examples import gallery
from viz.shapes import Text

WORDS = r"A title|\d+ samples|Folded: .*|Changed since .*"


def lecture():
    return parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]


def plain(picture):
    """The texts that stand there as words though they are none."""
    texts = [shape for group in picture.groups for shape in group.shapes if isinstance(shape, Text)]
    return [text.text for text in texts if text.text and not text.formula and not re.fullmatch(WORDS, text.text)]


PICTURES = {
    "cards": lambda: viz.draw(lecture(), style="cards"),
    "circuit": lambda: viz.draw(lecture(), style="circuit"),
    "forward": lambda: viz.draw_forward(gallery.residual()),
    "on end": lambda: viz.draw(lecture(), "TB"),
    "formulas of gradients": lambda: viz.draw(lecture(), symbols=True),
    "around": lambda: viz.draw(lecture(), around="u", depth=1),
    "between": lambda: viz.draw(lecture(), between=("b", "v"), style="circuit"),
    "titled": lambda: viz.draw(lecture(), level="layer", title="A title", caption=True),
    "shared weights": lambda: viz.draw(lectures.recurrent(), style="cards"),
    "layers": lambda: viz.draw(lectures.perceptron(3, 8, 7, 1), level="layer"),
    "a long chain": lambda: viz.draw(gallery.chain(), level="run"),
    "a batch": lambda: viz.draw(lectures.batch(), level="layer"),
    "gradient's graph": lambda: viz.draw_backward(lecture(), as_graph=True),
    "second derivatives": lambda: viz.draw_backward(parse("y = x**3", x=2)["y"], as_graph=True, order=2),
    "exercise": lambda: viz.draw_exercise(exercise(lecture(), "all")),
}


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_names_and_numbers_are_set_as_maths(make):
    assert plain(make().picture) == []


def test_so_they_are_in_each_frame():
    assert [plain(frame.picture) for frame in viz.frames(lecture())] == [[]] * 9
