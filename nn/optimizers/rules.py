"""Optimisers: from a gradient g to new parameters p, by Keras' formulas and defaults. Each is one class.

An optimiser is a set of numbers; what it remembers is a `State`. So it works on arrays, without a model

    state = optimizer.start(p)
    state, p = optimizer.update(state, g, p)

and on Values, after a backward pass

    optimizer = SGD(0.1, parameters=model.parameters())
    loss.backward(); optimizer.step(); optimizer.zero_grad()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from nn.errors import unknown
from nn.optimizers.base import Optimizer, State, bounded
from nn.types import Array, Schedule

# A new optimiser is a class below and its name here: the rest of the package, pictures and the command follow.
__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Lion", "Momentum", "Nadam", "Nesterov", "RMSprop"]


@dataclass(eq=False)
class SGD(Optimizer):
    """p ← p − ηg; with momentum v ← μv − ηg, p ← p + v; Nesterov's p ← p + μv − ηg.

    Args:
        learning_rate: η.
        momentum: μ, 0 ≤ μ < 1.
        nesterov: whether the step looks ahead, as if the gradient were taken after the momentum's step.

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

    learning_rate: float | Schedule = 0.01
    momentum: float = bounded(0.0, below=1)
    nesterov: bool = False
    slots: ClassVar = {"v": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        step = rate * g
        if self.momentum:
            v = state.slots["v"]
            v *= self.momentum
            v -= step
            if self.nesterov:
                p += self.momentum * v
            else:
                p += v
                return
        p -= step

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return -state.slots["v"] / rate if self.momentum and rate else None


@dataclass(eq=False)
class Momentum(Optimizer):
    """v ← βv + (1 − β)g, p ← p − ηv: momentum as an exponentially weighted average of gradients.

    SGD(η(1 − β), momentum=β) takes the same steps.

    Args:
        learning_rate: η.
        beta: β, 0 ≤ β < 1.
    """

    learning_rate: float | Schedule = 0.01
    beta: float = bounded(0.9, below=1)
    slots: ClassVar = {"v": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        v = state.slots["v"]
        v *= self.beta
        v += (1 - self.beta) * g
        p -= rate * v

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return state.slots["v"]


@dataclass(eq=False)
class Nesterov(SGD):
    """SGD with Nesterov's momentum: v ← μv − ηg, p ← p + μv − ηg."""

    momentum: float = bounded(0.9, below=1)
    nesterov: bool = True


@dataclass(eq=False)
class Adagrad(Optimizer):
    """a ← a + g², p ← p − ηg/√(a + ε).

    Source: J. Duchi et al. (2011), Adaptive subgradient methods, fig. 1; Keras' a starts at 0.1.
    """

    learning_rate: float | Schedule = 0.001
    initial_accumulator_value: float = bounded(0.1)
    epsilon: float = bounded(1e-7)
    slots: ClassVar = {"a": "initial_accumulator_value"}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        a = state.slots["a"]
        a += g * g
        p -= rate * g / np.sqrt(a + self.epsilon)


@dataclass(eq=False)
class Adadelta(Optimizer):
    """a ← ρa + (1 − ρ)g², δ = √((d + ε)/(a + ε)) · g, d ← ρd + (1 − ρ)δ², p ← p − ηδ.

    Source: M. Zeiler (2012), Adadelta, algorithm 1; Keras scales it by η.
    """

    learning_rate: float | Schedule = 0.001
    rho: float = bounded(0.95, below=1)
    epsilon: float = bounded(1e-7)
    slots: ClassVar = {"a": 0.0, "d": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        a, d = state.slots["a"], state.slots["d"]
        a *= self.rho
        a += (1 - self.rho) * (g * g)
        delta = np.sqrt(d + self.epsilon) * g / np.sqrt(a + self.epsilon)
        d *= self.rho
        d += (1 - self.rho) * (delta * delta)
        p -= rate * delta


@dataclass(eq=False)
class RMSprop(Optimizer):
    """a ← ρa + (1 − ρ)g², p ← p − ηg/√(a + ε); centred, a − s² instead, s ← ρs + (1 − ρ)g.

    Args:
        learning_rate: η.
        rho: ρ, 0 ≤ ρ < 1.
        momentum: μ; above 0, m ← μm + ηg/√(a + ε) and p ← p − m.
        epsilon: ε.
        centered: whether to divide by the deviation of g, in place of its root mean square.

    Source: G. Hinton (2012), Neural networks for machine learning, lecture 6e.
    """

    learning_rate: float | Schedule = 0.001
    rho: float = bounded(0.9, below=1)
    momentum: float = bounded(0.0, below=1)
    epsilon: float = bounded(1e-7)
    centered: bool = False
    slots: ClassVar = {"a": 0.0, "s": 0.0, "m": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        a, s, m = state.slots["a"], state.slots["s"], state.slots["m"]
        a *= self.rho
        a += (1 - self.rho) * (g * g)
        spread = a
        if self.centered:
            s *= self.rho
            s += (1 - self.rho) * g
            spread = a - s * s
        step = rate * g / np.sqrt(spread + self.epsilon)
        if self.momentum:
            m *= self.momentum
            m += step
            step = m
        p -= step

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return state.slots["m"] / rate if self.momentum and rate else None


@dataclass(eq=False)
class Adam(Optimizer):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − η · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + ε).

    Args:
        learning_rate: η.
        beta_1, beta_2: β₁ and β₂, 0 ≤ β < 1.
        epsilon: ε.
        amsgrad: whether the largest v so far takes v's place.

    Source: D. Kingma, J. Ba (2015), Adam, section 2, the order of computation at its end; S. Reddi et al. (2018),
    On the convergence of Adam and beyond, algorithm 2.
    """

    learning_rate: float | Schedule = 0.001
    beta_1: float = bounded(0.9, below=1)
    beta_2: float = bounded(0.999, below=1)
    epsilon: float = bounded(1e-7)
    amsgrad: bool = field(default=False, kw_only=True, repr=False)
    slots: ClassVar = {"m": 0.0, "v": 0.0, "top": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        m, v = state.slots["m"], state.slots["v"]
        t = state.steps + 1
        m += (g - m) * (1 - self.beta_1)
        v += (g * g - v) * (1 - self.beta_2)
        if self.amsgrad:
            v = np.maximum(v, state.slots["top"], out=state.slots["top"])
        step = np.sqrt(v)[...]  # an array for a single number too
        step += self.epsilon
        np.divide(m, step, out=step)
        step *= rate * np.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        p -= step

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return state.slots["m"]


@dataclass(eq=False)
class AdamW(Adam):
    """Adam, after p ← p − ηλp: weights decay apart from the gradient.

    Args:
        weight_decay: λ ≥ 0.

    Source: I. Loshchilov, F. Hutter (2019), Decoupled weight decay regularization, algorithm 2.
    """

    weight_decay: float | None = bounded(0.004)


@dataclass(eq=False)
class Adamax(Optimizer):
    """m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g|), p ← p − η/(1 − β₁ᵗ) · m/(u + ε).

    Source: D. Kingma, J. Ba (2015), Adam, algorithm 2.
    """

    learning_rate: float | Schedule = 0.001
    beta_1: float = bounded(0.9, below=1)
    beta_2: float = bounded(0.999, below=1)
    epsilon: float = bounded(1e-7)
    slots: ClassVar = {"m": 0.0, "u": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        m, u = state.slots["m"], state.slots["u"]
        m += (g - m) * (1 - self.beta_1)
        np.maximum(self.beta_2 * u, np.abs(g), out=u)
        p -= rate * m / ((1 - self.beta_1 ** (state.steps + 1)) * (u + self.epsilon))

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return state.slots["m"]


@dataclass(eq=False)
class Nadam(Optimizer):
    """Adam with Nesterov's step: m and v as there, p ← p − η(μₜ₊₁m/(1 − Πμ μₜ₊₁) + (1 − μₜ)g/(1 − Πμ))/(√v̂ + ε).

    μₜ is β₁(1 − ½ · 0.96ᵗ), Πμ the product of them up to t, v̂ is v/(1 − β₂ᵗ).

    Source: T. Dozat (2016), Incorporating Nesterov momentum into Adam, algorithm 2; the schedule of μ is Keras'.
    """

    learning_rate: float | Schedule = 0.001
    beta_1: float = bounded(0.9, below=1)
    beta_2: float = bounded(0.999, below=1)
    epsilon: float = bounded(1e-7)
    slots: ClassVar = {"m": 0.0, "v": 0.0, "product": 1.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        m, v, product = state.slots["m"], state.slots["v"], state.slots["product"]
        t = state.steps + 1
        now, later = (self.beta_1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product *= now
        m += (g - m) * (1 - self.beta_1)
        v += (g * g - v) * (1 - self.beta_2)
        ahead = later * m / (1 - product * later) + (1 - now) * g / (1 - product)
        p -= rate * ahead / (np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return state.slots["m"]


@dataclass(eq=False)
class Lion(Optimizer):
    """p ← p − η sign(β₁m + (1 − β₁)g), m ← β₂m + (1 − β₂)g: all steps are equally long.

    Source: X. Chen et al. (2023), Symbolic discovery of optimization algorithms, algorithm 2.
    """

    learning_rate: float | Schedule = 0.001
    beta_1: float = bounded(0.9, below=1)
    beta_2: float = bounded(0.99, below=1)
    slots: ClassVar = {"m": 0.0}

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        m = state.slots["m"]
        p -= rate * np.sign(self.beta_1 * m + (1 - self.beta_1) * g)
        m *= self.beta_2
        m += (1 - self.beta_2) * g

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        return state.slots["m"]


OPTIMIZERS: dict[str, type[Optimizer]] = {
    name.lower(): kind for name, kind in list(globals().items()) if name in __all__
}


def get(identifier: str | Optimizer) -> Optimizer:
    """An optimiser by its name, with Keras' defaults; an `Optimizer` is returned as it is.

    Raises:
        ModelError: an unknown name.

    Example:
        >>> get("adam")
        Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07)
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if not isinstance(identifier, str) or identifier.lower() not in OPTIMIZERS:
        raise unknown("optimizer", identifier, OPTIMIZERS)
    return OPTIMIZERS[identifier.lower()]()
