"""A scene as a picture: the engine lays it out, cards and arrows are drawn where it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from autograd import DrawingError
from viz import fonts as font
from viz.graph.scene import Edge, Node, Scene
from viz.layout import dot
from viz.layout import engines as engine
from viz.layout.measure import card_heights, card_size, is_dense, lines
from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, Text, centred, head
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
    splines = {e["id"]: e for e in placed.get("edges", []) if "id" in e}
    arrows = [group for edge in scene.edges for group in _arrows(edge, splines, page, scene, theme)]
    arrows.sort(key=lambda group: group.kind == "backward")  # gradients on top
    cards = [Group(node.id, "node", tuple(_card(node, centres[node.id], scene, theme))) for node in scene.nodes]
    title, size = f"Computation graph of {scene.caption}", (right - left + 2 * margin, top - bottom + 2 * margin)
    return Picture(*size, (*arrows, *cards), title, theme.background)


def with_notes(picture: Picture, folded: tuple[str, ...], theme: Theme) -> Picture:
    """The picture, and below it what its cards stand for."""
    noted = list(_notes(folded, max(picture.width - 2 * theme.margin, 300.0), theme))
    width = max([picture.width, *(font.width(line, theme.edge_size) + 2 * theme.margin for line in noted)])
    step = theme.edge_size * 1.5
    notes = []
    for i, line in enumerate(noted):
        text = centred(width / 2, picture.height + (i + 0.5) * step, line, theme.edge_size, theme.muted)
        notes.append(Group(f"note{i}", "note", (text,)))
    height = picture.height + step * len(noted)
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


def _arrows(edge: Edge, splines: dict[str, Any], page: Page, scene: Scene, theme: Theme) -> Iterator[Group]:
    colour, stroke, dashed = theme.weight_line(edge.weight)
    look = colour, stroke, theme.dash if dashed else None
    yield Group(edge.id, "forward", tuple(_arrow(splines[f"{edge.id}f"], page, look, edge.label, scene, theme)))
    if edge.slope is not None:
        look = theme.gradient, theme.backward_width, theme.dash
        yield Group(edge.id, "backward", tuple(_arrow(splines[f"{edge.id}b"], page, look, edge.slope, scene, theme)))


def _arrow(
    line: dict[str, Any], page: Page, look: Look, text: str | None, scene: Scene, theme: Theme
) -> Iterator[Shape]:
    """A Graphviz spline: `e,x,y` or `s,x,y` is the tip, then follow the curve's points; and its text."""
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
    if text:
        yield scene.text(text, theme.edge_size, colour).at(*page(*line["lp"].split(",")))
