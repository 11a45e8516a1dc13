"""Functions that functions.c makes of exp(−|x|) side by side, in one loop, where the compiler calculates it once.

A gradient asks for the slope long after the value:

    t = tanh(x); …; y = 2 · x; s = σ′(y)    becomes    t = tanh(x); y = 2 · x; s = σ′(y); …
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from autograd.core.op import Op
from autograd.ops import mul, sigmoid, sigmoid_slope, tanh
from autograd.program.ir import Node
from autograd.program.vectorize import Loop, Statement
from autograd.program.views import View, row

Step: TypeAlias = Statement | Loop

FAMILY: dict[Op | None, float] = {tanh: 2.0, sigmoid: 1.0, sigmoid_slope: 1.0}  # the factor before x in exp(−|x|)
OWN = frozenset(op for op in FAMILY if op and op.is_composed)


class Double(NamedTuple):
    """y = 2 · x: its statement, and where it stands."""

    step: Statement
    x: View
    at: int


def side_by_side(steps: Iterable[Step]) -> list[Step]:
    """Statements in an order in which such functions of the same numbers follow each other."""
    places: list[list[Step]] = []
    first: dict[tuple[View, float], int] = {}  # where the first function of so many times x stands
    doubles: dict[Node, Double] = {}
    for at, step in enumerate(steps):
        places.append([step])
        if isinstance(step, Loop) or step.kind != "map" or not isinstance(x := step.operands[-1], View):
            continue
        if step.op is mul and step.operands[0] == 2.0 and step.out == row(step.node):
            doubles[step.node] = Double(step, x, at)
        elif step.op in FAMILY:
            double = doubles.get(x.node) if x == row(x.node) else None
            target = first.setdefault((double.x, 2 * FAMILY[step.op]) if double else (x, FAMILY[step.op]), at)
            if double and target < double.at:
                places[double.at].remove(double.step)
                places[target].append(double.step)
                doubles[double.step.node] = double._replace(at=target)
            if target < at:
                places[at].remove(step)
                places[target].append(step)
    return [step for place in places for step in place]
