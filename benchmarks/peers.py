"""The moons step as somebody would write it with matrices, in each peer: the loss, its gradient, the update.

All take the 337 parameters as one vector in micrograd's order (of each neuron the weights, then the
bias), the points as X[B, 2] and the labels as y[B]; all calculate in double precision.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.moons import DECAY, SIZES

Gradient = Callable[[Any], Any]  # of the parameters: the loss's gradient, at fixed data
LOOP = 1000  # steps that JAX takes in one call


def blocks() -> Iterator[tuple[slice, int, int]]:
    """Of each layer the parameters' place, the number of neurons and of their inputs."""
    start = 0
    for n, m in pairwise(SIZES):
        yield slice(start, start + m * (n + 1)), m, n
        start += m * (n + 1)


def layers(p: Any) -> list[tuple[Any, Any]]:
    """Weights [m, n] and biases [m] of each layer, as views."""
    rows = [p[place].reshape((m, n + 1)) for place, m, n in blocks()]
    return [(block[:, :-1], block[:, -1]) for block in rows]


def loss(xp: Any, p: Any, X: Any, y: Any) -> Any:
    """Σ max(0, 1 − y · score) / B + 10⁻⁴ · Σ p², in the words of a library like NumPy."""
    h = X
    for i, (w, b) in enumerate(layers(p)):
        h = h @ w.T + b
        h = xp.maximum(h, 0.0) if i < len(SIZES) - 2 else h
    return xp.mean(xp.maximum(1 - y * h[:, 0], 0.0)) + DECAY * (p * p).sum()


def numpy_plain(X: Any, y: Any) -> Gradient:
    """The closed form, written plainly."""

    def gradient(p: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = layers(p)
        z1 = X @ w1.T + b1
        h1 = np.maximum(z1, 0)
        z2 = h1 @ w2.T + b2
        h2 = np.maximum(z2, 0)
        margin = 1 - y * (h2 @ w3.T + b3)[:, 0]
        d3 = ((margin > 0) * -y / len(y))[:, None]
        d2 = (d3 @ w3) * (z2 > 0)
        d1 = (d2 @ w2) * (z1 > 0)
        parts = [(d1.T @ X, d1.sum(0)), (d2.T @ h1, d2.sum(0)), (d3.T @ h2, d3.sum(0))]
        found = [np.concatenate([w, b[:, None]], 1).ravel() for w, b in parts]
        _ = np.maximum(margin, 0).mean() + DECAY * (p * p).sum()  # the loss
        return np.concatenate(found) + 2 * DECAY * p

    return gradient


def numpy_tuned(X: Any, y: Any) -> Gradient:
    """The closed form, every result written into memory that is there."""
    B = len(y)
    z1, h1, z2, h2, d1, d2 = (np.empty((B, 16)) for _ in range(6))
    z3, d3, scaled = np.empty((B, 1)), np.empty((B, 1)), (-y / B)[:, None]
    labels, m1, ones = y[:, None], np.empty((B, 16), bool), np.ones(B)
    g = np.empty(337)
    (g1, c1), (g2, c2), (g3, c3) = layers(g)

    def gradient(p: Any) -> Any:
        (w1, b1), (w2, b2), (w3, b3) = layers(p)
        np.add(np.matmul(X, w1.T, out=z1), b1, out=z1)
        np.maximum(z1, 0, out=h1)
        np.add(np.matmul(h1, w2.T, out=z2), b2, out=z2)
        np.maximum(z2, 0, out=h2)
        np.add(np.matmul(h2, w3.T, out=z3), b3, out=z3)
        np.subtract(1, np.multiply(z3, labels, out=z3), out=z3)
        np.multiply(np.greater(z3, 0, out=d3), scaled, out=d3)
        np.multiply(np.multiply(d3, w3, out=d2), np.greater(z2, 0, out=m1), out=d2)
        np.multiply(np.matmul(d2, w2, out=d1), np.greater(z1, 0, out=m1), out=d1)
        for d, h, w, b in ((d1, X, g1, c1), (d2, h1, g2, c2), (d3, h2, g3, c3)):
            w[...] = d.T @ h
            b[...] = ones @ d
        _ = np.maximum(z3, 0, out=z3).sum() / B + DECAY * (p @ p)  # the loss
        return g + 2 * DECAY * p

    return gradient


def torch(X: Any, y: Any) -> Gradient:
    """Eager PyTorch on one thread."""
    library = importlib.import_module("torch")
    library.set_num_threads(1)
    X, y = library.tensor(X), library.tensor(y)

    class Words:
        maximum = staticmethod(lambda x, _: library.relu(x))
        mean = staticmethod(library.mean)

    def gradient(p: Any) -> Any:
        leaf = library.tensor(p, requires_grad=True)
        loss(Words, leaf, X, y).backward()
        return leaf.grad.numpy()

    return gradient


def double_jax() -> Any:
    """JAX, calculating in double precision."""
    library = importlib.import_module("jax")
    library.config.update("jax_enable_x64", True)
    return library


def jax(X: Any, y: Any) -> Gradient:
    """JAX, jitted, called once a step."""
    library = double_jax()
    X, y = library.numpy.asarray(X), library.numpy.asarray(y)
    both = library.jit(library.value_and_grad(lambda p, X, y: loss(library.numpy, p, X, y)))
    return lambda p: library.block_until_ready(both(p, X, y))[1]


def jax_loop(X: Any, y: Any) -> Callable[[Any, float], Any]:
    """JAX, many steps in one call: nothing but the step counts."""
    library = double_jax()
    X, y = library.numpy.asarray(X), library.numpy.asarray(y)
    slope = library.grad(lambda p: loss(library.numpy, p, X, y))

    def steps(p: Any, rate: float) -> Any:
        return library.lax.fori_loop(0, LOOP, lambda _, p: p - rate * slope(p), p)

    run = library.jit(steps)
    return lambda p, rate: library.block_until_ready(run(p, rate))


def pytensor(X: Any, y: Any) -> Gradient:
    """PyTensor, compiled to C or by numba, whichever it takes by default."""
    library = importlib.import_module("pytensor")
    tensor = importlib.import_module("pytensor.tensor")
    p = tensor.dvector()

    class Words:
        maximum = staticmethod(tensor.maximum)
        mean = staticmethod(tensor.mean)

    output = loss(Words, p, tensor.constant(X), tensor.constant(y))
    run = library.function([library.In(p, borrow=True)], [output, tensor.grad(output, p)])
    return lambda numbers: run(numbers)[1]


PEERS: dict[str, Callable[[Any, Any], Gradient]] = {
    "torch": torch,
    "JAX": jax,
    "NumPy, plain": numpy_plain,
    "NumPy, tuned": numpy_tuned,
    "pytensor": pytensor,
}
