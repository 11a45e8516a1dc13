"""How far rounding alone may carry each gradient: the spread of passes whose every number is off in its last place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import Number, Value, operands
from autograd.errors import ChalkgradError
from autograd.verify.complex_step import compares
from autograd.verify.report import close

Move = Callable[[float, int], float]  # a number by so many units in its last place
Edges = list[tuple[int, float]]  # an operand by `id`, and the slope

PASSES = 4
SAFE = 8  # times the largest deviation of those passes
LEAST = 2.0**-50  # of the terms: another order of the same sums
SLOPE_ULPS = 2  # that a slope is moved by: those of the table are good to 4


@dataclass(frozen=True)
class Rounding:
    """What rounding may do to one gradient, in its unit, and how large the terms are that it is the sum of."""

    margin: float
    terms: float

    def agree(self, a: Number, b: Number, rtol: float) -> bool | None:
        """Whether two numbers agree; None where rounding alone may be why, and leaves no two digits of the terms."""
        if not close(a, b, rtol, self.margin):
            return False
        return True if self.margin <= 1e-2 * self.terms or close(a, b, rtol, 0.0) else None


def roundings(output: Value, inputs: Sequence[Value]) -> list[Rounding]:
    """What rounding may do to each ∂output/∂x; nothing to those of an exact graph.

    Each result is moved by one unit in its last place, each slope by two, up or down at random, where it is rounded
    at all: a gradient moves far if its terms cancel, or rest on numbers whose terms did. Choices stay as they are.

    Source: J. Vignes (1993), A stochastic arithmetic for reliable scientific computation.

    Example:
        >>> x = Value(0.1, "x")
        >>> roundings(1e9 + x * x, [x])[0].margin < 1e-14  # the sum has lost its digits, 2x has not
        True
        >>> roundings(-(1 - (x + 29.9).sigmoid()).log(), [x])[0].margin > 1e-3  # 1/(1 − σ) has
        True
    """
    if not isinstance(output.data, float):
        return [Rounding(0.0, 0.0)] * len(inputs)
    nodes = list(map(_noted, topological(output)))
    still, terms = _gradients(nodes, _keep, _keep), _gradients(nodes, _keep, lambda x, _: abs(x))
    moved = [_gradients(nodes, move, move) for move in map(_mover, range(PASSES))]
    found = []
    for x in map(id, inputs):
        apart = max(_apart(still.get(x, 0.0), g.get(x, 0.0)) for g in moved)
        least = LEAST * terms.get(x, 0.0)
        found.append(Rounding(max(SAFE * apart, least if math.isfinite(least) else 0.0), terms.get(x, 0.0)))
    return found


def noise(output: Value) -> float:
    """How far rounding may carry a graph's result, in its unit."""
    if not isinstance(output.data, float):
        return 0.0
    nodes = list(map(_noted, topological(output)))
    moved = [_forward(nodes, _mover(seed))[0] for seed in range(PASSES)]
    return SAFE * max(_apart(float(output.data), float(data[id(output)])) for data in moved)


def _apart(a: float, b: float) -> float:
    """|a − b|; inf where only one of them is a number."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) if math.isfinite(a - b) else math.inf


def _keep(x: float, ulps: int) -> float:
    return x


def _mover(seed: int) -> Move:
    choose = Random(seed).choice
    return lambda x, ulps: x + choose((-ulps, ulps)) * math.ulp(x) if math.isfinite(x) else x


@dataclass(frozen=True)
class _Noted:
    """A node with what every pass asks of it: whether it was rounded, its operands' numbers, its slopes by them."""

    node: Value
    rounded: bool
    numbers: list[Number]
    slopes: dict[int, float]  # by the operand's place


def _noted(z: Value) -> _Noted:
    numbers = [x.data if isinstance(x, Value) else x for x in operands(z)]
    places = [i for i, x in enumerate(operands(z)) if isinstance(x, Value)]
    seen = OPS[z.op].float_seen(numbers, z.data) if places else ()
    slopes = {i: float(OPS[z.op].float_slope(i, numbers, *seen)) for i in places}
    return _Noted(z, _is_rounded(z), numbers, slopes)


def _gradients(nodes: Sequence[_Noted], move: Move, turn: Move) -> dict[int, float]:
    """All gradients by `id`: results are moved, slopes and what they hand on are turned."""
    edges = _forward(nodes, move)[1]
    gradients = {id(nodes[-1].node): 1.0}
    for noted in reversed(nodes):
        if gradient := gradients.get(id(noted.node)):
            for x, slope in edges[id(noted.node)]:
                if slope:
                    part = gradient * turn(slope, 0 if abs(slope) == 1 else SLOPE_ULPS)
                    gradients[x] = gradients[x] + turn(part, 1) if x in gradients else part
    return gradients


def _forward(nodes: Sequence[_Noted], move: Move) -> tuple[dict[int, Number], dict[int, Edges]]:
    """Each node's moved number, and its edges, by `id`."""
    data: dict[int, Number] = {}
    edges: dict[int, Edges] = {}
    for noted in nodes:
        z = id(noted.node)
        data[z], edges[z] = _moved(noted, data)
        if noted.rounded:
            data[z] = move(float(data[z]), 1)
    return data, edges


def _moved(noted: _Noted, data: dict[int, Number]) -> tuple[Number, Edges]:
    """A node's number moved as its operands are, to first order, and its slopes there."""
    z, before, slopes = noted.node, noted.numbers, noted.slopes
    inputs = operands(z)
    numbers = [data[id(x)] if isinstance(x, Value) else x for x in inputs]
    if numbers == before:
        return z.data, [(id(inputs[i]), slope) for i, slope in slopes.items()]
    op = OPS[z.op]
    off = sum(slope * float(numbers[i] - before[i]) for i, slope in slopes.items() if numbers[i] != before[i])
    seen = op.float_seen(numbers, op.limit(numbers))
    edges = []
    for i, slope in slopes.items():
        elsewhere = float(op.float_slope(i, numbers, *seen))
        flips = compares(op) and abs(elsewhere - slope) > 1e-6 * abs(slope)  # a choice that the graph did not make
        edges.append((id(inputs[i]), slope if flips else elsewhere))
    return z.data + off, edges


def _is_rounded(z: Value) -> bool:
    """Whether a result is not the exact one of its operands: 0.5 · 6 is, 0.1 · 3 is not."""
    numbers = [x.data if isinstance(x, Value) else x for x in operands(z)]
    if not z.op or not all(map(math.isfinite, (z.data, *numbers))):
        return False
    try:
        exact = OPS[z.op].evaluate([Fraction(x) for x in numbers])
    except ChalkgradError:
        return True
    return isinstance(exact, float) or exact != z.data
