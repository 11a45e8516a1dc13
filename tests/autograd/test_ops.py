"""Every row of the table against SymPy, difference quotients, PyTorch and NumPy."""

from __future__ import annotations

import copy
import math
import operator
import pickle
import re
from fractions import Fraction
from itertools import combinations_with_replacement, islice, product
from random import Random

import numpy as np
import pytest

import autograd
from autograd import (
    DivisionByZero,
    DomainError,
    OperandError,
    RangeError,
    ShapeError,
    Value,
    dot,
    exp,
    gelu,
    grad,
    hessian,
    leaky_relu,
    log,
    logsumexp,
    relu,
    sigmoid,
    softmax,
    softplus,
    sqrt,
    tanh,
)
from autograd.core.op import FLOATS, OPS, arrays, rebind
from autograd.core.value import operands, record, slopes
from tests.oracle import LENGTHS, ROWS, admits, arity, call, formula, grid, number, points, same, symbols

every_row = pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
variadic_row = pytest.mark.parametrize("op", [op for op in ROWS if op.variadic], ids=lambda op: op.name)


def values(numbers):
    return [Value(x) for x in numbers]


def lengths(op):
    """For a vector row the lengths to test, else one dummy."""
    return LENGTHS if op.variadic else (1,)


# ── the value ─────────────────────────────────────────────────────────────────────────────────────


@every_row
def test_value_is_sympys(op):
    for entries in lengths(op):
        names = symbols(arity(op, entries))
        expected = formula(op, names)
        for numbers in points(op, 5, entries):
            z = call(op, values(numbers))
            assert z.data == pytest.approx(number(expected, names, numbers), rel=1e-12, abs=1e-14), numbers
            assert z.data == call(op, numbers)


@every_row
def test_value_at_kinks_and_ties_is_sympys(op):
    names = symbols(arity(op, 2))
    expected = formula(op, names)
    for numbers in grid(op):
        right = number(expected, names, numbers) if admits(op, numbers) else math.nan
        if not math.isnan(right):  # of atan2(0, 0) SymPy has none
            assert call(op, numbers) == pytest.approx(right, rel=1e-12, abs=1e-14), numbers


@every_row
def test_float_words_agree_with_array_words(op):
    for entries in lengths(op):
        corners = islice(grid(op, min(entries, 3)), 0, None, 1 if arity(op, entries) < 6 else 17)
        batch = [*points(op, 20, entries), *(numbers for numbers in corners if admits(op, numbers))]
        batch = [numbers for numbers in batch if len(numbers) == arity(op, entries)]
        columns = list(np.array(batch).T)
        together = np.broadcast_to(arrays()[op.name](*op.columns(columns)), len(batch))
        alone = [call(op, numbers) for numbers in batch]
        np.testing.assert_allclose(together.astype(float), np.array(alone, float), rtol=1e-14, atol=1e-15)
        np.testing.assert_array_equal(np.asarray(call(op, columns), float), np.asarray(together, float))


@pytest.mark.parametrize("extreme", [-1000.0, 1000.0, -1e308, 1e308])
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "softplus", "relu", "leaky_relu", "elu", "silu", "atan"])
def test_no_overflow_at_either_tail(name, extreme):
    x = Value(extreme)
    z = OPS[name](x)
    z.backward()
    assert math.isfinite(z.data)
    assert math.isfinite(x.grad)
    assert math.isfinite(float(arrays()[name](np.float64(extreme))))


def test_stable_tails():
    assert [sigmoid(-1000), sigmoid(1000), sigmoid(-745.0)] == [0.0, 1.0, math.exp(-745.0)]
    assert [softplus(-1000), softplus(1000)] == [0.0, 1000.0]
    assert [tanh(-1000), tanh(1000)] == [-1.0, 1.0]
    assert logsumexp([1000, 1000]) == 1000 + math.log(2)
    assert logsumexp([-1000.0, -1000.0]) == -1000 + math.log(2)
    assert softplus(-40.0) == pytest.approx(math.exp(-40.0), rel=1e-15)
    assert sigmoid(-40.0) == pytest.approx(math.exp(-40.0), rel=1e-15)


def test_gradient_of_logsumexp_is_softmax():
    xs = values([1000.0, 1001.0, 999.0])
    assert grad(logsumexp(xs), xs) == pytest.approx([p.data for p in softmax(xs)], rel=1e-15)
    assert sum(p.data for p in softmax(xs)) == pytest.approx(1.0, rel=1e-15)


def test_softmax_of_one_number_is_one():
    assert softmax([3.0]) == [1.0]


@pytest.mark.parametrize("approximate", [False, True])
@pytest.mark.parametrize("x", [-3.0, -0.7, 0.0, 0.4, 5.0])
def test_gelu_is_pytorchs(x, approximate):
    torch = pytest.importorskip("torch")
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = torch.nn.functional.gelu(t, approximate="tanh" if approximate else "none")
    y.backward()
    v = Value(x)
    z = gelu(v, approximate)
    z.backward()
    assert z.data == pytest.approx(y.item(), rel=1e-14, abs=1e-15)
    assert v.grad == pytest.approx(t.grad.item(), rel=1e-14, abs=1e-15)


# ── the slopes ────────────────────────────────────────────────────────────────────────────────────


def derivative(z, xs, which):
    """∂ᵏz/∂x∂y… by the operands of which."""
    for i in which:
        z = grad(z, [xs[i]], create_graph=True)[0]
    return z.data


@every_row
def test_derivatives_to_the_third_are_sympys(op):
    names = symbols(arity(op, 3))
    expected = {(): formula(op, names)}
    for order in (1, 2, 3):
        for which in combinations_with_replacement(range(len(names)), order):
            expected[which] = expected[which[:-1]].diff(names[which[-1]])
    for numbers in points(op, 2, 3):
        xs = values(numbers)
        z = call(op, xs)
        for which, formula_of_it in expected.items():
            right = number(formula_of_it, names, numbers)
            assert derivative(z, xs, which) == pytest.approx(right, rel=1e-9, abs=1e-11), (which, numbers)


@every_row
def test_slopes_are_central_differences(op):
    h = 1e-5
    for entries in lengths(op):
        for numbers in points(op, 4, entries):
            xs = values(numbers)
            found = grad(call(op, xs), xs)
            for i, slope in enumerate(found):
                right = [*numbers[:i], numbers[i] + h, *numbers[i + 1 :]]
                left = [*numbers[:i], numbers[i] - h, *numbers[i + 1 :]]
                quotient = (call(op, right) - call(op, left)) / (2 * h)
                assert slope == pytest.approx(quotient, rel=1e-7, abs=1e-8), (i, numbers)


@every_row
def test_second_derivatives_are_symmetric(op):
    for numbers in points(op, 3):
        xs = values(numbers)
        table = hessian(call(op, xs), xs)
        for i, j in product(range(len(xs)), repeat=2):
            assert table[i][j] == pytest.approx(table[j][i], rel=1e-12, abs=1e-14), numbers


@every_row
def test_slopes_as_graphs_have_the_eager_slopes_numbers(op):
    """Kinks, ties and edges too: the row's words run on Values there choose as they do on floats."""
    for numbers in [*points(op, 5, 2), *grid(op)]:
        if admits(op, numbers):
            xs = values(numbers)
            z = call(op, xs)
            graphs = [g.data for g in grad(z, xs, create_graph=True)]
            assert graphs == pytest.approx(grad(z, xs), rel=1e-15, nan_ok=True), numbers


@every_row
def test_eager_slopes_are_the_rows_words(op):
    """Whoever made the node, by call or by a hand-inlined operator: it is what the row says."""
    for numbers in [*points(op, 5, 2), *grid(op)]:
        if not admits(op, numbers):
            continue
        xs = values(numbers)
        right = record(op, xs)
        z = op.value(*xs) if op.infix else call(op, xs)
        assert z.op == op.name
        assert [x is y for x, y in zip(operands(z), xs, strict=True)] == [True] * len(xs)
        assert same(z.data, op.evaluate(numbers)) and same(z.data, right.data)
        seen = op.float_seen(numbers, z.data)
        words = [None if op.is_flat(i, xs) else op.float_slope(i, numbers, *seen) for i in range(len(xs))]
        for mine, hers, word in zip(slopes(z), slopes(right), words, strict=True):
            assert mine is word is None or (same(mine, word) and same(hers, word)), numbers


KINDS = [float, int, Fraction, bool, np.float64, np.float32, np.int64]
NUMBERS = [
    (2, 3, 5),
    (0, 0, 0),
    (-1, 2, -2),
    (-2, 0.5, 1),
    (1, 0, -1),
    (0.5, -1, 2),
    (1e308, 10, 10),
    (10, 400, 2),
    (10**400, 0.5, 1),
]


# Numbers that, to the left of a Value, hand on another number than themselves.
CONVERTED = {"": [np.float64, np.float32, np.int64], "pow": [np.float64, np.float32, np.int64, Fraction]}


def node_or_error(make):
    """What a call makes, in full."""
    try:
        z = make()
    except Exception as error:
        return type(error), str(error)
    kept = [id(x) if isinstance(x, Value) else repr(x) for x in operands(z)]
    exact = [d if d is None or d in (math.inf, -math.inf) or d != d else Fraction(d) for d in slopes(z)]
    return z.op, repr(z.data), repr(exact), kept, z.grad, z.name


def operands_of_all_kinds(op):
    """Values of every kind of number beside constants of every kind, at least one Value."""
    rng = Random(op.name)
    count = arity(op, 2)
    for numbers in NUMBERS[: None if op.infix else -1]:
        for _ in range(100):
            try:
                found = [rng.choice(KINDS)(numbers[i % 3]) for i in range(count)]
            except OverflowError:
                continue
            wrapped = [rng.random() < 0.5 for _ in found]
            if not any(wrapped) or (op.infix and type(found[0]) in CONVERTED.get(op.name, CONVERTED[""])):
                wrapped[0] = True
            yield [Value(x) if wrap else x for x, wrap in zip(found, wrapped, strict=True)]


@every_row
def test_however_a_node_is_made_it_is_what_record_makes(op):
    """For ints, floats, Fractions, NumPy scalars, on both sides, inside and outside of the domain."""
    with np.errstate(all="ignore"):
        for found in operands_of_all_kinds(op):
            made = node_or_error(lambda found=found: op.value(*found) if op.infix else call(op, found))
            assert made == node_or_error(lambda found=found: record(op, found)), found


# ── PyTorch ───────────────────────────────────────────────────────────────────────────────────────

# Rows whose name in PyTorch differs, or whose operands it wants in another form.
IN_TORCH = {
    "neg": lambda torch: torch.neg,
    "softplus": lambda torch: lambda x: torch.nn.functional.softplus(x, threshold=1000),
    "leaky_relu": lambda torch: lambda x, a: torch.nn.functional.prelu(x.reshape(1), a.reshape(1)).reshape(()),
    "elu": lambda torch: lambda x, a: torch.nn.functional.elu(x, a.item()),
    "silu": lambda torch: torch.nn.functional.silu,
    "gt": lambda torch: lambda x, y: torch.gt(x, y).double(),
    "eq": lambda torch: lambda x, y: torch.eq(x, y).double(),
    "where": lambda torch: lambda c, x, y: torch.where(c != 0, x, y),
    "gated": lambda torch: torch.mul,
    "bell": lambda torch: lambda x: torch.exp(-x * x),
    "sum": lambda torch: lambda *x: torch.sum(torch.stack(x)),
    "dot": lambda torch: lambda *xy: torch.dot(torch.stack(xy[: len(xy) // 2]), torch.stack(xy[len(xy) // 2 :])),
    "logsumexp": lambda torch: lambda *x: torch.logsumexp(torch.stack(x), 0),
}
NOT_DIFFERENTIATED = {("elu", 1), ("heaviside", 0), ("heaviside", 1)}  # operands that PyTorch has no slope by


def in_torch(torch, op):
    """PyTorch's function for a row, on a flat list of operands."""
    return IN_TORCH[op.name](torch) if op.name in IN_TORCH else getattr(torch, op.name)


def torchs(torch, op, numbers):
    """PyTorch's value and gradient; None where it has no slope."""
    function = in_torch(torch, op)
    xs = [
        torch.tensor(x, dtype=torch.float64, requires_grad=(op.name, i) not in NOT_DIFFERENTIATED)
        for i, x in enumerate(numbers)
    ]
    z = function(*xs)
    if z.requires_grad:
        z.backward()
    return z.item(), [None if x.grad is None else x.grad.item() for x in xs]


@every_row
def test_values_slopes_kinks_ties_and_edges_are_pytorchs(op):
    torch = pytest.importorskip("torch")
    if op.name == "cbrt":
        pytest.skip("PyTorch has no cube root")
    checked = 0
    for numbers in [*points(op, 5, 2), *grid(op)]:
        value, gradient = torchs(torch, op, numbers)
        if not admits(op, numbers):
            assert not math.isfinite(value), numbers  # where PyTorch goes on with inf or nan, a row refuses
            continue
        xs = values(numbers)
        z = call(op, xs)
        assert z.data == pytest.approx(value, rel=1e-13, abs=1e-15), numbers
        for i, (ours, theirs) in enumerate(zip(grad(z, xs), gradient, strict=True)):
            if theirs is not None:
                assert ours == pytest.approx(theirs, rel=1e-13, abs=1e-15, nan_ok=True), (i, numbers)
                checked += 1
            else:
                assert (op.name, i) in NOT_DIFFERENTIATED or ours == 0, (i, numbers)
    assert checked or op.is_step or op.name == "heaviside"


@pytest.mark.parametrize(
    ("make", "numbers", "slopes"),
    [
        (relu, [0.0], [0.0]),
        (abs, [0.0], [0.0]),
        (sqrt, [0.0], [math.inf]),
        (autograd.maximum, [2.0, 2.0], [0.5, 0.5]),
        (autograd.minimum, [2.0, 2.0], [0.5, 0.5]),
        (operator.pow, [0.0, 0.0], [0.0, 0.0]),
        (operator.pow, [0.0, 2.0], [0.0, 0.0]),
        (operator.pow, [-2.0, 3.0], [12.0, math.nan]),
        (leaky_relu, [0.0, 0.3], [0.3, 0.0]),
        (autograd.asin, [1.0], [math.inf]),
        (autograd.acos, [-1.0], [-math.inf]),
        (autograd.clip, [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]),
        (autograd.heaviside, [0.0, 0.25], [0.0, 1.0]),
    ],
)
def test_conventions_at_kinks_ties_and_edges(make, numbers, slopes):
    xs = values(numbers)
    assert grad(make(*xs), xs) == pytest.approx(slopes, nan_ok=True)


def test_a_constant_exponent_never_takes_the_logarithm_of_a_negative_base():
    x = Value(-2.0)
    assert (x**3).partials == (12.0, 0)
    assert grad(x**3, [x], create_graph=True)[0].data == 12.0


# ── the domain ────────────────────────────────────────────────────────────────────────────────────


@every_row
def test_a_row_has_values_exactly_in_its_domain(op):
    ends = [(x,) * arity(op, 2) for x in (-math.inf, math.inf) if op.variadic or len(op.operands) == 1]
    outside = 0
    for numbers in [*grid(op), *ends]:
        if admits(op, numbers):
            assert math.isfinite(call(op, numbers)) or math.inf in map(abs, numbers), numbers
            continue
        outside += 1
        got = ", ".join(f"{name} = {x}" for name, x in zip(op.operands, numbers, strict=False))
        message = f"{op.name} needs {op.where}, got {got}. {op.remedy}"
        for given in (numbers, values(numbers)):
            with pytest.raises(DomainError) as caught:
                call(op, given)
            assert str(caught.value) == message
            assert isinstance(caught.value, ValueError)
    assert bool(outside) == bool(op.where)


POW_NEEDS = "pow needs x > 0, or x = 0 and y ≥ 0, or x < 0 and a whole y"
POW_REMEDY = "For an odd root take sign(x) * abs(x)**y; for y < 0 keep x away from 0."


@pytest.mark.parametrize(
    ("make", "numbers", "error", "message"),
    [
        (log, [0.0], DomainError, "log needs x > 0, got x = 0.0. Clip the input or use softplus."),
        (log, [-1], DomainError, "log needs x > 0, got x = -1. Clip the input or use softplus."),
        (
            autograd.log1p,
            [-1.0],
            DomainError,
            "log1p needs x > −1, got x = -1.0. Clip the input.",
        ),
        (
            sqrt,
            [-4.0],
            DomainError,
            "sqrt needs x ≥ 0, got x = -4.0. Clip the input, as in sqrt(maximum(x, 0)).",
        ),
        (
            operator.truediv,
            [1.0, 0.0],
            DivisionByZero,
            "div needs y ≠ 0, got x = 1.0, y = 0.0. Keep the denominator away from 0, as in x / (y + 1e-9).",
        ),
        (
            operator.pow,
            [-8.0, 1 / 3],
            DomainError,
            f"{POW_NEEDS}, got x = -8.0, y = 0.3333333333333333. {POW_REMEDY}",
        ),
        (
            operator.pow,
            [0.0, -1.0],
            DivisionByZero,
            f"{POW_NEEDS}, got x = 0.0, y = -1.0. {POW_REMEDY}",
        ),
        (
            autograd.asin,
            [1.5],
            DomainError,
            "asin needs −1 ≤ x ≤ 1, got x = 1.5. Clip the input, as in clip(x, -1, 1).",
        ),
        (
            autograd.acos,
            [-2.0],
            DomainError,
            "acos needs −1 ≤ x ≤ 1, got x = -2.0. Clip the input, as in clip(x, -1, 1).",
        ),
        (exp, [1000.0], RangeError, "exp is too large for a float at x = 1000.0. Scale the input down."),
        (
            operator.pow,
            [10.0, 400.0],
            RangeError,
            "pow is too large for a float at x = 10.0, y = 400.0. Scale the input down.",
        ),
        (
            operator.pow,
            [9, 9**9],
            RangeError,
            "pow is too large for a float at x = 9, y = 387420489. Scale the input down.",
        ),
        (
            operator.pow,
            [1e-300, -2.0],
            RangeError,
            "pow is too large for a float at x = 1e-300, y = -2.0. Scale the input up.",
        ),
        (autograd.sinh, [-1000.0], RangeError, "sinh is too large for a float at x = -1000.0. Scale the input down."),
    ],
)
def test_refusals_in_full(make, numbers, error, message):
    with pytest.raises(error) as caught:
        make(*values(numbers))
    assert str(caught.value) == message
    assert type(caught.value) is error
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_a_refusal_names_the_operands():
    with pytest.raises(DomainError) as caught:
        log(Value(-0.25, "z"))
    assert str(caught.value) == "log needs x > 0, got x = -0.25 at 'z'. Clip the input or use softplus."
    with pytest.raises(ZeroDivisionError) as caught:
        Value(1.0, "a") / Value(0.0, "b")
    assert str(caught.value) == (
        "div needs y ≠ 0, got x = 1.0 at 'a', y = 0.0 at 'b'. Keep the denominator away from 0, as in x / (y + 1e-9)."
    )


@every_row
def test_infinite_operands_have_a_value_or_a_reason(op):
    """As Python's floats: sin(inf) has no value; what a row needs is then said in words, not left out."""
    for numbers in product((math.inf, -math.inf, math.nan, 1.0), repeat=arity(op, 2)):
        try:
            z = call(op, values(numbers))
        except (DomainError, RangeError) as error:
            assert re.match(rf"{op.name} (needs \S.*, got x = |is too large for a float at x = )", str(error))
            assert re.search(r"\. \S.*\.$", str(error))
        else:
            assert isinstance(z.data, float | int)


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────


@every_row
def test_laws_agree_with_the_value(op):
    """A literal operand that a law folds leaves what the operation gives with it."""
    for numbers in points(op, 5):
        assert op.fold(numbers) == call(op, numbers)
        for (name, literal), result in op.laws.items():
            at = op.operands.index(name)
            given = {**dict(zip(op.operands, numbers, strict=True)), name: literal}
            opaque = [literal if i == at else f"<{operand}>" for i, operand in enumerate(op.operands)]
            left = op.fold(opaque)
            assert left == (f"<{result}>" if isinstance(result, str) else result)
            value = given[result] if isinstance(result, str) else result
            assert value == call(op, tuple(given.values())), (name, literal)


@every_row
def test_without_a_law_nothing_is_folded(op):
    opaque = [f"<{i}>" for i in range(arity(op))]
    assert op.fold(opaque) is None
    unlawful = [name for name in op.operands if (name, 7) not in op.laws and not op.variadic and arity(op) > 1]
    for name in unlawful:
        assert op.fold([7 if operand == name else "<x>" for operand in op.operands]) is None


# ── calling ───────────────────────────────────────────────────────────────────────────────────────


@variadic_row
@pytest.mark.parametrize("entries", LENGTHS)
def test_vectors_of_any_length_are_one_node(op, entries):
    xs = values(next(points(op, 1, entries)))
    z = call(op, xs)
    assert [x is y for x, y in zip(z.operands, xs, strict=True)] == [True] * len(xs)
    z.backward()
    assert [x.grad or 0 for x in xs] == list(z.partials)


@variadic_row
def test_vectors_may_be_any_iterables(op):
    numbers = next(points(op, 1))
    right = call(op, numbers)
    assert op(*map(iter, op.columns(numbers))) == right
    assert op(*map(np.array, op.columns(numbers))) == pytest.approx(right, rel=1e-15)


@variadic_row
def test_parallel_entries_keep_their_edges(op):
    x = Value(1.5)
    columns = [[x, x]] * len(op.operands)
    z = op(*columns)
    assert z.operands == (x,) * 2 * len(columns)
    h = 1e-6
    quotient = (op(*[[1.5 + h] * 2] * len(columns)) - op(*[[1.5 - h] * 2] * len(columns))) / (2 * h)
    assert grad(z, [x]) == pytest.approx([quotient], rel=1e-8)


@variadic_row
def test_vectors_of_no_entry_are_refused(op):
    got = " and ".join(["0"] * len(op.operands))
    with pytest.raises(ShapeError) as caught:
        op(*[[]] * len(op.operands))
    assert str(caught.value) == f"{op.name} needs vectors of one length, at least 1, got length {got}."


def test_vectors_of_two_lengths_are_refused():
    with pytest.raises(ShapeError) as caught:
        dot([1, 2], [Value(1.0)])
    assert str(caught.value) == "dot needs vectors of one length, at least 1, got length 2 and 1."


@every_row
def test_a_wrong_number_of_operands_is_refused(op):
    if op.variadic and len(op.operands) == 1:
        return
    with pytest.raises(OperandError) as caught:
        op(*[1.0] * (len(op.operands) + 1))
    start = f"The call is {op.signature}"
    assert str(caught.value) in (f"{start}.", f"{start}, got {len(op.operands) + 1} operands.")


def test_signatures():
    assert [OPS[name].signature for name in ("tanh", "leaky_relu", "heaviside", "dot", "sum")] == [
        "tanh(x)",
        "leaky_relu(x, a=0.01)",
        "heaviside(x, h=0.5)",
        "dot([x, …], [y, …])",
        "sum([x, …])",
    ]


@every_row
def test_a_row_needs_numbers(op):
    bad = [["3"] * 2] * len(op.operands) if op.variadic else ["3"] * len(op.operands)
    with pytest.raises(OperandError) as caught:
        op(*bad)
    assert str(caught.value) == (
        f"An operand of {op.name} must be a real number, got '3' (str). Give an int, a float, a Fraction or a Value."
    )


@pytest.mark.parametrize("op", [op for op in ROWS if op.defaults], ids=lambda op: op.name)
def test_last_operands_have_defaults(op):
    for numbers in points(op, 3):
        required = numbers[: -len(op.defaults)]
        assert op(*required) == op(*required, *op.defaults)
        assert op(Value(required[0]), *required[1:]).data == op(*required)


@pytest.mark.parametrize("op", [op for op in ROWS if not op.variadic and arity(op) == 1 + len(op.defaults)], ids=str)
def test_rows_of_one_operand_are_methods(op):
    for name in (op.name, *op.aliases):
        (x, *_), *_ = points(op, 1)
        z = getattr(Value(x), name)()
        assert (z.op, z.data) == (op.name, op(x))
        assert getattr(Value, name).__doc__ == op.__doc__


@every_row
def test_rows_that_are_no_operators_are_public_functions(op):
    assert op.infix or getattr(autograd, op.name) is op
    assert op.infix or op.name in autograd.__all__


@every_row
def test_a_row_keeps_its_identity_in_copies(op):
    assert pickle.loads(pickle.dumps(op)) is op
    assert copy.deepcopy(op) is op


@every_row
def test_the_row_tests_itself_inside_its_domain(op):
    corners = product(*op.near)
    assert all(admits(op, corner) for corner in corners)


EXACT = "add sub mul div neg abs relu leaky_relu maximum minimum gt eq where heaviside sign clip sum dot"


@pytest.mark.parametrize("name", EXACT.split())
def test_arithmetic_and_choices_keep_fractions_exact(name):
    op = OPS[name]
    numbers = [Fraction(k + 2, 7) for k in range(arity(op, 2))]
    z = call(op, values(numbers))
    assert all(isinstance(x, int | Fraction) for x in (z.data, *z.partials))
    assert z.data == pytest.approx(call(op, [float(x) for x in numbers]))


@pytest.mark.parametrize("base", [2, -3, Fraction(1, 2), Fraction(3, 2)])
def test_an_exact_power_has_at_most_100_000_bits(base):
    pow = OPS["pow"]
    assert pow(base, 50_000) == base**50_000
    assert Fraction(pow(Fraction(base), -50_000)) == Fraction(base) ** -50_000
    for y in (50_001, -50_001):
        with pytest.raises(RangeError, match="is too large for a float at x = "):
            pow(base, y)


# ── where Python's floats raise ───────────────────────────────────────────────────────────────────

EDGES = [-math.inf, -1e308, -1000.0, -2.5, -2, -1.0, -0.5, -5e-324, -0.0, 0, 0.0, 5e-324, 0.5, 1.0, 2.0, 3, 1000.0]
EDGES += [1e308, math.inf, math.nan]


def numpys(words, *operands):
    """The words on NumPy's floats, which never raise; a list is a vector."""
    with np.errstate(all="ignore"):
        return float(words(*[list(map(np.float64, x)) if isinstance(x, list) else np.float64(x) for x in operands]))


def refused(words, *operands):
    try:
        words(*operands)
    except (ArithmeticError, ValueError):
        return True
    return False


def bits(x):
    """nan by its name: its sign is the machine's."""
    return "nan" if math.isnan(x) else (x, math.copysign(1, x))


@every_row
def test_where_floats_raise_values_and_slopes_are_those_of_ieee_754(op):
    count = 2 if op.variadic else arity(op)
    for numbers in product(EDGES if count < 3 else EDGES[::3], repeat=count):
        columns = op.columns(list(numbers))
        z = op.limit(numbers)
        if refused(FLOATS[op.name], *columns):
            assert bits(z) == bits(numpys(arrays()[op.name], *columns)), numbers
        seen = op.float_seen(numbers, z)
        for i in range(count):
            column, entry = op.entry(i, numbers)
            words = op.float_partials[column]
            if not isinstance(words, int) and refused(words, *entry, *seen):
                slope = numpys(rebind(words, arrays()), *entry, *seen)
                assert bits(op.float_slope(i, numbers, *seen)) == bits(slope), (numbers, i)


@pytest.mark.parametrize(
    ("name", "numbers", "value"),
    [
        ("div", (1.0, 10**400), 0.0),
        ("div", (-1.0, 10**400), -0.0),
        ("div", (-(10**400), 3.0), -math.inf),
        ("add", (10**400, -0.5), math.inf),
        ("pow", (10, 200_000), math.inf),
        ("pow", (Fraction(-1, 10), 100_001), -0.0),
    ],
)
def test_what_no_float_holds_is_infinite_beside_floats(name, numbers, value):
    assert bits(OPS[name].limit(numbers)) == bits(value)
