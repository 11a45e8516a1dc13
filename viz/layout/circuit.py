"""Pictures of circuits: an operation is a small circle, its value and gradient stand above and below its wire."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from viz import fonts as font
from viz.graph.scene import Edge, Node, Scene
from viz.layout.heights import LINE
from viz.layout.lanes import climbs, lane, stations
from viz.layout.lattice import BARE, Lattice, Road, Station, Stop
from viz.shapes import Box, Curve, Head, Shape, Text, barb, bounds
from viz.theme import Theme
from viz.typeset.latex import AXIS

ROUND = 2.0  # times the size of text: a circle's diameter
AIR, BESIDE = 3.5, 5.0  # between a wire and its numbers; on either side of them
NAME = 4.0  # between a name and what is below or beside it
PORTS, FEW = 13.0, 16.0  # between wires that arrive; between two
START, END = 1.0, 10.0  # points that a wire is straight before and behind its way between columns
ARROW, FORK = 9.0, 2.6  # the length of a head; the radius of the dot where a wire forks
NARROW, CROSS, WIDE = 18.0, 30.0, 60.0  # the least gap between columns, the least where wires cross, the largest
TINY = 1e-6  # so that rounding adds no line
STEEP, CROSSED = 0.30, 0.42  # of a gap's width to the height that a wire changes there; more where wires cross


@dataclass(frozen=True)
class Measure:
    """A node's texts, at no place yet, and how far it reaches from its wire."""

    inner: Text  # in the circle; of a leaf its name
    name: Text | None  # above the circle
    value: Text
    gradient: Text | None
    round: tuple[float, float]  # width and height of the circle, or of a leaf's name

    @property
    def wire(self) -> float:
        """The length of the wire, at least."""
        return max(text.width for text in (self.value, self.gradient) if text) + 2 * BESIDE

    @property
    def width(self) -> float:
        return max(self.round[0] + self.wire, self.name.width if self.name else 0.0)

    @property
    def rise(self) -> float:
        """From the wire to the top, without the name."""
        return max(self.round[1] / 2, AIR + extent(self.value))

    @property
    def above(self) -> float:
        return self.rise + (NAME + extent(self.name) if self.name else 0.0)

    @property
    def below(self) -> float:
        return max(self.round[1] / 2, AIR + extent(self.gradient) if self.gradient else 0.0)


def measured(node: Node, scene: Scene, theme: Theme) -> Measure:
    """The texts of a node."""
    size, paint = theme.card_size, theme.roles[node.role]
    grey = theme.gradient if node.reached else theme.muted
    value = scene.text(node.value, size, theme.value)
    gradient = scene.text(node.gradient, size, grey) if node.gradient is not None else None
    name = scene.text(node.title, size, paint.line) if node.title else None
    text, latex = node.operation
    if not text:
        leaf = name or Text(0, 0, "", size, theme.ink)
        return Measure(leaf, None, value, gradient, (leaf.width + NAME, leaf.height))
    sign = Text(0, 0, text, size, paint.line, latex=latex)
    width = max(ROUND * size, sign.width + 0.8 * size)
    height = max(ROUND * size, sign.height + 0.5 * size, (node.wires - 1) * PORTS + size)
    return Measure(sign, name, value, gradient, (width, height))


def extent(text: Text) -> float:
    """From the lowest to the highest point, of words of a line."""
    _, top, _, bottom = bounds(text)
    return bottom - top


def _under(text: Text, x: float, top: float) -> Text:
    """The text with its highest point at a height."""
    return replace(text, x=x, y=text.y + top - bounds(text)[1])


class Circuit:
    """The style of circuits: between columns there is nothing but wires, and all bends of a wire are there."""

    free = 13.0
    gutter = 16.0, 14.0
    sifts = True
    even = False

    def size(self, node: Node, scene: Scene, theme: Theme) -> tuple[float, float]:
        measure = measured(node, scene, theme)
        return measure.width, measure.above + measure.below

    def texts(self, node: Node, scene: Scene, theme: Theme) -> list[Text]:
        measure = measured(node, scene, theme)
        return [text for text in (measure.inner, measure.name, measure.value, measure.gradient) if text]

    def shortest(self, edge: Edge, scene: Scene, theme: Theme) -> float:
        return NARROW

    def stop(self, node: Node, column: int, scene: Scene, theme: Theme) -> Stop:
        """So high that the wire is in the middle of a line of ports."""
        measure = measured(node, scene, theme)
        lines = (math.ceil(side / LINE - 0.5) + 0.5 for side in (measure.above, measure.below))
        above, below = (LINE * line - TINY for line in lines)
        out, corner = (above - below) / 2, ROUND * theme.card_size / 2
        corners = (corner, max(0.0, measure.round[1] / 2 - corner)) if node.wires else (0.0, 0.0)
        return Stop(
            node.id, column, measure.width, above, below,
            out=out, round=corners, slots=node.wires, ordered=node.ordered,
        )  # fmt: skip

    def between(self, road: Road, column: int, scene: Scene, theme: Theme) -> Stop | None:
        """The bare wire; of all that go the same way one."""
        return Stop(f"{road.tail.id}@{column}", column, 0.0, BARE, BARE, "pass") if column % 2 == 0 else None

    def arrive(self, card: Stop, roads: list[Road]) -> None:
        """Evenly; in the order of the operands, where that matters or not all are drawn."""
        fixed = card.ordered or len(roads) < card.slots
        for i, road in enumerate(roads):
            road.in_port = _port(card, road.edge.operand if fixed else i)

    def leave(self, card: Stop, roads: list[Road]) -> None:
        for road in roads:
            road.out_port = card.out

    def gap(self, lattice: Lattice, column: int) -> float:
        if column % 2:
            return 0.0
        height, _, crossed = climbs(lattice, column)
        least, steep = (CROSS, CROSSED) if crossed else (NARROW, STEEP)
        return min(WIDE, max(least, START + END + steep * height))

    def settle(self, stop: Stop) -> None:
        """Circles below each other on the left, their wires as long as the column; leaves on the right."""
        if any(stop.round):
            stop.width = stop.right - stop.left
        stop.x = stop.right - stop.width / 2

    def ends(self, road: Road) -> tuple[Station, Station]:
        """From the wire's end to the circle."""
        tail, head = road.tail, road.head
        first = tail.right, tail.right + START, tail.y + road.out_port
        return first, (head.left - END, head.left + inset(head, road.in_port), head.y + road.in_port)

    def forward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        theme, flat = lattice.theme, [self.ends(road)[0], *stations(road, self)[1:]]
        points = lane(flat, 0.0, before=ARROW)
        yield Curve(tuple(points), theme.forward, theme.forward_width)
        yield Head(barb(points[-1], (flat[-1][1], flat[-1][2]), ARROW), theme.forward)

    def backward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        yield from ()

    def card(self, node: Node, stop: Stop, lattice: Lattice) -> Iterator[Shape]:
        """Its wire, its circle, dots where the wire forks, its texts."""
        theme, measure = lattice.theme, measured(node, lattice.scene, lattice.theme)
        left, right, y = stop.x - stop.width / 2, stop.x + stop.width / 2, stop.y + stop.out
        width, height = measure.round
        yield Curve(((left + width, y), (right, y)), theme.forward, theme.forward_width)
        if any(node.operation):
            paint, corner = theme.roles[node.role], ROUND * theme.card_size / 2
            yield Box(left, y - height / 2, width, height, corner, paint.outline, paint.fill, theme.outline)
        for port in _open(stop, lattice.into[node.id]):
            tip = left + inset(stop, port), stop.y + port
            yield Head(barb((left - ARROW, tip[1]), tip, ARROW), theme.forward)
        for x, high in _forks(lattice.out_of[node.id]):
            yield Box(x - FORK, high - FORK, 2 * FORK, 2 * FORK, FORK, theme.forward, theme.forward, 0)
        yield from _texts(measure, left, y)


def _texts(measure: Measure, left: float, y: float) -> Iterator[Text]:
    """A node's texts, by its left end and the height of its wire."""
    width, sign = measure.round[0], measure.inner
    is_word = any(map(str.isalnum, sign.text))  # an operator's sign has its middle where fractions have their bar
    drop = sign.at(0, y).y if is_word else y + AXIS * font.MATH_ZOOM * sign.size
    yield replace(sign, x=left + width / 2, y=drop)
    if measure.name:
        yield _under(measure.name, left + max(width, measure.name.width) / 2, y - measure.above)
    middle = left + width + measure.wire / 2
    yield _under(measure.value, middle, y - AIR - extent(measure.value))
    if measure.gradient:
        yield _under(measure.gradient, middle, y + AIR)


def _forks(roads: list[Road]) -> Iterator[tuple[float, float]]:
    """Where one wire becomes several: at its end, or behind a column that it passes."""
    following: dict[tuple[float, float], set[tuple[str, float]]] = defaultdict(set)
    for road in roads:
        for a, b in pairwise(road.stops):
            at = a.right, a.y + road.out_port * (a is road.tail)
            following[at] |= {(b.id, road.in_port * (b is road.head))}
    return (at for at, stops in following.items() if len(stops) > 1)


def _port(card: Stop, i: int) -> float:
    """Where the wire number i of a circle comes to it."""
    return card.out + (i - (card.slots - 1) / 2) * (FEW if card.slots == 2 else PORTS)


def _open(card: Stop, roads: list[Road]) -> list[float]:
    """The ports of wires from what is not drawn."""
    ports = [_port(card, i) for i in range(card.slots)]
    taken = {min(ports, key=lambda port: abs(port - road.in_port)) for road in roads}
    return [port for port in ports if port not in taken]


def inset(card: Stop, port: float) -> float:
    """How far a circle's border is from its left end, where a road comes to it."""
    radius, straight = card.round
    height = max(0.0, abs(port - card.out) - straight)
    return radius - math.sqrt(max(0.0, radius**2 - height**2))
