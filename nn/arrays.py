"""Whatever a user gives as numbers, as an array of doubles; what is none is refused with its place and the remedy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograd import ShapeError, Value
from autograd.errors import shown
from nn.errors import DataError
from nn.types import Array, ArrayLike

GAPS = {"", "?", "na", "<na>", "n/a", "nan", "null", "none", "-"}  # as R, pandas and the UCI repository write a gap
FILL = "Remove the row, or fill the gap."
# what has a float that means nothing, or would leave a graph
STRANGE = (Value, complex, np.complexfloating, np.datetime64, np.timedelta64, np.void)


def doubles(given: ArrayLike, what: str, remedy: str, finite: bool = True) -> Array:
    """Numbers in lists, arrays, or another library's arrays and tables, as an array of doubles of the same shape.

    Args:
        given: the numbers; texts that are numbers count as these.
        what: what they are called in messages.
        remedy: what to do where they are something else.
        finite: whether inf and nan are refused.

    Raises:
        DataError: what is no array of numbers, a gap, a word, a date; the message says where.

    Example:
        >>> doubles([["1.5", "2"]], "X", "Give numbers.")
        array([[1.5, 2. ]])
        >>> doubles([[1.0, "red"]], "X", "Give numbers.")
        Traceback (most recent call last):
        nn.errors.DataError: X is 'red' in row 0, column 1. Give numbers.
    """
    array = plain(given, what, remedy)
    if array.dtype.kind not in "biuf":
        array = _entry_by_entry(array, given, what, remedy)
    array = np.asarray(array, float)
    if finite and not (whole := np.isfinite(array)).all():
        place = tuple(np.argwhere(~whole)[0].tolist())
        raise DataError(f"{what} is {array[place]}{_where(place, given)}. {FILL}")
    return array


def sample_weights(given: ArrayLike, n: int) -> Array:
    """A weight for each of n examples, (n,).

    Raises:
        ShapeError, DataError: something else.
    """
    remedy = "Give one number for each row."
    weights = doubles(given, "sample_weight", remedy)
    if weights.shape not in ((n,), (n, 1)):
        raise ShapeError(f"sample_weight must have shape ({n},), got {weights.shape}. {remedy}")
    return weights.ravel()


def plain(given: ArrayLike, what: str, remedy: str) -> np.ndarray[Any, Any]:
    """What is given as an array of any kind of entries.

    Raises:
        DataError: it is no array, or some of it is masked.
    """
    try:
        array = np.asarray(given)
    except Exception as error:  # whatever other libraries raise, as PyTorch does of a tensor that needs a gradient
        raise DataError(f"{what} is not an array of numbers: {str(error).rstrip('.')}. {remedy}") from None
    if not array.ndim and array.dtype.kind not in "biuf":
        thing = shown(given) if given is None or isinstance(given, str) else f"an object of type {type(given).__name__}"
        raise DataError(f"{what} must be an array of numbers, got {thing}. {_conversion(given) or remedy}")
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        place = tuple(np.argwhere(np.ma.getmaskarray(given))[0].tolist())
        raise DataError(f"{what} is masked{_where(place, given)}. {FILL}")
    return array


def _conversion(given: object) -> str:
    """How to make an array of what is none, if that is known."""
    if hasattr(given, "toarray"):
        return "Give what its toarray() returns."
    if isinstance(given, str | os.PathLike) and Path(given).suffix:
        return "Read a file with nn.datasets.csv."
    return "Make a list of it first." if isinstance(given, Iterator) else ""


def _entry_by_entry(array: np.ndarray[Any, Any], given: ArrayLike, what: str, remedy: str) -> Array:
    floats = np.empty(array.shape)
    for place, entry in np.ndenumerate(array):
        try:
            if isinstance(entry, STRANGE):
                raise TypeError
            floats[place] = float(entry)
        except Exception:  # a float that is not there, or too large, or another library's refusal
            entry = entry.item() if isinstance(entry, np.str_ | np.complexfloating) else entry
            gap = str(entry).strip().lower() in GAPS
            raise DataError(f"{what} is {shown(entry)}{_where(place, given)}. {FILL if gap else remedy}") from None
    return floats


def _where(place: tuple[int, ...], given: object) -> str:
    """A place of an array in words; a table's columns have names."""
    if len(place) > 2:
        return f" at {place}"
    names = [" in row ", ", column "]
    labels = [*getattr(given, "columns", ())] if len(place) == 2 else []
    parts = [*map(str, place[:1]), *(repr(labels[i]) if i < len(labels) else str(i) for i in place[1:])]
    return "".join(name + part for name, part in zip(names, parts, strict=False))
