"""Both passes over a picture: its cards and arrows, the steps, and each step's sentence with holes for numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any, Literal

from autograd import DrawingError, Value
from autograd.core.notation import ATOM, PRODUCT, SUM, Rounded, Term
from autograd.core.op import OPS
from autograd.core.value import Number, operands, slopes
from autograd.language.formula import LONGEST_SUM, Formula, in_words, slope
from autograd.language.names import Labels, derivative, symbol
from autograd.language.numbers import figure
from autograd.language.products import collected, unfolded
from autograd.passes import levels
from autograd.passes.line_text import line, total
from autograd.passes.spans import Spans, Words, width
from autograd.passes.worksheet import Worksheet
from viz.graph.arrows import FEW_NODES, LONGEST_SLOPE
from viz.graph.build import build
from viz.graph.scene import Scene
from viz.graph.view import LONGEST_TITLE

LEVELS = tuple(name for name, level in levels.LEVELS.items() if level.remake is None)  # cards are the graph's own nodes

Hole = tuple[str, int]  # "value" or "gradient" of a card, "slope" of an arrow, by index
# Text, or a hole and what it needs: brackets around a sum, or a product too; None if a number in the text is rounded.
Piece = str | tuple[str, int, int] | None
Side = list[Piece]  # of an equation


def passes(
    output: Value,
    level: Literal["value", "named"] = "value",
    names: Mapping[Any, str] | None = None,
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
) -> Passes:
    """The passes of J, for `frames` and `page`, whose docstrings have the arguments.

    Raises:
        OperandError: output is not a Value. DrawingError: too many cards, an unknown choice.
    """
    if level not in LEVELS:
        raise DrawingError(f"Unknown level {level!r}. Choose one of {', '.join(map(repr, LEVELS))}.")
    sheet = Worksheet(output, level, digits, names)
    shown = sheet.shown
    scene = build(sheet.output, "backward", level, shown.own(names), shown.own(parameters), digits)
    labels = Labels(shown.nodes, shown.own(names))
    return Passes(replace(scene, note=shown.note(labels)), sheet, labels, digits)


@dataclass(frozen=True)
class Passes:
    """A graph, the nodes that have cards, and the scene that shows those."""

    scene: Scene
    sheet: Worksheet  # of both passes, with a line for each card
    labels: Labels
    digits: int
    dialect: str = "unicode"  # of the sentences

    @property
    def graph(self) -> list[Value]:
        """All nodes, operands first."""
        return self.sheet.shown.nodes

    @property
    def kept(self) -> list[Value]:
        """The nodes with cards."""
        return self.sheet.lines

    @cached_property
    def place(self) -> dict[int, int]:
        """Of a kept node by `id`: the index of its card."""
        return {id(z): i for i, z in enumerate(self.kept)}

    def data(self) -> dict[str, Any]:
        """Everything, for JSON."""
        index = {id(z): i for i, z in enumerate(self.graph)}
        return {
            "digits": self.digits,
            "output": len(self.kept) - 1,
            "nodes": [self._node(z, index) for z in self.graph],
            "cards": [self._card(i, index) for i in range(len(self.kept))],
            "arrows": [self._arrow(i, index) for i in range(len(self.arrows))],
            "steps": self.steps,
        }

    @property
    def steps(self) -> list[tuple[str, int]]:
        """Both passes: values from the leaves to the output; gradients back, those of the leaves last, in order."""
        results = [i for i, z in enumerate(self.kept) if z.op]
        order = [*reversed(results), *(i for i, z in enumerate(self.kept) if not z.op)]
        nodes = self.scene.nodes
        back = [i for i in order if nodes[i].gradient is not None and nodes[i].reached]
        return [("forward", i) for i in results] + [("backward", i) for i in back]

    def sentence(self, phase: str, i: int) -> str:
        """What a step says: `u = b · c = 3 · 2 = 6`, or `∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6`."""
        return line(self.sheet, phase, self.kept[i], self.dialect)

    def figure(self, x: Number) -> Term:
        """A number as the sentences write it."""
        return figure(x, self.dialect, self.digits)

    def derivative(self, z: Value, x: Value) -> str:
        """∂z/∂x by their names."""
        return derivative(self.labels[z], self.labels[x], self.dialect)

    def formula(self, text: str, tightness: int = ATOM) -> Formula:
        """A written term, to be calculated with."""
        return Formula(text, tightness, self.dialect)

    def _node(self, z: Value, index: Mapping[int, int]) -> dict[str, Any]:
        name = symbol(self.labels[z])
        if not z.op:
            return {"name": name, "data": number(z.data, name)}
        places = [index[id(x)] if isinstance(x, Value) else [number(x, name)] for x in operands(z)]
        return {"name": name, "op": z.op, "of": places}

    def _card(self, i: int, index: Mapping[int, int]) -> dict[str, Any]:
        z, node = self.kept[i], self.scene.nodes[i]
        inside = self.spans.inside(z) if z.op else []
        return {
            "id": node.id,
            "node": index[id(z)],
            "name": symbol(self.labels[z]),
            "title": node.title,
            "label": self.derivative(self.kept[-1], z),
            "reached": node.reached,
            "inside": [index[id(r)] for r in reversed(inside)],
            "forward": self.numbers(z) if z.op else [],
            "backward": self.contributions(i),
        }

    def _arrow(self, i: int, index: Mapping[int, int]) -> dict[str, Any]:
        (head, k, x), edge = self.arrows[i], self.scene.edges[i]
        named = [self.derivative(self.kept[head], x)] if len(self.kept) <= FEW_NODES else []
        formula = self._formula(i)
        shown = [formula.term[0]] if formula and not formula.literal and len(formula.term[0]) <= LONGEST_SLOPE else []
        places = self.spans.places((self.kept[head], k))
        uses = [(index[id(r)], j) for r, j in places if slopes(r)[j] is not None]
        ends = {"id": edge.id, "tail": self.place[id(x)], "head": head}
        return ends | {"back": edge.slope is not None, "uses": uses, "text": [*named, *shown]}

    # ── cards and arrows ──────────────────────────────────────────────────────────────────────────

    @cached_property
    def words(self) -> Words:
        """How formulas are written, if they are the same wherever the leaves stand."""
        return Words(self.labels, self.dialect, slope=_slope_anywhere)

    @cached_property
    def spans(self) -> Spans:
        """What each card stands for."""
        return Spans(self.place)

    @cached_property
    def arrows(self) -> list[tuple[int, int, Value]]:
        """The scene's edges, in its order: the index of the card at the head, which of its links, and the tail."""
        return [(head, k, x) for head, z in enumerate(self.kept) for k, (x, _) in enumerate(self.spans.links(z))]

    def _formula(self, i: int) -> Formula | None:
        """∂head/∂tail of an arrow as text, unless it is long."""
        head, k, _ = self.arrows[i]
        return self.spans.formula((self.kept[head], k), self.words)

    # ── sentences ─────────────────────────────────────────────────────────────────────────────────

    def numbers(self, z: Value) -> list[Side]:
        """How z was made, in numbers: `3 · 2`; none where they would be many."""
        inside = self.spans.inside(z)
        around = self.spans.around(inside)
        if len(around) > LONGEST_SUM or len(operands(z)) > LONGEST_SUM:
            return []
        constants = {id(x): self.figure(x) for r in inside for x in operands(r) if not isinstance(x, Value)}

        def written(terms: Sequence[Term]) -> str:
            known = constants | {id(x): term for x, term in zip(around, terms, strict=True)}
            formulas = self.words.written(inside, known)
            return formulas[id(z)][0] if formulas else ""

        filled = side(written, [("value", self.place[id(x)]) for x in around])
        length = sum(len(piece) if isinstance(piece, str) else 3 for piece in filled if piece)
        return [filled] if 0 < length <= 2 * LONGEST_TITLE else []

    def contributions(self, i: int) -> list[Side]:
        """Σ ∂J/∂z · ∂z/∂x over the uses z of x, the latest first: in symbols, the slopes in words, in numbers."""
        last, x = len(self.kept) - 1, self.kept[i]
        heads = {k: head for k, (head, _, tail) in enumerate(self.arrows) if tail is x}
        uses = sorted((k for k in heads if self.scene.edges[k].slope is not None), key=lambda k: -heads[k])
        if not uses or len(uses) > LONGEST_SUM:
            return []
        slopes = {k: self._slopes(k) for k in uses}
        unclear = [k for k in uses if heads[k] == last and not slopes[k]]

        def words(terms: Sequence[Term]) -> str:
            holes = dict(zip(unclear, terms, strict=True))
            return total(self.formula(*holes[k]) if k in holes else self._word(heads[k], x, slopes[k]) for k in uses)

        def figures(terms: Sequence[Term]) -> str:
            rest = iter(self.formula(*term) for term in terms)
            return total(next(rest) if heads[k] == last else next(rest) * next(rest) for k in uses)

        holes: list[Hole] = []
        for k in uses:
            holes += [("slope", k)] if heads[k] == last else [("gradient", heads[k]), ("slope", k)]
        sides = [side(words, [("slope", k) for k in unclear])]
        if all(slopes.values()) and not all(formulas[0].literal for formulas in slopes.values()):
            rows = zip(*([self._times(heads[k], formula) for formula in slopes[k]] for k in uses), strict=True)
            sides += [[*rounding(text), text] for text in map(total, rows)]
        return [each for each, _ in groupby([*sides, side(figures, holes)])]  # equal ones are written once

    def _slopes(self, k: int) -> list[Formula]:
        """∂z/∂x along an arrow in words, a + a and 2 · a; none where they are long or leaves change them."""
        head, link, _ = self.arrows[k]
        shares = self.spans.shares((self.kept[head], link), self.words)
        whole = collected(shares) if shares else None
        formulas = [unfolded(shares), unfolded(shares) if whole.literal else whole] if whole else []
        return formulas if all(width(formula) <= LONGEST_TITLE // 2 for formula in formulas) else []

    def _word(self, head: int, x: Value, slopes: Sequence[Formula]) -> Formula:
        """One use's contribution in symbols; a use by the output itself contributes its slope alone."""
        z = self.kept[head]
        along = slopes[0] if z is self.kept[-1] and slopes else self.formula(self.derivative(z, x))
        return self._times(head, along)

    def _times(self, head: int, slope: Formula) -> Formula:
        """∂J/∂z in words times a slope; no law drops a factor 1."""
        z, J = self.kept[head], self.kept[-1]
        return slope.text() if z is J else self.formula(self.derivative(J, z)).times(slope.text())


def _slope_anywhere(
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


def number(x: Any, name: str) -> float | int | str:
    """A number for JSON, in which inf and nan are words.

    Raises:
        DrawingError: no float holds it.
    """
    try:
        exact = float(x)
    except OverflowError:
        raise DrawingError(f"A number at '{name}' is larger than any float, and pages calculate with those.") from None
    if exact - exact != 0:
        return repr(exact).replace("inf", "Infinity").replace("nan", "NaN")
    return int(exact) if exact.is_integer() and abs(exact) < 2**53 else exact
