"""A Value in arithmetic, comparison, NumPy, pickles and memory, and what it refuses."""

from __future__ import annotations

import copy
import gc
import math
import operator
import pickle
import subprocess
import sys
import weakref
from fractions import Fraction
from io import BytesIO

import numpy as np
import pytest
from hypothesis import settings

import autograd
from autograd import (
    DivisionByZero,
    DomainError,
    GraphCutWarning,
    OperandError,
    RangeError,
    Value,
    dot,
    exp,
    grad,
    log,
    sqrt,
    tanh,
)
from tests import ROOT

BINARY = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
UNARY = [operator.neg, operator.pos, operator.abs]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
NUMBERS = [-2.0, 0.5, 3.0]


def by_name(function):
    return getattr(function, "__name__", str(function))


def chain(length, x):
    """x + 1 − 1 + 1 − …: a graph of that depth."""
    z = x
    for k in range(length):
        z = z + 1.0 if k % 2 else z - 1.0
    return z


# ── arithmetic ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("operation", BINARY, ids=by_name)
@pytest.mark.parametrize("x", [0.5, 3.0, 2])
@pytest.mark.parametrize("y", [-2.0, 0.25, 3])
def test_operators_and_their_reflected_forms_calculate_as_floats_do(operation, x, y):
    expected = operation(x, y)
    for left, right in [(Value(x), Value(y)), (Value(x), y), (x, Value(y))]:
        z = operation(left, right)
        assert type(z) is Value
        assert z.data == expected and type(z.data) is type(expected)
        assert [operand.data for operand in z.operands] == [x, y]


@pytest.mark.parametrize("operation", BINARY, ids=by_name)
def test_a_constant_beside_a_value_gets_its_slope_and_no_edge(operation):
    both = operation(Value(3.0), Value(2.0)).partials
    assert operation(Value(3.0), 2.0).partials == (both[0], 0)
    assert operation(3.0, Value(2.0)).partials == (0, both[1])


@pytest.mark.parametrize("operation", UNARY, ids=by_name)
@pytest.mark.parametrize("x", [-2.5, 0.0, 3])
def test_unary_operators_calculate_as_floats_do(operation, x):
    assert operation(Value(x)).data == operation(x)


@pytest.mark.parametrize(
    "augmented", [operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ipow], ids=by_name
)
def test_augmented_assignment_makes_a_new_node(augmented):
    x = Value(3.0)
    assert augmented(x, 2.0) is not x
    assert x.data == 3.0


def test_plus_is_the_same_node():
    x = Value(3.0)
    assert +x is x


@pytest.mark.parametrize("operation", [*BINARY, operator.floordiv, operator.mod, divmod], ids=by_name)
@pytest.mark.parametrize("other", ["3", None, [1], 1j, "an object".split], ids=lambda other: type(other).__name__)
def test_operators_refuse_what_is_no_number(operation, other):
    for operands in ((Value(2.0), other), (other, Value(2.0))):
        with pytest.raises(TypeError):
            operation(*operands)


def test_text_added_to_a_value_is_pythons_own_error():
    with pytest.raises(TypeError) as caught:
        Value(1.0) + "3"
    assert str(caught.value) == "unsupported operand type(s) for +: 'Value' and 'str'"


# ── comparison and conversion ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("comparison", COMPARISONS, ids=by_name)
@pytest.mark.parametrize("x", NUMBERS)
@pytest.mark.parametrize("y", [*NUMBERS, 3, Fraction(1, 2), math.nan, math.inf, True, np.float64(3.0)])
def test_comparison_compares_numbers(comparison, x, y):
    assert comparison(Value(x), Value(y)) == comparison(Value(x), y) == comparison(x, y)
    assert comparison(y, Value(x)) == comparison(y, x)


@pytest.mark.parametrize("other", ["3", None, [3.0], 3 + 0j], ids=str)
def test_comparison_with_what_is_no_number(other):
    assert (Value(3.0) == other) is False
    assert (Value(3.0) != other) is True
    with pytest.raises(TypeError):
        assert Value(3.0) < other


def test_equal_values_are_different_keys():
    a, b = Value(3.0), Value(3.0)
    assert a == b and hash(a) != hash(b)
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[a] == "a"


def test_a_key_survives_a_change_of_data():
    a = Value(3.0)
    seen = {a}
    a.data = 4.0
    assert a in seen


@pytest.mark.parametrize("x", [-2.5, -0.4, 0.0, 0.5, 1.5, 2.567, 7])
def test_conversions_are_the_numbers(x):
    v = Value(x)
    for convert in (bool, round, abs, math.floor, math.ceil):
        result = convert(v)
        plain = result.data if isinstance(result, Value) else result
        assert plain == convert(x) and type(plain) is type(convert(x))
    for convert in (float, int, math.trunc):
        with pytest.warns(GraphCutWarning):
            assert convert(v) == convert(x) and type(convert(v)) is type(convert(x))
    assert round(v, 1) == round(x, 1)
    assert round(v, -1) == round(x, -1)
    with pytest.warns(GraphCutWarning):
        assert math.sqrt(Value(2.25)) == 1.5


@pytest.mark.parametrize("spec", ["", ".3f", "+.2e", "08.3f", ">10", "g", "%"])
def test_format_is_the_numbers(spec):
    assert format(Value(2.34567), spec) == format(2.34567, spec)
    assert f"{Value(3)} {Value(Fraction(1, 3))}" == "3 1/3"


def test_sorting_and_builtin_max_choose_a_value():
    a, b, c = Value(3.0, "a"), Value(-1.0, "b"), Value(2.0, "c")
    assert [v.name for v in sorted([a, b, c])] == ["b", "c", "a"]
    assert max(a, b, c) is a and min(a, b, c) is b
    assert sum([a, b, c]).data == 4.0


# ── data ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (3, 3),
        (3.5, 3.5),
        (Fraction(1, 3), Fraction(1, 3)),
        (True, 1),
        (np.float64(2.5), 2.5),
        (np.float32(0.5), 0.5),
        (np.float16(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.uint8(7), 7.0),
        (-0.0, -0.0),
        (math.inf, math.inf),
    ],
    ids=repr,
)
def test_how_data_is_stored(given, stored):
    data = Value(given).data
    assert data == stored and type(data) is type(stored)
    assert math.copysign(1, data) == math.copysign(1, stored)


@pytest.mark.parametrize("scalar", [np.float64(2.0), np.float32(2.0), np.int64(2)], ids=repr)
@pytest.mark.parametrize("operation", BINARY, ids=by_name)
def test_numpy_scalars_on_both_sides_are_stored_as_floats(scalar, operation):
    right, left = operation(Value(3.0), scalar), operation(scalar, Value(3.0))
    assert (right.data, left.data) == (operation(3.0, 2.0), operation(2.0, 3.0))
    assert {type(z) for z in (right, left)} == {Value}
    assert {type(x) for z in (right, left) for x in (z.data, *z.partials)} <= {float, int}
    assert [type(x.data) for x in right.operands] == [float, float]
    assert type(left.operands[0].data) is (int if isinstance(scalar, np.integer) else float)  # NumPy hands an int on


@pytest.mark.parametrize("attribute", ["data", "grad"])
def test_data_and_grad_are_stored_as_a_new_values_data_is(attribute):
    x = Value(1.0)
    for given, stored in [(2, 2), (np.float32(0.5), 0.5), (True, 1), (np.True_, 1), (Fraction(1, 3), Fraction(1, 3))]:
        setattr(x, attribute, given)
        assert getattr(x, attribute) == stored and type(getattr(x, attribute)) is type(stored)
    x.grad = None
    assert x.grad is None


@pytest.mark.parametrize("attribute", ["data", "grad"])
@pytest.mark.parametrize("nonsense", ["x", 1j, [1.0], np.ones(2), print, None], ids=repr)
def test_data_and_grad_take_numbers_only(attribute, nonsense):
    x = Value(1.0, "x")
    if attribute == "grad" and nonsense is None:
        return
    with pytest.raises(OperandError, match=f"^The {attribute} of a Value must be a real number, got "):
        setattr(x, attribute, nonsense)
    with pytest.raises(OperandError, match="is a Value already"):
        setattr(x, attribute, Value(2.0))
    assert (x.data, x.grad) == (1.0, None)


def test_the_data_of_a_result_cannot_be_set():
    x = Value(2.0, "x")
    J = (x * x).named("J")
    with pytest.raises(OperandError) as caught:
        J.data = 3.0
    assert str(caught.value) == (
        "The data of Value(4.0, J = x · x) follows from its operands, and forward would undo a change. "
        "Change the data of leaves and call forward()."
    )
    x.data = 3.0
    assert J.forward().data == 9.0


@pytest.mark.parametrize("operation", BINARY, ids=by_name)
@pytest.mark.parametrize("truth", [np.True_, True], ids=repr)
def test_numpys_true_is_one(operation, truth):
    assert Value(truth).data == 1 and type(Value(truth).data) is int
    assert operation(Value(3.0), truth).data == operation(3.0, 1)
    assert operation(truth, Value(3.0)).data == operation(1, 3.0)


def test_int_data_stays_int():
    a, b = Value(5), Value(3)
    z = a * b + a**2 - 4
    z.backward()
    assert (z.data, a.grad, b.grad) == (36, 13, 5)
    assert {type(x) for x in (z.data, a.grad, b.grad)} == {int}


THIRD = Fraction(1, 3)


@pytest.mark.parametrize(
    ("make", "value", "slope"),
    [
        (lambda x: x * x / 3 + x, Fraction(10, 27), Fraction(11, 9)),
        (lambda x: x**3, Fraction(1, 27), Fraction(1, 3)),
        (lambda x: 1 / x, Fraction(3), Fraction(-9)),
        (lambda x: x**-2, Fraction(9), Fraction(-54)),
        (lambda x: (x - 2) * (3 - x) / 7, Fraction(-40, 63), Fraction(13, 21)),
        (lambda x: dot([x, 2 * x], [x, 3]), Fraction(19, 9), Fraction(20, 3)),
        (lambda x: autograd.sum([x, x, 1]), Fraction(5, 3), 2),
        (lambda x: 2 / (x / 3 + 1), Fraction(9, 5), Fraction(-27, 50)),
        (lambda x: autograd.maximum(x, 1 - x), Fraction(2, 3), -1),
        (lambda x: autograd.leaky_relu(-x, Fraction(1, 7)), Fraction(-1, 21), Fraction(-1, 7)),
    ],
)
def test_fractions_have_exact_gradients(make, value, slope):
    x = Value(THIRD)
    z = make(x)
    assert z.data == value and isinstance(z.data, Fraction)
    z.backward()
    for found in (x.grad, grad(z, [x])[0], grad(z, [x], create_graph=True)[0].data):
        assert found == slope and isinstance(found, int | Fraction)


def test_second_derivatives_of_fractions_are_exact():
    x = Value(THIRD)
    assert autograd.hessian(x**3 / 5, [x]) == [[Fraction(2, 5)]]


def test_names():
    a = Value(1.0, "a")
    u = a + 1
    assert (a.name, u.name) == ("a", None)
    assert u.named("u") is u and u.name == "u"
    assert u.named(None).name is None


def test_a_fresh_value_is_a_leaf_without_gradient():
    a = Value(1.0)
    assert (a.op, a.operands, a.partials, a.grad, a.name) == ("", (), (), None, None)


def test_operands_keep_order_and_parallel_edges():
    a, b = Value(1.0), Value(2.0)
    assert [x is y for x, y in zip((b - a).operands, (b, a), strict=True)] == [True, True]
    assert [x is a for x in (a + a).operands] == [True, True]
    z = dot([a, b], [b, a])
    assert [x is y for x, y in zip(z.operands, (a, b, b, a), strict=True)] == [True] * 4


def test_a_value_has_no_other_attributes():
    with pytest.raises(AttributeError):
        Value(1.0).gradient = 2.0


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────


def representations():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return [
        (Value(3), "Value(3)", "$3$"),
        (a, "Value(2.0, a)", "$a = 2$"),
        (Value(THIRD, "q"), "Value(1/3, q)", r"$q = \frac{1}{3}$"),
        (a * b, "Value(-6.0, a · b)", r"$a \cdot b = 2 \cdot (-3) = -6$"),
        ((a / b).named("r"), f"Value({2 / -3}, r = a / b)", r"$r = \frac{a}{b} = \frac{2}{-3} \approx -0.666667$"),
        (tanh(a), f"Value({math.tanh(2)}, tanh(a))", r"$\tanh(a) = \tanh(2) \approx 0.964028$"),
        (a - Value(-2.0), "Value(4.0, a − (−2))", "$a - (-2) = 4$"),
        (a**2, "Value(4.0, a²)", "${a}^{2} = {2}^{2} = 4$"),
        (-b, "Value(3.0, −b)", "$-b = -(-3) = 3$"),
    ]


@pytest.mark.parametrize("i", range(9))
def test_repr_and_latex_in_a_repl(i):
    value, plain, latex = representations()[i]
    assert repr(value) == plain
    assert value._repr_latex_() == latex


def test_repr_shows_the_gradient_once_it_is_there():
    a = Value(2.0, "a")
    assert "grad" not in repr(a)
    (3 * a).backward()
    assert repr(a) == "Value(2.0, a, grad = 3.0)"


def test_the_repr_of_a_deep_graph_is_one_line():
    assert repr(chain(10_000, Value(1.0))) == "Value(1.0, 1 − 1 + 1 − 1 + 1 − 1 + 1 − 1 + 1 − 1 + 1 − 1 + 1)"


data = np.vectorize(lambda v: getattr(v, "data", v), otypes=[float])  # of arrays of Values and numbers


# ── NumPy ─────────────────────────────────────────────────────────────────────────────────────────

UFUNCS = [
    *("exp", "log", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("expm1", "log1p", "absolute", "negative"),
]


@pytest.mark.parametrize("name", UFUNCS)
def test_numpys_functions_on_arrays_of_values(name):
    ufunc = getattr(np, name)
    numbers = np.array([[0.25, 0.5], [0.75, 0.125]])
    xs = np.vectorize(Value, otypes=[object])(numbers)
    z = ufunc(xs)
    assert z.shape == (2, 2) and all(type(v) is Value for v in z.flat)
    np.testing.assert_allclose(data(z), ufunc(numbers), rtol=1e-15)
    z.sum().backward()
    slopes = np.vectorize(lambda v: v.grad)(xs)
    np.testing.assert_allclose(slopes, (ufunc(numbers + 1e-6) - ufunc(numbers - 1e-6)) / 2e-6, rtol=1e-8)


def test_a_layer_as_w_at_x_plus_b():
    rng = np.random.default_rng(3)
    weights, inputs, biases = rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=3)
    leaf = np.vectorize(Value, otypes=[object])
    W, b = leaf(weights), leaf(biases)
    z = np.tanh(W @ inputs + b)
    sums = weights @ inputs + biases
    np.testing.assert_allclose(data(z), np.tanh(sums), rtol=1e-14)
    z.sum().backward()
    slopes = 1 / np.cosh(sums) ** 2
    np.testing.assert_allclose([v.grad for v in b], slopes, rtol=1e-13)
    np.testing.assert_allclose([[v.grad for v in row] for row in W], np.outer(slopes, inputs), rtol=1e-13)


@pytest.mark.parametrize("operation", BINARY, ids=by_name)
def test_arrays_and_values_on_both_sides(operation):
    numbers = np.array([[1.0, 2.0], [3.0, 0.5]])
    for z, expected in [
        (operation(numbers, Value(1.5)), operation(numbers, 1.5)),
        (operation(Value(1.5), numbers), operation(1.5, numbers)),
    ]:
        assert isinstance(z, np.ndarray) and z.shape == (2, 2)
        assert all(type(v) is Value and type(v.data) is float for v in z.flat)
        np.testing.assert_array_equal(data(z), expected)


def test_maximum_and_clip_of_arrays_of_values():
    xs = np.array([Value(1.0), Value(-2.0)], dtype=object)
    assert list(data(np.maximum(xs, 0.5))) == [1.0, 0.5]
    assert list(data(np.minimum(xs, 0.5))) == [0.5, -2.0]
    assert xs.max() is xs[0] and xs.argmin() == 1
    assert list(data(np.sort(xs))) == [-2.0, 1.0]


def test_comparison_with_an_array_is_an_array():
    numbers = np.array([1.0, 2.0, 3.0])
    assert list(numbers < Value(2.0)) == [True, False, False]
    assert list(Value(2.0) < numbers) == [False, False, True]
    assert list(Value(2.0) == numbers) == [False, True, False]


def test_table_functions_on_arrays_of_numbers():
    numbers = np.array([-1.0, 0.0, 2.0])
    np.testing.assert_array_equal(autograd.relu(numbers), [0.0, 0.0, 2.0])
    np.testing.assert_allclose(autograd.sigmoid(numbers), 1 / (1 + np.exp(-numbers)), rtol=1e-15)


# ── recomputing ───────────────────────────────────────────────────────────────────────────────────


def test_forward_brings_values_and_slopes_up_to_date():
    a, b = Value(2.0), Value(3.0)
    u = a * b
    J = exp(u / 6) + u**2
    a.data = 4.0
    assert J.forward() is J
    right = exp(Value(4.0) * 3.0 / 6) + 144.0
    assert (u.data, J.data) == (12.0, right.data)
    assert grad(J, [a, b]) == pytest.approx([3 * (24 + math.exp(2) / 6), 4 * (24 + math.exp(2) / 6)])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((None, None), "log needs x > 0, got x = -0.25. Clip the input or use softplus."),
        (("z", None), "log needs x > 0, got x = -0.25 at 'z'. Clip the input or use softplus."),
        (
            ("z", "loss"),
            "log needs x > 0, got x = -0.25 at 'z' (operand of 'loss'). Clip the input or use softplus.",
        ),
    ],
    ids=str,
)
def test_forward_outside_of_a_domain_says_where(names, message):
    x = Value(1.0, "x")
    loss = log((x - 0.5).named(names[0])).named(names[1])
    y = loss * 2 + x
    x.data = 0.25
    with pytest.raises(DomainError) as caught:
        y.forward()
    assert str(caught.value) == message


def test_forward_of_a_leaf_is_the_leaf():
    x = Value(1.0)
    assert x.forward() is x and x.data == 1.0


# ── copies ────────────────────────────────────────────────────────────────────────────────────────

DEEP = 100_000


def pure_python_copy(thing):
    stream = BytesIO()
    pickle._Pickler(stream).dump(thing)
    return pickle._Unpickler(BytesIO(stream.getvalue())).load()


COPIES = {
    "C": lambda thing: pickle.loads(pickle.dumps(thing)),
    "protocol 2": lambda thing: pickle.loads(pickle.dumps(thing, 2)),
    "Python": pure_python_copy,
    "deepcopy": copy.deepcopy,
}
every_copy = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


@every_copy
def test_copies_of_a_deep_graph_under_the_default_recursion_limit(copied):
    x = Value(2.0, "x")
    twin = copied(chain(DEEP if copied is not pure_python_copy else DEEP // 5, x))
    assert sys.getrecursionlimit() <= 3000
    (leaf,) = autograd.leaves(twin)
    assert (twin.data, leaf.name) == (2.0, "x") and leaf is not x
    twin.backward()
    assert leaf.grad == 1.0 and x.grad is None


@every_copy
def test_copies_keep_what_is_shared(copied):
    a = Value(2.0, "a")
    u = a * a
    J = (u + u * a).named("J")
    J.backward()
    b, K = copied((a, J))
    assert b is not a and K is not J
    assert b is autograd.leaves(K)[0]
    assert (K.data, K.name, K.op, K.grad, b.grad, b.name) == (12.0, "J", "add", 1.0, 16.0, "a")
    assert K.operands[0] is K.operands[1].operands[0]
    b.data = 3.0
    assert (K.forward().data, J.data) == (36.0, 12.0)
    K.backward()
    assert (b.grad, a.grad) == (16.0 + 33.0, 16.0)


@every_copy
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_copies_of_several_nodes_of_one_graph_share_it(copied, order):
    a = Value(2.0)
    nodes = [a, a * a, dot([a, 1.0], [a * 3, a])]
    copies = copied([nodes[i] for i in order])
    twins = [copies[order.index(i)] for i in range(3)]
    assert [t.data for t in twins] == [2.0, 4.0, 14.0]
    assert all(autograd.leaves(t) == [twins[0]] and autograd.leaves(t)[0] is twins[0] for t in twins)


@every_copy
def test_copies_of_two_graphs_side_by_side(copied):
    a, b = Value(2.0, "a"), Value(3.0, "b")
    things = copied({"f": a * b, "g": [a + b, {"h": b}], "n": None})
    leaves = autograd.leaves(things["f"], things["g"][0], things["g"][1]["h"])
    assert sorted(leaf.name for leaf in leaves) == ["a", "b"]


@every_copy
def test_a_copy_can_be_copied_and_built_upon(copied):
    x = Value(2.0)
    y = copied(copied(x * x)) * 3
    y.backward()
    assert (y.data, autograd.leaves(y)[0].grad) == (12.0, 12.0)


def test_an_interrupted_pickle_leaves_nothing_behind():
    x = Value(2.0)
    y = x * x

    class Full(Exception):
        pass

    class Disk:
        def __init__(self, room):
            self.room = room

        def write(self, data):
            self.room -= len(data)
            if self.room < 0:
                raise Full

    for room in (0, 40, 80, 120, 160):
        with pytest.raises(Full):
            pickle._Pickler(Disk(room), 2).dump(chain(50, y))
        a, twin = pickle.loads(pickle.dumps((x, chain(50, y))))
        assert autograd.leaves(twin)[0] is a
        assert len(autograd.topological(twin)) == 52


@every_copy
def test_a_copy_of_two_nodes_leaves_nothing_behind_for_a_copy_of_one(copied):
    y = chain(5_000, Value(2.0))
    copied([y, y + 1])
    assert len(autograd.topological(copied(y))) == 5_001


@every_copy
def test_a_copy_that_fails_leaves_nothing_behind(copied):
    class Unlucky(str):
        def __reduce_ex__(self, protocol):
            raise InterruptedError

        def __deepcopy__(self, memo):
            raise InterruptedError

    y = chain(5_000, Value(2.0))
    end = y
    for _ in range(4_000):
        end = end.operands[0]
    end.name = Unlucky("u")
    for _ in range(2):
        try:
            copied(y)
        except InterruptedError:
            pass
        else:
            assert copied is copy.deepcopy  # which shares names
    end.name = None
    assert len(autograd.topological(copied(y))) == 5_001


def test_a_shallow_copy_shares_the_operands():
    a = Value(2.0, "a")
    u = a * a
    twin = copy.copy(u)
    assert twin is not u and twin.operands[0] is a and twin.data == 4.0
    leaf = copy.copy(a)
    leaf.data = 5.0
    assert a.data == 2.0 and leaf.name == "a"


def test_a_shallow_copy_of_a_deep_graph_is_one_node():
    z = chain(DEEP, Value(1.0))
    assert copy.copy(z).operands[0] is z.operands[0]


# ── memory and depth ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_dropped_graph_is_freed_at_once(no_collector):
    x = Value(0.5)
    y = exp(x) * x + dot([x, x], [x, 2.0]) - log(x**2)
    y.backward()
    gradient = grad(y, [x], create_graph=True)[0]
    assert gradient.data == pytest.approx(x.grad)
    dead = [weakref.ref(node) for node in autograd.topological(y, gradient) if node is not x]
    assert len(dead) > 10
    del y, gradient
    assert [node() for node in dead if node() is not None] == []


def test_a_dropped_graph_leaves_nothing_to_collect():
    """In an interpreter of its own, where nobody else leaves cycles behind."""
    script = """
import gc
from autograd import Value, dot, exp, grad, log
def graph():
    x = Value(0.5)
    y = exp(x) * x + dot([x, x], [x, 2.0]) - log(x**2)
    y.backward()
    return grad(y, [x], create_graph=True)
graph()
gc.collect()
gc.disable()
graph()
print(gc.collect())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_errors_leave_no_cycle(no_collector):
    x = Value(-1.0)
    dead = weakref.ref(y := x * 2)
    with pytest.raises(DomainError):
        log(y)
    del y
    assert dead() is None


MANY = 1_000_000 if settings.default.max_examples > 1000 else 200_000  # any recursion would have ended long before


def test_a_chain_of_a_million_operations():
    assert sys.getrecursionlimit() <= 3000
    x = Value(1.0)
    one = Value(1.0)
    z = x
    for _ in range(MANY // 2):
        z = z + one
        z = z - one
    assert z.data == 1.0
    z.backward()
    assert (x.grad, one.grad) == (1.0, 0.0)
    x.data = 3.0
    assert z.forward().data == 3.0
    dead = weakref.ref(z)
    del z
    assert dead() is None


def test_wide_nodes_release_deep_operands():
    """Nodes of many operands keep them in a tuple, whose release nests differently."""
    z = x = Value(1.0)
    for _ in range(100_000):
        z = autograd.sum([z, x, 1.0])
    z.backward()
    assert x.grad == 100_001.0
    del z


# ── bad input ─────────────────────────────────────────────────────────────────────────────────────

GIVE = "Give an int, a float, a Fraction or a Value."
ONE_EACH = "Make one Value of each entry, as in [Value(x) for x in xs]."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("3", f"got '3' (str). {GIVE}"),
        (None, f"got None (NoneType). {GIVE}"),
        ([1, 2], f"got [1, 2] (list). {ONE_EACH}"),
        ((1, 2), f"got (1, 2) (tuple). {ONE_EACH}"),
        (1 + 2j, f"got (1+2j) (complex). {GIVE}"),
        (np.array([1.0, 2.0]), f"got array([1., 2.]) (ndarray). {ONE_EACH}"),
        (float, f"got <class 'float'> (type). {GIVE}"),
        ("x" * 100, f"got '{'x' * 38}… (str). {GIVE}"),
    ],
    ids=repr,
)
def test_data_that_is_no_real_number(data, message):
    with pytest.raises(OperandError) as caught:
        Value(data)
    assert str(caught.value) == f"The data of a Value must be a real number, {message}"
    assert isinstance(caught.value, TypeError)


def test_a_value_of_a_value():
    with pytest.raises(OperandError) as caught:
        Value(Value(1.0, "a"))
    assert str(caught.value) == (
        "The data of a Value is a Value already: Value(1.0, a). Take its .data for a new leaf."
    )


@pytest.mark.parametrize("make", [lambda: Value(1.0, name=3), lambda: Value(1.0).named(3)])
def test_a_name_that_is_no_text(make):
    with pytest.raises(OperandError) as caught:
        make()
    assert str(caught.value) == "A name must be text, got 3. Give it in quotes."


POW_NEEDS = "pow needs x > 0, or x = 0 and y ≥ 0, or x < 0 and a whole y"
POW_REMEDY = "For an odd root take sign(x) * abs(x)**y; for y < 0 keep x away from 0."


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: log(Value(0)), DomainError, "log needs x > 0, got x = 0. Clip the input or use softplus."),
        (
            lambda: 1 / (Value(1.0) - 1).named("z"),
            DivisionByZero,
            "div needs y ≠ 0, got x = 1, y = 0.0 at 'z'. Keep the denominator away from 0, as in x / (y + 1e-9).",
        ),
        (
            lambda: log((tanh(Value(2.0, "x")) - 2).named("z")),
            DomainError,
            f"log needs x > 0, got x = {math.tanh(2.0) - 2} at 'z'. Clip the input or use softplus.",
        ),
        (
            lambda: Value(1.0, "a") / 0,
            DivisionByZero,
            "div needs y ≠ 0, got x = 1.0 at 'a', y = 0. Keep the denominator away from 0, as in x / (y + 1e-9).",
        ),
        (lambda: exp(Value(1000)), RangeError, "exp is too large for a float at x = 1000. Scale the input down."),
        (
            lambda: Value(-8) ** (1 / 3),
            DomainError,
            f"{POW_NEEDS}, got x = -8, y = 0.3333333333333333. {POW_REMEDY}",
        ),
        (
            lambda: Value(-8) ** Fraction(1, 3),
            DomainError,
            f"{POW_NEEDS}, got x = -8, y = 1/3. {POW_REMEDY}",
        ),
        (
            lambda: sqrt(Value(-1.0)),
            DomainError,
            "sqrt needs x ≥ 0, got x = -1.0. Clip the input, as in sqrt(maximum(x, 0)).",
        ),
    ],
)
def test_where_there_is_no_value(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


def test_the_remedies_work():
    assert (autograd.sign(Value(-8.0)) * abs(Value(-8.0)) ** (1 / 3)).data == pytest.approx(-2.0)
    assert sqrt(autograd.maximum(Value(-1.0), 0)).data == 0.0
    assert autograd.asin(autograd.clip(Value(1.5), -1, 1)).data == math.asin(1)


def test_an_errors_place_goes_before_its_remedy_whatever_the_names():
    z = Value(1.0, "w. 1")
    y = log(z).named("y. 2")
    z.data = -1.0
    with pytest.raises(DomainError) as caught:
        y.forward()
    assert str(caught.value) == (
        "log needs x > 0, got x = -1.0 at 'w. 1' (operand of 'y. 2'). Clip the input or use softplus."
    )
