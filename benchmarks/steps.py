"""Both passes of large graphs as text: from the finished graph to the string that `print(steps(J))` prints."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import autograd
from autograd import Value, dot, maximum, relu, steps, tanh
from benchmarks.graphs import LEAST, MOST, leaves
from benchmarks.measure import Options, Task, collector, interleave

NODES = 10**5


def chain(n: int = NODES) -> Value:
    """tanh, · and + in turn."""
    y, w, b = Value(0.3), Value(1.5), Value(0.1)
    for i in range(n):
        y = [lambda y: tanh(y), lambda y: y * w, lambda y: y + b][i % 3](y)
    return y


def random(n: int = NODES) -> Value:
    """+, −, · and / on any two of the last 200 nodes: most have several uses."""
    rng = Random(1)
    nodes = leaves(rng, 20)
    while len(nodes) < n:
        a, b = rng.choices(nodes[-200:], k=2)
        z = rng.choice([lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b])(a, b)
        nodes += [z] if LEAST <= abs(z.data) <= MOST else []
    return autograd.sum(nodes[-200:])


def network(n: int = NODES) -> Value:
    """MLP(2, [16, 16, 1]) of scalar operations with tanh and squared errors, 650 nodes a sample."""
    rng, total = Random(1), Value(0.0)
    layers = [[leaves(rng, a + 1) for _ in range(b)] for a, b in pairwise((2, 16, 16, 1))]
    for _ in range(n // 650):
        x: list[Any] = leaves(rng, 2)
        for layer in layers:
            x = [tanh(sum((w * v for w, v in zip(row, x, strict=False)), row[-1])) for row in layer]
        total = total + (x[0] - rng.random()) ** 2
    return total


def wide(n: int = NODES) -> Value:
    """One sum of n terms."""
    return autograd.sum(leaves(Random(1), n))


def mixed(n: int = NODES) -> Value:
    """Twelve operations, among them some that choose and sums of two products; the last one sums up those unused."""
    rng = Random(2)
    nodes, unused = leaves(rng, 30), dict[int, Value]()
    while len(nodes) < n:
        a, b = rng.choices(nodes[-300:], k=2)
        z = rng.choice(MIXED)(a, b)
        if LEAST <= abs(z.data) <= MOST:
            nodes.append(z)
            for x in z.operands:
                unused.pop(id(x), None)
            unused[id(z)] = z
    return autograd.sum(list(unused.values()))


MIXED: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: 3 * a,
    lambda a, b: 1 - a,
    lambda a, b: a**2,
    lambda a, b: tanh(a),
    lambda a, b: relu(a),
    lambda a, b: maximum(a, b),
    lambda a, b: autograd.abs(a),
    lambda a, b: dot([a, b], [b, a]),
]


def products(n: int = NODES) -> Value:
    """MLP(4, [16, 16, 1]) whose units are relu(w·x + b), with squared errors: a row of weights meets each sample."""
    rng, total = Random(1), Value(0.0)
    layers = [[leaves(rng, a + 1) for _ in range(b)] for a, b in pairwise((4, 16, 16, 1))]
    for _ in range(n // 108):
        x: list[Any] = leaves(rng, 4)
        for layer in layers:
            x = [relu(dot(row[:-1], x) + row[-1]) for row in layer]
        total = total + (x[0] - rng.random()) ** 2
    return total


GRAPHS = {
    "chain": chain,
    "random": random,
    "network": network,
    "wide": wide,
    "mixed": mixed,
    "sums of products": products,
}


def table(options: Options) -> None:
    graphs = {name: graph() for name, graph in GRAPHS.items()}
    print(f"\nBoth passes of graphs of {NODES} nodes as text{'ms (min – max)':>35}{'lines':>12}")
    with collector(on=True):
        tasks = [Task(name, lambda J=J: J, lambda J: str(steps(J))) for name, J in graphs.items()]
        spreads = interleave(tasks, options.rounds)
    for name, J in graphs.items():
        print(f"    {name:<24}{f'{spreads[name]:ms}':>51}{len(steps(J)):>12}")
