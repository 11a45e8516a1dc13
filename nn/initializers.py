"""Initial weights: a function of a random generator and a shape (inputs, units) that gives an array.

    glorot    variance 2 / (inputs + units)
    he        variance 2 / inputs
    lecun     variance 1 / inputs

each uniform on ±√(3 · variance), or normal, cut at two standard deviations as Keras does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nn.errors import ModelError, unknown
from nn.types import Array, ArrayLike, Seed

Initializer: TypeAlias = Callable[[np.random.Generator, tuple[int, ...]], Array]
InitializerLike: TypeAlias = str | Initializer | ArrayLike
CUT = 0.87962566103423978  # standard deviation of a normal cut at ±2, as Keras divides by


def generator(rng: Seed = None) -> np.random.Generator:
    """A random generator: itself, a new one from a seed, or one from the system's randomness.

    Args:
        rng: a `numpy.random.Generator`, a whole number ≥ 0, or None.

    Raises:
        ModelError: rng is none of these.

    Example:
        >>> float(generator(0).random()) == float(generator(0).random())
        True
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ModelError(f"rng must be a seed ≥ 0 or a numpy Generator, got {rng!r}. Try rng=0.") from None


def constant(value: float) -> Initializer:
    """Equal weights; with equal inputs they stay equal: such neurons never learn to differ."""
    return lambda rng, shape: np.full(shape, float(value))


def uniform(low: float = -0.05, high: float = 0.05) -> Initializer:
    """Each weight equally likely between low and high."""
    return lambda rng, shape: rng.uniform(low, high, shape)


def normal(mean: float = 0.0, stddev: float = 0.05) -> Initializer:
    """Normally distributed weights."""
    return lambda rng, shape: rng.normal(mean, stddev, shape)


def scaled(variance: Callable[[float, float], float], spread: str) -> Initializer:
    """Weights of a variance that follows from the numbers of inputs and units.

    Source: X. Glorot, Y. Bengio (2010), Understanding the difficulty of training deep feedforward
    networks, eq. 16; K. He et al. (2015), Delving deep into rectifiers, eq. 10.
    """

    def initial(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        inputs, units = (shape[0], math.prod(shape[1:])) if shape else (1, 1)
        deviation = math.sqrt(variance(max(1, inputs), max(1, units)))
        if spread == "uniform":
            limit = math.sqrt(3) * deviation
            return rng.uniform(-limit, limit, shape)
        return cut_normal(rng, shape) * (deviation / CUT)

    return initial


def cut_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Standard normal numbers, drawn again until they lie within ±2."""
    numbers = rng.standard_normal(shape)
    while (far := np.abs(numbers) > 2).any():
        numbers[far] = rng.standard_normal(int(far.sum()))
    return numbers


VARIANCES: dict[str, Callable[[float, float], float]] = {
    "glorot": lambda inputs, units: 2 / (inputs + units),
    "he": lambda inputs, units: 2 / inputs,
    "lecun": lambda inputs, units: 1 / inputs,
}
INITIALIZERS: dict[str, Initializer] = {
    "zeros": constant(0),
    "ones": constant(1),
    "uniform": uniform(),
    "normal": normal(),
    "random_uniform": uniform(),
    "random_normal": normal(),
} | {f"{name}_{spread}": scaled(f, spread) for name, f in VARIANCES.items() for spread in ("uniform", "normal")}


def get(identifier: InitializerLike) -> Initializer:
    """An initializer by its name; a number or an array stands for itself, and so does a function.

    Raises:
        ModelError: an unknown name.

    Example:
        >>> get("ones")(generator(0), (2,)), get(0.5)(generator(0), (2,))
        (array([1., 1.]), array([0.5, 0.5]))
        >>> limit = math.sqrt(6 / (2 + 3))
        >>> bool((abs(get("glorot_uniform")(generator(0), (2, 3))) < limit).all())
        True
    """
    if isinstance(identifier, str):
        if identifier not in INITIALIZERS:
            raise unknown("initializer", identifier, INITIALIZERS)
        return INITIALIZERS[identifier]
    if callable(identifier):
        return identifier
    return lambda rng, shape: _copied(identifier, shape)


def _copied(numbers: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = np.asarray(numbers, float)
    if array.shape not in ((), shape):
        raise ModelError(f"Initial weights must have shape {shape}, got {array.shape}. Reshape them.")
    return np.broadcast_to(array, shape).copy()
