"""A play: the Playground's points, network and controls, which can be stepped in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from autograd.core.value import Value
from nn.dense import Layer
from nn.errors import DivergenceError, ModelError, unknown
from nn.module import whole_number
from nn.playground import beginning
from nn.playground import explain as explaining
from nn.playground import link as links
from nn.playground.beginning import Sample
from nn.playground.clock import Clock
from nn.playground.history import Checkpoint, History
from nn.playground.link import Link
from nn.playground.points import Point
from nn.playground.seedrandom import SeedRandom
from nn.training.sequential import MLP
from nn.types import Array

P = TypeVar("P", bound="Playground")


class Losses(NamedTuple):
    """The means of ½(o − t)² over the training and the test points, without penalty; nan of no points."""

    train: float
    test: float


class Playground:
    """A training that is TensorFlow Playground's in every bit, made by `new` or `from_link`.

    Attributes:
        train, test: the points, arrays with rows x, y, label.
        model: the network as a model of `nn`, whose weights are always those of the play: a change of one is a change
            of the other.
        time: how many samples it has been trained with, from the beginning.

    Example:
        >>> play = from_link("#dataset=xor&networkShape=3&seed=0.5")
        >>> play.train.shape, [len(neuron) for neuron in play.weights]
        ((250, 3), [3, 3, 3, 4])
        >>> play.step(epochs=2).step(batches=3).step(samples=1)
        <Playground: xor, network 2-3-1, epoch 2, batch 3, sample 31>
        >>> play.back(epochs=2)
        <Playground: xor, network 2-3-1, epoch 1, batch 0, sample 0>
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

    # ── what it is ────────────────────────────────────────────────────────────────────────────────

    @property
    def link(self) -> str:
        """The link that the Playground opens, with all of its keys in its order."""
        return self._link.text

    @property
    def address(self) -> str:
        """The link as a whole address."""
        return links.ADDRESS + self.link

    @property
    def controls(self) -> dict[str, Any]:
        """All controls by their keywords."""
        return {keyword: self._link[key.name] for keyword, key in links.KEYWORDS.items()}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The keys of the network's inputs, in their order."""
        return self._link.inputs

    @property
    def weights(self) -> list[list[float]]:
        """A list for each neuron, layer by layer: its bias, then its weights."""
        self._read()
        return [[b, *row] for layer in self._network.layers for b, row in zip(layer.biases, layer.weights, strict=True)]

    @property
    def dead(self) -> list[str]:
        """The weights that L1 has made 0 for ever, by their names in the model."""
        flags = [flag for layer in self._network.layers for row in layer.dead for flag in (*row, False)]
        return [name for name, flag in zip(self.model.named_parameters(), flags, strict=True) if flag]

    @property
    def silent(self) -> list[str]:
        """The hidden neurons that give 0 for all training points, by their names in the model, as dead ReLUs do."""
        self._read()
        fired = [[False] * len(layer.biases) for layer in self._network.layers[:-1]]
        for inputs, _ in self._train:
            self._network.forward(inputs)
            for row, outputs in zip(fired, self._network.outputs[1:-1], strict=True):
                row[:] = [once or a != 0 for once, a in zip(row, outputs, strict=True)]
        return [f"layer{k}.neuron{j}" for k, row in enumerate(fired, 1) for j, once in enumerate(row, 1) if not once]

    @property
    def losses(self) -> Losses:
        """The means of ½(o − t)² over the training and the test points, at the weights now."""
        self._read()
        return Losses(self._loss(self._train), self._loss(self._test))

    def _loss(self, samples: Sequence[Sample]) -> float:
        total = 0.0
        for inputs, label in samples:
            error = self._network.forward(inputs) - label
            total += 0.5 * (error * error)
        return total / len(samples) if samples else float("nan")

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

    def __repr__(self) -> str:
        data = self._link["dataset" if self._link["problem"] == "classification" else "regDataset"]
        shape = "-".join(map(str, (len(self.inputs), *self._link["networkShape"], 1)))
        at = f"epoch {self.epoch}, batch {self.batch}, sample {self.sample}"
        return f"<Playground: {data}, network {shape}, {at}>"

    # ── its clock ─────────────────────────────────────────────────────────────────────────────────

    def step(self: P, epochs: int | None = None, *, batches: int = 0, samples: int = 0) -> P:
        """Train to the ends of so many epochs, batches, or for so many samples; without arguments, to the epoch's end.

        An epoch goes through the points in their order. A batch ends where the weights are updated, or with the epoch,
        whose last derivatives then wait for the next one's first update.

        Args:
            epochs, batches, samples: how many.

        Returns:
            The play itself.

        Raises:
            ModelError: a number that is not a count.
            DivergenceError: a weight became inf or nan; the play stands before the sample whose update did that.
        """
        until = self._clock.after(self.time, *_counts(epochs, batches, samples))
        self._read()
        try:
            self._run(until)
        finally:
            self._write(self.model)
        return self

    def back(self: P, epochs: int | None = None, *, batches: int = 0, samples: int = 0) -> P:
        """Go back to the beginnings of so many epochs, batches, or by so many samples, to numbers equal in every bit.

        Args:
            epochs, batches, samples: how many; without arguments, to the beginning of the epoch.

        Returns:
            The play itself; its controls stay as they are.

        Raises:
            ModelError: a number that is not a count. StepError: that is before the beginning.
        """
        return self._go(self._clock.before(self.time, *_counts(epochs, batches, samples)))

    def reset(self: P) -> P:
        """Go back to the beginning, to the first weights; `redrawn()` is a play with other ones."""
        self._history.last(-1)
        return self._go(0)

    def _go(self: P, time: int) -> P:
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
        network, clock, link, n = self._network, self._clock, self._link, len(self._train)
        rate, penalty, strength = (link[key] for key in ("learningRate", "regularization", "regularizationRate"))
        ends = {end for end in clock.ends if clock.updates(end)}
        while self.time < until:
            place = self.time % n
            if place == 0 and self._history.checkpoints[-1].time < self.time:
                self._checkpoint(changed=False)
            inputs, label = self._train[place]
            network.forward(inputs)
            network.backward(label)
            self.time += 1
            if place + 1 in ends:
                network.update(rate, penalty, strength)
                if not network.finite:
                    raise self._diverged()

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

    def _neurons(self, model: MLP) -> Iterable[tuple[list[Value], Value]]:
        for layer in model.layers:
            assert isinstance(layer, Layer)
            for neuron in layer.neurons:
                assert neuron.bias is not None
                yield neuron.weights, neuron.bias

    def _write(self, model: MLP) -> None:
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

    # ── one number of it ──────────────────────────────────────────────────────────────────────────

    def graph(self, point: int | Sequence[float] | Array | None = None) -> Value:
        """L = ½(a − y)² of one point as a graph of the model's parameters, for `steps`, `viz.draw` and `viz.page`.

        Args:
            point: a row of `train` by its place, or a row x, y, label; by default the sample that comes next.

        Raises:
            ModelError: there is no such point.

        Example:
            >>> from autograd import grad
            >>> play = from_link("#dataset=xor&networkShape=&seed=0.5")
            >>> L = play.graph([1.0, -2.0, -1.0])
            >>> [round(g, 4) for g in grad(L, play.model.parameters())]
            [0.7235, -1.447, 0.7235]
        """
        return explaining.graph(self.model, self.inputs, self._row(point))

    def explain(self, name: str, point: int | Sequence[float] | Array | None = None) -> explaining.Explanation:
        """The lines of a neuron at one point; of a weight or bias its derivative there, and its next update.

        Args:
            name: as the model has it, such as "layer1.neuron2", "layer1.neuron2.w0" or "layer1.neuron2.b".
            point: as for `graph`.

        Raises:
            ModelError: an unknown name or point.

        Example:
            >>> play = from_link("#dataset=xor&networkShape=&seed=0.5")
            >>> play.explain("layer1.neuron1.w0", [1.0, -2.0, -1.0])
            ∂L/∂w[1]₁₀ = ∂L/∂z[1]₁ · ∂z[1]₁/∂w[1]₁₀ = ∂L/∂z[1]₁ · x₁ ≈ 0.723489 · 1 ≈ 0.723489
            Σ ∂L/∂w[1]₁₀ over n = 10 samples ≈ 6.52111
            w[1]₁₀ ← w[1]₁₀ − (η/n) · Σ ≈ 0.15073 − (0.03/10) · 6.52111 ≈ 0.131167
        """
        lines = explaining.lines(self.model, self.graph(point), name)
        if name in self.model.named_parameters():
            update = self.next_update(name)
            lines += explaining.update_lines(update, self._link, name)
        return explaining.Explanation(tuple(lines))

    def next_update(self, name: str) -> explaining.Update:
        """What the next update does to a weight or bias: n, Σ ∂L/∂w, the number before and after it.

        Raises:
            ModelError: an unknown name, or there is no update within an epoch.
        """
        if name not in self.model.named_parameters():
            raise unknown("weight or bias", name, self.model.named_parameters())
        self._read()
        return explaining.upcoming(self._network, self._clock, self._train, self.time, self._link, name)

    def _row(self, point: int | Sequence[float] | Array | None) -> list[float]:
        """A row x, y, label: of the training points by its place, or as it is given."""
        if point is None or isinstance(point, int):
            place = self.sample if point is None else whole_number(point, "point", 0)
            if place >= len(self.train):
                raise ModelError(f"There are {len(self.train)} training points, and no point {place}. Count from 0.")
            return list(map(float, self.train[place]))
        if len(point) != 3:
            raise ModelError(f"A point is a place in play.train or a row x, y, label, got {len(point)} numbers.")
        return list(map(float, point))

    # ── other controls ────────────────────────────────────────────────────────────────────────────

    def change(self: P, **controls: Any) -> P:
        """Set controls that work while the play runs, from now on: rate, batch size, regularisation.

        Args:
            controls: by their keywords, as for `new`.

        Raises:
            ModelError: an unknown keyword or illegal value, or a control that needs new points or weights.
        """
        link = self._link.changed(controls)
        for name in controls:
            if not links.KEYWORDS[name].live:
                live = ", ".join(key.keyword for key in links.KEYS if key.live)
                raise ModelError(
                    f"{name} needs new points or weights, and so another play: play.again({name}=…). "
                    f"What can change while it runs: {live}."
                )
        self._link = link
        return self

    def again(self, **controls: Any) -> Playground:
        """Another play, at its beginning, with these controls changed and the same seed.

        Without arguments it is the same play; where the controls leave the points as they are, so does the seed.
        """
        return Playground(self._link.changed(controls))

    def redrawn(self) -> Playground:
        """Another play with the same points and other first weights: the next ones of the same random numbers.

        They are those that the Playground's reset draws, as many times as it is pressed.
        """
        return self.again(redraws=self._link["cg_redraws"] + 1)


def _rows(some: Sequence[Point]) -> Array:
    return np.array(some, float).reshape(-1, 3)


def _counts(epochs: int | None, batches: int, samples: int) -> tuple[int, int, int]:
    if epochs is None:
        epochs = 0 if batches or samples else 1
    counts = {"epochs": epochs, "batches": batches, "samples": samples}
    return tuple(whole_number(count, name, 0) for name, count in counts.items())  # type: ignore[return-value]


def from_link(link: str) -> Playground:
    """The play that a link of TensorFlow Playground has: equal points, weights and losses, in every bit.

    Args:
        link: "#activation=tanh&…", with or without #, or a whole address; what is missing has the Playground's default.

    Raises:
        ModelError: a value that the Playground cannot work with.

    Example:
        >>> play = from_link("https://playground.tensorflow.org/#dataset=xor&networkShape=1&seed=0.60237")
        >>> play.losses
        Losses(train=0.48995876726386434, test=0.500096445190308)
    """
    return Playground(links.read(link))


def new(*, hide: Iterable[str] = (), **controls: Any) -> Playground:
    """A play with these controls; those that are missing have the Playground's default.

    Args:
        hide: controls that a page shall not show, by their keys in a link.
        controls: by their keywords: `new().controls` has them all; a link's `batchSize` is `batch_size`.

    Raises:
        ModelError: an unknown keyword, or a value that is not legal.

    Example:
        >>> new(dataset="spiral", network_shape=[8, 8], x_squared=True, seed="0.1").link[:60]
        '#activation=tanh&batchSize=10&dataset=spiral&regDataset=reg-'
    """
    return Playground(links.controls(controls, hide))
