"""The deepest chain: built, run backwards and released at Python's default recursion limit.

Each attempt has a process of its own, for a failure may take the interpreter with it.
"""

from __future__ import annotations

import sys
from functools import partial
from time import perf_counter

from benchmarks.chain import chain
from benchmarks.engines import EXTRA, MAKERS
from benchmarks.measure import Options, python

NUMBERS = [1.0, 0.999, 0.002]


def reach(name: str, depth: int) -> float:
    """Nanoseconds an operation of one chain."""
    engine = MAKERS[name]()
    leaves = engine.leaves(NUMBERS)
    start = perf_counter()
    engine.backward(partial(chain, operations=depth), leaves)  # what it returns is released at once
    return (perf_counter() - start) / depth * 1e9


def attempt(name: str, depth: int) -> tuple[str, str]:
    """What `reach` printed in a fresh process, and why it failed."""
    process = python("-m", "benchmarks.depth", name, str(depth), check=False)
    last = process.stderr.strip().splitlines()[-1:] or [f"exit status {process.returncode}"]
    return process.stdout.strip(), last[0].split(":")[0] if process.returncode else ""


def between(name: str, works: int, fails: int) -> int:
    """The greatest even depth that works, by bisection."""
    while fails - works > 2:
        middle = (works + fails) // 4 * 2
        works, fails = (works, middle) if attempt(name, middle)[1] else (middle, fails)
    return works


def row(name: str, depths: list[int]) -> str:
    """How far an engine gets, in words."""
    works, cost = 0, ""
    for depth in depths:
        printed, failure = attempt(name, depth)
        if failure == "ModuleNotFoundError":
            return f"missing: {EXTRA}"
        if failure:
            return f"{between(name, works, depth):>12}  {failure} beyond"
        works, cost = depth, printed
    return f"{works:>12}{cost:>18}"


def table(options: Options) -> None:
    print("\nDeepest chain, default recursion limit, release included")
    print(f"    {'':<20}{'operations':>12}{'ns an operation':>18}")
    for name in MAKERS:
        print(f"    {name:<20}{row(name, [100, 10**4, 10**6] + [10**7] * options.deep)}")


if __name__ == "__main__":
    print(round(reach(sys.argv[1], int(sys.argv[2]))))
