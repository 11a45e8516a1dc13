"""Exact numbers: no longer than a limit, whatever makes them; how long ones are shown."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from autograd import RangeError, Value, dot, expression, grad, leaky_relu, parse, steps
from autograd import sum as total
from autograd.core.exact import BITS, brief
from autograd.core.op import OPS
from autograd.language.numbers import figure
from viz.commands.expressions import assigned

HALF = Fraction(1, 2)
LARGE = 1 << 60_000


def repeated(rule, z, times=40):
    for _ in range(times):
        z = rule(z)
    return z


def steep(length):
    """3(3(3x − 2) − 2) − 2 at x = 1: its value stays 1, its slope is 3ⁿ."""
    x = Value(1)
    return x, repeated(lambda z: 3 * z - 2, x, length)


def slope(x, z, **options):
    return grad(z, [x], **options)[0]


GROWING = {
    "squares": lambda: repeated(lambda z: z * z, Value(3)),
    "doubles": lambda: repeated(lambda z: z + z, Value(3), BITS + 1),
    "sums of fractions": lambda: repeated(lambda z: z + z / 3 * z, Value(HALF)),
    "differences": lambda: repeated(lambda z: z - z * z, Value(HALF)),
    "quotients": lambda: repeated(lambda z: z / (z * z + 1), Value(HALF)),
    "constants": lambda: Value(3) * LARGE * LARGE,
    "reflected": lambda: LARGE * (LARGE * Value(3)),
    "powers": lambda: repeated(lambda z: z**2, Value(3)),
    "dot": lambda: repeated(lambda z: dot([z, z], [z, 2]), Value(3)),
    "sum": lambda: repeated(lambda z: total([z * z, 1]), Value(3)),
    "a row of two operands": lambda: leaky_relu(Value(-LARGE), LARGE),
    "a row": lambda: OPS["mul"](LARGE, LARGE),
    "a leaf": lambda: Value(LARGE * LARGE),
    "a constant": lambda: Value(1) + LARGE * LARGE,
    "a fraction's denominator": lambda: Value(Fraction(1, LARGE * LARGE)),
    "a formula": lambda: parse("; ".join(["a = x*x", *[f"a{i + 1} = a{i or ''}**2" for i in range(30)]]), x=HALF),
    "a gradient": lambda: steep(BITS)[1].backward(),
    "a gradient that is returned": lambda: slope(*steep(BITS)),
    "a gradient's graph": lambda: slope(*steep(BITS), create_graph=True),
}


TAKES_SECONDS = ("a gradient that is returned", "a gradient's graph")
SLOW = {name: [pytest.mark.slow] if name in TAKES_SECONDS else [] for name in GROWING}


@pytest.mark.parametrize("grow", [pytest.param(grow, id=name, marks=SLOW[name]) for name, grow in GROWING.items()])
def test_an_exact_number_does_not_grow_for_ever(grow):
    with pytest.raises(RangeError):
        grow()


def test_the_message_has_the_numbers_and_a_remedy_that_works():
    with pytest.raises(RangeError) as caught:
        repeated(lambda z: z * z, Value(3))
    assert str(caught.value) == (
        "An exact number has more than 100000 bits (mul at x = 2.03833e+15634, y = 2.03833e+15634). "
        "Calculate with floats, as in Value(3.0)."
    )
    assert repeated(lambda z: z * z, Value(3.0)).data == float("inf")


def test_a_gradient_that_is_refused_leaves_none():
    x, z = steep(BITS)
    with pytest.raises(RangeError, match=r"^An exact number has more than 100000 bits\. Calculate with floats"):
        z.backward()
    assert x.grad is None and z.grad is None


def test_forward_at_a_number_that_makes_others_too_long():
    x = Value(2)
    y = repeated(lambda z: z * z, x, 16)
    x.data = 3
    with pytest.raises(RangeError, match=r"more than 100000 bits \(mul at x = "):
        y.forward()


def test_numbers_just_below_the_limit_are_exact():
    x = Value(2)
    y = repeated(lambda z: z * z, x, 16)
    assert y.data == 2 ** (2**16)
    y.backward()
    assert x.grad == 2**16 * 2 ** (2**16 - 1)


# ── on the command line ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["a=1/3", "b=2"], {"a": Fraction(1, 3), "b": Fraction(2)}),
        (["b=-2", "a=2/1"], {"b": Fraction(-2), "a": Fraction(2)}),
        (["a=1/3", "b=0.1", "c=1e-3"], {"a": Fraction(1, 3), "b": Fraction(1, 10), "c": Fraction(1, 1000)}),
        (["a=1/3", "b=-inf"], {"a": Fraction(1, 3), "b": float("-inf")}),
        (["a=3", "b=0.5"], {"a": 3.0, "b": 0.5}),
    ],
    ids=str,
)  # fmt: skip
def test_beside_a_fraction_numbers_are_exact(words, values):
    found = assigned(words)
    assert found == values and [type(x) for x in found.values()] == [type(x) for x in values.values()]


def test_gradients_beside_a_fraction_are_exact():
    graph = parse("J = a*b**2 + b/3", **assigned(["a=1/3", "b=2"]))
    assert grad(graph["J"], [graph["a"], graph["b"]]) == [4, Fraction(5, 3)]


# ── shown ─────────────────────────────────────────────────────────────────────────────────────────


def squarings(times=11, x=3.0):
    return repeated(lambda z: z * z, Value(x, "x"), times)


LONG = {
    "a sum": (lambda: total([Value(1.0) for _ in range(3000)]), "Value(3000.0, sum([x, …]))"),
    "eleven squarings": (lambda: squarings(11, 1.0), "Value(1.0, 1 · 1)"),
    "exact squarings": (lambda: squarings(14, 3), "Value(1.4277e+7817, 3.77849·10³⁹⁰⁸ · (3.77849·10³⁹⁰⁸))"),
    "an int": (lambda: Value(10**5000), "Value(1e+5000)"),
    "a negative int": (lambda: Value(-(10**5000), "n"), "Value(-1e+5000, n)"),
    "a fraction": (lambda: Value(Fraction(1, 3**9000)), "Value(8.10415e-4295)"),
    "an inner node": (lambda: Value(10**5000, "n") + 1, "Value(1e+5000, n + 1)"),
    "a nan": (lambda: Value(float("nan"), "x"), "Value(nan, x)"),
    "a name": (lambda: Value(1.0, "n" * 10**6), f"Value(1.0, {'n' * 39}…)"),
    "long names": (lambda: Value(1.0, "n" * 10**6) * 2, "Value(2.0, mul(x, y))"),
}


@pytest.mark.parametrize(("make", "text"), LONG.values(), ids=LONG)
def test_a_repr_never_raises_and_is_short(make, text):
    z = make()
    assert repr(z) == str(z) == text
    assert len(z._repr_latex_()) < 300
    assert len(f"{z}") <= 40


def test_a_long_gradient_is_short_too():
    x = Value(10**2500, "x")
    (x * x).backward()
    assert repr(x) == "Value(1e+2500, x, grad = 2e+2500)"


@pytest.mark.parametrize("digits", [1, 6, 16])
@pytest.mark.parametrize(
    "x",
    [10**5000, 3**3000, Fraction(10**400, 7), Fraction(7, 10**400), Fraction(1, 3**5000), 2**99_999, -(7**2000)],
    ids=brief,
)
def test_long_numbers_are_rounded_as_decimals_are(x, digits):
    x = Fraction(x)
    with localcontext(prec=60):
        right = Decimal(abs(x.numerator)) / Decimal(x.denominator)
    mantissa, _, power = f"{right:.{digits - 1}e}".partition("e")
    text, _, exponent = figure(x, "latex", digits)[0].partition(r" \cdot 10^{")
    assert Decimal(text.lstrip("-")) == Decimal(mantissa) and exponent == f"{int(power)}}}"
    assert text.startswith("-") == (x < 0)


def test_a_formula_in_python_has_all_digits_of_a_long_number():
    x = Value(2, "x")
    for z, right in [(x + 10**5000, 2 + 10**5000), (x * Fraction(-1, 10**5000), Fraction(-2, 10**5000))]:
        assert eval(expression(z, "python"), {"x": 2, "Fraction": Fraction}) == right


def test_messages_and_passes_show_long_numbers():
    x = Value(10**5000, "x")
    with pytest.raises(RangeError) as caught:
        x**100
    assert str(caught.value) == "pow is too large for a float at x = 1e+5000 at 'x', y = 100. Scale the input down."
    assert str(steps((x * 2).named("y"))).endswith("∂y/∂x = 2")
    assert brief(123456789) == "123456789" and brief(Fraction(-1, 3)) == "-1/3"
