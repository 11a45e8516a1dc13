"""The graph below a node, for viz and nn too: every node once, operands before results, without recursion."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from threading import local
from typing import Any

from autograd.core.op import OPS, Limit, ieee
from autograd.core.value import Number, Operand, Value, fields, operands, recompute, record, restore, slopes
from autograd.errors import DomainError, OperandError, RangeError, branched, located

by_order = attrgetter("order")
recomputed = attrgetter("data", "dx", "dy")
LEAPS = (lambda x: math.inf, lambda x: -math.inf)  # past every limit that an operand is compared with


def nudge(x: float) -> float:
    """A number beside x."""
    return x * (1 + 2.0**-20) + 2.0**-40


def not_a_node(thing: object) -> OperandError:
    """The error for something without a graph, where a Value is needed."""
    kind = type(thing).__name__
    return OperandError(f"A gradient needs a Value, got {thing!r} ({kind}). Calculate with Value(…) from the start.")


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

    All or nothing: where a node has no value, or an interrupt comes, the whole graph stays as it was.

    Raises:
        DomainError, DivisionByZero, RangeError: a node has no value there; the message names it.

    Example:
        >>> a = Value(3.0)
        >>> y = a * a
        >>> a.data = 4.0
        >>> y.data, y.forward().data
        (9.0, 16.0)
    """
    inner = [node for node in topological(output) if node.op]
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
    return output


def _put_back(nodes: list[Value], before: list[tuple[Any, ...]]) -> None:
    for node, numbers in zip(nodes, before, strict=True):
        node.data, node.dx, node.dy = numbers


def leaves(*outputs: Value) -> list[Value]:
    """The leaves below the outputs, in the order of their creation."""
    return [node for node in topological(*outputs) if not node.op]


def changed(nodes: Sequence[Value], slopes_too: bool = True) -> list[list[Value]]:
    """Whose data has changed since the results were calculated: nodes, each with those that it may be instead.

    A result is stale if its operands' data gives another value or slope now. Which operand that comes from is mostly
    told by the slopes: of w · x those are x and w. Of a + b they are 1 and 1, so it is a or b.

    Args:
        nodes: in topological order, closed under operands.
        slopes_too: whether a slope alone makes a result stale; not where slopes are what is to be checked.

    >>> w, x = Value(3.0, "w"), Value(2.0, "x")
    >>> J = w * x + w
    >>> x.data = 10.0
    >>> changed(topological(J))
    [[Value(10.0, x)]]
    """
    stale = {}
    for z in nodes:
        if z.op:
            now = _anew(z)
            if not _same(z.data, now.data) or (slopes_too and not all(map(_same, slopes(z), slopes(now)))):
                stale[id(z)] = now
    groups: dict[tuple[int, ...], list[Value]] = {}
    for z in reversed(nodes):  # a result that was set by hand is found where it is used
        if id(z) in stale and (id(z),) not in groups:
            groups |= {tuple(map(id, group)): group for group in _suspects(z, stale)}
    sure = {ids[0] for ids in groups if len(ids) == 1}
    answers = [group for ids, group in groups.items() if len(ids) == 1 or sure.isdisjoint(ids)]
    return sorted(answers, key=lambda group: group[0].order)


def _anew(z: Value) -> Value:
    """The result of z's operation on its operands' present data; by the compiled operators, which are faster."""
    op, nodes = OPS[z.op], operands(z)
    try:
        return op.value(*nodes) if op.dunder else op(*op.columns(nodes))  # type: ignore[no-any-return]
    except (ArithmeticError, ValueError):
        return record(op, nodes, strict=False)


def _same(a: Number | None, b: Number | None) -> bool:
    return a == b or (a != a and b != b)


def _suspects(z: Value, stale: Mapping[int, Value]) -> list[list[Value]]:
    """Which operands have changed: leaves; or if there is none, stale results; or z itself, which was set by hand."""
    now, nodes = stale[id(z)], operands(z)
    around = {id(x): x for x in nodes if isinstance(x, Value)}
    suspects = {i: x for i, x in around.items() if not x.op} or {i: x for i, x in around.items() if i in stale}
    if len(suspects) == 1:
        return [list(suspects.values())]
    pairs = enumerate(zip(slopes(z), slopes(now), strict=True))
    kept = {k: _same(before, after) for k, (before, after) in pairs if before is not None}
    reads = (_read_by(now, nodes, k, *LEAPS) & suspects.keys() for k in kept if not kept[k])
    guilty = list(filter(None, reads))
    if not guilty or any(len(read) > 1 for read in guilty):
        cleared = {i for k in kept if kept[k] for i in _read_by(now, nodes, k, nudge)}
        guilty = [read - cleared for read in guilty] or [suspects.keys() - cleared]
    return [sorted((suspects[i] for i in group), key=by_order) for group in guilty if group] or [[z]]


def _read_by(z: Value, nodes: Sequence[Operand], i: int, *moves: Callable[[float], float]) -> set[int]:
    """The ids of the operands that ∂z/∂operand i changes with, where they move so; none if it is made of z."""
    column, entry = OPS[z.op].entry(i, nodes)
    words = OPS[z.op].partials[column]
    if isinstance(words, int):
        return set()

    def slope(moved: object = None, move: Callable[[float], float] = float) -> float:
        numbers = {id(x): x.data if isinstance(x, Value) else x for x in (*entry, z)}
        numbers |= {id(moved): move(Limit(numbers[id(moved)]).number)} if moved is not None else {}
        return ieee(words, *(numbers[id(x)] for x in (*entry, z)))

    around, here = [x for x in (*entry, z) if isinstance(x, Value)], slope()
    read = {id(x) for x in around if any(not _same(slope(x, move), here) for move in moves)}
    return set() if id(z) in read else read


def snapshot(nodes: Iterable[Value], remake: Callable[[Value], Value] = lambda copy: copy) -> list[Value]:
    """Copies of nodes in topological order, connected among themselves: later changes leave them alone.

    Args:
        nodes: in topological order, closed under operands.
        remake: what to put in a copy's place.

    >>> a = Value(2.0, "a")
    >>> *_, y = snapshot(topological(a * a))
    >>> a.data = 7.0
    >>> y.data, y.operands[0].data
    (4.0, 2.0)
    """
    twins: dict[int, object] = {}  # of nodes, and of vectors: a layer's inputs are shared by its neurons

    def twin(x: object) -> object:
        if not isinstance(x, tuple):
            return twins.get(id(x), x)
        if id(x) not in twins:
            twins[id(x)] = tuple(map(twin, x))
        return twins[id(x)]

    copies = []
    for z in nodes:
        copied = restore(*fields(z))
        copied.x = tuple(map(twin, z.x)) if z.x.__class__ is tuple else twin(z.x)
        copied.y = twin(z.y)
        twins[id(z)] = remade = remake(copied)
        copies.append(remade)
    return copies


_listed = local()


def reduce_flat(node: Value, protocol: object = None) -> tuple[Any, ...]:
    """Pickle or deep-copy a graph as a list, operands first, so that its depth needs no recursion.

    The list makes each of its nodes be saved by its fields alone: by then its operands are known to
    the pickler, which also keeps sharing with whatever else it saves.
    """
    pending = _listed.__dict__.setdefault("pending", set())
    if id(node) in pending:
        pending.discard(id(node))
        return restore, fields(node)
    nodes = topological(node)
    _listed.pending = set(map(id, nodes))
    return itemgetter(-1), (nodes,)
