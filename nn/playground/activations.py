"""Activations of a play: the Playground's four in its order of arithmetic, and the others as the table has them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from autograd import RangeError, Value, grad
from nn import activations
from nn.playground.functions import Function, Functions

Slope: TypeAlias = Callable[[float, float], float]
EVERYWHERE = ("", "−∞ < x < ∞")  # domains of what can follow any sum
NAMES = (
    *(name for name, row in activations.ROWS.items() if row.where in EVERYWHERE and not row.infix),
    *activations.COMPOSED,
)


class Activation(NamedTuple):
    """a = f(z), and f′ by z and a."""

    function: Function
    slope: Slope


def activation(name: str, functions: Functions) -> Activation:
    """An activation by its name; σ without the table's branch for z < 0, which rounds otherwise."""
    exp, tanh = functions.exp, functions.tanh
    four = {
        "tanh": Activation(tanh, lambda z, a: 1.0 - a * a),
        "sigmoid": Activation(lambda z: 1.0 / (1.0 + exp(-z)), lambda z, a: a * (1.0 - a)),
        "relu": Activation(lambda z: 0.0 if z <= 0 else z, lambda z, a: 0.0 if a <= 0 else 1.0),
        "linear": Activation(lambda z: z, lambda z, a: 1.0),
    }
    return four.get(name) or _of_the_table(name)


def _of_the_table(name: str) -> Activation:
    """One of `NAMES`; what is too large for a float is nan, before which a play stops."""
    words = activations.get(name).function

    def function(z: float) -> float:
        try:
            return float(words(z))
        except (RangeError, ValueError):  # ValueError: of inf and nan
            return math.nan

    def slope(z: float, a: float) -> float:
        x = Value(z)
        try:
            value = words(x)
            return float(grad(value, [x])[0]) if isinstance(value, Value) else 0.0
        except (RangeError, ValueError):
            return math.nan

    return Activation(function, slope)
