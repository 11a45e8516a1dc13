"""The training of a play: its network and samples, and the hands of its clock, forwards and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np

from autograd.core.value import Value
from nn.dense import Layer
from nn.errors import DivergenceError, ModelError
from nn.module import whole_number
from nn.playground import beginning
from nn.playground.clock import Clock
from nn.playground.dropout import masks
from nn.playground.history import Checkpoint, History
from nn.playground.link import Link
from nn.playground.network import Network
from nn.playground.points import Point
from nn.playground.seedrandom import SeedRandom
from nn.training.sequential import Sequential
from nn.types import Array

T = TypeVar("T", bound="Training")
MOST = 1000  # epochs of a training that waits for a condition


class Training:
    """What steps: a network with the samples of a link, and a model of `nn` with the same numbers.

    Attributes:
        train, test: the points, arrays with rows x, y, label.
        model: the network as a model of `nn`.
        time: how many samples it has been trained with, from the beginning.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        random = SeedRandom(link["seed"])
        train, test = beginning.drawn_points(link, random)
        self.train, self.test = _rows(train), _rows(test)
        self._train, self._test = beginning.samples(link, train), beginning.samples(link, test)
        self._network = beginning.first_network(link, random)
        self.model = beginning.model(link)
        self._write(self.model)
        self.time = 0
        self._history = History()
        self._checkpoint(changed=True)

    @property
    def _clock(self) -> Clock:
        return Clock(len(self._train), self._link["batchSize"])

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return self.time // len(self._train)

    @property
    def sample(self) -> int:
        """How many samples of this epoch are done: the next one is this row of `train`."""
        return self.time % len(self._train)

    @property
    def batch(self) -> int:
        """How many batches of this epoch are done."""
        return sum(end <= self.sample for end in self._clock.ends)

    def step(
        self: T,
        epochs: int | None = None,
        *,
        batches: int = 0,
        samples: int = 0,
        until: Callable[[T], bool] | None = None,
    ) -> T:
        """Train to the ends of so many epochs, batches, or for so many samples; without arguments, to the epoch's end.

        An epoch goes through the points in their order. A batch ends where the weights are updated, or with the epoch,
        whose last derivatives then wait for the next one's first update.

        Args:
            epochs, batches, samples: how many; with `until` at most, by default 1,000 epochs.
            until: a condition of the play, which is asked before each epoch: where it holds, training stops.

        Returns:
            The play itself.

        Raises:
            ModelError: a number that is not a count.
            DivergenceError: a weight became inf or nan; the play stands before the sample whose update did that.

        Example:
            >>> import nn
            >>> play = nn.playground.from_link("#dataset=gauss&seed=0.5&networkShape=2")
            >>> play.step(until=lambda play: play.losses.test < 0.1)
            <Playground: gauss, network 2-2-1, epoch 2, batch 0, sample 0>
        """
        if until and epochs is None and not (batches or samples):
            epochs = MOST
        end = self._clock.after(self.time, *_counts(epochs, batches, samples))
        self._read()
        while self.time < end and not (until and until(self)):
            try:
                self._run(min(end, self._clock.after(self.time, 1)) if until else end)
            finally:
                self._write(self.model)
        return self

    def back(self: T, epochs: int | None = None, *, batches: int = 0, samples: int = 0) -> T:
        """Go back to the beginnings of so many epochs, batches, or by so many samples, to numbers equal in every bit.

        Args:
            epochs, batches, samples: how many; without arguments, to the beginning of the epoch.

        Returns:
            The play itself; its controls stay as they are.

        Raises:
            ModelError: a number that is not a count. StepError: that is before the beginning.
        """
        return self._go(self._clock.before(self.time, *_counts(epochs, batches, samples)))

    def reset(self: T) -> T:
        """Go back to the beginning, to the first weights; `redrawn()` is a play with other ones."""
        self._history.last(-1)
        return self._go(0)

    def _go(self: T, time: int) -> T:
        """Take the last checkpoint up to a time, and calculate what came after it again."""
        now, checkpoint = self._link, self._history.last(time)
        self._network, self.time, self._link = checkpoint.network.copy(), checkpoint.time, checkpoint.link
        try:
            self._run(time)
        finally:
            self._link = now
            self._write(self.model)
        return self

    def _run(self, until: int) -> None:
        """One sample after another: its derivatives, and an update after the last of a batch."""
        while self.time < until:
            if self.sample == 0 and self._history.checkpoints[-1].time < self.time:
                self._checkpoint(changed=False)
            due = self._learn(self._network, self.time)
            self.time += 1
            if due:
                self._update(self._network)
                if not self._network.finite:
                    raise self._diverged()

    def _learn(self, network: Network, time: int) -> bool:
        """Take a sample's derivatives; whether an update follows it."""
        place = time % len(self._train)
        (inputs, label), rate = self._train[place], self._link["cg_dropout"]
        network.forward(inputs, masks(rate, time, network.sizes) if rate else ())
        network.backward(label)
        return self._clock.updates(place + 1)

    def _update(self, network: Network) -> None:
        network.update(*(self._link[key] for key in ("learningRate", "regularization", "regularizationRate")))

    def _before_update(self) -> Network:
        """A copy that has been trained so far that an update is due.

        Raises:
            ModelError: there is none within an epoch.
        """
        self._read()
        clock, network, time = self._clock, self._network.copy(), self.time
        if not any(map(clock.updates, clock.ends)):
            raise ModelError(
                f"No update comes: batch_size={clock.size} is more than an epoch's {clock.samples} samples."
            )
        while not self._learn(network, time):
            time += 1
        return network

    def _diverged(self) -> DivergenceError:
        layers = self._network.layers
        place = next(
            f"layer{k}.neuron{j}"
            for k, layer in enumerate(layers, 1)
            for j, row in enumerate(zip(layer.biases, layer.weights, strict=True), 1)
            if not np.isfinite([row[0], *row[1]]).all()
        )
        self._go(self.time - 1)
        return DivergenceError(
            f"A weight of {place} is inf or nan after sample {self.sample + 1} of epoch {self.epoch + 1}; "
            "the play stands before that sample. Lower learning_rate, or take fewer or smaller inputs."
        )

    def _checkpoint(self, changed: bool) -> None:
        self._history.add(Checkpoint(self.time, self._network.copy(), self._link, changed))

    # ── the model's Values and the network's numbers ──────────────────────────────────────────────

    def _neurons(self, model: Sequential) -> Iterable[tuple[list[Value], Value]]:
        for layer in model.layers:
            assert isinstance(layer, Layer)
            for neuron in layer.neurons:
                assert neuron.bias is not None
                yield neuron.weights, neuron.bias

    def _write(self, model: Sequential) -> None:
        """Give the model the network's numbers."""
        rows = (row for layer in self._network.layers for row in zip(layer.weights, layer.biases, strict=True))
        for (weights, bias), (numbers, number) in zip(self._neurons(model), rows, strict=True):
            bias.data = number
            for w, x in zip(weights, numbers, strict=True):
                w.data = x

    def _read(self) -> None:
        """Take the model's, if somebody changed them; the way back knows of it, and of changed controls."""
        neurons = iter(self._neurons(self.model))
        changed = self._link is not self._history.checkpoints[-1].link
        for layer in self._network.layers:
            for j, (weights, bias) in zip(range(len(layer.biases)), neurons, strict=False):
                b, row = float(bias.data), [float(w.data) for w in weights]
                if (b, row) != (layer.biases[j], layer.weights[j]):
                    layer.biases[j], layer.weights[j], changed = b, row, True
        if changed:
            self._checkpoint(changed=True)


def _rows(some: list[Point]) -> Array:
    return np.array(some, float).reshape(-1, 3)


def _counts(epochs: int | None, batches: int, samples: int) -> tuple[int, int, int]:
    if epochs is None:
        epochs = 0 if batches or samples else 1
    counts = {"epochs": epochs, "batches": batches, "samples": samples}
    return tuple(whole_number(count, name, 0) for name, count in counts.items())  # type: ignore[return-value]
