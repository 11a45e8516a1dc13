"""Numbers as mathematics writes them, for viz and nn too: a true minus, powers of ten, fractions, digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from autograd.core.exact import scientific
from autograd.core.notation import ATOM, PRODUCT, ROUNDED, SUM, SUPERSCRIPTS, Kind, Term, kind
from autograd.core.value import Number

RECENT = 4096  # numbers and names whose texts are remembered: each stands in several lines
WHOLE = 10**15  # below it whole numbers are written whole: so many digits a float always holds
GIVEN = 12  # digits of a number that somebody wrote down; what was calculated mostly has 16 or 17
MINUS = {"unicode": "−", "latex": "-"}
NOISE = 2.0**-50  # relative: 0.1 + 0.2 is 0.3 to a reader, not 0.30000000000000004


@lru_cache(RECENT, typed=True)
def figure(x: Number, dialect: str = "unicode", digits: int = 6, given: bool = False) -> Term:
    """A number as text: a true minus, powers of ten, fractions as fractions, `digits` significant.

    Whole numbers are written whole, and so is the whole part of others, up to a million; nothing is rounded
    that twice as many digits write exactly. A text that is not the number itself is `Rounded`, so that
    `chain` puts ≈ before it.

    Args:
        x: the number, dimensionless.
        dialect: "unicode", "latex" or "python", which is exact.
        digits: how many of them a rounded number has.
        given: whether somebody wrote the number down: up to 12 digits of it stay.

    >>> figure(-2.0), figure(1.5e-7), figure(Fraction(1, 3)), figure(1 / 3, digits=2)
    (('−2', 1), ('1.5·10⁻⁷', 2), ('1/3', 2), ('0.33', 4))
    >>> figure(-1.5e-7, "latex"), figure(12345.6, digits=2), figure(12345.6, digits=2, given=True)
    (('-1.5 \\\\cdot 10^{-7}', 1), ('12346', 4), ('12345.6', 4))
    """
    if dialect == "python":
        if isinstance(x, Fraction):
            text = f"Fraction({_digits(x.numerator)}, {_digits(x.denominator)})"
        else:
            text = _digits(x) if isinstance(x, int) else repr(x)
        return text, SUM if text.startswith("-") else ATOM
    tightness, exact = ATOM, True
    if x.__class__ is not float and isinstance(x, int | Fraction) and _is_short(x, digits, given):
        text = str(abs(x))
        if isinstance(x, Fraction) and x.denominator != 1:
            tightness = PRODUCT
            if dialect == "latex":
                text = rf"\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"
    elif isinstance(x, float) and not math.isfinite(x):
        nan, infinity = {"unicode": ("nan", "∞"), "latex": (r"\text{nan}", r"\infty")}[dialect]
        text = nan if math.isnan(x) else infinity
    else:
        decimal, exact = _decimal(x, digits, given)
        text, _, exponent = decimal.partition("e")
        if exponent:
            tightness = PRODUCT
            text += _power_of_ten(exponent, dialect)
    if x < 0:
        text, tightness = MINUS[dialect] + text, SUM
    return text if exact else ROUNDED[dialect](text), tightness


@lru_cache(RECENT)
def _power_of_ten(exponent: str, dialect: str) -> str:
    exponent = str(int(exponent))
    if dialect == "latex":
        return rf" \cdot 10^{{{exponent}}}"
    return "·10" + exponent.replace("-", "−").translate(SUPERSCRIPTS)


def figures(
    numbers: Sequence[Number], dialect: str = "unicode", digits: int = 6, given: bool = False
) -> list[tuple[str, Kind]]:
    """Numbers as texts, each with its kind: those of `figure`, in a third of the time where many are rounded.

    >>> figures([1 / 3, -2.0, 1e-7 / 3])
    [('0.333333', 9), ('−2', 2), ('3.33333·10⁻⁸', 5)]
    """
    floats = tuple(x for x in numbers if x.__class__ is float)
    rounded, full = (
        (f"%.{n}g\n" * len(floats) % floats).split("\n")
        for n in (digits, max(digits, GIVEN if given else _long(digits)))
    )
    shown, minus, limit = [], MINUS[dialect], 10**digits
    texts = zip(rounded, full, strict=True)
    for x in numbers:
        if x.__class__ is float:
            short, long = next(texts)
            size = abs(x)
            if x % 1 and abs(float(long) - x) > NOISE * size and not limit <= size < 10**6:
                holds = ATOM
                if "e" in short:
                    short, _, exponent = short.partition("e")
                    short += _power_of_ten(exponent, dialect)
                    holds = PRODUCT
                shown.append((short, 2 * holds + 1) if x > 0 else (minus + short[1:], 2 * SUM + 1))
                continue
        term = figure(x, dialect, digits, given)
        shown.append((term[0], kind(term)))
    return shown


def _is_short(x: int | Fraction, digits: int, given: bool) -> bool:
    """Whether a whole number or fraction is written as it is."""
    if x.denominator == 1:
        return abs(x.numerator) < WHOLE
    limit: int = 10 ** max(digits, GIVEN if given else 0)
    return max(abs(x.numerator), x.denominator) < limit


def _decimal(x: Number, digits: int, given: bool) -> tuple[str, bool]:
    """|x| as a decimal, such as 1.5e-07, and whether it is x itself."""
    try:
        size = abs(float(x))
    except OverflowError:  # an exact number that no float holds
        size = 0.0
    if x and not size:
        text, exponent = scientific(x, digits)
        text += f"e{exponent}"
        return text, Fraction(Decimal(text)) == abs(Fraction(x)) if len(exponent) < 5 else False
    if size % 1 == 0 and size < WHOLE:
        return f"{size:.0f}", size == abs(x)
    least = len(str(int(size))) if 10**digits <= size < 10**6 else digits
    short = f"{size:.{least}g}"
    long = f"{size:.{max(least, GIVEN if given else _long(digits))}g}"
    noise = NOISE * size
    if abs(float(long) - size) > noise:
        return short, False
    return short if abs(float(short) - size) <= noise else long, True


def _long(digits: int) -> int:
    """How many digits may write a calculated number exactly."""
    return min(2 * digits, GIVEN)


def _digits(n: int) -> str:
    """An int as Python reads it: of one so long that Python refuses to write it in decimals, the hexadecimal digits."""
    return repr(n) if n.bit_length() < 2000 else hex(n)
