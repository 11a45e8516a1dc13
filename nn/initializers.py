"""Initial weights: a function of a random generator and a shape (inputs, units) that gives an array.

    glorot    variance 2 / (inputs + units)
    he        variance 2 / inputs
    lecun     variance 1 / inputs

each uniform on ±√(3 · variance), or normal, cut at two standard deviations as Keras does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nn.errors import ModelError, unknown

Initializer = Callable[[np.random.Generator, tuple[int, ...]], Any]
CUT = 0.87962566103423978  # standard deviation of a normal cut at ±2, as Keras divides by


def generator(rng: Any = None) -> np.random.Generator:
    """A random generator: the one that is given, a new one from a seed, or from the system's randomness.

    Args:
        rng: a `numpy.random.Generator`, a whole number ≥ 0, or None.

    Raises:
        ModelError: rng is neither.

    Example:
        >>> float(generator(0).random()) == float(generator(0).random())
        True
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise ModelError(f"rng must be a seed ≥ 0 or a numpy Generator, got {rng!r}. Give rng=0, say.") from None


def constant(value: float) -> Initializer:
    """All weights alike; alike they stay, if their inputs are: such neurons never learn to differ."""
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

    def initial(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        inputs, units = (shape[0], math.prod(shape[1:])) if shape else (1, 1)
        deviation = math.sqrt(variance(max(1, inputs), max(1, units)))
        if spread == "uniform":
            limit = math.sqrt(3) * deviation
            return rng.uniform(-limit, limit, shape)
        return cut_normal(rng, shape) * (deviation / CUT)

    return initial


def cut_normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Standard normal numbers, drawn again until they lie within ±2."""
    found = rng.standard_normal(shape)
    while (far := np.abs(found) > 2).any():
        found[far] = rng.standard_normal(int(far.sum()))
    return found


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


def get(given: Any) -> Initializer:
    """An initializer by its name; a number or an array stands for itself, a function is one already.

    Raises:
        ModelError: there is none of that name.

    Example:
        >>> get("ones")(generator(0), (2,)), get(0.5)(generator(0), (2,))
        (array([1., 1.]), array([0.5, 0.5]))
        >>> limit = math.sqrt(6 / (2 + 3))
        >>> bool((abs(get("glorot_uniform")(generator(0), (2, 3))) < limit).all())
        True
    """
    if isinstance(given, str):
        if given not in INITIALIZERS:
            raise unknown("initializer", given, INITIALIZERS)
        return INITIALIZERS[given]
    if callable(given):
        return given  # type: ignore[no-any-return]
    return lambda rng, shape: _copied(given, shape)


def _copied(given: float | Sequence[Any], shape: tuple[int, ...]) -> Any:
    found = np.asarray(given, float)
    if found.shape not in ((), shape):
        raise ModelError(f"Initial weights must have shape {shape}, got {found.shape}. Reshape them.")
    return np.broadcast_to(found, shape).copy()
