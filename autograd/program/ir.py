"""The intermediate representation: a node is n scalars of one kind, an operand is a node and an index array.

    map      z[i] = f(x[p[i]], y[q[i]])                  a row of the table
    fold     z[i] = Σₖ x[p[i, k]] · y[q[i, k]]           one factor or two; of a program's samples too
    vector   z[i] = f(x[p[i, 0]], x[p[i, 1]], …)         a row on vectors
    reduce   z[i] = x[p[i, 0]] ∘ x[p[i, 1]] ∘ …          a row over the width
    join     z[p] = x, z[q] = y                          parts put side by side
    carry    z[i] = x[p[i]]                              what a loop carries: made before x is, which reads z

Beside them stand the sources: parameters, leaves, inputs, constants, and the number of samples. As
an operation of the table runs on whatever it is given, its words run on these nodes too:

>>> from autograd.ops import relu
>>> graph = Graph()
>>> z = Symbol(graph, Ref(graph.source("inputs", 2)), 2)
>>> relu(z * 2.0 + 0.0) is not None  # z + 0 is z by the table's laws
True
>>> print(graph)
%0[2] = inputs
%1[2] = mul(%0, 2)
%2[2] = relu(%1)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.core.op import COMMON, OPS, Limit, Op, rebind
from autograd.core.tracer import Tracer
from autograd.ops import add, gated, mul

SOURCES = ("constant", "parameters", "leaves", "inputs")  # in the order in which a trace numbers them
FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.intp]
Places: TypeAlias = "IntArray | int | None"  # None: each in its place; an int: that one for all; or an array of places


@dataclass(eq=False, slots=True, repr=False)
class Node:
    """n scalars of one kind; batched, as many for each sample."""

    kind: str
    n: int
    op: Op | None = None
    operands: tuple[Atom, ...] = ()
    batched: bool = False
    sums_batch: bool = False  # a fold that adds up the samples as well
    width: int = 1  # K, of a fold, vector or reduce
    constants: FloatArray | None = None
    places: tuple[IntArray, ...] = ()  # of the parts of a join
    adjoint_of: Node | None = None
    steps: IntArray | None = None  # of a carry: after how many iterations each scalar is known, at least 1
    moves: int = 0  # what it stands for lies so many places further on at each next iteration

    @property
    def parents(self) -> list[Node]:
        """The nodes that this one reads."""
        return [x.node for x in self.operands if isinstance(x, Ref)]

    def written(self, names: Mapping[Node, str]) -> str:
        """The node as a line of text, with the names of the nodes that it reads."""
        operands = ", ".join(x.written(names) if isinstance(x, Ref) else f"{x:g}" for x in self.operands)
        size = f"{'B,' * self.batched}{self.n}"
        name = self.op.name if self.op else self.kind
        over = " over the batch" * self.sums_batch
        return f"{names[self]}[{size}] = {name}{f'({operands})' if operands else ''}{over}"


class Ref(NamedTuple):
    """A reference to scalars of a node, chosen by an index."""

    node: Node
    places: Places = None

    def at(self, places: Places) -> Ref:
        """Of these scalars those at some places."""
        if self.places is None:
            return Ref(self.node, places)
        if places is None or isinstance(self.places, int):
            return self
        index = self.places[places]
        return Ref(self.node, int(index) if np.ndim(index) == 0 else index)

    @property
    def is_single(self) -> bool:
        """Whether all of these are one scalar."""
        return isinstance(self.places, int) or (self.places is None and self.node.n == 1)

    @property
    def raveled(self) -> Ref:
        """The same scalars in a row."""
        return Ref(self.node, self.places.ravel()) if isinstance(self.places, np.ndarray) else self

    def flat(self, n: int) -> IntArray:
        """The index as an array of n places."""
        if self.places is None:
            return np.arange(n)
        return np.full(n, self.places) if isinstance(self.places, int) else self.places

    def written(self, names: Mapping[Node, str]) -> str:
        """The reference as text: `%0`, `%0[3]` or `%0[[0, 1], [2, 3]]`."""
        if self.places is None:
            return names[self.node]
        return f"{names[self.node]}[{str(np.asarray(self.places).tolist()).removeprefix('[').removesuffix(']')}]"


Atom: TypeAlias = "Ref | float"  # what a node calculates with


class Symbol(Tracer):
    """n scalars that the table's words can calculate with."""

    __slots__ = ("graph", "n", "ref")

    def __init__(self, graph: Graph, ref: Ref, n: int) -> None:
        self.graph, self.ref, self.n = graph, ref, n

    def apply(self, op: Op, operands: Sequence[Symbol | Limit | float]) -> Symbol | Limit:
        n = max(x.n for x in operands if isinstance(x, Symbol))
        result = self.graph.map(op, [x.widened(n) if isinstance(x, Symbol) else float(x) for x in operands], n)
        return self.graph.symbol(result, n)

    def widened(self, n: int) -> Ref:
        """Each scalar repeated, so that there are n."""
        return self.ref if n == self.n else self.ref.at(np.repeat(np.arange(self.n), n // self.n))


def atom(x: Symbol | Limit | float) -> Atom:
    """What the table's words returned, as an operand of nodes."""
    return x.ref if isinstance(x, Symbol) else float(x)


def run_on_vectors(words: Callable[..., Any], columns: Sequence[Ref], graph: Graph, n: int, width: int) -> Any:
    """Words of a row on vectors: they see lists of one entry, n · width scalars that stand for all entries."""

    def total(entries: Sequence[Symbol]) -> Symbol | Limit:
        (entry,) = entries
        return graph.symbol(graph.fold([_rows(entry, n, width)], n, width), n)

    def reduce(by: Op, entries: Sequence[Symbol]) -> Symbol | Limit:
        (entry,) = entries
        return graph.symbol(graph.node("reduce", n, by, [_rows(entry, n, width)], width=width), n)

    vocabulary: dict[str, Any] = {**COMMON, **OPS, "total": total, "reduce": reduce}
    vocabulary |= {op.name: rebind(op.value, vocabulary) for op in OPS.values() if op.variadic}
    return rebind(words, vocabulary)(*([graph.symbol(x.raveled, n * width)] for x in columns))


def _rows(x: Symbol, n: int, width: int) -> Ref:
    """The scalars of a symbol as rows of a width."""
    ref = x.ref
    return ref if isinstance(ref.places, int) else Ref(ref.node, ref.flat(n * width).reshape(n, width))


@dataclass(eq=False)
class Graph:
    """Nodes as they are made, operands first; equal ones are made once."""

    batched: bool = False
    nodes: list[Node] = field(default_factory=list)
    known: dict[Any, Node] = field(default_factory=dict)
    indices: dict[tuple[tuple[int, ...], bytes], IntArray] = field(default_factory=dict)  # equal arrays are one

    def __str__(self) -> str:
        names = {node: f"%{i}" for i, node in enumerate(self.nodes)}
        return "\n".join(node.written(names) for node in self.nodes)

    def source(self, kind: str, n: int, batched: bool = False, constants: FloatArray | None = None) -> Node:
        """A node that is given: parameters, leaves, inputs, constants or the number of samples."""
        self.nodes.append(node := Node(kind, n, batched=batched and self.batched, constants=constants))
        return node

    def array(self, x: Atom) -> Ref:
        """A reference even to a number, which becomes a constant."""
        return x if isinstance(x, Ref) else Ref(self.source("constant", 1, constants=np.array([x])), 0)

    def carry(self, steps: IntArray, batched: bool) -> Node:
        """Scalars that are known after so many iterations; `carries` says later what they are."""
        self.nodes.append(node := Node("carry", len(steps), batched=batched, steps=steps))
        return node

    def carries(self, node: Node, x: Atom) -> None:
        """Say what scalars a carry hands on to the next iteration."""
        node.operands = (self.array(x),)

    def symbol(self, x: Atom, n: int) -> Symbol | Limit:
        """An operand that the table's words can calculate with, numbers as IEEE 754 does: log(−2) is nan."""
        return Symbol(self, x, n) if isinstance(x, Ref) else Limit(x)

    @property
    def samples(self) -> Atom:
        """How many samples there are."""
        if not self.batched:
            return 1.0
        if "samples" not in self.known:
            self.known["samples"] = self.source("samples", 1)
        return Ref(self.known["samples"], 0)

    def map(self, op: Op, operands: Sequence[Atom], n: int) -> Atom:
        """op, entry by entry; what the table's laws say without it is not calculated.

        If all operands are single scalars, so is the result.
        """
        if not all(x.__class__ is Ref for x in operands):  # a law is about a number
            folded = op.fold(operands)
            if folded is not None:
                return folded if isinstance(folded, Ref) else float(folded)
        if n > 1 and all(x.is_single for x in operands if isinstance(x, Ref)):
            single = self.map(op, operands, 1)
            return single.at(0) if isinstance(single, Ref) else single
        shorter = self._shorter(op, operands, n) if op in (add, mul) else None
        return self.node("map", n, op, operands) if shorter is None else shorter

    def _shorter(self, op: Op, operands: Sequence[Atom], n: int) -> Atom | None:
        """A sum or product as another one that takes less to calculate; None if there is none.

        x + x is 2 · x, exactly; so is 2 · (c · x) = (2 · c) · x. c · gated(x, k) is gated(x, c · k) for finite c.
        """
        x, y = operands
        if op is add:
            return self.map(mul, (2.0, x), n) if self._key(x) == self._key(y) else None
        for x, y in permutations(operands):
            if not isinstance(y, Ref) or y.node.kind != "map" or y.node.op not in (mul, gated):
                continue
            first, second = y.node.operands
            if isinstance(x, float) and y.node.op is mul and isinstance(first, float) and _is_exact(x, first):
                return self.map(mul, (x * first, _within(second, y)), n)
            if isinstance(x, Ref) and x.node.constants is not None and y.node.op is gated and isinstance(second, float):
                constants = x.node.constants[x.flat(n)] * second
                if np.isfinite(constants).all():
                    node = self.source("constant", n, constants=constants)
                    return self.map(gated, (_within(first, y), Ref(node)), n)
        return None

    def fold(self, factors: Sequence[Atom], n: int, width: int, sums_batch: bool = False) -> Atom:
        """Σ over the width (and, if asked, over the samples) of a product of at most two factors."""
        over = sums_batch and self.batched
        singles = [x for x in factors if not isinstance(x, Ref) or (x.is_single and not (over and x.node.batched))]
        operands = [x for x in factors if isinstance(x, Ref) and not any(x is y for y in singles)]
        if over and not any(x.node.batched for x in operands):
            return self.map(mul, (self.samples, self.fold(factors, n, width)), n)
        total: Atom = float(width)
        if operands and (width > 1 or over):
            total = self.node("fold", n, None, operands, over, width)
        elif operands:
            operands = [x if x.is_single else x.raveled for x in operands]
            total = operands[0] if len(operands) == 1 else self.map(mul, operands, n)
        for x in singles:
            total = self.map(mul, (x, total), n)
        return total

    def join(self, parts: Sequence[Ref], places: Sequence[IntArray], n: int) -> Ref:
        """Parts put at their places, 0 elsewhere."""
        batched = any(part.node.batched for part in parts)
        self.nodes.append(node := Node("join", n, None, tuple(parts), batched, places=tuple(places)))
        return Ref(node)

    def union(self, nodes: Sequence[Node]) -> tuple[Node, IntArray]:
        """Nodes put side by side, and where each begins."""
        starts = np.cumsum([0, *(node.n for node in nodes)])
        places = [np.arange(start, end) for start, end in pairwise(starts)]
        return self.join([Ref(node) for node in nodes], places, int(starts[-1])).node, starts[:-1]

    def add(self, terms: Sequence[Atom], n: int) -> Atom:
        """The sum of some terms of n scalars each."""
        total: Atom = 0.0
        for term in terms:
            total = self.map(add, (total, term), n)
        return total

    def node(
        self, kind: str, n: int, op: Op | None, operands: Sequence[Atom], sums_batch: bool = False, width: int = 1
    ) -> Ref:
        """All scalars of a node, as it is said; an equal one is not made again."""
        key = (kind, n, op and op.name, sums_batch, width, *map(self._key, operands))
        node = self.known.get(key)
        if node is None:
            batched = not sums_batch and any(x.node.batched for x in operands if isinstance(x, Ref))
            node = self.known[key] = Node(kind, n, op, tuple(operands), batched, sums_batch, width)
            self.nodes.append(node)
        return Ref(node)

    def _key(self, operand: Atom) -> object:
        """What equal operands have in common; -0.0 and nan are told apart by their text."""
        if not isinstance(operand, Ref):
            return operand or repr(operand)
        if operand.places is None or isinstance(operand.places, int):
            return operand
        index = self.indices.setdefault((operand.places.shape, operand.places.tobytes()), operand.places)
        return operand.node, id(index)


def _within(x: Atom, y: Ref) -> Atom:
    """An operand of the node of y, at the places of y."""
    return x.at(y.places) if isinstance(x, Ref) else x


def _is_exact(x: float, y: float) -> bool:
    """Whether a product with x · y is one with y and then with x, bit for bit: x is a power of 2."""
    return abs(math.frexp(x)[0]) == 0.5 and math.isfinite(x * y) and x * y / x == y


def reachable(results: Sequence[Atom]) -> dict[Node, None]:
    """All nodes that some results need, in no particular order."""
    stack = [x.node for x in results if isinstance(x, Ref)]
    nodes = dict.fromkeys(stack)
    while stack:
        for node in stack.pop().parents:
            if node not in nodes:
                nodes[node] = None
                stack.append(node)
    return nodes


def simplified(index: IntArray, n: int) -> Places:
    """An index into n scalars in its simplest form: None, an int, or an array.

    >>> simplified(np.array([0, 1]), 2), simplified(np.array([4, 4, 4]), 5), simplified(np.array([1, 0]), 2)
    (None, 4, array([1, 0]))
    """
    if index.size and (index == index.flat[0]).all():
        return None if n == 1 and index.shape == (1,) else int(index.flat[0])
    return None if index.shape == (n,) and (index == np.arange(n)).all() else index


def distinct_rows(index: IntArray) -> tuple[IntArray, IntArray]:
    """Where each distinct row of an index first appears, and which of these each row is.

    >>> distinct_rows(np.array([[7, 1], [0, 2], [7, 1]]))
    (array([0, 1]), array([0, 1, 0]))
    """
    weights = np.random.default_rng(0).integers(1, 2**62, index.shape[1]) | 1
    _, first, which = np.unique(index @ weights, return_index=True, return_inverse=True)
    if (index[first[which]] != index).any():  # two rows of one hash
        _, first, which = np.unique(index, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.ravel()]
