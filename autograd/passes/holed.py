"""Worksheets whose names and numbers are holes, on which the sides of lines are written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy

from autograd.core.notation import ATOM, ROUNDED, Kind, Term, joined
from autograd.core.op import OPS
from autograd.core.value import Operand, Value, entry
from autograd.language.formula import Formula, in_words
from autograd.language.names import Labels, quotient
from autograd.passes.slope_words import chooses, comes_to, words_of
from autograd.passes.spans import Use, Words
from autograd.passes.templates import HOLES
from autograd.passes.worksheet import Worksheet

OF_A_USE = 6  # texts behind those of the nodes: z, x, the gradient of z, the slope, as it is given, the gradient of x


class Holed(Worksheet):
    """A worksheet whose names and numbers are holes.

    Args:
        held: the nodes that have some, each for its name and for its number.
        texts: what fills the holes.
        ends: z and x, where a use is written.
        several: whether equal texts are one.
    """

    def __init__(
        self,
        sheet: Worksheet,
        dialect: str,
        held: Sequence[Operand],
        texts: Sequence[str],
        ends: Sequence[Value],
        several: bool,
    ) -> None:
        vars(self).update(vars(sheet))
        own = 2 * len(held) if several else 0  # texts of nodes, of which equal ones are one
        self.holes = [chr(HOLES + (texts.index(text) if i < own else i)) for i, text in enumerate(texts)]
        self.free = bool(ends and texts[-2])
        self.ends = {id(x): hole for x, hole in zip(ends, self.holes[-OF_A_USE:], strict=False)}
        self.ends |= {id(self.output): sheet.words[dialect].labels.term(self.output, dialect)[0]}
        self.chosen: list[Formula] = []
        self.words, self.filled = (
            {dialect: Words(_Holes(labels, dict(zip(map(id, held), holes, strict=False))), dialect, slope=self._shown)}
            for labels, holes in (
                (sheet.words[dialect].labels, self.holes[::2]),
                (sheet.filled[dialect].labels, self.holes[1::2]),
            )
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
        return comes_to(self.slope(use), use[0], [i for _, i in self.spans.places(use)])

    def _shown(self, z: Value, i: int, labels: Labels, dialect: str, _: object) -> Formula:
        """∂z/∂operand i as a formula of holes."""
        op = OPS[z.op]
        column, around = entry(z, i)
        if isinstance(partial := op.shown[column], int):
            return in_words(partial, dialect)
        *_, decided = words_of(op, column)
        *terms, result = [
            Formula(*labels.term(x, dialect), dialect, x.data if decided else None)
            if isinstance(x, Value)
            else in_words(x, dialect)
            for x in (*around, z)
        ]
        result = in_words(op.slope(column, terms, result, shown=True), dialect)
        self.chosen += [result] if result.note or chooses(result) else []
        return result


class _Holes(Labels):
    """What to call each node: a hole in the place of its name or number."""

    def __init__(self, labels: Labels, holes: dict[int, str]) -> None:
        super().__init__(())
        self.labels, self.holes = labels, holes

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        term = self.labels.term(x, dialect)
        return _hole(term, self.holes[id(x)]) if id(x) in self.holes else term


def of_vectors(
    sheet: Worksheet, dialect: str, texts: Sequence[str], stems: Sequence[str], kinds: tuple[Kind, Kind]
) -> Worksheet:
    """A worksheet with holes for z, made of vectors, and for all of their entries.

    Args:
        texts: what fills the holes: z's name and number, those of the entries, then the vectors' names, if any.
        stems: the latter.
        kinds: of z's texts, and of all entries' together.
    """
    result, n = copy(sheet), len(texts) - len(stems)
    holes = [chr(HOLES + i) for i in range(len(texts))]
    (whole, number), (entry, figure) = ([ROUNDED[dialect] if k & bit else str for bit in (16, 1)] for k in kinds)
    names = _Entries(whole(holes[0]), list(map(entry, holes[2:n:2])), holes[n:])
    numbers = _Entries(number(holes[1]), list(map(figure, holes[3:n:2])), [])
    result.words, result.filled = {dialect: Words(names, dialect)}, {dialect: Words(numbers, dialect)}
    return result


class _Entries(Labels):
    """What to call z, and how it is made of entries, or of vectors as a whole if they have names."""

    def __init__(self, whole: str, entries: Sequence[str], vectors: Sequence[str]) -> None:
        super().__init__(())
        self.whole, self.entries, self.vectors = whole, entries, vectors

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        return self.whole, ATOM

    def formula(self, z: Value, dialect: str = "unicode", written: Mapping[int, Term] | None = None) -> Term:
        op = OPS[z.op]
        if self.vectors:
            return op.short(dialect, dict(zip(op.operands, self.vectors, strict=True)))
        return op.write(dialect, [(text, ATOM) for text in self.entries])


def _in_place(formula: Formula, hole: str) -> Formula:
    return Formula(*_hole(formula.term, hole), formula.dialect, formula.number, formula.literal)


def _hole(term: Term, hole: str) -> Term:
    """What stands in the place of a term: it holds as tightly, and is rounded as that is."""
    text, tightness = term
    return joined(hole, [text]), tightness
