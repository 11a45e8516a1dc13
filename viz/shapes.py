"""A placed scene as plain shapes: rounded boxes, curves, arrow heads and lines of text.

Every format is written from these; coordinates are points, the origin at the top left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from autograd import DrawingError
from viz import fonts as font
from viz.graph.scene import Edge, Node, Scene
from viz.layout import dot
from viz.layout import engines as engine
from viz.theme import Theme

Point = tuple[float, float]
MOST_TANGLED = 2500  # columns that all arrows together may pass: some seconds of layout


@dataclass(frozen=True)
class Box:
    """A rounded rectangle by its top left corner."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    line: str
    fill: str
    stroke: float


@dataclass(frozen=True)
class Curve:
    """A chain of cubic Bézier curves: a start, then three points for each piece. A line has two."""

    points: tuple[Point, ...]
    line: str
    stroke: float
    dash: tuple[float, float] | None = None
    opacity: float = 1.0


@dataclass(frozen=True)
class Head:
    """An arrow head: a filled triangle, its tip first."""

    points: tuple[Point, Point, Point]
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Text:
    """One line of text, centred at x, its baseline at y."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False


Shape = Box | Curve | Head | Text


@dataclass(frozen=True)
class Group:
    """The shapes of one card or one arrow, under its id."""

    id: str
    kind: str  # "node", "forward" or "backward"; of networks "unit", "link" or "label"
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Picture:
    """Shapes in drawing order on a page of a size, with a title for those who cannot see it."""

    width: float
    height: float
    groups: tuple[Group, ...]
    title: str
    background: str | None = None  # None is transparent


def place(scene: Scene, theme: Theme, layout: engine.Engine) -> Picture:
    """Let the engine lay out the scene, and draw its cards and arrows there.

    Raises:
        DrawingError: too many arrows pass by too many cards, or the layout takes more than half a minute.
    """
    if tangle(scene) > MOST_TANGLED:
        raise DrawingError("The arrows pass by too many cards. Fold more, as with level='auto', or draw a part.")
    placed = engine.place(dot.source(scene, theme, texts=False), layout)
    left, bottom, right, top = map(float, placed["bb"].split(","))
    margin = theme.margin

    mirrored = dot.is_dense(scene) and _upside_down(scene, placed["objects"])

    def page(x: str | float, y: str | float) -> Point:
        return float(x) - left + margin, (float(y) - bottom if mirrored else top - float(y)) + margin

    centres = {o["name"]: page(*o["pos"].split(",")) for o in placed["objects"] if "pos" in o}
    lines = {e["id"]: e for e in placed.get("edges", []) if "id" in e}
    arrows = [group for edge in scene.edges for group in _arrows(edge, lines, page, theme)]
    arrows.sort(key=lambda group: group.kind == "backward")  # gradients on top
    cards = [Group(node.id, "node", tuple(_card(node, centres[node.id], theme))) for node in scene.nodes]
    said = list(_notes(scene, max(right - left, 300.0), theme))
    width = max([right - left, *(font.width(line, theme.edge_size) for line in said)]) + 2 * margin
    step, bottom_line = theme.edge_size * 1.5, top - bottom + 2 * margin
    notes = tuple(
        Group(
            f"note{i}", "note", (_text(width / 2, bottom_line + (i + 0.5) * step, line, theme.edge_size, theme.muted),)
        )
        for i, line in enumerate(said)
    )
    title = f"Computation graph of {scene.caption}"
    return Picture(width, bottom_line + step * len(said), (*arrows, *cards, *notes), title, theme.background)


def _notes(scene: Scene, width: float, theme: Theme) -> Iterator[str]:
    """Below the graph, what the cards stand for: as many lines as it takes."""
    line = ""
    for part in scene.folded:
        longer = f"{line}, {part}" if line else f"Folded: {part}"
        if line and font.width(longer, theme.edge_size) > width:
            yield f"{line},"
            longer = part
        line = longer
    yield from [line] if line else []


def fit(picture: Picture, width: float, height: float) -> Picture:
    """The picture scaled to a page of this size in points, in its middle."""
    zoom = min(width / picture.width, height / picture.height)
    dx, dy = (width - zoom * picture.width) / 2, (height - zoom * picture.height) / 2
    groups = tuple(replace(g, shapes=tuple(_scaled(s, zoom, dx, dy) for s in g.shapes)) for g in picture.groups)
    return replace(picture, width=width, height=height, groups=groups)


def _scaled(shape: Shape, zoom: float, dx: float, dy: float) -> Shape:
    match shape:
        case Box():
            lengths = {k: getattr(shape, k) * zoom for k in ("width", "height", "radius", "stroke")}
            return replace(shape, x=shape.x * zoom + dx, y=shape.y * zoom + dy, **lengths)
        case Text():
            return replace(shape, x=shape.x * zoom + dx, y=shape.y * zoom + dy, size=shape.size * zoom)
        case Curve():
            points = tuple((x * zoom + dx, y * zoom + dy) for x, y in shape.points)
            dash = (shape.dash[0] * zoom, shape.dash[1] * zoom) if shape.dash else None
            return replace(shape, points=points, stroke=shape.stroke * zoom, dash=dash)
    a, b, c = ((x * zoom + dx, y * zoom + dy) for x, y in shape.points)
    return replace(shape, points=(a, b, c))


def _upside_down(scene: Scene, objects: list[dict[str, Any]]) -> bool:
    """Whether most cards of a column stand above the ones before them: the engine is free to choose."""
    where = {o["name"]: tuple(map(float, o["pos"].split(","))) for o in objects if "pos" in o}
    places = [where[node.id] for node in scene.nodes]
    steps = [b[1] - a[1] for a, b in pairwise(places) if abs(a[0] - b[0]) < 1]
    return sum(1 if step > 0 else -1 for step in steps) > 0


def tangle(scene: Scene) -> int:
    """How many columns of cards all arrows together pass: what an engine's time grows with."""
    depth = {node.id: 0 for node in scene.nodes}
    for edge in scene.edges:  # operands first
        depth[edge.head] = max(depth[edge.head], depth[edge.tail] + 1)
    return sum((depth[edge.head] - depth[edge.tail]) * (1 if edge.slope is None else 2) for edge in scene.edges)


def _card(node: Node, centre: Point, theme: Theme) -> Iterator[Shape]:
    width, height = dot.card_size(node, theme)
    x, y = centre[0] - width / 2, centre[1] - height / 2
    paint = theme.roles[node.role]
    yield Box(x, y, width, height, theme.corner, paint.line, paint.fill, theme.outline)
    gradient = theme.gradient if node.reached else theme.muted
    styles = [(paint.line, True), *[(theme.ink, False)] * (1 + len(node.entries)), (gradient, node.reached)]
    for i, (text, (colour, bold)) in enumerate(zip(dot.rows(node), styles, strict=False)):
        top = y + i * theme.row
        if i:
            yield Curve(((x, top), (x + width, top)), paint.line, theme.outline / 2)
        middle = top + theme.row / 2
        if 1 < i < 2 + len(node.entries) and node.entries[i - 2][1]:
            yield from _entry(node.entries[i - 2], x, middle, width, theme)
        else:
            yield _text(centre[0], middle, text, theme.card_size, colour, bold)


def _entry(entry: tuple[str, str], x: float, middle: float, width: float, theme: Theme) -> Iterator[Shape]:
    """A value on the left of its row, its gradient on the right."""
    for text, colour, right in zip(entry, (theme.ink, theme.gradient), (False, True), strict=True):
        half = font.width(text, theme.card_size) / 2
        at = x + width - theme.padding - half if right else x + theme.padding + half
        yield _text(at, middle, text, theme.card_size, colour)


def _text(x: float, middle: float, text: str, size: float, colour: str, bold: bool = False) -> Text:
    return Text(x, middle + size * font.CAP_HEIGHT / 2, text, size, colour, bold)


def _arrows(edge: Edge, lines: dict[str, Any], page: Any, theme: Theme) -> Iterator[Group]:
    line = lines[f"{edge.id}f"]
    colour, stroke, dashed = dot.weight_line(edge, theme)
    forward = list(_arrow(line["pos"], page, colour, stroke, theme.dash if dashed else None, theme))
    if edge.label:
        forward.append(_text(*_middle(line, page), edge.label, theme.edge_size, colour))
    yield Group(edge.id, "forward", tuple(forward))
    if edge.slope is not None:
        line = lines[f"{edge.id}b"]
        shapes = list(_arrow(line["pos"], page, theme.gradient, theme.backward_width, theme.dash, theme))
        if edge.slope:
            shapes.append(_text(*_middle(line, page), edge.slope, theme.edge_size, theme.gradient))
        yield Group(edge.id, "backward", tuple(shapes))


def _middle(line: dict[str, Any], page: Any) -> Point:
    x, y = line["lp"].split(",")
    point: Point = page(x, y)
    return point


def _arrow(
    spline: str, page: Any, colour: str, stroke: float, dash: tuple[float, float] | None, theme: Theme
) -> Iterator[Shape]:
    """A Graphviz spline: `e,x,y` or `s,x,y` is the tip, then follow the curve's points."""
    tip, at_start, points = None, False, []
    for word in spline.split():
        mark, _, rest = word.partition(",")
        if mark in ("s", "e"):
            tip, at_start = page(*rest.split(",")), mark == "s"
        else:
            points.append(page(*word.split(",")))
    yield Curve(tuple(points), colour, stroke, dash)
    if tip is not None:
        yield Head(head(points[0] if at_start else points[-1], tip, theme.arrow * (0.8 + 0.15 * stroke)), colour)


def head(base: Point, tip: Point, length: float) -> tuple[Point, Point, Point]:
    """A triangle that ends at the tip, pointing away from the curve's end."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    norm = math.hypot(dx, dy) or 1.0
    dx, dy = dx / norm, dy / norm
    x, y = tip[0] - length * dx, tip[1] - length * dy
    half = length * 0.36
    return tip, (x - half * dy, y + half * dx), (x + half * dy, y - half * dx)


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a shape, its line's width left out."""
    if isinstance(shape, Box):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    if isinstance(shape, Text):
        half = font.width(shape.text, shape.size, shape.bold) / 2
        return shape.x - half, shape.y - shape.size, shape.x + half, shape.y + shape.size * 0.25
    xs, ys = zip(*shape.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """The shape at another place."""
    if isinstance(shape, Box | Text):
        return replace(shape, x=shape.x + dx, y=shape.y + dy)
    return replace(shape, points=tuple((x + dx, y + dy) for x, y in shape.points))  # type: ignore[arg-type]
