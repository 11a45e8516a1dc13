"""Loops: what is found in recorded graphs and what is not, and numbers as without them."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, compile, dot, exp, grad, tanh
from autograd.ops import neg
from autograd.program import views
from autograd.program.backends.c_source import Source
from autograd.program.backends.float_loops import on_floats
from autograd.program.backends.jax import Traceable
from autograd.program.backends.jax_memory import Memory
from autograd.program.ir import Node
from autograd.program.loops.components import components
from autograd.program.loops.finding import loops
from autograd.program.loops.recurrences import NOWHERE
from autograd.program.loops.repeats import LEAST, OUTSIDE, Operations, repeats, tokens
from autograd.program.tape import Tape
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Gather, View
from tests.autograd.program import array_cases, networks
from tests.autograd.program.loop_cases import LOOPS, NO_LOOPS, random_recurrence
from tests.program_oracle import built


def chain(*names, times):
    """Tokens of operations that each read the one before."""
    codes = np.array([*map(ord, "".join(names))] * times)
    n = len(codes)
    return tokens(Operations(codes, np.arange(n + 1), np.arange(-1, n - 1)))


def test_a_repeat_has_its_shortest_period():
    assert repeats(chain("abc", times=20))[0] == (1, 3, 19)  # the first operation reads no other one


@pytest.mark.parametrize("times", range(1, 8))
def test_few_times_are_no_repeat(times):
    assert bool(repeats(chain("ab", times=times + 1))) == (times >= LEAST)


def test_a_repeat_of_repeats_is_seen_as_both():
    found = repeats(chain("a" * 6 + "b" * 6, times=10))
    assert found[0].period == 12
    assert 1 in {run.period for run in found}


def test_other_distances_are_no_repeat():
    rng, n = random.Random(0), 200
    operands = np.array([OUTSIDE, *(rng.randrange(i) for i in range(1, n))])
    assert not repeats(tokens(Operations(np.zeros(n, int), np.arange(n + 1), operands)))


@pytest.mark.parametrize("case", LOOPS)
def test_recurrences_are_found(case):
    output, wrt = LOOPS[case]()
    tape = Tape([output], wrt)
    found = loops(tape)
    inside = {tape.first + k for k, iteration in enumerate(found.iterations) if iteration != NOWHERE}
    assert len(inside) > 0.85 * len(tape.ops)
    assert found.carried.keys() <= inside


@pytest.mark.parametrize("case", NO_LOOPS)
def test_other_repeats_are_no_loops(case):
    output, wrt = NO_LOOPS[case]()
    assert not loops(Tape([output], wrt)).carried


def test_what_all_iterations_read_may_be_calculated():
    """exp(a), once, before the loop: its distance grows from iteration to iteration."""
    x, y = Value(0.5), Value(0.1)
    shared = autograd.exp(x)
    for _ in range(100):
        y = tanh(shared * y)
    assert len(loops(Tape([y], [x])).carried) > 80


def test_eight_units_are_of_one_kind():
    output, wrt = LOOPS["rnn"]()
    keys = loops(Tape([output], wrt)).carried.values()
    assert len(set(keys)) == 1
    assert len(keys) >= 8 * 18 - 1


def test_components_come_in_the_order_of_dependence():
    operands = {"loss": "h", "h": "z", "z": "hxb", "x": "", "b": "", "alone": ""}
    found = components(operands, operands.__getitem__)
    assert sorted(map(sorted, found)) == [["alone"], ["b"], ["h", "z"], ["loss"], ["x"]]
    place = {node: i for i, part in enumerate(found) for node in part}
    assert place["x"] < place["h"] < place["loss"]


def test_a_long_chain_is_a_component_each():
    n = 50_000
    found = components([n], lambda i: [i - 1] if i else [])
    assert found == [[i] for i in range(n + 1)]
    assert components(range(n), lambda i: [(i + 1) % n])[0] == [*range(n)]


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


def looped(program, batched=False):
    """How many loops a program has."""
    return sum(isinstance(step, Loop) for step in program._lower(batched).vectorized.steps)


def assert_close(found, expected):
    """Equal to 1e-12 of the largest number."""
    expected = np.array(expected, float)
    assert np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()


def assert_one(way, outputs, wrt):
    """A graph without inputs, in one way, against itself."""
    program = built(way, outputs, wrt=wrt)
    values, gradients = program()
    assert_close(values, [z.data for z in outputs])
    for row, z in zip(gradients, outputs, strict=True):
        assert_close(row, grad(z, wrt))
    return program


@pytest.mark.parametrize("case", LOOPS)
@pytest.mark.parametrize("way", ["numpy", "native"])
def test_numbers_are_those_of_eager_graphs(way, case):
    output, wrt = LOOPS[case]()
    program = assert_one(way, [output], wrt)
    assert looped(program) >= 2  # there and back


@pytest.mark.parametrize("case", ["rnn", "lotka_volterra", "fibonacci"])
def test_numbers_on_jax_are_those_of_eager_graphs(case):
    """Few results read after a loop, many, and values that are read two iterations later."""
    output, wrt = LOOPS[case]()
    assert_one("jax", [output], wrt)


@pytest.mark.slow
@pytest.mark.parametrize("case", LOOPS)
def test_numbers_of_every_loop_on_jax(case):
    output, wrt = LOOPS[case]()
    assert_one("jax", [output], wrt)


def test_loops_on_jax_are_scans_and_read_no_place_that_is_calculated():
    jax = pytest.importorskip("jax")
    output, wrt = LOOPS["rnn"]()
    function = autograd.compile(output, wrt=wrt, backend="numpy").as_jax()
    steps = [*jax.make_jaxpr(function)(np.zeros(len(wrt))).eqns]
    loops = [step for step in steps if step.primitive.name == "scan"]
    assert [loop.params["reverse"] for loop in loops] == [False, True]
    inside = {step.primitive.name for loop in loops for step in loop.params["jaxpr"].eqns}
    assert inside.isdisjoint({"gather", "scatter", "dynamic_slice", "dynamic_update_slice"})


def assert_recurrence(way, seed):
    """A random recurrence, at its own numbers and for a batch of seven."""
    outputs, wrt, inputs = random_recurrence(seed)
    assert_one(way, outputs, [*wrt, *inputs])
    program = built(way, outputs, [inputs], wrt)
    numbers = np.random.default_rng(seed).uniform(-1, 1, (7, len(inputs)))
    values, slopes = [], np.zeros((len(outputs), len(wrt)))
    for row in numbers.tolist():
        for x, number in zip(inputs, row, strict=True):
            x.data = number
        values.append([z.forward().data for z in outputs])
        slopes += [grad(z, wrt) for z in outputs]
    found = program(numbers)
    assert_close(found[0], values)
    assert_close(found[1], slopes)
    assert [part.shape for part in program(numbers[:0])] == [(0, 2), (2, len(wrt))]


def loops_in_c(program):
    """The lines that loop over iterations."""
    text = Source(program._lower(False).vectorized, False).text
    return [line for line in text.split("\n") if "long step =" in line]


def test_a_small_loop_in_c_carries_in_registers_and_stores_what_is_read():
    w, start = Value(0.9, "w"), Value(0.3, "start")
    y, squares = start, []
    for _ in range(60):
        y = tanh(w * y)
        squares.append(y * y)
    program = built("native", [y], [w, start])
    (line,) = loops_in_c(program)
    assert "{ double c0 = u[" in line and line.count("] = r") == 1  # only what the last iteration takes
    assert_close(program(0.9, 0.3)[0], [y.data])
    forth, back = loops_in_c(assert_one("native", [autograd.sum(squares)], [w, start]))
    assert "c0 = r" in forth and "c0 = r" in back and forth.count("] = r") == 2  # the way back reads w · y too


def test_a_small_loop_in_c_reads_what_earlier_iterations_stored():
    a, b, c, w = (Value(x) for x in (0.4, -0.7, 0.1, 0.9))
    numbers = [a, b, c]
    for _ in range(60):  # what the one before calculated is in a register, others in memory
        numbers.append(tanh(w * numbers[-1] - numbers[-3]))
    assert_one("native", [numbers[-1]], [a, b, c, w])
    program = built("native", [numbers[-1], numbers[30]], [a, b, c, w])
    (forth,) = loops_in_c(program)
    assert "{ double c0" in forth and " - u[" in forth
    assert_close(program(0.4, -0.7, 0.1, 0.9)[0], [numbers[-1].data, numbers[30].data])


def test_a_loop_in_c_multiplies_by_a_matrix_whose_columns_lie_side_by_side():
    rng = random.Random(5)
    rows = [[Value(rng.uniform(-0.5, 0.5)) for _ in range(9)] for _ in range(8)]
    h = [row[8] for row in rows]
    for _ in range(16):
        h = [tanh(dot(row[:8], h) + row[8]) for row in rows]
    forth, back = loops_in_c(assert_one("native", [autograd.sum(h)], [w for row in rows for w in row]))
    assert "turned0, 8, u +" in forth and "turned" not in back


@pytest.mark.slow
@given(seed=st.integers(0, 10**9))
@settings(max_examples=6)
def test_random_recurrences(seed):
    assert_recurrence("numpy", seed)


@pytest.mark.parametrize("seed", [3, 118])
def test_random_recurrences_in_c(seed):
    assert_recurrence("native", seed)


@pytest.mark.slow
@given(seed=st.integers(0, 10**9))
@settings(max_examples=3)
def test_random_recurrences_on_jax(seed):
    assert_recurrence("jax", seed)


def test_each_read_finds_the_parts_that_it_needs():
    """Parts of which some enclose others: two reads from as many parts with the same ends are not one."""
    node = Node("join", 10)
    memory = Memory(np, {}, {}, 1)
    for places in ([0, 9], [2], [7]):
        memory.write(Gather(node, np.array(places)), 10.0 * np.array(places))
    found = [memory.read(View(node, place, (1,), (1,))).tolist() for place in (2, 7, 9, 5)]
    assert found == [[20.0], [70.0], [90.0], [0.0]]  # 0 where nothing arrives


def test_what_is_read_at_a_growing_distance_on_jax():
    """x[8 + i] = −x[2i]: read four iterations later, then three, …; such a loop is written out."""
    jax = pytest.importorskip("jax")
    root, own = Node("join", 16), Node("map", 1, neg, moves=1)
    ahead = Node("alias", 16, moves=2)
    given = Statement(
        "copy", root, View(root, 0, (8,), (1,)), (views.row(Node("parameters", 8)),), None, False, 0, False
    )
    step = Statement("map", own, views.row(own), (View(ahead, 0, (1,), (0,)),), neg, False, 0, False)
    program = Vectorized([given, Loop(8, [step])], [views.row(root)], [root], {own: (root, 8), ahead: (root, 0)})
    x = [*range(8)]
    for i in range(8):
        x.append(-x[2 * i])
    with jax.enable_x64(True):
        (found,) = Traceable(program)({"parameters": np.arange(8.0)}, 1)
    assert found.tolist() == x


@pytest.mark.slow
def test_lags_closed_gates_and_adjoints_that_only_carry_themselves_are_right():
    """Seeds at which earlier versions were wrong."""
    for seed in (21, 23, 44, 49, 118):
        assert_recurrence("numpy", seed)


@pytest.mark.parametrize("way", ["numpy", "native"])
def test_a_loop_for_each_sample_is_one_loop(way):
    """Twelve equal layers, for five samples: all samples go through the layers side by side."""
    rng = random.Random(0)
    rows = [[Value(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(3)]
    losses = []
    for _ in range(5):
        x = [rng.random() for _ in range(3)]
        for _ in range(12):
            x = [tanh(dot(row, x)) for row in rows]
        losses.append(x[0] ** 2)
    program = assert_one(way, [autograd.sum(losses)], [p for row in rows for p in row])
    assert looped(program) == 2


@pytest.mark.parametrize("way", ["numpy", "native"])
@pytest.mark.parametrize("cell", networks.CELLS, ids=lambda cell: cell.__name__)
def test_series_of_some_samples(way, cell):
    """Of one adjoint, parts come from the loop and others, for the last iterations, from outside of it."""
    output, wrt = networks.recurrent(random.Random(0), cell, units=2, steps=8, samples=3)
    assert looped(assert_one(way, [output], wrt)) == 2


def test_series_that_begin_differently():
    """Results that only a loop reads, from where it takes what an iteration later comes from itself, are stored."""
    starts = [[Value(0.1), Value(0.1)], [0.0, 0.0], [0.0, Value(0.1)]]
    for seed in range(3):
        output, wrt = networks.recurrent(random.Random(seed), networks.plain, units=2, steps=8, starts=starts)
        assert_one("native", [output], wrt)


def test_a_product_behind_a_loop_is_not_left_out():
    """GCC took the call of this one for one without effect."""
    output, wrt = networks.recurrent(random.Random(0), networks.gated, units=4, steps=40, samples=1)
    assert_one("native", [output], wrt)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["numpy", "native", "jax"])
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("made", [networks.network, array_cases.program])
def test_random_networks_and_arrays(made, way, seed):
    output, wrt = made(seed)
    assert_one(way, [output], wrt)


@pytest.mark.parametrize("way", ["numpy", "native"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -0.0])
def test_special_numbers_go_through_a_loop(way, number):
    x, w = Value(number), Value(0.5)
    y = x
    for _ in range(40):
        y = tanh(w * y)
    values, gradients = built(way, [y], [x], [w])(number)
    y.backward()
    assert values[0] == pytest.approx(y.data, rel=1e-12, nan_ok=True)
    assert math.copysign(1, values[0]) == math.copysign(1, y.data) or math.isnan(number)
    assert gradients[0, 0] == pytest.approx(w.grad, nan_ok=True)


def test_second_derivatives_go_through_loops():
    x, w = Value(0.4), Value(0.9)
    y = x
    for _ in range(40):
        y = y + 0.1 * tanh(w * y)
    slopes = grad(y, [x, w], create_graph=True)
    assert looped(assert_one("numpy", [y, *slopes], [x, w]))


@pytest.mark.parametrize("way", ["numpy", "native"])
def test_gradients_by_what_is_carried(way):
    """Of its uses alone, as of every interior node."""
    w, x = Value(0.9), Value(0.4)
    states = [x]
    for _ in range(40):
        states.append(tanh(w * states[-1]) + 0.1)
    assert_one(way, [states[-1]], [w, states[10], states[25], x])


def test_an_output_in_the_midst_of_a_loop():
    w, x = Value(0.9), Value(0.4)
    states = [x]
    for _ in range(40):
        states.append(tanh(w * states[-1]))
    assert looped(assert_one("numpy", [states[20], states[-1]], [w, x]))


# ── on floats, where NumPy's calls would take longer ──────────────────────────────────────────────


def tanh_chain(n=100):
    w, x = Value(0.9), Value(0.4)
    y = x
    for _ in range(n):
        y = tanh(w * y)
    return y, [w, x]


def float_loops(program, gradients=True):
    """The loops of a program that NumPy's back end writes on floats."""
    backend = program._compile(False, gradients)
    steps = backend.vectorized.steps
    found = [on_floats(step, backend.vectorized, backend.base) for step in steps if isinstance(step, Loop)]
    return [loop for loop in found if loop]


def test_a_narrow_loop_runs_on_floats_and_a_wide_one_in_calls():
    output, wrt = tanh_chain()
    narrow = compile(output, wrt=wrt)
    assert len(float_loops(narrow)) == 2 and narrow._compile(False).source.count("except (ArithmeticError") == 2
    output, wrt = LOOPS["rnn"]()
    wide = compile(output, wrt=wrt)
    assert looped(wide) == 2 and not float_loops(wide) and "except" not in wide._compile(False).source


def test_what_floats_refuse_goes_on_in_calls():
    """exp(1000) is inf to NumPy, and the steps after it as IEEE 754 has them."""
    w, x = Value(0.5), Value(0.1)
    y = x
    for _ in range(40):
        y = exp(w * y) - 1.5
    program = compile(y, wrt=[w, x])
    assert len(float_loops(program)) == 2
    values, gradients = program.at([3.0, 10.0])
    assert values == math.inf and not np.isfinite(gradients).any()
    values, gradients = program()
    assert_close(np.array([values, *gradients]), [y.data, *grad(y, [w, x])])


def test_what_lies_two_iterations_back_is_kept():
    a, b = Value(0.3), Value(0.7)
    before, now = Value(0.2), Value(0.9)
    start = [before, now]
    for _ in range(60):
        before, now = now, tanh(a * now + b * before)
    program = assert_one("numpy", [now], [a, b, *start])
    assert any("_2" in loop.source for loop in float_loops(program))


def test_what_no_one_reads_is_not_stored():
    """Of tanh(w · x) its slope needs w · x, and that of w the tanh."""
    output, wrt = tanh_chain()
    program = compile(output, wrt=wrt)
    forward, reverse = float_loops(program)
    (alone,) = float_loops(program, gradients=False)
    assert [len(loop.stores) for loop in (forward, reverse, alone)] == [2, 1, 1]


@pytest.mark.parametrize("seed", [3, 21, 118])
def test_random_recurrences_on_floats(monkeypatch, seed):
    monkeypatch.setattr("autograd.program.backends.float_loops.AS_A_CALL", 1000)
    assert_recurrence("numpy", seed)
