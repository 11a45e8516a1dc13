"""Which sine, logarithm, exponential and hyperbolic tangent a play calculates with: fdlibm's, or this machine's."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from nn.playground import fdlibm

Function: TypeAlias = Callable[[float], float]


class Functions(NamedTuple):
    """What JavaScript's `Math` stands for."""

    sin: Function
    cos: Function
    log: Function
    exp: Function
    tanh: Function


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


FUNCTIONS = {
    "fdlibm": Functions(fdlibm.sin, fdlibm.cos, fdlibm.log, fdlibm.exp, fdlibm.tanh),
    "system": Functions(math.sin, math.cos, math.log, _exp, math.tanh),
}
