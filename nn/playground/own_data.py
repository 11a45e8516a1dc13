"""Points of your own: rows that stand in a link as text, and arrays that are standardised to fill the plane."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.language.numbers import figure
from nn.arrays import doubles
from nn.errors import DataError
from nn.playground.points import Point
from nn.types import Array, ArrayLike

MOST_CLASSES = 5


class OwnData(NamedTuple):
    """Points, and how they were made.

    Attributes:
        points: rows x, y, label.
        classes: how many; 0 for a regression.
        formulas: of x₁, x₂ and y.
    """

    points: tuple[Point, ...]
    classes: int
    formulas: tuple[str, ...]


def labels(count: int) -> tuple[float, ...]:
    """The numbers that stand for so many classes: −1 and 1, or 0, 1, 2, …; none for a regression."""
    return (-1.0, 1.0) if count == 2 else tuple(map(float, range(count)))


def standardised(X: ArrayLike, y: ArrayLike, problem: str | None) -> OwnData:
    """Columns less their mean, by their deviation; labels of classes by their order, numbers from −1 to 1.

    Args:
        X: two columns.
        y: what belongs to the rows: numbers, or classes by any names.
        problem: "classification", "regression", or None for what y looks like: up to five different values are classes.

    Raises:
        DataError: an array of another shape, a number that is not finite, too few classes or too many.
    """
    inputs = doubles(X, "X", "Give two columns of numbers.")
    targets = np.asarray(y)
    if inputs.ndim != 2 or inputs.shape[1] != 2 or targets.shape != inputs.shape[:1] or not len(targets):
        raise DataError(
            f"A play needs X of shape (n, 2) and y of shape (n,), got {inputs.shape} and {targets.shape}. "
            "Choose two columns, as X[:, [0, 1]]."
        )
    distinct = np.unique(targets)
    if problem is None:
        problem = "classification" if len(distinct) <= MOST_CLASSES else "regression"
    names = [str(name) for name in getattr(X, "columns", ("x_1", "x_2"))]
    xs, first = _standardised(inputs[:, 0], "x₁", names[0])
    ys, second = _standardised(inputs[:, 1], "x₂", names[1])
    numbers, third = _numbered(targets, distinct) if problem == "classification" else _scaled(y)
    classes = len(distinct) if problem == "classification" else 0
    return OwnData(tuple(zip(xs, ys, numbers, strict=True)), classes, (first, second, third))


def _standardised(column: Array, letter: str, name: str) -> tuple[list[float], str]:
    """(x − mean)/deviation, and that as a formula; a column without a deviation is only moved."""
    mean, deviation = float(column.mean()), float(column.std()) or 1.0
    return ((column - mean) / deviation).tolist(), f"{letter} = ({name} − {_text(mean, True)}) / {_text(deviation)}"


def _numbered(targets: Array, distinct: Array) -> tuple[list[float], str]:
    """Classes by their order."""
    if not 2 <= len(distinct) <= MOST_CLASSES:
        raise DataError(
            f"y has {len(distinct)} different values; classes are 2 to {MOST_CLASSES}. "
            'Write problem="regression" if they are numbers to predict.'
        )
    numbers = labels(len(distinct))
    formula = ", ".join(f"y = {_text(k)}: {name}" for k, name in zip(numbers, distinct.tolist(), strict=True))
    return [numbers[k] for k in np.searchsorted(distinct, targets).tolist()], formula


def _scaled(y: ArrayLike) -> tuple[list[float], str]:
    """Numbers of an interval, from −1 to 1."""
    targets = doubles(y, "y", 'Write problem="classification" if they are classes.')
    low, high = float(targets.min()), float(targets.max())
    middle, half = (low + high) / 2, (high - low) / 2 or 1.0
    return ((targets - middle) / half).tolist(), f"y = (y − {_text(middle, True)}) / {_text(half)}"


def _text(x: float, inside: bool = False) -> str:
    """A number with four digits; behind a sign a negative one stands in parentheses."""
    text = figure(x, digits=4)[0]
    return f"({text})" if inside and x < 0 else text
