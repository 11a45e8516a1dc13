"""A model that can be trained, by Keras' `fit` and `train_on_batch`, or epoch by epoch."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from functools import partial
from typing import Any

import numpy as np

from nn import initializers
from nn.callbacks.base import Callbacks, CallbacksLike, History, Record, listed, postponed
from nn.callbacks.progress import shower
from nn.errors import ModelError
from nn.module import whole_number
from nn.training.data import Examples, examples, samples, split
from nn.training.fitness import learnable, sensible
from nn.training.loop import Trainer, Validation
from nn.training.model import Model
from nn.training.stepper import Stepper, Tally
from nn.types import ArrayLike, Seed


class Trainable(Model):
    """What `fit`, `train` and `train_on_batch` share.

    Attributes:
        rng: where the order of examples, and dropout, come from.
    """

    rng: Seed = None
    _stepper: Stepper | None = None  # of train_on_batch

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: CallbacksLike = None,
        validation_split: float = 0.0,
        validation_data: tuple[ArrayLike, ...] | None = None,
        shuffle: bool = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: ArrayLike | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: int | Collection[int] = 1,
        rng: Seed = None,
    ) -> History:
        """Train: for each epoch, for each batch of examples a step along the gradient of J = 1/B Σ wᵢLᵢ + penalties.

        Ctrl-C ends it after the step that it came into: the weights stay, and the history says "interrupted".

        Args:
            x: inputs (n, inputs), finite.
            y: targets (n,) or (n, units), as the loss needs them.
            batch_size: examples a step, B; by default 32. The last batch of an epoch has what is left.
            epochs: up to which epoch to train; 0 only calls the callbacks.
            verbose: 0 nothing, 1 a progress bar (extra `progress`), 2 a line an epoch; "auto" the bar in a
                terminal, if it is installed.
            callbacks: one or a list of `nn.callbacks`, of objects with Keras' hooks such as `on_epoch_end`, or of
                functions, which get every epoch's `Record`; if one returns a reason, training ends.
            validation_split: the share of rows, the last ones, that is only measured.
            validation_data: a pair (x, y), or (x, y, sample_weight), to measure instead.
            shuffle: whether each epoch has its own order.
            class_weight: w by class, such as {0: 1.0, 1: 5.0}; 1 for a class that is not in it.
            sample_weight: w of each row, (n,); by default 1. The "loss" is the weighted one.
            initial_epoch: the epoch to begin with, from 0, where an earlier training ended.
            steps_per_epoch: batches an epoch, which goes on where the last one ended; then the default of
                batch_size is the n / steps_per_epoch that go through all rows.
            validation_steps: how many batches, the first ones, to measure; by default all.
            validation_batch_size: examples a batch there; by default batch_size.
            validation_freq: after how many epochs to measure, or a list of those after which to, counted from 1.
            rng: a seed or generator for order and dropout; by default the model's own.

        Warns:
            ModelWarning: the outputs can hardly be meant for this loss, or never reach the targets; or the rows
                end before steps_per_epoch.

        Returns:
            A `History`; its `history["loss"]` has an entry for each epoch. It is `model.history`, too.

        Raises:
            ModelError: not compiled, nothing to train, or nothing that can be learned (softmax of one unit); an
                argument outside its range.
            ShapeError, DataError: poor data.
            DivergenceError: the loss became inf or nan; the weights are those before that step.

        Example:
            >>> from nn import Dense, Sequential
            >>> model = Sequential([Dense(1, input_dim=1)], rng=0)
            >>> model.compile("sgd", loss="mse")
            >>> history = model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], epochs=500)
            >>> history.history["loss"][-1] < 1e-3
            True
        """
        given, held = self._data(x, y, sample_weight, validation_split, validation_data)
        given = given if class_weight is None else given.by_class(class_weight)
        validation = Validation(held, validation_batch_size or batch_size, validation_steps, validation_freq)
        trainer = Trainer(self, given, validation, batch_size, steps_per_epoch, shuffle, self._generator(rng))
        first, last = whole_number(initial_epoch, "initial_epoch", 0), whole_number(epochs, "epochs", 0)
        steps = steps_per_epoch or trainer.batches
        each = [*listed(callbacks), *shower(verbose)]
        listening = Callbacks(each, self, verbose=verbose, epochs=last, steps=steps)
        return self._run(trainer, listening, first, last)

    def _run(self, trainer: Trainer, callbacks: Callbacks, first: int, last: int) -> History:
        """Train and tell callbacks; each of them hears once that training has ended, however it did."""
        self.history, self.stop_training, logs = callbacks.history, False, {}
        with postponed(partial(setattr, self, "stop_training")):
            try:
                callbacks.begin()
                for record in trainer.epochs(first, last, callbacks, bool(callbacks.each), not callbacks.each):
                    logs = record.logs
            except KeyboardInterrupt:  # out of a callback, or a second one
                self.stop_training = "interrupted"
            finally:
                callbacks.end(logs)
        if self.stop_training:
            self.history.stopped = self.stop_training if isinstance(self.stop_training, str) else "stop_training"
        return self.history

    def train(
        self,
        x: ArrayLike,
        y: ArrayLike,
        batch_size: int | None = None,
        epochs: int = 1,
        validation_split: float = 0.0,
        validation_data: tuple[ArrayLike, ...] | None = None,
        shuffle: bool = True,
        rng: Seed = None,
        watched: bool = True,
        sample_weight: ArrayLike | None = None,
    ) -> Generator[Record, None, None]:
        """Train as `fit` does: an iterator of one `Record` an epoch. Leave it when you have seen enough.

        Args:
            watched: whether the model's Values have the new weights at each record, not only at the end, and
                training goes on with those that you leave there.
            others: as for `fit`.

        Example:
            >>> from nn import Dense, Sequential
            >>> model = Sequential([Dense(1, input_dim=1)], rng=0)
            >>> model.compile("sgd", loss="mse")
            >>> for record in model.train([[0.0], [1.0]], [1.0, 3.0], epochs=1000):
            ...     if record.logs["loss"] < 0.1:
            ...         break
            >>> record.epoch < 1000
            True
        """
        given, held = self._data(x, y, sample_weight, validation_split, validation_data)
        trainer = Trainer(self, given, Validation(held, batch_size), batch_size, None, shuffle, self._generator(rng))
        self.stop_training = False
        return trainer.epochs(0, whole_number(epochs, "epochs", 0), Callbacks(None, self), watched)

    def train_on_batch(
        self,
        x: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        class_weight: Mapping[int, float] | None = None,
        return_dict: bool = False,
    ) -> float | Any:
        """One step along the gradient of these examples' cost, and what they cost before it.

        The cost is recorded at the first call: after a change of a layer, compile the model anew.

        Args:
            others: as for `fit`.
            return_dict: whether the numbers come by name.

        Returns:
            As `evaluate`: the cost, or a list with the metrics, or all by name; in training.

        Raises:
            as `fit`.

        Example:
            >>> from nn import SGD, Dense, Sequential
            >>> model = Sequential([Dense(1, 1, kernel_initializer="ones")])
            >>> model.compile(SGD(0.1), loss="mse")
            >>> model.train_on_batch([[1.0], [3.0]], [2.0, 6.0])  # ½(1² + 3²)
            5.0
            >>> model.get_weights()  # 1 + 0.1 · (1 · 1 + 3 · 3), 0 + 0.1 · (1 + 3)
            [array([[2.]]), array([0.4])]
        """
        given, _ = self._data(x, y, sample_weight)
        given = given if class_weight is None else given.by_class(class_weight)
        stepper, tally = self._stepper_for(given), Tally(self, given)
        interrupts: list[str] = []
        with postponed(interrupts.append), np.errstate(all="ignore"):
            tally.add(len(given), *stepper.step(given.rows))
            stepper.write()
        if interrupts:
            raise KeyboardInterrupt
        logs = tally.logs()
        if return_dict:
            return logs
        return list(logs.values()) if self.metrics else logs["loss"]

    def _stepper_for(self, given: Examples) -> Stepper:
        """What takes steps with such examples, with the parameters and the optimiser's averages of now."""
        stepper = self._stepper
        if stepper is None or not stepper.fits(given.rows):
            stepper = self._stepper = Stepper(self, given.rows, self._generator(None))
        stepper.read()
        stepper.state = self.optimizer_state(stepper.values, stepper.p)
        return stepper

    def _generator(self, rng: Seed) -> np.random.Generator:
        return initializers.generator(self.rng if rng is None else rng)

    def _data(
        self,
        x: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        share: float = 0.0,
        data: tuple[ArrayLike, ...] | None = None,
    ) -> tuple[Examples, Examples]:
        """What to train with and what to measure, perhaps nothing, once model, loss and data are seen to be good."""
        layers, x = list(self.children().values()), samples(self, x)
        learnable(layers, self.loss)
        given = examples(self, self.loss, x, y, sample_weight)
        sensible(layers, self.loss, given.targets)
        given, held = split(given, share if data is None else 0.0)
        if data is None:
            return given, held
        if not isinstance(data, list | tuple) or len(data) not in (2, 3):
            raise ModelError("validation_data must be a pair (x, y), or (x, y, sample_weight). Give arrays.")
        x, y, *weights = data
        return given, examples(self, self.loss, x, y, *weights, what="validation ")
