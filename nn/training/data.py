"""The user's data as arrays that a model can be trained on; poor data are refused with the row and the remedy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd import ShapeError
from autograd.errors import shown
from nn.arrays import doubles, sample_weights
from nn.errors import DataError, ModelError
from nn.losses import Loss
from nn.module import Module, whole_number
from nn.types import Array, ArrayLike


def samples(model: Module, X: ArrayLike, what: str = "X") -> Array:
    """The inputs as an array (n, inputs); builds a model that does not know their number yet.

    Raises:
        ShapeError: another shape.
        DataError: no rows, or entries that are not finite numbers.
    """
    X = doubles(X, what, "Give rows of numbers of equal length.")
    X = X[:, None] if X.ndim == 1 and model.inputs in (None, 1) else X
    if not X.size:
        raise DataError(f"{what} is empty: its shape is {X.shape}. Give at least one row.")
    if X.ndim == 2 and model.inputs is None:
        model.build(X.shape[1])
    if X.ndim != 2 or X.shape[1] != model.inputs:
        shape = f"(n, {'inputs' if model.inputs is None else model.inputs})"
        raise ShapeError(f"{what} must have shape {shape} for this model, got {X.shape}. Reshape it.")
    return X


@dataclass(frozen=True)
class Examples:
    """Inputs, targets as the loss takes them, and the labels as they are given.

    Attributes:
        rows: inputs, targets and, of weighted examples, the weight side by side: what a step needs.
        labels: (n, units) or, of classes, (n, 1): what metrics see.
        inputs, units: how many columns of `rows` are inputs, and how many targets.
    """

    rows: Array
    labels: Array
    inputs: int
    units: int

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: slice | NDArray[np.intp]) -> Examples:
        return Examples(self.rows[index], self.labels[index], self.inputs, self.units)

    @property
    def X(self) -> Array:
        return self.rows[:, : self.inputs]

    @property
    def targets(self) -> Array:
        return self.rows[:, self.inputs : self.inputs + self.units]

    @property
    def weights(self) -> Array | None:
        """What each example's loss is multiplied by, (n,); None for examples without weights."""
        width = self.inputs + self.units
        return self.rows[:, width] if self.rows.shape[1] > width else None

    def weighted(self, weights: Array) -> Examples:
        """The same with weights (n,)."""
        return replace(self, rows=np.concatenate([self.X, self.targets, weights[:, None]], 1))

    def by_class(self, class_weight: Mapping[int, float]) -> Examples:
        """The same, each weighted as its class is; the class is the label, or the place of the largest one.

        Raises:
            ModelError: no dictionary of classes and numbers, or the examples have weights already.
        """
        if self.weights is not None:
            raise ModelError("class_weight and sample_weight exclude each other. Multiply them into sample_weight.")
        if not isinstance(class_weight, Mapping) or not all(
            isinstance(x, Real) and not isinstance(x, bool) and math.isfinite(x)
            for x in (*class_weight, *class_weight.values())
        ):
            raise ModelError(
                f"class_weight must be a dictionary such as {{0: 1.0, 1: 5.0}}, got {shown(class_weight)}."
            )
        wide = self.labels.shape[1] > 1
        classes = self.labels.argmax(1) if wide else np.round(self.labels[:, 0])
        return self.weighted(np.array([float(class_weight.get(k, 1.0)) for k in classes.tolist()]))


def examples(
    model: Module, loss: Loss, X: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None, *, what: str = ""
) -> Examples:
    """The user's data as examples.

    Raises:
        ShapeError, DataError: poor data.
    """
    rows, units = samples(model, X, f"{what}X"), model.units or 0
    labels = loss.entries(y, units)
    targets = loss.targets(labels, units)
    if len(targets) != len(rows):
        raise ShapeError(f"{what}X has {len(rows)} rows, y has {len(targets)}. Give one target for each row.")
    given = Examples(np.concatenate([rows, targets], 1), labels, rows.shape[1], units)
    return given if weights is None else given.weighted(sample_weights(weights, len(rows)))


def split(given: Examples, share: float) -> tuple[Examples, Examples]:
    """The first rows to train with, the last share of them to validate with.

    Raises:
        ModelError: the share is not between 0 and 1.
        DataError: nothing is left to train with.
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise ModelError(f"validation_split must be at least 0 and below 1, got {share!r}. Try 0.2.")
    count = math.floor(len(given) * (1 - share))
    if not count:
        raise DataError(f"validation_split = {share} leaves none of {len(given)} rows to train with. Give less.")
    return given[:count], given[count:]


@dataclass(eq=False)
class Order:
    """In which order examples come, in batches, epoch by epoch.

    Args:
        examples: how many there are.
        size: examples a batch.
        steps: batches an epoch, which goes on where the last one ended; None for a whole pass.
        shuffle: whether each pass has its own order.
        rng: where it comes from.
    """

    examples: int
    size: int
    steps: int | None
    shuffle: bool
    rng: np.random.Generator

    def __post_init__(self) -> None:
        self.batches = -(-self.examples // self.size)  # of a pass
        self.at = 0  # the batch of the pass that comes next
        self.shuffled: NDArray[np.intp] | None = None

    @property
    def upcoming(self) -> tuple[int, int]:
        """The next epoch's number of batches, and of examples."""
        steps = min(self.batches - self.at, self.steps or self.batches)
        return steps, min(steps * self.size, self.examples - self.at * self.size)

    @property
    def position(self) -> tuple[Any, int]:
        """Where it stands, to go back to within a pass."""
        return self.rng.bit_generator.state, self.at

    @position.setter
    def position(self, position: tuple[Any, int]) -> None:
        self.rng.bit_generator.state, self.at = position

    def next(self) -> slice | NDArray[np.intp]:
        """The examples of the next epoch, which begins."""
        steps, count = self.upcoming
        if not self.at:
            self.shuffled = self.rng.permutation(self.examples) if self.shuffle else None
        start = self.at * self.size
        self.at = (self.at + steps) % self.batches
        part = slice(start, start + count)
        return part if self.shuffled is None else self.shuffled[part]


def batch_size(size: int | None, n: int, steps: int | None = None) -> int:
    """Examples a batch: as given, else those that make so many batches of n rows, else 32, as in Keras.

    >>> batch_size(None, 100), batch_size(None, 100, 3), batch_size(8, 100, 3)
    (32, 34, 8)
    """
    if size is not None:
        return whole_number(size, "batch_size")
    return 32 if steps is None else -(-n // whole_number(steps, "steps"))
