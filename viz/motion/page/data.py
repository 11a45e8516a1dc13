"""A graph, its picture and its sentences as data for the page's script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from autograd import DrawingError, Value
from autograd.core.value import operands, slopes
from autograd.language.formula import chain
from autograd.language.names import symbol
from viz.graph.arrows import FEW_NODES, LONGEST_SLOPE, weights_into
from viz.graph.scene import Edge, Node
from viz.motion.page.sentences import Sentences
from viz.motion.page.views import View
from viz.motion.timeline import Passes

Json = dict[str, Any]
Weights = Sequence[tuple[Value, Value]]  # that stand on an arrow, each with its sum


def told(views: Sequence[View]) -> Json:
    """A graph, and its views: of each, the lines that differ from those of the view before it."""
    texts: list[Json] = []
    lines: list[dict[int, Json]] = []
    known: dict[Hashable, Any] = {}
    for view in views:
        each = Data(view.passes, known, view.again).json()
        before = {} if view.parent is None else lines[view.parent]
        changed = [line for line in each["lines"] if before.get(line["node"]) != line]
        lines.append(before | {line["node"]: line for line in changed})
        above = {} if view.parent is None else {"parent": view.parent, "of": view.card}
        texts.append({**each, "lines": changed, **above, **unless(opens=(list(view.opens.items()), []))})
    return Data(views[0].passes).graph() | {"views": texts}


class Data:
    """What the script reads of a view: lines speak, cards and arrows are drawn, links join lines.

    A line is named by its node, that by its index; cards and arrows are named by theirs.
    """

    def __init__(
        self,
        passes: Passes,
        known: dict[Hashable, Any] | None = None,
        again: Mapping[str, Node] | None = None,
    ) -> None:
        self.known = {} if known is None else known  # sides of other views' lines
        self.again = again or {}  # leaves that are drawn again, by the edges of their uses
        self.passes, self.view, self.sheet = passes, passes.view, passes.sheet
        self.sentences, self.index = Sentences(passes), passes.index

    def graph(self) -> Json:
        """What all views share."""
        nodes = [self._node(z) for z in self.passes.graph]
        names = [self.view.labels[z] for z in self.passes.graph]
        literal = sorted({name for name in names if "[" in name and symbol(name) == name})
        return {"digits": self.sheet.digits, "terse": self.view.terse, "nodes": nodes} | unless(literal=(literal, []))

    def json(self) -> Json:
        """The view."""
        passes = self.passes
        return {
            "lines": [self._line(i) for i in range(len(passes.lines))],
            "cards": [self._card(i) for i in range(len(passes.members))],
            "arrows": [self._arrow(edge) for edge in passes.scene.edges],
            "steps": passes.steps,
        } | unless(lit=(self._lit(), None))

    def _lit(self) -> list[str] | None:
        """The ids of the cards and arrows that are not pale, if others are."""
        lit = self.passes.scene.lit
        return None if lit is None else sorted(lit | {leaf.id for edge, leaf in self.again.items() if edge in lit})

    def _node(self, z: Value) -> Json:
        name = symbol(self.view.labels[z])
        if not z.op:
            return {"name": name, "data": number(z.data, name)}
        places = [self.index[id(x)] if isinstance(x, Value) else [number(x, name)] for x in operands(z)]
        return {"name": name, "op": z.op, "of": places}

    def _line(self, i: int) -> Json:
        z = self.passes.lines[i]
        inside, name = self.sheet.spans.inside(z) if z.op else [], symbol(self.sheet.labels[z])
        line = {"node": self.index[id(z)]}
        return (
            line
            | self._backward(i)
            | unless(
                name=(name, symbol(self.view.labels[z])),
                label=(self.sentences.derivative(self.sheet.output, z), f"∂{self.last}/∂{name}"),
                title=(self.titles.get(i) or self._title(z, inside), name),
                learned=(self.view.has_gradient(z), True),
                reached=(id(z) in self.sheet.gradients, True),
                inside=([self.index[id(r)] for r in reversed(inside)], [line["node"]] if inside else []),
                forward=(self._once(("forward", *inside), lambda: self.sentences.numbers(z)) if z.op else [], []),
                links=(self.links[i], []),
                form=(self._form(z), None),
            )
        )

    def _backward(self, i: int) -> Json:
        """The sides of a gradient's line; of one with a single use those between the first one and the numbers."""
        z = self.passes.lines[i]
        sides = self._once(("backward", *self._uses(z)), lambda: self.sentences.contributions(i))
        [first, *between], numbers = sides[:-1] or [None], sides[-1:]
        usual = [self.sentences.single(k) for k in self.sentences.uses(z)]
        if len(usual) == 1 and usual[0] == ([first], numbers):
            return {"between": between}
        return unless(backward=(sides, []))

    @cached_property
    def last(self) -> str:
        """What the output is called."""
        return symbol(self.sheet.labels[self.sheet.output])

    def _form(self, z: Value) -> str | None:
        """A gradient in symbols, where its card has it."""
        form = (self.view.forms or {}).get(id(z))
        return form and form[0]

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        """What is the same in all views where a line is made of the same nodes."""
        names = tuple(id(part) if isinstance(part, Value) else part for part in key)
        return self.known[names] if names in self.known else self.known.setdefault(names, make())

    def _uses(self, z: Value) -> Iterator[Value | int]:
        """A node, and what each line that hands a gradient back to it is made of."""
        yield z
        for link in self.sentences.uses(z):
            head, k, _ = self.passes.links[link]
            yield k
            yield from self.sheet.spans.inside(self.passes.lines[head])

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
        """A card; one that has one line and the usual id is its node."""
        node, own = self.passes.scene.nodes[i], [self._place(k) for k in self.passes.members[i]]
        if not node.entries and len(own) == 1 and node.id == f"n{i}":
            return own[0]
        card: Json = {"id": node.id, "lines": own}
        if node.entries:
            names = [name_of(value) for value, _ in node.entries]
            shown = own if len(own) == len(names) else [*own[:3], None, own[-1]]
            rows = zip(shown, names, node.entries, strict=True)
            card |= {"title": node.title, "rows": [(line, name, bool(entry[1])) for line, name, entry in rows]}
        return card

    # ── links and arrows ──────────────────────────────────────────────────────────────────────────

    def _place(self, line: int) -> int:
        return self.index[id(self.passes.lines[line])]

    @cached_property
    def links(self) -> list[list[Json]]:
        """The links of each line."""
        links: list[list[Json]] = [[] for _ in self.passes.lines]
        for i, (head, _, _) in enumerate(self.passes.links):
            links[head].append(self._link(i))
        return links

    def _link(self, i: int) -> Json:
        head, k, x = self.passes.links[i]
        z = self.passes.lines[head]
        uses = [(self.index[id(r)], j) for r, j in self.sheet.spans.places((z, k)) if slopes(r)[j] is not None]
        edge = self.edges.get((self.view.ids.get(id(x)), self.view.ids.get(id(z))))
        text = self._along(i) if edge and edge.slope else None
        back = self.passes.goes_back(i)
        return {"tail": self.index[id(x)], "uses": uses} | unless(back=(back, True), text=(text, None))

    @cached_property
    def edges(self) -> dict[tuple[str | None, str | None], Edge]:
        return {(edge.tail, edge.head): edge for edge in reversed(self.passes.scene.edges)}

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
        """The cards at an arrow's ends; of one with a weight the names of this and of its gradient, and what
        these are calculated from; of one of several wires between its ends, or where a leaf is drawn again, its use."""
        ends = edge.tail, edge.head
        arrow: Json = {"ends": [self.cards[end] for end in ends]}
        if leaf := self.again.get(edge.id):
            arrow["again"] = {"id": leaf.id, "title": leaf.title} | unless(reached=(leaf.reached, True))
        if leaf or self.wires[ends] > 1:
            arrow["use"] = self._use(edge)
        if not edge.label:
            return arrow
        weights = self.weights[edge.tail, edge.head]
        arrow |= {"weights": [self.index[id(w)] for w, _ in weights], "label": [name_of(edge.label)]}
        if edge.gradient:
            (_, r), x = weights[0], self.firsts[edge.tail]
            arrow |= {"from": (self.index[id(r)], self.index[id(x)]), "partial": [name_of(edge.gradient)]}
        return arrow

    def _use(self, edge: Edge) -> tuple[int, int]:
        """The node at a wire's head, and which of its operands, constants counted too, the wire carries."""
        z = self.firsts[edge.head]
        return self.index[id(z)], [i for i, x in enumerate(operands(z)) if isinstance(x, Value)][edge.operand]

    @cached_property
    def cards(self) -> dict[str, int]:
        """The scene's cards by their ids."""
        return {node.id: i for i, node in enumerate(self.passes.scene.nodes)}

    @cached_property
    def wires(self) -> Counter[tuple[str, str]]:
        """How many arrows go from one card to another: in a circuit one for each operand."""
        return Counter((edge.tail, edge.head) for edge in self.passes.scene.edges)

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
