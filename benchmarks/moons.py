"""Training: the steps of micrograd's demo, with a node an operation and with a node a neuron.

100 points of two moons, MLP(2, [16, 16, 1]) with ReLU, hinge loss + 10⁻⁴ · Σ p², the whole batch;
337 parameters. A step is loss, backward, update, zero. Steps run in a row and, as in the demo, a
loss lives until the next one is there: what a graph leaves to the garbage collector counts.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, pairwise
from operator import mul
from typing import Any

import autograd
from benchmarks.engines import Engine, Micrograd, Program, agree, field, gradients
from benchmarks.measure import Options, Task, compare

SIZES = (2, 16, 16, 1)
OPERATIONS = 65_077  # of the loss, as micrograd counts its nodes
STEPS, RATE, DECAY = 5, 0.05, 1e-4
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


def affine(b: Any, w: Sequence[Any], x: Sequence[Any]) -> Any:
    return sum(map(mul, w, x), b)


def squares(xs: Sequence[Any]) -> Any:
    return sum([x * x for x in xs])


def affine_node(b: Any, w: Sequence[Any], x: Sequence[Any]) -> Any:
    return autograd.dot([b, *w], [1.0, *x])


def squares_node(xs: Sequence[Any]) -> Any:
    return autograd.dot(xs, xs)


def network(leaves: Sequence[Any], affine: Callable[..., Any]) -> Score:
    """The multilayer perceptron as a function of one point."""
    flow = iter(leaves)
    layers = [[(list(islice(flow, n)), next(flow)) for _ in range(m)] for n, m in pairwise(SIZES)]

    def score(x: Sequence[Any]) -> Any:
        for layer in layers[:-1]:
            x = [affine(b, w, x).relu() for w, b in layer]
        ((w, b),) = layers[-1]
        return affine(b, w, x)

    return score


def hinge(score: Score, leaves: Sequence[Any], total: Callable[..., Any], squares: Callable[..., Any]) -> Any:
    """Σ max(0, 1 − y · score) / n + 10⁻⁴ · Σ p²."""
    losses = [(1.0 + -y * score(x)).relu() for x, y in POINTS]
    return total(losses) * (1.0 / len(losses)) + DECAY * squares(leaves)


def scalar(leaves: Sequence[Any]) -> Any:
    """The loss with a node an operation."""
    return hinge(network(leaves, affine), leaves, sum, squares)


def vector(leaves: Sequence[Any]) -> Any:
    """The loss with a node a neuron."""
    return hinge(network(leaves, affine_node), leaves, autograd.sum, squares_node)


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
    tasks = [
        Task(name, partial(engine.leaves, start()), partial(train, engine, loss), STEPS)
        for name, (engine, loss) in found.items()
    ]
    compare("Moons step", tasks, OPERATIONS, options)
