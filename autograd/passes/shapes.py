"""Lines of one shape, written once: one of them with places for its names and numbers, which the others fill.

Of u = b · c and v = x · y, the lines u = b · c = 3 · 2 = 6 and v = x · y = 4 · 5 = 20 have one shape, and so have
what is handed back to b and to x. The first is written with letters that no name is made of in the places of its texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, count, repeat
from typing import Any, NamedTuple

from autograd.core.notation import OPEN, Kind, kind
from autograd.core.op import OPS, Number, Op
from autograd.core.value import Operand, Value, entry, operands
from autograd.language.formula import LONGEST_SUM
from autograd.language.names import enclosed
from autograd.language.numbers import figures
from autograd.passes.holed import Holed, of_vectors
from autograd.passes.slope_words import comes_to, order, raises, words_of
from autograd.passes.spans import Use
from autograd.passes.templates import Sides, Template
from autograd.passes.worksheet import Worksheet

AT_ONCE = 512  # nodes whose texts are written together
MARKS = {"unicode": " ∂(=|√", "latex": ""}  # of formulas, not of numbers nor of most names
MOST = 500  # operands of a line that is written with holes
Filled = tuple[Template, Sequence[str]]  # a template, and what fills it


class Told(NamedTuple):
    """How a node is told of: by its name and its number, and in ∂z/∂x.

    Attributes:
        kind: how tightly the two texts hold, and whether the name may read as a formula.
        enclosed: the name as it stands in a derivative.
        gradient, of_gradient: that number, and its kind.
    """

    name: str
    number: str
    kind: int
    enclosed: str
    gradient: str = ""
    of_gradient: Kind = 0


ODD = 1 << 8  # in a kind
_MARKED = re.compile(f"[{MARKS['unicode']}]")


class Shapes:
    """The templates of a worksheet's lines in one dialect, and the texts that fill them."""

    def __init__(self, sheet: Worksheet, dialect: str) -> None:
        self.sheet, self.dialect = sheet, dialect
        self.labels, self.numerals = sheet.words[dialect].labels, sheet.filled[dialect].labels
        self.output = self.labels.term(sheet.output, dialect)[0]
        self.nodes: dict[int, Told] = {}
        self.numbers: dict[Number, tuple[str, Kind]] = {}
        self.constants: dict[tuple[type, Number], Told] = {}
        self.templates: dict[tuple[Any, ...], Template | None] = {}

    # ── texts ─────────────────────────────────────────────────────────────────────────────────────

    def told(self, x: Value) -> Told:
        """How a node is told of."""
        told = self.nodes.get(id(x))
        if told is None:
            place = self.sheet.places.get(id(x))
            start = None if place is None else place - place % AT_ONCE
            self._tell([x] if start is None else self.sheet.lines[start : start + AT_ONCE])
            told = self.nodes[id(x)]
        return told

    def _tell(self, nodes: Sequence[Value]) -> None:
        received = list(map(self.sheet.gradients.get, map(id, nodes)))
        written: list[Any] = [*received, *(z._data for z in nodes if z.op)]
        for z in nodes:
            written += chain(*z.dx) if z.dx.__class__ is tuple else (z.dx, z.dy)
        self._write(written)
        names, numerals = (labels.told(nodes, self.dialect) for labels in (self.labels, self.numerals))
        usual = not _MARKED.search("\n".join([name for name, _ in names]))
        for x, g, (name, of_name), (number, of_number) in zip(nodes, received, names, numerals, strict=True):
            whole, end = 16 * of_name + of_number, name
            if not usual and _MARKED.search(name):
                whole, end = whole + ODD, enclosed(name, self.dialect)
            gradient, of_gradient = ("", 0) if g is None else self.number(g)
            self.nodes[id(x)] = Told(name, number, whole, end, gradient, of_gradient)

    def constant(self, x: Number) -> Told:
        """How a number in a formula is told of."""
        key = x.__class__, x
        if key not in self.constants:
            name, number = (each.term(x, self.dialect) for each in (self.labels, self.numerals))
            self.constants[key] = Told(name[0], number[0], 16 * kind(name) + kind(number), "")
        return self.constants[key]

    def _write(self, numbers: Iterable[Number | None]) -> None:
        """Write many numbers at once."""
        fresh = [x for x in {*numbers}.difference(self.numbers) if x.__class__ is float]
        texts = figures(fresh, self.dialect, self.sheet.digits)
        self.numbers.update(zip(fresh, texts, strict=True))

    def number(self, x: Number) -> tuple[str, Kind]:
        """A calculated number's text, and its kind."""
        written = self.numbers.get(x) if x.__class__ is float else None  # a fraction that is equal has another text
        if written is None:
            term = self.sheet.figure(x, self.dialect)
            written = term[0], kind(term)
            if x.__class__ is float:
                self.numbers[x] = written
        return written

    # ── lines ─────────────────────────────────────────────────────────────────────────────────────

    def of_value(self, z: Value, write: Callable[[Worksheet], Sides]) -> Filled | None:
        """The sides of z's line in the forward pass; None where its texts choose what is written.

        Args:
            write: writes them on a worksheet.
        """
        if not z.op:
            return self._filled([""], [z], (), write)
        op = OPS[z.op]
        if not self.sheet.spans.single(z) or (raises(op) and isinstance(z.y, Value)):
            return None
        if op.variadic:
            return self._of_vectors(z, op, write) if len(operands(z)) <= MOST else None
        nodes, shape = [*operands(z), z], list[Any]([z.op])
        if z.x.__class__ is tuple or z.x is z.y:
            shape.append(tuple(map(dict[int, int]().setdefault, map(id, nodes), count())))
        return self._filled(shape, nodes, (), write, free=not raises(op))

    def _of_vectors(self, z: Value, op: Op, write: Callable[[Worksheet], Sides]) -> Filled | None:
        """The sides of a sum or dot product, whose entries stand in the parentheses that they need."""
        told, kinds = self.told(z), 0
        texts = [told.name, told.number]
        needs = op.written[self.dialect].needs or repeat(OPEN)
        for column, need in zip(op.columns(operands(z)), needs, strict=False):
            for x in column:
                entry = (self.nodes.get(id(x)) or self.told(x)) if isinstance(x, Value) else self.constant(x)
                kinds |= entry.kind
                texts.append(entry.name if entry.kind // 16 % 16 >= 2 * need else f"({entry.name})")
                texts.append(entry.number if entry.kind % 16 >= 2 * need else f"({entry.number})")
        stems = self.labels.stems(op, operands(z), self.dialect)
        key = z.op, len(texts), len(stems), told.kind, kinds & (ODD + 16 + 1)
        texts += stems
        if key not in self.templates:
            holed = of_vectors(self.sheet, self.dialect, texts, stems, (told.kind, kinds))
            marks = "" if (kinds | told.kind) & ODD else MARKS[self.dialect][:1]
            self.templates[key] = Template(write(holed), self.dialect, marks, ("", ""))
        return self.templates[key], texts  # type: ignore[return-value]

    def of_use(self, x: Value, use: Use, through: bool, write: Callable[[Worksheet], Sides]) -> Filled | None:
        """The sides of what a use hands back to x, or None."""
        z, sheet = use[0], self.sheet
        op = OPS[z.op]
        if op.common or not sheet.spans.single(z):
            return None
        many = z.x.__class__ is tuple or z.x is z.y
        places = [i for _, i in sheet.spans.places(use)] if many else ((0,) if z.x is x else (1,))
        if len(places) > LONGEST_SUM:
            return None
        told, to, given = self.told(z), self.told(x), ""
        slope = sheet.slope(use) if many else z.dy if places[0] else z.dx
        along, of_slope = self.number(slope)
        shape = [z.op, z is sheet.output, through, told.of_gradient, of_slope, (told.kind | to.kind) & ODD]
        nodes, calculated = self._read(z, op, places, shape)
        if calculated and slope.__class__ is float and len(nodes) == 1 and nodes[0].__class__ is float and not op.kink:
            nodes, (given, of_given) = [], self.given(slope)
            shape.append(("given", of_given))
        else:
            shape.append(slope == slope if calculated else comes_to(slope, z, places))
        others = told.enclosed, to.enclosed, told.gradient, along, given, to.gradient
        return self._filled(shape, nodes, others, write, ends=(z, x), several=len(places) > 1)

    def _read(self, z: Value, op: Op, places: Iterable[int], shape: list[Any]) -> tuple[list[Operand], bool]:
        """What the slopes at these places are written with, and whether they are calculated so; the rest is shape."""
        nodes: list[Operand] = []
        calculated = True
        around: Sequence[Operand] = () if op.variadic else operands(z)
        for column in places:
            if op.variadic:
                column, around = entry(z, column)
            reads, as_calculated, chooses = words_of(op, column)
            calculated = calculated and as_calculated
            shape.append(column)
            if chooses:
                shape.append(order(around))
            for k in reads:
                nodes.append(z if k < 0 else around[k])
        return nodes, calculated

    def given(self, x: Number) -> tuple[str, Kind]:
        """A number's text as a formula has it, and its kind."""
        told = self.constant(x)
        return told.name, told.kind // 16

    def _filled(
        self,
        shape: list[Any],
        nodes: Sequence[Operand],
        others: Sequence[str],
        write: Callable[[Worksheet], Sides],
        *,
        free: bool = False,
        ends: Sequence[Value] = (),
        several: bool = False,
    ) -> Filled | None:
        """The template of a shape with these nodes, and their texts and others.

        Args:
            free: whether numbers among the nodes may be others, but for 0, with which nothing is told.
            ends: z and x, where a use is written.
            several: whether equal texts are counted as one.
        """
        texts: list[str] = []
        held: list[Operand] = []
        for x in nodes:
            if isinstance(x, Value):
                told = self.nodes.get(id(x)) or self.told(x)
            elif free and x:
                told = self.constant(x)
            else:
                shape += x.__class__, x
                continue
            texts.append(told.name)
            texts.append(told.number)
            shape.append(told.kind)
            held.append(x)
        if several:
            shape.append(tuple(map(dict[str, int]().setdefault, texts, count())))
        key = tuple(shape)
        texts += others
        template = self.templates.get(key, ...)
        if template is ...:
            template = self.templates[key] = self._template(held, texts, write, ends, several)
        return (template, texts) if template else None

    def _template(
        self,
        held: Sequence[Operand],
        texts: Sequence[str],
        write: Callable[[Worksheet], Sides],
        ends: Sequence[Value],
        several: bool,
    ) -> Template | None:
        holed = Holed(self.sheet, self.dialect, held, texts, ends, several)
        sides = write(holed)
        odd = any((self.nodes.get(id(x)) or self.told(x)).kind & ODD for x in (*held, *ends) if isinstance(x, Value))
        marks = "" if odd else MARKS[self.dialect]
        around = (
            (holed.derivative(self.sheet.output, ends[1], self.dialect).term[0], holed.holes[-1]) if ends else ("", "")
        )
        return None if holed.chosen else Template(sides, self.dialect, marks, around)


def shapes(sheet: Worksheet, dialect: str) -> Shapes:
    """Those of a worksheet, which keeps them."""
    if dialect not in sheet.shapes:
        sheet.shapes[dialect] = Shapes(sheet, dialect)
    kept: Shapes = sheet.shapes[dialect]
    return kept
