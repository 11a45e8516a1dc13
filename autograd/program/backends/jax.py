"""The JAX back end: the array statements as a pure function, for JAX to fuse, shard and run anywhere.

multiply(parameters[0], inputs), add(…, parameters[1]), maximum(…, 0.0): each statement is one call of jax.numpy,
each view a slice, a reshape or a broadcast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, ClassVar, TypeAlias

import numpy as np

from autograd.core.op import Op, rebind
from autograd.errors import LengthError, MissingExtra
from autograd.program.backends.base import Backend, Results, Sources, subscripts, summed_axes
from autograd.program.ir import IntArray, Node, Ref
from autograd.program.pipeline import Lowered
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access, Gather, Operand, View, contiguous, regular

Array: TypeAlias = Any  # jax.Array: JAX is an extra
Part: TypeAlias = "tuple[IntArray, Array]"  # of a join: its places and its scalars

MANY = 3000  # nodes: XLA takes 9 s for 1800, 30 s for 3100, 60 s for 3650, and then ever longer


def module() -> Any:
    """JAX itself.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import jax
    except ModuleNotFoundError:
        raise MissingExtra('backend="jax" needs JAX: pip install "chalkgrad[jax]"') from None
    return jax


class Jax(Backend):
    """A program jitted, in double precision whatever JAX is set to elsewhere."""

    compiles_ahead: ClassVar[bool] = True  # at the first call, in truth; but what is refused is refused at once

    @classmethod
    def make(cls, program: Lowered) -> Backend:
        """The program.

        Raises:
            LengthError: XLA would compile it for minutes.
        """
        if (n := len(program.graph.nodes)) > MANY:
            raise LengthError(
                f'backend="jax" would compile for minutes: {n} groups of operations are not alike, {MANY} is the most. '
                'Choose backend="numpy" or "native".'
            )
        return cls(program)

    def __init__(self, program: Lowered) -> None:
        self.jax, vectorized = module(), program.vectorized
        self.run = self.jax.jit(lambda sources, samples: Traceable(vectorized)(sources, samples), static_argnums=1)

    def __call__(self, sources: Sources, samples: int) -> Results:
        with self.jax.enable_x64(True):
            return [np.array(x) if np.ndim(x) else float(x) for x in self.run(sources, samples)]


def function_of(op: Op) -> Any:
    """A row as a function of jax.numpy."""
    jnp, name = module().numpy, op.ufunc or op.name
    own = getattr(jnp, name, None) or getattr(import_module("jax.scipy.special"), name, None)
    return own or rebind(op.value, vars(jnp))


class Traceable:
    """A program as a function of JAX's arrays: `{kind: (n,) or, of samples, (n, B)} → results`."""

    def __init__(self, program: Vectorized) -> None:
        self.program = program
        self.jax = module()
        self.jnp = self.jax.numpy
        self.loops = any(isinstance(step, Loop) for step in program.steps)
        self.statement_of = {s.node: s for s in program.statements}  # of a node that is not a join

    def __call__(self, sources: Mapping[str, Array], samples: int) -> list[float | Array]:
        self.arrays: dict[Node, Array] = {}
        self.samples = samples
        if self.loops:
            return _Memory(self, sources).results()
        for node in sorted(self.program.nodes, key=lambda node: node.kind != "constant"):
            self.arrays[node] = self._value(node, sources)
        return [x if isinstance(x, float) else self._view(x) for x in self.program.results]

    def _value(self, node: Node, sources: Mapping[str, Array]) -> Array:
        """A node's scalars: shape (n,), or (n, B)."""
        if node.kind == "constant":
            return self.jnp.asarray(node.constants)
        if node.kind == "samples":
            return self.jnp.full(1, self.samples, dtype=float)
        if node.kind in sources:
            return sources[node.kind]
        if node.kind == "join":
            return self._join(node)
        statement = self.statement_of[node]
        array = getattr(self, f"_{statement.kind}")(statement)
        return array.reshape(node.n, self.samples) if node.batched else array.reshape(node.n)

    def _join(self, node: Node) -> Array:
        """Parts side by side, then, where they do not lie so, each scalar from its place."""
        parts: list[Part] = []
        for x, places in zip(node.operands, node.places, strict=True):
            assert isinstance(x, Ref)
            part = self.arrays[x.node]
            if x.places is not None:
                part = part[x.flat(len(places))]
            if node.batched:
                part = self.jnp.broadcast_to(part.reshape(len(part), -1), (len(part), self.samples))
            parts.append((places, part))
        parts = sorted(self._interleaved(node, parts), key=lambda part: int(part[0][0]))
        arrays, order = [array for _, array in parts], np.full(node.n, -1)
        places = np.concatenate([places for places, _ in parts])
        order[places] = np.arange(len(places))
        if (order < 0).any():  # nothing arrives there
            arrays.append(self.jnp.zeros((1, *arrays[0].shape[1:])))
            order[order < 0] = len(places)
        whole = self.jnp.concatenate(arrays)
        return whole if np.array_equal(order, np.arange(len(whole))) else whole[order]

    def _interleaved(self, node: Node, parts: Sequence[Part]) -> Iterator[Part]:
        """Parts that fill a block together, such as the weights and the bias of each neuron, as one without gaps."""
        blocks: dict[tuple[int, int, int], list[tuple[int, int, Part]]] = {}
        for places, array in parts:
            view = regular(node, places)
            rows, step = (view.shape[0], view.strides[0]) if view else (1, 1)
            width = len(places) // rows
            if view is None or width >= step or view.strides[1:] not in ((), (1,)):
                yield places, array
                continue
            known = [key for key in blocks if key[:2] == (rows, step) and abs(view.offset - key[2]) < step]
            block = blocks.setdefault(known[0] if known else (rows, step, view.offset), [])
            block.append((view.offset, width, (places, array)))
        for (rows, step, _), block in blocks.items():
            block.sort(key=lambda column: column[0])
            start = block[0][0]
            ends = np.cumsum([start, *(width for _, width, _ in block)])
            if ends[-1] != start + step or [offset for offset, *_ in block] != ends[:-1].tolist():
                yield from (part for *_, part in block)
                continue
            columns = [array.reshape(rows, width, *array.shape[1:]) for _, width, (_, array) in block]
            whole = self.jnp.concatenate(columns, axis=1)
            yield start + np.arange(rows * step), whole.reshape(rows * step, *whole.shape[2:])

    def _map(self, s: Statement) -> Array:
        result = self._word(s)(*(self._operand(x, s.batched) for x in s.operands))
        if result.dtype == bool:  # as a number it would be simplified: [x > y] · inf is nan, not 0
            result = self.jnp.where(result, 1.0, 0.0)
        return self.jnp.broadcast_to(result, (*s.out.shape, *result.shape[len(s.out.shape) :]))

    def _word(self, s: Statement) -> Array:
        assert s.op is not None
        return function_of(s.op)

    def _total(self, s: Statement) -> Array:
        (x,) = s.arrays
        return self.jnp.sum(self._operand(x, s.sums_batch or s.batched), summed_axes(s))

    def _reduce(self, s: Statement) -> Array:
        (x,) = s.arrays
        kept = x.shape[: len(x.shape) - s.reduced]
        array = self._operand(x, s.batched)
        array = array.reshape(*kept, s.node.width, *array.shape[len(x.shape) :])
        return self._word(s).reduce(array, axis=len(kept))

    def _inner(self, s: Statement) -> Array:
        terms, kept = subscripts(s)
        arrays = [self._operand(x, False) for x in s.operands]
        sizes = dict(zip("".join(terms), [n for array in arrays for n in array.shape], strict=True))
        single = [letter for letter, n in sizes.items() if n == 1 and letter != "z"]
        for i, term in enumerate(terms):  # an axis of length 1 would cost XLA a transposition
            arrays[i] = arrays[i].squeeze(tuple(j for j, letter in enumerate(term) if letter in single))
            terms[i] = "".join(letter for letter in term if letter not in single)
        result = "".join(letter for letter in kept if letter not in single)
        return self.jnp.einsum(f"{','.join(terms)}->{result}", *arrays, precision="highest")

    _product = _inner

    def _operand(self, x: Operand, batched: bool) -> Array:
        if isinstance(x, float):
            return x
        array = self._view(x) if isinstance(x, View) else self.arrays[x.node][x.places]
        return array[..., None] if batched and not x.node.batched else array

    def _view(self, x: View) -> Array:
        """A strided view by slices and reshapes, which are cheaper to JAX than an index."""
        return self.strided(self.arrays[x.node], x)

    def strided(self, array: Array, x: View) -> Array:
        """The scalars of a view of an array of its node."""
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


class _Memory(Traceable):
    """A program with loops: an array for each node that has memory of its own, which iterations read and update."""

    def __init__(self, program: Traceable, sources: Mapping[str, Array]) -> None:
        self.__dict__ |= program.__dict__
        self.home = self.program.home
        self.iteration: Array = 0
        self.roots: dict[Node, Array] = {}
        for node in self.program.nodes:
            if node not in self.home:
                given = node.kind in (*sources, "constant", "samples")
                empty = (node.n, self.samples) if node.batched else (node.n,)
                self.roots[node] = self._value(node, sources) if given else self.jnp.zeros(empty)

    def results(self) -> list[float | Array]:
        """What the program calculates, in the order of its statements."""
        for step in self.program.steps:
            if isinstance(step, Loop):
                self._loop(step)
            else:
                self._execute(step)
        return [x if isinstance(x, float) else self._view(x) for x in self.program.results]

    def _loop(self, loop: Loop) -> None:
        """One iteration as a function of what it changes."""
        changed = [*dict.fromkeys(self._root(s.out)[0] for s in loop.statements)]

        def iteration(i: Array, arrays: list[Array]) -> list[Array]:
            outside, self.iteration = dict(self.roots), i
            self.roots.update(zip(changed, arrays, strict=True))
            for s in loop.statements:
                self._execute(s)
            inside = [self.roots[node] for node in changed]
            self.roots, self.iteration = outside, 0
            return inside

        arrays = self.jax.lax.fori_loop(0, loop.count, iteration, [self.roots[node] for node in changed])
        self.roots.update(zip(changed, arrays, strict=True))

    def _execute(self, s: Statement) -> None:
        """Calculate a statement and put it where it belongs."""
        if s.kind == "copy":
            (x,) = s.operands
            array = self._operand(x, s.batched)
        else:
            array = getattr(self, f"_{s.kind}")(s)
            if s.kind in ("product", "inner"):  # their axes of length 1 are left out
                array = array.reshape(*s.out.shape, *array.shape[array.ndim - s.batched :])
        root, start = self._root(s.out)
        whole, tail = self.roots[root], (self.samples,) * s.batched
        array = self.jnp.broadcast_to(array, (*s.out.shape, *tail)).reshape(-1, *tail)
        if isinstance(s.out, View) and s.out.strides == contiguous(s.out.shape):
            at = (start + s.out.offset, *(0 for _ in tail))
            self.roots[root] = self.jax.lax.dynamic_update_slice(whole, array.astype(whole.dtype), at)
        else:
            self.roots[root] = whole.at[s.out.places.ravel() + start].set(array)

    def _root(self, x: Access) -> tuple[Node, Array]:
        """In which array scalars lie, and where their node begins there."""
        node, start = x.node, x.node.moves * self.iteration
        while node in self.home:
            node, offset = self.home[node]
            start = start + offset
        return node, start

    def _operand(self, x: Operand, batched: bool) -> Array:
        if isinstance(x, Gather):
            root, start = self._root(x)
            array = self.roots[root][x.places + start]
            return array[..., None] if batched and not x.node.batched else array
        return super()._operand(x, batched)

    def _view(self, x: View) -> Array:
        """A slice that begins where the view does, then its strides."""
        root, start = self._root(x)
        reach = [(n - 1) * stride for n, stride in zip(x.shape, x.strides, strict=True)]
        low, high = sum(min(0, r) for r in reach), sum(max(0, r) for r in reach)
        first = start + x.offset + low
        array = self.jax.lax.dynamic_slice_in_dim(self.roots[root], first, high - low + 1)
        return self.strided(array, x._replace(offset=-low))
