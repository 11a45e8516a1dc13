"""Optimisers: from a gradient g to new parameters p, by Keras' formulas and defaults.

An optimiser is a set of numbers; what it remembers is a `State`. So it works on arrays, without a model

    state = optimizer.start(p)
    state, p = optimizer.update(state, g, p)

and on Values, after a backward pass

    optimizer = SGD(0.1, parameters=model.parameters())
    loss.backward(); optimizer.step(); optimizer.zero_grad()
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from autograd import ShapeError, Value
from nn.errors import ModelError, unknown
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
            _within(self, "learning_rate", 0, math.inf)
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


@dataclass(eq=False)
class SGD(Optimizer):
    """p ← p − ηg; with momentum v ← μv − ηg, p ← p + v; Nesterov's p ← p + μv − ηg.

    Args:
        learning_rate: η.
        momentum: μ, 0 ≤ μ < 1.
        nesterov: whether the gradient is thought of as taken after the momentum's step.

    Example:
        >>> x = Value(1.0)
        >>> optimizer = SGD(0.1, parameters=[x])
        >>> (x * x).backward()
        >>> optimizer.step()
        >>> x.data
        0.8

    Source: Y. Nesterov (1983); I. Sutskever et al. (2013), On the importance of initialization and momentum, eq. 3.
    """

    learning_rate: Any = 0.01
    momentum: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        _within(self, "momentum", 0, 1)
        self.first = (0.0,) if self.momentum else ()  # type: ignore[misc]
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        step = rate * g
        if self.momentum:
            (v,) = state.slots
            v *= self.momentum
            v -= step
            if self.nesterov:
                p += self.momentum * v
            else:
                p += v
                return
        p -= step


@dataclass(eq=False)
class Nesterov(SGD):
    """SGD with Nesterov's momentum: v ← μv − ηg, p ← p + μv − ηg."""

    momentum: float = 0.9
    nesterov: bool = True


@dataclass(eq=False)
class Momentum(Optimizer):
    """v ← βv + (1 − β)g, p ← p − ηv: momentum as an exponentially weighted average of gradients.

    SGD(η(1 − β), momentum=β) takes the same steps.

    Args:
        learning_rate: η.
        beta: β, 0 ≤ β < 1.
    """

    learning_rate: Any = 0.01
    beta: float = 0.9
    first: ClassVar[tuple[float, ...]] = (0.0,)

    def __post_init__(self) -> None:
        _within(self, "beta", 0, 1)
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        (v,) = state.slots
        v *= self.beta
        v += (1 - self.beta) * g
        p -= rate * v


@dataclass(eq=False)
class Adagrad(Optimizer):
    """a ← a + g², p ← p − ηg/√(a + ε).

    Source: J. Duchi et al. (2011), Adaptive subgradient methods, fig. 1; Keras' a starts at 0.1.
    """

    learning_rate: Any = 0.001
    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        _within(self, "initial_accumulator_value", 0, math.inf)
        self.first = (self.initial_accumulator_value,)  # type: ignore[misc]
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        (a,) = state.slots
        a += g * g
        p -= rate * g / np.sqrt(a + self.epsilon)


@dataclass(eq=False)
class Adadelta(Optimizer):
    """a ← ρa + (1 − ρ)g², δ = √((d + ε)/(a + ε)) · g, d ← ρd + (1 − ρ)δ², p ← p − ηδ.

    Source: M. Zeiler (2012), Adadelta, algorithm 1; Keras scales it by η.
    """

    learning_rate: Any = 0.001
    rho: float = 0.95
    epsilon: float = 1e-7
    first: ClassVar[tuple[float, ...]] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _within(self, "rho", 0, 1)
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        a, d = state.slots
        a *= self.rho
        a += (1 - self.rho) * (g * g)
        delta = np.sqrt(d + self.epsilon) * g / np.sqrt(a + self.epsilon)
        d *= self.rho
        d += (1 - self.rho) * (delta * delta)
        p -= rate * delta


@dataclass(eq=False)
class RMSprop(Optimizer):
    """a ← ρa + (1 − ρ)g², p ← p − ηg/√(a + ε); centred, a less the square of g's average.

    Args:
        learning_rate: η.
        rho: ρ, 0 ≤ ρ < 1.
        momentum: μ; above 0, m ← μm + ηg/√(a + ε) and p ← p − m.
        epsilon: ε.
        centered: whether a is taken as the variance of g.

    Source: G. Hinton (2012), Neural networks for machine learning, lecture 6e.
    """

    learning_rate: Any = 0.001
    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False
    first: ClassVar[tuple[float, ...]] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        _within(self, "rho", 0, 1)
        _within(self, "momentum", 0, 1)
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        a, mean, m = state.slots
        a *= self.rho
        a += (1 - self.rho) * (g * g)
        spread = a
        if self.centered:
            mean *= self.rho
            mean += (1 - self.rho) * g
            spread = a - mean * mean
        step = rate * g / np.sqrt(spread + self.epsilon)
        if self.momentum:
            m *= self.momentum
            m += step
            step = m
        p -= step


@dataclass(eq=False)
class Adam(Optimizer):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − η · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε).

    Args:
        learning_rate: η.
        beta_1, beta_2: β₁ and β₂, 0 ≤ β < 1.
        epsilon: ε.

    Source: D. Kingma, J. Ba (2015), Adam, section 2, the order of computation at its end.
    """

    learning_rate: Any = 0.001
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    first: ClassVar[tuple[float, ...]] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _within(self, "beta_1", 0, 1)
        _within(self, "beta_2", 0, 1)
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        m, v = state.slots
        t = state.steps + 1
        m += (g - m) * (1 - self.beta_1)
        v += (g * g - v) * (1 - self.beta_2)
        step = np.sqrt(v)
        step += self.epsilon
        np.divide(m, step, out=step)
        step *= rate * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        p -= step


@dataclass(eq=False)
class AdamW(Adam):
    """Adam, after p ← p − ηλp: weights decay apart from the gradient.

    Args:
        weight_decay: λ ≥ 0.

    Source: I. Loshchilov, F. Hutter (2019), Decoupled weight decay regularization, algorithm 2.
    """

    weight_decay: float = 0.004

    def __post_init__(self) -> None:
        _within(self, "weight_decay", 0, math.inf)
        super().__post_init__()

    def rule(self, state: State, rate: float, g: Any, p: Any) -> None:
        p -= (rate * self.weight_decay) * p
        super().rule(state, rate, g, p)


OPTIMIZERS: dict[str, Callable[[], Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}


def get(given: Any) -> Optimizer:
    """An optimiser by its name, with Keras' defaults; one that is made stays as it is.

    Raises:
        ModelError: there is none of that name.

    Example:
        >>> get("adam")
        Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07)
    """
    if isinstance(given, Optimizer):
        return given
    if not isinstance(given, str) or given.lower() not in OPTIMIZERS:
        raise unknown("optimizer", given, OPTIMIZERS)
    return OPTIMIZERS[given.lower()]()


def _within(optimizer: Any, name: str, least: float, most: float) -> None:
    number = getattr(optimizer, name)
    if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number < most:
        limits = f"{least} ≤ {name} < {most}" if most < math.inf else f"{name} ≥ {least}"
        raise ModelError(f"{type(optimizer).__name__} needs {limits}, got {number!r}. Give a number in that range.")


def _leaves(parameters: Any) -> list[Value]:
    found = parameters.trained() if isinstance(parameters, Module) else parameters
    if not isinstance(found, Sequence) or not all(isinstance(x, Value) for x in found) or not found:
        raise ModelError(f"parameters must be a model or a list of Values, got {found!r}. Give model.parameters().")
    return list(found)
