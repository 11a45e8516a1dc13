"""Initial weights: a function of a random generator and a shape (inputs, units) that gives an array.

    glorot    variance 2 / (inputs + units)
    he        variance 2 / inputs
    lecun     variance 1 / inputs

each uniform on ±√(3 · variance), or normal, cut at two standard deviations as Keras does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from nn.arguments import checked
from nn.arrays import doubles
from nn.errors import ModelError, unknown
from nn.types import Array, ArrayLike, Finite, NotNegative, Positive, Seed

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


def seeded(draw: Initializer, seed: Seed) -> Initializer:
    """The same numbers at each call from a seed; without one, those of the model's own generator."""
    return draw if seed is None else lambda rng, shape: draw(generator(seed), shape)


@checked
def constant(value: Finite) -> Initializer:
    """Equal weights; with equal inputs they stay equal: such neurons never learn to differ."""
    return lambda rng, shape: np.full(shape, float(value))


@checked
def uniform(low: Finite = -0.05, high: Finite = 0.05) -> Initializer:
    """Each weight equally likely between low and high."""
    if low > high:
        raise ModelError(f"Uniform weights need a least and a largest number, got {low} and {high}. Swap them.")
    return lambda rng, shape: rng.uniform(low, high, shape)


@checked
def normal(mean: Finite = 0.0, stddev: NotNegative = 0.05) -> Initializer:
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
    drawn = rng.standard_normal(shape)
    while (far := np.abs(drawn) > 2).any():
        drawn[far] = rng.standard_normal(int(far.sum()))
    return drawn


@checked
def truncated(mean: Finite = 0.0, stddev: NotNegative = 0.05) -> Initializer:
    """Normally distributed weights within two standard deviations."""
    return lambda rng, shape: mean + stddev * cut_normal(rng, shape)


@checked
def orthogonal(gain: Finite = 1.0) -> Initializer:
    """An orthogonal matrix of columns, or rows where these are fewer, times the gain.

    Source: A. Saxe et al. (2013), Exact solutions to the nonlinear dynamics of learning, section 3.
    """

    def initial(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        rows, columns = shape[0], math.prod(shape[1:])
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))  # as likely as any other
        return np.asarray(gain * (q if rows >= columns else q.T)).reshape(shape)

    return initial


@checked
def identity(gain: Finite = 1.0) -> Initializer:
    """A matrix with the gain on its diagonal."""
    return lambda rng, shape: np.asarray(gain * np.eye(shape[0], math.prod(shape[1:])))


VARIANCES: dict[str, Callable[[float, float], float]] = {
    "glorot": lambda inputs, units: 2 / (inputs + units),
    "he": lambda inputs, units: 2 / inputs,
    "lecun": lambda inputs, units: 1 / inputs,
}
INITIALIZERS: dict[str, Initializer] = {
    **dict.fromkeys(("zeros", "zero"), constant(0)),
    **dict.fromkeys(("ones", "one"), constant(1)),
    "uniform": uniform(),
    "normal": normal(),
    "random_uniform": uniform(),
    "random_normal": normal(),
    "truncated_normal": truncated(),
    "orthogonal": orthogonal(),
    "identity": identity(),
} | {f"{name}_{spread}": scaled(f, spread) for name, f in VARIANCES.items() for spread in ("uniform", "normal")}


# ── Keras' spelling ───────────────────────────────────────────────────────────────────────────────


def Zeros() -> Initializer:
    """Zeros."""
    return constant(0)


def Ones() -> Initializer:
    """Ones."""
    return constant(1)


def Constant(value: float = 0.0) -> Initializer:
    """Equal weights."""
    return constant(value)


def Identity(gain: float = 1.0) -> Initializer:
    """A matrix with the gain on its diagonal."""
    return identity(gain)


def RandomUniform(minval: float = -0.05, maxval: float = 0.05, seed: Seed = None) -> Initializer:
    """Each weight equally likely between minval and maxval."""
    return seeded(uniform(minval, maxval), seed)


def RandomNormal(mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> Initializer:
    """Normally distributed weights."""
    return seeded(normal(mean, stddev), seed)


def TruncatedNormal(mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> Initializer:
    """Normally distributed weights within two standard deviations."""
    return seeded(truncated(mean, stddev), seed)


def Orthogonal(gain: float = 1.0, seed: Seed = None) -> Initializer:
    """An orthogonal matrix times the gain."""
    return seeded(orthogonal(gain), seed)


@checked
def VarianceScaling(
    scale: Positive = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal", seed: Seed = None
) -> Initializer:
    """Weights of the variance scale / n, of n inputs, units ("fan_out") or their mean ("fan_avg").

    Raises:
        ModelError: an unknown mode or distribution.
    """
    fans: dict[str, Callable[[float, float], float]] = {
        "fan_in": lambda inputs, units: scale / inputs,
        "fan_out": lambda inputs, units: scale / units,
        "fan_avg": lambda inputs, units: 2 * scale / (inputs + units),
    }
    if mode not in fans:
        raise unknown("mode", mode, fans)
    if distribution not in ("truncated_normal", "normal", "uniform"):
        raise unknown("distribution", distribution, ("truncated_normal", "uniform"))
    return seeded(scaled(fans[mode], "uniform" if distribution == "uniform" else "normal"), seed)


def _spelt(kind: str, spread: str) -> Callable[..., Initializer]:
    def initializer(seed: Seed = None) -> Initializer:
        return seeded(scaled(VARIANCES[kind], spread), seed)

    initializer.__name__ = initializer.__qualname__ = f"{kind}_{spread}".title().replace("_", "")
    initializer.__doc__ = f'"{kind}_{spread}", from a seed of its own if there is one.'
    return initializer


GlorotUniform, GlorotNormal = _spelt("glorot", "uniform"), _spelt("glorot", "normal")
HeUniform, HeNormal = _spelt("he", "uniform"), _spelt("he", "normal")
LecunUniform, LecunNormal = _spelt("lecun", "uniform"), _spelt("lecun", "normal")

CLASSES: dict[str, Callable[..., Initializer]] = {
    kind.__name__: kind
    for kind in (
        Zeros, Ones, Constant, Identity, RandomUniform, RandomNormal, TruncatedNormal, Orthogonal, VarianceScaling,
        GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal,
    )
}  # fmt: skip


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
    if isinstance(identifier, str) and identifier in CLASSES:
        return CLASSES[identifier]()
    if isinstance(identifier, str):
        if identifier not in INITIALIZERS:
            raise unknown("initializer", identifier, INITIALIZERS)
        return INITIALIZERS[identifier]
    if callable(identifier):
        kind: Any = identifier
        return kind() if kind in CLASSES.values() else lambda rng, shape: _copied(kind(rng, shape), shape)
    return lambda rng, shape: _copied(identifier, shape)


def _copied(given: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = doubles(given, "The initial weight", "Give a name, a number, an array or a function of (rng, shape).")
    if array.shape not in ((), shape):
        raise ModelError(f"Initial weights must have shape {shape}, got {array.shape}. Reshape them.")
    return np.broadcast_to(array, shape).copy()
