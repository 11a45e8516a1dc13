"""From a graph to a picture: what J = 3(a + bc) as SVG costs, and what a reader sees of the pictures of many graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, fields
from functools import reduce
from operator import add

from autograd import Value
from benchmarks.measure import Options, Task, interleave, process

PICTURE = """
import viz
from autograd import Value

a, b, c = Value(5.0, "a"), Value(3.0, "b"), Value(2.0, "c")
u = (b * c).named("u")
J = (3 * (a + u)).named("J")
J.backward()
svg = viz.draw(J).svg
assert svg.lstrip().startswith("<")
"""


def table(options: Options) -> None:
    print(f"\nJ = 3(a + bc) as SVG{'ms (min – max)':>35}")
    code = compile(PICTURE, "picture", "exec")
    try:
        exec(code, {})
    except (ImportError, AttributeError) as error:
        print(f"    not available: {error}")
        return
    tasks = [process("cold, a fresh process", PICTURE), Task("warm", dict, lambda names: exec(code, names))]
    for name, spread in interleave(tasks, options.rounds).items():
        print(f"    {name:<24}{f'{spread:ms}':>27}")
    legibility()


def legibility() -> None:
    """The measured table: the named graphs one by one, as `draw` shows them; the others together, as they are."""
    from benchmarks import lectures
    from benchmarks.legibility import Measured, measure
    from viz import draw

    def row(name: str, before: float | None, measured: Iterable[Measured]) -> None:
        points, height, *faults = astuple(reduce(add, measured))
        was = "" if before is None else f"{before:.1f} →"
        print(f"    {name:<32}{was:>7}{points:>6.1f}{height:>10.1f}", *(f"{count:>10}" for count in faults))

    def seeds(name: str, make: Callable[[int], Value], seeds: range, level: str) -> None:
        row(f"{len(seeds)} {name}", None, (measure(draw(make(seed), level=level)) for seed in seeds))  # type: ignore[arg-type]

    heads = (field.name.replace("_", " ") for field in fields(Measured)[2:])
    print(f"\n{'Pictures on a slide':<36}{'smallest pt':>13}{'x-height':>10}", *(f"{head:>10}" for head in heads))
    for name, (make, before) in lectures.NAMED.items():
        row(name, before, [measure(draw(make()))])
    for name, numbers in lectures.RANDOM.items():
        seeds(name, lectures.random_graph, numbers, "value")
    seeds("networks, a card a neuron", lectures.network, lectures.NETWORKS, "neuron")
    print("    Before, on other random graphs and networks and counted by lanes: 28 crossings in the ten named graphs,")
    print("    217 in 40 random ones, 1296 in 20 networks; of texts 55 nearer to another road, 24 on a line.")
