"""The graph below a node, for viz and nn too: every node once, operands before results, without recursion."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from threading import local
from typing import Any
from weakref import ref

from autograd.core.choices import INSTEAD, SELDOM, ask, between, noted, remembered, since, used, was, was_compared
from autograd.core.exact import Number
from autograd.core.op import OPS
from autograd.core.value import Value, fields, operands, recompute, restore
from autograd.errors import (
    DomainError,
    FrozenChoiceError,
    FrozenChoiceWarning,
    OperandError,
    RangeError,
    located,
    shown,
)

by_order = attrgetter("order")


def not_a_node(thing: object) -> OperandError:
    """The error for something without a graph, where a Value is needed."""
    remedy = "Calculate with Value(…) from the start."
    if was_compared(thing):
        remedy = (
            "max(0, x) and the like give the plain number that they choose: use maximum(x, 0) or where(gt(x, 0), x, 0)."
        )
    return OperandError(f"A gradient needs a Value, got {shown(thing)} ({type(thing).__name__}). {remedy}")


def topological(*outputs: Value) -> list[Value]:
    """All nodes that the outputs are made of, in the order of their creation.

    A node is made after its operands, so creation is a topological order: operands first.

    Raises:
        OperandError: an output is not a Value.

    Example:
        >>> a = Value(1.0, "a"); b = (a + a).named("b"); c = (b + b).named("c")
        >>> [node.name for node in topological(c)]
        ['a', 'b', 'c']
    """
    for output in outputs:
        if not isinstance(output, Value):
            raise not_a_node(output)
    seen = {id(output): output for output in outputs}
    stack = list(outputs)
    while stack:
        for operand in operands(stack.pop()):
            if isinstance(operand, Value) and id(operand) not in seen:
                seen[id(operand)] = operand
                stack.append(operand)
    return sorted(seen.values(), key=by_order)


def forward(output: Value) -> Value:
    """Compute the graph anew from its leaves' data, slopes too, and return the output.

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
    for node in nodes:
        if node.op:
            try:
                recompute(node)
            except (DomainError, RangeError) as error:
                raise (located(error, f"operand of '{node.name}'") if node.name else error) from None
    text = next(frozen_choices(nodes), "") or forgotten_choice(nodes)
    used()
    if text:
        warnings.warn(text, FrozenChoiceWarning, stacklevel=2)
    return output


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


def kept_choice(nodes: Iterable[Value], end: int) -> str:
    """What Python chose by one of these nodes before the place in the order of creation; "" if nothing."""
    for x in nodes:
        for choice in remembered(x).values():
            then = choice.answer(-1, end)
            if then is not None and choice.question not in SELDOM:
                other = shown(choice.other) if isinstance(choice.other, Value) else choice.other
                consequence = "if it chose a branch, the program keeps that at all numbers"
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


def leaves(*outputs: Value) -> list[Value]:
    """The leaves below the outputs, in the order of their creation."""
    return [node for node in topological(*outputs) if not node.op]


def snapshot(
    nodes: Iterable[Value],
    remake: Callable[[Value], Value] = lambda copy: copy,
    twins: dict[int, Any] | None = None,
) -> list[Value]:
    """Copies of nodes in topological order, connected among themselves: later changes leave them alone.

    Args:
        nodes: in topological order, closed under operands.
        remake: what to put in a copy's place.
        twins: copies that there are already, by `id`; those made now are added.

    >>> a = Value(2.0, "a")
    >>> *_, y = snapshot(topological(a * a))
    >>> a.data = 7.0
    >>> y.data, y.operands[0].data
    (4.0, 2.0)
    """
    twins = {} if twins is None else twins  # of nodes, and of vectors: a layer's inputs are shared by its neurons

    def twin(x: object) -> object:
        if not isinstance(x, tuple):
            return twins.get(id(x), x)
        if id(x) not in twins:
            twins[id(x)] = tuple(map(twin, x))
        return twins[id(x)]

    copies = []
    for z in nodes:
        if id(z) not in twins:
            copied = restore(*fields(z))
            copied.x = tuple(map(twin, z.x)) if z.x.__class__ is tuple else twin(z.x)
            copied.y = twin(z.y)
            twins[id(z)] = remake(copied)
        copies.append(twins[id(z)])
    return copies


def deep_copy(node: Value, memo: dict[int, Any]) -> Value:
    """What `copy.deepcopy` calls: a copy of the graph; nodes that it has copied already are shared."""
    return snapshot(topological(node), twins=memo)[-1]


class _Listing:
    """The nodes of a graph that are being pickled; it lives as long as the pickler works on them."""

    __slots__ = ("__weakref__", "pending")

    def __init__(self, nodes: Iterable[Value]) -> None:
        self.pending = set(map(id, nodes))

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ()


_current = local()  # of each thread, a weak reference to the listing that is being pickled


def reduce_flat(node: Value, protocol: object = None) -> tuple[Any, ...]:
    """Pickle a graph as a list, operands first, so that its depth needs no recursion.

    The list makes each of its nodes be saved by its fields alone: by then its operands are known to
    the pickler, which also keeps sharing with whatever else it saves. Only the pickler holds the
    listing, so that one which fails or is interrupted leaves nothing behind for the next.
    """
    listing = getattr(_current, "listing", lambda: None)()
    if listing and id(node) in listing.pending:
        listing.pending.discard(id(node))
        return restore, fields(node)
    nodes = topological(node)
    listing = _Listing(nodes)
    _current.listing = ref(listing)
    return _listed, (nodes, listing)


def _listed(nodes: list[Value], _: object) -> Value:
    """The last of the nodes that a pickle lists."""
    return nodes[-1]
