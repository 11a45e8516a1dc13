"""Training: the steps of micrograd's demo, with a node an operation and with a node a neuron.

100 points of two moons, MLP(2, [16, 16, 1]) with ReLU, hinge loss + 10⁻⁴ · Σ p², the whole batch;
337 parameters. A step is loss, backward, update, zero. Steps run in a row and, as in the demo, a
loss lives until the next one is there: what a graph leaves to the garbage collector counts.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, pairwise
from operator import mul
from typing import Any

import autograd
from benchmarks.engines import Engine, Micrograd, Program, agree, field, gradients
from benchmarks.measure import Options, Task, compare, python

SIZES = (2, 16, 16, 1)
OPERATIONS = 65_077  # of the loss, as micrograd counts its nodes
STEPS, RATE, DECAY = 10, 0.05, 1e-4
Neurons = Sequence[tuple[Sequence[Any], Any]]  # of each the weights and the bias
Layer = Callable[[Sequence[Any]], list[Any]]
Score = Callable[[Sequence[Any]], Any]  # of a point


def moons(points: int = 100, noise: float = 0.1) -> Iterator[tuple[list[float], float]]:
    """Two half circles that interlock, labelled −1 and 1."""
    rng = random.Random(1337)
    for i in range(points):
        angle = math.pi * rng.random()
        x, y = math.cos(angle), math.sin(angle)
        x, y = (1 - x, 0.5 - y) if i % 2 else (x, y)
        yield [x + rng.gauss(0, noise), y + rng.gauss(0, noise)], 2.0 * (i % 2) - 1


POINTS = list(moons())


def start() -> list[float]:
    """The parameters before the step: of each neuron the weights, then the bias, as in micrograd."""
    rng = random.Random(1337)
    return [rng.uniform(-1, 1) for n, m in pairwise(SIZES) for _ in range((n + 1) * m)]


# ── the loss in operations and in vectors ─────────────────────────────────────────────────────────


def operations(neurons: Neurons) -> Layer:
    """b + w·x for each neuron, a node an operation."""
    return lambda x: [sum(map(mul, w, x), b) for w, b in neurons]


def dots(neurons: Neurons) -> Layer:
    """b + w·x for each neuron, one node: the bias is the weight of 1, a leaf as the inputs are."""
    one, rows = autograd.Value(1.0), [(b, *w) for w, b in neurons]

    def layer(x: Sequence[Any]) -> list[Any]:
        x = (one, *x)
        return [autograd.dot(row, x) for row in rows]

    return layer


def squares(xs: Sequence[Any]) -> Any:
    return sum([x * x for x in xs])


def network(leaves: Sequence[Any], layer: Callable[[Neurons], Layer]) -> Score:
    """The multilayer perceptron as a function of one point."""
    flow = iter(leaves)
    shapes = pairwise(SIZES)
    *hidden, last = [layer([(list(islice(flow, n)), next(flow)) for _ in range(m)]) for n, m in shapes]

    def score(x: Sequence[Any]) -> Any:
        for layer in hidden:
            x = [z.relu() for z in layer(x)]
        return last(x)[0]

    return score


def hinge(score: Score, leaves: Sequence[Any], total: Callable[..., Any], squares: Callable[..., Any]) -> Any:
    """Σ max(0, 1 − y · score) / n + 10⁻⁴ · Σ p²."""
    losses = [(1.0 + -y * score(x)).relu() for x, y in POINTS]
    return total(losses) * (1.0 / len(losses)) + DECAY * squares(leaves)


def scalar(leaves: Sequence[Any]) -> Any:
    """The loss with a node an operation."""
    return hinge(network(leaves, operations), leaves, sum, squares)


def vector(leaves: Sequence[Any]) -> Any:
    """The loss with a node a neuron."""
    score = network(leaves, dots)
    return hinge(lambda x: score(list(map(autograd.Value, x))), leaves, autograd.sum, lambda xs: autograd.dot(xs, xs))


class Demo(Micrograd):
    """micrograd's own network, its parameters set to given numbers."""

    def __init__(self, number: Callable[[float], Any]) -> None:
        from micrograd.nn import MLP

        super().__init__(number)
        self.model = MLP(SIZES[0], list(SIZES[1:]))

    def leaves(self, numbers: Sequence[float]) -> list[Any]:
        leaves: list[Any] = self.model.parameters()
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data, leaf.grad = number, 0
        return leaves

    def loss(self, leaves: Sequence[Any]) -> Any:
        return hinge(lambda x: self.model(list(map(self.number, x))), leaves, sum, squares)


def entries() -> dict[str, tuple[Engine, Program]]:
    """Who computes which form of the loss."""
    engines = field()
    found: dict[str, tuple[Engine, Program]] = {"chalkgrad, n-ary": (engines["chalkgrad"], vector)}
    for name, engine in engines.items():
        if isinstance(engine, Micrograd):
            demo = Demo(engine.number)
            found[name] = demo, demo.loss
        else:
            found[name] = engine, scalar
    return found


def train(engine: Engine, loss: Program, leaves: Sequence[Any]) -> None:
    for _ in range(STEPS):
        kept = engine.backward(loss, leaves)  # noqa: F841  as `total_loss` is
        leaves = engine.descend(leaves, RATE)


def table(options: Options) -> None:
    found = entries()
    agree({name: gradients(engine, loss, start()) for name, (engine, loss) in found.items()})
    found.pop("torch", None)  # seconds a step
    in_c = os.environ.get("CHALKGRAD_VALUES") == "c"
    if in_c:
        found = {name: found[name] for name in ("chalkgrad", "chalkgrad, n-ary", "xad") if name in found}
    tasks = [
        Task(name, partial(engine.leaves, start()), partial(train, engine, loss), STEPS)
        for name, (engine, loss) in found.items()
    ]
    compare("Moons step, Values in C" if in_c else "Moons step", tasks, OPERATIONS, options)
    if not in_c:  # a process has one kind of Values
        print(python("-m", "benchmarks", "moons", "--rounds", str(options.rounds), CHALKGRAD_VALUES="c").stdout)
