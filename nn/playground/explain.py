"""A number of a play explained: its lines in the words and numbers of `steps`, and the update that comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from autograd import StepError, Value, ops
from autograd import steps as both_passes
from autograd.language.formula import chain
from autograd.language.names import symbol
from autograd.language.numbers import figure
from nn.dense import Layer
from nn.errors import unknown
from nn.optimizers import OPTIMIZERS, words
from nn.playground import formulas
from nn.playground.link import Link
from nn.playground.losses import CLASSES, one_hot
from nn.playground.network import Network, flat
from nn.playground.updates import PENALTIES, PLAIN, averages
from nn.training.sequential import Sequential

NEW = "new"  # what a parameter is called after an optimiser's step, in front of its formula

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


def graph(model: Sequential, link: Link, row: Sequence[float], factors: Sequence[Sequence[float]] = ()) -> Value:
    """The loss of a row x, y, label, made of the model's own parameters; with dropout's factors of hidden layers."""
    x, y = Value(row[0], "x_1"), Value(row[1], "x_2")
    units: list[Any] = [VALUES[name](x, y) if name in VALUES else formulas.graph(name, x, y) for name in link.inputs]
    *hidden, last = model.layers
    for place, layer in enumerate(hidden):
        units = list(layer(units))
        if factors:
            units = [a * m for a, m in zip(units, factors[place], strict=True)]
    if len(link.classes) > 2:
        assert isinstance(last, Layer)
        sums = [neuron.fire(units) for neuron in last.neurons]
        loss = CLASSES(one_hot(row[2], len(sums)), sums)  # type: ignore[arg-type]
    else:
        loss = 0.5 * (last(units)[0] - Value(row[2], "y")) ** 2
    return loss.named("L")


def lines(model: Sequential, loss: Value, name: str) -> list[str]:
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
        steps: how many updates an optimiser made before.
        averages: what it remembered before, by name.
    """

    n: int
    total: float
    old: float
    new: float
    dead: bool
    steps: int
    averages: dict[str, float]

    @classmethod
    def of(cls, before: Network, after: Network, place: int) -> Update:
        """The difference that an update made to a parameter, by its place in the order of the model."""
        rule = before.rule

        def at(network: Network, weights: str, biases: str) -> float:
            pairs = (flat(getattr(layer, weights), getattr(layer, biases)) for layer in network.layers)
            return [x for pair in pairs for x in pair][place]

        return cls(
            before.count,
            at(before, "weight_sums", "bias_sums"),
            at(before, "weights", "biases"),
            at(after, "weights", "biases"),
            [flag for layer in before.layers for row in layer.dead for flag in (*row, False)][place],
            rule.state.steps if rule else 0,
            {name: float(rule.state.slots[name][place]) for name in averages(rule)} if rule else {},
        )


def update_lines(update: Update, link: Link, name: str) -> list[str]:
    """w ← w − (η/n) Σ ∂L/∂w − ηλ · penalty's slope, with numbers."""
    w, penalty = symbol(name), link["regularization"]
    if update.dead:
        return [f"{w} is dead: L1 took it through 0, and it stays 0"]
    lines = [chain(f"Σ ∂L/∂{w} over n = {update.n} samples", _text(update.total))]
    rate, strength = _text(link["learningRate"]), _text(link["regularizationRate"])
    formula, numbers = f"{w} − (η/n) · Σ", f"{_text(update.old)} − ({rate}/{update.n}) · {_text(update.total, True)}"
    shrinks = penalty and not name.endswith(".b")
    if link["cg_optimizer"] != PLAIN:
        rule, stepped = _rule_lines(update, link, name)
        lines += rule
        if not shrinks:
            return lines
        formula, numbers = w, _text(stepped)
    if shrinks:
        formula += f" − η · λ · {'sign ' * (penalty == 'L1')}{w}"
        numbers += f" − {rate} · {strength} · {_text(PENALTIES[penalty](update.old), True)}"
    return [*lines, f"{w} ← {formula} ≈ {numbers} ≈ {_text(update.new)}"]


def _rule_lines(update: Update, link: Link, name: str) -> tuple[list[str], float]:
    """The optimiser's rule at these numbers, in the words of `steps`, and what it makes of the parameter."""
    optimizer = OPTIMIZERS[link["cg_optimizer"]]()
    g = update.total / update.n
    known = words.arguments(optimizer) | {"p": update.old, "g": g, "rate": float(link["learningRate"])}
    known |= {"steps": float(update.steps)} | {f"slots.{slot}": x for slot, x in update.averages.items()}

    def word(part: str) -> Value:
        own = part.rpartition(".")[2]
        called = {"p": name, "rate": "η", "steps": "k", "momentum": "μ", "weight_decay": "λ"}.get(own, own)
        return Value(known.get(part, 0.0), f"{own}_0" if "." in part else called)

    stepped, slots = words.step(optimizer, word)
    for slot, value in slots.items():
        if value.op:
            value.named(f"{slot}_1")
    stepped.named(NEW)
    told = [both_passes(value, level="named") for value in (stepped, *slots.values()) if value.op]
    lines = dict.fromkeys(step.unicode for steps in told for step in steps if step.phase == "forward")
    return [chain("g", "Σ/n", _text(g)), *(line.replace(f"{NEW} =", f"{symbol(name)} ←", 1) for line in lines)], float(
        stepped.data
    )


def _text(x: float, inside: bool = False) -> str:
    """A number as the steps write it; behind a sign a negative one stands in parentheses."""
    text = figure(x)[0]
    return f"({text})" if inside and x < 0 else text
