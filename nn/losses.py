"""Losses: one example's, from its targets y and predictions p; the cost J is their mean over all examples.

Each is a row of one table, in words that run on numbers, Values and arrays alike. Those with `logits`
take sums before the sigmoid or softmax, and stay finite for any size of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from autograd import ShapeError, Value
from autograd.core.tracer import Tracer
from autograd.errors import shown
from autograd.ops import (
    abs,
    binary_cross_entropy,
    clip,
    cross_entropy,
    dot,
    log,
    log_cosh,
    maximum,
    relu,
    sqrt,
    sum,
    where,
)
from nn.arguments import checked
from nn.arrays import doubles
from nn.entries import OnArrays
from nn.errors import DataError, ModelError, unknown
from nn.module import listed
from nn.types import Array, ArrayLike, Operand, Positive

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
            DataError: something that is neither a number nor a Value; targets outside the range of `labels`.
        """
        targets, predictions = listed(y, "y"), listed(p, "p")
        n = len(predictions)
        if n and isinstance(predictions[0], list | tuple | np.ndarray):
            if len(targets) != n:
                raise ShapeError(f"{self.name} got {len(targets)} targets for {n} examples. Give one for each.")
            return sum([self(yi, pi) for yi, pi in zip(targets, predictions, strict=True)]) / n
        if self.labels == "class":
            targets = self._one_hot(targets, n)
        if len(targets) != n or not n:
            raise ShapeError(f"{self.name} got {len(targets)} targets for {n} predictions. Give one for each.")
        for x in (*targets, *predictions):
            if not isinstance(x, Real | Tracer | np.bool_):
                raise DataError(f"{self.name} needs numbers or Values, got {shown(x)}. Give lists of them.")
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
        y = doubles(y, "y", "Number the classes from 0, as np.unique(y, return_inverse=True)[1] does.")
        y = y[:, None] if y.ndim == 1 else y
        width = 1 if self.labels == "class" else units
        if y.ndim != 2 or y.shape[1] != width:
            hint = HINTS.get(self.labels, " Give each row as many targets as there are outputs.")
            raise ShapeError(f"y must have shape (n, {width}) for {self.name} of {units} outputs, got {y.shape}.{hint}")
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
    return binary_cross_entropy(z, y)


def _log_softmax(y: Sequence[Word], z: Sequence[Word]) -> Word:
    """−Σ yₖ ln softmax(z)ₖ, as Σ yₖ = 1."""
    return cross_entropy(list(z), list(y))


def _categorical_hinge(y: Sequence[Word], p: Sequence[Word]) -> Word:
    others = [(1 - yk) * pk for yk, pk in zip(y, p, strict=True)]
    top = others[0]
    for other in others[1:]:
        top = maximum(top, other)
    return maximum(0, top - dot(list(y), list(p)) + 1)


def _percentage(y: Word, p: Word) -> Word:
    return 100 * abs((y - p) / maximum(abs(y), EPSILON))


def _logarithmic(y: Word, p: Word) -> Word:
    return (log(maximum(y, EPSILON) + 1) - log(maximum(p, EPSILON) + 1)) ** 2


def _cosine(y: Sequence[Word], p: Sequence[Word]) -> Word:
    """−y·p / (|y| |p|)."""
    squares = [maximum(dot(list(x), list(x)), EPSILON**2) for x in (y, p)]
    return -dot(list(y), list(p)) / (sqrt(squares[0]) * sqrt(squares[1]))


def _divergence(y: Sequence[Word], p: Sequence[Word]) -> Word:
    """Σ yₖ ln(yₖ / pₖ)."""
    pairs = [(clip(yk, EPSILON, 1), clip(pk, EPSILON, 1)) for yk, pk in zip(y, p, strict=True)]
    return _total([yk * log(yk / pk) for yk, pk in pairs])


def _huber(delta: float = 1.0) -> Function:
    def loss(y: Word, p: Word) -> Word:
        error = abs(p - y)
        return where(relu(error - delta), delta * error - 0.5 * delta**2, 0.5 * error * error)

    return _each(loss)


ROWS = (
    #    Keras' name                          the loss of one example
    Loss("mean_squared_error",                _each(lambda y, p: (y - p) ** 2), aliases=("mse",)),
    Loss("quadratic",                         lambda y, p: 0.5 * _squares(y, p)),
    Loss("residual_sum_of_squares",           _squares, aliases=("rss",)),
    Loss("mean_absolute_error",               _each(lambda y, p: abs(y - p)), aliases=("mae",)),
    Loss("mean_absolute_percentage_error",    _each(_percentage), aliases=("mape",)),
    Loss("mean_squared_logarithmic_error",    _each(_logarithmic), aliases=("msle",)),
    Loss("cosine_similarity",                 _cosine),
    Loss("huber",                             _huber()),
    Loss("log_cosh",                          _each(lambda y, p: log_cosh(p - y)), aliases=("logcosh",)),
    Loss("poisson",                           _each(lambda y, p: p - y * log(p + EPSILON))),
    Loss("kl_divergence",                     _divergence, "binary", aliases=("kld", "kullback_leibler_divergence")),
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
    """A loss by its name; a function of arrays (y, p) of one example stands for itself.

    Such a function is written with NumPy's functions or those of `nn.ops`; numbers for each output are averaged.

    Raises:
        ModelError: an unknown name.

    Example:
        >>> get("mse").name, get("log_loss").name
        ('mean_squared_error', 'binary_crossentropy')
        >>> get(lambda y, p: np.square(y - p))([1.0, 0.0], [0.5, 0.25])
        0.15625
    """
    if isinstance(identifier, Loss):
        return identifier
    if isinstance(identifier, str):
        if identifier in CLASSES:
            return CLASSES[identifier]()
        if identifier.lower() not in LOSSES:
            raise unknown("loss", identifier, LOSSES)
        return LOSSES[identifier.lower()]
    if identifier in CLASSES.values():  # a class of Keras', as it is
        return cast(Callable[[], Loss], identifier)()
    if not callable(identifier):
        raise ModelError(f"A loss must be a name or a function of (y, p), got {identifier!r}. Try loss='mse'.")
    return Loss(getattr(identifier, "__name__", "loss"), OnArrays(identifier))


# ── Keras' spelling ───────────────────────────────────────────────────────────────────────────────


def _spelt(name: str, formula: str) -> Callable[..., Loss]:
    def loss(name: str = "") -> Loss:
        return replace(row, name=name) if name else row

    row = LOSSES[name]
    loss.__name__ = loss.__qualname__ = {"kl_divergence": "KLDivergence"}.get(name, name.title().replace("_", ""))
    loss.__doc__ = formula
    return checked(loss)


MeanSquaredError = _spelt("mean_squared_error", "1/n Σ (y − p)².")
MeanAbsoluteError = _spelt("mean_absolute_error", "1/n Σ |y − p|.")
MeanAbsolutePercentageError = _spelt("mean_absolute_percentage_error", "100/n Σ |(y − p) / y|.")
MeanSquaredLogarithmicError = _spelt("mean_squared_logarithmic_error", "1/n Σ (ln(1 + y) − ln(1 + p))².")
CosineSimilarity = _spelt("cosine_similarity", "−y·p / (|y| |p|): −1 where both point one way.")
LogCosh = _spelt("log_cosh", "log cosh(p − y).")
Poisson = _spelt("poisson", "1/n Σ (p − y ln p), of counts y.")
KLDivergence = _spelt("kl_divergence", "Σ yₖ ln(yₖ / pₖ), of distributions.")
Hinge = _spelt("hinge", "max(0, 1 − y · z), as support vector machines have it.")
SquaredHinge = _spelt("squared_hinge", "max(0, 1 − y · z)².")
CategoricalHinge = _spelt("categorical_hinge", "max(0, 1 + the largest wrong score − the right one).")


@checked
def Huber(delta: Positive = 1.0, name: str = "") -> Loss:
    """½(y − p)² up to an error of δ, δ|y − p| − ½δ² beyond."""
    row = LOSSES["huber"]
    return row if delta == 1 and not name else replace(row, function=_huber(delta), name=name or row.name)


@checked
def BinaryCrossentropy(from_logits: bool = False, label_smoothing: float = 0.0, name: str = "") -> Loss:
    """−y ln p − (1 − y) ln(1 − p); smoothed labels are y(1 − s) + s/2."""
    return _smoothed("binary_crossentropy", from_logits, label_smoothing, name, 2)


@checked
def CategoricalCrossentropy(from_logits: bool = False, label_smoothing: float = 0.0, name: str = "") -> Loss:
    """−Σ yₖ ln pₖ, y one-hot of n classes; smoothed labels are y(1 − s) + s/n."""
    return _smoothed("categorical_crossentropy", from_logits, label_smoothing, name)


@checked
def SparseCategoricalCrossentropy(from_logits: bool = False, name: str = "") -> Loss:
    """−ln pₖ of the right class k."""
    return _smoothed("sparse_categorical_crossentropy", from_logits, 0.0, name)


def _smoothed(kind: str, from_logits: bool, share: float, name: str, classes: int = 0) -> Loss:
    """A cross-entropy of labels with a share of them spread over all classes, as many as outputs by default."""
    if not 0 <= share <= 1:
        raise ModelError(f"label_smoothing must be from 0 to 1, got {share}. Try label_smoothing=0.1.")
    row = LOSSES[kind + "_from_logits" * from_logits]
    row = replace(row, name=name) if name else row

    def function(y: Sequence[Word], p: Sequence[Word]) -> Word:
        return row.function([yk * (1 - share) + share / (classes or len(p)) for yk in y], p)

    return replace(row, function=function) if share else row


CLASSES: dict[str, Callable[..., Loss]] = {
    kind.__name__: kind
    for kind in (
        MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber, LogCosh,
        CosineSimilarity, Poisson, KLDivergence, Hinge, SquaredHinge, CategoricalHinge,
        BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy,
    )
}  # fmt: skip
