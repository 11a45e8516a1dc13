"""What a derivative should be, without the chain rule: difference quotients, and slopes on either side of a kink."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from autograd.core.op import OPS, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Number, Value, magnitude, operands

Function = Callable[[Number], Number]
# Relative to the operand's scale. The first is near ε^(1/5), the best for a quotient of fourth order
# (W. H. Press et al., Numerical Recipes, 3rd ed. 2007, section 5.7); others serve other scales of f.
STEPS = (2.0**-10, 2.0**-6, 2.0**-14, 2.0**-3, *(2.0**-k for k in range(18, 52, 4)))
EPSILON = 2.0**-52
ENOUGH = 1e-10  # relative error at which no other step is tried
TINY = Fraction(1, 10**20)  # the step where numbers are exact


@dataclass(frozen=True)
class Quotient:
    """A numeric derivative: the central quotient, how far to trust it, and the sides where they differ."""

    value: Number
    error: float
    sides: tuple[float, float] | None = None  # the slopes from the left and the right of a kink
    edge: bool = False  # f is defined on one side only
    unit: float = 0.0  # |f| for each scale of x: what a slope is small or large beside

    def distance(self, x: Number) -> Number:
        """How far x is from what this allows: the value, or all between the slopes of the sides."""
        if self.sides:
            low, high = sorted(self.sides)
            return max(low - x, x - high, 0)
        return 0 if x == self.value else magnitude(x - self.value)


def quotient(f: Function, x: Number, step: float | None = None) -> Quotient:
    """The slope of f at x: central differences, extrapolated once (L. F. Richardson 1911), at the steadiest step.

    Args:
        f: a function of one number; it may raise outside of its domain.
        x: where; an int or Fraction that f keeps exact is differentiated exactly, to 1e-20.
        step: h; default: chosen by the scale of x and of f.
    """
    f = _defined(f)
    middle = f(x)
    if isinstance(x, int | Fraction) and isinstance(middle, int | Fraction):
        return _exact(f, x)
    x, scale = float(x), max(abs(float(x)), 1.0)
    steps = [step] if step else [h * scale for h in STEPS] + [h * abs(x) for h in STEPS if 0 < abs(x) < 1e-3]
    best = Quotient(math.nan, math.inf)
    chosen = steps[0]
    for h in steps:
        found = _central(f, x, h)
        if found.error < best.error:
            best, chosen = found, h
        if best.error <= ENOUGH * magnitude(best.value) or best.error <= 1e-3 * EPSILON:
            break
    found = _with_sides(f, x, middle, chosen, best)
    return replace(found, unit=abs(float(middle)) / scale)


def _defined(f: Function) -> Function:
    def g(x: Number) -> Number:
        try:
            y = f(x)
            return math.nan if isinstance(y, complex) else y
        except (ArithmeticError, ValueError):
            return math.nan

    return g


def _exact(f: Function, x: int | Fraction) -> Quotient:
    h = TINY * max(abs(Fraction(x)), Fraction(1))
    left, middle, right = (Fraction(f(x + i * h)) for i in (-1, 0, 1))
    sides = (middle - left) / h, (right - middle) / h
    bend = magnitude(sides[1] - sides[0])
    kink = bend > Fraction(1, 10**9)
    return Quotient((right - left) / (2 * h), float(bend) * 1e-9, (float(sides[0]), float(sides[1])) if kink else None)


def _central(f: Function, x: float, h: float) -> Quotient:
    """(4D(h/2) − D(h)) / 3 of central quotients D, and its error: what truncation and rounding may do."""
    h = (x + h) - x  # what the difference of the two floats will be
    near, far = (x - h / 2, x + h / 2), (x - h, x + h)
    if not far[0] < near[0] < x < near[1] < far[1]:
        return Quotient(math.nan, math.inf)
    values = [f(p) for p in (*near, *far)]
    half = (values[1] - values[0]) / (near[1] - near[0])
    whole = (values[3] - values[2]) / (far[1] - far[0])
    value = (4 * half - whole) / 3
    error = magnitude(value - half) + 4 * EPSILON * max([magnitude(y) for y in values]) / h
    return Quotient(value, error) if math.isfinite(value) else Quotient(math.nan, math.inf)


def _with_sides(f: Function, x: float, middle: Number, h: float, found: Quotient) -> Quotient:
    """The quotient, with the slopes of both sides where f has a kink, a jump or an edge at x."""
    if math.isinf(found.error):
        h = max(abs(x), 1.0) * 2.0**-20
    points = [f(x + i * h / 2) for i in (-2, -1, 1, 2)]
    outside, before, after, beyond = points
    bend = magnitude(outside - 4 * before + 6 * middle - 4 * after + beyond)  # O(h⁴) where f is smooth, O(h) at a kink
    size = max([magnitude(y) for y in (*points, middle)])
    slopes = magnitude(before - middle) + magnitude(after - middle)
    jumps = (
        found.error > 1e-6 * magnitude(found.value)
        and magnitude(f(x + h / 512) - f(x - h / 512)) > magnitude(after - before) / 4
    )
    jumps = jumps and magnitude(after - before) > 64 * EPSILON * size
    if not jumps and bend <= 1e-3 * slopes + 64 * EPSILON * size:
        return found
    left, right = (_side(f, x, sign * h) for sign in (-1, 1))
    if math.isnan(left) or math.isnan(right):
        return _at_edge(f, x, h if math.isnan(left) else -h)
    close = [_side(f, x, sign * h / 256) for sign in (-1, 1)]
    gap, closer = abs(left - right), abs(close[0] - close[1])
    if jumps or (closer > gap / 4 and closer > 1e-4 * max(map(abs, close))):
        return Quotient(found.value, 1e-6 * max(abs(left), abs(right)), (left, right))
    return found


def _at_edge(f: Function, x: float, h: float) -> Quotient:
    """The slope on the one side where f is defined; ±inf if it grows without end, as that of √x at 0."""
    whole, close = _side(f, x, h), _side(f, x, h / 256)
    if abs(close) > 4 * abs(whole):
        return Quotient(math.copysign(math.inf, close), 0.0, edge=True)
    return Quotient(close, abs(close - whole), edge=True)


def _side(f: Function, x: float, h: float) -> float:
    """The slope on one side alone: between x + h/2 and x + h, extrapolated towards x."""
    far = (f(x + h) - f(x + h / 2)) / (h / 2)
    near = (f(x + h / 4) - f(x + h / 8)) / (h / 8)
    return float((4 * near - far) / 3)


# ── graphs on other numbers ───────────────────────────────────────────────────────────────────────


def replayed(nodes: Sequence[Value], given: dict[int, Any]) -> Any:
    """The last node, made anew with others in place of the leaves."""
    found = dict(given)
    for z in nodes:
        if z.op:
            words = [found[id(x)] if isinstance(x, Value) else x for x in operands(z)]
            found[id(z)] = OPS[z.op](*OPS[z.op].columns(words))
    return found[id(nodes[-1])]


class Analytic(Tracer):
    """A complex number that the table's words run on, until they compare it."""

    __slots__ = ("number",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, number: complex) -> None:
        self.number = number

    def apply(self, op: Op, operands: Sequence[Any]) -> Analytic:
        import cmath

        own = getattr(cmath, op.name, None)
        if own or op.value.__module__ == "_operator":
            numbers = [x.number if isinstance(x, Analytic) else x for x in operands]
            result = (own or op.value)(*numbers)
        else:
            result = (op.formula or op.value)(*op.columns(operands))
        if isinstance(result, Analytic):
            return result
        if not isinstance(result, complex):  # |x| of a complex number is no smooth function
            raise TypeError
        return Analytic(result)

    def __bool__(self) -> bool:
        raise TypeError

    def __eq__(self, other: object) -> bool:
        raise TypeError


def complex_step(nodes: Sequence[Value], leaf: Value) -> float | None:
    """Im f(x + ih) / h with h near 10⁻³⁰·|x|: no difference is taken, so nothing cancels.

    None where the words of a row compare numbers, or leave the real line.

    Source: W. Squire, G. Trapp (1998), Using complex variables to estimate derivatives of real functions.
    """
    h = max(2.0**-100 * (abs(float(leaf.data)) or 1.0), 2.0**-1020)
    try:
        flat, tilted = (_imaginary(nodes, leaf, tilt) for tilt in (0.0, h))
    except (TypeError, ArithmeticError, ValueError):
        return None
    return tilted / h if flat == 0 and math.isfinite(tilted) else None


def _imaginary(nodes: Sequence[Value], leaf: Value, tilt: float) -> float:
    given = {id(z): Analytic(complex(float(z.data), tilt if z is leaf else 0.0)) for z in nodes if not z.op}
    return float(replayed(nodes, given).number.imag)
