"""A playground's first state as a picture: its network, and the points on what it gives, for where no script runs."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import nn
from nn.errors import ModelError
from nn.playground import formulas
from nn.playground.explain import VALUES
from viz.networks.diagram import network
from viz.playgrounds import mathematics
from viz.shapes import Box, Group, Picture, Shape, fit, move
from viz.theme import THEME

Array: TypeAlias = NDArray[np.float64]
WIDE, SIDE, MARGIN = 630.0, 240.0, 12.0  # points: of the picture, of the map's side, around both
PLANE, CELLS, DOT = 6.0, 24, 5.0  # what is drawn of the plane; rectangles a side of the map; a point's width
SEED = "0.59704"  # of a link that has none: a picture is the same each time
LOW, MIDDLE, HIGH = (245, 147, 34), (232, 234, 235), (8, 119, 189)  # of −1, 0, 1, as in the page
LABELS = dict(zip(mathematics.INPUTS, ("x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"), strict=True))
CLASSES = ("#0877BD", "#F59322", "#009E73", "#B266A0", "#8C8C28")  # M. Okabe, K. Ito (2008), as in the page


def picture(title: str, link: str, content: Mapping[str, Any]) -> Picture:
    """The network and its data as a page begins with them.

    Args:
        title: what the picture is called.
        link: the playground's; one that Python cannot read is taken as an empty one.
        content: a model's layers and weights, and rows of data, in place of the link's.
    """
    play = _play(link)
    model = _model(content["model"]) if "model" in content else play.model
    names = list(mathematics.INPUTS)[: content["model"]["sizes"][0]] if "model" in content else play.inputs
    points = own_points(content["table"]) if "table" in content else play.train
    drawn = network(model, inputs=[LABELS.get(name, name) for name in names]).picture
    groups = (move(group, MARGIN, MARGIN) for group in fit(drawn, WIDE - SIDE - 3 * MARGIN, SIDE).groups)
    shapes = (*_map(model, names), *_dots(points))
    return Picture(WIDE, SIDE + 2 * MARGIN, (*groups, Group("map", "label", shapes)), title, THEME.background)


def _play(link: str) -> nn.playground.Playground:
    with suppress(ModelError):
        play = nn.playground.from_link(link)
        return play if "seed=" in link else play.again(seed=SEED)
    return nn.playground.new(seed=SEED)


def _model(given: Mapping[str, Any]) -> nn.Sequential:
    """A model of `given.network`."""
    sizes, rows = given["sizes"], iter(given["weights"])
    names = [*given["activations"], given["ending"]]
    ways = zip(sizes, sizes[1:], names, strict=False)
    model = nn.Sequential([nn.Dense(n, input_dim=m, activation=name) for m, n, name in ways])
    arrays: list[Array] = []
    for n in sizes[1:]:
        neurons = np.array([next(rows) for _ in range(n)])
        arrays += [neurons[:, 1:].T, neurons[:, 0]]
    model.set_weights(arrays)
    return model


def own_points(table: str) -> Array:
    """Rows x, y, label of a table: its first two columns standardised; labels −1 to 1, or classes from 0 on.

    >>> own_points("a,b,c\\n1,2,no\\n3,4,yes\\n").tolist()
    [[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]]
    """
    rows: list[tuple[float, float, str]] = []
    for row in csv.reader(table.splitlines()):
        with suppress(ValueError, IndexError):
            rows.append((float(row[0]), float(row[1]), row[-1]))
    if not rows:
        return np.empty((0, 3))
    inputs = np.array([row[:2] for row in rows])
    scaled = (inputs - inputs.mean(0)) / np.where(deviation := inputs.std(0), deviation, 1)
    return np.column_stack([scaled, _labels([row[2] for row in rows])])


def _labels(texts: Sequence[str]) -> Array:
    names = sorted(set(texts))
    if len(names) > mathematics.MOST_CLASSES:
        with suppress(ValueError):
            numbers = np.array(texts, float)
            scaled: Array = (numbers - numbers.min()) / np.ptp(numbers) * 2 - 1
            return scaled
    places = np.array([names.index(text) for text in texts], float)
    return places * 2 - 1 if len(names) == 2 else places


def _map(model: Any, names: Sequence[str]) -> Iterator[Shape]:
    """What the network gives over the plane, a rectangle each."""
    at = (np.arange(CELLS) + 0.5) / CELLS * 2 * PLANE - PLANE
    x, y = (each.ravel() for each in np.meshgrid(at, -at))
    outputs = np.asarray(model.predict(np.column_stack([_column(name, x, y) for name in names])))
    side = SIDE / CELLS
    for k, row in enumerate(outputs):
        colour = _mixed(row[0]) if len(row) == 1 else CLASSES[int(np.argmax(row))]
        left, top = WIDE - MARGIN - SIDE + k % CELLS * side, MARGIN + k // CELLS * side
        yield Box(left, top, side + 0.2, side + 0.2, 0, "none", colour, 0)


def _column(name: str, x: Array, y: Array) -> Array:
    """An input of the network at points; a formula that has no value at one of them is 0 there."""
    words: Mapping[str, Any] = VALUES  # which calculate with arrays too
    if name in words:
        column: Array = words[name](x, y)
        return column
    made = np.zeros(len(x))
    for k, point in enumerate(zip(x.tolist(), y.tolist(), repeat(0.0))):
        with suppress(ModelError):
            made[k] = formulas.values(name, [point])[0]
    return made


def _dots(points: Array) -> Iterator[Shape]:
    many = points.size and points[:, 2].max() > 1
    for x, y, label in points[(abs(points[:, :2]) <= PLANE).all(axis=1)].tolist():
        colour = CLASSES[int(label)] if many else _mixed(label)
        left, top = (WIDE - MARGIN - SIDE + (x + PLANE) / (2 * PLANE) * SIDE, MARGIN + (PLANE - y) / (2 * PLANE) * SIDE)
        yield Box(left - DOT / 2, top - DOT / 2, DOT, DOT, DOT / 2, THEME.body, colour, 0.7)


def _mixed(x: float) -> str:
    """The page's colour of a number from −1 to 1.

    >>> _mixed(1), _mixed(-0.5)
    ('#0877BD', '#EEBE86')
    """
    share = min(1.0, abs(x))
    mixed = (round(a + (b - a) * share) for a, b in zip(MIDDLE, HIGH if x > 0 else LOW, strict=True))
    return "#" + "".join(f"{c:02X}" for c in mixed)
