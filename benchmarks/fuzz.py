"""Random graphs over all rows against 50 digits, in every back end.

The tolerance is what the exact result moves by when each operation's value is moved by its own rounding, 4 units in
the last place, and each term of a vector's (a sum's error is relative to its terms), one after the other, in 40 digits:
a graph that is ill-conditioned is no false alarm, and a fault of an operation is not forgiven. To gradients come the
roundings of the chain rule's products and sums, relative to the magnitudes of all paths.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any

import mpmath

from autograd import ChalkgradError, MissingExtra, Value, compile, grad
from autograd.core.graph import topological
from autograd.core.op import OPS, Op
from autograd.core.value import operands
from benchmarks.exact import OWN, TEXTBOOK, Graph
from benchmarks.measure import Options

EPSILON = 2.0**-52
ULPS = 4  # of each operation's value and slopes
WAVE = 100  # times as far as it moves would a value move along its slope: it has come round a wave
TOGETHER = 40  # graphs in one program
SMALLEST, LARGEST = 1e-140, 1e140  # magnitudes of nodes, so that no product of slopes leaves the normal floats
JAX = 10  # one program of so many is compiled by JAX, which takes seconds for it


# ── random graphs ─────────────────────────────────────────────────────────────────────────────────


def number(rng: Random, others: Sequence[float]) -> float:
    """A leaf: ordinary, in a tail, close to a pole or kink, at one, or tied with another."""
    sign = rng.choice((-1.0, 1.0))
    kinds: tuple[Callable[[], float], ...] = (
        lambda: rng.uniform(-3, 3),
        lambda: sign * 10 ** rng.uniform(-12, 5),
        lambda: sign * rng.uniform(15, 700),
        lambda: sign * (1 - 10 ** rng.uniform(-15, -1)),
        lambda: rng.choice((0.0, -0.0, 1.0, -1.0, 0.5, 2.0)),
        lambda: rng.choice(others) if others else 1.0,
    )
    return rng.choices(kinds, (6, 2, 2, 1, 1, 2))[0]()


def graph(rng: Random, most: int = 8, rows: Sequence[Op] = tuple(OPS.values())) -> tuple[Value, list[Value]]:
    """A random graph of at most so many operations, each with a value, and its leaves."""
    leaves: list[Value] = []
    for name in "abc"[: rng.randint(1, 3)]:
        leaves.append(Value(number(rng, [x.data for x in leaves]), name))
    nodes = list(leaves)
    for _ in range(rng.randint(1, most)):
        for _ in range(20):
            op = rng.choice(rows)
            count = len(op.operands) * (rng.randint(1, 4) if op.variadic else 1)
            around: list[Any] = [
                nodes[-1] if rng.random() < 0.4 else rng.choice(nodes) if rng.random() < 0.8 else number(rng, [1.0])
                for _ in range(count)
            ]
            try:
                z = op.value(*around) if op.infix else op(*op.columns(around))
            except (ChalkgradError, ArithmeticError):  # of Values, or of numbers alone
                continue
            if isinstance(z, Value) and (not z.data or SMALLEST < abs(z.data) < LARGEST):
                nodes.append(z)
                break
    return nodes[-1], leaves


# ── what is right ─────────────────────────────────────────────────────────────────────────────────


@dataclass
class Right:
    """The exact value and gradient of a graph, each with its tolerance."""

    numbers: list[float]  # the value, then the gradient
    tolerances: list[float]
    terms: list[float]  # of each gradient, the magnitudes of all paths added up

    def pairs(self) -> list[tuple[float, float]]:
        """Each gradient with its tolerance."""
        return list(zip(self.numbers[1:], self.tolerances[1:], strict=True))

    def faults(self, found: Sequence[float]) -> list[int]:
        """Which numbers are wrong: 0 the value, 1 the gradient by the first leaf, …

        Where rounding moves a number by more than itself, it may as well move an operand onto a kink, where a
        convention gives nan.
        """
        return [
            i
            for i, (x, right, tolerance) in enumerate(zip(found, self.numbers, self.tolerances, strict=True))
            if x != right and not abs(x - right) <= tolerance and math.isfinite(tolerance)
            if not (x != x and tolerance > abs(right))
        ]


def right(output: Value, leaves: Sequence[Value]) -> Right | None:
    """What a graph gives in exact arithmetic; None where a number is no normal float."""
    nodes = topological(output)
    exact = Graph(nodes)
    try:
        with mpmath.workdps(TEXTBOOK):
            values = exact.values()
            total, terms = exact.gradient(values)
            numbers = [values[id(output)], *(total.get(id(x), mpmath.mpf(0)) for x in leaves)]
            magnitudes = [abs(numbers[0]), *(terms.get(id(x), mpmath.mpf(0)) for x in leaves)]
            every = [*values.values(), *total.values(), *terms.values()]
            if any(isinstance(x, mpmath.mpc) or not mpmath.isfinite(x) for x in every):
                return None
            if any(x and not 1e-290 < abs(x) < 1e290 for x in (*values.values(), *terms.values())):
                return None
        with mpmath.workdps(OWN):
            moved = _moved(exact, [output, *leaves])
    except (ArithmeticError, ValueError, TypeError, AttributeError):  # what mpmath makes of the end of a domain
        return None
    length = sum(len(operands(z)) for z in nodes) + 2
    chain = [0.0, *(float(x) * (ULPS + 2) * length * EPSILON for x in magnitudes[1:])]
    own = [ULPS * EPSILON * float(abs(numbers[0])), *[0.0] * len(leaves)]
    tolerances = [float(a) + b + c for a, b, c in zip(moved, chain, own, strict=True)]
    return Right([float(x) for x in numbers], tolerances, [float(x) for x in magnitudes[1:]])


def _moved(exact: Graph, asked: Sequence[Value]) -> list[Any]:
    """How far the value and gradient move when each operation's value does, added up.

    Raises:
        ValueError: a pole, the end of a domain, or a whole wave, as of sin(1e30), is within rounding.
    """
    output, *leaves = asked

    def result(changed: dict[Any, Any]) -> list[Any]:
        values = exact.values(False, changed)
        total, _ = exact.gradient(values, False)
        if any(isinstance(x, mpmath.mpc) or not mpmath.isfinite(x) for x in (*values.values(), *total.values())):
            raise ValueError
        return [values[id(output)], *(total.get(id(x), mpmath.mpf(0)) for x in leaves)]

    still = result({})
    slopes, _ = exact.gradient(values := exact.values(False), False)
    sums = [mpmath.mpf(0) for _ in still]
    for z in exact.nodes:
        if z.op and not OPS[z.op].is_step:
            terms = [(id(z), i) for i in range(len(operands(z)))] if OPS[z.op].variadic else []
            straight = abs(slopes.get(id(z), 0) * values[id(z)]) * ULPS * EPSILON
            for place in (id(z), *terms):
                there = [result({place: 1 + way * mpmath.mpf(ULPS * EPSILON)}) for way in (-1, 1)]
                moves = [[abs(a - b) for a, b in zip(still, numbers, strict=True)] for numbers in there]
                if place == id(z) and straight > WAVE * max(abs(still[0]) * EPSILON, *(move[0] for move in moves)):
                    raise ValueError
                sums = [s + a + b for s, a, b in zip(sums, *moves, strict=True)]
    return sums


# ── every back end ────────────────────────────────────────────────────────────────────────────────


def eager(output: Value, leaves: Sequence[Value]) -> list[float]:
    return [float(output.data), *map(float, grad(output, leaves))]


def create_graph(output: Value, leaves: Sequence[Value]) -> list[float]:
    return [float(output.data), *(float(g.data) for g in grad(output, leaves, create_graph=True))]


def compiled(backend: str) -> Callable[[Sequence[tuple[Value, list[Value]]]], list[list[float]]]:
    """All graphs in one program: its gradient is that of their sum."""

    def run(graphs: Sequence[tuple[Value, list[Value]]]) -> list[list[float]]:
        outputs, leaves = [output for output, _ in graphs], [x for _, xs in graphs for x in xs]
        whole = outputs[0]
        for output in outputs[1:]:
            whole = whole + output
        values = compile(outputs, backend=backend).values()
        _, gradients = compile(whole, wrt=leaves, backend=backend)()
        rest = iter(map(float, gradients))
        return [[float(value), *(next(rest) for _ in xs)] for value, (_, xs) in zip(values, graphs, strict=True)]

    return run


def each(run: Callable[[Value, Sequence[Value]], list[float]]) -> Callable[[Any], list[list[float]]]:
    return lambda graphs: [run(*one) for one in graphs]


WAYS: dict[str, Callable[[Sequence[tuple[Value, list[Value]]]], list[list[float]]]] = {
    "eager": each(eager),
    "create_graph": each(create_graph),
    "python": lambda graphs: [compiled("numpy")([one])[0] for one in graphs],  # straight lines of floats
    "numpy": compiled("numpy"),
    "native": compiled("native"),
    "jax": compiled("jax"),
}


@dataclass
class Count:
    """What came of it, by back end."""

    judged: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    left_out: int = 0  # graphs with a number that is no normal float

    def __str__(self) -> str:
        rows = [f"  {way:<14}{self.judged[way]:>8} graphs{self.wrong[way]:>8} wrong" for way in self.judged]
        return "\n".join([*rows, f"  left out, a number being no normal float: {self.left_out}", *self.faults[:20]])


def backends() -> list[str]:
    """The ways that work on this machine."""
    ways = []
    for way in WAYS:
        try:
            WAYS[way]([(x * 2, [x]) for x in [Value(1.0, "a")]])
            ways.append(way)
        except MissingExtra:
            pass
    return ways


def fuzz(count: int, seed: int = 0, ways: Sequence[str] | None = None, jax: int = JAX) -> Count:
    """Count the graphs that are wrong, the same for each seed.

    Args:
        count: how many graphs.
        seed: of the random numbers.
        ways: some of `WAYS`; by default those that work here.
        jax: one program of so many is compiled by JAX.
    """
    result, ways = Count(), backends() if ways is None else ways
    for k, graphs in enumerate(_programs(count, seed, result)):
        for way in ways:
            if way != "jax" or k % jax == 0:
                for found, (name, output, exact) in zip(
                    WAYS[way]([(output, leaves) for _, output, leaves, _ in graphs]),
                    [(name, output, exact) for name, output, _, exact in graphs],
                    strict=True,
                ):
                    faults = exact.faults(found)
                    result.judged[way] += 1
                    result.wrong[way] += bool(faults)
                    for i in faults:
                        what = f"the gradient by {'abc'[i - 1]}" if i else "the value"
                        result.faults.append(
                            f"  graph {name}, {way}: {what} is {found[i]!r}, right {exact.numbers[i]!r} "
                            f"± {exact.tolerances[i]:.2g}: {output!r}"
                        )
    return result


def _programs(count: int, seed: int, result: Count) -> Iterator[list[tuple[int, Value, list[Value], Right]]]:
    graphs: list[tuple[int, Value, list[Value], Right]] = []
    for name in range(count):
        output, leaves = graph(Random(f"{seed} {name}"))
        exact = right(output, leaves)
        if exact is None:
            result.left_out += 1
            continue
        graphs.append((name, output, leaves, exact))
        if len(graphs) == TOGETHER:
            yield graphs
            graphs = []
    if graphs:
        yield graphs


def table(options: Options) -> None:
    print(f"\n{options.count} random graphs over all rows against 50 digits")
    print(fuzz(options.count, options.seed))
    print(f"\n{options.count // 10} wrong gradients, and as many right ones, before the three checkers")
    print(import_module("benchmarks.checkers").checked(options.count // 10, options.seed))
