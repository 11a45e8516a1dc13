"""A bias as one more column of its weights: `W @ x + b` is `(W, b) @ (x, 1)`, one product in place of two calls.

    forward     Z[R, S] = X[R, K] · Y[S, K] + b[R]      becomes     (X, b)[R, K + 1] · (Y, 1)[S, K + 1]
    backward    X̄[R, K] = D[R, S] · Y[K, S], b̄ = Σ D    becomes     (X̄, b̄)[R, K + 1] = D[R, S] · (Y, 1)[K + 1, S]

It needs b beside X in memory, as parameters lie, and a row of ones behind Y's, which is made. Where a statement is a
call it saves one; where it is a loop, a way through the memory.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np

from autograd.ops import add
from autograd.program.ir import Node, Ref
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access, View, reshaped


def with_biases(program: Vectorized) -> Vectorized:
    """The program with biases, and their gradients, inside of products where they lie beside the weights.

    One with loops is left as it is: what an iteration reads moves on.
    """
    return program if any(isinstance(step, Loop) for step in program.steps) else _Biases(program).program


class _Biases:
    def __init__(self, program: Vectorized) -> None:
        self.program = dataclasses.replace(program, nodes=list(program.nodes), home=dict(program.home))
        self.reads = Counter(x.node for s in program.statements for x in s.arrays)
        self.reads.update(x.node for x in program.results if isinstance(x, View))
        for node in program.nodes:
            self.reads.update(node.parents if node.kind == "join" else ())
        self.extended: dict[tuple[Node, int], Node] = {}  # by the node that has so many ones behind it now
        statements: list[Statement | None] = list(program.statements)
        self._forward(statements)
        self._backward(statements)
        self.program.steps = [s for s in statements if s]

    # ── forward: a product, and the sum that alone reads it ──

    def _forward(self, statements: list[Statement | None]) -> None:
        products = {s.node: i for i, s in enumerate(statements) if s and s.kind == "product"}
        for i, s in enumerate(statements):
            if s is None or s.op is not add:
                continue
            for x, b in permutations(s.arrays, 2):
                j = products.get(x.node, -1)
                if j >= 0 and (product := statements[j]) and (joined := self._sum(s, product, x, b)):
                    statements[i], statements[j] = joined, None
                    break

    def _sum(self, s: Statement, product: Statement, x: Access, b: Access) -> Statement | None:
        """product + b as one product, if b lies beside an operand of it."""
        shape, node = product.out.shape, product.node
        if self.reads[node] > 1 or product.out.node is not node or node in self.program.home:
            return None
        bias, out = _in_shape(b, shape), _in_shape(s.out, shape)
        if product.sums_batch or product.batched != s.batched or bias is None or out is None:
            return None
        if _in_shape(x, shape) != _in_shape(product.out, shape):
            return None
        for k, (weights, other) in enumerate(permutations(product.arrays)):
            if not bias.strides[1 - k]:
                line = View(bias.node, bias.offset, shape[k : k + 1], bias.strides[k : k + 1])
                both = self._beside(weights, line)
                ones = both and self._behind(other, 1)
                if both and ones:
                    return _product(s, out, (both, ones) if k == 0 else (ones, both), both.shape[1])
        return None

    # ── backward: a product, and the sum of one of its operands ──

    def _backward(self, statements: list[Statement | None]) -> None:
        totals: dict[Node, list[int]] = defaultdict(list)
        for i, s in enumerate(statements):
            if s and s.kind == "total" and not s.op:
                totals[s.arrays[0].node].append(i)
        for j, product in enumerate(statements):
            if product and product.kind == "product":
                self._into(statements, j, product, totals)

    def _into(
        self, statements: list[Statement | None], j: int, product: Statement, totals: Mapping[Node, Sequence[int]]
    ) -> None:
        """Take a total into a product."""
        for k, x in enumerate(product.arrays):
            for i in totals.get(x.node, ()):
                total = statements[i]
                if total and self._is_unread(statements, i, j) and (joined := self._gradient(product, total, k)):
                    statements[min(i, j)], statements[max(i, j)] = None, joined
                    return

    def _gradient(self, product: Statement, total: Statement, k: int) -> Statement | None:
        """The product, with the sums of its operand k as one more column or row."""
        d, other = product.arrays[k], product.arrays[1 - k]
        (summed,) = total.arrays
        same = total.sums_batch == product.sums_batch and total.node.width == product.node.width
        if not same or not isinstance(d, View) or _in_shape(summed, d.shape) != _plain(d):
            return None
        out, sums = self._root(product.out), self._root(total.out)
        line = sums and _in_shape(sums, d.shape[:1])
        both = out and line and self._beside(_turned(out, k), line)
        ones = both and self._behind(other, 0)
        if not both or not ones:
            return None
        return _product(product, _turned(both, k), (d, ones) if k == 0 else (ones, d), d.shape[1])

    def _is_unread(self, statements: Sequence[Statement | None], i: int, j: int) -> bool:
        """Whether nobody reads what the first of two statements writes before the second is there."""
        first, *between = [s for s in statements[min(i, j) : max(i, j)] if s]
        written = self._owner(first.out.node)
        return all(self._owner(x.node) is not written for s in between for x in s.arrays)

    # ── memory ──

    def _owner(self, node: Node) -> Node:
        while node in self.program.home:
            node, _ = self.program.home[node]
        return node

    def _root(self, x: Access) -> View | None:
        """A view in the node in whose memory it lies."""
        if not isinstance(x, View):
            return None
        node, offset = x.node, x.offset
        while node in self.program.home:
            node, start = self.program.home[node]
            offset += start
        return View(node, offset, x.shape, x.strides)

    def _beside(self, weights: Access, bias: View) -> View | None:
        """Weights [R, K] with a bias [R] as one more column, if it lies there: [R, K + 1]."""
        if not isinstance(weights, View) or weights.node is not bias.node:
            return None
        (n, width), (down, along) = weights.shape, weights.strides
        along = along if width > 1 else bias.offset - weights.offset
        if along <= 0 or bias.offset != weights.offset + width * along or (n > 1 and bias.strides[0] != down):
            return None
        return View(bias.node, weights.offset, (n, width + 1), (down if n > 1 else along * (width + 1), along))

    def _behind(self, x: Access, axis: int) -> View | None:
        """All scalars of a node, row after row along an axis, with a row of ones behind them."""
        if not isinstance(x, View):
            return None
        rows, size = x.shape[axis], x.shape[1 - axis]
        if x.node.n != rows * size or _plain(x) != _plain(_rows(x.node, rows, size, axis)):
            return None
        whole = self.extended.get((x.node, size))
        if whole is None:
            if x.node in self.program.home:
                return None  # something else lies behind it
            n, ones = x.node.n, Node("constant", size, batched=x.node.batched, constants=np.ones(size))
            places = np.arange(n), np.arange(n, n + size)
            whole = Node("join", n + size, None, (Ref(x.node), Ref(ones)), x.node.batched, places=places)
            self.program.nodes += ones, whole
            self.program.home |= {x.node: (whole, 0), ones: (whole, n)}
            self.extended[x.node, size] = whole
        return _rows(whole, rows + 1, size, axis)


def _rows(node: Node, rows: int, size: int, axis: int) -> View:
    """A node's scalars, its rows along an axis."""
    shape, strides = ((rows, size), (size, 1)) if axis == 0 else ((size, rows), (1, size))
    return View(node, 0, shape, strides)


def _turned(x: View, k: int) -> View:
    """A matrix, transposed if k is 1."""
    return x._replace(shape=x.shape[::-1], strides=x.strides[::-1]) if k else x


def _plain(x: View) -> View:
    """A view without strides of axes that have one place."""
    return x._replace(strides=tuple(stride if n > 1 else 0 for n, stride in zip(x.shape, x.strides, strict=True)))


def _in_shape(x: Access, shape: tuple[int, ...]) -> View | None:
    """The same scalars in another shape, if a view has it."""
    if not isinstance(x, View):
        return None
    strides = reshaped(x.shape, x.strides, shape)
    return None if strides is None else _plain(View(x.node, x.offset, shape, strides))


def _product(s: Statement, out: View, operands: tuple[View, View], width: int) -> Statement:
    node = Node("fold", math.prod(out.shape), batched=s.batched, sums_batch=s.sums_batch, width=width)
    return Statement("product", node, out, operands, None, s.sums_batch, 0, s.batched)
