"""Layers one after another, trained as Keras' users do: add, compile, fit, evaluate, predict, save."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

from autograd import Value
from autograd.characters import printable
from nn import activations, initializers
from nn.dense import Dense, Input
from nn.errors import ModelError
from nn.export import saving
from nn.export.libraries import to_jax, to_keras, to_torch
from nn.module import Module, whole_number
from nn.training.callbacks import History, Record, listeners
from nn.training.data import columns, examples, samples, split
from nn.training.fitness import learnable, sensible
from nn.training.loop import Trainer
from nn.training.model import Model
from nn.types import ArrayLike, Sample, Seed

Callback = Callable[[Record], object]


class Table(str):
    """Text that a REPL or a notebook shows as it is printed."""

    def __repr__(self) -> str:
        return str(self)


class Sequential(Model):
    """A model whose layers are applied one after another.

    Args:
        layers: the layers in their order; more come by `add`.
        name: its name.
        rng: a seed or generator: all of its randomness, in weights, shuffling and dropout, comes from there.

    Attributes:
        layers: the list of them.

    Example:
        >>> model = Sequential([Dense(3, input_dim=2, activation="sigmoid"), Dense(1)], rng=0)
        >>> len(model([1.0, 2.0])), model.count
        (1, 13)
        >>> list(model.named_parameters())[:3]
        ['layer1.neuron1.w0', 'layer1.neuron1.w1', 'layer1.neuron1.b']
    """

    save = saving.save  # ways out of here: functions of a model, each documented where it stands
    to_torch = to_torch
    to_keras = to_keras
    to_jax = to_jax

    def __init__(self, layers: Iterable[Module | Input] = (), name: str = "", rng: Seed = None) -> None:
        self.layers: list[Module] = []
        self.name = name
        self.rng = initializers.generator(rng)
        for layer in layers:
            self.add(layer)

    def add(self, layer: Module | Input) -> None:
        """Put a layer behind the others; `Input(shape=(2,))` before them says what the model takes.

        Raises:
            ModelError: it is not a layer, is in the model already, or has another layer's name.
            ShapeError: it takes another number of inputs than the layer before it gives.
        """
        if isinstance(layer, Input):
            if self.layers:
                raise ModelError("An Input comes before the layers. Add it to an empty model.")
            self.inputs = layer.shape[0]
            return
        if not isinstance(layer, Module):
            raise ModelError(f"A layer must be a Module such as Dense(3), got {layer!r}. Wrap it in one.")
        if any(layer is other for other in self.layers):
            raise ModelError(f"The model already has {layer!r}. Make a new layer.")
        layer.name = layer.name or f"layer{len(self.layers) + 1}"
        if layer.name in self.children():
            raise ModelError(f"The model already has a layer named {layer.name!r}. Give another name.")
        layers = [*self.layers, layer]
        first = layers[0].inputs if self.inputs is None else self.inputs
        if first is None:
            self.layers = layers
        else:
            self._build(layers, first, self.rng)

    def build(self, inputs: int, rng: Seed = None) -> None:
        """Build the layers one by one, each with the units of the one before it."""
        self._build(self.layers, inputs, self.rng if rng is None else rng)

    def _build(self, layers: list[Module], inputs: int, rng: Seed) -> None:
        self._settle(inputs)
        width = inputs
        for layer in layers:
            layer.build(width, rng)
            layer.label(f"{layer.name}.")
            width = layer.units or width
        # last, and at once: whatever a layer raises before, Ctrl-C too, leaves the model as it was
        self.layers, self.inputs, self.units, self._predictor = layers, inputs, width, None

    def children(self) -> dict[str, Module]:
        return {layer.name: layer for layer in self.layers}

    def __call__(self, x: Sample, training: bool = False) -> list[Value]:
        """The outputs for one sample: always a list."""
        outputs: Any = self._row(x)
        for layer in self._some_layers():
            outputs = layer(outputs, training)
        return outputs  # type: ignore[no-any-return]

    def batch(self, rows: Sequence[Sample], training: bool = False) -> list[list[Value]]:
        """The outputs for each of some samples; in training, batch normalisation takes its statistics from them."""
        outputs: Any = [self._row(x) for x in rows]
        for layer in self._some_layers():
            outputs = layer.batch(outputs, training)
        return outputs  # type: ignore[no-any-return]

    def _some_layers(self) -> list[Module]:
        if not self.layers:
            raise ModelError("The model has no layers. Add one: model.add(Dense(1, input_dim=2)).")
        return self.layers

    # ── Keras' front ──────────────────────────────────────────────────────────────────────────────

    def fit(
        self,
        x: ArrayLike,
        y: ArrayLike,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = "auto",
        callbacks: Callback | Sequence[Callback] = (),
        validation_split: float = 0.0,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        shuffle: bool = True,
        rng: Seed = None,
    ) -> History:
        """Train: for each epoch, for each batch of examples a step along the gradient of their mean loss.

        Ctrl-C ends it early: the weights stay, and the history says "interrupted".

        Args:
            x: inputs (n, inputs), finite.
            y: targets (n,) or (n, units), as the loss needs them.
            batch_size: examples a step, at most n; by default 32, or all if there are fewer.
            epochs: how often all examples are gone through.
            verbose: 0 nothing, 1 a progress bar (extra `progress`), 2 a line an epoch; "auto" the bar in a
                terminal, if it is installed.
            callbacks: one or a list; each gets every epoch's `Record`. If it returns a reason (a text that is not
                empty), training ends. `EarlyStopping()` is one.
            validation_split: the share of rows, the last ones, that is only measured.
            validation_data: a pair (x, y) to measure instead.
            shuffle: whether each epoch has its own order.
            rng: a seed or generator for order and dropout; by default the model's own.

        Warns:
            ModelWarning: the outputs can hardly be meant for this loss, or never reach the targets.

        Returns:
            A `History`; its `history["loss"]` has an entry for each epoch.

        Raises:
            ModelError: not compiled, nothing to train, or nothing that can be learned (softmax of one unit).
            ShapeError, DataError: poor data.
            DivergenceError: the loss became inf or nan; the weights are those before that step.

        Example:
            >>> model = Sequential([Dense(1, input_dim=1)], rng=0)
            >>> model.compile("sgd", loss="mse")
            >>> history = model.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0], epochs=500)
            >>> history.history["loss"][-1] < 1e-3
            True
        """
        callbacks = [callbacks] if callable(callbacks) else list(callbacks or ())
        listening = [*callbacks, *listeners(verbose, epochs)]
        for listener in listening:
            getattr(listener, "start", int)()
        records = self.train(
            x, y, batch_size, epochs, validation_split, validation_data, shuffle, rng, watched=bool(callbacks)
        )
        history = History()
        try:
            for record in records:
                history.add(record)
                reasons = [listener(record) for listener in listening]
                history.stopped = "; ".join(str(reason) for reason in reasons if reason)
                if history.stopped:
                    break
        except KeyboardInterrupt:
            history.stopped = "interrupted"
        finally:
            records.close()
            for listener in listening:
                getattr(listener, "finish", bool)(self)
        return history

    def train(
        self,
        x: ArrayLike,
        y: ArrayLike,
        batch_size: int | None = None,
        epochs: int = 1,
        validation_split: float = 0.0,
        validation_data: tuple[ArrayLike, ArrayLike] | None = None,
        shuffle: bool = True,
        rng: Seed = None,
        watched: bool = True,
    ) -> Generator[Record, None, None]:
        """What `fit` is made of: an iterator of one `Record` an epoch. Leave it when you have seen enough.

        Args:
            watched: whether the model's Values have the new weights at each record, not only at the end.
            others: as for `fit`.

        Example:
            >>> model = Sequential([Dense(1, input_dim=1)], rng=0)
            >>> model.compile("sgd", loss="mse")
            >>> for record in model.train([[0.0], [1.0]], [1.0, 3.0], epochs=1000):
            ...     if record.logs["loss"] < 0.1:
            ...         break
            >>> record.epoch < 1000
            True
        """
        x = samples(self, x)
        learnable(self.layers, self.loss)
        rows = examples(self, self.loss, x, y)
        sensible(self.layers, self.loss, columns(self, rows)[1])
        rows, validation = split(rows, validation_split)
        if validation_data is not None:
            if not isinstance(validation_data, list | tuple) or len(validation_data) != 2:
                raise ModelError("validation_data must be a pair (x, y). Give two arrays.")
            validation = examples(self, self.loss, *validation_data, "validation ")
        generator = self.rng if rng is None else initializers.generator(rng)
        trainer = Trainer(self, rows, validation if len(validation) else None, batch_size, shuffle, generator)
        return trainer.epochs(whole_number(epochs, "epochs"), watched)

    # ── looking at it ─────────────────────────────────────────────────────────────────────────────

    def summary(self) -> Table:
        """The layers as a table: what each gives, and how many numbers it holds; in a script, print it.

        Example:
            >>> MLP(2, [3, 1], activation="tanh").summary()
            layer   kind   activation  units  parameters
            layer1  Dense  tanh            3           9
            layer2  Dense  linear          1           4
            13 parameters, 13 trained
        """
        head = ("layer", "kind", "activation", "units", "parameters")
        rows = [
            (printable(x.name), type(x).__name__, getattr(x, "activation", ""), str(x.units or "?"), str(x.count))
            for x in self.layers
        ]
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        left, right = "  ".join(f"{{:<{width}}}" for width in widths[:3]), [f"{{:>{width}}}" for width in widths[3:]]
        lines = ["  ".join([left, *right]).format(*row) for row in (head, *rows)]
        return Table("\n".join([*lines, f"{self.count} parameters, {len(self.trained())} trained"]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}([{', '.join(map(repr, self.layers))}])"


class MLP(Sequential):
    """A multilayer perceptron: dense layers, hidden ones with an activation, the last one linear unless said.

    Args:
        inputs: how many numbers it takes.
        units: how many neurons each layer has; the last ones are the outputs.
        activation: of hidden layers.
        output: of the last layer.
        rng: a seed or generator for weights, shuffling and dropout.
        others: for every layer, as for `Layer`.

    Example:
        >>> MLP(2, [16, 16, 1], activation="relu", rng=0).count
        337
    """

    def __init__(
        self,
        inputs: int,
        units: Sequence[int],
        activation: activations.ActivationLike = "relu",
        output: activations.ActivationLike = "linear",
        rng: Seed = None,
        name: str = "",
        **others: Any,
    ) -> None:
        if not isinstance(units, list | tuple) or not units:
            raise ModelError(
                f"units must list the sizes of the layers, got {units!r}. Give a list such as [16, 16, 1]."
            )
        functions = [activation] * (len(units) - 1) + [output]
        super().__init__([Dense(n, None, f, **others) for n, f in zip(units, functions, strict=True)], name, rng)
        self.build(whole_number(inputs, "inputs"))


def load(path: str | os.PathLike[str], rng: Seed = None) -> Sequential:
    """The model that `Sequential.save` wrote: its layers and weights; compile it anew to train it.

    Nothing in the file is run, whoever made it.

    Args:
        path: the file.
        rng: a seed or generator for what is random in training it further.

    Raises:
        FileError: the file cannot be read, is damaged, or is not such a model.
    """
    return saving.read(path, lambda layers, name: Sequential(layers, name, rng))
