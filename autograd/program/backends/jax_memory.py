"""Memory for JAX, whose arrays never change: which part of a node lies in which array, and parts side by side.

h[0 … 7] from one statement, h[8 … 407] from a loop:    h[0 … 407:8] is read from both side by side
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autograd.program.ir import IntArray, Node
from autograd.program.views import Access, Gather, View, regular

Array: TypeAlias = Any  # jax.Array: JAX is an extra


def among(node: Node, places: IntArray) -> Access:
    """Some scalars of a node in a row: by a view, where they lie regularly."""
    return regular(node, places) or Gather(node, places)


def is_whole(x: Access) -> bool:
    """Whether these are all scalars of a node in their order."""
    return x.node.n == math.prod(x.shape) and np.array_equal(x.places.ravel(), np.arange(x.node.n))


class Part(NamedTuple):
    """Some scalars of a node: their places there, and an array of shape (n,), or (n, B) of samples."""

    places: IntArray
    array: Array

    @property
    def low(self) -> int:
        """The first place."""
        return int(self.places.min())

    @property
    def high(self) -> int:
        """The last place."""
        return int(self.places.max())


class Memory:
    """Where the scalars of a program's nodes are.

    Args:
        jnp: `jax.numpy`.
        home: the node in whose memory another lies, and from where on.
        sources: the numbers that a program is given, by kind.
        samples: how many there are.
    """

    def __init__(self, jnp: Any, home: Mapping[Node, tuple[Node, int]], sources: Mapping[str, Array], samples: int):
        self.jnp, self.home, self.sources, self.samples = jnp, home, sources, samples
        self.iteration = 0  # of a loop that is written out
        self.whole: dict[Node, Array] = {}
        self.parts: defaultdict[Node, list[Part]] = defaultdict(list)
        self.joined: dict[tuple[object, ...], Array] = {}

    def write(self, out: Access, array: Array) -> None:
        """Keep what has been calculated; nothing is written twice."""
        array = self.flat(out, array)
        if is_whole(out):
            self.whole[out.node] = array
        root, start = self.root(out.node)
        self.parts[root].append(Part(out.places.ravel() + start, array))

    def flat(self, out: Access, array: Array) -> Array:
        """Scalars side by side, one for each place: shape (n,), or (n, B)."""
        tail = (self.samples,) * out.node.batched
        shape = (*out.shape, *tail)
        if array.size != math.prod(shape):
            array = self.jnp.broadcast_to(array, shape)
        return array.reshape(math.prod(out.shape), *tail)

    def read(self, x: Access) -> Array:
        """Scalars, in the shape of the access."""
        array, start = self.whole.get(x.node), 0
        if array is None:
            array, start = self._source(x)
        moved = x._replace(offset=x.offset + start) if isinstance(x, View) else Gather(x.node, x.places + start)
        return self.of(array, moved)

    def of(self, array: Array, x: Access) -> Array:
        """The scalars of an array that an access takes."""
        return self.strided(array, x) if isinstance(x, View) else array[x.places]

    def root(self, node: Node) -> tuple[Node, int]:
        """In which node's memory a node lies, and where it begins there."""
        start = node.moves * self.iteration
        while node in self.home:
            node, offset = self.home[node]
            start += offset
        return node, start

    def _source(self, x: Access) -> tuple[Array, int]:
        """An array that has these scalars, and where the node begins in it."""
        root, start = self.root(x.node)
        given = self._given(root)
        if given is not None:
            return given, start
        places = x.places + start
        low, high = int(places.min()), int(places.max())
        parts = self.parts[root]
        some = [i for i, part in enumerate(parts) if part.low <= high and part.high >= low]
        low, high = min([low, *(parts[i].low for i in some)]), max([high, *(parts[i].high for i in some)])
        key = root, low, high, *some
        if key not in self.joined:
            self.joined[key] = self.side_by_side(root, [parts[i] for i in some], low, high)
        return self.joined[key], start - low

    def _given(self, node: Node) -> Array | None:
        if node not in self.whole:
            if node.kind in self.sources:
                self.whole[node] = self.sources[node.kind]
            elif node.kind == "constant":
                self.whole[node] = self.jnp.asarray(node.constants)
            elif node.kind == "samples":
                self.whole[node] = self.jnp.full(1, self.samples, dtype=float)
        return self.whole.get(node)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────

    def side_by_side(self, node: Node, parts: Sequence[Part], low: int, high: int) -> Array:
        """The scalars from a place to another one, as one array of the parts that have them."""
        parts = sorted(self._interleaved(node, parts), key=lambda part: part.low)
        arrays, order = [part.array for part in parts], np.full(high - low + 1, -1)
        places = np.concatenate([part.places for part in parts]) if parts else np.zeros(0, int)
        order[places - low] = np.arange(len(places))
        if (order < 0).any():  # nothing arrives there
            arrays.append(self.jnp.zeros((1, *(self.samples,) * node.batched)))
            order[order < 0] = len(places)
        whole = self.jnp.concatenate(arrays)
        return whole if np.array_equal(order, np.arange(len(whole))) else whole[order]

    def _interleaved(self, node: Node, parts: Sequence[Part]) -> Iterator[Part]:
        """Parts that fill a block together, such as the weights and the bias of each neuron, as one without gaps."""
        blocks: dict[tuple[int, int, int], list[tuple[int, int, Part]]] = {}
        for part in parts:
            view = regular(node, part.places)
            rows, step = (view.shape[0], view.strides[0]) if view else (1, 1)
            width = len(part.places) // rows
            if view is None or width >= step or view.strides[1:] not in ((), (1,)):
                yield part
                continue
            known = [key for key in blocks if key[:2] == (rows, step) and abs(view.offset - key[2]) < step]
            block = blocks.setdefault(known[0] if known else (rows, step, view.offset), [])
            block.append((view.offset, width, part))
        for (rows, step, _), block in blocks.items():
            block.sort(key=lambda column: column[0])
            start = block[0][0]
            ends = np.cumsum([start, *(width for _, width, _ in block)])
            if ends[-1] != start + step or [offset for offset, *_ in block] != ends[:-1].tolist():
                yield from (part for *_, part in block)
                continue
            columns = [part.array.reshape(rows, width, *part.array.shape[1:]) for _, width, part in block]
            whole = self.jnp.concatenate(columns, axis=1)
            yield Part(start + np.arange(rows * step), whole.reshape(rows * step, *whole.shape[2:]))

    def strided(self, array: Array, x: View) -> Array:
        """The scalars of a view of an array, by slices and reshapes, which are cheaper to JAX than an index."""
        axes = [i for i, stride in enumerate(x.strides) if stride and x.shape[i] > 1]
        axes.sort(key=lambda i: -x.strides[i])
        sizes, strides = [x.shape[i] for i in axes], [x.strides[i] for i in axes]
        nested = all(a >= b * n for a, b, n in zip(strides, strides[1:], sizes[1:], strict=False))
        if not nested or any(stride < 0 for stride in strides):
            return array[x.places]
        tail = array.shape[1:]
        array = array[x.offset :]
        for depth, (n, stride) in enumerate(zip(sizes, strides, strict=True)):
            lead = (slice(None),) * depth
            missing = max(0, n * stride - array.shape[depth])
            if missing:
                array = self.jnp.pad(array, [(0, missing if i == depth else 0) for i in range(array.ndim)])
            array = array[(*lead, slice(n * stride))].reshape(*sizes[: depth + 1], stride, *tail)
        array = array[(*(slice(None),) * len(sizes), 0)]
        rank = sorted(range(len(axes)), key=lambda i: axes[i])
        array = array.transpose(*rank, *range(len(axes), array.ndim))
        for i in range(len(x.shape)):
            if i not in axes:
                array = self.jnp.expand_dims(array, i)
        return self.jnp.broadcast_to(array, (*x.shape, *tail))
