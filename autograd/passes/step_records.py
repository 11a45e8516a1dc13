"""One step of the passes as a record: its line, where its number comes from, why it is next, what is pending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from autograd.core.value import Number, Value
from autograd.language.formula import LONGEST_SUM, about
from autograd.language.numbers import figure
from autograd.passes.display import coloured
from autograd.passes.ledger import Contribution, contributions
from autograd.passes.line_text import line, note, sides, sum_of_uses
from autograd.passes.worksheet import Worksheet, listed


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
    line: Value = field(compare=False)  # the worksheet's copy of the node
    sheet: Worksheet = field(compare=False)

    @property
    def node(self) -> Value:
        return self.sheet.original(self.line)

    @cached_property
    def latex(self) -> str:
        return line(self.sheet, self.phase, self.line, "latex")

    def sides(self, dialect: str = "unicode") -> list[str]:
        """The sides of the line: its name first, its result last."""
        return sides(self.sheet, self.phase, self.line, dialect)

    def note(self, dialect: str = "unicode") -> str:
        """The convention at a kink or tie that ends the line, if it needs one."""
        return note(self.sheet, self.phase, self.line, dialect)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        return tuple(contributions(self.sheet, self.line)) if self.phase == "backward" else ()

    @property
    def why(self) -> str:
        names = listed([self.sheet.symbol(z) for z in self.sheet.needs(self.phase, self.line)])
        if self.phase == "forward":
            return f"all its operands have values: {names}"
        return f"all its uses are done: {names}" if names else "the pass begins at its output"

    @property
    def pending(self) -> tuple[Pending, ...]:
        return tuple(self._pending())

    def _pending(self) -> Iterator[Pending]:
        sheet, phase = self.sheet, self.phase
        turns, now = sheet.turns[phase], sheet.turns[phase][id(self.line)]
        for k, x in enumerate(sheet.passes[phase]):
            if sheet.begun[phase][k] <= now < k:
                waits = {id(z): z for z in sheet.needs(phase, x) if turns.get(id(z), -1) > now}.values()
                sofar = sheet.received(x, now) if phase == "backward" else None
                parts = (
                    [f"{about(figure(sofar, digits=sheet.digits)[0])} so far"] if sofar is not None and waits else []
                )
                parts += [f"waits for {listed([sheet.symbol(z) for z in waits])}" if waits else "ready"]
                text = f"{sheet.symbol(x)} ({', '.join(parts)})"
                names = tuple(sheet.labels[z] for z in waits)
                yield Pending(sheet.labels[x], names, sofar, sheet.original(x), text)

    @property
    def chalk(self) -> tuple[str, ...]:
        """The step as lines on a board: a += for each use, and of several their total."""
        if self.phase == "forward" or not self.sheet.uses(self.line):
            return (self.unicode,)
        lines = [part.unicode for part in islice(contributions(self.sheet, self.line), LONGEST_SUM)]
        uses = len(self.sheet.uses(self.line))
        if uses > LONGEST_SUM:
            lines += [f"… ({uses} contributions in all)"]
        return tuple(lines) if uses == 1 else (*lines, sum_of_uses(self.sheet, self.line))

    def __str__(self) -> str:
        return self.unicode

    def __repr__(self) -> str:
        begun = [str(x) for x in islice(self._pending(), LONGEST_SUM + 1)]
        notes = [f"why: {self.why}"]
        notes += [f"pending: {', '.join([*begun[:LONGEST_SUM], *'…'[: len(begun) > LONGEST_SUM]])}"] if begun else []
        notes += [f"note: {self.sheet.note()}"] if self.sheet.note() else []
        return "\n".join([*self.chalk, *(f"    {note}" for note in notes)])

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def __rich__(self) -> object:
        return coloured(repr(self))
