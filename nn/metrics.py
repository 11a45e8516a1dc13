"""Metrics: what is told beside the loss; functions of arrays that give one number for each example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn import losses
from nn.errors import ModelError, unknown


@dataclass(frozen=True)
class Metric:
    """A metric: `function(y, p)` of arrays (n, units) gives an array (n,); its mean is what is told."""

    name: str
    function: Callable[[Any, Any], Any]


def binary_accuracy(y: Any, p: Any, threshold: float = 0.5) -> Any:
    """Whether prediction and target lie on the same side of the threshold, on average over the outputs.

    >>> binary_accuracy(np.array([[1.0], [0.0]]), np.array([[0.8], [0.6]]))
    array([1., 0.])
    """
    return ((p > threshold) == (y > threshold)).mean(1)


def categorical_accuracy(y: Any, p: Any) -> Any:
    """Whether the largest prediction is that of the right class.

    >>> categorical_accuracy(np.eye(2), np.array([[0.8, 0.2], [0.6, 0.4]]))
    array([1., 0.])
    """
    return (p.argmax(1) == y.argmax(1)).astype(float)


METRICS = {
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": categorical_accuracy,
}
NAMES = ("accuracy", *METRICS, *losses.LOSSES)


def get(given: Any, loss: losses.Loss) -> Metric:
    """A metric by its name: an accuracy, or any loss; a function of arrays (y, p) is taken as it is.

    "accuracy" means what suits the loss: classes are compared by their largest prediction, binary labels
    by the threshold ½, or 0 where predictions are sums before a sigmoid or labels are −1 and 1.

    Raises:
        ModelError: there is none of that name.

    Example:
        >>> get("mae", losses.get("mse")).function(np.array([[1.0]]), np.array([[0.5]]))
        array([0.5])
    """
    if isinstance(given, Metric):
        return given
    if callable(given) and not isinstance(given, str | losses.Loss):
        return Metric(getattr(given, "__name__", "metric"), lambda y, p: np.broadcast_to(given(y, p), len(p)))
    if given in ("accuracy", "acc"):
        return Metric(str(given), lambda y, p: _accuracy(loss, y, p))
    if isinstance(given, str) and given in METRICS:
        return Metric(given, METRICS[given])
    if not isinstance(given, losses.Loss) and given not in losses.LOSSES:
        raise unknown("metric", given, NAMES)
    row = losses.get(given)
    return Metric(given if isinstance(given, str) else row.name, lambda y, p: on_arrays(row, y, p))


def several(given: Any, loss: losses.Loss) -> tuple[Metric, ...]:
    """The metrics of a list of names.

    Raises:
        ModelError: it is no list, or one is unknown.
    """
    if isinstance(given, str) or not isinstance(given, list | tuple):
        raise ModelError(f"metrics must be a list, got {given!r}. Put it in brackets: metrics=['accuracy'].")
    return tuple(get(one, loss) for one in given)


def on_arrays(loss: losses.Loss, y: Any, p: Any) -> Any:
    """A loss of each example, from arrays (n, units): its words run on columns.

    >>> on_arrays(losses.get("rss"), np.zeros((2, 2)), np.array([[1.0, 2.0], [0.0, 3.0]]))
    array([5., 9.])
    """
    with np.errstate(all="ignore"):
        return np.broadcast_to(loss.function(list(y.T), list(p.T)), len(p))


def _accuracy(loss: losses.Loss, y: Any, p: Any) -> Any:
    if loss.labels in ("distribution", "class") or (loss.labels == "any" and p.shape[1] > 1):
        return categorical_accuracy(y, p)
    return binary_accuracy(y, p, 0.0 if loss.logits or (y < 0).any() else 0.5)
