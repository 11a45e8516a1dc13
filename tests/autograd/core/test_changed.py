"""Which leaves have changed since a graph was calculated: never a false alarm, and the right one by name."""

import copy
import math
import pickle
import random
from fractions import Fraction

import pytest

import autograd
from autograd import Value, dot, grad, leaky_relu, leaves, log, maximum, parse, topological
from autograd.core.replay import forward
from autograd.core.staleness import changed
from tests.oracle import ROWS, call, grid, points


def names(J, **options):
    return [" or ".join(x.name for x in group) for group in changed(topological(J), **options)]


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_a_fresh_result_is_never_stale(op):
    for numbers in points(op, 20):
        y = call(op, [Value(x) for x in numbers])
        for fresh in (y, forward(y), pickle.loads(pickle.dumps(y)), copy.deepcopy(y), grad(y, leaves(y), True)[0]):
            assert changed(topological(fresh)) == []
    for numbers in grid(op):
        try:
            y = call(op, [Value(x) for x in numbers])
        except autograd.DomainError:
            continue
        for fresh in (y, *grad(y, leaves(y), True)):  # with inf and nan
            assert changed(topological(fresh)) == []


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
@pytest.mark.parametrize("i", [0, -1])
def test_whatever_a_result_or_slope_shows_of_a_change_is_seen(op, i):
    for before, after in zip(points(op, 10), points(op, 11), strict=False):
        inputs = [Value(x, f"x{k}") for k, x in enumerate(before)]
        y = call(op, inputs).named("y")
        seen, inputs[i].data = (y.data, y.partials), after[i] + 0.125
        if after[i] + 0.125 == before[i]:
            continue
        suspects = {id(x) for group in changed([y]) for x in group}
        assert not suspects or id(inputs[i]) in suspects
        try:
            assert bool(suspects) == ((y.forward().data, y.partials) != seen)
        except autograd.DomainError:
            assert suspects


def test_the_last_digit_of_a_leaf_is_seen():
    x = Value(3.0, "x")
    y = 2 * x
    x.data = math.nextafter(3.0, 4.0)
    assert names(y) == ["x"]


@pytest.mark.parametrize("seed", range(5))
def test_entries_that_a_compensated_sum_adds_otherwise_are_not_stale(seed):
    rng = random.Random(seed)
    xs = [Value(rng.uniform(-3, 3)) for _ in range(40)]
    for y in (autograd.logsumexp(xs), autograd.cross_entropy(xs, [1 / 40] * 40)):
        assert names(y) == names(y.forward()) == []


W, X, B = 3.0, 2.0, 1.0
CASES = [
    ("J = sigmoid(w*x + b)", {"x": 10.0}, ["x"]),
    ("J = sigmoid(w*x + b)", {"w": 10.0}, ["w"]),
    ("J = sigmoid(w*x + b)", {"b": 10.0}, ["b"]),
    ("J = sigmoid(w*x + b)", {"w": 10.0, "x": 5.0, "b": 7}, ["w", "x", "b"]),
    ("J = w / x", {"x": 5.0}, ["x"]),
    ("J = w / x", {"w": 5.0}, ["w"]),
    ("J = w - x", {"w": 5.0}, ["w or x"]),
    ("J = (w - x) * w", {"w": 5.0}, ["w"]),
    ("J = dot([w, x], [b, b])", {"x": 5.0}, ["x"]),
    ("J = log(w * x)", {"x": -1.0}, ["x"]),
    ("J = w * x", {"x": 0.0}, ["x"]),
    ("J = minimum(w, 1) * x", {"w": 5.0}, []),  # min(3, 1) = min(5, 1): nothing that is shown has changed
    ("J = w * x", {"x": 2}, []),
]


@pytest.mark.parametrize(("text", "new", "answer"), CASES)
def test_the_leaf_that_has_changed_is_named(text, new, answer):
    graph = parse(text, w=W, x=X, b=B) if "b" in text else parse(text, w=W, x=X)
    J = graph["J"]
    for name, number in new.items():
        graph[name].data = number
    assert names(J) == answer and names(J) == answer  # and looking changes nothing
    if "log" not in text:
        assert names(J.forward()) == []


def test_exact_numbers_and_signs_of_slopes():
    a = Value(Fraction(1, 3), "a")
    J = a * a
    a.data = Fraction(-1, 3)
    assert names(J) == ["a"] and names(J, slopes_too=False) == []
    a.data += Fraction(1, 10**30)
    assert names(J, slopes_too=False) == ["a"]


def test_numbers_that_no_float_holds():
    a, b = Value(10**400, "a"), Value(3, "b")
    J = a * b
    b.data = 4
    assert names(J) == ["b"]


def test_a_result_used_later_is_no_alibi():
    x = Value(2.0, "x")
    J = 3 * x
    x.data = 10.0
    assert names((J + x).named("K")) == ["x"]


def test_many_changes_cost_as_much_as_few():
    """A vector of 2000 changed weights, and a sum of 20,000 nodes of which one has changed."""
    w, x = [Value(1.0, f"w{i}") for i in range(2000)], [Value(2.0, f"x{i}") for i in range(2000)]
    J = dot(w, x)
    for weight in w:
        weight.data -= 0.5
    assert names(J) == [weight.name for weight in w]
    J = autograd.sum([*w, *x] * 5)
    w[0].data = 7.0
    assert len(changed(topological(J))[0]) == 4000


def test_a_choice_that_has_turned_tells_who_turned_it():
    for before, after in ((2.0, -2.0), (-2.0, 2.0), (-2.0, -3.0)):
        x, a = Value(before, "x"), Value(0.1, "a")
        J = leaky_relu(x, a)
        x.data = after
        assert names(J) == ["x"]
    x, a = Value(-2.0, "x"), Value(0.1, "a")
    J = leaky_relu(x, a)
    a.data = 0.2
    assert names(J) == ["a"]


def test_choices_and_logarithms():
    a, b = Value(3.0, "a"), Value(2.0, "b")
    J, K = maximum(a, b), log(a)
    a.data = 2.5
    assert names(J) == ["a or b"] and names(K) == ["a"]
