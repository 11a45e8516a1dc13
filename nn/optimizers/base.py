"""What an optimiser is: a rule that changes parameters by a gradient, on arrays or on Values; and what it remembers."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from autograd import ShapeError, Value
from nn.errors import ModelError
from nn.module import Module


@dataclass
class State:
    """What an optimiser remembers: how many steps were taken, and an array for each of its averages."""

    steps: int
    slots: tuple[Any, ...]


@dataclass(eq=False)
class Optimizer:
    """What all optimisers share: the learning rate, its schedule, and how they are applied.

    Args:
        learning_rate: η > 0, or a schedule: a function of the number of steps taken so far.
        parameters: for `step`: a model (those of its parameters that are not frozen), or a list of Values.

    Raises:
        ModelError: a number outside of its range; parameters that are no Values.
    """

    learning_rate: Any = 0.001
    parameters: Any = field(default=None, kw_only=True, repr=False)

    first: ClassVar[tuple[float, ...]] = ()  # what its averages start from

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            within(self, "learning_rate", 0, math.inf)
        if self.parameters is not None:
            self._values = _leaves(self.parameters)
            self._state = self.start(np.zeros(len(self._values)))

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        """Change p and the state's slots in place, for one step along the gradient g."""
        raise NotImplementedError

    # ── on arrays ─────────────────────────────────────────────────────────────────────────────────

    def start(self, parameters: Any) -> State:
        """The state before the first step, for parameters of this shape."""
        shape = np.shape(parameters)
        return State(0, tuple(np.full(shape, value) for value in self.first))

    def update(self, state: State, gradient: Any, parameters: Any) -> tuple[State, Any]:
        """The state and the parameters after a step; what is given stays as it is.

        Args:
            state: from `start` or `update`.
            gradient, parameters: arrays of one shape.

        Raises:
            ShapeError: of different shapes.

        Example:
            >>> from nn.optimizers import SGD
        >>> optimizer = SGD(learning_rate=0.1, momentum=0.9)
            >>> p = np.array([1.0])
            >>> state = optimizer.start(p)
            >>> state, p = optimizer.update(state, 2 * p, p)
            >>> state, p = optimizer.update(state, 2 * p, p)
            >>> p.round(3)
            array([0.46])
        """
        g, p = np.asarray(gradient, float), np.array(parameters, float)
        if g.shape != p.shape:
            raise ShapeError(f"The gradient has shape {g.shape}, the parameters {p.shape}. Give arrays of one shape.")
        state = copy.deepcopy(state)
        self.apply(state, g, p)
        return state, p

    def apply(self, state: State, gradient: Any, parameters: Any) -> None:
        """The same in place, for those who count microseconds."""
        rate = self.learning_rate
        self.rule(state, rate(state.steps) if callable(rate) else rate, gradient, parameters)
        state.steps += 1

    # ── on Values ─────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Change the data of the parameters by their gradients; one without a gradient counts as 0.

        Raises:
            ModelError: no parameters were given, or none has a gradient.
        """
        if self.parameters is None:
            name = type(self).__name__
            raise ModelError(f"{name} has no parameters to step. Write {name}(…, parameters=model.parameters()).")
        if all(x.grad is None for x in self._values):
            raise ModelError("No parameter has a gradient. Call loss.backward() before optimizer.step().")
        p = np.array([float(x.data) for x in self._values])
        self.apply(self._state, np.array([float(x.grad or 0) for x in self._values]), p)
        for x, number in zip(self._values, p.tolist(), strict=True):
            x.data = number

    def zero_grad(self) -> None:
        """Forget the gradients, so that the next backward pass starts anew."""
        for x in self._values if self.parameters is not None else ():
            x.grad = None

    # ── describing ────────────────────────────────────────────────────────────────────────────────

    def config(self) -> dict[str, Any]:
        """Its numbers by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "parameters"}


def within(optimizer: Any, name: str, least: float, most: float) -> None:
    """Refuse an optimiser's number outside of its range."""
    number = getattr(optimizer, name)
    if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number < most:
        limits = f"{least} ≤ {name} < {most}" if most < math.inf else f"{name} ≥ {least}"
        raise ModelError(f"{type(optimizer).__name__} needs {limits}, got {number!r}. Give a number in that range.")


def _leaves(parameters: Any) -> list[Value]:
    found = parameters.trained() if isinstance(parameters, Module) else parameters
    if not isinstance(found, Sequence) or not all(isinstance(x, Value) for x in found) or not found:
        raise ModelError(f"parameters must be a model or a list of Values, got {found!r}. Give model.parameters().")
    return list(found)
