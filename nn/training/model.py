"""A module with a loss and an optimiser: what `compile` sets, what it predicts, what it costs on some examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.program.program import Program
from nn import losses, optimizers
from nn.errors import ModelError
from nn.metrics import Metric, Metrics, on_arrays, several
from nn.module import Module
from nn.optimizers.base import arrays_of
from nn.training.data import columns, examples, samples
from nn.types import Array, ArrayLike


class Model(Module):
    """What can be compiled, evaluated and asked for predictions; `Sequential` says how outputs are calculated."""

    metrics: tuple[Metric, ...] = ()
    backend = "numpy"
    optimizer: optimizers.Optimizer
    _loss: losses.Loss | None = None
    _state: optimizers.State | None = None
    _remembered: Sequence[Value] = ()  # the Values that the state belongs to
    _predictor: Program | None = None

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_predictor": None}  # a copy compiles its own

    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: losses.LossLike | None = None,
        metrics: Metrics = (),
        backend: str = "numpy",
    ) -> None:
        """Set how the model is trained.

        Args:
            optimizer: a name with Keras' defaults, such as "adam", or an optimiser.
            loss: a name, such as "binary_crossentropy", or a function of (y, p) of one example.
            metrics: a list of names, such as ["accuracy", "mae"], or of functions of arrays (y, p).
            backend: "numpy", "native" or "jax", as for `autograd.compile`.

        Raises:
            ModelError: an unknown name.
        """
        if loss is None:
            raise ModelError("Training needs a loss. Give loss='mse', or loss='binary_crossentropy'.")
        self._loss = losses.get(loss)
        self.metrics = several(metrics, self._loss) if metrics else ()
        self.optimizer, self._state = optimizers.get(optimizer), None
        self.backend = backend

    @property
    def loss(self) -> losses.Loss:
        """The loss that `compile` was given."""
        if self._loss is None:
            raise ModelError("The model is not compiled. Call model.compile(optimizer=…, loss=…) first.")
        return self._loss

    def evaluate(
        self,
        x: ArrayLike,
        y: ArrayLike,
        batch_size: int | None = None,
        verbose: int | str = 0,
        *,
        return_dict: bool = False,
    ) -> float | Any:
        """The cost and the metrics on some examples, in prediction.

        Args:
            x, y: as for `fit`.
            batch_size, verbose: taken for Keras programs; all rows go at once, and nothing is shown.
            return_dict: whether the numbers come by name.

        Returns:
            The cost; with metrics a list [cost, metric, …]; or all by name.

        Raises:
            ModelError: not compiled.
            ShapeError, DataError: poor data.
        """
        logs = self.measured(examples(self, self.loss, x, y))
        if return_dict:
            return logs
        return list(logs.values()) if self.metrics else logs["loss"]

    def measured(self, rows: Array) -> dict[str, float]:
        """The cost and the metrics of rows of inputs, targets and labels, in prediction."""
        X, targets, labels = columns(self, rows)
        p = self.predict(X)
        penalty = sum(float(getattr(x, "data", x)) for x in self.penalties())
        return {"loss": float(np.mean(on_arrays(self.loss, targets, p))) + penalty} | self.scores(labels, p)

    def scores(self, y: Array, p: Array) -> dict[str, float]:
        """The metrics of labels and predictions, by name."""
        return {metric.name: metric(y, p) for metric in self.metrics}

    def predict(self, x: ArrayLike, batch_size: int | None = None, verbose: int | str = 0) -> Array:
        """The outputs for many samples at once: an array (n, units).

        Args:
            x: inputs (n, inputs), finite.
            batch_size, verbose: as for `evaluate`.

        Raises:
            ShapeError, DataError: poor data.

        Example:
            >>> from nn import Dense, Sequential
            >>> Sequential([Dense(2, input_dim=1, kernel_initializer="ones")]).predict([[1.0], [2.0], [3.0]])
            array([[1., 1.],
                   [2., 2.],
                   [3., 3.]])
        """
        X = samples(self, x)
        if self._predictor is None:
            row = [Value(number) for number in X[0].tolist()]
            outputs = [p if isinstance(p, Value) else p + 0 for p in self(row)]
            self._predictor = autograd.compile(outputs, [row])
        predictions: Array = self._predictor.values(X)
        return predictions

    def optimizer_state(self, trained: Sequence[Value], parameters: Array) -> optimizers.State:
        """What the optimiser remembers of training these Values so far; of others it starts anew."""
        if self._state is None or list(map(id, trained)) != list(map(id, self._remembered)):
            self._state, self._remembered = self.optimizer.start(parameters, arrays_of(self, trained)), trained
        return self._state
