"""What a page says of a line, with holes for numbers: right wherever the reader moves the leaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import Any

from autograd import Value
from autograd.core.notation import ATOM, PRODUCT, SUM, Rounded, Term
from autograd.core.op import OPS
from autograd.core.value import operands
from autograd.language.formula import LONGEST_SUM, Formula, in_words, slope
from autograd.language.names import Labels, derivative
from autograd.language.numbers import figure
from autograd.language.products import collected, unfolded
from autograd.passes.line_text import total
from autograd.passes.spans import Words, width
from viz.graph.view import LONGEST_TITLE
from viz.motion.timeline import Passes

Place = int | tuple[int, int]  # a node, or of a link its head and which one of its links
Hole = tuple[str, Place]  # "value" or "gradient" of a node, "slope" of a link
# Text, or a hole and what it needs: brackets around a sum, or a product too; None if a number in the text is rounded.
Piece = str | tuple[str, Place, int] | None
Side = list[Piece]  # of an equation


class Sentences:
    """The sides of both passes' lines, as text with holes."""

    def __init__(self, passes: Passes) -> None:
        self.passes, self.sheet, self.dialect = passes, passes.sheet, passes.dialect
        self.words = Words(self.sheet.labels, self.dialect, slope=slope_anywhere)

    def derivative(self, z: Value, x: Value) -> str:
        """∂z/∂x by their names."""
        return derivative(self.sheet.labels[z], self.sheet.labels[x], self.dialect)

    def along(self, link: int) -> Formula | None:
        """∂head/∂tail of a link as text, unless it is long."""
        head, k, _ = self.passes.links[link]
        return self.sheet.spans.formula((self.passes.lines[head], k), self.words)

    def numbers(self, z: Value) -> list[Side]:
        """How z was made, in numbers: `3 · 2`; none where they would be many."""
        inside = self.sheet.spans.inside(z)
        around = self.sheet.spans.around(inside)
        if len(around) > LONGEST_SUM or len(operands(z)) > LONGEST_SUM:
            return []
        numbers = {id(x): x for r in inside for x in operands(r) if not isinstance(x, Value)}
        constants = {i: figure(x, self.dialect, self.sheet.digits) for i, x in numbers.items()}

        def written(terms: Sequence[Term]) -> str:
            known = constants | {id(x): term for x, term in zip(around, terms, strict=True)}
            formulas = self.words.written(inside, known)
            return formulas[id(z)][0] if formulas else ""

        filled = side(written, [("value", self.passes.index[id(x)]) for x in around])
        length = sum(len(piece) if isinstance(piece, str) else 3 for piece in filled if piece)
        return [filled] if 0 < length <= 2 * LONGEST_TITLE else []

    def contributions(self, i: int) -> list[Side]:
        """Σ ∂J/∂z · ∂z/∂x over the uses z of x, the latest first: in symbols, the slopes in words, in numbers."""
        links, x = self.passes.links, self.passes.lines[i]
        last = len(self.passes.lines) - 1
        heads = {k: links[k][0] for k in self.uses(x)}
        uses = sorted(heads, key=lambda k: -heads[k])
        if not uses or len(uses) > LONGEST_SUM:
            return []
        slopes = {k: self._slopes(k) for k in uses}
        unclear = [k for k in uses if heads[k] == last and not slopes[k]]

        def words(terms: Sequence[Term]) -> str:
            holes = dict(zip(unclear, terms, strict=True))
            return total(self._text(*holes[k]) if k in holes else self._word(heads[k], x, slopes[k]) for k in uses)

        def figures(terms: Sequence[Term]) -> str:
            rest = iter(self._text(*term) for term in terms)
            return total(next(rest) if heads[k] == last else next(rest) * next(rest) for k in uses)

        holes: list[Hole] = []
        for k in uses:
            holes += [self._slope(k)] if heads[k] == last else [("gradient", self._node(heads[k])), self._slope(k)]
        sides = [side(words, [self._slope(k) for k in unclear])]
        if all(slopes.values()) and not all(formulas[0].literal for formulas in slopes.values()):
            rows = zip(*([self._times(heads[k], formula) for formula in slopes[k]] for k in uses), strict=True)
            sides += [[*rounding(text), text] for text in map(total, rows)]
        return [each for each, _ in groupby([*sides, side(figures, holes)])]  # equal ones are written once

    def single(self, link: int) -> tuple[list[Side], list[Side]]:
        """The first side and the numbers that a page writes itself, where a node is used once: ∂J/∂z · ∂z/∂x, 3 · 2."""
        head, _, x = self.passes.links[link]
        z = self.passes.lines[head]
        symbols = f"{self.derivative(self.sheet.output, z)} · {self.derivative(z, x)}"
        return [[symbols]], [[("gradient", self._node(head), 1), " · ", (*self._slope(link), 2)]]

    def _node(self, line: int) -> int:
        return self.passes.index[id(self.passes.lines[line])]

    def _slope(self, link: int) -> Hole:
        head, k, _ = self.passes.links[link]
        return "slope", (self._node(head), k)

    def uses(self, x: Value) -> list[int]:
        """The links along which a gradient comes back to x."""
        return [k for k in self._by_tail.get(id(x), []) if self.passes.goes_back(k)]

    @cached_property
    def _by_tail(self) -> Mapping[int, list[int]]:
        links: dict[int, list[int]] = {}
        for k, (_, _, x) in enumerate(self.passes.links):
            links.setdefault(id(x), []).append(k)
        return links

    def _text(self, text: str, tightness: int = ATOM) -> Formula:
        """A written term, to be calculated with."""
        return Formula(text, tightness, self.dialect)

    def _slopes(self, k: int) -> list[Formula]:
        """∂z/∂x along a link in words, a + a and 2 · a; none where they are long or leaves change them."""
        head, link, _ = self.passes.links[k]
        shares = self.sheet.spans.shares((self.passes.lines[head], link), self.words)
        whole = collected(shares) if shares else None
        formulas = [unfolded(shares), unfolded(shares) if whole.literal else whole] if whole else []
        return formulas if all(width(formula) <= LONGEST_TITLE // 2 for formula in formulas) else []

    def _word(self, head: int, x: Value, slopes: Sequence[Formula]) -> Formula:
        """One use's contribution in symbols; a use by the output itself contributes its slope alone."""
        z = self.passes.lines[head]
        along = slopes[0] if z is self.sheet.output and slopes else self._text(self.derivative(z, x))
        return self._times(head, along)

    def _times(self, head: int, slope: Formula) -> Formula:
        """∂J/∂z in words times a slope; no law drops a factor 1."""
        z, J = self.passes.lines[head], self.sheet.output
        return slope.text() if z is J else self._text(self.derivative(J, z)).times(slope.text())


def slope_anywhere(
    z: Value, i: int, labels: Labels, dialect: str, written: Mapping[int, Term] | None
) -> Formula | None:
    """∂z/∂operand i as a formula, unless its text depends on where the leaves stand."""

    def word(x: Any) -> Formula:
        if not isinstance(x, Value):
            return in_words(x, dialect)
        return Formula(*((written or {}).get(id(x)) or labels.term(x, dialect)), dialect)

    here = slope(z, i, labels, dialect, written)
    anywhere = in_words(OPS[z.op].slope(i, [word(x) for x in operands(z)], word(z), shown=True), dialect)
    return here if here.term == anywhere.term else None


def side(written: Callable[[Sequence[Term]], str], holes: Sequence[Hole]) -> Side:
    """A text with holes where `written` puts its terms.

    >>> from autograd.core.op import OPS
    >>> side(lambda terms: OPS["mul"].write("unicode", terms)[0], [("value", 4), ("value", 7)])
    [('value', 4, 1), ' · ', ('value', 7, 2)]
    """
    marks = [f"\x01{i}\x02" for i in range(len(holes))]

    def at(i: int, tightness: int) -> str:
        return written([(mark, tightness if k == i else ATOM) for k, mark in enumerate(marks)])

    text = at(-1, ATOM)
    needs = [sum(at(i, tightness) != text for tightness in (SUM, PRODUCT)) for i in range(len(holes))]
    parts = re.split("\x01(\\d+)\x02", text)
    pieces: Side = [(*holes[int(part)], needs[int(part)]) if i % 2 else part for i, part in enumerate(parts)]
    return [*rounding(text), *(piece for piece in pieces if piece != "")]


def rounding(text: str) -> Side:
    """What a side begins with, if a number in its text is rounded."""
    return [None] if isinstance(text, Rounded) else []
