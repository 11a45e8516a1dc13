"""Every closed form of the lectures against autograd; and that a wrong gradient never passes."""

# ruff: noqa: E501  a case a line
from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    ChalkgradError,
    GradientError,
    OperandError,
    ShapeError,
    Value,
    assert_gradients,
    cos,
    cosh,
    dot,
    elu,
    exp,
    gradcheck,
    heaviside,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    relu,
    sigmoid,
    sin,
    sinh,
    softmax,
    softplus,
    sqrt,
    tanh,
)
from autograd.core.op import OPS
from autograd.core.value import record
from tests.oracle import ROWS, points
from tests.strategies import programs

rng = np.random.default_rng(0)


def s(z):
    return 1 / (1 + np.exp(-z))


def bce(p, y):
    return -y * log(p) - (1 - y) * log(1 - p)


# ── the lectures' closed forms ────────────────────────────────────────────────────────────────────


def lecture(a, b, c):
    return 3 * (a + b * c)


def logistic(W, b, x, y):
    return bce(sigmoid(W @ x + b), y)


def logistic_taught(W, b, x, y):
    a = s(W @ x + b)
    return {"W": (a - y) * x, "b": a - y, "x": (a - y) * W, "y": np.log(1 - a) - np.log(a)}


def two_layers(W1, b1, W2, b2, x):
    a1 = sigmoid(W1 @ x + b1)
    return bce(sigmoid(W2 @ a1 + b2)[0, 0], 1)


def two_layers_taught(W1, b1, W2, b2, x):
    a1 = s(W1 @ x + b1)
    dz2 = s(W2 @ a1 + b2) - 1
    dz1 = W2.T @ dz2 * a1 * (1 - a1)
    return {"W1": dz1 @ x.T, "b1": dz1, "W2": dz2 @ a1.T, "b2": dz2, "x": W1.T @ dz1}


Y = np.array([[1.0, 0.0, 1.0, 0.0]])


def batch(W1, b1, W2, b2, X):
    P = sigmoid(W2 @ sigmoid(W1 @ X + b1) + b2)
    return autograd.sum(bce(P, Y).ravel()) / Y.size


def batch_taught(W1, b1, W2, b2, X):
    m, H = Y.size, s(W1 @ X + b1)
    dZ2 = s(W2 @ H + b2) - Y
    dZ1 = (W2.T @ dZ2) * H * (1 - H)
    ones = np.ones((m, 1))  # the lecture's 1/m dZ is summed over the examples
    return {"W1": dZ1 @ X.T / m, "b1": dZ1 @ ones / m, "W2": dZ2 @ H.T / m, "b2": dZ2 @ ones / m, "X": W1.T @ dZ1 / m}


def squared(W, b, x):
    return (sigmoid(W @ x + b) - 0.25) ** 2


def squared_taught(W, b, x):
    a = s(W @ x + b)
    d = 2 * (a - 0.25) * a * (1 - a)
    return {"W": d * x, "b": d, "x": d * W}


def shapes(**sizes):
    return {name: rng.normal(size=size) for name, size in sizes.items()}


NETWORK = {"W1": (3, 2), "b1": (3, 1), "W2": (1, 3), "b2": (1, 1)}


def mse(p, y):
    return autograd.sum((y - p) ** 2) / len(p)


def softmax_loss(z):
    return -log(softmax(z)[1])


def softmax_taught(z):
    return {"z": np.exp(z) / np.exp(z).sum() - np.eye(3)[1]}


LECTURES = [
    (lecture, lambda a, b, c: {"a": 3, "b": 3 * c, "c": 3 * b}, shapes(a=(), b=(), c=())),
    (bce, lambda p, y: {"p": -y / p + (1 - y) / (1 - p), "y": np.log((1 - p) / p)}, {"p": 0.3, "y": 1}),
    (lambda z: bce(sigmoid(z), 1), lambda z: {"z": s(z) - 1}, shapes(z=())),
    (logistic, logistic_taught, shapes(W=3, b=(), x=3) | {"y": 1.0}),
    (two_layers, two_layers_taught, shapes(**NETWORK, x=(2, 1))),
    (batch, batch_taught, shapes(**NETWORK, X=(2, 4))),
    (squared, squared_taught, shapes(W=2, b=(), x=2)),
    (mse, lambda p, y: {"p": 2 * (p - y) / p.size, "y": 2 * (y - p) / p.size}, shapes(p=5, y=5)),
    (lambda w, b, x: dot(w, x) + b, lambda w, b, x: {"w": x, "b": 1, "x": w}, shapes(w=3, b=(), x=3)),
    (lambda p: autograd.sum((2 - p) ** 2), lambda p: {"p": 2 * (p - 2)}, shapes(p=4)),
    (lambda p: autograd.sum(abs(p)) / 4, lambda p: {"p": np.sign(p) / 4}, shapes(p=4)),
    (softmax_loss, softmax_taught, shapes(z=3)),
    (logsumexp, lambda x: {"x": np.exp(x) / np.exp(x).sum()}, shapes(x=3)),
    (lambda z: softmax(z)[0], lambda z: {"z": (p := np.exp(z) / np.exp(z).sum())[0] * (np.eye(2)[0] - p)}, shapes(z=2)),
    (
        lambda w1, w2, x: maximum(w1 @ x, w2 @ x + 1),  # maxout
        lambda w1, w2, x: {
            "w1": (c := float(w1 @ x > w2 @ x + 1)) * x,
            "w2": (1 - c) * x,
            "x": c * w1 + (1 - c) * w2,
        },
        shapes(w1=2, w2=2, x=2),
    ),
    *((lambda z: leaky_relu(z, 0.2), lambda z: {"z": 1 if z > 0 else 0.2}, {"z": z}) for z in (2.0, -2.0)),
    *((f, g, {"z": z}) for z in (-1.75, 0.6) for f, g in (
        (sigmoid, lambda z: {"z": s(z) * (1 - s(z))}),
        (tanh, lambda z: {"z": 1 - math.tanh(z) ** 2}),
        (relu, lambda z: {"z": float(z > 0)}),
        (lambda z: elu(z, 0.7), lambda z: {"z": 1 if z > 0 else 0.7 * math.exp(z)}),
        (softplus, lambda z: {"z": s(z)}),
        (heaviside, lambda z: {"z": 0}),
        (lambda z: autograd.sign(z), lambda z: {"z": 0.0}),
        (lambda z: z, lambda z: {"z": 1}),
        (lambda z: autograd.clip(z + 0.5, 0, 1), lambda z: {"z": float(abs(z) < 0.5)}),
        (sinh, lambda z: {"z": math.cosh(z)}),
        (cosh, lambda z: {"z": math.sinh(z)}),
    )),
]  # fmt: skip


def wrapped(f, at):
    """The same function with the names of the point's arguments."""
    return lambda **given: f(*given.values())


@pytest.mark.parametrize(("f", "taught", "at"), LECTURES)
def test_every_closed_form_of_the_lectures(f, taught, at):
    report = assert_gradients(wrapped(f, at), taught_by(taught, at), at)
    assert report.ok
    assert len(report.rows) == sum(np.size(x) for x in at.values())


def taught_by(taught, at):
    return lambda **given: dict(zip(at, taught(*given.values()).values(), strict=True))


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3))
@settings(max_examples=30)
def test_it_works_inside_hypothesis(x):
    assert_gradients(
        lambda x: bce(sigmoid(dot(x, [1, 2, 3])), 0), lambda x: {"x": s(x @ [1, 2, 3]) * np.arange(1, 4)}, [x]
    )


# ── wrong closed forms ────────────────────────────────────────────────────────────────────────────

POINT = {"W": np.array([[0.5, -1.0], [0.25, 2.0]]), "x": np.array([1.5, -0.5])}


def quadratic(W, x):
    return autograd.sum(sigmoid(W @ x)) + 0.5 * autograd.sum((W * W).ravel())


def quadratic_taught(W, x):
    a = s(W @ x)
    d = a * (1 - a)
    return {"W": np.outer(d, x) + W, "x": W.T @ d}


def spoiled(name, change):
    def closed(**given):
        found = quadratic_taught(**given)
        return found | {name: change(found[name], **given)}

    return closed


def test_the_right_form_of_the_spoiled_ones():
    assert assert_gradients(quadratic, quadratic_taught, POINT).ok


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("W", lambda g, W, x: -g, "∂f/∂W of the closed form has the opposite sign."),
        ("x", lambda g, W, x: 2 * g, "∂f/∂x of the closed form has a factor 2 too much."),
        ("x", lambda g, W, x: g / 2, "∂f/∂x of the closed form lacks a factor 2."),
        ("x", lambda g, W, x: -g / 2, "∂f/∂x of the closed form lacks a factor 2, and the opposite sign."),
        ("x", lambda g, W, x: -2 * g, "∂f/∂x of the closed form has a factor 2 too much, and the opposite sign."),
        ("x", lambda g, W, x: 5 * g, "∂f/∂x of the closed form is 5 times autograd's."),
        ("W", lambda g, W, x: g.T, "∂f/∂W of the closed form is transposed."),
        ("x", lambda g, W, x: 0 * g, "∂f/∂x of the closed form is 0."),
        ("x", lambda g, W, x: g + np.nan, "∂f/∂x of the closed form is nan."),
        ("x", lambda g, W, x: W.T @ np.ones(2) + 1, ""),
    ],
)
def test_a_wrong_closed_form_is_named(name, change, said):
    with pytest.raises(GradientError) as caught:
        assert_gradients(quadratic, spoiled(name, change), POINT)
    assert isinstance(caught.value, AssertionError)
    first, heading, worst, *_ = str(caught.value).splitlines()
    assert first.partition("agree.")[2].strip() == said
    assert heading.split() == ["input", "autograd", "closed", "form", "tolerance", "ulps", "verdict"]
    assert worst.startswith(f"∂f/∂{name}") and worst.endswith("WRONG")


@pytest.mark.parametrize(
    ("f", "closed", "at", "said"),
    [
        (lambda W: (W @ np.ones(3)).sum() ** 2, lambda W: {"W": 2 * W.sum() * np.ones((3, 2)) * np.arange(2)}, {"W": np.ones((2, 3))},
         "∂f/∂W of the closed form has the shape of the transposed input, (3, 2)."),
        (lambda w: (w @ np.array([[1, 2, 3], [4, 5, 6]])).sum(), lambda w: {"w": np.array([[6.0], [15.0]])}, {"w": np.ones((1, 2))},
         "∂f/∂w of the closed form is transposed."),
        (lambda w: dot(w, [1, 2, 3]) / 3, lambda w: {"w": np.array([1.0, 2, 3])}, {"w": np.ones(3)},
         "∂f/∂w of the closed form is 3 times too large: divide by n = 3."),
        (lambda w: dot(w, [1, 2, 3]), lambda w: {"w": np.array([1.0, 2, 3]) / 3}, {"w": np.ones(3)},
         "∂f/∂w of the closed form has a factor 1/n too much, n = 3."),
        (lambda a: a * 3 + exp(a), lambda a: {"a": 3.0}, {"a": 0.5},
         "∂f/∂a of the closed form forgot to accumulate: it misses a term, the one by the use in exp(a)."),
        (lambda w: autograd.sum(w) + 2 * (w @ w) + autograd.sum(sin(w)), lambda w: {"w": 1 + 4 * w}, {"w": np.array([0.5, 2.0])},
         "∂f/∂w of the closed form misses a term, the one by the use in sin(w₁)."),
        (lambda a: a + a, lambda a: {"a": 1}, {"a": 3}, "forgot to accumulate: it misses a term, the one by the use in a + a."),
        (lambda a: sin(a) + exp(a) + a, lambda a: {"a": math.cos(a)}, {"a": 3},
         "counts one of 3 uses only (sin(a)): it forgot to accumulate."),
        (lambda **given: sin(given["n" * 60]) + exp(given["n" * 60]), lambda **given: {"n" * 60: math.cos(0.5)}, {"n" * 60: 0.5},
         "misses a term, the one by the use in use 2."),
        (lambda a: exp(a) + sin(a).named("h"), lambda a: {"a": math.exp(a)}, {"a": 0.5},
         "misses a term, the one by the use in h = sin(a)."),
        (lambda W: (W @ np.ones(3)).sum(), lambda W: {"W": 2 * np.ones((2, 3))}, {"W": np.ones((2, 3))},
         "∂f/∂W of the closed form has a factor 2 too much."),
        (lambda W: (W @ np.ones(3)).sum(), lambda W: {"W": [[1.0, 1, 1], [1, 1, 0.3]]}, {"W": np.ones((2, 3))},
         "5 of 6 derivatives agree."),
        (lambda w: dot(w, [0, 1]), lambda w: {"w": [0.0, 7.0]}, {"w": np.ones(2)}, "∂f/∂w of the closed form is 7 times autograd's."),
        (lambda z: autograd.sum(sigmoid(z)), lambda z: {"z": np.ones(3)}, {"z": np.arange(3.0)},
         "∂f/∂z of the closed form misses a factor: the slope of sigmoid."),
    ],
)  # fmt: skip
def test_other_mistakes_are_named(f, closed, at, said):
    with pytest.raises(GradientError) as caught:
        assert_gradients(f, closed, at)
    assert said in str(caught.value).splitlines()[0]


def test_every_mutant_of_the_lectures_is_caught():
    for f, taught, at in LECTURES:
        right = taught_by(taught, at)(**at)
        for name, g in right.items():
            wrong = {"sign": -np.asarray(g), "factor": 1.001 * np.asarray(g), "term": np.asarray(g) + 1e-6}
            for kind, mutant in wrong.items():
                if kind == "term" or np.any(g):
                    with pytest.raises(GradientError):
                        assert_gradients(wrapped(f, at), lambda r=right | {name: mutant}, **_: r, at)


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1e9, 1e150])
def test_scales_neither_hide_nor_invent_a_mistake(scale):
    assert assert_gradients(lambda x: scale * sin(x), lambda x: {"x": scale * math.cos(x)}, {"x": 1.0})
    with pytest.raises(GradientError):
        assert_gradients(lambda x: scale * sin(x), lambda x: {"x": scale * math.sin(x)}, {"x": 1.0})
    assert gradcheck(lambda x: scale * sin(x), 1.0)
    with pytest.raises(GradientError):
        gradcheck(lambda x: wrong_exp(scale * x), 1.0 / scale)


@pytest.mark.parametrize(
    ("f", "closed", "at", "kind", "message"),
    [
        (lambda a, b: a * b, lambda a, b: {"a": b}, {"a": 1, "b": 2}, OperandError,
         "The closed form has no gradient for 'b'. Return it, or choose with wrt=[…]."),
        (lambda a: a, lambda a: {"a": 1, "c": 2}, {"a": 1}, OperandError,
         "The closed form has a gradient for 'c', no input of f. There are a."),
        (lambda a, b: a * b, lambda a, b: {"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 1}, OperandError,
         "The closed form has a gradient for 'c', no input of f. There are a, b."),
        (lambda a: a, lambda a: 1, {"a": 1}, OperandError,
         'The closed form must return gradients by name, got int. Return {"a": …}.'),
        (lambda a: a @ a, lambda a: {"a": np.ones(2)}, {"a": np.ones(3)}, ShapeError,
         "The closed form of 'a' has shape (2,), the input (3,). Return one for each entry."),
        (lambda a: a, lambda a: {"a": Value(1.0)}, {"a": 1.0}, OperandError,
         "The closed form of 'a' holds Values. Calculate it from the numbers it is given."),
        (lambda a: a @ a, lambda a: {"a": [Value(1.0), 2.0]}, {"a": np.ones(2)}, OperandError,
         "The closed form of 'a' holds Values. Calculate it from the numbers it is given."),
        (lambda a: a, lambda a: {}, {"a": "1"}, OperandError,
         "The data of a Value must be a real number, got '1' (str). Give an int, a float, a Fraction or a Value."),
        (lambda a: a, lambda a: {}, {"a": Value(1.0)}, OperandError,
         "A check makes its own Values, got Value(1.0) for 'a'. Give numbers."),
        (lambda a: [a, a], lambda a: {}, {"a": 1.0}, OperandError,
         "A check needs one output, got list. Return a Value, as the sum of a loss."),
        (lambda: 1, lambda: {}, {}, OperandError, "There is nothing to compare. Give f an input, as in at={'x': 1.0}."),
    ],
)  # fmt: skip
def test_a_testers_mistake_is_told(f, closed, at, kind, message):
    with pytest.raises(kind) as caught:
        assert_gradients(f, closed, at)
    assert str(caught.value) == message


def test_wrt_chooses_names():
    assert len(assert_gradients(lambda a, b: a * b, lambda a, b: {"a": b}, [2, 3], wrt=["a"]).rows) == 1


def test_an_ignored_argument_and_numpy_scalars():
    assert assert_gradients(lambda a, b: 2 * a, lambda a, b: {"a": 2, "b": 0}, [np.float32(1), np.int64(3)])
    for constant in (7, np.float64(7.0), np.array([7.0])):
        assert gradcheck(lambda a, b, constant=constant: constant, [1, 2.0])


# ── difference quotients ──────────────────────────────────────────────────────────────────────────


def wrong_exp(x):
    """exp with a slope that is off by 1e-4."""
    z = record(replace(OPS["exp"]), [x])
    z.dx = z.dx * 1.0001
    return z


@pytest.mark.parametrize("op", [op for op in ROWS if not op.variadic], ids=lambda op: op.name)
def test_gradcheck_passes_every_row(op):
    for numbers in points(op, 1):
        assert gradcheck(op, list(numbers), order=2)


@given(programs(most_lines=5))
@settings(max_examples=25)
def test_gradcheck_passes_random_graphs(program):
    assert gradcheck(program.values()[0], order=1, rtol=1e-4)


@pytest.mark.parametrize("x", [-5.0, 1e-8, 3, 300.0])
def test_gradcheck_catches_a_slope_that_is_slightly_off(x):
    with pytest.raises(GradientError) as caught:
        gradcheck(lambda a, b: wrong_exp(a) * b, [x, 2.0], order=1)
    lines = str(caught.value).splitlines()
    assert lines[0] == "1 of 2 derivatives agree."
    assert lines[2].startswith("∂f/∂a") and lines[2].endswith("WRONG")
    assert lines[3].startswith("∂f/∂b") and lines[3].endswith("ok")


def test_gradcheck_catches_a_wrong_second_derivative(monkeypatch):
    words = replace(OPS["sin"], partials=(lambda x, z: cos(x.node.data) if hasattr(x, "node") else cos(x),))
    monkeypatch.setitem(OPS, "sin", words)  # a slope that is a number where it should be a graph
    with pytest.raises(GradientError) as caught:
        gradcheck(lambda x: record(words, [x]), 0.5)
    lines = str(caught.value).splitlines()
    assert lines[0] == "1 of 2 derivatives agree."
    assert lines[2].startswith("∂²f/∂x²") and lines[2].endswith("WRONG")


@pytest.mark.parametrize(
    ("f", "at", "verdict"),
    [
        (relu, 0.0, "ok at a kink, slopes 0 and 1"),
        (abs, 0.0, "ok at a kink, slopes −1 and 1"),
        (lambda x: leaky_relu(x, 0.2), 0.0, "ok at a kink, slopes 0.2 and 1"),
        (lambda x: maximum(x, 1), 1.0, "ok at a kink, slopes 0 and 1"),
        (lambda x: maximum(x, 1), 1, "ok at a kink, slopes 0 and 1"),
        (sqrt, 0.0, "ok at an edge of the domain"),
        (relu, 1e-9, "ok"),
        (lambda x: abs(x) * x, 0.0, "ok"),
        (relu, -1e-5, "ok"),
    ],
)
def test_kinks_jumps_and_edges_are_told(f, at, verdict):
    assert gradcheck(f, at, order=1).rows[0].verdict == verdict


def test_a_slope_between_the_sides_of_a_kink_is_the_tables_or_wrong():
    def wrong(x):
        z = leaky_relu(x, 0.2)
        z.dx = 0.7  # between 0.2 and 1; the convention is 0.2
        return z

    with pytest.raises(GradientError, match=r"∂f/∂x  0\.7       0\.2 .* WRONG at a kink, slopes 0\.2 and 1"):
        gradcheck(wrong, 0.0, order=1)


def test_a_value_outside_the_sides_of_a_kink_is_wrong():
    def f(x):
        z = relu(x)
        z.dx = 1.5
        return z * 1

    with pytest.raises(GradientError, match="WRONG at a kink, slopes 0 and 1"):
        gradcheck(f, 0.0, order=1)


def test_fractions_are_checked_exactly():
    report = gradcheck(lambda x: x**3 / 3, Fraction(1, 3))
    assert report.rows[0].autograd == Fraction(1, 9)
    assert abs(report.rows[0].other - Fraction(1, 9)) < Fraction(1, 10**30)


def test_nested_arguments_keep_their_form():
    def f(W, options):
        assert isinstance(W, list) and isinstance(W[0], list) and isinstance(options, np.ndarray)
        return W[0][1] * options[2]

    names = [row.name for row in gradcheck(f, [[[1.0, 2.0]], np.ones(3)], order=1).rows]
    assert names == ["∂f/∂W₁₁", "∂f/∂W₁₂", "∂f/∂options_1", "∂f/∂options_2", "∂f/∂options_3"]


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ([[1.0] * 9], ["W₈", "W₉"]),
        ([[1.0] * 10], ["W₉", "W₁₀"]),
        ([[[1.0] * 9] * 2], ["W₂₈", "W₂₉"]),
        ([[[1.0] * 10] * 2], ["W_2,9", "W_2,10"]),
        ({"W": 1.0}, ["W"]),
        (1.0, ["W"]),
    ],
)
def test_entries_are_called_by_their_places(at, names):
    def f(W):
        return autograd.sum(np.ravel(np.array(W, dtype=object)).tolist())

    assert [row.name for row in gradcheck(f, at, order=1).rows][-len(names) :] == [f"∂f/∂{name}" for name in names]


@pytest.mark.parametrize(
    ("f", "at", "names"),
    [
        (lambda *xs: xs[0] * xs[1], [1.0, 2.0], ["x₁", "x₂"]),
        (lambda *xs: xs[0] * 2, [1.0], ["x"]),
        (lambda *xs: xs[0] * 2, 1.0, ["x"]),
        (lambda a, *xs: a * xs[0], [1.0, 2.0], ["x₁", "x₂"]),
        (lambda a, b=2.0: a * b, [1.0], ["a"]),
        (lambda a, b=2.0: a * b, (1.0, 3.0), ["a", "b"]),
        (lambda a, *, b=2.0: a * b, [1.0], ["a"]),
        (max, [1.0, 2.0], ["x₁", "x₂"]),  # a built-in function without a signature
    ],
)
def test_arguments_are_called_by_fs_parameters(f, at, names):
    assert [row.name for row in gradcheck(f, at, order=1).rows] == [f"∂f/∂{name}" for name in names]


def as_array(shape):
    def wrap(y):
        array = np.empty(shape, dtype=object)
        array[...] = y
        return array

    return wrap


@pytest.mark.parametrize("wrap", [list, tuple, *map(as_array, [(), (1,), (1, 1)])])
def test_one_output_may_come_in_brackets(wrap):
    def f(x):
        return wrap([x * 2]) if wrap in (list, tuple) else wrap(x * 2)

    assert gradcheck(f, [1.0], order=1).rows[0].autograd == 2


@pytest.mark.parametrize(("wrap", "kind"), [(as_array(2), "ndarray"), (lambda y: [y, y], "list"), (str, "str")])
def test_several_outputs_are_refused(wrap, kind):
    with pytest.raises(OperandError) as caught:
        gradcheck(lambda x: wrap(x * 2), [1.0])
    assert str(caught.value) == f"A check needs one output, got {kind}. Return a Value, as the sum of a loss."


def test_gradcheck_leaves_a_recorded_graph_alone():
    a, b = Value(2.0, "a"), Value(-1.0, "b")
    J = (a * b + sin(a)).named("J")
    report = gradcheck(J, {"a": 3.0})
    assert report.ok and report.rows[1].autograd == 3.0
    assert (a.data, a.grad, J.data) == (2.0, None, -2.0 + math.sin(2.0))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gradcheck(3.0, 1.0), "A check needs a function of Values or a Value, got 3.0. Give f itself, not f(x)."),
        (lambda: gradcheck(sin, 1.0, order=3), "The order is 1 or 2, got 3. Second derivatives include the first."),
        (lambda: gradcheck(sin, 1.0, eps=-1), "The step eps must be positive, got -1. Leave it out, and it is chosen."),
        (lambda: gradcheck(sin, 1.0, eps=0), "The step eps must be positive, got 0. Leave it out, and it is chosen."),
        (lambda: gradcheck(lambda x: x), "A function needs numbers to be checked at. Give them, as in at=[1.0, 2.0]."),
        (lambda: gradcheck(lambda x: x, [1, 2]), "f takes x, but `at` has 2 arguments. Put a vector in a list of its own."),
        (lambda: gradcheck(lambda x, y: x, [1, 2, 3]), "f takes x, y, but `at` has 3 arguments. Put a vector in a list of its own."),
        (lambda: gradcheck(Value(1.0, "x") * 2, {"y": 1}), "A graph is checked at numbers by name, got 'y'. Its leaves are x."),
        (lambda: gradcheck(log, -1.0), "log needs x > 0, got x = -1.0 at 'x'. Clip the input or use softplus."),
    ],
)  # fmt: skip
def test_mistakes_of_gradchecks_users(call, message):
    with pytest.raises(ChalkgradError) as caught:
        call()
    assert str(caught.value) == message
