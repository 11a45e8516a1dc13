"""Metrics reported beside the loss: functions of the labels as they were given, and of the predictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

import numpy as np

from autograd import ShapeError
from nn import losses
from nn.errors import ModelError, unknown
from nn.types import Array

Direction: TypeAlias = Literal["min", "max", ""]


@dataclass(frozen=True)
class Metric:
    """A metric: its mean over all examples is reported.

    Args:
        name: what records call it.
        function: of the labels y, as they were given (n, units) or, of classes, (n, 1), and the predictions
            (n, units): a number for each example, or one for all.
        direction: whether it shall become small ("min") or large ("max"), which `EarlyStopping` asks; "" if that
            is unknown.
        weighted: whether sample weights count, as in `compile(weighted_metrics=…)`.

    Raises:
        ModelError: another direction.
    """

    name: str
    function: Callable[[Array, Array], Any]
    direction: Direction = ""
    weighted: bool = False

    def __post_init__(self) -> None:
        if self.direction not in ("min", "max", ""):
            raise unknown("direction", self.direction, ("min", "max"))

    def __call__(self, y: Array, p: Array, weights: Array | None = None) -> float:
        """The mean over all examples, by their weights (n,) if it is weighted and there are any.

        Raises:
            ShapeError: the function gives something else.
        """
        each = np.asarray(self.function(y, p), float)
        if each.shape not in ((), (len(p),)):
            raise ShapeError(
                f"The metric {self.name!r} gave an array of shape {each.shape} for {len(p)} examples. "
                "Return a number for each of them, such as a mean over axis 1."
            )
        if weights is None or not self.weighted:
            return float(each.mean())
        if not each.shape:
            raise ShapeError(
                f"The metric {self.name!r} gave one number for {len(p)} examples, which have weights. "
                "Return a number for each of them, or move it to metrics."
            )
        total = float(weights.sum())
        return float(weights @ each) / total if total else 0.0


MetricLike: TypeAlias = str | Metric | losses.Loss | Callable[[Array, Array], Any]
Metrics: TypeAlias = Sequence[MetricLike]


def binary_accuracy(y: Array, p: Array, threshold: float = 0.5) -> Array:
    """Whether a prediction lies above the threshold where its target lies above ½, on average over the outputs.

    >>> binary_accuracy(np.array([[1.0], [0.0]]), np.array([[0.8], [0.6]]))
    array([1., 0.])
    """
    shares: Array = ((p > threshold) == (y > 0.5)).mean(1)
    return shares


def categorical_accuracy(y: Array, p: Array) -> Array:
    """Whether the largest prediction is that of the right class: y is one-hot, or the classes' numbers (n, 1).

    >>> categorical_accuracy(np.eye(2), np.array([[0.8, 0.2], [0.6, 0.4]]))
    array([1., 0.])
    """
    right = y.argmax(1) if y.shape == p.shape else y[:, 0]
    return np.asarray(p.argmax(1) == right, np.float64)


ROWS = (
    Metric("binary_accuracy", binary_accuracy, "max"),
    Metric("categorical_accuracy", categorical_accuracy, "max"),
    Metric("sparse_categorical_accuracy", categorical_accuracy, "max"),
)
METRICS = {row.name: row for row in ROWS}
NAMES = ("accuracy", *METRICS, *losses.LOSSES)


def get(identifier: MetricLike, loss: losses.Loss) -> Metric:
    """A metric by its name: an accuracy, or any loss; a function of arrays (y, p) stands for itself.

    "accuracy" of several outputs compares the largest one with the class, of one output both with the threshold ½;
    a prediction with 0 where it is a sum before a sigmoid or labels are −1 and 1.

    Raises:
        ModelError: an unknown name.

    Example:
        >>> get("mae", losses.get("mse"))(np.array([[1.0]]), np.array([[0.5]]))
        0.5
    """
    if isinstance(identifier, Metric):
        return identifier
    if callable(identifier) and not isinstance(identifier, losses.Loss):
        return Metric(getattr(identifier, "__name__", "metric"), identifier)
    if identifier in ("accuracy", "acc"):
        return Metric(identifier, lambda y, p: _accuracy(loss, y, p), "max")
    if isinstance(identifier, str) and identifier in METRICS:
        return METRICS[identifier]
    if not isinstance(identifier, losses.Loss) and identifier not in losses.LOSSES:
        raise unknown("metric", identifier, NAMES)
    row = losses.get(identifier)
    return Metric(identifier if isinstance(identifier, str) else row.name, lambda y, p: _of_loss(row, y, p), "min")


def several(metrics: Metrics, loss: losses.Loss, weighted: Metrics = ()) -> tuple[Metric, ...]:
    """The metrics of two lists of names; a weighted one is called "weighted_…" where an unweighted one is there too.

    Raises:
        ModelError: not a list, an unknown name in it, or two of one name.
    """
    for what, given in (("metrics", metrics), ("weighted_metrics", weighted)):
        if isinstance(given, str) or not isinstance(given, list | tuple):
            raise ModelError(f"{what} must be a list, got {given!r}. Put it in brackets: {what}=['accuracy'].")
    plain = [get(one, loss) for one in metrics]
    names = ["loss", *(metric.name for metric in plain)]
    chosen = (*plain, *(_weighted(get(one, loss), names) for one in weighted))
    names = ["loss", *(metric.name for metric in chosen)]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ModelError(f"Two numbers are called {name!r}. Give nn.metrics.Metric('another name', function).")
    return chosen


def _weighted(metric: Metric, names: Sequence[str]) -> Metric:
    return replace(metric, weighted=True, name=f"weighted_{metric.name}" if metric.name in names else metric.name)


def on_arrays(loss: losses.Loss, y: Array, p: Array) -> Array:
    """A loss of each example, from arrays (n, units): its words run on columns.

    >>> on_arrays(losses.get("rss"), np.zeros((2, 2)), np.array([[1.0, 2.0], [0.0, 3.0]]))
    array([5., 9.])
    """
    with np.errstate(all="ignore"):
        each = loss.function(cast(Any, list(y.T)), cast(Any, list(p.T)))
        return np.broadcast_to(cast(Array, each), len(p))


def _of_loss(loss: losses.Loss, y: Array, p: Array) -> Array:
    """A loss as a metric takes the labels in whichever way they are given: as classes, or one-hot."""
    units = p.shape[1]
    if loss.labels == "class" and y.shape[1] > 1:
        y = y.argmax(1)[:, None]
    elif loss.labels != "class" and y.shape[1] < units:
        y = np.eye(units)[y[:, 0].astype(int)]
    return on_arrays(loss, loss.targets(y, units), p)


def _accuracy(loss: losses.Loss, y: Array, p: Array) -> Array:
    if p.shape[1] > 1:  # as Keras, whatever the loss
        return categorical_accuracy(y, p)
    return binary_accuracy(y, p, 0.0 if loss.logits or (y < 0).any() else 0.5)
