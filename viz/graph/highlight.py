"""What a picture highlights: the cards and arrows on the ways that were asked for; the others are drawn pale."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import Value
from autograd.core.value import operands
from viz.graph.scene import Edge
from viz.graph.subgraph import Highlight, ways
from viz.graph.view import View


def highlighted(view: View, edges: Iterable[Edge], highlight: Highlight) -> frozenset[str]:
    """The ids of the cards and arrows that stay; of one card all of its arrows."""
    graph = view.structure.graph
    cards = _cards(view)
    chosen = [{cards[i] for i in way if i in cards} for way in ways(graph, highlight)]
    ids = set().union(*chosen)
    for edge in edges:
        ends = {edge.tail, edge.head}
        if any(ends <= way or (len(way) == 1 and ends & way) for way in chosen):
            ids |= {edge.id}
    return frozenset(ids)


def _cards(view: View) -> dict[int, str]:
    """Of each node its card, or if it has none, that of what it is used for."""
    cards = dict(view.ids)
    for z in reversed(view.structure.graph):
        for x in operands(z):
            if isinstance(x, Value) and id(z) in cards:
                cards.setdefault(id(x), cards[id(z)])
    return cards
