"""A step along the gradient of a batch's cost, on arrays; and what an epoch of steps adds up to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from autograd import DomainError
from nn.callbacks.base import Logs
from nn.errors import DivergenceError
from nn.training.data import Examples
from nn.training.model import Model
from nn.training.recording import Recording
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
            raise self.diverged(batch.check, place, cost)
        before[...] = p
        whole = False  # an interrupt may come into a rule of several lines
        try:
            self.optimizer.apply(self.state, gradient * batch.share, p)
            whole = self.zeros.dot(p) == 0  # 0 · inf and 0 · nan are nan
        finally:
            if not whole:
                p[...] = before
        if not whole:
            raise self.diverged(batch.check, place)
        if self.recording.norms:
            batch.absorb(values)
        predictions = batch.predictions(values) if self.recording.units else None
        return cost * len(rows) / len(values[0]), predictions

    def diverged(self, check: Callable[[], None], place: Sequence[int], loss: float | None = None) -> DivergenceError:
        """The error for a step that was not taken.

        Args:
            check: names the first node that is not finite, if there is one at the parameters before the step.
            place: the epoch and the batch, from 0.
            loss: what the loss was; None if it is a weight that is inf or nan.
        """
        self.write()
        what = "A weight is inf or nan after the step" if loss is None else f"The loss is {loss}"
        try:
            check()
            first = ""
        except DomainError as error:
            first = f" First: {error}"
        where = f" in epoch {place[0] + 1}, batch {place[1] + 1}" if place else ""
        diverged = DivergenceError(
            f"{what}{where}; the weights are those before that step.{first} "
            "Lower the learning rate, scale the inputs, or use a loss from logits."
        )
        diverged.loss = math.nan if loss is None else loss
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
