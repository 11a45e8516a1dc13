"""A model's cost recorded for one sample and compiled: the data comes later, in batches of any size.

Recording costs as much as the model is large, whatever the data. Where a layer joins the samples of a
batch, as batch normalisation does, a batch is recorded in place of a sample.
"""

from __future__ import annotations

import numpy as np

from autograd import Value, compile
from autograd.core.choices import recording
from autograd.ops import sum
from autograd.program.program import Program
from nn.batchnorm import BatchNormalization
from nn.dropout import Dropout
from nn.errors import ModelError
from nn.losses import Loss
from nn.module import Module
from nn.types import Array


class Recording:
    """The cost of a batch, its gradient, and the predictions it was calculated from.

    Args:
        model: a built model.
        loss: of one example.
        rows: some examples, inputs, targets and perhaps a weight side by side, (n, inputs + units) or one column
            more: recorded with the first.
        backend: "numpy", "native" or "jax".
        predictions: whether these are wanted.

    Attributes:
        program: for one sample; None where layers join samples.
    """

    def __init__(self, model: Module, loss: Loss, rows: Array, backend: str, predictions: bool) -> None:
        self.model, self.loss, self.rows, self.backend = model, loss, rows, backend
        self.units = model.units or 0 if predictions else 0
        self.values = model.trained()
        if not self.values:
            raise ModelError("The model has nothing to train. Add a layer with parameters, or set trainable = True.")
        modules = list(model.modules())
        self.dropouts = [x for x in modules if isinstance(x, Dropout) and x.rate]
        self.masked = int(np.sum([x.inputs or 0 for x in self.dropouts]))  # inputs of a sample that are masks
        self.norms = [x for x in modules if isinstance(x, BatchNormalization) and x.trainable]
        self.program = None if self.norms else self.recorded(1)
        self.programs: dict[int, Program] = {}  # of samples that are joined
        self.batches: dict[int, Batch] = {}

    def batch(self, samples: int) -> Batch:
        """The cost for batches of a size."""
        if samples not in self.batches:
            self.batches[samples] = Batch(self, samples)
        return self.batches[samples]

    def program_for(self, samples: int) -> Program:
        """The program for batches of a size."""
        if self.program is not None:
            return self.program
        if samples not in self.programs:
            self.programs[samples] = self.recorded(samples)
        return self.programs[samples]

    def masks(self, rng: np.random.Generator, samples: int) -> Array:
        """What dropout draws for a batch, (samples, masks)."""
        return np.concatenate([dropout.masks(rng, samples) for dropout in self.dropouts], 1)

    def check(self, inputs: Array) -> None:
        """Name the first node that is not finite, for a batch with its masks and the data of the Values.

        Raises:
            DomainError: such a node.
        """
        program = self.program_for(len(inputs))
        program.check(*inputs) if self.norms else program.check(inputs)

    @recording()  # a choice by numbers in a layer or loss of the user's own would be frozen
    def recorded(self, samples: int) -> Program:
        """The cost of so many samples, compiled."""
        rows = [[Value(x) for x in row] for row in self.rows[:samples].tolist()]
        for dropout in self.dropouts:
            dropout.drawn = []
        inputs, weights = self.model.inputs or 0, self.model.get_weights()
        outputs = self.model.batch([row[:inputs] for row in rows], training=True)
        if self.norms:
            self.model.set_weights(weights)  # recording is not training
        for dropout in self.dropouts:
            rows = [row + mask for row, mask in zip(rows, dropout.drawn, strict=True)]
            dropout.drawn = []
        losses = [self.loss.function(row[inputs : inputs + len(p)], p) for row, p in zip(rows, outputs, strict=True)]
        if self.rows.shape[1] > inputs + len(outputs[0]):
            losses = [loss * row[self.rows.shape[1] - 1] for loss, row in zip(losses, rows, strict=True)]
        cost = losses[0] if len(losses) == 1 else sum(losses) / len(losses)
        cost = sum([cost, *self.model.penalties()]).named("cost")
        also = [x for p in outputs for x in p] if self.units else []
        for norm in self.norms:
            also += [x for part in norm.statistics for x in part]
            norm.statistics = [], []
        return compile(cost, rows if self.norms else [rows[0]], self.values, self.backend, also)


class Batch:
    """The cost of batches of one size, as arrays in the program's own memory."""

    def __init__(self, recording: Recording, samples: int) -> None:
        self.recording, self.samples = recording, samples
        joined = recording.program is None
        self.program = recording.program_for(samples)
        bound = self.program.bound(None if joined else samples)
        self.run, self.parameters = bound.run, bound.parameters
        self.inputs = bound.inputs.reshape(samples, -1) if joined else bound.inputs
        self.width = recording.rows.shape[1]
        self.share = 1.0 if joined else 1 / samples  # of the gradient that is a mean's

    def load(self, rows: Array, rng: np.random.Generator) -> None:
        """Set the examples; masks are drawn."""
        if not self.recording.dropouts:
            self.inputs[...] = rows
            return
        self.inputs[:, : self.width] = rows
        self.inputs[:, self.width :] = self.recording.masks(rng, self.samples)

    def predictions(self, values: list[Array]) -> Array:
        """The predictions, (samples, units)."""
        units = self.recording.units
        if self.recording.norms:
            return np.array(values[1 : 1 + units * self.samples]).reshape(self.samples, units)
        return np.array(values[1 : 1 + units]).T

    def absorb(self, values: list[Array]) -> None:
        """Move the averages of batch normalisation."""
        rest = iter(values[1 + self.recording.units * self.samples :])
        for norm in self.recording.norms:
            n = norm.inputs or 0
            numbers = [float(next(rest)[0]) for _ in range(2 * n)]
            norm.absorb(numbers[:n], numbers[n:])

    def check(self) -> None:
        """Name the first node that is not finite, for the examples that were loaded and the data of the Values.

        Raises:
            DomainError: such a node.
        """
        self.recording.check(np.array(self.inputs))
