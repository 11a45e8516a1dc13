"""What an update adds to plain gradient descent: penalties on weights, and the rules of nn's optimisers."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from autograd import Value
from nn.optimizers import OPTIMIZERS, Optimizer, State, words
from nn.types import Array

Penalty: TypeAlias = Callable[[float], float]
PLAIN = "sgd"  # w ← w − (η/n) Σ ∂L/∂w, in the Playground's order of arithmetic
NAMES = (PLAIN, *(name for name in OPTIMIZERS if name != PLAIN))

PENALTIES: dict[str | None, Penalty] = {  # the slopes of |w| and ½w²
    None: lambda w: 0.0,
    "L1": lambda w: math.copysign(1.0, w) if w else 0.0,
    "L2": lambda w: w,
}


@dataclass
class Rule:
    """One of nn's optimisers, and what it remembers of each parameter: of each neuron the weights, then the bias."""

    optimizer: Optimizer
    state: State

    def copy(self) -> Rule:
        """The same numbers, of which a change changes nothing here."""
        return Rule(self.optimizer, copy.deepcopy(self.state))

    def step(self, parameters: Array, gradients: Array, rate: float) -> None:
        """Change parameters in place, along the means of their derivatives."""
        with np.errstate(all="ignore"):  # a play stops before what is not finite
            self.optimizer.change(self.state, rate, gradients, parameters)
        self.state.steps += 1


def rule(name: str, parameters: int) -> Rule | None:
    """An optimiser's rule at its beginning; None for plain gradient descent."""
    if name == PLAIN:
        return None
    optimizer = OPTIMIZERS[name]()
    return Rule(optimizer, optimizer.start(np.zeros(parameters)))


def averages(rule: Rule | None) -> tuple[str, ...]:
    """What a rule remembers, by name: of its slots those that it changes."""
    if rule is None:
        return ()
    _, slots = words.step(rule.optimizer, lambda name: Value(0.5, name))
    return tuple(name for name, value in slots.items() if value.op)
