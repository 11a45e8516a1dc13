"""The rolled form: index arrays become strided views, grids of dot products become matrix products.

    p = [0, 0, 0, 1, 1, 1]        a view of shape (2, 3) and strides (1, 0): no index array is left
    Σₖ x[p[i, k]] · y[q[i, k]]    if each of R rows of x meets each of S rows of y: X[R, K] @ Y[S, K]ᵀ

What is not regular stays a gather: always right, only slower.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autograd.core.op import Op
from autograd.program.decompose import reachable
from autograd.program.ir import Arg, Form, Node, Operand


class View(NamedTuple):
    """Scalars of a node in a regular order: the one at (i, j, …) is offset + i · stride₀ + j · stride₁ + …."""

    node: Node
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def swapped(self) -> View:
        """A matrix's transpose."""
        return self._replace(shape=self.shape[::-1], strides=self.strides[::-1])


class Gather(NamedTuple):
    """Scalars of a node in any order."""

    node: Node
    index: Any

    @property
    def shape(self) -> tuple[int, ...]:
        return self.index.shape  # type: ignore[no-any-return]


Part: TypeAlias = "View | Gather | float"


@dataclass
class Statement:
    """One array calculation.

    map: out = op(operands). product: out[R, S] = X[R, K] · Y[S, K]. inner: out[…] = Σ X[…, K] · Y[…, K].
    total, reduce: over the last `reduced` axes. copy: out = operand.
    """

    kind: str
    node: Node
    out: View | Gather
    operands: tuple[Part, ...]
    op: Op | None = None
    over: bool = False
    reduced: int = 0
    batched: bool = False


@dataclass
class Rolled:
    """Statements in their order, and where each node's scalars lie: memory is one row of numbers."""

    statements: list[Statement]
    roots: list[float | View]
    nodes: list[Node]
    home: dict[int, tuple[Node, int]]  # by id: the node in whose memory it lies, and from where on


def rolled(form: Form, roots: Sequence[Operand], sizes: Sequence[int]) -> Rolled:
    """The statements that calculate the roots, of so many scalars each."""
    return _Rolling(form, roots).run(roots, sizes)


class _Rolling:
    def __init__(self, form: Form, roots: Sequence[Operand]) -> None:
        alive = {id(node) for node in reachable(roots)}
        self.nodes = [node for node in form.nodes if id(node) in alive]
        self.statements: list[Statement] = []
        self.uses = Counter(id(source) for node in self.nodes for source in node.sources)
        self.uses.update(id(root.node) for root in roots if isinstance(root, Arg))
        self.joins = Counter(id(x.node) for node in self.nodes if node.kind == "join" for x in _arrays(node.args))
        self.home: dict[int, tuple[Node, int]] = {}
        self.placed: dict[int, View] = {}  # nodes whose scalars lie apart, in a join

    def run(self, roots: Sequence[Operand], sizes: Sequence[int]) -> Rolled:
        for node in self.nodes:
            if node.kind == "join":
                self._plan(node)
        made = {"map": self._map, "fold": self._fold, "reduce": self._reduce, "join": self._join}
        for node in list(self.nodes):
            if node.kind in made:
                made[node.kind](node)
        parts = [self._root(self.part(root, size)) for root, size in zip(roots, sizes, strict=True)]
        return Rolled(self.statements, parts, self.nodes, self.home)

    def _root(self, part: Part) -> float | View:
        """A result as a row; one in another order is copied."""
        if isinstance(part, float) or (isinstance(part, View) and len(part.shape) == 1):
            return part
        n = math.prod(part.shape)
        node = Node("join", n, None, (Arg(part.node, _gathered(part).index),), part.node.batched, data=(np.arange(n),))
        self.nodes.append(node)
        self._emit("copy", node, View(node, 0, part.shape, contiguous(part.shape)), [part])
        return View(node, 0, (n,), (1,))

    # ── memory ────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, join: Node) -> None:
        """Parts of a join are calculated in their places, if nobody minds."""
        for x, places in zip(join.args, join.data, strict=True):
            if not isinstance(x, Arg) or x.index is not None or x.node.batched != join.batched:
                continue
            if x.node.kind not in ("map", "fold", "reduce") or self.joins[id(x.node)] > 1 or id(x.node) in self.home:
                continue
            found = regular(places)
            if found and found[1:] == ((len(places),), (1,)):
                self.home[id(x.node)] = join, found[0]
            elif found and self.uses[id(x.node)] == 1:
                self.placed[id(x.node)] = View(join, *found)

    # ── operands ──────────────────────────────────────────────────────────────────────────────────

    def part(self, x: Operand, n: int) -> Part:
        """An operand as a view, if it is regular."""
        if not isinstance(x, Arg):
            return x
        if x.index is None:
            return View(x.node, 0, (n,), (1,))
        if isinstance(x.index, int):
            return View(x.node, x.index, (n,), (0,))
        return self._viewed(x.node, x.index)

    def _viewed(self, node: Node, index: Any) -> View | Gather:
        found = regular(index.ravel())
        if node.kind == "constant" and (not found or found[2] != (1,)):
            return self._constant(node.data[index.ravel()])
        return View(node, *found) if found else Gather(node, index.ravel())

    def _constant(self, data: Any) -> View:
        """Constants in the order in which they are needed."""
        fresh = Node("constant", data.size, data=data.ravel())
        self.nodes.append(fresh)
        return View(fresh, 0, (data.size,), (1,))

    def aligned(self, parts: Sequence[Part], out: View, bound: int = 0) -> tuple[View, list[Part]]:
        """Parts in one shape, the largest that suits all; `bound` is the size of the axes that stay together."""
        views = [part for part in (out, *parts) if isinstance(part, View)]
        marks = {bound} if bound else set()
        for view in views:
            marks.update(_marks(view.shape))
        shape = _shape(marks, math.prod(views[0].shape))
        if shape is None:  # they don't suit: the first keeps its shape
            worst = next(i for i, part in enumerate(parts) if isinstance(part, View) and len(part.shape) > 1)
            gathered = [
                _gathered(part) if i == worst and isinstance(part, View) else part for i, part in enumerate(parts)
            ]
            return self.aligned(gathered, out, bound)
        shape = _merged(shape, views, bound)
        found = [
            part._replace(shape=shape, strides=reshaped(part.shape, part.strides, shape))
            if isinstance(part, View)
            else Gather(part.node, part.index.reshape(shape))
            if isinstance(part, Gather)
            else part
            for part in (out, *parts)
        ]
        return found[0], found[1:]  # type: ignore[return-value]

    # ── statements ────────────────────────────────────────────────────────────────────────────────

    def _emit(self, kind: str, node: Node, out: View | Gather, operands: Iterable[Part], reduced: int = 0) -> None:
        over = node.over and kind != "copy"
        self.statements.append(Statement(kind, node, out, tuple(operands), node.op, over, reduced, node.batched))

    def _map(self, node: Node) -> None:
        parts = [self.part(x, node.n) for x in node.args]
        target = self.placed.get(id(node)) or View(node, 0, (node.n,), (1,))
        out, parts = self.aligned(parts, target)
        self._emit("map", node, out, parts)

    def _reduce(self, node: Node) -> None:
        self._folded(node, "reduce", [node.args[0]])

    def _fold(self, node: Node) -> None:
        if len(node.args) == 2 and self._product(node):
            return
        self._folded(node, "inner" if len(node.args) == 2 else "total", node.args)

    def _folded(self, node: Node, kind: str, args: Sequence[Operand]) -> None:
        """A fold entry by entry: its operands have the shape of the result, and the axes of the width."""
        size = node.n * node.width
        parts = [self.part(x, size) for x in args]
        whole = View(node, 0, (size,), (1,))
        whole, parts = self.aligned(parts, whole, node.width)
        kept = next(k for k in range(len(whole.shape) + 1) if math.prod(whole.shape[k:]) == node.width)
        self._emit(kind, node, self._target(node, whole.shape[:kept]), parts, len(whole.shape) - kept)

    def _target(self, node: Node, shape: tuple[int, ...]) -> View:
        """Where a result of this shape goes; what cannot lie apart is copied there."""
        view = self.placed.get(id(node))
        if view is None:
            return View(node, 0, shape, contiguous(shape))
        strides = reshaped(view.shape, view.strides, shape)
        if strides is not None:
            return View(view.node, view.offset, shape, strides)
        del self.placed[id(node)]
        return View(node, 0, shape, contiguous(shape))

    def _product(self, node: Node) -> bool:
        """Whether the fold is a full grid of rows; then it is a matrix product."""
        x, y = (self._rows(arg, node) for arg in node.args)
        if x is None or y is None:
            return False
        (left, i), (right, j), args = x, y, node.args
        if len(left) * len(right) != node.n:
            return False
        if (i * len(right) + j != np.arange(node.n)).any():
            if (j * len(left) + i != np.arange(node.n)).any():
                return False
            left, right, args = right, left, args[::-1]
        order = np.lexsort((right[0], left[0]))
        matrices = [
            self._matrix(arg.node, rows[:, order])
            for arg, rows in zip(args, (left, right), strict=True)
            if isinstance(arg, Arg)
        ]
        self._emit("product", node, self._target(node, (len(left), len(right))), matrices)
        return True

    def _rows(self, x: Operand, node: Node) -> Any:
        """The distinct rows of a factor in the order in which they first appear, and which each is."""
        if not isinstance(x, Arg) or np.ndim(x.index) != 2:
            return None
        weights = np.random.default_rng(0).integers(1, 2**62, node.width) | 1
        _, first, which = np.unique(x.index @ weights, return_index=True, return_inverse=True)
        if (x.index[first[which]] != x.index).any():
            return None
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        return x.index[first[order]], rank[which]

    def _matrix(self, node: Node, index: Any) -> View | Gather:
        n, m = index.shape
        if node.kind == "constant":  # its longer axis side by side
            strides = (1, n) if n > m else (m, 1)
            return self._constant(node.data[index.T if n > m else index])._replace(shape=(n, m), strides=strides)
        found, inner = regular(index[:, 0]), regular(index[0])
        if found and inner and len(found[1]) == len(inner[1]) == 1:
            (rows,), (columns,) = found[2], inner[2]
            if (index == index[0, 0] + rows * np.arange(n)[:, None] + columns * np.arange(m)).all():
                return View(node, found[0], (n, m), (rows, columns))
        return Gather(node, index)

    def _join(self, node: Node) -> None:
        for x, places in zip(node.args, node.data, strict=True):
            if isinstance(x, Arg) and (self.home.get(id(x.node), (None,))[0] is node or id(x.node) in self.placed):
                continue
            found = regular(places)
            target = View(node, *found) if found else None
            part = self.part(x, len(places))
            if target is None:
                shape = () if isinstance(part, float) else part.shape
                self._emit("copy", node, Gather(node, places.reshape(shape or places.shape)), [part])
            else:
                out, parts = self.aligned([part], target)
                self._emit("copy", node, out, parts)


# ── regular index arrays ──────────────────────────────────────────────────────────────────────────


def regular(index: Any) -> tuple[int, tuple[int, ...], tuple[int, ...]] | None:
    """Offset, shape and strides of a view that takes these places in this order, if there is one.

    >>> regular(np.array([2, 5, 8])), regular(np.array([0, 0, 0, 1, 1, 1])), regular(np.array([3, 1, 2]))
    ((2, (3,), (3,)), (0, (2, 3), (1, 0)), None)
    """
    offset, shape, strides = int(index[0]) if len(index) else 0, [], []
    while len(index) > 1:
        step = index[1] - index[0]
        breaks = np.flatnonzero(np.diff(index) != step)
        run = int(breaks[0]) + 1 if len(breaks) else len(index)
        if len(index) % run or run == 1:
            return None
        heads = index[::run]
        if (index.reshape(-1, run) != heads[:, None] + step * np.arange(run)).any():
            return None
        shape.append(run)
        strides.append(int(step))
        index = heads
    if not shape:
        return offset, (len(index),), (1,)
    return offset, tuple(shape[::-1]), tuple(strides[::-1])


def contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array that lies without gaps."""
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))


def reshaped(shape: Sequence[int], strides: Sequence[int], new: Sequence[int]) -> Any:
    """The strides of the same view in a new shape; None if no view has them.

    >>> reshaped((4, 3), (3, 1), (2, 2, 3)), reshaped((4, 3), (0, 1), (12,))
    ((6, 3, 1), None)
    """
    found: list[int] = []
    old = [[n, s] for n, s in zip(shape, strides, strict=True) if n != 1]
    for n in reversed(new):
        if n == 1:
            found.append(0)
            continue
        if not old:
            return None
        size, stride = old.pop()
        while size < n and old and old[-1][1] == stride * size:
            size *= old.pop()[0]
        if size % n:
            return None
        if size > n:
            old.append([size // n, stride * n])
        found.append(stride)
    return None if old else tuple(found[::-1])


def _marks(shape: Sequence[int]) -> set[int]:
    """The sizes of a shape's inner blocks: where its axes end."""
    return {math.prod(shape[i:]) for i in range(1, len(shape))}


def _shape(marks: set[int], size: int) -> tuple[int, ...] | None:
    """The shape whose axes end at all the marks."""
    ends = sorted({*marks, 1, size})
    if any(b % a for a, b in pairwise(ends)):
        return None
    return tuple(b // a for a, b in pairwise(ends))[::-1] or (1,)


def _merged(shape: tuple[int, ...], views: Sequence[View], bound: int) -> tuple[int, ...]:
    """The shape with axes merged that are one axis to every view."""
    i = len(shape) - 1
    while i:
        merged = (*shape[: i - 1], shape[i - 1] * shape[i], *shape[i + 1 :])
        together = not bound or math.prod(shape[i:]) != bound
        if together and all(reshaped(view.shape, view.strides, merged) is not None for view in views):
            shape = merged
        i -= 1
    return shape


def _gathered(view: View | Gather) -> Gather:
    """A view as an index array."""
    if isinstance(view, Gather):
        return view
    index = np.array(view.offset)
    for n, stride in zip(view.shape, view.strides, strict=True):
        index = index[..., None] + stride * np.arange(n)
    return Gather(view.node, index.ravel())


def _arrays(args: Iterable[Operand]) -> list[Arg]:
    return [x for x in args if isinstance(x, Arg)]
