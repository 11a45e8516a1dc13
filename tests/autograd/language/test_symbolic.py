"""Closed forms by SymPy: the value at a point is the graph's, the derivative too."""

from __future__ import annotations

import sys
from fractions import Fraction

import pytest
import sympy
from hypothesis import assume, given

from autograd import Value, grad, sigmoid, to_sympy
from autograd.errors import ChalkgradError
from tests.oracle import ROWS, arity, call, formula, number, points
from tests.strategies import programs


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_each_row_is_its_textbook_formula(op):
    names = [sympy.Symbol(f"k_{i}", real=True) for i in range(arity(op, 2))]
    for numbers in points(op, 2, 2):
        z = call(op, [Value(x, name.name) for x, name in zip(numbers, names, strict=True)])
        assert sympy.simplify((to_sympy(z) - formula(op, names)).rewrite(sympy.exp)) == 0
        assert number(to_sympy(z), names, numbers) == pytest.approx(z.data, rel=1e-12, abs=1e-14)


@given(programs(most_lines=5))
def test_a_closed_form_has_the_graphs_value_and_gradient(program):
    assume(all(op != "cbrt" for op, _ in program.lines))  # SymPy has no number for ∂|x|/∂x where x may be complex
    output, inputs = program.values()
    closed = to_sympy(output)
    names = [sympy.Symbol(x.name, real=True) for x in inputs]
    assert number(closed, names, program.leaves) == pytest.approx(output.data, rel=1e-9, abs=1e-9)
    for found, name in zip(grad(output, inputs), names, strict=True):
        assert number(closed.diff(name), names, program.leaves) == pytest.approx(found, rel=1e-9, abs=1e-9)


def test_constants_are_exact():
    x = Value(2.0, "x")
    assert to_sympy(x * 0.1 + Fraction(1, 3)) == sympy.Symbol("x", real=True) / 10 + sympy.Rational(1, 3)


def test_a_leaf_is_its_symbol():
    assert to_sympy(Value(2.0, "w_1")) == sympy.Symbol("w_1", real=True)
    assert to_sympy(Value(2.0) * 2) == 2 * sympy.Symbol("x_1", real=True)


def test_the_gradient_of_a_sigmoid_is_the_textbooks():
    x = Value(0.5, "x")
    slope = to_sympy(grad(sigmoid(x), [x], create_graph=True)[0])
    s = 1 / (1 + sympy.exp(-sympy.Symbol("x", real=True)))
    assert sympy.simplify(slope - s * (1 - s)) == 0


def test_without_sympy(monkeypatch):
    from autograd.language import symbolic

    symbolic.words.cache_clear()
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(ChalkgradError) as caught:
        to_sympy(Value(1.0) * 2)
    assert isinstance(caught.value, ImportError)
    assert str(caught.value) == 'Closed forms need SymPy. Install it: pip install "chalkgrad[symbolic]".'
