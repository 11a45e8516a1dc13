"""Both passes as lines of mathematics with numbers, and as records."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given

from autograd import Value, dot, gt, log, parse, sigmoid, sign, steps, topological, where
from tests.strategies import programs

LECTURE = """\
a = 5, b = 3, c = 2

Forward pass
  u = b · c = 3 · 2 = 6
  v = a + u = 5 + 6 = 11
  J = 3 · v = 3 · 11 = 33

Backward pass
  ∂J/∂J = 1
  ∂J/∂v = 3
  ∂J/∂u = ∂J/∂v · ∂v/∂u = 3 · 1 = 3
  ∂J/∂a = ∂J/∂v · ∂v/∂a = 3 · 1 = 3
  ∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6
  ∂J/∂c = ∂J/∂u · ∂u/∂c = 3 · 3 = 9"""

LOGISTIC_REGRESSION = """\
w₁ = 0.5, w₂ = −1, x₁ = 2, x₂ = 1, b = 0.5

Forward pass
  v₁ = w·x = 0.5 · 2 + (−1) · 1 = 0
  z = v₁ + b = 0 + 0.5 = 0.5
  p = σ(z) = σ(0.5) = 0.622459
  v₂ = log(p) = log(0.622459) = −0.474077
  L = −v₂ = −(−0.474077) = 0.474077

Backward pass
  ∂L/∂L = 1
  ∂L/∂v₂ = −1
  ∂L/∂p = ∂L/∂v₂ · ∂v₂/∂p = (−1) · 1.60653 = −1.60653
  ∂L/∂z = ∂L/∂p · ∂p/∂z = (−1.60653) · 0.235004 = −0.377541
  ∂L/∂v₁ = ∂L/∂z · ∂z/∂v₁ = (−0.377541) · 1 = −0.377541
  ∂L/∂w₁ = ∂L/∂v₁ · ∂v₁/∂w₁ = (−0.377541) · 2 = −0.755081
  ∂L/∂w₂ = ∂L/∂v₁ · ∂v₁/∂w₂ = (−0.377541) · 1 = −0.377541
  ∂L/∂x₁ = ∂L/∂v₁ · ∂v₁/∂x₁ = (−0.377541) · 0.5 = −0.18877
  ∂L/∂x₂ = ∂L/∂v₁ · ∂v₁/∂x₂ = (−0.377541) · (−1) = 0.377541
  ∂L/∂b = ∂L/∂z · ∂z/∂b = (−0.377541) · 1 = −0.377541"""

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
  ∂y/∂x = v₁ + ∂y/∂v₁ · ∂v₁/∂x + ∂y/∂v₁ · ∂v₁/∂x = 9 + 3 · 3 + 3 · 3 = 27"""

CHOICE = """\
x = 3

Forward pass
  c = [x > 0] = [3 > 0] = 1
  u = x · 2 = 3 · 2 = 6
  y = where(c, u, x) = where(1, 6, 3) = 6

Backward pass
  ∂y/∂y = 1
  ∂y/∂u = where(c, 1, 0) = 1
  ∂y/∂x = where(c, 0, 1) + ∂y/∂u · ∂u/∂x = 0 + 1 · 2 = 2"""

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
        (logistic_regression, LOGISTIC_REGRESSION),
        (doubled, DOUBLED),
        (cube, CUBE),
        (choice, CHOICE),
        (exact, EXACT),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_both_passes_as_text(make, text):
    assert str(steps(make())) == text


def test_the_smallest_steps():
    assert str(steps(Value(5.0, "a"))) == "a = 5\n\nForward pass\n\nBackward pass\n  ∂a/∂a = 1"


def test_latex():
    latex = steps(lecture())._repr_latex_()
    assert latex.startswith("$$\\begin{aligned}\nu &= b \\cdot c = 3 \\cdot 2 = 6 \\\\\n")
    assert latex.endswith(
        r"\frac{\partial J}{\partial c} &= \frac{\partial J}{\partial u} \cdot \frac{\partial u}{\partial c}"
        " = 3 \\cdot 3 = 9\n\\end{aligned}$$"
    )
    assert latex.count("&=") == 9 and latex.count("\\\\\n") == 8


def test_digits():
    text = str(steps(logistic_regression(), digits=3))
    assert "p = σ(z) = σ(0.5) = 0.622\n" in text and "(−1.61) · 0.235 = −0.378" in text


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
        ("v_1", 3.0, 3.0, False),
        ("v_1", 3.0, 3.0, False),
    ]
    assert [part.formula for part in by_x.contributions] == ["v₁", "x", "x"]
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
        shown = step.unicode.rpartition(" = ")[2].replace("·10", "e").translate(PLAIN)
        assert float(shown) == step.value
