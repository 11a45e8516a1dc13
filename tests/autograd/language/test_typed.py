"""Formulas as people type them and as the package prints them: what is read, what is refused, and where."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import ParseError, RangeError, Value, expression, parse, steps
from autograd.core.graph import topological
from autograd.core.notation import ATOM
from autograd.core.op import OPS
from autograd.language.formula import sides
from autograd.language.names import Labels, symbol
from autograd.language.tokens import spelled
from autograd.language.typed import DEEPEST
from tests.strategies import programs

THREE = {"x": 3.0, "a": -2.0, "b": 0.5}
SIGMOID = 1 / (1 + math.exp(-3))


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("2·x", 6.0),
        ("2×x − a", 8.0),
        ("x ÷ 2 – 1", 0.5),
        (r"2 \cdot x \times x", 18.0),
        ("x^2", 9.0),
        ("x²", 9.0),
        ("-x²", -9.0),
        ("x⁻¹", 1 / 3),
        ("x¹⁰", 3.0**10),
        ("2ˣ", 8.0),
        ("(x + 1)²", 16.0),
        ("|a|²", 4.0),
        ("σ(x)²", SIGMOID**2),
        ("½", 0.5),
        ("½x²", 4.5),
        ("x^½", math.sqrt(3)),
        ("1/⅓", 3.0),
        ("x^(b + 1)·x²", 3.0**3.5),
        ("(x^2)² + 1/(2)²", 81.25),
        ("2^(x²)", 512.0),
        ("1.5·10⁻⁷", 1.5e-7),
        ("3/1.5·10²", 200.0),
        ("3·1.1·10⁻⁷ - 3*1.1*10**-7", 0.0),
        ("√x", math.sqrt(3)),
        ("√(x + 1)·2", 4.0),
        ("2√4", 4.0),
        ("√√16", 2.0),
        ("∛8 + √|a|", 2 + math.sqrt(2)),
        ("√σ(x)", math.sqrt(SIGMOID)),
        ("(√x)²", math.sqrt(3) ** 2),
        ("|a|", 2.0),
        ("||a| − x|", 1.0),
        ("|a·|b − x||", 5.0),
        ("2|a|", 4.0),
        ("max(|a|, |x|)", 3.0),
        ("[x > 0]", 1.0),
        ("[x = 3] + [x == a]", 1.0),
        ("where([x < 0], a, b)", 0.5),
        ("relu([a > 0])", 0.0),
        ("2x", 6.0),
        ("2x²", 18.0),
        ("2(x + 1)", 8.0),
        ("2σ(x)", 2 * SIGMOID),
        ("x/2 + 2x", 7.5),
        ("-2x", -6.0),
        ("2.x", 6.0),
        ("2e", 2 * math.e),
        ("2e3", 2000.0),
        ("e^x", math.exp(3)),
        ("1/(1 + e^(−x))", SIGMOID),
        ("2π", 2 * math.pi),
        ("min(x, ∞)", 3.0),
        ("ln(x) + log(x)", 2 * math.log(3)),
        ("log10(x) + log₁₀(x) + log_10(x)", 3 * math.log10(3)),
        ("log₂(x)", math.log2(3)),
        ("ReLU(x) + LeakyReLU(x) + Tanh(0)", 6.0),
        ("sigmoid(x) + sigma(x) + Sigmoid(x)", 3 * SIGMOID),
        ("σ′(x) + σ'(x)", 2 * SIGMOID * (1 - SIGMOID)),
        (r"\sigma(x) + \exp(0) + \tanh(0)", SIGMOID + 1),
        ("softplus (x)", math.log1p(math.exp(3))),
        ("p, q = softmax(x, x); J = q", 0.5),
        ("p₁, p₂ = softmax([x, x]); J = p₁ + p2", 1.0),
        ("u = 2x, v = u + 1", 7.0),
        ("u = max(x, a), v = u + 1  # and a remark", 4.0),
        ("f(x) = x²", 9.0),
        ("g(x, a) = x·a, h = g + 1", -5.0),
        ("y' = 2x", 6.0),
        ("y' = 2x; J = y′ − 1", 5.0),
        ("lambda = 2; J = λ", 2.0),
        (r"\theta = 2; \theta_1 = 3; J = θ·theta_1", 6.0),
        (r"\hat y = 2; J = ŷ", 2.0),
        (r"\hat{y} = 2; \bar\beta_{12} = 1; J = y_hat + beta_bar_{12}", 3.0),
        ("x₁ = 2; J = x_1·x1", 4.0),
        ("wᵢⱼ = 2; J = w_ij + W_{12}", 2.0),
        ("e = 2; J = e^x", 8.0),
        ("|a|\n", 2.0),
        ("|a +\\\n x|", 1.0),
        ("(x\n+ |a\n|)", 5.0),
        ("𝑥 + 1", 4.0),
    ],
)
def test_what_is_typed(text, python):
    graph = parse(text, **THREE, **({"W_{12}": 0} if "W_" in text else {}))
    assert graph.popitem()[1].data == pytest.approx(python, rel=1e-14)


def test_a_power_of_e_is_the_exponential_and_prints_as_one():
    y = parse("y = e^(−x²)", x=1)["y"]
    assert expression(y) == "exp(−x²)"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x₁ = 1; wᵢⱼ = 1; wᵢⱼₖ = 1; w₁₂,₀ = 1", ["x_1", "w_ij", "w_{ijk}", "w_{12,0}"]),
        ("z[1]₂ = 1; z⁽³⁾ = 1; w[1]⁽³⁾₂ = 1; loss⁽²⁾ = 1", ["z^[1]_2", "z^(3)", "w^[1]_2^(3)", "loss^(2)"]),
        (r"\alpha_0 = 1; lambda = 1; y'' = 1; ŷ₁' = 1", ["α_0", "λ", "y''", "ŷ_1'"]),
        (r"\hat y = 1; \tilde{\theta} = 1; y_hat₂ = 1", ["y_hat", "theta_tilde", "y_hat_2"]),
    ],
)
def test_how_names_are_kept(text, names):
    graph = parse(text)
    assert list(graph) == names and [value.name for value in graph.values()] == names


@pytest.mark.parametrize(
    "name",
    [
        *("w_1", "w1", "lam", "θ", "y_hat", "x^(2)", "x^(i)", "W_{ij}", "z^[1]_2", "layer1.neuron2.w0"),
        *("layer1.neuron12.w0", "hidden.neuron1.b", "layer1.neuron2.a^(3)", "loss^(2)", "y'", "α_{10,2}", "sigma"),
    ],
)
def test_a_printed_name_finds_what_is_printed_so(name):
    """The value is given by the name as it is printed; names of layers cannot be typed, but what they look like can."""
    printed = symbol(name)
    assert parse(f"J = 2{printed}", **{printed: 1.5})["J"].data == 3.0
    if spelled(name):
        assert parse(f"J = 2{printed}", **{name: 1.5})["J"].data == 3.0
    assert symbol(next(iter(parse(f"J = {printed}", **{printed: 1})))) == printed


def test_an_exact_name_comes_before_one_that_is_printed_alike():
    assert parse("J = x_1 + 10x1", x1=1, x_1=2)["J"].data == 12.0
    assert parse("J = x₁ + 10x1", x1=1, x_1=2)["J"].data == 12.0


TWO_WAYS = "This product can be read in two ways"
POWERS = "This power can be read in two ways"
QUOTIENT = "Write its sign and parentheses, as in (1/2)*x or 1/(2*x)."
OF_POWER = "Write its sign and parentheses, as in x**2*y or x**(2*y)."
TOWER = "Write parentheses, as in (x**2)**3 or x**(2**3)."
SIGN = "A product is written *, as in 3*v."
GRAMMAR = "Use numbers, names, + - * / **, parentheses, > and <, and the functions of the table."
LATEX = r"Of LaTeX, names are read, such as \theta and \hat y; write a/b, sqrt(x) and x^2."
BAR = "Write an absolute value as |x|, or abs(x)."
COMPARE = "Use one of >, < and ==, once, as in where(x > 0, a, b)."
ONE = 'A statement has one, as in "u = b*c".'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/2x", f"{TWO_WAYS} at line 1, column 3 ('2x'). {QUOTIENT}"),
        ("1/-2x", f"{TWO_WAYS} at line 1, column 4 ('2x'). {QUOTIENT}"),
        ("8/2(2 + 2)", f"{TWO_WAYS} at line 1, column 3 ('2(2 + 2)'). {QUOTIENT}"),
        ("x^2a", f"{TWO_WAYS} at line 1, column 3 ('2a'). {OF_POWER}"),
        ("√2x", f"{TWO_WAYS} at line 1, column 2 ('2x'). Write its sign and parentheses, as in √2*x or √(2*x)."),
        ("√x²", f"{POWERS} at line 1, column 3 ('²'). Write parentheses, as in (√x)**2 or √(x**2)."),
        ("√(x)^2", f"{POWERS} at line 1, column 5 ('^2'). Write parentheses, as in (√x)**2 or √(x**2)."),
        ("x²^3", f"{POWERS} at line 1, column 3 ('^3'). {TOWER}"),
        ("x^a²", f"{POWERS} at line 1, column 4 ('²'). {TOWER}"),
        ("x^(a)²", f"{POWERS} at line 1, column 6 ('²'). {TOWER}"),
        ("x^σ(a)²", f"{POWERS} at line 1, column 7 ('²'). {TOWER}"),
        ("2**|a|²", f"{POWERS} at line 1, column 7 ('²'). {TOWER}"),
        ("x²ⁿ", f"{POWERS} at line 1, column 3 ('ⁿ'). {TOWER}"),
        ("x²a", f"A sign is missing at line 1, column 3 ('a'). {SIGN}"),
        ("x a", f"A sign is missing at line 1, column 3 ('a'). {SIGN}"),
        ("2 x", f"A sign is missing at line 1, column 3 ('x'). {SIGN}"),
        ("x 2", f"A sign is missing at line 1, column 3 ('2'). {SIGN}"),
        ("|x| a", f"A sign is missing at line 1, column 5 ('a'). {SIGN}"),
        ("x |a|", f"A sign is missing at line 1, column 3 ('|a|'). {SIGN}"),
        ("sin x", "'sin' is a function at line 1, column 1 ('sin x'). Write sin(x), with parentheses."),
        ("2 + log10 2", "'log10' is a function at line 1, column 5 ('log10 2'). Write log10(x), with parentheses."),
        ("sin²(x)", "'sin' is a function at line 1, column 1 ('sin²(x)'). Write sin(x)**2, with parentheses."),
        ("sin^2(x)", "'sin' is a function at line 1, column 1 ('sin^2(x)'). Write sin(x)**2, with parentheses."),
        ("²", f"This has no meaning here at line 1, column 1 ('²'). {GRAMMAR}"),
        ("x = 1$", f"This has no meaning here at line 1, column 6 ('$'). {GRAMMAR}"),
        ("'x'", f"This has no meaning here at line 1, column 1 (\"'x'\"). {GRAMMAR}"),
        (
            "∂J/∂x",
            "This has no meaning here at line 1, column 1 ('∂J/∂x'). Leave the line out: gradients are calculated.",
        ),
        ("2 ≈ 2", "This has no meaning here at line 1, column 3 ('≈ 2'). Leave rounded numbers out."),
        (r"\frac{1}{2}", rf"This has no meaning here at line 1, column 1 ('\\frac{{1}}{{2}}'). {LATEX}"),
        ("x + |a", f"This bar is never closed at line 1, column 5 ('|a'). {BAR}"),
        ("(x + |a)", f"This bar is never closed at line 1, column 6 ('|a)'). {BAR}"),
        ("2√ + 1", "A root has nothing under it at line 1, column 4 ('+ 1'). Write √x or √(a + b)."),
        ("(√)", "A root has nothing under it at line 1, column 3 (')'). Write √x or √(a + b)."),
        ("√", "A root has nothing under it at line 1, column 2. Write √x or √(a + b)."),
        ("u = x = 3", f"This is a second equals sign at line 1, column 7 ('= 3'). {ONE}"),
        (
            "p, q = softmax(x, a, b)",
            "The names are 2, the values 3 at line 1, column 8 ('softmax(x, a, b)'). Write a name for each value.",
        ),
        ("p, q = x", "The names are 2, the values 1 at line 1, column 8 ('x'). Write a name for each value."),
        (
            "p = softmax(x, a)",
            "A vector of 2 is not a value at line 1, column 5 ('softmax(x, a)'). "
            "Name its entries, as in p1, p2 = softmax(…).",
        ),
        (
            "y = 3,5",
            "A vector is not a value at line 1, column 5 ('3,5'). "
            "Put it into a function, as in sum([a, b]). A decimal number has a point, as in 3.5.",
        ),
        (
            "p, p = softmax(x, a)",
            "'p' is defined twice at line 1, column 4 ('p = softmax(x, a)'). "
            "Each name stands for one value: choose another.",
        ),
        ("y = 2·z₁", "'z_1' has no value at line 1, column 7 ('z₁'). Give it one, as in z_1=1. Known so far: x, a, b."),
        ("y = ½x\n  ÷ |x|", f"This is not an expression: invalid syntax at line 2, column 3 ('÷ |x|'). {GRAMMAR}"),
        ("y = ½x²; v = |a|·(2 + )", f"This is not an expression: invalid syntax at line 1, column 23 (')'). {GRAMMAR}"),
        (
            "y = ½x²; v = |a|·(2 +",
            f"This is not an expression: '(' was never closed at line 1, column 18 ('(2 +'). {GRAMMAR}",
        ),
        (
            "x ≥ 2",
            f"This has no meaning here at line 1, column 1 ('x ≥ 2'). {COMPARE}",
        ),
        ("x ≤ a", f"This has no meaning here at line 1, column 1 ('x ≤ a'). {COMPARE}"),
        ("x ≠ a", f"This has no meaning here at line 1, column 1 ('x ≠ a'). {COMPARE}"),
        (
            "a.σ",
            "This has no meaning here at line 1, column 1 ('a.σ'). "
            "A function is called by its plain name, as in tanh(x).",
        ),
        (
            "a[0]",
            "'a^[0]' has no value at line 1, column 1 ('a[0]'). Give it one, as in a^[0]=1. Known so far: x, a, b.",
        ),
    ],
)
def test_each_refusal_in_full(text, message):
    with pytest.raises(ParseError) as caught:
        parse(text, **THREE)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("tnh", "tanh"),
        ("sigmiod", "sigmoid"),
        ("Sin1", ""),
        ("log3", ""),
        ("atan3", ""),
        ("lgo10", "log10"),
        ("fu", ""),
    ],
)
def test_a_suggestion_is_near_and_has_the_same_digits(name, meant):
    with pytest.raises(ParseError) as caught:
        parse(f"{name}(1)")
    assert (f"Did you mean {meant}? " in str(caught.value)) == bool(meant)
    assert ("Did you mean" in str(caught.value)) == bool(meant)


@pytest.mark.parametrize(
    "text",
    [
        "√" * 19_000,
        "√" * 300 + "x",
        "|" * 19_000,
        "|" * 9_000 + "x" + "|" * 9_000,
        "|(" * 300 + "x",
        "2(" * 9_000,
        "x" + "^x" * 9_000,
        "-" * 19_000 + "1",
        "f(" + "a," * 9_000 + "a) = 1",
        "f(a);" * 3_000,
        "y = 1" + ", a" * 6_000,
        "y = 1" + ", a = " * 3_000,
        "½" * 19_000,
        "1" * 19_900,
        "(1 " * 199 + "1_" * 9_000,
        "w[" + "1" * 19_000,
        "\u0304" * 19_900,
        "1" * 9_000 + "·10" + "⁹" * 9_000,
        "w₁," * 6_000,
        "f(a," * 4_900,
        "1." * 9_900,
        "x" + "²" * 19_000,
        "x" + "₁" * 19_000,
        "y" + "'" * 19_000,
        "w[" * 9_000,
        "\\hat" * 4_000,
        "1·10" + "⁹" * 19_000,
        "\\\n" * 9_000,
        "([{" * 5_000,
    ],
    ids=lambda text: f"{text[:9]}…",
)
def test_hostile_texts_are_refused_soon(text):
    start = time.process_time()
    with pytest.raises((ParseError, RangeError)) as caught:
        parse(text, x=1)
    assert time.process_time() - start < 2.0
    assert len(str(caught.value)) < 20_500 and "column" in str(caught.value)


@pytest.mark.parametrize("sign", ["(", "√", "|", "2(", "-"])
def test_the_level_that_is_too_deep_is_pointed_at(sign):
    with pytest.raises(ParseError) as caught:
        parse("y = 1;\n  " + sign * 1000 + "x", x=1)
    column = 3 + len(sign) * DEEPEST + (len(sign) - 1) + (sign == "-")
    assert f"This nests deeper than {DEEPEST} levels at line 2, column {column} (" in str(caught.value)


def test_parts_side_by_side_allow_no_more_levels():
    text = "(x)+" * 100 + "(" * 300
    with pytest.raises(ParseError) as caught:
        parse(text, x=1)
    assert f"This nests deeper than {DEEPEST} levels at line 1, column {401 + DEEPEST} (" in str(caught.value)


def test_signs_and_brackets_together_are_levels():
    with pytest.raises(ParseError) as caught:
        parse("sin(-" * 120 + "x" + ")" * 120, x=1)
    assert f"This nests deeper than {DEEPEST} levels at line 1, column 505 (" in str(caught.value)


def test_the_power_that_is_too_deep_is_pointed_at():
    with pytest.raises(ParseError) as caught:
        parse("x" + "^x" * 300, x=1)
    assert f"This nests deeper than {DEEPEST} levels at line 1, column {2 * (DEEPEST + 2)} (" in str(caught.value)


@pytest.mark.parametrize("part", ["(x)", "|x|", "√x", "√(x)", "x²", "-x", "[x > 0]"])
def test_many_parts_side_by_side_are_no_levels(part):
    assert parse("+".join([part] * 250), x=1).popitem()[1].data == 250 * (-1 if part == "-x" else 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = 1\n  b = ", "line 2, column 6"),
        ("a = 1\n  b = (2\n\n  ]", "line 4, column 3"),
        ("f(2, x) = 1", "line 1, column 1"),
        ("a = 1 +\nb = 2", "line 1, column 8"),
        ("a = 1\nb = 2 */ 3\nc = 4", "line 2, column 8"),
        ("f(2) = 1; f(x)", "line 1, column 1"),
        ("a = 1 +\\\n2 +", "line 2, column 4"),
        ("a = 1 ==", "line 1, column 9"),
    ],
)
def test_where_it_is_no_expression(text, place):
    with pytest.raises(ParseError, match="This is not an expression") as caught:
        parse(text)
    assert f" at {place}" in str(caught.value)


# ── what is printed ───────────────────────────────────────────────────────────────────────────────

NAMES = ["w_1", "lam", "y_hat", "x^(2)", "layer1.neuron2.w0", "θ", "b", "W_{ij}"]


class _Apart(Labels):
    """Vectors are written entry by entry, not by their common name."""

    def stems(self, op, nodes, dialect="unicode"):
        return []


ROUNDED = ("bell", "share", "sum", "dot", "gated")  # written as what they are, calculated otherwise: to the last digits


@settings(max_examples=settings.default.max_examples // 2)
@given(programs(most_lines=8), st.permutations(NAMES))
def test_each_printed_line_is_read_as_what_it_says(program, names):
    """Rounded numbers (≈) and the short forms w·x and Σ x are for readers only; neither stands in these lines."""
    y, leaves = program.values()
    for leaf, name in zip(leaves, names, strict=False):
        leaf.named(name)
    labels = _Apart(topological(y))
    for z in topological(y):
        if not z.op:
            continue
        name, formula = sides(z, labels=labels)[:2]
        values = {symbol(labels[x]): x.data for x in topological(*z.operands) if x.name or x.op}
        used = {name: x for name, x in values.items() if name in formula}
        read, result = parse(f"{name} = {formula}", **used).popitem()
        exact = z.op not in ROUNDED
        assert result.data == pytest.approx(z.data, rel=0 if exact else 1e-12, abs=0 if exact else 1e-12), formula
        assert symbol(read) == name


@settings(max_examples=settings.default.max_examples // 2)
@given(programs(most_lines=6))
def test_a_printed_formula_is_read_as_the_same_graph(program):
    y, leaves = program.values()
    text = expression(y)
    again = parse(f"J = {text}", **{leaf.name: leaf.data for leaf in leaves})["J"]
    assert again.data == pytest.approx(y.data, rel=1e-6, abs=1e-6)
    if not {z.op for z in topological(y)} & set(ROUNDED):
        assert expression(again) == text


def test_every_row_is_read_as_it_is_printed():
    for op in OPS.values():
        if not op.variadic:
            names = [f"x_{k}" for k in range(len(op.operands))]
            written, _ = op.write("unicode", [(symbol(name), ATOM) for name in names])
            parsed = parse(written, **dict.fromkeys(names, 0.5)).popitem()[1]
            assert parsed.data == pytest.approx(op(*[0.5] * len(op.operands)), rel=1e-15), op.name


def test_the_lines_of_the_first_example_are_read():
    y = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)["J"]
    lines = [
        line.strip().split(" = ")[:2]
        for line in str(steps(y)).splitlines()
        if line.startswith("  ") and "∂" not in line
    ]
    again = parse("\n".join(map(" = ".join, lines)), a=5, b=3, c=2)["J"]
    assert str(steps(again)) == str(steps(y))


def test_a_value_outside_is_found_by_its_printed_name():
    w = Value(2.0, "w_1")
    assert parse("J = w₁²", w_1=w)["J"].operands[0] is w
    assert autograd.parse("J = w₁²", **{"w₁": w})["J"].operands[0] is w
