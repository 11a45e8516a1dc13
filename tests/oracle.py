"""What the rows of the table mean to SymPy, and where to test them."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise, product
from types import FunctionType
from typing import Any

import sympy

from autograd.core.op import OPS, Op, rebind

ROWS = list(OPS.values())
LENGTHS = range(1, 6)  # of the vectors that variadic rows are tested on


def arity(op: Op, entries: int = 3) -> int:
    """How many operands the row has, of vectors all entries."""
    return len(op.operands) * (entries if op.variadic else 1)


def call(op: Op, operands: Sequence[Any]) -> Any:
    """The row on a flat list of operands."""
    return op(*op.columns(operands))


def points(op: Op, number: int, entries: int = 3) -> Iterator[tuple[float, ...]]:
    """Random operands where the row says to test, the same in each run."""
    rng = random.Random(op.name)
    near = [interval for interval in op.near for _ in range(entries if op.variadic else 1)]
    for _ in range(number):
        yield tuple(rng.uniform(low, high) for low, high in near)


def grid(op: Op, entries: int = 2) -> Iterator[tuple[float, ...]]:
    """Operands at kinks, ties, edges and outside of domains."""
    return product((-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0), repeat=arity(op, entries))


IN_PYTHON = {
    " = ": " == ",
    "a whole y": "y == round(y)",
    "∞": "inf",
    "≠": "!=",
    "≤": "<=",
    "≥": ">=",
    "−": "-",
    ",": "",
}


def admits(op: Op, numbers: Sequence[float]) -> bool:
    """Whether numbers lie in the row's domain, read from the text of its `where`."""
    condition = op.where or "True"
    for mathematics, python in IN_PYTHON.items():
        condition = condition.replace(mathematics, python)
    if op.variadic:
        return any(admits(replace(op, variadic=False), entry) for entry in zip(*op.columns(numbers), strict=True))
    return eval(condition, {"round": round, "inf": math.inf}, dict(zip(op.operands, numbers, strict=True)))


def closes_in(numbers: Sequence[float], margin: float = 1e-2) -> bool:
    """Whether operands are so close to each other, 0 or ±1 that a kink may be near."""
    marks = sorted([*numbers, -1.0, 0.0, 1.0])
    return any(b - a < margin for a, b in pairwise(marks))


@functools.cache
def symbolic() -> dict[str, Callable[..., Any]]:
    """The table's words as functions of SymPy expressions: the textbook's formula where a row has one."""
    words: dict[str, Callable[..., Any]] = {"reduce": reduce, "total": sum}
    for op in ROWS:
        if op.sympy:
            words[op.name] = functools.partial(op.sympy, sympy)
        elif isinstance(op.formula or op.value, FunctionType):
            words[op.name] = rebind(op.formula or op.value, words)
        else:
            words[op.name] = op.value if op.value.__module__ == "_operator" else getattr(sympy, op.name)
    return words


def symbols(number: int) -> list[Any]:
    return list(sympy.symbols(f"x:{number}", real=True))


def formula(op: Op, operands: Sequence[Any]) -> Any:
    """The row as a SymPy expression of its operands."""
    return sympy.sympify(symbolic()[op.name](*op.columns(operands)))


def number(expression: Any, names: Sequence[Any], numbers: Sequence[float]) -> float:
    """A SymPy expression at a point, calculated in 40 digits."""
    point = {name: sympy.Float(x, 40) for name, x in zip(names, numbers, strict=True)}
    return float(sympy.sympify(expression).subs(point).evalf(40))


def same(a: float, b: float) -> bool:
    """Equal, with nan equal to itself."""
    return a == b or (math.isnan(a) and math.isnan(b))
