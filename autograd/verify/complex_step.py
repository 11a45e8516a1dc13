"""A derivative from one tilted evaluation: Im f(x + ih) / h takes no difference, so nothing cancels."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

from autograd.core.op import Op
from autograd.core.tracer import Tracer
from autograd.core.value import Value
from autograd.verify.replay import replayed


class NotAnalytic(Exception):
    """A row compared a complex number, or left the numbers: the derivative has no complex step."""


class Analytic(Tracer):
    """A complex number that the table's rows run on, until they compare it."""

    __slots__ = ("number",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, number: complex) -> None:
        self.number = number

    def apply(self, op: Op, operands: Sequence[Any]) -> Analytic:
        try:
            result = self._result(op, operands)
        except (ArithmeticError, TypeError, ValueError):
            raise NotAnalytic from None
        if isinstance(result, Analytic):
            return result
        if not isinstance(result, complex) and not op.is_step:  # |x| of a complex number is not a smooth function
            raise NotAnalytic
        return Analytic(result)

    @staticmethod
    def _result(op: Op, operands: Sequence[Any]) -> Any:
        own = getattr(cmath, op.name, None)
        if own or op.value.__module__ == "_operator":
            return (own or op.value)(*[x.number if isinstance(x, Analytic) else x for x in operands])
        return (op.formula or op.value)(*op.columns(operands))

    def _refuse(self, *_: object) -> NoReturn:
        raise NotAnalytic

    __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


@cache
def compares(op: Op) -> bool:
    """Whether an operation chooses by comparing numbers, as a maximum does.

    >>> from autograd.ops import maximum, sigmoid
    >>> compares(maximum), compares(sigmoid)
    (True, False)
    """
    try:
        Analytic(0).apply(op, [Analytic(complex(low + high) / 2) for low, high in op.near])
    except NotAnalytic:
        return True
    return False


def complex_step(nodes: Sequence[Value], leaf: Value) -> float | None:
    """Im f(x + ih) / h with h near 10⁻³⁰·|x|, or 10⁻⁹·|x| where f is so small that the other underflows.

    Two steps must agree, as they do to O(h²) of an analytic function; at an edge, as that of √x, they do not.
    None also where a row compares numbers, leaves the real line, or a leaf is too large for a float.

    Args:
        nodes: all nodes of f, in topological order, f last.
        leaf: x, one of them.

    Source: W. Squire, G. Trapp (1998), Using complex variables to estimate derivatives of real functions.
    """
    try:
        point = {id(z): complex(z.data) for z in nodes if not z.op}
        scale = abs(float(leaf.data)) or 1.0
    except OverflowError:  # an exact number that no float holds
        return None

    def tilted(h: float) -> float:
        return _imaginary(nodes, point | {id(leaf): complex(float(leaf.data), h)})

    try:
        h = max(2.0**-100 * scale, 2.0**-1018)
        if tilted(0.0) != 0:
            return None
        if abs(tilted(h)) < 2.0**-960:
            h = max(2.0**-30 * scale, 2.0**-1018)
        whole, part = tilted(h) / h, tilted(h / 4) / (h / 4)
    except NotAnalytic:
        return None
    slope = (16 * part - whole) / 15
    close = abs(whole - part) <= 1e-9 * abs(slope) or abs(slope) <= 1e-9 * abs(whole)  # or h² is all there is
    return slope if close and math.isfinite(slope) else None


def _imaginary(nodes: Sequence[Value], point: dict[int, complex]) -> float:
    result: Analytic = replayed(nodes, {node: Analytic(number) for node, number in point.items()})
    return result.number.imag
