"""What compiled programs are held to, and every way in which one can be made to run."""

from __future__ import annotations

import functools
import math

import pytest

import autograd
from autograd import MissingExtra, Value, grad, topological
from autograd.program.backends import BACKENDS, of_tapes
from autograd.program.backends.numpy import FloatsFirst, NumPy
from autograd.program.backends.rows import Rows
from autograd.program.tape import Tape

TAPES = {"tape": "native", "rows": "numpy", "arrays of rows": "numpy"}  # the back ends that run tapes, by force
NUMPY = ("numpy", "floats", "arrays")  # the default, then each of its ways by force
WAYS = (*NUMPY, *(backend for backend in BACKENDS if backend != "numpy"), *TAPES)
in_every_way = pytest.mark.parametrize("way", WAYS)
on_every_backend = pytest.mark.parametrize("way", BACKENDS)


class Calls(Rows):
    """Short runs and levels too as calls."""

    run = level = 0


class OneByOne(Rows):
    """One sample row by row and edge by edge."""

    run = level = math.inf


@functools.cache
def missing(backend):
    """Why a backend cannot be used here, or nothing."""
    try:
        autograd.compile(Value(1.0) * 2, backend=backend)
    except MissingExtra as error:
        return str(error)
    return ""


def built(way, outputs, inputs=(), wrt=()):
    """A program that runs in one way alone; skips the test where that is not installed."""
    backend = TAPES.get(way, way)
    if way not in NUMPY and missing(backend):
        pytest.skip(missing(backend))
    program = autograd.compile(outputs, inputs, wrt, "numpy" if way in (*NUMPY, *TAPES) else way)
    if way in TAPES:
        program._trace = Tape(program._outputs, program._wrt, program._inputs)
        program._compiled.clear()
        program._of_tape = {"rows": OneByOne, "arrays of rows": Calls}.get(way, of_tapes(backend))
    if way in NUMPY[1:]:
        program._compiled.clear()
        program._compile = functools.partial(_forced, program, way)
    return program


def _forced(program, way, batched, gradients=True):
    floats = way == "floats" and not batched and not getattr(program._trace, "carried", ())  # no loop
    return (FloatsFirst if floats else NumPy)(program._lower(batched, gradients))


def made_of(z):
    """Σ over the nodes x below z of |x · ∂z/∂x|: to first order, z's error is at most this times an operation's."""
    nodes = topological(z)
    return math.fsum(
        filter(math.isfinite, (abs(x.data * slope) for x, slope in zip(nodes, grad(z, nodes), strict=True)))
    )


def assert_sum(found, numbers, nodes):
    """`found` is the sum of numbers to 1e-12; where they cancel, to some 50 roundings of the `nodes()` they are."""
    expected = sum(numbers)
    if found == expected or (math.isnan(found) and math.isnan(expected)):
        return
    error = abs(found - expected)
    if not error <= 1e-12 * abs(expected):
        assert error <= 1e-14 * math.fsum(map(made_of, nodes())), (found, expected)


def assert_eager(found, samples, wrt):
    """Values and gradients are eager's: `samples` holds for each sample the outputs of a graph built there.

    Args:
        found: values (B, m) and gradients (m, n).
        samples: B lists of m outputs.
        wrt: for each sample n nodes.
    """
    values, gradients = found
    for row, outputs in zip(values, samples, strict=True):
        for x, output in zip(row, outputs, strict=True):
            assert_sum(x, [output.data], lambda output=output: [output])
    for i, row in enumerate(gradients):
        each = [grad(outputs[i], xs) for outputs, xs in zip(samples, wrt, strict=True)]
        for j, x in enumerate(row):

            def graphs(i=i, j=j):
                return [grad(outputs[i], [xs[j]], True)[0] for outputs, xs in zip(samples, wrt, strict=True)]

            assert_sum(x, [slopes[j] for slopes in each], graphs)


def assert_one(way, outputs, wrt):
    """A graph without inputs, in one way, against itself."""
    program = built(way, outputs, wrt=wrt)
    values, gradients = program()
    assert_eager(([values], gradients), [outputs], [wrt])
    return program


def kinds(program, batched=False):
    """The statements of the array program."""
    return [statement.kind for statement in program._lower(batched).vectorized.statements]
