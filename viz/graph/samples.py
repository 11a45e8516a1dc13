"""The samples of a batch in a recorded graph, side by side.

All terms of a loss over a batch, Σ (a⁽ⁱ⁾ − y⁽ⁱ⁾)², are made alike from the same weights. At each place of their
formula stand as many nodes as there are samples; numbers that differ there are data.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from autograd import Value
from autograd.core.op import OPS
from autograd.core.value import operands
from viz.graph.linear import adds, multiplies

Place = tuple[Value, int]  # a node, and which of its operands


class Batch:
    """The terms of a sum that are made alike of the same weights, and what they are made of.

    Args:
        graph: its nodes, operands first.
        learned: the ids of the leaves that are learned.

    Attributes:
        root: the sum; None where there is no batch.
        terms: what it adds up, one node a sample.
        nodes: of each place of the samples' formula the nodes there, the first sample's first.
        first: of each of these nodes, by its id, the one in the first sample.
        numbers: where the samples have different plain numbers: each as an operand of a node.

    Example:
        >>> from autograd import topological
        >>> w, x = Value(2.0, "w"), [Value(1.0 + i, f"x_{i}") for i in range(3)]
        >>> J = ((w * x[0] - 1) + (w * x[1] - 2) + (w * x[2] - 3)).named("J")
        >>> batch = Batch(topological(J), {id(w)})
        >>> batch.terms
        [Value(1.0, w · x₀ − 1), Value(2.0, w · x₁ − 2), Value(3.0, w · x₂ − 3)]
        >>> [place[0] for place in batch.nodes]
        [Value(1.0, w · x₀ − 1), Value(2.0, w · x₀), Value(1.0, x_0)]
        >>> [[z for z, _ in place] == batch.terms for place in batch.numbers]
        [True]
    """

    def __init__(self, graph: Sequence[Value], learned: Container[int]) -> None:
        self.root, self.terms = _batch(graph, learned)
        self.nodes, self.numbers, _ = side_by_side(self.terms)
        self.first = {id(z): place[0] for place in self.nodes for z in place}


def side_by_side(terms: Sequence[Value]) -> tuple[list[list[Value]], list[list[Place]], bool]:
    """What stands at each place of formulas that are made alike.

    Returns:
        The places with nodes of which each formula has its own; those of different numbers; and whether at all
        others the formulas have the same in common, and not just some of them.
    """
    nodes: list[list[Value]] = []
    numbers: list[list[Place]] = []
    stack: list[tuple[Sequence[Any], list[Place]]] = [(terms, [])] if terms else []
    seen: set[int] = set()
    known: set[tuple[int, ...]] = set()
    regular = True
    while stack:
        place, uses = stack.pop()
        ids = tuple(map(id, place))
        if not isinstance(place[0], Value):
            numbers += [uses] if len(set(place)) > 1 else []
        elif len({*ids}) == len(place) and seen.isdisjoint(ids):
            seen |= {*ids}
            known |= {ids}
            nodes.append(list(place))
            rows = enumerate(zip(*map(operands, place), strict=True))
            stack += [(row, [(z, k) for z in place]) for k, row in rows][::-1]
        else:
            regular = regular and (len({*ids}) == 1 or ids in known)
    return nodes, numbers, regular


def alike(graph: Sequence[Value], others: Container[int]) -> Iterator[tuple[Value, list[Value]]]:
    """The sums of three or more terms that are made alike, and these, the outermost sums first; not the `others`."""
    kinds, _ = _kinds(graph, ())
    for z, terms in _sums(graph):
        if id(z) not in others and len(terms) > 2 and _are_alike(terms, kinds):
            yield z, terms


def _batch(graph: Sequence[Value], learned: Container[int]) -> tuple[Value | None, list[Value]]:
    """The last sum whose terms are made alike of the same weights."""
    kinds, learning = _kinds(graph, learned)
    for z, terms in _sums(graph):
        if len(terms) > 1 and id(terms[0]) in learning and _are_alike(terms, kinds):
            return z, terms
    return None, []


def _are_alike(terms: Sequence[Any], kinds: dict[int, int]) -> bool:
    return len({*map(id, terms)}) == len(terms) and {kinds.get(id(x)) for x in terms} == {kinds.get(id(terms[0]), -1)}


def _sums(graph: Sequence[Value]) -> Iterator[tuple[Value, list[Any]]]:
    """The outermost sums, the last one first, and what they add up."""
    inner: set[int] = set()
    for z in reversed(graph):
        if adds(z.op):
            if id(z) not in inner:
                yield z, _terms(z)
            inner |= {id(x) for x in operands(z) if isinstance(x, Value) and not x.name}


def _terms(z: Value) -> list[Any]:
    """What is added up in a sum, through all nameless sums in it."""
    terms: list[Any] = []
    stack: list[Any] = [z]
    while stack:
        x = stack.pop()
        if x is z or (isinstance(x, Value) and not x.name and adds(x.op)):
            stack += reversed(operands(x))
        else:
            terms.append(x)
    return [x for x in terms if isinstance(x, Value) or x]  # Python's sum begins with 0


def _kinds(graph: Iterable[Value], learned: Container[int]) -> tuple[dict[int, int], set[int]]:
    """Numbers that are equal for nodes made alike of the same weights; and the nodes that are made of weights."""
    numbered: dict[object, int] = {}
    kinds: dict[int, int] = {}
    learning: set[int] = set()
    for z in graph:
        if z.op:
            key: object = (z.op, *(_kind(z, k, kinds) for k in range(len(operands(z)))))
        else:
            key = id(z) if id(z) in learned else None
        kinds[id(z)] = numbered.setdefault(key, len(numbered))
        if id(z) in learned or any(id(x) in learning for x in operands(z)):
            learning |= {id(z)}
    return kinds, learning


def _kind(z: Value, k: int, kinds: dict[int, int]) -> object:
    """Of an operand: a number in a sum, difference or product may be data, an exponent is none."""
    x = operands(z)[k]
    if isinstance(x, Value):
        return kinds[id(x)]
    slope = OPS[z.op].partials[0 if OPS[z.op].variadic else k]
    return "number" if multiplies(z.op) or isinstance(slope, int | float) else ("constant", x)
