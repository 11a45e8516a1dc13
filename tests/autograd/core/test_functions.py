"""grad(f), value_and_grad(f), jacobian(f), hessian(f), elementwise_grad(f): of numbers, arrays and structures."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

import autograd
from autograd import (
    OperandError,
    ShapeError,
    TracingError,
    Value,
    elementwise_grad,
    exp,
    grad,
    hessian,
    jacfwd,
    jacobian,
    jacrev,
    sin,
    value_and_grad,
)
from autograd.core.pytrees import blocks, mapped, rebuilt
from autograd.elsewhere import INSTEAD
from tests.strategies import programs

X = np.array([0.5, 1.5, -0.7])
A = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])


def same(mine, theirs):
    """Equal structures, kinds of containers and arrays included."""
    if isinstance(theirs, dict):
        return type(mine) is dict and list(mine) == list(theirs) and all(same(mine[k], theirs[k]) for k in theirs)
    if isinstance(theirs, list | tuple):
        return type(mine) is type(theirs) and len(mine) == len(theirs) and all(map(same, mine, theirs))
    if isinstance(theirs, np.ndarray):
        return (
            type(mine) is np.ndarray
            and mine.dtype == float
            and mine.shape == theirs.shape
            and np.allclose(mine, theirs)
        )
    return type(mine) is type(theirs) and mine == pytest.approx(theirs)


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


def test_numbers():
    assert grad(lambda x: x**3)(2.0) == 12.0
    assert grad(exp)(1.0) == math.e
    assert grad(lambda x, y: x**2 * y)(3.0, 4.0) == 24.0
    assert type(grad(lambda x: x**3)(2.0)) is float
    assert type(grad(lambda x: x**3)(np.float64(2.0))) is float
    assert grad(lambda x: x**2)(Fraction(1, 3)) == Fraction(2, 3)
    assert grad(lambda x: x**2)(3) == 6


def test_the_name_and_words_of_the_function_stay():
    def f(x):
        """x²"""
        return x**2

    for derivative in (grad(f), value_and_grad(f), jacobian(f), hessian(f), elementwise_grad(f)):
        assert (derivative.__name__, derivative.__doc__) == ("f", "x²")
    assert value_and_grad(f, has_aux=True).__name__ == "f"


@pytest.mark.parametrize(
    "derivative",
    [
        lambda f: grad(f, 1),
        lambda f: grad(f, argnum=1),
        lambda f: grad(f, argnums=1),
        lambda f: grad(f, argnum=-1),
        lambda f: grad(f, np.int64(1)),
    ],
)
def test_one_argument_of_several(derivative):
    assert derivative(lambda x, y: x**2 * y)(3.0, 4.0) == 9.0


@pytest.mark.parametrize("which", [(0, 1), [0, 1]])
def test_several_arguments(which):
    assert grad(lambda x, y: x**2 * y, argnums=which)(3.0, 4.0) == (24.0, 9.0)
    assert value_and_grad(lambda x, y: x**2 * y, which)(3.0, 4.0) == (36.0, (24.0, 9.0))
    assert jacobian(lambda x, y: [x * y, y], which)(3.0, 4.0) == [(4.0, 3.0), (0.0, 1.0)]
    assert hessian(lambda x, y: x**2 * y, which)(3.0, 4.0) == ((8.0, 6.0), (6.0, 0.0))
    assert elementwise_grad(lambda x, y: x * y, argnums=which)(3.0, 4.0) == (4.0, 3.0)
    assert grad(lambda x, y: x**2 * y, (1,))(3.0, 4.0) == (9.0,)


def test_other_arguments_and_keywords_are_passed_on():
    def f(x, data, *, power, note=None):
        assert data == "data" and note == {"a": object}
        return x**power

    assert grad(f)(2.0, "data", power=3, note={"a": object}) == 12.0


def test_value_and_grad_is_of_the_first_argument():
    assert value_and_grad(lambda x, y: x**2 * y)(3.0, 4.0) == (36.0, 24.0)
    assert value_and_grad(lambda x: 5.0)(1.0) == (5.0, 0.0)


@pytest.mark.parametrize("constant", [5.0, 5, np.float64(5.0), np.array(5.0), np.array([5.0])])
def test_a_result_that_does_not_depend_on_the_argument(constant):
    assert same(grad(lambda x: constant)(X), np.zeros(3))
    assert grad(lambda x: constant)(2.0) == 0.0


# ── structures ────────────────────────────────────────────────────────────────────────────────────

Point = namedtuple("Point", "x y")
TREES = [
    (X, lambda x: np.sum(x**2), 2 * X),
    (A, lambda x: np.sum(x**2), 2 * A),
    (np.array(3.0), lambda x: x**2, np.array(6.0)),
    (np.array([1, 2, 3]), lambda x: np.sum(x**2), np.array([2.0, 4.0, 6.0])),
    (np.array([1.0, 2.0], np.float32), lambda x: np.sum(x**2), np.array([2.0, 4.0])),
    ([1.0, 2.0], lambda x: x[0] * x[1], [2.0, 1.0]),
    ((1.0, [2.0, X]), lambda t: t[0] * t[1][0] * t[1][1].sum(), (2.6, [1.3, np.full(3, 2.0)])),
    ({"w": X, "b": 2.0}, lambda p: p["w"] @ p["w"] * p["b"], {"w": 4 * X, "b": float(X @ X)}),
    ({"a": {"b": [1.0, (2.0,)]}, "c": None}, lambda t: t["a"]["b"][0] * t["a"]["b"][1][0],
     {"a": {"b": [2.0, (1.0,)]}, "c": None}),
    (Point(2.0, X), lambda p: p.x * p.y.sum(), Point(1.3, np.full(3, 2.0))),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "f", "expected"), TREES, ids=lambda x: type(x).__name__)
def test_a_gradient_has_the_form_of_the_argument(tree, f, expected):
    value, gradient = value_and_grad(f)(tree)
    assert same(gradient, expected) and same(grad(f)(tree), expected)
    assert value == pytest.approx(float(f(tree))) and isinstance(value, float)


def test_an_argument_is_left_as_it_was():
    tree = {"w": X.copy(), "b": [2.0]}
    grad(lambda p: np.sum(p["w"]) * p["b"][0])(tree)
    assert tree["w"].dtype == float and np.array_equal(tree["w"], X) and tree["b"] == [2.0]


def test_an_array_of_objects_may_hold_exact_numbers_and_nothing():
    half = np.array([Fraction(1, 2), Fraction(1, 3)], object)
    assert grad(lambda x: x[0] * x[1])(half).tolist() == [Fraction(1, 3), Fraction(1, 2)]
    assert same(grad(lambda x: np.sum(x) + 1.0)(np.zeros((0, 2))), np.zeros((0, 2)))
    assert same(grad(lambda x: np.sum(x))(np.array([True, False])), np.ones(2))


def test_blocks_of_a_structure():
    tree = {"w": [1.0, (2.0, None)], "b": X}
    assert list(blocks(tree))[:2] == [1.0, 2.0] and list(blocks(tree))[2] is X
    assert mapped(lambda b: b * 2, {"a": [1.0, None]}) == {"a": [2.0, None]}
    assert rebuilt(Point(1, 2), iter("ab")) == Point("a", "b")


# ── higher orders ─────────────────────────────────────────────────────────────────────────────────


def test_gradients_of_gradients():
    f = sin
    for expected in (math.cos(0.3), -math.sin(0.3), -math.cos(0.3), math.sin(0.3)):
        f = grad(f)
        assert f(0.3) == pytest.approx(expected, rel=1e-14)


def test_an_inner_gradient_does_not_take_the_outer_variable_for_its_own():
    """J. M. Siskind, B. A. Pearlmutter (2005), Perturbation confusion: d/dx (x · d/dy (x + y)) is 1."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(1.0) == 1.0
    assert grad(lambda x: grad(lambda y: x * y * y)(2.0))(3.0) == 4.0
    assert grad(lambda x: jacobian(lambda y: [x * y, x * x * y])(2.0)[1])(3.0) == 6.0
    assert grad(lambda x: value_and_grad(lambda y: x * x * y)(2.0)[0])(3.0) == 12.0
    assert grad(lambda x: elementwise_grad(lambda y: x * y * y)(2.0))(3.0) == 4.0
    assert grad(lambda x: hessian(lambda y: x * x * y * y)(2.0))(3.0) == 12.0


def test_a_gradient_of_values_is_a_graph():
    x = Value(3.0, "x")
    g = grad(lambda x: x**3)(x)
    assert isinstance(g, Value) and g.data == 27.0
    g.backward()
    assert x.grad == 18.0
    xs = np.array([Value(1.0), Value(2.0)])
    assert isinstance(grad(lambda v: v[0] * v[1])([x, 2.0])[1], Value)
    row = grad(lambda v: v[0] * v[1])(xs)
    assert [y.data for y in row] == [2.0, 1.0] and grad(row[0], [xs[1]]) == [1.0]


def test_minus_zero_stays_what_it_is_in_an_inner_gradient():
    assert math.copysign(1.0, grad(lambda x: grad(lambda y: y * y)(x) * 0 + x)(-0.0)) == 1.0
    assert grad(lambda x: grad(lambda y: autograd.atan2(y, -1.0))(x))(-0.0) == grad(
        grad(lambda y: autograd.atan2(y, -1.0))
    )(-0.0)


def test_a_recorded_function_may_hold_a_gradient():
    program = autograd.compile(lambda x: grad(lambda y: y**3)(x))
    assert program(2.0)[0] == 12.0


@given(programs(most_lines=6))
def test_random_functions_have_the_gradient_of_their_graph(program):
    y, leaves = program.values()
    expected = autograd.grad(y, leaves)
    assert grad(lambda xs: program.run(xs))(list(program.leaves)) == pytest.approx(expected, rel=1e-12, nan_ok=True)


# ── jacobian, hessian, elementwise_grad ───────────────────────────────────────────────────────────


def test_jacobians_of_arrays_have_the_axes_of_the_output_first():
    f = lambda x: np.outer(x, x)[:2]  # noqa: E731
    J = jacobian(f)(X)
    assert J.shape == (2, 3, 3) and J.dtype == float
    for i in range(2):
        for j in range(3):
            assert np.allclose(J[i, j], X[j] * np.eye(3)[i] + X[i] * np.eye(3)[j])
    assert same(jacobian(lambda x: A @ x)(X), A)
    assert same(jacobian(lambda x: np.sum(x**2))(X), 2 * X)
    assert same(jacobian(lambda x: x * X)(2.0), X)
    assert jacobian(lambda x: x**2)(3.0) == 6.0
    assert same(jacobian(lambda x: np.array([1.0, 2.0]))(X), np.zeros((2, 3)))


def test_jacobians_of_structures_have_the_form_of_the_output_and_of_the_argument():
    J = jacobian(lambda p: {"y": p["w"] * p["b"], "z": [p["b"] ** 2]})({"w": X, "b": 2.0})
    assert same(J, {"y": {"w": 2 * np.eye(3), "b": X}, "z": [{"w": np.zeros(3), "b": 4.0}]})


def test_other_names_of_the_jacobian():
    assert jacrev is jacobian and jacfwd is jacobian


def test_hessians():
    assert same(hessian(lambda x: x @ A @ x / 2)(X), (A + A.T) / 2)
    assert hessian(lambda x: x**3)(2.0) == 12.0
    H = hessian(lambda p: p["a"] ** 2 * np.sum(p["b"] ** 2))({"a": 3.0, "b": X})
    assert same(H, {"a": {"a": 2 * float(X @ X), "b": 12 * X}, "b": {"a": 12 * X, "b": 18 * np.eye(3)}})
    assert np.allclose(hessian(lambda x: np.sum(x**3))(X), jacobian(grad(lambda x: np.sum(x**3)))(X))


def test_elementwise_gradients():
    assert same(elementwise_grad(np.tanh)(X), 1 - np.tanh(X) ** 2)
    assert same(elementwise_grad(np.sin)(A), np.cos(A))
    assert elementwise_grad(sin)(0.3) == math.cos(0.3)
    assert same(elementwise_grad(elementwise_grad(lambda x: x**3))(X), 6 * X)
    assert same(elementwise_grad(lambda x: np.ones(3))(X), np.zeros(3))


def test_with_something_beside():
    def f(x):
        return x[0] * x[1], {"product": x[0] * x[1], "x": x, "note": [1, X]}

    gradient, aux = grad(f, has_aux=True)(np.array([2.0, 3.0]))
    assert same(gradient, np.array([3.0, 2.0]))
    assert same(aux, {"product": 6.0, "x": np.array([2.0, 3.0]), "note": [1, X]})
    (value, aux), gradient = value_and_grad(f, has_aux=True)(np.array([2.0, 3.0]))
    assert value == 6.0 and aux["product"] == 6.0 and same(gradient, np.array([3.0, 2.0]))
    assert grad(lambda x: (x**2, "text"), has_aux=True)(3.0) == (6.0, "text")
    assert jacobian(lambda x: ([x, x**2], x), has_aux=True)(3.0) == ([1.0, 6.0], 3.0)
    assert hessian(lambda x: (x**2, x), has_aux=True)(3.0) == (2.0, 3.0)
    assert isinstance(grad(lambda x: grad(lambda y: (y * y, y), has_aux=True)(x)[1] * x)(3.0), float)


# ── programs of HIPS' README ──────────────────────────────────────────────────────────────────────


def test_tanh_and_its_derivatives():
    def tanh(x):
        y = np.exp(-2.0 * x)
        return (1.0 - y) / (1.0 + y)

    assert grad(tanh)(1.0) == pytest.approx(0.419974341614026, rel=1e-14)
    assert grad(tanh)(1.0) == pytest.approx((tanh(1.0001) - tanh(0.9999)) / 0.0002, rel=1e-8)
    x = np.linspace(-7, 7, 20)
    f, t = tanh, np.tanh(x)
    for expected in (1 - t**2, -2 * t * (1 - t**2), (6 * t**2 - 2) * (1 - t**2)):
        f = elementwise_grad(f)
        assert np.allclose(f(x), expected, rtol=1e-9, atol=1e-14)


def test_logistic_regression():
    def sigmoid(x):
        return 0.5 * (np.tanh(x / 2.0) + 1)

    def logistic_predictions(weights, inputs):
        return sigmoid(np.dot(inputs, weights))

    def training_loss(weights):
        preds = logistic_predictions(weights, inputs)
        label_probabilities = preds * targets + (1 - preds) * (1 - targets)
        return -np.sum(np.log(label_probabilities))

    inputs = np.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
    targets = np.array([True, True, False, True])
    training_gradient_fun = grad(training_loss)
    weights = np.array([0.0, 0.0, 0.0])
    assert training_loss(weights) == pytest.approx(2.772588722239781)
    for _ in range(100):
        weights -= training_gradient_fun(weights) * 0.01
    assert training_loss(weights) == pytest.approx(1.067270675787016, rel=1e-12)  # as HIPS' README prints


# ── NumPy inside ──────────────────────────────────────────────────────────────────────────────────

INSIDE = {
    "np.dot": lambda np, x: np.dot(x, x),
    "@": lambda np, x: x @ A @ x,
    "np.matmul": lambda np, x: np.sum(np.matmul(A, x) ** 2),
    "sum over an axis": lambda np, x: np.sum(np.sum(np.outer(x, x), axis=0) ** 2),
    "np.mean": lambda np, x: np.mean(x**2),
    "mean with keepdims": lambda np, x: np.sum((np.outer(x, x) - np.outer(x, x).mean(axis=1, keepdims=True)) ** 2),
    "np.exp": lambda np, x: np.sum(np.exp(x)),
    "np.log": lambda np, x: np.sum(np.log(x**2)),
    "np.sqrt": lambda np, x: np.sum(np.sqrt(x**2 + 1)),
    "np.tanh": lambda np, x: np.sum(np.tanh(x)),
    "np.sin, np.cos": lambda np, x: np.sum(np.sin(x) * np.cos(x)),
    "np.arctan2": lambda np, x: np.arctan2(x[0], x[1]),
    "np.log1p, np.expm1": lambda np, x: np.sum(np.log1p(x**2) * np.expm1(x)),
    "np.maximum": lambda np, x: np.sum(np.maximum(x, 0.0)),
    "np.minimum": lambda np, x: np.sum(np.minimum(x, 1.0)),
    "np.clip": lambda np, x: np.sum(np.clip(x, -0.6, 1.0)),
    "np.where": lambda np, x: np.sum(np.where(x > 0, x**2, 3 * x)),
    "np.abs": lambda np, x: np.sum(np.abs(x)),
    "np.power, np.square": lambda np, x: np.sum(np.power(x, 3) + np.square(x)),
    "np.concatenate": lambda np, x: np.sum(np.concatenate([x, x * 2]) ** 2),
    "np.stack": lambda np, x: np.sum(np.stack([x, x**2], axis=1) ** 2),
    "np.linalg.norm": lambda np, x: np.linalg.norm(x),
    "reshape": lambda np, x: np.sum((x.reshape(3, 1) @ x.reshape(1, 3)) ** 2),
    ".T": lambda np, x: np.sum((A * x).T[0] ** 2),
    "slices": lambda np, x: x[0] * np.sum(x[1:]) * x[-1],
    "[:, None]": lambda np, x: np.sum((x[:, None] - x[None, :]) ** 2),
    "np.outer": lambda np, x: np.sum(np.outer(x, x**2)),
    "np.einsum": lambda np, x: np.einsum("i,ij,j->", x, A, x),
    "np.tensordot": lambda np, x: np.sum(np.tensordot(A, x, 1) ** 2),
    "np.trace, np.diag": lambda np, x: np.trace(np.diag(x) @ np.diag(x)),
    "np.prod, np.cumsum": lambda np, x: np.prod(x) + np.sum(np.cumsum(x) ** 2),
    "np.var, np.std": lambda np, x: np.var(x) + np.std(x),
    "np.max, np.min": lambda np, x: np.max(x) * np.min(x),
    "softmax": lambda np, x: (np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x))))[0],
    "log-sum-exp": lambda np, x: np.log(np.sum(np.exp(x))),
    "np.array of parts": lambda np, x: np.sum(np.array([x[0] * x[1], x[2] ** 2, 3.0]) ** 2),
}


CURVED = ("@", "np.linalg.norm", "softmax", "np.prod, np.cumsum")  # whose second derivatives are compared, too


@pytest.mark.parametrize("name", INSIDE)
def test_numpy_inside(name):
    f = INSIDE[name]
    steps = 1e-6 * np.eye(3)
    central = np.array([(f(np, X + h) - f(np, X - h)) / 2e-6 for h in steps])
    gradient = grad(lambda x: f(np, x))(X)
    assert gradient.dtype == float and np.allclose(gradient, central, rtol=1e-6, atol=1e-6)


@pytest.mark.parity
@pytest.mark.parametrize("name", INSIDE)
def test_as_jax_has_it(name):
    jax = pytest.importorskip("jax")
    f = INSIDE[name]
    with jax.enable_x64(True):
        pairs = [(grad, jax.grad)] + [(hessian, jax.hessian)] * (name in CURVED)
        for ours, theirs in pairs:
            mine, other = ours(lambda x: f(np, x))(X), theirs(lambda x: f(jax.numpy, x))(X)
            assert np.allclose(mine, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parity
def test_structures_as_jax_has_them():
    jax = pytest.importorskip("jax")

    def f(xp, p, y):
        return xp.tanh(p["w"] @ p["v"][0]) * p["v"][1] + y

    def both(ours, theirs):
        tree = {"w": A[0], "v": [X, 2.0]}
        mine = ours(lambda p, y: f(np, p, y))(tree, 3.0)
        other = theirs(lambda p, y: f(jax.numpy, p, y))(tree, 3.0)
        return jax.tree.leaves(mine), jax.tree.leaves(other)

    with jax.enable_x64(True):
        for ours, theirs in [
            (grad, jax.grad),
            (value_and_grad, jax.value_and_grad),
            (jacobian, jax.jacrev),
            (hessian, jax.hessian),
            (lambda f: grad(f, argnums=(0, 1)), lambda f: jax.grad(f, argnums=(0, 1))),
            (lambda f: value_and_grad(f, 1), lambda f: jax.value_and_grad(f, 1)),
        ]:
            mine, other = both(ours, theirs)
            assert len(mine) == len(other)
            assert all(
                np.allclose(a, b, rtol=1e-13) and np.shape(a) == np.shape(b) for a, b in zip(mine, other, strict=True)
            )


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────

SEVERAL = "For all derivatives of several numbers use jacobian; of each entry by its own, elementwise_grad."
STRUCTURE = "An argument must be made of numbers, arrays, lists, tuples and dictionaries, got "
LEAVE = "Leave it out, or pass it as another argument."


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: grad(lambda x: x * 2)(X), ShapeError,
         f"A gradient is of one number, and the function gives an array of shape (3,). {SEVERAL}"),
        (lambda: grad(lambda x: [x, x])(2.0), ShapeError,
         f"A gradient is of one number, and the function gives [Value(2.0), Value(2.0)] (list). {SEVERAL}"),
        (lambda: hessian(lambda x: None)(2.0), ShapeError,
         f"A gradient is of one number, and the function gives None (NoneType). {SEVERAL}"),
        (lambda: grad(lambda x: 1.0)("text"), OperandError, f"{STRUCTURE}'text' (str). {LEAVE}"),
        (lambda: grad(lambda x: 1.0)({"a": {1.0}}), OperandError, f"{STRUCTURE}{{1.0}} (set). {LEAVE}"),
        (lambda: grad(lambda x: 1.0)(np.array(["a"])), OperandError,
         f"{STRUCTURE}array(['a'], dtype='<U1') (ndarray). {LEAVE}"),
        (lambda: grad(lambda x: 1.0)(np.array([2.0, "a"], object)), OperandError,
         "The data of a Value must be a real number, got 'a' (str). Give an int, a float, a Fraction or a Value."),
        (lambda: jacobian(lambda x: "text")(1.0), OperandError,
         f"{STRUCTURE.replace('An argument', 'What a function gives')}'text' (str). {LEAVE}"),
        (lambda: grad(lambda x: x, 1)(2.0), ShapeError,
         "argnum=1 is no argument: the function got 1, by position, and the first is 0. "
         "Give the argument by position, not by name."),
        (lambda: grad(lambda x: x, "x")(2.0), OperandError,
         "argnum must be a whole number or a tuple of them, got 'x'. The first is 0."),
        (lambda: grad(lambda x: x, (0, 1.5))(2.0), OperandError,
         "argnum must be a whole number or a tuple of them, got 1.5. The first is 0."),
        (lambda: grad(lambda x: x, 0, argnums=1), OperandError,
         "The arguments are chosen twice. Give one of argnum and argnums."),
        (lambda: grad(lambda x: x, create_graph=True), OperandError,
         "create_graph= is for Values. A function's gradient is a function: write grad(grad(f))."),
        (lambda: grad(Value(1.0)), OperandError, "A gradient is by inputs. List them, as in grad(y, [x])."),
        (lambda: grad(Value(1.0), [], argnum=0), OperandError,
         "argnum= is for functions, as in grad(f). List the inputs, as in grad(y, [x])."),
        (lambda: grad(lambda x: x, has_aux=True)(2.0), ShapeError,
         "With has_aux the function must return a pair (output, aux), got Value(2.0). "
         "Return both, or leave has_aux out."),
        (lambda: grad(lambda x: x * math.exp(x))(2.0), TracingError,
         "math.exp makes a float of a Value in a function that is differentiated, whose gradient would be lost. "
         "Use exp of this package."),
    ],
)  # fmt: skip
def test_each_refusal_in_full(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(np.linalg.inv(A * x[0])),
        lambda x: np.linalg.det(np.outer(x, x)),
        lambda x: np.sum(np.abs(np.fft.fft(x))),
        lambda x: np.sum(np.interp(x, [0.0, 1.0], [0.0, 1.0])),
    ],
)
def test_what_numpy_cannot_do_with_values_is_said(f):
    with pytest.raises(OperandError) as caught:
        grad(f)(X)
    assert str(caught.value).startswith(f"NumPy cannot calculate this with Values ({caught.value.__cause__}). ")


EACH = (
    "NumPy's {0} does not go through an array of Values. Call it on each of them, as in [np.{0}(z) for z in zs], or "
    "use this package's functions, which chalkgrad ops lists."
)
NONE = (
    "NumPy's {} has no meaning for a Value. Use this package's functions, which chalkgrad ops lists; where a plain "
    "number is meant, write x.data."
)
LOOPLESS = {"isnan": EACH, "copysign": EACH, "heaviside": EACH, "logaddexp": NONE, "nextafter": NONE, "spacing": NONE}


@pytest.mark.parametrize("name", LOOPLESS)
def test_what_numpy_does_for_arrays_of_floats_alone_is_said(name):
    function = getattr(np, name)
    calls = (
        lambda f, x: grad(f)(x),
        lambda f, x: autograd.gradcheck(f, [x]),
        lambda f, x: autograd.compile(f, [x]),
    )
    for call in calls:
        with pytest.raises(OperandError) as caught:
            call(lambda x: np.sum(function(*[x] * function.nin)), X)
        assert str(caught.value) == LOOPLESS[name].format(name)


def test_the_functions_own_errors_pass():
    with pytest.raises(TypeError, match=r"^own$"):
        grad(lambda x: (_ for _ in ()).throw(TypeError("own")))(2.0)
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for &: 'Value' and 'int'$"):
        grad(lambda x: np.sum(x & 2))(X)
    with pytest.raises(OperandError, match=r"^An operand of exp must be a real number"):
        grad(lambda x: exp("text"))(2.0)


@pytest.mark.parametrize("name", INSTEAD)
def test_imports_of_other_packages_say_what_to_write(name):
    for line in (
        f"import autograd.{name}",
        f"from autograd import {name}",
        f"from autograd.{name}.inside import thing",
    ):
        with pytest.raises(ImportError) as caught:
            exec(line)
        message = f"There is no autograd.{name}: this autograd is chalkgrad's. {INSTEAD[name]}"
        assert str(caught.value) == message and not isinstance(caught.value, ModuleNotFoundError)
    assert not hasattr(autograd, name)


def test_other_unknown_modules_are_pythons_own_error():
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'autograd\.nothing'$"):
        exec("import autograd.nothing")
    program = "import sys, autograd, importlib as i; i.reload(autograd); print(str(sys.meta_path).count('Elsewhere'))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "1\n"
