"""The flat form of a recorded graph: what it holds calculates what was recorded, less what the laws say."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from autograd import (
    DomainError,
    RangeError,
    Value,
    clip,
    compile,
    cross_entropy,
    dot,
    exp,
    grad,
    gt,
    leaky_relu,
    maximum,
    relu,
    sin,
    where,
)
from autograd import sum as total
from autograd.core.op import OPS
from autograd.program.tape import ARITY, ROWS, Tape
from tests.strategies import programs


def played(tape):
    """The numbers of all slots, row by row, by the table itself."""
    numbers = [float(x.data) for x in (*tape.parameters, *tape.leaves, *tape.inputs)] + tape.numbers.tolist()
    for k in range(len(tape.ops)):
        op, operands = tape.row(k)
        assert max(operands) < len(numbers) == tape.first + k  # operands come first
        numbers.append(op.limit([numbers[x] for x in operands]))
    assert len(numbers) == tape.size
    return numbers


def lines(*outputs, wrt=(), inputs=()):
    """The rows, in names and numbers: those of rows are %0, %1, …"""
    tape = Tape(outputs, wrt, inputs)
    terms = [tape.name(slot) or f"{tape.numbers[slot - tape.first]:g}" for slot in range(tape.first)]
    texts = []
    for k in range(len(tape.ops)):
        op, operands = tape.row(k)
        terms.append(f"%{k}")
        texts.append(f"{op.name}({', '.join(terms[x] for x in operands)})")
    return texts


@given(programs())
def test_the_rows_calculate_the_graph(program):
    z, leaves = program.values()
    tape = Tape([z, leaves[0]], wrt=leaves[1:])
    numbers = played(tape)
    assert math.isclose(numbers[tape.outputs[0]], z.data, rel_tol=1e-12, abs_tol=1e-12)
    assert tape.outputs[1] == len(tape.parameters) or not tape.leaves  # the only other leaf
    assert [tape.nodes[i].op for i in tape.kept] == [ROWS[code].name for code in tape.ops]


@given(programs())
def test_gradients_that_are_graphs_are_graphs(program):
    z, leaves = program.values()
    slopes = [x for x in grad(z, leaves, create_graph=True) if x.op]
    tape = Tape(slopes)
    numbers = played(tape)
    for x, slot in zip(slopes, tape.outputs, strict=True):
        assert numbers[slot] == pytest.approx(x.data, rel=1e-9, abs=1e-12)


def test_slots_stand_in_their_order():
    w, b, x, free = Value(1.0, "w"), Value(2.0, "b"), Value(3.0, "x"), Value(4.0, "free")
    unused, other = Value(5.0), sin(Value(6.0))
    tape = Tape([w * x + free * 2.5], wrt=[b, w, unused, other, x], inputs=[x])
    assert (tape.parameters, tape.leaves, tape.inputs) == ((b, w, unused), (free,), (x,))
    assert tape.wrt.tolist() == [0, 1, 2, -1, 4]
    assert tape.numbers.tolist() == [2.5] and list(tape.constants) == [5] and tape.first == 6
    assert [tape.name(slot) for slot in range(tape.size)] == ["b", "w", None, "free", "x", None, None, None, None]


def test_an_inner_input_cuts_the_graph():
    a = Value(2.0, "a")
    h = sin(a).named("h")
    tape = Tape([h * a, h], wrt=[h], inputs=[h])
    assert (tape.leaves, tape.inputs, tape.parameters) == ((a,), (h,), ())
    assert tape.wrt.tolist() == [1] and tape.outputs.tolist() == [2, 1]
    assert [tape.name(k) for k in (1, 2)] == ["h", None]


def test_operands_of_vectors_stand_vector_after_vector():
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert lines(dot([a, b, 3.0], [b, 0.5, a])) == ["dot(a, b, 3, b, 0.5, a)"]
    assert lines(clip(a, 0.5, b)) == ["clip(a, 0.5, b)"]
    assert lines(leaky_relu(a)) == ["leaky_relu(a, 0.01)"]
    assert (ARITY == 0).sum() == sum(op.variadic for op in OPS.values())


def test_numbers_are_floats_and_stand_once():
    x = Value(1.0)
    terms = [x * 3, x * 3.0, x * Fraction(1, 2), Value(1) * 10**400, maximum(x, 0.0), maximum(x, -0.0)]
    assert sorted(map(str, Tape(terms).numbers)) == ["-0.0", "0.0", "0.5", "3.0", "inf"]


LAWS = {
    "a sum with 0": (lambda x, y: 0 + (x + 0.0) * y, ["mul(x, y)"]),
    "a product with 1": (lambda x, y: (1 * x * 1.0) - y, ["sub(x, y)"]),
    "many in a row": (lambda x, y: sin((((x * 1) * 1) + 0) / 1), ["sin(x)"]),
    "a product with 0": (lambda x, y: sin(x) * 0 + y * y, ["mul(y, y)"]),
    "what follows from it": (lambda x, y: exp(sin(x) * 0) * y + y * 2, ["mul(y, 2)", "add(y, %0)"]),
    "a number of all": (lambda x, y: exp(x * 0) * 3 + sin(y), ["sin(y)", "add(3, %0)"]),
    "a choice": (lambda x, y: where(1, y, sin(x)) * x, ["mul(y, x)"]),
    "a power": (lambda x, y: x**1 * y**0, []),
    "a vector": (lambda x, y: total([x * 0, y * 0]) + sin(y), ["sin(y)"]),
    "a part of a vector": (lambda x, y: total([x * 0, y]), ["sum(0, y)"]),
    "a dot product": (lambda x, y: dot([x, 0, y, x], [y, x, 2, 0.0]), ["dot(x, y, y, 2)"]),
    "a dot product with nothing": (lambda x, y: exp(dot([0, x], [sin(x), 0])) + y, ["add(1, y)"]),
    "a number that is none of them": (lambda x, y: x * 2 + y / 3, ["mul(x, 2)", "div(y, 3)", "add(%0, %1)"]),
}


@pytest.mark.parametrize("made, rows", LAWS.values(), ids=LAWS)
def test_laws(made, rows):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = made(x, y)
    assert lines(z) == rows
    tape = Tape([z])
    assert played(tape)[tape.outputs[0]] == z.data
    assert [tape.nodes[i].op for i in tape.kept] == [row.split("(")[0] for row in rows]


def test_what_gradients_are_taken_by_keeps_its_row():
    x = Value(2.0, "x")
    h, zero = x * 1, x * 0
    assert lines(h * x + zero, wrt=[h, zero]) == ["mul(x, 1)", "mul(x, 0)", "mul(%0, x)", "add(%2, %1)"]
    assert lines(h * x + zero, wrt=[h]) == ["mul(x, 1)", "mul(%0, x)"]


def test_outputs_that_are_given():
    x = Value(2.0, "x")
    tape = Tape([x, x * 0 + 4, 0 + x], wrt=[x])
    assert tape.outputs.tolist() == [0, list(tape.constants)[tape.numbers.tolist().index(4.0)], 0]
    assert not len(tape.ops) and tape.starts.tolist() == [0]


def test_a_class_of_the_users_is_a_value():
    class Weight(Value):
        pass

    w = Weight(2.0, "w")
    tape = Tape([w * 2 + dot([w, 1], [w, w])], wrt=[w])
    assert tape.parameters == (w,) and tape.leaves == ()


def test_arrays_cannot_be_changed():
    tape = Tape([relu(Value(1.0)) * 2])
    for array in (tape.ops, tape.starts, tape.operands, tape.outputs, tape.wrt, tape.kept, tape.numbers):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    assert {tape.ops.dtype, tape.starts.dtype, tape.operands.dtype, tape.outputs.dtype} == {np.dtype(np.int32)}


def test_comparisons_are_not_noted_and_shared_vectors_are_walked_once():
    xs = tuple(Value(float(i)) for i in range(3))
    z = cross_entropy(xs, (1, 0, 0)) + gt(xs[0], 1.0) + total(xs)
    Tape([z])
    assert not any(hasattr(x, "choices") for x in xs)


def test_a_single_row_of_each_operation_with_constants_beside_a_leaf():
    """There may be more constants than slots: the place of one is negative until all are known."""
    tried = 0
    for op in (op for op in OPS.values() if not op.variadic):
        for operands in product((None, 0, 1, 2), repeat=len(op.operands)):
            a = Value(2.0, "a")
            with suppress(DomainError, RangeError, ZeroDivisionError):
                y = op(*(a if x is None else x for x in operands))
                if isinstance(y, Value):
                    tried += 1
                    value, gradient = compile(y, wrt=[a])()
                    assert (value, gradient) == (y.data, pytest.approx(grad(y, [a]), nan_ok=True)), (op.name, operands)
    assert tried > 100


def test_constants_stand_in_the_order_in_which_rows_read_them():
    w, data = Value(0.5), [0.25, -3.0, 0.5, 7.0, -0.0, 0.0]
    z = sum([(w - x) ** 2 for x in data])
    assert [str(x) for x in Tape([z], [w]).numbers] == ["0.25", "2.0", "-3.0", "0.5", "7.0", "-0.0", "0.0"]
