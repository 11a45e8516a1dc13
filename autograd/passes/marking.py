"""Marking answers: reading them, the first wrong one along the passes, and which slips lead to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from autograd.core.value import Number, Value
from autograd.errors import StepError
from autograd.language.formula import LONGEST_SUM
from autograd.language.numbers import figure
from autograd.passes.slips import Slip, slips
from autograd.passes.step_records import Step

ROUNDED = 1e-3  # relative: as near as an answer of three digits comes
ROUGH = 0.05  # relative: an answer that may have been rounded too far
MOST_CAUSES = 3  # that a marking names

Answer = Number | str | Value


@dataclass(frozen=True)
class Marking:
    """What became of the answers: true if all are right.

    Attributes:
        step: the first step along the passes whose answer is wrong or blank, if any.
        answer: what was given there.
        causes: the slips that lead to this answer, the likeliest first.
        kind: what is off: "blank", or the first cause's kind: "wrong sign", "missing use",
            "value for derivative", "missing factor", "wrong slope", "gradient to both",
            "unfinished gradient", "sum for product", "counted twice", "other gradient", "other operation",
            "missing operation", "gradient for value"; "number" where no slip is known.
        text: all of it in a sentence, which tells neither this answer nor another; "perhaps" where
            more than one cause is possible.
    """

    step: Step | None
    answer: Number | None
    kind: str
    text: str = field(compare=False)
    causes: tuple[Slip, ...] = ()

    def __bool__(self) -> bool:
        return self.step is None

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def mark(hidden: Sequence[Step], answers: Mapping[int, Number], rtol: float = ROUNDED) -> Marking:
    """The first wrong answer along the passes; a blank only where all that is answered is right.

    Args:
        hidden: the steps that are asked.
        answers: by the steps' numbers.
        rtol: how far from the result an answer may be, relative; whole numbers must be exact.
    """
    filled = [step for step in hidden if step.number in answers]
    for k, step in enumerate(filled):
        answer = answers[step.number]
        if not near(answer, step.value, rtol):
            causes = diagnose(step, answer, rtol)
            shown, why = figure(answer, digits=step.sheet.digits)[0], _why(step, answer, causes)
            text = f"{asked(step)} = {shown} is wrong: {why}. {_right(k)}"
            return Marking(step, answer, causes[0].kind if causes else "number", text, causes)
    if len(filled) < len(hidden):
        step = next(step for step in hidden if step.number not in answers)
        return Marking(step, None, "blank", f"{asked(step)} is still blank. {_given_right(len(filled))}")
    return Marking(None, None, "", f"All {len(hidden)} answers are right.")


def _given_right(k: int) -> str:
    verb = "is" if k == 1 else "are"
    return f"The {k} given {verb} right." if k else "No answer is given."


def _right(k: int) -> str:
    """How far the answers were right.

    >>> _right(0), _right(2)
    ('It is the first answer.', '2 answers before it are right.')
    """
    before = "1 answer before it is" if k == 1 else f"{k} answers before it are"
    return f"{before} right." if k else "It is the first answer."


def asked(step: Step) -> str:
    """What the sheet calls a blank: u, ∂J/∂u."""
    return step.sides()[0]


def plain(name: str) -> str:
    """A blank's name as a keyboard has it: dJ/du for ∂J/∂u."""
    return name.replace("∂", "d").replace(" ", "")


def called(step: Step) -> set[str]:
    """What an answer may call a blank."""
    return {plain(asked(step)), step.name, step.sheet.symbol(step.line)}


def read(answer: Answer) -> Number:
    """An answer as a number; text as 3, 0.5, 1/3.

    >>> read("1/3"), read("−2")
    (Fraction(1, 3), Fraction(-2, 1))
    """
    if isinstance(answer, str):
        try:
            return Fraction(answer.replace("−", "-"))
        except (ValueError, ZeroDivisionError):
            raise StepError(f"The answer {answer!r} is not a number. Write it as 5, -0.5 or 1/3.") from None
    return answer.data if isinstance(answer, Value) else answer


def near(x: Number, y: Number, rtol: float = ROUNDED) -> bool:
    """Whether an answer is a result: whole numbers exactly, others as far as they are written.

    >>> near(0.235, 0.2350037), near(1000, 1001)
    (True, False)
    """
    if x == y or (x != x and y != y):
        return True
    try:
        return (x % 1 != 0 or y % 1 != 0) and math.isclose(x, y, rel_tol=rtol, abs_tol=1e-12)
    except OverflowError:
        return False


def diagnose(step: Step, answer: Number, rtol: float = ROUNDED) -> tuple[Slip, ...]:
    """The slips that lead to an answer, the likeliest first."""
    fit = [slip for slip in slips(step) if not near(slip.number, step.value) and near(answer, slip.number, rtol)]
    return tuple({slip.clause: slip for slip in reversed(fit)}.values())[::-1]


def _why(step: Step, answer: Number, causes: Sequence[Slip]) -> str:
    """The cause, if it is the only one possible, else what it may be; where none is known, the line to go through."""
    miscalculated = _miscalculated(answer, step.value)
    clauses = [slip.clause for slip in causes]
    if len(clauses) > MOST_CAUSES:
        clauses[MOST_CAUSES:] = ["it is another slip"]
    clauses += [miscalculated] if miscalculated else []
    if not causes:
        return f"{f'perhaps {miscalculated}; ' * bool(miscalculated)}go through {_words(step)}"
    return clauses[0] if len(clauses) == 1 else f"perhaps {', or '.join(clauses)}"


def _miscalculated(answer: Number, right: Number) -> str:
    """What may have gone wrong with the right factors and terms: arithmetic, or rounding; "" if that is not likely."""
    if not right or not answer or answer - answer != 0 or right - right != 0 or (answer > 0) != (right > 0):
        return ""
    x, y = abs(Fraction(answer)), abs(Fraction(right))
    if x.denominator == y.denominator == 1:
        slipped = abs(x - y) in (1, 2, 10) or sorted(str(x)) == sorted(str(y)) or 10 in (x / y, y / x)
        return "the arithmetic went wrong" if slipped else ""
    return "it was rounded too far" if abs(x - y) <= ROUGH * y else ""


def _words(step: Step) -> str:
    """A step's line in symbols, as the sheet has it: u = b · c, ∂J/∂u · ∂u/∂b; a slope by J itself is only named."""
    sheet, x = step.sheet, step.line
    if step.phase == "forward":
        return f"{sheet.symbol(x)} = {sheet.labels.formula(x)[0]}"
    J, uses = sheet.output, sheet.uses(x)
    terms = [
        (sheet.derivative(J, z) * sheet.derivative(z, x)).term[0]
        if z is not J
        else f"the slope of {sheet.symbol(J)} by {sheet.symbol(x)}"
        for z, _ in uses[:LONGEST_SUM]
    ]
    return " + ".join([*terms, *(["…"] if len(uses) > LONGEST_SUM else [])]) or "where the pass begins"
