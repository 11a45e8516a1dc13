"""Lines of one shape, written once: one of them with places for its names and numbers, which the others fill.

Of u = b · c and v = x · y, the lines u = b · c = 3 · 2 = 6 and v = x · y = 4 · 5 = 20 have one shape, and so have
those of ∂J/∂b and ∂J/∂x. The first is written with letters that no name is made of in the places of its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import compress, count, pairwise
from typing import Any, TypeVar

from autograd.core.notation import Rounded, Term
from autograd.core.op import OPS, Number, Op
from autograd.core.value import Operand, Value, operands
from autograd.language.formula import LONGEST_SUM, Formula, in_words, joint
from autograd.language.names import Labels
from autograd.passes.spans import Place, Use, Words
from autograd.passes.worksheet import Worksheet, is_close

HOLES = 0xE000  # where Unicode's letters for private use begin
BRACES = {ord("{"): "{{", ord("}"): "}}"}  # as str.format reads them
T = TypeVar("T")


class Shape:
    """What a text has in common with others of its shape; and its terms, names and numbers that are its own.

    Args:
        common: what it has in common from the beginning.
    """

    def __init__(self, sheet: Worksheet, dialect: str, *common: Any) -> None:
        self.sheet, self.dialect = sheet, dialect
        self.common: list[Any] = [dialect, *common]
        self.terms: list[Term] = []
        self.name, self.numeral = (kind[dialect].labels.term for kind in (sheet.words, sheet.filled))

    @classmethod
    def of_value(cls, sheet: Worksheet, z: Value, dialect: str) -> Shape | None:
        """The shape of z's line in the forward pass; None where its texts choose what is written."""
        op, nodes = OPS[z.op], operands(z)
        if op.variadic or not sheet.spans.single(z) or (_raises(op) and isinstance(nodes[-1], Value)):
            return None
        shape = cls(sheet, dialect, op.name)
        shape.see((*nodes, z))
        return shape

    @classmethod
    def of_use(cls, sheet: Worksheet, x: Value, use: Use, dialect: str, *common: Any) -> Shape | None:
        """The shape of what a use hands back to x."""
        z, places, slope = use[0], sheet.spans.places(use), sheet.slope(use)
        op, nodes = OPS[z.op], operands(z)
        if op.common or not sheet.spans.single(z) or len(places) > LONGEST_SUM:
            return None
        shape = cls(sheet, dialect, op.name, z is sheet.output, _comes_to(slope, places), *common)
        names = [shape.name(y, dialect) for y in (sheet.output, x, z)]
        if any(" " in name for name, _ in names):  # which stands in parentheses in a derivative's name
            return None
        numbers = sheet.gradients[id(z)], slope, sheet.gradients[id(x)]
        shape.terms += names + [sheet.figure(number, dialect) for number in numbers]
        for _, i in places:
            column, entry = op.entry(i, nodes)
            shape.common.append(column)
            shape.see(compress((*entry, z), _reads(op, column)))
        return shape

    def see(self, nodes: Iterable[Operand]) -> None:
        """Add nodes in their order: of constants, themselves; of others, what they are called and their numbers."""
        for x in nodes:
            if isinstance(x, Value):
                self.terms += self.name(x, self.dialect), self.numeral(x, self.dialect)
            self.common.append(None if isinstance(x, Value) else (x.__class__, x))

    def template(self, write: Callable[[Worksheet, Mapping[int, str]], T]) -> T | None:
        """What is written for this shape, which this one's `texts` can fill; None where numbers choose what is written.

        Args:
            write: writes it on a worksheet of holes, which are letters; by each, its place among the texts.
        """
        self.texts, tightness = zip(*self.terms, strict=True)
        places: dict[str, int] = {}
        alike = tuple(map(places.setdefault, self.texts, count()))  # equal texts are one: some are written once
        key = *self.common, tightness, *map(type, self.texts), alike
        templates = self.sheet.templates
        if key not in templates:
            holed = _Holed(self.sheet, self.dialect, places)
            template = write(holed, {HOLES + i: f"{{{i}}}" for i in alike} | BRACES)
            templates[key] = None if holed.chosen else template
        found: T | None = templates[key]
        return found

    def line(self, sides: Callable[[Worksheet], Sequence[str]]) -> str:
        """The line with these sides, each of equal ones once; "" where numbers choose what is written."""
        template = self.template(lambda holed, places: _Line(sides(holed), places))
        return template.filled(self.texts) if template else ""


class _Line:
    """The sides of a line with places for its texts, and the sign before each."""

    def __init__(self, sides: Sequence[str], places: Mapping[int, str]) -> None:
        self.first, *rest = [side.translate(places).format for side in sides]
        self.rest = [(joint(*pair), side) for pair, side in zip(pairwise(sides), rest, strict=True)]

    def filled(self, texts: Sequence[str]) -> str:
        """The line with these texts."""
        line = before = self.first(*texts)
        for equals, write in self.rest:
            side = write(*texts)
            if side != before:
                line += equals + side
            before = side
        return line


def _comes_to(slope: Number, places: Iterable[Place]) -> bool:
    """Whether a slope as a textbook writes it, of these places, comes to the number that was recorded."""
    number: Number = 0
    for z, i in places:
        op = OPS[z.op]
        column, entry = op.entry(i, operands(z))
        number += op.shown_number(column, [x.data if isinstance(x, Value) else x for x in entry], z.data)
    return is_close(number, slope)


@cache
def _reads(op: Op, column: int) -> list[bool]:
    """Which of its operands, and behind them z, a slope is written with."""
    words = op.shown[column]
    if isinstance(words, int):
        return []
    letters = [chr(HOLES + i) for i in range(len(op.operands) + 1)]
    text = in_words(words(*map(Formula, letters))).term[0]
    return [letter in text for letter in letters]


class _Holed(Worksheet):
    """A worksheet whose names and numbers are holes."""

    def __init__(self, sheet: Worksheet, dialect: str, places: Mapping[str, int]) -> None:
        vars(self).update(vars(sheet))
        self.holes = {text: chr(HOLES + i) for text, i in places.items()}
        self.chosen: list[Formula] = []
        self.words, self.filled = (
            {dialect: Words(_Holes(words[dialect].labels, self.hole), dialect, slope=self._shown)}
            for words in (sheet.words, sheet.filled)
        )

    def hole(self, term: Term) -> Term:
        """What stands in the place of a term: it holds as tightly, and is rounded as that is."""
        text, tightness = term
        hole = self.holes.get(text, text)  # of what the slope is not written with, there is none
        return Rounded(hole, text.about) if isinstance(text, Rounded) else hole, tightness

    def number(self, x: Number, dialect: str = "unicode") -> Formula:
        return Formula(*self.hole(self.figure(x, dialect)), dialect)

    def fits(self, use: Use, formula: Formula) -> bool:
        return _comes_to(self.slope(use), self.spans.places(use))

    def _shown(self, z: Value, i: int, labels: Labels, dialect: str, _: object) -> Formula:
        """∂z/∂operand i as a formula of holes."""
        op = OPS[z.op]
        column, entry = op.entry(i, operands(z))
        if isinstance(partial := op.shown[column], int):
            return in_words(partial, dialect)
        *terms, result = [
            Formula(*labels.term(x, dialect), dialect) if isinstance(x, Value) else in_words(x, dialect)
            for x in (*entry, z)
        ]
        result = in_words(op.slope(column, terms, result, shown=True), dialect)
        self.chosen += [result] if result.note or _chooses(result) else []
        return result


class _Holes(Labels):
    """What to call each node: a hole in the place of its name or number."""

    def __init__(self, labels: Labels, hole: Callable[[Term], Term]) -> None:
        super().__init__(())
        self.labels, self.hole = labels, hole

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        term = self.labels.term(x, dialect)
        return self.hole(term) if isinstance(x, Value) else term


def _raises(op: Op) -> bool:
    """Whether an operation is a power, which is written x² if the exponent is a whole number."""
    return "^" in op.written["unicode"].template


def _chooses(formula: Formula) -> bool:
    """Whether numbers may choose what is written: where it has a choice, as [x > 0], or a power that may be whole."""
    stack: list[Formula] = [formula]
    while stack:
        op, parts = stack.pop().made or (None, ())
        if op and ((op.kink and not op.infix) or 0 in op.partials):
            return True
        if op and _raises(op) and not parts[-1].literal:
            return True
        stack.extend(parts)
    return False
