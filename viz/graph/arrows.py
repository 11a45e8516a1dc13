"""What stands on each arrow: the slope on the way back, a carried weight and its gradient on the way forward."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter

from autograd import Value
from autograd.core.graph import by_order
from autograd.core.value import Number
from autograd.language.formula import chain
from autograd.passes.spans import Link, Use
from viz.graph.scene import Edge
from viz.graph.view import View

LONGEST_SLOPE = 14  # characters of a slope's formula on an edge; of a longer one the number is enough
FEW_NODES = 12  # up to so many, edges say whose derivative they carry
FEW_WEIGHTS, MANY_WEIGHTS = 12, 40  # up to so many, edges name their weights; up to so many, they have numbers


def arrows(view: View) -> tuple[Edge, ...]:
    """All arrows of a picture, by the cards that they lead to, operands first."""
    many = {card for card, group in view.groups.items() if group.kind != "samples"}
    edges = [edge for z in view.kept if not view.is_repeated(z) for edge in _into(view, z, many)]
    plain = [edge for edge in edges if not {edge.tail, edge.head} & many]
    grouped = [edge for edge in edges if {edge.tail, edge.head} & many and edge.tail != edge.head]
    edges = [*_weighted(view, plain), *_merged(grouped)]
    if grouped:
        edges.sort(key=_in_turn(edges))
    return tuple(replace(edge, id=f"e{i}") for i, edge in enumerate(edges))


def _in_turn(edges: Iterable[Edge]) -> Callable[[Edge], int]:
    """The place of an arrow's head, when cards come after those that they are made of."""
    tails: dict[str, list[str]] = {}
    for edge in edges:
        tails.setdefault(edge.head, []).append(edge.tail)
    place = {card: i for i, card in enumerate(TopologicalSorter(tails).static_order())}
    return lambda edge: place[edge.head]


def _into(view: View, z: Value, many: Container[str]) -> list[Edge]:
    """The arrows into z's card: one for each card that it is made of, bare where a card is one of the `many`."""
    weights = {} if view.ids[id(z)] in many else weights_into(view, z)
    links = [((z, k), link) for k, link in enumerate(view.spans.links(z)) if not view.is_repeated(link[0])]
    return [
        _arrow(view, *link, [] if view.ids[id(link[1][0])] in many else weights.get(id(link[1][0]), []))
        for link in links
    ]


def shared(view: View) -> list[Value]:
    """The carried weights that are used more than once: each use shows its share of the gradient, a card the whole."""
    used = {id(w): w for z in view.kept for uses in weights_into(view, z).values() for w, _ in uses}
    return sorted(filter(view.is_shared, used.values()), key=by_order)


def weights_into(view: View, z: Value) -> dict[int, list[tuple[Value, Value]]]:
    """The carried weights in z's card, each with its sum, by the input that they belong to."""
    weights: dict[int, list[tuple[Value, Value]]] = {}
    for r in view.spans.inside(z):
        total = view.structure.sums.get(id(r))
        own: dict[int, list[tuple[Value, Value]]] = {}
        for w, x in total.weights if total else ():
            own.setdefault(id(x), []).extend([(w, r)] if id(w) in view.folding.carried else [])
        weights = own | weights
    return weights


def _arrow(view: View, use: Use, link: Link, weights: Sequence[tuple[Value, Value]]) -> Edge:
    x, number = link
    tail, head, slope = view.ids[id(x)], view.ids[id(use[0])], _slope(view, use, x, number)
    if not weights:
        return Edge("", tail, head, slope)
    back = None if slope is None else ""
    total = sum(float(w.data) for w, _ in weights)
    if len(weights) > 1:
        return Edge("", tail, head, back, view.number(total), weight=total)
    [(w, r)] = weights
    label = chain(view.symbol(view.labels[w]), view.number(w.data, given=not w.op))
    return Edge("", tail, head, back, label, _share(view, w, r, x), total)


def _share(view: View, w: Value, r: Value, x: Value) -> str | None:
    """What w·x, a term of the sum r, adds to the gradient of w: ∂J/∂r · x, the whole of it if there is no other use.

    On a card for all samples of a batch it is what all of them add.

    Source: I. Goodfellow, Y. Bengio, A. Courville (2016), Deep Learning, section 10.2.2: w⁽²⁾ is w in its second use.
    """
    if id(r) not in view.gradients or (view.terse and view.is_shared(w)):
        return None
    gradient = sum(view.gradients[id(root)] * factor.data for root, factor in view.together(r, x))
    if view.terse:
        return view.mark("∂") + view.brief(gradient)
    use = view.structure.weighings[id(w)].index((id(r), id(x))) + 1 if view.is_shared(w) else None
    return chain(view.derivative(w, use=use), view.number(gradient))


def _slope(view: View, use: Use, x: Value, number: Number | None) -> str | None:
    """∂z/∂x = c = 2: of a large picture the formula and number, of a terse one the number, of a folded one nothing."""
    z, k = use
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
            texts = {"label": None, "slope": None, "gradient": None}
        elif len(weights) > FEW_WEIGHTS:
            texts = {"label": view.number(edge.weight), "gradient": None}
        yield replace(edge, weight=edge.weight / largest, **texts)  # type: ignore[arg-type]


def _merged(edges: Iterable[Edge]) -> Iterable[Edge]:
    """One arrow between two cards, where one of them stands for several nodes; a way back if any has one."""
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        before = merged.get((edge.tail, edge.head))
        back = edge.slope is not None or (before is not None and before.slope is not None)
        merged[edge.tail, edge.head] = Edge("", edge.tail, edge.head, "" if back else None)
    return merged.values()
