"""An optimiser for a page: its arguments with their limits, and a rule for each way in which its switches may stand.

A switch is an argument of which a rule asks whether it is there: a truth value, or a number that is 0 at first.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import Field, dataclass, fields
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

from nn.optimizers import Optimizer, State
from viz.descent import arithmetic
from viz.motion import rules_js

if TYPE_CHECKING:
    from nn.types import Array

LEFT_OUT = ("learning_rate", "use_ema", "parameters")
CLIPS = ("clipnorm", "global_clipnorm", "clipvalue")  # of the whole gradient, which is not one entry's matter
BEFORE = ("weight_decay", *CLIPS)  # what all optimisers do before their rule
Rule = tuple[str, list[dict[str, Any]]]  # in JavaScript, and line by line
ON = 0.5  # any number that switches an argument on


@dataclass(eq=False)
class _Decay(Optimizer):
    """p ← p − ηλp alone."""

    weight_decay: float | None = ON

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        pass


def arguments(optimizer: Optimizer) -> list[dict[str, Any]]:
    """What a reader may change besides the rate: name, letter, number or truth, whether it may
    be left out, and its range.

    >>> from nn.optimizers import Momentum
    >>> beta, decay, *clips = arguments(Momentum())
    >>> beta
    {'name': 'beta', 'letter': 'β', 'value': 0.9, 'optional': False, 'least': 0, 'below': 1}
    >>> decay["value"], [clip["name"] for clip in clips]
    (None, ['clipnorm', 'clipvalue'])
    """
    return sorted((_told(optimizer, x) for x in _own(optimizer)), key=lambda x: x["name"] in BEFORE)


def _own(optimizer: Optimizer) -> Iterator[Field[Any]]:
    for argument in fields(optimizer):
        value = getattr(optimizer, argument.name)
        same = argument.name == "global_clipnorm" and value is None  # as clipnorm, of one array
        if argument.name not in LEFT_OUT and not same and (value is None or isinstance(value, int | float)):
            yield argument


def _told(optimizer: Optimizer, argument: Field[Any]) -> dict[str, Any]:
    value, limits = getattr(optimizer, argument.name), argument.metadata
    below = limits.get("below", math.inf)
    return {
        "name": argument.name,
        "letter": arithmetic.letter(argument.name),
        "value": value,
        "optional": argument.default is None,
        "least": limits.get("least"),
        "below": below if below < math.inf else None,
    }


def switches(optimizer: Optimizer) -> list[str]:
    """The arguments of which its rule may ask whether they are there."""
    values = {x.name: getattr(optimizer, x.name) for x in _own(optimizer) if x.name not in BEFORE}
    return [name for name, x in values.items() if isinstance(x, bool) or not x]


def rules(optimizer: Optimizer) -> dict[str, Rule]:
    """By the switches that are on, their names joined by commas: its rule in JavaScript, and its lines.

    >>> from nn.optimizers import SGD
    >>> list(rules(SGD()))
    ['', 'momentum', 'nesterov', 'momentum,nesterov']

    Raises:
        ModelError: its rule is no formula of arrays.
    """
    names = switches(optimizer)
    settings = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    return {",".join(on): _rule(_set(optimizer, names, on)) for on in settings}


def _set(optimizer: Optimizer, names: list[str], on: tuple[str, ...]) -> Optimizer:
    """The optimiser with some switches on and the others off, and nothing before its rule."""
    own = copy.copy(optimizer)
    values: dict[str, Any] = {name: True if isinstance(getattr(own, name), bool) else ON for name in on}
    for name, value in (dict.fromkeys(BEFORE) | dict.fromkeys(names, 0) | values).items():
        setattr(own, name, value)
    return own


def decay() -> Rule:
    """The same of the weight decay, which all optimisers have."""
    return _rule(_Decay())


def _rule(optimizer: Optimizer) -> Rule:
    means = rules_js.averages(optimizer)
    text = f"{{ step: {rules_js.rule(optimizer)}, gradient: {means['gradient']}, square: {means['square']} }}"
    lines = [
        {"name": own, "letter": arithmetic.letter(own), "pieces": line} for own, line in arithmetic.lines(optimizer)
    ]
    return text, lines
