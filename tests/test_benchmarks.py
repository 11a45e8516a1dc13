"""What the benchmarks compare is alive: checks that could not fail are refused."""

from __future__ import annotations

import math
from functools import partial
from random import Random

import numpy as np
import pytest

from autograd import (
    DomainError,
    Value,
    acos,
    atan2,
    cosh,
    exp,
    grad,
    hypot,
    log,
    maximum,
    minimum,
    sigmoid,
    sin,
    sinh,
    sqrt,
    tanh,
    topological,
)
from autograd.core.op import OPS
from benchmarks import graphs, growth, scans
from benchmarks.checkers import checked
from benchmarks.engines import agree, alive
from benchmarks.fuzz import WAYS, fuzz
from benchmarks.right import Refused, right
from benchmarks.tapes import TAPES
from tests.program_oracle import missing


@pytest.mark.parametrize("name", graphs.MODELS)
def test_outputs_and_gradients_are_alive(name):
    output, parameters = graphs.MODELS[name](Random(1))
    alive("outputs", [output.data])
    alive("gradients", grad(output, parameters))


@pytest.mark.parametrize("seed", range(3))
def test_every_leaf_of_a_random_expression_matters_and_most_of_its_nodes(seed):
    output, start = graphs.irregular(Random(seed))
    output.backward()
    nodes = topological(output)
    assert all(1 < abs(x.grad) < 1e6 for x in start) and len(nodes) >= 10_000
    assert sum(bool(z.grad) for z in nodes) > 0.8 * len(nodes)
    assert max(abs(z.data) for z in nodes[:-1]) <= graphs.MOST**2  # a product of two


@pytest.mark.slow
@pytest.mark.parametrize("name", scans.BY_HAND)
def test_a_scan_by_hand_is_the_recorded_recurrence(name):
    pytest.importorskip("jax")
    output, parameters = graphs.MODELS[name](Random(1))
    value, slopes = scans.scan(name)(np.array([x.data for x in parameters]))
    assert value == pytest.approx(output.data, rel=1e-12)
    np.testing.assert_allclose(slopes, grad(output, parameters), rtol=1e-9)


@pytest.mark.parametrize("name", TAPES)
def test_a_peer_is_told_the_recorded_graph(name):
    pytest.importorskip(name.lower())
    few = partial(graphs.lstm, steps=3, units=2), partial(graphs.irregular, n=300)
    for make in few if name == "heyoka" else (*few, graphs.classifier):
        output, parameters = make(Random(1))
        value, slopes = TAPES[name](topological(output), parameters)(np.array([x.data for x in parameters]))
        assert value == pytest.approx(output.data, rel=1e-12)
        np.testing.assert_allclose(slopes, grad(output, parameters), rtol=1e-9)


@pytest.mark.parametrize("numbers", [[], [0.0, 0.0], [1.0, 1e-300, 0.0], [1.0, float("nan"), float("inf")]])
def test_gradients_most_of_which_are_dead_are_refused(numbers):
    dead = sum(x != 1 for x in numbers)
    told = f"{dead} of {len(numbers)} gradients by torch are 0 or no numbers, so that a comparison means little."
    with pytest.raises(ArithmeticError, match=f"^{told} Choose other numbers.$"):
        agree({"ours": numbers, "torch": numbers})


def test_growing_graphs_have_the_sizes_that_are_asked_for():
    for make in growth.GROWING.values():
        output, parameters = make(3000)
        assert 2500 < len(topological(output)) < 3500
        alive("gradients", grad(output, parameters))


def test_gradients_that_differ_are_refused():
    agree({"ours": [0.0, 1.0], "torch": [0.0, 1.0 + 1e-11]})
    with pytest.raises(ArithmeticError, match=r"^Leaf 1: gradient 1\.0 by ours, 1\.001 by torch\.$"):
        agree({"ours": [0.0, 1.0], "torch": [0.0, 1.001]})


# ── random graphs against 50 digits ───────────────────────────────────────────────────────────────


@pytest.mark.slow
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


def test_to_the_judge_a_literal_0_hands_back_nothing():
    edge = Value(1.0)  # where the slope of acos is −∞
    for z in (acos(edge) * 0, 0 * acos(edge) + edge):
        assert right(z, [edge]).numbers == [z.data, *grad(z, [edge])]


X, Y, Z = Value(230.0, "x"), Value(-1.0, "y"), Value(-0.0, "z")


@pytest.mark.parametrize(
    ("z", "why"),
    [
        (sin(sinh(X)), "a whole wave is within rounding"),
        (atan2(minimum(X, -0.0), Y), "the sign of a zero decides, which mpmath does not know"),
        (sqrt(Z), "the sign of a zero decides, which mpmath does not know"),  # ∞ or −∞
        (hypot(log(cosh(X / 1e12)), 0.0), "a pole or the end of a domain is within rounding"),  # nan at 0, else 1
        (acos(tanh(X)), "a pole or the end of a domain is within rounding"),
        (OPS["eq"](tanh(X / 1e12), X / 1e12), "a pole or the end of a domain is within rounding"),  # equal once rounded
        (exp(X) ** 2.9 / 1e-3, "a slope is too large for a float"),
    ],
    ids=str,
)
def test_a_graph_of_which_rounding_may_make_anything_is_not_judged(z, why):
    with pytest.raises(Refused, match=f"^{why}$"):
        right(z, [X, Y, Z])


def test_conventions_at_poles_and_kinks_are_judged():
    x, zero = Value(1.0, "x"), Value(0.0, "0")
    for z, slope in (
        (acos(x), -math.inf),
        (sqrt(x - 1), math.inf),
        (zero**0.5, math.inf),
        (hypot(x - 1, zero), math.nan),
    ):
        exact = right(z, [x, zero])
        assert not exact.faults([z.data, *grad(z, [x, zero])])
        assert exact.numbers[1 + (slope is not math.nan and z.operands[0] is zero)] == pytest.approx(slope, nan_ok=True)
        assert exact.faults([z.data, 1.0, 1.0])
    assert right(exp(x), [x]).faults([exp(1.0), math.nan]) == [1]
    kink = right(maximum(x - x, zero), [x, zero])
    assert kink.numbers == [0.0, 0.0, 0.5] and kink.faults([0.0, 0.0, 1.0]) == [2]


def test_what_is_below_the_smallest_float_is_0():
    x = Value(-451.7, "x")  # tanh′ is 10⁻³⁹²
    exact = right(x.tanh() + exp(x * 3), [x])
    assert not exact.faults([-1.0, 0.0]) and exact.faults([-1.0, 1e-300]) == [1]


def test_checkers_neither_blame_right_gradients_nor_pass_wrong_ones():
    judged = checked(10, checkers=["gradcheck", "assert_gradients"])
    assert all(said.total() == 10 for said in judged.said.values()) and len(judged.said) == 4
    assert not judged.faults, str(judged)


def test_a_back_end_that_refuses_a_graph_is_wrong(monkeypatch):
    def refuse(graphs):
        raise DomainError("log needs x > 0.")

    monkeypatch.setitem(WAYS, "eager", refuse)
    found = fuzz(5, 1, ["eager", "create_graph"])
    assert found.wrong["eager"] == 5 - found.refused.total() and not found.wrong["create_graph"]
    assert found.faults == ["  graphs 0 to 4, eager: DomainError('log needs x > 0.')"]


@pytest.mark.slow
def test_processes_give_what_one_gives():
    assert str(fuzz(90, 2, ["eager"], processes=2)) == str(fuzz(90, 2, ["eager"]))
