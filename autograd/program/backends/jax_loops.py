"""Loops for JAX: one `lax.scan` each, which carries what the next iteration reads and stacks what is read later.

    h[8t … 8t + 7] = tanh(U @ h[8t − 8 …] + c[8t …])     c comes as a row for each step, h[8t − 8 …] is carried

What an iteration reads is equally far from what it writes each time, so who has written it is known before it runs.
Reverse is a loop of its own, backwards; what it reads of the loop forward, beside what is carried there, is calculated
from that of all iterations at once.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from autograd.program.backends.jax_memory import Array, Memory, Part, among, is_whole
from autograd.program.ir import IntArray, Node
from autograd.program.vectorize import Loop, Statement
from autograd.program.views import Access, Gather, View

Carried: TypeAlias = "dict[int, list[Array]]"  # of a statement, what it has written before: the last comes last

FEW = 4  # statements whose results are stacked step by step; more are calculated again, of all iterations at once


class Tracing(Protocol):
    """What traces a program: it executes statements on what lies in its memory."""

    jax: Any
    memory: Memory

    def execute(self, s: Statement) -> None:
        """Calculate a statement and keep what it writes."""


class Written(NamedTuple):
    """Where a statement writes in the first iteration, and how far it moves on at each next one."""

    root: Node
    places: IntArray
    moves: int


class Piece(NamedTuple):
    """Some of the scalars that are read: where they go, and what they come from.

    Attributes:
        at: their places in what is read.
        array: from outside: which of the arrays of rows, or an array that is the same each time.
        writer: from inside: which statement has written them.
        lag: how many iterations ago.
        places: where they lie in what it has written.
    """

    at: IntArray
    array: Array | int | None = None
    writer: int = 0
    lag: int = 0
    places: IntArray | None = None


class Scan:
    """A loop of a program that is being traced.

    Args:
        program: what traces that.
        later: the nodes in whose memory other steps read.
    """

    def __init__(self, program: Tracing, loop: Loop, later: set[Node]) -> None:
        self.program, self.loop, self.memory = program, loop, program.memory
        self.written = [self._written(s) for s in loop.statements]
        self.kept = [j for j, written in enumerate(self.written) if written.root in later]
        self.backwards = sum(np.sign(written.moves) for written in self.written) < 0
        self.rows: list[Array] = []
        self.depth: dict[int, int] = {}  # of each statement that is read later on: how many iterations later at most
        self.pieces: dict[int, list[Piece]] = {}
        self.crosses = False  # whether something is read a different number of iterations later each time
        inside: set[Node] = set()
        for s in loop.statements:
            for x in s.arrays:
                if x.node not in inside:
                    self.pieces[id(x)] = [*self._pieces(x)]
            inside |= {s.out.node} if is_whole(s.out) else set()
        many = len({*self.kept} - {*self.depth}) > FEW and not any(s.batched for s in loop.statements)
        self.stacks = [*self.depth] if many else self.kept

    def run(self) -> None:
        """Calculate what is carried step by step, and what is read later."""
        jax, count = self.program.jax, self.loop.count
        if self.crosses:
            return self._written_out()
        before = {j: [self._before(j, lag) for lag in range(depth, 0, -1)] for j, depth in self.depth.items()}
        _, stacked = jax.lax.scan(self._step, before, self.rows, count, self.backwards)
        if self.stacks is not self.kept:
            entering = {j: self._entering(before[j], stacked[j]) for j in before}
            stacked = dict(enumerate(jax.vmap(self._calculated)(entering, self.rows))) | stacked
        steps = np.arange(count)[:: -1 if self.backwards else 1]
        for j in self.kept:
            root, places, moves = self.written[j]
            whole = (places + moves * steps[:, None]).ravel()
            self.memory.parts[root].append(Part(whole, stacked[j].reshape(len(whole), *stacked[j].shape[2:])))

    def _written_out(self) -> None:
        memory = self.memory
        for memory.iteration in range(self.loop.count):
            for s in self.loop.statements:
                self.program.execute(s)
        memory.iteration = 0

    def _step(self, carried: Carried, rows: list[Array]) -> tuple[Carried, dict[int, Array]]:
        written = self._calculated(carried, rows)
        after = {j: [*arrays[1:], written[j]] for j, arrays in carried.items()}
        return after, {j: written[j] for j in self.stacks}

    def _calculated(self, carried: Carried, rows: list[Array]) -> list[Array]:
        """What each statement writes in an iteration."""
        program = copy.copy(self.program)
        program.memory = memory = Iteration(self, carried, rows)
        for s in self.loop.statements:
            program.execute(s)
        return memory.written

    def _entering(self, before: list[Array], after: Array) -> list[Array]:
        """What all iterations are handed of a statement, from that written longest ago on."""
        jnp, depth, count = self.program.jax.numpy, len(before), self.loop.count
        if self.backwards:
            whole = jnp.concatenate([after, jnp.stack(before[::-1])])
            return [whole[lag : lag + count] for lag in range(depth, 0, -1)]
        whole = jnp.concatenate([jnp.stack(before), after])
        return [whole[i : i + count] for i in range(depth)]

    def _written(self, s: Statement) -> Written:
        root, start = self.memory.root(s.out.node)
        return Written(root, s.out.places.ravel() + start, s.out.node.moves)

    def _before(self, j: int, lag: int) -> Array:
        """What a statement would have written so many iterations before the first one."""
        root, places, moves = self.written[j]
        access = among(root, places - lag * moves)
        return self.memory.flat(access, self.memory.read(access))

    def _pieces(self, x: Access) -> Iterator[Piece]:
        root, start = self.memory.root(x.node)
        places, moves, outside = x.places.ravel() + start, x.node.moves, np.ones(x.places.size, bool)
        for j, written in enumerate(self.written):
            if written.root is not root:
                continue
            if written.moves != moves:
                steps = np.arange(self.loop.count)[:, None]
                met = np.isin(written.places + written.moves * steps, places + moves * steps)
                self.crosses |= bool(met.any())
                continue
            distance = written.places - places[:, None]
            lags = distance // moves
            met = (lags * moves == distance) & (lags >= 0) & (lags < self.loop.count)
            for lag in np.unique(lags[met]).tolist():
                at, k = np.nonzero(met & (lags == lag))
                outside[at] = False
                if lag:
                    self.depth[j] = max(lag, self.depth.get(j, 0))
                yield Piece(at, None, j, lag, k)
        if outside.any():
            yield Piece(np.flatnonzero(outside), self._outside(x, root, start, outside))

    def _outside(self, x: Access, root: Node, start: int, outside: Any) -> Array | int:
        """What is not written in the loop: an array, or which of `rows`, one for each iteration."""
        moves, count = x.node.moves, self.loop.count
        first = moves * (count - 1) if self.backwards else 0
        step = -moves if self.backwards else moves
        if isinstance(x, View) and outside.all():
            shape = tuple(n if stride else 1 for n, stride in zip(x.shape, x.strides, strict=True))
            if not moves:
                return self.memory.read(View(root, x.offset + start, shape, x.strides))
            whole: Access = View(root, x.offset + start + first, (count, *shape), (step, *x.strides))
        else:
            places = x.places.ravel()[outside] + start
            if not moves:
                return self.memory.read(Gather(root, places))
            whole = Gather(root, places + first + step * np.arange(count)[:, None])
        self.rows.append(self.memory.read(whole))
        return len(self.rows) - 1


class Iteration(Memory):
    """What one iteration sees: what it is given, and what its statements have written so far."""

    def __init__(self, scan: Scan, carried: Carried, rows: list[Array]) -> None:
        outer = scan.memory
        super().__init__(outer.jnp, outer.home, {}, outer.samples)
        self.scan, self.carried, self.rows = scan, carried, rows
        self.written: list[Array] = []

    def write(self, out: Access, array: Array) -> None:
        self.written.append(self.flat(out, array))
        if is_whole(out):
            self.whole[out.node] = self.written[-1]

    def read(self, x: Access) -> Array:
        if x.node in self.whole:
            return super().read(x)
        parts = [Part(piece.at, self._array(piece)) for piece in self.scan.pieces[id(x)]]
        shape = (*x.shape, *((self.samples,) * x.node.batched))
        if len(parts) > 1:
            array = self.side_by_side(x.node, parts, 0, x.places.size - 1)
        else:
            ((_, array),) = parts
        if array.size != math.prod(shape):  # from outside, along axes that it is repeated on once
            return self.jnp.broadcast_to(array, shape)
        return array.reshape(shape)

    def _array(self, piece: Piece) -> Array:
        if piece.places is None:
            return self.rows[piece.array] if isinstance(piece.array, int) else piece.array
        array = self.carried[piece.writer][-piece.lag] if piece.lag else self.written[piece.writer]
        access = among(self.scan.written[piece.writer].root, piece.places)
        return self.flat(access, self.of(array, access))
