"""Ways to make a play: of a link, of keywords, and of data of your own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nn.errors import unknown
from nn.playground import link as links
from nn.playground import own_data
from nn.playground.play import Playground
from nn.playground.points import SIZES
from nn.types import ArrayLike


def from_link(link: str) -> Playground:
    """The play that a link of TensorFlow Playground has: equal points, weights and losses, in every bit.

    Args:
        link: "#activation=tanh&…", with or without #, or a whole address; what is missing has the Playground's default.

    Raises:
        ModelError: a value that the Playground cannot work with.

    Example:
        >>> play = from_link("https://playground.tensorflow.org/#dataset=xor&networkShape=1&seed=0.60237")
        >>> play.losses
        Losses(train=0.48995876726386434, test=0.500096445190308)
    """
    return Playground(links.read(link))


def new(*, hide: Iterable[str] = (), **controls: Any) -> Playground:
    """A play with these controls; those that are missing have the Playground's default.

    Args:
        hide: controls that a page shall not show, by their keys in a link.
        controls: by their keywords: `new().controls` has them all; a link's `batchSize` is `batch_size`.

    Raises:
        ModelError: an unknown keyword, or a value that is not legal.

    Example:
        >>> new(dataset="spiral", network_shape=[8, 8], x_squared=True, seed="0.1").link[:60]
        '#activation=tanh&batchSize=10&dataset=spiral&regDataset=reg-'
    """
    return Playground(links.controls(controls, hide))


def from_data(
    X: ArrayLike, y: ArrayLike, problem: str | None = None, *, hide: Iterable[str] = (), **controls: Any
) -> Playground:
    """A play with data of your own, standardised so that they fill the plane; `play.formulas` says how.

    Args:
        X: two columns of numbers; a table's names are those in the formulas.
        y: what belongs to the rows: two to five classes by any names, or numbers.
        problem: "classification" or "regression"; by default up to five different values are classes.
        hide, controls: as for `new`.

    Raises:
        DataError: arrays that do not fit each other, a gap, one class or too many.
        ModelError: as for `new`.

    Example:
        >>> play = from_data([[1, 2], [3, 4], [5, 9], [7, 1]], ["a", "b", "c", "a"], seed="0.5")
        >>> print(*play.formulas, sep="; ")
        x₁ = (x_1 − 4) / 2.236; x₂ = (x_2 − 4) / 3.082; y = 0: a, y = 1: b, y = 2: c
        >>> play
        <Playground: own data, network 2-4-2-3, epoch 0, batch 0, sample 0>
        >>> from_link(play.link).train.tolist() == play.train.tolist()
        True
    """
    if problem is not None and problem not in SIZES:
        raise unknown("problem", problem, SIZES)
    own = own_data.standardised(X, y, problem)
    kind = {"problem": "classification" if own.classes else "regression", "classes": own.classes or 2}
    return Playground(links.controls({**kind, **controls, "data": own.points}, hide), own.formulas)
