"""Recorded graphs of every structure: set-up and a call, beside peers that take scalars and JAX's scan by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd import Value, compile
from benchmarks import graphs, scans, tapes
from benchmarks.engines import agree, alive
from benchmarks.measure import Options, Task, cpu, interleave

BACKENDS = ("numpy", "native", "jax")
# of the others it takes minutes to compile
ONLY = {"heyoka": ("convolution", "random expression", "RNN, 50 steps", "LSTM, 50 steps")}
Call = Callable[[Any], tuple[Any, Any]]  # of the leaves' numbers: value and gradient


def table(options: Options) -> None:
    print("\nRecorded graphs, loss + gradient: set-up in CPU seconds (compilers included), the least time of a call")
    once_a_machine()
    for name, make in graphs.MODELS.items():
        measured(name, make, options)


def once_a_machine() -> None:
    """Compile what is the same for all irregular graphs, so that no row includes it."""
    output, leaves = graphs.irregular(random.Random(2), 3000)
    _, seconds = cpu(lambda: ready(lambda: ours(output, leaves, "native"), np.array([x.data for x in leaves])))
    print(f"In no row: {seconds:.1f} s for what is compiled once on a machine, for all irregular graphs.")


def measured(name: str, make: Callable[[random.Random], tuple[Value, list[Value]]], options: Options) -> None:
    """One graph: every contestant's gradient is compared with the recorded one before it is timed."""
    output, leaves = make(random.Random(1))
    nodes, numbers = autograd.topological(output), np.array([x.data for x in leaves], float)
    expected = autograd.grad(output, leaves)
    alive(f"gradients of the {name}", expected)
    title = f"{name}, {len(nodes)} nodes"
    print(f"\n{title:<38}{'set-up s':>12}{'µs a call':>12}{'÷ our best':>12}")
    calls: dict[str, Call] = {}
    setups: dict[str, float] = {}
    for who, prepare in contestants(name, nodes, output, leaves):
        try:
            calls[who], setups[who] = cpu(lambda f=prepare: ready(f, numbers))  # type: ignore[misc]
        except (ModuleNotFoundError, autograd.MissingExtra) as error:
            print(f"    {who:<26}missing: {error}")
            continue
        except autograd.LengthError as error:
            print(f"    {who:<26}{str(error).partition(': ')[0]}")
            continue
        value, slopes = calls[who](numbers)
        agree({who: [float(value), *map(float, slopes)], "the recorded graph": [output.data, *expected]})
    tasks = [Task(who, None, partial(call, numbers)) for who, call in calls.items()]
    least = {who: min(spread.times) for who, spread in interleave(tasks, options.rounds).items()}
    best = min(seconds for who, seconds in least.items() if who in BACKENDS)
    for who, seconds in least.items():
        print(f"    {who:<26}{setups[who]:>20.3f}{seconds * 1e6:>12.1f}{seconds / best:>12.2f}")


def ready(prepare: Callable[[], Call], numbers: Any) -> Call:
    """What a contestant made, called once: JAX compiles then."""
    call = prepare()
    call(numbers)
    return call


def contestants(
    name: str, nodes: Sequence[Value], output: Value, leaves: Sequence[Value]
) -> Iterator[tuple[str, Callable[[], Call]]]:
    for backend in BACKENDS[: 3 if name in scans.BY_HAND else 2]:
        yield backend, partial(ours, output, leaves, backend)
    for peer, tell in tapes.TAPES.items():
        if name in ONLY.get(peer, (name,)):
            yield peer, partial(tell, nodes, leaves)
    if name in scans.BY_HAND:
        yield "JAX, lax.scan by hand", partial(scans.scan, name)


def ours(output: Value, leaves: Sequence[Value], backend: str) -> Call:
    program = compile(output, wrt=leaves, backend=backend)
    others = program.read()[len(leaves) :]
    return program.at if not len(others) else lambda p: program.at(np.concatenate([p, others]))
