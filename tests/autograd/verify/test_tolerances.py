"""What each tolerance accepts and refuses, just inside and just outside; the order of rows, and what reports say."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from autograd import (
    GradientError,
    OperandError,
    Value,
    assert_gradients,
    certificate,
    exp,
    grad,
    gradcheck,
    heaviside,
    sqrt,
)
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import record
from autograd.verify import certificate as certificates
from autograd.verify.complex_step import complex_step
from autograd.verify.finite_differences import Quotient, quotient
from autograd.verify.gradcheck import Derivative, judge
from autograd.verify.judgement import Ways
from autograd.verify.report import MOST_ROWS, Comparison, Report, aligned, in_full, in_ulps, ulps
from autograd.verify.rounding import Rounding

Q = Quotient
KINK = Q(0.5, 1.0, (0.0, 1.0))
CLEAR = Rounding(0.0, 1.0)  # of a gradient that rounding leaves alone
BLURRED = Rounding(0.5, 1.0)
HIDDEN = "cannot tell: rounding hides the slope"

# ── gradcheck ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("autograd", "numeric", "rtol", "atol", "ok", "verdict"),
    [
        (1.0, Q(1.0, 0.0), 0, 0, True, "ok"),
        (1.0 + 2**-52, Q(1.0, 0.0), 0, 0, False, "WRONG"),
        # |autograd − numeric| ≤ atol
        (1.5, Q(1.0, 0.0), 0, 0.5, True, "ok"),
        (0.5, Q(1.0, 0.0), 0, 0.5, True, "ok"),
        (1.5 + 2**-52, Q(1.0, 0.0), 0, 0.5, False, "WRONG"),
        (0.5 - 2**-53, Q(1.0, 0.0), 0, 0.5, False, "WRONG"),
        # … + rtol times the larger of both
        (2.0, Q(1.0, 0.0), 0.5, 0, True, "ok"),
        (2.0, Q(1.0, 0.0), 0.499, 0, False, "WRONG"),
        (1.0, Q(2.0, 0.0), 0.5, 0, True, "ok"),
        (1.0, Q(2.0, 0.0), 0.499, 0, False, "WRONG"),
        (-2.0, Q(-1.0, 0.0), 0.5, 0, True, "ok"),
        (-1.0, Q(-2.0, 0.0), 0.5, 0, True, "ok"),
        (2.0, Q(1.0, 0.0), 0.25, 0.5, True, "ok"),
        (2.0, Q(1.0, 0.0), 0.25, 0.499, False, "WRONG"),
        # … + twice the quotient's own error
        (1 + 2**-7, Q(1.0, 2**-8), 0, 0, True, "ok"),
        (1 + 2**-7, Q(1.0, 2**-8 - 2**-20), 0, 0, False, "WRONG"),
        # a quotient that is not good to 1 % decides nothing
        (1.0, Q(1.0, 0.0100), 0, 0, True, "ok"),
        (1.0, Q(1.0, 0.0101), 0, 0, False, HIDDEN),
        (-1.0, Q(-1.0, 0.0101), 0, 0, False, HIDDEN),
        (1.0, Q(1.0, 0.0101), 0, 0.02, True, "ok"),  # unless the caller asks for less
        (0.0, Q(0.0, 1.0e-300), 0, 0, False, HIDDEN),
        (0.0, Q(0.0, 0.9e-9, unit=1.0), 0, 0, True, "ok"),  # beside f itself
        (0.0, Q(0.0, 1.1e-9, unit=1.0), 0, 0, False, HIDDEN),
        (0.5, Q(0.5, 1.0, edge=True), 0, 0, True, "ok at an edge of the domain"),
        # where f jumps there is no slope
        (0.0, Q(9.0, 0.0, (0.0, 0.0), jump=True), 0, 1, False, "cannot tell: f jumps here, and has no slope"),
        # nan and inf
        (nan, Q(1.0, 0.0), 1, 1, False, "nan"),
        (1.0, Q(nan, inf), 1, 1, False, HIDDEN),
        (inf, Q(inf, 0.0, edge=True), 0, 0, True, "ok at an edge of the domain"),
        (-inf, Q(inf, 0.0, edge=True), 1, 1, False, "WRONG at an edge of the domain"),
        (inf, Q(1.0, 0.0), 1, 1, False, "WRONG"),
        (1.0, Q(inf, 0.0, edge=True), 1, 1, False, "WRONG at an edge of the domain"),
        (inf, Q(0.5, 0.0, (0.0, 1.0)), 1, 1, False, "WRONG at a kink, slopes 0 and 1"),
        # at a kink: all between the sides
        (0.0, Q(0.5, 0.0, (0.0, 1.0)), 0, 0, True, "ok at a kink, slopes 0 and 1"),
        (1.0, Q(0.5, 0.0, (0.0, 1.0)), 0, 0, True, "ok at a kink, slopes 0 and 1"),
        (0.3, Q(0.5, 0.0, (1.0, 0.0)), 0, 0, True, "ok at a kink, slopes 1 and 0"),
        (1.1, Q(0.5, 0.0, (0.0, 1.0)), 0, 0.09, False, "WRONG at a kink, slopes 0 and 1"),
        (-0.1, Q(0.5, 0.0, (0.0, 1.0)), 0, 0.09, False, "WRONG at a kink, slopes 0 and 1"),
        (1.1, Q(0.5, 0.0, (0.0, 1.0)), 0, 0.11, True, "ok at a kink, slopes 0 and 1"),
        (-0.1, Q(0.5, 0.0, (0.0, 1.0)), 0, 0.11, True, "ok at a kink, slopes 0 and 1"),
        (0.5, KINK, 0, 0, True, "ok at a kink, slopes 0 and 1"),  # its error is none of undecided's
        (0.1, Q(nan, 0.0, (0.12345, 1.0)), 0, 0.1, True, "ok at a kink, slopes 0.12345 and 1"),
    ],
)
def test_what_gradcheck_accepts_of_a_quotient(autograd, numeric, rtol, atol, ok, verdict):
    row = judge(Derivative("∂f/∂x", autograd, numeric, CLEAR, lambda: None), rtol, atol)
    assert (row.name, row.ok, row.verdict) == ("∂f/∂x", ok, verdict)


@pytest.mark.parametrize(
    ("autograd", "numeric", "rounding", "sharper", "ok", "verdict", "tolerance"),
    [
        # the sharper way is not asked where the quotient is sure and agrees
        (1.0, Q(1.0, 1e-9), CLEAR, 7.0, True, "ok", 1e-6),
        (1.0, Q(1.0, 0.51e-6), CLEAR, 7.0, False, "WRONG", 7e-6),
        (1.0, Q(1.0, 0.51e-6), CLEAR, 1.0, True, "ok", 1e-6),
        # it is heard where the quotient is not, or disagrees
        (1.0, Q(5.0, 0.0), CLEAR, 1.0, True, "ok", 1e-6),
        (1.0, Q(nan, inf), CLEAR, 1.0 + 0.9e-6, True, "ok", 1e-6),
        (1.0, Q(nan, inf), CLEAR, 1.0 + 1.1e-6, False, "WRONG", 1e-6),
        (2.0, Q(0.5, 0.0, (0.0, 1.0)), CLEAR, 0.0, False, "WRONG at a kink, slopes 0 and 1", 2e-6),
        # the quotient's own error is allowed where it decides alone
        (1.0, Q(1.0, 1e-3), CLEAR, None, True, "ok", 2e-3 + 1e-6),
        # what rounding has left no digits of
        (1.0, Q(nan, inf), BLURRED, 1.4, False, HIDDEN, 0.5),
        (1.0, Q(nan, inf), BLURRED, 1.0 + 0.9e-6, True, "ok", 0.5),
    ],
)
def test_a_sharper_way_decides_where_the_quotient_cannot(autograd, numeric, rounding, sharper, ok, verdict, tolerance):
    row = judge(Derivative("", autograd, numeric, rounding, lambda: sharper), 1e-6, None)
    assert (row.ok, row.verdict) == (ok, verdict)
    if verdict != HIDDEN:
        assert row.tolerance == pytest.approx(tolerance, rel=1e-5)


@pytest.mark.parametrize(("autograd", "shown"), [(0.3, 0.3), (1.5, 1.0), (-0.5, 0.0), (0.0, 0.0), (1.0, 1.0)])
def test_at_a_kink_the_number_beside_autograds_is_the_nearest_slope(autograd, shown):
    assert judge(Derivative("", autograd, KINK, CLEAR, lambda: None), 0, 0).other == shown


def sloped(slope):
    """f(x) = x, its slope recorded as another number."""

    def f(x):
        z = x * 1.0
        z.dx = slope
        return z

    return f


def passes(check, *arguments, **options):
    try:
        return bool(check(*arguments, **options))
    except GradientError:
        return False


@pytest.mark.parametrize(
    ("slope", "options", "ok"),
    [
        (1 + 0.99e-6, {}, True),  # rtol 1e-6
        (1 - 0.99e-6, {}, True),
        (1 + 1.01e-6, {}, False),
        (1 - 1.01e-6, {}, False),
        (1 + 2.0**-50, {"rtol": 0}, True),  # what rounding may do
        (1 + 1e-13, {"rtol": 0}, False),
        (1 + 0.99e-3, {"rtol": 0, "atol": 1e-3}, True),
        (1 - 0.99e-3, {"rtol": 0, "atol": 1e-3}, True),
        (1 + 1.01e-3, {"rtol": 0, "atol": 1e-3}, False),
        (1 - 1.01e-3, {"rtol": 0, "atol": 1e-3}, False),
        (1 + 0.99e-3, {"rtol": 1e-3, "atol": 0}, True),
        (1 + 1.01e-3, {"rtol": 1e-3, "atol": 0}, False),
        (1 + 1e-9, {"rtol": 0, "atol": 0}, False),
    ],
)
def test_gradchecks_tolerances_of_first_derivatives(slope, options, ok):
    assert passes(gradcheck, sloped(slope), 0.5, order=1, **options) is ok


@pytest.mark.parametrize(("slope", "ok"), [(1 + 0.99e-6, True), (1 + 1.01e-6, False), (-1.0, False)])
def test_a_large_derivative_widens_no_tolerance_of_another(slope, ok):
    assert passes(gradcheck, lambda x, y: 1e6 * x + sloped(slope)(y), [0.0, 0.0], order=1) is ok
    assert passes(gradcheck, lambda x, y: 1e13 * x + sloped(slope)(y), [1.0, 0.5], order=1) is ok


@pytest.mark.parametrize(
    ("off", "options", "ok"),
    [
        (0.99e-6, {}, True),
        (-0.99e-6, {}, True),
        (1.03e-6, {}, False),
        (-1.03e-6, {}, False),
        (0.99e-3, {"rtol": 1e-3, "atol": 0}, True),
        (1.01e-3, {"rtol": 1e-3, "atol": 0}, False),
        (0.99e-3, {"rtol": 0, "atol": 1e-3}, True),
        (1.01e-3, {"rtol": 0, "atol": 1e-3}, False),
        (0.1, {"order": 1}, True),  # which is not looked at
    ],
)
def test_gradchecks_tolerances_of_second_derivatives(off, options, ok, monkeypatch):
    """exp at 0, where the slope's graph is 1 + (1 + off) · x; a large first derivative widens nothing."""
    slope = lambda x, z, off=off: 1 + (1 + off) * x if hasattr(x, "node") else exp(x)  # noqa: E731
    words = replace(OPS["exp"], partials=(slope,))
    monkeypatch.setitem(OPS, "exp", words)
    assert passes(gradcheck, lambda x, y: record(words, [x]) + 1e6 * y, [0.0, 0.0], **options) is ok


def test_each_second_derivative_has_its_row():
    names = [row.name for row in gradcheck(lambda x, y: exp(x * y), [0.5, 0.25]).rows]
    assert names == ["∂f/∂x", "∂f/∂y", "∂²f/∂x²", "∂²f/∂y∂x", "∂²f/∂y²"]
    x, y = 0.5, 0.25
    numbers = [row.autograd for row in gradcheck(lambda x, y: exp(x * y), [x, y]).rows]
    e = math.exp(x * y)
    assert numbers == pytest.approx([y * e, x * e, y * y * e, (1 + x * y) * e, x * x * e], rel=1e-14)


def test_the_step_that_is_given_is_taken():
    [row] = gradcheck(lambda x: (100 * x).sin(), 0.5, order=1, eps=1e-5).rows
    assert row.other == quotient(lambda x: math.sin(100 * x), 0.5, 1e-5).value


def test_a_graph_is_checked_at_numbers_by_name():
    x = Value(2.0, "x")
    for at in ([1.0], 3.0, ["x"]):
        with pytest.raises(OperandError) as caught:
            gradcheck(x * 2, at)
        assert str(caught.value) == f"A graph is checked at numbers by name, got {at!r}. Its leaves are x."
    assert gradcheck((x * x).named("y"), {}).rows[0].name == "∂y/∂x"


# ── assert_gradients ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claim", "options", "ok"),
    [
        (1 + 1.00e-8, {}, True),  # rtol 1e-8
        (1 - 1.00e-8, {}, True),
        (1 + 1.01e-8, {}, False),
        (1 - 1.01e-8, {}, False),
        (1 + 2.0**-50, {"rtol": 0}, True),  # four units in the last place: another order of the same sums
        (1 + 2.0**-49, {"rtol": 0}, False),
        (1.5, {"rtol": 0, "atol": 0.5}, True),
        (0.5, {"rtol": 0, "atol": 0.5}, True),
        (1.5 + 2**-52, {"rtol": 0, "atol": 0.5}, False),
        (0.5 - 2**-53, {"rtol": 0, "atol": 0.5}, False),
        (2.0, {"rtol": 0.5, "atol": 0}, True),  # of the larger of both
        (2.0, {"rtol": 0.499, "atol": 0}, False),
        (0.5, {"rtol": 0.5, "atol": 0}, True),
        (0.5, {"rtol": 0.499, "atol": 0}, False),
        (1.0, {"rtol": 0, "atol": 0}, True),
        (1 + 2**-52, {"rtol": 0, "atol": 0}, False),
        (inf, {}, False),
        (-inf, {}, False),
        (nan, {}, False),
    ],
)
def test_what_assert_gradients_accepts(claim, options, ok):
    assert passes(assert_gradients, lambda x: x * 1.0, lambda x: {"x": claim}, [0.5], **options) is ok


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(
    ("f", "right"),
    [
        (lambda x, y: 1e13 * x + y * y, 1.0),
        (lambda x, y: 1e13 + x * 0 + y * y, 1.0),
        (lambda x, y: 1e200 * x + (1e-200 * y).sin(), 1e-200),
    ],
)
def test_a_tolerance_is_of_its_own_input(f, right, sign):
    """Large terms beside it, and a large f, excuse nothing."""
    for off, ok in ((0.99e-8, True), (1.01e-8, False), (2.0, False)):
        claim = {"y": right * (1 + sign * off)}
        assert passes(assert_gradients, f, lambda x, y, claim=claim: claim, [0.0, 0.5], ["y"]) is ok
        assert passes(assert_gradients, f, lambda x, y, claim=claim: claim, [1.0, 0.5], ["y"]) is ok


def test_each_entry_has_its_row_and_only_the_wrong_ones_are_wrong():
    with pytest.raises(GradientError) as caught:
        assert_gradients(lambda x, y: x[0] + x[1] + y, lambda x, y: {"x": [1.0, 1.5], "y": 1.0}, [[1.0, 2.0], 3.0])
    lines = str(caught.value).splitlines()
    assert lines[0] == "2 of 3 derivatives agree."
    assert [line.split()[0] for line in lines[2:]] == ["∂f/∂x₂", "∂f/∂x₁", "∂f/∂y"]
    assert [line.split()[-1] for line in lines[2:]] == ["WRONG", "ok", "ok"]


def test_one_name_may_stand_alone():
    report = assert_gradients(lambda a, b: a * b, lambda a, b: {"b": a}, [2.0, 3.0], wrt="b")
    assert [row.name for row in report.rows] == ["∂f/∂b"]
    with pytest.raises(OperandError) as caught:
        assert_gradients(lambda a, b: a * b, lambda a, b: {"b": a}, [2.0, 3.0], wrt=["c"])
    assert str(caught.value) == "Unknown input 'c' to compare. Choose one of a, b."


def test_a_single_number_may_stand_in_any_shape():
    for claim in (1.0, [1.0], [[1.0]], np.ones(1)):
        assert assert_gradients(lambda x: x * 1.0, lambda x, claim=claim: {"x": claim}, [0.5])
        assert assert_gradients(lambda x: x[0] * 1.0, lambda x, claim=claim: {"x": claim}, [[0.5]])


# ── reports ───────────────────────────────────────────────────────────────────────────────────────


def test_rows_stand_worst_first_and_ties_in_order():
    rows = [
        Comparison("a", 1.0, 1.0, True, "ok"),
        Comparison("b", 1.0, 2.0, False, "WRONG"),
        Comparison("c", 1.0, 1.0 + 2**-40, True, "ok"),
        Comparison("d", 1.0, 3.0, False, "WRONG"),
        Comparison("e", nan, 1.0, False, "nan"),
        Comparison("f", 1.0, 1.0, True, "ok"),
        Comparison("g", 1.0, 1.0 + 2**-44, True, "ok"),
        Comparison("h", 1.0, nan, False, "no"),
    ]
    report = Report(tuple(rows), "other")
    lines = str(report).splitlines()
    assert lines[0] == "4 of 8 derivatives agree."
    assert "".join(line[0] for line in lines[2:]) == "ehdbcgaf"
    assert not report.ok and not report and repr(report) == str(report)
    assert Report(tuple(rows[:1]), "other").ok and not Report((rows[0], rows[1]), "other")


@pytest.mark.parametrize(
    ("number", "last"), [(MOST_ROWS, "x  1.0  1.0  0  0  ok"), (MOST_ROWS + 1, "… and 1 more."), (23, "… and 3 more.")]
)
def test_a_long_table_ends_after_twenty_rows(number, last):
    assert MOST_ROWS == 20
    lines = str(Report((Comparison("x", 1.0, 1.0, True, "ok"),) * number, "")).splitlines()
    assert " ".join(lines[-1].split()) == " ".join(last.split())
    assert len(lines) == 2 + min(number, MOST_ROWS) + (number > MOST_ROWS)
    assert lines[0] == f"{number} of {number} derivatives agree."


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        (1.0, 1.0 + 2**-52, 1.0),
        (1.0 + 2**-52, 1.0, 1.0),
        (1.0, 1.0 - 2**-53, 0.5),
        (-1.0, 1.0, 2.0**53),
        (-2.0, 0.0, 2.0**52),
        (0.0, 5e-324, 1.0),
        (0.0, -0.0, 0.0),
        (inf, inf, 0.0),
        (2, Fraction(2), 0.0),
        (Fraction(1, 2), 0.5 + 2**-53, 1.0),
        (1.0, inf, nan),
        (nan, 1.0, nan),
        (1.0, nan, nan),
    ],
)
def test_ulps(a, b, distance):
    assert ulps(a, b) == pytest.approx(distance, abs=0, rel=0, nan_ok=True)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (-1e-300, "−1e−300"),
        (-2, "−2"),
        (Fraction(-1, 3), "−1/3"),
        (10**12 - 1, "999999999999"),
        (123456 * 10**12, "1.23456·10¹⁷"),
    ],
)
def test_numbers_in_full(x, text):
    assert in_full(x) == text


def test_small_texts_of_reports():
    assert [in_ulps(x) for x in (0, 0.5, 1234.0, inf)] == ["0", "0.5", "1234", "∞"]
    assert aligned([("a", "bcd", ""), ("efg", "h", "i")]) == ["a    bcd", "efg  h    i"]
    assert str(Report((), "", "A hint.")).startswith("0 of 0 derivatives agree. A hint.\n")


def test_a_report_stays_as_it_was_made():
    with pytest.raises(FrozenInstanceError):
        Report((), "", "").hint = "another"


# ── certificates ──────────────────────────────────────────────────────────────────────────────────

SURE = Q(1.0, 0.0)
AGREES, CENTRAL = "agrees", "DISAGREES with the central difference"
UNKNOWN, SPOILED = "cannot tell: no other way finds a number here", "cannot tell: rounding leaves no digit"


@pytest.mark.parametrize(
    ("g", "closed", "central", "tilted", "rtol", "margin", "ok", "verdict"),
    [
        (1.0, 1.0, SURE, 1.0, 0, 0, True, AGREES),
        (1.0, None, SURE, None, 0, 0, True, AGREES),
        (1, Fraction(1), SURE, None, 0, 0, True, "exact"),
        (Fraction(1), Fraction(1), SURE, None, 0, 0, True, "exact"),
        (Fraction(1), 1.0, SURE, None, 0, 0, True, AGREES),
        (1.0, Fraction(1), SURE, None, 0, 0, True, AGREES),
        (Fraction(1), 1 + Fraction(1, 10**30), SURE, None, 1, 1, False, "DISAGREES with the closed form"),
        # the central difference alone: rtol of the larger, twice its error, the margin
        (2.0, None, SURE, None, 0.5, 0, True, AGREES),
        (2.0, None, SURE, None, 0.499, 0, False, CENTRAL),
        (0.5, None, SURE, None, 0.5, 0, True, AGREES),
        (0.5, None, SURE, None, 0.499, 0, False, CENTRAL),
        (1 + 2**-7, None, Q(1.0, 2**-8), None, 0, 0, True, AGREES),
        (1 + 2**-7, None, Q(1.0, 2**-8 - 2**-20), None, 0, 0, False, CENTRAL),
        (1.5, None, SURE, None, 0, 0.5, True, AGREES),
        (1.5, None, SURE, None, 0, 0.49, False, CENTRAL),
        (1.0, None, Q(1.0, 0.0101), None, 0, 0, False, UNKNOWN),
        (0.0, None, Q(0.0, 1e-10, unit=1.0), None, 0, 0, True, AGREES),
        # the closed form and the complex step: 1e-9 of the larger, and what rounding may do
        (1.0, 1 + 0.99e-9, SURE, None, 0, 0, True, AGREES),
        (1.0, 1 - 0.99e-9, SURE, None, 0, 0, True, AGREES),
        (1.0, 1 + 1.01e-9, SURE, None, 1, 0, False, "DISAGREES with the closed form"),
        (1.0, 1 - 1.01e-9, SURE, None, 1, 0, False, "DISAGREES with the closed form"),
        (1.0, 1.009, SURE, None, 0, 0.01, True, AGREES),
        (1.0, 1.009, SURE, None, 0, 0.008, False, "DISAGREES with the closed form"),
        (1.0, 1.5, SURE, None, 0, 0.5, False, SPOILED),
        (1.0, 1.0, SURE, None, 0, 0.5, True, AGREES),
        (1.0, None, SURE, 1 + 0.99e-9, 0, 0, True, AGREES),
        (1.0, None, SURE, 1 - 1.01e-9, 0, 0, False, "DISAGREES with the complex step"),
        (1.0, 2.0, SURE, 3.0, 0, 0, False, "DISAGREES with the closed form and the complex step"),
        (1.0, 2.0, SURE, 1.0, 0, 0, False, "DISAGREES with the closed form"),
        # they outvote the difference, and the closed form all others
        (1.0, 1.0, Q(9.0, 0.0), 1.0, 0, 0, True, AGREES),
        (1.0, None, Q(9.0, 0.0), 1.0, 0, 0, True, AGREES),
        (1.0, 1.0, Q(9.0, 0.0), 9.0, 0, 0, True, AGREES),
        # inf is close to itself alone
        (1.0, None, Q(inf, 0.0, edge=True), None, 1, 1, False, CENTRAL),
        (inf, None, Q(inf, 0.0, edge=True), None, 0, 0, True, AGREES),
        (1.0, inf, SURE, None, 1, 1, False, "DISAGREES with the closed form"),
        (inf, inf, Q(inf, 0.0, edge=True), inf, 0, 0, True, AGREES),
        # no number at all
        (nan, 1.0, SURE, 1.0, 1, 1, False, "DISAGREES: autograd is nan"),
        (1.0, None, Q(nan, inf), None, 1, 0, False, UNKNOWN),
        (1.0, None, Q(nan, inf), 1.0, 1, 0, True, AGREES),
        (1.0, 1.0, Q(nan, inf), None, 1, 0, True, AGREES),
        # a kink: the closed form has the convention; without it all between the sides is right
        (0.0, 0.0, Q(0.5, 0.0, (0.0, 1.0)), None, 0, 0, True, "agrees: a kink, slopes 0 and 1"),
        (0.5, 0.0, Q(0.5, 0.0, (0.0, 1.0)), None, 0, 0, False,
         "DISAGREES with the closed form: a kink, slopes 0 and 1"),
        (1.5, None, Q(0.5, 0.0, (0.0, 1.0)), None, 0, 0, False, CENTRAL + ": a kink, slopes 0 and 1"),
        (0.5, None, Q(0.5, 0.0, (0.12345, 1.0)), None, 0, 0, True, "agrees: a kink, slopes 0.12345 and 1"),
        # a jump is none
        (0.0, 0.0, Q(9.0, 0.0, (0.0, 0.0), jump=True), None, 0, 0, True,
         "agrees: a jump, where the slope is a convention"),
        (0.0, None, Q(9.0, 0.0, (0.0, 0.0), jump=True), None, 0, 0, False, UNKNOWN),
    ],
)  # fmt: skip
def test_what_a_certificate_accepts(g, closed, central, tilted, rtol, margin, ok, verdict):
    judgement = Ways(g, closed, central, tilted, rtol, Rounding(margin, 1.0)).judge()
    assert (judgement.ok, judgement.verdict) == (ok, verdict)


@pytest.mark.parametrize(
    ("g", "closed", "central", "tilted", "margin", "central_tells", "complex_tells"),
    [
        (1.0, 1.0, SURE, 1.0, 0, True, True),
        (1.0, 1.0, Q(1.0, 0.0101), 1.001, 0, False, False),
        (1.0, 1.0, Q(1.001, 0.0), 1.001, 0, False, False),
        (1.0, 1.0, Q(1.001, 0.0005), 1.001, 0.002, True, True),
        (1.0, 1.0, Q(1.0, 0.0), 1.3, 0.5, True, False),  # rounding spoils it
        (1.0, 2.0, Q(2.0, 0.0), 3.0, 0, True, True),  # witnesses against autograd are shown
        (1.0, None, Q(9.0, 0.0), 1.0, 0, False, True),
        (0.0, 0.0, Q(0.0, 0.0, (0.0, 0.0), jump=True), None, 0, False, False),
    ],
)
def test_which_ways_cannot_tell(g, closed, central, tilted, margin, central_tells, complex_tells):
    judgement = Ways(g, closed, central, tilted, 1e-6, Rounding(margin, 1.0)).judge()
    assert (judgement.central_tells, judgement.complex_tells) == (central_tells, complex_tells)


@pytest.mark.parametrize(("slope", "ok"), [(1.0009, True), (0.9991, True), (1.0011, False), (0.9989, False)])
def test_rtol_of_a_certificate_is_the_central_differences(slope, ok, monkeypatch):
    monkeypatch.setattr(certificates, "complex_step", lambda *_: None)
    x = Value(0.5, "x")
    assert certificate(sloped(slope)(x), rtol=1e-3, symbolic=False).ok is ok
    assert not certificate(sloped(slope)(x), symbolic=False).ok
    assert not certificate(sloped(slope)(x), rtol=1e-3).ok


def test_what_certificates_show_where_a_way_is_missing():
    x = Value(0.5, "x")
    [row] = certificate((x * 2).named("y"), wrt=[x]).rows
    bare = replace(row, formula=None, closed=None, complex=None)
    proof = certificates.Certificate("y", 1.0, (bare,))
    assert str(proof).splitlines()[3].split() == ["∂y/∂x", "2.0", "–", "–", "2", "–", "2·10⁻⁹", "0", "agrees"]
    derivative = r"\frac{\partial y}{\partial x}"
    assert proof.markdown.splitlines()[-3] == rf"| ${derivative}$ | 2.0 | – | – | 2 | – | 2·10⁻⁹ | 0 | agrees |"
    assert (
        proof.latex.splitlines()[2]
        == rf"${derivative}$ & $2$ & -- & -- & $2$ & -- & $2 \cdot 10^{{-9}}$ & $0$ & agrees \\"
    )
    assert bare.difference is None and row.difference == 0


def test_ways_that_cannot_tell_and_formulas_that_are_too_long_say_so():
    x = Value(0.5, "x")
    [row] = certificate((x * 2).named("y"), wrt=[x]).rows
    blind = replace(row, central_tells=False, complex_tells=False, too_long=True, formula=None)
    proof = certificates.Certificate("y", 1.0, (blind,))
    for text in (str(proof), proof.markdown, proof.latex):
        assert text.count("cannot tell") == 2 and text.count("too long to simplify") == 1
    formula = replace(row.formula, simplified=False, unicode="a" * 61)
    assert replace(row, formula=formula).written == "too long to simplify"
    assert replace(row, formula=replace(formula, unicode="a" * 60)).written == "a" * 60  # which is short enough


def test_a_certificate_as_a_table_of_markdown_and_of_latex():
    proof = certificates.Proof("∂y/∂x", "D", 1.0, None, None, Q(1 + 2**-50, 0.0), None, True, "agrees −∞", 2e-9)
    table = certificates.Certificate("y", 2.0, (proof,), "A note.")
    headings = "gradient", "autograd", "closed form", "its number", "central difference", "complex step"
    assert table.markdown.splitlines() == [
        *(
            "**Certificate of y = 2**",
            "",
            f"| {' | '.join(headings)} | tolerance | ulps | verdict |",
            "| " + "--- | " * 8 + "--- |",
        ),
        *("| $D$ | 1.0 | – | – | 1 | – | 2·10⁻⁹ | 4 | agrees −∞ |", "", "1 of 1 gradients agree.", "A note."),
    ]
    assert table.latex.splitlines() == [
        *(r"\begin{tabular}{lrlrrrrrl}", rf"{' & '.join(headings)} & tolerance & ulps & verdict \\ \hline"),
        *(
            r"$D$ & $1$ & -- & -- & $1$ & -- & $2 \cdot 10^{-9}$ & $4$ & agrees $-$$\infty$ \\",
            r"\end{tabular}",
        ),
    ]


def test_large_distances_in_a_table_of_latex_are_powers_of_ten():
    proof = certificates.Proof("∂y/∂x", "D", 1.0, None, None, Q(1 + 1.2e15 * 2**-52, 0.0), None, True, "agrees")
    assert r"$1.2 \cdot 10^{15}$ & agrees" in certificates.Certificate("y", 2.0, (proof,)).latex


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ([1.0, 1.0], " ∂f/∂x of the closed form misses a factor: the slope of pow."),  # of 2 and 3
        ([1.0, 2.9], ""),
        ([2.0, 2.9], ""),
    ],
)
def test_a_slope_is_missing_where_every_entry_lacks_one(claim, said):
    with pytest.raises(GradientError) as caught:
        assert_gradients(lambda x: x[0] ** 2 + x[1] ** 2, lambda x: {"x": claim}, [[1.0, 1.5]])
    assert str(caught.value).splitlines()[0].partition("agree.")[2] == said


def test_a_slope_of_0_may_be_missing():
    with pytest.raises(GradientError, match="misses a factor: the slope of pow"):
        assert_gradients(lambda x: x[0] ** 2 + x[1] ** 2, lambda x: {"x": [1.0, 1.0]}, [[0.0, 1.5]])


def test_no_use_is_named_where_entries_have_different_numbers_of_uses():
    f = lambda x: x[0].sin() + x[0].exp() + x[1].sin() + x[1].exp() + x[1].tanh()  # noqa: E731
    with pytest.raises(GradientError) as caught:
        assert_gradients(f, lambda x: {"x": [math.cos(t) for t in x]}, [[0.5, 1.5]])
    assert str(caught.value).splitlines()[0] == "0 of 2 derivatives agree."


def test_both_mistakes_are_told_where_two_inputs_are_wrong():
    with pytest.raises(GradientError) as caught:
        assert_gradients(lambda a, b: a * b, lambda a, b: {"a": -b, "b": 2 * a}, [2.0, 3.0])
    assert str(caught.value).splitlines()[0] == (
        "0 of 2 derivatives agree. ∂f/∂a of the closed form has the opposite sign. "
        "∂f/∂b of the closed form has a factor 2 too much."
    )


def test_a_proofs_ulps_are_from_the_best_other_number():
    x = Value(0.5, "x")
    [row] = certificate((x * 2).named("y")).rows
    assert replace(row, autograd=2 + 2**-51).ulps == 1.0  # from the closed form
    assert replace(row, autograd=2.0, closed=None, complex=2 + 2**-50).ulps == 2.0
    assert replace(row, autograd=2.0, closed=None, complex=None, central=Q(2 + 2**-51, 0.0)).ulps == 1.0
    kink = replace(row, central=Q(3.0, 0.0, (0.0, 5.0)), closed=None, complex=None)
    assert kink.ulps == 0.0
    assert replace(kink, ok=False).ulps == 2.0**51
    assert replace(kink, closed=2 + 2**-51).ulps == 1.0


@pytest.mark.parametrize(("letters", "cut"), [(60, False), (61, True)])
def test_a_long_formula_is_cut_in_the_text(letters, cut):
    x, n = Value(0.5, "x"), Value(2.0, "a" * (letters - 4))
    text = str(certificate((x * n).named("y"), wrt=[x])).splitlines()[3].split()[2]
    assert len(text) == letters - 4
    y = certificate((x * n * 2).named("y"), wrt=[x]).rows[0]
    assert len(y.formula.unicode) == letters
    assert y.written == (y.formula.unicode[:59] + "…" if cut else y.formula.unicode)


# ── difference quotients ──────────────────────────────────────────────────────────────────────────


def test_a_quotient_is_extrapolated_once():
    """(4D(h/2) − D(h)) / 3 is exact for x⁴, where D alone is not; x⁵ is off by h⁴ in a known way."""
    assert quotient(lambda x: x**4, 2.0, 0.5).value == 32.0
    assert quotient(lambda x: x**5, 0.0, 1.0).value == pytest.approx(-0.25, rel=1e-15)
    assert quotient(lambda x: x**3, 2.0, 1.0).error == pytest.approx(0.25, rel=1e-9)  # as D(h/2) is off by h²/4


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.sin, 1.0, math.cos(1.0)),
        (math.exp, -30.0, math.exp(-30.0)),
        (math.tanh, 300.0, 0.0),
        (lambda x: 1 / x, -1e-4, -1e8),
        (lambda x: math.sin(1e4 * x), 0.3, 1e4 * math.cos(3e3)),
        (lambda x: x * x, 1e9, 2e9),
        (math.log, 1e-12, 1e12),
        (math.log, 1e-20, 1e20),
    ],
)
def test_quotients_of_smooth_functions(f, x, slope):
    q = quotient(f, x)
    assert q.sides is None and not q.edge
    assert abs(q.value - slope) <= 2 * q.error + 1e-12 * abs(slope)
    assert q.error <= 1e-6 * abs(slope) + 1e-12
    assert q.unit == abs(f(x)) / max(abs(x), 1.0)


@pytest.mark.parametrize(
    ("f", "x", "sides"),
    [
        (abs, 0.0, (-1.0, 1.0)),
        (lambda x: max(x, 0.0), 0.0, (0.0, 1.0)),
        (lambda x: abs(x - 3.0) * 1e-6, 3.0, (-1e-6, 1e-6)),
        (lambda x: 5 * x + 0.01 * abs(x), 0.0, (4.99, 5.01)),
        (lambda x: float(x > 2.0), 2.0, (0.0, 0.0)),
        (lambda x: x + 1e6 * (x >= 1.0), 1.0, (1.0, 1.0)),
        (lambda x: math.exp(x) + abs(x), 0.0, (0.0, 2.0)),
    ],
)
def test_quotients_at_kinks_and_jumps(f, x, sides):
    assert quotient(f, x).sides == pytest.approx(sides, abs=1e-6)


def test_a_smooth_function_is_asked_at_five_points_within_the_step():
    """Of a parabola the quotient is exact and the fourth difference is 0: no slope of a side is looked at."""
    asked = []
    quotient(lambda x: asked.append(x) or x**2, 2.0, 0.5)
    assert sorted(set(asked)) == [1.5, 1.75, 2.0, 2.25, 2.5]


def test_the_first_step_is_relative_to_the_operand_and_no_other_is_tried_where_it_is_good():
    asked = []
    quotient(lambda x: asked.append(x) or x, 3.0)
    assert sorted({(x - 3) / 3 * 2**10 for x in asked}) == [-1, -0.5, 0, 0.5, 1]


@pytest.mark.parametrize("x", [1.0, -1.0, 1.5, -1.5])
def test_a_step_that_is_lost_beside_x_gives_no_number(x):
    q = quotient(lambda x: x, x, 2.0**-52)
    assert math.isnan(q.value) and math.isinf(q.error)


def test_a_quotients_error_is_the_rounding_of_its_largest_value():
    """4ε · max |f| / h, where truncation adds nothing."""
    assert quotient(lambda x: x, 0.0, 1.0).error == 2.0**-50


def test_slopes_of_sides_are_extrapolated_once():
    """Of x³ they are off by 7/16 · h²."""
    off = 7 / 16 * 0.5**2
    assert quotient(lambda x: abs(x) + x**3, 0.0, 0.5).sides == pytest.approx((-1 - off, 1 - off), rel=1e-12)


def test_a_bend_that_vanishes_in_small_steps_is_not_a_kink():
    assert quotient(lambda x: (64 * x) ** 4, 1 / 64, 1 / 64).sides is None
    assert quotient(lambda x: x**100, 1.0, 1.0).sides is None


def on_one_side(f, inside):
    def g(x):
        if not inside(x):
            raise ValueError
        return f(x)

    return g


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (on_one_side(lambda x: 3 * x, lambda x: x >= 0), 0.0, 3.0),
        (on_one_side(lambda x: 3 * x, lambda x: x <= 2), 2.0, 3.0),
        (math.sqrt, 0.0, inf),
        (lambda x: math.sqrt(1 - x), 1.0, -inf),
        (on_one_side(lambda x: x**1.5, lambda x: x >= 0), 0.0, 0.0),
        (lambda x: x**0.5, 0.0, inf),  # complex below
    ],
)
def test_quotients_at_the_edge_of_a_domain(f, x, slope):
    q = quotient(f, x)
    assert q.edge and q.sides is None
    assert q.value == pytest.approx(slope, abs=1e-3)


def test_exact_quotients():
    third = Fraction(1, 3)
    q = quotient(lambda x: x * x, third)
    assert q.value == Fraction(2, 3) and q.sides is None and q.unit == 0
    assert quotient(lambda x: x**3, 2).value == 12 + Fraction(4, 10**40)  # x³ is off by h², h = 2 · 10⁻²⁰
    assert quotient(lambda x: x**3, 0).value == Fraction(1, 10**40)
    assert quotient(math.sin, 1).value == pytest.approx(math.cos(1), rel=1e-9)  # which keeps nothing exact
    assert quotient(abs, Fraction(0)).sides == (-1.0, 1.0)
    assert quotient(lambda x: 2 * x + abs(x) / 10**9, Fraction(0)).sides is not None
    assert quotient(lambda x: 2 * x + abs(x) / (2 * 10**9), Fraction(0)).sides is None
    assert quotient(abs, Fraction(0)).error == pytest.approx(2e-9)


@pytest.mark.parametrize(
    ("q", "x", "distance"),
    [
        (Q(1.0, 0.0), 1.5, 0.5),
        (Q(1.0, 0.0), 0.5, 0.5),
        (Q(inf, 0.0), inf, 0),
        (KINK, 0.5, 0),
        (KINK, 0.0, 0),
        (KINK, 1.0, 0),
        (KINK, 1.25, 0.25),
        (KINK, -0.25, 0.25),
        (Q(0.0, 0.0, (1.0, -1.0)), 0.5, 0),
        (Q(0.0, 0.0, (1.0, -1.0)), -2.0, 1.0),
    ],
)
def test_how_far_a_number_is_from_a_quotient(q, x, distance):
    assert q.distance(x) == distance


def test_gradcheck_at_an_edge():
    assert gradcheck(sqrt, 0.0, order=1).rows[0].verdict == "ok at an edge of the domain"


def test_the_slope_at_an_edge_is_as_good_as_its_two_steps_agree():
    assert quotient(on_one_side(lambda x: 3 * x, lambda x: x >= 0), 0.0).error == pytest.approx(0, abs=1e-9)
    assert quotient(math.sqrt, 0.0).error == 0
    bent = quotient(on_one_side(lambda x: 3 * x + x**1.5, lambda x: x >= 0), 0.0)
    assert 0 < bent.error < 1 and abs(bent.value - 3) <= bent.error


@pytest.mark.parametrize("x", [1e-40, 1e-300, -1e-40, 0.0, 1e40])
def test_a_complex_step_is_small_beside_its_operand(x):
    leaf = Value(x, "x")
    output = (leaf * leaf + leaf).sigmoid() if abs(x) < 1 else leaf * leaf
    assert complex_step(topological(output), leaf) == pytest.approx(grad(output, [leaf])[0], rel=1e-12)
    if x > 0:
        root = sqrt(leaf)
        assert complex_step(topological(root), leaf) == pytest.approx(grad(root, [leaf])[0], rel=1e-12)


def test_central_differences_are_shown_in_ten_digits():
    row = certificate((Value(0.5, "x") / 3).named("y")).rows[0]
    proof = certificates.Certificate("y", 1.0, (replace(row, central=Q(1 / 3, 0.0)),))
    assert " 0.3333333333 " in str(proof)


@pytest.mark.parametrize(("numbers", "kind"), [([1.0, 2.0], "f"), ([1, 2], "f"), ([Fraction(1, 3), 2], "O")])
def test_lists_become_arrays_that_keep_fractions(numbers, kind):
    def closed(x):
        assert (x.dtype.kind, x.shape) == (kind, (2,))
        return {"x": x[::-1]}

    assert assert_gradients(lambda x: x[0] * x[1], closed, {"x": numbers})


def test_a_mistake_beside_a_gradient_of_0_has_no_factor():
    with pytest.raises(GradientError) as caught:
        assert_gradients(heaviside, lambda x: {"x": 3.0}, [0.5])
    assert str(caught.value).splitlines()[0] == "0 of 1 derivatives agree."


def test_the_leaves_of_a_graph_are_listed():
    with pytest.raises(OperandError) as caught:
        gradcheck(Value(1.0, "x") * Value(2.0, "y"), {"z": 1.0})
    assert str(caught.value) == "A graph is checked at numbers by name, got 'z'. Its leaves are x, y."
