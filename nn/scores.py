"""What is no mean over examples: functions of labels, predictions (n, units) and weights (n,) of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from nn.errors import ModelError
from nn.losses import EPSILON  # Keras adds it to denominators, and ends its curves so far beyond 0 and 1
from nn.types import Array

Score: TypeAlias = Callable[[Array, Array, Array], Array]


def ratio(x: Array, y: Array) -> Array:
    """x / y, and 0 where y is.

    >>> ratio(np.array([1.0, 2.0]), np.array([4.0, 0.0]))
    array([0.25, 0.  ])
    """
    return np.divide(x, y, out=np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y))), where=np.asarray(y) != 0)


def counts(y: Array, p: Array, weights: Array, thresholds: Array) -> tuple[Array, Array, Array, Array]:
    """True and false positives, true and false negatives, (thresholds,) each: of all outputs, positive above it."""
    above = np.asarray(p.ravel() > thresholds[:, None], float)
    weights = np.repeat(weights, p.shape[1])
    right, wrong = weights * (y.ravel() > 0), weights * (y.ravel() <= 0)
    hits, alarms = above @ right, above @ wrong
    return hits, alarms, wrong.sum() - alarms, right.sum() - hits


def of_counts(
    formula: Callable[..., Array], thresholds: Array, top_k: int | None = None, class_id: int | None = None
) -> Score:
    """A formula of the counts of one class or all outputs; the `top_k` largest of an example can be positive."""

    def score(y: Array, p: Array, weights: Array) -> Array:
        if top_k is not None:
            ranks = np.argsort(np.argsort(-p, 1, kind="stable"), 1, kind="stable")
            p = np.where(ranks < top_k, p, -np.inf)
        if class_id is not None and not 0 <= class_id < p.shape[1]:
            raise ModelError(f"There is no output {class_id}, only {p.shape[1]} of them. Count them from 0.")
        if class_id is not None:
            y, p = y[:, [int(class_id)]], p[:, [int(class_id)]]
        return formula(*counts(y, p, weights, thresholds))

    return score


CURVES: dict[str, Callable[..., tuple[Array, Array]]] = {  # x and y of true and false positives and negatives
    "ROC": lambda tp, fp, tn, fn: (ratio(fp, fp + tn), ratio(tp, tp + fn)),
    "PR": lambda tp, fp, tn, fn: (ratio(tp, tp + fn), ratio(tp, tp + fp)),
}
HEIGHTS: dict[str, Callable[[Array, Array], Array]] = {
    "interpolation": lambda left, right: (left + right) / 2,
    "minoring": np.minimum,
    "majoring": np.maximum,
}


def area(curve: str, summation: str) -> Callable[..., Array]:
    """The area under a curve, a formula of the counts at its points."""

    def formula(*counted: Array) -> Array:
        if (curve, summation) == ("PR", "interpolation"):
            return _interpolated(*counted)
        x, y = CURVES[curve](*counted)
        return np.asarray((x[:-1] - x[1:]) @ HEIGHTS[summation](y[:-1], y[1:]))

    return formula


def _interpolated(tp: Array, fp: Array, tn: Array, fn: Array) -> Array:
    """The area under precision over recall, with tp and fp linear between two thresholds."""
    positive = tp + fp
    rise = tp[:-1] - tp[1:]
    slope = ratio(rise, positive[:-1] - positive[1:])
    start = tp[1:] - slope * positive[1:]
    growth = np.where((positive[:-1] > 0) & (positive[1:] > 0), ratio(positive[:-1], positive[1:]), 1)
    return np.asarray(ratio(slope * (rise + start * np.log(growth)), tp[1:] + fn[1:]).sum())


def f1(average: str | None, threshold: float | None) -> Score:
    """2 · precision · recall / (precision + recall) of each output, or an average of these."""

    def score(y: Array, p: Array, weights: Array) -> Array:
        chosen = (p >= p.max(1, keepdims=True)) & (np.abs(p) > 1e-9) if threshold is None else p > threshold
        axis = None if average == "micro" else 0
        cases = (chosen * y, chosen * (1 - y), (1 - chosen) * y, y)
        tp, fp, fn, share = ((weights[:, None] * case).sum(axis) for case in cases)
        precision, recall = tp / (tp + fp + EPSILON), tp / (tp + fn + EPSILON)
        scores = np.asarray(2 * precision * recall / (precision + recall + EPSILON))
        if average == "weighted":
            return np.asarray((scores * share / (share.sum() + EPSILON)).sum())
        return scores if average is None else np.asarray(scores.mean())

    return score


def rmse(y: Array, p: Array, weights: Array) -> Array:
    """√(the mean of (y − p)²)."""
    return np.asarray(np.sqrt(ratio(weights @ ((y - p) ** 2).mean(1), weights.sum())))


def r2(aggregation: str | None, regressors: int) -> Score:
    """1 − Σ(y − p)² / Σ(y − ȳ)² of each output, or an average of these; adjusted for so many regressors."""

    def score(y: Array, p: Array, weights: Array) -> Array:
        variance = weights @ y**2 - (weights @ y) ** 2 / weights.sum()
        with np.errstate(all="ignore"):
            scores = 1 - weights @ (y - p) ** 2 / variance
        scores = np.where(np.isinf(scores), 0, scores)
        if aggregation is not None:
            scores = np.average(scores, weights=None if aggregation == "uniform_average" else variance)
        left = y.size - 1 - regressors
        return np.asarray(1 - (1 - scores) * (y.size - 1) / left if regressors and left > 0 else scores)

    return score
