"""The types that stand in signatures: arrays of numbers, arrays of Values, samples, seeds, learning rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.core.value import Operand

Array: TypeAlias = NDArray[np.float64]
Tensor: TypeAlias = NDArray[np.object_]  # of Values
Sample: TypeAlias = Sequence[Operand] | Array  # one row of inputs
Finite: TypeAlias = float
NotNegative: TypeAlias = float  # and finite
Positive: TypeAlias = float  # and finite
Seed: TypeAlias = int | np.random.Generator | None
Schedule: TypeAlias = Callable[[int], float]  # from the number of steps taken to a learning rate

__all__ = ["Array", "ArrayLike", "Finite", "NotNegative", "Operand", "Positive", "Sample", "Schedule", "Seed", "Tensor"]
