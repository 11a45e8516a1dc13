"""Lines of one shape, written once: one of them with places for its names and numbers, which the others fill.

Of u = b · c and v = x · y, the lines u = b · c = 3 · 2 = 6 and v = x · y = 4 · 5 = 20 have one shape, and so have
what is handed back to b and to x. The first is written with letters that no name is made of in the places of its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from autograd.core.notation import Rounded, Term, joined
from autograd.core.op import OPS, Number, Op
from autograd.core.value import Operand, Value, entry, operands
from autograd.language.formula import LONGEST_SUM, Formula, in_words
from autograd.language.names import Labels, enclosed, quotient
from autograd.passes.spans import Use, Words
from autograd.passes.worksheet import Worksheet, is_close

HOLES = 0xE000  # where Unicode's letters for private use begin
BETWEEN = chr(HOLES - 2)
BRACES = {ord("{"): "{{", ord("}"): "}}"}  # as str.format reads them
Kind = int  # of a text: how tightly it holds, and whether it is rounded
OF_A_USE = 5  # texts behind those of the nodes: ∂J/∂z; z and x in ∂z/∂x; the gradient of z, and the slope


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
    """Sides with places for texts, in one text, which is quicker to fill than several."""

    def __init__(self, sides: Sides, places: dict[int, str]) -> None:
        self.literal, self.note = sides.literal, sides.note
        different = list(dict.fromkeys((text.translate(places), text.__class__, hold) for text, hold in sides.terms))
        self.order = [different.index((text.translate(places), text.__class__, hold)) for text, hold in sides.terms]
        self.write = BETWEEN.join(text for text, _, _ in different).format
        self.kinds = [(kind, hold) for _, kind, hold in different]

    def filled(self, texts: Sequence[str]) -> Sides:
        """Them with these texts."""
        parts = zip(self.write(*texts).split(BETWEEN), self.kinds, strict=True)
        terms = [(text if kind is str else kind(text), hold) for text, (kind, hold) in parts]
        return Sides([terms[k] for k in self.order], self.literal, self.note)


class Told(NamedTuple):
    """How a node is told of: by its name and number, as ∂J/∂x, and as x in ∂z/∂x; and how tightly those texts hold."""

    texts: tuple[str, str]
    gradient: str
    enclosed: str
    kind: Kind


class Shapes:
    """The templates of a worksheet's lines in one dialect, and the texts that fill them."""

    def __init__(self, sheet: Worksheet, dialect: str) -> None:
        self.sheet, self.dialect = sheet, dialect
        self.labels, self.numerals = sheet.words[dialect].labels, sheet.filled[dialect].labels
        self.output = self.labels.term(sheet.output, dialect)[0]
        self.nodes: dict[int, Told] = {}
        self.numbers: dict[Number, tuple[str, Kind]] = {}
        self.templates: dict[tuple[Any, ...], Template | None] = {}

    def told(self, x: Value) -> Told:
        """How a node is told of."""
        found = self.nodes.get(id(x))
        if found is None:
            (name, tightness), numeral = (kind.term(x, self.dialect) for kind in (self.labels, self.numerals))
            texts, gradient = (name, numeral[0]), quotient(self.output, name, self.dialect)
            found = Told(texts, gradient, enclosed(name, self.dialect), 16 * tightness + _kind(numeral))
            self.nodes[id(x)] = found
        return found

    def number(self, x: Number) -> tuple[str, Kind]:
        """A calculated number's text, and its kind."""
        if x.__class__ is Fraction:  # the float that is equal to it has another text
            return self._number(x)
        found = self.numbers.get(x)
        if found is None:
            found = self.numbers[x] = self._number(x)
        return found

    def _number(self, x: Number) -> tuple[str, Kind]:
        term = self.sheet.figure(x, self.dialect)
        return term[0], _kind(term)

    def of_value(self, z: Value, write: Callable[[Worksheet], Sides]) -> Sides | None:
        """The sides of z's line in the forward pass; None where its texts choose what is written.

        Args:
            write: writes them on a worksheet.
        """
        op, nodes = OPS[z.op], operands(z)
        if op.variadic or not self.sheet.spans.single(z) or (_raises(op) and isinstance(nodes[-1], Value)):
            return None
        return self._filled([op.name], [*nodes, z], (), write)

    def of_use(self, x: Value, use: Use, through: bool, write: Callable[[Worksheet], Sides]) -> Sides | None:
        """The sides of what a use hands back to x, or None."""
        z, sheet = use[0], self.sheet
        op = OPS[z.op]
        if op.common or not sheet.spans.single(z):
            return None
        if z.x.__class__ is tuple or z.x is z.y:
            places, slope = [i for _, i in sheet.spans.places(use)], sheet.slope(use)
            if len(places) > LONGEST_SUM:
                return None
        else:
            places, slope = [0 if z.x is x else 1], z.dx if z.x is x else z.dy
        gradient, of_gradient = self.number(sheet.gradients[id(z)])
        along, of_slope = self.number(slope)
        shape = [op.name, z is sheet.output, through, of_gradient, of_slope]
        nodes: list[Operand] = []
        calculated = True
        for i in places:
            column, around = entry(z, i)
            reads, as_calculated = _words(op, column)
            calculated = calculated and as_calculated
            shape.append(column)
            nodes += [z if k < 0 else around[k] for k in reads]
        shape.append(slope == slope if calculated else _comes_to(slope, z, places))
        told = self.told(z)
        others = told.gradient, told.enclosed, self.told(x).enclosed, gradient, along
        return self._filled(shape, nodes, others, write)

    def _filled(
        self, shape: list[Any], nodes: Sequence[Operand], others: Sequence[str], write: Callable[[Worksheet], Sides]
    ) -> Sides | None:
        """The template of a shape with these nodes, filled with their texts and others."""
        texts: list[str] = []
        for x in nodes:
            if isinstance(x, Value):
                told = self.nodes.get(id(x)) or self.told(x)
                texts += told.texts
                shape.append(told.kind)
            else:
                shape += x.__class__, x
        if len(texts) > 2 and len(set(texts)) < len(texts):  # equal texts are one: some are written once
            shape.append(tuple(map(dict[str, int]().setdefault, texts, count())))
        key = tuple(shape)
        if key not in self.templates:
            holed = _Holed(self, nodes, texts)
            sides = write(holed)
            places = {HOLES + i: f"{{{i}}}" for i in range(len(texts) + len(others))} | BRACES
            self.templates[key] = None if holed.chosen else Template(sides, places)
        template = self.templates[key]
        return template.filled((*texts, *others)) if template else None


def shapes(sheet: Worksheet, dialect: str) -> Shapes:
    """Those of a worksheet, which keeps them."""
    if dialect not in sheet.shapes:
        sheet.shapes[dialect] = Shapes(sheet, dialect)
    found: Shapes = sheet.shapes[dialect]
    return found


def _kind(term: Term) -> Kind:
    return 2 * term[1] + isinstance(term[0], Rounded)


def _comes_to(slope: Number, z: Value, places: Iterable[int]) -> bool:
    """Whether the slope as a textbook writes it, by these operands, comes to the number that was recorded."""
    number: Number = 0
    for i in places:
        column, around = entry(z, i)
        number += OPS[z.op].shown_number(column, [x.data if isinstance(x, Value) else x for x in around], z.data)
    return is_close(number, slope)


@cache
def _words(op: Op, column: int) -> tuple[list[int], bool]:
    """Which of its operands, and z as −1, a slope is written with; and whether it is calculated so too."""
    words, calculated = op.shown[column], op.shown[column] is op.partials[column]
    if isinstance(words, int):
        return [], calculated
    letters = {i: chr(HOLES + i) for i in range(len(op.operands))} | {-1: chr(HOLES - 1)}
    text = in_words(words(*map(Formula, letters.values()))).term[0]
    return [i for i, letter in letters.items() if letter in text], calculated


class _Holed(Worksheet):
    """A worksheet whose names and numbers are holes."""

    def __init__(self, shapes: Shapes, nodes: Sequence[Operand], texts: Sequence[str]) -> None:
        vars(self).update(vars(shapes.sheet))
        self.holes = [chr(HOLES + i) for i in range(len(texts) + OF_A_USE)]
        places = [texts.index(text) for text in texts]
        values = [id(x) for x in nodes if isinstance(x, Value)]
        self.chosen: list[Formula] = []
        self.words, self.filled = (
            {
                shapes.dialect: Words(
                    _Holes(labels, {i: self.holes[k] for i, k in zip(values, places[side::2], strict=True)}),
                    shapes.dialect,
                    slope=self._shown,
                )
            }
            for side, labels in enumerate((shapes.labels, shapes.numerals))
        )

    def derivative(self, y: Value, x: Value, dialect: str = "unicode") -> Formula:
        whole, upper, lower, *_ = self.holes[-OF_A_USE:]
        return Formula(whole if y is self.output else quotient(upper, lower, dialect), dialect=dialect)

    def gradient(self, x: Value, dialect: str = "unicode") -> Formula:
        return _in_place(super().gradient(x, dialect), self.holes[-2])

    def slope_along(self, use: Use, dialect: str = "unicode") -> Formula:
        return _in_place(super().slope_along(use, dialect), self.holes[-1])

    def fits(self, use: Use, formula: Formula) -> bool:
        return _comes_to(self.slope(use), use[0], [i for _, i in self.spans.places(use)])

    def _shown(self, z: Value, i: int, labels: Labels, dialect: str, _: object) -> Formula:
        """∂z/∂operand i as a formula of holes."""
        op = OPS[z.op]
        column, around = entry(z, i)
        if isinstance(partial := op.shown[column], int):
            return in_words(partial, dialect)
        *terms, result = [
            Formula(*labels.term(x, dialect), dialect) if isinstance(x, Value) else in_words(x, dialect)
            for x in (*around, z)
        ]
        result = in_words(op.slope(column, terms, result, shown=True), dialect)
        self.chosen += [result] if result.note or _chooses(result) else []
        return result


class _Holes(Labels):
    """What to call each node: a hole in the place of its name or number."""

    def __init__(self, labels: Labels, holes: dict[int, str]) -> None:
        super().__init__(())
        self.labels, self.holes = labels, holes

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        term = self.labels.term(x, dialect)
        return _hole(term, self.holes[id(x)]) if id(x) in self.holes else term


def _in_place(formula: Formula, hole: str) -> Formula:
    return Formula(*_hole(formula.term, hole), formula.dialect, formula.number)


def _hole(term: Term, hole: str) -> Term:
    """What stands in the place of a term: it holds as tightly, and is rounded as that is."""
    text, tightness = term
    return joined(hole, [text]), tightness


@cache
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
