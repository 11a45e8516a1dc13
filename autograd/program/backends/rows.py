"""The tape machine in Python, for where no C is compiled: runs of rows that do the same, on floats or on NumPy arrays.

Each operation has a function that runs all rows of a run, made of the row's own words once a process; that of a
product is

    for k, x_at, y_at in rows:
        x, y = v[x_at], v[y_at]
        v[k] = (x * y)

A program is data to them, so that making one takes a few microseconds an operation. One sample, or a few, run on
floats; many samples, and numbers where Python's floats raise, on arrays.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd.core.closed import CLOSED
from autograd.core.fast_ops import formula, parameters, slopes
from autograd.core.op import FLOATS, Op, arrays, rebind
from autograd.program.backends.base import Backend, Results, Sources
from autograd.program.backends.tape import edges
from autograd.program.tape import ROWS, Tape

FEW = 16  # samples up to which floats, sample by sample, are faster than arrays

Slots: TypeAlias = list[Any]  # numbers by slot: floats, or arrays of all samples
Run: TypeAlias = tuple[int, int, list[tuple[Any, ...]]]  # a code, a mask of operands, and of each row all its slots


class Rows(Backend):
    """A tape, run in Python.

    Args:
        tape: the recorded graph.
        batched: whether the inputs have a batch axis.
        differentiated: of how many outputs a gradient is wanted: the first ones.
    """

    def __init__(self, tape: Tape, batched: bool, differentiated: int) -> None:
        self.tape, self.batched = tape, batched
        self.outputs = tape.outputs.tolist()
        self.differentiated = self.outputs[:differentiated]
        self.wrt = tape.wrt.tolist()
        self.runs = runs(tape)

    def __call__(self, sources: Sources, samples: int) -> Results:
        with np.errstate(all="ignore"):
            if samples <= FEW:
                try:
                    return self._one_by_one(sources, samples)
                except (ArithmeticError, ValueError):
                    pass
            return self._together(sources, samples)

    def _one_by_one(self, sources: Sources, samples: int) -> Results:
        """Each sample on floats.

        Raises:
            ArithmeticError, ValueError: Python's floats have no value somewhere.
        """
        values = np.empty((len(self.outputs), samples))
        gradients = np.zeros((len(self.differentiated), len(self.wrt)))
        shared = [*sources["parameters"].tolist(), *sources["leaves"].tolist()]
        for i, sample in enumerate(sources["inputs"].reshape(len(self.tape.inputs), samples).T.tolist()):
            v = self._forward([*shared, *sample], False)
            values[:, i] = [v[slot] for slot in self.outputs]
            for row, output in zip(gradients, self.differentiated, strict=True):
                g = self._reverse(v, output, CLOSED, False)
                row += [0.0 if slot < 0 else float(g[slot]) for slot in self.wrt]
        return [*values, *gradients]

    def _together(self, sources: Sources, samples: int) -> Results:
        """All samples on arrays."""
        shared = [*map(np.float64, (*sources["parameters"], *sources["leaves"]))]
        v = self._forward([*shared, *sources["inputs"].reshape(len(self.tape.inputs), samples)], True)
        results: Results = [np.broadcast_to(v[slot], samples).astype(float) for slot in self.outputs]
        for output in self.differentiated:
            g = self._reverse(v, output, -0.0, True)
            sums = [0.0 if slot < 0 else np.add.reduce(np.broadcast_to(g[slot], samples)) for slot in self.wrt]
            results.append(np.array(sums, float) + 0.0)
        return results

    def _forward(self, given: Slots, on_arrays: bool) -> Slots:
        v = [*given, *self.tape.numbers.tolist()]
        v += [None] * len(self.tape.ops)
        for code, _, rows in self.runs:
            forward(code, on_arrays)(v, rows)
        return v

    def _reverse(self, v: Slots, output: int, nothing: Any, on_arrays: bool) -> Slots:
        g = [nothing] * self.tape.size
        g[output] = 1.0
        for code, mask, rows in reversed(self.runs):
            if mask:
                reverse(code, mask, on_arrays)(v, g, rows)
        return g


def runs(tape: Tape) -> list[Run]:
    """A tape's rows by level, then by what they do."""
    levels, masks = _levels(tape)
    order = np.lexsort((masks, tape.ops, levels))
    keys = np.stack([levels[order], tape.ops[order], masks[order]])
    cuts = np.flatnonzero((np.diff(keys) != 0).any(0)) + 1
    starts, operands = tape.starts.tolist(), tape.operands.tolist()
    found = []
    for some in np.split(order, cuts) if len(order) else []:
        k = some[0]
        members = some.tolist()
        columns: list[Any] = [[tape.first + i for i in members]]
        op = ROWS[tape.ops[k]]
        if op.variadic:
            widths = [(starts[i + 1] - starts[i]) // len(op.operands) for i in members]
            for j in range(len(op.operands)):
                columns.append(
                    [
                        operands[starts[i] + j * w : starts[i] + (j + 1) * w]
                        for i, w in zip(members, widths, strict=True)
                    ]
                )
        else:
            columns += [[operands[starts[i] + j] for i in members] for j in range(len(op.operands))]
        found.append((int(tape.ops[k]), int(masks[k]), list(zip(*columns, strict=True))))
    return found


def _levels(tape: Tape) -> tuple[Any, Any]:
    """Of each row how far it is from what is given, and to which operands a gradient flows, as bits."""
    starts, operands = tape.starts.tolist(), tape.operands.tolist()
    level, sought = [0] * tape.size, bytearray(tape.size)
    for slot in tape.wrt.tolist():
        if slot >= 0:
            sought[slot] = 1
    masks = []
    vectors = [len(op.operands) if op.variadic else 0 for op in ROWS]
    for k, (code, with_slope) in enumerate(zip(tape.ops.tolist(), edges(tape, tape.ops).tolist(), strict=True)):
        entries = operands[starts[k] : starts[k + 1]]
        width = len(entries) // vectors[code] if vectors[code] else 1
        mask, high = 0, 0
        for i, x in enumerate(entries):
            if level[x] > high:
                high = level[x]
            if sought[x]:
                mask |= 1 << i // width
        mask &= with_slope
        level[tape.first + k] = high + 1
        if mask:
            sought[tape.first + k] = 1
        masks.append(mask)
    return np.array(level[tape.first :], int), np.array(masks, int)


# ── what a run does ───────────────────────────────────────────────────────────────────────────────


@functools.cache
def forward(code: int, on_arrays: bool) -> Callable[[Slots, list[Any]], None]:
    """The function that calculates the rows of a run."""
    op = ROWS[code]
    names = [f"{x}s" for x in op.operands] if op.variadic else list(op.operands)
    value = f"word({', '.join(names)})" if on_arrays or op.variadic else formula(op)
    run: Callable[[Slots, list[Any]], None] = _made("v, rows", op, [f"v[k] = {value}"], on_arrays)
    return run


@functools.cache
def reverse(code: int, mask: int, on_arrays: bool) -> Callable[[Slots, Slots, list[Any]], None]:
    """The function that hands what has reached the rows of a run on to the operands of a mask."""
    op = ROWS[code]
    lines = ["d = g[k]", "z = v[k]"] if on_arrays else ["d = g[k]", "if d is closed: continue", "z = v[k]"]
    if op.common:
        seen = [x for x in parameters(op.partials[0]) if x not in (*op.operands, "z")]
        lines.append(f"{', '.join(seen)}, = common({', '.join(f'{x}s' for x in op.operands)})")
    for i, (name, text) in enumerate(zip(op.operands, slopes(op), strict=True)):
        if not mask >> i & 1:
            continue
        partial = op.partials[i]
        part = f"d * {text}" if text != "1" else "d"
        if on_arrays:
            slope = str(partial) if isinstance(partial, int) else f"d{i}({', '.join(parameters(partial))})"
            part = f"handed(d, {slope}, {op.gate})"
        if op.variadic:
            entries = ", ".join(op.operands), ", ".join(f"{x}s" for x in op.operands)
            lines += [f"for i, {entries[0]} in zip({name}_at, {entries[1]}):", f"    g[i] += {part}"]
        else:
            lines.append(f"g[{name}_at] += {part}")
    run: Callable[[Slots, Slots, list[Any]], None] = _made("v, g, rows", op, lines, on_arrays)
    return run


def _made(arguments: str, op: Op, lines: Sequence[str], on_arrays: bool) -> Any:
    """A function of a loop over rows."""
    slots = ", ".join(f"{x}_at" for x in op.operands)
    if op.variadic:
        reads = [f"{x}s = [v[i] for i in {x}_at]" for x in op.operands]
    else:
        reads = [f"{x} = v[{x}_at]" for x in op.operands]
    body = "".join(f"        {line}\n" for line in (*reads, *lines))
    words = arrays() if on_arrays else FLOATS
    scope: dict[str, Any] = {
        **FLOATS,
        "closed": CLOSED,
        "handed": _handed,
        "word": _word(op) if on_arrays else FLOATS[op.name],
    }
    scope |= {"common": op.common and rebind(op.common, words)}
    scope |= {
        f"d{i}": partial if isinstance(partial, int) else rebind(partial, words)
        for i, partial in enumerate(op.partials)
    }
    exec(f"def run({arguments}):\n    for k, {slots} in rows:\n{body}", scope)
    return scope["run"]


def _word(op: Op) -> Callable[..., Any]:
    """A row on arrays: NumPy's own function, or its words."""
    if not op.ufunc:
        return arrays()[op.name]
    word: np.ufunc = getattr(np, op.ufunc)
    if word.types[0].endswith("?"):  # a comparison, of which the table makes 1 or 0
        return lambda x, y: word(x, y) * 1.0
    return word


def _handed(d: Any, slope: Any, gate: bool) -> Any:
    """d · slope; −0.0, which changes no sum, where nothing has come (d is −0.0) or a gate is closed (slope 0)."""
    nothing = np.signbit(d) & (np.asarray(d) == 0)
    if gate:
        nothing = nothing | (np.asarray(slope) == 0)
    part = d * slope + 0.0
    return np.where(nothing, -0.0, part) if np.any(nothing) else part
