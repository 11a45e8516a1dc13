"""The pictures of a page: the one that it begins with, and one for each card that unfolds."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from autograd import Value
from viz.drawing import Drawing
from viz.fitting import Fitting
from viz.graph.levels import Folding
from viz.graph.scene import Node
from viz.graph.unfold import unfoldings
from viz.motion.timeline import Passes, refolded

MOST_VIEWS = 12  # of a page, that it stays small
MOST_CARDS = 24  # that could be legible


@dataclass(frozen=True)
class View:
    """A picture of a page.

    Attributes:
        passes: the graph, in its folding.
        drawing: its cards and arrows, as they can be read.
        parent: which of the page's views the card is in that is unfolded here; None of the first one.
        card: which of that view's cards.
        row: the group that it goes through, as in `viz.graph.unfold`.
        opens: of cards that unfold, the view in which they are unfolded.
    """

    passes: Passes
    drawing: Drawing
    parent: int | None = None
    card: int = 0
    row: tuple[Value, ...] = ()
    opens: dict[int, int] = field(default_factory=dict)

    @cached_property
    def again(self) -> dict[str, Node]:
        """The leaves that are drawn again, each by the id of the edge of its use."""
        drawn = {group.id for group in self.drawing.placed.groups if group.kind == "node"}
        return {edge.id: edge.again for edge in self.passes.scene.edges if edge.again and edge.again.id in drawn}


def all_views(first: View, fittings: Sequence[Fitting]) -> list[View]:
    """The first view and those that unfold a card of it, then those that unfold a card of these, as far as they go.

    Args:
        fittings: the judge of what can be read, and one that is content with less where nothing else unfolds a card.
    """
    views = [first]
    places: dict[Hashable, int] = {_look(first.passes.view.folding): 0}
    known: dict[Hashable, Passes] = {}

    def refold(folding: Folding) -> Passes:
        """The graph in another folding, written once: several views try the same one."""
        kinds = tuple(group.kind for group in folding.groups)
        key = _look(folding), kinds, folding.carried, folding.notes
        return known.get(key) or known.setdefault(key, refolded(first.passes, folding))

    for place, view in enumerate(views):
        for card in _folded(view, views):
            unfolding = _unfolded(view, view.passes.scene.nodes[card].id, fittings, places, refold)
            key = _look(unfolding.passes.view.folding) if unfolding else None
            if unfolding and key not in places and len(views) < MOST_VIEWS:
                places[key] = len(views)
                views.append(replace(unfolding, parent=place, card=card))
            if key in places:
                view.opens[card] = places[key]
    return views


def _look(folding: Folding) -> Hashable:
    """What tells a folding from others."""
    return tuple(map(id, folding.kept)), tuple(tuple(map(id, group.nodes)) for group in folding.groups)


def _folded(view: View, views: Sequence[View]) -> list[int]:
    """The cards that may unfold: of a view in which one is unfolded, those that are new in it."""
    passes, known = view.passes, [] if view.parent is None else _stands_for(views[view.parent].passes)
    if passes.scene.style == "circuit" or passes.view.chosen is not None or passes.view.forms is not None:
        return []
    cards = zip(passes.scene.nodes, _stands_for(passes), strict=True)
    return [i for i, (node, nodes) in enumerate(cards) if node.id in passes.view.cards and nodes not in known]


def _stands_for(passes: Passes) -> list[list[int]]:
    """Of each card the ids of the nodes that have lines."""
    return [[id(passes.lines[i]) for i in own] for own in passes.members]


def _unfolded(
    view: View,
    card: str,
    fittings: Sequence[Fitting],
    places: Container[Hashable],
    refold: Callable[[Folding], Passes],
) -> View | None:
    """The view with a card unfolded as far as it can be read, else to the next level, if that can nearly be read."""
    passes, (legible, nearly) = view.passes, fittings
    most, both = MOST_CARDS + sum(len(group.nodes) for group in passes.view.folding.groups), None
    for each in unfoldings(passes.view, passes.sheet.spans, card, view.row):
        if len(each.folding.kept) <= most:
            both = refold(each.folding)
            says = all("(…)" not in node.title for node in both.scene.nodes)
            if says and (_look(each.folding) in places or legible.fits(both.scene)):
                return View(both, legible.drawing(both.scene), row=each.row)
    if both and says and nearly.fits(both.scene):
        return View(both, nearly.drawing(both.scene), row=each.row)
    return None
