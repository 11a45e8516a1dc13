"""The types that stand in signatures: arrays of numbers, arrays of Values, samples, seeds, learning rates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd import Value

Array: TypeAlias = NDArray[np.float64]
Tensor: TypeAlias = NDArray[np.object_]  # of Values
Number: TypeAlias = Value | float
Row: TypeAlias = Sequence[Number]  # a sample, or a layer's outputs for it
Seed: TypeAlias = int | np.random.Generator | None
Schedule: TypeAlias = Callable[[int], float]  # from the number of steps taken to a learning rate

__all__ = ["Array", "ArrayLike", "Number", "Row", "Schedule", "Seed", "Tensor"]
