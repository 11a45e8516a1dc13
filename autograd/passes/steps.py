"""Both passes as records, and a cursor over them: what a teacher writes on the board, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, overload

from autograd.core.graph import uncollected
from autograd.core.value import Value
from autograd.errors import StepError
from autograd.passes.display import coloured, table
from autograd.passes.ledger import Ledger
from autograd.passes.line_text import aligned, givens, heading, line
from autograd.passes.step_records import Step
from autograd.passes.worksheet import Worksheet

MOST_LINES = 200  # that a REPL or a notebook shows without being asked; `print` shows all


class Steps:
    """The records of both passes in order, and a cursor that goes over them in both directions.

    As a sequence it has all records: `len(s)`, `s[3]`, `for step in s`. As a cursor it writes them
    on the board one by one; `position` says how many stand there. A new cursor prints both passes
    whole, a moved one prints the passes so far.
    """

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._position: int | None = None

    # ── the records ───────────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        return sum(map(len, self.sheet.passes.values()))

    def __iter__(self) -> Iterator[Step]:
        return map(self._step, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        places = range(len(self))[index]
        return self._step(places) if isinstance(places, int) else tuple(map(self._step, places))

    def _step(self, k: int) -> Step:
        """Record k, made when it is asked for: a graph of a million nodes has two million of them."""
        sheet = self.sheet
        phase, x = sheet.turn(k)
        value = x.data if phase == "forward" else sheet.gradients[id(x)]
        return Step(phase, sheet.labels[x], value, k + 1, line(sheet, phase, x), x, sheet)

    # ── the cursor ────────────────────────────────────────────────────────────────────────────────

    @property
    def position(self) -> int:
        """How many steps have been taken: `s[s.position - 1]` was the last."""
        return self._position or 0

    def next(self) -> Step:
        """Take the next step and return it.

        Raises:
            StepError: both passes are done.
        """
        if self.position == len(self):
            raise StepError("Both passes are done. Go back with s.back(), or begin anew with s.reset().")
        return self.go(self.position + 1)  # type: ignore[return-value]

    def back(self) -> Step | None:
        """Wipe the last step off the board; return the one before, None at the beginning.

        Raises:
            StepError: no step has been taken.
        """
        if self.position == 0:
            raise StepError("No step has been taken yet. s.next() takes the first.")
        return self.go(self.position - 1)

    def go(self, position: int) -> Step | None:
        """Go to where so many steps have been taken, and return the last of them.

        Raises:
            StepError: the passes have no such step.
        """
        if not 0 <= position <= len(self):
            raise StepError(f"Unknown step {position}. The passes have steps 1 to {len(self)}.")
        self._position = position
        return self._step(position - 1) if position else None

    def run_to(self, target: Value | str) -> Step:
        """Take all steps up to a node's: the next one ahead (forward its value, backward its gradient), or its last.

        Args:
            target: the node, or its name; `v_1` and `v₁` are the same.

        Raises:
            StepError: the passes have no step of that node.
        """
        places = self.sheet.steps_of(target)
        ahead = [k for k in places if k >= self.position]
        return self.go((ahead[0] if ahead else places[-1]) + 1)  # type: ignore[return-value]

    def reset(self) -> Steps:
        """Wipe the board: the cursor is as new."""
        self._position = None
        return self

    def ledger(self, target: Value | str) -> Ledger:
        """Where ∂J/∂target comes from: every contribution, and every path from J to it, while they are few.

        Raises:
            StepError: the graph has no such node.

        Example:
            >>> a = Value(5.0, "a")
            >>> steps((a + a).named("b")).ledger(a)
            ∂b/∂a = 2
              ∂b/∂a += ∂b/∂b · (1 + 1) = 1 · 2 = 2
                1st term: 1
                2nd term: 1
            1 path from b to a
              b ← a: ∂b/∂a = 2
        """
        return Ledger(self.sheet, self.sheet.find(target))

    # ── showing them ──────────────────────────────────────────────────────────────────────────────

    def _shown(self) -> range:
        return range(len(self) if self._position is None else self._position)

    def lines(self) -> Iterator[str]:
        """The board line by line: what is given, then the steps taken, under the headings of their passes."""
        sheet, rest = self.sheet, len(self._shown())
        yield from heading(sheet)
        yield from ("", "Forward pass")
        for phase, nodes in sheet.passes.items():
            if phase == "backward" and rest:
                yield from ("", "Backward pass")
            for z in islice(nodes, rest):
                yield f"  {line(sheet, phase, z)}"
            rest = max(rest - len(nodes), 0)

    @uncollected()
    def __str__(self) -> str:
        return "\n".join(self.lines()).lstrip("\n")

    def __repr__(self) -> str:
        lines = list(islice(self.lines(), MOST_LINES + 1))
        lines[MOST_LINES:] = ["… (all of it: print)"] * (len(lines) > MOST_LINES)
        taken = "" if self._position is None else f"{self._position} of "
        return f"<{taken}{len(self)} steps>\n" + "\n".join(lines).lstrip("\n")

    @property
    def latex(self) -> str:
        """The passes so far as LaTeX, aligned at the first equals sign; for use in display mathematics."""
        note = [f"& {self.sheet.note('latex')}"] if self.sheet.shown.changed else []
        return aligned([*note, *(self._step(k).latex for k in self._shown())])

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def _repr_html_(self) -> str:
        shown = self._shown()
        first = [self._step(k) for k in shown[:MOST_LINES]]
        rows = [(step.number, step.phase, step.unicode, step.latex, step.why) for step in first]
        return table(rows, givens(self.sheet, "latex"), len(shown) - len(first), self.sheet.note())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        return bundle | ({"text/latex": self._repr_latex_()} if len(self._shown()) <= MOST_LINES else {})

    def __rich__(self) -> object:
        return coloured(str(self))


def steps(output: Value, digits: int = 6, level: str = "value") -> Steps:
    """The forward pass from the leaves to J, then the backward pass from ∂J/∂J = 1 to the leaves.

    ∂J/∂x = Σ ∂J/∂z · ∂z/∂x over the nodes z made of x, with the values and slopes recorded in the nodes;
    ∂z/∂x is one number, however often z uses x: ∂b/∂a = 1 + 1 = 2 for b = a + a. ≈ stands beside rounded
    numbers. No `.grad` is read or touched, and later changes of the graph change nothing here. Where a leaf
    has changed since J was calculated, the numbers are those of `J.forward()`, and the first line says so.

    Args:
        output: the node J.
        digits: significant digits of the numbers in the text.
        level: "value": a step for each node. "named": one for each node with a name, whose formula
            spans the nameless ones between, as z = w·x + b. "scalar": as "value", with vectors taken
            apart into sums and products of scalars.

    Returns:
        A sequence of records with a cursor: `.next()`, `.back()`, `.run_to(b)`, `.reset()`,
        `.ledger(b)`; a value and a gradient are numbers, dimensionless.

    Raises:
        OperandError: output is not a Value. StepError: an unknown level. DomainError, RangeError: J has no
            value at leaves that have changed.

    Example:
        >>> a, b, c = Value(5.0, "a"), Value(3.0, "b"), Value(2.0, "c")
        >>> u = (b * c).named("u"); v = (a + u).named("v"); J = (3 * v).named("J")
        >>> s = steps(J)
        >>> print(s)
        a = 5, b = 3, c = 2
        <BLANKLINE>
        Forward pass
          u = b · c = 3 · 2 = 6
          v = a + u = 5 + 6 = 11
          J = 3 · v = 3 · 11 = 33
        <BLANKLINE>
        Backward pass
          ∂J/∂J = 1
          ∂J/∂v = 3
          ∂J/∂u = ∂J/∂v · ∂v/∂u = 3 · 1 = 3
          ∂J/∂a = ∂J/∂v · ∂v/∂a = 3 · 1 = 3
          ∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6
          ∂J/∂c = ∂J/∂u · ∂u/∂c = ∂J/∂u · b = 3 · 3 = 9
        >>> s.next()
        u = b · c = 3 · 2 = 6
            why: all its operands have values: b, c
            pending: v (ready)
        >>> s.run_to(b)
        ∂J/∂b += ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6
            why: all its uses are done: u
            pending: c (ready)
    """
    return Steps(Worksheet(output, level, digits))
