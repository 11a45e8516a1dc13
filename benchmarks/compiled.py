"""Compiled programs: the moons step beside matrix libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd import Value, compile, dot, relu
from benchmarks import moons, peers
from benchmarks.engines import EXTRA, agree
from benchmarks.measure import Options, Task, interleave

RATE = 0.05
BACKENDS = ("numpy", "native", "jax")


def table(options: Options) -> None:
    for samples in (100, 10_000):
        moons_step(samples, options)
    one_sample(options)


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
    timed = [Task(name, None, f) for name, f in tasks.items()]
    timed += [Task(name, None, f, peers.LOOP) for name, f in (loops or {}).items()]
    spreads = interleave(timed, options.rounds)
    best = min(spread.median for name, spread in spreads.items() if name.startswith(BACKENDS))
    print(f"\n{title}{'µs (min – max)':>{70 - len(title)}}{'÷ our best':>12}")
    for name, spread in spreads.items():
        low, high = min(spread.times) * 1e6, max(spread.times) * 1e6
        middle = f"{spread.median * 1e6:.1f} ({low:.1f} – {high:.1f})"
        print(f"    {name:<34}{middle:>32}{spread.median / best:>12.2f}")
