"""An irregular graph as lines that a person can read: its size, and its first and last operations as maths.

>>> from autograd import Value, relu
>>> from autograd.program.tape import Tape
>>> w, x = Value(0.5, "w"), Value(2.0, "x")
>>> print(*lines(Tape([relu(w * x + 1)], [w], [x]), ["y"]), sep="\\n")
3 operations, run one by one: few of them are alike
z1 = w · x
z2 = z1 + 1
z3 = relu(z2)
y = z3
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd.core.notation import ATOM, SUM, Term
from autograd.language.numbers import figure
from autograd.program.tape import ROWS, Tape

FIRST, LAST = 20, 5  # operations that are shown of a long tape
LONGEST = 120  # characters of a line


def lines(tape: Tape, outputs: Sequence[str]) -> Iterator[str]:
    """The lines of a listing.

    Args:
        outputs: what the outputs are called.
    """
    n = len(tape.ops)
    yield f"{n} operations, run one by one: few of them are alike"
    names = _Names(tape)
    shown = range(n) if n <= FIRST + LAST + 1 else [*range(FIRST), -1, *range(n - LAST, n)]
    for k in shown:
        yield names.line(k) if k >= 0 else f"… {n - FIRST - LAST} more"
    for name, slot in zip(outputs, tape.outputs.tolist(), strict=True):
        text, _ = names.term(slot)
        if text != name:
            yield f"{name} = {text}"


class _Names:
    """What slots are called: as the user calls them, or p1, l1, x1 (parameters, leaves, inputs), z1 (results)."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def line(self, k: int) -> str:
        """A row as maths."""
        tape = self.tape
        op = ROWS[tape.ops[k]]
        operands = tape.operands[tape.starts[k] : tape.starts[k + 1]].tolist()
        text, _ = op.write("unicode", [self.term(slot) for slot in operands])
        line = f"{self.term(tape.first + k)[0]} = {text}"
        return line if len(line) <= LONGEST else f"{line[: LONGEST - 2]} …"

    def term(self, slot: int) -> Term:
        tape = self.tape
        if slot in tape.constants:
            x = float(tape.numbers[slot - tape.constants.start])
            return figure(x)[0], ATOM if x >= 0 else SUM
        return tape.name(slot) or self._numbered(slot), ATOM

    def _numbered(self, slot: int) -> str:
        tape = self.tape
        for letter, values in zip("plx", (tape.parameters, tape.leaves, tape.inputs), strict=True):
            if slot < len(values):
                return f"{letter}{slot + 1}"
            slot -= len(values)
        return f"z{slot - len(tape.numbers) + 1}"
