"""One number for one symbol, wherever it stands: what cards say, the listing of the steps says with the same digits."""

from __future__ import annotations

import re

import pytest

import nn
import viz
from autograd import Value, steps
from benchmarks import lectures
from viz.shapes import Text

NUMBER = re.compile(r"(?<![\w₀-₉[⁽.])−?\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
SMALL = [name for name in lectures.NAMED if "MLP" not in name]
GRAPHS = [pytest.param(lectures.NAMED[name][0], id=name) for name in SMALL]
GRAPHS += [pytest.param(lambda seed=seed: lectures.random_graph(seed), id=f"random {seed}") for seed in range(8)]


def numbers(text):
    return set(NUMBER.findall(text))


@pytest.mark.parametrize("make", GRAPHS)
@pytest.mark.parametrize("digits", [3, 6])
def test_every_number_on_a_card_stands_in_the_listing(make, digits):
    output = make()
    drawing = viz.draw(output, level="value", digits=digits)
    cards = [shape for group in drawing.picture.groups if group.kind == "node" for shape in group.shapes]
    drawn = set().union(*(numbers(shape.text) for shape in cards if isinstance(shape, Text)))
    assert len(drawn) > 1
    assert drawn <= numbers(str(steps(output, digits=digits)))


@pytest.mark.parametrize("level", ["auto", "layer"])
@pytest.mark.parametrize("make", [lectures.recurrent, lectures.batch, lambda: lectures.perceptron(3, 8, 7, 1)])
def test_a_display_compares_no_numbers(monkeypatch, make, level):
    """Two leaves of one number are two, and what is asked of a Value's number would be remembered as a choice."""
    output = make()
    monkeypatch.setattr(Value, "__eq__", lambda self, other: pytest.fail("a display compared the numbers of Values"))
    assert str(steps(output)) and viz.draw(output, level=level).picture


def test_the_numbers_of_a_text():
    assert numbers("∂L/∂w₁₂ = a₂ · (−0.5) ≈ 1.2·10⁻⁵, z[1]₃ = 4") == {"−0.5", "1.2·10⁻⁵", "4"}


def test_a_picture_and_the_networks_diagram_write_the_shape_of_weights_alike():
    model = nn.MLP(2, [16, 16, 1], rng=0)
    cards = {node.value for node in viz.draw((model([0.5, -0.3])[0] - 1).named("L"), level="layer").scene.nodes}
    shapes = [f"W[{layer}]: 16 × {inputs}" for layer, inputs in ((1, 2), (2, 16))]
    plan = viz.network(model).plan
    assert {*shapes} <= cards
    assert [plan.label(layer)[-1].text for layer in (1, 2)] == [
        f"{shape}, b[{i}]: 16" for i, shape in enumerate(shapes, 1)
    ]
