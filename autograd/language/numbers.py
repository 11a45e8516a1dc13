"""Numbers as mathematics writes them, for viz and nn too: a true minus, powers of ten, fractions, digits."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

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
        text = repr(x) if not isinstance(x, Fraction) else f"Fraction({x.numerator}, {x.denominator})"
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
        text, _, exponent = f"{abs(float(x)):.{digits}g}".partition("e")
    except OverflowError:  # an integer that no float holds
        text, _, exponent = f"{Decimal(abs(int(x))):.{digits - 1}e}".partition("e")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text, exponent and str(int(exponent))
