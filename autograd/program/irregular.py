"""Whether a graph rolls into matrices: how many kinds of scalars it has, counted on its tape in linear time.

Two scalars are of one kind, a colour, if they are one operation of operands of the same colours; sums are taken as a
whole, in any order. All neurons of a layer have one colour, and so have all samples of a batch; in a random expression
nearly each scalar has its own.

>>> from autograd import Value, exp, relu, sin, sum, tanh
>>> from autograd.program.tape import Tape
>>> ws, x = [Value(0.1), Value(0.2), Value(0.3)], Value(1.0)
>>> colours(Tape([sum([relu(w * x) for w in ws])])), colours(Tape([relu(ws[0]) + tanh(ws[1]) * sin(ws[2]) + exp(x)]))
(3, 6)
"""

from __future__ import annotations

import math

import numpy as np

from autograd.ops import add, sum
from autograd.program.tape import CODES, Tape

FEW = 64  # colours that are compiled in a moment, whatever else is the case
ADD, SUM = CODES[add.name], CODES[sum.name]
SCATTER = 0x9E3779B97F4A7C15  # odd, its bits spread: the golden ratio's


def is_irregular(tape: Tape) -> bool:
    """Whether the tape is better run row by row: a matrix program has several statements for each colour.

    Each takes a millisecond or two to compile, and pays where it stands for many scalars. With at most √(N / 2) colours
    among N operands a graph of 100,000 operations is compiled in about half a second.
    """
    many = max(FEW, math.isqrt(len(tape.operands) // 2))
    return len(tape.ops) > many and colours(tape, many + 1) > many


def colours(tape: Tape, most: float = math.inf) -> int:
    """How many colours the results have; counted up to `most`."""
    known: dict[object, int] = {}
    of = _given(tape)
    push = of.append
    starts, operands = tape.starts.tolist(), tape.operands.tolist()
    inner = _inside_sums(tape)
    totals: dict[int, int] = {}  # of sums that are parts of others: of their terms
    slot = tape.first
    for k, code in enumerate(tape.ops.tolist()):
        entries = operands[starts[k] : starts[k + 1]]
        if code in (ADD, SUM):
            total = 0
            for x in entries:
                total += totals.pop(x) if x in totals else (of[x] + 1) * SCATTER ^ of[x] >> 7
            if inner[k]:
                totals[slot] = total
                push(-1)
            else:
                push(known.setdefault((ADD, total), len(known) + 4))
        else:
            push(known.setdefault((code, *[of[x] for x in entries]), len(known) + 4))
        if len(known) >= most:
            break
        slot += 1
    return len(known)


def _given(tape: Tape) -> list[int]:
    """The colours of what is given: one for each kind."""
    of = [0] * len(tape.parameters) + [1] * len(tape.leaves) + [2] * len(tape.inputs)
    return of + [3] * len(tape.numbers)


def _inside_sums(tape: Tape) -> list[bool]:
    """Which rows are used once, by a sum."""
    sums = (tape.ops == ADD) | (tape.ops == SUM)
    uses = np.bincount(tape.operands, minlength=tape.size)
    uses[tape.outputs] += 2
    uses[tape.wrt[tape.wrt >= 0]] += 2
    by_sums = np.zeros(tape.size, bool)
    by_sums[tape.operands[np.repeat(sums, np.diff(tape.starts))]] = True
    inside: list[bool] = ((uses == 1) & by_sums)[tape.first :].tolist()
    return inside
