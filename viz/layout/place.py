"""A scene as a picture: the engine orders and straightens, cards and roads are drawn where it says."""

from __future__ import annotations

from autograd import DrawingError
from viz.graph.scene import Scene
from viz.layout import engines as engine
from viz.layout.forks import forked
from viz.layout.heights import lift
from viz.layout.lanes import spread
from viz.layout.lattice import Lattice
from viz.layout.order import arrange
from viz.layout.pale import pale
from viz.layout.repeats import untied
from viz.layout.styles import style_of
from viz.shapes import Group, Picture, bounds, move
from viz.theme import Theme

MOST_TANGLED = 2500  # columns that all arrows together may pass: some seconds of layout


def place(scene: Scene, theme: Theme, layout: engine.Engine) -> Picture:
    """Let the engine lay out the scene in one row, and draw its cards and arrows there, without the notes below.

    Raises:
        DrawingError: too many arrows pass by too many cards, or the layout takes more than half a minute.
    """
    return drawn(laid_out(scene, theme, layout))


def laid_out(scene: Scene, theme: Theme, layout: engine.Engine) -> Lattice:
    """All that the scene shows at its place, in one row."""
    if tangle(scene) > MOST_TANGLED:
        raise DrawingError("The arrows pass by too many cards. Take level='auto', which folds more, or draw a part.")
    lattice = Lattice(scene, theme, style_of(scene))
    arrange(lattice, layout)
    lattice = forked(untied(lattice, layout))
    lift(lattice, layout)
    spread(lattice)
    return lattice


def drawn(lattice: Lattice) -> Picture:
    """The cards and arrows of a lattice that has been placed."""
    scene, theme = lattice.scene, lattice.theme
    groups = [*_roads(lattice), *_cards(lattice)]
    if scene.lit is not None:
        lit = [group for group in groups if group.id in scene.lit]
        groups = [*(pale(group, theme) for group in groups if group.id not in scene.lit), *lit]
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
    return [Group(node.id, "node", tuple(card)) for node, card in shapes]


def tangle(scene: Scene) -> int:
    """How many columns of cards all arrows together pass: what an engine's time grows with."""
    depth = {node.id: 0 for node in scene.nodes}
    for edge in scene.edges:  # operands first
        depth[edge.head] = max(depth[edge.head], depth[edge.tail] + 1)
    return sum((depth[edge.head] - depth[edge.tail]) * (1 if edge.slope is None else 2) for edge in scene.edges)
