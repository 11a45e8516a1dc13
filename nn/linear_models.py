"""Models of one neuron: linear regression, logistic regression, and the perceptron with its own learning rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from autograd import Value
from autograd.errors import shown
from nn import initializers
from nn.arrays import doubles
from nn.dense import Dense, Neuron
from nn.errors import DataError, ModelError
from nn.initializers import InitializerLike
from nn.module import whole_number
from nn.training.data import samples
from nn.training.sequential import Sequential
from nn.types import Array, ArrayLike, Seed


def LinearRegression(inputs: int | None = None, rng: Seed = None) -> Sequential:
    """y = w·x + b, compiled with the mean squared error: one neuron.

    Example:
        >>> model = LinearRegression(rng=0)
        >>> _ = model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], epochs=2000)
        >>> [x.round(3).tolist() for x in model.get_weights()]
        [[[2.0]], [1.0]]
    """
    model = Sequential([Dense(1, inputs)], "linear regression", rng)
    model.compile("sgd", loss="mean_squared_error")
    return model


def LogisticRegression(inputs: int | None = None, rng: Seed = None) -> Sequential:
    """p = σ(w·x + b), compiled with the log loss: one neuron whose weights start at 0, as in the lectures.

    Example:
        >>> model = LogisticRegression()
        >>> _ = model.fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], epochs=5000)
        >>> model.predict([[1.0], [2.0]]).round().ravel().tolist()
        [0.0, 1.0]
    """
    layer = Dense(1, inputs, "sigmoid", kernel_initializer="zeros")
    model = Sequential([layer], "logistic regression", rng)
    model.compile("sgd", loss="binary_crossentropy", metrics=["accuracy"])
    return model


@dataclass(frozen=True)
class Update:
    """A step of the learning rule: which example, its target t, the output o, and the weights after it."""

    epoch: int
    row: int
    target: float
    output: float
    weights: tuple[float, ...]
    bias: float

    @property
    def is_mistake(self) -> bool:
        """Whether the weights changed."""
        return self.output != self.target


class Perceptron(Neuron):
    """o = 1 if w·x + b > 0, else −1; it learns by w ← w + α(t − o)x, b ← b + α(t − o).

    The rule finds weights without a mistake if a line (a hyperplane) separates the classes, and never
    ends if none does: XOR. Called on Values it is sign(w·x + b), whose slope is 0: not for gradient descent.

    Args:
        inputs: how many numbers it takes.
        learning_rate: α > 0.
        initializer, bias_initializer: the first weights, 0 by default.
        rng: a seed or generator for the order of examples and random first weights.

    Example:
        >>> X = [[-1, -1], [-1, 1], [1, -1], [1, 1]]
        >>> gate = Perceptron(2, learning_rate=0.5)
        >>> gate.fit(X, [-1, 1, 1, 1])  # OR: mistakes in each epoch
        [2, 1, 0]
        >>> gate.predict(X).tolist(), [w.data for w in gate.weights], gate.bias.data
        ([-1.0, 1.0, 1.0, 1.0], [1.0, 1.0], 1.0)

    Source: F. Rosenblatt (1958), The perceptron; M. Minsky, S. Papert (1969), Perceptrons, for what it can't.
    """

    bias: Value

    def __init__(
        self,
        inputs: int,
        learning_rate: float = 1.0,
        initializer: InitializerLike = "zeros",
        bias_initializer: InitializerLike = "zeros",
        rng: Seed = None,
    ) -> None:
        if not learning_rate > 0:
            raise ModelError(f"Perceptron needs learning_rate > 0, got {learning_rate!r}. Try 0.5.")
        self.rng = initializers.generator(rng)
        super().__init__(inputs, "sign", True, initializer, bias_initializer, self.rng)
        self.learning_rate = learning_rate

    def train(self, X: ArrayLike, y: ArrayLike, epochs: int = 100, shuffle: bool = False) -> Iterator[Update]:
        """Apply the rule to one example after another: an iterator of updates, up to an epoch without mistakes.

        Args:
            X: inputs (n, inputs), finite.
            y: targets (n,), −1 or 1.
            epochs: how often at most all examples are gone through.
            shuffle: whether each epoch has its own order.

        Raises:
            ShapeError, DataError: poor data.
        """
        rows, targets = samples(self, X), doubles(y, "y", "Give −1 or 1 for each row.").ravel()
        n = len(rows)
        if len(targets) != n or not np.isin(targets, (-1, 1)).all():
            raise DataError(
                f"y must hold −1 or 1 for each of the {n} rows, got {shown(targets.tolist())}. Use 2·y − 1 for 0 and 1."
            )
        for epoch in range(1, whole_number(epochs, "epochs") + 1):
            mistakes = 0
            for row in self.rng.permutation(n).tolist() if shuffle else range(n):
                update = self._learn(epoch, row, rows[row], float(targets[row]))
                mistakes += update.is_mistake
                yield update
            if not mistakes:
                return

    def _learn(self, epoch: int, row: int, x: Array, target: float) -> Update:
        output = float(self.predict([x])[0])
        step = self.learning_rate * (target - output)
        for w, xi in zip(self.weights, x.tolist(), strict=True):
            w.data += step * xi
        self.bias.data += step
        return Update(epoch, row, target, output, tuple(float(w.data) for w in self.weights), float(self.bias.data))

    def fit(self, X: ArrayLike, y: ArrayLike, epochs: int = 100, shuffle: bool = False) -> list[int]:
        """Train, and return how many mistakes there were in each epoch: the last is 0 if it has learned all."""
        mistakes: dict[int, int] = {}
        for update in self.train(X, y, epochs, shuffle):
            mistakes[update.epoch] = mistakes.get(update.epoch, 0) + update.is_mistake
        return list(mistakes.values())

    def predict(self, X: ArrayLike) -> Array:
        """−1 or 1 for each row: an array (n,)."""
        z = samples(self, X) @ np.array([float(w.data) for w in self.weights]) + float(self.bias.data)
        return np.where(z > 0, 1.0, -1.0)
