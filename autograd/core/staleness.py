"""Which leaves have changed since a graph was calculated: for displays and checks, which show one pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from autograd.core.exact import Number
from autograd.core.graph import by_order
from autograd.core.op import OPS, Limit, ieee
from autograd.core.value import Operand, Value, operands, record, slopes

LEAPS = (lambda x: math.inf, lambda x: -math.inf)  # past every limit that an operand is compared with


def nudge(x: float) -> float:
    """A number beside x."""
    return x * (1 + 2.0**-20) + 2.0**-40


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
    >>> from autograd.core.graph import topological
    >>> changed(topological(J))
    [[Value(10.0, x)]]
    """
    stale = {}
    for z in nodes:
        if z.op:
            now = _anew(z)
            if z._data == now._data and z.dx == now.dx and z.dy == now.dy:
                continue
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
    words = OPS[z.op].shown[column]
    if isinstance(words, int) or OPS[z.op].common:  # what an entry of a softmax changes with are all
        return set()

    def slope(moved: object = None, move: Callable[[float], float] = float) -> float:
        numbers = {id(x): x.data if isinstance(x, Value) else x for x in (*entry, z)}
        numbers |= {id(moved): move(Limit(numbers[id(moved)]).number)} if moved is not None else {}
        return ieee(words, *(numbers[id(x)] for x in (*entry, z)))

    around, here = [x for x in (*entry, z) if isinstance(x, Value)], slope()
    read = {id(x) for x in around if any(not _same(slope(x, move), here) for move in moves)}
    return set() if id(z) in read else read
