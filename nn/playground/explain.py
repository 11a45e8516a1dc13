"""A number of a play explained: its lines in the words and numbers of `steps`, and the update that comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograd import StepError, Value, ops
from autograd import steps as both_passes
from autograd.language.names import symbol
from autograd.language.numbers import figure
from nn.errors import ModelError, unknown
from nn.playground.clock import Clock
from nn.playground.link import Link
from nn.playground.network import PENALTIES, Network
from nn.training.sequential import MLP

VALUES: dict[
    str, Callable[[Value, Value], Value]
] = {  # the inputs as Values, so that a graph begins with the point itself
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "xSquared": lambda x, y: x**2,
    "ySquared": lambda x, y: y**2,
    "xTimesY": lambda x, y: x * y,
    "sinX": lambda x, y: ops.sin(x),
    "sinY": lambda x, y: ops.sin(y),
}


@dataclass(frozen=True)
class Explanation:
    """Lines of mathematics with numbers; `print` shows them."""

    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__


def graph(model: MLP, inputs: Sequence[str], row: Sequence[float]) -> Value:
    """L = ½(a − y)² of a row x, y, label, made of the model's own parameters."""
    x, y = Value(row[0], "x_1"), Value(row[1], "x_2")
    output = model([VALUES[name](x, y) for name in inputs])[0]
    loss: Value = 0.5 * (output - Value(row[2], "y")) ** 2
    return loss.named("L")


def lines(model: MLP, loss: Value, name: str) -> list[str]:
    """The lines of a neuron, or of a parameter, in both passes of a graph.

    Raises:
        ModelError: an unknown name.
    """
    parameters = model.named_parameters()
    neurons = dict.fromkeys(key.rpartition(".")[0] for key in parameters)
    if name not in parameters and name not in neurons:
        raise unknown("neuron, weight or bias", name, [*neurons, *parameters])
    steps = both_passes(loss, level="named")
    places = []
    for node in [name] if name in parameters else [f"{name}.z", f"{name}.a"]:
        try:
            places += steps.sheet.steps_of(node)
        except StepError:  # a linear neuron has no other node than its sum
            continue
    return [steps[k].unicode for k in sorted(places)]


class Update(NamedTuple):
    """What the next update does to a weight or bias.

    Attributes:
        n: how many samples it has.
        total: Σ ∂L/∂w over them.
        old, new: the number before it and after it.
        dead: whether it is 0 for ever.
    """

    n: int
    total: float
    old: float
    new: float
    dead: bool


def upcoming(
    network: Network, clock: Clock, samples: Sequence[tuple[list[float], float]], time: int, link: Link, name: str
) -> Update:
    """Train a copy up to its next update, and look at one parameter.

    Raises:
        ModelError: there is no update within an epoch.
    """
    network = network.copy()
    if not any(map(clock.updates, clock.ends)):
        raise ModelError(f"No update comes: batch_size={clock.size} is more than an epoch's {clock.samples} samples.")
    while True:
        inputs, label = samples[time % clock.samples]
        network.forward(inputs)
        network.backward(label)
        time += 1
        if clock.updates((time - 1) % clock.samples + 1):
            break
    layer, neuron, part = name.split(".")
    neurons, j = network.layers[int(layer.removeprefix("layer")) - 1], int(neuron.removeprefix("neuron")) - 1
    n, bias = network.count, part == "b"
    i = 0 if bias else int(part[1:])
    total, old = (neurons.bias_sums, neurons.biases) if bias else (neurons.weight_sums[j], neurons.weights[j])
    before = total[j if bias else i], old[j if bias else i]
    network.update(*(link[key] for key in ("learningRate", "regularization", "regularizationRate")))
    new = neurons.biases[j] if bias else neurons.weights[j][i]
    return Update(n, *before, new, not bias and neurons.dead[j][i] and before[1] == 0)


def update_lines(update: Update, link: Link, name: str) -> list[str]:
    """w ← w − (η/n) Σ ∂L/∂w − ηλ · penalty's slope, with numbers."""
    w, penalty = symbol(name), link["regularization"]
    if update.dead:
        return [f"{w} is dead: L1 took it through 0, and it stays 0"]
    rate, strength = _text(link["learningRate"]), _text(link["regularizationRate"])
    formula = f"{w} − (η/n) · Σ"
    numbers = f"{_text(update.old)} − ({rate}/{update.n}) · {_text(update.total, True)}"
    if penalty and not name.endswith(".b"):
        formula += f" − η · λ · {'sign ' * (penalty == 'L1')}{w}"
        numbers += f" − {rate} · {strength} · {_text(PENALTIES[penalty](update.old), True)}"
    sums = f"Σ ∂L/∂{w} over n = {update.n} samples ≈ {_text(update.total)}"
    return [sums, f"{w} ← {formula} ≈ {numbers} ≈ {_text(update.new)}"]


def _text(x: float, inside: bool = False) -> str:
    """A number as the steps write it; behind a sign a negative one stands in parentheses."""
    text = figure(x)[0]
    return f"({text})" if inside and x < 0 else text
