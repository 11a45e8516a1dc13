"""Whether layers, loss and labels go together: what cannot learn is an error, what can hardly be meant a warning."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from autograd import Value
from autograd.core.op import Op
from nn.activations import ROWS, Activation
from nn.dropout import Dropout
from nn.errors import ModelError, ModelWarning
from nn.losses import LOSSES, Loss
from nn.module import Module
from nn.types import Array

SHARES = ("distribution", "class")  # labels of losses that compare the outputs with each other
NEAR = 0.01  # as near as a bounded activation need come
CONFIDENT = 2.0  # a sum beyond which a sigmoid gives more than 0.88, or less than 0.12


def learnable(layers: Sequence[Module], loss: Loss) -> None:
    """Refuse built layers of which no training can make anything.

    Raises:
        ModelError: softmax of one unit, a step without a slope behind all parameters, a share of one output.

    Warns:
        ModelWarning: a step behind some of the parameters.
    """
    layers = list(flat(layers))
    for i, layer in enumerate(layers):
        activation = getattr(layer, "activate", None)
        if activation is None:
            continue
        if activation.whole and layer.units == 1:
            raise ModelError(
                f"{activation.name} of one unit is always {activation([0.0])[0]:g}, so {layer!r} learns nothing. "
                "Use sigmoid, or a unit for each class."
            )
        if _is_step(activation) and any(x.trained() for x in layers[: i + 1]):
            message = (
                f"The slope of {activation.name} is 0 everywhere, so nothing before it learns. Use tanh or sigmoid."
            )
            if not any(x.trained() for x in layers[i + 1 :]):
                raise ModelError(message)
            warnings.warn(message, ModelWarning, stacklevel=4)
    if layers and layers[-1].units == 1 and loss.labels in SHARES and loss.name != "categorical_hinge":
        raise ModelError(
            f"{loss.name} of one output is the same whatever the output is, so nothing is learned. "
            "Use binary_crossentropy with sigmoid, or a unit for each class."
        )


def sensible(layers: Sequence[Module], loss: Loss, targets: Array) -> None:
    """Warn of outputs that the loss or the targets can hardly be meant for.

    Warns:
        ModelWarning: such as sums in place of probabilities, probabilities in place of sums, or a target that the
            last activation never reaches.
    """
    last = next((layer for layer in reversed([*flat(layers)]) if not isinstance(layer, Dropout)), None)
    activation = getattr(last, "activate", None)
    if activation is None:
        return
    low, high = span(activation)
    given = f"{activation.name} gives numbers from {low:.3g} to {high:.3g}"
    needs = ""
    if loss.labels == "sign":
        if low > NEAR - 1 or high < 1 - NEAR:
            needs = "compares with labels −1 and 1. Use linear or tanh"
    elif loss.name.endswith("_from_logits"):
        if low > -CONFIDENT or high < CONFIDENT:
            needs = "takes sums of any size, before a sigmoid or softmax. Use linear"
    elif loss.labels in ("binary", "distribution", "class") and not loss.logits:
        if low < 0 or high > 1:
            needs = "takes probabilities. Use sigmoid or softmax, or linear with the loss from logits"
    elif loss.labels == "any" and loss is LOSSES.get(loss.name):  # not one of the user's own
        least, most = targets.min(), targets.max()
        if least < low - NEAR or most > high + NEAR:
            needs = f"has targets from {least:.3g} to {most:.3g}. Use linear, or scale the targets"
    if needs:
        warnings.warn(f"{given}, but {loss.name} {needs}.", ModelWarning, stacklevel=4)


def _is_step(activation: Activation) -> bool:
    """Whether it is a step of the table; a function of the user's own may be called like one."""
    row = activation.function if activation.parameter is None else ROWS.get(activation.name)
    return isinstance(row, Op) and row.is_flat(0, ())


def flat(layers: Iterable[Any]) -> Iterator[Any]:
    """The layers, models among them opened."""
    for layer in layers:
        yield from flat(layer.layers) if hasattr(layer, "layers") else (layer,)


def span(activation: Activation) -> tuple[float, float]:
    """The least and the largest number that an activation gives, tried out; infinite where it goes on growing.

    >>> from nn.activations import get
    >>> span(get("tanh")), span(get("relu"))
    ((-1.0, 1.0), (0.0, inf))
    """
    (low, high), (lower, higher) = _tried(activation, 30.0), _tried(activation, 900.0)
    least, most = min(low, lower), max(high, higher)
    return (-math.inf if lower < low - 1 else least), (math.inf if higher > high + 1 else most)


def _tried(activation: Activation, far: float) -> tuple[float, float]:
    numbers: list[float] = []
    for k in range(-30, 31):
        zs = [Value(far * k / 30), Value(0.0)]
        try:
            first = activation(zs[: 1 + activation.whole])[0]
            numbers.append(float(getattr(first, "data", first)))
        except OverflowError:
            numbers.append(math.inf)
        except ValueError:  # outside of its domain
            numbers += [-math.inf, math.inf]
    return min(numbers), max(numbers)
