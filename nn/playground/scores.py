"""How a play's points are classified: the share that is right, and what is taken for what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Accuracy(NamedTuple):
    """Shares of the training and the test points that are classified right; nan of no points."""

    train: float
    test: float


class Confusion(NamedTuple):
    """Counts of the training and the test points, arrays with a row for each class and a column for each prediction."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def predicted(outputs: Sequence[float]) -> int:
    """The place of the class: of one output that of its sign, 0 counted to the second; else of the largest output.

    >>> predicted([-0.2]), predicted([0.0]), predicted([0.5, 2.0, 2.0])
    (0, 1, 1)
    """
    return int(outputs[0] >= 0) if len(outputs) == 1 else max(range(len(outputs)), key=outputs.__getitem__)


def counts(pairs: Sequence[tuple[float, int]], classes: Sequence[float]) -> NDArray[np.intp]:
    """How many points of each class are predicted as each, of their labels and the predicted places."""
    table = np.zeros((len(classes), len(classes)), np.intp)
    for label, place in pairs:
        table[classes.index(label), place] += 1
    return table


def share(table: NDArray[Any]) -> float:
    """Of all points those on the diagonal."""
    return float(np.trace(table) / table.sum()) if table.any() else math.nan
