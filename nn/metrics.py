"""Metrics reported beside the loss: functions of the labels as they were given, and of the predictions.

Some are means over examples, others say something of all of them at once. In training both kinds see the predictions
of an epoch's batches, each made before its step, so that the numbers are those that Keras accumulates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

import numpy as np

from autograd import ShapeError
from nn import losses, scores
from nn.arguments import checked
from nn.arrays import doubles, sample_weights
from nn.errors import ModelError, unknown
from nn.module import whole_number
from nn.types import Array, ArrayLike

Direction: TypeAlias = Literal["min", "max", ""]


@checked
@dataclass(frozen=True)
class Metric:
    """A metric: its mean over all examples is reported. It keeps no state: call it with all of them.

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
    function: Callable[..., Any]
    direction: Direction = ""
    weighted: bool = False

    def __post_init__(self) -> None:
        if self.direction not in ("min", "max", ""):
            raise unknown("direction", self.direction, ("min", "max"))

    def __call__(self, y: ArrayLike, p: ArrayLike, weights: Array | None = None) -> float:
        """The mean over all examples, by their weights (n,) if it is weighted and there are any.

        Raises:
            ShapeError: the function gives something else; labels and predictions that do not go together.
            DataError: no arrays of numbers.
        """
        y, p, weights = self._arrays(y, p, weights)
        each = self._numbers(self.function(y, p))
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

    def _arrays(self, y: ArrayLike, p: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array, Array | None]:
        """Labels (n, 1) or (n, units), predictions (n, units), and weights (n,)."""
        given = (doubles(x, what, "Give a number for each example.", finite=False) for x, what in ((y, "y"), (p, "p")))
        y, p = (x[:, None] if x.ndim == 1 else x for x in given)
        if y.ndim != 2 or p.ndim != 2 or not p.size or len(y) != len(p) or y.shape[1] not in (1, p.shape[1]):
            raise ShapeError(
                f"The metric {self.name!r} got labels of shape {y.shape} for predictions of shape {p.shape}. "
                "Give both a row for each example, and labels a column for each output, or one of classes."
            )
        return y, p, None if weights is None else sample_weights(weights, len(p))

    def _numbers(self, result: Any) -> Array:
        """What the function gives, which the user may have written."""
        return doubles(
            result, f"What the metric {self.name!r} gives", "Return a number for each example.", finite=False
        )


@checked
@dataclass(frozen=True)
class SetMetric(Metric):
    """A metric that is no mean over examples: its function gets labels, predictions and weights (n,) of all of them.

    Example:
        >>> SetMetric("share", lambda y, p, weights: (weights @ p).sum() / weights.sum())([1, 0], [0.5, 1.0])
        0.75
    """

    def __call__(self, y: ArrayLike, p: ArrayLike, weights: Array | None = None) -> float:
        """The number of all examples, which are as many as their predictions p.

        Raises:
            ShapeError: the function gives several numbers; labels and predictions that do not go together.
            DataError: no arrays of numbers.
        """
        y, p, weights = self._arrays(y, p, weights)
        ones = weights is None or not self.weighted
        number = self._numbers(self.function(_spread(y, p, self.name), p, np.ones(len(p)) if ones else weights))
        if number.size != 1:
            raise ShapeError(
                f"The metric {self.name!r} gives {number.size} numbers, and a record holds one for each name. "
                "Choose an average, one threshold or one class; its function(y, p, weights) gives them all."
            )
        return float(number.item())


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


# ── of all examples at once ───────────────────────────────────────────────────────────────────────


def _thresholds(given: float | Sequence[float] | None, default: float = 0.5) -> Array:
    return np.array(default if given is None else given, float, ndmin=1)


@checked
def Precision(
    thresholds: float | Sequence[float] | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
    name: str = "precision",
) -> Metric:
    """TP / (TP + FP): the share of what is called positive that is; 0 where nothing is called so.

    Args:
        thresholds: above which a prediction is positive, ½ by default; 0 for a sum before a sigmoid.
        top_k: how many of an example's outputs can be positive, the largest.
        class_id: the output that counts, from 0; by default all.

    Example:
        >>> round(Precision()([0, 1, 1, 1], [1, 0, 1, 1]), 4)
        0.6667
    """
    limits = _thresholds(thresholds, 0.5 if top_k is None else -1e10)  # as Keras has it: all of the largest
    return SetMetric(
        name, scores.of_counts(lambda tp, fp, tn, fn: scores.ratio(tp, tp + fp), limits, top_k, class_id), "max"
    )


@checked
def Recall(
    thresholds: float | Sequence[float] | None = None,
    top_k: int | None = None,
    class_id: int | None = None,
    name: str = "recall",
) -> Metric:
    """TP / (TP + FN): the share of what is positive that is called so; arguments as for `Precision`.

    Example:
        >>> round(Recall()([0, 1, 1, 1], [1, 0, 1, 1]), 4)
        0.6667
    """
    limits = _thresholds(thresholds, 0.5 if top_k is None else -1e10)
    return SetMetric(
        name, scores.of_counts(lambda tp, fp, tn, fn: scores.ratio(tp, tp + fn), limits, top_k, class_id), "max"
    )


@checked
def AUC(
    num_thresholds: int = 200,
    curve: str = "ROC",
    summation_method: str = "interpolation",
    name: str = "auc",
    thresholds: Sequence[float] | None = None,
    multi_label: bool = False,
    from_logits: bool = False,
) -> Metric:
    """The area under the curve of recall over the share of false alarms (ROC), or of precision over recall (PR).

    Args:
        num_thresholds: how many points the curve has, evenly spread over probabilities, at least 2.
        curve: "ROC" or "PR".
        summation_method: "interpolation", or "minoring" or "majoring" for bounds.
        thresholds: the points between 0 and 1 in place of evenly spread ones.
        multi_label: whether it is the mean over the outputs, not the area of all of them together.
        from_logits: whether predictions are sums before a sigmoid.

    Raises:
        ModelError: an unknown curve or method, or fewer than 2 thresholds.

    Example:
        >>> AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
        0.75

    Source: J. Davis, M. Goadrich (2006), The relationship between precision-recall and ROC curves, section 4.
    """
    for what, choice, legal in (
        ("curve", curve, scores.CURVES),
        ("summation_method", summation_method, scores.HEIGHTS),
    ):
        if choice not in legal:
            raise unknown(what, choice, legal)
    steps = whole_number(num_thresholds, "num_thresholds", 2) - 1
    limits = np.array([-1.0, *range(1, steps + 1)])  # in steps, as Keras counts: none is off by a rounding error
    if thresholds is not None:
        limits = np.array([-losses.EPSILON, *sorted(thresholds), 1 + losses.EPSILON])
    area = scores.of_counts(scores.area(curve, summation_method), limits)

    def function(y: Array, p: Array, weights: Array) -> Array:
        p = np.clip(1 / (1 + np.exp(-p)) if from_logits else p, 0, 1)
        p = np.ceil(p * steps) if thresholds is None else p
        columns = [[k] for k in range(p.shape[1])] if multi_label else [slice(None)]
        return np.asarray(np.mean([area(y[:, k], p[:, k], weights) for k in columns], 0))

    return SetMetric(name, function, "max")


@checked
def F1Score(average: str | None = None, threshold: float | None = None, name: str = "f1_score") -> Metric:
    """2 · precision · recall / (precision + recall) of each output.

    Args:
        average: "macro" is the mean over the outputs, "weighted" by how often each is right, "micro" counts all
            outputs together; None leaves a number for each output, which fit and evaluate take of one output only.
        threshold: above which a prediction is positive; by default the largest of each example is.

    Raises:
        ModelError: an unknown average.

    Example:
        >>> round(F1Score("macro", threshold=0.5)([[1, 0], [1, 1]], [[0.9, 0.6], [0.2, 0.7]]), 4)
        0.6667
    """
    if average not in (None, "micro", "macro", "weighted"):
        raise unknown("average", average, ("micro", "macro", "weighted"))
    return SetMetric(name, scores.f1(average, threshold), "max")


@checked
def RootMeanSquaredError(name: str = "root_mean_squared_error") -> Metric:
    """√(the mean of (y − p)²).

    Example:
        >>> RootMeanSquaredError()([[0, 1], [0, 0]], [[1, 1], [0, 0]])
        0.5
    """
    return SetMetric(name, scores.rmse, "min")


@checked
def R2Score(
    class_aggregation: str | None = "uniform_average", num_regressors: int = 0, name: str = "r2_score"
) -> Metric:
    """1 − Σ(y − p)² / Σ(y − ȳ)² of each output: the share of the targets' variance that the predictions explain.

    Args:
        class_aggregation: "uniform_average" is the mean over the outputs, "variance_weighted_average" weighs them
            by their variance; None leaves a number for each, which fit and evaluate take of one output only.
        num_regressors: how many inputs the "adjusted" score takes into account; 0 for the score itself.

    Raises:
        ModelError: an unknown aggregation.

    Example:
        >>> round(R2Score()([1, 4, 3], [2, 4, 4]), 4)
        0.5714
    """
    aggregations = ("uniform_average", "variance_weighted_average")
    if class_aggregation not in (None, *aggregations):
        raise unknown("class_aggregation", class_aggregation, aggregations)
    return SetMetric(name, scores.r2(class_aggregation, num_regressors), "max")


@checked
def CosineSimilarity(name: str = "cosine_similarity") -> Metric:
    """y·p / (|y| |p|): 1 where both point one way; the loss of that name has the other sign, as Keras'.

    Example:
        >>> round(CosineSimilarity()([[3, 0]], [[1, 1]]), 4)
        0.7071
    """
    loss = losses.LOSSES["cosine_similarity"]
    return Metric(name, lambda y, p: -on_arrays(loss, _spread(y, p, name), p), "max")


# ── by name ───────────────────────────────────────────────────────────────────────────────────────


@checked
def BinaryAccuracy(name: str = "binary_accuracy", threshold: float = 0.5) -> Metric:
    """The share of outputs that lie on their target's side of a threshold."""
    return Metric(name, lambda y, p: binary_accuracy(y, p, threshold), "max")


@checked
def CategoricalAccuracy(name: str = "categorical_accuracy") -> Metric:
    """The share of examples whose largest output is that of the right class."""
    return Metric(name, categorical_accuracy, "max")


@checked
def SparseCategoricalAccuracy(name: str = "sparse_categorical_accuracy") -> Metric:
    """The same as `CategoricalAccuracy`: labels may be one-hot or the classes' numbers."""
    return Metric(name, categorical_accuracy, "max")


def _counted(name: str, place: int, formula: str) -> Callable[..., Metric]:
    def metric(thresholds: float | Sequence[float] | None = None, name: str = name) -> Metric:
        score = scores.of_counts(lambda *counts: counts[place], _thresholds(thresholds))
        return SetMetric(name, score, "min" if place % 2 else "max")

    metric.__name__ = metric.__qualname__ = name.title().replace("_", "")
    metric.__doc__ = formula
    return checked(metric)


TruePositives = _counted("true_positives", 0, "How many outputs above a threshold (½) have a positive label.")
FalsePositives = _counted("false_positives", 1, "How many outputs above a threshold (½) have a negative label.")
TrueNegatives = _counted("true_negatives", 2, "How many outputs up to a threshold (½) have a negative label.")
FalseNegatives = _counted("false_negatives", 3, "How many outputs up to a threshold (½) have a positive label.")

KINDS: tuple[Callable[..., Metric], ...] = (
    BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, Precision, Recall, AUC, F1Score,
    TruePositives, FalsePositives, TrueNegatives, FalseNegatives, RootMeanSquaredError, R2Score, CosineSimilarity,
)  # fmt: skip
METRICS = {kind().name: kind for kind in KINDS}
NAMES = ("accuracy", *METRICS, *losses.LOSSES)


def __getattr__(kind: str) -> Callable[..., Metric] | losses.Loss:
    """Keras' losses as metrics: classes with their arguments, `MeanSquaredError(name="mse")`, and functions, `mse`."""
    kind = {"LogCoshError": "LogCosh"}.get(kind, kind)
    if kind in losses.LOSSES:
        return losses.LOSSES[kind]
    if kind not in losses.CLASSES:
        raise AttributeError(f"Unknown metric {kind!r}. Choose one of {', '.join(NAMES)}.")
    return lambda name="", **options: _of_loss(losses.CLASSES[kind](**options), name)


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
    if identifier in KINDS:  # a class of Keras', as it is
        return cast(Callable[[], Metric], identifier)()
    if callable(identifier) and not isinstance(identifier, losses.Loss):
        return Metric(getattr(identifier, "__name__", "metric"), identifier)
    if identifier in ("accuracy", "acc"):
        return Metric(identifier, lambda y, p: _accuracy(loss, y, p), "max")
    if isinstance(identifier, str) and (kind := METRICS.get(identifier) or _spelt(identifier)):
        return kind(name=identifier)
    if not isinstance(identifier, losses.Loss) and identifier not in (*losses.LOSSES, *losses.CLASSES):
        raise unknown("metric", identifier, NAMES)
    return _of_loss(losses.get(identifier), identifier if isinstance(identifier, str) else "")


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


def _spelt(name: str) -> Callable[..., Metric] | None:
    """A metric by its class's name, such as "Precision"."""
    return next((kind for kind in KINDS if kind.__name__ == name), None)


def _spread(y: Array, p: Array, name: str) -> Array:
    """Labels of the predictions' shape: of classes' numbers one-hot rows."""
    return losses.LABELS["class"](name, y, p.shape[1]) if y.shape[1] < p.shape[1] else y


def on_arrays(loss: losses.Loss, y: Array, p: Array) -> Array:
    """A loss of each example, from arrays (n, units): its words run on columns.

    >>> on_arrays(losses.get("rss"), np.zeros((2, 2)), np.array([[1.0, 2.0], [0.0, 3.0]]))
    array([5., 9.])
    """
    with np.errstate(all="ignore"):
        each = loss.function(cast(Any, list(y.T)), cast(Any, list(p.T)))
        return np.broadcast_to(cast(Array, each), len(p))


def _of_loss(loss: losses.Loss, name: str = "") -> Metric:
    """A loss as a metric takes the labels in whichever way they are given: as classes, or one-hot."""

    def function(y: Array, p: Array) -> Array:
        if loss.labels == "class" and y.shape[1] > 1:
            y = y.argmax(1)[:, None]
        elif loss.labels != "class":
            y = _spread(y, p, loss.name)
        return on_arrays(loss, loss.targets(y, p.shape[1]), p)

    return Metric(name or loss.name, function, "min")


def _accuracy(loss: losses.Loss, y: Array, p: Array) -> Array:
    if p.shape[1] > 1:  # as Keras, whatever the loss
        return categorical_accuracy(y, p)
    return binary_accuracy(y, p, 0.0 if loss.logits or (y < 0).any() else 0.5)
