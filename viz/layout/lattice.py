"""The columns of a picture: cards in the even ones, in the odd ones between them the labels of roads, and passes.

An edge is a road from card to card. Where it passes a column it takes up room there: in the column before its
head with its texts, above them the weight that it carries and below them its slope, elsewhere bare.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Protocol

from viz.graph.scene import Edge, Node, Scene
from viz.shapes import Shape, Text
from viz.theme import Theme

LANE = 5.0  # of a road with two lanes: from its middle to either
BARE = 2.0  # half of what a single lane takes
APART = 9.0  # between roads
INDEX = re.compile("[₀-₉]+")
Station = tuple[float, float, float]  # of a flat piece of a road: from, to, height; a way back leads to the left


@dataclass(eq=False)
class Stop:
    """What stands in a column: a card, a label of a road, or the bare road.

    Attributes:
        above, below: how far it reaches from its road, or of a card from its middle.
        out: of a card, how far below its middle its value leaves it.
        round: of a card, the radius of its corners on the left, and how far from its middle they begin.
        slots: of a card, how many roads have room where they come to it.
        ordered: of a card, whether roads come to it in the order of its operands.
        x, y: its middle, of a label where its road is.
        left, right: of its column.
    """

    id: str
    column: int
    width: float
    above: float
    below: float
    kind: str = "card"
    out: float = 0.0
    round: tuple[float, float] = (0.0, 0.0)
    slots: int = 0
    ordered: bool = False
    x: float = 0.0
    y: float = 0.0
    left: float = 0.0
    right: float = 0.0

    @property
    def height(self) -> float:
        return self.above + self.below

    @property
    def top(self) -> float:
        return self.y - (self.height / 2 if self.kind == "card" else self.above)


@dataclass(eq=False)
class Road:
    """An edge's way: its tail and head, and between them a stop in each column; how far its ports are below middles.

    Where it goes on in another row, `pieces` has its way in each row, and `back` its ways back between them.
    """

    edge: Edge
    tail: Stop
    head: Stop
    between: list[Stop] = field(default_factory=list)
    out_port: float = 0.0
    in_port: float = 0.0
    pieces: list[Road] = field(default_factory=list)
    back: list[Station] = field(default_factory=list)

    @property
    def stops(self) -> list[Stop]:
        if self.pieces:
            return [stop for piece in self.pieces for stop in piece.stops]
        return [self.tail, *self.between, self.head]

    @property
    def two_way(self) -> bool:
        return self.edge.slope is not None

    @property
    def is_bundled(self) -> bool:
        """Whether it is one of so many weights that they have no texts: then it takes no room beside the others."""
        return self.edge.weight is not None and not self.edge.texts

    @property
    def texts(self) -> tuple[str, str]:
        """What stands above and below: a weight that it carries, and that weight's gradient or the road's slope."""
        return self.edge.label or "", self.edge.gradient or self.edge.slope or ""

    @property
    def turn(self) -> int:
        """Which of the roads to its head it must be, from the top; 0 where that is free."""
        return self.edge.operand * self.head.ordered

    @property
    def half(self) -> float:
        """From its middle to its edge."""
        return LANE if self.two_way else BARE


class Style(Protocol):
    """What differs between the styles of pictures: how large things are, where roads end, how both are drawn."""

    @property
    def free(self) -> float:
        """The least room between two cards of a column, in points."""

    @property
    def gutter(self) -> tuple[float, float]:
        """The room between two rows, and what each road that goes back there adds, in points."""

    @property
    def sifts(self) -> bool:
        """Whether neighbours in a column change places until no change is better."""

    @property
    def even(self) -> bool:
        """Whether the cards of one kind in a column are as wide as the widest of them."""

    def size(self, node: Node, scene: Scene, theme: Theme) -> tuple[float, float]:
        """Width and height of a card, in points."""

    def texts(self, node: Node, scene: Scene, theme: Theme) -> list[Text]:
        """What stands on a card, at no place yet, in the order in which it is drawn."""

    def shortest(self, edge: Edge, scene: Scene, theme: Theme) -> float:
        """The least length of a road, in points."""

    def stop(self, node: Node, column: int, scene: Scene, theme: Theme) -> Stop:
        """A card in its column, at no place yet."""

    def between(self, road: Road, column: int, scene: Scene, theme: Theme) -> Stop | None:
        """What a road takes up where it passes a column; None where it takes up nothing. Of one id is one stop."""

    def arrive(self, card: Stop, roads: list[Road]) -> None:
        """Set the ports of the roads that come to a card, from the top."""

    def leave(self, card: Stop, roads: list[Road]) -> None:
        """Set the ports of the roads that leave a card, from the top."""

    def gap(self, lattice: Lattice, column: int) -> float:
        """The room between a column and the next one, once heights are known."""

    def settle(self, stop: Stop) -> None:
        """Set a stop's x in its column."""

    def ends(self, road: Road) -> tuple[Station, Station]:
        """Where a road is flat at its tail and at its head."""

    def forward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        """A road's way forward with its texts."""

    def backward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        """A road's way back with its text; nothing where there is none."""

    def card(self, node: Node, stop: Stop, lattice: Lattice) -> Iterator[Shape]:
        """A card at its place."""


class Lattice:
    """All stops in columns, and the roads.

    Attributes:
        style: how large its stops are, and how they are drawn.
        cards: by id, in the scene's order, operands first; `indexed` of those that may have siblings, as x₁, the
            name without its index, and the index.
        roads: in the scene's order; `into` and `out_of` by the cards' ids.
        columns: the stops, each column from the top.
    """

    def __init__(self, scene: Scene, theme: Theme, style: Style) -> None:
        self.scene, self.theme, self.style = scene, theme, style
        ranks = _ranks(scene)
        self.cards = {node.id: style.stop(node, 2 * ranks[node.id], scene, theme) for node in scene.nodes}
        if style.even:
            self._even_out()
        self.indexed = _indexed(scene) if scene.by_index else {}
        self.order = {node.id: i for i, node in enumerate(scene.nodes)}
        self.roads = [Road(edge, self.cards[edge.tail], self.cards[edge.head]) for edge in scene.edges]
        self._between: dict[str, Stop] = {}  # one that several roads have is one stop
        self.into: dict[str, list[Road]] = defaultdict(list)
        self.out_of: dict[str, list[Road]] = defaultdict(list)
        for road in self.roads:
            road.between = list(self._stops(road))
            self.into[road.head.id].append(road)
            self.out_of[road.tail.id].append(road)
        self.columns: list[list[Stop]] = [[] for _ in range(1 + max(card.column for card in self.cards.values()))]

    def _even_out(self) -> None:
        """Make the cards of one kind in a column as wide as the widest of them."""
        kinds: dict[object, list[Stop]] = defaultdict(list)
        for node in self.scene.nodes:
            card = self.cards[node.id]
            kinds[card.column, node.role, node.gradient is None, bool(node.entries)].append(card)
        for cards in kinds.values():
            widest = max(card.width for card in cards)
            for card in cards:
                card.width = widest

    def _stops(self, road: Road) -> Iterator[Stop]:
        columns = range(road.tail.column + 1, road.head.column)
        stops = (self.style.between(road, column, self.scene, self.theme) for column in columns)
        return (self._between.setdefault(stop.id, stop) for stop in stops if stop)

    def operand_order(self, road: Road) -> tuple[int, int, int]:
        """By which roads are sorted: those to one card together, its first operand's first."""
        return self.order[road.head.id], road.edge.operand, self.order[road.tail.id]

    def copy(self) -> Lattice:
        """The same once more, to be placed otherwise: with stops and roads of its own."""
        same = (self.scene, self.theme, self.style, *self.scene.edges)
        return deepcopy(self, {id(thing): thing for thing in same})

    def links(self) -> Iterator[tuple[Stop, Stop, Road]]:
        """Each road's pieces from column to column."""
        for road in self.roads:
            for a, b in pairwise(road.stops):
                yield a, b, road


def _indexed(scene: Scene) -> dict[str, tuple[str, tuple[int, str]]]:
    """Of each card x₁ or a₁ = tanh(z₁) its name's parts; not of v₂ that is made of v₁, whose index counts steps."""
    names = {node.id: node.title.split(" = ")[0] for node in scene.nodes}
    stems = {card: "".join(INDEX.split(name)) for card, name in names.items()}
    made = {edge.head for edge in scene.edges if stems[edge.head] == stems[edge.tail]}
    found = {card: INDEX.search(name) for card, name in names.items() if card not in made}
    return {card: (stems[card], (len(index[0]), index[0])) for card, index in found.items() if index}  # x₁₀ after x₉


def _ranks(scene: Scene) -> dict[str, int]:
    """How many cards the longest way to each card has; a card that is used late stands near its use."""
    tails: dict[str, list[str]] = {node.id: [] for node in scene.nodes}
    heads: dict[str, list[str]] = {node.id: [] for node in scene.nodes}
    for edge in scene.edges:
        tails[edge.head].append(edge.tail)
        heads[edge.tail].append(edge.head)
    order = list(TopologicalSorter(tails).static_order())
    rank: dict[str, int] = {}
    for card in order:
        rank[card] = max((rank[tail] + 1 for tail in tails[card]), default=0)
    for card in reversed(order):
        held = [tail for tail in tails[card] if tails[tail] or len(heads[tail]) > 1 or tail in scene.column]
        if heads[card] and card not in scene.column and len(held) <= len(heads[card]):
            rank[card] = min(rank[head] for head in heads[card]) - 1
    return rank
