"""The user's data as arrays that a model can be trained on; poor data are refused with the row and the remedy."""

from __future__ import annotations

import math

import numpy as np

from autograd import ShapeError
from nn.errors import DataError, ModelError
from nn.losses import Loss
from nn.module import Module
from nn.types import Array, ArrayLike


def samples(model: Module, X: ArrayLike, what: str = "X") -> Array:
    """The inputs as an array (n, inputs); builds a model that does not know their number yet.

    Raises:
        ShapeError: another shape.
        DataError: no rows, or entries that are not finite numbers.
    """
    try:
        X = np.asarray(X, float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{what} is not an array of numbers: {error}. Give rows of numbers of equal length.") from None
    X = X[:, None] if X.ndim == 1 and model.inputs in (None, 1) else X
    if not X.size:
        raise DataError(f"{what} is empty: its shape is {X.shape}. Give at least one row.")
    if X.ndim == 2 and model.inputs is None:
        model.build(X.shape[1])
    if X.ndim != 2 or X.shape[1] != model.inputs:
        shape = f"(n, {'inputs' if model.inputs is None else model.inputs})"
        raise ShapeError(f"{what} must have shape {shape} for this model, got {X.shape}. Reshape it.")
    bad = ~np.isfinite(X)
    if bad.any():
        row, column = np.argwhere(bad)[0].tolist()
        raise DataError(f"{what} is {X[row, column]} in row {row}, column {column}. Remove the row, or fill the gap.")
    return X


def examples(model: Module, loss: Loss, X: ArrayLike, y: ArrayLike, what: str = "") -> Array:
    """Inputs, targets as the loss takes them, and the labels as they are given, side by side.

    Raises:
        ShapeError, DataError: poor data.
    """
    rows, units = samples(model, X, f"{what}X"), model.units or 0
    labels = loss.entries(y, units)
    targets = loss.targets(labels, units)
    if len(targets) != len(rows):
        raise ShapeError(f"{what}X has {len(rows)} rows, y has {len(targets)}. Give one target for each row.")
    return np.concatenate([rows, targets, labels], 1)


def columns(model: Module, rows: Array) -> tuple[Array, Array, Array]:
    """The parts of rows that `examples` made: inputs, targets, labels."""
    inputs, units = model.inputs or 0, model.units or 0
    return rows[:, :inputs], rows[:, inputs : inputs + units], rows[:, inputs + units :]


def split(rows: Array, share: float) -> tuple[Array, Array]:
    """The first rows to train with, the last share of them to validate with.

    Raises:
        ModelError: the share is not between 0 and 1.
        DataError: nothing is left to train with.
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise ModelError(f"validation_split must be at least 0 and below 1, got {share!r}. Try 0.2.")
    count = math.floor(len(rows) * (1 - share))
    if not count:
        raise DataError(f"validation_split = {share} leaves none of {len(rows)} rows to train with. Give less.")
    return rows[:count], rows[count:]
