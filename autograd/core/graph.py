"""The graph below a node, for viz and nn too: every node once, operands before results, without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter, itemgetter
from threading import local
from typing import Any

from autograd.core.value import Value, fields, operands, recompute, restore
from autograd.errors import DomainError, OperandError, RangeError, branched, located

by_order = attrgetter("order")


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

    Raises:
        DomainError, DivisionByZero, RangeError: a node has no value there; the message names it.

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
                error = located(error, f"operand of '{node.name}'") if node.name else error
                raise branched(error, any(z.op == "where" for z in nodes)) from None
    return output


def leaves(*outputs: Value) -> list[Value]:
    """The leaves below the outputs, in the order of their creation."""
    return [node for node in topological(*outputs) if not node.op]


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
