"""Compiled programs: the moons step beside matrix libraries, other models, and how costs grow with a graph."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

import autograd
from autograd import Value, compile, dot, relu
from benchmarks import graphs, moons, peers
from benchmarks.engines import EXTRA, agree, alive
from benchmarks.measure import Options, Task, interleave

RATE = 0.05
BACKENDS = ("numpy", "native", "jax")


def table(options: Options) -> None:
    for samples in (100, 10_000):
        moons_step(samples, options)
    one_sample(options)
    models(options)
    growth(options)


# ── moons ─────────────────────────────────────────────────────────────────────────────────────────


def data(samples: int) -> tuple[Any, Any]:
    found = list(moons.moons(samples))
    return np.array([x for x, _ in found]), np.array([y for _, y in found])


def sample() -> tuple[Any, list[Any], list[Value]]:
    """One sample's loss, with its share of the decay; its inputs; the parameters."""
    parameters = [Value(x) for x in moons.start()]
    x, y = [Value(0.0), Value(0.0)], Value(1.0)
    margin = relu(1.0 - y * moons.network(parameters, moons.operations)(x))
    return margin + moons.DECAY * dot(parameters, parameters), [x, y], parameters


def whole() -> tuple[Value, list[Value]]:
    """All 100 samples as one graph of scalars, without a hint of a batch."""
    parameters = [Value(x) for x in moons.start()]
    return moons.scalar(parameters), parameters


def ours(X: Any, y: Any) -> Iterator[tuple[str, peers.Gradient, Callable[[Any, float, int], Any] | None]]:
    """Names, gradients, and many steps at once."""
    for backend in BACKENDS:
        try:
            output, inputs, parameters = sample()
            batch = compile(output, inputs, parameters, backend)
            yield f"{backend}, batch axis", lambda p, f=batch: f.at(p, X, y)[1] / len(y), _descent(batch, X, y)
            if len(y) == len(moons.POINTS):
                graph = compile(*whole_arguments(), backend)
                yield f"{backend}, 65,077 nodes", lambda p, f=graph: f.at(p)[1], _descent(graph)
        except autograd.MissingExtra as error:
            print(f"{backend} is missing: {error}")


def whole_arguments() -> tuple[Value, tuple[()], list[Value]]:
    output, parameters = whole()
    return output, (), parameters


def _descent(program: Any, *arrays: Any) -> Callable[[Any, float, int], Any] | None:
    if program.backend != "native":
        return None
    scale = len(arrays[-1]) if arrays else 1
    return lambda p, rate, steps: program.descend(p, *arrays, rate=rate / scale, steps=steps)


def moons_step(samples: int, options: Options) -> None:
    """Loss and gradient, and the full step, in each peer and each of our backends."""
    X, y = data(samples) if samples != len(moons.POINTS) else map(np.array, zip(*moons.POINTS, strict=True))
    start, gradients, loops = np.array(moons.start()), {}, {}
    for name, gradient, descent in ours(X, y):
        gradients[name] = gradient
        if descent:
            loops[f"{name}, in one call"] = lambda f=descent: f(start, RATE, peers.LOOP)
    for name, make in peers.PEERS.items():
        try:
            gradients[name] = make(X, y)
        except ModuleNotFoundError:
            print(f"{name} is missing: {EXTRA}")
    try:
        steps = peers.jax_loop(X, y)
        loops["JAX, fori_loop"] = lambda: steps(start, RATE)
    except ModuleNotFoundError:
        pass
    agree({name: np.asarray(gradient(start)).tolist() for name, gradient in gradients.items()})
    report(
        f"Moons, loss + gradient, B = {samples}", {name: partial(f, start) for name, f in gradients.items()}, options
    )
    full = {name: partial(step, f, start) for name, f in gradients.items()}
    report(f"Moons, full step with update, B = {samples}", full, options, loops)


def step(gradient: peers.Gradient, p: Any) -> Any:
    return p - RATE * np.asarray(gradient(p))


def one_sample(options: Options) -> None:
    parameters = [Value(x) for x in moons.start()]
    x = [Value(0.3), Value(-0.2)]
    program = compile(moons.network(parameters, moons.operations)(x), [x], parameters)
    start = program.read()
    report("MLP(2, [16, 16, 1]), one sample", {"numpy": lambda: program.at(start, [0.3, -0.2])}, options)


def report(
    title: str,
    tasks: dict[str, Callable[[], Any]],
    options: Options,
    loops: dict[str, Callable[[], Any]] | None = None,
) -> None:
    """Medians in µs, and how many times as fast as each our best is."""
    timed = [Task(name, lambda: None, lambda _, f=f: f()) for name, f in tasks.items()]
    timed += [Task(name, lambda: None, lambda _, f=f: f(), peers.LOOP) for name, f in (loops or {}).items()]
    spreads = interleave(timed, options.rounds)
    best = min(spread.median for name, spread in spreads.items() if name.startswith(BACKENDS))
    print(f"\n{title}{'µs (min – max)':>{70 - len(title)}}{'÷ our best':>12}")
    for name, spread in spreads.items():
        low, high = min(spread.times) * 1e6, max(spread.times) * 1e6
        middle = f"{spread.median * 1e6:.1f} ({low:.1f} – {high:.1f})"
        print(f"    {name:<34}{middle:>32}{spread.median / best:>12.2f}")


# ── other models ──────────────────────────────────────────────────────────────────────────────────


def models(options: Options) -> None:
    """Set-up and replay of other graphs, ours alone: how many groups are left says whether rolling worked."""
    print(f"\n{'Other models':<24}{'nodes':>9}{'groups':>9}", end="")
    print("".join(f"{f'{b}: set-up ms':>18}{'replay µs':>12}" for b in BACKENDS[:2]) + f"{'÷ eager':>10}")
    for name, make in graphs.MODELS.items():
        output, parameters = make(random.Random(1))
        expected, eager = clocked(lambda: autograd.grad(output, parameters))  # noqa: B023
        alive(f"outputs of the {name}", [output.data])
        line, best = "", math.inf
        for backend in BACKENDS[:2]:
            program, setup = clocked(lambda: compile(output, wrt=parameters, backend=backend))  # noqa: B023
            start = program.read()
            agree({"ours": program.at(start)[1].tolist(), "eager": expected})
            seconds = often(lambda: program.at(start), options.rounds)  # noqa: B023
            best = min(best, seconds)
            line += f"{setup * 1e3:>18.0f}{seconds * 1e6:>12.1f}"
        nodes = len(autograd.topological(output))
        print(f"    {name:<20}{nodes:>9}{program.cost.groups:>9}{line}{eager / best:>10.0f}")


def growth(options: Options) -> None:
    """Set-up and replay as graphs grow: the exponent of the fitted power is 1 where costs are linear."""
    found = {}
    print(f"\n{'Growth, numpy':<24}{'nodes':>9}{'set-up ms':>12}{'µs a node':>12}{'replay µs':>12}")
    for name, sizes in (("moons", (2, 15, 154, 1540)), ("chain", (1000, 10_000, 100_000))):
        found[name] = rows = [(len(autograd.topological(y)), *measured(y, wrt)) for y, wrt in map(GROWING[name], sizes)]
        for nodes, setup, replay in rows:
            print(f"    {name:<20}{nodes:>9}{setup * 1e3:>12.1f}{setup * 1e6 / nodes:>12.2f}{replay * 1e6:>12.1f}")
        for what, column in (("set-up", 1), ("replay", 2)):
            print(f"    {name}, {what}: nodes to the power of {exponent(rows, column):.2f}")
    if options.plot:
        plotted(found, options.plot)


def plotted(found: dict[str, list[tuple[float, ...]]], path: str) -> None:
    """Seconds by nodes, both logarithmic, beside a line of slope 1."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    for name, rows in found.items():
        nodes, *columns = zip(*rows, strict=True)
        for what, seconds, dash in zip(("set-up", "one replay"), columns, ("-", "--"), strict=True):
            axes.loglog(nodes, seconds, dash, marker="o", label=f"{name}, {what}")
    axes.loglog([1e3, 1e6], [3e-3, 3.0], ":", color="grey", label="linear")
    axes.set(xlabel="recorded nodes", ylabel="seconds", title="compile() and one call, NumPy backend")
    axes.legend()
    figure.savefig(path)


def measured(output: Value, wrt: list[Value]) -> tuple[float, float]:
    program, setup = clocked(lambda: compile(output, wrt=wrt))
    start = program.read()
    value, gradients = program.at(start)
    alive("outputs", [value])
    alive("gradients", gradients.tolist())
    return setup, often(lambda: program.at(start), 5)


def exponent(rows: Sequence[tuple[float, ...]], column: int) -> float:
    """The slope of log time by log nodes."""
    x, y = np.log([row[0] for row in rows]), np.log([row[column] for row in rows])
    return float(np.polyfit(x, y, 1)[0])


def many_moons(points: int) -> tuple[Value, list[Value]]:
    parameters = [Value(x) for x in moons.start()]
    score = moons.network(parameters, moons.operations)
    losses = [(1.0 + -y * score(x)).relu() for x, y in moons.moons(points)]
    return sum(losses) * (1.0 / points), parameters


GROWING: dict[str, Callable[[int], tuple[Value, list[Value]]]] = {"moons": many_moons, "chain": graphs.chain}


def clocked(run: Callable[[], Any]) -> tuple[Any, float]:
    start = perf_counter()
    result = run()
    return result, perf_counter() - start


def often(run: Callable[[], Any], rounds: int) -> float:
    """The median time of a call."""
    _, once = clocked(run)
    calls = max(1, round(0.02 / max(once, 1e-7)))
    times = []
    for _ in range(rounds):
        _, spent = clocked(lambda: [run() for _ in range(calls)])
        times.append(spent / calls)
    return statistics.median(times)
