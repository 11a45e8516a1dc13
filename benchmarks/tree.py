"""A wide graph: 8192 leaves joined in pairs, a balanced tree of 8191 operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.engines import contest
from benchmarks.measure import Options

LEAVES = 2**13


def tree(leaves: Sequence[Any]) -> Any:
    """Join neighbours until one is left, by + and · in turn."""
    product = False
    while len(leaves) > 1:
        pairs = zip(leaves[::2], leaves[1::2], strict=True)
        leaves = [x * y if product else x + y for x, y in pairs]
        product = not product
    return leaves[0]


def table(options: Options) -> None:
    numbers = [0.5 + (i % 7) / 100 for i in range(LEAVES)]  # near ½: products of sums stay near 1
    contest("Tree", tree, numbers, LEAVES - 1, options)
