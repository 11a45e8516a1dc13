"""The NumPy back end: one call a statement, into memory that stays.

All scalars lie in two arrays, one for the program and one for its samples (the last axis). The
views that statements work on are made once for a number of samples; then a call is a row of calls.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Hashable, Sequence
from contextvars import Context
from threading import Lock
from types import FunctionType
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.core.fast_ops import pattern
from autograd.core.op import arrays
from autograd.ops import gated
from autograd.program.backends.base import Backend, Buffers, Sources, addresses, fill, subscripts, summed_axes
from autograd.program.backends.float_loops import on_floats
from autograd.program.backends.python import Floats, literal
from autograd.program.ir import FloatArray, IntArray, Node
from autograd.program.pipeline import CALL, ELEMENT, LINE, Lowered
from autograd.program.vectorize import Loop, Statement
from autograd.program.views import Access, Gather, Operand, View, coalesced, is_batched, row

BLOCK = 1024  # samples at once: their scalars should stay in the cache
Turn: TypeAlias = Callable[[FloatArray], FloatArray]  # an array's axes in another order
Mover: TypeAlias = Callable[["Memory", int], "FloatArray | IntArray"]  # the array of an iteration


def _gated(x: Any, y: Any, out: FloatArray) -> None:
    """x · y, and 0 where x = 0: only a product that is nan needs the choice, which takes far longer."""
    np.multiply(x, y, out=out)
    if math.isnan(np.vdot(out, out)):
        np.copyto(out, 0.0, where=np.equal(x, 0.0))


OWN: dict[str, Callable[..., None]] = {gated.name: _gated}  # functions that NumPy lacks


class NumPy(Backend):
    """A program's statements as NumPy calls."""

    compiles_ahead: ClassVar[bool] = True

    @classmethod
    def make(cls, program: Lowered) -> Backend:
        """Straight lines of floats for one sample, where they are faster."""
        calls = sum(1 for node in program.graph.nodes if node.operands and node.kind != "join")
        loops = any(node.kind == "carry" for node in program.graph.nodes)
        if program.graph.batched or loops or program.operations * LINE > calls * CALL + program.operations * ELEMENT:
            return cls(program)
        return FloatsFirst(program)

    def __init__(self, program: Lowered) -> None:
        self.vectorized, self.values = program.with_biases, program.values
        self.base, self.sizes = addresses(self.vectorized)
        self.lines: list[str] = []
        self.words: dict[str, Any] = {"where": np.where, "einsum": np.einsum, "matmul": np.matmul}
        self.words |= {"total": np.add.reduce, "inf": math.inf, "nan": math.nan}
        self.makers: list[Callable[[Memory], Any]] = []  # of the arrays that the lines name
        self.names: dict[Hashable, str] = {}
        self.numbers: dict[Node, str] = {}  # what a Python float is, by its name
        self.pending: dict[Node, str] = {}  # of these, what is not in the memory yet
        self.moving: dict[Hashable, tuple[str, Mover]] = {}  # arrays of a loop that each iteration has its own of
        for step in self.vectorized.steps:
            if isinstance(step, Loop):
                self._loop(step)
            else:
                self._scalar(step) or getattr(self, f"_{step.kind}")(step)
        for x in self.vectorized.results:
            self._stored(x)
        self.source = "def run():\n" + "".join(f"    {line}\n" for line in self.lines or ["pass"])
        scope: dict[str, Any] = {}
        exec(compile(self.source, "<autograd.program.backends.numpy>", "exec"), scope)
        self.code = scope["run"].__code__
        self.memory = functools.lru_cache(maxsize=2)(functools.partial(Memory, self))  # of a block, and of the rest
        self.lock = Lock()

    def bound(self, sources: Sources, results: Sequence[FloatArray], samples: int) -> Buffers:
        if samples > BLOCK:
            return Buffers(sources, results, functools.partial(self._blocks, sources, results), self.lock)
        memory = Memory(self, samples)
        return Buffers({**sources, **memory.sources}, memory.results, memory.run, Lock())

    def _blocks(self, sources: Sources, results: Sequence[FloatArray]) -> None:
        """All samples, block after block."""
        inputs = sources["inputs"]
        for start in range(0, inputs.shape[1], BLOCK):
            block = slice(start, start + BLOCK)
            some = inputs[:, block]
            memory = self.memory(some.shape[1])
            for kind, target in memory.sources.items():
                target[...] = some if kind == "inputs" else sources[kind]
            memory.run()
            for i, x in enumerate(memory.results):
                if is_batched(self.vectorized.results[i]):
                    results[i][block] = x
                elif i < self.values or isinstance(x, float) or not start:
                    results[i][...] = x
                else:
                    results[i][...] += x

    def _scalar(self, s: Statement) -> bool:
        """One number of the program, where Python's floats cannot raise: an array of it would cost a call."""
        if s.node.n > 1 or s.batched or any(map(is_batched, s.operands)):
            return False
        text = self._dotted(s.arrays, s.node.width) if s.kind in ("product", "inner", "total") else self._plain(s)
        if not text:
            return False
        name = self.numbers[s.node] = f"v{len(self.numbers)}"
        self.lines.append(f"{name} = {text}")
        if s.out.node is s.node and s.node not in self.vectorized.home:
            self.pending[s.node] = name
        else:
            self.lines.append(f"{self._operand(s.out, False)}.fill({name})")
        return True

    def _plain(self, s: Statement) -> str:
        """An operation on Python floats; "" where they are none, or might raise."""
        if s.kind != "map" or s.op is None or not s.op.infix or s.op.where:
            return ""
        names = [literal(x) if isinstance(x, float) else self.numbers.get(x.node, "") for x in s.operands]
        return pattern(s.op).format(*names) if all(names) else ""

    def _dotted(self, arrays: Sequence[Access], width: int) -> str:
        """A sum of products as that of two rows; "" where they are none."""
        views = [x for x in arrays if isinstance(x, View) and len(coalesced(x.shape, x.strides)) < 2]
        if len(views) < len(arrays):
            return ""
        names = [self._operand(x.reshaped((width,)), False) for x in views]
        if len(names) == 1:
            names.append(self._name(lambda _: np.ones(width)))
        return f"float({names[0]}.dot({names[1]}))"

    def _loop(self, loop: Loop) -> None:
        """Statements once for each iteration, which has views of its own."""
        for node in list(self.pending):
            self._stored(row(node))
        self.moving, outside = {}, self.lines
        self.lines = []
        for s in loop.statements:
            getattr(self, f"_{s.kind}")(s)
        movers = [mover for _, mover in self.moving.values()]
        rows = self._name(
            lambda memory: functools.cache(
                lambda: [tuple(move(memory, i) for move in movers) for i in range(loop.count)]
            )
        )
        names = "".join(f"{name}, " for name, _ in self.moving.values()) or "_ "
        self.lines = [f"for {names}in {rows}():", *(f"    {line}" for line in self.lines)]
        if floats := on_floats(loop, self.vectorized, self.base):
            run = self._name(lambda memory: floats.bound(memory.whole[False]))
            calls = (f"    {line}" for line in self.lines)
            self.lines = ["try:", f"    {run}()", "except (ArithmeticError, ValueError):", *calls]
        self.lines = [*outside, *self.lines]

    def _map(self, s: Statement) -> None:
        assert s.op is not None
        name = s.op.ufunc or s.op.name
        call = ", ".join(self._operand(x, s.batched) for x in s.operands)
        word = self.words.setdefault(name, getattr(np, name, OWN.get(name) or arrays().get(name)))
        out = self._operand(s.out, s.batched)
        into = isinstance(word, np.ufunc) or name in OWN
        self.lines.append(f"{name}({call}, out={out})" if into else f"{out}[...] = {name}({call})")

    def _copy(self, s: Statement) -> None:
        (x,) = (self._operand(x, s.batched) for x in s.operands)
        if isinstance(s.out, View):
            self.lines.append(f"{self._operand(s.out, s.batched)}[...] = {x}")
        else:
            out = s.out
            self.lines.append(f"{self._name(lambda memory: memory.of(out.node))}[{self._index(out)}] = {x}")

    def _total(self, s: Statement) -> None:
        (x,), out, word = s.arrays, self._operand(s.out, s.batched), "total"
        if s.op:
            word = f"{s.op.name}_reduce"
            self.words[word] = getattr(np, s.op.ufunc or s.op.name).reduce
        self.lines.append(f"{word}({self._operand(x, s.sums_batch or s.batched)}, {summed_axes(s)}, None, {out})")

    _reduce = _total

    def _inner(self, s: Statement) -> None:
        terms, kept = subscripts(s)
        operands = ", ".join(self._operand(x, is_batched(x)) for x in s.operands)
        self.lines.append(f"einsum('{','.join(terms)}->{kept}', {operands}, out={self._operand(s.out, s.batched)})")

    def _product(self, s: Statement) -> None:
        (x, y), out = s.arrays, s.out
        many = is_batched(x), is_batched(y)
        if not any(many):
            self._matrices(x, y, out)
            return
        turns: tuple[Turn | None, Turn | None, Turn | None]
        if many == (False, True) and not s.sums_batch:
            turns = None, None, lambda array: array.transpose(1, 0, 2)
        elif many == (True, False) and not s.sums_batch:
            x, y = y, x
            turns = None, None, None
        elif all(many) and s.sums_batch and _mergeable(x) and _mergeable(y):
            turns = _merged, (lambda a: _merged(a).T), None
        else:
            self._inner(s)
            return
        names = [self._operand(array, is_batched(array), turn) for array, turn in zip((x, y, out), turns, strict=True)]
        self.lines.append(f"matmul({', '.join(names)})")

    def _matrices(self, x: Access, y: Access, out: Access) -> None:
        """X · Yᵀ without samples: by the method `dot`, in half the time, into numbers that lie side by side."""
        turns: tuple[Turn | None, Turn | None, Turn | None] = None, np.transpose, None
        if out.shape[0] == 1:
            x, y, turns = y, x, (None, _first, _first)
        elif out.shape[1] == 1:
            turns = None, _first, _column
        x_, y_, out_ = (self._operand(array, False, turn) for array, turn in zip((x, y, out), turns, strict=True))
        side_by_side = isinstance(out, View) and coalesced(out.shape, out.strides) in ([(math.prod(out.shape), 1)], [])
        self.lines.append(f"{x_}.dot({y_}, {out_})" if side_by_side else f"matmul({x_}, {y_}, {out_})")

    def _operand(self, x: Operand, batched: bool, turn: Turn | None = None) -> str:
        """An operand in the text: a number, or the name of an array that is made with the memory."""
        if isinstance(x, float):
            return self._number(x)
        self._stored(x)
        wide = batched and not is_batched(x)  # the same for all samples
        if isinstance(x, Gather):
            name = self._gathered(x)
            if not wide and turn is None:
                return name
            return self._name(lambda memory: _turned(memory.arrays[name], wide, turn))
        key = (*x, wide, turn)
        if x.node.moves:
            return self._moving(key, lambda memory, i: _turned(memory.view(x, i), wide, turn))
        if key not in self.names:
            self.names[key] = self._name(lambda memory: _turned(memory.view(x), wide, turn))
        return self.names[key]

    def _stored(self, x: Operand) -> None:
        """Put what is a Python float so far into the memory, because somebody reads it there."""
        if not isinstance(x, float) and x.node in self.pending:
            name = self.pending.pop(x.node)
            self.lines.append(f"{self._operand(row(x.node), False)}.fill({name})")

    def _number(self, x: float) -> str:
        """A number as an array without axes, which NumPy need not convert at each call."""
        key = "number", repr(x)
        if key not in self.names:
            self.names[key] = self._name(lambda _: np.array(x))
        return self.names[key]

    def _index(self, x: Gather) -> str:
        """Places in the memory of a node."""
        index, moves = x.places + self.base[x.node], x.node.moves
        if moves:
            return self._moving((x.node, id(x)), lambda _, i: index + moves * i)
        return self._name(lambda _: index)

    def _gathered(self, x: Gather) -> str:
        source = self._name(lambda memory: memory.of(x.node))
        target = self._name(lambda memory: np.empty((*x.shape, *memory.of(x.node).shape[1:])))
        self.lines.append(f"{source}.take({self._index(x)}, 0, {target}, 'clip')")
        return target

    def _moving(self, key: Hashable, mover: Mover) -> str:
        """The name, in a loop, of an array that each iteration has its own of."""
        name, _ = self.moving.setdefault(key, (f"m{len(self.moving)}", mover))
        return name

    def _name(self, maker: Callable[[Memory], Any]) -> str:
        self.makers.append(maker)
        return f"a{len(self.makers) - 1}"


class FloatsFirst(Backend):
    """Straight lines of floats, with NumPy for what they refuse."""

    def __init__(self, program: Lowered) -> None:
        self.program, self.floats = program, Floats(program)

    @functools.cached_property
    def arrays(self) -> NumPy:
        return NumPy(self.program)

    def bound(self, sources: Sources, results: Sequence[FloatArray], samples: int) -> Buffers:
        def run() -> None:
            try:
                fill(results, self.floats(sources))
            except (ArithmeticError, ValueError):
                arrays = self.arrays.bound(sources, results, samples)
                fill([arrays.sources[kind] for kind in sources], [*sources.values()])
                arrays.run()
                fill(results, arrays.results)

        return Buffers(sources, results, run, Lock())


class Memory:
    """The scalars of a program for a number of samples, and the function that calculates them."""

    def __init__(self, program: NumPy, samples: int) -> None:
        self.program = program
        self.whole = {False: np.zeros(program.sizes[False]), True: np.zeros((program.sizes[True], samples))}
        self.sources: dict[str, FloatArray] = {}
        for node in program.vectorized.nodes:
            if node.kind in ("parameters", "leaves", "inputs"):
                self.sources[node.kind] = self.view(row(node))
            elif node.kind in ("constant", "samples"):
                self.view(row(node)).T[...] = samples if node.kind == "samples" else node.constants
        self.arrays: dict[str, Any] = {}
        for i, maker in enumerate(program.makers):
            self.arrays[f"a{i}"] = maker(self)
        silent = Context()  # of NumPy's warnings about inf and nan
        silent.run(np.seterr, all="ignore")
        self.run = functools.partial(silent.run, FunctionType(program.code, program.words | self.arrays))
        self.results = [x if isinstance(x, float) else self.view(x) for x in program.vectorized.results]

    def of(self, node: Node) -> FloatArray:
        return self.whole[node.batched]

    def view(self, x: View, iteration: int = 0) -> FloatArray:
        """A view of the memory; samples are its last axis."""
        start = self.program.base[x.node] + x.offset + iteration * x.node.moves
        memory = self.of(x.node)[start:]
        step = memory.strides[0] if len(memory) else 0
        strides = (*(stride * step for stride in x.strides), *memory.strides[1:])
        return as_strided(memory, (*x.shape, *memory.shape[1:]), strides)


def _turned(array: Any, wide: bool, turn: Turn | None) -> FloatArray:
    array = array[..., None] if wide else array
    return turn(array) if turn else array


def _first(array: FloatArray) -> FloatArray:
    """The only row."""
    row: FloatArray = array[0]
    return row


def _column(array: FloatArray) -> FloatArray:
    """The only column."""
    column: FloatArray = array[:, 0]
    return column


def _mergeable(x: Access) -> bool:
    """Whether the width and the samples are one axis."""
    return isinstance(x, Gather) or x.shape[1] == 1 or x.strides[1] == 1


def _merged(array: FloatArray) -> FloatArray:
    n, width, samples = array.shape
    if width == 1:
        return array[:, 0]
    return as_strided(array, (n, width * samples), (array.strides[0], array.strides[2]))
