"""Wrong gradients against the three checkers, and right ones: how often a check passes the one and blames the other."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from autograd import GradientError, Value, assert_gradients, certificate, gradcheck
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import operands
from benchmarks.fuzz import graph, right

FACTORS = (-1.0, 0.0, 1.001, 0.9, 2.0)  # what makes a slope wrong; each checker's tolerance is 1e-6 at most
ROWS = tuple(op for op in OPS.values() if op.name not in ("mass", "shift"))  # which have a meaning in a softmax only
PASSES, BLAMES = "passes", "blames"
LEAST = 1e-4  # how far a gradient has to be off, of the magnitudes of its own terms, to count as wrong


@dataclass(frozen=True)
class Case:
    """A graph as a function of its leaves, one slope of which may be wrong by a factor."""

    nodes: Sequence[Value]
    leaves: Sequence[Value]
    place: int = 0
    factor: float = 1.0

    def __call__(self, *inputs: Value) -> Value:
        made = {id(x): y for x, y in zip(self.leaves, inputs, strict=True)}
        for k, z in enumerate(self.nodes):
            if z.op:
                op = OPS[z.op]
                around = [made[id(x)] if isinstance(x, Value) else x for x in operands(z)]
                node = made[id(z)] = op.value(*around) if op.infix else op(*op.columns(around))
                if k == self.place and self.factor != 1:
                    node.dx = _scaled(node.dx, self.factor)
        return made[id(self.nodes[-1])]

    def values(self) -> tuple[Value, list[Value]]:
        """The graph, recorded anew."""
        inputs = [Value(x.data, x.name) for x in self.leaves]
        return self(*inputs), inputs


def _scaled(slope: object, factor: float) -> object:
    if isinstance(slope, tuple):
        return tuple(_scaled(x, factor) for x in slope)
    return slope if slope is None else slope * factor  # type: ignore[operator]


def by_certificate(case: Case, exact: Sequence[float]) -> str:
    proof = certificate(case.values()[0])
    return PASSES if proof.ok else _blame(str(proof))


def by_gradcheck(case: Case, exact: Sequence[float]) -> str:
    return _outcome(lambda: gradcheck(case, [x.data for x in case.leaves], order=1))


def by_assert_gradients(case: Case, exact: Sequence[float]) -> str:
    names = "abc"[: len(exact)]
    f = {1: lambda a: case(a), 2: lambda a, b: case(a, b), 3: lambda a, b, c: case(a, b, c)}[len(exact)]
    claimed = dict(zip(names, exact, strict=True))
    return _outcome(lambda: assert_gradients(f, lambda *_, **__: claimed, at=[x.data for x in case.leaves]))


def _outcome(check: Callable[[], object]) -> str:
    try:
        check()
    except GradientError as error:
        return _blame(str(error))
    return PASSES


def _blame(text: str) -> str:
    """What a check says that does not pass: that it cannot tell is no blame."""
    return BLAMES if "WRONG" in text or "DISAGREE" in text else "cannot tell"


CHECKERS = {"certificate": by_certificate, "gradcheck": by_gradcheck, "assert_gradients": by_assert_gradients}


@dataclass
class Judged:
    """How often each checker was asked and failed."""

    asked: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rows = [f"  {what:<40}{self.failed[what]:>8} of {self.asked[what]}" for what in sorted(self.asked)]
        return "\n".join([*rows, *self.faults[:20]])


def checked(count: int, seed: int = 0, checkers: Sequence[str] = tuple(CHECKERS)) -> Judged:
    """So many wrong gradients, and the right ones of the same graphs, before each checker."""
    result, k = Judged(), 0
    while count:
        k += 1
        rng = Random(f"checkers {seed} {k}")
        output, leaves = graph(rng, 4, ROWS)
        exact = right(output, leaves)
        if exact is None or not all(math.isfinite(t) and t <= 1e-9 * abs(g) for g, t in exact.pairs()):
            continue
        case = Case(topological(output), leaves)
        wrong = Case(case.nodes, leaves, rng.randrange(len(case.nodes)), rng.choice(FACTORS))
        made, inputs = wrong.values()
        made.backward()
        sizes = zip(inputs, exact.numbers[1:], exact.terms, strict=True)
        if not any(abs((x.grad or 0.0) - g) > LEAST * m for x, g, m in sizes):
            continue
        count -= 1
        for name in checkers:
            for what, one, fault in (("right", case, BLAMES), ("wrong", wrong, PASSES)):
                row = f"{name} {fault} {what} gradients"
                result.asked[row] += 1
                if CHECKERS[name](one, exact.numbers[1:]) == fault:
                    result.failed[row] += 1
                    result.faults.append(f"  graph {k}, {row}: {output!r} at {[x.data for x in leaves]}")
    return result
