"""The columns of a picture: cards in the even ones, in the odd ones between them the labels of roads, and passes.

An edge is a road from card to card. Where it passes a column it takes up room there: in the column before its
head with its texts, above them the weight that it carries and below them its slope, elsewhere bare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from itertools import pairwise

from viz.graph.scene import Edge, Node, Scene
from viz.layout.measure import card_heights, card_size
from viz.theme import Theme

LANE = 5.0  # of a road with two lanes: from its middle to either
BARE = 2.0  # half of what a single lane takes
AIR = 6.0  # between a lane and its text


@dataclass(eq=False)
class Stop:
    """What stands in a column: a card, a label of a road, or the bare road.

    Attributes:
        above, below: how far it reaches from its road, or of a card from its middle.
        out: of a card, how far below its middle its value leaves it.
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
    x: float = 0.0
    y: float = 0.0
    left: float = 0.0
    right: float = 0.0

    @property
    def height(self) -> float:
        return self.above + self.below


@dataclass(eq=False)
class Road:
    """An edge's way: its tail and head, and between them a stop in each column; how far its ports are below middles."""

    edge: Edge
    tail: Stop
    head: Stop
    between: list[Stop] = field(default_factory=list)
    out_port: float = 0.0
    in_port: float = 0.0

    @property
    def stops(self) -> list[Stop]:
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
    def half(self) -> float:
        """From its middle to its edge."""
        return LANE if self.two_way else BARE


class Lattice:
    """All stops in columns, and the roads.

    Attributes:
        cards: by id, in the scene's order, operands first.
        roads: in the scene's order; `into` and `out_of` by the cards' ids.
        columns: the stops, each column from the top.
    """

    def __init__(self, scene: Scene, theme: Theme) -> None:
        self.scene, self.theme = scene, theme
        ranks = _ranks(scene)
        self.cards = {node.id: self._card(node, 2 * ranks[node.id]) for node in scene.nodes}
        self.order = {node.id: i for i, node in enumerate(scene.nodes)}
        self.roads = [Road(edge, self.cards[edge.tail], self.cards[edge.head]) for edge in scene.edges]
        self.into: dict[str, list[Road]] = defaultdict(list)
        self.out_of: dict[str, list[Road]] = defaultdict(list)
        for road in self.roads:
            road.between = list(self._stops(road))
            self.into[road.head.id].append(road)
            self.out_of[road.tail.id].append(road)
        self.columns: list[list[Stop]] = [[] for _ in range(1 + max(card.column for card in self.cards.values()))]

    def _card(self, node: Node, column: int) -> Stop:
        width, height = card_size(node, self.scene, self.theme)
        last = card_heights(node, self.scene, self.theme)[-1] if node.gradient is not None else height / 2
        return Stop(node.id, column, width, height / 2, height / 2, out=height / 2 - last)

    def _stops(self, road: Road) -> Iterator[Stop]:
        edge, theme = road.edge, self.theme
        for column in range(road.tail.column + 1, road.head.column):
            if road.is_bundled and column % 2:
                continue
            above = below = road.half
            width, kind = 0.0, "pass"
            if column == road.head.column - 1 and any(road.texts):
                texts = [self.scene.text(text, theme.edge_size, theme.ink) for text in road.texts]
                up, down = (text.height + AIR if text.text else 0.0 for text in texts)
                width, kind = max(text.width for text in texts), "label"
                above, below = above + up + theme.weight_line(edge.weight)[1] / 2, below + down
            yield Stop(f"{edge.id}@{column}", column, width, above, below, kind)

    def links(self) -> Iterator[tuple[Stop, Stop, Road]]:
        """Each road's pieces from column to column."""
        for road in self.roads:
            for a, b in pairwise(road.stops):
                yield a, b, road


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
        if heads[card] and card not in scene.column and len(tails[card]) <= len(heads[card]):
            rank[card] = min(rank[head] for head in heads[card]) - 1
    return rank
