"""Compiled programs agree with the eager graph: random graphs, every row, batches, and what a user may get wrong."""

from __future__ import annotations

import math
import re
import sys
import threading
from fractions import Fraction
from functools import reduce
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    ChalkgradError,
    DomainError,
    OperandError,
    ShapeError,
    TracingError,
    Value,
    compile,
    dot,
    exp,
    grad,
    gt,
    hessian,
    log,
    maximum,
    minimum,
    sin,
    softmax,
    tanh,
    where,
)
from autograd.core.op import OPS
from autograd.core.value import record, slopes
from tests.oracle import ROWS, arity, call, grid, points
from tests.program_oracle import NUMPY, TAPES, WAYS, assert_eager, assert_one, built, in_every_way, on_every_backend
from tests.strategies import programs, some_number

EXAMPLES = dict.fromkeys((*NUMPY, *TAPES), 60) | {"native": 8, "jax": 3}  # compilers take their time
rngs = st.randoms(use_true_random=False)


def examples(way, share=1.0):
    scale = settings.default.max_examples / 200
    return settings(max_examples=max(1, int(EXAMPLES[way] * share * scale)))


def built_upon(nodes, lines):
    """Nodes, and those that the lines make of them."""
    nodes = list(nodes)
    for name, operands in lines:
        nodes.append(call(OPS[name], [nodes[x] if isinstance(x, int) else x for x in operands]))
    return nodes


def run(program, leaves):
    return built_upon([Value(x) for x in leaves], program.lines)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


# ── random graphs ─────────────────────────────────────────────────────────────────────────────────


@in_every_way
def test_random_graphs(way):
    @examples(way)
    @given(programs(), rngs)
    def agrees(program, rng):
        nodes = run(program, program.leaves)
        outputs = [nodes[-1], *rng.sample(nodes, rng.randint(0, 2))]  # a leaf may be one, one may stand twice
        wrt = [x for i, x in enumerate(nodes) if i < len(program.leaves) or rng.random() < 0.3]
        assert_one(way, outputs, wrt)

    agrees()


@in_every_way
@pytest.mark.parametrize("samples", [0, 1, 7, 1000])
def test_random_batches(way, samples):
    @examples(way, 0.5 if samples < 10 else 0.1)
    @given(programs(most_lines=8), rngs)
    def agrees(program, rng):
        n = len(program.leaves)
        given = sorted(rng.sample(range(n), rng.randint(1, n)))
        recorded = run(program, program.leaves)
        graphs = [run(program, program.leaves)]
        for _ in range(min(samples, 20)):
            try:
                graphs.append(
                    run(program, [some_number(rng) if i in given else x for i, x in enumerate(program.leaves)])
                )
            except ChalkgradError:
                continue
        graphs = (graphs * samples)[:samples]
        chosen, wrt = [-1, rng.randrange(len(recorded))], [*range(n), rng.randrange(n, len(recorded))]
        compiled = built(way, *([recorded[i] for i in some] for some in (chosen, given, wrt)))
        found = compiled(*([nodes[i].data for nodes in graphs] for i in given))
        assert found[0].shape == (samples, 2) and found[1].shape == (2, n + 1)
        assert_eager(found, *([[nodes[i] for i in some] for nodes in graphs] for some in (chosen, wrt)))

    agrees()


@given(programs(), rngs)
@settings(max_examples=settings.default.max_examples // 4)
def test_inner_nodes_as_inputs_cut_the_graph(program, rng):
    """What is given is no longer calculated: gradients by the leaves go around it."""
    nodes = run(program, program.leaves)
    n, cut = len(program.leaves), rng.randrange(len(program.leaves), len(nodes))
    try:
        again = built_upon([*run(program, program.leaves)[:cut], Value(0.75)], program.lines[cut + 1 - n :])
    except ChalkgradError:
        assume(False)
    found = compile([nodes[-1]], [nodes[cut]], [*nodes[:n], nodes[cut]])(0.75)
    assert_eager(([found[0]], found[1]), [[again[-1]]], [[*again[:n], again[cut]]])


SHARED = {
    "equal formulas": lambda x, y: ((a := x * y) + 2 * (b := x * y), [a, b, x]),
    "x + 0": lambda x, y: ((z := x + 0) * x, [z, x]),
    "x * 1": lambda x, y: ((z := x * 1) * x, [z, x]),
    "x * 0": lambda x, y: ((z := x * 0) * 3 + y, [z, x]),
    "x ** 1": lambda x, y: ((z := x**1) * x, [x, z]),
    "sum([x])": lambda x, y: ((z := autograd.sum([x])) * x, [z, x]),
    "equal sums": lambda x, y: ((a := x + y) * (b := x + y) * b, [b, a, y]),
    "sums swapped": lambda x, y: ((a := x + y) * (b := y + x) ** 2, [b, a, y]),
    "equal dots": lambda x, y: ((a := dot([x, y], [y, x])) * (b := dot([x, y], [y, x])) ** 2, [b, a, y]),
    "equal sines": lambda x, y: ((a := sin(x)) * (b := sin(x)) ** 2 * y, [b, a]),
    "sum in a sum": lambda x, y: ((a := x + y) + (b := a + x) + b, [b, a, x]),
    "term of a dot": lambda x, y: (autograd.sum([a := x * y, x * x, y * y]), [a, x]),
    "itself": lambda x, y: ((z := x * y), [z, x]),
    "a leaf": lambda x, y: (x, [y, x]),
    "unreached": lambda x, y: (x * 2, [y * 3, y, x]),
}


@on_every_backend
@pytest.mark.parametrize("graph", SHARED.values(), ids=SHARED)
def test_a_gradient_by_an_inner_node_is_that_nodes_alone(way, graph):
    output, wrt = graph(Value(2.0), Value(3.0))
    assert_one(way, [output], wrt)


# ── every row ─────────────────────────────────────────────────────────────────────────────────────


def at_points(op):
    """Random points, kinks, ties, edges and outside of domains."""
    corners = grid(op) if arity(op, 2) < 4 else Random(0).sample([*grid(op)], 150)
    return [*points(op, 20, 2), *corners]


COMPILED = ["native", "jax"]  # all rows in one program: compilers take their time
ONE_BY_ONE = [way for way in WAYS if way not in COMPILED]


@pytest.mark.parametrize(
    ("way", "ops"),
    [
        *((way, [op]) for way in ONE_BY_ONE for op in ROWS),
        *(pytest.param(way, ROWS, marks=pytest.mark.slow) for way in COMPILED),
    ],
    ids=[*(f"{way}-{op.name}" for way in ONE_BY_ONE for op in ROWS), *COMPILED],
)
def test_every_row(way, ops):
    """At all points in one graph, and as a batch."""
    at = {op: at_points(op) for op in ops}
    near = {op: next(points(op, 1, 2)) for op in ops}
    leaves = {op: [[Value(x) for x in near[op]] for _ in at[op]] for op in ops}
    flat = [x for rows in leaves.values() for xs in rows for x in xs]
    program = built(way, autograd.sum([call(op, xs) for op in ops for xs in leaves[op]]), wrt=flat)
    program.write(np.concatenate([np.ravel(numbers) for numbers in at.values()]))
    slope_of = dict(zip(flat, program()[1], strict=True))
    inner = {op: [Value(x) for x in near[op]] for op in ops}
    batch = built(way, [call(op, inner[op]) for op in ops], [x for xs in inner.values() for x in xs])
    most = max(map(len, at.values()))
    columns = [np.resize(column, most) for numbers in at.values() for column in np.array(numbers).T]
    for op, values in zip(ops, batch.values(*columns).T, strict=True):
        for numbers, x, xs in zip(at[op], values, leaves[op], strict=False):
            z = record(op, [Value(x) for x in numbers], strict=False)
            try:
                call(op, numbers)
            except ChalkgradError:
                assert not math.isfinite(x) and str(x) == str(z.data), (op.name, numbers)
            else:
                close(x, z.data)
                close([slope_of[x] for x in xs], [slope or 0 for slope in slopes(z)])


NAN = math.nan
SIDES = {
    "left": (NAN, 1.0),
    "right": (1.0, NAN),
    "both": (NAN, NAN),
    "beside inf": (NAN, math.inf),
    "neither": (1.0, 2.0),
}


@in_every_way
@pytest.mark.parametrize("samples", [None, 1, 3])
def test_nan_passes_through_maximum_and_minimum_on_either_side(way, samples):
    """C's own fmax drops it; slopes there are those of the eager graph: a comparison with nan is 0."""
    ops = [OPS[name] for name in ("maximum", "minimum", "clip")]
    x, y = Value(0.5), Value(0.25)
    program = built(way, [op(x, y) for op in ops[:2]] + [ops[2](x, y, y)], [x, y], [x, y])
    for a, b in SIDES.values():
        left, right = Value(a), Value(b)
        nodes = [op(left, right) for op in ops[:2]] + [ops[2](left, right, right)]
        values, gradients = program(*((a, b) if samples is None else ([a] * samples, [b] * samples)))
        np.testing.assert_array_equal(values, np.broadcast_to([z.data for z in nodes], values.shape))
        slopes = [grad(z, [left, right]) for z in nodes]
        np.testing.assert_array_equal(gradients, np.array(slopes, float) * (samples or 1))
        assert gradients.dtype == float


@on_every_backend
def test_defaults_parametric_slopes_and_compositions(way):
    x, a = Value(-0.5), Value(0.25)
    outputs = [autograd.leaky_relu(x), autograd.elu(x, a), autograd.leaky_relu(x, a), autograd.heaviside(x - x, a)]
    assert_one(way, [*outputs, autograd.gelu(x), *softmax([x, a, x * a, 1000.0])], [x, a])


# ── the same graph in other words ─────────────────────────────────────────────────────────────────


@in_every_way
def test_simplification_changes_no_value_beyond_rounding(way):
    """Sums in any order and nesting, constants among them, 0 and 1 as factors, equal parts."""

    @examples(way, 0.5)
    @given(rngs)
    def agrees(rng):
        xs = [Value(some_number(rng)) for _ in range(4)]
        terms = [
            rng.choice([x, x * y, x * 1, x * 0, x + 0, 2.5, 0.0, Value(1.0) * x, x**1, x**0, x / 1, y * x, -y, x - y])
            for x in xs
            for y in xs
        ]
        whole = reduce(lambda a, b: a + b, terms)
        halves = autograd.sum(terms[:8]) + autograd.sum([autograd.sum(terms[8:])])
        outputs = [z for z in (whole, halves, whole - halves, whole * halves) if isinstance(z, Value)]
        assert_one(way, outputs, [*xs, *outputs])

    agrees()


def test_equal_parts_are_calculated_once():
    x = Value(0.5)
    assert compile(sin(x) * sin(x) + sin(x), wrt=[x]).cost == compile((s := sin(x)) * s + s, wrt=[x]).cost


# ── higher derivatives ────────────────────────────────────────────────────────────────────────────


@in_every_way
def test_second_derivatives_of_random_graphs(way):
    @examples(way, 0.4)
    @given(programs(most_lines=4))
    def agrees(program):
        output, xs = program.values()
        first = grad(output, xs, create_graph=True)
        values, found = built(way, first, wrt=xs)()
        assert_eager(([values], found), [first], [xs])
        np.testing.assert_allclose(found, np.array(hessian(output, xs), float), rtol=1e-9, atol=1e-9)

    agrees()


@on_every_backend
def test_third_derivatives(way):
    x = Value(0.7)
    third = tanh(x) * x**3
    for _ in range(2):
        [third] = grad(third, [x], create_graph=True)
    assert_one(way, [third], [x])


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────


class Parameter(Value):
    """A subclass, as a library might define."""

    __slots__ = ()


@on_every_backend
@pytest.mark.parametrize("kind", [Value, Parameter])
def test_leaves_are_read_at_each_call(way, kind):
    w, b, x = kind(3.0), kind(Fraction(1, 2)), Value(2.0)
    program = built(way, w * x + tanh(b), [x], [w])
    w.data, b.data = 5, Fraction(1, 4)
    values, gradients = program(7.0)
    close(values, 35 + math.tanh(0.25))
    assert gradients.tolist() == [7.0]
    assert [x is y for x, y in zip(program.leaves, (w, b), strict=True)] == [True, True]
    assert program.read().tolist() == [5.0, 0.25]
    program.write([6.0, 0.0])
    assert (w.data, b.data, program(1.0)[0]) == (6.0, 0.0, 6.0)
    assert program.at([2.0, 0.0], 4.0)[0] == 8.0 and w.data == 6.0


@on_every_backend
def test_results_are_the_callers(way):
    """Neither the next call nor a change to them reaches another result."""
    w, x = Value(3.0), [Value(1.0), Value(2.0)]
    program = built(way, [w * x[0], x[1], w], [x], [w, *x])
    for first, second in ([1.0, 2.0], [5.0, 6.0]), (np.ones((4, 2)), np.zeros((4, 2))):
        found = program(first)
        kept = [np.array(part) for part in found]
        program(second)
        assert all((a == b).all() for a, b in zip(found, kept, strict=True))
        found[0][...] = found[1][...] = np.nan
        assert all((a == b).all() for a, b in zip(program(first), kept, strict=True))


@on_every_backend
def test_shapes(way):
    w, x, y = Value(3.0), [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], Value(5.0)
    one = built(way, w * x[1][0] + y, [x, y], [w, y])
    numbers = np.arange(4.0).reshape(2, 2)
    assert [np.shape(part) for part in one(numbers, 1.0)] == [(), (2,)]
    values, gradients = one([numbers, 2 * numbers, numbers], 1.0)  # an input without a batch stands for all
    assert (values.tolist(), gradients.tolist()) == ([7.0, 13.0, 7.0], [8.0, 3.0])
    assert one(numbers, [1.0, 2.0])[0].tolist() == [7.0, 8.0]
    many = built(way, [w * y, w], [y], [w])
    assert [np.shape(part) for part in many(1.0)] == [(2,), (2, 1)]
    assert [np.shape(part) for part in many([1.0, 2.0, 3.0])] == [(3, 2), (2, 1)]
    assert [np.shape(part) for part in built(way, [w * y], [y], [])([1.0])] == [(1, 1), (1, 0)]
    assert many.values([1.0, 2.0]).tolist() == [[3.0, 3.0], [6.0, 3.0]]


@on_every_backend
@pytest.mark.parametrize("samples", [0, 1, 1023, 1024, 1025, 3000])
def test_what_no_input_reaches_is_the_same_in_every_block(way, samples):
    w, x = Value(3.0), Value(2.0)
    program = built(way, [w * w, x * 0 + 5, x * w, w], [x], [w, x])
    values, gradients = program(np.ones(samples))
    assert values.shape == (samples, 4) and (values == [9.0, 5.0, 3.0, 3.0]).all()
    assert gradients.tolist() == [[6.0 * samples, 0.0], [0.0, 0.0], [samples, 3.0 * samples], [samples, 0.0]]


@on_every_backend
def test_an_empty_batch(way):
    w, x = Value(3.0), Value(2.0)
    program = built(way, autograd.logsumexp([w * x, x]), [[x], []], [w])
    values, gradients = program(np.zeros((0, 1)), np.zeros((0, 0)))
    assert (values.shape, gradients.tolist()) == ((0,), [0.0])


@on_every_backend
def test_threads_may_call_one_program(way):
    w, x = Value(0.5), Value(1.0)
    program = built(way, tanh(w * x) * exp(sin(x)), [x], [w])
    batches = [np.linspace(-i, i, 50 + i % 3) for i in range(1, 9)]
    expected = [program(batch) for batch in batches]
    found: dict[int, list] = {}

    def work(i):
        found[i] = [program(batches[i]) for _ in range(30)]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(batches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, (values, gradients) in enumerate(expected):
        assert len(found[i]) == 30
        assert all((mine[0] == values).all() and (mine[1] == gradients).all() for mine in found[i])


# ── functions ─────────────────────────────────────────────────────────────────────────────────────


def test_functions():
    w = Value(2.0)
    program = compile(lambda x, y=3.0: w * x * y)
    assert program(5.0)[0] == 30.0 and program(5.0)[1].tolist() == [6.0] and program.leaves[0] is w
    w.data = 4.0
    assert program.values([1.0, 2.0]).tolist() == [12.0, 24.0]
    nested = compile(lambda xs, k: dot(xs[0], xs[1]) * k, inputs=[[[0.0, 0.0], [0.0, 0.0]], 1.0])
    values, gradients = nested([[1.0, 2.0], [3.0, 4.0]], 10.0)
    assert (values, gradients.tolist()) == (110.0, [30.0, 40.0, 10.0, 20.0, 11.0])
    arrays = compile(lambda X, v: X @ v, inputs=[np.zeros((2, 3)), np.zeros(3)])
    values, gradients = arrays(np.arange(6.0).reshape(2, 3), [1.0, 0.0, 2.0])
    assert values.tolist() == [4.0, 13.0] and gradients[1].tolist() == [0, 0, 0, 1, 0, 2, 3, 4, 5]
    assert compile(lambda *xs: autograd.sum(xs), inputs=[0.0, 0.0, 0.0])(1.0, 2.0, 3.0)[0] == 6.0
    assert compile(lambda x: where(gt(x, 0), x, -x))([-2.0, 3.0])[0].tolist() == [2.0, 3.0]
    assert compile(lambda x: [x, [x * 2]])(3.0)[1].tolist() == [[1.0], [2.0]]


ITSELF = "Use this package's functions on the Value itself."
CHOICE = "Use where(gt(x, y), a, b), maximum or minimum."
FROZEN = [
    *[("Comparing Values", CHOICE, f) for f in (
        lambda x: x if x > 0 else -x, lambda x: x < 1 and x, lambda x: x == x, lambda x: max(x, x * 2),
        lambda x: x <= 1, lambda x: sorted([x, x * 2])[0], lambda x: x in [1.0], lambda x: x != 0)],
    *[("Asking whether a Value is true", "Use where(x, a, b).", f) for f in (lambda x: x or 1, lambda x: not x)],
    *[("Making a float of a Value", ITSELF, f) for f in (math.exp, float, np.float64)],
    *[("Making an int of a Value", ITSELF, f) for f in (int, math.trunc)],
    *[("Rounding a Value", ITSELF, f) for f in (round, math.floor, math.ceil)],
]  # fmt: skip


@pytest.mark.parametrize("what, remedy, function", FROZEN)
def test_a_frozen_branch_is_refused(what, remedy, function):
    message = f"{what} in a function that is compiled would freeze the outcome. {remedy}"
    with pytest.raises(TracingError, match=f"^{re.escape(message)}$"):
        compile(lambda x: function(x))
    assert Value(1.0) < 2  # and only there


X, Y = Value(1.0, "x"), Value(2.0)
ERRORS = {
    "no output": (lambda: compile([]), OperandError,
        "A program needs an output. Give a Value, or a list of them."),
    "an output no Value": (lambda: compile([X, 3.0]), OperandError,
        "outputs[1] must be a Value, got 3.0 (float). Calculate with Value(…) from the start."),
    "an output no list": (lambda: compile(3.0), OperandError,
        "outputs[0] must be a Value, got 3.0 (float). Calculate with Value(…) from the start."),
    "a wrt no Value": (lambda: compile(X, wrt=[1.0]), OperandError,
        "wrt[0] must be a Value, got 1.0 (float). Calculate with Value(…) from the start."),
    "an input no Value": (lambda: compile(X, inputs=[X, "x"]), OperandError,
        "inputs[1] must be a Value, got 'x' (str). Calculate with Value(…) from the start."),
    "wrt no list": (lambda: compile(X, wrt=X), OperandError,
        "wrt must be a list of Values, got one Value. Put it in brackets: wrt=[x]."),
    "inputs no list": (lambda: compile(X, inputs=X), OperandError,
        "inputs must be a list of Values, got one Value. Put it in brackets: inputs=[x]."),
    "outputs no list": (lambda: compile(np.array(3.0)), OperandError,
        "outputs[0] must be a Value, got array(3.) (ndarray). Calculate with Value(…) from the start."),
    "inputs a number": (lambda: compile(X, inputs=3.0), OperandError,
        "inputs[0] must be a Value, got 3.0 (float). Calculate with Value(…) from the start."),
    "an input twice": (lambda: compile(X, inputs=[Y, [Y]]), OperandError,
        "Value stands twice in inputs, as 0 and 1. Give it once."),
    "wrt twice": (lambda: compile(X, wrt=[X, Y, X]), OperandError,
        "Value 'x' stands twice in wrt, as 0 and 2. Give it once."),
    "ragged": (lambda: compile(X, inputs=[Y, [[X], []]]), ShapeError,
        "inputs[1] is ragged: its rows have the shapes [(0,), (1,)]. Make them equal."),
    "backend": (lambda: compile(X, backend="cuda"), OperandError,
        "Unknown backend 'cuda'. Choose one of numpy, native, jax."),
    "star": (lambda: compile(lambda *xs: xs[0]), OperandError,
        "How many Values 'xs' takes is unknown. Give examples, such as inputs=[0.0, 0.0]."),
    "a function of no Value": (lambda: compile(lambda x: 3.0), OperandError,
        "outputs[0] must be a Value, got 3.0 (float). Calculate with Value(…) from the start."),
    "no array": (lambda: compile(X, inputs=[X])(), ShapeError,
        "The program has 1 input, got 0 arrays. Give one for each input, in their order."),
    "too many arrays": (lambda: compile(X)(1.0), ShapeError,
        "The program has 0 inputs, got 1 array. Give one for each input, in their order."),
    "shape": (lambda: compile(X, inputs=[Y, [X, X * 2]])(1.0, [1.0, 2.0, 3.0]), ShapeError,
        "Input 1 has shape (2,), or (B, 2) with a batch; got (3,). Reshape it."),
    "shape of a number": (lambda: compile(X, inputs=[X])([[1.0]]), ShapeError,
        "Input 0 has shape (), or (B,) with a batch; got (1, 1). Reshape it."),
    "batches": (lambda: compile(X, inputs=[X, Y])([1.0, 2.0], [1.0]), ShapeError,
        "Input 1 has a batch of 1, an input before it one of 2. Make them equal."),
    "text": (lambda: compile(X, inputs=[X])("one"), ShapeError,
        "Input 0 is not an array of numbers: could not convert string to float: 'one'. "
        "Give numbers in rows of equal length."),
    "parameters": (lambda: compile(X * Y, wrt=[X]).at([1.0]), ShapeError,
        "The program reads 2 leaves, got an array of shape (1,). Give shape (2,), as `read` returns."),
    "one parameter": (lambda: compile(X).write(3.0), ShapeError,
        "The program reads 1 leaf, got an array of shape (). Give shape (1,), as `read` returns."),
    "outside the domain": (lambda: compile(lambda x: log(x), inputs=[0.0]), DomainError,
        "log needs x > 0, got x = 0.0. Clip the input or use softplus."),
}  # fmt: skip


@pytest.mark.parametrize("made, error, message", ERRORS.values(), ids=ERRORS)
def test_messages(made, error, message):
    with pytest.raises(error) as found:
        made()
    assert str(found.value) == message


def test_an_error_inside_of_a_generator_is_its_own():
    with pytest.raises(TypeError, match="unsupported operand"):
        compile(X, wrt=(1 + "a" for _ in range(1)))


# ── size ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_long_chain():
    limit = sys.getrecursionlimit()
    x = Value(0.5)
    y = x
    for _ in range(3_000):
        y = sin(y) + x
    values, gradients = compile(y, wrt=[x])()
    assert sys.getrecursionlimit() == limit
    close(values, y.data)
    close(gradients, grad(y, [x]))


@pytest.mark.parametrize("infinite", [math.inf, -math.inf])
def test_infinite_constants_in_long_programs(infinite):
    x = Value(0.5)
    y = x
    for _ in range(300):
        y = maximum(sin(y) + x, infinite) if infinite < 0 else minimum(sin(y) + x, infinite)
    values, gradients = built("floats", y, wrt=[x])()
    close(values, y.data)
    close(gradients, grad(y, [x]))


@in_every_way
def test_a_negative_base_has_no_slope_by_its_exponent(way):
    """As PyTorch has it: nan, and the value; a number in a slope's words is no reason to refuse the program."""
    x = Value(2.0, "x")
    values, gradients = built(way, (-1.5) ** x, inputs=[x], wrt=[x])(2.0)
    assert values == 2.25 and math.isnan(gradients[0])
    assert built(way, ((-1.5) ** x - 3).relu(), wrt=[x])()[1] == [0.0]  # behind a closed gate


@in_every_way
def test_a_sum_of_ten_thousand_terms(way):
    xs = [Value(math.sin(i) + 1.1) for i in range(300)]
    y = reduce(lambda a, b: a + b, [xs[i % 300] * xs[i * 7 % 300] for i in range(10_000)])
    values, gradients = built(way, y, wrt=xs)()
    close(values, y.data)
    close(gradients, grad(y, xs))
