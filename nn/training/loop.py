"""The loop: epochs of batches of steps. It never prints; callbacks listen, and may stop it."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass

import numpy as np

from nn.callbacks.base import Callbacks, Logs, Record
from nn.errors import DivergenceError, ModelError, ModelWarning
from nn.module import whole_number
from nn.training.data import Examples, Order, batch_size
from nn.training.many import Many
from nn.training.model import Model
from nn.training.stepper import Stepper, Tally


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
        if not len(self.examples):
            return False
        return epoch in self.frequency if isinstance(self.frequency, Collection) else epoch % self.frequency == 0

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
        self.order = Order(len(self.examples), self.size, self.steps, bool(self.shuffle), self.rng)
        self.batches = self.order.batches
        self.stepper = Stepper(self.model, self.examples.rows, self.rng)
        self.many = Many.of(self.stepper)

    def epochs(
        self, first: int, last: int, callbacks: Callbacks, watched: bool = True, ahead: bool = False
    ) -> Generator[Record, None, None]:
        """Train from one epoch to another, counted from 0; the model has the weights at each record if it is watched.

        Args:
            ahead: whether nobody but validation looks before the last record, so that a call can take many epochs.

        Raises:
            DivergenceError: the loss or a weight is inf or nan; the weights are those before that step.
        """
        self.callbacks, epoch = callbacks, first
        try:
            while epoch < last:
                self._tell("on_epoch_begin", epoch, {})
                for logs in self._epochs(epoch, self._unseen(epoch, last) if ahead else 1):
                    due = self.validation.due(epoch + 1)
                    if watched or due:
                        self.stepper.write()
                    if due:
                        logs |= self.validation.measured(self.model, callbacks)
                    callbacks.epoch_end(epoch, logs)
                    epoch += 1
                    yield Record(epoch, logs, self.model)
                    if watched:
                        self.stepper.read()
                if self.model.stop_training:
                    break
        finally:
            self.stepper.write()

    def _unseen(self, epoch: int, last: int) -> int:
        """How many epochs there are from one to the next that is validated, or to the last one."""
        if not len(self.validation.examples):
            return last - epoch
        return next((k for k in range(epoch + 1, last) if self.validation.due(k)), last) - epoch

    def _epochs(self, epoch: int, most: int) -> Iterator[Logs]:
        """The numbers of an epoch, or of several at most, as far as training came."""
        hooks, order = self.callbacks.hooks, self.order
        steps, _ = order.upcoming
        each = hooks["on_train_batch_begin"] or hooks["on_train_batch_end"]
        if self.many and not each and self.many.prepared(order, most if self.steps is None else 1):
            yield from self.many.epochs(self.examples, order, epoch)
        else:
            with np.errstate(all="ignore"):
                logs = self._epoch(epoch)
            yield logs
        if self.steps and steps < self.steps:
            warnings.warn(
                f"The rows ended after {steps} of steps_per_epoch = {self.steps} batches in epoch {epoch + 1}; "
                "the next epoch begins anew. Give fewer steps or a smaller batch_size.",
                ModelWarning,
                stacklevel=2,
            )

    def _tell(self, hook: str, *args: object, **logs: object) -> None:
        """Call a hook, if anybody listens, with the model's weights; it may have changed them."""
        if self.callbacks.hooks[hook]:
            self.stepper.write()
            self.callbacks(hook, *args, **logs)
            self.stepper.read()

    def _epoch(self, epoch: int) -> Logs:
        """The steps of an epoch: its mean loss and its metrics, at the parameters before each step."""
        (steps, _), size = self.order.upcoming, self.size
        examples = self.examples[self.order.next()]
        tally = Tally(self.model, examples)
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
        return tally.logs()
