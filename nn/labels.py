"""Kinds of labels: what the targets of a data set may be for a loss, checked and turned into an array (n, units)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from autograd import ShapeError
from nn.errors import DataError
from nn.types import Array, ArrayLike


def targets(loss: str, kind: str, y: ArrayLike, units: int) -> Array:
    """What `Loss.targets` returns, for a loss of this name and kind of labels."""
    try:
        y = np.asarray(y, float)
    except (TypeError, ValueError) as error:
        raise DataError(f"y is not an array of numbers: {error}. Number the classes from 0.") from None
    y = y[:, None] if y.ndim == 1 else y
    width = 1 if kind == "class" else units
    if y.ndim != 2 or y.shape[1] != width:
        hint = " Make it one-hot, or use sparse_categorical_crossentropy." if kind == "distribution" else ""
        raise ShapeError(f"y must have shape (n, {width}) for {loss} of {units} outputs, got {y.shape}.{hint}")
    bad = ~np.isfinite(y).all(1)
    if bad.any():
        raise DataError(f"y is {y[bad][0].tolist()} in row {np.argmax(bad)}. Remove the row, or fill the gap.")
    return KINDS[kind](loss, y, units)


def _any(loss: str, y: Array, units: int) -> Array:
    return y


def _binary(loss: str, y: Array, units: int) -> Array:
    _refuse((y < 0) | (y > 1), loss, y, "labels between 0 and 1", "For −1 and 1 use (y + 1) / 2, or the hinge loss.")
    return y


def _sign(loss: str, y: Array, units: int) -> Array:
    """−1 and 1; labels that are all 0 or 1 are turned into these, as Keras does."""
    if np.isin(y, (0, 1)).all():
        return 2 * y - 1
    _refuse(~np.isin(y, (-1, 1)), loss, y, "labels −1 and 1, or 0 and 1", "Map the two classes to these.")
    return y


def _distribution(loss: str, y: Array, units: int) -> Array:
    off = (y < 0).any(1) | (np.abs(y.sum(1) - 1) > 1e-6)
    _refuse(off[:, None], loss, y, "rows of probabilities whose sum is 1", "Make the classes one-hot.")
    return y


def _class(loss: str, y: Array, units: int) -> Array:
    off = (y < 0) | (y >= units) | (y != np.round(y))
    _refuse(off, loss, y, f"classes from 0 to {units - 1}", "Number the classes from 0, and give one unit to each.")
    one_hot: Array = np.eye(units)[y[:, 0].astype(int)]
    return one_hot


KINDS: dict[str, Callable[[str, Array, int], Array]] = {
    "any": _any,
    "binary": _binary,  # 0 to 1
    "sign": _sign,  # −1 or 1
    "distribution": _distribution,  # their sum is 1
    "class": _class,  # a whole number, counted from 0
}


def _refuse(bad: NDArray[np.bool_], loss: str, y: Array, needs: str, remedy: str) -> None:
    rows = bad.any(1)
    if rows.any():
        row = int(np.argmax(rows))
        got = f"{y[row, 0]:g}" if y.shape[1] == 1 else y[row].tolist()
        raise DataError(f"{loss} needs {needs}, got {got} in row {row}. {remedy}")
