"""Names of micrograd's that a Value has too, and what it says of those that it has not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

import autograd
from autograd import OperandError, Value
from autograd.core.graph import topological
from tests.strategies import programs


def test_a_label_is_the_name_both_ways():
    a = Value(2.0, label="a")
    assert (a.name, a.label) == ("a", "a")
    a.label = "b"
    assert (a.name, a.label) == ("b", "b")
    assert Value(2.0).label == "" and Value(2.0).name is None
    assert Value(2.0, "a", label="a").name == "a"


def test_a_label_must_be_text():
    with pytest.raises(OperandError, match=r"^A name must be text, got 3\. Give it in quotes\.$"):
        Value(2.0, label=3)
    with pytest.raises(OperandError, match=r"^A name must be text, got 3\. Give it in quotes\.$"):
        Value(2.0).label = 3


def test_operands_as_a_set():
    a, b = Value(2.0), Value(3.0)
    assert {id(x) for x in (a * b)._prev} == {id(a), id(b)}
    assert len((a + a)._prev) == 1 and a._prev == set()
    assert sorted(x.data for x in (a + 5.0)._prev) == [2.0, 5.0]


@pytest.mark.parametrize(
    ("z", "sign"),
    [
        (Value(2.0), ""),
        (Value(2.0) + 1, "+"),
        (Value(2.0) - 1, "-"),
        (-Value(2.0), "-"),
        (2 * Value(2.0), "*"),
        (Value(2.0) / 3, "/"),
        (Value(2.0) ** 3, "**"),
        (Value(2.0).relu(), "relu"),
        (autograd.sum([Value(2.0)]), "sum"),
    ],
)
def test_signs(z, sign):
    assert z._op == sign


@given(programs(most_lines=8))
def test_steps_by_hand_are_the_backward_pass(program):
    """micrograd's loop: every node's own step, the latest first."""
    y, _ = program.values()
    nodes = topological(y)
    y.grad = 1.0
    for node in reversed(nodes):
        node._backward()
    by_hand = [node.grad for node in nodes]
    for node in nodes:
        node.grad = None
    y.backward()
    for mine, theirs in zip(by_hand, nodes, strict=True):
        if theirs.grad is not None:
            assert mine == pytest.approx(theirs.grad, rel=1e-12) or math.isnan(theirs.grad)


def test_a_step_by_hand_adds_and_takes_no_gradient_for_0():
    a, b = Value(3.0), Value(4.0)
    y = a * b
    y._backward()
    assert (a.grad, b.grad) == (0.0, 0.0)
    y.grad, a.grad = 2.0, 10.0
    y._backward()
    assert (a.grad, b.grad) == (18.0, 6.0)


def test_a_closed_gate_hands_back_nothing_by_hand():
    a = Value(-1.0)
    y = a.relu()
    y.grad = math.inf
    y._backward()
    assert a.grad == 0.0


def test_exact_gradients_by_hand_stay_exact():
    from fractions import Fraction

    a = Value(Fraction(1, 3))
    y = a * a
    y.grad = 1
    y._backward()
    assert a.grad == Fraction(2, 3) and isinstance(a.grad, Fraction)


def test_a_history_is_refused():
    a = Value(1.0)
    message = (
        "A Value gets its operands from operators, as in a + b, and is given none. "
        "A new operation is a row of the table: CONTRIBUTING.md, An operation."
    )
    for history in [((a,), "+"), ((a,),), ((a, a), "*", "u")]:
        with pytest.raises(OperandError) as caught:
            Value(2.0, *history)
        assert str(caught.value) == message
    with pytest.raises(OperandError) as caught:
        Value(2.0, _children=(a, a), _op="+")
    assert str(caught.value) == message
    for name in ("_prev", "_op", "_backward"):
        with pytest.raises(OperandError) as caught:
            setattr(a, name, None)
        assert str(caught.value) == message


BESIDE = "Keep it beside: m = dict.fromkeys(parameters, 0.0), and m[p] for each p."


def test_attributes_of_optimisers():
    p = Value(1.0)
    with pytest.raises(AttributeError) as caught:
        p.m = 0
    assert str(caught.value) == f"'Value' object has no attribute 'm'. {BESIDE}"
    with pytest.raises(AttributeError) as caught:
        p.m
    assert str(caught.value) == f"'Value' object has no attribute 'm'. {BESIDE}"
    assert not hasattr(p, "m") and getattr(p, "velocity", 0.0) == 0.0
    m = dict.fromkeys([p, Value(1.0)], 0.0)  # as the message says
    m[p] += 2.0
    assert list(m.values()) == [2.0, 0.0]


REMEDIES = {
    "_children": "Its operands are x.operands, the set of them x._prev.",
    "item": "Its number is x.data, float(x.data) a float.",
    "numpy": "Its number is x.data.",
    "detach": "A new leaf is Value(x.data).",
    "zero_grad": "Write x.grad = None.",
    "requires_grad": "Every Value has a gradient; a plain number has none.",
}
BESIDES = ["m", "v", "m_t", "v_t", "mom", "vel", "momentum", "velocity", "cache", "_vis_color"]


@pytest.mark.parametrize("name", [*REMEDIES, *BESIDES])
def test_each_name_says_what_to_write_and_is_not_listed(name):
    remedy = REMEDIES.get(name, BESIDE.replace("m = ", f"{name} = ").replace("m[p]", f"{name}[p]"))
    with pytest.raises(AttributeError) as caught:
        getattr(Value(1.0), name)
    assert str(caught.value) == f"'Value' object has no attribute '{name}'. {remedy}"
    assert name not in dir(Value)
    with pytest.raises(AttributeError):
        setattr(Value(1.0), name, 0.0)


def test_what_the_messages_say_can_be_written():
    x = Value(2.0, "x")
    assert x.data == 2.0 and Value(x.data).op == ""
    x.grad = None
    assert x.operands == ()


def test_an_unknown_name_is_pythons_own_error():
    with pytest.raises(AttributeError) as caught:
        Value(1.0).no_such_name
    assert str(caught.value) == "'Value' object has no attribute 'no_such_name'"


def test_a_method_of_a_subclass_is_called_as_a_function():
    class Mine(Value):
        def swish(self):
            return self * self.sigmoid()

    class Deeper(Mine):
        def twice(self):
            return 2 * self

    x = Mine(2.0, label="x")
    y = x * 3
    assert type(y) is Value and isinstance(x.swish(), Value)
    with pytest.raises(AttributeError) as caught:
        y.swish()
    assert str(caught.value) == (
        "'Value' object has no attribute 'swish'. "
        "Operators make Values, not Mines: call it as a function, Mine.swish(x)."
    )
    assert Mine.swish(y).data == pytest.approx(6 / (1 + math.exp(-6)))
    with pytest.raises(AttributeError, match=r"call it as a function, Deeper\.twice\(x\)\.$"):
        y.twice()
    with pytest.raises(AttributeError, match=r"^'Mine' object has no attribute 'thrice'$"):
        x.thrice()
