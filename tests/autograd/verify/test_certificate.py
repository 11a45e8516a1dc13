"""Closed forms as lectures write them, and certificates: four ways to each gradient, and what a wrong one shows."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings

from autograd import (
    LengthError,
    OperandError,
    Value,
    abs,
    certificate,
    closed_form,
    cos,
    cross_entropy,
    elu,
    exp,
    grad,
    gt,
    leaky_relu,
    log,
    maximum,
    parse,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    to_sympy,
    where,
)
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.language import symbolic
from autograd.verify.complex_step import complex_step
from tests.oracle import ROWS, call, number, points
from tests.strategies import programs
from viz.__main__ import main

a, b, c = (Value(x, name) for name, x in (("a", 5.0), ("b", 3.0), ("c", 2.0)))
w, x, y = (Value(t, name) for name, t in (("w", 0.5), ("x", 2.0), ("y", 1.0)))
u = (b * c).named("u")
J = (3 * (a + u)).named("J")
z = (w * x + b).named("z")
p = sigmoid(z).named("p")
L = (-y * log(p) - (1 - y) * log(1 - p)).named("L")


@pytest.mark.parametrize(
    ("output", "wrt", "text"),
    [
        (J, a, "∂J/∂a = 3"),
        (J, b, "∂J/∂b = 3 · c"),
        (J, u, "∂J/∂u = 3"),
        (J, J, "∂J/∂J = 1"),
        (J, w, "∂J/∂w = 0"),
        (L, w, "∂L/∂w = x · (σ(b + w · x) − y)"),
        (L, b, "∂L/∂b = σ(b + w · x) − y"),
        (L, z, "∂L/∂z = σ(z) − y"),
        (L, p, "∂L/∂p = (y − p) / (p · (p − 1))"),
        (tanh(x), x, "∂v₁/∂x = 1 − tanh(x)²"),
        (softplus(x), x, "∂v₁/∂x = σ(x)"),
        (relu(x), x, "∂v₁/∂x = [x > 0]"),
        (maximum(x, y), x, "∂v₁/∂x = 0.5 · [x = y] + [x > y]"),
        (leaky_relu(x), x, "∂v₁/∂x = where([x > 0], 1, 0.01)"),
        (elu(x, a), x, "∂v₁/∂x = where([x > 0], 1, a · exp(min(x, 0)))"),
        (abs(x), x, "∂v₁/∂x = sign(x)"),
        (sqrt(x), x, "∂v₁/∂x = 1 / (2 · √x)"),
        (exp(x), x, "∂v₁/∂x = exp(x)"),
        (x / y, y, "∂v₁/∂y = −x / y²"),
        (x**3 / 3, x, "∂v₂/∂x = x²"),
    ],
)
def test_closed_forms_read_as_lectures_write_them(output, wrt, text):
    assert closed_form(output, wrt).equation == text


def test_a_closed_form_in_each_language():
    form = closed_form(L, w)
    assert form.latex == r"x \cdot (\sigma(b + w \cdot x) - y)"
    assert form._repr_latex_() == rf"$\frac{{\partial L}}{{\partial w}} = {form.latex}$"
    W, X, B, Y = sympy.symbols("w x b y", real=True)
    assert sympy.simplify(form.sympy - X * (1 / (1 + sympy.exp(-W * X - B)) - Y)) == 0
    assert (str(form), repr(form)) == (form.unicode, f"<{form.equation}>")
    assert closed_form(u).equation == "u = b · c"
    assert closed_form(b * c)._repr_latex_() == r"$v_{1} = b \cdot c$"


d = Value(0.5, "d")


@pytest.mark.parametrize(
    ("output", "unicode", "latex"),
    [
        (-(a - b) * c, "c · (b − a)", r"c \cdot (b - a)"),
        (-2 * (a - b) * c, "2 · c · (b − a)", r"2 \cdot c \cdot (b - a)"),
        (-(a + b + c) * d, "d · (−a − b − c)", r"d \cdot (-a - b - c)"),
        (-((a - b) * c), "c · (b − a)", r"c \cdot (b - a)"),
        (-a * b, "−a · b", r"-a \cdot b"),
        (-a - b, "−a − b", r"-a - b"),
        (a - b - c, "a − b − c", r"a - b - c"),
        (a - (b - c), "a + c − b", r"a + c - b"),
        (-a * b + c, "c − a · b", r"c - a \cdot b"),
        (a / b / c, "a / (b · c)", r"\frac{a}{b \cdot c}"),
        (-a / b, "−a / b", r"-\frac{a}{b}"),
        (-(a - b) / c, "(b − a) / c", r"\frac{b - a}{c}"),
        (0.1 * a, "a / 10", r"\frac{a}{10}"),
        (a + 0.1, "a + 0.1", r"a + 0.1"),
        (a * 0 + 1.5, "3/2", r"\frac{3}{2}"),
        (a * 0 + 2, "2", r"2"),
        (2.5 * a, "5 · a / 2", r"\frac{5 \cdot a}{2}"),
        (a * Fraction(7, 3), "7 · a / 3", r"\frac{7 \cdot a}{3}"),
        (a**-2, "1 / a²", r"\frac{1}{{a}^{2}}"),
        (a**-0.5, "1 / √a", r"\frac{1}{\sqrt{a}}"),
        (2**a, "2^a", r"{2}^{a}"),
        (a**-b, "1 / a^b", r"\frac{1}{{a}^{b}}"),
        (exp(-a), "exp(−a)", r"e^{-a}"),
        (leaky_relu(a, 0.3), "leaky_relu(a, 0.3)", r"\operatorname{leaky\_relu}(a, 0.3)"),
        (exp(a) / (exp(a) + exp(b)), "exp(a) / (exp(a) + exp(b))", r"\frac{e^{a}}{e^{a} + e^{b}}"),
        (a - a, "0", r"0"),
        (exp(a * 0 + 1), "E", "e"),  # which is no row: as SymPy writes it
        (relu(a * 0 + 2), "2", "2"),
        (OPS["sum"]([a, a]), "2 · a", r"2 \cdot a"),
        (relu(a * 0 + 0.5), "relu(1/2)", r"\operatorname{relu}(\frac{1}{2})"),
    ],
)
def test_how_formulas_are_written(output, unicode, latex):
    form = closed_form(output)
    assert (form.unicode, form.latex) == (unicode, latex)


def test_a_leaf_outside_without_a_name_is_called_x():
    form = closed_form(J, Value(1.0))
    assert (form.equation, form.latex_name) == ("∂J/∂x = 0", r"\frac{\partial J}{\partial x}")
    assert certificate(J, wrt=[Value(1.0)]).rows[0].name == "∂J/∂x"
    assert closed_form(a - a, Value(1.0)).unicode == "0"


def test_a_node_inside_without_a_name_is_called_by_its_number():
    inside = b * c
    assert closed_form((3 * inside).named("J"), inside).equation == "∂J/∂v₁ = 3"


@pytest.mark.parametrize(("most", "ok"), [(5, True), (4, False)])
def test_how_long_a_formula_may_be(most, ok, monkeypatch):
    """An operation is one more than its operands' together: b · c are 3, a + b · c are 5."""
    monkeypatch.setattr("autograd.verify.closed_form.LARGEST", most)
    if ok:
        assert closed_form(a + b * c).unicode == "a + b · c"
        assert closed_form(a + 2 * c).unicode == "a + 2 · c"
        return
    with pytest.raises(LengthError) as caught:
        closed_form(a + b * c)
    said = "A closed form of more than 4 parts helps nobody. Print the steps, or give wrt= a node inside."
    assert str(caught.value) == said


@pytest.mark.parametrize(("most", "text"), [(3, "a · (b + c)"), (2, "a · b + a · c")])
def test_up_to_which_length_a_formula_is_simplified(most, text, monkeypatch):
    """a · b + a · c has three operations."""
    monkeypatch.setattr("autograd.verify.closed_form.SIMPLE", most)
    monkeypatch.setattr("sympy.factor_terms", lambda e: e)
    assert closed_form(a * b + a * c).unicode == text


@pytest.mark.parametrize(("product", "text"), [((a - b) * c, "c · (b − a)"), ((a + b + c) * d, "−d · (a + b + c)")])
def test_a_minus_goes_into_a_difference(product, text, monkeypatch):
    monkeypatch.setattr("autograd.verify.closed_form.SIMPLE", 0)
    monkeypatch.setattr("sympy.factor_terms", lambda e: e)
    assert closed_form(-product).unicode == text


@given(programs(most_lines=3))
@settings(max_examples=10)
def test_a_closed_form_has_the_gradients_value(program):
    output, inputs = program.values()
    names = [sympy.Symbol(x.name, real=True) for x in inputs]
    for leaf, found in zip(inputs, grad(output, inputs), strict=True):
        form = closed_form(output, leaf).sympy
        assert number(form, names, program.leaves) == pytest.approx(found, rel=1e-9, abs=1e-9)


def test_a_formula_that_would_be_too_long_is_refused():
    long = x
    for _ in range(12):
        long = sin(long) + long
    with pytest.raises(LengthError, match="A closed form of more than 2000 parts helps nobody"):
        closed_form(long, x)
    assert certificate(long).rows[0].formula is None
    with pytest.raises(OperandError) as caught:
        closed_form(J, "a")
    assert str(caught.value) == "A closed form needs a Value to differentiate by, got 'a'. Give a node, as wrt=x."


# ── certificates ──────────────────────────────────────────────────────────────────────────────────


def test_a_certificate_of_the_lecture():
    proof = certificate(J)
    assert proof.ok and bool(proof)
    for row, exact in zip(proof.rows, (3.0, 6.0, 9.0), strict=True):
        assert row.autograd == row.closed == row.complex == exact
        assert row.central.value == pytest.approx(exact, rel=1e-9)
        assert (row.ulps, row.difference) == (0, 0)
    assert str(proof) == repr(proof) == CERTIFICATE
    assert (
        r"| $\frac{\partial J}{\partial b}$ | 6.0 | $3 \cdot c$ | 6.0 | 6 | 6.0 | 6·10⁻⁹ | 0 | agrees |"
        in proof.markdown
    )
    row = r"$\frac{\partial J}{\partial b}$ & $6$ & $3 \cdot c$ & $6$ & $6$ & $6$ & $6 \cdot 10^{-9}$ & $0$ & agrees \\"
    assert row in proof.latex
    assert proof._repr_markdown_() == proof.markdown


CERTIFICATE = """\
Certificate of J = 33

gradient  autograd  closed form  its number  central difference  complex step  tolerance  ulps  verdict
∂J/∂a     3.0       3            3.0         3                   3.0           3·10⁻⁹     0     agrees
∂J/∂b     6.0       3 · c        6.0         6                   6.0           6·10⁻⁹     0     agrees
∂J/∂c     9.0       3 · b        9.0         9                   9.0           9·10⁻⁹     0     agrees

3 of 3 gradients agree."""


@pytest.mark.parametrize("text", ["y = a/(b + c) - a**3*b", "y = dot([a, b], [b, c])/a + 1/3", "y = abs(a)*relu(b)"])
def test_fractions_are_certified_exactly(text):
    data = {"a": Fraction(2, 3), "b": Fraction(1, 7), "c": Fraction(-5, 2)}
    proof = certificate(parse(text, **data)["y"])
    assert proof.ok
    for row in proof.rows:
        assert row.verdict == "exact"
        assert isinstance(row.difference, Fraction) and row.difference == 0


def test_exactness_is_all_or_nothing():
    third = Value(Fraction(1, 3), "x")
    output = third**3 * 1
    output.operands[0].dx += Fraction(1, 10**30)
    assert "DISAGREES with the closed form" in certificate(output).rows[0].verdict


@pytest.mark.parametrize("op", [op for op in ROWS if not op.variadic], ids=lambda op: op.name)
def test_every_row_is_certified(op):
    for numbers in points(op, 1):
        names = op.operands
        assert certificate(call(op, [Value(x, name) for x, name in zip(numbers, names, strict=True)])).ok


def test_which_rows_take_a_complex_step_follows_from_their_words():
    refused = set()
    for op in ROWS:
        numbers = next(points(op, 1, 2))
        inputs = [Value(x) for x in numbers]
        output = call(op, inputs)
        step = complex_step(topological(output), inputs[0])
        if step is None:
            refused.add(op.name)
        else:
            assert step == pytest.approx(grad(output, inputs[:1])[0], rel=1e-13)
    compare = {
        "abs",
        "relu",
        "leaky_relu",
        "elu",
        "maximum",
        "minimum",
        "clip",
        "where",
        "gt",
        "eq",
        "gated",
        "sign",
        "heaviside",
    }
    no_complex_function = {"atan2", "cbrt", "erf", "erfc"}
    assert refused == compare | no_complex_function


@pytest.mark.parametrize(("name", "at"), [("exp", 0.5), ("tanh", 0.5), ("relu", 1.0), ("sqrt", 2.0)])
@pytest.mark.parametrize("off", [1 + 1e-5, -1, 2])
def test_a_wrong_slope_is_no_agreement(name, at, off):
    output = OPS[name](Value(at, "x"))
    output.dx = output.dx * off
    proof = certificate(output)
    assert not proof.ok and "DISAGREES" in proof.rows[0].verdict
    assert "0 of 1 gradients agree." in str(proof)


def test_leaves_of_one_name_and_leaves_outside_are_told_apart():
    one, other, outside = Value(2.0, "x"), Value(3.0, "x"), Value(1.0, "q")
    output = (one * other**2).named("y")
    assert [row.closed for row in certificate(output).rows] == [9.0, 12.0]
    assert closed_form(output, other).unicode == "2 · x⁽¹⁾ · x⁽²⁾"
    assert certificate(output, wrt=[outside]).rows[0].closed == 0
    for wrong in (output, 3.0):
        with pytest.raises(OperandError) as caught:
            certificate(output, wrt=[wrong])
        assert str(caught.value) == f"A certificate is by leaves, got {wrong!r}. Give Values that no operation made."


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        (Value(float("nan"), "x") * 2, "cannot tell: no other way finds a number here"),
        (Value(1e300, "x") * Value(1e-300, "y"), "agrees"),
        (-log(1 - sigmoid(Value(30.0, "z"))), "agrees"),
        (sigmoid(Value(-40.0, "z")) ** 2, "agrees"),
    ],
)
def test_odd_numbers_get_a_verdict(output, verdict):
    assert {row.verdict for row in certificate(output).rows} == {verdict}


def test_a_kink_is_told():
    assert certificate(relu(Value(0.0, "x"))).rows[0].verdict == "agrees: a kink, slopes 0 and 1"
    output = relu(Value(0.0, "x"))
    output.dx = 2.0
    assert certificate(output).rows[0].verdict == "DISAGREES with the closed form: a kink, slopes 0 and 1"
    output.dx = 0.5  # between the sides, but not the table's convention
    assert not certificate(output).ok
    assert certificate(output, symbolic=False).ok


def test_a_certificate_without_sympy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sympy", None)
    proof = certificate(J)
    assert proof.ok and proof.rows[0].formula is None
    assert str(proof).endswith('Install it: pip install "chalkgrad[symbolic]".')


@pytest.mark.parametrize("name", ["closed_forms", "precise_gradients", "roundings", "grad", "replayed"])
def test_a_mistake_of_ours_is_not_a_dash(name, monkeypatch):
    def mistaken(*_, **__):
        raise AttributeError("a mistake of ours")

    monkeypatch.setattr(f"autograd.verify.certificate.{name}", mistaken)
    with pytest.raises(AttributeError, match="a mistake of ours"):
        certificate(J)


def test_a_mistake_in_a_row_is_not_a_step_that_cannot_go(monkeypatch):
    output = sigmoid(x)
    monkeypatch.setitem(OPS, "sigmoid", replace(OPS["sigmoid"], formula=lambda x: x.no_such_name))
    with pytest.raises(AttributeError, match="no_such_name"):
        complex_step(topological(output), x)


def test_a_formula_that_sympy_cannot_write_is_left_out(monkeypatch):
    def refuse(*_, **__):
        raise OperandError

    monkeypatch.setattr("autograd.verify.certificate.closed_forms", refuse)
    [row, *_] = certificate(J).rows
    assert (row.formula, row.closed, row.ok, row.verdict) == (None, 3.0, True, "agrees")


def test_sympys_refusal_to_compare_is_told():
    def refuse(*_):
        raise TypeError("Invalid comparison of non-real I")

    with pytest.raises(OperandError) as caught:
        symbolic._choice(replace(OPS["where"], sympy=refuse), 1, 2, 3)
    said = "SymPy has no formula of where here: Invalid comparison of non-real I. Draw the graph instead."
    assert str(caught.value) == said


@pytest.mark.parametrize("data", [10**400, Fraction(10**400, 3), -(10**400)])
def test_numbers_that_no_float_holds_are_certified(data):
    assert [row.verdict for row in certificate((Value(data, "x") * 2).named("y")).rows] == ["exact"]


def test_a_choice_with_a_branch_0_can_be_divided_by_and_compared():
    quotient = gt(log(gt(x, 0)), y) + cos(1 / gt(x, 0)) + maximum(1 / gt(x, 0), y)
    names = sympy.symbols("x y", real=True)
    assert number(to_sympy(quotient), names, (2.0, 1.0)) == pytest.approx(quotient.data)


def test_bars_of_formulas_do_not_end_a_cell_of_markdown():
    row = certificate((x * abs(x)).named("y")).markdown.splitlines()[-3]
    assert r"\operatorname{sign}(x) + \vert x\vert $" in row and row.count("|") == 10


# ── the command ───────────────────────────────────────────────────────────────────────────────────

LECTURE = ["check", "u = b*c; v = a + u; J = 3*v", "a=5", "b=3", "c=2"]


def test_check_prints_the_certificate(capsys):
    assert main(LECTURE) == 0
    assert capsys.readouterr().out == CERTIFICATE + "\n"
    assert main([*LECTURE, "--markdown"]) == 0
    assert "| $\\frac{\\partial J}{\\partial a}$ | 3.0 |" in capsys.readouterr().out
    assert main([*LECTURE, "--latex"]) == 0
    assert capsys.readouterr().out.startswith("\\begin{tabular}")


def test_check_exits_1_on_disagreement_and_2_on_a_mistake(capsys, monkeypatch):
    words = replace(OPS["sin"], partials=(lambda x, z: -1,))
    monkeypatch.setitem(OPS, "sin", words)
    monkeypatch.setattr("autograd.core.fast_ops.CALLS", {})
    monkeypatch.setitem(sys.modules["autograd.language.parser"].FUNCTIONS, "sin", words)
    assert main(["check", "y = sin(x)", "x=1"]) == 1
    assert "DISAGREES" in capsys.readouterr().out
    assert main(["check", "y = sin(", "x=1"]) == 2
    assert capsys.readouterr().err.startswith("chalkgrad check: ")


def test_a_choice_inside_of_a_choice_is_not_written_by_cases():
    """SymPy would look for the periods of its conditions, for minutes."""
    x = Value(-2.9, "x")
    inside = cross_entropy([x, 2.5e-5, x, x], [x] * 4)
    proof = certificate(where(cross_entropy([2.7], [x]), x, leaky_relu(inside, x)))
    assert proof.ok and proof.rows[0].closed == 1.0
