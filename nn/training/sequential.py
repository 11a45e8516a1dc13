"""Layers one after another, trained as Keras' users do: add, compile, fit, evaluate, predict, save."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import Value
from autograd.errors import shown
from nn import activations, initializers
from nn.arguments import checked
from nn.dense import Dense, Input
from nn.errors import ModelError, unknown
from nn.export import saving
from nn.export.libraries import to_jax, to_keras, to_torch
from nn.module import Module, listed, whole_number
from nn.outputs import Outputs
from nn.training.fitting import Trainable
from nn.training.summary import table
from nn.types import Sample, Seed


class Sequential(Trainable):
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
    save_weights = saving.save_weights
    load_weights = saving.load_weights
    to_json = saving.description
    to_torch = to_torch
    to_keras = to_keras
    to_jax = to_jax

    def __init__(self, layers: Iterable[Module | Input] = (), name: str = "", rng: Seed = None) -> None:
        self.layers: list[Module] = []
        self.name = name
        self.rng = initializers.generator(rng)
        if not isinstance(layers, Iterable):
            raise ModelError(f"The layers must be a list, got {shown(layers)}. Write Sequential([Dense(1)]).")
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

    def pop(self) -> Module:
        """Take the last layer away, and return it.

        Raises:
            ModelError: there is none.
        """
        if not self.layers:
            raise ModelError("The model has no layers to pop. Add one: model.add(Dense(1, input_dim=2)).")
        *layers, last = self.layers
        if last.name == f"layer{len(self.layers)}":
            last.name = ""  # its place in a model, which it may get another of
        self.layers, self._predictor = layers, None
        if self.units is not None:
            self.units = (layers[-1].units if layers else None) or self.inputs
        return last

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

    def __call__(self, x: Sample, training: bool = False) -> Outputs:
        """The outputs for one sample: always a list, which of one unit can be used as the Value that it holds."""
        outputs: Any = self._row(x)
        for layer in self._some_layers():
            outputs = layer(outputs, training)
        return Outputs(outputs)

    def batch(self, rows: Sequence[Sample], training: bool = False) -> list[list[Value]]:
        """The outputs for each of some samples; in training, batch normalisation takes its statistics from them."""
        outputs: Any = [self._row(x) for x in listed(rows, "The batch")]
        for layer in self._some_layers():
            outputs = layer.batch(outputs, training)
        return outputs  # type: ignore[no-any-return]

    def _some_layers(self) -> list[Module]:
        if not self.layers:
            raise ModelError("The model has no layers. Add one: model.add(Dense(1, input_dim=2)).")
        return self.layers

    # ── looking at it ─────────────────────────────────────────────────────────────────────────────

    @checked
    def get_layer(self, name: str | None = None, index: int | None = None) -> Module:
        """A layer by its name, such as "layer1", or by its place from 0.

        Raises:
            ModelError: neither or both of them, or no such layer.

        Example:
            >>> MLP(2, [3, 1]).get_layer("layer2")
            Dense(1, input_dim=3, activation='linear')
        """
        if (name is None) == (index is None):
            raise ModelError("get_layer needs a name or an index. Write get_layer('layer1') or get_layer(index=0).")
        if index is None:
            if name not in self.children():
                raise unknown("layer", name, self.children())
            return self.children()[str(name)]
        if whole_number(index, "index", -len(self.layers)) >= len(self.layers):
            raise ModelError(f"The model has {len(self.layers)} layers, and no index {index}. Count them from 0.")
        return self.layers[index]

    @checked
    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], object] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print the layers as Keras does: what each gives, and how many numbers it holds; a number is a double.

        Args:
            line_length: how wide the table is, by default 88 characters, or what the terminal has.
            positions: where the columns end, as shares of the width, by default [0.45, 0.8, 1.0].
            print_fn: what gets the text, in place of print.
            expand_nested: whether the layers of models inside have rows.
            show_trainable: whether a column says which layers are trained.
            layer_range: the names of the first and the last layer to show, or patterns of them.

        Raises:
            ModelError: no room for the columns, or no such layers.

        Example:
            >>> MLP(2, [3, 1], activation="tanh").summary(line_length=60)
            Model: "mlp"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┓
            ┃ Layer (type)             ┃ Output Shape      ┃   Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━┩
            │ layer1 (Dense)           │ (None, 3)         │         9 │
            ├──────────────────────────┼───────────────────┼───────────┤
            │ layer2 (Dense)           │ (None, 1)         │         4 │
            └──────────────────────────┴───────────────────┴───────────┘
             Total params: 13 (104.00 B)
             Trainable params: 13 (104.00 B)
             Non-trainable params: 0 (0.00 B)
        """
        text = table(self, line_length, positions, expand_nested, show_trainable, layer_range)
        if print_fn is None:
            print(text, end="")
        else:
            print_fn(text)

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


def model_from_json(json_string: str, rng: Seed = None) -> Sequential:
    """The model that `Sequential.to_json` described: its layers, with weights of their own; compile it to train it.

    Args:
        json_string: the text, from whomever: nothing in it is run.
        rng: a seed or generator for the weights, and for what is random in training.

    Raises:
        ModelError: the text does not describe a model.
    """
    generator = initializers.generator(rng)
    return saving.parsed(json_string, lambda layers, name: Sequential(layers, name, generator), generator)
