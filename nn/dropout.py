"""Dropout: in training each input is 0 with a probability, and scaled up otherwise; in prediction nothing happens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd import Value
from nn import initializers
from nn.dense import flat_shape
from nn.errors import ModelError
from nn.module import Module
from nn.types import Array, Operand, Sample, Seed

MOST = 100_000  # masks that are remembered: more samples are never recorded at once


class Dropout(Module):
    """xⱼ · mⱼ in training, with mⱼ = 0 at probability rate, else 1/(1 − rate), so that the mean stays; else xⱼ.

    Args:
        rate: the share of inputs that is dropped, 0 ≤ rate < 1.
        rng: a seed or generator for `layer(x, training=True)`; `fit` draws from its own.
        name: its name.
        seed: `rng` as Keras calls it.
        input_shape: of a sample, such as (2,), where it is the first layer.

    Raises:
        ModelError: a rate outside its range.

    Example:
        >>> layer = Dropout(0.5, rng=0)
        >>> layer([1.0, 1.0, 1.0])
        [1.0, 1.0, 1.0]
        >>> [x.data for x in layer([1.0, 1.0, 1.0], training=True)]
        [2.0, 0.0, 0.0]

    Source: N. Srivastava et al. (2014), Dropout, section 4; scaled in training, as is usual now.
    """

    activation = "linear"

    def __init__(
        self,
        rate: float,
        rng: Seed = None,
        name: str = "",
        *,
        seed: Seed = None,
        input_shape: Sequence[int] | None = None,
    ) -> None:
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise ModelError(f"Dropout needs 0 ≤ rate < 1, got {rate!r}. Give the share to drop, such as 0.5.")
        self.rate, self.name = float(rate), name
        self.inputs = None if input_shape is None else flat_shape(input_shape)[0]
        self._rng = initializers.generator(seed if rng is None else rng)
        self.drawn: list[list[Value]] = []  # the masks of training calls, while somebody records

    def masks(self, rng: np.random.Generator, samples: int) -> Array:
        """Random masks: an array (samples, inputs) of 0 and 1/(1 − rate)."""
        return (rng.random((samples, self.inputs or 0)) >= self.rate) / (1 - self.rate)

    def __call__(self, x: Sample, training: bool = False) -> list[Operand]:
        row = self._row(x)
        if not training or not self.rate:
            return row
        mask = [Value(m) for m in self.masks(self._rng, 1)[0].tolist()]
        self.drawn = [*self.drawn[-MOST:], mask]
        return [xj * m for xj, m in zip(row, mask, strict=True)]

    def __repr__(self) -> str:
        return f"Dropout({self.rate:g})"
