"""Both passes as records, and a cursor over them: what a teacher writes on the board, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, overload

from autograd.core.value import Number, Value
from autograd.errors import StepError
from autograd.language.formula import LONGEST_SUM
from autograd.language.numbers import figure
from autograd.passes.display import coloured, table
from autograd.passes.ledger import Contribution, Ledger, contributions
from autograd.passes.worksheet import Board, aligned, listed

MOST_LINES = 200  # that a REPL or a notebook shows without being asked; `print` shows all


@dataclass(frozen=True)
class Pending:
    """A node that a pass has begun with, and whose turn is still to come.

    Attributes:
        name, node: which.
        waits: the names of the nodes whose turns come before; none, if it is ready.
        sofar: what its gradient has got up to now; None in the forward pass.
    """

    name: str
    waits: tuple[str, ...]
    sofar: Number | None
    node: Value = field(repr=False, compare=False)
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, repr=False)
class Step:
    """One line of a pass: in the forward pass a node's value, in the backward pass its gradient.

    Attributes:
        phase: "forward" or "backward".
        name, node: whose line it is.
        value: the node's data, or ∂J/∂node.
        number: which step of both passes it is, counted from 1.
        unicode, latex: the line as maths with numbers.
        contributions: in the backward pass, what each use hands back; to the output, nothing.
        why: why it is this node's turn.
        pending: the nodes that are begun and whose turn is still to come.

    A REPL shows all of that, as a teacher would write it.
    """

    phase: str
    name: str
    value: Number
    number: int
    unicode: str
    line: Value = field(compare=False)  # the board's copy of the node
    board: Board = field(compare=False)

    @property
    def node(self) -> Value:
        return self.board.original(self.line)

    @cached_property
    def latex(self) -> str:
        return self.board.text(self.phase, self.line, "latex")

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        return tuple(contributions(self.board, self.line)) if self.phase == "backward" else ()

    @property
    def why(self) -> str:
        names = listed([self.board.symbol(z) for z in self.board.needs(self.phase, self.line)])
        if self.phase == "forward":
            return f"all its operands have values: {names}"
        return f"all its uses are done: {names}" if names else "the pass begins at its output"

    @property
    def pending(self) -> tuple[Pending, ...]:
        return tuple(self._pending())

    def _pending(self) -> Iterator[Pending]:
        board, phase = self.board, self.phase
        turns, now = board.turns[phase], board.turns[phase][id(self.line)]
        for k, x in enumerate(board.passes[phase]):
            if board.begun[phase][k] <= now < k:
                waits = {id(z): z for z in board.needs(phase, x) if turns.get(id(z), -1) > now}.values()
                sofar = board.received(x, now) if phase == "backward" else None
                parts = [f"{figure(sofar, digits=board.digits)[0]} so far"] if sofar is not None and waits else []
                parts += [f"waits for {listed([board.symbol(z) for z in waits])}" if waits else "ready"]
                text = f"{board.symbol(x)} ({', '.join(parts)})"
                names = tuple(board.labels[z] for z in waits)
                yield Pending(board.labels[x], names, sofar, board.original(x), text)

    @property
    def chalk(self) -> tuple[str, ...]:
        """The step as lines on a board: a += for each use, and of several their total."""
        if self.phase == "forward" or not self.board.uses(self.line):
            return (self.unicode,)
        lines = [part.unicode for part in islice(contributions(self.board, self.line), LONGEST_SUM)]
        uses = len(self.board.uses(self.line))
        if uses > LONGEST_SUM:
            lines += [f"… ({uses} contributions in all)"]
        return tuple(lines) if uses == 1 else (*lines, self.board.total(self.line))

    def __str__(self) -> str:
        return self.unicode

    def __repr__(self) -> str:
        begun = [str(x) for x in islice(self._pending(), LONGEST_SUM + 1)]
        notes = [f"why: {self.why}"]
        notes += [f"pending: {', '.join([*begun[:LONGEST_SUM], *'…'[: len(begun) > LONGEST_SUM]])}"] if begun else []
        return "\n".join([*self.chalk, *(f"    {note}" for note in notes)])

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def __rich__(self) -> Any:
        return coloured(repr(self))


class Steps:
    """The records of both passes in order, and a cursor that goes over them in both directions.

    As a sequence it has all records: `len(s)`, `s[3]`, `for step in s`. As a cursor it writes them
    on the board one by one; `position` says how many stand there. A new cursor prints both passes
    whole, a moved one prints the passes so far.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self._position: int | None = None

    # ── the records ───────────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        return sum(map(len, self.board.passes.values()))

    def __iter__(self) -> Iterator[Step]:
        return map(self._step, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        found = range(len(self))[index]
        return self._step(found) if isinstance(found, int) else tuple(map(self._step, found))

    def _step(self, k: int) -> Step:
        """Record k, made when it is asked for: a graph of a million nodes has two million of them."""
        board = self.board
        phase, x = board.turn(k)
        value = x.data if phase == "forward" else board.gradients[id(x)]
        return Step(phase, board.labels[x], value, k + 1, board.text(phase, x, "unicode"), x, board)

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
            raise StepError(f"There is no step {position}. The passes have steps 1 to {len(self)}.")
        self._position = position
        return self._step(position - 1) if position else None

    def run_to(self, target: Value | str) -> Step:
        """Take all steps up to a node's: the next one ahead (forward its value, backward its gradient), or its last.

        Args:
            target: the node, or its name; `v_1` and `v₁` are the same.

        Raises:
            StepError: the passes have no step of that node.
        """
        found = self.board.steps_of(target)
        ahead = [k for k in found if k >= self.position]
        return self.go((ahead[0] if ahead else found[-1]) + 1)  # type: ignore[return-value]

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
              ∂b/∂a += ∂b/∂b · 1 = 1 · 1 = 1
              ∂b/∂a += ∂b/∂b · 1 = 1 · 1 = 1; so far 2
            2 paths from b to a
              b ← a: ∂b/∂a = 1
              b ← a: ∂b/∂a = 1
              sum: 1 + 1 = 2
        """
        return Ledger(self.board, self.board.find(target))

    # ── showing them ──────────────────────────────────────────────────────────────────────────────

    def _shown(self) -> range:
        return range(len(self) if self._position is None else self._position)

    def lines(self, first: int = 0) -> Iterator[str]:
        """The board line by line: what is given, then the steps taken, under the headings of their passes."""
        board = self.board
        yield from filter(None, [board.givens("unicode")])
        yield from ("", "Forward pass")
        for k in self._shown():
            if k == len(board.passes["forward"]):
                yield from ("", "Backward pass")
            yield f"  {board.text(*board.turn(k), 'unicode')}"

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
        return aligned(self._step(k).latex for k in self._shown())

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def _repr_html_(self) -> str:
        shown = self._shown()
        first = [self._step(k) for k in shown[:MOST_LINES]]
        return table(first, self.board.givens("latex"), len(shown) - len(first))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        return bundle | ({"text/latex": self._repr_latex_()} if len(self._shown()) <= MOST_LINES else {})

    def __rich__(self) -> Any:
        return coloured(str(self))


def steps(output: Value, digits: int = 6, level: str = "value") -> Steps:
    """The forward pass from the leaves to J, then the backward pass from ∂J/∂J = 1 to the leaves.

    ∂J/∂x = Σ ∂J/∂z · ∂z/∂x over the uses z of x, with the values and slopes recorded in the nodes;
    no `.grad` is read or touched, and later changes of the graph change nothing here.

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
        OperandError: output is not a Value. StepError: an unknown level.

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
          ∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6
          ∂J/∂c = ∂J/∂u · ∂u/∂c = 3 · 3 = 9
        >>> s.next()
        u = b · c = 3 · 2 = 6
            why: all its operands have values: b, c
            pending: v (ready)
        >>> s.run_to(b)
        ∂J/∂b += ∂J/∂u · ∂u/∂b = 3 · c = 3 · 2 = 6
            why: all its uses are done: u
            pending: c (ready)
    """
    return Steps(Board(output, level, digits))
