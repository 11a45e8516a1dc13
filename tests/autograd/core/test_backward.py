"""Gradients: micrograd's numbers and its defects, accumulation, seeds, higher orders."""

from __future__ import annotations

import gc
import math
import pickle
import weakref
from fractions import Fraction

import pytest

import autograd
from autograd import (
    DomainError,
    OperandError,
    RangeError,
    Value,
    cos,
    exp,
    grad,
    hessian,
    jacobian,
    leaves,
    log,
    parse,
    sigmoid,
    sin,
    sqrt,
    steps,
    tanh,
    topological,
    value_and_grad,
)

# ── micrograd ─────────────────────────────────────────────────────────────────────────────────────
# A. Karpathy, micrograd, test/test_engine.py; the numbers are those it prints.


def sanity_check(x):
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    return h + q + q * x


def more_ops(a, b):
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def test_micrograds_sanity_check():
    x = Value(-4.0)
    y = sanity_check(x)
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_micrograds_more_operations():
    a, b = Value(-4.0), Value(2.0)
    g = more_ops(a, b)
    g.backward()
    assert g.data == pytest.approx(24.70408163265306, rel=1e-15)
    assert a.grad == pytest.approx(138.83381924198252, rel=1e-15)
    assert b.grad == pytest.approx(645.5772594752186, rel=1e-15)


def test_micrograds_sanity_check_is_exact_in_whole_numbers():
    x = Value(-4)
    y = sanity_check(x)
    y.backward()
    assert repr((y.data, x.grad)) == "(-20, 46)"


# Its defects, each as it should be.


def test_a_second_backward_adds_the_gradient_once_more():
    x = Value(3.0)
    y = x**3
    y.backward()
    assert x.grad == 27.0
    y.backward()
    assert x.grad == 54.0  # micrograd: 72 for x·x·x


def test_a_second_backward_through_inner_nodes():
    x = Value(3.0)
    y = x * x * x
    y.backward()
    y.backward()
    assert (x.grad, y.operands[0].grad, y.grad) == (54.0, 3.0, 1.0)


def test_a_thousand_operations_need_no_recursion():
    x = Value(1.0)
    y = x
    for _ in range(5000):
        y = y + x
    y.backward()
    assert x.grad == 5001.0
    assert grad(y, [x]) == [5001.0]
    assert grad(y, [x], create_graph=True)[0].data == 5001.0


def test_both_edges_of_a_plus_a_are_kept():
    a = Value(3.0)
    b = a + a
    assert len(b.operands) == 2
    b.backward()
    assert a.grad == 2.0


def test_a_difference_is_one_node():
    a, b = Value(3.0), Value(2.0)
    assert len(topological(a - b)) == 3
    assert len(topological(a / b)) == 3
    assert len(topological(-a)) == 2


def test_data_changed_after_the_forward_pass_keep_its_gradients_until_forward():
    a, b = Value(2.0), Value(3.0)
    f = a * b
    a.data = 10.0
    f.backward()
    assert (f.data, a.grad, b.grad) == (6.0, 3.0, 2.0)
    a.grad = b.grad = None
    f.forward().backward()
    assert (f.data, a.grad, b.grad) == (30.0, 3.0, 10.0)


def test_zero_to_the_power_zero():
    x = Value(0)
    y = x**0
    y.backward()
    assert (y.data, x.grad) == (1, 0)


def test_a_root_of_a_negative_base_is_refused_and_never_complex():
    with pytest.raises(DomainError):
        Value(-8.0) ** (1 / 3)


def test_what_micrograd_does_not_have():
    v = Value(2.0)
    assert v < 3 and v == 2.0
    assert exp(v).data == math.exp(2.0)
    assert (2**v).data == 4.0
    assert grad(2**v, [v]) == [4.0 * math.log(2)]
    assert grad(v**v, [v]) == [pytest.approx(4 * (math.log(2) + 1))]


def test_a_graph_can_be_pickled():
    x = Value(3.0)
    y = pickle.loads(pickle.dumps(x * x))
    y.backward()
    assert y.operands[0].grad == 6.0


def test_nodes_form_no_reference_cycles():
    gc.collect()
    gc.disable()
    try:
        x = Value(-4.0)
        y = sanity_check(x)
        y.backward()
        dead = [weakref.ref(z) for z in topological(y) if z is not x]
        del y
        assert len(dead) > 10 and all(z() is None for z in dead)
    finally:
        gc.enable()


# ── order ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_use_has_arrived_before_a_node_hands_on():
    a = Value(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert (c.grad, b.grad, a.grad) == (1.0, 2.0, 4.0)


def test_uses_at_different_depths():
    x = Value(2.0)
    u = x * x
    v = u * x
    w = v * u + x  # x⁵ + x
    w.backward()
    assert (w.data, x.grad, u.grad, v.grad) == (34.0, 81.0, 16.0, 4.0)


def test_a_graph_of_many_paths_is_walked_once():
    x = Value(1.0)
    y = x
    for _ in range(200):  # 2²⁰⁰ paths
        y = y + y
    y.backward()
    assert x.grad == 2.0**200
    assert grad(y, [x]) == [2.0**200]


# ── accumulation and freshness ────────────────────────────────────────────────────────────────────


def test_gradients_are_none_until_a_pass_reaches_the_node():
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    u, other = a * b, b * c
    u.backward()
    assert (a.grad, b.grad, u.grad) == (3.0, 2.0, 1.0)
    assert c.grad is None and other.grad is None


def test_a_node_behind_a_flat_operation_is_not_reached():
    x = Value(2.0)
    y = autograd.sign(x) * 3
    y.backward()
    assert y.grad == 1.0 and x.grad is None


def test_leaves_add_up_over_outputs_and_inner_nodes_do_not():
    x = Value(2.0)
    u = x * x
    y, z = 3 * u, 5 * u
    y.backward()
    assert (u.grad, x.grad) == (3.0, 12.0)
    z.backward()
    assert (u.grad, x.grad) == (5.0, 12.0 + 20.0)


def test_backward_from_a_leaf():
    x = Value(2.0)
    x.backward()
    x.backward(seed=2)
    assert x.grad == 3.0


def test_backward_from_an_inner_node_leaves_what_is_above_alone():
    x = Value(2.0)
    u = x * x
    y = u * 3
    u.backward()
    assert (u.grad, x.grad, y.grad) == (1.0, 4.0, None)


def test_a_gradient_set_by_hand_is_added_to():
    x = Value(2.0)
    x.grad = 100.0
    (x * 3).backward()
    assert x.grad == 103.0


# ── seeds ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", [2.0, -0.5, 0, 3, Fraction(1, 2)])
def test_a_seed_scales_the_gradient(seed):
    x = Value(2.0)
    u = x**3
    u.backward(seed)
    assert (u.grad, x.grad) == (seed, 12.0 * seed)


def test_an_exact_output_keeps_the_seed_exact():
    x = Value(Fraction(1, 3))
    y = x * x
    y.backward(0.5)
    assert x.grad == Fraction(1, 3) and isinstance(x.grad, Fraction)


def test_an_int_graph_has_int_gradients():
    x = Value(3)
    y = x * x
    y.backward()
    assert repr((y.grad, x.grad)) == "(1, 6)"


@pytest.mark.parametrize(
    ("seed", "shown"),
    [("2", "'2' (str)"), (None, "None (NoneType)"), (1j, "1j (complex)")],
)
def test_a_seed_that_is_no_number(seed, shown):
    x = Value(2.0)
    with pytest.raises(OperandError) as caught:
        (x * x).backward(seed)
    assert str(caught.value) == (
        f"The seed must be a real number, got {shown}. Give an int, a float, a Fraction or a Value."
    )
    assert x.grad is None


def test_an_exact_seed_that_no_float_holds():
    x = Value(2.0)
    with pytest.raises(RangeError) as caught:
        (x * x).backward(10**400)
    assert str(caught.value) == (
        "The seed 1e+400 is too large for a float, and the output is a float. Scale the seed down."
    )
    assert x.grad is None
    y = Value(2)
    (y * y).backward(10**400)
    assert y.grad == 4 * 10**400


# ── not finite ────────────────────────────────────────────────────────────────────────────────────


def test_an_infinite_slope_arrives():
    x = Value(0.0)
    sqrt(x).backward()
    assert x.grad == math.inf


def test_an_infinite_slope_times_zero_is_nan():
    x = Value(0.0)
    (sqrt(x) * Value(0.0)).backward()
    assert math.isnan(x.grad)


def test_a_literal_zero_makes_a_constant_whose_slope_is_0():
    x = Value(0.0)
    (sqrt(x) * 0).backward()
    assert x.grad == 0


def test_nan_data_makes_nan_gradients():
    x = Value(math.nan)
    (x * x).backward()
    assert math.isnan(x.grad)


def test_the_exponents_slope_at_a_negative_base_is_nan_and_the_bases_is_right():
    x, y = Value(-2.0), Value(3.0)
    (x**y).backward()
    assert x.grad == 12.0 and math.isnan(y.grad)


def test_a_nan_does_not_spread_to_other_leaves():
    x, y, w = Value(-2.0), Value(3.0), Value(5.0)
    (x**y + w * x).backward()
    assert (x.grad, w.grad) == (17.0, -2.0)


# ── an interrupted pass ───────────────────────────────────────────────────────────────────────────


class Exploding(float):
    """A gradient whose product fails."""

    def __mul__(self, other):
        raise KeyboardInterrupt

    __rmul__ = __mul__


def test_an_interrupted_backward_leaves_no_half_gradients():
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    u = a * b
    v = u * c
    y = v + a * a
    y.backward()
    z = exp(a) * u
    before = [node.grad for node in leaves(y, z)]
    u.dx = Exploding(3.0)
    for output in (y, z):
        with pytest.raises(KeyboardInterrupt):
            output.backward()
        assert [node.grad for node in leaves(y, z)] == before
        assert {node.grad for node in topological(output) if node.op} == {None}
    u.dx = 3.0
    y.backward()
    assert (a.grad, b.grad, c.grad) == (2 * (12.0 + 4.0), 16.0, 12.0)


def test_an_interrupted_first_backward_leaves_none():
    a, b = Value(2.0), Value(3.0)
    u = a * b
    y = u * a
    u.dy = Exploding(2.0)
    with pytest.raises(KeyboardInterrupt):
        y.backward()
    assert [node.grad for node in (a, b, u, y)] == [None] * 4


def test_an_interrupted_grad_touches_nothing():
    a, b = Value(2.0), Value(3.0)
    u = a * b
    u.dx = Exploding(3.0)
    with pytest.raises(KeyboardInterrupt):
        grad(u * 2, [a])
    assert a.grad is None


# ── grad ──────────────────────────────────────────────────────────────────────────────────────────


def test_grad_keeps_the_order_of_the_inputs_and_repeats():
    x, y = Value(3.0), Value(4.0)
    z = x * x * y
    assert grad(z, [x, y]) == [24.0, 9.0]
    assert grad(z, (y, x, y)) == [9.0, 24.0, 9.0]
    assert grad(z, iter([y])) == [9.0]
    assert grad(z, []) == []


@pytest.mark.parametrize("create_graph", [False, True])
def test_grad_touches_no_grad(create_graph):
    x = Value(3.0)
    u = x * x
    y = sin(u) * x
    y.backward()
    u.grad = x.grad = y.grad = 7.0
    grad(y, [x, u], create_graph)
    hessian(y, [x])
    jacobian([y, u], [x])
    assert (x.grad, u.grad, y.grad) == (7.0, 7.0, 7.0)


def test_grad_by_inner_nodes_and_by_the_output():
    x = Value(3.0)
    u = x * x
    y = u * x
    assert grad(y, [u, x, y]) == [3.0, 27.0, 1.0]
    assert [g.data for g in grad(y, [u, x, y], create_graph=True)] == [3.0, 27.0, 1.0]


def test_grad_by_what_the_output_does_not_depend_on():
    x, other = Value(3.0), Value(5.0)
    later = x * 2
    y = x * x
    assert grad(y, [other, later, x]) == [0.0, 0.0, 6.0]
    assert [g.data for g in grad(y, [other, later], create_graph=True)] == [0.0, 0.0]
    assert hessian(x * 2, [x, other]) == [[0.0, 0.0], [0.0, 0.0]]
    assert grad(Value(3.0), [x]) == [0.0]


@pytest.mark.parametrize("call", [lambda x: grad(x, x), lambda x: hessian(x, x), lambda x: jacobian([x], x)])
def test_inputs_that_are_no_list(call):
    with pytest.raises(OperandError) as caught:
        call(Value(1.0))
    assert str(caught.value) == "The inputs must be a list of Values, got one Value. Put it in brackets: [x]."


def test_outputs_of_a_jacobian_that_are_no_list():
    with pytest.raises(OperandError) as caught:
        jacobian(Value(1.0), [Value(1.0)])
    assert str(caught.value) == "The outputs must be a list of Values, got one Value. Put it in brackets: [y]."


@pytest.mark.parametrize(
    "call",
    [
        lambda: grad(3.0, [Value(1.0)]),
        lambda: grad(Value(1.0), [3.0]),
        lambda: autograd.core.backward.backward(3.0),
        lambda: hessian(3.0, [Value(1.0)]),
        lambda: jacobian([3.0], [Value(1.0)]),
        lambda: steps(3.0),
        lambda: topological(3.0),
    ],
)
def test_a_gradient_of_or_by_a_plain_number(call):
    with pytest.raises(OperandError) as caught:
        call()
    assert str(caught.value) == ("A gradient needs a Value, got 3.0 (float). Calculate with Value(…) from the start.")


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ("a=2; b=a*a", "got 'a=2; b=a*a' (str). parse makes a Value of a formula's text."),
        (parse("a=2; b=a*a"), "(dict). Take one of its Values by name, as […]['b']."),
        ({}, "got {} (dict). Calculate with Value(…) from the start."),
    ],
    ids=["text", "several", "none"],
)
def test_what_to_do_with_text_and_with_several_values(given, remedy):
    with pytest.raises(OperandError) as caught:
        steps(given)
    assert str(caught.value).startswith("A gradient needs a Value, got ") and str(caught.value).endswith(remedy)


# ── higher orders ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "derivatives"),
    [
        (lambda x: x**5, [0.7**5, 5 * 0.7**4, 20 * 0.7**3, 60 * 0.7**2, 120 * 0.7]),
        (sin, [math.sin(0.7), math.cos(0.7), -math.sin(0.7), -math.cos(0.7), math.sin(0.7)]),
        (lambda x: exp(2 * x), [2**k * math.exp(1.4) for k in range(5)]),
        (log, [math.log(0.7), 1 / 0.7, -1 / 0.7**2, 2 / 0.7**3, -6 / 0.7**4]),
        (lambda x: 1 / x, [1 / 0.7, -1 / 0.7**2, 2 / 0.7**3, -6 / 0.7**4, 24 / 0.7**5]),
        (lambda x: x**0.5, [0.7**0.5, 0.5 * 0.7**-0.5, -0.25 * 0.7**-1.5, 0.375 * 0.7**-2.5, -0.9375 * 0.7**-3.5]),
    ],
)
def test_derivatives_to_the_fourth(make, derivatives):
    x = Value(0.7)
    y = make(x)
    for expected in derivatives:
        assert y.data == pytest.approx(expected, rel=1e-12)
        y = grad(y, [x], create_graph=True)[0]


def test_fifth_derivative_of_a_composition_is_sympys():
    sympy = pytest.importorskip("sympy")
    t = sympy.Symbol("t", real=True)
    expected = sympy.tanh(sympy.sin(t) * sympy.exp(t)).diff(t, 5).subs(t, sympy.Float("0.3", 40)).evalf(30)
    x = Value(0.3)
    y = tanh(sin(x) * exp(x))
    for _ in range(5):
        y = grad(y, [x], create_graph=True)[0]
    assert y.data == pytest.approx(float(expected), rel=1e-10)


def test_a_gradient_is_a_graph_of_the_same_leaves():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    g = grad(x**2 * y, [x], create_graph=True)[0]
    assert all(leaf in (x, y) for leaf in autograd.leaves(g))
    x.data = 5.0
    assert g.forward().data == 40.0
    g.backward()
    assert (x.grad, y.grad) == (8.0, 10.0)


def test_gradient_graphs_stay_small():
    x = Value(3.0)
    g = grad(x * x + x, [x], create_graph=True)[0]
    assert g.data == 7.0
    assert "1 ·" not in autograd.expression(g) and "0" not in autograd.expression(g)
    assert len(topological(g)) <= 4


def test_a_gradient_penalty():
    x, w = Value(2.0), Value(3.0)
    slope = grad(sigmoid(w * x), [x], create_graph=True)[0]
    penalty = slope**2
    s = 1 / (1 + math.exp(-6))
    d = s * (1 - s)
    assert penalty.data == pytest.approx((3 * d) ** 2)
    assert grad(penalty, [w]) == pytest.approx([2 * 3 * d * (d + 3 * d * (1 - 2 * s) * 2)])


def test_the_graph_of_a_gradient_uses_the_data_now_and_numbers_the_recorded_slopes():
    x = Value(3.0)
    y = x * x
    x.data = 5.0
    assert grad(y, [x]) == [6.0]
    assert grad(y, [x], create_graph=True)[0].data == 10.0


def test_hessian():
    x, y = Value(0.5), Value(0.25)
    z = sin(x) * exp(y) + x * y**2
    e = math.exp(0.25)
    mixed = math.cos(0.5) * e + 0.5
    assert hessian(z, [x, y]) == [
        pytest.approx([-math.sin(0.5) * e, mixed]),
        pytest.approx([mixed, math.sin(0.5) * e + 1.0]),
    ]
    assert [[g.data for g in row] for row in hessian(z, [x, y], create_graph=True)] == [
        pytest.approx(row) for row in hessian(z, [x, y])
    ]


def test_third_derivative_through_a_hessian():
    x = Value(2.0)
    (second,) = hessian(x**4, [x], create_graph=True)[0]
    assert grad(second, [x]) == [48.0]


def test_jacobian():
    x, y = Value(3.0), Value(4.0)
    outputs = [x * y, x / y, cos(x), y]
    expected = [[4.0, 3.0], [0.25, -3 / 16], [-math.sin(3), 0.0], [0.0, 1.0]]
    assert jacobian(outputs, [x, y]) == expected
    assert [[g.data for g in row] for row in jacobian(outputs, [x, y], create_graph=True)] == expected


def test_value_and_grad():
    @value_and_grad
    def f(x, y):
        """x² · y"""
        return x**2 * y

    assert f(3.0, 4.0) == (36.0, 24.0)
    assert f.__doc__ == "x² · y" and f.__name__ == "f"
    assert value_and_grad(lambda x: 5.0)(1.0) == (5.0, 0.0)
    assert value_and_grad(lambda x: x)(2) == (2, 1)
    assert value_and_grad(lambda x: x / 3)(Fraction(1, 2)) == (Fraction(1, 6), Fraction(1, 3))


def test_a_graph_too_deep_for_recursion_at_every_order():
    x = Value(1.0)
    y = x
    for _ in range(3000):
        y = y * 1.0001 + 0.0
    first = grad(y, [x], create_graph=True)[0]
    assert first.data == pytest.approx(1.0001**3000)
    z = x
    for _ in range(1000):
        z = sin(z)
    second = grad(grad(z, [x], create_graph=True)[0], [x])[0]
    h = 1e-4

    def slope(at):
        v = Value(at)
        w = v
        for _ in range(1000):
            w = sin(w)
        return grad(w, [v])[0]

    assert second == pytest.approx((slope(1 + h) - slope(1 - h)) / (2 * h), rel=1e-6)


def test_exact_graphs_have_gradients_of_their_kind_as_graphs_too():
    x, unused = Value(2), Value(5)
    found = grad(3 * x, [x, unused], create_graph=True)
    assert [(g.data, type(g.data)) for g in found] == [(3, int), (0, int)]
    floats = grad(3 * Value(2.0), [x], create_graph=True)
    assert [(g.data, type(g.data)) for g in floats] == [(0.0, float)]
