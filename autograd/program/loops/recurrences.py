"""What a repeat carries from one iteration to the next, if it is a recurrence.

    h ← tanh(u · h + x[t])     h is carried: what it is made of leads back to h
    s ← s + x[t]               a mere sum: no loop, but a fold
    d[t] = x[t] − x[t−1]       no way leads back: n · T ordinary scalars

The operations of one iteration are the slots of its body. Slots that depend on themselves over iterations are a cycle;
iterations are cut where fewest of its values live, and what lives there is carried. Carried values of equal
structure have one key, so that eight hidden units are known to be a vector.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.program.ir import IntArray
from autograd.program.loops.components import components
from autograd.program.loops.repeats import LEAST, MOST, Operations, Repeat, mixed, repeats, tokens

Mask: TypeAlias = NDArray[np.bool_]

ROUNDS = 4  # how many operations deep structures are compared
FAR = 8192, 1024, 128, 16  # operands so far back are taken for values from outside of a loop
NOWHERE = np.iinfo(np.intp).min
COVERED = 0.5  # of all operations: more are not sought for


class Recurrences:
    """The loops among operations.

    Args:
        sums: which operations are sums, as a mask.

    Attributes:
        carried: the operations whose results a loop carries, each with the key of its kind.
        iterations: of each operation the number of its iteration, NOWHERE where it is in no loop.
    """

    carried: dict[int, int]
    iterations: IntArray
    repeats: bool  # whether nearly everything is one repeat, as the samples of a batch are

    def __init__(self, operations: Operations, sums: Mask) -> None:
        self._find(operations, sums)
        if self.covered <= COVERED and not self.repeats:
            first = self.carried, self.iterations
            for distance in FAR:
                near = operations.near(distance)
                if (near.operands != operations.operands).any():
                    self._find(near, sums)
                    if self.covered > COVERED:
                        return
            self.carried, self.iterations = first

    @property
    def covered(self) -> float:
        """The part of the operations that is in loops."""
        return float(np.mean(self.iterations != NOWHERE))

    def _find(self, operations: Operations, sums: Mask) -> None:
        self.carried, self.iterations = {}, np.full(len(operations.codes), NOWHERE)
        hashes = tokens(operations)
        acyclic: set[bytes] = set()
        runs = repeats(hashes)
        self.repeats = bool(runs) and runs[0].end - runs[0].start > MOST * len(hashes)
        for run in runs:
            text = hashes[run.start : run.start + run.period].tobytes()
            if text in acyclic or (self.iterations[run.start : run.end] != NOWHERE).any():
                continue
            body = _Body(operations, run, sums)
            if body.cycles:
                self._take(body)
            else:
                acyclic |= {text}

    def _take(self, body: _Body) -> None:
        """Number the iterations of a loop; those from 0 on lie in it, and before them what is carried into it."""
        run = body.run
        carried = dict(body.carried())
        at = np.arange(min(run.start, *carried), run.end)
        at = at[self.iterations[at] == NOWHERE]
        self.iterations[at] = (at - run.start - body.cut) // run.period
        self.carried.update(carried)


class _Body:
    """The last iteration of a repeat: its edges by their ends' slots, and how far apart these ends are."""

    def __init__(self, operations: Operations, run: Repeat, sums: Mask) -> None:
        self.run = run
        base, period = run.end - run.period, run.period
        self.codes = operations.codes[base : run.end].astype(np.uint64)
        starts = operations.starts[base : run.end + 1]
        operands = operations.operands[starts[0] : starts[-1]]
        readers = np.repeat(np.arange(period), np.diff(starts))
        self.place = (np.arange(len(operands)) - (starts[readers] - starts[0])).astype(np.uint64)
        far = readers + base - operands > run.period * run.times // LEAST  # few iterations follow each other
        self.outside = far | (operands < 0)
        self.readers, self.distances = readers, np.where(self.outside, 0, readers + base - operands)
        self.slots = (readers - self.distances) % period
        self.cycles = [*self._cycles(sums[base : run.end])]
        self.cut = self._cut(np.concatenate(self.cycles)) if self.cycles else 0

    def _cycles(self, sums: Mask) -> Iterator[IntArray]:
        """The edges inside of each cycle that is no mere sum."""
        crossing = np.flatnonzero(~self.outside & (self.distances > self.readers))
        readers = self.readers[crossing]
        if (readers == self.slots[crossing]).all() and self._is_fold(readers, sums):
            return  # each depends on nothing but itself
        within = np.flatnonzero(~self.outside)
        slots_of = defaultdict(list)
        for reader, slot in zip(self.readers[within].tolist(), self.slots[within].tolist(), strict=True):
            slots_of[reader].append(slot)
        component = np.zeros(self.run.period, int)
        for i, members in enumerate(components(range(self.run.period), lambda slot: slots_of[slot])):
            component[members] = i
        edges = within[component[self.readers[within]] == component[self.slots[within]]]
        order = edges[np.argsort(component[self.readers[edges]], kind="stable")]
        where = np.flatnonzero(np.diff(component[self.readers[order]])) + 1
        yield from (some for some in np.split(order, where) if not self._is_fold(self.readers[some], sums))

    def _is_fold(self, readers: IntArray, sums: Mask) -> bool:
        """Whether edges lead to nothing but sums, to each once: what comes back is added, no more."""
        return bool(len(np.unique(readers)) == len(readers) and sums[readers].all())

    def carried(self) -> Iterator[tuple[int, int]]:
        """Each operation whose result is carried, in all iterations and in the one before, with its key."""
        keys, run = self._keys(), self.run
        edges = np.concatenate(self.cycles)
        crossing = self.distances[edges] > (self.readers[edges] - self.cut) % run.period
        edges = edges[crossing]
        first = run.start + self.readers[edges] - self.distances[edges]  # what the first iteration reads
        last = run.start + self.slots[edges]
        for start, slot in zip((*first.tolist(), *last.tolist()), self.slots[edges].tolist() * 2, strict=True):
            for at in range(start, run.end, run.period):
                if at >= 0:
                    yield at, int(keys[slot])

    def _cut(self, edges: IntArray) -> int:
        """The slot to begin an iteration at, so that fewest values of a cycle live there, of fewest kinds."""
        period, lives = self.run.period, np.zeros(self.run.period, int)
        np.maximum.at(lives, self.slots[edges], self.distances[edges])
        born = np.flatnonzero(lives)
        width = np.full(period, int(np.sum(lives // period)))
        change = np.zeros(2 * period + 1, int)
        np.add.at(change, born + 1, 1)
        np.add.at(change, born + 1 + lives[born] % period, -1)
        alive = np.cumsum(change)
        width += alive[:period] + alive[period : 2 * period]
        best = np.flatnonzero(width == width.min())
        return int(min(best[: 2 * LEAST].tolist(), key=lambda at: (self._kinds(born, lives, at), at)))

    def _kinds(self, born: IntArray, lives: IntArray, at: int) -> int:
        alive = (at - 1 - born) % self.run.period < lives[born]
        return len(np.unique(self.codes[born[alive]]))

    def _keys(self) -> IntArray:
        """A number for each slot that says what it calculates, some operations deep."""
        keys = mixed(self.codes)
        for _ in range(ROUNDS):
            terms = np.where(self.outside, np.uint64(0), keys[self.slots]) + (self.place << np.uint64(48))
            whole = np.zeros(len(keys), np.uint64)
            np.add.at(whole, self.readers, mixed(terms))
            keys = mixed(keys + whole)
        return (keys >> np.uint64(1)).astype(np.int64)
