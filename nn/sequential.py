"""Layers one after another, with Keras' front: add, compile, fit, evaluate, predict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import Value
from nn import initializers
from nn.errors import ModelError
from nn.layers import Dense
from nn.module import Module, whole_number
from nn.portable import Portable


class Sequential(Portable, Module):
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

    def __init__(self, layers: Iterable[Module] = (), name: str = "", rng: Any = None) -> None:
        self.layers: list[Module] = []
        self.name = name
        self.rng = initializers.generator(rng)
        for layer in layers:
            self.add(layer)

    def add(self, layer: Module) -> None:
        """Put a layer behind the others.

        Raises:
            ModelError: it is no layer, is there already, or has another's name.
            ShapeError: it takes another number of inputs than the layer before it gives.
        """
        if not isinstance(layer, Module):
            raise ModelError(f"A layer must be a Module, as Dense(3), got {layer!r}. Make a layer of it.")
        if any(layer is other for other in self.layers):
            raise ModelError(f"{layer!r} is in the model already. Make a new layer.")
        layer.name = layer.name or f"layer{len(self.layers) + 1}"
        if layer.name in self.children():
            raise ModelError(f"The model has a layer {layer.name!r} already. Give another name.")
        self.layers.append(layer)
        first = self.layers[0].inputs
        if first is not None:
            try:
                self.build(first)
            except Exception:
                self.layers.pop()
                raise

    def build(self, inputs: int, rng: Any = None) -> None:
        """Build the layers one by one, each with the units of the one before it."""
        self._settle(inputs)
        width = inputs
        for layer in self.layers:
            layer.build(width, self.rng if rng is None else rng)
            assert layer.units is not None
            width = layer.units
        self.inputs, self.units = inputs, width
        self.label()

    def children(self) -> dict[str, Module]:
        return {layer.name: layer for layer in self.layers}

    def __call__(self, x: Sequence[Any], training: bool = False) -> list[Value]:
        """The outputs for one sample: always a list."""
        row = self._row(x)
        for layer in self._some_layers():
            row = layer(row, training)
        return row

    def batch(self, rows: Sequence[Sequence[Any]], training: bool = False) -> list[list[Value]]:
        """The outputs for each of some samples; in training, batch normalisation takes its statistics from them."""
        found = [self._row(x) for x in rows]
        for layer in self._some_layers():
            found = layer.batch(found, training)
        return found

    def _some_layers(self) -> list[Module]:
        if not self.layers:
            raise ModelError("The model has no layers. Add one, as model.add(Dense(1, input_dim=2)).")
        return self.layers

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
        activation: Any = "relu",
        output: Any = "linear",
        rng: Any = None,
        name: str = "",
        **others: Any,
    ) -> None:
        if not isinstance(units, list | tuple) or not units:
            raise ModelError(f"units must list the sizes of the layers, got {units!r}. Give [16, 16, 1], say.")
        functions = [activation] * (len(units) - 1) + [output]
        super().__init__([Dense(n, None, f, **others) for n, f in zip(units, functions, strict=True)], name, rng)
        self.build(whole_number(inputs, "inputs"))
