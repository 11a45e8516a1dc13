"""Irregular graphs without a compiler: the order of rows, levels of adjoints, the choice between calls and floats."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

import autograd
from autograd import Value, compile, exp, grad, log, relu, sin, sqrt, tanh
from autograd.program.backends.rows import Rows
from autograd.program.backends.tape import edges
from autograd.program.runs import Adjoints, Order, runs
from autograd.program.tape import Tape
from tests.autograd.program.test_machine import close, random_graph
from tests.program_oracle import assert_one, built

WAYS = ("rows", "arrays of rows")


def deep(n=3000):
    """A chain of operations without a pattern."""
    rng, w = Random(0), [Value(0.3 + 0.1 * i) for i in range(4)]
    x = w[0]
    for _ in range(n):
        x = rng.choice([sin, tanh, lambda v: v + w[1], lambda v: v * w[2] + w[3]])(x)
    return x, w


def wide(n=300):
    """Small trees, no two alike."""
    rng, w = Random(0), [Value(0.3 + 0.1 * i) for i in range(6)]
    words = [lambda a, b: a * b, lambda a, b: relu(a - b) + 0.3, lambda a, b: a / (3 + b), lambda a, b: tanh(a) * b]
    trees = []
    for _ in range(n):
        nodes = list(w)
        while len(nodes) > 1:
            nodes.append(rng.choice(words)(*(nodes.pop(rng.randrange(len(nodes))) for _ in range(2))))
        trees += nodes
    return autograd.sum(trees), w


def memory_of(program):
    program()
    (memory,) = program._compile(False).memories.values()
    return memory


def test_each_row_runs_once_and_after_its_operands():
    y, leaves, given = random_graph(1000)
    tape = Tape([y], leaves, given)
    known, (rows, lengths) = set(range(tape.first)), runs(tape)
    assert sum(lengths) == len(rows) == len(tape.ops)
    for end, n in zip(np.cumsum(lengths).tolist(), lengths, strict=True):
        run = rows[end - n : end]
        assert len({(tape.ops[k], len(tape.row(k)[1])) for k in run}) == 1
        assert all(slot in known for k in run for slot in tape.row(k)[1].tolist())
        known |= {tape.first + k for k in run}
    assert len(known) == tape.size


def test_runs_are_longer_than_those_of_levels():
    y, leaves, given = random_graph(1000)
    tape = Tape([y], leaves, given)
    levels = [0] * tape.size
    for k in range(len(tape.ops)):
        levels[tape.first + k] = 1 + max(levels[x] for x in tape.row(k)[1])
    kinds = {(level, code) for level, code in zip(levels[tape.first :], tape.ops.tolist(), strict=True)}
    assert len(runs(tape)[1]) < 0.8 * len(kinds)


def test_the_results_of_a_run_lie_side_by_side():
    y, leaves, given = random_graph(300)
    order, end = Order(tape := Tape([y], leaves, given)), tape.first
    for kind, rows in order.runs:
        some = kind.results[rows]
        assert some.tolist() == list(range(end, end + len(some)))
        end += len(some)
    assert end == tape.size and sorted(order.place.tolist()) == list(range(end))


def test_adjoints_are_those_on_ways_from_the_output_to_what_is_sought():
    a, b, c = Value(0.5), Value(0.7), Value(0.9)
    beside = exp(c)
    y = sin(a * b) + beside
    tape = Tape([y, exp(a)], [a], [])
    system = Adjoints(tape, edges(tape, tape.ops), 1)
    assert system.size == 1 + 4 + 1  # what is given, y, sin, a · b, a, and 0
    assert len(system.reads) == 4 and len(system.levels) == 5 and system.wrt.tolist() == [4]


def test_no_gradient_is_wanted_of_what_is_no_part():
    y, leaves, given = random_graph(300)
    stranger = Value(1.0)
    values, gradients = compile(y, given, [stranger, *leaves])(*[x.data for x in given])
    close(values, y.data)
    close(gradients, [0.0, *grad(y, leaves)])


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_not_multiplied_by_what_is_infinite(way):
    x = Value(0.0)
    outputs = [relu(sqrt(x) - 1) + x, relu(-x) ** 0.5, exp(x) * sqrt(x)]  # nothing · inf, inf at a closed gate, inf
    program = assert_one(way, outputs, [x])
    assert program()[1].tolist() == [[1.0], [0.0], [math.inf]]


@pytest.mark.parametrize("way", WAYS)
def test_vectors_of_a_run_have_a_largest_entry_each(way):
    a, b, c = Value(-800.0), Value(-799.0), Value(700.0)
    vectors = [[a, b], [b, c], [c, a * 0.01], [a * 0.001, b * 0.001]]
    outputs = [autograd.logsumexp(x) for x in vectors] + [autograd.cross_entropy(x, [0.25, 0.75]) for x in vectors]
    assert_one(way, outputs, [a, b, c])


@pytest.mark.parametrize("way", WAYS)
def test_numbers_that_floats_refuse(way):
    x, w = Value(1.0), Value(2.0)
    program = built(way, [x * w, w / x, log(x)], wrt=[w, x])
    values, gradients = program.at([3.0, 0.0])
    assert values[0] == 0 and values[1] == math.inf and values[2] == -math.inf
    assert (
        gradients.tolist()[0] == [0.0, 3.0] and gradients[1, 0] == math.inf and gradients[2].tolist() == [0.0, math.inf]
    )


def test_a_deep_graph_runs_on_floats_and_a_wide_one_in_calls():
    y, w = deep()
    chain = compile(y, wrt=w)
    memory = memory_of(chain)
    assert isinstance(chain._compile(False), Rows) and memory.by_rows and memory.by_edges
    assert "forward" not in vars(memory) and "reverse" not in vars(memory)
    close(chain()[1], grad(y, w))
    y, w = wide()
    forest = compile(y, wrt=w)
    memory = memory_of(forest)
    assert isinstance(forest._compile(False), Rows) and not memory.by_rows and not memory.by_edges
    assert "lines" not in vars(memory) and "ends" not in vars(memory)
    close(forest()[1], grad(y, w))


def test_many_samples_are_blocks(monkeypatch):
    y, leaves, given = random_graph(300)
    rows = np.random.default_rng(0).uniform(0.2, 1.5, (len(given), 50))
    whole = compile(y, given, leaves)
    expected = whole(*rows)
    monkeypatch.setattr("autograd.program.backends.rows.BLOCK", 7 * whole._trace.size)
    parts = compile(y, given, leaves)
    found = parts(*rows)
    assert sorted(parts._compile(True).memories) == [1, 7]
    close(found[0], expected[0])
    close(found[1], expected[1])
    assert parts([], [])[1].tolist() == [0.0] * len(leaves)
