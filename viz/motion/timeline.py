"""Both passes over a picture: which lines its cards stand for, and the steps, a card each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from autograd import Value
from autograd.passes.line_text import line
from autograd.passes.worksheet import Worksheet
from viz.graph.arrows import shared
from viz.graph.build import DIGITS, viewed, written
from viz.graph.inputs import with_inputs
from viz.graph.levels import Folding
from viz.graph.scene import Level, Scene
from viz.graph.view import View

MOST_SAID = 3  # lines of a card that a sentence says; of more the first ones and the last


def passes(
    output: Value,
    level: Level = "value",
    names: Mapping[Any, str] | None = None,
    parameters: Iterable[Value] | None = None,
    digits: int | None = None,
    **options: Any,
) -> Passes:
    """The passes of J, for `frames` and `page`, whose docstrings have the arguments.

    Args:
        options: the style, what part of the graph is drawn (`around`, `depth`, `between`), and which scene `fits`.

    Raises:
        OperandError: output is not a Value. DrawingError: too many cards, an unknown choice.
    """
    sheet = Worksheet(output, "value", digits or DIGITS["cards"], names)
    own = sheet.shown.own
    learned, options = own(parameters), {**own(options), "called": True}
    if level != "value":
        with_inputs(sheet.shown.nodes, learned)
    view, scene = viewed(sheet.output, "backward", level, own(names), learned, digits, **options)
    return _with_lines(view, scene, sheet)


def refolded(both: Passes, folding: Folding) -> Passes:
    """The same passes of the same graph in another folding of its picture."""
    view = replace(both.view, folding=folding, decided={})
    scene = replace(written(view), folded=both.scene.folded)
    return _with_lines(view, scene, both.sheet, both.scene.note)


def _with_lines(view: View, scene: Scene, sheet: Worksheet, note: str | None = None) -> Passes:
    """The passes with a line for each leaf and for each node that is shown."""
    cards = {None, *(node.id for node in scene.nodes)}
    kept = {id(z) for z in view.folding.kept if view.ids.get(id(z)) in cards}  # a circuit leaves out 0 + x
    lines = [z for z in view.structure.graph if not z.op or id(z) in kept]
    sheet = sheet.with_lines(lines, view.labels, view.digits)
    return Passes(replace(scene, note=sheet.note() if note is None else note), view, sheet)


@dataclass(frozen=True)
class Passes:
    """A graph, the scene that shows it or a part of it, and a worksheet of both passes.

    A line is what a sentence is about: a node that has a card or is in one, or a leaf. A card stands for one line,
    or where it is a layer's or a chain's for several.
    """

    scene: Scene
    view: View
    sheet: Worksheet
    dialect: str = "unicode"  # of the sentences

    @property
    def graph(self) -> list[Value]:
        """All nodes, operands first."""
        return self.view.structure.graph

    @property
    def lines(self) -> list[Value]:
        """The nodes with lines, operands first, the output last."""
        return self.sheet.lines

    @cached_property
    def index(self) -> dict[int, int]:
        """Of each node by `id`: which one of the graph's."""
        return {id(z): i for i, z in enumerate(self.graph)}

    @property
    def place(self) -> dict[int, int]:
        """Of a node with a line by `id`: which line."""
        return self.sheet.places

    @cached_property
    def members(self) -> list[list[int]]:
        """Of each of the scene's cards its lines."""
        members: dict[str, list[int]] = {node.id: [] for node in self.scene.nodes}
        for i, z in enumerate(self.lines):
            if id(z) in self.view.ids:
                members[self.view.ids[id(z)]].append(i)
        totals = {f"w{k}": [self.place[id(w)]] for k, w in enumerate(shared(self.view))}
        return [own or totals[card] for card, own in members.items()]

    @cached_property
    def links(self) -> list[tuple[int, int, Value]]:
        """What lines are made of: the line at the head, which of its links, and the node at the tail."""
        spans = self.sheet.spans
        return [(head, k, x) for head, z in enumerate(self.lines) for k, (x, _) in enumerate(spans.links(z))]

    def goes_back(self, link: int) -> bool:
        """Whether a gradient that is shown goes back along a link."""
        head, k, x = self.links[link]
        z = self.lines[head]
        number = self.sheet.spans.links(z)[k][1]
        return number is not None and id(z) in self.sheet.gradients and self.view.has_gradient(x)

    @cached_property
    def steps(self) -> list[tuple[str, int]]:
        """Both passes by cards: values from the leaves to the output; gradients back, those of the leaves last."""
        results = [i for i in self._order if self._has_result(i)]
        leaves = [i for i in range(len(self.members)) if not self._has_result(i)]
        back = [i for i in (*reversed(results), *leaves) if self._has_gradient(i)]
        return [("forward", i) for i in results] + [("backward", i) for i in back]

    def _has_result(self, card: int) -> bool:
        return any(self.lines[i].op for i in self.members[card])

    def _has_gradient(self, card: int) -> bool:
        shown = [self.lines[i] for i in self.members[card]]
        return any(id(z) in self.sheet.gradients and self.view.has_gradient(z) for z in shown)

    @property
    def _order(self) -> list[int]:
        """The cards, each after those that it is made of; where two are made of each other, the first one first."""
        card = {i: c for c, own in enumerate(self.members) for i in own}
        needs: dict[int, set[int]] = {c: set() for c in range(len(self.members))}
        for head, _, x in self.links:
            if head in card and (tail := card.get(self.place[id(x)])) is not None:
                needs[card[head]] |= {tail} - {card[head]}
        order: dict[int, None] = {}
        while rest := [c for c in needs if c not in order]:
            order[next((c for c in rest if needs[c] <= order.keys()), rest[0])] = None
        return list(order)

    def sentence(self, phase: str, card: int) -> str:
        """What a step says: `u = b · c = 3 · 2 = 6`, or `∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6`."""
        said = [line(self.sheet, phase, self.lines[i], self.dialect) for i in self.members[card]]
        if len(said) > MOST_SAID:
            said = [*said[: MOST_SAID - 1], "…" if self.dialect == "unicode" else r"\dots", said[-1]]
        return "; ".join(said)
