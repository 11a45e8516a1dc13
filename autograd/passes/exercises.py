"""Setting an exercise: the sheet of both passes with blanks, its answer key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from random import Random
from typing import Any

from autograd.core.value import Number, Value
from autograd.errors import StepError
from autograd.language.formula import LONGEST_SUM, chain
from autograd.language.numbers import figure
from autograd.language.parser import parse
from autograd.passes.line_text import aligned, heading
from autograd.passes.marking import ROUNDED, Answer, Marking, asked, called, mark, plain, read
from autograd.passes.problems import generator
from autograd.passes.step_records import Step
from autograd.passes.steps import Steps, steps

BLANK = {"unicode": "____", "latex": r"\rule{3em}{0.4pt}"}
HIDE = {"gradients": ("backward",), "values": ("forward",), "all": ("forward", "backward")}  # the phases with blanks


# What the sheet says of `near`.
TOLERANCE = f"A whole number must be exact; another answer may be {ROUNDED:.1%} off."


class Exercise:
    """The listing of `steps(J)` with blanks; printing it prints the sheet.

    Attributes:
        passes: the listing without blanks; output: the node J.
        hidden: the steps whose results are blank, in order.
        answers: what belongs there, by what the sheet calls it: "u", "∂J/∂u".
        key: the answers as text.
    """

    def __init__(self, passes: Steps, output: Value, hidden: Sequence[Step]) -> None:
        self.passes, self.output, self.hidden = passes, output, tuple(hidden)

    @cached_property
    def _blanks(self) -> tuple[tuple[str, Step], ...]:
        """What the sheet calls each blank, and its step: to write all the lines takes longer than to mark one."""
        return tuple((asked(step), step) for step in self.hidden)

    @property
    def answers(self) -> dict[str, Number]:
        return {name: step.value for name, step in self._blanks}

    @property
    def key(self) -> str:
        return "\n".join(chain(name, figure(step.value, digits=step.sheet.digits)[0]) for name, step in self._blanks)

    def lines(self, dialect: str = "unicode") -> Iterator[tuple[str, str]]:
        """The phase and text of each line; numbers that would tell an answer are left out."""
        blank = {step.number for step in self.hidden}
        phases = {step.phase for step in self.hidden}
        for step in self.passes:
            if step.phase == "backward" and "backward" not in phases:
                return
            text = getattr(step, dialect)
            if step.phase in phases:
                *shown, result = step.sides(dialect)
                result = BLANK[dialect] if step.number in blank else result
                text = chain(*question(step, shown), result) + step.note(dialect)
            yield step.phase, text

    def __str__(self) -> str:
        lines, before = heading(self.passes.sheet), ""
        for phase, text in self.lines():
            if phase != before:
                lines += ["", f"{phase.capitalize()} pass"]
            before = phase
            lines.append(f"  {text}")
        return "\n".join([*lines, "", TOLERANCE]).lstrip("\n")

    def __repr__(self) -> str:
        return f"<exercise with {len(self.hidden)} blanks>\n{self}"

    @property
    def latex(self) -> str:
        """The sheet as LaTeX, with what is given, aligned at the first equals sign; for use in display mathematics."""
        rule = rf"& \text{{{TOLERANCE}}}".replace("%", r"\%")
        return aligned([*heading(self.passes.sheet, "latex"), *(text for _, text in self.lines("latex")), rule])

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def check(self, answers: Mapping[Any, Answer] | Sequence[Answer | None], rtol: float = ROUNDED) -> Marking:
        """Mark answers: the first wrong step along the passes, and which slip leads there; no right answer is told.

        Blanks are not mistakes before the rest is right.

        Args:
            answers: a number for each blank, by what the sheet calls it ("∂J/∂b", also "dJ/db"), by the
                node or its name ("b"), or a list in the order of the blanks. Where a node's value and
                gradient are both asked, its name means the value.
            rtol: how far from the result an answer may be, relative; whole numbers must be exact.

        Raises:
            StepError: an answer to what is not asked, or more answers than blanks.

        Example:
            >>> sheet = exercise("a = 5; b = 3; c = 2; u = b*c; v = a + u; J = 3*v")
            >>> sheet.check({"J": 1, "v": 3, "u": 3, "a": 3, "b": 9, "c": 9})
            ∂J/∂b = 9 is wrong: perhaps ∂u/∂b was taken to be b, or that is the gradient of another node. 4 answers
            before it are right.
        """
        return mark(self.hidden, self._read(answers), rtol)

    def _read(self, answers: Mapping[Any, Answer] | Sequence[Answer | None]) -> dict[int, Number]:
        """The answers by the numbers of their steps."""
        if isinstance(answers, Mapping):
            return {self._asked_by(name).number: read(answer) for name, answer in answers.items()}
        if len(answers) > len(self.hidden):
            raise StepError(f"There are {len(answers)} answers to {len(self.hidden)} blanks. Leave some out.")
        return {step.number: read(x) for step, x in zip(self.hidden, answers, strict=False) if x is not None}

    def _asked_by(self, name: Value | str) -> Step:
        """The step that an answer's name means.

        Raises:
            StepError: none is asked.
        """
        asks = [step for blank, step in self._blanks if name is step.node or name == blank]
        if not asks and not isinstance(name, Value):
            asks = [step for step in self.hidden if plain(name) in called(step)]
        if not asks:
            blanks = ", ".join(blank for blank, _ in self._blanks)
            raise StepError(f"{getattr(name, 'name', name)!r} is not asked. The blanks are {blanks}.")
        return asks[0]


def exercise(J: Value | str, hide: str = "gradients", blanks: int | None = None, rng: int | Random = 0) -> Exercise:
    """A sheet to be filled in: the listing of `steps(J)` with blanks in place of results.

    Args:
        J: the output, or text for `parse`, as `problem` makes it.
        hide: "gradients" (∂J/∂x), "values" (of the forward pass) or "all".
        blanks: how many results are hidden, chosen by rng; default: all of them.
        rng: a seed, or a `random.Random`.

    Returns:
        An Exercise: print it, `.check(answers)`, `.key`, `.latex`; `viz.draw_exercise` draws it.

    Raises:
        StepError: an unknown `hide`, or no blank. ParseError: as `parse` does.

    Example:
        >>> print(exercise("a = 5; b = 3; u = a*b; J = 2*u"))
        a = 5, b = 3
        <BLANKLINE>
        Forward pass
          u = a · b = 5 · 3 = 15
          J = 2 · u = 2 · 15 = 30
        <BLANKLINE>
        Backward pass
          ∂J/∂J = ____
          ∂J/∂u = ____
          ∂J/∂a = ∂J/∂u · ∂u/∂a = ____
          ∂J/∂b = ∂J/∂u · ∂u/∂b = ____
        <BLANKLINE>
        A whole number must be exact; another answer may be 0.1% off.
    """
    if hide not in HIDE:
        raise StepError(f"Unknown hide={hide!r}. Choose one of {', '.join(map(repr, HIDE))}.")
    output = list(parse(J).values())[-1] if isinstance(J, str) else J
    passes = steps(output)
    asks = [step for step in passes if step.phase in HIDE[hide]]
    if blanks is not None:
        if not 1 <= blanks <= len(asks):
            raise StepError(f"blanks={blanks} does not fit {len(asks)} results. Take 1 to {len(asks)}.")
        asks = sorted(generator(rng).sample(asks, blanks), key=lambda step: step.number)
    return Exercise(passes, output, asks)


def question(step: Step, sides: Sequence[str]) -> Sequence[str]:
    """The sides of a line that tell no number: u = b · c, or ∂J/∂b = ∂J/∂u · ∂u/∂b; not a slope by J itself."""
    if step.phase == "forward":
        return sides[:2]
    uses = step.sheet.uses(step.line)
    hinted = 0 < len(uses) <= LONGEST_SUM and all(z is not step.sheet.output for z, _ in uses)
    return sides[:2] if hinted else sides[:1]
