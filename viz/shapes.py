"""A placed scene as plain shapes: rounded boxes, curves, arrow heads and lines of text.

Every format is written from these; coordinates are points, the origin at the top left.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from viz import dot, engine, font
from viz.scene import Edge, Node, Scene
from viz.style import Theme

Point = tuple[float, float]


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


def place(scene: Scene, theme: Theme, layout: engine.Engine) -> Picture:
    """Let the engine lay out the scene, and draw its cards and arrows there."""
    placed = engine.place(dot.source(scene, theme, texts=False), layout)
    left, bottom, right, top = map(float, placed["bb"].split(","))
    margin = theme.margin

    def page(x: str | float, y: str | float) -> Point:
        return float(x) - left + margin, top - float(y) + margin

    centres = {o["name"]: page(*o["pos"].split(",")) for o in placed["objects"] if "pos" in o}
    lines = {e["id"]: e for e in placed.get("edges", []) if "id" in e}
    arrows = [group for edge in scene.edges for group in _arrows(edge, lines, page, theme)]
    arrows.sort(key=lambda group: group.kind == "backward")  # gradients on top
    cards = [Group(node.id, "node", tuple(_card(node, centres[node.id], theme))) for node in scene.nodes]
    size = right - left + 2 * margin, top - bottom + 2 * margin
    return Picture(*size, (*arrows, *cards), f"Computation graph of {scene.caption}")


def _card(node: Node, centre: Point, theme: Theme) -> Iterator[Shape]:
    width, height = dot.card_size(node, theme)
    x, y = centre[0] - width / 2, centre[1] - height / 2
    paint = theme.roles[node.role]
    yield Box(x, y, width, height, theme.corner, paint.line, paint.fill, theme.outline)
    gradient = theme.gradient if node.reached else theme.muted
    styles = ((paint.line, True), (theme.ink, False), (gradient, node.reached))
    for i, (text, (colour, bold)) in enumerate(zip(dot.rows(node), styles, strict=False)):
        top = y + i * theme.row
        if i:
            yield Curve(((x, top), (x + width, top)), paint.line, theme.outline / 2)
        yield _text(centre[0], top + theme.row / 2, text, theme.card_size, colour, bold)


def _text(x: float, middle: float, text: str, size: float, colour: str, bold: bool = False) -> Text:
    return Text(x, middle + size * font.CAP_HEIGHT / 2, text, size, colour, bold)


def _arrows(edge: Edge, lines: dict[str, Any], page: Any, theme: Theme) -> Iterator[Group]:
    line = lines[f"{edge.id}f"]
    yield Group(edge.id, "forward", tuple(_arrow(line["pos"], page, theme.forward, theme.forward_width, None, theme)))
    if edge.slope is not None:
        line = lines[f"{edge.id}b"]
        shapes = list(_arrow(line["pos"], page, theme.gradient, theme.backward_width, theme.dash, theme))
        x, y = page(*line["lp"].split(","))
        shapes.append(_text(x, y, edge.slope, theme.edge_size, theme.gradient))
        yield Group(edge.id, "backward", tuple(shapes))


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
