"""Callbacks with Keras' arguments, defaults and messages. Each is one class."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

from nn.arguments import checked
from nn.callbacks.base import HOOKS, Callback, Logs
from nn.callbacks.monitors import Monitor
from nn.errors import ModelError, unknown
from nn.types import Array

# A new callback is a class below and its name here: `nn.callbacks` and `nn` have it then.
__all__ = ["EarlyStopping", "LambdaCallback", "LearningRateScheduler", "ReduceLROnPlateau", "TerminateOnNaN"]


@checked
@dataclass(eq=False)
class EarlyStopping(Monitor):
    """Stop when a number has not improved in `patience` epochs; with `restore_best_weights` go back to the best ones.

    Args:
        monitor: the number's name, such as "val_loss" or "accuracy".
        min_delta: by how much a number must be better to count as an improvement.
        patience: how many epochs without one are waited for.
        verbose: 1 says when it stops, and which epoch's weights return.
        mode: "min" if the number shall become small, "max" if large; "auto" asks the metric.
        baseline: a number that must be reached within the patience.
        restore_best_weights: whether the model gets the weights of its best epoch, however training ends.
        start_from_epoch: how many epochs are not looked at.

    Attributes:
        stopped_epoch: the epoch, from 0, after which it stopped; 0 if it did not.
        best, best_epoch: the best number, and its epoch from 0.

    Raises:
        ModelError: an unknown mode or number, or "auto" for a metric that does not say which way is better.

    Warns:
        ModelWarning: the number is not measured, as "val_loss" is without validation data.

    Example:
        >>> from nn import Dense, Sequential
        >>> model = Sequential([Dense(1, 1)], rng=0)
        >>> model.compile("sgd", loss="mse")
        >>> model.fit([[1.0]], [2.0], epochs=1000, callbacks=EarlyStopping("loss", 1e-3, patience=2)).stopped
        'loss has not improved in 2 epochs'
    """

    monitor: str = "val_loss"
    min_delta: float = 0.0
    patience: int = 0
    verbose: int = 0
    mode: str = "auto"
    baseline: float | None = None
    restore_best_weights: bool = False
    start_from_epoch: int = 0

    def __post_init__(self) -> None:
        self.check(patience=self.patience, start_from_epoch=self.start_from_epoch)
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best: float | None = None
        self.best_weights: list[Array] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        number = self.watched(epoch, logs or {})
        if number is None or epoch < self.start_from_epoch:
            return
        improved = self.better(number, self.best)
        if self.restore_best_weights and (improved or self.best_weights is None):
            self.best_weights, self.best_epoch = self.model.get_weights(), epoch
        self.wait += 1
        if improved:
            self.best, self.best_epoch = number, epoch
            if self.baseline is None or self.better(number, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = f"{self.monitor} has not improved in {self.wait} epochs"

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)


# ── the learning rate ─────────────────────────────────────────────────────────────────────────────


def learning_rate(callback: Callback) -> float:
    """The learning rate of the model's optimiser.

    Raises:
        ModelError: it is a schedule, which leaves nothing to set.
    """
    rate = callback.model.optimizer.learning_rate
    if callable(rate):
        raise ModelError(
            f"{type(callback).__name__} cannot set a learning rate that is a schedule. Give the optimizer a number."
        )
    return float(rate)


@checked
@dataclass(eq=False)
class ReduceLROnPlateau(Monitor):
    """Multiply the learning rate by `factor` when a number has not improved in `patience` epochs.

    η ← max(η · factor, min_lr). The epoch's "learning_rate" comes into the history.

    Args:
        monitor, mode: as for `EarlyStopping`.
        factor: below 1.
        patience: how many epochs without an improvement are waited for.
        verbose: 1 says when the rate is reduced.
        min_delta: by how much a number must be better to count as an improvement.
        cooldown: how many epochs after a reduction are not counted.
        min_lr: the least learning rate.

    Raises:
        ModelError: a factor of 1 or more; a learning rate that is a schedule; as for `EarlyStopping`.

    Example:
        >>> from nn import SGD, Dense, Sequential
        >>> model = Sequential([Dense(1, 1)], rng=0)
        >>> model.compile(SGD(0.1), loss="mae")
        >>> slower = ReduceLROnPlateau("loss", factor=0.5, patience=2)
        >>> history = model.fit([[1.0]], [0.3], epochs=20, callbacks=[slower])
        >>> history.history["learning_rate"][0], model.optimizer.learning_rate < 0.01
        (0.1, True)
    """

    monitor: str = "val_loss"
    factor: float = 0.1
    patience: int = 10
    verbose: int = 0
    mode: str = "auto"
    min_delta: float = 1e-4
    cooldown: int = 0
    min_lr: float = 0.0

    def __post_init__(self) -> None:
        self.check(patience=self.patience, cooldown=self.cooldown)
        if not 0 <= self.factor < 1:
            raise ModelError(f"ReduceLROnPlateau needs 0 ≤ factor < 1, got {self.factor!r}. Try 0.1.")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.best: float | None = None
        self.wait = self.resting = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = {} if logs is None else logs
        rate = logs["learning_rate"] = learning_rate(self)
        number = self.watched(epoch, logs)
        if number is None:
            return
        if self.resting:
            self.resting, self.wait = self.resting - 1, 0
        if self.better(number, self.best):
            self.best, self.wait = number, 0
        elif not self.resting:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                self._reduce(rate, epoch)

    def _reduce(self, rate: float, epoch: int) -> None:
        rate = self.model.optimizer.learning_rate = max(rate * self.factor, self.min_lr)
        self.resting, self.wait = self.cooldown, 0
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {rate}.")


@checked
@dataclass(eq=False)
class LearningRateScheduler(Callback):
    """Set the learning rate before each epoch: η ← schedule(epoch, η). It comes into the history.

    Args:
        schedule: a function of the epoch, from 0, and the learning rate so far; or of the epoch alone.
        verbose: 1 says each rate.

    Raises:
        ModelError: the schedule is no function, or gives no number of at least 0; the optimiser has one of its own.

    Example:
        >>> from nn import SGD, Dense, Sequential
        >>> model = Sequential([Dense(1, 1)], rng=0)
        >>> model.compile(SGD(0.1), loss="mse")
        >>> halved = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
        >>> model.fit([[1.0]], [2.0], epochs=3, callbacks=[halved]).history["learning_rate"]
        [0.1, 0.05, 0.025]
    """

    schedule: Callable[..., float]
    verbose: int = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        arguments: tuple[float, ...] = (epoch, learning_rate(self))
        try:
            inspect.signature(self.schedule).bind(*arguments)
        except (TypeError, ValueError):
            arguments = arguments[:1]
        rate = self.schedule(*arguments)
        if isinstance(rate, bool) or not isinstance(rate, Real) or not 0 <= rate < math.inf:
            raise ModelError(
                f"The schedule gave {rate!r} for epoch {epoch}. It must return a learning rate, a number of at least 0."
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {float(rate)}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if logs is not None:
            logs["learning_rate"] = learning_rate(self)


# ── others ────────────────────────────────────────────────────────────────────────────────────────


@checked
@dataclass(eq=False)
class TerminateOnNaN(Callback):
    """End training, in place of a `DivergenceError`, where the loss becomes nan or inf; the weights are those before.

    Args:
        raise_error: whether to raise a RuntimeError, as Keras does.

    Example:
        >>> from nn import SGD, Dense, Sequential
        >>> model = Sequential([Dense(1, 1)], rng=0)
        >>> model.compile(SGD(1e200), loss="mse")
        >>> history = model.fit([[1.0]], [2.0], epochs=9, callbacks=[TerminateOnNaN()])
        Batch 0: Invalid loss, terminating training
        >>> history.epoch, history.stopped
        ([0, 1], 'the loss is inf')
    """

    raise_error: bool = False

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        loss = (logs or {}).get("loss", 0.0)
        if math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Terminating training immediately."
            )
        print(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = f"the loss is {loss}"


class LambdaCallback(Callback):
    """A callback of functions: `LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))`.

    Args:
        hooks: functions by the names of the hooks, with the hooks' arguments: of epochs (epoch, logs), of batches
            (batch, logs), of beginnings and ends (logs).

    Raises:
        ModelError: an unknown hook.
    """

    def __init__(self, **hooks: Callable[..., Any] | None) -> None:
        for name, function in hooks.items():
            if name not in (*HOOKS, "on_batch_begin", "on_batch_end"):
                raise unknown("hook", name, HOOKS)
            if function is not None:
                setattr(self, name, function)
