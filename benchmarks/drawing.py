"""From a graph to a picture: what J = 3(a + bc) as SVG costs, and what a reader sees of the pictures of many graphs."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Callable, Iterable
from dataclasses import astuple, fields
from functools import reduce
from operator import add
from tempfile import TemporaryDirectory

from autograd import Value
from benchmarks.measure import Options, Task, interleave, process, python
from examples import gallery

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
    limits(options)
    legibility()


def limits(options: Options) -> None:
    """What pictures may cost, beside what they do: times, and what an SVG weighs."""
    import viz
    from benchmarks import lectures

    lecture, tree, network = lectures.NAMED["lecture J"][0](), balanced(200), wide_layers()
    command = ["-m", "viz", "draw", "u = b*c; v = a + u; J = 3*v", "a=5", "b=3", "c=2", "-o"]
    with TemporaryDirectory() as folder:
        tasks = [
            Task("J, warm (12 ms)", dict, lambda _: viz.draw(lecture).svg),
            Task("chalkgrad draw (400 ms)", dict, lambda _: python(*command, f"{folder}/J.svg")),
            Task("399 cards (1000 ms)", dict, lambda _: viz.draw(tree, level="value").svg),
            Task("10,000 nodes, level layer (1000 ms)", dict, lambda _: viz.draw(network, level="layer").svg),
        ]
        print(f"\n{'Pictures, with what they may take':<40}{'ms (min – max)':>27}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a text that is small is what such pictures have
            for name, spread in interleave(tasks, options.rounds).items():
                print(f"    {name:<36}{f'{spread:ms}':>27}")
    weight = len(gzip.compress(viz.draw(lecture).svg.encode(), mtime=0))
    page = len(viz.page(lectures.perceptron(2, 16, 16, 1)).html.encode())
    print(f"    SVG of J, gzipped: {weight} bytes (8192); the page of MLP(2, [16, 16, 1]): {page} bytes (450,000)")


def balanced(leaves: int) -> Value:
    """A tree of sums and products."""
    row = [Value(1.0 + i / leaves, f"x_{i}") for i in range(leaves)]
    while len(row) > 1:
        a, b, *row = row
        row += [a * b if len(row) % 2 else a + b]
    return row[0].named("y")


def wide_layers() -> Value:
    """The squared error of 111 neurons of scalars, more than 10,000 nodes."""
    x = gallery.vector("x", *(i / 10 for i in range(10)))
    return gallery.squared_error(gallery.network(x, 50, 50, 10, 1, seed=0))


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
