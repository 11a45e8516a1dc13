"""Pictures of cards: a quantity a card, a dependency a road of two lanes, which end at its border."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from viz.graph.scene import Edge, Node, Scene
from viz.layout.lanes import STEP, climbs, lane, ray, stations
from viz.layout.lattice import APART, LANE, Lattice, Road, Station, Stop
from viz.layout.measure import card_heights, card_size, lines
from viz.shapes import LONGEST_HEAD, Box, Curve, Head, Point, Shape, Text, barb, tip_length
from viz.theme import Theme

AIR = 6.0  # between a lane and its text
ROAD = 26.0  # points that a road needs besides its texts
NARROW, NARROWER, WIDE = 26.0, 16.0, 76.0  # the least and the largest gap between columns; the least without labels
FLAT = LONGEST_HEAD  # points at both ends of a road
DENSE, BUNDLE = 60, 230.0  # so many roads between two columns need that gap
STEEP, CROSSED = 0.40, 0.55  # of a gap's width to the height that a road changes there; more where roads cross
FORK, SPREAD = 20.0, 26.0  # between the ports of two roads that leave a card, at least between those that arrive
Look = tuple[str, float, tuple[float, float] | None]  # colour, width, dash


class Cards:
    """The style of cards."""

    free = 22.0
    gutter = 34.0, 24.0
    sifts = False
    even = True

    def size(self, node: Node, scene: Scene, theme: Theme) -> tuple[float, float]:
        return card_size(node, scene, theme)

    def texts(self, node: Node, scene: Scene, theme: Theme) -> list[Text]:
        return [text for row in lines(node, scene, theme) for text in row]

    def shortest(self, edge: Edge, scene: Scene, theme: Theme) -> float:
        texts = [scene.text(text, theme.edge_size, theme.ink).width for text in edge.texts]
        return max(texts, default=0.0) + ROAD

    def stop(self, node: Node, column: int, scene: Scene, theme: Theme) -> Stop:
        width, height = card_size(node, scene, theme)
        last = card_heights(node, scene, theme)[-1] if node.gradient is not None else height / 2
        return Stop(node.id, column, width, height / 2, height / 2, out=height / 2 - last)

    def between(self, road: Road, column: int, scene: Scene, theme: Theme) -> Stop | None:
        """A label before its head, elsewhere the bare road; a bundle passes between the cards' columns."""
        if road.is_bundled and column % 2:
            return None
        edge, above, below = road.edge, road.half, road.half
        width, kind = 0.0, "pass"
        if column == road.head.column - 1 and any(road.texts):
            texts = [scene.text(text, theme.edge_size, theme.ink) for text in road.texts]
            up, down = (text.height + AIR if text.text else 0.0 for text in texts)
            width, kind = max(text.width for text in texts), "label"
            above, below = above + up + theme.weight_line(edge.weight)[1] / 2, below + down
        return Stop(f"{edge.id}@{column}", column, width, above, below, kind)

    def arrive(self, card: Stop, roads: list[Road]) -> None:
        """As far apart as their labels need, or as the card has room."""
        needs = [SPREAD] * (len(roads) - 1)
        for i, (a, b) in enumerate(pairwise(road.stops[-2] for road in roads)):
            if "label" in (a.kind, b.kind):
                needs[i] = max(SPREAD, a.below + APART + b.above)
        room = card.height - 18
        if sum(needs) > room:
            needs = [room / len(needs)] * len(needs)
        at = card.out if len(roads) == 1 else -sum(needs) / 2
        if all(road.is_bundled for road in roads):
            at, needs = 0.0, [0.0] * len(needs)
        for road, step in zip(roads, [*needs, 0.0], strict=True):
            road.in_port = at
            at += step

    def leave(self, card: Stop, roads: list[Road]) -> None:
        """From one port, or where several have two lanes, from one each."""
        forks = len(roads) > 1 and sum(road.two_way for road in roads) > 1
        step = min(FORK, (card.height - 20) / (len(roads) - 1)) if forks else 0.0
        spread = (len(roads) - 1) / 2 * step
        middle = min(card.out, card.below - 10 - spread) if forks else card.out
        for i, road in enumerate(roads):
            road.out_port = middle - spread + i * step

    def gap(self, lattice: Lattice, column: int) -> float:
        labels = any(stop.kind == "label" for stop in lattice.columns[column + (column + 1) % 2])
        height, roads, crossed = climbs(lattice, column)
        if height < STEP and labels:
            return FLAT
        if roads >= DENSE:
            return BUNDLE
        least = NARROW if labels else NARROWER
        return min(WIDE, max(least, FLAT + (CROSSED if crossed else STEEP) * height))

    def settle(self, stop: Stop) -> None:
        """In the middle, in the first column on the right."""
        stop.x = stop.right - stop.width / 2 if not stop.column else (stop.left + stop.right) / 2

    def ends(self, road: Road) -> tuple[Station, Station]:
        start, end = road.tail.x + road.tail.width / 2, road.head.x - road.head.width / 2
        first, last = road.tail.y + road.out_port, road.head.y + road.in_port
        return (start, max(start + FLAT, road.tail.right), first), (min(end - FLAT, road.head.left), end, last)

    def forward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        colour, stroke, dashed = lattice.theme.weight_line(road.edge.weight)
        dash = lattice.theme.dash if dashed and not road.two_way else None  # dashes mark the way back beside it
        above = -LANE if road.two_way else 0.0
        flat, length = stations(road, self), tip_length(stroke)
        points = ray(flat, length) if road.is_bundled else lane(flat, above, before=length)
        yield from _lane(points, (flat[-1][1], flat[-1][2] + above), (colour, stroke, dash), stroke)
        if road.edge.label:
            yield from _beside(road, road.edge.label, colour, lattice, -1)
        if road.edge.gradient:
            yield from _beside(road, road.edge.gradient, lattice.theme.gradient, lattice, 1)

    def backward(self, road: Road, lattice: Lattice) -> Iterator[Shape]:
        theme = lattice.theme
        if road.two_way:
            points = lane(stations(road, self), LANE, behind=tip_length(theme.backward_width))[::-1]
            look = theme.gradient, theme.backward_width, theme.dash
            yield from _lane(points, (stations(road, self)[0][0], points[-1][1]), look, theme.backward_width)
            if road.edge.slope:
                yield from _beside(road, road.edge.slope, theme.gradient, lattice, 1)

    def card(self, node: Node, stop: Stop, lattice: Lattice) -> Iterator[Shape]:
        scene, theme = lattice.scene, lattice.theme
        width, heights = stop.width, card_heights(node, scene, theme)
        x, y = stop.x - width / 2, stop.y - sum(heights) / 2
        yield from _paper(node, (x, y, width), heights, theme)
        for i, (row, high) in enumerate(zip(lines(node, scene, theme), heights, strict=True)):
            if i:
                yield Curve(((x, y), (x + width, y)), theme.roles[node.role].outline, theme.outline / 2)
            places = [stop.x] if len(row) == 1 else _ends(row, x + theme.padding, x + width - theme.padding)
            yield from (text.at(place, y + high / 2) for text, place in zip(row, places, strict=True))
            y += high


def _paper(node: Node, at: tuple[float, float, float], heights: Sequence[float], theme: Theme) -> Iterator[Box]:
    """A card without its texts: a strip for the title, a white body, red behind the gradient; one row is a pill."""
    (x, y, width), paint, height = at, theme.roles[node.role], sum(heights)
    corner = theme.corner if len(heights) > 1 else height / 2

    def panel(top: float, high: float, fill: str, radius: float = corner) -> Box:
        return Box(x, y + top, width, high, radius, fill, fill, 0)

    last = theme.gradient_fill if node.gradient is not None and node.reached else theme.body
    if len(heights) > 1:
        yield panel(0, height, last)
        yield panel(0, heights[0] + corner, paint.fill)
        yield panel(heights[0], corner, last, 0)
        yield from [panel(heights[0], sum(heights[1:-1]), theme.body, 0)] if len(heights) > 2 else []
    else:
        yield panel(0, height, paint.fill)
    yield Box(x, y, width, height, corner, paint.outline, "none", theme.outline)


def _ends(row: Sequence[Text], left: float, right: float) -> list[float]:
    """The middles of a value on the left and a gradient on the right."""
    return [left + row[0].width / 2, right - row[1].width / 2]


def _lane(points: list[Point], tip: Point, look: Look, stroke: float) -> Iterator[Shape]:
    """A lane from a dot to a barbed head."""
    colour, _, _ = look
    x, y = points[0]
    radius = 1.2 + 0.6 * stroke
    yield Curve(tuple(points), *look)
    yield Head(barb(points[-1], tip, tip_length(stroke)), colour)
    yield Box(x - radius, y - radius, 2 * radius, 2 * radius, radius, colour, colour, 0)


def _beside(road: Road, text: str, colour: str, lattice: Lattice, side: int) -> Iterator[Text]:
    """A text above or below its road, where that is flat."""
    stop, theme = road.stops[-2], lattice.theme
    line = lattice.scene.text(text, theme.edge_size, colour)
    stroke = theme.weight_line(road.edge.weight)[1] if side < 0 or not road.two_way else theme.backward_width
    lane = LANE if road.two_way else 0.0
    yield line.at(stop.x, stop.y + side * (lane + stroke / 2 + AIR / 2 + line.height / 2))
