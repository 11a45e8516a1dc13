"""How a picture may be drawn: one row a style; what of it can be told before it is laid out."""

from __future__ import annotations

from collections.abc import Mapping

from viz.graph.scene import Scene
from viz.layout.cards import Cards
from viz.layout.circuit import Circuit
from viz.layout.downward import Downward
from viz.layout.lattice import Style
from viz.theme import Theme

STYLES: Mapping[str, Style] = {"cards": Cards(), "circuit": Circuit()}
DOWNWARD = Downward()


def style_of(scene: Scene) -> Style:
    """How the scene is drawn."""
    return DOWNWARD if scene.flow == "TB" else STYLES[scene.style]


def longest_chain(scene: Scene, theme: Theme) -> float:
    """The length of the longest chain of cards and of the roads between them, in points: no layout is shorter."""
    style = style_of(scene)
    widths = {node.id: style.size(node, scene, theme)[0] for node in scene.nodes}
    ends = dict(widths)
    for edge in scene.edges:  # operands first
        road = style.shortest(edge, scene, theme)
        ends[edge.head] = max(ends[edge.head], ends[edge.tail] + road + widths[edge.head])
    return max(ends.values())
