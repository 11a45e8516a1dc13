"""From nodes to array statements: index arrays become strided views, grids of dot products matrix products.

    Σₖ x[p[i, k]] · y[q[i, k]]    if each of R rows of x meets each of S rows of y: X[R, K] @ Y[S, K]ᵀ

What is not regular stays a gather: always right, only slower.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from autograd.core.op import Op
from autograd.program.ir import Atom, FloatArray, Graph, IntArray, Node, Ref, distinct_rows
from autograd.program.loops.components import components
from autograd.program.loops.steps import unrolled
from autograd.program.views import Access, Gather, Operand, View, aligned, contiguous, regular, reshaped, row


@dataclass
class Statement:
    """One array calculation.

    map: out = op(operands). product: out[R, S] = X[R, K] · Y[S, K]. inner: out[…] = Σ X[…, K] · Y[…, K].
    total, reduce: over the last `reduced` axes. copy: out = operand.
    """

    kind: str
    node: Node
    out: Access
    operands: tuple[Operand, ...]
    op: Op | None
    sums_batch: bool
    reduced: int
    batched: bool

    @property
    def arrays(self) -> list[Access]:
        """The operands that are not numbers."""
        return [x for x in self.operands if not isinstance(x, float)]


@dataclass
class Loop:
    """Statements that are executed so many times; nodes with `moves` lie further on each time."""

    count: int
    statements: list[Statement]


@dataclass
class Vectorized:
    """Statements in their order, and where each node's scalars lie: memory is one row of numbers.

    Attributes:
        fences: nodes that stand for scalars which the same iteration calculates, in whatever order.
    """

    steps: list[Statement | Loop]
    results: list[float | View]
    nodes: list[Node]
    home: dict[Node, tuple[Node, int]]  # the node in whose memory another lies, and from where on
    fences: set[Node] = field(default_factory=set)

    def memories(self, node: Node) -> Iterator[Node]:
        """A node, and those in whose memory it lies."""
        yield node
        while node in self.home:
            node = self.home[node][0]
            yield node

    def memory(self, node: Node) -> Node:
        """The node in whose memory another lies."""
        *_, owner = self.memories(node)
        return owner

    @property
    def statements(self) -> list[Statement]:
        """All statements, those of loops once."""
        return [s for step in self.steps for s in (step.statements if isinstance(step, Loop) else [step])]


def vectorize(graph: Graph, results: Sequence[Atom], sizes: Sequence[int]) -> Vectorized:
    """The statements that calculate the results, of so many scalars each."""
    return Vectorizer(graph, results).run(results, sizes)


class Vectorizer:
    def __init__(self, graph: Graph, results: Sequence[Atom]) -> None:
        self.nodes = list(graph.nodes)
        self.statements: list[Statement | Loop] = []
        self.fences: set[Node] = set()
        carries = any(node.kind == "carry" for node in self.nodes)
        self.parts = components(self.nodes, lambda node: node.parents) if carries else [[node] for node in self.nodes]
        self.looped = {node for part in self.parts if len(part) > 1 for node in part}
        self.uses = Counter(parent for node in self.nodes for parent in node.parents)
        self.uses.update(x.node for x in results if isinstance(x, Ref))
        self.joins = Counter(part for node in self.nodes if node.kind == "join" for part in node.parents)
        self.home: dict[Node, tuple[Node, int]] = {}
        self.placed: dict[Node, View] = {}  # nodes whose scalars lie apart, in a join

    def run(self, results: Sequence[Atom], sizes: Sequence[int]) -> Vectorized:
        for node in self.nodes:
            if node.kind == "carry":
                self._share(node)
        for node in self.nodes:
            if node.kind == "join":
                self._plan(node)
        for part in self.parts:
            if len(part) > 1:
                unrolled(self, part)
            else:
                self.emit(part[0])
        rows = [self._result(self.operand(x, size)) for x, size in zip(results, sizes, strict=True)]
        return Vectorized(self.statements, rows, self.nodes, self.home, self.fences)

    def emit(self, node: Node) -> None:
        """The statements of a node."""
        emitters = {"map": self._map, "fold": self._fold, "reduce": self._fold, "join": self._join}
        if node.kind in emitters:
            emitters[node.kind](node)
        elif node.kind == "carry" and node not in self.home:
            self._emit("copy", node, row(node), [self.operand(node.operands[0], node.n)])

    def emit_to(self, node: Node, kind: str, out: View) -> None:
        """The statements of a node of an iteration, whose results lie in a view."""
        if kind == "copy":
            (x,) = node.operands
            out, operands = aligned(out, [self.operand(x, node.n)])
            self._emit("copy", node, out, operands)
            return
        self.emit(node)
        if out.node is not node and node not in self.placed:  # it could not be calculated there
            out, operands = aligned(out, [row(node)])
            self._emit("copy", node, out, operands)

    def loop(self, count: int, statements: Sequence[Statement | Loop]) -> None:
        """Emit a loop."""
        self.statements.append(Loop(count, [s for s in statements if isinstance(s, Statement)]))

    def _share(self, carry: Node) -> None:
        """What is carried lies where it was calculated."""
        (x,) = carry.operands
        if isinstance(x, Ref) and x.node.batched == carry.batched:
            places = x.flat(carry.n)
            if (places == places[0] + np.arange(carry.n)).all():
                self.home[carry] = x.node, int(places[0])

    def _result(self, x: Operand) -> float | View:
        """A result as a row; one in another order is copied."""
        if isinstance(x, float) or (isinstance(x, View) and len(x.shape) == 1):
            return x
        n = math.prod(x.shape)
        ref = Ref(x.node, x.places.ravel())
        node = Node("join", n, None, (ref,), x.node.batched, places=(np.arange(n),))
        self.nodes.append(node)
        self._emit("copy", node, View(node, 0, x.shape, contiguous(x.shape)), [x])
        return row(node)

    def _plan(self, join: Node) -> None:
        """Parts of a join are calculated in their places, if nobody minds."""
        for x, places in zip(join.operands, join.places, strict=True):
            if not isinstance(x, Ref) or x.places is not None or x.node.batched != join.batched:
                continue
            part = self._calculated(x.node)
            if part.kind not in ("map", "fold", "reduce") or self.joins[part] > 1 or part in self.home:
                continue
            view = regular(join, places)
            if view and view == row(join, len(places), view.offset):
                self.home[part] = join, view.offset
            elif view and self.uses[part] == 1 and part not in self.looped:
                self.placed[part] = view

    def _calculated(self, part: Node) -> Node:
        """The node that a part of a join is, or shares the memory of, if it is carried."""
        while part.kind == "carry" and part in self.home:
            owner, _ = self.home[part]
            if owner.kind == "join" or owner.n != part.n:
                break
            part = owner
        return part

    def operand(self, x: Atom, n: int) -> Operand:
        return self.access(x, n) if isinstance(x, Ref) else x

    def access(self, x: Ref, n: int) -> Access:
        """A view, if the places are regular."""
        if x.places is None:
            return row(x.node, n)
        if isinstance(x.places, int):
            return View(x.node, x.places, (n,), (0,))
        places = x.places.ravel()
        view = regular(x.node, places)
        if x.node.constants is not None and (not view or view.strides != (1,)):
            return row(self._constant(x.node.constants[places]))
        return view or Gather(x.node, places)

    def _constant(self, numbers: FloatArray) -> Node:
        """Constants in the order in which they are needed."""
        node = Node("constant", numbers.size, constants=numbers.ravel())
        self.nodes.append(node)
        return node

    def _emit(self, kind: str, node: Node, out: Access, operands: Iterable[Operand], reduced: int = 0) -> None:
        operands = tuple(operands)
        self.statements.append(Statement(kind, node, out, operands, node.op, node.sums_batch, reduced, node.batched))

    def _map(self, node: Node) -> None:
        operands = [self.operand(x, node.n) for x in node.operands]
        out, operands = aligned(self.placed.get(node) or row(node), operands)
        self._emit("map", node, out, operands)

    def _fold(self, node: Node) -> None:
        """A matrix product; or entry by entry, operands in the shape of the result and the axes of the width."""
        if len(node.operands) == 2 and self._product(node):
            return
        kind = "reduce" if node.op else {1: "total", 2: "inner"}[len(node.operands)]
        size = node.n * node.width
        operands = [self.operand(x, size) for x in node.operands]
        whole, operands = aligned(row(node, size), operands, node.width)
        kept = next(k for k in range(len(whole.shape) + 1) if math.prod(whole.shape[k:]) == node.width)
        self._emit(kind, node, self._target(node, whole.shape[:kept]), operands, len(whole.shape) - kept)

    def _target(self, node: Node, shape: tuple[int, ...]) -> View:
        """Where a result of this shape goes; what cannot lie apart is copied there."""
        view = self.placed.get(node)
        if view is not None:
            strides = reshaped(view.shape, view.strides, shape)
            if strides is not None:
                return View(view.node, view.offset, shape, strides)
            del self.placed[node]
        return View(node, 0, shape, contiguous(shape))

    def _product(self, node: Node) -> bool:
        """Whether the fold is a full grid of rows; then it is a matrix product."""
        x, y = node.operands
        assert isinstance(x, Ref) and isinstance(y, Ref)
        if not (isinstance(x.places, np.ndarray) and isinstance(y.places, np.ndarray)):
            return False
        (left, i), (right, j) = distinct_rows(x.places), distinct_rows(y.places)
        if len(left) * len(right) != node.n:
            return False
        factors = [(x.node, x.places[left]), (y.node, y.places[right])]
        if (i * len(right) + j != np.arange(node.n)).any():
            if (j * len(left) + i != np.arange(node.n)).any():
                return False
            factors.reverse()
        (_, rows), (_, columns) = factors
        order = np.lexsort((columns[0], rows[0]))  # of what is summed: so that it lies regularly
        matrices = [self._matrix(owner, places[:, order]) for owner, places in factors]
        self._emit("product", node, self._target(node, (len(rows), len(columns))), matrices)
        return True

    def _matrix(self, node: Node, places: IntArray) -> Access:
        n, m = places.shape
        if node.constants is not None:  # its longer axis side by side
            if n > m:
                return View(self._constant(node.constants[places.T]), 0, (n, m), (1, n))
            return View(self._constant(node.constants[places]), 0, (n, m), (m, 1))
        down, along = regular(node, places[:, 0]), regular(node, places[0])
        if down and along and len(down.shape) == len(along.shape) == 1:
            view = View(node, down.offset, (n, m), (*down.strides, *along.strides))
            if (places == view.places).all():
                return view
        return Gather(node, places)

    def lies_in(self, part: Node, join: Node) -> bool:
        """Whether a part of a join is calculated there."""
        part = self._calculated(part)
        return part in self.placed or (part.kind != "carry" and self.home.get(part, (None,))[0] is join)

    def _join(self, node: Node) -> None:
        for x, places in zip(node.operands, node.places, strict=True):
            assert isinstance(x, Ref)
            if self.lies_in(x.node, node):
                continue
            part, view = self.access(x, len(places)), regular(node, places)
            if view:
                out, operands = aligned(view, [part])
                self._emit("copy", node, out, operands)
            else:
                self._emit("copy", node, Gather(node, places.reshape(part.shape)), [part])
