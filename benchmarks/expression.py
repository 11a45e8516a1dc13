"""A small graph: micrograd's README expression, 25 operations on two leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.engines import contest
from benchmarks.measure import Options


def readme(leaves: Sequence[Any]) -> Any:
    """Word for word; the slopes at a = −4, b = 2 are 138.8338 and 645.5773."""
    a, b = leaves
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


def table(options: Options) -> None:
    contest("README expression", readme, [-4.0, 2.0], 25, options)
