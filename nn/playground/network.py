"""The network as plain numbers: forward, backward and the update, in the Playground's order of arithmetic.

`nn`'s own layers begin a sum with the first product and add the bias last; here the bias comes first, and so on. The
results differ in the last place, and after some thousand steps visibly: a link's numbers need this order.

Source: TensorFlow Playground, nn.ts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from nn.playground.functions import Function, Functions

Slope: TypeAlias = Callable[[float], float]


class Activation(NamedTuple):
    """a = f(z), and f′ by a, which all four allow."""

    function: Function
    slope: Slope


def activation(name: str, functions: Functions) -> Activation:
    """An activation by its name; σ without the table's branch for z < 0, which rounds otherwise."""
    exp, tanh = functions.exp, functions.tanh
    return {
        "tanh": Activation(tanh, lambda a: 1.0 - a * a),
        "sigmoid": Activation(lambda z: 1.0 / (1.0 + exp(-z)), lambda a: a * (1.0 - a)),
        "relu": Activation(lambda z: 0.0 if z <= 0 else z, lambda a: 0.0 if a <= 0 else 1.0),
        "linear": Activation(lambda z: z, lambda a: 1.0),
    }[name]


PENALTIES: dict[str | None, Slope] = {  # the slopes of |w| and ½w²
    None: lambda w: 0.0,
    "L1": lambda w: math.copysign(1.0, w) if w else 0.0,
    "L2": lambda w: w,
}


@dataclass
class Neurons:
    """A layer: a row of weights for each neuron, and what their derivatives have added up to since the last update."""

    activation: Activation
    biases: list[float]
    weights: list[list[float]]
    bias_sums: list[float]
    weight_sums: list[list[float]]
    dead: list[list[bool]]

    def copy(self) -> Neurons:
        """The same numbers, of which a change changes nothing here."""
        weights, sums = ([list(row) for row in rows] for rows in (self.weights, self.weight_sums))
        dead = [list(row) for row in self.dead]
        return Neurons(self.activation, list(self.biases), weights, list(self.bias_sums), sums, dead)


@dataclass
class Network:
    """Layers of neurons with one output.

    Attributes:
        layers: the hidden ones and the last.
        count: samples since the last update.
        outputs: of the last sample: its inputs, then each layer's activations.
    """

    layers: list[Neurons]
    count: int = 0
    outputs: list[list[float]] = field(default_factory=list)

    def copy(self) -> Network:
        """The same numbers, of which a change changes nothing here."""
        return Network([layer.copy() for layer in self.layers], self.count)

    @property
    def finite(self) -> bool:
        """Whether all weights and biases are numbers."""
        rows = (row for layer in self.layers for row in (layer.biases, *layer.weights))
        return all(math.isfinite(x) for row in rows for x in row)

    def forward(self, inputs: list[float]) -> float:
        """z = b + Σ wᵢxᵢ, term by term, and a = f(z), layer by layer: the last a."""
        self.outputs = [inputs]
        for layer in self.layers:
            row, f = [], layer.activation.function
            for z, weights in zip(layer.biases, layer.weights, strict=True):
                for w, x in zip(weights, inputs, strict=True):
                    z += w * x
                row.append(f(z))
            self.outputs.append(row)
            inputs = row
        return inputs[0]

    def backward(self, target: float) -> None:
        """Add the last sample's derivatives of ½(o − t)²: δ = ∂L/∂a · f′(z), ∂L/∂b = δ, ∂L/∂w = δ · x."""
        self.count += 1
        gradients = [self.outputs[-1][0] - target]
        for place in range(len(self.layers) - 1, -1, -1):
            layer, inputs, slope = self.layers[place], self.outputs[place], self.layers[place].activation.slope
            deltas = [g * slope(a) for g, a in zip(gradients, self.outputs[place + 1], strict=True)]
            gradients = [0.0] * len(inputs)
            for j, (delta, weights, sums) in enumerate(zip(deltas, layer.weights, layer.weight_sums, strict=True)):
                layer.bias_sums[j] += delta
                layer.weight_sums[j] = [total + delta * x for total, x in zip(sums, inputs, strict=True)]
                gradients = [g + w * delta for g, w in zip(gradients, weights, strict=True)]

    def update(self, rate: float, penalty: str | None, strength: float) -> None:
        """w ← w − (η/n) Σ ∂L/∂w, then − ηλ times the penalty's slope at the old w; biases have no penalty.

        A weight that L1's step takes through 0 stays 0 for ever: it is dead.
        """
        n, slope, kills = self.count, PENALTIES[penalty], penalty == "L1"
        if not n:
            return
        for layer in self.layers:
            layer.biases = [b - rate * total / n for b, total in zip(layer.biases, layer.bias_sums, strict=True)]
            layer.bias_sums = [0.0] * len(layer.biases)
            for weights, sums, dead in zip(layer.weights, layer.weight_sums, layer.dead, strict=True):
                for i, old in enumerate(weights):
                    if not dead[i]:
                        w = old - (rate / n) * sums[i]
                        weights[i] = w - (rate * strength) * slope(old)
                        if kills and w * weights[i] < 0:
                            weights[i], dead[i] = 0.0, True
                    sums[i] = 0.0
        self.count = 0


def build(
    sizes: Sequence[int], hidden: Activation, output: Activation, draw: Callable[[], float], bias: float
) -> Network:
    """A network as it begins.

    Args:
        sizes: how many inputs, and how many neurons in each layer; the last has one.
        hidden, output: the activations.
        draw: gives the weights, neuron by neuron.
        bias: of each neuron.
    """
    layers = []
    for place, (inputs, units) in enumerate(pairwise(sizes), 1):
        weights = [[draw() for _ in range(inputs)] for _ in range(units)]
        f = output if place == len(sizes) - 1 else hidden
        zeros, alive = [[0.0] * inputs for _ in range(units)], [[False] * inputs for _ in range(units)]
        layers.append(Neurons(f, [bias] * units, weights, [0.0] * units, zeros, alive))
    return Network(layers)
