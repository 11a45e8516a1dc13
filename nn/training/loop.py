"""The loop: epochs of batches of steps. It yields records and never prints; whoever listens may stop it."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import DomainError, ShapeError
from nn.errors import DataError, DivergenceError, ModelError
from nn.metrics import on_arrays
from nn.module import whole_number
from nn.training.recording import Batch, Recording

if TYPE_CHECKING:
    from nn.training.sequential import Sequential


@dataclass(frozen=True)
class Record:
    """What is known after an epoch: its number from 1, and the numbers by name, as "loss" or "val_accuracy"."""

    epoch: int
    logs: dict[str, float]
    model: Sequential = field(repr=False)


@dataclass
class History:
    """What `fit` returns.

    Attributes:
        history: of each name ("loss", "val_loss", "accuracy", …) a list, one entry an epoch.
        epoch: the numbers of the epochs, from 0 as in Keras.
        stopped: why training ended: "" after all epochs, else "interrupted" or a callback's words.
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    epoch: list[int] = field(default_factory=list)
    stopped: str = ""

    def add(self, record: Record) -> None:
        """Take an epoch's record."""
        self.epoch.append(record.epoch - 1)
        for name, number in record.logs.items():
            self.history.setdefault(name, []).append(number)


class EarlyStopping:
    """Stop when a number has not improved in `patience` epochs, and go back to the best weights.

    Args:
        monitor: which; by default "val_loss" if there are validation data, else "loss".
        patience: how many epochs to wait, 10 as the lectures say.
        min_delta: what counts as an improvement.
        restore_best_weights: whether the model gets the weights of its best epoch.

    Raises:
        ModelError: no such number is recorded.
    """

    def __init__(
        self, monitor: str = "", patience: int = 10, min_delta: float = 0.0, restore_best_weights: bool = True
    ) -> None:
        self.monitor, self.patience, self.min_delta = monitor, whole_number(patience, "patience"), abs(min_delta)
        self.restore_best_weights = restore_best_weights
        self.start()

    def start(self) -> None:
        """Forget the last training."""
        self.best, self.best_epoch = math.inf, 0
        self.weights: list[Any] | None = None

    def __call__(self, record: Record) -> str:
        """Why to stop; nothing to go on."""
        name = self.monitor or ("val_loss" if "val_loss" in record.logs else "loss")
        if name not in record.logs:
            raise ModelError(f"There is no {name!r} to monitor. Choose one of {', '.join(record.logs)}.")
        sign = -1 if name.removeprefix("val_").endswith(("accuracy", "acc")) else 1
        number = sign * record.logs[name]
        if number < self.best - self.min_delta:
            self.best, self.best_epoch = number, record.epoch
            self.weights = record.model.get_weights() if self.restore_best_weights else None
        waited = record.epoch - self.best_epoch
        return f"{name} has not improved in {waited} epochs" if waited >= self.patience else ""

    def finish(self, model: Sequential) -> None:
        """Give the model its best weights."""
        if self.weights is not None:
            model.set_weights(self.weights)


# ── data ──────────────────────────────────────────────────────────────────────────────────────────


def samples(model: Any, X: Any, what: str = "X") -> Any:
    """The inputs as an array (n, inputs); builds a model that does not know their number yet.

    Raises:
        ShapeError: another shape. DataError: no rows, no numbers, or numbers that are not finite.
    """
    try:
        X = np.asarray(X, float)
    except (TypeError, ValueError) as error:
        raise DataError(f"{what} is no array of numbers: {error}. Give rows of numbers of equal length.") from None
    X = X[:, None] if X.ndim == 1 and model.inputs in (None, 1) else X
    if not X.size:
        raise DataError(f"{what} is empty: its shape is {X.shape}. Give at least one row.")
    if X.ndim == 2 and model.inputs is None:
        model.build(X.shape[1])
    if X.ndim != 2 or X.shape[1] != model.inputs:
        shape = f"(n, {'inputs' if model.inputs is None else model.inputs})"
        raise ShapeError(f"{what} must have shape {shape} for this model, got {X.shape}. Reshape it.")
    bad = ~np.isfinite(X)
    if bad.any():
        row, column = np.argwhere(bad)[0].tolist()
        raise DataError(
            f"{what} is {X[row, column]} in row {row}, column {column}. Remove or fill rows without a number."
        )
    return X


def examples(model: Sequential, pair: tuple[Any, Any], what: str = "") -> Any:
    """Inputs and targets side by side, as the model's loss takes them.

    Raises:
        ShapeError, DataError: poor data.
    """
    X = samples(model, pair[0], f"{what}X")
    y = model.loss.targets(pair[1], model.units or 0)
    if len(y) != len(X):
        raise ShapeError(f"{what}X has {len(X)} rows, y has {len(y)}. Give one target for each row.")
    return np.concatenate([X, y], 1)


def split(rows: Any, share: float) -> tuple[Any, Any]:
    """The first rows to train with, the last share of them to validate with.

    Raises:
        ModelError: no share between 0 and 1. DataError: nothing is left to train with.
    """
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise ModelError(f"validation_split must be at least 0 and below 1, got {share!r}. Give 0.2, say.")
    at = math.floor(len(rows) * (1 - share))
    if not at:
        raise DataError(f"validation_split = {share} leaves none of {len(rows)} rows to train with. Give less.")
    return rows[:at], rows[at:]


# ── the loop ──────────────────────────────────────────────────────────────────────────────────────


class Trainer:
    """One training of a model: its rows, recording, parameters and random numbers."""

    def __init__(
        self, model: Sequential, rows: Any, validation: Any, batch_size: int | None, shuffle: bool, rng: Any
    ) -> None:
        self.model, self.rows, self.validation, self.shuffle, self.rng = model, rows, validation, shuffle, rng
        self.size = min(32, len(rows)) if batch_size is None else whole_number(batch_size, "batch_size")
        if self.size > len(rows):
            raise DataError(
                f"batch_size = {self.size} is more than the {len(rows)} rows there are to train with. "
                f"Give at most {len(rows)}."
            )
        self.recording = Recording(model, model.loss, rows, model.backend, bool(model.metrics))
        self.p = np.array([float(x.data) for x in self.recording.values])
        self.before, self.zeros = self.p.copy(), np.zeros_like(self.p)
        self.state = model.optimizer_state(self.recording.values, self.p)

    def epochs(self, number: int, watched: bool) -> Generator[Record, None, None]:
        """Train for so many epochs; the model has the weights at each record if it is watched, and at the end.

        Raises:
            DivergenceError: the loss or a weight is inf or nan; the weights are those before that step.
        """
        try:
            for epoch in range(1, number + 1):
                with np.errstate(all="ignore"):
                    logs = self._epoch(epoch)
                if watched or self.validation is not None:
                    self.write()
                if self.validation is not None:
                    logs |= {f"val_{name}": x for name, x in measured(self.model, self.validation).items()}
                yield Record(epoch, logs, self.model)
        finally:
            self.write()

    def write(self) -> None:
        """Give the model's Values the parameters."""
        for x, number in zip(self.recording.values, self.p.tolist(), strict=True):
            x.data = number

    def _epoch(self, epoch: int) -> dict[str, float]:
        n, inputs = len(self.rows), self.model.inputs
        rows = self.rows[self.rng.permutation(n)] if self.shuffle else self.rows
        total, predictions = 0.0, []
        for number, start in enumerate(range(0, n, self.size), 1):
            part = rows[start : start + self.size]
            batch = self.recording.batch(len(part))
            values, cost = self._step(batch, part, epoch, number)
            total += cost * len(part) / len(values[0])
            if self.recording.units:
                predictions.append(batch.predictions(values))
            if self.recording.norms:
                batch.absorb(values)
        logs = {"loss": total / n}
        if predictions:
            p = np.concatenate(predictions)
            logs |= {m.name: float(np.mean(m.function(rows[:, inputs:], p))) for m in self.model.metrics}
        return logs

    def _step(self, batch: Batch, rows: Any, epoch: int, number: int) -> tuple[list[Any], float]:
        """One step: the values at the parameters before it, and the sum of the costs."""
        p, before = self.p, self.before
        batch.load(rows, self.rng)
        batch.parameters[...] = p
        values: list[Any]
        values, gradient = batch.run()
        cost = float(values[0].sum())
        if not math.isfinite(cost):
            raise self._diverged(batch, epoch, number, f"The loss is {cost}")
        before[...] = p
        self.model.optimizer.apply(self.state, gradient * batch.share, p)
        if self.zeros.dot(p) != 0:  # 0 · inf and 0 · nan are nan
            p[...] = before
            raise self._diverged(batch, epoch, number, "A weight is inf or nan after the step")
        return values, cost

    def _diverged(self, batch: Batch, epoch: int, number: int, what: str) -> DivergenceError:
        self.write()
        try:
            batch.check()
            where = ""
        except DomainError as error:
            where = f" First: {error}"
        return DivergenceError(
            f"{what} in epoch {epoch}, batch {number}; the weights are those before that step.{where} "
            "Lower the learning rate, scale the inputs, or use a loss from logits."
        )


def measured(model: Sequential, rows: Any) -> dict[str, float]:
    """The cost and the metrics of some examples, in prediction."""
    y, p = rows[:, model.inputs :], model.predict(rows[:, : model.inputs])
    cost = float(np.mean(on_arrays(model.loss, y, p))) + sum(float(x) for x in model.penalties())
    return {"loss": cost} | {m.name: float(np.mean(m.function(y, p))) for m in model.metrics}
