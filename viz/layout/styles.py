"""How a picture may be drawn: one row a style; what of it can be told before it is laid out."""

from __future__ import annotations

from collections.abc import Mapping

from viz.graph.scene import Scene
from viz.layout.cards import Cards
from viz.layout.circuit import Circuit
from viz.layout.lattice import Style
from viz.theme import Theme

STYLES: Mapping[str, Style] = {"cards": Cards(), "circuit": Circuit()}


def longest_chain(scene: Scene, theme: Theme) -> float:
    """The length of the longest chain of cards and of the roads between them, in points: no layout is narrower."""
    style = STYLES[scene.style]
    widths = {node.id: style.size(node, scene, theme)[0] for node in scene.nodes}
    ends = dict(widths)
    for edge in scene.edges:  # operands first
        road = style.shortest(edge, scene, theme)
        ends[edge.head] = max(ends[edge.head], ends[edge.tail] + road + widths[edge.head])
    return max(ends.values())
