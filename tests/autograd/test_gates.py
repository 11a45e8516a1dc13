"""A closed gate lets nothing through, and choices at special values are the same in every back end."""

from __future__ import annotations

import copy
import math
import pickle
import re
from fractions import Fraction
from itertools import product
from math import inf, nan

import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    acos,
    asin,
    cbrt,
    clip,
    dot,
    exp,
    grad,
    gt,
    heaviside,
    hessian,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    sqrt,
    where,
)
from autograd.core.closed import CLOSED
from autograd.core.op import OPS
from tests.program_oracle import NUMPY, WAYS, built

COMPILED_FOR_SECONDS = {"jax", "native"}
in_every_way = pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[pytest.mark.slow] if way in COMPILED_FOR_SECONDS else []) for way in WAYS]
)

# Formulas with a closed gate above or below an infinite slope, where they are flat; and where they are not, by hand.
FLAT = {
    "sqrt(relu(x))": (lambda x: sqrt(relu(x)), -1.0, 4.0, 1 / 4, -1 / 32),
    "sqrt(relu(x)) at its kink": (lambda x: sqrt(relu(x)), 0.0, 4.0, 1 / 4, -1 / 32),
    "sqrt(2 relu(x))": (lambda x: sqrt(2 * relu(x)), -1.0, 2.0, 1 / 2, -1 / 8),
    "relu(x)^0.5": (lambda x: relu(x) ** 0.5, -1.0, 4.0, 1 / 4, -1 / 32),
    "sqrt(leaky_relu(x, 0))": (lambda x: sqrt(leaky_relu(x, 0.0)), -1.0, 4.0, 1 / 4, -1 / 32),
    "sqrt(max(x, 0))": (lambda x: sqrt(maximum(x, 0)), -1.0, 4.0, 1 / 4, -1 / 32),
    "sqrt(-min(x, 0))": (lambda x: sqrt(-minimum(x, 0)), 1.0, -4.0, -1 / 4, -1 / 32),
    "asin(clip(x, -1, 1))": (lambda x: asin(clip(x, -1, 1)), 2.0, 0.6, 1.25, 0.6 / 0.512),
    "acos(clip(x, -1, 1))": (lambda x: acos(clip(x, -1, 1)), -2.0, 0.6, -1.25, -0.6 / 0.512),
    "where(x > 0, sqrt(x), 0)": (lambda x: where(gt(x, 0), sqrt(x), 0.0), 0.0, 4.0, 1 / 4, -1 / 32),
    "relu(sqrt(x) - 1)": (lambda x: relu(sqrt(x) - 1), 0.0, 4.0, 1 / 4, -1 / 32),
    "max(sqrt(x), 1)": (lambda x: maximum(1.0, sqrt(x)), 0.0, 4.0, 1 / 4, -1 / 32),
    "a sum of both branches": (lambda x: where(gt(x, 0), sqrt(x) + 2 * sqrt(x), x * 0.0), 0.0, 4.0, 3 / 4, -3 / 32),
    "inf above": (lambda x: maximum(0.0, x) * inf, -1.0, 1.0, inf, 0.0),
    "nan above": (lambda x: relu(x) * nan, -1.0, 1.0, nan, 0.0),
}


@pytest.mark.parametrize("name", FLAT)
def test_nothing_comes_through_a_closed_gate(name):
    f, closed, opened, first, second = FLAT[name]
    for at, right, curvature in ((closed, 0.0, 0.0), (opened, first, second)):
        x = Value(at)
        y = f(x)
        y.backward()
        graph = grad(y, [x], create_graph=True)[0]
        found = [x.grad, grad(y, [x])[0], graph.data]
        assert found == pytest.approx([right] * 3, rel=1e-15, nan_ok=True)
        assert hessian(y, [x])[0][0] == pytest.approx(curvature, rel=1e-14)
        assert grad(graph, [x], create_graph=True)[0].data == pytest.approx(curvature, rel=1e-14)
        x.data = opened
        assert graph.forward().data == pytest.approx(first, nan_ok=True)  # a gradient's graph chooses anew


def one_by_one(way, cases):
    """Cases one after the other, or for a back end that takes its time to compile all in one program."""
    return [[case] for case in cases] if way in NUMPY else [list(cases)]


@in_every_way
def test_nothing_comes_through_a_closed_gate_in_programs(way):
    for cases in one_by_one(way, FLAT.values()):
        xs = [Value(opened) for _, _, opened, *_ in cases]
        ys = [f(x) for (f, *_), x in zip(cases, xs, strict=True)]
        slopes = [grad(y, [x], create_graph=True)[0] for y, x in zip(ys, xs, strict=True)]
        single, double, curvatures = (
            built(way, outputs, xs, wrt)
            for outputs, wrt in ((autograd.sum(ys), xs), (slopes, ()), (autograd.sum(slopes), xs))
        )
        closed, opened, firsts, seconds = zip(*(case[1:] for case in cases), strict=True)
        nothing = [0.0] * len(cases)
        for at, right, curvature in ((closed, nothing, nothing), (opened, firsts, seconds)):
            assert single(*at)[1] == pytest.approx(right, rel=1e-14, nan_ok=True)
            assert double.values(*at).ravel() == pytest.approx(right, rel=1e-14, nan_ok=True)
            found = zip(curvatures(*at)[1], curvature, firsts, strict=True)
            assert all(second == pytest.approx(exact, rel=1e-13) for second, exact, first in found if first == first)
        both = single(*([a, b, a] for a, b in zip(closed, opened, strict=True)))[1]
        assert both == pytest.approx(firsts, rel=1e-14, nan_ok=True)


# A gradient of 1 − 1 above an infinite slope is 0 · ∞, and beside it what has nothing to do with it.
CANCELLED = {
    "u - u": (lambda x: (u := sqrt(x)) - u, 0.0, nan),
    "a whole sum": (lambda x: autograd.sum([(u := acos(x)), -u, u, -u]), 1.0, nan),
    "in one of its terms": (lambda x: (u := sqrt(x)) + 2 * x - u, 0.0, nan),
    "further above": (lambda x: (u := 3 * sqrt(x) + x) - u, 0.0, nan),
    "of factors": (lambda x: 2 * (u := x**0.5) - 2 * u, 0.0, nan),
    "of finite slopes": (lambda x: (u := sqrt(x)) - u, 4.0, 0.0),
    "beside a closed gate": (lambda x: (u := sqrt(relu(x))) - u, -1.0, 0.0),
}


@in_every_way
def test_a_gradient_that_has_cancelled_is_no_closed_gate(way):
    for cases in one_by_one(way, CANCELLED.values()):
        xs = [Value(at) for _, at, _ in cases]
        ys = [f(x) for (f, *_), x in zip(cases, xs, strict=True)]
        rights = pytest.approx([right for *_, right in cases], nan_ok=True)
        assert [grad(y, [x])[0] for y, x in zip(ys, xs, strict=True)] == rights
        graphs = [grad(y, [x], create_graph=True)[0] for y, x in zip(ys, xs, strict=True)]
        assert [graph.data for graph in graphs] == rights
        assert built(way, autograd.sum(ys), xs, xs)(*(x.data for x in xs))[1] == rights
        assert built(way, graphs, xs).values(*(x.data for x in xs)).ravel() == rights


UNTAKEN = [
    lambda x, w: exp(x),
    lambda x, w: exp(x) * w,
    lambda x, w: exp(x * 1.5) * w + exp(x) * w * 2,
    lambda x, w: dot([exp(2 * x), exp(3 * x)], [2 * w, 3 * w]),
    lambda x, w: logsumexp([exp(x), w]),
    lambda x, w: logsumexp([log(900.0 - x), w]),
    lambda x, w: log(1500.0 - x) * w,
    lambda x, w: relu(exp(x) - w) / (w - w * x),
]


@in_every_way
def test_an_untaken_branch_may_be_infinite_in_programs(way):
    for cases in one_by_one(way, UNTAKEN):
        xs, ws = [Value(0.5) for _ in cases], [Value(2.0) for _ in cases]
        pairs = [*zip(xs, ws, strict=True)]
        outputs = [where(gt(2.0, x), f(x, w), x) for f, (x, w) in zip(cases, pairs, strict=True)]
        program = built(way, autograd.sum(outputs), xs, [leaf for pair in pairs for leaf in pair])

        def slopes(batch, program=program, xs=xs):
            """By x and w of each case."""
            return program(*[batch] * len(xs))[1].reshape(len(xs), 2)

        for far in (1000.0, 1500.0, 2000.0):
            for batch in (far, [far]):
                assert slopes(batch).tolist() == [[1.0, 0.0]] * len(cases)
        near = slopes(0.5)
        for f, pair, row in zip(cases, pairs, near, strict=True):
            assert row == pytest.approx(grad(f(*pair), pair), rel=1e-13)
        assert slopes([0.5, 1000.0]) == pytest.approx(near + np.array([1.0, 0.0]), rel=1e-13)


@in_every_way
def test_nothing_comes_back_through_a_comparison_beside_a_gate(way):
    c = Value(0.0)
    y = heaviside(exp(minimum(gt(cbrt(c), 0.5), gt(c, -1.0))), 2.0 * gt(cbrt(c), c))
    assert grad(y, [c]) == [0.0]
    assert built(way, [y], wrt=[c])()[1].tolist() == [[0.0]]


def test_what_is_open_still_multiplies():
    x = Value(0.0)
    assert math.isnan(grad(sqrt(x) ** 2, [x])[0])  # 0 · inf, as nothing chooses here
    y = relu(x) + sqrt(x)
    assert grad(y, [x]) == [inf]
    y.backward()
    assert x.grad == inf


@pytest.mark.parametrize("way", ["numpy", "native"])
@pytest.mark.parametrize("turned", [False, True])
def test_an_open_way_beside_a_closed_one_counts(way, turned):
    x = Value(-1.0)
    u = sqrt(x + 5)
    terms = [where(gt(x, 0), u * 2, x * 0.0), u * 3]
    z = terms[turned] + terms[not turned]
    assert grad(z, [x]) == [0.75]
    assert grad(z, [x], create_graph=True)[0].data == 0.75
    assert built(way, [z], [x], [x])([-1.0, 4.0])[1].item() == pytest.approx(0.75 + 5 / 6)


def test_leaves_behind_closed_gates_have_gradient_0_and_grads_add_up():
    x, w = Value(-1.0), Value(3.0)
    y = sqrt(relu(x * w))
    for _ in range(2):
        y.backward()
        assert (x.grad, w.grad) == (0.0, 0.0)
    assert [z.grad for z in autograd.topological(y)] == [0.0, 0.0, 0.0, inf, 1.0]
    (w * 2).backward()
    y.backward()
    assert (x.grad, w.grad) == (0.0, 2.0)


@pytest.mark.parametrize("x", [-1, Fraction(-1, 2)])
def test_exact_graphs_stay_exact_behind_closed_gates(x):
    leaf = Value(x)
    y = relu(leaf) * 3 + leaf * Fraction(1, 3)
    y.backward()
    assert (leaf.grad, type(leaf.grad)) == (Fraction(1, 3), Fraction)
    z = 3 * clip(leaf, 0, 1)
    assert (grad(z, [leaf]), type(grad(z, [leaf])[0])) == ([0], int)


def test_a_closed_slope_is_a_zero_that_selects():
    for one in (1.5, 2, Fraction(1, 3), inf, -inf, nan, CLOSED):
        assert one * CLOSED is CLOSED * one is CLOSED
        assert bits(one + CLOSED) == bits(CLOSED + one) == bits(one)
    assert (CLOSED == 0, float(CLOSED), repr(CLOSED), f"{CLOSED}", bool(CLOSED)) == (True, 0.0, "0", "0", False)
    node = relu(Value(-1.0))
    assert repr(node.partials) == "(0,)"
    for kept in (copy.copy(node), copy.deepcopy(node), pickle.loads(pickle.dumps(node)), node.forward()):
        assert kept.dx is CLOSED


# ── special values ────────────────────────────────────────────────────────────────────────────────

CHOICES = ("abs", "relu", "leaky_relu", "elu", "maximum", "minimum", "clip", "where", "gt", "eq", "gated")
CHOICES += ("sign", "heaviside")
SPECIAL = [-inf, -1.0, -0.0, 0.0, 1.0, inf, nan]


def bits(x):
    return "nan" if math.isnan(x) else float(x)


def special(op):
    return list(product(SPECIAL if len(op.operands) < 3 else [-inf, -0.0, 1.0, nan], repeat=len(op.operands)))


# What literal numbers make a constant, below and above an infinite slope.
SETTLED = {
    "0 · x": lambda x: sqrt(0 * x),
    "x · 0": lambda x: sqrt(x * 0.0),
    "−0 · x": lambda x: sqrt(-0.0 * x),
    "0 · √y": lambda x: 0 * sqrt(x - x),
    "√y · 0": lambda x: sqrt(x - x) * 0,
    "0 / x": lambda x: sqrt(0 / x),
    "√y to the 0": lambda x: sqrt(x - x) ** 0,
    "x to the 0, less 1": lambda x: sqrt(x**0 - 1),
    "1 to the x, less 1": lambda x: sqrt(1.0**x - 1),
    "0 to the x": lambda x: sqrt(0.0**x),
    "0 · √y among others": lambda x: dot([0.0, 0.0], [sqrt(x - x), x]),
    "0 · x among others": lambda x: sqrt(dot([x, x], [0.0, 0.0])),
}


@pytest.mark.parametrize("name", SETTLED)
def test_what_literal_numbers_make_a_constant_has_slope_0(name):
    x = Value(2.0, "x")
    y = SETTLED[name](x)
    y.backward()
    assert [x.grad, grad(y, [x])[0], grad(y, [x], create_graph=True)[0].data] == [0.0] * 3
    x.data = 3.0
    assert grad(y.forward(), [x]) == [0.0]


@in_every_way
def test_what_literal_numbers_make_a_constant_has_slope_0_in_programs(way):
    for f in SETTLED.values():
        x = Value(2.0)
        assert list(built(way, f(x), (), [x])()[1]) == [0.0]


def test_a_zero_that_a_value_brings_multiplies_as_ever():
    x, y = Value(0.0, "x"), Value(0.0, "y")
    assert grad(sqrt(x) * y, [x])[0] != grad(sqrt(x) * y, [x])[0]  # nan
    assert grad(sqrt(x**2), [x])[0] != grad(sqrt(x**2), [x])[0]


def test_choices_at_special_values_are_the_same_eagerly_and_as_graphs():
    for op, factor, point in every_choice():
        xs = [Value(x) for x in point]
        z = op(*xs) * factor
        slopes = grad(z, xs, create_graph=True)
        assert [bits(g.data) for g in slopes] == [*map(bits, grad(z, xs))], (op, point)


@in_every_way
def test_choices_at_special_values_are_the_same_in_every_way(way):
    """Values and slopes, of -0.0, infinities and nan: as eager."""
    for cases in one_by_one(way, [(OPS[name], factor) for name in CHOICES for factor in (1.0, inf)]):
        operands = [[Value(0.5) for _ in op.operands] for op, _ in cases]
        flat = [x for xs in operands for x in xs]
        outputs = [op(*xs) * factor for (op, factor), xs in zip(cases, operands, strict=True)]
        values, gradient = built(way, outputs, flat), built(way, autograd.sum(outputs), flat, flat)
        points = [special(op) for op, _ in cases]
        turns = range(max(map(len, points)))
        alone = []
        for k in turns:
            at = [some[k % len(some)] for some in points]
            numbers = [x for point in at for x in point]
            alone.append(values.values(*numbers).ravel())
            slopes = iter(gradient(*numbers)[1])
            for (op, factor), point, value in zip(cases, at, alone[-1], strict=True):
                xs = [Value(x) for x in point]
                z = op(*xs) * factor
                found = [bits(value), *(bits(next(slopes)) for _ in xs)]
                right = [bits(z.data), *map(bits, grad(z, xs))]
                assert found == pytest.approx(right) if "nan" not in (*found, *right) else found == right, (op, point)
        batch = values.values(
            *([some[k % len(some)][j] for k in turns] for some in points for j in range(len(some[0])))
        )
        assert [[*map(bits, row)] for row in batch] == [[*map(bits, row)] for row in alone]


def every_choice():
    for op in map(OPS.get, CHOICES):
        yield from ((op, factor, point) for factor in (1.0, inf) for point in special(op))


@pytest.mark.parametrize("name", CHOICES)
def test_choices_of_arrays_are_those_of_numbers(name):
    op = OPS[name]
    points = special(op)
    with np.errstate(all="ignore"):
        found = op(*np.array(points).T)
    assert [*map(bits, found)] == pytest.approx([bits(op(*point)) for point in points], nan_ok=True)


@pytest.mark.parametrize("name", [*CHOICES, "add", "mul", "neg", "sigmoid", "exp"])
def test_booleans_are_0_and_1(name):
    op = OPS[name]
    for point in product([False, True], repeat=len(op.operands)):
        right = op(*map(float, point))
        assert op(*point) == op(*map(Value, point)).data == right
        assert op(*[np.array([x]) for x in point]).tolist() == [right]


@pytest.mark.parametrize(
    ("name", "point", "value", "slopes"),
    [
        ("sign", (nan,), nan, [0.0]),
        ("sign", (-0.0,), 0.0, [0.0]),
        ("abs", (nan,), nan, [nan]),
        ("abs", (-0.0,), 0.0, [0.0]),
        ("relu", (nan,), nan, [0.0]),
        ("relu", (-0.0,), 0.0, [0.0]),
        ("maximum", (nan, 1.0), nan, [0.0, 0.0]),
        ("maximum", (-0.0, 0.0), 0.0, [0.5, 0.5]),
        ("maximum", (inf, inf), inf, [0.5, 0.5]),
        ("minimum", (-inf, -inf), -inf, [0.5, 0.5]),
        ("where", (nan, 1.0, 2.0), 1.0, [0.0, 1.0, 0.0]),
        ("gt", (nan, 0.0), 0.0, [0.0, 0.0]),
        ("gated", (0.0, inf), 0.0, [inf, 0.0]),
    ],
)
def test_conventions_at_special_values(name, point, value, slopes):
    """A comparison with nan is false; what is nan stays nan."""
    xs = [Value(x) for x in point]
    z = OPS[name](*xs)
    assert bits(z.data) == bits(value)
    assert [*map(bits, grad(z, xs))] == [*map(bits, slopes)]


@pytest.mark.parametrize("way", [way for way in WAYS if way != "jax"])
@pytest.mark.parametrize(
    "f", [lambda a, b, c: a * b - c, lambda a, b, c: a * b + -c, lambda a, b, c: a**2 * 1.0 - c * a / b]
)
def test_ties_are_the_same_in_every_way(way, f):
    """A product rounded once, with the difference, would be a tie of other numbers; JAX alone rounds so."""
    rng = np.random.default_rng(0)
    a, b = rng.random(200), rng.random(200)
    xs = [Value(0.5), Value(0.25), Value(0.125)]
    program = built(way, [relu(f(*xs)), gt(f(*xs), 0)], xs)
    eager = [[relu(f(*p)), gt(f(*p), 0)] for p in zip(a, b, a * b, strict=True)]
    values = program(a, b, a * b)[0]
    assert np.asarray(values).tolist() == eager


# ── both branches are calculated ──────────────────────────────────────────────────────────────────

ADVICE = " Both branches of where are calculated: for where(c, f(x), 0) write where(c, f(where(c, x, 1)), 0)."
SQRT = "sqrt needs x ≥ 0, got x = -1.0 at 'x'{}. Clip the input, as in sqrt(maximum(x, 0))."


def choose(x, c=None):
    return where(gt(x, 0) if c is None else c, sqrt(x), 0)


def test_an_error_in_the_branch_that_is_not_taken_says_so():
    x = Value(-1.0, "x")
    with pytest.raises(autograd.DomainError) as caught:
        choose(x)
    assert str(caught.value) == SQRT.format("") + ADVICE
    x.data = 4.0
    y = choose(x).named("y")
    x.data = -1.0
    with pytest.raises(autograd.DomainError) as caught:
        y.forward()
    assert str(caught.value) == SQRT.format("") + ADVICE
    with pytest.raises(autograd.DomainError) as caught:
        autograd.parse("y = where(x > 0, sqrt(x), 0)", x=-1)
    assert str(caught.value) == SQRT.format(" (in 'y')") + ADVICE
    with pytest.raises(autograd.DomainError) as caught:
        autograd.parse("y = sqrt(x)", x=-1)
    assert str(caught.value) == SQRT.format(" (in 'y')")


def root(x):
    return sqrt(x)


def test_where_nothing_is_chosen_nothing_is_said_of_branches():
    with pytest.raises(autograd.DomainError) as caught:
        root(Value(-1.0, "x"))
    assert str(caught.value) == SQRT.format("")


@pytest.mark.parametrize(
    ("f", "outside", "inside", "slope"),
    [
        (sqrt, -1.0, 4.0, 0.25),
        (log, 0.0, 2.0, 0.5),
        (autograd.log1p, -2.0, 1.0, 0.5),
        (asin, 2.0, 0.6, 1.25),
        (acos, -2.0, 0.6, -1.25),
        (lambda x: 1 / x, 0.0, 2.0, -0.25),
        (lambda x: x**0.5, -1.0, 4.0, 0.25),
        (lambda x: 1 / x**0.5, 0.0, 4.0, -1 / 16),
        (exp, 1000.0, 0.0, 1.0),
        (autograd.sin, inf, 0.0, 1.0),
    ],
)
def test_the_remedy_for_branches_works(f, outside, inside, slope):
    """where(c, f(where(c, x, 1)), 0): the value, the gradient and its graph, in and outside of the domain."""
    for at, right in ((outside, 0.0), (inside, slope)):
        x = Value(at)
        c = autograd.eq(x, inside)
        z = where(c, f(where(c, x, 1)), 0)
        assert z.data == (f(inside) if right else 0)
        assert grad(z, [x])[0] == pytest.approx(right, rel=1e-15)
        assert grad(z, [x], create_graph=True)[0].data == pytest.approx(right, rel=1e-15)


@pytest.mark.parametrize("name", [name for name, op in OPS.items() if re.search(r"as in ", op.remedy)])
def test_the_remedies_of_the_table_work(name):
    """What a message says to write has a value and a gradient where the row alone has none."""
    op = OPS[name]
    text = re.search(r"as in (.*?)\.?$", op.remedy)[1]
    for at in (-2.0, 0.25, 2.0):
        graph = autograd.parse(f"f = {text}", x=at, **({"y": 0.0} if "y" in text else {}))
        x = graph["x"]
        graph["f"].backward()
        assert math.isfinite(graph["f"].data)
        assert math.isfinite(x.grad)
