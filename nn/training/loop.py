"""The loop: epochs of batches of steps. It never prints; callbacks listen, and may stop it."""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection, Generator
from dataclasses import dataclass

import numpy as np

from autograd import DomainError
from nn.callbacks.base import Callbacks, Logs, Record
from nn.errors import DivergenceError, ModelError, ModelWarning
from nn.module import whole_number
from nn.training.data import Examples, batch_size
from nn.training.model import Model
from nn.training.recording import Batch, Recording
from nn.types import Array


class Stepper:
    """Steps of a model's parameters, which are an array p; `read` and `write` are its ways from and to the Values.

    Args:
        model: compiled and built.
        rows: some examples to record the cost with, as all later ones are: weighted or not.
        rng: for the masks of dropout.
    """

    def __init__(self, model: Model, rows: Array, rng: np.random.Generator) -> None:
        self.model, self.rng = model, rng
        self.recording = Recording(model, model.loss, rows, model.backend, bool(model.metrics))
        self.values = self.recording.values
        self.p = np.zeros(len(self.values))
        self.before, self.zeros = self.p.copy(), self.p.copy()
        self.read()
        self.optimizer, self.state = model.optimizer, model.optimizer_state(self.values, self.p)

    def fits(self, rows: Array) -> bool:
        """Whether the model, as it is compiled now, takes such steps with such rows."""
        recording, model = self.recording, self.model
        return (
            (self.optimizer, recording.loss, recording.backend) == (model.optimizer, model.loss, model.backend)
            and (rows.shape[1], bool(recording.units)) == (recording.rows.shape[1], bool(model.metrics))
            and list(map(id, model.trained())) == list(map(id, self.values))
        )

    def read(self) -> None:
        """Take the parameters from the model's Values."""
        self.p[...] = [float(x.data) for x in self.values]

    def write(self) -> None:
        """Give them to the model's Values."""
        for x, number in zip(self.values, self.p.tolist(), strict=True):
            x.data = number

    def step(self, rows: Array, *place: int) -> tuple[float, Array | None]:
        """One step: the sum of the costs at the parameters before it, and the predictions for the metrics.

        Args:
            rows: inputs, targets and weights.
            place: the epoch and the batch, from 0, for messages.

        Raises:
            DivergenceError: the loss or a weight is inf or nan; the parameters are those before the step.
        """
        p, before, batch = self.p, self.before, self.recording.batch(len(rows))
        batch.load(rows, self.rng)
        batch.parameters[...] = p
        values, gradient = batch.run()
        cost = float(values[0].sum())
        if not math.isfinite(cost):
            raise self._diverged(batch, place, cost, f"The loss is {cost}")
        before[...] = p
        whole = False  # an interrupt may come into a rule of several lines
        try:
            self.optimizer.apply(self.state, gradient * batch.share, p)
            whole = self.zeros.dot(p) == 0  # 0 · inf and 0 · nan are nan
        finally:
            if not whole:
                p[...] = before
        if not whole:
            raise self._diverged(batch, place, math.nan, "A weight is inf or nan after the step")
        if self.recording.norms:
            batch.absorb(values)
        predictions = batch.predictions(values) if self.recording.units else None
        return cost * len(rows) / len(values[0]), predictions

    def _diverged(self, batch: Batch, place: tuple[int, ...], loss: float, what: str) -> DivergenceError:
        self.write()
        try:
            batch.check()
            first = ""
        except DomainError as error:
            first = f" First: {error}"
        where = f" in epoch {place[0] + 1}, batch {place[1] + 1}" if place else ""
        diverged = DivergenceError(
            f"{what}{where}; the weights are those before that step.{first} "
            "Lower the learning rate, scale the inputs, or use a loss from logits."
        )
        diverged.loss = loss
        return diverged


class Tally:
    """The numbers of an epoch so far: the mean of its costs, and its metrics."""

    def __init__(self, model: Model, examples: Examples) -> None:
        self.model, self.examples = model, examples
        self.seen, self.cost = 0, 0.0
        self.predictions: list[Array] = []

    def add(self, examples: int, cost: float, predictions: Array | None) -> None:
        """Count a step."""
        self.seen += examples
        self.cost += cost
        if predictions is not None:
            self.predictions.append(predictions)

    def logs(self) -> Logs:
        """The numbers by name."""
        loss = {"loss": self.cost / self.seen}
        if not self.predictions:
            return loss
        return loss | self.model.scores(self.examples[: self.seen], np.concatenate(self.predictions))

    def lost(self, loss: float) -> Logs:
        """The numbers once a loss has become inf or nan."""
        return {"loss": loss} | {metric.name: math.nan for metric in self.model.metrics}


@dataclass(frozen=True)
class Validation:
    """What is measured after an epoch, perhaps nothing: examples, in which batches, and after which epochs.

    Args:
        examples: to measure.
        size: examples a batch, or None for the default.
        steps: how many batches, the first ones; None for all.
        frequency: after how many epochs, or after which, counted from 1.
    """

    examples: Examples
    size: int | None
    steps: int | None = None
    frequency: int | Collection[int] = 1

    def __post_init__(self) -> None:
        for name in ("size", "steps"):
            if getattr(self, name) is not None:
                whole_number(getattr(self, name), f"validation_{name.replace('size', 'batch_size')}")
        if not isinstance(self.frequency, list | tuple | set | range):
            whole_number(self.frequency, "validation_freq")

    def due(self, epoch: int) -> bool:
        """Whether it is measured after an epoch, counted from 1."""
        if isinstance(self.frequency, Collection):
            return len(self.examples) > 0 and epoch in self.frequency
        return len(self.examples) > 0 and epoch % self.frequency == 0

    def measured(self, model: Model, callbacks: Callbacks) -> Logs:
        """The numbers by name, "val_loss" first."""
        size = batch_size(self.size, len(self.examples), self.steps)
        part = self.examples[: None if self.steps is None else self.steps * size]
        return {f"val_{name}": x for name, x in model.measured(part, callbacks, size).items()}


@dataclass(eq=False)
class Trainer:
    """One training of a model: its examples in batches, their order, what is measured beside, and who listens.

    Args:
        model: compiled and built.
        examples: to train with.
        validation: to measure.
        batch_size: examples a batch, or None for the default; `size` is the number.
        steps: batches an epoch; None for all. Where it is given, an epoch goes on where the last one ended.
        shuffle: whether each pass over the examples has its own order.
        rng: for orders and dropout.
    """

    model: Model
    examples: Examples
    validation: Validation
    batch_size: int | None
    steps: int | None
    shuffle: bool
    rng: np.random.Generator

    def __post_init__(self) -> None:
        if self.steps is not None:
            whole_number(self.steps, "steps_per_epoch")
        if not isinstance(self.shuffle, bool | np.bool_ | int):
            raise ModelError(f"shuffle must be True or False, got {self.shuffle!r}.")
        self.size = batch_size(self.batch_size, len(self.examples), self.steps)
        self.batches = -(-len(self.examples) // self.size)
        self.at = 0  # the batch of the pass that comes next
        self.stepper = Stepper(self.model, self.examples.rows, self.rng)

    def epochs(
        self, first: int, last: int, callbacks: Callbacks, watched: bool = True
    ) -> Generator[Record, None, None]:
        """Train from one epoch to another, counted from 0; the model has the weights at each record if it is watched.

        Raises:
            DivergenceError: the loss or a weight is inf or nan; the weights are those before that step.
        """
        self.callbacks = callbacks
        try:
            for epoch in range(first, last):
                self._tell("on_epoch_begin", epoch, {})
                with np.errstate(all="ignore"):
                    logs = self._epoch(epoch)
                due = self.validation.due(epoch + 1)
                if watched or due:
                    self.stepper.write()
                if due:
                    logs |= self.validation.measured(self.model, callbacks)
                callbacks.epoch_end(epoch, logs)
                yield Record(epoch + 1, logs, self.model)
                if watched:
                    self.stepper.read()
                if self.model.stop_training:
                    break
        finally:
            self.stepper.write()

    def _tell(self, hook: str, *args: object, **logs: object) -> None:
        """Call a hook, if anybody listens, with the model's weights; it may have changed them."""
        if self.callbacks.hooks[hook]:
            self.stepper.write()
            self.callbacks(hook, *args, **logs)
            self.stepper.read()

    def _epoch(self, epoch: int) -> Logs:
        """The steps of an epoch: its mean loss and its metrics, at the parameters before each step."""
        examples, steps = self._next_batches()
        tally, size = Tally(self.model, examples), self.size
        begin, end = (self.callbacks.hooks[f"on_train_batch_{x}"] for x in ("begin", "end"))
        for batch in range(steps):
            if begin:
                self._tell("on_train_batch_begin", batch, logs={})
            rows = examples.rows[batch * size : (batch + 1) * size]
            try:
                tally.add(len(rows), *self.stepper.step(rows, epoch, batch))
            except DivergenceError as error:
                logs = tally.lost(error.loss)
                self._tell("on_train_batch_end", batch, logs=logs)
                if self.model.stop_training:
                    return logs
                raise
            if end:
                self._tell("on_train_batch_end", batch, logs=tally.logs())
            if self.model.stop_training:
                break
        if self.steps and steps < self.steps:
            warnings.warn(
                f"The rows ended after {steps} of steps_per_epoch = {self.steps} batches in epoch {epoch + 1}; "
                "the next epoch begins anew. Give fewer steps or a smaller batch_size.",
                ModelWarning,
                stacklevel=2,
            )
        return tally.logs()

    def _next_batches(self) -> tuple[Examples, int]:
        """An epoch's examples and their number of batches: a pass over all of them, or its next part."""
        n = len(self.examples)
        if not self.at:
            self.order = self.examples[self.rng.permutation(n)] if self.shuffle else self.examples
        first, last = self.at, min(self.batches, self.at + (self.steps or self.batches))
        self.at = last % self.batches
        return self.order[first * self.size : last * self.size], last - first
