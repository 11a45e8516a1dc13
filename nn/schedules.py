"""Learning rates that change: functions of the number of steps taken so far, by Keras' formulas.

Any function does as well: `SGD(lambda k: 1 - 0.9 * k / 100)` is micrograd's demo.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from nn.arguments import checked
from nn.errors import ModelError
from nn.types import Finite, NotNegative, Positive


@checked
@dataclass(frozen=True)
class ExponentialDecay:
    """η · rate^(k / decay_steps); `staircase` takes only whole powers.

    Example:
        >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
        0.025
    """

    initial_learning_rate: Finite
    decay_steps: Positive
    decay_rate: NotNegative
    staircase: bool = False

    def __call__(self, step: int) -> float:
        return float(self.initial_learning_rate * self.decay_rate ** self.power(step))

    def power(self, step: int) -> float:
        """k / decay_steps."""
        power = step / self.decay_steps
        return math.floor(power) if self.staircase else power


@checked
@dataclass(frozen=True)
class InverseTimeDecay(ExponentialDecay):
    """η / (1 + rate · k / decay_steps); `staircase` takes only whole quotients.

    Example:
        >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(10)
        0.05
    """

    def __call__(self, step: int) -> float:
        return self.initial_learning_rate / (1 + self.decay_rate * self.power(step))


@checked
@dataclass(frozen=True)
class PolynomialDecay:
    """(η − end) · (1 − k / decay_steps)^power + end, and end from then on.

    Example:
        >>> PolynomialDecay(1.0, decay_steps=100, end_learning_rate=0.1)(50)
        0.55
    """

    initial_learning_rate: Finite
    decay_steps: Positive
    end_learning_rate: Finite = 0.0001
    power: NotNegative = 1.0

    def __call__(self, step: int) -> float:
        left = 1 - min(step, self.decay_steps) / self.decay_steps
        return float((self.initial_learning_rate - self.end_learning_rate) * left**self.power + self.end_learning_rate)


@checked
@dataclass(frozen=True)
class CosineDecay:
    """η · ((1 − α) · ½(1 + cos(π · k / decay_steps)) + α), and ηα from then on.

    Example:
        >>> CosineDecay(1.0, decay_steps=100)(50)
        0.5

    Source: I. Loshchilov, F. Hutter (2017), SGDR, eq. 5.
    """

    initial_learning_rate: Finite
    decay_steps: Positive
    alpha: Finite = 0.0

    def __call__(self, step: int) -> float:
        wave = 0.5 * (1 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)


@checked
@dataclass(frozen=True)
class PiecewiseConstantDecay:
    """values[i] up to and including step boundaries[i], the last value from then on.

    Raises:
        ModelError: the number of values is not one more than that of boundaries.

    Example:
        >>> rate = PiecewiseConstantDecay([10, 20], [1.0, 0.1, 0.01])
        >>> rate(10), rate(11), rate(21)
        (1.0, 0.1, 0.01)
    """

    boundaries: Sequence[float]
    values: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.boundaries) + 1:
            got = f"{len(self.values)} values for {len(self.boundaries)} boundaries"
            raise ModelError(
                f"PiecewiseConstantDecay needs one value more than boundaries, got {got}. Add or drop one."
            )

    def __call__(self, step: int) -> float:
        return self.values[bisect_left(self.boundaries, step)]
