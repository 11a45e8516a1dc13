"""Strongly connected components: what depends on itself, and everything else alone, in an order of dependence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def components(nodes: Iterable[T], operands: Callable[[T], Iterable[T]]) -> list[list[T]]:
    """Nodes in components, those first whose results others need; a node may be in a component of its own.

    Source: R. Tarjan (1972), Depth-first search and linear graph algorithms, section 4; without recursion.

    >>> operands = {"h": "z", "z": "hx", "x": "", "loss": "h"}
    >>> components(["loss"], lambda x: operands[x])
    [['x'], ['h', 'z'], ['loss']]
    """
    parts: list[list[T]] = []
    number: dict[T, int] = {}  # in the order in which they are met
    low: dict[T, int] = {}  # the first one met that is reached from here
    open_: list[T] = []
    done: set[T] = set()
    for root in nodes:
        if root in number:
            continue
        walk: list[tuple[T, Iterator[T]]] = []
        _enter(root, operands, number, low, open_, walk)
        while walk:
            node, rest = walk[-1]
            for x in rest:
                if x not in number:
                    _enter(x, operands, number, low, open_, walk)
                    break
                if x not in done:
                    low[node] = min(low[node], number[x])
            else:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == number[node]:
                    at = _last(open_, node)
                    parts.append(open_[at:])
                    done.update(open_[at:])
                    del open_[at:]
    return parts


def _enter(
    node: T,
    operands: Callable[[T], Iterable[T]],
    number: dict[T, int],
    low: dict[T, int],
    open_: list[T],
    walk: list[tuple[T, Iterator[T]]],
) -> None:
    number[node] = low[node] = len(number)
    open_.append(node)
    walk.append((node, iter(operands(node))))


def _last(nodes: list[T], node: T) -> int:
    return next(i for i in range(len(nodes) - 1, -1, -1) if nodes[i] == node)
