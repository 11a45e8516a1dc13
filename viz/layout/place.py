"""A scene as a picture: the engine lays it out, cards and arrows are drawn where it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from autograd import DrawingError
from viz import fonts as font
from viz.graph.scene import Edge, Node, Scene
from viz.layout import dot
from viz.layout import engines as engine
from viz.layout.measure import card_size, is_dense, rows
from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, centred, head
from viz.theme import Theme

MOST_TANGLED = 2500  # columns that all arrows together may pass: some seconds of layout
Page = Callable[[str, str], Point]  # from the engine's coordinates to the picture's
Look = tuple[str, float, tuple[float, float] | None]  # colour, width, dash


def place(scene: Scene, theme: Theme, layout: engine.Engine) -> Picture:
    """Let the engine lay out the scene, and draw its cards and arrows there, without the notes below.

    Raises:
        DrawingError: too many arrows pass by too many cards, or the layout takes more than half a minute.
    """
    if tangle(scene) > MOST_TANGLED:
        raise DrawingError("The arrows pass by too many cards. Take level='auto', which folds more, or draw a part.")
    placed = engine.place(dot.source(scene, theme, texts=False), layout)
    left, bottom, right, top = map(float, placed["bb"].split(","))
    margin = theme.margin
    mirrored = is_dense(scene) and _is_upside_down(scene, placed["objects"])

    def page(x: str, y: str) -> Point:
        from_top = float(y) - bottom if mirrored else top - float(y)
        return float(x) - left + margin, from_top + margin

    centres = {o["name"]: page(*o["pos"].split(",")) for o in placed["objects"] if "pos" in o}
    lines = {e["id"]: e for e in placed.get("edges", []) if "id" in e}
    arrows = [group for edge in scene.edges for group in _arrows(edge, lines, page, theme)]
    arrows.sort(key=lambda group: group.kind == "backward")  # gradients on top
    cards = [Group(node.id, "node", tuple(_card(node, centres[node.id], theme))) for node in scene.nodes]
    title, size = f"Computation graph of {scene.caption}", (right - left + 2 * margin, top - bottom + 2 * margin)
    return Picture(*size, (*arrows, *cards), title, theme.background)


def with_notes(picture: Picture, folded: tuple[str, ...], theme: Theme) -> Picture:
    """The picture, and below it what its cards stand for."""
    lines = list(_notes(folded, max(picture.width - 2 * theme.margin, 300.0), theme))
    width = max([picture.width, *(font.width(line, theme.edge_size) + 2 * theme.margin for line in lines)])
    step = theme.edge_size * 1.5
    notes = []
    for i, line in enumerate(lines):
        text = centred(width / 2, picture.height + (i + 0.5) * step, line, theme.edge_size, theme.muted)
        notes.append(Group(f"note{i}", "note", (text,)))
    height = picture.height + step * len(lines)
    return replace(picture, width=width, height=height, groups=(*picture.groups, *notes))


def _notes(folded: tuple[str, ...], width: float, theme: Theme) -> Iterator[str]:
    """What was folded, in as many lines as it takes."""
    line = ""
    for part in folded:
        longer = f"{line}, {part}" if line else f"Folded: {part}"
        if line and font.width(longer, theme.edge_size) > width:
            yield f"{line},"
            longer = part
        line = longer
    yield from [line] if line else []


def _is_upside_down(scene: Scene, objects: list[dict[str, Any]]) -> bool:
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
    width, height = card_size(node, theme)
    x, y = centre[0] - width / 2, centre[1] - height / 2
    paint = theme.roles[node.role]
    yield Box(x, y, width, height, theme.corner, paint.line, paint.fill, theme.outline)
    gradient = theme.gradient if node.reached else theme.muted
    styles = [(paint.line, True), *[(theme.ink, False)] * (1 + len(node.entries)), (gradient, node.reached)]
    for i, (text, (colour, bold)) in enumerate(zip(rows(node), styles, strict=False)):
        top = y + i * theme.row
        if i:
            yield Curve(((x, top), (x + width, top)), paint.line, theme.outline / 2)
        middle = top + theme.row / 2
        if 1 < i < 2 + len(node.entries) and node.entries[i - 2][1]:
            yield from _entry(node.entries[i - 2], x, middle, width, theme)
        else:
            yield centred(centre[0], middle, text, theme.card_size, colour, bold)


def _entry(entry: tuple[str, str], x: float, middle: float, width: float, theme: Theme) -> Iterator[Shape]:
    """A value on the left of its row, its gradient on the right."""
    for text, colour, right in zip(entry, (theme.ink, theme.gradient), (False, True), strict=True):
        half = font.width(text, theme.card_size) / 2
        at = x + width - theme.padding - half if right else x + theme.padding + half
        yield centred(at, middle, text, theme.card_size, colour)


def _arrows(edge: Edge, lines: dict[str, Any], page: Page, theme: Theme) -> Iterator[Group]:
    colour, stroke, dashed = theme.weight_line(edge.weight)
    look = colour, stroke, theme.dash if dashed else None
    texts = [(edge.label, colour), (edge.gradient, theme.gradient)]
    yield Group(edge.id, "forward", tuple(_arrow(lines[f"{edge.id}f"], page, look, texts, theme)))
    if edge.slope is not None:
        look, texts = (theme.gradient, theme.backward_width, theme.dash), [(edge.slope, theme.gradient)]
        yield Group(edge.id, "backward", tuple(_arrow(lines[f"{edge.id}b"], page, look, texts, theme)))


def _arrow(
    line: dict[str, Any], page: Page, look: Look, texts: Iterable[tuple[str | None, str]], theme: Theme
) -> Iterator[Shape]:
    """A Graphviz spline: `e,x,y` or `s,x,y` is the tip, then follow the curve's points; and its texts, a row each."""
    tip, at_start, points = None, False, []
    for word in line["pos"].split():
        mark, _, rest = word.partition(",")
        if mark in ("s", "e"):
            tip, at_start = page(*rest.split(",")), mark == "s"
        else:
            points.append(page(*word.split(",")))
    colour, stroke, _ = look
    yield Curve(tuple(points), *look)
    if tip is not None:
        yield Head(head(points[0] if at_start else points[-1], tip, theme.arrow * (0.8 + 0.15 * stroke)), colour)
    rows = [(text, paint) for text, paint in texts if text]
    for i, (text, paint) in enumerate(rows):
        x, y = page(*line["lp"].split(","))
        yield centred(x, y + (i - (len(rows) - 1) / 2) * dot.line(theme), text, theme.edge_size, paint)
