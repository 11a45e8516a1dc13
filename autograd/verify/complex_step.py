"""A derivative from one tilted evaluation: Im f(x + ih) / h takes no difference, so nothing cancels."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from autograd.core.op import Op
from autograd.core.tracer import Tracer
from autograd.core.value import Value
from autograd.verify.recording import replayed


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


def complex_step(nodes: Sequence[Value], leaf: Value) -> float | None:
    """Im f(x + ih) / h with h near 10⁻³⁰·|x|.

    None where a row compares numbers, leaves the real line, or a leaf is too large for a float.

    Args:
        nodes: all nodes of f, in topological order, f last.
        leaf: x, one of them.

    Source: W. Squire, G. Trapp (1998), Using complex variables to estimate derivatives of real functions.
    """
    try:
        point = {id(z): complex(z.data) for z in nodes if not z.op}
        h = max(2.0**-100 * (abs(float(leaf.data)) or 1.0), 2.0**-1020)
    except OverflowError:  # an exact number that no float holds
        return None
    try:
        flat, tilted = (_imaginary(nodes, point | {id(leaf): complex(float(leaf.data), tilt)}) for tilt in (0.0, h))
    except NotAnalytic:
        return None
    return tilted / h if flat == 0 and math.isfinite(tilted) else None


def _imaginary(nodes: Sequence[Value], point: dict[int, complex]) -> float:
    result: Analytic = replayed(nodes, {node: Analytic(number) for node, number in point.items()})
    return result.number.imag
