"""Every slope of the table within 4 units in the last place, in every back end; softmax and its losses at any size."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache, partial
from random import Random

import mpmath
import pytest
from hypothesis import settings

import nn
from autograd import ChalkgradError, Value, compile, cross_entropy, grad, hessian, logsumexp, sigmoid, softmax
from autograd.core.op import OPS, rebind
from autograd.core.tracer import Tracer
from autograd.core.value import slopes
from benchmarks.exact import TEXTBOOK, slope, words
from benchmarks.fuzz import LOOSER as OF_LIBRARIES
from benchmarks.fuzz import WAYS
from tests.oracle import ROWS, arity, call
from tests.program_oracle import missing

SOAK = settings.default.max_examples > 1000
SMOOTH = [op for op in ROWS if not op.is_step]
ULPS = 4


def operand(rng):
    """A float of any size, in a tail, or close to 0, 1 or another kink."""
    sign = rng.choice((-1, 1))
    return rng.choice(
        [
            sign * 10 ** rng.uniform(-300, 300),
            sign * 10 ** rng.uniform(-3, 3),
            sign * rng.uniform(0, 3),
            sign * rng.uniform(10, 710),
            sign * (1 - 10 ** rng.uniform(-16, 0)),
        ]
    )


def cases(op):
    """Nodes with their leaves; by the place of a leaf the exact slope, and its largest term."""
    rng = Random(op.name)
    for _ in range(5000 if SOAK else settings.default.max_examples // 2 * arity(op, 2)):
        xs = [Value(operand(rng)) for _ in range(arity(op, 2))]
        try:
            z = op.value(*xs) if op.infix else call(op, xs)
        except ChalkgradError:
            continue
        numbers = [mpmath.mpf(x.data) for x in xs]
        exact = words(True)[op.name](*op.columns(numbers))
        if normal(z.data) and normal(exact):
            live = [i for i, d in enumerate(slopes(z)) if d is not None]
            right = {i: (slope(op, i, numbers, exact), largest(op, i, numbers, exact)) for i in live}
            yield z, xs, {i: sizes for i, sizes in right.items() if all(map(normal, sizes))}


def normal(x):
    """Whether the nearest float has all its digits; beside the smallest ones products of slopes do not."""
    return mpmath.isfinite(x) and not isinstance(x, mpmath.mpc) and 1e-290 < abs(x) < 1e305


CROSSING = ("silu", "cross_entropy", "binary_cross_entropy")  # whose slopes have zeros where terms cancel


def largest(op, i, numbers, z):
    """The largest term of a slope beside a zero of it, of other slopes these themselves."""
    if op.name not in CROSSING:
        return abs(slope(op, i, numbers, z))
    column, entry = op.entry(i, numbers)
    common = rebind(op.common, words(False))(*op.columns(numbers)) if op.common else ()
    return op.partials[column](*map(Terms, (*entry, z, *common))).size


class Terms(Tracer):
    """A number, and the largest term of the sums in its formula: where they cancel, that says how exact it is."""

    def __init__(self, number, size=None):
        self.number, self.size = number, abs(number) if size is None else size

    def apply(self, op, operands):
        terms = [x if isinstance(x, Terms) else Terms(mpmath.mpf(x)) for x in operands]
        if op.name == "where":
            return terms[1] if terms[0].number else terms[2]
        number = words(False)[op.name](*(x.number for x in terms))
        if op.name in ("add", "sub"):
            return Terms(number, max(x.size for x in terms))
        if op.name == "mul":
            return Terms(number, terms[0].size * terms[1].size)
        return Terms(number)


@pytest.fixture(scope="module")
def exact():
    with mpmath.workdps(TEXTBOOK):
        return [(op.name, case) for op in SMOOTH for case in cases(op)]


def off(found, right, term):
    """The error in units in the last place of the slope, or of its largest term."""
    with mpmath.workdps(TEXTBOOK):
        return float(abs(mpmath.mpf(found) - right) / math.ulp(float(max(abs(right), term))))


def test_points_are_all_over_the_range(exact):
    found = {(name, i) for name, (*_, right) in exact for i in right}
    assert len({name for name, _ in found}) == len(SMOOTH) - 1  # the slopes of heaviside are 0 and 1
    sizes = [abs(xs[0].data) for name, (_, xs, _) in exact if name == "atan"]
    assert min(sizes) < 1e-150 and max(sizes) > 1e100
    assert min(right[0][0] for name, (*_, right) in exact if name == "sigmoid" and right) < 1e-150


LOOSER = OF_LIBRARIES | {"jax": OF_LIBRARIES["jax"] | {"atan2": math.inf}}  # XLA has its hypot in single floats


def worst(some, gradients, allowed):
    """Each row that is off, by how much, and where."""
    rows = {}
    for (name, (_, xs, right)), gradient in zip(some, gradients, strict=True):
        for i, sizes in right.items():
            error = off(gradient[i], *sizes)
            if not error <= max(allowed.get(name, ULPS), rows.get(name, (0,))[0]):
                rows[name] = error, [x.data for x in xs]
    return rows


def test_recorded_slopes_are_exact(exact):
    assert worst(exact, [slopes(z) for _, (z, *_) in exact], {}) == {}


@pytest.mark.parametrize("way", ["create_graph", "numpy", "native", "jax"])
def test_slopes_are_exact_in_every_back_end(way, exact):
    if way in ("native", "jax") and missing(way):
        pytest.skip(missing(way))
    some = exact if way != "jax" or SOAK else exact[::12]
    found = WAYS[way]([(z, xs) for _, (z, xs, _) in some])
    assert worst(some, [gradient for _, *gradient in found], LOOSER.get(way, {})) == {}


# ── second derivatives, through the words of the slopes ───────────────────────────────────────────


ROWS_OF_ONE = ("sigmoid", "tanh", "softplus", "silu", "exp", "sinh", "elu", "log1p", "asin", "acos")
AT = (-200.0, -40.0, -5.0, -0.3, 1e-10, 0.7, 1 - 1e-9, 5.0, 30.0, 200.0)
SECOND = [(name, at) for name in ROWS_OF_ONE for at in AT if abs(at) < 1 or name not in ("log1p", "asin", "acos")]


@pytest.mark.parametrize(("name", "at"), SECOND)
def test_second_derivatives_keep_their_digits_in_the_tails(name, at):
    x = Value(at)
    found = hessian(OPS[name](x), [x])[0][0]
    with mpmath.workdps(TEXTBOOK):
        f = words(True)[name]
        right = mpmath.diff(f if name != "elu" else lambda t: f(t, 1), at, 2, h=mpmath.mpf(10) ** -60)
        assert abs(found - right) <= 2e-15 * abs(right), float(right)


# ── softmax ───────────────────────────────────────────────────────────────────────────────────────


@cache
def probabilities(*xs):
    with mpmath.workdps(60):
        powers = [mpmath.exp(mpmath.mpf(x) - max(xs)) for x in xs]
        return [float(p / sum(powers)) for p in powers]


def found_in(way, functions, logits):
    """Each function's value and gradient, of one program with leaves for each: to compile takes most of the time."""
    graphs = [(function(xs := [Value(x) for x in logits]), xs) for function in functions]
    return WAYS[way](graphs)


SIZES = [[1e16, 1e16], [1e16] * 3, [-1e16, -1e16], [1e5 + 0.25, 1e5], [1e5, 1e5 - 3, 1e5 - 0.1], [1e308, 1e308]]
SIZES += [[3.0], [700.0, 650.5], [-700.0, -720.5], [0.3, -0.2, 1.1], [-math.inf, 2.0, 1.0], [1.75e308, 1.75e308]]
CASES = [(way, logits) for way in WAYS for k, logits in enumerate(SIZES) if way != "jax" or k % 4 == 0]


@pytest.mark.parametrize(("way", "logits"), CASES, ids=str)
def test_softmax_and_the_slopes_of_logsumexp_at_any_size(way, logits):
    if way in ("native", "jax") and missing(way):
        pytest.skip(missing(way))
    right = probabilities(*logits)
    functions = [logsumexp, *(lambda xs, k=k: softmax(xs)[k] for k in range(len(logits)))]
    (_, *gradient), *rows = found_in(way, functions, logits)
    assert gradient == pytest.approx(right, rel=1e-15)
    for k, (found, *row) in enumerate(rows):
        assert found == pytest.approx(right[k], rel=1e-15)
        assert row == pytest.approx([right[k] * ((i == k) - q) for i, q in enumerate(right)], rel=1e-14, abs=1e-15)


SMALL = [[0.0, math.log(5e-10)], [-30.0, 0.0, -31.5], [0.0, 0.0], [-1e-9, -20.7], [-700.0, 0.0], [2e-17, -39.5, -40.0]]


@pytest.mark.parametrize("way", [way for way in WAYS if way != "jax"])
@pytest.mark.parametrize("logits", SMALL, ids=str)
def test_logsumexp_and_its_loss_close_to_zero(way, logits):
    if way == "native" and missing(way):
        pytest.skip(missing(way))
    top, xs = logits.index(max(logits)), [Value(x) for x in logits]
    with mpmath.workdps(TEXTBOOK):
        right = mpmath.log(sum(mpmath.exp(x) for x in logits))
        rights = [float(right), float(right - max(logits))]
    outputs = logsumexp(xs), cross_entropy(xs, [i == top for i in range(len(xs))])
    for output, exact in zip(outputs, rights, strict=True):
        assert WAYS[way]([(output, xs)])[0][0] == pytest.approx(exact, rel=1e-15 if max(logits) == 0 else 1e-14, abs=0)


def test_a_shift_beside_nan_is_0_in_every_back_end():
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    program = compile(OPS["shift"]([xs[0] * xs[1], xs[2]]) + xs[2] * 0, inputs=xs)
    for point in ((0.0, math.inf, 1000.0), (0.0, math.inf, -1000.0)):
        for x, number in zip(xs, point, strict=True):
            x.data = number
        assert program.values(*point) == 0 and OPS["shift"]([xs[0] * xs[1], xs[2]]).data == 0
        assert OPS["shift"]([xs[2], xs[0] * xs[1]]).data == 0


@pytest.mark.parametrize(("way", "logits"), CASES, ids=str)
def test_losses_from_logits_at_any_size(way, logits):
    if way in ("native", "jax") and missing(way):
        pytest.skip(missing(way))
    right, k = probabilities(*logits), len(logits) - 1
    labels = {"sparse_categorical": [k], "categorical": [float(i == k) for i in range(len(logits))]}
    losses = [partial(nn.losses.LOSSES[f"{name}_crossentropy_from_logits"], y) for name, y in labels.items()]
    for value, *gradient in found_in(way, losses, logits):
        assert value == pytest.approx(
            -math.log(right[k]) if right[k] else max(logits) - logits[k], rel=2e-15, abs=3e-16
        )
        assert gradient == pytest.approx([p - (i == k) for i, p in enumerate(right)], rel=1e-14, abs=4e-16)


SURE = [[40.0, 0.0, 1.0], [700.0, 0.0, 3.5], [0.0, -40.5], [1e5, 99950.0, 0.0], [-1000.0, -1040.0], [3.0, 2.0, 2.5]]


@pytest.mark.parametrize("way", WAYS)
def test_the_slope_of_a_confident_class_keeps_its_digits(way):
    """p − 1 of the right class is minus the sum of the others, and σ(z) − 1 is −σ(−z)."""
    if way in ("native", "jax") and missing(way):
        pytest.skip(missing(way))
    names = "sparse_categorical_crossentropy_from_logits", "binary_crossentropy_from_logits"
    classes, units = (nn.losses.LOSSES[name] for name in names)
    graphs, right = [], []
    with mpmath.workdps(TEXTBOOK):
        for logits in SURE:
            powers = [mpmath.exp(mpmath.mpf(x)) for x in logits]
            for k in range(len(logits)):
                graphs.append((classes([k], xs := [Value(x) for x in logits]), xs))
                right.append([p / sum(powers) - (i == k) for i, p in enumerate(powers)])
            for y in (0.0, 1.0, 0.9, 1 - 2.0**-40):
                graphs.append((units([y], [x := Value(logits[0])]), [x]))
                right.append([1 / (1 + mpmath.exp(-mpmath.mpf(logits[0]))) - mpmath.mpf(y)])
        for (_, *gradient), exact in zip(WAYS[way](graphs), right, strict=True):
            for found, d in zip(gradient, exact, strict=True):
                assert off(found, d, 2.0**-1074) <= ULPS * (2 if way == "jax" else 1) or abs(d) < 1e-300, float(d)


def test_a_slope_of_labels_that_are_no_single_class_is_p_minus_y():
    for y in ([1.0, 0.5, -0.5], [1.0, 1.0, -1.0], [1.0, 1e-12, -1e-12], [1.0, 1e-14, 0.0], [0.0, 0.0, 1.0 - 2.0**-53]):
        xs = [Value(x) for x in (1.0, 0.0, -1.0)]
        expected = [p - yk for p, yk in zip(probabilities(1.0, 0.0, -1.0), y, strict=True)]
        assert grad(cross_entropy(xs, y), xs) == pytest.approx(expected, rel=1e-15, abs=1e-16)


def test_labels_that_are_shared_lose_nothing_to_what_all_logits_have_in_common():
    xs, y = [1e5 + 0.5, 1e5, 1e5 - 2.25], [0.25, 0.5, 0.25]
    with mpmath.workdps(50):
        right = float(mpmath.log(sum(mpmath.exp(x - mpmath.mpf(1e5)) for x in xs)) - (0.125 - 0.5625))
    assert cross_entropy(xs, y) == pytest.approx(right, rel=1e-15)


def test_labels_of_another_sum_are_taken_as_they_are():
    assert cross_entropy([2.0, 1.0], [3.0, -1.0]) == pytest.approx(logsumexp([2.0, 1.0]) - 5.0, rel=1e-15)


def test_a_softmax_is_compiled_for_samples_of_any_size():
    xs = [Value(0.0), Value(1.0)]
    program = compile(softmax(xs), inputs=[xs])
    assert program.values([[1e16, 1e16], [0.0, 1000.0], [-3.0, -3.0]]).tolist() == [[0.5, 0.5], [0.0, 1.0], [0.5, 0.5]]


def test_exact_numbers_stay_within_reach():
    x = Value(Fraction(1, 3))
    assert grad(x**-2, [x]) == [Fraction(-54)]
    assert sigmoid(Value(40.0)).partials[0] == pytest.approx(4.248354255291589e-18, rel=1e-15)
