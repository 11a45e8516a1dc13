"""erf, gelu, log_cosh, logarithms, roots, angles against 50 digits: values, and slopes to 4 units in the last place."""

from __future__ import annotations

import math
from functools import cache
from random import Random

import numpy as np
import pytest

from autograd import (
    Value,
    atan2,
    bell,
    cbrt,
    compile,
    erf,
    erfc,
    expression,
    gelu,
    grad,
    hypot,
    log2,
    log10,
    log_cosh,
    parse,
)
from autograd.core.op import OPS
from nn.activations import get
from nn.losses import LOSSES
from tests.program_oracle import WAYS, built

mp = pytest.importorskip("mpmath").mp
mp.dps = 50


def gaussian(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def cube_root(x):
    return mp.sign(x) * mp.cbrt(abs(x))


def log_of_cosh(x):
    """By its series near 0, where cosh x is 1 to 50 digits, and without an exponential that is too large."""
    if abs(x) < 1e-9:
        return x**2 / 2 - x**4 / 12 + x**6 / 45
    return abs(x) - mp.log(2) if abs(x) > 99 else mp.log(mp.cosh(x))


EXACT = {
    erf: (mp.erf, lambda x: [gaussian(x)]),
    erfc: (lambda x: mp.erfc(min(x, mp.mpf(99))), lambda x: [-gaussian(x)]),
    bell: (lambda x: mp.exp(-x * x), lambda x: [-2 * x * mp.exp(-x * x)]),
    log10: (mp.log10, lambda x: [1 / (x * mp.log(10))]),
    log2: (lambda x: mp.log(x, 2), lambda x: [1 / (x * mp.log(2))]),
    cbrt: (cube_root, lambda x: [1 / (3 * cube_root(x) ** 2)]),
    hypot: (mp.hypot, lambda x, y: [x / mp.hypot(x, y), y / mp.hypot(x, y)]),
    log_cosh: (log_of_cosh, lambda x: [mp.tanh(max(min(x, 99), -99))]),
    atan2: (mp.atan2, lambda y, x: [x / (x * x + y * y), -y / (x * x + y * y)]),
}


def units(found, right):
    """How far a float is from a number, in its last places; 0 where no normal float is near."""
    if not 2.0**-1022 <= abs(right) < 2.0**1023:
        return 0.0
    return float(abs(mp.mpf(found) - right) / math.ulp(float(right)))


def numbers(op, count=400):
    """Log-spaced ones, those near 0 and in the tails, pairs of like and unlike size."""
    rng = Random(op.name)
    for _ in range(count):
        sizes = [10 ** rng.uniform(-300, 300), rng.uniform(0.0, 26.0), 1 + 10 ** rng.uniform(-15, 0)]
        signs = (1,) if "log" in op.name else (1, -1)
        first, second = (rng.choice(sizes) * rng.choice(signs) for _ in range(2))
        yield [first, rng.choice([second, first * rng.uniform(0.1, 10)])][: len(op.operands)]


@pytest.mark.parametrize("op", EXACT, ids=lambda op: op.name)
def test_values_and_slopes_are_right_to_the_last_places(op):
    value, slopes = EXACT[op]
    for point in numbers(op):
        z = op(*map(Value, point))
        exact = [*map(mp.mpf, point)]
        assert units(z.data, value(*exact)) <= 4, point
        for found, right in zip(z.partials, slopes(*exact), strict=True):
            assert units(found, right) <= 4, point


@cache
def moderate(op):
    """Points of moderate size, with the value and the slopes there: they are the same in every way."""
    value, slopes = EXACT[op]
    points = [point for point in numbers(op, 30) if all(1e-3 < abs(x) < 20 for x in point)]
    exact = [[*map(mp.mpf, point)] for point in points]
    return points, [[float(value(*x)), *map(float, slopes(*x))] for x in exact]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("op", EXACT, ids=lambda op: op.name)
def test_every_way_agrees(way, op):
    points, rights = moderate(op)
    xs = [Value(0.5) for _ in op.operands]
    program = built(way, [op(*xs)], xs, xs)
    batch = program(*np.array(points).T)[0].ravel()
    for point, right, among in zip(points, rights, batch, strict=True):
        alone, gradient = program(*point)
        assert [alone.item(), *gradient.ravel()] == pytest.approx(right, rel=2e-13, abs=1e-300), point
        assert among == pytest.approx(right[0], rel=2e-13, abs=1e-300)


@pytest.mark.parametrize(
    ("op", "point", "value", "slopes"),
    [
        (cbrt, (27,), 3.0, [1 / 27]),
        (cbrt, (-8.0,), -2.0, [1 / 12]),
        (cbrt, (0.0,), 0.0, [math.inf]),
        (log2, (8,), 3.0, [0.125 / math.log(2)]),
        (log10, (1000,), 3.0, [0.001 / math.log(10)]),
        (hypot, (3, 4), 5.0, [0.6, 0.8]),
        (hypot, (0.0, 0.0), 0.0, [math.nan, math.nan]),
        (atan2, (1.0, -1.0), 3 * math.pi / 4, [-0.5, -0.5]),
        (atan2, (1e200, 1e200), math.pi / 4, [5e-201, -5e-201]),
        (log_cosh, (0.0,), 0.0, [0.0]),
        (log_cosh, (1e-8,), pytest.approx(5e-17, rel=1e-15), [1e-8]),
        (log_cosh, (-math.inf,), math.inf, [-1.0]),
        (log_cosh, (math.nan,), pytest.approx(math.nan, nan_ok=True), [math.nan]),
        (erf, (math.inf,), 1.0, [0.0]),
        (erfc, (-math.inf,), 2.0, [0.0]),
        (bell, (-math.inf,), 0.0, [math.nan]),
    ],
)
def test_known_points(op, point, value, slopes):
    z = op(*map(Value, point))
    assert z.data == value
    assert z.partials == pytest.approx(slopes, rel=4e-16, nan_ok=True)


# Φ(x)·x and its slope to 15 digits, from scipy.stats.norm: x · cdf(x), cdf(x) + x · pdf(x).
@pytest.mark.parametrize("x", [-30.0, -6.0, -1.0, -0.5, 0.0, 0.3, 1.0, 4.0, 30.0])
def test_gelu_is_keras(x):
    exact = mp.mpf(x)
    value = exact * mp.ncdf(exact)
    slope = mp.ncdf(exact) + exact * mp.npdf(exact)
    leaf = Value(x)
    z = gelu(leaf)
    assert z.data == pytest.approx(float(value), rel=1e-13, abs=1e-200)
    assert grad(z, [leaf])[0] == pytest.approx(float(slope), rel=1e-13, abs=1e-200)
    assert gelu(x) == z.data
    assert gelu(np.array([x])) == pytest.approx([z.data], rel=1e-15)
    assert get("gelu")([x]) == [gelu(x)]
    inner = mp.sqrt(2 / mp.pi) * (exact + mp.mpf("0.044715") * exact**3)
    assert gelu(x, approximate=True) == pytest.approx(float(exact / 2 * (1 + mp.tanh(inner))), rel=1e-12, abs=1e-13)
    for way in ("numpy", "native"):
        assert built(way, [gelu(leaf)], [leaf])(x)[0] == pytest.approx(float(value), rel=1e-13, abs=1e-200)


def test_gelu_runs_in_a_program_in_both_forms():
    x = Value(0.5, "x")
    values, _ = compile([gelu(x), gelu(x, approximate=True)], [x])([0.5, -1.0])
    assert values.tolist() == [pytest.approx([gelu(a), gelu(a, approximate=True)]) for a in (0.5, -1.0)]


@pytest.mark.parametrize("way", WAYS)
def test_the_loss_log_cosh_keeps_its_digits_near_0(way):
    y, p = Value(0.0), Value(0.5)
    program = built(way, [LOSSES["log_cosh"]([y], [p])], [y, p], [p])
    for error in (1e-160, -3e-8, 1e-8, 2e-5, 0.01, -1.0, 19.9, 20.1, 700.0):
        value, gradient = program(0.0, error)
        right = log_of_cosh(mp.mpf(error)), mp.tanh(mp.mpf(error))
        assert [value.item(), gradient.item()] == pytest.approx([*map(float, right)], rel=2e-15, abs=1e-319), error


def test_how_they_are_written():
    graph = parse("u = erf(a + b); v = log2(a) + log10(b); w = cbrt(a) + hypot(a, b) + arctan2(a, b)", a=1.0, b=2.0)
    written = [expression(graph[name], dialect) for name in "uvw" for dialect in ("unicode", "latex", "python")]
    assert written == [
        "erf(a + b)",
        r"\operatorname{erf}(a + b)",
        "erf(a + b)",
        "log₂(a) + log₁₀(b)",
        r"\log_{2}(a) + \log_{10}(b)",
        "log2(a) + log10(b)",
        "∛a + hypot(a, b) + atan2(a, b)",
        r"\sqrt[3]{a} + \operatorname{hypot}(a, b) + \operatorname{atan2}(a, b)",
        "cbrt(a) + hypot(a, b) + atan2(a, b)",
    ]
    assert OPS["erf"].__doc__.splitlines()[0] == "erf(x), with ∂z/∂x = 1.12838 · exp(−x²)."
    assert expression(bell(graph["u"] + 1), "latex") == r"e^{-(\operatorname{erf}(a + b) + 1)^{2}}"
