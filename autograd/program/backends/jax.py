"""The JAX backend: the rolled form as a pure function, for JAX to fuse, shard and run anywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import MissingExtra
from autograd.program.ir import Arg, Node
from autograd.program.vectorize import Part, Rolled, Statement, View

LETTERS = "abcdefghijklmnop"


def module() -> Any:
    """JAX itself.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import jax
    except ImportError:
        raise MissingExtra('backend="jax" needs JAX: pip install "chalkgrad[jax]"') from None
    return jax


class Traceable:
    """A rolled form as a function of arrays: `{kind: (n,) or, of samples, (n, B)} → roots`."""

    def __init__(self, rolled: Rolled) -> None:
        self.rolled = rolled
        self.jnp = module().numpy
        self.made: dict[int, list[Statement]] = {}
        for s in rolled.statements:
            self.made.setdefault(id(s.node), []).append(s)

    def __call__(self, sources: dict[str, Any], samples: int) -> list[Any]:
        self.arrays: dict[int, Any] = {}
        self.samples = samples
        for node in sorted(self.rolled.nodes, key=lambda node: node.kind != "constant"):
            self.arrays[id(node)] = self._value(node, sources)
        return [root if isinstance(root, float) else self._view(root) for root in self.rolled.roots]

    def _value(self, node: Node, sources: dict[str, Any]) -> Any:
        """A node's scalars: shape (n,), or (n, B)."""
        if node.kind == "constant":
            return self.jnp.asarray(node.data)
        if node.kind == "samples":
            return self.jnp.full(1, self.samples, dtype=float)
        if node.kind in sources:
            return sources[node.kind]
        if node.kind == "join":
            return self._join(node)
        (statement,) = self.made[id(node)]
        made = getattr(self, f"_{statement.kind}")(statement)
        return made.reshape(node.n, self.samples) if node.batched else made.reshape(node.n)

    def _join(self, node: Node) -> Any:
        """Parts side by side, then each scalar from its place."""
        parts, order = [], np.full(node.n, -1)
        start = 0
        for x, places in zip(node.args, node.data, strict=True):
            assert isinstance(x, Arg)
            part = self.arrays[id(x.node)]
            if x.index is not None:
                part = part[np.full(len(places), x.index) if isinstance(x.index, int) else x.index]
            if node.batched and not x.node.batched:
                part = part[:, None]
            parts.append(part)
            order[places] = np.arange(start, start + len(places))
            start += len(places)
        if node.batched:
            parts = [self.jnp.broadcast_to(part, (len(part), self.samples)) for part in parts]
        if (order < 0).any():  # nothing arrives there
            parts.append(self.jnp.zeros((1, *parts[0].shape[1:])))
            order[order < 0] = start
        whole = self.jnp.concatenate(parts)
        return whole if np.array_equal(order, np.arange(len(whole))) else whole[order]

    # ── statements ────────────────────────────────────────────────────────────────────────────────

    def _map(self, s: Statement) -> Any:
        assert s.op is not None
        found = self._word(s)(*(self._operand(x, s.batched) for x in s.operands))
        return self.jnp.broadcast_to(found.astype(float), (*s.out.shape, *found.shape[len(s.out.shape) :]))

    def _word(self, s: Statement) -> Callable[..., Any]:
        assert s.op is not None
        return getattr(self.jnp, s.op.ufunc or s.op.name)  # type: ignore[no-any-return]

    def _total(self, s: Statement) -> Any:
        (x,) = s.operands
        assert not isinstance(x, float)
        rank = len(x.shape)
        axes = tuple(range(rank - s.reduced, rank + s.over))
        return self.jnp.sum(self._operand(x, s.over or s.batched), axes)

    def _reduce(self, s: Statement) -> Any:
        (x,) = s.operands
        assert not isinstance(x, float)
        kept = x.shape[: len(x.shape) - s.reduced]
        found = self._operand(x, s.batched)
        found = found.reshape(*kept, math.prod(x.shape[len(kept) :]), *found.shape[len(x.shape) :])
        return self._word(s).reduce(found, axis=len(kept))  # type: ignore[attr-defined]

    def _inner(self, s: Statement) -> Any:
        (x, _) = s.operands
        assert not isinstance(x, float)
        letters = LETTERS[: len(x.shape)]
        return self._einsum(s, [letters, letters], letters[: len(letters) - s.reduced])

    def _product(self, s: Statement) -> Any:
        return self._einsum(s, ["ik", "jk"], "ij")

    def _einsum(self, s: Statement, letters: Sequence[str], kept: str) -> Any:
        terms = [f"{word}{'z' * _is_batched(x)}" for word, x in zip(letters, s.operands, strict=True)]
        arrays = [self._operand(x, False) for x in s.operands]
        sizes = dict(zip("".join(terms), [n for array in arrays for n in array.shape], strict=True))
        single = [letter for letter, n in sizes.items() if n == 1 and letter != "z"]
        for i, term in enumerate(terms):  # an axis of length 1 would cost XLA a transposition
            arrays[i] = arrays[i].squeeze(tuple(j for j, letter in enumerate(term) if letter in single))
            terms[i] = "".join(letter for letter in term if letter not in single)
        left = "".join(letter for letter in kept if letter not in single)
        formula = f"{','.join(terms)}->{left}{'z' * s.batched}"
        return self.jnp.einsum(formula, *arrays, precision="highest")

    # ── operands ──────────────────────────────────────────────────────────────────────────────────

    def _operand(self, part: Part, batched: bool) -> Any:
        if isinstance(part, float):
            return part
        array = self._view(part) if isinstance(part, View) else self.arrays[id(part.node)][part.index]
        return array[..., None] if batched and not part.node.batched else array

    def _view(self, part: View) -> Any:
        """A strided view by slices and reshapes, which are cheaper to JAX than an index."""
        array = self.arrays[id(part.node)]
        axes = [i for i, stride in enumerate(part.strides) if stride and part.shape[i] > 1]
        axes.sort(key=lambda i: -part.strides[i])
        sizes, strides = [part.shape[i] for i in axes], [part.strides[i] for i in axes]
        nested = all(a >= b * n for a, b, n in zip(strides, strides[1:], sizes[1:], strict=False))
        if not nested or any(stride < 0 for stride in strides):
            return array[_places(part)]
        tail = array.shape[1:]
        array = array[part.offset :]
        for depth, (n, stride) in enumerate(zip(sizes, strides, strict=True)):
            lead = (slice(None),) * depth
            missing = max(0, n * stride - array.shape[depth])
            if missing:
                array = self.jnp.pad(array, [(0, missing if i == depth else 0) for i in range(array.ndim)])
            array = array[(*lead, slice(n * stride))].reshape(*sizes[: depth + 1], stride, *tail)
        array = array[(*(slice(None),) * len(sizes), 0)]
        rank = sorted(range(len(axes)), key=lambda i: axes[i])
        array = array.transpose(*rank, *range(len(axes), array.ndim))
        for i in range(len(part.shape)):
            if i not in axes:
                array = self.jnp.expand_dims(array, i)
        return self.jnp.broadcast_to(array, (*part.shape, *tail))


def _places(part: View) -> Any:
    grid = np.indices(part.shape)
    return part.offset + sum(axis * stride for axis, stride in zip(grid, part.strides, strict=True))


def _is_batched(part: Part) -> bool:
    return not isinstance(part, float) and part.node.batched


def runner(rolled: Rolled) -> Callable[..., list[Any]]:
    """The rolled form jitted, in double precision whatever JAX is set to elsewhere."""
    jax = module()
    run = jax.jit(lambda sources, samples: Traceable(rolled)(sources, samples), static_argnums=1)

    def call(sources: dict[str, Any], samples: int) -> list[Any]:
        with jax.enable_x64(True):
            return [np.array(x) if np.ndim(x) else float(x) for x in run(sources, samples)]

    return call
