"""What the benchmarks compare is alive: checks that could not fail are refused."""

from __future__ import annotations

from random import Random

import pytest

from autograd import grad
from benchmarks import graphs
from benchmarks.engines import agree, alive

MODELS = {name: model for name, model in graphs.MODELS.items() if "chain" not in name} | {
    "chain": lambda _: graphs.chain(1000)
}


@pytest.mark.parametrize("name", MODELS)
def test_outputs_and_gradients_are_alive(name):
    output, parameters = MODELS[name](Random(1))
    alive("outputs", [output.data])
    alive("gradients", grad(output, parameters))


def test_a_random_expression_stays_within_its_bounds():
    output, start = graphs.irregular(Random(1))
    gradients = grad(output, start)
    assert 200 * graphs.LEAST <= output.data <= 200 * graphs.MOST
    assert sum(abs(x) > 1 for x in gradients) > len(start) / 2


@pytest.mark.parametrize("numbers", [[], [0.0, 0.0], [0.0, 1e-300]])
def test_gradients_that_are_all_zero_are_refused(numbers):
    with pytest.raises(ArithmeticError, match=r"^All gradients by torch are 0, so that a comparison means nothing\."):
        agree({"ours": numbers, "torch": numbers})


def test_gradients_that_differ_are_refused():
    agree({"ours": [0.0, 1.0], "torch": [0.0, 1.0 + 1e-11]})
    with pytest.raises(ArithmeticError, match=r"^Leaf 1: gradient 1\.0 by ours, 1\.001 by torch\.$"):
        agree({"ours": [0.0, 1.0], "torch": [0.0, 1.001]})
