"""The slope of a closed gate, such as relu's below 0: a zero that selects. Nothing comes through, be it inf or nan.

>>> float("inf") * CLOSED, CLOSED + 2.0, CLOSED == 0
(0, 2.0, True)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any


class Closed(Fraction):
    """0 in sums, and 0 again in products, whatever the other factor is.

    A Fraction, because floats, ints and Fractions all let one answer for them: `gradient * slope` in
    the chain rule needs no case of its own.
    """

    __slots__ = ()

    def __mul__(self, other: Any) -> Any:
        return self

    def __add__(self, other: Any) -> Any:
        return other

    __rmul__, __radd__ = __mul__, __add__

    def __repr__(self) -> str:
        return "0"

    def __reduce__(self) -> str:
        return "CLOSED"

    def __copy__(self) -> Closed:
        return self

    def __deepcopy__(self, memo: object) -> Closed:
        return self


CLOSED = Closed()
