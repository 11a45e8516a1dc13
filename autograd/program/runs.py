"""A tape for those to whom each statement is a call: rows in long runs, and adjoints in levels.

A run are rows that do the same, the next of them always the kind of which most rows can be calculated. Slopes need only
values, so that those of all rows are known at once; what is left of the way back is a linear system, solved level by
level: an adjoint is the sum, over the edges that leave its slot, of a slope times an adjoint that is known.

>>> from autograd import Value, relu
>>> w = [Value(0.1), Value(0.2)]
>>> tape = Tape([relu(w[0] * 3) * relu(w[1] * 3)], w)
>>> runs(tape)
([0, 2, 1, 3, 4], [2, 2, 1])
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.core.op import Op
from autograd.program.tape import ROWS, Tape

Ints: TypeAlias = NDArray[np.signedinteger[Any]]


def runs(tape: Tape) -> tuple[list[int], list[int]]:
    """The rows in the order in which they run, and how many of them each run has."""
    n, counts = len(tape.ops), np.diff(tape.starts)
    kinds = kinds_of(tape).tolist()
    made = tape.operands - tape.first
    inner = made >= 0
    made = made[inner]
    order = np.argsort(made, kind="stable")
    of_rows = np.repeat(np.arange(n), counts)[inner]
    users = of_rows[order].tolist()
    ends = [0, *np.cumsum(np.bincount(made, minlength=n)).tolist()]
    waits = np.bincount(of_rows, minlength=n).tolist()
    ready: defaultdict[int, list[int]] = defaultdict(list)
    for k in range(n):
        if not waits[k]:
            ready[kinds[k]].append(k)
    rows: list[int] = []
    lengths = []
    while ready:
        run = ready.pop(max(ready, key=lambda kind: len(ready[kind])))
        rows += run
        lengths.append(len(run))
        for k in run:
            for user in users[ends[k] : ends[k + 1]]:
                waits[user] -= 1
                if not waits[user]:
                    ready[kinds[user]].append(user)
    return rows, lengths


def kinds_of(tape: Tape) -> Ints:
    """Of each row a number that says its operation and how many operands it has."""
    kinds: Ints = np.diff(tape.starts) * len(ROWS) + tape.ops
    return kinds


@dataclass(frozen=True, eq=False)
class Kind:
    """All rows that do the same, in the order in which they run.

    Attributes:
        op: what they do.
        at: where their operands stand in `tape.operands`, of shape (operands of the table's row, entries, rows).
        operands, results: slots, where results stand in the order of runs.
    """

    op: Op
    at: Ints
    operands: Ints
    results: Ints


class Order:
    """The rows of a tape, so ordered that the results of a run lie side by side.

    Attributes:
        place: of each slot of the tape its slot in this order.
        kinds: all kinds.
        runs: of each run its kind, and which of that kind's rows it has.
    """

    def __init__(self, tape: Tape) -> None:
        rows, lengths = runs(tape)
        order = np.array(rows, int)
        self.place = np.arange(tape.size)
        self.place[tape.first + order] = tape.first + np.arange(len(order))
        numbers = kinds_of(tape)[order]
        by_kind = np.argsort(numbers, kind="stable")
        parts = [x for x in np.split(by_kind, np.flatnonzero(np.diff(numbers[by_kind])) + 1) if len(x)]
        of = {int(numbers[at[0]]): self._kind(tape, order, at) for at in parts}
        self.kinds = [*of.values()]
        done = dict.fromkeys(of, 0)
        self.runs = []
        for number, n in zip(numbers[np.cumsum(lengths, dtype=int) - 1].tolist(), lengths, strict=True):
            self.runs.append((of[number], slice(done[number], done[number] + n)))
            done[number] += n

    def _kind(self, tape: Tape, order: Ints, at: Ints) -> Kind:
        starts = tape.starts[order[at]]
        op, n = ROWS[tape.ops[order[at[0]]]], tape.starts[order[at[0]] + 1] - starts[0]
        operands = (starts + np.arange(n)[:, None]).reshape(len(op.operands), -1, len(at))
        return Kind(op, operands, self.place[tape.operands[operands]], tape.first + at)


class Adjoints:
    """The linear system of the way back: adjoints by numbers, those of a level side by side.

    The first adjoints are given: 1 for the output that is differentiated, 0 for others. The last one is 0 for ever.

    Args:
        tape: the recorded graph.
        edges: of each row the operands with a slope, as bits.
        differentiated: of how many outputs a gradient is wanted: the first ones.

    Attributes:
        size: how many adjoints there are.
        wrt: the adjoints of what gradients are taken by.
        reads: of each edge the adjoint that its slope is multiplied by; edges with one sum stand together.
        slopes: of each edge its place in `tape.operands`; behind their end for the slope 1 of what is given.
        sums: where the edges of each adjoint behind the given ones begin.
        levels: of each level its first edge and its first sum; and at last where all end.
    """

    def __init__(self, tape: Tape, edges: Ints, differentiated: int) -> None:
        outputs = tape.outputs[:differentiated]
        reads, writes, slopes = _edges(tape, edges, outputs)
        heights = _heights(tape, reads, writes, outputs)
        slots = np.flatnonzero(heights)
        slots = slots[np.argsort(heights[slots], kind="stable")]
        self.size = differentiated + len(slots) + 1
        place = np.full(tape.size, self.size - 1)
        place[slots] = differentiated + np.arange(len(slots))
        seeds = np.flatnonzero(heights[outputs])
        writes = place[np.concatenate([outputs[seeds], writes])]
        order = np.argsort(writes, kind="stable")
        self.reads = np.concatenate([seeds, place[reads]])[order]
        self.slopes = np.concatenate([np.full(len(seeds), len(tape.operands)), slopes])[order]
        self.sums = np.flatnonzero(np.diff(writes[order], prepend=-1))
        first = np.flatnonzero(np.diff(heights[slots], prepend=0))
        self.levels = [*zip(self.sums[first].tolist(), first.tolist(), strict=True), (len(writes), len(slots))]
        self.writes = writes[order]
        self.wrt = np.where(tape.wrt < 0, self.size - 1, place[tape.wrt])


def _edges(tape: Tape, with_slope: Ints, outputs: Ints) -> tuple[Ints, Ints, Ints]:
    """The edges on ways from outputs to `wrt`: of each the slots it reads and writes, and its place among operands."""
    counts = np.diff(tape.starts)
    rows = np.repeat(np.arange(len(tape.ops)), counts)
    vectors = np.array([len(op.operands) if op.variadic else 0 for op in ROWS])[tape.ops]
    widths = np.where(vectors, counts // np.maximum(vectors, 1), 1)[rows]
    columns = (np.arange(len(rows)) - tape.starts[rows]) // widths
    is_constant = (tape.operands >= tape.constants.start) & (tape.operands < tape.first)
    at = np.flatnonzero((with_slope[rows] >> columns & 1).astype(bool) & ~is_constant)
    reads, writes = tape.first + rows[at], tape.operands[at]
    sought = _led_to(tape, tape.wrt[tape.wrt >= 0], writes, reads)
    kept = sought[writes]
    at, reads, writes = at[kept], reads[kept], writes[kept]
    kept = _led_to(tape, outputs, reads[::-1], writes[::-1])[reads]
    return reads[kept], writes[kept], at[kept]


def _led_to(tape: Tape, slots: Ints, starts: Ints, ends: Ints) -> NDArray[np.bool_]:
    """The slots that edges lead to, one after the other, from some."""
    marks = bytearray(tape.size)
    for slot in slots.tolist():
        marks[slot] = 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if marks[start]:
            marks[end] = 1
    return np.frombuffer(marks, bool)


def _heights(tape: Tape, reads: Ints, writes: Ints, outputs: Ints) -> Ints:
    """Of each slot the number of the first level at which its adjoint can be summed, 0 where nothing is wanted."""
    heights = [0] * tape.size
    sought = {*writes.tolist(), *tape.wrt.tolist(), *reads.tolist()}
    for slot in outputs.tolist():
        heights[slot] = int(slot in sought)
    for read, write in zip(reads[::-1].tolist(), writes[::-1].tolist(), strict=True):
        if heights[read] >= heights[write]:
            heights[write] = heights[read] + 1
    levels = np.array(heights)
    given = levels[: tape.first]
    given[given > 0] = levels.max(initial=0)  # nothing waits for them
    return levels


class Slopes:
    """Which slopes are calculated, kind by kind, and which of them each edge has.

    Attributes:
        columns: of each kind the operands whose slopes are calculated, and where these begin.
        constants: what is the same at each call: where it begins, how many there are, and the number.
        size: how many slopes there are, the last one 1.
        of: of each edge its slope.
        gates: of each edge whether it selects.
    """

    def __init__(self, order: Order, edges: Ints, operands: int) -> None:
        self.columns: list[tuple[Kind, list[tuple[int, int]]]] = []
        self.constants, number = [], 0
        wanted = np.zeros(operands + 1, bool)
        wanted[edges] = True
        places, gates = np.zeros(operands + 1, int), np.zeros(operands + 1, bool)
        for kind in order.kinds:
            columns = []
            for i, (slope, at) in enumerate(zip(kind.op.partials, kind.at, strict=True)):
                if not wanted[at].any():
                    continue
                places[at], gates[at] = number + np.arange(at.size).reshape(at.shape), kind.op.gate
                if isinstance(slope, int):
                    self.constants.append((number, at.size, slope))
                else:
                    columns.append((i, number))
                number += at.size
            self.columns += [(kind, columns)] * bool(columns)
        places[operands], self.size = number, number + 1
        self.constants.append((number, 1, 1))
        self.of, self.gates = places[edges], gates[edges]
