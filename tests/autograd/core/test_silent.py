"""Nothing silent: numbers that leave the graph are told, its choices are remembered, NumPy's functions are rows."""

from __future__ import annotations

import contextlib
import gc
import math
import warnings
import weakref
from fractions import Fraction

import numpy as np
import pytest

import autograd
import nn
from autograd import (
    FrozenChoiceError,
    FrozenChoiceWarning,
    GraphCutWarning,
    OperandError,
    TracingError,
    Value,
    assert_gradients,
    certificate,
    exp,
    grad,
    gradcheck,
    gt,
    jacobian,
    maximum,
    sqrt,
    value_and_grad,
    where,
)
from autograd.core import choices

# ── numbers that leave the graph ──────────────────────────────────────────────────────────────────


def into_an_array(x):
    array = np.zeros(2)
    array[0] = x
    return array[0]


CUTS = {
    "math.exp": math.exp,
    "math.sqrt": math.sqrt,
    "math.hypot": lambda x: math.hypot(x, 1.0),
    "float": float,
    "int": int,
    "complex": lambda x: complex(x).real,
    "np.float64": np.float64,
    "np.float32": np.float32,
    "an array of floats": lambda x: np.array([x, x], dtype=float)[0],
    "asarray": lambda x: np.asarray([x], float)[0],
    "astype": lambda x: np.array([x]).astype(float)[0],
    "into an array": into_an_array,
    "fsum": lambda x: math.fsum([x, x]),
    "percent": lambda x: float("%.3f" % x),  # noqa: UP031
}
every_cut = pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)


def test_the_call_that_cuts_is_named_where_a_line_has_several():
    x = Value(2.0, "x")
    with pytest.warns(GraphCutWarning, match=r"^math\.cos makes a float of a Value: .* Use cos of this package;"):
        _ = math.sin(1.0) + math.cos(x)
    with pytest.warns(GraphCutWarning, match=r"^This makes a float of a Value: "):
        _ = math.exp(0.0) * float(x)


@every_cut
def test_a_number_that_leaves_the_graph_is_told(cut):
    x = Value(2.0, "x")
    with pytest.warns(GraphCutWarning, match="no gradient flows back through it"):
        cut(x)


@every_cut
@pytest.mark.parametrize(
    "differentiate",
    [
        lambda f: value_and_grad(f)(2.0),
        lambda f: gradcheck(f, 2.0),
        lambda f: assert_gradients(f, lambda x: {"x": 1.0}, [2.0]),
    ],
    ids=["value_and_grad", "gradcheck", "assert_gradients"],
)
def test_in_a_function_that_is_differentiated_it_is_refused(cut, differentiate):
    with pytest.raises(TracingError, match="whose gradient would be lost"):
        differentiate(lambda x: x * cut(x))


def test_the_lesson_names_this_packages_function():
    x = Value(2.0, "x")
    with pytest.warns(GraphCutWarning) as caught:
        y = x * math.exp(x)
    assert str(caught[0].message) == (
        "math.exp makes a float of a Value: the number leaves the graph, and no gradient flows back through it. "
        "Use exp of this package; where a plain number is meant, write x.data."
    )
    assert caught[0].filename == __file__
    assert grad(y, [x]) == [math.exp(2)]  # wrong, and said so
    assert value_and_grad(lambda x: x * exp(x))(2.0)[1] == pytest.approx(3 * math.exp(2), rel=1e-15)
    with pytest.raises(TracingError) as refused:
        value_and_grad(lambda x: x * math.exp(x))(2.0)
    assert str(refused.value) == (
        "math.exp makes a float of a Value in a function that is differentiated, whose gradient would be lost. "
        "Use exp of this package."
    )
    with pytest.warns(
        GraphCutWarning, match=r"^This makes a float .* as exp\(x\) in place of math.exp\(x\); where a plain"
    ):
        float(x)


def test_a_program_tells_it_once_for_each_place():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        losses = [float(Value(0.5) * k) for k in range(5)]
    assert losses == [0.0, 0.5, 1.0, 1.5, 2.0] and len(caught) == 1


def test_what_shows_or_reads_a_number_is_not_told():
    x = Value(2.5, "x")
    assert (f"{x:.1f} {x}", round(x, 1), x.data, x > 2, math.floor(x), repr(x * 2)) == (
        *("2.5 2.5", 2.5, 2.5, True, 2, "Value(5.0, x · 2)"),
    )


# ── choices ───────────────────────────────────────────────────────────────────────────────────────


def by_if(x, y):
    return 2 * x if x > 0 else 3 * x


CHOICES = {  # a graph made at x = 1, y = 2, which another x would have made otherwise
    "if": by_if,
    "if on a result": lambda x, y: x * y if x * 1 >= 0 else x - y,
    "max, the Value": lambda x, y: max(0.0, x * y) + x,
    "max, the number": lambda x, y: max(0.0, -x * y) + x,
    "max of leaf and number": lambda x, y: max(-0.5, -x) + y,
    "min": lambda x, y: min(x, y) * 2,
    "max of many": lambda x, y: max([x * k for k in (-2, -1, 1, 2)]) + y,
    "sorted": lambda x, y: sorted([x, -x, y])[1] * y,
    "a comparison of results": lambda x, y: (x if x * 3 > y else y) * 2,
    "a comparison of a leaf with a result that is gone": lambda x, y: 2 * x if y > x * 1 else 3 * x,
    "not": lambda x, y: y if not x else x * y,
    "round": lambda x, y: round(x) * y + x,
    "floor": lambda x, y: math.floor(x * y) * x,
    "and": lambda x, y: (x > 0 and x) * y,
    "equal": lambda x, y: x * y if x == 1 else x + y,
    "np.maximum of an array": lambda x, y: np.maximum(np.array([x * 1, -x]), 0).sum() * y,
    "np.where of a mask": lambda x, y: np.where(np.array([x, y]) > 0, [x, y], 0).sum(),
    "np.sign of an array": lambda x, y: np.sign(np.array([x * y]))[0] * x,
    "np.clip of an array": lambda x, y: np.clip(np.array([x, y]), -0.5, 9).sum(),
    "np.sort": lambda x, y: np.sort(np.array([x, y]))[0] * 2,
    "np.isfinite": lambda x, y: x * y if np.isfinite(1 / (x + 2)) and x > 0 else x,
    "np.argmax": lambda x, y: [x, y][int(np.argmax([-x, -y]))] * 2,
    "np.median": lambda x, y: np.median([x, y, x * x + y]) * x,
}
every_choice = pytest.mark.parametrize("f", CHOICES.values(), ids=CHOICES)


def made(f):
    x, y = Value(1.0, "x"), Value(2.0, "y")
    return x, y, f(x, y)


@every_choice
def test_forward_is_right_or_told(f):
    wrong = 0
    for point in [(-3.0, 2.0), (0.0, 2.0), (9.0, 2.0), (1.0, -9.0)]:
        x, y, J = made(f)
        gc.collect(1)
        x.data, y.data = point
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            J.forward()
        if J.data != f(Value(point[0]), Value(point[1])).data:
            wrong += 1
            [told] = caught
            assert told.category is FrozenChoiceWarning and told.filename == __file__
            assert " when this graph was made" in str(told.message)
    assert wrong


@every_choice
def test_forward_where_the_same_branch_would_be_taken_is_right(f):
    x, y, J = made(f)
    x.data, y.data = 1.25, 2.5
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what was chosen by a Value that is gone nobody can ask again
        J.forward()
    if f not in (CHOICES["equal"], CHOICES["floor"]):
        assert J.data == f(Value(1.25), Value(2.5)).data


def test_what_is_told_of_a_choice():
    x, _, J = made(by_if)
    x.data = -1.0
    with pytest.warns(FrozenChoiceWarning) as caught:
        J.forward()
    assert str(caught[0].message) == (
        "x > 0 was True when this graph was made and is False now: if it chose a branch, the graph holds the other "
        "one. Use maximum, minimum or where(gt(x, y), a, b) in its place, or make the graph anew."
    )
    K = where(gt(x, 0), 2 * x, 3 * x)
    x.data = 1.0
    assert (K.data, K.forward().data) == (-3.0, 2.0)


def test_what_is_told_of_the_plain_zero_of_max():
    x, w = Value(-1.5, "x"), Value(2.0, "w")
    z = max(0.0, w * x)
    assert z == 0.0 and type(z) is float  # a plain number: no graph
    J = z + w
    x.data, w.data = 1.0, 3.0
    with pytest.warns(FrozenChoiceWarning) as caught:
        J.forward()  # 3, where max(0, 3) + 3 is 6
    assert str(caught[0].message) == (
        "a result of mul > 0.0 was False when this graph was made, of a Value that is no part of it, as in "
        "max(0.0, x): if it chose a branch, it did so for good. "
        "Use maximum, minimum or where(gt(x, y), a, b) in its place, or make the graph anew."
    )
    x.data, w.data = -1.5, 2.0
    K = maximum(w * x, 0.0) + w
    x.data, w.data = 1.0, 3.0
    assert K.forward().data == 6.0
    with pytest.raises(OperandError) as refused:
        grad(z, [x])
    assert "maximum(x, 0)" in str(refused.value)


@pytest.mark.parametrize("x", [-1.0, 1.0])
def test_checks_of_a_graph_where_another_branch_would_be_taken_are_refused(x):
    leaf, _, J = made(by_if)
    assert gradcheck(J, {"x": 0.5}).ok and certificate(J).ok
    with pytest.raises(FrozenChoiceError, match=r"^x > 0 was True"):
        gradcheck(J, {"x": -1.0})
    leaf.data = -1.0
    with pytest.warns(FrozenChoiceWarning):
        J.forward()
    with pytest.raises(FrozenChoiceError, match=r"^x > 0 was True"):
        certificate(J)
    assert gradcheck(lambda x: by_if(x, 0), x).ok  # a function chooses anew


def test_a_graph_beside_its_kink_is_checked_on_its_own_side():
    x = Value(1e-9, "x")
    assert gradcheck(x * 2 if x > 0 else x * 3, order=1).ok
    assert gradcheck(max(Value(0.0, "x") * 1, 0.0) * 3).rows[0].verdict == "ok at an edge of the domain"


def test_a_graph_that_is_compiled_with_its_branch_is_told():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    assert x == 1 and x > 0
    J = y * 3 if x * y > 1 else x
    K = maximum(x, y) * y
    with pytest.warns(FrozenChoiceWarning) as caught:
        autograd.compile(x * J, inputs=[x])
    assert str(caught[0].message) == (
        "x > 0 was True when this graph was made: if it chose a branch, the program keeps that at all numbers. "
        "Use maximum, minimum or where(gt(x, y), a, b) in its place, or make the graph anew."
    )
    assert caught[0].filename == __file__
    assert autograd.compile(K, inputs=[y], wrt=[x])(3.0)[0] == 9.0  # x is a leaf that none of its calls change


def test_a_users_loss_that_chooses_is_refused_by_training():
    model = nn.Sequential([nn.Dense(1, input_dim=1)], rng=0)
    model.compile("sgd", loss=lambda y, p: max(p[0] - y[0], 0.0))
    with pytest.raises(TracingError, match=r"^Comparing Values in a function that is compiled"):
        model.fit([[1.0], [2.0]], [0.0, 1.0], epochs=1, verbose=0)


def test_a_later_choice_counts_for_later_graphs():
    x = Value(1.0, "x")
    first = by_if(x, 0)
    x.data = -1.0
    second = by_if(x, 0)
    assert second.forward().data == -3.0  # by its own choice
    with pytest.warns(FrozenChoiceWarning, match=r"^x > 0 was True"):
        first.forward()
    x.data = 1.0
    assert first.forward().data == 2.0
    with pytest.warns(FrozenChoiceWarning, match="^x > 0 was False when"):
        second.forward()


def test_what_is_compared_after_a_graph_was_made_is_no_choice_of_it():
    x = Value(1.0, "x")
    J = x * x
    assert J > 0.5 and x > 0 and max(J, 0.0) is J and round(J) == 1
    x.data = -0.1
    assert J.forward().data == pytest.approx(0.01)


def test_choices_keep_no_graph_alive():
    w = Value(1.0, "w")
    graphs = []
    for k in range(1, 100):
        z = w * k + 1
        assert z > 0 and z > w and z != -1 and w < z + 1
        graphs.append(weakref.ref(z))
    del z
    gc.collect()
    assert sum(graph() is not None for graph in graphs) <= 2 * choices.HELD
    for _ in range(3 * choices.RECENT):
        assert w * 1 > 0
    assert len(choices.recent) <= 2 * choices.RECENT
    for k in range(2 * choices.MOST):
        assert w > -k - 1
    assert len(choices.remembered(w)) <= choices.MOST


# ── NumPy ─────────────────────────────────────────────────────────────────────────────────────────

A = np.array([1.0, -3.0])
NUMPYS = {
    "maximum": lambda np, x, y: np.maximum(x, 0),
    "maximum, reflected": lambda np, x, y: np.maximum(0, x),
    "maximum of arrays": lambda np, x, y: np.maximum(x, A)[1],
    "maximum of lists": lambda np, x, y: np.maximum([1.0, -3.0], x)[1],
    "minimum": lambda np, x, y: np.minimum(x, y),
    "clip": lambda np, x, y: np.clip(x * 3, -1.0, 1.0),
    "clip from below": lambda np, x, y: np.clip(x, 0, None),
    "clip from above": lambda np, x, y: np.clip(x, None, y),
    "clip by name": lambda np, x, y: np.clip(x, min=-0.5),
    "clip by its old names": lambda np, x, y: np.clip(x, a_min=-0.5, a_max=y),
    "where": lambda np, x, y: np.where(True, x, y) * y,
    "where of an array": lambda np, x, y: np.where(A > 0, x, y)[1],
    "sign": lambda np, x, y: np.sign(x) * x,
    "abs": lambda np, x, y: np.abs(x) + np.absolute(y) + np.fabs(x),
    "exp": lambda np, x, y: np.exp(x) + np.expm1(x) + np.exp2(y),
    "log": lambda np, x, y: np.log(y) + np.log1p(y),
    "roots": lambda np, x, y: np.sqrt(y) + np.square(x) + np.reciprocal(y),
    "circular": lambda np, x, y: np.sin(x) + np.cos(x) + np.tan(x) + np.arctan(x) + np.arcsin(x) + np.arccos(x),
    "hyperbolic": lambda np, x, y: np.sinh(x) + np.cosh(x) + np.tanh(x),
    "heaviside": lambda np, x, y: np.heaviside(x, 0.5) * x,
    "arithmetic": lambda np, x, y: np.add(x, y) * np.subtract(x, y) / np.multiply(x, y) + np.divide(np.negative(x), y),
    "powers": lambda np, x, y: np.power(y, 3) + np.float_power(y, x),
    "angles": lambda np, x, y: np.deg2rad(x) + np.rad2deg(y) + np.radians(x) * np.degrees(y),
    "angles of arrays": lambda np, x, y: (np.deg2rad(np.array([x * 1, y])) * np.degrees(np.array([x * 1, y])))[1],
    "arctan2 of arrays": lambda np, x, y: np.arctan2(np.array([x * 1, y]), np.array([y, x * y]))[1],
    "hypot of an array and a number": lambda np, x, y: np.hypot(np.array([x * 1, y]), 2.0).sum(),
    "powers of 2 of an array": lambda np, x, y: np.exp2(np.array([x * 1, y])).sum(),
    "var": lambda np, x, y: np.var([x, y, 1.0]),
    "std": lambda np, x, y: np.std(np.array([x, y, 1.0])),
    "sample variance": lambda np, x, y: np.var([x, y, 1.0], ddof=1),
    "mean": lambda np, x, y: np.mean([x, y, x * y]),
    "sums": lambda np, x, y: np.sum([x, y]) + np.prod([x, y]) + np.cumsum([x, y, x])[2],
    "dot": lambda np, x, y: np.dot([x, y], [y, 2.0]) + A @ np.array([x, y]) + np.inner([x, y], [x, y]),
    "norm": lambda np, x, y: np.linalg.norm([x, y]),
    "logistic": lambda np, x, y: 1 / (1 + np.e ** (-x)),
    "array and Value": lambda np, x, y: (A * x + y / A)[1],
    "a scalar": lambda np, x, y: np.float64(2.5) * x - np.float64(0.5) / y + np.int64(3) * x,
    "floor": lambda np, x, y: np.floor(x) * y,
    "floor_divide": lambda np, x, y: np.floor_divide(y, x) * x + 2.5 // x * y,
    "mod": lambda np, x, y: np.mod(x, y) * y + np.remainder(y, x) + np.mod(2.5, x) + x % -0.4,
    "mod of an array": lambda np, x, y: (np.mod(np.array([x * 1, y]), 0.4) * np.array([x, y]) // 0.35 * x).sum(),
    "copysign": lambda np, x, y: np.copysign(y, x) + np.copysign(x, -0.0) + np.copysign(-3.0, y) * x,
    "signbit": lambda np, x, y: -x if np.signbit(x) else y * x,
    "rint": lambda np, x, y: np.rint(y * 1.3) * y + np.round(x * 1.11, 1) * y,
}


@pytest.mark.parametrize("f", NUMPYS.values(), ids=NUMPYS)
@pytest.mark.parametrize("x", [-0.7, 0.6])
def test_numpys_functions_of_a_value_have_numpys_values_and_slopes(f, x):
    point, h = (x, 1.3), 1e-6
    inputs = [Value(point[0], "x"), Value(point[1], "y")]
    J = f(np, *inputs)
    assert isinstance(J, Value) and J.data == pytest.approx(float(f(np, *point)), rel=1e-14)
    for i, slope in enumerate(grad(J, inputs)):
        left, right = (f(np, *[p + s * h * (i == k) for k, p in enumerate(point)]) for s in (-1, 1))
        assert slope == pytest.approx(float(right - left) / (2 * h), abs=1e-8, rel=1e-8)


@pytest.mark.parametrize("name", ["arccosh", "arcsinh", "arctanh", "fmod", "logical_xor"])
def test_a_function_of_an_array_of_values_without_a_meaning_is_refused(name):
    f, x = getattr(np, name), np.array([Value(0.5), Value(1.5)])
    with pytest.raises(OperandError) as refusal:
        f(*[x] * f.nin)
    assert str(refusal.value) == (
        f"NumPy's {name} has no meaning for a Value. Use this package's functions, which chalkgrad ops lists; "
        "where a plain number is meant, write x.data."
    )


@pytest.mark.parametrize("name", ["arccosh", "divmod", "fmod", "frexp", "logaddexp", "modf", "nextafter", "spacing"])
def test_a_function_of_a_value_without_a_meaning_is_refused_in_one_sentence(name):
    f = getattr(np, name)
    with pytest.raises(OperandError) as refusal:
        f(*[Value(1.5)] * f.nin)
    assert str(refusal.value) == (
        f"NumPy's {name} has no meaning for a Value. Use this package's functions, which chalkgrad ops lists; "
        "where a plain number is meant, write x.data."
    )


@pytest.mark.parametrize("divide", [lambda x: x // 0, lambda x: x % 0.0, lambda x: np.mod(x, 0)])
def test_whole_parts_of_nothing_are_refused_as_a_quotient_is(divide):
    with pytest.raises(autograd.errors.DivisionByZero, match=r"^div needs y ≠ 0, got x = 7\.5 at 'a', y = 0"):
        divide(Value(7.5, "a"))
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for %: 'Value' and 'str'$"):
        Value(7.5) % "x"
    with pytest.raises(TypeError, match=r"^unsupported operand type\(s\) for //: 'str' and 'Value'$"):
        "x" // Value(7.5)


@pytest.mark.parametrize("x", [7.5, -7.5, 0.3, 1.0, 3, Fraction(7, 3)])
@pytest.mark.parametrize("y", [2.0, -0.1, 0.1, 2, Fraction(-1, 3)])
def test_whole_parts_are_pythons_and_remembered(x, y):
    a, b = Value(x, "a"), Value(y, "b")
    assert a // b == a // y == x // b == x // y and type(a // b) is type(x // y)
    assert (a % b).data == (a % y).data == (x % b).data == x - y * (x // y)
    assert grad(a % b, [a, b]) == [1, -(x // y)]
    for divide, moved, question in (
        (lambda a, b: a % y, "a", f"a // {y}"),
        (lambda a, b: x % b, "b", f"{x} // b"),
        (lambda a, b: a % b, "a", "a // b"),
        (lambda a, b: a % b, "b", "a // b"),
    ):
        leaves = {"a": Value(x, "a"), "b": Value(y, "b")}
        J = divide(**leaves)
        leaves[moved].data = -leaves[moved].data
        with pytest.warns(autograd.FrozenChoiceWarning, match=rf"^{question} was {x // y} when this graph was made"):
            J.forward()


def test_numpys_functions_are_no_attributes_of_a_value_else():
    with pytest.raises(AttributeError, match=r"^'Value' object has no attribute 'arctan3'$"):
        Value(0.5).arctan3
    assert not any(hasattr(Value(0.5), name) for name in ("ndarray", "pi", "__len__", "linalg"))


@pytest.mark.parametrize("name", ["maximum", "minimum", "sign", "heaviside", "arctan", "absolute"])
def test_numpys_function_is_a_node_that_chooses_anew(name):
    f = getattr(np, name)
    x = Value(-1.5, "x")
    J = f(x, 0.25) if f.nin == 2 else f(x)
    assert isinstance(J, Value) and J.op
    x.data = 2.0
    assert J.forward().data == (f(2.0, 0.25) if f.nin == 2 else f(2.0))


def test_every_row_that_numpy_has_is_reached_by_it():
    x = Value(0.5, "x")
    for op in autograd.core.op.OPS.values():
        function = getattr(np, op.ufunc or op.name, None)
        if isinstance(function, np.ufunc) and function.nin == 1:
            assert function(x).op == op.name


def test_masks_are_of_true_and_false():
    x = Value(0.5, "x")
    for mask in (np.greater(A, x), x < A, x < A, np.less(x, A), np.equal(A, x) | (x < A)):
        assert mask.dtype == bool and mask.tolist() == [True, False]
    assert A[x < A].tolist() == [1.0] and np.isnan(x) is False and np.isfinite(x) is True and np.isinf(x) is False


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.bitwise_and(x, 1),
        lambda x: np.interp(x, [0, 1], [0, 1]),
        lambda x: np.clip(x, 0, 1, out=np.zeros(1)),
        lambda x: np.add(np.ones(2), x, out=np.ones(2)),
    ],
)
def test_what_numpy_cannot_do_with_a_value_is_one_error(call):
    with pytest.raises(OperandError, match=r"(has no meaning for a Value \(.+\)\. Use this package's|leave out= out)"):
        call(Value(0.5, "x"))


def test_arrays_of_values_stay_arrays():
    x, y = Value(0.5, "x"), Value(2.0, "y")
    assert np.stack([x, y]).shape == (2,) and np.broadcast_to(x, (3,)).shape == (3,)
    assert np.real(x) is x and np.conj(x) is x and np.ndim(x) == 0 and np.shape(x) == ()
    array = np.array([y, y])
    array += x
    assert [type(z) for z in array] == [Value, Value] and jacobian(list(array), [x]) == [[1], [1]]
    assert sqrt(np.sum(array)).data == pytest.approx(math.sqrt(5.0))


def test_every_function_that_numpy_asks_values_for_is_there():
    """What loops over arrays of objects look up by name, tried on objects that write it down."""

    class Asked:
        def __getattr__(self, name):
            names.add(name)
            raise AttributeError(name)

    names = set()
    for function in {f for f in vars(np).values() if isinstance(f, np.ufunc)}:
        with contextlib.suppress(Exception):
            function(*[np.array([Asked(), Asked()], object)] * function.nin)
    called = {name for name in names if isinstance(getattr(np, name, None), np.ufunc)}
    assert {"arctan2", "hypot", "rint"} < called
    assert {name for name in called if not hasattr(Value(0.5), name)} == set()
