"""A loop of few scalars in C: those of an iteration in registers, in memory what somebody else reads.

    { double c0 = u[8]; for (long step = 0; step < 99; step++) { const double r0 = (c0 * u[0]); …; c0 = r7; } }

What an iteration takes from the one before stays in a register too: the way through memory takes as long as a product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from autograd.program.backends.c_expressions import expression, number
from autograd.program.ir import IntArray, Node
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access

Cell: TypeAlias = tuple[int, int]  # its place in the first iteration, and how far it moves on in each

FEW = 4  # scalars or terms of a statement: more are calculated side by side


def is_small(loop: Loop) -> bool:
    """Whether each statement of a loop calculates a few scalars, the same for all samples."""
    return all(s.kind != "reduce" and not s.batched and not s.sums_batch and _size(s) <= FEW for s in loop.statements)


def _size(s: Statement) -> int:
    if s.kind == "product":
        return math.prod(s.out.shape) * s.arrays[0].shape[1]
    return max(math.prod(x.shape) for x in (s.out, *s.arrays))


class Scalars:
    """Writes small loops.

    Args:
        program: all statements.
        base: where each node begins in its memory.
    """

    def __init__(self, program: Vectorized, base: dict[Node, int]) -> None:
        self.base = base
        self.number = {id(step): i for i, step in enumerate(program.steps)}
        end = max((base[node] + node.n for node in program.nodes if not node.batched), default=0)
        self.reader = np.full(end, -1)  # the last step that reads a scalar
        for i, step in enumerate(program.steps):
            count, statements = (step.count, step.statements) if isinstance(step, Loop) else (1, [step])
            for x in (x for s in statements for x in s.arrays if not x.node.batched):
                self.reader[self.places(x, count)] = i
        for result in program.results:
            if not isinstance(result, float) and not result.node.batched:
                self.reader[self.places(result, 1)] = len(program.steps)

    def places(self, x: Access, count: int) -> IntArray:
        """Those of so many iterations."""
        places: IntArray = self.base[x.node] + x.places.ravel()
        return (places + x.node.moves * np.arange(count)[:, None]).ravel() if x.node.moves else places

    def cells(self, x: Access) -> list[Cell]:
        return [(place, x.node.moves) for place in self.places(x, 1).tolist()]

    def write(self, loop: Loop) -> str:
        """A loop as one text."""
        return _Iteration(self, loop).text()

    def is_read_later(self, places: IntArray, loop: Loop) -> bool:
        """Whether a step after a loop reads one of these places."""
        return bool((self.reader[places] > self.number[id(loop)]).any())


class _Iteration:
    def __init__(self, scalars: Scalars, loop: Loop) -> None:
        self.scalars, self.loop = scalars, loop
        self.written = {cell for s in loop.statements for cell in scalars.cells(s.out)}
        self.names: dict[Cell, str] = {}  # of what the iteration has calculated
        self.carried: dict[Cell, str] = {}  # of what it takes from the one before
        self.loaded = np.zeros(len(scalars.reader), bool)  # of all places
        self.lines: list[tuple[str, Cell]] = []  # each calculates a cell

    def text(self) -> str:
        for s in self.loop.statements:
            for cell, value in zip(self.scalars.cells(s.out), self._values(s), strict=True):
                self.lines.append((f"const double r{len(self.lines)} = {value};", cell))
                self.names[cell] = f"r{len(self.lines) - 1}"
        before = "".join(f"double {name} = u[{start}]; " for (start, _), name in self.carried.items())
        body = [line + self._stored(cell) for line, cell in self.lines]
        body += [f"{name} = {self.names[start + moves, moves]};" for (start, moves), name in self.carried.items()]
        return f"{{ {before}for (long step = 0; step < {self.loop.count}; step++) {{ {' '.join(body)} }} }}"

    def _values(self, s: Statement) -> Iterator[str]:
        """What calculates each scalar of a statement."""
        operands = [self._names(i, s) for i in range(len(s.operands))]
        for entries in zip(*operands, strict=True):  # of each operand those that the scalar is made of
            if s.kind == "map":
                assert s.op is not None
                yield expression(s.op, [x for (x,) in entries])
            elif s.kind == "copy":
                yield entries[0][0]
            else:
                yield " + ".join(["0.0", *map(" * ".join, zip(*entries, strict=True))])

    def _names(self, i: int, s: Statement) -> list[list[str]]:
        """The entries of its i-th operand that each scalar of a statement is made of."""
        n, x = math.prod(s.out.shape), s.operands[i]
        if isinstance(x, float):
            return [[number(x)]] * n
        names = [self._name(cell) for cell in self.scalars.cells(x)]
        if s.kind == "product":
            rows, width = x.shape
            apart = 1 if i else n // rows
            return [names[k // apart % rows * width :][:width] for k in range(n)]
        width = len(names) // n
        return [names[k * width :][:width] for k in range(n)]

    def _name(self, cell: Cell) -> str:
        place, moves = cell
        if cell in self.names:
            return self.names[cell]
        if (place + moves, moves) in self.written:
            return self.carried.setdefault(cell, f"c{len(self.carried)}")
        self.loaded[self._all(cell)] = True
        return f"u[{place} + step * {moves}]" if moves else f"u[{place}]"

    def _stored(self, cell: Cell) -> str:
        """The line that stores a scalar, if anything else reads it."""
        places, (start, moves) = self._all(cell), cell
        if not self.loaded[places].any() and not self.scalars.is_read_later(places, self.loop):
            return ""
        return f" u[{start} + step * {moves}] = {self.names[cell]};"

    def _all(self, cell: Cell) -> IntArray:
        """The places of a cell in all iterations."""
        start, moves = cell
        return start + moves * np.arange(self.loop.count if moves else 1)
