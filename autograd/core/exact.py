"""Exact numbers, ints and Fractions: how long they may become, and how a long one is shown."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import TypeVar

from autograd.errors import RangeError

Number = int | float | Fraction  # whatever arithmetic keeps exact stays exact
N = TypeVar("N")

BITS = 100_000  # of an exact number: squaring 3 forty times would need a million million
LONGEST = 40  # characters of an exact number that is shown in full


def limited(x: N) -> N:
    """The number, if it is a float or has at most `BITS` bits.

    Raises:
        RangeError: an int, or a Fraction's numerator or denominator, has more.
    """
    if isinstance(x, int | Fraction) and max(x.numerator.bit_length(), x.denominator.bit_length()) > BITS:
        raise RangeError(f"An exact number has more than {BITS} bits. Calculate with floats, as in Value(3.0).")
    return x


def brief(x: Number) -> str:
    """A number as Python prints it; an exact one of many digits as a power of ten.

    >>> brief(Fraction(1, 3)), brief(0.1), brief(3**2000), brief(Fraction(1, 10**5000))
    ('1/3', '0.1', '1.74787e+954', '1e-5000')
    """
    if isinstance(x, int | Fraction) and max(x.numerator.bit_length(), x.denominator.bit_length()) > 3 * LONGEST:
        text, exponent = scientific(x, 6)
        return f"{'-' * (x < 0)}{text}e{exponent}"
    return str(x)


def scientific(x: Number, digits: int) -> tuple[str, str]:
    """The first digits of an exact |x| and its power of ten, however long it is.

    >>> scientific(10**5000 + 1, 3), scientific(Fraction(-1, 3), 3)
    (('1', '+5000'), ('3.33', '-1'))
    """
    context = Context(prec=digits + 20, Emax=MAX_EMAX, Emin=MIN_EMIN)

    def decimal(n: int) -> Decimal:
        beyond = max(n.bit_length() - 200, 0)  # bits that change none of the digits
        return context.multiply(Decimal(n >> beyond), context.power(2, beyond))

    x = Fraction(x)
    quotient = context.divide(decimal(abs(x.numerator)), decimal(x.denominator))
    text, _, exponent = f"{quotient:.{digits - 1}e}".partition("e")
    return text.rstrip("0").rstrip(".") if "." in text else text, exponent
