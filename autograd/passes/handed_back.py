"""What one use hands back, in the sides of its line: ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6, without their sum."""

from __future__ import annotations

from autograd.core.value import Value
from autograd.language.products import collected, unfolded
from autograd.passes.shapes import Filled, shapes
from autograd.passes.spans import Use
from autograd.passes.templates import Sides
from autograd.passes.worksheet import Worksheet


def handed_back(sheet: Worksheet, x: Value, use: Use, dialect: str, through: bool = False) -> Sides:
    """The sides of one use.

    Args:
        through: whether a use by J itself is written as ∂J/∂J times its slope.
    """
    shape = shaped(sheet, x, use, dialect, through)
    sides = shape[0].filled(shape[1]) if shape else written(sheet, x, use, dialect, through)
    if sides.terms[-2] == sides.terms[-1]:  # of numbers that read alike the first, which may be rounded
        sides.terms[-1] = sides.terms[-2]
    return sides


def shaped(sheet: Worksheet, x: Value, use: Use, dialect: str, through: bool = False) -> Filled | None:
    """The template of a use's sides and what fills it, if it has one."""
    return shapes(sheet, dialect).of_use(x, use, through, lambda holed: written(holed, x, use, dialect, through))


def written(sheet: Worksheet, x: Value, use: Use, dialect: str, through: bool = False) -> Sides:
    """The sides of one use, written for themselves."""
    z, J = use[0], sheet.output
    slope = sheet.slope_along(use, dialect)
    shares, in_numbers = (sheet.spans.shares(use, words[dialect]) for words in (sheet.words, sheet.filled))
    several = unfolded(shares) if shares else slope
    whole = collected(shares) if shares else slope
    if several.literal:
        several = whole = sheet.given(whole)
    along = several if z is J else sheet.derivative(z, x, dialect)
    numbers = collected(in_numbers) if in_numbers and sheet.fits(use, collected(in_numbers)) else slope
    slopes = [along, several, whole, numbers, slope]
    if whole.literal:
        slopes[2:4] = several, slope
    slopes = [factor.text() for factor in slopes]  # no law drops a factor 1
    if z is not J or through:
        name, gradient = sheet.derivative(J, z, dialect), sheet.gradient(z, dialect)
        factors = [name] * 3 + [gradient] * 2
        slopes = [factor.times(slope) for factor, slope in zip(factors, slopes, strict=True)]
    return Sides([slope.term for slope in slopes], several.literal, whole.note)
