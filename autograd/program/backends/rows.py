"""Irregular graphs without a compiler: rows in runs, each a NumPy call or two; those of a deep graph on floats.

All slots lie in one array. A run gathers its operands, and writes its results side by side:

    take(operands, 0, xy, "clip")
    multiply(xy[0], xy[1], out=v[30:42])

Then the slopes of all rows of a kind are calculated at once, by the table's words, and adjoints level by level:

    take(reads, 0, d, "clip")
    multiply(d, slopes, out=d)
    add.reduceat(d, sums, 0, None, g[50:62])

Where few rows make a run, or few edges a level, one sample is faster row by row, and edge by edge, on floats.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from threading import Lock
from typing import Any, ClassVar

import numpy as np

from autograd.core.closed import CLOSED
from autograd.core.fast_ops import formula
from autograd.core.op import FLOATS, OPS, Op, arrays, rebind
from autograd.ops import pow
from autograd.program.backends.base import Backend, Results, Sources
from autograd.program.backends.tape import edges
from autograd.program.decompose import decompose
from autograd.program.ir import FloatArray, Graph, Ref
from autograd.program.runs import Adjoints, Ints, Kind, Order, Slopes
from autograd.program.tape import Tape

BLOCK = 1 << 20  # slots of all samples at once

Calls = list[Callable[[], Any]]


class Rows(Backend):
    """A tape, run in NumPy and Python.

    Args:
        tape: the recorded graph.
        batched: whether the inputs have a batch axis.
        differentiated: of how many outputs a gradient is wanted: the first ones.

    Attributes:
        run, level: rows, and edges, that take as long on floats as the calls of a run, and of a level.
    """

    run: ClassVar[float] = 10
    level: ClassVar[float] = 20

    def __init__(self, tape: Tape, batched: bool, differentiated: int) -> None:
        self.tape, self.differentiated, self.order = tape, differentiated, Order(tape)
        self.adjoints = Adjoints(tape, edges(tape, tape.ops), differentiated)
        self.slopes = Slopes(self.order, self.adjoints.slopes, len(tape.operands))
        self.most = max(1, BLOCK // tape.size)
        self.memories: dict[int, Memory] = {}
        self.lock = Lock()

    def __call__(self, sources: Sources, samples: int) -> Results:
        inputs = sources["inputs"].reshape(len(self.tape.inputs), samples)
        blocks = [inputs[:, start : start + self.most] for start in range(0, max(samples, 1), self.most)]
        with self.lock, np.errstate(all="ignore"):
            parts = [self._memory(block.shape[1])({**sources, "inputs": block}) for block in blocks]
        values, gradients = zip(*parts, strict=True)
        return [*np.concatenate(values, 1), *np.add.reduce(gradients)]

    def _memory(self, samples: int) -> Memory:
        memory = self.memories.pop(samples, None) or (Floats if samples == 1 else Memory)(self, samples)
        self.memories[samples] = memory
        if len(self.memories) > 2:  # the two latest sizes stay: a block and the rest
            del self.memories[next(iter(self.memories))]
        return memory


class Memory:
    """The slots of a tape for a number of samples, and the calls that fill them."""

    def __init__(self, program: Rows, samples: int) -> None:
        self.program, self.tape, self.adjoints, self.samples = program, program.tape, program.adjoints, samples
        self.shape = () if samples == 1 else (samples,)
        self.v, self.g = self._array(self.tape.size), self._array(self.adjoints.size)
        self.v.T[..., list(self.tape.constants)] = self.tape.numbers
        self.slopes, self.of_edges = self._array(program.slopes.size), self._array(len(self.adjoints.reads))
        for start, n, slope in program.slopes.constants:
            self.slopes[start : start + n] = slope
        self.partials = [partial(self._partials, *some) for some in program.slopes.columns]

    def _array(self, *shape: int) -> FloatArray:
        return np.empty((*shape, *self.shape))

    def __call__(self, sources: Sources) -> tuple[FloatArray, FloatArray]:
        """The outputs of each sample, and the sums of their gradients."""
        start = 0
        for kind in ("parameters", "leaves", "inputs"):
            n = len(getattr(self.tape, kind))
            self.v[start : start + n].T[...] = sources[kind].T if self.shape else sources[kind].ravel()
            start += n
        self.run()
        values = self.v[self.program.order.place[self.tape.outputs]].reshape(len(self.tape.outputs), self.samples)
        gradients = np.zeros((self.program.differentiated, len(self.tape.wrt)))
        for call in self.partials:
            call()
        self.slopes.take(self.program.slopes.of, 0, self.of_edges, "clip")
        for i, row in enumerate(gradients):
            row += self._gradient(i, careful=False)
            if not np.isfinite(row).all():
                row[:] = self._gradient(i, careful=True)
        return values, gradients + 0.0

    def _gradient(self, output: int, careful: bool) -> FloatArray:
        """The gradient of an output, summed over the samples; with care, so that nothing is not multiplied by inf."""
        g = self.solve(output, careful)[self.adjoints.wrt]
        total: FloatArray = np.add.reduce(g.reshape(len(g), self.samples), 1)
        return total

    def run(self) -> None:
        """Calculate all values."""
        for call in self.forward:
            call()

    def solve(self, output: int, careful: bool) -> FloatArray:
        """All adjoints, for an output."""
        g, nothing = self.g, -0.0 if careful else 0.0
        g[: self.program.differentiated], g[-1] = nothing, nothing
        g[output] = 1.0
        if careful:
            self._carefully()
        else:
            for call in self.reverse:
                call()
        return g

    @functools.cached_property
    def forward(self) -> Calls:
        """The calls of all runs."""
        calls: Calls = []
        end = self.tape.first
        runs = [(kind.op, np.ascontiguousarray(kind.operands[..., rows])) for kind, rows in self.program.order.runs]
        scratch = self._array(max((x.size + len(primitives(op)) * x.shape[-1] for op, x in runs), default=0))
        for op, operands in runs:
            n = operands.shape[-1]
            start, end = end, end + n
            x = scratch[: operands.size].reshape(*operands.shape, *self.shape)
            inner = [scratch[operands.size + i * n :][:n] for i in range(len(primitives(op)) - 1)]
            calls.append(partial(self.v.take, operands, 0, x, "clip"))
            calls += value(op, _columns(op, x), inner, self.v[start:end])
        return calls

    def _partials(self, kind: Kind, columns: list[tuple[int, int]]) -> None:
        """Calculate the slopes of a kind."""
        op, x = kind.op, self.v.take(kind.operands, 0)
        entries = [*x] if op.variadic else [*x[:, 0]]
        seen = rebind(op.common, words())(*_columns(op, x)) if op.common else ()
        z = self.v.take(kind.results, 0)
        for i, start in columns:
            target = self.slopes[start : start + kind.at[i].size].reshape(x[i].shape)
            target[...] = rebind(op.partials[i], words())(*entries, z, *seen)  # type: ignore[arg-type]

    @functools.cached_property
    def levels(self) -> list[tuple[slice, FloatArray, Ints]]:
        """Of each level its edges, the adjoints that it sums, and where the edges of each begin."""
        start, levels = self.program.differentiated, []
        for (first, one), (end, last) in pairwise(self.adjoints.levels):
            sums = self.adjoints.sums[one:last] - first
            levels.append((slice(first, end), self.g[start + one : start + last], sums))
        return levels

    @functools.cached_property
    def reverse(self) -> Calls:
        """The calls of all levels."""
        calls: Calls = []
        scratch = self._array(max((rows.stop - rows.start for rows, *_ in self.levels), default=0))
        for rows, out, sums in self.levels:
            d, single = scratch[: rows.stop - rows.start], len(out) == rows.stop - rows.start
            calls.append(partial(self.g.take, self.adjoints.reads[rows], 0, d, "clip"))
            calls.append(partial(np.multiply, d, self.of_edges[rows], out=out if single else d))
            if not single:
                calls.append(partial(np.add.reduceat, d, sums, 0, None, out))
        return calls

    def _carefully(self) -> None:
        """All levels; what no gradient has reached is −0.0, which changes no sum."""
        gates = self.program.slopes.gates.reshape(-1, *[1] * len(self.shape))
        for rows, out, sums in self.levels:
            d, slopes = self.g[self.adjoints.reads[rows]], self.of_edges[rows]
            nothing = (np.signbit(d) & (d == 0)) | (gates[rows] & (slopes == 0))
            out[...] = np.add.reduceat(np.where(nothing, -0.0, d * slopes + 0.0), sums, 0)


class Floats(Memory):
    """The slots of one sample: calls where many rows make a run, or many edges a level; else floats."""

    def __init__(self, program: Rows, samples: int) -> None:
        super().__init__(program, samples)
        self.by_rows = len(self.tape.ops) < program.run * len(program.order.runs)
        self.by_edges = len(self.adjoints.reads) < program.level * len(self.adjoints.levels)

    def run(self) -> None:
        if not self.by_rows:
            return super().run()
        try:
            v = self.v[: self.tape.first].tolist()
            for function, rows in self.lines:
                function(v, rows)
            self.v[:] = v
        except (ArithmeticError, ValueError):  # where floats have no number, NumPy has inf or nan
            super().run()

    @functools.cached_property
    def lines(self) -> list[tuple[Callable[..., None], list[Any]]]:
        """Of each run what calculates its rows, and their operands."""
        operands = {}
        for kind in self.program.order.kinds:
            columns = kind.operands.transpose(0, 2, 1) if kind.op.variadic else kind.operands[:, 0]
            operands[kind] = on_floats(kind.op), [*zip(*columns.tolist(), strict=True)]
        return [(operands[kind][0], operands[kind][1][rows]) for kind, rows in self.program.order.runs]

    def solve(self, output: int, careful: bool) -> FloatArray:
        if not self.by_edges:
            return super().solve(output, careful)
        slopes, nothing = self.of_edges.tolist(), CLOSED if careful else 0.0
        if careful:
            gates = self.program.slopes.gates.tolist()
            slopes = [CLOSED if gate and not x else x for x, gate in zip(slopes, gates, strict=True)]
        g = [nothing] * self.adjoints.size
        g[output] = 1.0
        for write, read, slope in zip(*self.ends, slopes, strict=True):
            g[write] += slope * g[read]
        return np.array(g, float)

    @functools.cached_property
    def ends(self) -> tuple[list[int], list[int]]:
        """Of each edge the adjoints that it writes and reads."""
        return self.adjoints.writes.tolist(), self.adjoints.reads.tolist()


# ── the table's words ─────────────────────────────────────────────────────────────────────────────


@functools.cache
def words() -> dict[str, Any]:
    """The table's words for arrays; those of rows on vectors see lists of one, with all entries on its first axis."""

    def total(entries: Iterable[Any]) -> Any:
        (entry,) = entries
        return np.add.reduce(entry, 0)

    def reduce(by: Any, entries: Iterable[Any]) -> Any:
        (entry,) = entries
        return by.reduce(entry, 0)

    vocabulary = arrays() | {op.name: getattr(np, op.ufunc) for op in OPS.values() if op.ufunc and op.dunder}
    vocabulary |= {"total": total, "reduce": reduce}
    vocabulary |= {op.name: rebind(op.value, vocabulary) for op in OPS.values() if op.variadic}  # which see each other
    return vocabulary


def _columns(op: Op, x: FloatArray) -> list[Any]:
    """The operands as the words of a row take them."""
    return [[entries] for entries in x] if op.variadic else [*x[:, 0]]


def value(op: Op, operands: list[Any], inner: list[FloatArray], out: FloatArray) -> Iterator[Callable[[], Any]]:
    """The calls that calculate rows; of composed ones, those that they are made of, into rows of `inner`."""
    numbers, steps = [*operands, *inner], primitives(op)
    for i, (step, terms) in enumerate(steps):
        target = out if i == len(steps) - 1 else inner[i]
        arrays = [numbers[x] if isinstance(x, int) else x for x in terms]
        word = power if step is pow else getattr(np, step.ufunc) if step.ufunc else words()[step.name]
        yield partial(word, *arrays, out=target) if isinstance(word, np.ufunc) else partial(_put, target, word, arrays)


@functools.cache
def primitives(op: Op) -> list[tuple[Op, list[int | FloatArray]]]:
    """The operations that a row is made of; their operands are its own, by number, then what stands before, or numbers.

    >>> [(step.name, terms) for step, terms in primitives(OPS["relu"])]
    [('maximum', [0, array(0.)])]
    >>> [(step.name, terms) for step, terms in primitives(OPS["silu"])][-1]
    ('mul', [0, 7])
    """
    if op.variadic:
        return [(op, [*range(len(op.operands))])]
    graph = Graph()
    graph, _ = decompose(graph, [graph.map(op, [Ref(graph.source(x, 1)) for x in op.operands], 1)])
    place = {node: op.operands.index(node.kind) for node in graph.nodes if node.op is None}
    steps: list[tuple[Op, list[int | FloatArray]]] = []
    for node in graph.nodes:
        if node.op is not None:
            place[node] = len(op.operands) + len(steps)
            steps.append((node.op, [place[x.node] if isinstance(x, Ref) else np.array(x) for x in node.operands]))
    return steps


def power(x: FloatArray, y: FloatArray) -> FloatArray:
    """x to the power of y; squares are products, rounded once, as they are in every other way."""
    powers: FloatArray = np.where(y == 2, x * x, np.power(x, y))
    return powers


def _put(out: FloatArray, word: Callable[..., Any], operands: list[Any]) -> None:
    out[...] = word(*operands)


@functools.cache
def on_floats(op: Op) -> Callable[[list[Any], list[Any]], None]:
    """A function that calculates rows on floats: `for x_at, y_at in rows: x = v[x_at]; y = v[y_at]; push((x * y))`."""
    if op.variadic:
        reads = [f"{x}s = [v[i] for i in {x}_at]" for x in op.operands]
        text = f"{op.name}({', '.join(f'{x}s' for x in op.operands)})"
    else:
        reads, text = [f"{x} = v[{x}_at]" for x in op.operands], formula(op)
    slots = "".join(f"{x}_at, " for x in op.operands)
    scope: dict[str, Any] = dict(FLOATS)
    lines = "; ".join([*reads, f"push({text})"])
    exec(f"def run(v, rows):\n    push = v.append\n    for {slots}in rows: {lines}\n", scope)
    run: Callable[[list[Any], list[Any]], None] = scope["run"]
    return run
