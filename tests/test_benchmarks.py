"""What the benchmarks compare is alive: checks that could not fail are refused."""

from __future__ import annotations

from random import Random

import pytest

from autograd import Value, atan2, cosh, exp, grad, hypot, log, minimum, sigmoid, sin, sinh
from benchmarks import graphs
from benchmarks.checkers import checked
from benchmarks.engines import agree, alive
from benchmarks.fuzz import WAYS, fuzz, right
from tests.program_oracle import missing

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


# ── random graphs against 50 digits ───────────────────────────────────────────────────────────────


def test_no_random_graph_is_wrong():
    slower = [way for way in WAYS if way in ("native", "jax") and not missing(way)]  # they compile a graph for seconds
    for ways, count in (([way for way in WAYS if way not in ("native", "jax")], 30), (slower, 8)):
        found = fuzz(count, seed=3, ways=ways)
        assert all(found.judged[way] > count - 5 for way in ways) and not found.faults, str(found)


def test_the_same_seed_gives_the_same_graphs():
    assert str(fuzz(10, 1, ["eager"])) == str(fuzz(10, 1, ["eager"]))


def test_what_rounding_may_do_is_allowed_and_no_more():
    x = Value(30.0, "x")
    for z, allowed, wrong in ((sigmoid(x), 1e-15, 1e-13), (1 - sigmoid(x), 1e-15, 1e-13), (exp(x), 1e-15, 1e-13)):
        exact = right(z, [x])
        slope = exact.numbers[1]
        for error, faults in ((allowed, []), (wrong, [1])):
            assert exact.faults([exact.numbers[0], slope * (1 + error)]) == faults
    tolerance = right(1 - sigmoid(x), [x]).tolerances[0]
    assert 2e-16 < tolerance < 2e-14  # of 1, not of the difference 9.4e-14


def test_a_number_that_is_none_is_wrong():
    x = Value(1.0, "x")
    assert right(exp(x), [x]).faults([float("nan"), exp(1.0)]) == [0]


def test_a_graph_of_which_rounding_may_make_anything_is_not_judged():
    x, y = Value(230.0, "x"), Value(-1.0, "y")
    assert right(sin(sinh(x)), [x]) is None  # another wave
    assert right(atan2(minimum(x, -0.0), y), [x, y]) is None  # −π, or π for the 0 of mpmath
    assert right(atan2(minimum(x, 0.0), -y), [x, y]) is not None
    kink = right(hypot(log(cosh(x / 1e12)), 0.0), [x])
    assert kink.faults([0.0, float("nan")]) == [] and kink.faults([1.0, 0.0]) == [0]


def test_checkers_do_not_blame_right_gradients():
    judged = checked(10, checkers=["gradcheck", "assert_gradients"])
    assert all(judged.asked[what] == 10 for what in judged.asked) and len(judged.asked) == 4
    assert not any(judged.failed[what] for what in judged.failed if "blames" in what), str(judged)
