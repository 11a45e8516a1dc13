"""Lines of one shape, written once: one of them with places for its names and numbers, which the others fill.

Of u = b · c and v = x · y, the lines u = b · c = 3 · 2 = 6 and v = x · y = 4 · 5 = 20 have one shape, and so have
what is handed back to b and to x. The first is written with letters that no name is made of in the places of its texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain, count
from typing import Any, NamedTuple

from autograd.core.notation import Kind, Term, joined, kind
from autograd.core.op import OPS, Number, Op
from autograd.core.value import Operand, Value, entry, operands
from autograd.language.formula import LONGEST_SUM, Formula, in_words
from autograd.language.names import Labels, enclosed, quotient
from autograd.language.numbers import figures
from autograd.passes.spans import Use, Words
from autograd.passes.templates import HOLES, Sides, Template
from autograd.passes.worksheet import Worksheet, is_close

AT_ONCE = 512  # nodes whose texts are written together
MARKS = {"unicode": " ∂(=|√", "latex": ""}  # of formulas, not of numbers nor of most names
OF_A_USE = 6  # texts behind those of the nodes: z, x, the gradient of z, the slope, as it is given, the gradient of x
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
        found = self.nodes.get(id(x))
        if found is None:
            place = self.sheet.places.get(id(x))
            start = None if place is None else place - place % AT_ONCE
            self._tell([x] if start is None else self.sheet.lines[start : start + AT_ONCE])
            found = self.nodes[id(x)]
        return found

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
            self.nodes[id(x)] = Told(name, number, whole, end, *(self.number(g) if g is not None else ()))

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
        found = self.numbers.get(x) if x.__class__ is float else None  # a fraction that is equal has another text
        if found is None:
            term = self.sheet.figure(x, self.dialect)
            found = term[0], kind(term)
            if x.__class__ is float:
                self.numbers[x] = found
        return found

    # ── lines ─────────────────────────────────────────────────────────────────────────────────────

    def of_value(self, z: Value, write: Callable[[Worksheet], Sides]) -> Filled | None:
        """The sides of z's line in the forward pass; None where its texts choose what is written.

        Args:
            write: writes them on a worksheet.
        """
        if not z.op:
            return self._filled([""], [z], (), write)
        op = OPS[z.op]
        if op.variadic or not self.sheet.spans.single(z) or (_raises(op) and isinstance(z.y, Value)):
            return None
        several = z.x.__class__ is tuple or z.x is z.y
        return self._filled([z.op], [*operands(z), z], (), write, free=not several and not _raises(op), several=several)

    def of_use(self, x: Value, use: Use, through: bool, write: Callable[[Worksheet], Sides]) -> Filled | None:
        """The sides of what a use hands back to x, or None."""
        z, sheet = use[0], self.sheet
        op = OPS[z.op]
        if op.common or not sheet.spans.single(z):
            return None
        told, to, given = self.told(z), self.told(x), ""
        many = z.x.__class__ is tuple or z.x is z.y
        places = [i for _, i in sheet.spans.places(use)] if many else ((0,) if z.x is x else (1,))
        if len(places) > LONGEST_SUM:
            return None
        slope = sheet.slope(use) if many else z.dy if places[0] else z.dx
        along, of_slope = self.number(slope)
        shape = [z.op, z is sheet.output, through, told.of_gradient, of_slope, (told.kind | to.kind) & ODD]
        nodes: list[Operand] = []
        calculated = True
        for i in places:
            column, around = entry(z, i) if many else (i, (z.x, z.y))
            reads, as_calculated = _words(op, column)
            calculated = calculated and as_calculated
            shape.append(column)
            nodes += [z if k < 0 else around[k] for k in reads]
        if calculated and slope.__class__ is float and len(nodes) == 1 and nodes[0].__class__ is float and not op.kink:
            nodes, (given, of_given) = [], self.given(slope)
            shape.append(("given", of_given))
        else:
            shape.append(slope == slope if calculated else _comes_to(slope, z, places))
        others = told.enclosed, to.enclosed, told.gradient, along, given, to.gradient
        return self._filled(shape, nodes, others, write, ends=(z, x), several=len(places) > 1)

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
        if key not in self.templates:
            self.templates[key] = self._template(held, texts, write, ends, several)
        template = self.templates[key]
        return (template, texts) if template else None

    def _template(
        self,
        held: Sequence[Operand],
        texts: Sequence[str],
        write: Callable[[Worksheet], Sides],
        ends: Sequence[Value],
        several: bool,
    ) -> Template | None:
        holed = _Holed(self, held, texts, ends, several)
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
    found: Shapes = sheet.shapes[dialect]
    return found


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
    """A worksheet whose names and numbers are holes.

    Args:
        held: the nodes that have some, each for its name and for its number.
        texts: what fills the holes.
        ends: z and x, where a use is written.
        several: whether equal texts are one.
    """

    def __init__(
        self, shapes: Shapes, held: Sequence[Operand], texts: Sequence[str], ends: Sequence[Value], several: bool
    ) -> None:
        vars(self).update(vars(shapes.sheet))
        own = 2 * len(held) if several else 0  # texts of nodes, of which equal ones are one
        self.holes = [chr(HOLES + (texts.index(text) if i < own else i)) for i, text in enumerate(texts)]
        self.free = bool(ends and texts[-2])
        self.ends = {id(x): hole for x, hole in zip(ends, self.holes[-OF_A_USE:], strict=False)}
        self.ends |= {id(self.output): shapes.output}
        self.chosen: list[Formula] = []
        self.words, self.filled = (
            {
                shapes.dialect: Words(
                    _Holes(labels, {id(x): hole for x, hole in zip(held, self.holes[side::2], strict=False)}),
                    shapes.dialect,
                    slope=self._shown,
                )
            }
            for side, labels in enumerate((shapes.labels, shapes.numerals))
        )

    def derivative(self, y: Value, x: Value, dialect: str = "unicode") -> Formula:
        return Formula(quotient(self.ends[id(y)], self.ends[id(x)], dialect), dialect=dialect)

    def gradient(self, x: Value, dialect: str = "unicode") -> Formula:
        return _in_place(super().gradient(x, dialect), self.holes[-4])

    def slope_along(self, use: Use, dialect: str = "unicode") -> Formula:
        return _in_place(super().slope_along(use, dialect), self.holes[-3])

    def given(self, slope: Formula) -> Formula:
        """A hole for it; only where it is calculated from a constant the number may be another one."""
        return _in_place(slope, self.holes[-2]) if self.free else slope

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
    return Formula(*_hole(formula.term, hole), formula.dialect, formula.number, formula.literal)


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
