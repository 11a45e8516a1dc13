"""What one use hands back, in the sides of its line: written once for nodes of one shape, with holes for the rest.

Of u = b · c and v = x · y, ∂J/∂u · c = 3 · 2 and ∂J/∂v · y = 4 · 5 have one shape. The first is written with holes in
the places of its names and numbers, letters that no name is made of, and the others fill them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd.core.notation import Rounded, Term
from autograd.core.op import OPS, Number
from autograd.core.value import Operand, Value, operands
from autograd.language.formula import LONGEST_SUM, Formula, in_words
from autograd.language.names import Labels
from autograd.language.numbers import figure
from autograd.language.products import collected, unfolded
from autograd.passes.spans import Spans, Use, Words
from autograd.passes.worksheet import Worksheet, is_close

HOLES = 0xE000  # where Unicode's letters for private use begin


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


@dataclass(frozen=True)
class Parts:
    """What the sides are made of: ∂J/∂z, ∂z/∂x, their numbers, and how ∂z/∂x is written in words and in numbers."""

    name: Formula
    along: Formula
    gradient: Formula
    slope: Formula
    words: Words
    filled: Words


def handed_back(sheet: Worksheet, x: Value, use: Use, dialect: str, through: bool = False) -> HandedBack:
    """The sides of one use.

    Args:
        through: whether a use by J itself is written as ∂J/∂J times its slope.
    """
    z, slope, J = use[0], sheet.slope(use), sheet.output
    parts = Parts(
        sheet.derivative(J, z, dialect),
        sheet.derivative(z, x, dialect),
        sheet.number(sheet.gradients[id(z)], dialect),
        sheet.number(slope, dialect),
        sheet.words[dialect],
        sheet.filled[dialect],
    )
    kind = dialect, z is J, z is J and not through
    shape = Shape(kind, parts)
    if sheet.spans.single(z) and shape.sees(sheet.spans, use, slope):
        template = sheet.templates.get(shape.whole, ())
        if template == ():
            template = sheet.templates[shape.whole] = _template(sheet.spans, use, shape)
        if template:
            return shape.fill(template)
    return _written(sheet.spans, use, parts, kind, lambda text: is_close(text.number, slope))


def _written(
    spans: Spans, use: Use, parts: Parts, kind: tuple[str, bool, bool], fits: Callable[[Formula], bool]
) -> HandedBack:
    """The sides, written.

    Args:
        kind: the dialect, whether the use is by J, and whether it then stands without ∂J/∂J.
        fits: whether a slope written in numbers comes to what was recorded.
    """
    _, by_output, alone = kind
    shares, in_numbers = (spans.shares(use, words) for words in (parts.words, parts.filled))
    several = unfolded(shares) if shares else parts.slope
    whole = collected(shares) if shares else parts.slope
    along, numbers = several if by_output else parts.along, collected(in_numbers) if in_numbers else parts.slope
    slopes = [along, several, whole, numbers if fits(numbers) else parts.slope, parts.slope]
    if whole.literal:
        slopes[2:4] = several, parts.slope
    slopes = [slope.text() for slope in slopes]  # no law drops a factor 1
    if not alone:
        factors = [parts.name] * 3 + [parts.gradient] * 2
        slopes = [factor.times(slope) for factor, slope in zip(factors, slopes, strict=True)]
        slopes = _once(slopes)
    return HandedBack(tuple(slopes), several.literal, whole.note)


def _once(sides: Sequence[Formula]) -> list[Formula]:
    """Of products that read alike, in words or in numbers, the first, which may be rounded."""
    words: dict[Term, Formula] = {}
    numbers: dict[Term, Formula] = {}
    return [kind.setdefault(side.term, side) for kind, side in zip((words,) * 3 + (numbers,) * 2, sides, strict=True)]


class Shape:
    """What two uses have in common if their sides differ in names and numbers only.

    Names and numbers become holes, equal ones the same, each with how tightly it holds and whether it is rounded.
    """

    def __init__(self, kind: tuple[str, bool, bool], parts: Parts) -> None:
        self.kind, self.parts = kind, parts
        self.texts: dict[int, str] = {}
        self.known: dict[tuple[str, int, str], Term] = {}
        self.key: list[Any] = []
        self.holes = [self.hole(f.term) for f in (parts.name, parts.along, parts.gradient, parts.slope)]

    def hole(self, term: Term) -> Term:
        """What stands in the place of a term."""
        text, tightness = term
        about = getattr(text, "about", "")
        hole = self.known.get((text, tightness, about))
        if hole is None:
            letter = HOLES + len(self.texts)
            self.texts[letter] = text
            hole = self.known[text, tightness, about] = Rounded(chr(letter), about) if about else chr(letter), tightness
        self.key.append((hole, about))
        return hole

    def sees(self, spans: Spans, use: Use, slope: Number) -> bool:
        """Look at what the slope is made of; whether that can become holes."""
        z, places = use[0], spans.places(use)
        op, nodes, dialect = OPS[z.op], operands(z), self.kind[0]
        if op.common or len(places) > LONGEST_SUM:
            return False
        number: Number = 0
        self.terms: tuple[dict[int, Term], dict[int, Term]] = {}, {}
        for _, i in places:
            column, entry = op.entry(i, nodes)
            seen = () if isinstance(op.shown[column], int) else (*entry, z)
            for x in seen:
                if isinstance(x, Value):
                    for labels, terms in zip(
                        (self.parts.words.labels, self.parts.filled.labels), self.terms, strict=True
                    ):
                        terms[id(x)] = self.hole(labels.term(x, dialect))
                else:
                    self.key.append((x.__class__, x))
            self.key.append(column)
            number += op.shown_number(column, [x.data if isinstance(x, Value) else x for x in entry], z.data)
        self.key.append(is_close(number, slope))
        self.whole = self.kind, op.name, tuple(self.key)
        return True

    def fill(self, template: HandedBack) -> HandedBack:
        """The sides with this one's names and numbers."""
        sides = [self._filled(*side.term) for side in template.sides]
        return replace(template, sides=tuple(sides if self.kind[2] else _once(sides)))

    def _filled(self, text: str, tightness: int) -> Formula:
        filled = text.translate(self.texts)
        return Formula(Rounded(filled, text.about) if isinstance(text, Rounded) else filled, tightness, self.kind[0])


def _template(spans: Spans, use: Use, shape: Shape) -> HandedBack | None:
    """The sides with holes; None where numbers choose what is written, so that they cannot be holes."""
    chosen: list[Formula] = []

    def slope(z: Value, i: int, labels: Labels, dialect: str, _: object) -> Formula:
        op = OPS[z.op]
        column, entry = op.entry(i, operands(z))
        if isinstance(partial := op.shown[column], int):
            return in_words(partial, dialect)
        *terms, result = [
            Formula(*labels.term(x, dialect), dialect) if isinstance(x, Value) else in_words(x, dialect)
            for x in (*entry, z)
        ]
        result = in_words(op.slope(column, terms, result, shown=True), dialect)
        chosen.extend([result] if result.note or _chooses(result) else [])
        return result

    dialect, close = shape.kind[0], shape.key[-1]
    words, filled = (Words(_Holes(terms), dialect, slope=slope) for terms in shape.terms)
    name, along, gradient, number = (Formula(*hole, dialect) for hole in shape.holes)
    parts = Parts(name, along, gradient, number, words, filled)
    sides = _written(spans, use, parts, shape.kind, lambda _: close)
    return None if chosen else sides


class _Holes(Labels):
    """What to call each node: its hole."""

    def __init__(self, terms: dict[int, Term]) -> None:
        super().__init__(())
        self.terms = terms

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        return self.terms[id(x)] if isinstance(x, Value) else figure(x, dialect, given=True)


def _chooses(formula: Formula) -> bool:
    """Whether numbers may choose what is written: where it has a choice, as [x > 0], or a power that may be whole."""
    stack: list[Formula] = [formula]
    while stack:
        op, parts = stack.pop().made or (None, ())
        if op and ((op.kink and not op.infix) or 0 in op.partials):
            return True
        if op and "^" in op.written["unicode"].template and not parts[-1].literal:
            return True
        stack.extend(parts)
    return False
