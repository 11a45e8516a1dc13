"""Reverse mode: the chain rule adds the nodes of the gradient to a graph.

In pull form: where z = f(x) takes z[i] from x[p[i]], the adjoint x̄[j] is the sum of z̄[i] · ∂z/∂x[i]
over all i with p[i] = j: a fold again, whose index arrays follow from p. So a gradient needs no rule
but the rows' own partials, and is seen to be a matrix product as the forward pass is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from autograd.core.derivatives import is_singular
from autograd.core.op import Op
from autograd.ops import gated, where
from autograd.program.ir import Atom, Graph, IntArray, Node, Places, Ref, atom, reachable, run_on_vectors, simplified

Placed: TypeAlias = tuple[IntArray, Atom]  # scalars, and their places in an adjoint


@dataclass
class Contribution:
    """A product of factors that is added to an adjoint, each entry of it at one target."""

    factors: list[Atom]
    targets: IntArray
    batched: bool  # whether there is one for each sample

    @property
    def key(self) -> Hashable:
        """What is the same in contributions that can be added in one fold."""
        refs = [x for x in self.factors if isinstance(x, Ref)]
        places = [x.places.tobytes() if isinstance(x.places, np.ndarray) else x.places for x in refs]
        sizes = [(x.node.n, x.node.batched) for x in refs]
        return *sizes, *places, self.batched, self.targets.tobytes()


class Reverse:
    """Adjoints of all nodes between an output and what gradients are taken by.

    Args:
        graph: the forward pass; it grows.
        wrt: what gradients are taken by.
    """

    def __init__(self, graph: Graph, wrt: Sequence[Ref | None]) -> None:
        self.graph, self.wrt = graph, wrt
        self.sought = {x.node for x in wrt if x is not None}
        self.nodes = list(graph.nodes)
        self.carries = [node for node in self.nodes if node.kind == "carry"]
        self.active = self._above(self.sought)  # what depends on them
        self.delicate = self._above(filter(_is_singular, self.nodes))  # what may be inf or nan, or have such slopes

    def _above(self, some: Iterable[Node]) -> set[Node]:
        """Some nodes, and what depends on them; once more for as long as a carry brings more."""
        above, size = set(some), -1
        while size < len(above):
            size = len(above)
            for node in self.nodes:
                if not above.isdisjoint(node.parents):
                    above.add(node)
            if not self.carries:
                break
        return above

    def gradient(self, output: Atom) -> Atom:
        """∂output/∂x for each x that is wanted, summed over the samples: n scalars."""
        self.ways: dict[Node, Atom] = {}
        if any(node.op and node.op.gate and not self.delicate.isdisjoint(node.parents) for node in self.nodes):
            self.ways = _OpenWays(self).adjoints(output)
        return self._gathered(self.adjoints(output))

    def adjoints(self, output: Atom) -> dict[Node, Atom]:
        """What arrives at each node that leads to what is wanted."""
        self.whole: dict[Node, list[Atom]] = defaultdict(list)  # of all scalars of the node, in their order
        self.scattered: dict[Node, list[Contribution]] = defaultdict(list)
        adjoints: dict[Node, Atom] = {}
        if isinstance(output, Ref):
            seed = 1.0 if output.node.batched else self.graph.samples
            self._send(seed, 1, output.node.batched, output)
        carried = self._carried(output)
        through = {"map": self._through_map, "fold": self._through_fold, "vector": self._through_vector}
        for node in reversed(self.nodes):
            if node in self.whole or node in self.scattered:
                adjoint = self._total(node)
                if isinstance(adjoint, Ref) and adjoint.places is None:
                    self._call(adjoint.node, node)
                adjoints[node] = adjoint
                if node in carried:
                    self.graph.carries(carried.pop(node), adjoint)
                if node.kind in through and not self.active.isdisjoint(node.parents):
                    through[node.kind](node, adjoint)
        for back in carried.values():  # nothing comes back
            self.graph.carries(back, 0.0)
        return adjoints

    def _carried(self, output: Atom) -> dict[Node, Node]:
        """For each carry that leads to the output, one of adjoints: the loop back takes them the other way."""
        below = reachable([output]) if self.carries else {}
        carried = {}
        end = 1 + max((int(node.steps.max()) for node in self.carries if node.steps is not None), default=0)
        for node in self.carries:
            (x,) = node.operands
            if node in below and isinstance(x, Ref) and x.node in self.active:
                assert node.steps is not None
                carried[node] = adjoint = self.graph.carry(end - node.steps, node.batched)
                self._send(Ref(adjoint), node.n, node.batched, x)
        return carried

    def _call(self, adjoint: Node, node: Node) -> None:
        adjoint.adjoint_of = adjoint.adjoint_of or node

    def _through_map(self, z: Node, adjoint: Atom) -> None:
        """x̄ = z̄ · ∂z/∂x, entry by entry."""
        assert z.op is not None
        symbols = [self.graph.symbol(x, z.n) for x in z.operands]
        for i, x in enumerate(z.operands):
            if isinstance(x, Ref) and x.node in self.active:
                seen = [self.graph.symbol(Ref(z), z.n)]
                part = self._handed(z.op, i, symbols, seen, self.graph.symbol(adjoint, z.n))
                self._send(self._chosen(z, atom(part), z.n), z.n, z.batched, x)

    def _handed(self, op: Op, i: int, operands: Sequence[Any], seen: Sequence[Any], adjoint: Any) -> Any:
        return op.handed(i, operands, op.slope(i, operands, *seen), adjoint)

    def _chosen(self, z: Node, x: Atom, n: int) -> Atom:
        """Scalars beside a node; 0 where only closed gates lead to it, and they or their slopes may be infinite."""
        ways = self.ways.get(z)
        if z not in self.delicate or not isinstance(ways, Ref) or _is_nothing(x):
            return x
        return self.graph.map(where, [ways if n == z.n else _widened(ways, z), x, 0.0], n)

    def _through_fold(self, z: Node, adjoint: Atom) -> None:
        """∂z[i]/∂x[p[i, k]] is the other factor."""
        wide = _widened(adjoint, z)
        for i, x in enumerate(z.operands):
            if isinstance(x, Ref) and x.node in self.active:
                others = [self._factor(y.raveled) for j, y in enumerate(z.operands) if j != i and isinstance(y, Ref)]
                self._scatter([wide, *others], z.n * z.width, z.batched, x.raveled)

    def _factor(self, y: Ref) -> Atom:
        """The other factor of a product: beside a closed gate it may be infinite."""
        chosen = self._chosen(y.node, Ref(y.node), y.node.n)
        return chosen.at(y.places) if isinstance(chosen, Ref) else chosen

    def _through_vector(self, z: Node, adjoint: Atom) -> None:
        """∂z[i]/∂x[p[i, k]] is the row's partial at entry k."""
        assert z.op is not None
        size = z.n * z.width
        operands = [x.raveled for x in z.operands if isinstance(x, Ref)]
        symbols = [self.graph.symbol(x, size) for x in operands]
        seen = [self.graph.symbol(_widened(Ref(z), z), size)]
        if z.op.common:
            seen += run_on_vectors(z.op.common, operands, self.graph, z.n, z.width)
        for i, x in enumerate(operands):
            if x.node in self.active:
                wide = self.graph.symbol(_widened(adjoint, z), size)
                part = self._handed(z.op, i, symbols, seen, wide)
                self._send(self._chosen(z, atom(part), size), size, z.batched, x)

    def _send(self, part: Atom, n: int, batched: bool, target: Ref) -> None:
        """Hand a contribution of n scalars on to what they were taken from."""
        if _is_nothing(part):
            return
        node = target.node
        if batched == node.batched and node.kind != "join" and (target.places is None or n == node.n == 1):
            self.whole[node].append(part)
        else:
            self._scatter([part], n, batched, target)

    def _scatter(self, factors: Sequence[Atom], n: int, batched: bool, target: Ref) -> None:
        node, targets = target.node, target.flat(n)
        if node.kind != "join":
            self.scattered[node].append(Contribution(list(factors), targets, batched))
            return
        for part, places in zip(node.operands, node.places, strict=True):  # an operand of a join is one of its parts
            here = np.flatnonzero((targets >= places[0]) & (targets <= places[-1]))
            if len(here) and isinstance(part, Ref) and part.node in self.active:
                some = [x.at(here) if isinstance(x, Ref) else x for x in factors]
                self.scattered[part.node].append(Contribution(some, targets[here] - places[0], batched))

    def _total(self, node: Node) -> Atom:
        """The sum of all contributions to a node's scalars."""
        n, whole = node.n, self.whole.pop(node, [])
        alike: dict[bytes, tuple[IntArray, list[Atom]]] = {}
        for contribution in self._combined(self.scattered.pop(node, [])):
            for places, x in self._pulled(contribution, n, contribution.batched and not node.batched):
                if len(places) == n:
                    whole.append(x)
                else:
                    alike.setdefault(places.tobytes(), (places, []))[1].append(x)
        totals = [(places, self.graph.add(terms, len(places))) for places, terms in alike.values()]
        joined = [self._joined(parts, n) for parts in _disjoint(totals)]
        for x in joined:
            self._call(x.node, node)
        total = self.graph.add([*whole, *joined], n)
        return self.graph.array(total) if node in self.delicate and _is_nothing(total) else total

    def _combined(self, contributions: list[Contribution]) -> list[Contribution]:
        """Contributions that are alike put side by side, as those of all steps of a recurrent network."""
        alike: dict[Hashable, list[Contribution]] = {}
        for i, contribution in enumerate(contributions):
            key: Hashable = contribution.key
            if not all(isinstance(x, Ref) for x in contribution.factors):
                key = i
            alike.setdefault(key, []).append(contribution)
        return [some[0] if len(some) == 1 else self._side_by_side(some) for some in alike.values()]

    def _side_by_side(self, contributions: list[Contribution]) -> Contribution:
        columns = zip(*(contribution.factors for contribution in contributions), strict=True)
        sizes = [len(contribution.targets) for contribution in contributions]
        factors: list[Atom] = [self._concatenated([self.graph.array(x) for x in column], sizes) for column in columns]
        targets = np.concatenate([contribution.targets for contribution in contributions])
        return Contribution(factors, targets, contributions[0].batched)

    def _concatenated(self, parts: list[Ref], sizes: list[int]) -> Ref:
        """Scalars of several nodes, of each so many, as scalars of one."""
        nodes = list(dict.fromkeys(x.node for x in parts))
        whole, starts = (nodes[0], np.zeros(1, int)) if len(nodes) == 1 else self.graph.union(nodes)
        start_of = dict(zip(nodes, starts, strict=True))
        return Ref(whole, np.concatenate([start_of[x.node] + x.flat(n) for x, n in zip(parts, sizes, strict=True)]))

    def _pulled(self, contribution: Contribution, n: int, sums_batch: bool) -> list[Placed]:
        """Contributions gathered by their targets; targets of equally many are one fold."""
        order = np.argsort(contribution.targets, kind="stable")
        counts = np.bincount(contribution.targets, minlength=n)
        starts = np.cumsum(counts) - counts
        folds = []
        for count in np.unique(counts[counts > 0]):
            places = np.flatnonzero(counts == count)
            gathered = order[starts[places][:, None] + np.arange(count)]
            factors = [
                Ref(x.node, simplified(np.asarray(x.at(gathered).places), x.node.n)) if isinstance(x, Ref) else x
                for x in contribution.factors
            ]
            folds.append((places, self.graph.fold(factors, len(places), int(count), sums_batch)))
        return folds

    def _joined(self, parts: Sequence[Placed], n: int) -> Ref:
        return self.graph.join([self.graph.array(x) for _, x in parts], [places for places, _ in parts], n)

    def _gathered(self, adjoints: dict[Node, Atom]) -> Atom:
        """The adjoints in the order in which they were asked for."""
        chosen: dict[Node, list[tuple[int, Places]]] = {}
        for i, x in enumerate(self.wrt):
            if x is not None:
                chosen.setdefault(x.node, []).append((i, x.places))
        parts: list[Placed] = []
        for node, entries in chosen.items():
            places = np.array([i for i, _ in entries])
            index = simplified(np.array([index or 0 for _, index in entries]), node.n)
            adjoint = adjoints.get(node, 0.0)
            if isinstance(adjoint, Ref):
                adjoint = adjoint.at(index)
            if node.batched:
                if isinstance(adjoint, Ref):
                    adjoint = Ref(adjoint.node, adjoint.flat(len(places))[:, None])
                adjoint = self.graph.fold([adjoint], len(places), 1, sums_batch=True)
            if len(places) == len(self.wrt):
                return adjoint
            parts.append((places, adjoint))
        return self._joined(parts, len(self.wrt)) if parts else 0.0


class _OpenWays(Reverse):
    """How many open ways lead to each node: the chain rule with a slope of 1, at a gate of its own."""

    def __init__(self, reverse: Reverse) -> None:
        self.__dict__ |= reverse.__dict__

    def _handed(self, op: Op, i: int, operands: Sequence[Any], seen: Sequence[Any], ways: Any) -> Any:
        if op.gate:
            return gated(abs(op.slope(i, operands, *seen)), ways)
        return 0.0 if op.is_flat(i, operands) else ways

    def _factor(self, y: Ref) -> Atom:
        return 1.0

    def _call(self, adjoint: Node, node: Node) -> None:
        return


def _is_singular(node: Node) -> bool:
    """Whether it may be inf or nan, or have such slopes, although its operands are moderate."""
    constants = tuple(None if isinstance(x, Ref) else x for x in node.operands)
    return node.op is not None and is_singular(node.op, constants)


def _is_nothing(x: Atom) -> bool:
    """Whether it is the literal 0, which no gradient comes through; one that has cancelled is a number."""
    return not isinstance(x, Ref) and x == 0


def _widened(x: Atom, z: Node) -> Atom:
    """Scalars of a node, each repeated along the width."""
    return x.at(np.repeat(np.arange(z.n), z.width)) if isinstance(x, Ref) else x


def _disjoint(parts: list[Placed]) -> list[list[Placed]]:
    """Parts in as few lists as their overlaps allow."""
    lists: list[tuple[set[int], list[Placed]]] = []
    for places, x in parts:
        own = set(places.tolist())
        for taken, members in lists:
            if taken.isdisjoint(own):
                taken |= own
                members.append((places, x))
                break
        else:
            lists.append((own, [(places, x)]))
    return [members for _, members in lists]
