"""The loop: epochs of batches of steps. It yields records and never prints; whoever listens may stop it."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from autograd import DomainError
from nn.errors import DataError, DivergenceError
from nn.module import whole_number
from nn.training.callbacks import Record
from nn.training.model import Model
from nn.training.recording import Batch, Recording
from nn.types import Array


@dataclass(eq=False)
class Trainer:
    """One training of a model: its rows, recording, parameters and random numbers."""

    model: Model
    rows: Array
    validation: Array | None
    batch_size: int | None
    shuffle: bool
    rng: np.random.Generator

    def __post_init__(self) -> None:
        model, n = self.model, len(self.rows)
        self.size = min(32, n) if self.batch_size is None else whole_number(self.batch_size, "batch_size")
        if self.size > n:
            raise DataError(f"batch_size = {self.size} exceeds the {n} rows to train with. Give at most {n}.")
        self.width = (model.inputs or 0) + (model.units or 0)  # of inputs and targets
        self.recording = Recording(model, model.loss, self.rows[:, : self.width], model.backend, bool(model.metrics))
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
                    logs |= {f"val_{name}": x for name, x in self.model.measured(self.validation).items()}
                yield Record(epoch, logs, self.model)
        finally:
            self.write()

    def write(self) -> None:
        """Give the model's Values the parameters."""
        for x, number in zip(self.recording.values, self.p.tolist(), strict=True):
            x.data = number

    def _epoch(self, epoch: int) -> dict[str, float]:
        n = len(self.rows)
        rows = self.rows[self.rng.permutation(n)] if self.shuffle else self.rows
        total, predictions = 0.0, []
        for number, start in enumerate(range(0, n, self.size), 1):
            part = rows[start : start + self.size, : self.width]
            batch = self.recording.batch(len(part))
            values, cost = self._step(batch, part, epoch, number)
            total += cost * len(part) / len(values[0])
            if self.recording.units:
                predictions.append(batch.predictions(values))
            if self.recording.norms:
                batch.absorb(values)
        logs = {"loss": total / n}
        if predictions:
            logs |= self.model.scores(rows[:, self.width :], np.concatenate(predictions))
        return logs

    def _step(self, batch: Batch, rows: Array, epoch: int, number: int) -> tuple[list[Array], float]:
        """One step: the values at the parameters before it, and the sum of the costs."""
        p, before = self.p, self.before
        batch.load(rows, self.rng)
        batch.parameters[...] = p
        values, gradient = batch.run()
        cost = float(values[0].sum())
        if not math.isfinite(cost):
            raise self._diverged(batch, epoch, number, f"The loss is {cost}")
        before[...] = p
        whole = False  # an interrupt may come into a rule of several lines
        try:
            self.model.optimizer.apply(self.state, gradient * batch.share, p)
            whole = self.zeros.dot(p) == 0  # 0 · inf and 0 · nan are nan
        finally:
            if not whole:
                p[...] = before
        if not whole:
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
