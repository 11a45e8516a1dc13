"""How costs grow with a graph that is regular, deep or random: set-up with a first call, and a call, to 10⁶ nodes.

`--plot benchmarks/growth.svg` draws them. A curve ends before its next graph would take minutes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

import autograd
from autograd import Value, tanh
from benchmarks import graphs
from benchmarks.engines import agree, alive
from benchmarks.measure import Options, Task, cpu, interleave
from benchmarks.recorded import once_a_machine, ours, ready

BACKENDS = ("numpy", "native")
SIZES = (10**3, 10**4, 10**5, 10**6)
TOLERANCE = 1e-7  # relative: a random graph of 10⁵ operations multiplies the roundings of each by a million
LONGEST = 4.0  # CPU seconds of set-up: ten times as many nodes would take most of a minute, or more
Row: TypeAlias = tuple[int, float, float]  # nodes, seconds of set-up, seconds of a call


def regular(n: int) -> tuple[Value, list[Value]]:
    """A tanh network MLP(2, [16, 16, 1]) of scalar operations, on as many samples as give n nodes."""
    return graphs.perceptron(random.Random(1), (2, 16, 16, 1), max(1, round(n / 680)), tanh)


GROWING: dict[str, Callable[[int], tuple[Value, list[Value]]]] = {
    "regular": regular,
    "chain": graphs.chain,
    "random": lambda n: graphs.irregular(random.Random(1), n),
}


def table(options: Options) -> None:
    once_a_machine()
    found: dict[tuple[str, str], list[Row]] = {}
    columns = "".join(f"{text:>15}" for text in ("set-up CPU ms", "µs a node", "µs a call", "ns a node"))
    print(f"\n{'Growth':<32}{'nodes':>9}{columns}")
    for name, make in GROWING.items():
        for backend in BACKENDS:
            rows = found[name, backend] = list(curve(make, backend, options))
            for nodes, setup, call in rows:
                title, times = f"{name}, {backend}", (setup * 1e3, setup * 1e6 / nodes, call * 1e6, call * 1e9 / nodes)
                print(f"    {title:<28}{nodes:>9}" + "".join(f"{time:>15.2f}" for time in times))
            powers = " and ".join(f"{exponent(rows, column):.2f}" for column in (1, 2))
            print(f"    {name}, {backend}: nodes to the power of {powers}; linear is 1")
    if options.plot:
        plotted(found, options.plot)


def curve(make: Callable[[int], tuple[Value, list[Value]]], backend: str, options: Options) -> list[Row]:
    rows: list[Row] = []
    for n in SIZES:
        if rows and rows[-1][1] > LONGEST:
            print(f"    the next would take more than {10 * LONGEST:.0f} s to set up")
            break
        rows.append(measured(*make(n), backend, options))
    return rows


def measured(output: Value, wrt: list[Value], backend: str, options: Options) -> Row:
    start = np.array([x.data for x in wrt])
    call, setup = cpu(lambda: ready(lambda: ours(output, wrt, backend), start))
    value, gradients = call(start)
    alive("gradients", gradients.tolist())
    found = {backend: [float(value), *gradients.tolist()], "recorded": [output.data, *autograd.grad(output, wrt)]}
    agree(found, TOLERANCE)
    (spread,) = interleave([Task(backend, None, lambda: call(start))], options.rounds).values()
    return len(autograd.topological(output)), setup, min(spread.times)


def exponent(rows: Sequence[Row], column: int) -> float:
    """The slope of log time by log nodes, from 10⁴ nodes on: below, what every program costs counts."""
    large = [row for row in rows if row[0] > 5000] or list(rows)
    x, y = np.log([row[0] for row in large]), np.log([row[column] for row in large])
    return float(np.polyfit(x, y, 1)[0]) if len(large) > 1 else float("nan")


def plotted(found: dict[tuple[str, str], list[Row]], path: str) -> None:
    """Seconds by nodes, both logarithmic, beside a line of slope 1."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharex=True)
    colours = dict(zip(GROWING, ("tab:blue", "tab:orange", "tab:green"), strict=True))
    for axis, column, title, linear in (
        (axes[0], 1, "compile and call once", 3e-6),
        (axes[1], 2, "one call", 3e-9),
    ):
        for (name, backend), rows in found.items():
            style: dict[str, Any] = {"color": colours[name], "marker": "o", "label": f"{name}, {backend}"}
            style["linestyle"] = "-" if backend == "native" else "--"
            axis.loglog([row[0] for row in rows], [row[column] for row in rows], **style)
        axis.loglog([1e3, 1e6], [1e3 * linear, 1e6 * linear], ":", color="grey", label="linear")
        axis.set(xlabel="recorded nodes", ylabel="seconds", title=title)
    axes[0].legend()
    figure.savefig(path)
