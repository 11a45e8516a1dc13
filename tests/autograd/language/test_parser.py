"""The parser: what it reads, what it refuses and how, and that no text does anything else."""

from __future__ import annotations

import gc
import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from time import sleep

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograd import DivisionByZero, DomainError, OperandError, ParseError, RangeError, Value, leaves, parse
from tests.oracle import ROWS, arity, call, points

FUNCTIONS = sorted({"gelu", "softmax"} | {name for op in ROWS if not op.infix for name in (op.name, *op.aliases)})
THERE_ARE = f"Choose one of {', '.join(FUNCTIONS)}."
GRAMMAR = "Use numbers, names, + - * / **, parentheses, > and <, and the functions of the table."
PRODUCT = "A product is written *, as in 3*v."
BY_POSITION = "A function is called by its plain name, its operands by position, as in tanh(x)."
FEWER_LEVELS = "Name a part of it in a line of its own."


def numbers(text, **values):
    return {name: value.data for name, value in parse(text, **values).items()}


def refusal(text, **values):
    with pytest.raises(ParseError) as caught:
        parse(text, **values)
    assert isinstance(caught.value, ValueError)
    assert caught.value.__cause__ is None
    return str(caught.value)


# ── what it reads ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2*3", 7.0),
        ("(1 + 2)*3", 9.0),
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("(-2)**2", 4.0),
        ("2**-1", 0.5),
        ("8/4/2", 1.0),
        ("8 - 4 - 2", 2.0),
        ("--3", 3.0),
        ("+3", 3.0),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("1_000", 1000.0),
        ("pi", math.pi),
        ("2*π", 2 * math.pi),
        ("2 > 1", 1.0),
        ("2 < 1", 0.0),
        ("where(2 > 1, 10, 20)", 10.0),
        ("max(1, 2) + min(1, 2)", 3.0),
        ("ln(pi)", math.log(math.pi)),
        ("dot([1, 2], [3, 4])", 11.0),
        ("dot((1, 2), (3, 4))", 11.0),
        ("sum([1, 2, 3])", 6.0),
        ("sum(1, 2, 3)", 6.0),
        ("logsumexp([0, 0])", math.log(2)),
        ("leaky_relu(-1)", -0.01),
        ("leaky_relu(-1, 0.5)", -0.5),
        ("gelu(0)", 0.0),
        ("((((((1))))))", 1.0),
        ("1 +\\\n2", 3.0),
        ("(1 +\n   2)", 3.0),
    ],
)
def test_values(text, expected):
    (result,) = parse(text).values()
    assert isinstance(result, Value) and result.name == "f"
    assert result.data == pytest.approx(expected, rel=1e-15) and isinstance(result.data, float | int)


@pytest.mark.parametrize("op", [op for op in ROWS if not op.infix], ids=lambda op: op.name)
def test_every_function_of_the_table_under_every_name(op):
    (operands,) = points(op, 1)
    names = [f"x_{i}" for i in range(arity(op))]
    columns = op.columns(names)
    written = ", ".join(f"[{', '.join(column)}]" for column in columns) if op.variadic else ", ".join(names)
    for name in (op.name, *op.aliases):
        graph = parse(f"{name}({written})", **dict(zip(names, operands, strict=True)))
        assert graph["f"].data == call(op, operands)
        assert graph["f"].op == op.name
        assert [x.name for x in graph["f"].operands] == names


@pytest.mark.parametrize("op", [op for op in ROWS if op.infix], ids=lambda op: op.name)
def test_every_operator_of_the_table(op):
    (operands,) = points(op, 1)
    written = op.written["python"].write(op.operands, [(name, 4) for name in op.operands])[0]
    graph = parse(written, **dict(zip(op.operands, operands, strict=True)))
    assert (graph["f"].op, graph["f"].data) == (op.name, call(op, operands))


def test_names_in_order_of_definition_the_result_last():
    graph = parse("u = b*c; v = a + u; J = 3*v", c=2, b=3, a=5)
    assert list(graph) == ["c", "b", "a", "u", "v", "J"]
    assert [value.name for value in graph.values()] == list(graph)
    assert graph["v"].operands == (graph["a"], graph["u"])
    graph["J"].backward()
    assert (graph["J"].data, graph["b"].grad) == (33.0, 6.0)


@pytest.mark.parametrize(
    "text",
    [
        "u = a*a; y = u + 1",
        "u = a*a\ny = u + 1",
        "u = a*a\r\ny = u + 1\r\n",
        "u = a*a\ry = u + 1",
        "  u = a*a\n\n      y = u + 1  ;",
        "u = a*a;  # the square\n# a remark; y = 0\ny = u + 1  # and one",
        "\tu=a*a\n\ty=u+1",
        "u = (a\n  * a)\ny = u + 1",
    ],
)
def test_separators_and_comments(text):
    assert numbers(text, a=3) == {"a": 3.0, "u": 9.0, "y": 10.0}


@pytest.mark.parametrize("name", ["x_1", "w1", "α", "λ", "σ_2", "θ", "x", "W", "été", "变量", "_", "f", "sines"])
def test_names_of_any_script(name):
    graph = parse(f"{name} = 2; y = {name}*{name}")
    assert list(graph) == [name, "y"] and graph["y"].data == 4.0
    assert parse(f"{name} + 1", **{name: 1}).popitem()[1].data == 2.0


def test_names_are_normalised_as_pythons_are():
    assert numbers("x = ﬁ + 1", ﬁ=1) == {"fi": 1.0, "x": 2.0}


def test_a_name_may_hide_pi_but_no_function():
    assert numbers("pi = 3; y = 2*pi")["y"] == 6.0


def test_lines_without_a_name():
    assert numbers("1; 2") == {"f": 1.0, "f_1": 2.0}
    many = numbers("; ".join(map(str, range(12))))
    assert list(many.values()) == [float(k) for k in range(12)]


def test_values_of_the_caller_are_used_as_they_are():
    a = Value(3.0)
    other = Value(4.0, "named")
    graph = parse("y = a*b", a=a, b=other)
    assert graph["a"] is a and a.name == "a"
    assert graph["b"] is other and other.name == "named"
    assert leaves(graph["y"])[0] is a


def test_numbers_are_floats_and_with_a_fraction_exact():
    assert numbers("y = a/3", a=1) == {"a": 1.0, "y": 1 / 3}
    exact = numbers("y = a*0.1 + 1/3", a=Fraction(1, 3))
    assert exact["y"] == Fraction(1, 30) + Fraction(1, 3) and isinstance(exact["y"], Fraction)
    assert parse("y = a*2", a=Value(Fraction(1, 3)))["y"].data == Fraction(2, 3)


def test_long_sums_are_read():
    terms = 500
    assert numbers(" + ".join(["a"] * terms), a=1)["f"] == terms


# ── what it refuses ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 + fu(a)", f"'fu' is not a function at line 1, column 5 ('fu(a)'). {THERE_ARE}"),
        ("tnh(1)", f"'tnh' is not a function at line 1, column 1 ('tnh(1)'). Did you mean tanh? {THERE_ARE}"),
        (
            "y = 2*b",
            "'b' has no value at line 1, column 7 ('b'). Give it one, as in b=1. No name has a value yet.",
        ),
        (
            "a = 1; u = 2\nJ = a + b*u",
            "'b' has no value at line 2, column 9 ('b*u'). Give it one, as in b=1. Known so far: a, u.",
        ),
        (
            "a = 1; a = 2",
            "'a' is defined twice at line 1, column 8 ('a = 2'). Each name stands for one value: choose another.",
        ),
        ("sin = 3", "'sin' is a function at line 1, column 1 ('sin = 3'). Choose another name for the value."),
        ("2*sin", "'sin' is a function at line 1, column 3 ('sin'). Call it, as in sin(x)."),
        ("a =", f"This is not an expression: invalid syntax at line 1, column 4. {GRAMMAR}"),
        ("(1", f"This is not an expression: '(' was never closed at line 1, column 1 ('(1'). {GRAMMAR}"),
        ("3v", "'v' has no value at line 1, column 2 ('v'). Give it one, as in v=1. No name has a value yet."),
        ("(1 + 2) v", f"A sign is missing at line 1, column 9 ('v'). {PRODUCT}"),
        ("v = 3; 2 v", f"A sign is missing at line 1, column 10 ('v'). {PRODUCT}"),
        ("v = 3; v(2)", f"'v' is a value, not a function at line 1, column 8 ('v(2)'). {PRODUCT}"),
        ("(1 + 2)(3)", f"This has no meaning here at line 1, column 1 ('(1 + 2)(3)'). {PRODUCT}"),
        ("sin(x=1)", f"This has no meaning here at line 1, column 1 ('sin(x=1)'). {BY_POSITION}"),
        (
            "a.b",
            "This has no meaning here at line 1, column 1 ('a.b'). "
            "A function is called by its plain name, as in tanh(x).",
        ),
        (
            "1 if 2 else 3",
            "This has no meaning here at line 1, column 1 ('1 if 2 else 3'). A choice is written where(x > 0, a, b).",
        ),
        (
            "1 < 2 < 3",
            "This has no meaning here at line 1, column 1 ('1 < 2 < 3'). "
            "Use one of >, < and ==, once, as in where(x > 0, a, b).",
        ),
        ("5 % 2", f"This has no meaning here at line 1, column 1 ('5 % 2'). {GRAMMAR}"),
        ("5 // 2", f"This has no meaning here at line 1, column 1 ('5 // 2'). {GRAMMAR}"),
        ("'text'", f"This has no meaning here at line 1, column 1 (\"'text'\"). {GRAMMAR}"),
        ("1j", "'j' has no value at line 1, column 2 ('j'). Give it one, as in j=1. No name has a value yet."),
        ("True", f"This has no meaning here at line 1, column 1 ('True'). {GRAMMAR}"),
        (
            "a, b.c = 1, 2",
            "This is not an assignment at line 1, column 1 ('a, b.c = 1, 2'). Write it as in \"u = b*c\".",
        ),
        (
            "a = b = 3",
            "This is a second equals sign at line 1, column 7 ('= 3'). A statement has one, as in \"u = b*c\".",
        ),
        ("a += 1", "This is not an assignment at line 1, column 1 ('a += 1'). Write it as in \"u = b*c\"."),
        ("import os", "This is not an assignment at line 1, column 1 ('import os'). Write it as in \"u = b*c\"."),
        (
            "y = [1, 2]",
            "A vector is not a value at line 1, column 5 ('[1, 2]'). Put it into a function, as in sum([a, b]).",
        ),
        (
            "1 + [2]",
            "A vector is not a value at line 1, column 5 ('[2]'). Put it into a function, as in sum([a, b]).",
        ),
        (
            "-[2]",
            "A vector is not a value at line 1, column 2 ('[2]'). Put it into a function, as in sum([a, b]).",
        ),
        (
            "[1] > 2",
            "A vector is not a value at line 1, column 1 ('[1] > 2'). Put it into a function, as in sum([a, b]).",
        ),
        (
            "dot([1], [1, 2])",
            "dot needs vectors of one length, at least 1, got length 1 and 2 at line 1, column 1 "
            "('dot([1], [1, 2])'). Compare the table of operations: chalkgrad ops.",
        ),
        (
            "relu(1, 2)",
            "The call is relu(x), got 2 operands at line 1, column 1 ('relu(1, 2)'). "
            "Compare the table of operations: chalkgrad ops.",
        ),
        ("1e999", "This number is too large for a float at line 1, column 1 ('1e999'). Scale the problem down."),
        (
            "2*" + "1" * 400,
            f"This number is too large for a float at line 1, column 3 ('{'1' * 20}'). Scale the problem down.",
        ),
        ("", 'There is nothing to calculate. Write an assignment, as in "J = a*b".'),
        ("  # only a remark", 'There is nothing to calculate. Write an assignment, as in "J = a*b".'),
        (
            "-" * 300 + "1",
            f"This nests deeper than 200 levels at line 1, column 202 ('{'-' * 20}'). {FEWER_LEVELS}",
        ),
        ("1 +" * 6700, "The text has 20100 characters, more than 20000. Build the graph in Python."),
        ("α + β", "'α' has no value at line 1, column 1 ('α + β'). Give it one, as in α=1. No name has a value yet."),
        ("α = 1; α + β", "'β' has no value at line 1, column 12 ('β'). Give it one, as in β=1. Known so far: α."),
    ],
    ids=lambda text: text[:20],
)
def test_each_error_in_full(text, message):
    assert refusal(text) == message


@pytest.mark.parametrize("text", ["(" * 150 + "1" + ")" * 150, "sin(" * 90 + "1" + ")" * 90, "-" * 150 + "1"])
def test_moderate_nesting_is_read(text):
    assert list(parse(text)) == ["f"]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9000 + "1" + ")" * 9000,
        "[" * 9000 + "1" + "]" * 9000,
        "-" * 19_000 + "1",
        "1" + "**1" * 6_000,
        "sin(" * 3000 + "1" + ")" * 3000,
        "a=" * 9000 + "1",
        "1" * 19_999,
        "1e" + "9" * 19_000,
        "0x" + "f" * 19_000,
        "x" * 20_000,
        "1" + "<1" * 9_900,
        "9**9**9**9" + ";9**9**9" * 900,
    ],
    ids=lambda text: f"{text[:9]}…",
)
def test_huge_texts_are_refused_at_once_and_never_crash(text):
    with pytest.raises((ParseError, RangeError)):
        parse(text)


def test_a_huge_sum_is_read_or_refused():
    """Up to Python 3.12 its parser gives up on 9,900 signs in a row; later ones read them."""
    try:
        assert numbers("1" + "+1" * 9_900)["f"] == 9_901
    except ParseError as error:
        assert "nests too deeply" in str(error)


@pytest.mark.parametrize("text", ["9**9**9", "-9**9**9", "y = 10**400", "exp(1000)", "(9**9)**(9**9)"])
def test_numbers_beyond_floats(text):
    with pytest.raises(RangeError) as caught:
        parse(text)
    name = "y" if "=" in text else "f"
    assert "is too large for a float at x = " in str(caught.value)
    assert str(caught.value).endswith(f" (in '{name}'). Scale the input down.")


@pytest.mark.parametrize("text", ["9**9**9", "2**(10**9)", "(1/3)**(10**8)", "1e300**1e300"])
def test_exact_numbers_without_end_are_refused_at_once(text):
    with pytest.raises(RangeError):
        parse(text, exact=Fraction(1, 3))


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (
            "u = 1 - 2; z = log(u)",
            DomainError,
            "log needs x > 0, got x = -1.0 at 'u' (in 'z'). Clip the input or use softplus.",
        ),
        (
            "y = a/(b - 3)",
            DivisionByZero,
            "div needs y ≠ 0, got x = 5.0 at 'a', y = 0.0 (in 'y'). "
            "Keep the denominator away from 0, as in x / (y + 1e-9).",
        ),
        (
            "(0-8)**(1/3)",
            DomainError,
            "pow needs x > 0, or x = 0 and y ≥ 0, or x < 0 and a whole y, got x = -8.0, y = 0.3333333333333333 "
            "(in 'f'). For an odd root take sign(x) * abs(x)**y; for y < 0 keep x away from 0.",
        ),
        ("exp(1000)", RangeError, "exp is too large for a float at x = 1000.0 (in 'f'). Scale the input down."),
    ],
)
def test_where_there_is_no_value(text, error, message):
    with pytest.raises(error) as caught:
        parse(text, a=5, b=3)
    assert str(caught.value) == message


NO_NAME = "cannot name a value. Take letters, digits and _, and no function's name."


@pytest.mark.parametrize("name", ["a b", "1a", "", "sin", "if", "a-b", "2x", "a.b", "a\n", r"\frac", "x²"])
def test_given_names_that_the_text_could_not_say(name):
    assert refusal("y = 1", **{name: 1}) == f"{name!r} {NO_NAME}"


def test_a_given_name_defined_again():
    assert refusal("b = 2", b=1) == (
        "'b' is defined twice at line 1, column 1 ('b = 2'). Each name stands for one value: choose another."
    )


def test_given_values_that_are_no_numbers():
    with pytest.raises(OperandError) as caught:
        parse("y = c", c="3")
    assert str(caught.value) == (
        "The value of 'c' must be a real number, got '3' (str). Give an int, a float, a Fraction or a Value."
    )


def test_given_values_too_large_for_a_float():
    with pytest.raises(RangeError) as caught:
        parse("y = c", c=10**400)
    assert str(caught.value) == "The value of 'c' is too large for a float. Scale the problem down."


def test_a_text_that_is_no_text():
    assert refusal(3) == "The expression must be text, got 3. Put it in quotes."


@pytest.mark.parametrize(
    "name", ["__import__", "eval", "open", "exec", "print", "getattr", "compile", "__build_class__"]
)
def test_only_the_tables_functions_can_be_called(name):
    assert refusal(f"{name}(1)").startswith(f"'{name}' is not a function at line 1, column 1 ('{name}(1)'). ")


@pytest.mark.parametrize(
    "text",
    [
        "().__class__.__bases__[0].__subclasses__()",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "sin.evaluate(1)",
        "f'{open}'",
        "a[0]",
        "sin(*[1])",
        "sin(**{})",
        "(y := 3)",
        "del a",
        "def f(): pass",
        "class A: pass",
        "global a",
        "raise a",
        "while 1: 2",
        "await a",
        "yield 1",
        "a: int = 3",
        "{1: 2}",
        "{1}",
        "...",
        "None",
        "b'1'",
        "not 1",
        "~1",
        "1 and 2",
        "1 @ 2",
        "1 << 2",
        "1 is 2",
        "1 in [2]",
        "a\x00",
        "\ud800",
        "a\u202e",
        "²",
        "x²",
        "1;;2",
        "\\",
        "'",
        '"""',
        "\x0c(",
    ],
)
def test_other_python_is_refused(text):
    assert " at line 1, column " in refusal(text, a=1)


# ── random texts ──────────────────────────────────────────────────────────────────────────────────

TOKENS = [
    *"ab xyfπαλ+-*/()[],;=<>^.!'\"\\#{}@%&|~:\n\t_\r\x0c\x00²",
    *(
        "|",
        "√",
        "½",
        "·",
        "−",
        "^",
        "⁻¹",
        "ⁿ",
        "₁",
        "⁽¹⁾",
        "\\hat y",
        "\\frac",
        "∞",
        "[x > a]",
        "f(x) =",
        "softmax",
        "'",
    ),
    *("**", "//", "==", "1", "2.5", "1e9", "0x1", "1j", "9**9", "if", "else", "lambda", "for", "in", "not", "None"),
    *FUNCTIONS,
]


def does_nothing_else(text):
    try:
        graph = parse(text, a=2, x=Value(0.5))
    except (ParseError, DomainError, RangeError) as error:
        assert str(error) and "\n" not in str(error).strip("\n")
    else:
        assert all(isinstance(value, Value) for value in graph.values())
        assert all(isinstance(value.data, float | int) for value in graph.values())


@given(st.text(max_size=200))
@example("\ufeff")
@example("1 if")
def test_any_text_is_a_graph_or_an_error(text):
    does_nothing_else(text)


@settings(max_examples=settings.default.max_examples * 5)
@given(st.lists(st.sampled_from(TOKENS), max_size=12).map("".join))
def test_any_tokens_are_a_graph_or_an_error(text):
    does_nothing_else(text)


@given(st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join))
def test_any_spaced_tokens_are_a_graph_or_an_error(text):
    does_nothing_else(text)


signs = st.sampled_from([" + ", " - ", "*", "/", "**", " > ", " < "])
calls = st.sampled_from(["sin", "exp", "tanh", "-", "abs", "relu", ""])
expressions = st.recursive(
    st.sampled_from(["a", "b", "1.0", "2.5", "0.0", "pi", "1e3"]),
    lambda inner: st.one_of(
        st.tuples(inner, signs, inner).map(lambda part: f"({''.join(part)})"),
        st.tuples(calls, inner).map(lambda part: f"{part[0]}({part[1]})"),
    ),
    max_leaves=12,
)
PYTHONS = {"sin": math.sin, "exp": math.exp, "tanh": math.tanh, "abs": math.fabs, "relu": lambda x: max(x, 0.0)}


@settings(max_examples=settings.default.max_examples * 2)
@given(expressions, st.floats(-3, 3), st.floats(-3, 3))
def test_arithmetic_is_pythons(text, a, b):
    try:
        expected = float(eval(text, {"__builtins__": {}}, {"a": a, "b": b, "pi": math.pi, **PYTHONS}))
    except (ArithmeticError, ValueError, TypeError):  # a TypeError: of a complex number
        with pytest.raises((DomainError, RangeError)):
            parse(text, a=a, b=b)
        return
    assert parse(text, a=a, b=b).popitem()[1].data == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_threads_may_parse_at_the_same_time():
    """CPython 3.11 counts the depth of all threads' trees together; a collection in between lets them meet."""

    def pause(phase, info):
        sleep(0)

    threshold = gc.get_threshold()
    gc.callbacks.append(pause)
    gc.set_threshold(5)
    try:
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda _: parse("y = " + "-(x + 1) * " * 30 + "x", x=1)["y"].data, range(64)))
    finally:
        gc.callbacks.remove(pause)
        gc.set_threshold(*threshold)
    assert results == [2.0**30] * 64
