"""Graphs other than the moons: wide, sparse, convolved, recurrent, irregular, deep."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import add, mul, sub
from typing import Any

import autograd
from autograd import Value, dot, logsumexp, relu, sigmoid, tanh

LEAST, MOST = 0.05, 2.0  # magnitudes that keep a random expression from dying out or growing without end


def leaves(rng: random.Random, n: int) -> list[Value]:
    return [Value(rng.uniform(-0.5, 0.5)) for _ in range(n)]


def perceptron(
    rng: random.Random, sizes: Sequence[int], samples: int, activation: Callable[[Any], Any]
) -> tuple[Value, list[Value]]:
    """The hinge loss of a network of scalar operations, on some random samples."""
    layers = [[leaves(rng, n + 1) for _ in range(m)] for n, m in pairwise(sizes)]
    losses = []
    for _ in range(samples):
        x: list[Any] = [rng.uniform(-1, 1) for _ in range(sizes[0])]
        for layer in layers:
            z = [sum((w * v for w, v in zip(row, x, strict=False)), row[-1]) for row in layer]
            x = [activation(v) for v in z]
        losses.append(relu(1 - z[0]))
    return autograd.sum(losses), [p for layer in layers for row in layer for p in row]


def wide(rng: random.Random) -> tuple[Value, list[Value]]:
    """MLP(2, [64, 64, 1]) with ReLU on 20 samples."""
    return perceptron(rng, (2, 64, 64, 1), 20, relu)


def classifier(rng: random.Random) -> tuple[Value, list[Value]]:
    """Softmax, 10 classes, 64 inputs, cross-entropy, 50 samples."""
    rows, biases = [leaves(rng, 64) for _ in range(10)], leaves(rng, 10)
    losses = []
    for i in range(50):
        x = [rng.random() for _ in range(64)]
        z = [dot(row, x) + b for row, b in zip(rows, biases, strict=True)]
        losses.append(logsumexp(z) - z[i % 10])
    return autograd.sum(losses), [p for row in rows for p in row] + biases


def convolution(rng: random.Random) -> tuple[Value, list[Value]]:
    """Shared weights: a 1-D convolution, 3 taps, 4 channels, 64 inputs."""
    kernels, x = [leaves(rng, 4) for _ in range(4)], [rng.random() for _ in range(64)]
    maps = [tanh(dot(k[:3], x[i : i + 3]) + k[3]) for k in kernels for i in range(62)]
    return dot(maps, maps), [p for k in kernels for p in k]


def sparse(rng: random.Random) -> tuple[Value, list[Value]]:
    """Half of the weights are missing: no matrix is found, nodes are grouped and gathered."""
    rows = [leaves(rng, 16) for _ in range(16)]
    kept = [[j for j in range(16) if rng.random() < 0.5] for _ in range(16)]
    found = []
    for _ in range(100):
        x = [rng.random() for _ in range(16)]
        h = [relu(dot([row[j] for j in js], [x[j] for j in js])) for row, js in zip(rows, kept, strict=True)]
        found += [relu(dot([row[j] for j in js], [h[j] for j in js])) for row, js in zip(rows, kept, strict=True)]
    return autograd.sum(found), [row[j] for row, js in zip(rows, kept, strict=True) for j in js]


def forest(rng: random.Random) -> tuple[Value, list[Value]]:
    """2000 small random expressions, no two alike: grouped by level, nothing else helps."""
    start, trees = leaves(rng, 50), []
    for _ in range(2000):
        nodes = rng.sample(start, 6)
        while len(nodes) > 1:
            a, b = (nodes.pop(rng.randrange(len(nodes))) for _ in range(2))
            nodes.append(
                rng.choice([mul, lambda a, b: relu(a - b), lambda a, b: tanh(a) * b, lambda a, b: a / (3 + b)])(a, b)
            )
        trees += nodes
    return autograd.sum(trees), start


def irregular(rng: random.Random, n: int = 10_000) -> tuple[Value, list[Value]]:
    """A random expression of n and some more nodes, magnitudes in [0.05, 2]: no structure, a fifth of the slopes 0."""
    start = [Value(rng.uniform(-1.5, 1.5)) for _ in range(20)]
    nodes, window = list(start), max(50, n // 50)  # of the latest: the depth is the same for all n
    words = [add, mul, sub, lambda a, b: relu(a - b) - 0.3, lambda a, _: tanh(a)]
    while len(nodes) < n:
        a, b = (nodes[rng.randrange(max(0, len(nodes) - window), len(nodes))] for _ in range(2))
        z = rng.choice(words)(a, b)
        z = tanh(z) if abs(z.data) > MOST else z
        nodes.append(z + 0.4 if abs(z.data) < LEAST else z)
    output = autograd.sum(nodes[-window:])
    used = set(autograd.topological(output))
    return output, [x for x in start if x in used]


# ── recurrences: `scans` writes each by hand as JAX's `lax.scan` ──────────────────────────────────


def series(steps: int) -> list[float]:
    """What a recurrent network is given, a number a step."""
    rng = random.Random(0)
    return [rng.random() for _ in range(steps)]


def recurrent(rng: random.Random, steps: int = 50, units: int = 8) -> tuple[Value, list[Value]]:
    """h ← tanh(w x + U h + b), Σ (h₀ − ½)²."""
    w, u, b = leaves(rng, units), [leaves(rng, units) for _ in range(units)], leaves(rng, units)
    h: list[Any] = [0.0] * units
    losses = []
    for x in series(steps):
        h = [tanh(w[i] * x + dot(u[i], h) + b[i]) for i in range(units)]
        losses.append((h[0] - 0.5) ** 2)
    return autograd.sum(losses), [*w, *(p for row in u for p in row), *b]


def lstm(rng: random.Random, steps: int = 50, units: int = 4) -> tuple[Value, list[Value]]:
    """Long short-term memory with one input, Σ (h₀ − ½)²; of each gate and unit w, U's row and b."""
    gates = [[leaves(rng, units + 2) for _ in range(units)] for _ in range(4)]
    h: list[Any] = [0.0] * units
    c: list[Any] = [0.0] * units
    losses = []
    for x in series(steps):
        z = [[w * x + dot(u, h) + b for w, *u, b in gate] for gate in gates]
        i, f, o = ([sigmoid(v) for v in row] for row in z[:3])
        c = [f * c + i * tanh(g) for f, c, i, g in zip(f, c, i, z[3], strict=True)]
        h = [o * tanh(c) for o, c in zip(o, c, strict=True)]
        losses.append((h[0] - 0.5) ** 2)
    return autograd.sum(losses), [p for gate in gates for row in gate for p in row]


def lotka_volterra(steps: int = 1000, dt: float = 0.01) -> tuple[Value, list[Value]]:
    """Hunters and prey by Runge and Kutta's fourth-order rule; x + y after so many steps."""
    a, b, c, d, x, y = start = [Value(v) for v in (1.5, 1.0, 3.0, 1.0, 1.0, 1.0)]

    def slope(x: Any, y: Any) -> tuple[Any, Any]:
        return a * x - b * x * y, d * x * y - c * y

    for _ in range(steps):
        k1, l1 = slope(x, y)
        k2, l2 = slope(x + dt / 2 * k1, y + dt / 2 * l1)
        k3, l3 = slope(x + dt / 2 * k2, y + dt / 2 * l2)
        k4, l4 = slope(x + dt * k3, y + dt * l3)
        x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        y = y + dt / 6 * (l1 + 2 * l2 + 2 * l3 + l4)
    return x + y, start


def chain(n: int) -> tuple[Value, list[Value]]:
    """x ← tanh(w · x), again and again: depth without width. With w = 1 it falls slowly, and its slopes stay alive.

    With w = 1.5 it is the same number from a hundred steps on, and all slopes are below the least normal float.
    """
    w, x = Value(1.0), Value(0.3)
    y = x
    for i in range(n):
        y = tanh(y) if i % 2 else w * y
    return y, [w, x]


MODELS = {
    "MLP(2, [64, 64, 1])": wide,
    "softmax classifier": classifier,
    "convolution": convolution,
    "sparse network": sparse,
    "random expression": irregular,
    "2000 different trees": forest,
    "chain of 10⁵": lambda _: chain(100_000),
    "RNN, 50 steps": recurrent,
    "RNN, 500 steps": lambda rng: recurrent(rng, 500),
    "LSTM, 50 steps": lstm,
    "Lotka–Volterra, 1000 steps": lambda _: lotka_volterra(),
}
