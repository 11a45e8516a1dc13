"""The outcome of a check: rows that agree or do not, as a table of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Protocol

from autograd.core.value import Number, magnitude
from autograd.language.numbers import figure

MOST_ROWS = 20  # of a table in a message


class Row(Protocol):
    """One derivative that was checked."""

    @property
    def ok(self) -> bool: ...


class Outcome:
    """Rows with a verdict each; true where all of them agree."""

    rows: Sequence[Row]
    counted: ClassVar[str] = "derivatives"

    @property
    def ok(self) -> bool:
        """Whether every row agrees."""
        return all(row.ok for row in self.rows)

    @property
    def summary(self) -> str:
        """How many rows agree, as a sentence."""
        return f"{sum(row.ok for row in self.rows)} of {len(self.rows)} {self.counted} agree."

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Comparison:
    """One derivative, calculated in two ways."""

    name: str  # what it is: ∂J/∂b
    autograd: Number
    other: Number
    ok: bool
    verdict: str
    tolerance: Number = 0.0  # what they may differ by

    @property
    def ulps(self) -> float:
        """The difference in units in the last place of the larger one, dimensionless."""
        return ulps(self.autograd, self.other)

    @property
    def rank(self) -> tuple[bool, float]:
        """What sorts the worst first: wrong rows, then those that are far off; nan is farthest."""
        return self.ok, -math.inf if math.isnan(self.ulps) else -self.ulps


@dataclass(frozen=True, repr=False)
class Report(Outcome):
    """The outcome of a check; printing it prints the table, worst first."""

    rows: tuple[Comparison, ...]
    heading: str  # of the other way's column
    hint: str = ""

    def __str__(self) -> str:
        table = [("input", "autograd", self.heading, "tolerance", "ulps", "verdict")]
        for row in sorted(self.rows, key=lambda row: row.rank)[:MOST_ROWS]:
            numbers = in_full(row.autograd), in_full(row.other), in_ulps(row.tolerance), in_ulps(row.ulps)
            table.append((row.name, *numbers, row.verdict))
        lines = [" ".join(filter(None, [self.summary, self.hint])), *aligned(table)]
        if len(self.rows) > MOST_ROWS:
            lines.append(f"… and {len(self.rows) - MOST_ROWS} more.")
        return "\n".join(lines)


def in_full(x: Number) -> str:
    """A number with all its digits, or as a fraction."""
    return repr(x).replace("-", "−") if isinstance(x, float) else figure(x, digits=12)[0]


def in_ulps(x: Number) -> str:
    """A distance, or a tolerance, in two digits; exactly 0 as 0."""
    return figure(x, digits=2)[0] if x else "0"


def close(a: Number, b: Number, rtol: float, atol: float) -> bool:
    """Whether |a − b| ≤ atol + rtol · max(|a|, |b|); inf is close to itself alone, nan to nothing.

    >>> close(1.0, 1.25, rtol=0.2, atol=0.0), close(1.0, float("inf"), rtol=1.0, atol=1.0)
    (True, False)
    """
    return a == b or within(magnitude(a - b), tolerance(a, b, rtol, atol))


def tolerance(a: Number, b: Number, rtol: float, atol: float) -> Number:
    """What two numbers may differ by: atol + rtol times the larger one; nothing beside inf and nan."""
    size = max(magnitude(a), magnitude(b))
    if not isinstance(size, float):
        return atol + Fraction(rtol) * size
    return atol + rtol * size if rtol and math.isfinite(size) else atol


def within(difference: Number, margin: Number) -> bool:
    """Whether a difference is none, or finite and at most the margin."""
    return bool(difference == 0 or (difference <= margin and difference != math.inf))


def ulps(a: Number, b: Number) -> float:
    """|a − b| in units in the last place of the larger one.

    >>> ulps(1.0, 1.0 + 2**-52), ulps(2.0, 2.0)
    (1.0, 0.0)
    """
    if a == b:
        return 0.0
    size = max(abs(float(a)), abs(float(b)))
    return float(magnitude(a - b)) / math.ulp(size) if math.isfinite(size) else math.nan


def aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, its columns two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
