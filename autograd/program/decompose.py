"""Down to what every machine has: composed rows in their own words, and nothing that is not needed.

softplus becomes max(x, 0) + log1p(exp(−|x|)); its gradient was taken before, by its own row. Of a
row on vectors, the words see a list of one entry that stands for all.

>>> from autograd.ops import relu, softplus
>>> graph = Graph()
>>> x = Ref(graph.source("inputs", 2))
>>> unused, y = (graph.map(op, [x], 2) for op in (relu, softplus))
>>> print(decompose(graph, [y])[0])
%0[2] = inputs
%1[2] = maximum(%0, 0)
%2[2] = abs(%0)
%3[2] = neg(%2)
%4[2] = exp(%3)
%5[2] = log1p(%4)
%6[2] = add(%1, %5)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograd.core.op import Op
from autograd.ops import mul
from autograd.program.ir import Atom, Graph, Node, Ref, atom, reachable, run_on_vectors


def decompose(graph: Graph, results: Sequence[Atom], own: Collection[Op] = ()) -> tuple[Graph, list[Atom]]:
    """The graph of what the results need, in operations that are not composed, but for a machine's own."""
    alive = reachable(results)
    uses = Counter(parent for node in alive for parent in node.parents)
    uses.update(x.node for x in results if isinstance(x, Ref))
    decomposition = _Decomposition(_PrimitiveGraph(graph.batched, own=own), uses)
    for node in graph.nodes:
        if node in alive:
            decomposition.add(node)
    for node in alive:
        if node.kind == "carry":
            decomposition.bind(node)
    graph, results = decomposition.graph, [decomposition.moved(x) for x in results]
    alive = reachable(results)  # a product that became part of a fold is no longer needed
    graph.nodes = [node for node in graph.nodes if node in alive]
    return graph, results


@dataclass(eq=False)
class _PrimitiveGraph(Graph):
    """A graph in which a composed row is its words, unless it is a machine's own."""

    own: Collection[Op] = ()

    def map(self, op: Op, operands: Sequence[Atom], n: int) -> Atom:
        if not op.is_composed or op in self.own or not any(isinstance(x, Ref) for x in operands):
            return super().map(op, operands, n)
        return atom(op.value(*(self.symbol(x, n) for x in operands)))


class _Decomposition:
    """Nodes made anew, operands first."""

    def __init__(self, graph: Graph, uses: Counter[Node]) -> None:
        self.graph, self.uses = graph, uses
        self.new: dict[Node, Atom] = {}

    def moved(self, x: Atom) -> Atom:
        """An operand in terms of the new nodes."""
        if not isinstance(x, Ref):
            return x
        new = self.new[x.node]
        return new.at(x.places) if isinstance(new, Ref) else new

    def add(self, node: Node) -> None:
        """Make a node anew."""
        new = self.new[node] = self._made(node)
        if isinstance(new, Ref) and new.places is None and node.adjoint_of is not None:
            of = self.new.get(node.adjoint_of)
            new.node.adjoint_of = new.node.adjoint_of or (of.node if isinstance(of, Ref) else None)

    def bind(self, carry: Node) -> None:
        """Say what a carry hands on, now that it is made."""
        new = self.new[carry]
        assert isinstance(new, Ref)
        self.graph.carries(new.node, self.moved(carry.operands[0]))

    def _made(self, node: Node) -> Atom:
        graph, n = self.graph, node.n
        if node.steps is not None:
            return Ref(graph.carry(node.steps, node.batched))
        operands = [self.moved(x) for x in (self._factors(node) if node.kind == "fold" else node.operands)]
        if node.kind == "fold":
            return graph.fold(operands, n, node.width, node.sums_batch)
        if node.kind == "join":
            return graph.join([graph.array(x) for x in operands], node.places, n)
        if node.kind == "samples":
            return graph.samples
        if node.op is None:
            return Ref(graph.source(node.kind, n, node.batched, node.constants))
        if node.kind == "vector":
            return atom(run_on_vectors(node.op.value, [graph.array(x) for x in operands], graph, n, node.width))
        if node.kind == "reduce":
            return graph.node("reduce", n, node.op, operands, width=node.width)
        return graph.map(node.op, operands, n)

    def _factors(self, fold: Node) -> Sequence[Atom]:
        """The sum of products that nobody else needs is a fold of two factors."""
        (x, *others) = fold.operands
        if others or not isinstance(x, Ref) or x.node.op is not mul or self.uses[x.node] > 1 or x.is_single:
            return fold.operands
        return [y.at(x.places) if isinstance(y, Ref) else y for y in x.node.operands]
