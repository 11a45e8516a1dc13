"""Losses of a play, each of a network's outputs and a label: ½(o − t)² of one output, cross-entropy of several."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from autograd import softmax
from nn import losses

CLASSES = losses.get("categorical_crossentropy_from_logits").function


class Loss(NamedTuple):
    """A number, and its slopes by the outputs."""

    value: Callable[[Sequence[float], float], float]
    slopes: Callable[[Sequence[float], float], list[float]]


def _square(outputs: Sequence[float], label: float) -> float:
    error = outputs[0] - label
    return 0.5 * (error * error)


def one_hot(label: float, classes: int) -> list[float]:
    """1 in the label's place, else 0."""
    return [float(k == label) for k in range(classes)]


def _cross_entropy(outputs: Sequence[float], label: float) -> float:
    """−ln softmax(z) of the label's class."""
    if not all(map(math.isfinite, outputs)):
        return math.nan
    return float(CLASSES(one_hot(label, len(outputs)), list(outputs)))  # type: ignore[arg-type]


def _shares_less_one(outputs: Sequence[float], label: float) -> list[float]:
    """softmax(z) − 1 in the label's place, softmax(z) elsewhere."""
    if not all(map(math.isfinite, outputs)):
        return [math.nan] * len(outputs)
    shares = softmax(list(outputs))
    return [float(p - y) for p, y in zip(shares, one_hot(label, len(outputs)), strict=True)]


SQUARE = Loss(_square, lambda outputs, label: [outputs[0] - label])
CROSS_ENTROPY = Loss(_cross_entropy, _shares_less_one)
