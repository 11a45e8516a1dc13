"""Inputs of circuits that are drawn again where they are used, where fewer wires cross then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from viz.graph.scene import Node, Scene
from viz.layout import engines
from viz.layout.crossings import faults
from viz.layout.lattice import Lattice
from viz.layout.order import arrange, sketched

MOST_USES = 60  # that are looked at


def untied(lattice: Lattice, engine: engines.Engine) -> Lattice:
    """A lattice that has been arranged; or one in which leaves stand at their uses too, if fewer roads cross there.

    First each use has a leaf of its own. Then uses go back to the first one's, as long as no more roads cross.
    """
    scene, least = lattice.scene, faults(lattice, lattice.columns)
    uses = [edge.id for edge in scene.edges if edge.again]
    if not least or not 0 < len(uses) <= MOST_USES:
        return lattice
    apart, fewest = uses, _crossed(lattice, uses)
    for use in uses:
        fewer = [other for other in apart if other != use]
        if (crossed := _crossed(lattice, fewer)) <= fewest:
            apart, fewest = fewer, crossed
    best = Lattice(with_leaves_again(scene, apart), lattice.theme, lattice.style)
    arrange(best, engine)
    return best if faults(best, best.columns) < least else lattice


def _crossed(lattice: Lattice, uses: Collection[str]) -> int:
    """About how often roads cross, with leaves of their own at these uses."""
    other = Lattice(with_leaves_again(lattice.scene, uses), lattice.theme, lattice.style)
    return min(faults(other, columns) for columns in sketched(other))


def with_leaves_again(scene: Scene, uses: Collection[str]) -> Scene:
    """The scene with leaves drawn again for the edges of these ids, each before what it is used for."""
    chosen = {edge.id: edge.again for edge in scene.edges if edge.again and edge.id in uses}
    before: dict[str, list[Node]] = defaultdict(list)
    for edge in scene.edges:
        before[edge.head] += [chosen[edge.id]] if edge.id in chosen else []
    nodes = tuple(node for own in scene.nodes for node in (*before[own.id], own))
    edges = tuple(replace(edge, tail=chosen[edge.id].id) if edge.id in chosen else edge for edge in scene.edges)
    lit = scene.lit and scene.lit | {leaf.id for edge, leaf in chosen.items() if edge in scene.lit}
    return replace(scene, nodes=nodes, edges=edges, lit=lit)
