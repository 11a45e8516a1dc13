"""Where optimisers went on a surface f(x, y): each path a table of numbers, and the surface on a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograd.program.program import Program

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """One optimiser's way down: where it was, how high, how steep, and what it made of that.

    Attributes:
        name: the optimiser.
        points: shape (n + 1, 2), from the start on.
        values: shape (n + 1,), f there.
        gradients: shape (n + 1, 2), exact.
        momenta: shape (n, 2), the running mean (or sum) of gradients that each step used; nan without one.
        rates: shape (n,), the learning rate of each step.
        end: "flat" (both slopes below the tolerance), "steps" (all were taken), or "diverged".
    """

    name: str
    points: Array
    values: Array
    gradients: Array
    momenta: Array
    rates: Array
    end: Literal["flat", "steps", "diverged"]

    @property
    def adjusted(self) -> Array:
        """The adjusted gradient of each step, shape (n, 2): what the optimiser puts in the gradient's place.

        Each step is p ← p − rate · adjusted.
        """
        steps, rates = -np.diff(self.points, axis=0), self.rates[:, None]
        return np.divide(steps, rates, out=np.zeros_like(steps), where=rates != 0)

    def __len__(self) -> int:
        """How many steps were taken."""
        return len(self.points) - 1

    def __str__(self) -> str:
        how = {"flat": "flat after", "steps": "going on after", "diverged": "diverged after"}[self.end]
        x, y = self.points[-1]
        steps = f"{len(self)} step{'s' * (len(self) != 1)}"
        return f"{self.name}: {how} {steps}, at ({x:.6g}, {y:.6g}), f = {self.values[-1]:.6g}"


@dataclass(frozen=True, eq=False)
class Paths:
    """The paths of some optimisers on one surface.

    Attributes:
        names: the two variables.
        formula: f as text.
        paths: one for each optimiser.
        domain: what a picture shows: x from, to, y from, to.
    """

    names: tuple[str, str]
    formula: str
    paths: tuple[Path, ...]
    domain: tuple[float, float, float, float]
    program: Program

    def grid(self, n: int = 121) -> tuple[Array, Array, Array]:
        """x, y and f on n × n points of the domain, in one call of the compiled surface; nan outside f's own."""
        x0, x1, y0, y1 = self.domain
        x, y = np.meshgrid(np.linspace(x0, x1, n), np.linspace(y0, y1, n))
        f = self.program.values(x.ravel(), y.ravel()).reshape(x.shape)
        return x, y, np.where(np.isfinite(f), f, np.nan)

    def __str__(self) -> str:
        return "\n".join(map(str, self.paths))
