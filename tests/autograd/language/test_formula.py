"""Formulas: parentheses exactly where they are needed, in Unicode, LaTeX and Python that runs again."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    LengthError,
    OperandError,
    ShapeError,
    Value,
    clip,
    dot,
    exp,
    expression,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    parse,
    sigmoid,
    sin,
    sqrt,
    tanh,
    where,
)
from autograd.core.notation import Rounded
from autograd.core.op import OPS
from autograd.language.formula import definition, equation
from autograd.language.names import Labels, derivative, symbol, symbols
from autograd.language.numbers import figure
from tests.oracle import ROWS, arity, points
from tests.strategies import programs

a, b, c = Value(2.0, "a"), Value(3.0, "b"), Value(4.0, "c")

# ── golden texts ──────────────────────────────────────────────────────────────────────────────────

GOLDEN = [
    ((a + b) * c, "(a + b) · c", r"(a + b) \cdot c", "(a + b) * c"),
    (a * b + c, "a · b + c", r"a \cdot b + c", "a * b + c"),
    (a + (b + c), "a + (b + c)", "a + (b + c)", "a + (b + c)"),
    (a - (b - c), "a − (b − c)", "a - (b - c)", "a - (b - c)"),
    ((a - b) - c, "a − b − c", "a - b - c", "a - b - c"),
    (a - (b + c), "a − (b + c)", "a - (b + c)", "a - (b + c)"),
    (a * (b * c), "a · (b · c)", r"a \cdot (b \cdot c)", "a * (b * c)"),
    (a / (b / c), "a / (b / c)", r"\frac{a}{\frac{b}{c}}", "a / (b / c)"),
    ((a / b) / c, "a / b / c", r"\frac{\frac{a}{b}}{c}", "a / b / c"),
    ((a + b) / (a - c), "(a + b) / (a − c)", r"\frac{a + b}{a - c}", "(a + b) / (a - c)"),
    (1 / (a * b), "1 / (a · b)", r"\frac{1}{a \cdot b}", "1 / (a * b)"),
    ((-a) ** 2, "(−a)²", "{(-a)}^{2}", "(-a)**2"),
    (-(a**2), "−a²", "-{a}^{2}", "-a**2"),
    ((a**b) ** c, "(a^b)^c", "{({a}^{b})}^{c}", "(a**b)**c"),
    (a ** (b**c), "a^(b^c)", "{a}^{{b}^{c}}", "a**(b**c)"),
    (a ** (b + c), "a^(b + c)", "{a}^{b + c}", "a**(b + c)"),
    (a**2 * b**3, "a² · b³", r"{a}^{2} \cdot {b}^{3}", "a**2 * b**3"),
    (a**12, "a¹²", "{a}^{12}", "a**12"),
    (a**-1, "a⁻¹", "{a}^{-1}", "a**(-1)"),
    (a**0.5, "a^0.5", "{a}^{0.5}", "a**0.5"),
    (a**-0.5, "a^(−0.5)", "{a}^{-0.5}", "a**(-0.5)"),
    (2**a, "2^a", "{2}^{a}", "2**a"),
    ((a / b) ** 2, "(a / b)²", r"{(\frac{a}{b})}^{2}", "(a / b)**2"),
    (a - (-2.0), "a − (−2)", "a - (-2)", "a - (-2.0)"),
    (a + (-2.0), "a + (−2)", "a + (-2)", "a + (-2.0)"),
    (a * -2.0, "a · (−2)", r"a \cdot (-2)", "a * (-2.0)"),
    (a + (-b), "a + (−b)", "a + (-b)", "a + (-b)"),
    (-b + a, "−b + a", "-b + a", "-b + a"),
    (a - (-b), "a − (−b)", "a - (-b)", "a - (-b)"),
    (a * (-b), "a · (−b)", r"a \cdot (-b)", "a * (-b)"),
    (-(-a), "−(−a)", "-(-a)", "-(-a)"),  # noqa: B002
    (-(a + b), "−(a + b)", "-(a + b)", "-(a + b)"),
    (a / -b, "a / (−b)", r"\frac{a}{-b}", "a / (-b)"),
    (exp(a + b), "exp(a + b)", "e^{a + b}", "exp(a + b)"),
    (exp(a) ** 2, "exp(a)²", "{(e^{a})}^{2}", "exp(a)**2"),
    (sqrt(a + b), "√(a + b)", r"\sqrt{a + b}", "sqrt(a + b)"),
    (sqrt(a) * b, "√a · b", r"\sqrt{a} \cdot b", "sqrt(a) * b"),
    (sqrt(a) ** 2, "(√a)²", r"{\sqrt{a}}^{2}", "sqrt(a)**2"),
    (sqrt(a**2), "√(a²)", r"\sqrt{{a}^{2}}", "sqrt(a**2)"),
    (abs(a - b), "|a − b|", "|a - b|", "abs(a - b)"),
    (tanh(a) * b, "tanh(a) · b", r"\tanh(a) \cdot b", "tanh(a) * b"),
    (sin(a) ** 2, "sin(a)²", r"{\sin(a)}^{2}", "sin(a)**2"),
    (log(a * b) - c, "log(a · b) − c", r"\log(a \cdot b) - c", "log(a * b) - c"),
    (sigmoid(a * b), "σ(a · b)", r"\sigma(a \cdot b)", "sigmoid(a * b)"),
    (maximum(a, b + c), "max(a, b + c)", r"\max(a, b + c)", "maximum(a, b + c)"),
    (clip(a, -1.0, 1.0), "clip(a, −1, 1)", r"\operatorname{clip}(a, -1, 1)", "clip(a, -1.0, 1.0)"),
    (leaky_relu(a), "leaky_relu(a, 0.01)", r"\operatorname{leaky\_relu}(a, 0.01)", "leaky_relu(a, 0.01)"),
    (where(a, b, c), "where(a, b, c)", r"\operatorname{where}(a, b, c)", "where(a, b, c)"),
    (autograd.sum([a, b, c]), "a + b + c", "a + b + c", "sum([a, b, c])"),
    (autograd.sum([a, -b]), "a + (−b)", "a + (-b)", "sum([a, -b])"),
    (2 * autograd.sum([a, b * c]), "2 · (a + b · c)", r"2 \cdot (a + b \cdot c)", "2 * sum([a, b * c])"),
    (
        dot([a, b + c], [b, -c]),
        "a · b + (b + c) · (−c)",
        r"a \cdot b + (b + c) \cdot (-c)",
        "dot([a, b + c], [b, -c])",
    ),
    (dot([a], [b]) * c, "(a · b) · c", r"(a \cdot b) \cdot c", "dot([a], [b]) * c"),
    (a - dot([a, b], [b, c]), "a − (a · b + b · c)", r"a - (a \cdot b + b \cdot c)", "a - dot([a, b], [b, c])"),
    (logsumexp([a, b * c]), "logsumexp(a, b · c)", r"\operatorname{logsumexp}(a, b \cdot c)", "logsumexp([a, b * c])"),
    (1e20 * a, "1·10²⁰ · a", r"1 \cdot 10^{20} \cdot a", "1e+20 * a"),
    (a**1e-7, "a^(1·10⁻⁷)", r"{a}^{1 \cdot 10^{-7}}", "a**1e-07"),
    (a ** Fraction(1, 3), "a^(1/3)", r"{a}^{\frac{1}{3}}", "a**Fraction(1, 3)"),
]


@pytest.mark.parametrize(("value", "unicode", "latex", "python"), GOLDEN, ids=[row[3] for row in GOLDEN])
def test_formulas(value, unicode, latex, python):
    assert expression(value) == unicode
    assert expression(value, "latex") == latex
    assert expression(value, "python") == python


@pytest.mark.parametrize("dialect", ["unicode", "latex", "python"])
def test_names_and_unnamed_leaves(dialect):
    x, y = Value(1.0), Value(2.0, "w_12")
    z = (x * y + Value(3.0)).named("z")
    expected = {"unicode": "x₁ · w₁₂ + x₂", "latex": r"x_{1} \cdot w_{12} + x_{2}", "python": "x_1 * w_12 + x_2"}
    assert expression(z, dialect) == expected[dialect]
    assert expression(y, dialect) == {"unicode": "w₁₂", "latex": "w_{12}", "python": "w_12"}[dialect]


def test_names_that_are_taken_are_not_given_again():
    x, y = Value(1.0, "x_1"), Value(2.0)
    assert expression(x + y) == "x₁ + x₂"
    assert expression(Value(1.0) + Value(2.0, "x1") + Value(3.0, "x2")) == "x₃ + x₁ + x₂"


@pytest.mark.parametrize("name", ["x^2", "e^{2}", "k^−3", "x)^2", "a + b"])
@pytest.mark.parametrize("dialect", ["unicode", "python"])
def test_a_name_stands_as_it_is(name, dialect):
    x = Value(3.0, name)
    assert expression(log(x), dialect) == f"log({name})"
    assert expression(b * x, dialect).endswith(name)


def test_a_vector_is_called_by_its_name():
    w, x = [Value(1.0, f"w_{i}") for i in (1, 2, 3)], [Value(2.0, f"x_{i}") for i in (1, 2, 3)]
    z = (dot(w, x) + b).named("z")
    assert expression(z) == "w·x + b"
    assert expression(2 * dot(w, x)) == "2 · (w·x)"
    assert expression(z, "latex") == r"w \cdot x + b"
    assert expression(logsumexp(x)) == "logsumexp(x)"
    assert expression(autograd.sum(x) * 2) == "(Σ x) · 2"


def test_each_row_of_a_matrix_has_its_own_name_and_what_is_no_whole_vector_none():
    w = [[Value(1.0, f"w_{k}{i}") for i in (1, 2)] for k in (1, 2)]
    x = [Value(2.0, f"x_{i}") for i in range(1, 5)]
    rows = [dot(row, x[:2]) for row in w]
    assert expression(logsumexp(rows)) == "logsumexp(w₁·x, w₂·x)"
    assert expression(logsumexp(rows), "latex") == r"\operatorname{logsumexp}(w_{1} \cdot x, w_{2} \cdot x)"
    assert expression(dot([w[0][0], w[1][0]], x[:2])) == "w₁₁ · x₁ + w₂₁ · x₂"  # a column
    assert expression(logsumexp(x) - logsumexp(x[2:])) == "logsumexp(x) − logsumexp(x₃, x₄)"
    assert expression(dot(x[:2], x[1::-1])) == "x₁ · x₂ + x₂ · x₁"
    tens = [Value(1.0, f"x_{i}") for i in range(1, 12)]
    assert expression(logsumexp(tens)) == "logsumexp(x)"


def test_python_text_has_a_vectors_entries():
    w, x = [Value(1.0, f"w_{i}") for i in (1, 2)], [Value(2.0, f"x_{i}") for i in (1, 2)]
    assert expression(dot(w, x), "python") == "dot([w_1, w_2], [x_1, x_2])"
    assert expression(2 * autograd.sum(w), "python") == "2 * sum([w_1, w_2])"
    assert expression(logsumexp(w), "python") == "logsumexp([w_1, w_2])"


def test_a_vector_of_results_is_written_out_in_a_whole_formula():
    w = [Value(1.0, "w1"), Value(2.0, "w2")]
    h = [tanh(a).named("h1"), tanh(b).named("h2")]
    assert expression(dot(w, h)) == "w₁ · tanh(a) + w₂ · tanh(b)"


@pytest.mark.parametrize("dialect", ["unicode", "latex", "python"])
def test_a_formula_without_end_is_refused(dialect):
    z = Value(1.0, "x")
    for _ in range(40):
        z = z + z
    with pytest.raises(LengthError) as caught:
        expression(z, dialect)
    assert isinstance(caught.value, ShapeError)
    assert str(caught.value) == "The formula is longer than 10000 characters. Draw it, or print its steps."


def test_a_formula_needs_a_value():
    with pytest.raises(OperandError):
        expression(3.0)


# ── the same numbers again ────────────────────────────────────────────────────────────────────────

WORDS = {name: op for name, op in OPS.items() if not op.infix} | {"Fraction": Fraction, "__builtins__": {}}


@settings(max_examples=settings.default.max_examples * 2)
@given(programs())
def test_python_text_evaluated_gives_the_same_value(program):
    output, inputs = program.values()
    try:
        text = expression(output, "python")
    except ShapeError:
        assume(False)
    given_ = {x.name: x.data for x in inputs}
    assert eval(text, WORDS, given_) == output.data
    again = eval(text, WORDS, {x.name: Value(x.data, x.name) for x in inputs})
    assert expression(again, "python") == text


@given(programs(most_lines=6))
def test_python_text_can_be_parsed(program):
    output, inputs = program.values()
    text = expression(output, "python")
    assert parse(f"result = {text}", **{x.name: x.data for x in inputs})["result"].data == output.data


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_python_text_of_each_row(op):
    for numbers in points(op, 3, 2):
        leaves = [Value(x, f"k{i}") for i, x in enumerate(numbers)]
        z = op(*op.columns(leaves))
        assert eval(expression(z, "python"), WORDS, {x.name: x.data for x in leaves}) == z.data
        negative = op(*op.columns([-Value(-x, f"k{i}") for i, x in enumerate(numbers)]))
        assert eval(expression(negative, "python"), WORDS, {x.name: -x.data for x in leaves}) == z.data


def to_python(text):
    """Unicode mathematics as Python, by replacing signs alone: parentheses stay where they are."""
    power = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = power.sub(lambda raised: f"**({raised[0].translate(digits)})", text)
    return text.replace("·", "*").replace("−", "-").replace("^", "**").replace("′", "_slope")


READABLE = re.compile(r"[^\W₀-₉]+\([a-z, ]*\)|x|x · y")
CALLED = tuple(op for op in ROWS if op.infix or READABLE.fullmatch(op.written["unicode"].template))
SIGNS = {
    to_python(op.written["unicode"].template.partition("(")[0]): (lambda *x, op=op: op(x))
    if op.variadic and len(op.operands) == 1
    else op
    for op in CALLED
    if not op.infix
} | {"__builtins__": {}}


@settings(max_examples=settings.default.max_examples * 2)
@given(programs(rows=CALLED, decimals=2))
def test_unicode_text_read_as_mathematics_gives_the_same_value(program):
    try:
        output, inputs = program.values()
        text = expression(output)
    except autograd.ChalkgradError:
        assume(False)
    assert len(CALLED) > 30
    found = eval(to_python(text), SIGNS, {x.name: x.data for x in inputs})
    assert found == pytest.approx(output.data, rel=1e-9, abs=1e-9)


@given(programs())
def test_latex_has_balanced_brackets(program):
    output, _ = program.values()
    try:
        text = expression(output, "latex")
    except ShapeError:
        assume(False)
    plain = text.replace(r"\{", "").replace(r"\}", "")
    for pair in ("()", "{}", "[]"):
        depth = 0
        for sign in plain:
            depth += (sign == pair[0]) - (sign == pair[1])
            assert depth >= 0
        assert depth == 0
    assert "**" not in text and "−" not in text and "·" not in text


@given(st.text(min_size=1, max_size=12))
def test_any_name_in_latex_is_harmless(name):
    text = symbol(name, "latex")
    commands = r"\\(text(backslash|asciitilde|asciicircum)?(?![a-z])|[{}$&#_%]|[a-zA-Z]+(?![a-z]))"
    rest = re.sub(commands, "", text)
    assert "\\" not in rest and not set("$&#%~") & set(rest) and "\n" not in rest
    assert rest.count("{") == rest.count("}")


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("x", "unicode", "latex", "python"),
    [
        (3, "3", "3", "3"),
        (3.0, "3", "3", "3.0"),
        (-2.0, "−2", "-2", "-2.0"),
        (0.1 + 0.2, "0.3", "0.3", "0.30000000000000004"),
        (1 / 3, "0.333333", "0.333333", "0.3333333333333333"),
        (-1e-7, "−1·10⁻⁷", r"-1 \cdot 10^{-7}", "-1e-07"),
        (1.5e20, "1.5·10²⁰", r"1.5 \cdot 10^{20}", "1.5e+20"),
        (123456.0, "123456", "123456", "123456.0"),
        (1234567, "1234567", "1234567", "1234567"),
        (12345678.9, "12345678.9", "12345678.9", "12345678.9"),
        (1e8 / 3, "3.33333·10⁷", r"3.33333 \cdot 10^{7}", "33333333.333333332"),
        (Fraction(1, 3), "1/3", r"\frac{1}{3}", "Fraction(1, 3)"),
        (Fraction(-1, 3), "−1/3", r"-\frac{1}{3}", "Fraction(-1, 3)"),
        (Fraction(6, 3), "2", "2", "Fraction(2, 1)"),
        (Fraction(1, 10**7), "1·10⁻⁷", r"1 \cdot 10^{-7}", "Fraction(1, 10000000)"),
        (math.inf, "∞", r"\infty", "inf"),
        (-math.inf, "−∞", r"-\infty", "-inf"),
        (math.nan, "nan", r"\text{nan}", "nan"),
        (0, "0", "0", "0"),
        (10**400, "1·10⁴⁰⁰", r"1 \cdot 10^{400}", "1" + "0" * 400),
    ],
    ids=str,
)
def test_figures(x, unicode, latex, python):
    assert [figure(x, dialect)[0] for dialect in ("unicode", "latex", "python")] == [unicode, latex, python]


def test_digits_of_a_figure():
    assert [figure(math.pi, digits=n)[0] for n in (1, 3, 8)] == ["3", "3.14", "3.1415927"]


@pytest.mark.parametrize(
    ("x", "result", "given"),
    [
        (12345, "12345", "12345"),
        (-12345.0, "−12345", "−12345"),
        (123456789012345, "123456789012345", "123456789012345"),
        (10**15, "1·10¹⁵", "1·10¹⁵"),
        (10**15 + 1, "≈ 1·10¹⁵", "≈ 1·10¹⁵"),
        (10**400 + 1, "≈ 1·10⁴⁰⁰", "≈ 1·10⁴⁰⁰"),
        (123456.789, "≈ 123457", "123456.789"),
        (12345.6, "12345.6", "12345.6"),
        (12345.6789, "≈ 12346", "12345.6789"),
        (1234567.25, "≈ 1.235·10⁶", "1234567.25"),
        (0.01171875, "0.01171875", "0.01171875"),
        (6.02214076e23, "≈ 6.022·10²³", "6.02214076·10²³"),
        (0.625, "0.625", "0.625"),
        (-0.718281828, "≈ −0.7183", "−0.718281828"),
        (math.pi, "≈ 3.142", "≈ 3.142"),
        (0.1 + 0.2, "0.3", "0.3"),
        (0.1 * 3 - 0.3 + 0.5, "0.5", "0.5"),
        (Fraction(12345, 7), "≈ 1764", "12345/7"),
    ],
)
def test_a_number_is_written_as_given_or_said_to_be_rounded(x, result, given):
    def written(text):
        return "≈ " * isinstance(text, Rounded) + text

    assert written(figure(x, digits=4)[0]) == result
    assert written(figure(x, digits=4, given=True)[0]) == given


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 15), st.booleans())
def test_what_is_not_said_to_be_rounded_is_the_number(x, digits, given):
    text = figure(x, digits=digits, given=given)[0]
    number = float(re.sub("·10(.+)", lambda found: f"e{to_python(found[1])[3:-1]}", text).replace("−", "-"))
    assert isinstance(text, Rounded) != (abs(number - x) <= 2.0**-50 * abs(x))


def test_rounded_numbers_are_told_by_the_sign_before_them_in_every_formula():
    third = figure(1 / 3)
    for written in (OPS["mul"].write("unicode", [("a", 4), third]), OPS["sum"].write("unicode", [third, third])):
        assert isinstance(written[0], Rounded)
    assert equation((Value(1.0, "a") / 3 * 3).named("u")) == "u = v₁ · 3 ≈ 0.333333 · 3 ≈ 1"
    assert (
        equation((a * (1 / 3)).named("u"), "latex")
        == r"u \approx a \cdot 0.333333 \approx 2 \cdot 0.333333 \approx 0.666667"
    )


@pytest.mark.parametrize(
    ("z", "text"),
    [
        (Value(40.0, "z").sigmoid(), "v₁ = σ(z) = σ(40) ≈ 1"),
        (Value(-1000.0, "z").exp(), "v₁ = exp(z) = exp(−1000) ≈ 0"),
        (Value(0.0, "z").sigmoid(), "v₁ = σ(z) = σ(0) = 0.5"),
        (Value(4.0, "z").sqrt(), "v₁ = √z = √4 = 2"),
        (Value(-3.0, "z").relu(), "v₁ = relu(z) = relu(−3) = 0"),
        (Value(3.0, "z") ** 0, "v₁ = z⁰ = 3⁰ = 1"),
    ],
    ids=str,
)
def test_what_an_operation_only_tends_to_is_rounded(z, text):
    assert equation(z) == text


@pytest.mark.parametrize("x", [-0.0, 5e-324, 1.7976931348623157e308])
def test_extreme_figures(x):
    text = figure(x, digits=17)[0]
    plain = re.sub("·10(.+)", lambda found: f"e{to_python(found[1])[3:-1]}", text).replace("−", "-")
    assert float(plain) == x


# ── names ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "unicode", "latex"),
    [
        ("w", "w", "w"),
        ("w_12", "w₁₂", "w_{12}"),
        ("w12", "w₁₂", "w_{12}"),
        ("sigma", "σ", r"\sigma"),
        ("sigma_1", "σ₁", r"\sigma_{1}"),
        ("σ1", "σ₁", r"\sigma_{1}"),
        ("λ", "λ", r"\lambda"),
        ("Omega", "Ω", r"\Omega"),
        ("loss", "loss", r"\text{loss}"),
        ("my loss", "my loss", r"\text{my loss}"),
        ("50%", "50%", r"\text{50\%}"),
        ("a_b", "a_b", "a_{b}"),
        ("lam", "λ", r"\lambda"),
        (r"\theta", "θ", r"\theta"),
        ("y_pred", "y_pred", r"y_{\text{pred}}"),
        ("y_hat", "ŷ", r"\hat{y}"),
        ("theta_bar_1", "θ̄₁", r"\bar{\theta}_{1}"),
        ("W_{ij}", "Wᵢⱼ", "W_{ij}"),
        ("h_{t-1}", "hₜ₋₁", "h_{t-1}"),
        ("W^{[1]}_{2,3}", "W[1]₂,₃", "W^{[1]}_{2,3}"),
        ("x^(i)", "x⁽ⁱ⁾", "x^{(i)}"),
        ("x_1^(12)", "x⁽¹²⁾₁", "x^{(12)}_{1}"),
        ("my loss^(2)", "my loss⁽²⁾", r"\text{my loss}^{(2)}"),
        ("what", "what", r"\text{what}"),
        ("loss_hat", "loss_hat", r"\text{loss\_hat}"),
        ("<b>&", "<b>&", r"\text{<b>\&}"),
        ("\\", "\\", r"\text{\textbackslash{}}"),
    ],
)
def test_symbols(name, unicode, latex):
    assert (symbol(name), symbol(name, "latex"), symbol(name, "python")) == (unicode, latex, name)


@pytest.mark.parametrize("dialect", ["unicode", "latex"])
def test_many_names_are_written_as_each_alone(dialect):
    parts = [("", "layer1.", "layer12.", "hidden."), ("1", "12"), ("w", "W", "sigma"), ("", "0", "12"), ("", "^(34)")]
    names = [f"{layer}neuron{n}.{stem}{k}{sample}" for layer, n, stem, k, sample in product(*parts)]
    for some in (names, [*names, "x_1", "y_hat"], ["x_1", "v_23"]):
        assert symbols(some, dialect) == [symbol(name, dialect) for name in some]


@pytest.mark.parametrize(
    ("y", "x", "unicode", "latex"),
    [
        ("J", "w_1", "∂J/∂w₁", r"\frac{\partial J}{\partial w_{1}}"),
        ("my loss", "b", "∂(my loss)/∂b", r"\frac{\partial \text{my loss}}{\partial b}"),
    ],
)
def test_derivatives(y, x, unicode, latex):
    assert (derivative(y, x), derivative(y, x, "latex")) == (unicode, latex)


def test_labels_take_other_names():
    x, y = Value(1.0, "x"), Value(2.0)
    z = x * y
    labels = Labels([x, y, z], {"x": "input", y: "k"})
    assert [labels[node] for node in (x, y, z)] == ["input", "k", "v_1"]


def test_nodes_of_one_name_are_told_apart():
    x, y, z = Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "x^(1)")
    assert definition(x + y * z) == "x⁽²⁾ + x⁽³⁾ · x⁽¹⁾"
    assert expression(x * x) == "x · x"
    assert [Labels([x, y], {y: "x"})[node] for node in (x, y)] == ["x", "x"]


# ── equations ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((b * c).named("u"), "u = b · c = 3 · 4 = 12"),
        ((a - Value(-2.0)).named("u"), "u = a − x₁ = 2 − (−2) = 4"),
        ((3 * a).named("J"), "J = 3 · a = 3 · 2 = 6"),
        ((a / b).named("q"), "q = a / b = 2 / 3 ≈ 0.666667"),
        ((a**2).named("s"), "s = a² = 2² = 4"),
        ((Value(-2.0, "m") ** 2).named("s"), "s = m² = (−2)² = 4"),
        (a + b, "v₁ = a + b = 2 + 3 = 5"),
        (a, "a = 2"),
        ((-a).named("n"), "n = −a = −2"),
        (autograd.sum([Value(1.0) for _ in range(9)]).named("s"), "s = Σ x = 9"),
        ((Value(Fraction(1, 3), "q") / 2).named("h"), "h = q / 2 = 1/3 / 2 = 1/6"),
    ],
)
def test_equations(value, text):
    assert equation(value) == text


@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
@pytest.mark.parametrize("dialect", ["unicode", "latex", "python"])
def test_every_row_is_written_in_every_dialect(op, dialect):
    names = [f"k{i}k" for i in range(arity(op, 2))]
    text, _ = op.write(dialect, [(name, 4) for name in names])
    for name in names:
        assert len(re.findall(rf"(?<![\w\\]){name}(?!(?!²)\w)", text)) == 1, text
