"""The network as plain numbers: forward, backward and the update, in the Playground's order of arithmetic.

`nn`'s own layers begin a sum with the first product and add the bias last; here the bias comes first, and so on. The
results differ in the last place, and after some thousand steps visibly: a link's numbers need this order.

Source: TensorFlow Playground, nn.ts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np

from nn.playground.activations import Activation
from nn.playground.losses import Loss
from nn.playground.updates import PENALTIES, Rule


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
class Passed:
    """What a layer made of the last sample: z, a, and a as the next layer sees it, after dropout."""

    sums: list[float]
    activations: list[float]
    outputs: list[float]


@dataclass
class Network:
    """Layers of neurons, a loss behind them, and what changes the weights.

    Attributes:
        layers: the hidden ones and the last.
        loss: of the last layer's outputs.
        rule: an optimiser of nn's with its averages; None for plain gradient descent.
        count: samples since the last update.
        inputs, masks, passed: of the last sample its inputs, dropout's factors, and what each layer made of it.
    """

    layers: list[Neurons]
    loss: Loss
    rule: Rule | None = None
    count: int = 0
    inputs: list[float] = field(default_factory=list)
    masks: Sequence[list[float]] = ()
    passed: list[Passed] = field(default_factory=list)

    def copy(self) -> Network:
        """The same numbers, of which a change changes nothing here."""
        rule = self.rule.copy() if self.rule else None
        return Network([layer.copy() for layer in self.layers], self.loss, rule, self.count)

    @property
    def sizes(self) -> list[int]:
        """How many inputs, and how many neurons in each layer."""
        return [len(self.layers[0].weights[0]), *(len(layer.biases) for layer in self.layers)]

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(len(row) + 1 for layer in self.layers for row in layer.weights)

    @property
    def finite(self) -> bool:
        """Whether all weights and biases are numbers."""
        rows = (row for layer in self.layers for row in (layer.biases, *layer.weights))
        return all(math.isfinite(x) for row in rows for x in row)

    def forward(self, inputs: list[float], masks: Sequence[list[float]] = ()) -> list[float]:
        """z = b + Σ wᵢxᵢ, term by term, and a = f(z), layer by layer: the last ones; factors of dropout behind a."""
        self.inputs, self.masks, self.passed = inputs, masks, []
        for place, layer in enumerate(self.layers):
            sums, f = [], layer.activation.function
            for z, weights in zip(layer.biases, layer.weights, strict=True):
                for w, x in zip(weights, inputs, strict=True):
                    z += w * x
                sums.append(z)
            activations = inputs = [f(z) for z in sums]
            if place < len(masks):
                inputs = [a * m for a, m in zip(activations, masks[place], strict=True)]
            self.passed.append(Passed(sums, activations, inputs))
        return inputs

    def backward(self, target: float) -> None:
        """Add the last sample's derivatives of the loss: δ = ∂L/∂a · f′(z), ∂L/∂b = δ, ∂L/∂w = δ · x."""
        self.count += 1
        gradients = self.loss.slopes(self.passed[-1].outputs, target)
        for place in range(len(self.layers) - 1, -1, -1):
            layer, own, slope = self.layers[place], self.passed[place], self.layers[place].activation.slope
            if place < len(self.masks):
                gradients = [g * m for g, m in zip(gradients, self.masks[place], strict=True)]
            deltas = [g * slope(z, a) for g, z, a in zip(gradients, own.sums, own.activations, strict=True)]
            inputs = self.passed[place - 1].outputs if place else self.inputs
            gradients = [0.0] * len(inputs)
            for j, (delta, weights, sums) in enumerate(zip(deltas, layer.weights, layer.weight_sums, strict=True)):
                layer.bias_sums[j] += delta
                layer.weight_sums[j] = [total + delta * x for total, x in zip(sums, inputs, strict=True)]
                gradients = [g + w * delta for g, w in zip(gradients, weights, strict=True)]

    def update(self, rate: float, penalty: str | None, strength: float) -> None:
        """An update along the means of the derivatives, then − ηλ times the penalty's slope at the old w."""
        if not self.count:
            return
        before = [[list(row) for row in layer.weights] for layer in self.layers]
        if self.rule:
            self._follow(self.rule, rate, self.count)
        else:
            self._descend(rate, self.count)
        if penalty:
            for layer, old in zip(self.layers, before, strict=True):
                _shrink(layer, old, penalty, rate * strength)
        for layer in self.layers:
            layer.bias_sums = [0.0] * len(layer.biases)
            layer.weight_sums = [[0.0] * len(row) for row in layer.weights]
        self.count = 0

    def _descend(self, rate: float, n: int) -> None:
        """w ← w − (η/n) Σ ∂L/∂w, b ← b − η Σ ∂L/∂b / n."""
        for layer in self.layers:
            layer.biases = [b - rate * total / n for b, total in zip(layer.biases, layer.bias_sums, strict=True)]
            for weights, sums, dead in zip(layer.weights, layer.weight_sums, layer.dead, strict=True):
                for i, total in enumerate(sums):
                    if not dead[i]:
                        weights[i] -= (rate / n) * total

    def _follow(self, rule: Rule, rate: float, n: int) -> None:
        """A step of an optimiser along the means; weights that L1 has killed stay 0."""
        p = np.array(list(chain(*(flat(layer.weights, layer.biases) for layer in self.layers))))
        g = np.array(list(chain(*(flat(layer.weight_sums, layer.bias_sums) for layer in self.layers)))) / n
        rule.step(p, g, rate)
        numbers = iter(p.tolist())
        for layer in self.layers:
            for j, dead in enumerate(layer.dead):
                layer.weights[j] = [w * (not killed) for killed, w in zip(dead, numbers, strict=False)]
                layer.biases[j] = next(numbers)


def flat(weights: list[list[float]], biases: list[float]) -> Iterator[float]:
    """Of each neuron the weights, then the bias."""
    for row, b in zip(weights, biases, strict=True):
        yield from (*row, b)


def _shrink(layer: Neurons, before: list[list[float]], penalty: str, step: float) -> None:
    """A penalty's step; biases have none. A weight that L1's step takes through 0 stays 0 for ever: it is dead."""
    slope, kills = PENALTIES[penalty], penalty == "L1"
    for weights, dead, old in zip(layer.weights, layer.dead, before, strict=True):
        for i, w in enumerate(weights):
            if not dead[i]:
                weights[i] = w - step * slope(old[i])
                if kills and w * weights[i] < 0:
                    weights[i], dead[i] = 0.0, True


def build(
    sizes: Sequence[int], activations: Sequence[Activation], loss: Loss, draw: Callable[[], float], bias: float
) -> Network:
    """A network as it begins.

    Args:
        sizes: how many inputs, and how many neurons in each layer.
        activations: of each layer.
        loss: of the last layer.
        draw: gives the weights, neuron by neuron.
        bias: of each neuron.
    """
    layers = []
    for (inputs, units), f in zip(pairwise(sizes), activations, strict=True):
        weights = [[draw() for _ in range(inputs)] for _ in range(units)]
        zeros, alive = [[0.0] * inputs for _ in range(units)], [[False] * inputs for _ in range(units)]
        layers.append(Neurons(f, [bias] * units, weights, [0.0] * units, zeros, alive))
    return Network(layers, loss)
