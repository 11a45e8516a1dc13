"""The samples of a batch in a recorded graph, side by side.

All terms of a loss over a batch, Σ (a⁽ⁱ⁾ − y⁽ⁱ⁾)², are made alike from the same weights. At each place of their
formula stand as many nodes as there are samples; numbers that differ there are data.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
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
        >>> found = Batch(topological(J), {id(w)})
        >>> found.terms
        [Value(1.0, w · x₀ − 1), Value(2.0, w · x₁ − 2), Value(3.0, w · x₂ − 3)]
        >>> [place[0] for place in found.nodes]
        [Value(1.0, w · x₀ − 1), Value(2.0, w · x₀), Value(1.0, x_0)]
        >>> [[z for z, _ in place] == found.terms for place in found.numbers]
        [True]
    """

    def __init__(self, graph: Sequence[Value], learned: Container[int]) -> None:
        self.root, self.terms = _batch(graph, learned)
        self.nodes: list[list[Value]] = []
        self.numbers: list[list[Place]] = []
        self._compare()
        self.first = {id(z): place[0] for place in self.nodes for z in place}

    def _compare(self) -> None:
        """Go down all samples at once."""
        stack: list[tuple[Sequence[Any], list[Place]]] = [(self.terms, [])] if self.terms else []
        seen: set[int] = set()
        while stack:
            place, uses = stack.pop()
            if not isinstance(place[0], Value):
                self.numbers += [uses] if len(set(place)) > 1 else []
            elif len({*map(id, place)}) == len(place) and seen.isdisjoint(map(id, place)):
                seen |= {*map(id, place)}
                self.nodes.append(list(place))
                rows = enumerate(zip(*map(operands, place), strict=True))
                stack += [(row, [(z, k) for z in place]) for k, row in rows][::-1]


def _batch(graph: Sequence[Value], learned: Container[int]) -> tuple[Value | None, list[Value]]:
    """The last sum whose terms are made alike of the same weights."""
    kinds, learning = _kinds(graph, learned)
    for z in reversed(graph):
        if adds(z.op) and id(z) in learning:
            terms = _terms(z)
            unique = {id(x): kinds.get(id(x)) for x in terms}
            if len(unique) == len(terms) > 1 and len(set(unique.values())) == 1 and id(terms[0]) in learning:
                return z, terms
    return None, []


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
