"""The recurrences of `graphs` as somebody would write them by hand for JAX: one `lax.scan` over arrays.

Each takes the parameters as one vector, in the order of the recorded graph's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.graphs import series
from benchmarks.peers import double_jax


def recurrent(jax: Any, p: Any, steps: int, units: int = 8) -> Any:
    w, u, b = p[:units], p[units:-units].reshape(units, units), p[-units:]

    def step(h: Any, x: Any) -> tuple[Any, Any]:
        h = jax.numpy.tanh(w * x + u @ h + b)
        return h, (h[0] - 0.5) ** 2

    return jax.lax.scan(step, jax.numpy.zeros(units), np.array(series(steps)))[1].sum()


def lstm(jax: Any, p: Any, steps: int, units: int = 4) -> Any:
    gates = p.reshape(4, units, units + 2)
    w, u, b = gates[..., 0], gates[..., 1:-1], gates[..., -1]

    def step(state: Any, x: Any) -> tuple[Any, Any]:
        h, c = state
        z = w * x + u @ h + b
        i, f, o = jax.nn.sigmoid(z[:3])
        c = f * c + i * jax.numpy.tanh(z[3])
        h = o * jax.numpy.tanh(c)
        return (h, c), (h[0] - 0.5) ** 2

    zeros = jax.numpy.zeros(units)
    return jax.lax.scan(step, (zeros, zeros), np.array(series(steps)))[1].sum()


def lotka_volterra(jax: Any, p: Any, steps: int, dt: float = 0.01) -> Any:
    a, b, c, d, *start = p

    def slope(x: Any, y: Any) -> Any:
        return jax.numpy.array([a * x - b * x * y, d * x * y - c * y])

    def step(z: Any, _: Any) -> tuple[Any, None]:
        k1 = slope(*z)
        k2 = slope(*z + dt / 2 * k1)
        k3 = slope(*z + dt / 2 * k2)
        k4 = slope(*z + dt * k3)
        return z + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4), None

    return jax.lax.scan(step, jax.numpy.array(start), length=steps)[0].sum()


def chain(jax: Any, p: Any, steps: int) -> Any:
    w, start = p
    return jax.lax.scan(lambda y, _: (jax.numpy.tanh(w * y), None), start, length=steps // 2)[0]


BY_HAND: dict[str, Callable[[Any, Any], Any]] = {  # by the name of the graph in `graphs.MODELS`
    "chain of 10⁵": partial(chain, steps=100_000),
    "RNN, 50 steps": partial(recurrent, steps=50),
    "RNN, 500 steps": partial(recurrent, steps=500),
    "LSTM, 50 steps": partial(lstm, steps=50),
    "Lotka–Volterra, 1000 steps": partial(lotka_volterra, steps=1000),
}


def scan(name: str) -> Callable[[Any], Any]:
    """The value and gradient of a recurrence at numbers, jitted."""
    jax = double_jax()
    run = jax.jit(jax.value_and_grad(partial(BY_HAND[name], jax)))
    return lambda p: jax.block_until_ready(run(p))
