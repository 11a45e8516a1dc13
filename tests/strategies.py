"""Random graphs as small programs, which run on Values, on SymPy's expressions, on whatever calculates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import strategies as st

from autograd import ChalkgradError, Value
from autograd.core.op import OPS, Op
from tests.oracle import ROWS, arity, call, closes_in

LARGEST = 50.0  # a result beyond is not built upon
ANY = tuple(op for op in ROWS if op.name not in ("mass", "shift"))  # in closed forms the shift, which cancels, is 0
numbers = st.integers(-40, 40).map(lambda k: k / 16 + 1 / 64)  # at no kink, exact in binary


@dataclass(frozen=True)
class Program:
    """Leaves, and lines (operation, operands): an int is an earlier node, a float a constant."""

    leaves: tuple[float, ...]
    lines: tuple[tuple[str, tuple[int | float, ...]], ...]

    def run(self, leaves: Sequence[Any], words: Callable[[Op, list[Any]], Any] = call) -> Any:
        """The last node of the graph on these leaves."""
        nodes = list(leaves)
        for name, operands in self.lines:
            nodes.append(words(OPS[name], [nodes[x] if isinstance(x, int) else x for x in operands]))
        return nodes[-1]

    def values(self, leaves: Sequence[float] | None = None) -> tuple[Value, list[Value]]:
        """The output, and the leaves a, b, c, …."""
        inputs = [Value(x, name) for x, name in zip(leaves or self.leaves, "abcdefgh", strict=False)]
        return self.run(inputs), inputs

    def without_sharing(self, leaves: Sequence[float]) -> float:
        """The output's number alone, of plain floats."""
        return float(self.run(list(leaves)))


def some_number(rng: Random, decimals: int = 20) -> float:
    return round(rng.randint(-40, 40) / 16 + 1 / 64, decimals)  # at no kink


def line(rng: Random, rows: Sequence[Op], data: Sequence[float], decimals: int) -> tuple[Op, list[int | float]]:
    """A random operation on recent nodes, on any nodes, on constants."""
    op = rng.choice(rows)
    operands: list[int | float] = [
        rng.choice([len(data) - 1, rng.randrange(len(data)), rng.randrange(len(data)), some_number(rng, decimals)])
        for _ in range(arity(op, rng.randint(1, 3)))
    ]
    if not any(isinstance(x, int) for x in operands):
        operands[-1] = len(data) - 1
    return op, operands


@st.composite
def programs(draw, most_lines=10, rows=ANY, decimals=20):
    """Lines that have a value, away from kinks; operands repeat, so nodes are shared and edges parallel."""
    rng = Random(draw(st.integers(0, 2**64)))
    leaves = tuple(some_number(rng) for _ in range(rng.randint(1, 3)))
    data, lines = list(leaves), [("neg", (0,))]
    data.append(-data[0])
    for _ in range(draw(st.integers(1, 4 * most_lines))):
        op, operands = line(rng, rows, data, decimals)
        found = [data[x] if isinstance(x, int) else x for x in operands]
        try:
            z = float(call(op, found))
        except ChalkgradError:
            continue
        if math.isfinite(z) and abs(z) < LARGEST and not (op.kink and closes_in(found)) and len(lines) < most_lines:
            lines.append((op.name, tuple(operands)))
            data.append(z)
    return Program(leaves, tuple(lines))
