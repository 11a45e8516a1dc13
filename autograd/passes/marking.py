"""Marking answers: reading them, and which slip gives a wrong one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from autograd.core.op import OPS
from autograd.core.value import Number, Value, operands
from autograd.errors import StepError
from autograd.language.formula import LONGEST_SUM
from autograd.language.numbers import figure
from autograd.passes.ledger import Contribution
from autograd.passes.step_records import Step

ROUNDED = 1e-3  # relative: as near as an answer of three digits comes
MOST_SUBSETS = 8  # uses whose subsets are tried

Answer = Number | str | Value
Slip = tuple[Number, str, str]  # the number that it leads to, its kind, and a clause that says what is off


@dataclass(frozen=True)
class Marking:
    """What became of the answers: true if all are right.

    Attributes:
        step: the first step along the passes whose answer is wrong or blank, if any.
        answer: what was given there.
        kind: what is off: "blank", "wrong sign", "missing use", "value for derivative", "missing factor",
            "unfinished gradient", "sum for product", "counted twice", "other operation",
            "gradient for value", or "number".
        text: all of it in a sentence.
    """

    step: Step | None
    answer: Number | None
    kind: str
    text: str = field(compare=False)

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
            kind, why = diagnose(step, answer, rtol)
            shown = figure(answer, digits=step.sheet.digits)[0]
            return Marking(step, answer, kind, f"{asked(step)} = {shown} is wrong: {why}. {_right(k)}")
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


def diagnose(step: Step, answer: Number, rtol: float = ROUNDED) -> tuple[str, str]:
    """Which slip gives this answer: its kind, and a clause that says what is off."""
    slips = value_slips(step) if step.phase == "forward" else gradient_slips(step)
    for number, kind, why in slips:
        if not near(number, step.value) and near(answer, number, rtol):
            return kind, why
    return "number", "go through " + re.split(" [=≈] [^=≈]*$", step.chalk[0])[0]


def value_slips(step: Step) -> Iterator[Slip]:
    """Slips in the forward pass: sign, another operation, the operands' order, the gradient in place of the value."""
    z, sheet = step.line, step.sheet
    yield -step.value, "wrong sign", "the sign is off"
    op, numbers = OPS[z.op], [x.data if isinstance(x, Value) else x for x in operands(z)]
    if len(numbers) == 2:
        symbols = [sheet.labels.term(x) for x in operands(z)]
        right = sheet.labels.formula(z)[0]
        for other in OPS.values():
            if other.infix and len(other.operands) == 2:
                for order in (1, -1):
                    wrong = other.write("unicode", symbols[::order])[0]
                    yield other.limit(numbers[::order]), "other operation", f"that is {wrong}, not {right}"
    if op and id(z) in sheet.gradients:
        yield sheet.gradients[id(z)], "gradient for value", "that is the gradient, not the value"


def gradient_slips(step: Step) -> Iterator[Slip]:
    """Slips in the backward pass, those that lectures warn of first."""
    x, sheet, true = step.line, step.sheet, step.value
    name = sheet.symbol(x)
    yield -true, "wrong sign", "the sign is off"
    parts = step.contributions[: LONGEST_SUM * 4]
    yield from _missing_uses([part.product for part in parts], [sheet.symbol(part.edge[0]) for part in parts])
    for part in parts:
        yield from _slips_of(part, true - part.product, name)
    if len(parts) > 1:
        why = "the gradients of its uses are missing, only slopes are there"
        yield sum(part.slope for part in parts), "missing factor", why
    yield x.data, "value for derivative", f"that is the value of {name}, not the gradient"


def _missing_uses(products: Sequence[Number], names: Sequence[str]) -> Iterator[Slip]:
    """Sums of some of the contributions."""
    n = len(products)
    for left_out in range(1, n if n <= MOST_SUBSETS else 2):
        for gone in combinations(range(n), left_out):
            kept = sum(products[i] for i in range(n) if i not in gone)
            verb, uses = "is" if left_out == 1 else "are", ", ".join(names[i] for i in gone)
            yield kept, "missing use", f"{left_out} of its {n} uses {verb} missing (by {uses})"


def _slips_of(part: Contribution, rest: Number, name: str) -> Iterator[Slip]:
    """Slips in one contribution g · d, the others being right."""
    sheet, (z, _) = part.sheet, part.edge
    g, d, use = part.gradient, part.slope, sheet.symbol(z)
    upstream = sheet.derivative(sheet.output, z).term[0]
    along = sheet.derivative(z, part.of).term[0]
    number = sheet.number(d).term[0]
    is_d = f"{along} is {part.formula}" + (f" = {number}" if number != part.formula else "")
    yield rest + g * part.of.data, "value for derivative", f"{is_d}, not the value of {name}"
    yield rest + g * z.data, "value for derivative", f"{is_d}, not the value of {use}"
    yield rest + z.data * d, "value for derivative", f"{upstream} is {sheet.number(g).term[0]}, not the value of {use}"
    yield rest - g * d, "wrong sign", f"the sign of what {use} hands back is off"
    handed = [sheet.gradients[id(y)] * sheet.slope((y, k)) for y, k in sheet.uses(z)]
    for partly, _, _ in _missing_uses(handed, [""] * len(handed)):
        yield rest + partly * d, "unfinished gradient", f"{use} handed its gradient on before all its uses were done"
    yield rest + g, "missing factor", f"the factor {is_d} is missing"
    yield rest + d, "missing factor", f"the factor {upstream} = {sheet.number(g).term[0]} is missing"
    yield rest + g + d, "sum for product", f"{upstream} and {along} are to be multiplied, not added"
    yield rest + 2 * g * d, "counted twice", f"what {use} hands back is counted twice"
