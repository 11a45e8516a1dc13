"""One number for one symbol, wherever it stands: what cards say, the listing of the steps says with the same digits."""

from __future__ import annotations

import re

import pytest

import viz
from autograd import steps
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


def test_the_numbers_of_a_text():
    assert numbers("∂L/∂w₁₂ = a₂ · (−0.5) ≈ 1.2·10⁻⁵, z[1]₃ = 4") == {"−0.5", "1.2·10⁻⁵", "4"}
