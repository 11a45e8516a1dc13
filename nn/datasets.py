"""Data sets (X, y) for lectures, made from a formula and a seed, or read from a user's file.

X has shape (examples, inputs), y (examples,). Every maker takes `rng`: a seed, or a NumPy generator
that it draws from (`default_rng` or the older `RandomState`). All numbers are dimensionless.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real

import numpy as np

from nn.arrays import plain
from nn.csv import csv
from nn.errors import DataError
from nn.types import Array, ArrayLike, Seed

__all__ = ["PLAYGROUND", "circle", "csv", "exam", "gate", "gauss", "moons", "reg_gauss", "reg_plane", "spiral"]
__all__ += ["train_test_split", "xor"]

Data = tuple[Array, Array]
Generator = np.random.Generator | np.random.RandomState
Randomness = Seed | np.random.RandomState
GATES = {"and": np.logical_and, "or": np.logical_or, "xor": np.logical_xor}


def gate(name: str, bipolar: bool = False) -> Data:
    """A truth table: y = x₁ ∧ x₂, x₁ ∨ x₂ or x₁ ⊕ x₂ at the four corners.

    Args:
        name: "and", "or" or "xor".
        bipolar: false and true are −1 and 1, as for the perceptron; otherwise 0 and 1.

    Returns:
        X of shape (4, 2) and y of shape (4,).

    Raises:
        DataError: an unknown gate.

    Example:
        >>> X, y = gate("xor")
        >>> [(*map(int, x), int(out)) for x, out in zip(X, y)]
        [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]

    Source: M. Minsky, S. Papert (1969), Perceptrons: XOR is not linearly separable.
    """
    if not isinstance(name, str) or name.lower() not in GATES:
        raise DataError(f"Unknown gate {name!r}. Choose one of {', '.join(GATES)}.")
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = GATES[name.lower()](*X.T).astype(float)
    return (2 * X - 1, 2 * y - 1) if bipolar else (X, y)


def moons(n: int = 100, noise: float = 0.1, rng: Randomness = 0, bipolar: bool = False) -> Data:
    """Two half circles that interlock: (cos t, sin t) of class 0, (1 − cos t, ½ − sin t) of class 1.

    t goes in equal steps from 0 to π; the points are shuffled, then moved by the noise. The draws come in
    scikit-learn's order: with `np.random.RandomState(seed)` the numbers are those of its `make_moons`.

    Args:
        n: how many points, at least 2; class 1 has one more if n is odd.
        noise: the standard deviation of the normal noise, at least 0.
        rng: a seed or generator.
        bipolar: classes −1 and 1, as in micrograd's demo; otherwise 0 and 1.

    Returns:
        X of shape (n, 2) and y of shape (n,).

    Raises:
        DataError: too few points, a negative noise, or rng is not a seed or generator.

    Example:
        >>> X, y = moons(4, noise=0)
        >>> sorted(zip(y.tolist(), X.round(9).tolist()))
        [(0.0, [-1.0, 0.0]), (0.0, [1.0, 0.0]), (1.0, [0.0, 0.5]), (1.0, [2.0, 0.5])]

    Source: scikit-learn's `make_moons`; A. Karpathy (2020), micrograd's demo.
    """
    rng = _checked(n, noise, rng)
    outer, inner = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    X = np.concatenate(
        [np.stack([np.cos(outer), np.sin(outer)], 1), np.stack([1 - np.cos(inner), 1 - np.sin(inner) - 0.5], 1)]
    )
    y = np.repeat([-1.0 if bipolar else 0.0, 1.0], [n // 2, n - n // 2])
    order = np.arange(n)
    rng.shuffle(order)
    return X[order] + rng.normal(scale=noise, size=(n, 2)), y[order]


def exam(n: int = 1000, rng: Randomness = 0) -> Data:
    """ "Will you pass the exam?": P(pass) = σ(½(x₁ − 6) + ¼(x₂ − 20)).

    Args:
        n: how many students, at least 2.
        rng: a seed or generator.

    Returns:
        X of shape (n, 2): x₁ lectures attended, a whole number from 0 to 12, all equally likely; x₂ hours
        studied, uniform in [0, 40). y of shape (n,): 1 for a pass, drawn with that probability, else 0.

    Raises:
        DataError: too few students, or rng is not a seed or generator.

    Example:
        >>> X, y = exam(3, rng=1)
        >>> [f"{x1:.0f} lectures, {x2:.0f} hours: {'pass' if out else 'fail'}" for (x1, x2), out in zip(X, y)]
        ['6 lectures, 38 hours: pass', '12 lectures, 12 hours: pass', '1 lectures, 17 hours: fail']

    Source: the example of the lectures; the formula is this package's own.
    """
    rng = _checked(n, 0, rng)
    X = np.stack([np.floor(rng.uniform(0, 13, n)), rng.uniform(0, 40, n)], 1)
    passed = 1 / (1 + np.exp(-(X - [6, 20]) @ [0.5, 0.25]))
    return X, (rng.uniform(size=n) < passed).astype(float)


# ── TensorFlow Playground: labels −1 and 1, or real targets; points within ±6 ─────────────────────


def circle(n: int = 500, noise: float = 0.0, rng: Randomness = 0) -> Data:
    """A disk of radius 2.5 (class 1) in a ring from 3.5 to 5 (class −1), uniform by radius and angle.

    Noise moves a point by up to noise · 5 each way before its class is decided; the point itself stays.

    Args:
        n: how many points, at least 2, half of them inside.
        noise: from 0 to 0.5, the Playground's per cent by 100.
        rng: a seed or generator.

    Returns:
        X of shape (n, 2) and y of shape (n,), −1 or 1.

    Raises:
        DataError: too few points, a negative noise, or rng is not a seed or generator.

    Example:
        >>> X, y = circle(4)
        >>> np.hypot(*X.T).round(1).tolist(), y.tolist()
        ([1.6, 0.7, 4.4, 4.6], [1.0, 1.0, -1.0, -1.0])

    Source: TensorFlow Playground, dataset.ts, `classifyCircleData`.
    """
    rng = _checked(n, noise, rng)
    inside = np.arange(n) < n // 2
    r = np.where(inside, rng.uniform(0, 2.5, n), rng.uniform(3.5, 5, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    X = np.stack([r * np.sin(angle), r * np.cos(angle)], 1)
    moved = X + noise * rng.uniform(-5, 5, (n, 2))
    return X, np.where(np.hypot(*moved.T) < 2.5, 1.0, -1.0)


def xor(n: int = 500, noise: float = 0.0, rng: Randomness = 0) -> Data:
    """Four squares, 0.3 away from the axes and 5 wide: y = 1 where x₁ · x₂ ≥ 0, else −1.

    Noise moves a point by up to noise · 5 each way before its class is decided; the point itself stays.

    Args:
        n, noise, rng, errors: as for `circle`.

    Returns:
        X of shape (n, 2) and y of shape (n,), −1 or 1.

    Example:
        >>> X, y = xor(100)
        >>> bool((abs(X) >= 0.3).all()), bool((np.sign(X.prod(1)) == y).all())
        (True, True)

    Source: TensorFlow Playground, dataset.ts, `classifyXORData`.
    """
    rng = _checked(n, noise, rng)
    X = rng.uniform(-5, 5, (n, 2))
    X += np.where(X > 0, 0.3, -0.3)
    moved = X + noise * rng.uniform(-5, 5, (n, 2))
    return X, np.where(moved.prod(1) >= 0, 1.0, -1.0)


def gauss(n: int = 500, noise: float = 0.0, rng: Randomness = 0) -> Data:
    """Two normal clouds, class 1 about (2, 2) and class −1 about (−2, −2), of variance ½ + 7 · noise.

    Args:
        n, noise, rng, errors: as for `circle`; half of the points are of each class.

    Returns:
        X of shape (n, 2) and y of shape (n,), −1 or 1.

    Example:
        >>> X, y = gauss(1000)
        >>> X[y == 1].mean(0).round().tolist(), X[y == -1].mean(0).round().tolist()
        ([2.0, 2.0], [-2.0, -2.0])

    Source: TensorFlow Playground, dataset.ts, `classifyTwoGaussData`.
    """
    rng = _checked(n, noise, rng)
    y = np.where(np.arange(n) < n // 2, 1.0, -1.0)
    return 2 * y[:, None] + rng.normal(scale=np.sqrt(0.5 + 7 * noise), size=(n, 2)), y


def spiral(n: int = 500, noise: float = 0.0, rng: Randomness = 0) -> Data:
    """Two spiral arms: r = 5i/m, t = 3.5πi/m, the point r · (sin t, cos t); class −1 is turned by π.

    Args:
        n, rng, errors: as for `circle`; each arm has m = n/2, i = 0 … m − 1.
        noise: each coordinate moves by up to so much; the Playground's per cent by 100.

    Returns:
        X of shape (n, 2) and y of shape (n,), −1 or 1.

    Example:
        >>> X, y = spiral(8)
        >>> np.hypot(*X.T).round(2).tolist()
        [0.0, 1.25, 2.5, 3.75, 0.0, 1.25, 2.5, 3.75]

    Source: TensorFlow Playground, dataset.ts, `classifySpiralData`.
    """
    rng = _checked(n, noise, rng)
    arms = [np.arange(m) / m for m in (n - n // 2, n // 2)]
    y = np.repeat([1.0, -1.0], [len(arm) for arm in arms])
    way = np.concatenate(arms)
    t = 3.5 * np.pi * way + np.where(y > 0, 0, np.pi)
    X = 5 * way[:, None] * np.stack([np.sin(t), np.cos(t)], 1)
    return X + noise * rng.uniform(-1, 1, (n, 2)), y


def reg_plane(n: int = 1200, noise: float = 0.0, rng: Randomness = 0) -> Data:
    """A plane to regress: y = (x₁ + x₂) / 10, uniform in ±6.

    Noise moves a point by up to noise · 6 each way before its target is calculated; the point itself stays.

    Args:
        n, noise, rng, errors: as for `circle`.

    Returns:
        X of shape (n, 2) and y of shape (n,), real.

    Example:
        >>> X, y = reg_plane(100)
        >>> bool(np.allclose(y, X.sum(1) / 10))
        True

    Source: TensorFlow Playground, dataset.ts, `regressPlane`.
    """
    return _regression(lambda X: X.sum(1) / 10, n, noise, rng)


HILLS = np.array([[x, y] for y in (2.5, -2.5) for x in (-4.0, 0.0, 4.0)])
SIGNS = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])


def reg_gauss(n: int = 1200, noise: float = 0.0, rng: Randomness = 0) -> Data:
    """Six cones to regress: y = ±max(0, 1 − d/2) by the distance d to the nearest of six centres.

    The centres are x₁ ∈ {−4, 0, 4}, x₂ = ±2.5, their signs alternate: + − + above, − + − below. Noise moves
    a point by up to noise · 6 each way before its target is calculated; the point itself stays.

    Args:
        n, noise, rng, errors: as for `circle`; the points are uniform in ±6.

    Returns:
        X of shape (n, 2) and y of shape (n,), in [−1, 1].

    Example:
        >>> X, y = reg_gauss(1200)
        >>> bool((y[np.hypot(*(X - [4, 2.5]).T) < 0.5] > 0.75).all())
        True

    Source: TensorFlow Playground, dataset.ts, `regressGaussian`.
    """

    def nearest(X: Array) -> Array:
        d = np.linalg.norm(X[:, None] - HILLS, axis=2)
        cones: Array = SIGNS[d.argmin(1)] * np.maximum(0, 1 - d.min(1) / 2)
        return cones

    return _regression(nearest, n, noise, rng)


def _regression(target: Callable[[Array], Array], n: int, noise: float, rng: Randomness) -> Data:
    """Uniform points, and the target where noise has moved them to."""
    rng = _checked(n, noise, rng)
    X = rng.uniform(-6, 6, (n, 2))
    return X, target(X + noise * rng.uniform(-6, 6, (n, 2)))


MAKERS: tuple[Callable[..., Data], ...] = (circle, xor, gauss, spiral, reg_plane, reg_gauss)
PLAYGROUND = {make.__name__.replace("_", "-"): make for make in MAKERS}  # by the names in its address bar


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────


def train_test_split(
    X: ArrayLike, y: ArrayLike, test_size: float = 0.25, rng: Randomness = 0
) -> tuple[Array, Array, Array, Array]:
    """Shuffled examples in two parts: one to learn from, one to judge by.

    Args:
        X, y: arrays or lists of the same length, at least 2.
        test_size: the test part's share, in (0, 1), or its number of examples; each part gets one at least.
        rng: a seed or generator.

    Returns:
        X_train, X_test, y_train, y_test, as scikit-learn orders them.

    Raises:
        DataError: X and y differ in length, fewer than 2 examples, a size that leaves a part
            empty, or rng is not a seed or generator.

    Example:
        >>> X_train, X_test, y_train, y_test = train_test_split(*moons(100), test_size=0.2)
        >>> X_train.shape, y_test.shape
        ((80, 2), (20,))
    """
    X, y = (plain(x, name, "Give an array or a list.") for x, name in ((X, "X"), (y, "y")))
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        shapes = f"X of shape {X.shape} and y of shape {y.shape}"
        raise DataError(f"X and y must have the same length, got {shapes}. Give one target for each example.")
    n = len(X)
    rng = _checked(n, 0, rng)
    count = isinstance(test_size, int) and not isinstance(test_size, bool)
    if not isinstance(test_size, Real) or not (1 <= test_size < n if count else 0 < test_size < 1):
        raise DataError(
            f"test_size={test_size!r} of {n} examples leaves a part empty. Give a share in (0, 1) or fewer than {n}."
        )
    held = test_size if count else min(max(1, round(n * test_size)), n - 1)
    order = np.arange(n)
    rng.shuffle(order)
    train, test = order[held:], order[:held]
    return X[train], X[test], y[train], y[test]


def _checked(n: int, noise: float, rng: Randomness) -> Generator:
    """The generator to draw from, once the other arguments are checked."""
    if not isinstance(n, int | np.integer) or n < 2:
        raise DataError(f"{n!r} points cannot have two classes. Give a whole number of at least 2.")
    if not isinstance(noise, Real) or not 0 <= noise < np.inf:
        raise DataError(f"noise must be a finite number of at least 0, got {noise!r}. Try 0.1.")
    if isinstance(rng, np.random.RandomState | np.random.Generator):
        return rng
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise DataError(
            f"rng must be a whole number of at least 0 or a NumPy generator, got {rng!r}. Try rng=0."
        ) from None
