"""What goes wrong with models and data; each error says what, where, and the remedy."""

from autograd import ChalkgradError


class ModelError(ChalkgradError, ValueError):
    """A model that cannot be built, compiled or trained as asked: unknown names, missing layers, nothing to train."""


class DataError(ChalkgradError, ValueError):
    """Data that cannot be trained on: gaps, text, empty, not finite, or labels outside of the loss's range."""


class DivergenceError(ChalkgradError, ArithmeticError):
    """The loss or a weight became inf or nan in training; the weights are those before that step."""


def unknown(what: str, name: object, legal: object) -> ModelError:
    """The error for a name that is in no list.

    >>> unknown("loss", "mze", ["mae", "mse"])
    ModelError("There is no loss 'mze'. Choose one of mae, mse.")
    """
    return ModelError(f"There is no {what} {name!r}. Choose one of {', '.join(map(str, legal))}.")  # type: ignore[call-overload]
