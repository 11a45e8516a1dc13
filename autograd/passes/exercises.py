"""Exercises: both passes with blanks, an answer key, and a marking that says which factor is off."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

from autograd.core.derivatives import adjoints
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import Number, Value, magnitude, operands, slopes
from autograd.errors import StepError
from autograd.language.formula import LONGEST_SUM
from autograd.language.numbers import figure
from autograd.language.parser import parse
from autograd.passes.steps import Step, Steps, steps
from autograd.passes.worksheet import aligned

BLANK = {"unicode": "____", "latex": r"\rule{3em}{0.4pt}"}
HIDE = ("gradients", "values", "all")
ROUNDED = 1e-3  # relative: as near as an answer of three digits comes
MOST_SUBSETS = 8  # uses whose subsets are tried


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


class Exercise:
    """The listing of `steps(J)` with blanks; printing it prints the sheet.

    Attributes:
        output: the node J.
        hidden: the steps whose results are blank, in order.
        answers: what belongs there, by what the sheet calls it: "u", "∂J/∂u".
        key: the answers as text.
    """

    def __init__(self, passes: Steps, output: Value, hidden: Sequence[Step]) -> None:
        self._passes, self.output, self.hidden = passes, output, tuple(hidden)

    @property
    def answers(self) -> dict[str, Number]:
        return {asked(step): step.value for step in self.hidden}

    @property
    def key(self) -> str:
        return "\n".join(f"{asked(step)} = {figure(step.value, digits=step.board.digits)[0]}" for step in self.hidden)

    def lines(self, dialect: str = "unicode") -> Iterator[tuple[str, str]]:
        """The phase and text of each line; numbers that would tell an answer are left out."""
        blank = {step.number for step in self.hidden}
        phases = {step.phase for step in self.hidden}
        for step in self._passes:
            if step.phase == "backward" and "backward" not in phases:
                return
            text = getattr(step, dialect)
            if step.phase in phases:
                result = BLANK[dialect] if step.number in blank else text.split(" = ")[-1]
                text = " = ".join([*question(step, text), result])
            yield step.phase, text

    def __str__(self) -> str:
        lines, before = [self.hidden[0].board.givens()] if self.hidden else [], ""
        for phase, text in self.lines():
            if phase != before:
                lines += ["", f"{phase.capitalize()} pass"]
            before = phase
            lines.append(f"  {text}")
        return "\n".join(lines).lstrip("\n")

    def __repr__(self) -> str:
        return f"<exercise with {len(self.hidden)} blanks>\n{self}"

    @property
    def latex(self) -> str:
        """The sheet as LaTeX, aligned at the first equals sign; for use in display mathematics."""
        return aligned(text for _, text in self.lines("latex"))

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def check(self, answers: Mapping[Any, Any] | Sequence[Any], rtol: float = ROUNDED) -> Marking:
        """Mark answers: the first wrong step along the passes, and which factor is off.

        Blanks are no mistakes before the rest is right.

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
            ∂J/∂b = 9 is wrong: ∂u/∂b is c = 2, not the value of b. 4 answers before it are right.
        """
        given = self._given(answers)
        filled = [step for step in self.hidden if step.number in given]
        for k, step in enumerate(filled):
            answer = given[step.number]
            if not near(answer, step.value, rtol):
                kind, why = diagnose(step, answer, rtol)
                shown = figure(answer, digits=step.board.digits)[0]
                return Marking(step, answer, kind, f"{asked(step)} = {shown} is wrong: {why}. {_right(k)}")
        if len(filled) < len(self.hidden):
            step = next(step for step in self.hidden if step.number not in given)
            return Marking(step, None, "blank", f"{asked(step)} is still blank. {_given_right(len(filled))}")
        return Marking(None, None, "", f"All {len(self.hidden)} answers are right.")

    def _given(self, answers: Mapping[Any, Any] | Sequence[Any]) -> dict[int, Number]:
        """The answers by the numbers of their steps."""
        if not isinstance(answers, Mapping):
            if len(answers) > len(self.hidden):
                raise StepError(f"There are {len(answers)} answers to {len(self.hidden)} blanks. Leave some out.")
            return {step.number: read(x) for step, x in zip(self.hidden, answers, strict=False) if x is not None}
        given = {}
        for name, answer in answers.items():
            found = [step for step in self.hidden if name is step.node or name == asked(step)]
            found = found or [
                step for step in self.hidden if not isinstance(name, Value) and plain(name) in called(step)
            ]
            if not found:
                blanks = ", ".join(map(asked, self.hidden))
                raise StepError(f"{getattr(name, 'name', name)!r} is not asked. The blanks are {blanks}.")
            given[found[0].number] = read(answer)
        return given


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
    """
    if hide not in HIDE:
        raise StepError(f"There is no hide={hide!r}. Choose from {', '.join(map(repr, HIDE))}.")
    output = list(parse(J).values())[-1] if isinstance(J, str) else J
    passes = steps(output)
    phases = {"gradients": ("backward",), "values": ("forward",), "all": ("forward", "backward")}[hide]
    asks = [step for step in passes if step.phase in phases]
    if blanks is not None:
        if not 1 <= blanks <= len(asks):
            raise StepError(f"There are {len(asks)} results, so blanks={blanks} cannot be. Take 1 to {len(asks)}.")
        asks = sorted(generator(rng).sample(asks, blanks), key=lambda step: step.number)
    return Exercise(passes, output, asks)


# ── reading answers ───────────────────────────────────────────────────────────────────────────────


def asked(step: Step) -> str:
    """What the sheet calls a blank: u, ∂J/∂u."""
    return step.unicode.partition(" = ")[0]


def plain(name: Any) -> str:
    return str(name).replace("∂", "d").replace(" ", "")


def called(step: Step) -> set[str]:
    """What an answer may call a blank."""
    return {plain(asked(step)), step.name, step.board.symbol(step.line)}


def read(answer: Any) -> Number:
    """An answer as a number; text as 3, 0.5, 1/3.

    >>> read("1/3"), read("−2")
    (Fraction(1, 3), Fraction(-2, 1))
    """
    if isinstance(answer, str):
        try:
            return Fraction(answer.replace("−", "-"))
        except (ValueError, ZeroDivisionError):
            raise StepError(f"The answer {answer!r} is no number. Write it as 5, -0.5 or 1/3.") from None
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


def question(step: Step, text: str) -> list[str]:
    """The sides of a line that tell no number: u = b · c, or ∂J/∂b = ∂J/∂u · ∂u/∂b; not a slope by J itself."""
    sides = text.split(" = ")
    if step.phase == "forward":
        return sides[:2] if len(sides) > 2 else sides[:1]
    uses = step.board.uses(step.line)
    hinted = 0 < len(uses) <= LONGEST_SUM and all(z is not step.board.output for z, _ in uses)
    return sides[:2] if hinted else sides[:1]


def _given_right(k: int) -> str:
    return f"The {k} given {'is' if k == 1 else 'are'} right." if k else "No answer is given."


def _right(k: int) -> str:
    """How far the answers were right.

    >>> _right(0), _right(2)
    ('It is the first answer.', '2 answers before it are right.')
    """
    before = "1 answer before it is" if k == 1 else f"{k} answers before it are"
    return f"{before} right." if k else "It is the first answer."


# ── what went wrong ───────────────────────────────────────────────────────────────────────────────


def diagnose(step: Step, answer: Number, rtol: float = ROUNDED) -> tuple[str, str]:
    """Which slip gives this answer: its kind, and a clause that says what is off."""
    slips = value_slips(step) if step.phase == "forward" else gradient_slips(step)
    for number, kind, why in slips:
        if not near(number, step.value) and near(answer, number, rtol):
            return kind, why
    return "number", "go through " + "; ".join(step.chalk[:1]).rpartition(" = ")[0]


Slip = tuple[Number, str, str]


def value_slips(step: Step) -> Iterator[Slip]:
    """Slips in the forward pass: sign, another operation, the operands' order, the gradient in place of the value."""
    z, board = step.line, step.board
    yield -step.value, "wrong sign", "the sign is off"
    op, numbers = OPS[z.op], [x.data if isinstance(x, Value) else x for x in operands(z)]
    if len(numbers) == 2:
        symbols = [board.labels.term(x) for x in operands(z)]
        made = board.labels.formula(z)[0]
        for other in OPS.values():
            if other.infix and len(other.operands) == 2:
                for order in (1, -1):
                    wrong = other.write("unicode", symbols[::order])[0]
                    yield other.limit(numbers[::order]), "other operation", f"that is {wrong}, not {made}"
    if op and id(z) in board.gradients:
        yield board.gradients[id(z)], "gradient for value", "that is the gradient, not the value"


def gradient_slips(step: Step) -> Iterator[Slip]:
    """Slips in the backward pass, those that lectures warn of first."""
    x, board, true = step.line, step.board, step.value
    name = board.symbol(x)
    yield -true, "wrong sign", "the sign is off"
    parts = step.contributions[: LONGEST_SUM * 4]
    yield from _missing_uses([part.product for part in parts], [board.symbol(part.edge[0]) for part in parts])
    for part in parts:
        yield from _slips_of(part, true - part.product, name)
    if len(parts) > 1:
        yield (
            sum(part.slope for part in parts),
            "missing factor",
            "the gradients of its uses are missing, only slopes are there",
        )
    yield x.data, "value for derivative", f"that is the value of {name}, not the gradient"


def _missing_uses(products: Sequence[Number], names: Sequence[str]) -> Iterator[Slip]:
    """Sums of some of the contributions."""
    n = len(products)
    for left_out in range(1, n if n <= MOST_SUBSETS else 2):
        for gone in combinations(range(n), left_out):
            kept = sum(products[i] for i in range(n) if i not in gone)
            uses = ", ".join(names[i] for i in gone)
            yield (
                kept,
                "missing use",
                f"{left_out} of its {n} uses {'is' if left_out == 1 else 'are'} missing (by {uses})",
            )


def _slips_of(part: Any, rest: Number, name: str) -> Iterator[Slip]:
    """Slips in one contribution g · d, the others being right."""
    board, (z, _) = part.board, part.edge
    g, d, use = part.gradient, part.slope, board.symbol(z)
    upstream = board.derivative(board.output, z).term[0]
    along = board.derivative(z, part.of).term[0]
    number = board.number(d).term[0]
    is_d = f"{along} is {part.formula}" + (f" = {number}" if number != part.formula else "")
    yield rest + g * part.of.data, "value for derivative", f"{is_d}, not the value of {name}"
    yield rest + g * z.data, "value for derivative", f"{is_d}, not the value of {use}"
    yield rest + z.data * d, "value for derivative", f"{upstream} is {board.number(g).term[0]}, not the value of {use}"
    yield rest - g * d, "wrong sign", f"the sign of what {use} hands back is off"
    handed = [board.gradients[id(y)] * board.slope((y, k)) for y, k in board.uses(z)]
    for partly, _, _ in _missing_uses(handed, [""] * len(handed)):
        yield rest + partly * d, "unfinished gradient", f"{use} handed its gradient on before all its uses were done"
    yield rest + g, "missing factor", f"the factor {is_d} is missing"
    yield rest + d, "missing factor", f"the factor {upstream} = {board.number(g).term[0]} is missing"
    yield rest + g + d, "sum for product", f"{upstream} and {along} are to be multiplied, not added"
    yield rest + 2 * g * d, "counted twice", f"what {use} hands back is counted twice"


# ── problems ──────────────────────────────────────────────────────────────────────────────────────

FORMS = {  # of the lines of a problem, by difficulty; x, y are nodes, k is a small number
    1: ("x + y", "x*y", "x*y"),
    2: ("x + y", "x - y", "x*y", "x*y", "x*x", "k*x"),
    3: ("x - y", "x*y", "x*y", "x*x", "max(x, y)", "relu(x)", "x**3", "x*y + x"),
}
LARGEST = 99  # of a problem's values and gradients
TRIES = 10_000


def problem(difficulty: int = 1, rng: int | Random = 0) -> str:
    """A problem in whole numbers, its values and gradients too, all below 100; text for `parse` and `exercise`.

    Args:
        difficulty: 1: sums and products, each node used once. 2: differences and squares, and a node
            used twice. 3: choices and cubes too, and longer.
        rng: a seed, or a `random.Random`; equal seeds are equal problems.

    Raises:
        StepError: an unknown difficulty.

    Example:
        >>> problem(1, rng=1) == problem(1, rng=1) != problem(1, rng=2)
        True
    """
    if difficulty not in FORMS:
        raise StepError(f"There is no difficulty {difficulty!r}. Choose from {', '.join(map(str, FORMS))}.")
    random = generator(rng)
    for _ in range(TRIES):
        text = _attempt(difficulty, random)
        if _fit(text, difficulty):
            return text
    raise StepError(f"No problem was found in {TRIES} tries. Take another seed.")


def generator(rng: int | Random) -> Random:
    return rng if isinstance(rng, Random) else Random(rng)


def _attempt(difficulty: int, random: Random) -> str:
    """Lines that use up what is there, one or two at a time, until one result is left."""
    names, results = "abcde"[: difficulty + 2], iter("uvwpqrstghkl")
    lines = [f"{x} = {random.randint(1, 5) * random.choice([1, 1, -1] if difficulty > 1 else [1])}" for x in names]
    free, all_nodes = list(names), list(names)
    while len(free) > 1 and len(lines) < len(names) + 8:
        form = random.choice(FORMS[difficulty])
        x = free.pop(random.randrange(len(free)))
        again = difficulty > 1 and random.random() < 0.3
        y = random.choice(all_nodes) if again or "y" not in form else free.pop(random.randrange(len(free)))
        new = next(results)
        words = {"x": x, "y": y, "k": str(random.randint(2, 4))}
        lines.append(f"{new} = " + "".join(words.get(c, c) if not _in_word(form, i) else c for i, c in enumerate(form)))
        free.append(new)
        all_nodes.append(new)
    return "; ".join([*lines, f"J = {random.randint(2, 3)}*{free[0]}"])


def _in_word(form: str, i: int) -> bool:
    """Whether a letter is part of a function's name."""
    return form[i - 1 : i].isalpha() or form[i + 1 : i + 2].isalpha()


def _fit(text: str, difficulty: int) -> bool:
    """Whether all numbers are small and whole, none is 0, no leaf is left over, and from 2 on a node is used twice."""
    *_, output = parse(text).values()
    nodes = topological(output)
    if len(nodes) != text.count("=") or not _small(z.data for z in nodes):
        return False
    used = Counter(id(x) for z in nodes for x in operands(z) if isinstance(x, Value))
    gradients = adjoints(output, nodes)
    reached = len(gradients) == len(nodes) and _small(d for z in nodes for d in slopes(z) if d)
    return reached and _small(gradients.values()) and (difficulty == 1 or max(used.values()) > 1)


def _small(numbers: Iterable[Number]) -> bool:
    return all(x % 1 == 0 and 0 < magnitude(x) <= LARGEST for x in numbers)
