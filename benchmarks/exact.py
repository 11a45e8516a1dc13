"""The table in mpmath: values and slopes of a graph in many digits, by the textbook's words or by the table's own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import mpmath

from autograd.core.closed import CLOSED
from autograd.core.op import COMMON, FLOATS, OPS, Op, rebind
from autograd.core.value import Value, operands

TEXTBOOK = 400  # digits: 1 − tanh(x)² has cancelled 300 of them where it is no longer a float
OWN = 40  # digits, enough for words in which nothing cancels
Exact: TypeAlias = Any  # an mpf: mpmath has no types


def _tail(x: Exact) -> Exact:
    """erfc, which mpmath cannot count the terms of where it is 0 or 2 to any digits."""
    return mpmath.erfc(x) if abs(x) < 1e5 else mpmath.mpf(2 * (x < 0))


def _angle(y: Exact, x: Exact) -> Exact:
    """atan2; at y = 0, x ≤ 0 it jumps by the sign of a 0, and mpmath's zero has none."""
    if y == 0 and x <= 0:
        raise ValueError
    return mpmath.atan2(y, x)


OTHERWISE = {  # what mpmath lacks, or has complex numbers for
    "atan2": _angle,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "erfc": _tail,
    "log2": lambda x: mpmath.log(x, 2),
}


@functools.cache
def words(textbook: bool) -> dict[str, Callable[..., Any]]:
    """The table's words as functions of mpmath's numbers."""
    vocabulary: dict[str, Callable[..., Any]] = dict(COMMON)
    for op in OPS.values():
        whole = (op.formula if textbook and not op.is_step else None) or (op.value if op.is_composed else None)
        own = OTHERWISE.get(op.name) or (getattr(mpmath, op.name, None) if not op.variadic else None)
        choice = None if op.infix else FLOATS[op.name]
        vocabulary[op.name] = rebind(whole, vocabulary) if whole else own or choice or op.value
    return vocabulary


AT_POLES = {  # what the table says of slopes where mpmath raises; of pow at x = 0 for 0 < y < 1
    **dict.fromkeys(("sqrt", "cbrt", "asin"), mpmath.inf),
    "acos": -mpmath.inf,
    **dict.fromkeys(("hypot", "atan2"), mpmath.nan),
}


def _of_share(d: Exact, x: Exact, y: Exact) -> Exact:
    """p − y; of a share and a label that are close to 1, (1 − y) − (1 − p)."""
    p = d + y
    return abs(1 - y) + abs(1 - p) if min(p, y) > 0.5 else abs(p) + abs(y)


LARGEST_TERM = {  # of slopes that cross 0, where their terms cancel, such as σ(x) · (1 + x · σ(−x))
    "cross_entropy": lambda d, x, y: abs(d + y) + abs(y),
    "binary_cross_entropy": _of_share,
    "silu": lambda d, x: abs(d) + 2 / (1 + mpmath.exp(-x)),
}


def size(op: Op, i: int, numbers: Sequence[Exact], d: Exact) -> Exact:
    """What the error of a slope d is relative to: itself, or its largest term."""
    column, entry = op.entry(i, numbers)
    return LARGEST_TERM[op.name](d, *entry) if op.name in LARGEST_TERM and column == 0 else abs(d)


def slope_or_limit(op: Op, i: int, numbers: Sequence[Exact], z: Exact, textbook: bool = True) -> Exact:
    """The same, where there is none by the table's convention: infinite at a pole, nan where it would be complex."""
    try:
        result = slope(op, i, numbers, z, textbook)
    except ZeroDivisionError:
        if op.name == "pow":
            return mpmath.inf if numbers[1] else mpmath.mpf(0)
        if op.name not in AT_POLES:
            raise
        return AT_POLES[op.name]
    return mpmath.nan if isinstance(result, mpmath.mpc) else result


def slope(op: Op, i: int, numbers: Sequence[Exact], z: Exact, textbook: bool = True) -> Exact:
    """∂z/∂operand i in the textbook's words, or as the table calculates it."""
    column, entry = op.entry(i, numbers)
    partial = (op.shown if textbook else op.partials)[column]
    if isinstance(partial, int):
        return partial
    vectors = op.columns(numbers) if op.common else ()
    rest = vectors if textbook or not op.common else rebind(op.common, words(textbook))(*vectors)
    return rebind(partial, words(textbook))(*entry, z, *rest)


class Gradient(NamedTuple):
    """By a node's `id`.

    Attributes:
        total: ∂output/∂node.
        terms: the sum of its terms' magnitudes, over all paths.
        lost: what it loses if each slope and each product on these paths loses 1.
    """

    total: dict[int, Exact]
    terms: dict[int, Exact]
    lost: dict[int, Exact]


@dataclass
class Graph:
    """A graph of Values as operations on numbers of many digits.

    Attributes:
        nodes: the Values, operands first, the output last.
    """

    nodes: Sequence[Value]

    def values(self, textbook: bool = True, changed: Mapping[Any, Exact] | None = None) -> dict[int, Exact]:
        """The number of each node by its `id`; `changed` are factors of nodes, or of operands by (`id`, place)."""
        numbers: dict[int, Exact] = {}
        factors = changed or {}
        for z in self.nodes:
            if z.op:
                around = [x * factors.get((id(z), i), 1) for i, x in enumerate(self._operands(z, numbers))]
                numbers[id(z)] = words(textbook)[z.op](*OPS[z.op].columns(around)) * factors.get(id(z), 1)
            else:
                numbers[id(z)] = mpmath.mpf(z.data)
        return numbers

    def gradient(self, numbers: Mapping[int, Exact], textbook: bool = True) -> Gradient:
        """∂output/∂node of all nodes."""
        one, zero = mpmath.mpf(1), mpmath.mpf(0)
        total, terms, lost = ({id(self.nodes[-1]): x} for x in (one, one, zero))
        for z in reversed(self.nodes):
            if z.op and id(z) in total:
                op, around = OPS[z.op], self._operands(z, numbers)
                literal = [object() if isinstance(x, Value) else x for x in operands(z)]
                for i, x in enumerate(operands(z)):
                    if isinstance(x, Value) and not op.is_flat(i, around):
                        d = slope_or_limit(op, i, around, numbers[id(z)], textbook)
                        closed = not d and (getattr(op, "gate", False) or op.settled(0.0, i, literal) is CLOSED)
                        if not closed:  # by a gate, or by a literal 0
                            total[id(x)] = total.get(id(x), 0) + d * total[id(z)]
                            terms[id(x)] = terms.get(id(x), 0) + size(op, i, around, d) * terms[id(z)]
                            lost[id(x)] = lost.get(id(x), 0) + abs(d) * lost[id(z)] + 1 + terms[id(z)]
        return Gradient(total, terms, lost)

    def _operands(self, z: Value, numbers: Mapping[int, Exact]) -> list[Exact]:
        return [numbers[id(x)] if isinstance(x, Value) else mpmath.mpf(x) for x in operands(z)]
