"""Random graphs over all rows against 50 digits, in every back end."""

from __future__ import annotations

import math
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from random import Random
from typing import Any, TypeVar

from autograd import ChalkgradError, MissingExtra, Value, compile, grad, softmax
from autograd.core.graph import topological
from autograd.core.op import OPS, Op
from autograd.verify.progress import progress
from benchmarks.measure import Options
from benchmarks.right import ULPS, Refused, Right, right

TOGETHER = 40  # graphs in one program
SMALLEST, LARGEST = 1e-140, 1e140  # magnitudes of nodes, so that no product of slopes leaves the normal floats
JAX = 10  # one program of so many is compiled by JAX, which takes seconds for it
T, R = TypeVar("T"), TypeVar("R")
IN_SOFTMAX = ("shift", "mass")  # rows that have a meaning there only


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
                z = applied(op, around)
            except (ChalkgradError, ArithmeticError):  # of Values, or of numbers alone
                continue
            if isinstance(z, Value) and (not z.data or SMALLEST < abs(z.data) < LARGEST):
                nodes.append(z)
                break
    return nodes[-1], leaves


def applied(op: Op, around: Sequence[Any]) -> Any:
    """The row on these operands; the softmax that it is a part of."""
    if op.name in IN_SOFTMAX:
        return softmax(around)[0]
    return op.value(*around) if op.infix else op(*op.columns(around))


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


LOOSER = {  # units in the last place, where C libraries and XLA are less exact; XLA takes x + c − c for x
    "native": {"cbrt": 5},
    "jax": {"pow": 800, "sinh": 20, "cosh": 20, "erf": 1000, "erfc": 1000, "bell": 1000},
}


def looseness(way: str, output: Value) -> float:
    """How many times a back end may be as far off as others, for a row of a graph that its library has less exactly."""
    units = LOOSER.get(way, {})
    return max(units.get(z.op, ULPS) for z in topological(output)) / ULPS


@dataclass
class Count:
    """What came of it, by back end."""

    judged: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)  # graphs that the judge knows no right numbers of, by why
    numbers: Counter[str] = field(default_factory=Counter)  # of those judged, how many, and how many are special
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rows = [f"  {way:<14}{self.judged[way]:>8} graphs{self.wrong[way]:>8} wrong" for way in self.judged]
        refused = [f"  not judged: {count:>5}, as {why}" for why, count in self.refused.most_common()]
        numbers = ", ".join(f"{count} {kind}" for kind, count in self.numbers.items())
        return "\n".join([*rows, *refused, f"  numbers: {numbers}", *self.faults[:20]])

    def add(self, other: Count) -> None:
        """Another part of the same."""
        for mine, its in zip(vars(self).values(), vars(other).values(), strict=True):
            mine.extend(its) if isinstance(mine, list) else mine.update(its)


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


def fuzz(count: int, seed: int = 0, ways: Sequence[str] | None = None, jax: int = JAX, processes: int = 1) -> Count:
    """Count the graphs that are wrong, the same for each seed.

    Args:
        count: how many graphs.
        seed: of the random numbers.
        ways: some of `WAYS`; by default those that work here.
        jax: one program of so many is compiled by JAX.
        processes: how many work beside each other.
    """
    ways = backends() if ways is None else ways
    tasks = []
    for k, start in enumerate(range(0, count, TOGETHER)):
        some = [way for way in ways if way != "jax" or k % jax == 0]
        tasks.append((seed, range(start, min(start + TOGETHER, count)), some))
    result = Count()
    for part in in_processes(_program, tasks, processes, "random graphs"):
        result.add(part)
    return result


def in_processes(work: Callable[[T], R], tasks: Sequence[T], processes: int, unit: str) -> Iterator[R]:
    """The result of each task in turn, as Python's own `map`; a terminal shows how many are done."""
    alone = nullcontext(None)
    with multiprocessing.get_context("spawn").Pool(processes) if processes > 1 else alone as pool, progress() as say:
        for done, result in enumerate(pool.imap(work, tasks) if pool else map(work, tasks), 1):
            say(f"{done} of {len(tasks)} parts, {unit}")
            yield result


def _program(task: tuple[int, range, Sequence[str]]) -> Count:
    """Some graphs, judged together."""
    seed, names, ways = task
    result = Count()
    graphs: list[tuple[int, Value, list[Value], Right]] = []
    for name in names:
        output, leaves = graph(Random(f"{seed} {name}"))
        try:
            exact = right(output, leaves)
        except Refused as why:
            result.refused[str(why)] += 1
            continue
        graphs.append((name, output, leaves, exact))
        result.numbers["judged"] += len(exact.numbers)
        result.numbers["infinite or nan by convention"] += sum(not math.isfinite(x) for x in exact.numbers)
        result.numbers["which rounding leaves no three digits of"] += exact.blurred
    for way in ways if graphs else ():
        try:
            numbers = WAYS[way]([(output, leaves) for _, output, leaves, _ in graphs])
        except (ChalkgradError, ArithmeticError) as error:
            result.wrong[way] += len(graphs)
            result.faults.append(f"  graphs {names.start} to {names.stop - 1}, {way}: {error!r}")
            continue
        for found, (name, output, leaves, exact) in zip(numbers, graphs, strict=True):
            faults = exact.faults(found, looseness(way, output))
            result.judged[way] += 1
            result.wrong[way] += bool(faults)
            for i in faults:
                what = f"the gradient by {'abc'[i - 1]}" if i else "the value"
                result.faults.append(
                    f"  graph {name}, {way}: {what} is {found[i]!r}, right {exact.numbers[i]!r} "
                    f"± {exact.tolerances[i]:.2g}: {output!r} at {[x.data for x in leaves]}"
                )
    return result


def table(options: Options) -> None:
    print(f"\n{options.count} random graphs over all rows against 50 digits, seed {options.seed}")
    print(fuzz(options.count, options.seed, processes=options.processes))
    print(f"\n{options.count // 10} wrong gradients, and as many right ones, before the three checkers")
    print(import_module("benchmarks.checkers").checked(options.count // 10, options.seed, processes=options.processes))
