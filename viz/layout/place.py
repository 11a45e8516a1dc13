"""A scene as a picture: the engine orders and straightens, cards and roads are drawn where it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from autograd import DrawingError
from viz import fonts as font
from viz.graph.scene import Scene
from viz.layout import engines as engine
from viz.layout.heights import lift
from viz.layout.lanes import spread
from viz.layout.lattice import Lattice
from viz.layout.order import arrange
from viz.layout.styles import STYLES
from viz.shapes import Group, Picture, bounds, centred, move
from viz.theme import Theme

MOST_TANGLED = 2500  # columns that all arrows together may pass: some seconds of layout


def place(scene: Scene, theme: Theme, layout: engine.Engine) -> Picture:
    """Let the engine lay out the scene, and draw its cards and arrows there, without the notes below.

    Raises:
        DrawingError: too many arrows pass by too many cards, or the layout takes more than half a minute.
    """
    if tangle(scene) > MOST_TANGLED:
        raise DrawingError("The arrows pass by too many cards. Take level='auto', which folds more, or draw a part.")
    lattice = Lattice(scene, theme, STYLES[scene.style])
    arrange(lattice, layout)
    lift(lattice, layout)
    spread(lattice)
    groups = [*_roads(lattice), *_cards(lattice)]
    boxes = [bounds(shape) for group in groups for shape in group.shapes]
    left, top, right, bottom = (pick(box[i] for box in boxes) for i, pick in enumerate((min, min, max, max)))
    margin = theme.margin
    moved = tuple(move(group, margin - left, margin - top) for group in groups)
    size = right - left + 2 * margin, bottom - top + 2 * margin
    return Picture(*size, moved, f"Computation graph of {scene.caption}", theme.background)


def _roads(lattice: Lattice) -> list[Group]:
    """The lanes with their texts; those of gradients on top."""
    style, roads = lattice.style, lattice.roads
    forward = [Group(road.edge.id, "forward", tuple(style.forward(road, lattice))) for road in roads]
    backward = [Group(road.edge.id, "backward", tuple(style.backward(road, lattice))) for road in roads]
    return [*forward, *(group for group in backward if group.shapes)]


def _cards(lattice: Lattice) -> list[Group]:
    shapes = ((node, lattice.style.card(node, lattice.cards[node.id], lattice)) for node in lattice.scene.nodes)
    return [Group(node.id, "node", tuple(drawn)) for node, drawn in shapes]


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
