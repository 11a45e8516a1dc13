"""From groups to nodes: a trace lowered to the intermediate representation.

A group of n isomorphic scalars becomes one node of n, their operands' places become index arrays.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from autograd.core.op import OPS
from autograd.program.ir import SOURCES, Atom, Graph, IntArray, Node, Ref, distinct_rows, simplified
from autograd.program.trace import ONE, Group, Trace


def lower(trace: Trace, batched: bool) -> tuple[Graph, list[Atom], list[Ref | None]]:
    """The nodes of the groups, their members in an order that makes operands regular; where outputs and wrt are."""
    lowering = _Lowering(Graph(batched), np.array(trace.steps))
    groups = [group for group in trace.groups.values() if group.places]
    varied = _varied(groups, len(trace.colours)) if batched and trace.carried else set()
    for group in groups:
        lowering.add(group, group.number in varied)
    for group in groups:
        lowering.bind(group)
    outputs = [lowering.operand(np.array([place])) for place in trace.outputs]
    wrt = [None if place is None else lowering.array(np.array([place])) for place in trace.wrt]
    return lowering.graph, outputs, wrt


class _Lowering:
    """Which node each place belongs to, and where in it."""

    def __init__(self, graph: Graph, steps: IntArray) -> None:
        self.graph, self.steps = graph, steps
        self.owner = np.zeros(len(steps), int)  # the number of its group
        self.entry = np.zeros(len(steps), int)
        self.nodes: dict[int, Node] = {}
        self.unions: dict[Hashable, tuple[Node, IntArray]] = {}

    def add(self, group: Group, varied: bool) -> None:
        """Make the node of a group; `varied` says whether a carry's numbers depend on the sample."""
        n, kind = len(group.places), str(group.key[0])
        order = np.arange(n)
        if kind in SOURCES:
            numbers = np.array(group.operands, float) if kind == "constant" else None
            result: Atom = Ref(self.graph.source(kind, n, kind == "inputs", numbers))
        elif kind == "carry":
            steps = self.steps[group.places]
            order = np.argsort(steps, kind="stable")
            result = Ref(self.graph.carry(steps[order], varied))
        else:
            places = np.array(group.operands)
            if n > 1:
                order = _order(self.entry[places], kind == "fold")
                order = order[np.argsort(self.steps[group.places][order], kind="stable")]
                places = places[order]
            result = self._node(kind, places, n)
        result = self.graph.array(result)  # the laws may know its number
        ranked = np.array(group.places)[order]
        self.nodes[group.number] = result.node
        self.owner[ranked] = group.number
        self.entry[ranked] = result.flat(n)

    def bind(self, group: Group) -> None:
        """Say what a carry hands on, now that it is made."""
        if group.key[0] == "carry":
            node, places = self.nodes[group.number], np.array(group.operands)[:, 0]
            order = np.argsort(self.entry[group.places])
            self.graph.carries(node, self.operand(places[order]))

    def _node(self, kind: str, places: IntArray, n: int) -> Atom:
        if kind == "fold":
            factors = [self.operand(places[..., i]) for i in (0, 1) if places[0, 0, i] != ONE]
            return self.graph.fold(factors, n, places.shape[1])
        if kind == "copy":
            return self.graph.node("fold", n, None, [self.array(places[:, 0]).at(np.arange(n)[:, None])])
        op = OPS[kind]
        if op.variadic:
            width = places.shape[1] // len(op.operands)
            columns = [places[:, i : i + width] for i in range(0, places.shape[1], width)]
            return self.graph.node("vector", n, op, [self.array(column) for column in columns], width=width)
        return self.graph.map(op, [self.operand(places[:, i]) for i in range(places.shape[1])], n)

    def array(self, places: IntArray) -> Ref:
        """An operand that is an array even where its numbers are all the same."""
        return self.graph.array(self.operand(places))

    def operand(self, places: IntArray) -> Atom:
        """The scalars at some places."""
        owners = self.owner[places]
        first = int(owners.flat[0])
        if (owners != first).any():
            return self._union(np.unique(owners), owners, self.entry[places])
        node, entries = self.nodes[first], self.entry[places]
        if node.constants is not None and (entries == entries.flat[0]).all():
            return float(node.constants[entries.flat[0]])
        return Ref(node, simplified(entries, node.n))

    def _union(self, numbers: IntArray, owners: IntArray, entries: IntArray) -> Ref:
        """Scalars of several nodes, put side by side."""
        key = tuple(numbers)
        if key not in self.unions:
            self.unions[key] = self.graph.union([self.nodes[number] for number in key])
        whole, starts = self.unions[key]
        return Ref(whole, simplified(starts[np.searchsorted(numbers, owners)] + entries, whole.n))


def _varied(groups: Sequence[Group], places: int) -> set[int]:
    """The numbers of the groups that depend on the inputs, also by way of earlier iterations."""
    owner = np.zeros(places + 1, int)  # the last one stands for a factor that is missing
    for group in groups:
        owner[group.places] = group.number
    owner[-1] = -1
    read = {g.number: set(np.unique(owner[np.array(g.operands)]).tolist()) for g in groups if g.key[0] not in SOURCES}
    varied = {group.number for group in groups if group.key[0] == "inputs"}
    while more := {number for number, others in read.items() if number not in varied and others & varied}:
        varied |= more
    return varied


def _order(entries: IntArray, fold: bool) -> IntArray:
    """The order of a group's members: as its most varied operand lies, of folds the rows in a grid."""
    columns = [_ranked_rows(entries[..., i]) for i in (0, 1)] if fold else list(entries.T)
    spread = [len(np.unique(column)) for column in columns]
    if fold:  # the factor with more rows runs fastest: samples, most often
        ranked = sorted(range(2), key=lambda i: spread[i])
    else:
        ranked = sorted(range(len(columns)), key=lambda i: -spread[i])
    return np.lexsort([columns[i] for i in reversed(ranked)])


def _ranked_rows(index: IntArray) -> IntArray:
    """Which of its distinct rows, in order of their entries, each row of an index is."""
    first, which = distinct_rows(index)
    order = np.lexsort(index[first].T[::-1])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[which]
