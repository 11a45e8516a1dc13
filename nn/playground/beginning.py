"""How a play begins: of a link's random numbers first the points, then their order, then the weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from nn.dense import Dense
from nn.errors import ModelError
from nn.playground import formulas, points
from nn.playground.activations import activation
from nn.playground.functions import FUNCTIONS, Functions
from nn.playground.link import Link
from nn.playground.losses import CROSS_ENTROPY, SQUARE
from nn.playground.network import Network, build
from nn.playground.points import Draw, Point
from nn.playground.updates import rule
from nn.training.sequential import Sequential

Random: TypeAlias = Callable[[], float]
Sample: TypeAlias = tuple[list[float], float]  # a network's inputs, and the label


def drawn_points(link: Link, random: Random) -> tuple[list[Point], list[Point]]:
    """The training points and the test points.

    Raises:
        ModelError: there is none to train with; points of your own have a label that is no class.
    """
    made = _own_points(link) if link["cg_data"] else _drawn(link, Draw(random, link["noise"] / 100, functions_of(link)))
    points.shuffle(made, random)
    first = int(len(made) * link["percTrainData"] / 100)
    if not first:
        raise ModelError(f"percTrainData={link['percTrainData']} leaves no point to train with. Try 50.")
    return made[:first], made[first:]


def _drawn(link: Link, draw: Draw) -> list[Point]:
    size, k = points.SIZES[link["problem"]], len(link.classes)
    if not k:
        return points.REGRESSION[link["regDataset"]](size, draw)
    if k == 2:
        return points.CLASSIFICATION[link["dataset"]](size, draw)
    return points.MANY[link["dataset"]](size, k, draw)


def _own_points(link: Link) -> list[Point]:
    for place, (_, _, label) in enumerate(link["cg_data"]):
        if link.classes and label not in link.classes:
            legal = ", ".join(f"{label:g}" for label in link.classes)
            raise ModelError(
                f"cg_data has label {label:g} in row {place}. Choose one of {legal}, set cg_classes, "
                "or problem=regression."
            )
    return list(link["cg_data"])


def samples(link: Link, some: Sequence[Point]) -> list[Sample]:
    """What the network sees of points.

    Raises:
        ModelError: a formula has no value at a point.
    """
    functions = functions_of(link)

    def column(name: str) -> list[float]:
        if name not in points.INPUTS:
            return formulas.values(name, some)
        return [float(points.INPUTS[name](x, y, functions)) for x, y, _ in some]

    columns = [column(name) for name in link.inputs]
    return [([numbers[k] for numbers in columns], label) for k, (_, _, label) in enumerate(some)]


def first_network(link: Link, random: Random) -> Network:
    """The network with its first weights; as many times as they were drawn anew, the random numbers go on.

    Raises:
        ModelError: it has no input.
    """
    if not link.inputs:
        raise ModelError("The network has no input. Choose one of them, such as x=true.")
    zero, outputs = link["initZero"], outputs_of(link)

    def draw() -> float:
        w = random() - 0.5
        return 0.0 if zero else w

    last = "tanh" if len(link.classes) == 2 else "linear"
    functions = [activation(name, functions_of(link)) for name in (*hidden(link), last)]
    for _ in range(int(link["cg_redraws"]) + 1):
        network = build(
            (len(link.inputs), *link["networkShape"], outputs),
            functions,
            CROSS_ENTROPY if outputs > 1 else SQUARE,
            draw,
            0.0 if zero else 0.1,
        )
    network.rule = rule(link["cg_optimizer"], network.parameters)
    return network


def hidden(link: Link) -> list[str]:
    """The activations of the hidden layers: each layer's own, or that of all."""
    own = link["cg_activations"]
    return [own[k] if k < len(own) and own[k] else link["activation"] for k in range(len(link["networkShape"]))]


def outputs_of(link: Link) -> int:
    """How many outputs the network has: one for each class from three on."""
    return len(link.classes) if len(link.classes) > 2 else 1


def model(link: Link) -> Sequential:
    """The network's shape and activations as a model of `nn`; of more than two classes it gives the probabilities."""
    output = {0: "linear", 2: "tanh"}.get(len(link.classes), "softmax")
    sizes = (*link["networkShape"], outputs_of(link))
    made = Sequential([Dense(n, None, f) for n, f in zip(sizes, (*hidden(link), output), strict=True)], "playground", 0)
    made.build(len(link.inputs))
    return made


def functions_of(link: Link) -> Functions:
    """Whose sine and so on."""
    return FUNCTIONS[link["cg_functions"]]
