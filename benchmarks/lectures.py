"""The graphs whose pictures are measured: those of lectures, random ones, networks."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import nn
from autograd import Value, exp, parse, sqrt, tanh
from autograd import sum as total
from examples import gallery


def softmax() -> Value:
    """The loss of a softmax over three classes, written out."""
    z = gallery.vector("z", 2.0, 1.0, 0.1)
    e = [exp(x).named(f"e_{i}") for i, x in enumerate(z, 1)]
    p = (e[0] / total(e).named("s")).named("p")
    return (-p.log()).named("L")


def batch_norm() -> Value:
    """Four numbers, normalised, and the square of the first."""
    x, gamma, beta = gallery.vector("x", 1.0, 2.0, 4.0, 3.0), Value(1.5, "gamma"), Value(0.5, "beta")
    mean = (total(x) / 4).named("mu")
    variance = (total([(xi - mean) ** 2 for xi in x]) / 4).named("v")
    scale = sqrt(variance + 1e-5).named("s")
    y = [(gamma * ((xi - mean) / scale) + beta).named(f"y_{i}") for i, xi in enumerate(x, 1)]
    return (y[0] ** 2 + y[3]).named("L")


def recurrent() -> Value:
    """Three steps of a recurrent network, whose weights are shared."""
    w, u, b = Value(0.5, "w"), Value(0.9, "w_h"), Value(0.1, "b")
    h: Any = Value(0.0, "h_0")
    for i, x in enumerate(gallery.vector("x", 1.0, -0.5, 0.3), 1):
        h = tanh(w * x + u * h + b).named(f"h_{i}")
    return ((h - Value(1.0, "y")) ** 2).named("L")


def sigmoid() -> Value:
    """f = 1/(1 + e^−(w₀x₀ + w₁x₁ + w₂), the example of CS231n's notes on backpropagation, operation by operation."""
    numbers = {"w_0": 2.0, "x_0": -1.0, "w_1": -3.0, "x_1": -2.0, "w_2": -3.0}
    return parse("f = 1/(1 + exp(-(w_0*x_0 + w_1*x_1 + w_2)))", **numbers)["f"]


def polynomial() -> Value:
    """Twelve terms."""
    x = Value(0.9, "x")
    c = [Value(round(0.1 * (-1) ** i * (i + 1), 1), f"c_{i}") for i in range(12)]
    return total([ci * x**i if i else ci for i, ci in enumerate(c)]).named("p")


def perceptron(inputs: int, *widths: int, activation: str = "tanh") -> Value:
    """The package's own model on one sample, given as plain numbers."""
    model = nn.MLP(inputs, list(widths), activation=activation, rng=0)
    [a] = model([0.5, -0.3, 0.8][:inputs])
    return ((a - 1.0) ** 2).named("L")


def batch() -> Value:
    """The mean loss of eight samples by the package's own model, recorded as one graph."""
    model, rng = nn.MLP(2, [16, 16, 1], activation="relu", rng=0), random.Random(0)
    samples = [([round(rng.uniform(-1, 1), 1) for _ in range(2)], float(rng.choice((-1, 1)))) for _ in range(8)]
    return (total([(model(x)[0] - y) ** 2 for x, y in samples]) / 8).named("L")


# The smallest text on a slide was so many points before roads, circuits and rows; None where it was never measured.
NAMED: dict[str, tuple[Callable[[], Value], float | None]] = {
    "lecture J": (gallery.lecture, None),
    "logistic regression": (gallery.logistic_regression, None),
    "softmax": (softmax, None),
    "XOR": (gallery.xor, None),
    "residual": (gallery.residual, 12.2),
    "batch norm of four": (batch_norm, 8.7),
    "recurrent": (recurrent, None),
    "CS231n sigmoid": (sigmoid, None),
    "polynomial of 12 terms": (polynomial, 5.6),
    "MLP(3, [8, 7, 1])": (lambda: perceptron(3, 8, 7, 1), 9.3),
    "MLP(2, [16, 16, 1])": (lambda: perceptron(2, 16, 16, 1, activation="relu"), 9.4),
    "MLP, 8 samples": (batch, None),
}


RANDOM = {"random graphs": range(40), "graphs that no setting was tuned by": range(200, 240)}  # their seeds
NETWORKS = range(20)


def random_graph(seed: int) -> Value:
    """A formula of 3 to 12 operations in 2 to 5 named leaves; results are used again."""
    rng = random.Random(seed)
    nodes = [Value(round(rng.uniform(0.3, 2.0), 2), name) for name in "abcde"[: rng.randint(2, 5)]]
    for i in range(rng.randint(3, 12)):
        x, y = rng.choice(nodes[-4:]), rng.choice(nodes)
        made = [lambda x=x, y=y: x + y, lambda x=x, y=y: x * y, lambda x=x: x.tanh(), lambda x=x, y=y: x - y]
        nodes.append(rng.choice(made)().named(f"v_{i + 1}"))
    return nodes[-1]


def network(seed: int) -> Value:
    """A perceptron of one or two hidden layers of two to four neurons, as the gallery writes it."""
    rng = random.Random(seed)
    x = gallery.vector("x", *(round(rng.uniform(-1, 1), 1) for _ in range(rng.randint(2, 4))))
    widths = [rng.randint(2, 4) for _ in range(rng.randint(1, 2))]
    return gallery.squared_error(gallery.network(x, *widths, 1, seed=seed))
