"""A scene as a picture: the engine orders and straightens, cards and roads are drawn where it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autograd import DrawingError
from viz import fonts as font
from viz.graph.scene import Node, Scene
from viz.layout import engines as engine
from viz.layout.heights import lift
from viz.layout.lanes import lane, ray, spread, stations
from viz.layout.lattice import AIR, LANE, Lattice, Road
from viz.layout.measure import card_heights, card_size, lines
from viz.layout.order import arrange
from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, Text, barb, bounds, centred, move, tip_length
from viz.theme import Theme

MOST_TANGLED = 2500  # columns that all arrows together may pass: some seconds of layout
Look = tuple[str, float, tuple[float, float] | None]  # colour, width, dash


def place(scene: Scene, theme: Theme, layout: engine.Engine) -> Picture:
    """Let the engine lay out the scene, and draw its cards and arrows there, without the notes below.

    Raises:
        DrawingError: too many arrows pass by too many cards, or the layout takes more than half a minute.
    """
    if tangle(scene) > MOST_TANGLED:
        raise DrawingError("The arrows pass by too many cards. Take level='auto', which folds more, or draw a part.")
    lattice = Lattice(scene, theme)
    arrange(lattice, layout)
    lift(lattice, layout)
    spread(lattice)
    groups = [*_roads(lattice), *(_placed(node, lattice) for node in scene.nodes)]
    boxes = [bounds(shape) for group in groups for shape in group.shapes]
    left, top, right, bottom = (pick(box[i] for box in boxes) for i, pick in enumerate((min, min, max, max)))
    margin = theme.margin
    moved = tuple(move(group, margin - left, margin - top) for group in groups)
    size = right - left + 2 * margin, bottom - top + 2 * margin
    return Picture(*size, moved, f"Computation graph of {scene.caption}", theme.background)


def _placed(node: Node, lattice: Lattice) -> Group:
    card = lattice.cards[node.id]
    return Group(node.id, "node", tuple(_card(node, (card.x, card.y), lattice.scene, lattice.theme)))


def with_notes(picture: Picture, scene: Scene, theme: Theme) -> Picture:
    """The picture, and below it what has changed since, and what its cards stand for."""
    texts = [scene.note, ", ".join(scene.folded) and f"Folded: {', '.join(scene.folded)}"]
    room = max(picture.width - 2 * theme.margin, 300.0)
    noted = [line for text in texts for line in _lines(text, room, theme)]
    width = max([picture.width, *(font.width(line, theme.edge_size) + 2 * theme.margin for line in noted)])
    step = theme.edge_size * 1.5
    notes = []
    for i, line in enumerate(noted):
        text = centred(width / 2, picture.height + (i + 0.5) * step, line, theme.edge_size, theme.muted)
        notes.append(Group(f"note{i}", "note", (text,)))
    height = picture.height + step * len(noted)
    title = f"{picture.title}. {scene.note}" if scene.note else picture.title
    return replace(picture, width=width, height=height, groups=(*picture.groups, *notes), title=title)


def _lines(text: str, room: float, theme: Theme) -> Iterator[str]:
    """A note in as many lines as it takes, broken between its parts."""
    line, *parts = re.split("(?<=, )|(?<=was calculated: )", text)
    for part in parts:
        if font.width((line + part).rstrip(", "), theme.edge_size) > room:
            yield line.rstrip()
            line = ""
        line += part
    yield from [line] if line else []


def tangle(scene: Scene) -> int:
    """How many columns of cards all arrows together pass: what an engine's time grows with."""
    depth = {node.id: 0 for node in scene.nodes}
    for edge in scene.edges:  # operands first
        depth[edge.head] = max(depth[edge.head], depth[edge.tail] + 1)
    return sum((depth[edge.head] - depth[edge.tail]) * (1 if edge.slope is None else 2) for edge in scene.edges)


def _card(node: Node, centre: Point, scene: Scene, theme: Theme) -> Iterator[Shape]:
    width, height = card_size(node, scene, theme)
    x, y = centre[0] - width / 2, centre[1] - height / 2
    heights = card_heights(node, scene, theme)
    yield from _paper(node, (x, y, width), heights, theme)
    for i, (row, high) in enumerate(zip(lines(node, scene, theme), heights, strict=True)):
        if i:
            yield Curve(((x, y), (x + width, y)), theme.roles[node.role].outline, theme.outline / 2)
        places = [centre[0]] if len(row) == 1 else _ends(row, x + theme.padding, x + width - theme.padding)
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


def _roads(lattice: Lattice) -> list[Group]:
    """The lanes with their texts; those of gradients on top."""
    forward = [Group(road.edge.id, "forward", tuple(_forward(road, lattice))) for road in lattice.roads]
    backward = [Group(road.edge.id, "backward", tuple(_backward(road, lattice))) for road in lattice.roads]
    return [*forward, *(group for group in backward if group.shapes)]


def _forward(road: Road, lattice: Lattice) -> Iterator[Shape]:
    colour, stroke, dashed = lattice.theme.weight_line(road.edge.weight)
    dash = lattice.theme.dash if dashed and not road.two_way else None  # dashes mark the way back beside it
    above = -LANE if road.two_way else 0.0
    flat, length = stations(road), tip_length(stroke)
    points = ray(flat, length) if road.is_bundled else lane(flat, above, before=length)
    yield from _lane(points, (flat[-1][1], flat[-1][2] + above), (colour, stroke, dash), stroke)
    if road.edge.label:
        yield from _beside(road, road.edge.label, colour, lattice, -1)
    if road.edge.gradient:
        yield from _beside(road, road.edge.gradient, lattice.theme.gradient, lattice, 1)


def _backward(road: Road, lattice: Lattice) -> Iterator[Shape]:
    theme = lattice.theme
    if road.two_way:
        points = lane(stations(road), LANE, behind=tip_length(theme.backward_width))[::-1]
        look = theme.gradient, theme.backward_width, theme.dash
        yield from _lane(points, (stations(road)[0][0], points[-1][1]), look, theme.backward_width)
        if road.edge.slope:
            yield from _beside(road, road.edge.slope, theme.gradient, lattice, 1)


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
