"""A module with a loss and an optimiser: what `compile` sets, what it predicts, what it costs on some examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.program.program import Program
from nn import losses, optimizers
from nn.callbacks.base import Callbacks, CallbacksLike, History, Logs
from nn.errors import ModelError
from nn.metrics import Metric, Metrics, on_arrays, several
from nn.module import Module
from nn.optimizers.base import arrays_of
from nn.training.data import Examples, examples, samples
from nn.training.data import batch_size as batch_size_of
from nn.types import Array, ArrayLike


class Model(Module):
    """What can be compiled, evaluated and asked for predictions; `Sequential` says how outputs are calculated.

    Attributes:
        optimizer: the optimiser; its `learning_rate` can be read and set while training.
        metrics: those beside the loss, the weighted ones last.
        history: what the last `fit` returned.
        stop_training: whether training shall end after this batch or epoch; callbacks set it to True or to a reason.
    """

    history: History
    stop_training: bool | str = False
    metrics: tuple[Metric, ...] = ()
    backend = "numpy"
    optimizer: optimizers.Optimizer
    _loss: losses.Loss | None = None
    _state: optimizers.State | None = None
    _remembered: Sequence[Value] = ()  # the Values that the state belongs to
    _predictor: Program | None = None

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_predictor": None, "_stepper": None}  # a copy compiles its own

    def compile(
        self,
        optimizer: str | optimizers.Optimizer = "rmsprop",
        loss: losses.LossLike | None = None,
        metrics: Metrics | None = None,
        backend: str = "numpy",
        *,
        weighted_metrics: Metrics | None = None,
        loss_weights: None = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Set how the model is trained.

        Args:
            optimizer: a name with Keras' defaults, such as "adam", or an optimiser.
            loss: a name, such as "binary_crossentropy", or a function of (y, p) of one example.
            metrics: a list of names, such as ["accuracy", "mae"], or of functions of arrays (y, p).
            backend: "numpy", "native" or "jax", as for `autograd.compile`; the last two take many steps in a call.
            weighted_metrics: the same, as means by the weights of samples or classes.
            loss_weights: None, as there is one output.
            run_eagerly, steps_per_execution, jit_compile, auto_scale_loss: taken for Keras programs, as they change
                no number: each step is compiled, and its hooks are called.

        Raises:
            ModelError: an unknown name, or loss_weights.
        """
        if loss is None:
            raise ModelError("Training needs a loss. Give loss='mse', or loss='binary_crossentropy'.")
        if loss_weights is not None:
            raise ModelError("loss_weights weigh the losses of several outputs, and this model has one. Leave it out.")
        self._loss = losses.get(loss)
        self.metrics = several(metrics or [], self._loss, weighted_metrics or [])
        self.optimizer, self._state = optimizers.get(optimizer), None
        self.backend = backend
        self.stop_training = False

    @property
    def loss(self) -> losses.Loss:
        """The loss that `compile` was given."""
        if self._loss is None:
            raise ModelError("The model is not compiled. Call model.compile(optimizer=…, loss=…) first.")
        return self._loss

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` gives, "loss" first."""
        return ["loss", *(metric.name for metric in self.metrics)]

    def evaluate(
        self,
        x: ArrayLike,
        y: ArrayLike,
        batch_size: int | None = None,
        verbose: int | str = 0,
        sample_weight: ArrayLike | None = None,
        steps: int | None = None,
        callbacks: CallbacksLike = None,
        return_dict: bool = False,
    ) -> float | Any:
        """The cost and the metrics on some examples, in prediction.

        Args:
            x, y, sample_weight: as for `fit`.
            batch_size: examples a batch, by default 32; it is what `steps` and callbacks count.
            verbose: taken for Keras programs; nothing is shown.
            steps: how many batches, the first ones, to measure; by default all.
            callbacks: those of `fit`; their hooks `on_test_…` are called.
            return_dict: whether the numbers come by name.

        Returns:
            The cost; with metrics a list [cost, metric, …], as `metrics_names` has them; or all by name.

        Raises:
            ModelError: not compiled.
            ShapeError, DataError: poor data.
        """
        given = examples(self, self.loss, x, y, sample_weight)
        size = batch_size_of(batch_size, len(given), steps)
        given = given[: None if steps is None else steps * size]
        listening = Callbacks(callbacks, self, verbose=verbose, epochs=1, steps=-(-len(given) // size))
        logs = self.measured(given, listening, size)
        if return_dict:
            return logs
        return list(logs.values()) if self.metrics else logs["loss"]

    def test_on_batch(
        self, x: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, return_dict: bool = False
    ) -> float | Any:
        """`evaluate` of one batch."""
        return self.evaluate(x, y, sample_weight=sample_weight, return_dict=return_dict)

    def measured(self, given: Examples, callbacks: Callbacks, size: int) -> Logs:
        """The cost and the metrics of examples, in prediction; callbacks hear of them in batches of this size."""
        callbacks("on_test_begin", {})
        p = self._predicted(given.X)
        each = on_arrays(self.loss, given.targets, p)
        each = each if given.weights is None else each * given.weights
        penalty = sum(float(getattr(x, "data", x)) for x in self.penalties())

        def logs(stop: int) -> Logs:
            return {"loss": float(np.mean(each[:stop])) + penalty} | self.scores(given[:stop], p[:stop])

        callbacks.batches("test", len(given), size, lambda start, stop: logs(stop))
        numbers = logs(len(given))
        callbacks("on_test_end", numbers)
        return numbers

    def scores(self, given: Examples, p: Array) -> dict[str, float]:
        """The metrics of examples and their predictions, by name."""
        return {metric.name: metric(given.labels, p, given.weights) for metric in self.metrics}

    def predict(
        self,
        x: ArrayLike,
        batch_size: int | None = None,
        verbose: int | str = 0,
        steps: int | None = None,
        callbacks: CallbacksLike = None,
    ) -> Array:
        """The outputs for many samples at once: an array (n, units).

        Args:
            x: inputs (n, inputs), finite.
            batch_size, verbose, steps, callbacks: as for `evaluate`; hooks `on_predict_…` are called.

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
        size = batch_size_of(batch_size, len(X), steps)
        X = X[: None if steps is None else steps * size]
        listening = Callbacks(callbacks, self, verbose=verbose, epochs=1, steps=-(-len(X) // size))
        listening("on_predict_begin", {})
        p = self._predicted(X)
        listening.batches("predict", len(X), size, lambda start, stop: {"outputs": p[start:stop]})
        listening("on_predict_end", {})
        return p

    def predict_on_batch(self, x: ArrayLike) -> Array:
        """`predict` of one batch."""
        return self.predict(x)

    def _predicted(self, X: Array) -> Array:
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
