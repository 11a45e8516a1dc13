"""Repeats in a tape: stretches of operations that come again, each operand at the same distance as in the copy before.

    tanh(0.5 · x), three times:  mul tanh mul tanh mul tanh     period 2, 3 times

An operation's token is a hash of its name and of the distances to its operands; a repeat is a run of tokens that are
equal to those one period earlier. Equal windows of several widths say which periods there may be. Linear time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.program.ir import IntArray

Words: TypeAlias = NDArray[np.uint64]

LEAST = 4  # times: fewer are written out
WINDOWS = [4**k for k in range(9)]  # widths: a period is seen by those longer than what comes again inside of it
PERIODS = 6  # the most frequent ones of each width
MOST = 0.9  # of all operations: a repeat that covers more lies in no longer one
OUTSIDE = -1  # an operand that is no operation


class Operations(NamedTuple):
    """The operations of a graph in a topological order.

    Attributes:
        codes: of each operation a number that says which row it is, with what else must be equal.
        starts: where the operands of each begin among `operands`, and where the last ones end.
        operands: the numbers of operations, OUTSIDE for leaves and constants.
    """

    codes: IntArray
    starts: IntArray
    operands: IntArray

    @property
    def owners(self) -> IntArray:
        """Of each operand, the operation that it belongs to."""
        return np.repeat(np.arange(len(self.codes)), np.diff(self.starts))

    def near(self, distance: int) -> Operations:
        """The same with operands that lie further back taken for values from outside."""
        far = self.owners - self.operands > distance
        return self._replace(operands=np.where(far, OUTSIDE, self.operands))


class Repeat(NamedTuple):
    """Operations from `start` on that come `times` times, one period after the other."""

    start: int
    period: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.period * self.times


def tokens(operations: Operations) -> IntArray:
    """A hash of each operation and its operands' distances.

    >>> chain = Operations(np.array([7, 8, 7, 8]), np.arange(5), np.array([OUTSIDE, 0, 1, 2]))
    >>> a, b, c, d = tokens(chain)
    >>> bool(b == d), bool(a == c)
    (True, False)
    """
    owners, operands = operations.owners, operations.operands
    distance = np.where(operands < 0, 0, owners - operands).astype(np.uint64)
    place = (np.arange(len(operands)) - operations.starts[owners]).astype(np.uint64)
    hashed = mixed(distance + np.uint64(1) + (place << np.uint64(32)))
    sums = np.zeros(len(operands) + 1, np.uint64)
    np.cumsum(hashed, out=sums[1:])
    whole = sums[operations.starts[1:]] - sums[operations.starts[:-1]]
    return mixed(whole + mixed(operations.codes.astype(np.uint64))).view(np.int64)


def repeats(tokens: IntArray) -> list[Repeat]:
    """Runs of at least `LEAST` equal periods, those first that cover most, of equals the shortest period."""
    runs: set[Repeat] = set()
    for width in WINDOWS:
        periods = _periods(tokens, width)
        runs.update(run for period in periods for run in _runs(tokens, period))
        if not periods or any(run.period * run.times > MOST * len(tokens) for run in runs):
            break
    return sorted(runs, key=lambda run: (-run.period * run.times, run.period, run.start))


def _runs(tokens: IntArray, period: int) -> Iterator[Repeat]:
    """Where tokens are equal to those one period earlier, for long enough."""
    equal = np.concatenate([[False], tokens[period:] == tokens[:-period], [False]])
    edges = np.flatnonzero(equal[1:] != equal[:-1])
    starts, times = edges[::2], (edges[1::2] - edges[::2]) // period + 1
    some = times >= LEAST
    for start, n in zip(starts[some].tolist(), times[some].tolist(), strict=True):
        yield Repeat(start, period, n)


def _periods(tokens: IntArray, width: int) -> list[int]:
    """The distances at which windows of a width come again most often."""
    n = len(tokens)
    if width * LEAST > n:
        return []
    bits = np.uint64(n.bit_length())
    hashes = _windows(tokens.view(np.uint64), width)
    keys = np.sort((hashes << bits) | np.arange(len(hashes), dtype=np.uint64))  # by hash, then by position
    again = (keys[1:] >> bits) == (keys[:-1] >> bits)
    distances = (keys[1:] - keys[:-1])[again].astype(np.intp)
    counts = np.bincount(distances)[: n // LEAST + 1]
    best = np.argsort(counts)[-PERIODS:]
    periods: list[int] = best[counts[best] > 0].tolist()
    return periods


def _windows(tokens: Words, width: int) -> Words:
    """A hash of each window, by doubling."""
    hashes, factor = tokens, np.uint64(0x9E3779B97F4A7C15)
    size = 1
    while size < width:
        hashes = mixed(hashes[:-size] * factor + hashes[size:])
        size *= 2
    return hashes


def mixed(x: Words) -> Words:
    """A number whose every bit depends on all bits of x.

    Source: G. Steele, D. Lea, C. Flood (2014), Fast splittable pseudorandom number generators, mix64.
    """
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
