"""Biases inside of products: the same numbers in fewer calls, whatever way the parameters lie."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest

from autograd import Value, compile, dot, grad, relu, sum, tanh

UNITS, WIDTH, SAMPLES = 4, 3, 5


def layer(kind, rng, units=UNITS, width=WIDTH):
    """Rows of weights, biases and all parameters in the order in which they lie."""
    rows = [[Value(rng.uniform(-1, 1)) for _ in range(width)] for _ in range(units)]
    biases = [Value(rng.uniform(-1, 1)) for _ in range(units)]
    if kind == "micrograd":  # of each neuron the weights, then the bias
        return rows, biases, [p for row, b in zip(rows, biases, strict=True) for p in (*row, b)]
    if kind == "keras":  # a row for each input, then the biases
        return rows, biases, [*(p for column in zip(*rows, strict=True) for p in column), *biases]
    return rows, biases, [*biases, *(p for row in rows for p in row)]  # not beside the weights


def network(kind, points, function=tanh):
    rng, last = Random(3), points
    parameters = []
    for units, width in ((UNITS, WIDTH), (UNITS, UNITS), (1, UNITS)):
        rows, biases, some = layer(kind, rng, units, width)
        parameters += some
        last = [[function(dot(row, x) + b) for row, b in zip(rows, biases, strict=True)] for x in last]
    return sum([z for (z,) in last]), parameters


def numbers(rng=Random(0)):  # noqa: B008
    return [[rng.uniform(-1, 1) for _ in range(WIDTH)] for _ in range(SAMPLES)]


def saved(program, batched):
    """How many sums and totals have gone into products."""
    lowered = program._lower(batched)
    counts = []
    for statements in (lowered.vectorized.statements, lowered.with_biases.statements):
        kinds = Counter(s.op.name if s.op else s.kind for s in statements)
        counts.append((kinds["add"], kinds["total"], kinds["product"]))
    (adds, totals, products), (fewer_adds, fewer_totals, same) = counts
    assert products == same
    return adds - fewer_adds, totals - fewer_totals


@pytest.mark.parametrize("function", [tanh, relu])
@pytest.mark.parametrize("kind", ["micrograd", "keras", "apart"])
def test_a_whole_graph(kind, function):
    y, parameters = network(kind, numbers(), function)
    program = compile(y, wrt=parameters)
    value, gradient = program()
    assert value == pytest.approx(y.data, rel=1e-13)
    np.testing.assert_allclose(gradient, grad(y, parameters), rtol=1e-12, atol=1e-15)
    assert saved(program, False) == ((0, 0) if kind == "apart" else (3, 3))


@pytest.mark.parametrize("samples", [1, 7, 1500])
@pytest.mark.parametrize("kind", ["micrograd", "keras", "apart"])
def test_a_batch(kind, samples):
    x = [Value(0.0) for _ in range(WIDTH)]
    y, parameters = network(kind, [x])
    program = compile(y, [x], parameters)
    points = np.random.default_rng(0).normal(size=(samples, WIDTH))
    values, gradient = program(points)
    total = 0.0
    for point, value in zip(points, values, strict=True):
        for leaf, number in zip(x, point, strict=True):
            leaf.data = number
        y.forward()
        assert value == pytest.approx(y.data, rel=1e-12)
        total += np.array(grad(y, parameters))
    np.testing.assert_allclose(gradient, total, rtol=1e-10, atol=1e-13)
    assert saved(program, True) == ((0, 0) if kind == "apart" else (3, 2))  # one neuron's gradient is no product


def test_a_sum_that_others_read_stays():
    rng = Random(1)
    rows, biases, parameters = layer("micrograd", rng)
    points = numbers()
    products = [[dot(row, x) for row in rows] for x in points]
    y = sum([tanh(z + b) * z for some in products for z, b in zip(some, biases, strict=True)])
    program = compile(y, wrt=parameters)
    value, gradient = program()
    assert value == pytest.approx(y.data, rel=1e-13)
    np.testing.assert_allclose(gradient, grad(y, parameters), rtol=1e-12)
    assert saved(program, False) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["micrograd", "keras", "apart", "gaps"])
def test_jax_puts_a_gradient_together_without_an_index(kind):
    jax = pytest.importorskip("jax")
    x = [Value(0.0) for _ in range(WIDTH)]
    y, parameters = network("micrograd" if kind == "gaps" else kind, [x])
    if kind == "gaps":  # a scalar behind each bias of the first layer that nothing depends on
        rows = [parameters[i : i + WIDTH + 1] for i in range(0, UNITS * (WIDTH + 1), WIDTH + 1)]
        parameters[: UNITS * (WIDTH + 1)] = [p for row in rows for p in (*row, Value(1.0))]
    points, start = np.array(numbers()), np.array([p.data for p in parameters])
    expected = compile(y, [x], parameters)(points)
    with jax.enable_x64(True):
        function = compile(y, [x], parameters, "jax").as_jax()
        for got, want in zip(function(start, points), expected, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-15)
        gathers = str(jax.make_jaxpr(function)(start, points)).count("gather[")
    assert gathers == (1 if kind == "gaps" else 0)
