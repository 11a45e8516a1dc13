"""Graphs other than the moons: wide, sparse, recurrent, convolved, irregular, deep."""

from __future__ import annotations

import random
from itertools import pairwise
from operator import add, mul
from typing import Any

import autograd
from autograd import Value, dot, logsumexp, relu, tanh

LEAST, MOST = 0.05, 2.0  # values that keep a random expression from dying out or growing without end


def leaves(rng: random.Random, n: int) -> list[Value]:
    return [Value(rng.uniform(-0.5, 0.5)) for _ in range(n)]


def wide(rng: random.Random) -> tuple[Value, list[Value]]:
    """MLP(2, [64, 64, 1]) with ReLU on 20 samples."""
    sizes, parameters, layers = (2, 64, 64, 1), [], []
    for n, m in pairwise(sizes):
        layers.append([leaves(rng, n + 1) for _ in range(m)])
        parameters += [p for row in layers[-1] for p in row]
    losses = []
    for _ in range(20):
        x: list[Any] = [rng.random(), rng.random()]
        for i, layer in enumerate(layers):
            x = [sum((w * v for w, v in zip(row, x, strict=False)), row[-1]) for row in layer]
            x = [relu(v) for v in x] if i < 2 else x
        losses.append(relu(1 - x[0]))
    return autograd.sum(losses), parameters


def classifier(rng: random.Random) -> tuple[Value, list[Value]]:
    """Softmax, 10 classes, 64 inputs, cross-entropy, 50 samples."""
    rows, biases = [leaves(rng, 64) for _ in range(10)], leaves(rng, 10)
    losses = []
    for i in range(50):
        x = [rng.random() for _ in range(64)]
        z = [dot(row, x) + b for row, b in zip(rows, biases, strict=True)]
        losses.append(logsumexp(z) - z[i % 10])
    return autograd.sum(losses), [p for row in rows for p in row] + biases


def recurrent(rng: random.Random) -> tuple[Value, list[Value]]:
    """tanh RNN, 8 hidden units, unrolled over 50 steps."""
    w, u, b = leaves(rng, 8), [leaves(rng, 8) for _ in range(8)], leaves(rng, 8)
    h: list[Any] = [0.0] * 8
    losses = []
    for _ in range(50):
        x = rng.random()
        h = [tanh(w[i] * x + dot(u[i], h) + b[i]) for i in range(8)]
        losses.append((h[0] - 0.5) ** 2)
    return autograd.sum(losses), [*w, *(p for row in u for p in row), *b]


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
    return autograd.sum(found), [p for row in rows for p in row]


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


def irregular(rng: random.Random) -> tuple[Value, list[Value]]:
    """A random expression of 10⁴ nodes, all of them in [0.05, 2]: no structure, and every leaf matters."""
    start = [Value(rng.uniform(0.5, 1.5)) for _ in range(20)]
    nodes = list(start)
    while len(nodes) < 10_000:
        a, b = rng.choice(nodes[-200:]), rng.choice(nodes[-200:])
        z = rng.choice([add, mul, lambda a, b: relu(a - b), lambda a, _: tanh(a)])(a, b)
        if LEAST <= z.data <= MOST:
            nodes.append(z)
    return autograd.sum(nodes[-200:]), start


def chain(n: int) -> tuple[Value, list[Value]]:
    """x ← tanh(w · x), again and again: depth without width; it stays near 0.86."""
    w, x = Value(1.5), Value(0.3)
    y = x
    for i in range(n):
        y = tanh(y) if i % 2 else w * y
    return y, [w, x]


MODELS = {
    "MLP(2, [64, 64, 1])": wide,
    "softmax classifier": classifier,
    "RNN, 50 steps": recurrent,
    "convolution": convolution,
    "sparse network": sparse,
    "2000 small trees": forest,
    "random expression": irregular,
    "chain of 10⁵": lambda _: chain(100_000),
}
