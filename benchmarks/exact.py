"""The table in mpmath: values and slopes of a graph in many digits, by the textbook's words or by the table's own."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import mpmath

from autograd.core.op import COMMON, FLOATS, OPS, Op, rebind
from autograd.core.value import Value, operands

TEXTBOOK = 400  # digits: 1 − tanh(x)² has cancelled 300 of them where it is no longer a float
OWN = 40  # digits, enough for words in which nothing cancels
Exact: TypeAlias = Any  # an mpf: mpmath has no types


def _tail(x: Exact) -> Exact:
    """erfc, which mpmath cannot count the terms of where it is 0 or 2 to any digits."""
    return mpmath.erfc(x) if abs(x) < 1e5 else mpmath.mpf(2 * (x < 0))


def _angle(y: Exact, x: Exact) -> Exact:
    """atan2; it jumps at y = 0, x < 0 by the sign of that 0, and mpmath's zero has none."""
    if y == 0 and x < 0:
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


def slope(op: Op, i: int, numbers: Sequence[Exact], z: Exact, textbook: bool = True) -> Exact:
    """∂z/∂operand i in the textbook's words, or as the table calculates it."""
    column, entry = op.entry(i, numbers)
    partial = (op.shown if textbook else op.partials)[column]
    if isinstance(partial, int):
        return partial
    vectors = op.columns(numbers) if op.common else ()
    rest = vectors if textbook or not op.common else rebind(op.common, words(textbook))(*vectors)
    return rebind(partial, words(textbook))(*entry, z, *rest)


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

    def gradient(
        self, numbers: Mapping[int, Exact], textbook: bool = True
    ) -> tuple[dict[int, Exact], dict[int, Exact]]:
        """∂output/∂node by `id`; and the sum of its terms' magnitudes, over all paths."""
        total: dict[int, Exact] = {id(self.nodes[-1]): mpmath.mpf(1)}
        terms = dict(total)
        for z in reversed(self.nodes):
            if z.op and id(z) in total:
                op, around = OPS[z.op], self._operands(z, numbers)
                for i, x in enumerate(operands(z)):
                    if isinstance(x, Value) and not op.is_flat(i, around):
                        d = slope(op, i, around, numbers[id(z)], textbook)
                        if d or not getattr(op, "gate", False):  # a closed gate hands nothing on
                            total[id(x)] = total.get(id(x), 0) + d * total[id(z)]
                            terms[id(x)] = terms.get(id(x), 0) + abs(d) * terms[id(z)]
        return total, terms

    def _operands(self, z: Value, numbers: Mapping[int, Exact]) -> list[Exact]:
        return [numbers[id(x)] if isinstance(x, Value) else mpmath.mpf(x) for x in operands(z)]
