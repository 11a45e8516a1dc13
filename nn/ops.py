"""Functions of arrays by Keras' names, for losses of one's own: NumPy's, which make nodes of Values."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import ops
from nn.losses import EPSILON

NAMES = (
    *("abs", "absolute", "add", "clip", "divide", "dot", "equal", "exp", "expm1", "greater", "greater_equal", "less"),
    *("less_equal", "log", "log1p", "max", "maximum", "mean", "min", "minimum", "multiply", "negative", "not_equal"),
    *("power", "sign", "sqrt", "square", "std", "subtract", "sum", "tanh", "var", "where"),
)
OWN: dict[str, Any] = {name: np.frompyfunc(getattr(ops, name), 1, 1) for name in ("relu", "sigmoid", "softplus", "elu")}
OWN |= {"epsilon": lambda: EPSILON, "pow": np.power}
__all__ = sorted({*NAMES, *OWN})


def __getattr__(name: str) -> Any:
    """Each function by its name: `ops.mean(ops.square(y - p), axis=-1)`, or Keras' older `K.mean(K.square(y - p))`."""
    if name not in __all__:
        raise AttributeError(f"Unknown function {name!r} of arrays. Choose one of {', '.join(__all__)}.")
    return OWN.get(name) or getattr(np, name)
