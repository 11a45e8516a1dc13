"""What a derivative should be, without the chain rule: difference quotients, and slopes on either side of a kink."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from autograd.core.value import Number, magnitude

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
    jump: bool = False  # f itself changes at x, and has no slope there
    unit: float = 0.0  # |f| for each scale of x: what a slope is small or large beside

    @property
    def quality(self) -> tuple[float, float]:
        """The less, the better: the relative error; among those without two digits, the absolute one."""
        size = 1e-2 * float(magnitude(self.value))
        return self.error / size if self.error < size else 1.0 if self.error else 0.0, self.error

    def distance(self, x: Number) -> Number:
        """How far x is from what this allows: the value, or all between the slopes of the sides."""
        if self.sides:
            low, high = sorted(self.sides)
            return max(low - x, x - high, 0)
        return 0 if x == self.value else magnitude(x - self.value)


def quotient(f: Function, x: Number, step: float | None = None, noise: float = 0.0) -> Quotient:
    """The slope of f at x: central differences, extrapolated once (L. F. Richardson 1911), at the steadiest step.

    Args:
        f: a function of one number; it may raise outside of its domain.
        x: where; an int or Fraction that f keeps exact is differentiated exactly, to 1e-20.
        step: h; default: chosen by the scale of x and of f, and ever smaller where a pole or a kink is near.
        noise: how far rounding may carry f, beside its own last place.
    """
    f = defined(f)
    middle = f(x)
    if isinstance(x, int | Fraction) and isinstance(middle, int | Fraction):
        return _exact(f, x)
    x, scale = float(x), max(abs(float(x)), 1.0)
    steps = [step] if step else [h * scale for h in STEPS] + [h * abs(x) for h in STEPS if 0 < abs(x) < 1]
    best, chosen = Quotient(math.nan, math.inf), steps[0]
    for h in steps:
        central = _central(f, x, h, noise)
        if central.quality < best.quality:
            best, chosen = central, h
        if best.error <= ENOUGH * magnitude(best.value):
            break
    return replace(_with_sides(f, x, middle, chosen, best, noise), unit=abs(float(middle)) / scale)


def defined(f: Function) -> Function:
    """f with nan outside of its domain."""

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


def _central(f: Function, x: float, h: float, noise: float) -> Quotient:
    """(4D(h/2) − D(h)) / 3 of central quotients D, and its error: what truncation and rounding may do."""
    h = (x + h) - x  # what the difference of the two floats will be
    near, far = (x - h / 2, x + h / 2), (x - h, x + h)
    if not far[0] < near[0] < x < near[1] < far[1]:
        return Quotient(math.nan, math.inf)
    values = [f(p) for p in (*near, *far)]
    half = (values[1] - values[0]) / (near[1] - near[0])
    whole = (values[3] - values[2]) / (far[1] - far[0])
    value = (4 * half - whole) / 3
    error = magnitude(value - half) + (4 * EPSILON * max([magnitude(y) for y in values]) + noise) / h
    return Quotient(value, error) if math.isfinite(value) else Quotient(math.nan, math.inf)


def _with_sides(f: Function, x: float, middle: Number, h: float, central: Quotient, noise: float) -> Quotient:
    """The quotient, with the slopes of both sides where f has a kink, a jump or an edge at x."""
    if math.isinf(central.error):
        h = max(abs(x), 1.0) * 2.0**-20
    outside, before, after, beyond = points = [f(x + i * h / 2) for i in (-2, -1, 1, 2)]
    rounding = 64 * EPSILON * max([magnitude(y) for y in (*points, middle)]) + 4 * noise
    bend = magnitude(outside - 4 * before + 6 * middle - 4 * after + beyond)  # O(h⁴) where f is smooth, O(h) at a kink
    is_smooth = bend <= 1e-3 * (magnitude(before - middle) + magnitude(after - middle)) + rounding
    if is_smooth and central.error <= 1e-6 * magnitude(central.value):
        return central
    close = max(h * 2.0**-30, 16 * math.ulp(x))
    jumps = _rise(f, x, middle, close) > max(_rise(f, x, middle, max(h * 2.0**-20, 64 * close)) / 4, rounding)
    if is_smooth and not jumps:
        return central
    left, right = (_side(f, x, sign * h) for sign in (-1, 1))
    if math.isnan(left) or math.isnan(right):
        return _at_edge(f, x, h if math.isnan(left) else -h)
    if jumps or _differ(left, right, *(_side(f, x, sign * h / 256) for sign in (-1, 1))):
        return Quotient(central.value, 1e-6 * max(abs(left), abs(right)), (left, right), jump=jumps)
    return central


def _rise(f: Function, x: float, middle: Number, h: float) -> float:
    """How far f comes in a step to either side: where it jumps, as far in the smallest."""
    return max(abs(float(f(x + side) - middle)) for side in (-h, h))


def _differ(left: float, right: float, close_left: float, close_right: float) -> bool:
    """Whether the slopes of two sides stay apart as the step shrinks to 1/256; those of a smooth f come together."""
    gap = abs(close_left - close_right)
    return gap > abs(left - right) / 4 and gap > 1e-4 * max(abs(close_left), abs(close_right))


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
