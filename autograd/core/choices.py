"""What Python asks of a Value's number, for nn and viz too: conversions, which cut graphs, and choices, which stay.

`math.exp(x)` asks for a float, and hands back a number without a past: no gradient flows through it. `max(0.0, x)`,
`if x > 0` and `round(x)` choose; the graph then holds the branch that was taken. Each choice is noted on the Values
compared, with its outcome, so that a replay of the graph at other numbers can ask again (`autograd.core.graph`).
"""

from __future__ import annotations

import linecache
import math
import operator
import re
import sys
import warnings
from bisect import bisect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from types import FrameType
from typing import Any, NamedTuple, Protocol
from weakref import ref

from autograd.core.exact import Number
from autograd.core.node import follow
from autograd.core.node import orders as orders
from autograd.core.op import COMPOSED, OPS, Traced
from autograd.errors import GraphCutWarning, TracingError

MOST = 1000  # choices that a Value remembers
HELD = 16  # and those that a leaf does against results, which keep their graphs alive
RECENT = 10_000  # choices that are remembered even where what was compared is gone


def goes_into(y: Any, x: Any) -> Any:
    """x // y, asked of y."""
    return x // y


def signbit(x: Any) -> bool:
    """Whether a minus stands before it, before 0 too."""
    return math.copysign(1, x) < 0


QUESTIONS: dict[Callable[..., Any], str] = {  # how a choice is written
    operator.gt: "{x} > {y}", operator.lt: "{x} < {y}", operator.ge: "{x} ≥ {y}", operator.le: "{x} ≤ {y}",
    operator.eq: "{x} = {y}", operator.ne: "{x} ≠ {y}", round: "round({x}, {y})",
    math.floor: "floor({x})", math.ceil: "ceil({x})",
    operator.floordiv: "{x} // {y}", goes_into: "{y} // {x}",
    math.isnan: "isnan({x})", math.isinf: "isinf({x})", math.isfinite: "isfinite({x})",
    signbit: "signbit({x})",
}  # fmt: skip
SELDOM = (operator.eq, operator.ne)  # ask for a branch: more often assertions do, and `in`
MIRRORED = {  # the same question, asked of the other one
    operator.gt: operator.lt, operator.lt: operator.gt, operator.ge: operator.le, operator.le: operator.ge,
    operator.floordiv: goes_into, goes_into: operator.floordiv,
}  # fmt: skip

tracing: ContextVar[bool] = ContextVar("tracing", default=False)  # whether a function is being compiled
_purpose: ContextVar[str] = ContextVar("purpose", default="")  # for what else a user's function is called
_LIBRARY = re.compile(r"\b(?:math|cmath|np|numpy)\.(\w+)\s*\(")


@contextmanager
def recording() -> Iterator[None]:
    """While a function is recorded to be compiled, what would freeze raises."""
    token = tracing.set(True)
    try:
        yield
    finally:
        tracing.reset(token)


@contextmanager
def called_to_be(purpose: str) -> Iterator[None]:
    """While a user's function is called to be "differentiated" or "checked", a number that leaves the graph raises."""
    token = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(token)


def is_followed() -> bool:
    """Whether a function is being called for its graph, so that what it calculates inside must stay one."""
    return tracing.get() or bool(_purpose.get())


def refuse_if_compiled(what: str, remedy: str = "Use this package's functions on the Value itself.") -> None:
    """Refuse what would freeze into a recorded graph."""
    if tracing.get():
        raise TracingError(f"{what} in a function that is compiled would freeze the outcome. {remedy}")


def tell_of_cut(kind: str) -> None:
    """Tell that a conversion of a Value to a number, called from two frames above, cuts the graph.

    Raises:
        TracingError: in a function that is compiled or differentiated.
    """
    refuse_if_compiled(f"Making {kind} of a Value")
    call = _LIBRARY.match(_running(sys._getframe(2)))
    caller, own = (call[0].rstrip("( "), call[1]) if call and _known(call[1]) else ("This", "")
    instead = f"{own} of this package" if own else "this package's functions, as exp(x) in place of math.exp(x)"
    if purpose := _purpose.get():
        what = f"{caller} makes {kind} of a Value in a function that is {purpose}, whose gradient would be lost"
        raise TracingError(f"{what}. Use {instead}.")
    what = f"{caller} makes {kind} of a Value: the number leaves the graph, and no gradient flows back through it"
    warnings.warn(f"{what}. Use {instead}; where a plain number is meant, write x.data.", GraphCutWarning, stacklevel=3)


def _running(frame: FrameType) -> str:
    """The part of a line that a frame is busy with: of math.sin(1) + math.cos(x) the second call."""
    position = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    line = linecache.getline(frame.f_code.co_filename, position[0] or frame.f_lineno, frame.f_globals)
    return line.encode()[position[2] or 0 :].decode(errors="replace").lstrip()


def _known(name: str) -> bool:
    return name in COMPOSED or any(name in (op.name, op.ufunc, *op.aliases) for op in OPS.values())


# ── choices ───────────────────────────────────────────────────────────────────────────────────────


class Compared(Protocol):
    """A Value, as far as choices need it."""

    choices: dict[Any, Choice]
    data: Number
    name: str | None
    op: str


class Choice:
    """A question about a Value's number, and what the answers were: each with the place in the order of creation."""

    __slots__ = ("answers", "other", "question")

    def __init__(self, question: Callable[..., Any], other: Any) -> None:
        self.question, self.other = question, other
        self.answers: list[tuple[int, object]] = []

    def answer(self, start: int, end: int) -> object:
        """The last answer between two places in the order of creation; None if there was none."""
        return next((answer for time, answer in reversed(self.answers) if start < time < end), None)


def ask(question: Callable[..., Any], x: Number, y: Any) -> Any:
    """The answer for numbers."""
    if question is round:
        return round(x, y)
    return question(x) if y is None else question(x, y)


def was(question: Callable[..., Any], x: object, y: object, answer: object) -> str:
    """What a question was answered, for names or numbers."""
    return f"{QUESTIONS[question].format(x=x, y=y)} was {answer} when this graph was made"


INSTEAD = "Use maximum, minimum or where(gt(x, y), a, b) in its place, or make the graph anew."


class Recent(NamedTuple):
    """A choice by a Value that the graph may have lost, as max(0.0, x) does when it gives 0.0."""

    time: int
    question: Callable[..., Any]
    answer: object
    x: Callable[[], Any]  # a weak reference
    other: Any  # a number, or a weak reference too
    label: str


recent: list[Recent] = []  # by time
uses: list[int] = []  # when graphs were used, with choices in between


noted: dict[int, bool] = {}  # ids of Values with choices, or of what lies in their place now: others lack the slot


def remembered(x: Compared) -> dict[Any, Choice]:
    """The choices by a Value's number."""
    return getattr(x, "choices", {}) if id(x) in noted else {}


def note(question: Callable[..., Any], x: Compared, other: Any, answer: object) -> None:
    """Remember the answer on the Value, and on the other one where there are two."""
    traced = isinstance(other, Traced)
    key = question, id(other) if traced else other
    try:
        choice = x.choices[key]
    except (AttributeError, KeyError):
        choice = _choice(x, key, other)
    if choice.answers and choice.answers[-1][1] == answer:
        return
    time = next(orders)
    choice.answers.append((time, answer))
    if traced:
        mirror = _choice(other, (MIRRORED.get(question, question), id(x)), x)
        mirror.answers = choice.answers
        follow(x)
        follow(other)
    if question not in SELDOM:
        label = x.name or (f"a result of {x.op}" if x.op else "a leaf")
        recent.append(Recent(time, question, answer, ref(x), ref(other) if traced else other, label))
        if len(recent) > 2 * RECENT:
            del recent[:RECENT], uses[: bisect(uses, recent[0].time)]


def used() -> None:
    """Say that graphs are used now: what was chosen until now is nothing to those that are made later."""
    if recent and (not uses or recent[-1].time > uses[-1]):
        uses.append(next(orders))


def since(order: int) -> int:
    """When graphs were last used before a node was made; -1 if never."""
    return uses[bisect(uses, order) - 1] if uses and uses[0] <= order else -1


def between(start: int, end: int) -> list[Recent]:
    """The recent choices between two places in the order of creation."""
    return recent[bisect(recent, start, key=_time) : bisect(recent, end, key=_time)]


def was_compared(thing: object) -> bool:
    """Whether a Value has been compared lately with this number, this very object."""
    return any(choice.other is thing for choice in recent[-100:])


_time = operator.attrgetter("time")


def _choice(x: Compared, key: tuple[Callable[..., Any], Any], other: Any) -> Choice:
    """The Value's choice of that question; a leaf lives long, and must not keep all that it was compared with."""
    choices = remembered(x)
    if not choices:
        choices = x.choices = {}
        noted[id(x)] = True
    choice = choices.setdefault(key, Choice(key[0], other))
    if len(choices) > (HELD if not x.op and getattr(other, "op", False) else MOST):
        del choices[next(iter(choices))]
    return choice
