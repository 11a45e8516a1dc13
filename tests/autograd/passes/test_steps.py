"""Both passes as lines of mathematics with numbers, and as records."""

from __future__ import annotations

import dataclasses
import html
import re
import sys
import time
import tracemalloc
from fractions import Fraction
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    StepError,
    Value,
    dot,
    grad,
    gt,
    leaky_relu,
    log,
    maximum,
    parse,
    relu,
    sigmoid,
    sign,
    steps,
    topological,
    where,
)
from autograd.core.notation import kind
from autograd.core.op import OPS
from autograd.language.names import Labels
from autograd.language.numbers import figure, figures
from autograd.passes import shapes
from tests import GOLDEN
from tests.strategies import Program, programs

LECTURE = (GOLDEN / "steps-lecture.txt").read_text("utf-8").rstrip("\n")

DOUBLED = """\
a = 5

Forward pass
  b = a + a = 5 + 5 = 10

Backward pass
  ∂b/∂b = 1
  ∂b/∂a = 1 + 1 = 2"""

CUBE = """\
x = 3

Forward pass
  v₁ = x · x = 3 · 3 = 9
  y = v₁ · x = 9 · 3 = 27

Backward pass
  ∂y/∂y = 1
  ∂y/∂v₁ = x = 3
  ∂y/∂x = v₁ + ∂y/∂v₁ · ∂v₁/∂x = v₁ + ∂y/∂v₁ · (x + x) = v₁ + ∂y/∂v₁ · 2 · x = 9 + 3 · 2 · 3 = 9 + 3 · 6 = 27"""

CHOICE = """\
x = 3

Forward pass
  c = [x > 0] = [3 > 0] = 1
  u = x · 2 = 3 · 2 = 6
  y = where(c, u, x) = where(1, 6, 3) = 6

Backward pass
  ∂y/∂y = 1
  ∂y/∂u = 1
  ∂y/∂x = 0 + ∂y/∂u · ∂u/∂x = 0 + 1 · 2 = 2"""

EXACT = """\
q = 1/3

Forward pass
  h = q / 2 = 1/3 / 2 = 1/6

Backward pass
  ∂h/∂h = 1
  ∂h/∂q = 1/2"""


def lecture():
    return parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]


def logistic_regression():
    w, x = [Value(0.5, "w_1"), Value(-1.0, "w_2")], [Value(2.0, "x_1"), Value(1.0, "x_2")]
    b = Value(0.5, "b")
    p = sigmoid((dot(w, x) + b).named("z")).named("p")
    return (-log(p)).named("L")


def two_layers():
    """Two inputs, two hidden units, one output, cross-entropy: z[1] = W[1]x + b[1], a[1] = σ(z[1]), and again."""
    x = [Value(1.0, "x_1"), Value(-2.0, "x_2")]
    a = []
    for i, (row, shift) in enumerate([((0.5, 0.25), 0.5), ((-1.0, 0.5), 1.0)], 1):
        w = [Value(number, f"w_{i}{j}") for j, number in enumerate(row, 1)]
        z = (dot(w, x) + Value(shift, f"b_{i}")).named(f"z_{i}")
        a.append(z.sigmoid().named(f"a_{i}"))
    w = [Value(1.0, "w_31"), Value(-2.0, "w_32")]
    y, p = Value(1.0, "y"), (dot(w, a) + Value(0.25, "b_3")).named("z_3").sigmoid().named("p")
    return (-(y * log(p) + (1 - y) * log(1 - p))).named("L")


def doubled():
    a = Value(5.0, "a")
    return (a + a).named("b")


def cube():
    x = Value(3.0, "x")
    return (x * x * x).named("y")


def choice():
    x = Value(3.0, "x")
    return where(gt(x, 0).named("c"), (x * 2).named("u"), x).named("y")


def exact():
    return (Value(Fraction(1, 3), "q") / 2).named("h")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lecture, LECTURE),
        (doubled, DOUBLED),
        (cube, CUBE),
        (choice, CHOICE),
        (exact, EXACT),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_both_passes_as_text(make, text):
    assert str(steps(make())) == text


@pytest.mark.parametrize(
    ("make", "level", "name"),
    [
        (lecture, "value", "lecture"),
        (logistic_regression, "value", "logistic-regression"),
        (logistic_regression, "named", "logistic-regression-named"),
        (logistic_regression, "scalar", "logistic-regression-scalar"),
        (two_layers, "named", "two-layers"),
    ],
)
def test_printed_passes_are_the_golden_ones(make, level, name):
    """Listing, then every step as a cursor shows it."""
    passes = steps(make(), level=level)
    assert f"{passes}\n" == (GOLDEN / f"steps-{name}.txt").read_text("utf-8")
    walked = "\n".join(repr(passes.next()) for _ in range(len(passes)))
    assert f"{walked}\n" == (GOLDEN / f"walk-{name}.txt").read_text("utf-8")
    assert f"{passes}\n" == (GOLDEN / f"steps-{name}.txt").read_text("utf-8")


def test_the_smallest_steps():
    assert str(steps(Value(5.0, "a"))) == "a = 5\n\nForward pass\n\nBackward pass\n  ∂a/∂a = 1"


def test_latex():
    latex = steps(lecture())._repr_latex_()
    assert latex.startswith("$$\\begin{aligned}\nu &= b \\cdot c = 3 \\cdot 2 = 6 \\\\\n")
    assert latex.endswith(
        r"\frac{\partial J}{\partial c} &= \frac{\partial J}{\partial u} \cdot \frac{\partial u}{\partial c}"
        r" = \frac{\partial J}{\partial u} \cdot b"
        " = 3 \\cdot 3 = 9\n\\end{aligned}$$"
    )
    assert latex.count("&=") == 9 and latex.count("\\\\\n") == 8


def test_digits():
    text = str(steps(logistic_regression(), digits=3))
    assert "p = σ(z) = σ(0.5) ≈ 0.622\n" in text and "p − 1 ≈ 0.622 − 1 ≈ −0.378" in text


def test_a_sequence_of_records():
    record = steps(lecture())
    assert len(record) == 9 == len(list(record))
    assert [step.name for step in record] == ["u", "v", "J", "J", "v", "u", "a", "b", "c"]
    assert [step.phase for step in record] == ["forward"] * 3 + ["backward"] * 6
    assert [step.value for step in record] == [6.0, 11.0, 33.0, 1.0, 3.0, 3.0, 3.0, 6.0, 9.0]
    assert record[-1] == list(record)[-1] and record[1:3] == tuple(record)[1:3]
    assert str(record[0]) == record[0].unicode == "u = b · c = 3 · 2 = 6"
    assert record[0].latex == r"u = b \cdot c = 3 \cdot 2 = 6"
    with pytest.raises(IndexError):
        record[9]


def test_records_are_frozen():
    step = steps(lecture())[-1]
    for record in (step, step.contributions[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            record.name = "other"


def test_contributions_say_where_a_gradient_comes_from():
    by_x = steps(cube())[-1]
    assert [(part.use, part.gradient, part.slope, part.direct) for part in by_x.contributions] == [
        ("y", 1.0, 9.0, True),
        ("v_1", 3.0, 6.0, False),
    ]
    assert [part.formula for part in by_x.contributions] == ["v₁", "2 · x"]
    assert [part.places for part in by_x.contributions] == [(), ("1st factor: x = 3", "2nd factor: x = 3")]
    assert sum(part.product for part in by_x.contributions) == by_x.value == 27.0
    assert steps(cube())[2].contributions == ()  # of the output itself


def test_many_uses_are_summed_up():
    x = Value(3.0, "x")
    y = x
    for k in range(1, 11):
        y = y + x * k
    last = steps(y)[-1]
    assert len(last.contributions) == 11
    assert last.unicode == "∂v₂₀/∂x = 56"


def test_a_pass_reads_and_touches_no_grad():
    J = lecture()
    for node in topological(J):
        node.grad = 123.0
    assert str(steps(J)) == LECTURE
    assert {node.grad for node in topological(J)} == {123.0}


def test_steps_are_those_of_the_pass_that_made_the_nodes():
    J = lecture()
    record = steps(J)
    for leaf in topological(J)[:3]:
        leaf.data = 7.0
    assert str(record) == LECTURE
    assert str(steps(J.forward())) != LECTURE


def test_a_node_behind_a_flat_operation_has_no_line():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    text = str(steps((sign(x) * w).named("y")))
    assert "∂y/∂x" not in text and "∂y/∂w" in text


def test_equal_names_stay_apart():
    x, y = Value(1.0, "x"), Value(2.0, "x")
    record = steps((x * y).named("J"))
    assert [step.value for step in record][2:] == [2.0, 1.0]


def test_a_long_chain_has_all_its_steps():
    z = Value(1.0, "x")
    for _ in range(3000):
        z = z * 1.0
    assert len(steps(z)) == 3000 + 3001


PLAIN = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


@given(programs())
def test_every_line_ends_in_its_value(program):
    output, _ = program.values()
    for step in steps(output, digits=17):
        shown = re.split(" [=≈] ", step.unicode.partition("  (")[0])[-1].replace("·10", "e").translate(PLAIN)
        assert float(shown) == step.value


def last(text, level="value"):
    """The last line of a listing."""
    return steps(list(parse(text).values())[-1], level=level)[-1].unicode


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1; b = a + a; c = b*b", "∂c/∂a = ∂c/∂b · ∂b/∂a = ∂c/∂b · (1 + 1) = 4 · 2 = 8"),
        ("a = 3; u = a*a", "∂u/∂a = a + a = 2 · a = 2 · 3 = 6"),
        ("a = 3; u = a - a; J = u*u", "∂J/∂a = ∂J/∂u · ∂u/∂a = ∂J/∂u · (1 − 1) = 0 · 0 = 0"),
        ("a = 3; u = a/a", "∂u/∂a = 1 / a − a / a² = 1 / 3 − 3 / 3² = 0"),
        ("a = 2; u = a**a", "∂u/∂a = a · a^(a − 1) + log(a) · u = 2 · 2^(2 − 1) + log(2) · 4 ≈ 6.77259"),
    ],
)
def test_a_derivative_has_one_value_however_often_its_node_is_used(text, line):
    assert last(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "z = 0; a = sigmoid(z); L = -2*a",
            "∂L/∂z = ∂L/∂a · ∂a/∂z = ∂L/∂a · a · (1 − a) = (−2) · 0.5 · (1 − 0.5) = (−2) · 0.25 = −0.5",
        ),
        ("t = 1; y = 3; e = y - t; L = e**2", "∂L/∂y = ∂L/∂e · ∂e/∂y = 4 · 1 = 4"),
        (
            "a = 1; b = 4; q = a/b; J = 2*q",
            "∂J/∂b = ∂J/∂q · ∂q/∂b = ∂J/∂q · (−a / b²) = 2 · (−1 / 4²) = 2 · (−0.0625) = −0.125",
        ),
        ("z = 0; s = 1/(1+exp(-z))", "∂s/∂z = ∂s/∂v₁ · ∂v₁/∂z = (−0.25) · (−1) = 0.25"),
        ("x = 5; y = x**3", "∂y/∂x = 3 · x² = 3 · 5² = 75"),
        ("x = 12345; J = 2*x", "∂J/∂x = 2"),
        ("x = 123456.789; J = x*x", "∂J/∂x = x + x = 2 · x = 2 · 123456.789 = 246913.578"),
        (
            "x = 0.5; y = tanh(x); J = 3*y",
            "∂J/∂x = ∂J/∂y · ∂y/∂x = ∂J/∂y · (1 − y²) ≈ 3 · (1 − 0.462117²) ≈ 3 · 0.786448 ≈ 2.35934",
        ),
        ("x = -2; y = elu(x)", "∂y/∂x = exp(x) = exp(−2) ≈ 0.135335"),
        ("x = -2; y = leaky_relu(x); J = 3*y", "∂J/∂x = ∂J/∂y · ∂y/∂x = 3 · 0.01 = 0.03"),
    ],
)
def test_a_slope_stands_as_a_formula_and_in_numbers(text, line):
    assert last(text) == line


def test_what_is_0_is_no_term_and_a_closed_form_has_two_terms_at_most():
    assert last("a = 0.1; z = -2; y = max(a*z, z)", "named") == "∂y/∂z = a = 0.1"
    text = "p = 1; q = 2; r = 3; x = 2; u = 5; K = (p*u + q*u{}) / x; J = K*x"
    for rest, form in (
        ("", " = p + q = 1 + 2 = 3"),
        (" + r*u", " · (p / x + q / x + r / x) = 2 · (1 / 2 + 2 / 2 + 3 / 2) = 2 · 3 = 6"),
    ):
        s = steps(parse(text.format(rest))["J"], level="named")
        assert s[s.sheet.steps_of("u")[-1]].unicode.endswith(form)


def test_a_formula_that_has_saturated_is_not_written_in_numbers():
    y = Value(40.0, "x").sigmoid().named("y")
    assert steps(y)[-1].unicode == "∂y/∂x = y · (1 − y) ≈ 4.24835·10⁻¹⁸"


@pytest.mark.parametrize("level", ["value", "named"])
@pytest.mark.parametrize(
    ("loss", "text"),
    [
        ("-y*log(a) - (1-y)*log(1-a)", "∂L/∂a · a · (1 − a) = a − y ≈ 0.622459 − 1 ≈ −0.377541"),
        ("-(y*log(a) + (1-y)*log(1-a))", "∂L/∂a · a · (1 − a) = a − y ≈ 0.622459 − 1 ≈ −0.377541"),
        ("-log(a)", "∂L/∂a · a · (1 − a) = a − 1 ≈ 0.622459 − 1 ≈ −0.377541"),
        ("-log(1-a)*y", "∂L/∂a · a · (1 − a) = y · a ≈ 1 · 0.622459 ≈ 0.622459"),
        ("(a - y)**3", "∂L/∂a · a · (1 − a) ≈ 0.427611 · 0.622459 · (1 − 0.622459) ≈ 0.427611 · 0.235004 ≈ 0.10049"),
    ],
)
def test_the_logistic_loss_has_the_lectures_gradient(loss, text, level):
    output = parse(f"z = 0.5; y = 1; a = sigmoid(z); L = {loss}")["L"]
    s = steps(output, level=level)
    assert s[s.sheet.steps_of("z")[-1]].unicode == f"∂L/∂z = ∂L/∂a · ∂a/∂z = {text}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 2; b = 2; J = max(a, b)", "∂J/∂b = 0.5  (tie: ½ each)"),
        ("a = 2; b = 3; J = max(a, b)", "∂J/∂b = 1"),
        ("x = 0; J = relu(x)", "∂J/∂x = 0  (slope 0 at x = 0)"),
        ("x = 0; J = abs(x)", "∂J/∂x = 0  (slope 0 at x = 0)"),
        ("x = -1; J = abs(x)", "∂J/∂x = −1"),
        ("v = 0; y = leaky_relu(v, 0.1); J = 2*y", "∂J/∂v = ∂J/∂y · ∂y/∂v = 2 · 0.1 = 0.2  (slope 0.1 at v = 0)"),
        ("x = 1; J = clip(x, -1, 1)", "∂J/∂x = 1  (slope 1 at x = −1 and x = 1)"),
    ],
)
def test_a_kink_says_its_convention(text, line):
    assert last(text) == line
    assert "heaviside" not in str(steps(list(parse(text).values())[-1]))


def test_a_convention_in_latex_is_words_around_formulas():
    x = Value(0.0, "x_1")
    assert steps(abs(x).named("J"))[-1].latex.endswith(r" = 0 \quad (\text{slope 0 at }x_{1}\text{ = 0})")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "a = 0.1; b = 0.3; e = 3*a - b; J = e**2",
            ["e = v₁ − b = 0.3 − 0.3 = 0", "J = e² = 0² = 0", "∂J/∂e = 2 · e = 2 · 0 = 0"],
        ),
        ("x = 0.1; J = x*3 - 0.3*x*10", ["∂J/∂x = ∂J/∂v₂ · ∂v₂/∂x + ∂J/∂v₁ · ∂v₁/∂x = (−10) · 0.3 + 1 · 3 = 0"]),
        ("x = 1e-17; J = 3*x", ["J = 3 · x = 3 · (1·10⁻¹⁷) = 3·10⁻¹⁷"]),
        (
            "x = 0; y = sqrt(x); J = 3*y",
            ["∂J/∂x = ∂J/∂y · ∂y/∂x = ∂J/∂y · (1 / (2 · y)) = 3 · (1 / (2 · 0)) = 3 · ∞ = ∞"],
        ),
        ("x = 1e200; y = 1e200; J = x/y - 0.5*x/y", ["J = v₁ − v₃ = 1 − 0.5 = 0.5"]),
        ("x = -40; J = exp(x)", ["J = exp(x) = exp(−40) ≈ 4.24835·10⁻¹⁸"]),
        ("a = 0.1; b = 0.3; J = 1/(3*a - b)", ["v₂ = v₁ − b = 0.3 − 0.3 ≈ 5.55112·10⁻¹⁷"]),
    ],
)
def test_what_rounding_alone_leaves_is_0(text, lines):
    listing = str(steps(list(parse(text).values())[-1]))
    assert [line for line in lines if line not in listing] == []


def test_pythons_sum_begins_with_a_zero_that_no_board_has():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert [step.unicode for step in steps(sum([a * b, b]).named("J"))] == [
        "v₁ = a · b = 2 · 3 = 6",
        "J = v₁ + b = 6 + 3 = 9",
        "∂J/∂J = 1",
        "∂J/∂v₁ = 1",
        "∂J/∂a = ∂J/∂v₁ · ∂v₁/∂a = ∂J/∂v₁ · b = 1 · 3 = 3",
        "∂J/∂b = 1 + ∂J/∂v₁ · ∂v₁/∂b = 1 + ∂J/∂v₁ · a = 1 + 1 · 2 = 3",
    ]
    assert steps(sum([a]).named("J"))[0].unicode == "J = a = 2"


# ── the cursor ────────────────────────────────────────────────────────────────────────────────────


def test_a_cursor_goes_in_both_directions():
    J = lecture()
    s, whole = steps(J), LECTURE
    assert str(s) == whole and s.position == 0
    assert s.next() == s[0] and s.next() == s[1] and s.position == 2
    assert str(s) == "a = 5, b = 3, c = 2\n\nForward pass\n  u = b · c = 3 · 2 = 6\n  v = a + u = 5 + 6 = 11"
    assert s.back() == s[0] and s.back() is None
    assert str(s) == "a = 5, b = 3, c = 2\n\nForward pass"
    assert s.go(9) == s[8] and str(s) == whole
    assert str(s.reset()) == whole and s.position == 0
    assert len(s) == 9 and [step.number for step in s] == list(range(1, 10))
    assert s.latex.count("&=") == 9 and s.go(2) and s.latex.count("&=") == 2


def test_run_to_takes_the_next_step_of_a_node():
    J = lecture()
    _, b, c = topological(J)[:3]
    s = steps(J)
    assert (s.run_to("u").phase, s.position) == ("forward", 1)
    assert (s.run_to("u").phase, s.position) == ("backward", 6)
    assert (s.run_to(b).value, s.position) == (6.0, 8)
    assert s.run_to("c").node is c
    assert s.run_to("u").unicode == "∂J/∂u = ∂J/∂v · ∂v/∂u = 3 · 1 = 3"  # behind: back to it
    x, y = Value(1.0, "x_1"), Value(2.0)
    s = steps(x * y)
    assert s.run_to("x₁") == s.run_to("x_1") and s.run_to("v₁").name == "v_1" and s.run_to(y).name == "x_2"


def test_equal_names_are_met_one_after_the_other():
    x, y = Value(1.0, "x"), Value(2.0, "x")
    s = steps((x * y).named("J"))
    assert [s.run_to("x").node is node for node in (x, y)] == [True, True]
    with pytest.raises(StepError, match=r"^2 nodes are called 'x'\. Give the Value itself\.$"):
        s.ledger("x")


@pytest.mark.parametrize(
    ("move", "message"),
    [
        (lambda s: s.back(), "No step has been taken yet. s.next() takes the first."),
        (lambda s: s.go(9) and s.next(), "Both passes are done. Go back with s.back(), or begin anew with s.reset()."),
        (lambda s: s.go(10), "Unknown step 10. The passes have steps 1 to 9."),
        (lambda s: s.run_to("q"), "Unknown node 'q'. Choose one of a, b, c, u, v, J."),
        (lambda s: s.ledger(Value(1.0)), "That node is not in the passes. Choose one of a, b, c, u, v, J."),
        (
            lambda s: steps(s[2].node, level="layer"),
            "Unknown level 'layer'. Choose one of 'value', 'named', 'scalar'.",
        ),
    ],
)
def test_a_step_that_is_not_there(move, message):
    with pytest.raises(StepError) as error:
        move(steps(lecture()))
    assert str(error.value) == message


def test_a_leaf_that_no_gradient_reaches_has_no_step_but_a_ledger():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    s = steps((sign(x) * w).named("y"))
    with pytest.raises(StepError, match="'x' is given, and no gradient reaches it"):
        s.run_to(x)
    assert str(s.ledger(x)) == "∂y/∂x: no path leads from y to x, so y does not change with it."
    assert s.ledger(x).count == 0


def test_a_step_says_why_it_is_next_and_what_is_pending():
    s = steps(cube())
    assert [(str(x), x.waits, x.sofar) for x in s[2].pending] == [
        ("v₁ (ready)", (), 3.0),
        ("x (9 so far, waits for v₁)", ("v_1",), 9.0),
    ]
    assert s[4].why == "all its uses are done: y, v₁" and s[4].pending == ()
    assert s[0].why == "all its operands have values: x" and str(s[0].pending[0]) == "y (ready)"


@settings(max_examples=settings.default.max_examples // 4)
@given(programs())
def test_a_step_comes_after_all_it_needs_and_pending_is_what_is_begun(program):
    s = steps(program.values()[0])
    done = {phase: set() for phase in ("forward", "backward")}
    done["forward"] |= {id(z) for z in s.sheet.lines if not z.op}
    for step in s:
        assert all(id(z) in done[step.phase] for z in step.sheet.needs(step.phase, step.line))
        done[step.phase] |= {id(step.line)}
        begun = [
            step.sheet.labels[x]
            for x in step.sheet.passes[step.phase]
            if id(x) not in done[step.phase] and any(id(z) in done[step.phase] for z in s.sheet.needs(step.phase, x))
        ]
        assert [x.name for x in step.pending] == begun


# ── ledger and levels ─────────────────────────────────────────────────────────────────────────────


def test_a_plus_a_is_one_derivative_of_two_terms():
    assert str(steps(doubled()).ledger("a")) == (
        "∂b/∂a = 2\n  ∂b/∂a += ∂b/∂b · (1 + 1) = 1 · 2 = 2\n    1st term: 1\n    2nd term: 1\n"
        "1 path from b to a\n  b ← a: ∂b/∂a = 2"
    )


@settings(max_examples=settings.default.max_examples // 4)
@given(programs(most_lines=6))
def test_gradients_are_sums_over_all_paths(program):
    s = steps(program.values()[0])
    for leaf in (z for z in s.sheet.lines if not z.op):
        ledger = s.ledger(s.sheet.original(leaf))
        assert len(ledger.paths) == ledger.count or ledger.count > 16
        if 0 < ledger.count <= 16:
            assert sum(path.product for path in ledger.paths) == pytest.approx(ledger.gradient, rel=1e-9, abs=1e-9)
            assert sum(part.product for part in ledger.contributions) == pytest.approx(ledger.gradient)


def test_paths_are_counted_never_enumerated():
    z = x = Value(1.0, "x")
    for _ in range(1000):
        z = z + z * 0.5
    ledger = steps(z).ledger(x)
    assert ledger.count == 2**1000 and ledger.paths == ()
    assert "1.07150860718627·10³⁰¹ paths from v₂₀₀₀ to x, too many to write out" in str(ledger)


@settings(max_examples=settings.default.max_examples // 4)
@given(programs())
def test_every_level_has_the_same_gradients(program):
    output, inputs = program.values()
    for node in topological(output)[::3]:
        node.named(node.name or f"n{id(node)}")
    expected = grad(output, inputs)
    for level in ("named", "scalar"):
        sheet = steps(output, level=level).sheet
        found = [sheet.gradients.get(id(sheet.copies[id(x)]), 0.0) if id(x) in sheet.copies else 0.0 for x in inputs]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
        for step in steps(output, level=level):
            if step.contributions:
                assert sum(part.product for part in step.contributions) == pytest.approx(step.value, rel=1e-9, abs=1e-9)


# ── notebooks and terminals ───────────────────────────────────────────────────────────────────────


def test_a_notebook_gets_a_table_of_maths_in_which_names_are_text():
    bundle = steps((Value(2.0, "<script>$x$</script>") * Value(3.0, "b")).named("y"))._repr_mimebundle_()
    table = bundle["text/html"]
    assert "<script" not in table and table.count("<tr>") == 1 + 4 and "all its uses are done: y" in table
    cells = re.findall(r"\$\\displaystyle (.*?)\$</td>", table)
    assert html.unescape(cells[-1]).endswith(r"= \text{<script>\$x\$</script>} = 2")
    assert bundle["text/latex"].startswith("$$\\begin{aligned}") and bundle["text/plain"].startswith("<4 steps>\n")


def test_colours_change_no_text():
    console = pytest.importorskip("rich.console").Console(force_terminal=True, width=40, highlight=False)
    with console.capture() as capture:
        console.print(steps(lecture()), soft_wrap=True)
        console.print(steps(cube())[4], soft_wrap=True)
    shown = capture.get()
    assert "\x1b[" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == f"{LECTURE}\n{steps(cube())[4]!r}\n"


# ── large graphs ──────────────────────────────────────────────────────────────────────────────────


def chained(n):
    x, w = Value(1.0, "x"), Value(0.999999, "w")
    z = x
    for _ in range(n // 2):
        z = z * w + 0.1
    return z, x, w


@pytest.mark.skipif(sys.gettrace() is not None, reason="under a tracer")
@pytest.mark.slow
def test_a_hundred_thousand_nodes_can_be_stepped():
    z, x, w = chained(100_000)
    s = steps(z)
    begin = time.process_time()
    assert s.run_to(w).name == "w" and s.run_to(x).value > 0 and s.position == len(s) - 1
    assert time.process_time() - begin < 30  # 0.5 on an idle machine
    assert len(repr(s).splitlines()) < 250
    assert "… (50000 contributions in all)" in "\n".join(s.run_to(w).chalk)


def test_a_wide_node_is_not_taken_apart_at_each_of_its_operands(monkeypatch):
    counts = []
    for n in (100, 200):
        calls = []
        monkeypatch.setattr(
            Labels, "term", lambda self, x, dialect="unicode", calls=calls: (calls.append(1), ("x", 4))[1]
        )
        w, x = ([Value(0.5, f"{name}{i}") for i in range(n)] for name in "wx")
        str(steps(dot(w, x).sigmoid().named("p")))
        counts.append(len(calls))
    assert counts[1] < 2.1 * counts[0]


def test_memory_is_linear():
    used = []
    for n in (2000, 4000):
        z, _, w = chained(n)
        tracemalloc.start()
        s = steps(z)
        repr(s.run_to(w))
        used.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert used[1] < 2.3 * used[0]


@pytest.mark.slow
def test_a_sum_of_many_terms_is_printed_in_linear_time():
    s = steps(OPS["sum"]([Value(k / 7, f"x_{k}") for k in range(40_000)]))
    begin = time.process_time()
    assert str(s).count("\n") > 40_000
    assert time.process_time() - begin < 20  # 2 on an idle machine; 100 where each term looks at all


# ── lines of one shape ────────────────────────────────────────────────────────────────────────────


@given(programs())
@example(Program((2.0, 2.0), (("dot", (0, 1, 1, 0)), ("mul", (2, 2)), ("pow", (3, 0)), ("div", (0.1, 4)))))
@example(Program((40.0, -3.0), (("tanh", (0,)), ("mul", (2, 1)), ("mul", (3, 2)), ("sub", (4, 4)))))
@example(Program((7.0, 25.0), (("tanh", (0,)), ("tanh", (1,)), ("add", (2, 3)))))
@example(Program((2.0, 1.0), (("mul", (0.123456789, 0)), ("add", (2, 1)))))
@example(Program((0.0, 1.0), (("maximum", (0, 0)), ("relu", (0,)), ("clip", (1, -1.0, 1.0)), ("sum", (2, 3, 4, 4)))))
@example(Program((8.0, 1.0), (("div", (0, 2.0)), ("div", (2.0, 0)), ("add", (2, 3)))))
def test_lines_that_fill_the_holes_of_others_are_those_that_are_written_for_themselves(program):
    output, _ = program.values()
    twice = (output * output).named("J") + output.tanh()
    for level, digits in (("value", 6), ("scalar", 3)):
        filled = [str(steps(twice, digits, level)), steps(twice, digits, level).latex]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shapes.Shapes, "_filled", lambda *_, **__: None)
            patch.setattr(shapes.Shapes, "_of_vectors", lambda *_: None)
            assert [str(steps(twice, digits, level)), steps(twice, digits, level).latex] == filled


@given(
    st.lists(
        st.floats() | st.integers() | st.fractions() | st.sampled_from([1e6 - 1e-7, 999999.5, 0.1 + 0.2, 1e-7 / 3])
    )
)
def test_many_numbers_are_written_as_each_alone(numbers):
    for dialect, digits, given_ in (("unicode", 6, False), ("latex", 6, True), ("unicode", 3, False)):
        alone = [figure(x, dialect, digits, given_) for x in numbers]
        assert figures(numbers, dialect, digits, given_) == [(term[0], kind(term)) for term in alone]


def test_equal_numbers_of_a_node_and_a_gradient_are_not_one():
    x, y = Value(1.0), Value(0.5)
    for _ in range(2):
        x, y = x + x, y + y
    lines = str(steps((x + y).named("J"))).splitlines()
    assert "  ∂J/∂x₁ = ∂J/∂v₁ · ∂v₁/∂x₁ = ∂J/∂v₁ · (1 + 1) = 2 · 2 = 4" in lines


def test_sides_that_read_alike_are_written_once_in_lines_of_one_shape():
    a, b = Value(2.0, "a"), Value(-2.0, "b")
    J = ((-a).named("c") * (-b).named("d") + (-(a * 0.5)).named("e")).named("J")
    lines = str(steps(J)).splitlines()
    assert "  c = −a = −2" in lines and "  d = −b = −(−2) = 2" in lines


def test_each_number_in_a_formula_may_have_the_place_of_another():
    a = Value(2.0, "a")
    J = autograd.sum([a * 0.3, a * 0.7, a * 0, a / 4.0, a + 0.1, a - 0.2]).named("J")
    lines = str(steps(J)).splitlines()
    assert [line for line in lines if line.startswith("  v")] == [
        "  v₁ = a · 0.3 = 2 · 0.3 = 0.6",
        "  v₂ = a · 0.7 = 2 · 0.7 = 1.4",
        "  v₃ = a · 0 = 2 · 0 = 0",
        "  v₄ = a / 4 = 2 / 4 = 0.5",
        "  v₅ = a + 0.1 = 2 + 0.1 = 2.1",
        "  v₆ = a − 0.2 = 2 − 0.2 = 1.8",
    ]
    assert lines[-1] == (
        "  ∂J/∂a = ∂J/∂v₆ · ∂v₆/∂a + ∂J/∂v₅ · ∂v₅/∂a + ∂J/∂v₄ · ∂v₄/∂a + ∂J/∂v₃ · ∂v₃/∂a + ∂J/∂v₂ · ∂v₂/∂a"
        " + ∂J/∂v₁ · ∂v₁/∂a = 1 · 1 + 1 · 1 + 1 · 0.25 + 1 · 0 + 1 · 0.7 + 1 · 0.3 = 3.25"
    )


def test_a_slope_that_chooses_is_written_as_its_operands_compare():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    J = autograd.sum([f(x) for f in (autograd.abs, relu, leaky_relu, lambda x: maximum(x, 1)) for x in (a, b)])
    *_, of_a, of_b = str(steps(J.named("J"))).splitlines()
    assert of_a.endswith(" = 1 · 1 + 1 · 1 + 1 · 1 + 1 · 1 = 4")
    assert of_b.endswith(" = 1 · 0 + 1 · 0.01 + 1 · 0 + 1 · (−1) = −0.99")


def test_a_tie_among_lines_of_one_shape_says_its_convention():
    pairs = [(Value(x, f"a{k}"), Value(y, f"b{k}")) for k, (x, y) in enumerate([(2.0, 1.0), (1.0, 1.0), (3.0, 1.0)])]
    lines = str(steps(autograd.sum([maximum(*pair) for pair in pairs]).named("J"))).splitlines()
    assert [line.partition("  (")[2] for line in lines if "/∂a" in line] == ["", "tie: ½ each)", ""]


def test_vectors_of_one_length_have_one_shape_whatever_the_signs_of_their_entries():
    rng = Random(1)
    x = [Value(rng.gauss(0, 1), f"in {k}") for k in range(6)]
    rows = [dot([rng.gauss(0, 1) for _ in x], x) for _ in range(100)]
    s = steps(autograd.sum([row.named(f"z{k}") for k, row in enumerate(rows)]))
    assert str(s).count(" · in 5 ≈ ") == 100
    assert sum(key[0] == "dot" and len(key) == 5 for key in shapes.shapes(s.sheet, "unicode").templates) == 2


def test_a_fraction_and_the_float_that_is_equal_to_it_keep_their_texts():
    x = Value(3.0, "x")
    u = (x * Fraction(1, 2)).named("u")
    lines = str(steps((u * 0.5).named("J"))).splitlines()
    assert lines[-2:] == ["  ∂J/∂u = 0.5", "  ∂J/∂x = ∂J/∂u · ∂u/∂x = 0.5 · (1/2) = 0.25"]


def test_only_terms_that_read_alike_are_counted():
    a, b, c, d = (Value(x, name) for x, name in ((2.0, "a"), (3.0, "b"), (3.0, "c"), (4.0, "d")))
    J = (dot([a, a], [b, c]).named("u") + dot([a, a], [b, d]).named("v")).named("J")
    assert "2 · 3" in str(steps(J)) and "3 + 4" in str(steps(J))


def test_each_shape_of_a_line_is_written_once(monkeypatch):
    written = []
    once = shapes.Holed
    monkeypatch.setattr(shapes, "Holed", lambda *parts: written.append(parts) or once(*parts))
    y = Value(0.5, "x")
    for _ in range(300):
        y = (1.25 * y).tanh()
    assert str(steps(y)).count("\n") > 1200 and len(written) < 40
