"""Dropout of a play: which neurons a sample leaves out follows from the clock alone, so that each way back finds it."""

from __future__ import annotations

from collections.abc import Sequence

WORD = 0xFFFFFFFF  # 32 bits


def chance(place: int, node: int) -> float:
    """A number in [0, 1) of a time of the clock and a neuron, counted from the first input on.

    >>> [round(chance(place, node), 4) for place, node in ((0, 2), (0, 3), (1, 2))]
    [0.4178, 0.5787, 0.6027]
    """
    h = (place + 1) * 0x9E3779B1 ^ (node + 1) * 0x85EBCA6B
    for _ in range(2):
        h &= WORD
        h = (h ^ h >> 16) * 0x45D9F3B
    h &= WORD
    return (h ^ h >> 16) / 2**32


def masks(rate: float, place: int, sizes: Sequence[int]) -> list[list[float]]:
    """Of each hidden layer's neurons the factors: 0, or 1/(1 − rate), which keeps the mean.

    Args:
        rate: the share that is left out, above 0 and below 1.
        place: samples so far.
        sizes: how many inputs, and how many neurons in each layer; the last is whole always.
    """
    node, rows = sizes[0], []
    for size in sizes[1:-1]:
        rows.append([0.0 if chance(place, node + j) < rate else 1 / (1 - rate) for j in range(size)])
        node += size
    return rows
