"""The command line: `python -m benchmarks` prints every table, `python -m benchmarks chain tree` two of them.

`python -m benchmarks fuzz` is no table of times: it looks for wrong numbers, for ten minutes, when it is asked.
"""

from __future__ import annotations

import argparse
import os
from importlib import import_module

from benchmarks.measure import LEAST_ROUNDS, Options

TABLES = (
    *("expression", "chain", "tree", "moons", "compiled", "recorded", "growth", "second", "nn", "depth", "imports"),
    *("steps", "drawing"),
)


os.environ["CHALKGRAD_CACHE"] = "off"  # times of set-up are those of a first process


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Our speed beside the peers'.")
    some = f"which to print, all by default: {', '.join(TABLES)}; or fuzz: random graphs against 50 digits"
    parser.add_argument("tables", nargs="*", help=some)
    parser.add_argument("--rounds", type=int, default=7, help=f"how often to measure, at least {LEAST_ROUNDS}")
    parser.add_argument("--deep", action="store_true", help="try a chain of 10⁷ operations too (some GB of memory)")
    parser.add_argument("--plot", default="", metavar="FILE", help="draw how costs grow (growth; needs matplotlib)")
    parser.add_argument("--count", type=int, default=10_000, help="how many random graphs (fuzz)")
    parser.add_argument("--seed", type=int, default=0, help="which random graphs (fuzz)")
    parser.add_argument("--processes", type=int, default=1, help="how many work beside each other (fuzz)")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.tables) - {*TABLES, "fuzz"})
    if unknown:
        parser.error(f"no table {', '.join(unknown)}; there are {', '.join(TABLES)}, fuzz")
    rounds = max(LEAST_ROUNDS, arguments.rounds)
    fuzz = arguments.count, arguments.seed, arguments.processes
    options = Options(rounds, arguments.deep, arguments.plot, *fuzz)
    for name in arguments.tables or TABLES:
        import_module(f"benchmarks.{name}").table(options)


if __name__ == "__main__":
    main()
