"""A graph calculated anew, for viz too: whole or not at all; and what Python would choose otherwise there."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any
from weakref import ref

from autograd.core.choices import INSTEAD, SELDOM, ask, between, noted, remembered, since, used, was
from autograd.core.exact import Number
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import Value, operands, recompute
from autograd.errors import DomainError, FrozenChoiceError, FrozenChoiceWarning, RangeError, branched, located, shown

recomputed = attrgetter("data", "dx", "dy")


def forward(output: Value) -> Value:
    """Compute the graph anew from its leaves' data, slopes too, and return the output.

    All or nothing: where a node has no value, or an interrupt comes, the whole graph stays as it was.

    Raises:
        DomainError, DivisionByZero, RangeError: a node has no value there; the message names it.

    Warns:
        FrozenChoiceWarning: Python compared numbers of the graph, as in `max(0.0, x)`, and they compare otherwise now.

    Example:
        >>> a = Value(3.0)
        >>> y = a * a
        >>> a.data = 4.0
        >>> y.data, y.forward().data
        (9.0, 16.0)
    """
    nodes = topological(output)
    inner = [node for node in nodes if node.op]
    before = list(map(recomputed, inner))
    try:
        try:
            for node in inner:
                recompute(node)
        except BaseException:
            _put_back(inner, before)
            raise
    except BaseException as error:
        _put_back(inner, before)  # again: an interrupt may have come into the first time
        if isinstance(error, DomainError | RangeError):
            error = located(error, f"operand of '{node.name}'") if node.name else error
            raise branched(error, any(z.op == "where" for z in inner)) from None
        raise
    text = next(frozen_choices(nodes), "") or forgotten_choice(nodes)
    used()
    if text:
        warnings.warn(text, FrozenChoiceWarning, stacklevel=2)
    return output


def _put_back(nodes: list[Value], before: list[tuple[Any, ...]]) -> None:
    for node, numbers in zip(nodes, before, strict=True):
        node._data, node.dx, node.dy = numbers


def frozen_choices(nodes: Sequence[Value], numbers: Mapping[int, Number] | None = None) -> Iterator[str]:
    """What Python chose by numbers of a graph before its last node was made, and would choose otherwise now.

    Args:
        nodes: in topological order.
        numbers: those now, by `id` of each node; default: their data.

    >>> x = Value(1.0, "x")
    >>> y = 2 * x if x > 0 else 3 * x
    >>> list(frozen_choices([x, y])), next(frozen_choices([x, y], {id(x): -1.0, id(y): -2.0}))[:60]
    ([], 'x > 0 was True when this graph was made and is False now: if')
    """
    start, end = _made(nodes)
    recent = [x for r in between(start, end) if (x := r.x()) is not None]
    beside = set(recent).difference(nodes) if recent else ()
    asked = [
        (x, choice, then)
        for earliest, x in [*((-1, x) for x in nodes if id(x) in noted), *((start, x) for x in beside)]
        for choice in remembered(x).values()
        if (then := choice.answer(earliest, end)) is not None
    ]
    known = dict(numbers or {id(z): z.data for z in nodes}) if asked else {}
    for x, choice, then in asked:
        other = choice.other
        y = _calculated(other, known) if isinstance(other, Value) else other
        now = ask(choice.question, _calculated(x, known), y)
        if now != then:
            a, b = [z.name or shown(z) if isinstance(z, Value) else z for z in (x, other)]
            consequence = f"is {now} now: if it chose a branch, the graph holds the other one"
            yield f"{was(choice.question, a, b, then)} and {consequence}. {INSTEAD}"


def forgotten_choice(nodes: Sequence[Value]) -> str:
    """What Python chose while a graph was made, by a Value that is gone and cannot be asked again; "" if nothing."""
    for r in between(*_made(nodes)):
        if r.x() is None:
            other = "another Value" if isinstance(r.other, ref) else r.other
            consequence = (
                "of a Value that is no part of it, as in max(0.0, x): if it chose a branch, it did so for good"
            )
            return f"{was(r.question, r.label, other, r.answer)}, {consequence}. {INSTEAD}"
    return ""


def kept_choice(nodes: Iterable[Value], end: int, keeper: str = "program") -> str:
    """What Python chose by one of these nodes before the place in the order of creation; "" if nothing.

    Args:
        keeper: what holds the branch that was taken.
    """
    for x in nodes:
        for choice in remembered(x).values():
            then = choice.answer(-1, end)
            if then is not None and choice.question not in SELDOM:
                other = shown(choice.other) if isinstance(choice.other, Value) else choice.other
                consequence = f"if it chose a branch, the {keeper} keeps that at all numbers"
                return f"{was(choice.question, x.name or shown(x), other, then)}: {consequence}. {INSTEAD}"
    return ""


def _made(nodes: Sequence[Value]) -> tuple[int, int]:
    """Between which places in the order of creation a graph was made: after its first leaf and the use of others."""
    first, last = nodes[0].order, nodes[-1].order
    return max(first, since(next((z.order for z in nodes if z.op), last))), last


def refuse_frozen(nodes: Sequence[Value], numbers: Mapping[int, Number] | None = None) -> None:
    """Refuse numbers at which Python would have made another graph.

    Raises:
        FrozenChoiceError: as `frozen_choices` tells.
    """
    for text in frozen_choices(nodes, numbers):
        raise FrozenChoiceError(text)


def _calculated(z: Value, known: dict[int, Number]) -> Number:
    """The number of a node that may be none of the graph's, from the leaves' numbers."""
    for node in topological(z):
        if id(node) not in known:
            numbers = [known[id(x)] if isinstance(x, Value) else x for x in operands(node)]
            known[id(node)] = OPS[node.op].limit(numbers) if node.op else node.data
    return known[id(z)]
