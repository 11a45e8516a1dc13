"""Optimisers: from a gradient g to new parameters p, by Keras' formulas and defaults.

An optimiser is a set of numbers; what it remembers is a `State`. So it works on arrays, without a model

    state = optimizer.start(p)
    state, p = optimizer.update(state, g, p)

and on Values, after a backward pass

    optimizer = SGD(0.1, parameters=model.parameters())
    loss.backward(); optimizer.step(); optimizer.zero_grad()
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nn.errors import unknown
from nn.optimizers.base import Optimizer, State, within


@dataclass(eq=False)
class SGD(Optimizer):
    """p ← p − ηg; with momentum v ← μv − ηg, p ← p + v; Nesterov's p ← p + μv − ηg.

    Args:
        learning_rate: η.
        momentum: μ, 0 ≤ μ < 1.
        nesterov: whether the gradient is thought of as taken after the momentum's step.

    Example:
        >>> from autograd import Value
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
        within(self, "momentum", 0, 1)
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
        within(self, "beta", 0, 1)
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
        within(self, "initial_accumulator_value", 0, math.inf)
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
        within(self, "rho", 0, 1)
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
        within(self, "rho", 0, 1)
        within(self, "momentum", 0, 1)
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
        within(self, "beta_1", 0, 1)
        within(self, "beta_2", 0, 1)
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
        within(self, "weight_decay", 0, math.inf)
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
