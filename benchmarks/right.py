"""The exact value and gradient of a graph, and how far rounding may carry them; or why nobody can say.

The tolerance is what the exact result moves by when each operation's value is moved by its own rounding, 4 units in
the last place, and each term of a vector's (a sum's error is relative to its terms), one after the other, in 40 digits:
a graph that is ill-conditioned is no false alarm, and a fault of an operation is not forgiven. An operation whose exact
result is a float is not moved. To gradients come the roundings of the chain rule's products and sums, relative to the
magnitudes of all paths, and what is lost below the smallest float.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath

from autograd import Value
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import operands
from benchmarks.exact import OWN, TEXTBOOK, Exact, Graph

EPSILON = 2.0**-52
ULPS = 4  # of each operation's value and slopes
TINY = ULPS * 2.0**-1074  # what is lost of a number below the smallest float
LOST = 1e-290  # a number below is none
WAVE = 100  # times as far as it moves would a value move along its slope: it has come round a wave
LARGEST = 1e290  # so that no product of slopes leaves the floats
LEAST = 1e-3  # of its terms, below which what rounding may do leaves digits of a number
NOT_EXACT = ("cbrt", "hypot", "log10", "log2", "pow")  # in some library even where the result is a float
SATURATED = 20  # operand from which on a tanh is 1 in many digits, though not exactly
EDGES = {  # operands where a slope is infinite or has no value, and the float beside them another one
    "sqrt": (0,), "cbrt": (0,), "hypot": (0,), "atan2": (0,), "pow": (0,), "asin": (-1, 1), "acos": (-1, 1),
}  # fmt: skip


class Refused(Exception):
    """The judge cannot say what is right; the text says why."""


@dataclass
class Right:
    """The exact value and gradient of a graph, each with its tolerance."""

    numbers: list[float]  # the value, then the gradient; inf and nan by the table's conventions
    tolerances: list[float]
    terms: list[float]  # of each number, the magnitudes of all paths added up

    def pairs(self) -> list[tuple[float, float]]:
        """Each gradient with its tolerance."""
        return list(zip(self.numbers[1:], self.tolerances[1:], strict=True))

    @property
    def blurred(self) -> int:
        """How many numbers rounding leaves no digits of, so that little is held of them."""
        pairs = zip(self.tolerances, self.terms, strict=True)
        return sum(t > LEAST * m + LOST for t, m in pairs if math.isfinite(m))

    def faults(self, found: Sequence[float], looseness: float = 1.0) -> list[int]:
        """Which numbers are wrong, by so many tolerances: 0 the value, 1 the gradient by the first leaf, …"""
        trios = zip(found, self.numbers, self.tolerances, strict=True)
        return [i for i, (x, right, tolerance) in enumerate(trios) if not _holds(x, right, looseness * tolerance)]


def _holds(x: float, right: float, tolerance: float) -> bool:
    if not math.isfinite(right):
        return x == right or (x != x and right != right)
    return x == right or abs(x - right) <= tolerance


def right(output: Value, leaves: Sequence[Value]) -> Right:
    """What a graph gives in exact arithmetic.

    Raises:
        Refused: a number leaves the floats, or rounding may make anything of it.
    """
    nodes = topological(output)
    exact = Graph(nodes)
    try:
        with mpmath.workdps(TEXTBOOK):
            values = exact.values()
            total, terms, lost = exact.gradient(values)
            numbers = [values[id(output)], *(total.get(id(x), mpmath.mpf(0)) for x in leaves)]
            magnitudes = [abs(numbers[0]), *(terms.get(id(x), mpmath.mpf(0)) for x in leaves)]
            if any(isinstance(x, mpmath.mpc) or not mpmath.isfinite(x) for x in values.values()):
                raise Refused("a value is no real number")
            if any(LARGEST < abs(x) < mpmath.inf for x in (*values.values(), *terms.values())):
                raise Refused("a slope is too large for a float")
            if any(map(mpmath.isinf, numbers)) and any(not z.data and math.copysign(1, z.data) < 0 for z in nodes):
                raise ValueError
            rounded = _rounded(nodes, values)
    except (ArithmeticError, ValueError, TypeError, AttributeError) as error:  # what mpmath makes of a domain's end
        raise Refused("the sign of a zero decides, which mpmath does not know") from error
    with mpmath.workdps(OWN):
        moved = _Moves(exact, [output, *leaves], rounded).moved()
    length = sum(len(operands(z)) for z in nodes) + 2
    chain = [ULPS * EPSILON * magnitudes[0], *(x * (ULPS + 2) * length * EPSILON for x in magnitudes[1:])]
    under = [TINY, *(TINY * lost.get(id(x), mpmath.mpf(0)) for x in leaves)]
    tolerances = [float(a + b + c) for a, b, c in zip(moved, chain, under, strict=True)]
    return Right([float(x) for x in numbers], tolerances, [float(x) for x in magnitudes])


def _rounded(nodes: Sequence[Value], values: dict[int, Exact]) -> list[Value]:
    """The operations whose results are not exactly what floats have there."""
    exact = {id(z) for z in nodes if not z.op}
    for z in nodes:
        op = OPS.get(z.op)
        inner = [values[id(x)] for x in operands(z) if isinstance(x, Value)]
        keeps = op and not op.variadic and op.name not in NOT_EXACT and (op.infix or max(map(abs, inner)) < SATURATED)
        if (
            keeps
            and values[id(z)] == float(values[id(z)])
            and all(id(x) in exact for x in operands(z) if isinstance(x, Value))
        ):
            exact.add(id(z))
    return [z for z in nodes if id(z) not in exact and not OPS[z.op].is_step]


@dataclass
class _Moves:
    """How far the value and the gradient move when each rounded operation's value does."""

    exact: Graph
    asked: Sequence[Value]
    rounded: Sequence[Value]
    blur: dict[int, Exact] = field(default_factory=dict)  # of each node's value, by `id`

    def moved(self) -> list[Exact]:
        """The moves, added up.

        Raises:
            Refused: a pole, the end of a domain, or a whole wave, as of sin(1e30), is within rounding.
        """
        values, still = self._result({})
        slopes = self.exact.gradient(values, False).total
        sums = [mpmath.mpf(0) for _ in still]
        for z in self.rounded:
            terms = [(id(z), i) for i in range(len(operands(z)))] if OPS[z.op].variadic else []
            straight = abs(slopes.get(id(z), 0) * values[id(z)]) * ULPS * EPSILON
            for place in (id(z), *terms):
                moves = [self._moves({place: factor}, values, still) for factor in _factors(values[id(z)])]
                if place == id(z) and straight > WAVE * max(abs(still[0]) * EPSILON, *(move[0] for move in moves)):
                    raise Refused("a whole wave is within rounding")
                sums = [s + a + b for s, a, b in zip(sums, *moves, strict=True)]
        if not all(map(mpmath.isfinite, sums)) or any(self._is_at_edge(z, values) for z in self.exact.nodes if z.op):
            raise Refused("a pole or the end of a domain is within rounding")
        return sums

    def _result(self, changed: dict[Any, Exact]) -> tuple[dict[int, Exact], list[Exact]]:
        """All values, and the numbers that are asked for."""
        output, *leaves = self.asked
        try:
            values = self.exact.values(False, changed)
            total = self.exact.gradient(values, False).total
            if any(isinstance(x, mpmath.mpc) for x in values.values()):
                raise ValueError
        except (ArithmeticError, ValueError, TypeError, AttributeError) as error:  # what mpmath makes of a domain's end
            raise Refused("a pole or the end of a domain is within rounding") from error
        return values, [values[id(output)], *(total.get(id(x), mpmath.mpf(0)) for x in leaves)]

    def _moves(self, changed: dict[Any, Exact], values: dict[int, Exact], still: list[Exact]) -> list[Exact]:
        there, numbers = self._result(changed)
        for node, value in there.items():
            self.blur[node] = self.blur.get(node, 0) + _apart(value, values[node])
        return [_apart(a, b) for a, b in zip(still, numbers, strict=True)]

    def _is_at_edge(self, z: Value, values: dict[int, Exact]) -> bool:
        """Whether rounding may carry an operand to where the slope is another one."""
        for x in operands(z):
            blur = self.blur.get(id(x), 0)
            if blur and any(abs(values[id(x)] - edge) <= blur for edge in EDGES.get(z.op, ())):
                return True
        if OPS[z.op].is_step and len(operands(z)) == 2:  # a comparison of what is equal once it is rounded
            a, b = (values[id(x)] if isinstance(x, Value) else mpmath.mpf(x) for x in operands(z))
            return bool(0 < abs(a - b) <= sum(self.blur.get(id(x), 0) for x in operands(z)))
        return False


def _factors(value: Exact) -> tuple[Exact, Exact]:
    """What a value is rounded by, down and up; below the smallest float to 0, never to the other sign."""
    relative = mpmath.mpf(ULPS * EPSILON) + (TINY / abs(value) if value and abs(value) < LOST else 0)
    return max(1 - relative, mpmath.mpf(0)), 1 + relative


def _apart(a: Exact, b: Exact) -> Exact:
    """|a − b|; inf where only one of them is a number, or infinite."""
    if a == b or (a != a and b != b):
        return mpmath.mpf(0)
    return abs(a - b) if mpmath.isfinite(a - b) else mpmath.inf
