"""Regular index arrays as strided views: where scalars lie in memory, and in which shapes one view can be written.

p = [0, 0, 0, 1, 1, 1]        a view of shape (2, 3) and strides (1, 0): no index array is left
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias, TypeGuard

import numpy as np

from autograd.program.ir import IntArray, Node


class View(NamedTuple):
    """Scalars of a node in a regular order: at (i, j, …) the place offset + i · stride₀ + j · stride₁ + …."""

    node: Node
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def places(self) -> IntArray:
        """The place in the node of each scalar."""
        index = np.array(self.offset)
        for n, stride in zip(self.shape, self.strides, strict=True):
            index = index[..., None] + stride * np.arange(n)
        return index

    def reshaped(self, shape: tuple[int, ...]) -> View:
        """The same scalars in a shape that suits them."""
        strides = reshaped(self.shape, self.strides, shape)
        assert strides is not None
        return self._replace(shape=shape, strides=strides)


class Gather(NamedTuple):
    """Scalars of a node in any order."""

    node: Node
    places: IntArray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.places.shape

    def reshaped(self, shape: tuple[int, ...]) -> Gather:
        return Gather(self.node, self.places.reshape(shape))


Access: TypeAlias = View | Gather  # how a statement reads or writes memory


def flipped(x: Access, axis: int) -> Access:
    """The same scalars with an axis the other way round.

    >>> flipped(View(Node("inputs", 6), 2, (2, 3), (3, -1)), 1)[1:]
    (0, (2, 3), (3, 1))
    """
    if isinstance(x, Gather):
        return Gather(x.node, np.flip(x.places, axis))
    strides = list(x.strides)
    strides[axis] = -strides[axis]
    return x._replace(offset=x.offset + x.strides[axis] * (x.shape[axis] - 1), strides=tuple(strides))


Operand: TypeAlias = Access | float


def is_batched(x: Operand) -> TypeGuard[Access]:
    """Whether there is one of these scalars for each sample."""
    return not isinstance(x, float) and x.node.batched


def row(node: Node, n: int | None = None, offset: int = 0) -> View:
    """n scalars of a node side by side, all of them if not said."""
    return View(node, offset, (node.n if n is None else n,), (1,))


def regular(node: Node, index: IntArray) -> View | None:
    """The view that takes these places of a node in this order, if there is one.

    >>> node = Node("inputs", 9)
    >>> [regular(node, np.array(index))[1:] for index in ([2, 5, 8], [0, 0, 0, 1, 1, 1])]
    [(2, (3,), (3,)), (0, (2, 3), (1, 0))]
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
        return row(node, len(index), offset)
    return View(node, offset, tuple(shape[::-1]), tuple(strides[::-1]))


def contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array that lies without gaps."""
    return tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))


def reshaped(shape: Sequence[int], strides: Sequence[int], new: Sequence[int]) -> tuple[int, ...] | None:
    """The strides of the same view in a new shape; None if no view has them.

    >>> reshaped((4, 3), (3, 1), (2, 2, 3)), reshaped((4, 3), (0, 1), (12,))
    ((6, 3, 1), None)
    """
    axes, result = coalesced(shape, strides), []
    for n in reversed(new):
        if n == 1:
            result.append(0)
            continue
        if not axes or axes[-1][0] % n:
            return None
        size, stride = axes.pop()
        if size > n:
            axes.append((size // n, stride * n))
        result.append(stride)
    return None if axes else tuple(result[::-1])


def coalesced(shape: Sequence[int], strides: Sequence[int]) -> list[tuple[int, int]]:
    """The fewest axes, each a length and a stride, that take the same places in the same order.

    >>> coalesced((2, 4, 1, 3), (0, 3, 7, 1))
    [(2, 0), (12, 1)]
    """
    axes: list[tuple[int, int]] = []
    for n, stride in zip(shape, strides, strict=True):
        if axes and axes[-1][1] == stride * n:
            axes[-1] = axes[-1][0] * n, stride
        elif n > 1:
            axes.append((n, stride))
    return axes


def aligned(out: View, operands: Sequence[Operand], inner: int = 1) -> tuple[View, list[Operand]]:
    """A result and its operands in one shape, of the fewest axes that suit all.

    Args:
        out: the result; all operands have as many scalars.
        operands: a view that suits no shape of the others becomes a gather.
        inner: the size of the innermost axes, which stay apart from the others; 1 if there are none.
    """
    views = [x for x in (out, *operands) if isinstance(x, View)]
    blocks = {inner}
    for view in views:
        blocks.update(math.prod(view.shape[i:]) for i in range(1, len(view.shape)))
    shape = _shape(blocks, math.prod(out.shape))
    if shape is None:
        first = next(i for i, x in enumerate(operands) if isinstance(x, View) and len(x.shape) > 1)
        gathered = [
            Gather(x.node, x.places.ravel()) if i == first and isinstance(x, View) else x
            for i, x in enumerate(operands)
        ]
        return aligned(out, gathered, inner)
    shape = _merged(shape, views, inner)
    return out.reshaped(shape), [x if isinstance(x, float) else x.reshaped(shape) for x in operands]


def _shape(blocks: set[int], size: int) -> tuple[int, ...] | None:
    """The shape whose axes end where blocks of these sizes do."""
    ends = sorted({*blocks, 1, size})
    if any(b % a for a, b in pairwise(ends)):
        return None
    return tuple(b // a for a, b in pairwise(ends))[::-1] or (1,)


def _merged(shape: tuple[int, ...], views: Sequence[View], inner: int) -> tuple[int, ...]:
    """The shape with axes merged that are one axis to every view."""
    for i in range(len(shape) - 1, 0, -1):
        merged = (*shape[: i - 1], shape[i - 1] * shape[i], *shape[i + 1 :])
        apart = math.prod(shape[i:]) == inner
        if not apart and all(reshaped(view.shape, view.strides, merged) is not None for view in views):
            shape = merged
    return shape
