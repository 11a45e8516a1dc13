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
from benchmarks.fuzz import graph, in_processes
from benchmarks.right import LOST, Refused, right

FACTORS = (-1.0, 0.0, 1.001, 0.9, 2.0)  # what makes a slope wrong; each checker's tolerance is 1e-6 at most
PASSES, BLAMES, BLIND = "passes", "blames", "cannot tell"
TOGETHER = 50  # graphs that one process tries
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

    def __str__(self) -> str:
        fault = f", the slope of {self.nodes[self.place]!r} times {self.factor}" if self.factor != 1 else ""
        return f"{self.nodes[-1]!r} at {[x.data for x in self.leaves]}{fault}"

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
    return BLAMES if "WRONG" in text or "DISAGREE" in text else BLIND


CHECKERS = {"certificate": by_certificate, "gradcheck": by_gradcheck, "assert_gradients": by_assert_gradients}


@dataclass
class Judged:
    """What each checker said of right gradients and of wrong ones."""

    said: dict[str, Counter[str]] = field(default_factory=dict)  # by the checker and what it saw
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rows = []
        for what, said in self.said.items():
            rows.append(f"  {what:<36}" + "".join(f"{said[x]:>8} {x}" for x in (PASSES, BLAMES, BLIND)))
        return "\n".join([*rows, f"  {len(self.faults)} false passes and false alarms", *self.faults[:20]])

    def add(self, other: Judged) -> None:
        """Another part of the same."""
        for what, said in other.said.items():
            self.said.setdefault(what, Counter()).update(said)
        self.faults += other.faults


def checked(count: int, seed: int = 0, checkers: Sequence[str] = tuple(CHECKERS), processes: int = 1) -> Judged:
    """So many wrong gradients, and the right ones of the same graphs, before each checker; the same for each seed."""
    tasks = []
    for start in range(0, count, TOGETHER):
        tasks.append((f"checkers {seed} {start}", min(TOGETHER, count - start), checkers))
    result = Judged()
    for part in in_processes(_some, tasks, processes, "wrong gradients"):
        result.add(part)
    return result


def _some(task: tuple[str, int, Sequence[str]]) -> Judged:
    """Some wrong gradients and the right ones."""
    seed, count, checkers = task
    result, k = Judged(), 0
    while count:
        k += 1
        if pair := _pair(Random(f"{seed} {k}")):
            count -= 1
            exact, *cases = pair
            for name in checkers:
                for what, case, fault in zip(("right", "wrong"), cases, (BLAMES, PASSES), strict=True):
                    said = CHECKERS[name](case, exact)
                    result.said.setdefault(f"{name}, {what} gradients", Counter())[said] += 1
                    if said == fault:
                        result.faults.append(f"  graph {seed} {k}: {name} {said} {case}")
    return result


def _pair(rng: Random) -> tuple[list[float], Case, Case] | None:
    """The exact gradient of a random graph, the graph, and itself with a slope that makes the gradient wrong."""
    output, leaves = graph(rng, 4)
    try:
        exact = right(output, leaves)
    except Refused:
        return None
    if not all(math.isfinite(g) and t <= 1e-9 * abs(g) + LOST for g, t in exact.pairs()):
        return None
    case = Case(topological(output), leaves)
    wrong = Case(case.nodes, leaves, rng.randrange(len(case.nodes)), rng.choice(FACTORS))
    made, inputs = wrong.values()
    made.backward()
    sizes = zip(inputs, exact.numbers[1:], exact.terms[1:], strict=True)
    is_wrong = any(abs((x.grad or 0.0) - g) > LEAST * m + LOST for x, g, m in sizes)
    return (exact.numbers[1:], case, wrong) if is_wrong else None
