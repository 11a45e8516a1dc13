"""Sides of equations with places for names and numbers: written once, and filled in each line of their shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, cached_property
from operator import itemgetter
from typing import NamedTuple

from autograd.core.notation import ATOM, ROUNDED, Kind, Rounded, Term
from autograd.language.formula import Formula, chain, chained

HOLES = 0xD800  # halves of surrogate pairs, which no name has: `symbol` shows them as �
BETWEEN = chr(0xDFFF)
_HOLES = frozenset(map(chr, range(HOLES, ord(BETWEEN))))
Filler = Callable[[Sequence[str]], str]


class Sides(NamedTuple):
    """The sides of a line, or of what one use hands back to x.

    Attributes:
        terms: ∂J/∂u · ∂u/∂x; with its shares a + a, and their sum 2 · a; in numbers with 2 · 3, and 6.
        literal: whether ∂u/∂x is a number alone, so that words for it are not needed.
        note: the convention that it needs at a kink or tie.
    """

    terms: list[Term]
    literal: bool = False
    note: str = ""


class Template:
    """Sides with holes.

    Args:
        sides: them.
        marks: characters that no text for a hole has.
        ends: what stands on the left of what a use hands back, and on the right, with holes.
    """

    def __init__(self, sides: Sides, dialect: str, marks: str, ends: tuple[str, str]) -> None:
        self.sides, self.dialect, self.marks, self.ends = sides, dialect, marks, ends
        self.counted = not sides.literal and sides.terms[1:2] != sides.terms[2:3]
        self._fillers = [(filler(text), text.__class__, hold) for text, hold in sides.terms]
        self._rows: dict[int, Row] = {}
        self._summands: dict[tuple[bool, Sequence[int]], Summand] = {}

    def filled(self, texts: Sequence[str]) -> Sides:
        """The sides with these texts."""
        terms = [(kind(fill(texts)), hold) for fill, kind, hold in self._fillers]
        return Sides(terms, self.sides.literal, self.sides.note)

    @cached_property
    def alone(self) -> Row:
        """The sides in a row."""
        return Row([text for text, _ in self.sides.terms], self.marks)

    def between(self, rounded: int) -> Row:
        """The sides that a use hands back, between the ends.

        Args:
            rounded: 1 if the result is, else 0.
        """
        row = self._rows.get(rounded)
        if row is None:
            terms, (first, last) = [self.sides.terms[i] for i in parts([self])], self.ends
            last = ROUNDED[self.dialect](last) if rounded else last
            alike = len(terms) if _holds_alike(terms) else 0
            row = self._rows[rounded] = Row([first, *(text for text, _ in terms), last], self.marks, alike)
        return row

    def summand(self, first: bool, which: Sequence[int]) -> Summand:
        """Some of the sides as terms of sums, the first terms or later ones."""
        key = first, which
        if key not in self._summands:
            self._summands[key] = Summand([self.sides.terms[i] for i in which], first, self.dialect)
        return self._summands[key]


def parts(templates: Sequence[Template]) -> Sequence[int]:
    """Which sides of uses are told: words for slopes where one is no number; twice where equal shares are counted."""
    for each in templates:
        if each.counted:
            return 0, 1, 2, 3, 4
    for each in templates:
        if not each.sides.literal:
            return 0, 1, 3, 4
    return 0, 3, 4


class Row:
    """Sides with equals signs between them, as `chain` writes them.

    Args:
        alike: the place of a side which, if it reads as the one before, is that, rounded or not; 0 for none.
    """

    def __init__(self, sides: Sequence[str], marks: str, alike: int = 0) -> None:
        self.sides, self.alike = sides, alike
        pairs = ((i, _difference(sides[i - 1], sides[i], marks)) for i in range(1, len(sides)))
        self.pairs = [(1 << i, *pair) for i, pair in pairs if pair]
        self._fillers: dict[int, Filler] = {}

    def filled(self, texts: Sequence[str]) -> str:
        """The line with these texts."""
        equal = 0
        for bit, left, right in self.pairs:
            if left(texts) == right(texts):
                equal |= bit
        fill = self._fillers.get(equal)
        if fill is None:
            fill = self._fillers[equal] = filler(self._joined(equal))
        return fill(texts)

    def _joined(self, equal: int) -> str:
        sides = list(self.sides)
        for i in range(1, len(sides)):
            if equal >> i & 1:
                sides[i] = sides[i - 1] if i == self.alike else sides[i].__class__(sides[i - 1])
        return chain(*sides)


class Summand:
    """Sides as terms of sums, in parentheses where they need them, with holes."""

    def __init__(self, terms: Sequence[Term], first: bool, dialect: str) -> None:
        self.fill = filler(BETWEEN.join(_summand(hold, first, dialect).format(text) for text, hold in terms))
        *_, before, last = rounds = [isinstance(text, Rounded) << i for i, (text, _) in enumerate(terms)]
        self.rounded = sum(rounds)
        self.alike = self.rounded - last + 2 * before if _holds_alike(terms) else self.rounded


def added(uses: Sequence[tuple[Template, Sequence[str]]], ends: tuple[str, str, Kind]) -> str:
    """The line of what several uses hand back.

    Args:
        uses: their templates, and the texts for these.
        ends: what stands on the left, the result, and of which kind that is.
    """
    which, dialect = parts([template for template, _ in uses]), uses[0][0].dialect
    rows: list[list[str]] = []
    rounded = (ends[2] & 1) << len(which)
    for template, texts in uses:
        summand = template.summand(not rows, which)
        row = summand.fill(texts).split(BETWEEN)
        rounded |= summand.alike if row[-1] == row[-2] else summand.rounded
        rows.append(row)
    return chained([ends[0], *map(_plus(dialect).join, zip(*rows, strict=True)), ends[1]], rounded << 1, dialect)


def filler(text: str) -> Filler:
    """A text with holes as a function of what fills them.

    >>> filler(f"{chr(HOLES + 1)} · {chr(HOLES)}")(["a", "b"])
    'b · a'
    """
    holes = [ord(c) - HOLES for c in text if c in _HOLES]
    if not holes:
        return lambda texts: text
    chosen, pattern = itemgetter(*holes), "".join("%s" if c in _HOLES else c for c in text.replace("%", "%%"))
    return chosen if pattern == "%s" else lambda texts: pattern % chosen(texts)


def _difference(a: str, b: str, marks: str) -> tuple[Filler, Filler] | None:
    """What is to be compared to know whether two sides read alike; None if they never do."""
    if any(a.count(c) != b.count(c) for c in marks):
        return None
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return filler(a), filler(b)


def _holds_alike(terms: Sequence[Term]) -> bool:
    return terms[-1][1] == terms[-2][1]


@cache
def _plus(dialect: str) -> str:
    """What stands between the terms of a sum."""
    nothing = Formula("", ATOM, dialect)
    return (nothing + nothing).term[0]


@cache
def _summand(hold: int, first: bool, dialect: str) -> str:
    """A term that holds so tightly, as a sum has it: {0}, or ({0})."""
    term, other = Formula("{0}", hold, dialect), Formula("", ATOM, dialect)
    total = term + other if first else other + term
    return total.term[0].removesuffix(_plus(dialect)) if first else total.term[0].removeprefix(_plus(dialect))
