"""What stands on each arrow: the slope on the way back, a carried weight on the way forward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autograd import Value
from autograd.language.formula import chain
from autograd.passes.spans import Use
from viz.graph.scene import Edge
from viz.graph.view import View

LONGEST_SLOPE = 14  # characters of a slope's formula on an edge; of a longer one the number is enough
FEW_NODES = 12  # up to so many, edges say whose derivative they carry
FEW_WEIGHTS, MANY_WEIGHTS = 12, 40  # up to so many, edges name their weights; up to so many, they have numbers


def arrows(view: View) -> tuple[Edge, ...]:
    """All arrows of a picture, operands first; after those between nodes' own cards, those of several nodes' cards."""
    edges = [edge for z in view.kept for edge in _into(view, z)]
    many = view.groups.keys()
    plain = [edge for edge in edges if not {edge.tail, edge.head} & many]
    grouped = [edge for edge in edges if {edge.tail, edge.head} & many and edge.tail != edge.head]
    numbered = enumerate([*_weighted(view, plain), *_merged(grouped)])
    return tuple(replace(edge, id=f"e{i}") for i, edge in numbered)


def _into(view: View, z: Value) -> list[Edge]:
    """The arrows into z's card: one for each use; of a card that stands for several nodes, one for each operand."""
    weights = _weights_into(view, z)
    return [_arrow(view, (z, k), x, weights.get(id(x), [])) for k, (x, _) in enumerate(view.spans.links(z))]


def _weights_into(view: View, z: Value) -> dict[int, list[Value]]:
    """The carried weights of the sums in z's card, by the input that they belong to."""
    weights: dict[int, list[Value]] = {}
    for r in view.spans.inside(z):
        total = view.structure.sums.get(id(r))
        own: dict[int, list[Value]] = {}
        for w, x in total.weights if total else ():
            own.setdefault(id(x), []).extend([w] if id(w) in view.folding.carried else [])
        weights = own | weights
    return weights


def _arrow(view: View, use: Use, x: Value, weights: Sequence[Value]) -> Edge:
    tail, head = view.ids[id(x)], view.ids[id(use[0])]
    if not weights:
        return Edge("", tail, head, _slope(view, use, x))
    total = sum(float(w.data) for w in weights)
    if len(weights) > 1:
        return Edge("", tail, head, None, view.number(total), total)
    [w] = weights
    slope, gradient = None, view.gradients.get(id(w))
    if gradient is not None and view.terse:
        slope = view.mark("∂") + view.brief(gradient)
    elif gradient is not None:
        slope = chain(view.derivative(w), view.number(gradient))
    return Edge("", tail, head, slope, chain(view.symbol(view.short[w]), view.number(w.data)), total)


def _slope(view: View, use: Use, x: Value) -> str | None:
    """∂z/∂x = c = 2: of a large picture the formula and number, of a terse one the number, of a folded one nothing."""
    z, k = use
    _, number = view.spans.links(z)[k]
    if number is None or id(z) not in view.gradients or not view.has_gradient(x):
        return None
    if view.groups:
        return ""
    if view.terse:
        return view.number(number)
    named = [view.derivative(x, z)] if len(view.kept) <= FEW_NODES else []
    formula = view.spans.formula(use, view.words)
    short = formula is not None and not formula.literal and len(formula.term[0]) <= LONGEST_SLOPE
    shown = [formula.term[0]] if view.decide((id(z), k), short) and formula else []
    return chain(*named, *shown, view.number(number))


def _weighted(view: View, edges: Sequence[Edge]) -> Iterator[Edge]:
    """Arrows with their weights as shares of the largest; of many weights numbers alone, of very many none."""
    weights = [abs(edge.weight) for edge in edges if edge.weight is not None]
    largest = max(weights, default=0) or 1
    for edge in edges:
        if edge.weight is None:
            yield edge
            continue
        texts: dict[str, str | None] = {}
        if len(weights) > MANY_WEIGHTS:
            texts = {"label": None, "slope": None}
        elif len(weights) > FEW_WEIGHTS:
            texts = {"label": view.number(edge.weight), "slope": edge.slope and ""}
        yield replace(edge, weight=edge.weight / largest, **texts)  # type: ignore[arg-type]


def _merged(edges: Iterable[Edge]) -> Iterable[Edge]:
    """One arrow between two cards, where one of them stands for several nodes; a way back if any has one."""
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        before = merged.get((edge.tail, edge.head))
        back = edge.slope is not None or (before is not None and before.slope is not None)
        merged[edge.tail, edge.head] = Edge("", edge.tail, edge.head, "" if back else None)
    return merged.values()
