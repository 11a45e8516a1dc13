"""The tape machine: irregular graphs on the native back end, held to eager numbers. Rows and kinks: test_compile."""

from __future__ import annotations

import math
import signal
import threading
from contextlib import contextmanager, suppress
from random import Random

import numpy as np
import pytest

import autograd
from autograd import MissingExtra, Value, compile, dot, eq, exp, grad, gt, relu, sin, sqrt, tanh
from autograd.core.op import OPS
from autograd.program.backends import c as native
from autograd.program.backends import tape as machine
from autograd.program.backends.tape_source import CASES, OPERATIONS, text
from autograd.program.irregular import FEW, colours, is_irregular
from autograd.program.tape import Tape
from autograd.program.trace import Trace
from tests.program_oracle import built, missing

pytestmark = pytest.mark.skipif(bool(missing("native")), reason=missing("native"))


def random_graph(n=300, seed=0, inputs=2):
    """The output, its leaves and its inputs: all values lie in [0.05, 2] in size, so that no gradient dies out."""
    rng = Random(seed)
    leaves = [Value(rng.uniform(0.2, 1.5), f"w{i}") for i in range(8)]
    given = [Value(rng.uniform(0.2, 1.5), f"x{i}") for i in range(inputs)]
    nodes = [*leaves, *given]
    words = [
        lambda a, b: a + b,
        lambda a, b: a * b,
        lambda a, b: a - b,
        lambda a, b: relu(a - b) + 0.3,
        lambda a, b: a / (1 + b * b),
        lambda a, b: sqrt(1 + a**2),
        lambda a, b: dot([a, b, 0.5], [b, 0.25, a]),
        lambda a, b: sin(a) * b,
    ]
    while len(nodes) < n:
        z = rng.choice(words)(rng.choice(nodes[-40:]), rng.choice(nodes[-40:]))
        nodes.append(tanh(z) if abs(z.data) > 2 else z + 0.4 if abs(z.data) < 0.05 else z)
    return autograd.sum(nodes[-30:]), leaves, given


def eager(y, wrt, inputs, samples):
    """Values and the sum of gradients, one sample after another."""
    values, total = [], np.zeros(len(wrt))
    for sample in samples:
        for x, number in zip(inputs, sample, strict=True):
            x.data = float(number)
        values.append(y.forward().data)
        total += grad(y, wrt)
    return np.array(values), total


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)


def runs_on_the_machine(program, batched=False):
    return isinstance(program._compile(batched), machine.Machine)


@pytest.mark.parametrize("samples", [1, 7, 8, 9, 16, 1000])
def test_a_batch_is_its_samples(samples):
    y, leaves, given = random_graph()
    rows = np.random.default_rng(0).uniform(0.2, 1.5, (samples, len(given)))
    program = compile(y, given, leaves, backend="native")
    values, gradients = program(*rows.T)
    assert runs_on_the_machine(program, batched=True)
    of_rows, total = eager(y, leaves, given, rows[:20])
    close(values[:20], of_rows)
    if samples <= 20:
        close(gradients, total)
        assert np.count_nonzero(gradients) >= 6
    one = [program(*row) for row in rows[:3]]
    close([value for value, _ in one], values[:3])
    close(program.values(*rows.T), values)


def test_an_empty_batch():
    y, leaves, given = random_graph()
    values, gradients = compile(y, given, leaves, backend="native")([], [])
    assert values.shape == (0,) and gradients.tolist() == [0.0] * len(leaves)


def test_several_outputs_inner_nodes_and_numbers_beside_them():
    y, leaves, given = random_graph()
    inner = y.operands[0]
    z = exp(-inner * leaves[0])
    wrt = [*leaves, inner, given[0]]
    program = compile([y, z], given, wrt, backend="native", also=[inner, leaves[1]])
    values, gradients = program(*[x.data for x in given])
    assert runs_on_the_machine(program)
    close(values, [y.data, z.data, inner.data, leaves[1].data])
    close(gradients, [grad(y, wrt), grad(z, wrt)])


@pytest.mark.parametrize("way", ["tape", "rows", "arrays of rows"])
def test_a_comparison_is_a_number_to_every_row(way):
    a, b = Value(2.0, "a"), Value(1.0, "b")
    found = []
    for op in OPS.values():
        if not op.variadic and len(op.operands) == 1:
            with suppress(autograd.DomainError, autograd.RangeError):
                found += [op(gt(a, b)), op(eq(a, b))]
    values, _ = built(way, [autograd.sum([z * a for z in found])], wrt=[a]).at([2.0, 1.0])
    assert len(found) > 40 and values == pytest.approx(2 * math.fsum(z.data for z in found))


def test_what_hands_nothing_on_is_cleared_for_the_next_output():
    x = Value(2.0, "x")
    flat = gt(x, 1.0)
    program = built("tape", [flat * x, exp(x)], wrt=[x, flat])
    for _ in range(2):
        close(program()[1], [[1.0, 2.0], [math.exp(2.0), 0.0]])


def test_leaves_are_read_written_and_descended():
    y, leaves, given = random_graph()
    program = compile(y, given, leaves, backend="native")
    numbers = [x.data for x in given]
    start = program.read()
    slope = program.at(start, *numbers)[1]
    close(program.descend(start, *numbers, rate=1e-3, steps=1), start - 1e-3 * slope)
    two = program.descend(program.descend(start, *numbers, rate=1e-3), *numbers, rate=1e-3)
    close(program.descend(start, *numbers, rate=1e-3, steps=2), two)
    rows = np.random.default_rng(1).uniform(0.2, 1.5, (len(given), 11))
    close(program.descend(start, *rows, rate=1e-4, steps=1), start - 1e-4 * program.at(start, *rows)[1])
    assert program.read().tolist() == start.tolist()
    program.write(start + 0.1)
    close(program(*numbers)[0], y.forward().data)


@pytest.mark.parametrize("samples", [None, 1, 13])
def test_memory_in_the_open(samples):
    y, leaves, given = random_graph()
    program = compile(y, given, leaves, backend="native")
    rows = np.random.default_rng(2).uniform(0.2, 1.5, (samples or 1, len(given)))
    bound = program.bound(samples)
    bound.inputs[...] = rows if samples else rows[0]
    bound.parameters += 0.1
    for _ in range(2):  # gradients start from nothing again
        (values,), gradient = bound.run()
    expected = program.at(program.read() + 0.1, *(rows.T if samples else rows[0]))
    close(values, np.ravel(expected[0]))
    close(gradient, expected[1])


def test_calls_in_parts_are_the_whole(monkeypatch):
    y, leaves, given = random_graph()
    rows = np.random.default_rng(3).uniform(0.2, 1.5, (len(given), 100))
    whole = compile(y, given, leaves, backend="native")
    monkeypatch.setattr(native, "CALL", 1)
    parts = compile(y, given, leaves, backend="native")
    assert [x.tolist() for x in whole(*rows)] == [x.tolist() for x in parts(*rows)]
    start = whole.read()
    assert whole.descend(start, *rows, rate=1e-4, steps=3) == pytest.approx(
        parts.descend(start, *rows, rate=1e-4, steps=3), rel=1e-12
    )


class Alarm(Exception):
    """A timer's, for Ctrl-C."""


@contextmanager
def alarm(seconds):
    def ring(*_):
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_an_interrupt_ends_a_long_call_and_nothing_is_lost():
    y, leaves, given = random_graph()
    program = compile(y, given, leaves, backend="native")
    before = program(0.5, 0.7)
    with pytest.raises(Alarm), alarm(0.1):
        program.descend(program.read(), 0.5, 0.7, rate=1e-12, steps=10**9)
    with pytest.raises(Alarm), alarm(0.1):
        program(np.ones(2_000_000), 0.7)
    after = program(0.5, 0.7)
    assert after[0] == before[0] and after[1].tolist() == before[1].tolist()


def test_threads_may_share_a_program():
    y, leaves, given = random_graph()
    program = compile(y, given, leaves, backend="native")
    rows = np.random.default_rng(4).uniform(0.2, 1.5, (40, len(given)))
    expected = [program(*row)[0] for row in rows]
    found = [None] * len(rows)

    def work(start):
        for i in range(start, len(rows), 4):
            found[i] = program(*rows[i])[0]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_a_compiler_that_fails_is_told(monkeypatch, tmp_path):
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("CC", str(compiler))
    machine.library.cache_clear()
    y, leaves, given = random_graph()
    with pytest.raises(MissingExtra, match=r"could not compile a program: broken. Set CC."):
        compile(y, given, leaves, backend="native")(0.5, 0.7)
    monkeypatch.undo()
    assert math.isfinite(compile(y, given, leaves, backend="native")(0.5, 0.7)[0])


def test_one_library_serves_all_programs():
    machine.library.cache_clear()
    for seed in range(3):
        y, leaves, given = random_graph(seed=seed)
        compile(y, given, leaves, backend="native")(0.5, 0.7)
    assert machine.library.cache_info().misses == 1


# ── the choice ────────────────────────────────────────────────────────────────────────────────────


def test_what_rolls_is_left_to_matrices():
    rows = [[Value(0.1 * (i + j)) for j in range(16)] for i in range(16)]
    x = [Value(0.1 * i) for i in range(16)]
    for _ in range(3):
        x = [relu(dot(row, x) + 0.1) for row in rows]
    y = autograd.sum(x)
    assert not is_irregular(Tape([y])) and isinstance(compile(y, backend="native")._trace, Trace)


def test_what_does_not_roll_is_a_tape():
    y, leaves, given = random_graph(1000)
    assert is_irregular(Tape([y], leaves, given)) and isinstance(
        compile(y, given, leaves, backend="native")._trace, Tape
    )


def test_few_colours_are_never_irregular():
    x = Value(1.0)
    for _ in range(FEW):
        x = sin(x)
    assert colours(Tape([x])) == FEW and not is_irregular(Tape([x])) and is_irregular(Tape([sin(x)]))


def test_sums_count_once_in_any_order_and_nesting():
    xs = [Value(1.0) for _ in range(5)]
    terms = [sin(x) for x in xs[:2]] + [exp(x) for x in xs[2:]]
    whole = autograd.sum(terms) * 2
    chain = (terms[3] + (terms[0] + terms[4]) + (terms[1] + terms[2])) * 2
    assert colours(Tape([whole])) == colours(Tape([chain])) == colours(Tape([whole, chain])) == 4
    assert colours(Tape([whole, chain, (terms[0] + terms[1]) * 2])) == 6


def test_counting_ends_where_the_answer_is_known():
    y, *_ = random_graph(1000)
    tape = Tape([y])
    assert colours(tape, 50) == 50 < colours(tape)


@pytest.mark.slow
def test_a_jax_program_of_an_irregular_graphs_leaves_is_in_their_order():
    pytest.importorskip("jax")
    y, leaves, given = random_graph(120)
    program = compile(y, given, leaves[:3], backend="native")
    values, gradients = program.as_jax()(program.read()[:3], 0.5, 0.7)
    expected = program(0.5, 0.7)
    np.testing.assert_allclose(values, expected[0], rtol=1e-5)
    np.testing.assert_allclose(gradients, expected[1], rtol=1e-4)


# ── text ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_case_stands_once_in_each_direction():
    found = text(1)
    for case in CASES.values():
        assert 1 <= found.count(f"case {case}:") <= 2
    assert len({code for code, _ in CASES}) == len(OPERATIONS)


def test_a_listing_stays_short():
    y, leaves, given = random_graph(5000)
    program = compile(y.named("y"), given, leaves, backend="native")
    lines = str(program).splitlines()
    n = len(program._trace.ops)
    assert lines[0] == f"{n} operations, run one by one: few of them are alike"
    assert 20 < len(lines) < 30 and max(map(len, lines)) <= 120
    assert program.cost.operations == n and f"{n} operations" in repr(program)


@pytest.mark.parametrize("constants, differences", [(2, 1), (5, 2)])
def test_rows_with_a_constant_run_with_the_others_where_these_are_more(constants, differences):
    """What they then hand back to the constant adds up from call to call, and nobody reads it."""
    x, y = Value(0.7), Value(-0.2)
    rows = [*(x - y for _ in range(3)), *(x - 0.5 * k for k in range(1, constants + 1))]
    output = autograd.sum([exp(row) for row in rows])
    order = machine.Runs(Tape([output], [x, y]), machine.library(1))
    assert len({*order.cases}) == differences + 2  # exp and sum
    program = built("tape", output, wrt=[x, y])
    for _ in range(3):
        value, gradient = program()
        assert value == pytest.approx(output.data, rel=1e-14)
        assert gradient.tolist() == pytest.approx(grad(output, [x, y]), rel=1e-14)
