"""A graph, its picture and its sentences as data for the page's script."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd import DrawingError, Value
from autograd.core.value import operands, slopes
from autograd.language.formula import chain
from autograd.language.names import symbol
from viz.graph.arrows import FEW_NODES, LONGEST_SLOPE, weights_into
from viz.graph.scene import Edge
from viz.motion.page.sentences import Sentences
from viz.motion.timeline import Passes

Json = dict[str, Any]
Weights = Sequence[tuple[Value, Value]]  # that stand on an arrow, each with its sum


class Data:
    """What the script reads: nodes calculate, lines speak, cards and arrows are drawn, links join lines.

    A node is named by its index, and so is a line, a link, a card and an arrow.
    """

    def __init__(self, passes: Passes) -> None:
        self.passes, self.view, self.sheet = passes, passes.view, passes.sheet
        self.sentences = Sentences(passes)
        self.index = {id(z): i for i, z in enumerate(passes.graph)}

    def json(self) -> Json:
        """Everything."""
        passes = self.passes
        return {
            "digits": self.sheet.digits,
            "terse": self.view.terse,
            "output": len(passes.lines) - 1,
            "nodes": [self._node(z) for z in passes.graph],
            "lines": [self._line(i) for i in range(len(passes.lines))],
            "cards": [self._card(i) for i in range(len(passes.members))],
            "links": [self._link(i) for i in range(len(passes.links))],
            "arrows": [self._arrow(edge) for edge in passes.scene.edges],
            "steps": passes.steps,
        }

    def _node(self, z: Value) -> Json:
        name = symbol(self.view.labels[z])
        if not z.op:
            return {"name": name, "data": number(z.data, name)}
        places = [self.index[id(x)] if isinstance(x, Value) else [number(x, name)] for x in operands(z)]
        return {"name": name, "op": z.op, "of": places}

    def _line(self, i: int) -> Json:
        z = self.passes.lines[i]
        inside, name = self.sheet.spans.inside(z) if z.op else [], symbol(self.sheet.labels[z])
        line = {"node": self.index[id(z)], "name": name, "label": self.sentences.derivative(self.sheet.output, z)}
        return line | unless(
            title=(self.titles.get(i) or self._title(z, inside), name),
            learned=(self.view.has_gradient(z), True),
            reached=(id(z) in self.sheet.gradients, True),
            inside=([self.index[id(r)] for r in reversed(inside)], [line["node"]] if inside else []),
            forward=(self.sentences.numbers(z) if z.op else [], []),
            backward=(self.sentences.contributions(i), []),
        )

    @cached_property
    def titles(self) -> dict[int, str]:
        """Of lines with a card of their own its title; in a circuit that is no more than a name."""
        cards = zip(self.passes.members, self.passes.scene.nodes, strict=True)
        return {own[0]: node.title for own, node in cards if not node.entries and not any(node.asked)}

    def _title(self, z: Value, inside: Sequence[Value]) -> str:
        """How one of several nodes on a card is made."""
        name = symbol(self.sheet.labels[z])
        written = self.sentences.words.written(inside) if z.op else None
        return chain(name, written[id(z)][0]) if written else name

    def _card(self, i: int) -> Json | int:
        """A card; one that has its line's number and the usual id is that number."""
        node, own = self.passes.scene.nodes[i], self.passes.members[i]
        if not node.entries and own == [i] and node.id == f"n{i}":
            return i
        card: Json = {"id": node.id, "lines": own}
        if node.entries:
            names = [name_of(value) for value, _ in node.entries]
            shown = own if len(own) == len(names) else [*own[:3], None, own[-1]]
            rows = zip(shown, names, node.entries, strict=True)
            card |= {"title": node.title, "rows": [(line, name, bool(entry[1])) for line, name, entry in rows]}
        return card

    # ── links and arrows ──────────────────────────────────────────────────────────────────────────

    def _link(self, i: int) -> Json:
        head, k, x = self.passes.links[i]
        z = self.passes.lines[head]
        uses = [(self.index[id(r)], j) for r, j in self.sheet.spans.places((z, k)) if slopes(r)[j] is not None]
        link = {"tail": self.passes.place[id(x)], "head": head, "uses": uses}
        link |= unless(back=(self.passes.goes_back(i), True))
        edge = self._edge(z, x)
        return link | ({"arrow": int(edge.id[1:])} | ({"text": self._along(i)} if edge.slope else {}) if edge else {})

    @cached_property
    def edges(self) -> dict[tuple[str | None, str | None], Edge]:
        return {(edge.tail, edge.head): edge for edge in reversed(self.passes.scene.edges)}

    def _edge(self, z: Value, x: Value) -> Edge | None:
        """The drawn arrow of a link, if there is one."""
        ids = self.view.ids
        return self.edges.get((ids.get(id(x)), ids.get(id(z))))

    def _along(self, i: int) -> list[str]:
        """What an arrow says of its slope before the number: ∂u/∂b = c."""
        head, _, x = self.passes.links[i]
        if self.view.terse:
            return []
        named = [self.sentences.derivative(self.passes.lines[head], x)] if len(self.view.kept) <= FEW_NODES else []
        formula = self.sentences.along(i)
        shown = [formula.term[0]] if formula and not formula.literal and len(formula.term[0]) <= LONGEST_SLOPE else []
        return [*named, *shown]

    def _arrow(self, edge: Edge) -> Json:
        """An arrow; of one with a weight the names of this and of its gradient, and what these are calculated from.

        Of a second wire between two nodes of a circuit, which one has their link.
        """
        first = self.edges[edge.tail, edge.head]
        arrow: Json = unless(like=(int(first.id[1:]), int(edge.id[1:])))
        if not edge.label:
            return arrow
        weights = self.weights[edge.tail, edge.head]
        arrow |= {"weights": [self.index[id(w)] for w, _ in weights], "label": [name_of(edge.label)]}
        if edge.gradient:
            (_, r), x = weights[0], self.firsts[edge.tail]
            arrow |= {"from": (self.index[id(r)], self.index[id(x)]), "partial": [name_of(edge.gradient)]}
        return arrow

    @cached_property
    def firsts(self) -> dict[str, Value]:
        """Of each card its first node."""
        return {self.view.ids[id(z)]: z for z in reversed(self.view.kept)}

    @cached_property
    def weights(self) -> Mapping[tuple[str, str], Weights]:
        """The weights on each arrow."""
        ids = self.view.ids
        return {
            (ids[x], ids[id(z)]): weights
            for z in self.view.kept
            for x, weights in weights_into(self.view, z).items()
            if x in ids
        }


def unless(**choices: tuple[Any, Any]) -> Json:
    """What is not as the script expects.

    >>> unless(reached=(True, True), inside=([3, 2], [3]))
    {'inside': [3, 2]}
    """
    return {key: value for key, (value, usual) in choices.items() if value != usual}


def name_of(text: str) -> str:
    """What stands before a text's number.

    >>> name_of("w₁ ≈ 0.16"), name_of("0.16"), name_of("∂ 0.16")
    ('w₁', '', '∂ ')
    """
    name, sign, _ = text.rpartition(" = ") if " = " in text else text.rpartition(" ≈ ")
    return name if sign else re.match("(∂ )?", text)[0]  # type: ignore[index]


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
