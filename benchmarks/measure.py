"""How time is taken: all contestants in turn, round after round, so that a slow spell hits everyone.

Ratios within one run count; absolute figures drift with the machine.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

SAMPLE = 0.02  # seconds: what is faster is repeated within a round
BUDGET = 4.0  # seconds: what has spent so much stops after the least number of rounds
LEAST_ROUNDS = 3


@dataclass(frozen=True)
class Options:
    """What the command line chose."""

    rounds: int = 7
    deep: bool = False
    plot: str = ""  # where a figure goes
    count: int = 10_000  # random graphs
    seed: int = 0
    processes: int = 1


@dataclass(frozen=True)
class Task:
    """Something to time: `prepare` makes what `run` uses up, outside the clock; without it calls follow each other."""

    name: str
    prepare: Callable[[], Any] | None
    run: Callable[..., object]
    passes: int = 1  # in one run

    def sample(self, calls: int = 1) -> float:
        """The seconds of one pass, mean of some calls, on a heap that starts without garbage."""
        gc.collect()
        spent, run = 0.0, self.run
        if self.prepare is None:
            start = perf_counter()
            for _ in range(calls):
                run()
            spent = perf_counter() - start
        else:
            for _ in range(calls):
                prepared = self.prepare()
                start = perf_counter()
                run(prepared)
                spent += perf_counter() - start
        return spent / (calls * self.passes)


@dataclass(frozen=True)
class Spread:
    """A task's rounds, in seconds."""

    times: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    def __format__(self, unit: str) -> str:
        """Median, least and most, in `ns/n` (of n operations) or `ms`: `f"{spread:ms}"`."""
        scale = 1e3 if unit == "ms" else 1e9 / int(unit.removeprefix("ns/"))
        digits = 1 if unit == "ms" else 0
        middle, low, high = (f"{t * scale:.{digits}f}" for t in (self.median, min(self.times), max(self.times)))
        return f"{middle} ({low} – {high})"


def interleave(tasks: Sequence[Task], rounds: int) -> dict[str, Spread]:
    """Each task once a round, in turn; an untimed round warms up and says how often to repeat."""
    calls = {task.name: max(1, round(SAMPLE / (task.sample() * task.passes))) for task in tasks}
    times: dict[str, list[float]] = {task.name: [] for task in tasks}
    for done in range(rounds):
        for task in tasks:
            seen = times[task.name]
            if done < LEAST_ROUNDS or sum(seen) * calls[task.name] * task.passes < BUDGET:
                seen.append(task.sample(calls[task.name]))
    return {name: Spread(seen) for name, seen in times.items()}


@contextmanager
def collector(on: bool) -> Iterator[None]:
    """The cyclic garbage collector on or off; frozen, the peers' modules don't slow it down."""
    gc.collect()
    gc.freeze()
    if not on:
        gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def compare(title: str, tasks: Sequence[Task], operations: int, options: Options) -> None:
    """Time tasks with the garbage collector on and off, and print both."""
    print(f"\n{title}, {operations} operations")
    for on in (True, False):
        with collector(on):
            spreads = interleave(tasks, options.rounds)
        print_rows(f"garbage collector {'on' if on else 'off'}", spreads, operations)


def print_rows(head: str, spreads: dict[str, Spread], operations: int) -> None:
    """For each task the time of a pass and of an operation, and how many times a peer's speed it has."""
    peers = [peer for peer in ("micrograd", "xad") if peer in spreads]
    ratios = "".join(f"{'× ' + peer:>13}" for peer in peers)
    print(f"  {head:<22}{'ms a pass':>11}{'ns an operation (min – max)':>31}{'rounds':>8}{ratios}")
    for name, spread in spreads.items():
        ratios = "".join(f"{spreads[peer].median / spread.median:>13.2f}" for peer in peers)
        per = f"{spread:ns/{operations}}"
        print(f"    {name:<20}{spread.median * 1e3:>11.4g}{per:>31}{len(spread.times):>8}{ratios}")


def cpu(run: Callable[[], Any]) -> tuple[Any, float]:
    """What a function returns, and the CPU seconds that it and the processes it waits for took."""
    start, children = process_time(), sum(os.times()[2:4])
    result = run()
    return result, process_time() - start + sum(os.times()[2:4]) - children


# ── fresh processes ───────────────────────────────────────────────────────────────────────────────


def python(*arguments: str, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter at the root of the checkout."""
    words, root, environment = [sys.executable, *arguments], Path(__file__).parents[1], os.environ | variables
    return subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=check)


def process(name: str, code: str) -> Task:
    """A whole process that runs some code."""
    return Task(name, lambda: code, lambda code: python("-c", code))
