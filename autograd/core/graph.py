"""The graph below a node, for viz and nn too: every node once, operands before results, without recursion."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from threading import local
from typing import Any
from weakref import ref

from autograd.core.choices import was_compared
from autograd.core.value import Value, fields, operands, restore
from autograd.errors import OperandError, shown

by_order = attrgetter("order")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of garbage, which would go through all nodes again and again while many more are made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def not_a_node(thing: object) -> OperandError:
    """The error for something without a graph, where a Value is needed."""
    remedy = "Calculate with Value(…) from the start."
    if isinstance(thing, str):
        remedy = "parse makes a Value of a formula's text."
    elif isinstance(thing, dict) and thing:
        remedy = f"Take one of its Values by name, as […][{list(thing)[-1]!r}]."
    elif was_compared(thing):
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


def leaves(*outputs: Value) -> list[Value]:
    """The leaves below the outputs, in the order of their creation."""
    return [node for node in topological(*outputs) if not node.op]


def snapshot(
    nodes: Iterable[Value],
    remake: Callable[[Value], Value] | None = None,
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

    def twin(x: Any) -> Any:
        if id(x) not in twins and x.__class__ is tuple:
            twins[id(x)] = tuple(map(twin, x))
        return twins.get(id(x), x)

    copies = []
    for z in nodes:
        copied = twins.get(id(z))
        if copied is None:
            copied = restore(*fields(z))
            if z.op:
                copied.x = tuple(map(twin, z.x)) if z.x.__class__ is tuple else twins.get(id(z.x), z.x)
                copied.y = twins.get(id(z.y), z.y)
            copied = twins[id(z)] = remake(copied) if remake else copied
        copies.append(copied)
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
