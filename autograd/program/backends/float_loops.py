"""A loop of few scalars as Python on floats: a NumPy call for two or three numbers takes longer than these.

What an iteration reads of the one before it stays in local variables, and what nobody reads afterwards is not stored:

    def run(given, columns, stores):
        x0, c1_1, = given().tolist()
        y0 = []; push0 = y0.append
        for x1, in zip(*[x.tolist() for x in columns]):
            v0 = (x0 * c1_1 + x1)
            v1 = tanh(v0)
            push0(v1)
            c1_1 = v1
        stores[0][:] = y0

Where a float raises (log 0, 1 / 0), nothing has been stored, and the caller turns to NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from autograd.core.op import FLOATS, Op
from autograd.program.backends.python import literal, operation
from autograd.program.ir import FloatArray, IntArray, Node
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access, Operand, is_batched

AS_A_CALL = 8  # operations on floats, which take as long as a call
FARTHEST = 8  # iterations back that values are kept

Base: TypeAlias = Mapping[Node, int]  # where the scalars of each node begin in the memory


class Scalar(NamedTuple):
    """A place in the memory: where it is in the first iteration, and by how much it moves in each."""

    at: int
    moves: int

    def back(self, iterations: int) -> Scalar:
        return Scalar(self.at - self.moves * iterations, self.moves)

    def places(self, count: int) -> IntArray:
        return self.at + self.moves * np.arange(count)

    def view(self, memory: FloatArray, count: int) -> FloatArray:
        return as_strided(memory[self.at :], (count,), (self.moves * memory.itemsize,))


class NotOnFloats(Exception):
    """The loop's iterations read and write what is not followed here."""


def on_floats(loop: Loop, program: Vectorized, base: Base) -> FloatLoop | None:
    """A loop of a program on floats; None where calls are faster, or it cannot be written so."""
    statements = loop.statements
    if any(is_batched(x) for s in statements for x in (s.out, *s.operands)):
        return None
    operations = sum(max(prod(x.shape) for x in (s.out, *s.arrays)) for s in statements if s.kind != "copy")
    if operations > AS_A_CALL * len(statements):
        return None
    try:
        return FloatLoop(loop, program, base)
    except NotOnFloats:
        return None


class FloatLoop:
    """The text of a loop, and what it needs of the memory.

    Attributes:
        source: the function's text.
        given: places whose numbers are read before the loop, by the names of these numbers.
        outside: scalars that others calculate, with their names.
        columns: those of them that move.
        stores: scalars that others read, by the names of what they are.
    """

    def __init__(self, loop: Loop, program: Vectorized, base: Base) -> None:
        self.base, self.count = base, loop.count
        self.given: dict[str, int] = {}
        self.outside: dict[Scalar, str] = {}
        self.known: dict[Scalar, str] = {}  # in this iteration, so far
        self.lags: dict[Scalar, int] = {}  # how many iterations back what is carried is read
        self.lines: list[str] = []
        self.writes = {x: i for i, x in enumerate(x for s in loop.statements for x in self._scalars(s.out))}
        self.written = self._marked(x.places(self.count) for x in self.writes)
        if any(not x.moves for x in self.writes):
            raise NotOnFloats
        for s in loop.statements:
            for x, value in zip(self._scalars(s.out), list(self._values(s)), strict=True):
                self.known[x] = self._line(value)
        read = self._marked(self._read(loop, program))
        self.stores = [(x, self.known[x]) for x in self.writes if read[x.places(self.count)].any()]
        self.columns = [x for x in self.outside if x.moves]
        self.source = "".join(f"{line}\n" for line in self._function())
        scope: dict[str, Any] = dict(FLOATS, inf=float("inf"), nan=float("nan"))
        exec(compile(self.source, "<autograd.program.backends.float_loops>", "exec"), scope)
        self.run: Callable[..., None] = scope["run"]

    def bound(self, memory: FloatArray) -> Callable[[], None]:
        """The function on a memory; what it raises, if Python's floats have no value somewhere, has changed nothing."""
        columns = [x.view(memory, self.count) for x in self.columns]
        stores = [x.view(memory, self.count) for x, _ in self.stores]
        return partial(self.run, partial(memory.take, np.array([*self.given.values()], int)), columns, stores)

    def _marked(self, places: Iterable[IntArray]) -> NDArray[np.bool_]:
        """Some places of the memory as a mask."""
        marks = np.zeros(max((start + node.n for node, start in self.base.items()), default=0), bool)
        for some in places:
            marks[some] = True
        return marks

    def _read(self, loop: Loop, program: Vectorized) -> Iterator[IntArray]:
        """The places that are read outside of the loop."""
        reads: list[tuple[Operand, int]] = [(x, 1) for x in program.results]
        for step in program.steps:
            if isinstance(step, Statement):
                reads += [(x, 1) for x in step.operands]
            elif step is not loop:
                reads += [(x, step.count) for s in step.statements for x in s.operands]
        for x, count in reads:
            if not isinstance(x, float) and not x.node.batched:
                moved = x.node.moves * np.arange(count if x.node.moves else 1)
                yield (x.places + self.base[x.node])[..., None] + moved

    def _scalars(self, x: Access) -> list[Scalar]:
        return [Scalar(at, x.node.moves) for at in (x.places + self.base[x.node]).ravel().tolist()]

    # ── an iteration ──────────────────────────────────────────────────────────────────────────────

    def _values(self, s: Statement) -> Iterator[str]:
        """A statement's scalars."""
        names = [self._names(x, s.out.shape) for x in s.operands]
        if s.kind == "copy":
            yield from names[0].ravel().tolist()
        elif s.kind == "map":
            assert s.op is not None
            for operands in zip(*(x.ravel().tolist() for x in names), strict=True):
                yield operation(s.op, operands)
        elif s.kind == "product":
            x, y = names
            yield from (_dot(row, column) for row in x.tolist() for column in y.tolist())
        else:
            n = prod(s.out.shape)
            for entries in zip(*(x.reshape(n, -1).tolist() for x in names), strict=True):
                yield _dot(*entries) if s.op is None else self._reduced(s.op, *entries)

    def _reduced(self, op: Op, entries: list[str]) -> str:
        total, *rest = entries
        for x in rest:
            total = self._line(operation(op, [total, x]))
        return total

    def _line(self, value: str) -> str:
        """The name of a value; one that is none has a line of its own."""
        if value.isidentifier():
            return value
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {value}")
        return name

    def _names(self, x: Operand, shape: tuple[int, ...]) -> Any:
        """What an operand's scalars are called, in its shape."""
        if isinstance(x, float):
            return np.full(shape, literal(x), object)
        return np.array([self._name(scalar) for scalar in self._scalars(x)], object).reshape(x.shape)

    def _name(self, x: Scalar) -> str:
        if x in self.known:
            return self.known[x]
        for lag in range(1, min(FARTHEST, self.count - 1) + 1):
            written = x.back(-lag)
            if written in self.writes:
                self.lags[written] = max(lag, self.lags.get(written, 0))
                return self._carried(written, lag)
        if self.written[x.places(self.count)].any():
            raise NotOnFloats
        name = self.outside.setdefault(x, f"x{len(self.outside)}")
        if not x.moves:
            self.given[name] = x.at
        return name

    def _carried(self, x: Scalar, lag: int) -> str:
        """What a scalar was so many iterations before; before the first ones that is in the memory."""
        for i in range(1, lag + 1):
            before = x.back(i).at
            if self.written[before]:
                raise NotOnFloats
            self.given[self._before(x, i)] = before
        return self._before(x, lag)

    def _before(self, x: Scalar, lag: int) -> str:
        return f"c{self.writes[x]}_{lag}"

    # ── text ──────────────────────────────────────────────────────────────────────────────────────

    def _function(self) -> Iterator[str]:
        yield "def run(given, columns, stores):"
        if self.given:
            yield f"    {', '.join(self.given)}, = given().tolist()"
        for i in range(len(self.stores)):
            yield f"    y{i} = []; push{i} = y{i}.append"
        columns = f"{', '.join(self.outside[x] for x in self.columns)}, in zip(*[x.tolist() for x in columns])"
        yield f"    for {columns}:" if self.columns else f"    for _ in range({self.count}):"
        yield from (f"        {line}" for line in self.lines)
        yield from (f"        push{i}({name})" for i, (_, name) in enumerate(self.stores))
        if self.lags:
            names = [[self.known[x], *(self._before(x, i + 1) for i in range(lag))] for x, lag in self.lags.items()]
            now, later = ([x for some in names for x in some[part]] for part in (np.s_[:-1], np.s_[1:]))
            yield f"        {', '.join(later)} = {', '.join(now)}"
        yield from (f"    stores[{i}][:] = y{i}" for i in range(len(self.stores)))


def _dot(*factors: list[str]) -> str:
    """Σ over the products of a factor's entries with those of others."""
    return f"({' + '.join(' * '.join(entries) for entries in zip(*factors, strict=True))})"
