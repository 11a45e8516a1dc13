"""What goes wrong with models and data; each error says what, where, and the remedy."""

import math
from collections.abc import Iterable

from autograd import ChalkgradError
from autograd.errors import shown


class ModelError(ChalkgradError, ValueError):
    """A model that cannot be built, compiled or trained as asked: unknown names, missing layers, nothing to train."""


class ModelWarning(UserWarning):
    """A model, loss and labels that can be trained together, and hardly can be meant so."""


class DataError(ChalkgradError, ValueError):
    """Data that cannot be trained on: gaps, text, empty, not finite, or labels outside the loss's range."""


class DivergenceError(ChalkgradError, ArithmeticError):
    """The loss or a weight became inf or nan in training; the weights are those before that step.

    Attributes:
        loss: the loss, inf or nan; nan where a weight is.
    """

    loss: float = math.nan


def unknown(what: str, name: object, legal: Iterable[str]) -> ModelError:
    """The error for a name that is not in a list.

    >>> unknown("loss", "mze", ["mae", "mse"])
    ModelError("Unknown loss 'mze'. Choose one of mae, mse.")
    """
    return ModelError(f"Unknown {what} {shown(name)}. Choose one of {', '.join(legal)}.")
