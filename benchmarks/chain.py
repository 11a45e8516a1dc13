"""A deep graph: a chain of 10⁴ operations, each waiting for the one before."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.engines import contest
from benchmarks.measure import Options

OPERATIONS = 10**4


def chain(leaves: Sequence[Any], operations: int = OPERATIONS) -> Any:
    """z ← z · a + b, as often as it takes."""
    z, a, b = leaves
    for _ in range(operations // 2):
        z = z * a + b
    return z


def table(options: Options) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(2 * OPERATIONS)  # micrograd recurses
    try:
        contest("Chain", chain, [1.0, 0.999, 0.002], OPERATIONS, options)
    finally:
        sys.setrecursionlimit(limit)
