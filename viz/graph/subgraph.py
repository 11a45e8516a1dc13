"""A part of a graph: the nodes near one, on the paths between two, or on the ways to be highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from autograd import DrawingError, Value
from autograd.core.value import operands

Highlight = Value | str | Sequence[Value | str]  # a node, or the stations of a path


def find(graph: list[Value], node: Value | str) -> Value:
    """The node itself, or the one with this name.

    Raises:
        DrawingError: it is not below the output; the message lists the names that are.
    """
    for z in graph:
        if z is node or (isinstance(node, str) and z.name == node):
            return z
    names = [z.name for z in graph if z.name]
    wanted = repr(node) if isinstance(node, str) else "That node"
    raise DrawingError(f"{wanted} is not in the graph. Choose one of {', '.join(names[:20]) or 'its nodes'}.")


def neighbourhood(graph: list[Value], node: Value | str, depth: int) -> set[int]:
    """The ids of the nodes at most `depth` edges away, in either direction."""
    if depth < 0:
        raise DrawingError(f"depth={depth} reaches nothing. Take 0 or more.")
    beside: dict[int, list[int]] = {id(z): [] for z in graph}
    for z in graph:
        for x in operands(z):
            if isinstance(x, Value):
                beside[id(z)].append(id(x))
                beside[id(x)].append(id(z))
    reached = border = {id(find(graph, node))}
    for _ in range(depth):
        border = {i for near in border for i in beside[near]} - reached
        if not border:
            break
        reached = reached | border
    return reached


def paths(graph: list[Value], start: Value | str, end: Value | str) -> set[int]:
    """The ids of the nodes on the paths from one to the other, both of them included."""
    first, last = find(graph, start), find(graph, end)
    above = {id(first)}
    for z in graph:
        if any(id(x) in above for x in operands(z)):
            above |= {id(z)}
    below = {id(last)}
    for z in reversed(graph):
        if id(z) in below:
            below |= {id(x) for x in operands(z) if isinstance(x, Value)}
    if id(first) not in below:
        raise DrawingError("No path leads from the first node to the second. Give an operand first, then a result.")
    return above & below


def ways(graph: list[Value], highlight: Highlight) -> list[set[int]]:
    """The ids of the nodes on each way that is highlighted.

    Args:
        highlight: a leaf, for all that it reaches; another node, for itself; or the stations of a path, operands first.
    """
    stations = list(highlight) if isinstance(highlight, tuple | list) else [cast("Value | str", highlight)]
    if not stations:
        raise DrawingError("highlight names no node. Give a node, or the stations of a path.")
    if len(stations) > 1:
        return [paths(graph, *ends) for ends in pairwise(stations)]
    node = find(graph, stations[0])
    return [{id(node)} if node.op else paths(graph, node, graph[-1])]
