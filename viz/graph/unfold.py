"""What one card stands for, on cards of its own, while the rest of the picture stays folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograd import Value
from autograd.core.value import operands
from autograd.passes.spans import Spans
from viz.graph import levels
from viz.graph.levels import Folding, Group
from viz.graph.view import View

WINDOWS = (4, 3, 2)  # nodes of a group that get cards of their own, where all of them were too many


@dataclass(frozen=True)
class Unfolding:
    """A folding in which one card's nodes have cards of their own.

    Attributes:
        row: the group whose nodes it goes through, a few at a time, of which the others stay on cards together.
    """

    folding: Folding
    row: tuple[Value, ...] = ()


def unfoldings(view: View, spans: Spans, card: str, row: Sequence[Value] = ()) -> Iterator[Unfolding]:
    """How a card can unfold, finest first; nothing for a card of one node.

    Args:
        view: of the picture that the card is in.
        spans: what each node with a line stands for there, leaves among them.
        card: its id.
        row: that of the unfolding which the card is in, if there is one.
    """
    group, folding = view.groups.get(card), view.folding
    if view.batch is not None:  # a batch's formula has cards for all samples, or for each
        return
    own = group.nodes if group else [z for z in view.kept if view.ids[id(z)] == card]
    region, shared = _region(view, own, spans)
    alone = replace(folding, groups=tuple(each for each in folding.groups if each is not group))
    before = sum(id(z) in region for z in folding.kept)
    for finer in levels.foldings(view.structure, "auto"):
        if before < sum(id(z) in region for z in finer.kept) and (finer.carried or not shared):
            yield Unfolding(_with(view, alone, finer, region))
    if group:
        yield Unfolding(alone)
        whole = row if {*map(id, own)} <= {*map(id, row)} else own
        yield from _windows(folding, whole, own[0])


def _region(view: View, own: Sequence[Value], spans: Spans) -> tuple[set[int], bool]:
    """The ids of the nodes on a card and of the weights that only these use, and whether they use other weights."""
    inside = {id(r): r for z in own for r in spans.inside(z)}
    uses = Counter(id(x) for r in inside.values() for x in operands(r) if isinstance(x, Value))
    weights = view.folding.carried & uses.keys()
    private = {i for i in weights if uses[i] == view.structure.uses[i]}
    return {*inside, *private}, private < weights


def _with(view: View, coarse: Folding, finer: Folding, region: set[int]) -> Folding:
    """The coarse folding, inside the region the finer one."""
    shown = {id(z) for z in coarse.kept} | {id(z) for z in finer.kept if id(z) in region}
    carried = frozenset(i for i in coarse.carried if i not in region or i in finer.carried)
    return replace(coarse, kept=[z for z in view.structure.graph if id(z) in shown], carried=carried)


def _windows(folding: Folding, row: Sequence[Value], first: Value) -> Iterator[Unfolding]:
    """Some nodes of a row from one on with cards of their own, those before and those behind on one card each."""
    ids = [id(z) for z in row]
    others = tuple(group for group in folding.groups if not {*map(id, group.nodes)} <= {*ids})
    start = ids.index(id(first))
    for width in WINDOWS:
        if start + width < len(row):
            rest = [nodes for nodes in (row[:start], row[start + width :]) if len(nodes) > 1]
            groups = (*others, *(Group(list(nodes), "run") for nodes in rest))
            yield Unfolding(replace(folding, groups=groups), tuple(row))
