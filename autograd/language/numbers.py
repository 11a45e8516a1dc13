"""Numbers as mathematics writes them, for viz and nn too: a true minus, powers of ten, fractions, digits."""

from __future__ import annotations

import math
from fractions import Fraction

from autograd.core.exact import scientific
from autograd.core.notation import ATOM, PRODUCT, SUM, SUPERSCRIPTS, Term
from autograd.core.value import Number


def figure(x: Number, dialect: str = "unicode", digits: int = 6) -> Term:
    """A number as text: a true minus, powers of ten, fractions as fractions, `digits` significant.

    >>> figure(-2.0), figure(1.5e-7), figure(Fraction(1, 3)), figure(1 / 3, digits=2)
    (('−2', 1), ('1.5·10⁻⁷', 2), ('1/3', 2), ('0.33', 4))
    >>> figure(-1.5e-7, "latex")
    ('-1.5 \\\\cdot 10^{-7}', 1)
    """
    if dialect == "python":
        if isinstance(x, Fraction):
            text = f"Fraction({_digits(x.numerator)}, {_digits(x.denominator)})"
        else:
            text = _digits(x) if isinstance(x, int) else repr(x)
        return text, SUM if text.startswith("-") else ATOM
    tightness = ATOM
    if isinstance(x, int | Fraction) and max(abs(x.numerator), x.denominator) < 10**digits:
        text = str(abs(x))
        if isinstance(x, Fraction) and x.denominator != 1:
            tightness = PRODUCT
            if dialect == "latex":
                text = rf"\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"
    elif isinstance(x, float) and not math.isfinite(x):
        nan, infinity = {"unicode": ("nan", "∞"), "latex": (r"\text{nan}", r"\infty")}[dialect]
        text = nan if math.isnan(x) else infinity
    else:
        text, exponent = _scientific(x, digits)
        if exponent:
            tightness = PRODUCT
            latex = rf" \cdot 10^{{{exponent}}}"
            text += latex if dialect == "latex" else "·10" + exponent.replace("-", "−").translate(SUPERSCRIPTS)
    if x < 0:
        return ("−" if dialect == "unicode" else "-") + text, SUM
    return text, tightness


def _scientific(x: Number, digits: int) -> tuple[str, str]:
    """The digits of |x|, and the power of ten that they are to be multiplied with, if any."""
    try:
        number = abs(float(x))
    except OverflowError:  # an exact number that no float holds
        number = 0.0
    if x and not number:
        text, exponent = scientific(x, digits)
    else:
        text, _, exponent = f"{number:.{digits}g}".partition("e")
    return text, exponent and str(int(exponent))


def _digits(n: int) -> str:
    """An int as Python reads it: of one so long that Python refuses to write it in decimals, the hexadecimal digits."""
    return repr(n) if n.bit_length() < 2000 else hex(n)
