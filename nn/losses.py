"""Losses: one example's, from its targets y and predictions p; the cost J is their mean over all examples.

Each is a row of one table, in words that run on numbers, Values and arrays alike. Those with `logits`
take sums before the sigmoid or softmax, and stay finite for any size of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from autograd import ShapeError, Value
from autograd.ops import abs, clip, cross_entropy, dot, log, maximum, relu, softplus, sum, where
from nn.errors import DataError, ModelError, unknown
from nn.module import listed
from nn.types import Array, ArrayLike, Operand

Word: TypeAlias = Value  # or a float, or an array: the table's words run on all three
Function: TypeAlias = Callable[[Sequence[Word], Sequence[Word]], Word]
LossLike: TypeAlias = "str | Loss | Callable[..., object]"
Entries: TypeAlias = Sequence[Any] | Array | Operand  # of one example, or of several

EPSILON = 1e-7  # Keras' fuzz: probabilities stay that far from 0 and 1


@dataclass(frozen=True)
class Loss:
    """A loss: a function of one example's lists of targets and predictions.

    Attributes:
        name: Keras' name.
        function: the loss of lists (y, p), in the table's words.
        labels: what targets may be: "any", "binary" (0 to 1), "sign" (−1 or 1), "distribution" (their sum is
            1), "class" (a whole number, counted from 0).
        logits: whether predictions are sums before a sigmoid or softmax.

    Example:
        >>> LOSSES["mean_squared_error"]([1.0, 0.0], [0.5, 0.5])
        0.25
        >>> cost = LOSSES["binary_crossentropy"]([[1], [0]], [[0.5], [0.5]])  # of two examples
        >>> round(cost, 6)
        0.693147
    """

    name: str
    function: Function = field(repr=False)
    labels: str = "any"
    logits: bool = False
    aliases: tuple[str, ...] = ()

    def __call__(self, y: Entries, p: Entries) -> Any:
        """The loss of one example, or the mean over examples if `p` is a list of lists.

        Args:
            y: the targets: a number or list; of examples a list of these.
            p: the predictions, as many Values or numbers.

        Raises:
            ShapeError: not as many targets as predictions.
        """
        targets, predictions = listed(y), listed(p)
        n = len(predictions)
        if n and isinstance(predictions[0], list | tuple | np.ndarray):
            if len(targets) != n:
                raise ShapeError(f"{self.name} got {len(targets)} targets for {n} examples. Give one for each.")
            return sum([self(yi, pi) for yi, pi in zip(targets, predictions, strict=True)]) / n
        if self.labels == "class":
            targets = self._one_hot(targets, n)
        if len(targets) != n or not n:
            raise ShapeError(f"{self.name} got {len(targets)} targets for {n} predictions. Give one for each.")
        return self.function(self._checked(targets), predictions)

    def _checked(self, y: list[Any]) -> list[Any]:
        """One example's targets, if they are numbers, within the range of `labels`; of 0 and 1 signs."""
        if self.labels in ("any", "class") or not all(isinstance(yi, Real) for yi in y):
            return y
        LABELS[self.labels](self.name, self.entries([y], len(y)), len(y))
        return [-1 if self.labels == "sign" and yi == 0 else yi for yi in y]

    def _one_hot(self, y: list[Any], classes: int) -> list[Any]:
        if len(y) != 1 or y[0] not in range(classes):
            raise DataError(f"{self.name} needs a class from 0 to {classes - 1}, got {y}. Number the classes from 0.")
        return [float(k == y[0]) for k in range(classes)]

    def entries(self, y: ArrayLike, units: int) -> Array:
        """The labels of a data set as they are given, as an array: (n, units), of classes (n, 1).

        Args:
            y: numbers (n,) or (n, units); classes (n,) or (n, 1).
            units: how many predictions there are.

        Raises:
            ShapeError: another shape.
            DataError: entries that are not finite numbers.
        """
        try:
            y = np.asarray(y, float)
        except (TypeError, ValueError) as error:
            raise DataError(f"y is not an array of numbers: {error}. Number the classes from 0.") from None
        y = y[:, None] if y.ndim == 1 else y
        width = 1 if self.labels == "class" else units
        if y.ndim != 2 or y.shape[1] != width:
            hint = HINTS.get(self.labels, "")
            raise ShapeError(f"y must have shape (n, {width}) for {self.name} of {units} outputs, got {y.shape}.{hint}")
        bad = ~np.isfinite(y).all(1)
        if bad.any():
            raise DataError(f"y is {y[bad][0].tolist()} in row {np.argmax(bad)}. Remove the row, or fill the gap.")
        return y

    def targets(self, y: ArrayLike, units: int) -> Array:
        """The labels of a data set as the function takes them: an array (n, units).

        Raises:
            ShapeError, DataError: as for `entries`; and labels outside the range of `labels`.
        """
        return LABELS[self.labels](self.name, self.entries(y, units), units)


# ── what targets may be ───────────────────────────────────────────────────────────────────────────


def _any(loss: str, y: Array, units: int) -> Array:
    return y


def _binary(loss: str, y: Array, units: int) -> Array:
    _refuse((y < 0) | (y > 1), loss, y, "labels between 0 and 1", "For −1 and 1 use (y + 1) / 2, or the hinge loss.")
    return y


def _sign(loss: str, y: Array, units: int) -> Array:
    """−1 and 1; labels that are all 0 or 1 are turned into these, as Keras does."""
    if np.isin(y, (0, 1)).all():
        return 2 * y - 1
    strange = ~np.isin(y, (-1, 0, 1))
    _refuse(
        strange if strange.any() else y == 0, loss, y, "labels −1 and 1, or 0 and 1", "Map the two classes to these."
    )
    return y


def _distribution(loss: str, y: Array, units: int) -> Array:
    off = (y < 0).any(1) | (np.abs(y.sum(1) - 1) > 1e-6)
    _refuse(off[:, None], loss, y, "rows of probabilities whose sum is 1", "Make the classes one-hot.")
    return y


def _class(loss: str, y: Array, units: int) -> Array:
    off = (y < 0) | (y >= units) | (y != np.round(y))
    _refuse(off, loss, y, f"classes from 0 to {units - 1}", "Number the classes from 0, and give one unit to each.")
    one_hot: Array = np.eye(units)[y[:, 0].astype(int)]
    return one_hot


HINTS = {
    "distribution": " Make it one-hot, or use sparse_categorical_crossentropy.",
    "class": " Give each row the number of its class, as y.argmax(1) does, or use categorical_crossentropy.",
}
LABELS: dict[str, Callable[[str, Array, int], Array]] = {
    "any": _any,
    "binary": _binary,  # 0 to 1
    "sign": _sign,  # −1 or 1
    "distribution": _distribution,  # their sum is 1
    "class": _class,  # a whole number, counted from 0
}


def _refuse(bad: NDArray[np.bool_], loss: str, y: Array, needs: str, remedy: str) -> None:
    rows = bad.any(1)
    if rows.any():
        row = int(np.argmax(rows))
        got = f"{y[row, 0]:g}" if y.shape[1] == 1 else y[row].tolist()
        raise DataError(f"{loss} needs {needs}, got {got} in row {row}. {remedy}")


# ── the table ─────────────────────────────────────────────────────────────────────────────────────


def _mean(terms: list[Word]) -> Word:
    return sum(terms) / len(terms) if len(terms) > 1 else terms[0]


def _each(f: Callable[[Word, Word], Word]) -> Function:
    """The mean over an example's outputs of f(y, p)."""
    return lambda y, p: _mean([f(yi, pi) for yi, pi in zip(y, p, strict=True)])


def _fuzzed(p: Word) -> Word:
    return clip(p, EPSILON, 1 - EPSILON)


def _squares(y: Sequence[Word], p: Sequence[Word]) -> Word:
    return _total([(yi - pi) ** 2 for yi, pi in zip(y, p, strict=True)])


def _total(terms: list[Word]) -> Word:
    return sum(terms) if len(terms) > 1 else terms[0]


def _cross_entropy(y: Sequence[Word], p: Sequence[Word]) -> Word:
    """Keras first makes the sum of the probabilities 1."""
    total = _total(list(p))
    return -dot(list(y), [log(_fuzzed(pk / total)) for pk in p])


def _log_loss(y: Word, p: Word) -> Word:
    p = _fuzzed(p)
    return -(y * log(p) + (1 - y) * log(1 - p))


def _log_sigmoid(y: Word, z: Word) -> Word:
    """−y ln σ(z) − (1 − y) ln(1 − σ(z))."""
    return softplus(z) - y * z


def _log_softmax(y: Sequence[Word], z: Sequence[Word]) -> Word:
    """−Σ yₖ ln softmax(z)ₖ, as Σ yₖ = 1."""
    return cross_entropy(list(z), list(y))


def _log_cosh(y: Word, p: Word) -> Word:
    return (p - y) + softplus(-2 * (p - y)) - math.log(2)


def _categorical_hinge(y: Sequence[Word], p: Sequence[Word]) -> Word:
    others = [(1 - yk) * pk for yk, pk in zip(y, p, strict=True)]
    top = others[0]
    for other in others[1:]:
        top = maximum(top, other)
    return maximum(0, top - dot(list(y), list(p)) + 1)


def _huber(y: Word, p: Word) -> Word:
    error = abs(p - y)
    return where(relu(error - 1), error - 0.5, 0.5 * error * error)


ROWS = (
    #    Keras' name                          the loss of one example
    Loss("mean_squared_error",                _each(lambda y, p: (y - p) ** 2), aliases=("mse",)),
    Loss("quadratic",                         lambda y, p: 0.5 * _squares(y, p)),
    Loss("residual_sum_of_squares",           _squares, aliases=("rss",)),
    Loss("mean_absolute_error",               _each(lambda y, p: abs(y - p)), aliases=("mae",)),
    Loss("huber",                             _each(_huber)),
    Loss("log_cosh",                          _each(_log_cosh), aliases=("logcosh",)),
    Loss("binary_crossentropy",               _each(_log_loss), "binary", aliases=("log_loss", "bce")),
    Loss("categorical_crossentropy",          _cross_entropy, "distribution"),
    Loss("sparse_categorical_crossentropy",   _cross_entropy, "class"),
    Loss("hinge",                             _each(lambda y, z: relu(1 - y * z)), "sign", True, ("svm",)),
    Loss("squared_hinge",                     _each(lambda y, z: relu(1 - y * z) ** 2), "sign", True),
    Loss("categorical_hinge",                 _categorical_hinge, "distribution", True),
    # on sums before the sigmoid, or the softmax
    Loss("binary_crossentropy_from_logits",   _each(_log_sigmoid), "binary", True, ("bce_with_logits",)),
    Loss("categorical_crossentropy_from_logits", _log_softmax, "distribution", True),
    Loss("sparse_categorical_crossentropy_from_logits", _log_softmax, "class", True, ("cross_entropy",)),
)  # fmt: skip
LOSSES = {row.name: row for row in ROWS} | {alias: row for row in ROWS for alias in row.aliases}


def __getattr__(name: str) -> Loss:
    """Each row by its name: `losses.mse(y, p)`."""
    if name in LOSSES:
        return LOSSES[name]
    raise AttributeError(f"Unknown loss {name!r}. Choose one of {', '.join(LOSSES)}.")


def get(identifier: LossLike) -> Loss:
    """A loss by its name; a function of lists (y, p) of one example stands for itself.

    Raises:
        ModelError: an unknown name.

    Example:
        >>> get("mse").name, get("log_loss").name
        ('mean_squared_error', 'binary_crossentropy')
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        if identifier.lower() not in LOSSES:
            raise unknown("loss", identifier, LOSSES)
        return LOSSES[identifier.lower()]
    if not callable(identifier):
        raise ModelError(f"A loss must be a name or a function of (y, p), got {identifier!r}. Try loss='mse'.")
    return Loss(getattr(identifier, "__name__", "loss"), cast(Function, identifier))


# ── Keras' spelling ───────────────────────────────────────────────────────────────────────────────


def _spelt(name: str, formula: str) -> Callable[[], Loss]:
    def loss() -> Loss:
        return LOSSES[name]

    loss.__name__ = loss.__qualname__ = name.title().replace("_", "")
    loss.__doc__ = formula
    return loss


MeanSquaredError = _spelt("mean_squared_error", "1/n Σ (y − p)².")
MeanAbsoluteError = _spelt("mean_absolute_error", "1/n Σ |y − p|.")
Huber = _spelt("huber", "½(y − p)² up to an error of 1, |y − p| − ½ beyond.")
LogCosh = _spelt("log_cosh", "log cosh(p − y), shifted so that it is 0 at p = y.")
Hinge = _spelt("hinge", "max(0, 1 − y · z), as support vector machines have it.")
SquaredHinge = _spelt("squared_hinge", "max(0, 1 − y · z)².")
CategoricalHinge = _spelt("categorical_hinge", "max(0, 1 + the largest wrong score − the right one).")


def BinaryCrossentropy(from_logits: bool = False) -> Loss:
    """−y ln p − (1 − y) ln(1 − p)."""
    return LOSSES["binary_crossentropy" + "_from_logits" * from_logits]


def CategoricalCrossentropy(from_logits: bool = False) -> Loss:
    """−Σ yₖ ln pₖ, y one-hot."""
    return LOSSES["categorical_crossentropy" + "_from_logits" * from_logits]


def SparseCategoricalCrossentropy(from_logits: bool = False) -> Loss:
    """−ln pₖ of the right class k."""
    return LOSSES["sparse_categorical_crossentropy" + "_from_logits" * from_logits]
