"""A play: what TensorFlow Playground shows of a link, and each of its numbers, to be looked at from Python."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from autograd.core.value import Value
from nn.errors import ModelError, unknown
from nn.module import whole_number
from nn.playground import explain as explaining
from nn.playground import link as links
from nn.playground import scores
from nn.playground.averages import Averages
from nn.playground.beginning import Sample
from nn.playground.dropout import masks
from nn.playground.link import Link
from nn.playground.training import MOST, Training
from nn.playground.updates import averages
from nn.types import Array

P = TypeVar("P", bound="Playground")


class Losses(NamedTuple):
    """The means over the training and the test points, without penalty; nan of no points."""

    train: float
    test: float


class Playground(Training):
    """A training that is TensorFlow Playground's in every bit, made by `new`, `from_link` or `from_data`.

    Attributes:
        train, test: the points, arrays with rows x, y, label.
        model: the network as a model of `nn`, whose weights are always those of the play: a change of one is a change
            of the other.
        time: how many samples it has been trained with, from the beginning.
        formulas: of data of your own, how x₁, x₂ and y were made.

    Example:
        >>> from nn.playground import from_link
        >>> play = from_link("#dataset=xor&networkShape=3&seed=0.5")
        >>> play.train.shape, [len(neuron) for neuron in play.weights]
        ((250, 3), [3, 3, 3, 4])
        >>> play.step(epochs=2).step(batches=3).step(samples=1)
        <Playground: xor, network 2-3-1, epoch 2, batch 3, sample 31>
        >>> play.back(epochs=2)
        <Playground: xor, network 2-3-1, epoch 1, batch 0, sample 0>
    """

    def __init__(self, link: Link, formulas: tuple[str, ...] = ()) -> None:
        super().__init__(link)
        self.formulas = formulas

    # ── what it is ────────────────────────────────────────────────────────────────────────────────

    @property
    def link(self) -> str:
        """The link that the Playground opens, with all of its keys in its order."""
        return self._link.text

    @property
    def whole_link(self) -> str:
        """The same with all points of your own, however long that is: what a page is made with."""
        return self._link.written(math.inf)

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
            for row, passed in zip(fired, self._network.passed, strict=False):
                row[:] = [once or a != 0 for once, a in zip(row, passed.activations, strict=True)]
        return [f"layer{k}.neuron{j}" for k, row in enumerate(fired, 1) for j, once in enumerate(row, 1) if not once]

    @property
    def losses(self) -> Losses:
        """The mean loss of the training and the test points, at the weights now: ½(o − t)², of more classes −ln p."""
        self._read()
        return Losses(self._loss(self._train), self._loss(self._test))

    def _loss(self, samples: Sequence[Sample]) -> float:
        total = 0.0
        for inputs, label in samples:
            total += self._network.loss.value(self._network.forward(inputs), label)
        return total / len(samples) if samples else float("nan")

    @property
    def classes(self) -> tuple[float, ...]:
        """The labels that stand for classes: −1 and 1, or 0, 1, 2, …; none in a regression."""
        return self._link.classes

    @property
    def confusion(self) -> scores.Confusion:
        """How many points of each class (a row) are predicted as each (a column), in the order of `classes`.

        Raises:
            ModelError: it is a regression.

        Example:
            >>> from nn.playground import from_link
            >>> from_link("#dataset=gauss&seed=0.5").step(5).confusion.test
            array([[116,   0],
                   [  0, 134]])
        """
        if not self.classes:
            raise ModelError(
                'A regression has no classes to count. Look at play.losses, or set problem="classification".'
            )
        self._read()
        tables = [
            scores.counts([(label, scores.predicted(self._network.forward(x))) for x, label in some], self.classes)
            for some in (self._train, self._test)
        ]
        return scores.Confusion(*tables)

    @property
    def accuracy(self) -> scores.Accuracy:
        """The shares of the training and the test points that are classified right.

        Raises:
            ModelError: it is a regression.
        """
        return scores.Accuracy(*map(scores.share, self.confusion))

    @property
    def state(self) -> Averages:
        """What the optimiser remembers of each weight and bias, as a table.

        Example:
            >>> from nn.playground import from_link
            >>> from_link("#seed=0.5&networkShape=&cg_optimizer=adam").step(batches=1).state
                    now        m           v
            w[1]₁₀  0.120731   0.0458808   0.000210505
            w[1]₁₁  0.214804   0.0560593   0.000314265
            b[1]₁   0.0700064  0.00147884  2.18696·10⁻⁷
        """
        self._read()
        rule = self._network.rule
        names, slots = averages(rule), rule.state.slots if rule else {}
        columns = zip(self._numbers(), *(slots[name].tolist() for name in names), strict=True)
        rows = dict(zip(self.model.named_parameters(), columns, strict=True))
        return Averages(rule.state.steps if rule else 0, ("now", *names), rows)

    def _numbers(self) -> list[float]:
        return [float(x.data) for x in self.model.parameters()]

    def __repr__(self) -> str:
        data = "own data" if self._link["cg_data"] else self._link["dataset" if self.classes else "regDataset"]
        shape = "-".join(map(str, self._network.sizes))
        at = f"epoch {self.epoch}, batch {self.batch}, sample {self.sample}"
        return f"<Playground: {data}, network {shape}, {at}>"

    # ── one number of it ──────────────────────────────────────────────────────────────────────────

    def graph(self, point: int | Sequence[float] | Array | None = None) -> Value:
        """The loss of one point as a graph of the model's parameters, for `steps`, `viz.draw` and `viz.page`.

        It is L = ½(a − y)², of more than two classes the cross-entropy of the last layer's sums.

        Args:
            point: a row of `train` by its place, or a row x, y, label; by default the sample that comes next, whose
                graph has the factors of dropout as well.

        Raises:
            ModelError: there is no such point.

        Example:
            >>> from autograd import grad
            >>> from nn.playground import from_link
            >>> play = from_link("#dataset=xor&networkShape=&seed=0.5")
            >>> L = play.graph([1.0, -2.0, -1.0])
            >>> [round(g, 4) for g in grad(L, play.model.parameters())]
            [0.7235, -1.447, 0.7235]
        """
        rate = self._link["cg_dropout"]
        factors = masks(rate, self.time, self._network.sizes) if rate and point is None else ()
        return explaining.graph(self.model, self._link, self._row(point), factors)

    def explain(self, name: str, point: int | Sequence[float] | Array | None = None) -> explaining.Explanation:
        """The lines of a neuron at one point; of a weight or bias its derivative there, and its next update.

        Args:
            name: as the model has it, such as "layer1.neuron2", "layer1.neuron2.w0" or "layer1.neuron2.b".
            point: as for `graph`.

        Raises:
            ModelError: an unknown name or point.

        Example:
            >>> from nn.playground import from_link
            >>> play = from_link("#dataset=xor&networkShape=&seed=0.5")
            >>> play.explain("layer1.neuron1.w0", [1.0, -2.0, -1.0])
            ∂L/∂w[1]₁₀ = ∂L/∂z[1]₁ · ∂z[1]₁/∂w[1]₁₀ = ∂L/∂z[1]₁ · x₁ ≈ 0.723489 · 1 ≈ 0.723489
            Σ ∂L/∂w[1]₁₀ over n = 10 samples ≈ 6.52111
            w[1]₁₀ ← w[1]₁₀ − (η/n) · Σ ≈ 0.15073 − (0.03/10) · 6.52111 ≈ 0.131167
        """
        lines = explaining.lines(self.model, self.graph(point), name)
        if name in self.model.named_parameters():
            lines += explaining.update_lines(self.next_update(name), self._link, name)
        return explaining.Explanation(tuple(lines))

    def next_update(self, name: str) -> explaining.Update:
        """What the next update does to a weight or bias: n, Σ ∂L/∂w, the number before and after it.

        Raises:
            ModelError: an unknown name, or there is no update within an epoch.
        """
        if name not in self.model.named_parameters():
            raise unknown("weight or bias", name, self.model.named_parameters())
        network = self._before_update()
        before = network.copy()
        self._update(network)
        return explaining.Update.of(before, network, [*self.model.named_parameters()].index(name))

    def _row(self, point: int | Sequence[float] | Array | None) -> list[float]:
        """A row x, y, label: of the training points by its place, or as it is given."""
        if point is None or isinstance(point, int):
            place = self.sample if point is None else whole_number(point, "point", 0)
            if place >= len(self.train):
                raise ModelError(f"There are {len(self.train)} training points, and no point {place}. Count from 0.")
            return list(map(float, self.train[place]))
        if len(point) != 3:
            raise ModelError(f"A point is a place in play.train or a row x, y, label, got {len(point)} numbers.")
        if len(self.classes) > 2 and point[2] not in self.classes:
            raise ModelError(f"A point's label is a class from 0 to {len(self.classes) - 1}, got {point[2]}.")
        return list(map(float, point))

    # ── as far as its controls say ────────────────────────────────────────────────────────────────

    def run(self: P, most: int = MOST) -> P:
        """Train epoch by epoch until the stop condition of the controls holds, as the page does that plays.

        Args:
            most: after so many epochs it stops in any case.

        Returns:
            The play itself.

        Raises:
            ModelError: neither stop_epoch nor stop_loss is set. Others: as for `step`.

        Example:
            >>> from nn.playground import new
            >>> new(dataset="gauss", seed="0.5", stop_loss=0.05).run().epoch
            4
        """
        if not (self._link["cg_stopEpoch"] or self._link["cg_stopLoss"]):
            raise ModelError("No stop is set. Write play.change(stop_epoch=100), stop_loss=0.1, or step(until=…).")
        return self.step(most, until=Playground._reached)

    def _reached(self) -> bool:
        epoch, loss = self._link["cg_stopEpoch"], self._link["cg_stopLoss"]
        return bool(0 < epoch <= self.epoch) or (loss > 0 and self.losses.test <= loss)

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
        Another data set, problem or number of classes takes the place of data of your own.
        """
        link = self._link.changed(controls)
        return Playground(link, self.formulas if link["cg_data"] == self._link["cg_data"] else ())

    def redrawn(self) -> Playground:
        """Another play with the same points and other first weights: the next ones of the same random numbers.

        They are those that the Playground's reset draws, as many times as it is pressed.
        """
        return self.again(redraws=self._link["cg_redraws"] + 1)
