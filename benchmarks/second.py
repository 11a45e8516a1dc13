"""A second process: what `compile` takes where the compiler's library is on disk already, and where it is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from benchmarks.measure import Options, python

SETUP = """
import gc, random
from benchmarks import compiled, graphs
from benchmarks.measure import cpu
from autograd import compile
import autograd.program.program, autograd.program.backends.c
{arguments}
gc.collect()
def first():
    program = compile(*arguments, "native")
    return program.at(program.read(), *arrays)
print(*cpu(first)[1:])
"""
GRAPHS = {  # how each is recorded
    "moons, one sample, batch axis": "arguments, arrays = compiled.sample(), compiled.data(100)",
    "moons, 65,077 nodes": "arguments, arrays = compiled.whole_arguments(), ()",
    "RNN, 50 steps": "(y, w), arrays = graphs.recurrent(random.Random(1)), ()\narguments = y, (), w",
}


def table(options: Options) -> None:
    print("\nSet-up in a fresh process, native, with the first call: CPU seconds, compiler included")
    print(f"    {'':<32}{'first process':>15}{'a later one (least of so many)':>34}")
    for name, arguments in GRAPHS.items():
        first, *later = seconds(SETUP.format(arguments=arguments), options.rounds)
        print(f"    {name:<32}{first:>15.3f}{f'{min(later):.3f} ({len(later)})':>34}")


def seconds(code: str, rounds: int) -> Iterator[float]:
    """Of the first process, whose cache is empty, and of those after it."""
    kept = os.environ.get("CHALKGRAD_CACHE", "")
    with TemporaryDirectory() as folder:
        os.environ["CHALKGRAD_CACHE"] = folder
        try:
            for _ in range(1 + rounds):
                yield float(python("-c", code).stdout)
        finally:
            os.environ["CHALKGRAD_CACHE"] = kept
