"""How a play begins: of a link's random numbers first the points, then their order, then the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from nn.errors import ModelError
from nn.playground import points
from nn.playground.functions import FUNCTIONS, Functions
from nn.playground.link import Link
from nn.playground.network import Network, activation, build
from nn.playground.points import Draw, Point
from nn.training.sequential import MLP

Random: TypeAlias = Callable[[], float]
Sample: TypeAlias = tuple[list[float], float]  # a network's inputs, and the label


def drawn_points(link: Link, random: Random) -> tuple[list[Point], list[Point]]:
    """The training points and the test points.

    Raises:
        ModelError: there is none to train with.
    """
    name, makers = link["dataset"], points.CLASSIFICATION
    if link["problem"] != "classification":
        name, makers = link["regDataset"], points.REGRESSION
    draw = Draw(random, link["noise"] / 100, functions_of(link))
    made = makers[name](points.SIZES[link["problem"]], draw)
    points.shuffle(made, random)
    first = int(len(made) * link["percTrainData"] / 100)
    if not first:
        raise ModelError(f"percTrainData={link['percTrainData']} leaves no point to train with. Try 50.")
    return made[:first], made[first:]


def samples(link: Link, some: Iterable[Point]) -> list[Sample]:
    """What the network sees of points."""
    inputs, functions = [points.INPUTS[name] for name in link.inputs], functions_of(link)
    return [([float(f(x, y, functions)) for f in inputs], label) for x, y, label in some]


def first_network(link: Link, random: Random) -> Network:
    """The network with its first weights; as many times as they were drawn anew, the random numbers go on.

    Raises:
        ModelError: it has no input.
    """
    if not link.inputs:
        raise ModelError("The network has no input. Choose one of them, such as x=true.")
    zero, functions = link["initZero"], functions_of(link)

    def draw() -> float:
        w = random() - 0.5
        return 0.0 if zero else w

    hidden, output = (activation(name, functions) for name in (link["activation"], _output(link)))
    for _ in range(int(link["cg_redraws"]) + 1):
        network = build((len(link.inputs), *link["networkShape"], 1), hidden, output, draw, 0.0 if zero else 0.1)
    return network


def model(link: Link) -> MLP:
    """The network's shape and activations as a model of `nn`."""
    return MLP(
        len(link.inputs), [*link["networkShape"], 1], link["activation"], _output(link), rng=0, name="playground"
    )


def functions_of(link: Link) -> Functions:
    """Whose sine and so on."""
    return FUNCTIONS[link["cg_functions"]]


def _output(link: Link) -> str:
    return "tanh" if link["problem"] == "classification" else "linear"
