"""What an optimiser remembers of each parameter, as a table."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.language.names import symbol
from autograd.language.numbers import figure


@dataclass(frozen=True)
class Averages:
    """A table with a row for each weight and bias: the number now, and the optimiser's averages.

    Attributes:
        steps: how many updates the optimiser has made; 0 of plain gradient descent, which counts none.
        columns: what the numbers of a row are: "now", then the averages' names.
        rows: numbers by the parameters' names.

    Example:
        >>> Averages(1, ("now", "m"), {"layer1.neuron1.w0": (0.5, -0.125), "layer1.neuron1.b": (0.1, 1 / 3)})
                 now  m
        w[1]₁₀   0.5  −0.125
        b[1]₁    0.1  0.333333
    """

    steps: int
    columns: tuple[str, ...]
    rows: dict[str, tuple[float, ...]]

    def __str__(self) -> str:
        lines = [
            ["", *self.columns],
            *([symbol(name), *(figure(x)[0] for x in row)] for name, row in self.rows.items()),
        ]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)

    __repr__ = __str__
