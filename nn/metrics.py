"""Metrics reported beside the loss: functions of arrays that give one number for each example."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np

from nn import losses
from nn.errors import ModelError, unknown
from nn.types import Array


@dataclass(frozen=True)
class Metric:
    """A metric: `function(y, p)` of arrays (n, units) gives an array (n,); its mean is reported."""

    name: str
    function: Callable[[Array, Array], Array]


MetricLike: TypeAlias = str | Metric | losses.Loss | Callable[[Array, Array], Any]
Metrics: TypeAlias = Sequence[MetricLike]


def binary_accuracy(y: Array, p: Array, threshold: float = 0.5) -> Array:
    """Whether prediction and target lie on the same side of the threshold, on average over the outputs.

    >>> binary_accuracy(np.array([[1.0], [0.0]]), np.array([[0.8], [0.6]]))
    array([1., 0.])
    """
    shares: Array = ((p > threshold) == (y > threshold)).mean(1)
    return shares


def categorical_accuracy(y: Array, p: Array) -> Array:
    """Whether the largest prediction is that of the right class.

    >>> categorical_accuracy(np.eye(2), np.array([[0.8, 0.2], [0.6, 0.4]]))
    array([1., 0.])
    """
    return np.asarray(p.argmax(1) == y.argmax(1), np.float64)


METRICS = {
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": categorical_accuracy,
}
NAMES = ("accuracy", *METRICS, *losses.LOSSES)


def get(identifier: MetricLike, loss: losses.Loss) -> Metric:
    """A metric by its name: an accuracy, or any loss; a function of arrays (y, p) stands for itself.

    "accuracy" depends on the loss: classes are compared by their largest prediction, binary labels by the
    threshold ½, or 0 where predictions are sums before a sigmoid or labels are −1 and 1.

    Raises:
        ModelError: an unknown name.

    Example:
        >>> get("mae", losses.get("mse")).function(np.array([[1.0]]), np.array([[0.5]]))
        array([0.5])
    """
    if isinstance(identifier, Metric):
        return identifier
    if callable(identifier) and not isinstance(identifier, losses.Loss):
        name = getattr(identifier, "__name__", "metric")
        return Metric(name, lambda y, p: np.broadcast_to(identifier(y, p), len(p)))
    if identifier in ("accuracy", "acc"):
        return Metric(identifier, lambda y, p: _accuracy(loss, y, p))
    if isinstance(identifier, str) and identifier in METRICS:
        return Metric(identifier, METRICS[identifier])
    if not isinstance(identifier, losses.Loss) and identifier not in losses.LOSSES:
        raise unknown("metric", identifier, NAMES)
    row = losses.get(identifier)
    return Metric(identifier if isinstance(identifier, str) else row.name, lambda y, p: on_arrays(row, y, p))


def several(metrics: Metrics, loss: losses.Loss) -> tuple[Metric, ...]:
    """The metrics of a list of names.

    Raises:
        ModelError: not a list, or an unknown name in it.
    """
    if isinstance(metrics, str) or not isinstance(metrics, list | tuple):
        raise ModelError(f"metrics must be a list, got {metrics!r}. Put it in brackets: metrics=['accuracy'].")
    return tuple(get(one, loss) for one in metrics)


def on_arrays(loss: losses.Loss, y: Array, p: Array) -> Array:
    """A loss of each example, from arrays (n, units): its words run on columns.

    >>> on_arrays(losses.get("rss"), np.zeros((2, 2)), np.array([[1.0, 2.0], [0.0, 3.0]]))
    array([5., 9.])
    """
    with np.errstate(all="ignore"):
        each = loss.function(cast(Any, list(y.T)), cast(Any, list(p.T)))
        return np.broadcast_to(cast(Array, each), len(p))


def _accuracy(loss: losses.Loss, y: Array, p: Array) -> Array:
    if loss.labels in ("distribution", "class") or (loss.labels == "any" and p.shape[1] > 1):
        return categorical_accuracy(y, p)
    return binary_accuracy(y, p, 0.0 if loss.logits or (y < 0).any() else 0.5)
