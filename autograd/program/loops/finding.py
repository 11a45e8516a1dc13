"""Which rows of a tape lie in loops, and which of them are carried, before anything is grouped."""

from __future__ import annotations

import numpy as np

from autograd.program.loops.recurrences import COVERED, NOWHERE, Recurrences
from autograd.program.loops.repeats import OUTSIDE, Operations
from autograd.program.tape import ROWS, Tape
from autograd.program.trace import NO_LOOPS, Loops

SUMS = [code for code, op in enumerate(ROWS) if op.part == "term"]
FEWEST = 64  # operations: in fewer nothing is sought


def loops(tape: Tape) -> Loops:
    """The loops in a recorded graph, if most of it lies in some.

    >>> from autograd import Value, tanh
    >>> w, x = Value(0.5, "w"), Value(1.0, "x")
    >>> for _ in range(100):
    ...     x = tanh(w * x)
    >>> inside = loops(Tape([x], [w]))
    >>> len(inside.carried), max(inside.iterations)
    (100, 98)
    """
    if len(tape.ops) < FEWEST:
        return NO_LOOPS
    operands = np.where(tape.operands < tape.first, OUTSIDE, tape.operands - tape.first)
    operations = Operations(tape.ops.astype(int), tape.starts.astype(int), operands.astype(int))
    recurrences = Recurrences(operations, np.isin(tape.ops, SUMS))
    if recurrences.covered <= COVERED:
        return NO_LOOPS
    iterations = np.full(len(tape.nodes), NOWHERE)
    iterations[tape.kept] = recurrences.iterations
    kept = (tape.first + tape.kept).tolist()
    return Loops({kept[k]: key for k, key in recurrences.carried.items()}, iterations.tolist())
