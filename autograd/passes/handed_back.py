"""What one use hands back, in the sides of its line: ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6, without their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograd.core.notation import Rounded, Term
from autograd.core.value import Value
from autograd.language.formula import Formula
from autograd.language.products import collected, unfolded
from autograd.passes.shapes import Shape
from autograd.passes.spans import Use
from autograd.passes.worksheet import Worksheet


@dataclass(frozen=True)
class HandedBack:
    """What one use hands back to x.

    Attributes:
        sides: ∂J/∂u · ∂u/∂x; with its shares a + a, and their sum 2 · a; in numbers with 2 · 3, and 6.
        literal: whether ∂u/∂x is a number alone, so that words for it are not needed.
        note: the convention that it needs at a kink or tie.
    """

    sides: tuple[Formula, ...]
    literal: bool
    note: str = ""


def handed_back(sheet: Worksheet, x: Value, use: Use, dialect: str, through: bool = False) -> HandedBack:
    """The sides of one use.

    Args:
        through: whether a use by J itself is written as ∂J/∂J times its slope.
    """
    if shape := Shape.of_use(sheet, x, use, dialect, "use", through):
        template = shape.template(lambda holed, places: _Template(written(holed, x, use, dialect, through), places))
        if template:
            return template.filled(shape.texts)
    return written(sheet, x, use, dialect, through)


def written(sheet: Worksheet, x: Value, use: Use, dialect: str, through: bool = False) -> HandedBack:
    """The sides of one use, written for themselves."""
    z, J = use[0], sheet.output
    slope = sheet.number(sheet.slope(use), dialect)
    shares, in_numbers = (sheet.spans.shares(use, words[dialect]) for words in (sheet.words, sheet.filled))
    several = unfolded(shares) if shares else slope
    whole = collected(shares) if shares else slope
    along = several if z is J else sheet.derivative(z, x, dialect)
    numbers = collected(in_numbers) if in_numbers and sheet.fits(use, collected(in_numbers)) else slope
    slopes = [along, several, whole, numbers, slope]
    if whole.literal:
        slopes[2:4] = several, slope
    slopes = [factor.text() for factor in slopes]  # no law drops a factor 1
    if z is not J or through:
        name, gradient = sheet.derivative(J, z, dialect), sheet.number(sheet.gradients[id(z)], dialect)
        factors = [name] * 3 + [gradient] * 2
        slopes = _once([factor.times(slope) for factor, slope in zip(factors, slopes, strict=True)])
    return HandedBack(tuple(slopes), several.literal, whole.note)


class _Template:
    """What a use hands back, with places for its texts."""

    def __init__(self, back: HandedBack, places: Mapping[int, str]) -> None:
        self.back = back
        self.sides = [(side, side.term[0].translate(places).format) for side in back.sides]

    def filled(self, texts: Sequence[str]) -> HandedBack:
        """It with these texts."""
        return replace(self.back, sides=tuple(_like(side, write(*texts)) for side, write in self.sides))


def _like(side: Formula, text: str) -> Formula:
    """Another text that holds as tightly, and is rounded, as a formula."""
    before, tightness = side.term
    return Formula(Rounded(text, before.about) if isinstance(before, Rounded) else text, tightness, side.dialect)


def _once(sides: Sequence[Formula]) -> list[Formula]:
    """Of products that read alike, in words or in numbers, the first, which may be rounded."""
    words: dict[Term, Formula] = {}
    numbers: dict[Term, Formula] = {}
    return [kind.setdefault(side.term, side) for kind, side in zip((words,) * 3 + (numbers,) * 2, sides, strict=True)]
