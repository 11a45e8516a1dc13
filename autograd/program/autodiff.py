"""The joint graph: groups become nodes, and the chain rule adds the nodes of the gradient.

Reverse mode in pull form. Where z = f(x) takes z[i] from x[p[i]], the adjoint x̄[j] is the sum of
z̄[i] · ∂z/∂x[i] over all i with p[i] = j: a fold again, whose index arrays follow from p. So a
gradient needs no rule but the rows' own partials, and is found to be a matrix product as the
forward pass is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from autograd.core.op import OPS
from autograd.program.ir import Arg, Form, Node, Operand, Term
from autograd.program.trace import ONE, SOURCES, Group, Recorded

# ── forward ───────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Forward:
    """A recorded graph as nodes: where each scalar is."""

    form: Form
    outputs: list[Operand]
    wrt: list[Arg | None]
    nodes: dict[str, Node]  # the sources


def forward(recorded: Recorded, batched: bool) -> Forward:
    """The nodes of the groups; members are put in an order that makes operands regular."""
    form = Form(batched)
    layout = _Layout(form, len(recorded.colours))
    for group in sorted(recorded.groups.values(), key=lambda group: (group.depth, group.number)):
        layout.lay(group)
    outputs = [layout.operand(np.array([place])) for place in recorded.outputs]
    wrt = [None if place is None else layout.array(np.array([place])) for place in recorded.wrt]
    sources = {kind: layout.nodes[i] for i, kind in enumerate(SOURCES) if i in layout.nodes}
    return Forward(form, outputs, wrt, sources)


class _Layout:
    """Which node each place belongs to, and where in it."""

    def __init__(self, form: Form, places: int) -> None:
        self.form = form
        self.node = np.zeros(places, int)
        self.entry = np.zeros(places, int)
        self.nodes: dict[int, Node] = {}
        self.unions: dict[Any, Arg] = {}

    def lay(self, group: Group) -> None:
        """Make the node of a group."""
        n = len(group.places)
        if not n:
            return
        kind = group.key[0]
        order = np.arange(n)
        if kind in SOURCES:
            data = np.array(group.operands, float) if kind == "constant" else None
            made: Operand = Arg(self.form.source(kind, n, kind == "inputs", data))
        else:
            places = np.array(group.operands)
            if n > 1:
                order = _order(self.entry[places], kind == "fold")
                places = places[order]
            made = self._node(kind, places, n)
        if not isinstance(made, Arg):  # the laws know the number
            made = Arg(self.form.source("constant", 1, data=np.array([made])), 0)
        ranked = np.array(group.places)[order]
        self.nodes[group.number] = made.node
        self.node[ranked] = group.number
        self.entry[ranked] = made.flat(n)

    def _node(self, kind: str, places: Any, n: int) -> Operand:
        if kind == "fold":
            factors = [self.operand(places[..., i]) for i in (0, 1) if places[0, 0, i] != ONE]
            return self.form.fold(factors, n, places.shape[1])
        if kind == "copy":
            return self.form.copy(self.array(places), n)
        op = OPS[kind]
        if op.variadic:
            width = places.shape[1] // len(op.operands)
            columns = [places[:, i : i + width] for i in range(0, places.shape[1], width)]
            return self.form.vector(op, [self.array(column) for column in columns], n, width)
        return self.form.map(op, [self.operand(places[:, i]) for i in range(places.shape[1])], n)

    def array(self, places: Any) -> Arg:
        """An operand that is an array even where its numbers are all the same."""
        found = self.operand(places)
        return found if isinstance(found, Arg) else Arg(self.form.source("constant", 1, data=np.array([found])), 0)

    def operand(self, places: Any) -> Operand:
        """The scalars at some places."""
        owners = self.node[places]
        first = int(owners.flat[0])
        if (owners != first).any():
            return self._union(np.unique(owners), owners, self.entry[places])
        node, entries = self.nodes[first], self.entry[places]
        if node.kind == "constant" and (entries == entries.flat[0]).all():
            return float(node.data[entries.flat[0]])
        return Arg(node, tidy(entries, node.n))

    def _union(self, numbers: Any, owners: Any, entries: Any) -> Arg:
        """Scalars of several nodes, put side by side."""
        key = tuple(numbers)
        nodes = [self.nodes[number] for number in key]
        starts = np.cumsum([0] + [node.n for node in nodes])
        if key not in self.unions:
            places = [np.arange(a, b) for a, b in pairwise(starts)]
            self.unions[key] = self.form.join([Arg(node) for node in nodes], places, int(starts[-1]))
        return Arg(self.unions[key].node, tidy(starts[np.searchsorted(numbers, owners)] + entries, int(starts[-1])))


def tidy(index: Any, n: int) -> Any:
    """An index in its simplest form: None, an int, or an array."""
    if index.size and (index == index.flat[0]).all():
        return None if n == 1 and index.shape == (1,) else int(index.flat[0])
    return None if index.shape == (n,) and (index == np.arange(n)).all() else index


def rows(index: Any) -> tuple[Any, Any]:
    """The distinct rows of an index, in order of their entries, and which of them each row is."""
    weights = np.random.default_rng(0).integers(1, 2**62, index.shape[1]) | 1
    _, first, which = np.unique(index @ weights, return_index=True, return_inverse=True)
    found = index[first]
    if (found[which] != index).any():  # two rows of one hash
        found, which = np.unique(index, axis=0, return_inverse=True)
        return found, which.ravel()
    order = np.lexsort(found.T[::-1])
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return found[order], rank[which]


def _order(entries: Any, fold: bool) -> Any:
    """The order of a group's members: as its most varied operand lies, of folds the rows in a grid."""
    columns = [rows(entries[..., i])[1] for i in (0, 1)] if fold else list(entries.T)
    spread = [len(np.unique(column)) for column in columns]
    if fold:  # the factor with more rows runs fastest: samples, most often
        ranked = sorted(range(2), key=lambda i: spread[i])
    else:
        ranked = sorted(range(len(columns)), key=lambda i: -spread[i])
    return np.lexsort([columns[i] for i in reversed(ranked)])


# ── reverse ───────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Entry:
    """A contribution to an adjoint: a product of factors, each entry of it for one target."""

    factors: list[Operand]
    targets: Any
    batched: bool  # whether there is one for each sample

    @property
    def key(self) -> Any:
        """What is the same in contributions that can be added in one fold."""
        shapes = [
            (x.node.n, x.node.batched, x.index if x.index is None or isinstance(x.index, int) else x.index.tobytes())
            if isinstance(x, Arg)
            else x
            for x in self.factors
        ]
        return (*shapes, self.batched, self.targets.tobytes())


@dataclass
class Arrived:
    """What an adjoint is made of."""

    whole: list[Operand] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


class Reverse:
    """Adjoints of all nodes between an output and what gradients are taken by."""

    def __init__(self, forward: Forward, regular: bool = True) -> None:
        self.form, self.regular = forward.form, regular
        self.forward = forward
        self.wanted = {id(x.node) for x in forward.wrt if x is not None}
        self.nodes = list(self.form.nodes)
        for node in self.nodes:
            if any(id(source) in self.wanted for source in node.sources):
                self.wanted.add(id(node))

    def gradient(self, output: Operand) -> Operand:
        """∂output/∂x for each x that is wanted, summed over the samples: n scalars."""
        self.arrived: dict[int, Arrived] = {}
        adjoints: dict[int, Operand] = {}
        if isinstance(output, Arg):
            seed = 1.0 if output.node.batched else self.form.samples
            self._send(seed, 1, output.node.batched, Arg(output.node, output.index))
        sought = {id(x.node) for x in self.forward.wrt if x is not None}
        for node in reversed(self.nodes):
            if id(node) in self.arrived:
                adjoint = self._total(self.arrived.pop(id(node)), node)
                if isinstance(adjoint, Arg) and adjoint.index is None:
                    adjoint.node.of = adjoint.node.of or node
                if id(node) in sought:
                    adjoints[id(node)] = adjoint
                self._propagate(node, adjoint)
        return self._gathered(adjoints)

    # ── sending ───────────────────────────────────────────────────────────────────────────────────

    def _propagate(self, z: Node, adjoint: Operand) -> None:
        if not any(id(source) in self.wanted for source in z.sources):
            return
        if z.kind == "map":
            self._through_map(z, adjoint)
        elif z.kind == "fold":
            self._through_fold(z, adjoint)
        elif z.kind == "vector":
            self._through_vector(z, adjoint)

    def _through_map(self, z: Node, adjoint: Operand) -> None:
        assert z.op is not None
        words = [self._term(x, z.n) for x in z.args]
        for i, x in enumerate(z.args):
            if isinstance(x, Arg) and id(x.node) in self.wanted:
                slope = z.op.slope(i, words, Term(self.form, Arg(z), z.n))
                part = self._operand(slope * self._term(adjoint, z.n))
                self._send(part, z.n, z.batched, x)

    def _through_fold(self, z: Node, adjoint: Operand) -> None:
        """∂z[i]/∂x[p[i, k]] is the other factor."""
        wide = self._widened(adjoint, z)
        for i, x in enumerate(z.args):
            if isinstance(x, Arg) and id(x.node) in self.wanted:
                others = [y.at(None) for j, y in enumerate(z.args) if j != i and isinstance(y, Arg)]
                self._scatter([wide, *map(_raveled, others)], z.n * z.width, z.batched, _raveled(x))

    def _through_vector(self, z: Node, adjoint: Operand) -> None:
        assert z.op is not None
        size = z.n * z.width
        entries = [self._term(_raveled(x), size) for x in z.args if isinstance(x, Arg)]
        result = self._term(self._widened(Arg(z), z), size)
        for i, x in enumerate(z.args):
            partial = z.op.partials[i]
            if partial != 0 and isinstance(x, Arg) and id(x.node) in self.wanted:
                slope = partial if isinstance(partial, int) else partial(*entries, result)
                part = self._operand(slope * self._term(self._widened(adjoint, z), size))
                self._send(part, size, z.batched, _raveled(x))

    def _widened(self, x: Operand, z: Node) -> Operand:
        """Scalars of a node, each repeated along the width."""
        return x.at(np.repeat(np.arange(z.n), z.width)) if isinstance(x, Arg) else x

    def _term(self, x: Operand, n: int) -> Any:
        return Term(self.form, x, n) if isinstance(x, Arg) else x

    def _operand(self, x: Any) -> Operand:
        return x.arg if isinstance(x, Term) else float(x)

    def _send(self, part: Operand, n: int, batched: bool, target: Arg) -> None:
        """Hand a contribution of n scalars on to what they were taken from."""
        if part == 0 and not isinstance(part, Arg):
            return
        node = target.node
        if batched == node.batched and node.kind != "join" and (target.index is None or n == node.n == 1):
            self.arrived.setdefault(id(node), Arrived()).whole.append(part)
        else:
            self._scatter([part], n, batched, target)

    def _scatter(self, factors: list[Operand], n: int, batched: bool, target: Arg) -> None:
        node, targets = target.node, target.flat(n)
        if node.kind != "join":
            self.arrived.setdefault(id(node), Arrived()).entries.append(Entry(factors, targets, batched))
            return
        for part, places in zip(node.args, node.data, strict=True):  # an operand of a join is one of its parts
            here = np.flatnonzero((targets >= places[0]) & (targets <= places[-1]))
            if len(here) and isinstance(part, Arg) and id(part.node) in self.wanted:
                some = [x.at(here) if isinstance(x, Arg) else x for x in factors]
                entries = self.arrived.setdefault(id(part.node), Arrived()).entries
                entries.append(Entry(some, targets[here] - places[0], batched))

    # ── adding up ─────────────────────────────────────────────────────────────────────────────────

    def _total(self, arrived: Arrived, node: Node) -> Operand:
        """The sum of all contributions to a node's scalars."""
        n = node.n
        pieces: dict[Any, list[Operand]] = {}
        spans: dict[Any, Any] = {}
        for entry in self._combined(arrived.entries):
            for places, operand in self._pulled(entry, n, entry.batched and not node.batched):
                key = None if len(places) == n else places.tobytes()
                pieces.setdefault(key, []).append(operand)
                spans[key] = places
        whole = arrived.whole + pieces.pop(None, [])
        totals = [(spans[key], self.form.add(found, len(spans[key]))) for key, found in pieces.items()]
        joined = [self._joined(parts, n) for parts in _disjoint(totals)]
        for x in joined:
            x.node.of = node
        return self.form.add([*whole, *joined], n)

    def _combined(self, entries: list[Entry]) -> list[Entry]:
        """Contributions that are alike put side by side, as those of all steps of a recurrent network."""
        alike: dict[Any, list[Entry]] = {}
        for i, entry in enumerate(entries):
            literal = any(not isinstance(x, Arg) for x in entry.factors)
            anyhow = not self.regular and len(entry.factors) == 1
            alike.setdefault(i if literal else (anyhow, entry.batched) if anyhow else entry.key, []).append(entry)
        return [found[0] if len(found) == 1 else self._side_by_side(found) for found in alike.values()]

    def _side_by_side(self, entries: list[Entry]) -> Entry:
        factors: list[Operand] = []
        for column in zip(*(entry.factors for entry in entries), strict=True):
            sizes = [len(entry.targets) for entry in entries]
            nodes = list(dict.fromkeys(x.node for x in column))
            starts = dict(zip(nodes, np.cumsum([0] + [node.n for node in nodes]), strict=False))
            index = np.concatenate([starts[x.node] + x.flat(size) for x, size in zip(column, sizes, strict=True)])
            if len(nodes) == 1:
                factors.append(Arg(nodes[0], index))
                continue
            places = [np.arange(starts[node], starts[node] + node.n) for node in nodes]
            joined = self.form.join([Arg(node) for node in nodes], places, sum(node.n for node in nodes))
            factors.append(Arg(joined.node, index))
        return Entry(factors, np.concatenate([entry.targets for entry in entries]), entries[0].batched)

    def _pulled(self, entry: Entry, n: int, over: bool) -> list[tuple[Any, Operand]]:
        """Contributions gathered by their targets; targets of equally many are one fold."""
        order = np.argsort(entry.targets, kind="stable")
        counts = np.bincount(entry.targets, minlength=n)
        starts = np.cumsum(counts) - counts
        found = []
        for count in np.unique(counts[counts > 0]):
            places = np.flatnonzero(counts == count)
            sources = order[starts[places][:, None] + np.arange(count)]
            factors = [Arg(x.node, _tidy_rows(x.at(sources).index)) if isinstance(x, Arg) else x for x in entry.factors]
            found.append((places, self.form.fold(factors, len(places), int(count), over)))
        return found

    def _joined(self, parts: list[tuple[Any, Operand]], n: int) -> Arg:
        places = [places for places, _ in parts]
        return self.form.join([self._as_array(operand) for _, operand in parts], places, n)

    def _as_array(self, x: Operand) -> Arg:
        return x if isinstance(x, Arg) else Arg(self.form.source("constant", 1, data=np.array([x])), 0)

    def _gathered(self, adjoints: dict[int, Operand]) -> Operand:
        """The adjoints in the order in which they were asked for."""
        wrt = self.forward.wrt
        parts: list[tuple[Any, Operand]] = []
        for node in dict.fromkeys(x.node for x in wrt if x is not None):
            mine = np.array([i for i, x in enumerate(wrt) if x is not None and x.node is node])
            index = tidy(np.array([wrt[i].index or 0 for i in mine]), node.n)
            adjoint = adjoints.get(id(node), 0.0)
            if isinstance(adjoint, Arg):
                adjoint = adjoint.at(index)
            if node.batched:
                flat = adjoint.flat(len(mine))[:, None] if isinstance(adjoint, Arg) else None
                adjoint = Arg(adjoint.node, flat) if isinstance(adjoint, Arg) else adjoint
                adjoint = self.form.fold([adjoint], len(mine), 1, over=True)
            if len(mine) == len(wrt):
                return adjoint
            parts.append((mine, adjoint))
        return self._joined(parts, len(wrt)) if parts else 0.0


def _tidy_rows(index: Any) -> Any:
    """The index of a fold: an array of rows, or the int that all of it is."""
    if np.ndim(index) and index.size and (index == index.flat[0]).all():
        return int(index.flat[0])
    return index


def _raveled(x: Operand) -> Any:
    return Arg(x.node, x.index.ravel()) if isinstance(x, Arg) and np.ndim(x.index) else x


def _disjoint(parts: list[tuple[Any, Operand]]) -> list[list[tuple[Any, Operand]]]:
    """Parts in as few lists as their overlaps allow."""
    lists: list[tuple[set[int], list[tuple[Any, Operand]]]] = []
    for places, operand in parts:
        mine = set(places.tolist())
        for taken, members in lists:
            if taken.isdisjoint(mine):
                taken |= mine
                members.append((places, operand))
                break
        else:
            lists.append((mine, [(places, operand)]))
    return [members for _, members in lists]
