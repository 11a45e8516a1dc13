"""Where the number of each line stands: on its own line, clear of all other lines, circles and numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from viz.shapes import Point

Array = NDArray[np.float64]
PLACES = 160  # along a line; those nearer to its middle are taken first
MOST = 400  # more numbers have no room on any page
APART = 3.0  # points between a number and what is not its own


def numbered(
    ends: Sequence[Point], sizes: Sequence[Point | None], span: tuple[float, float], radius: float, bent: bool = False
) -> list[Point | None]:
    """The middle of each line's number between two layers, along and across them; None without one or room for it.

    Every line goes across from its one end to its other by the same share, so that those in the way of a number
    are known from where they are at its sides.

    Args:
        ends: of each line, across: where it leaves the first layer and where it arrives at the second.
        sizes: of each line's number, along and across in points; None without a number.
        span: along: the middles of the first layer's circles and of the second's.
        radius: of the circles.
        bent: whether lines are Bézier curves, which leave and arrive along; else they are straight.

    Example:
        >>> numbered([(0, 0), (0, 40)], [(20, 10), None], (0, 100), 5)
        [(50.0, 0.0), None]
        >>> numbered([(0, 4)], [(96, 10)], (0, 100), 5)
        [None]
    """
    result: list[Point | None] = [None] * len(ends)
    mine = [k for k, size in enumerate(sizes) if size is not None]
    if not mine or len(mine) > MOST:
        return result
    lines, numbers = np.array(ends, float), np.array([sizes[k] for k in mine], float)
    along = _places(span, radius)
    middles = _across(lines[mine], along, span, radius, bent)
    free = np.array([
        _is_free(k, lines, along, middle, size, span, radius, bent)
        for k, middle, size in zip(mine, middles, numbers, strict=True)
    ])  # fmt: skip
    taken = np.empty((0, 4))
    for i in np.argsort(np.count_nonzero(free, axis=1), kind="stable"):  # first those with the least choice
        for place in np.flatnonzero(free[i]):
            middle, half = np.array([along[place], middles[i, place]]), numbers[i] / 2
            box = np.array([*(middle - half), *(middle + half)])
            if not ((taken[:, :2] < box[2:] + APART) & (taken[:, 2:] > box[:2] - APART)).all(axis=1).any():
                result[mine[i]] = float(middle[0]), float(middle[1])
                taken = np.vstack([taken, box])
                break
    return result


def _places(span: tuple[float, float], radius: float) -> Array:
    """Places along a layer, the middle first."""
    places = np.linspace(span[0] + radius, span[1] - radius, PLACES + 1)
    return places[np.argsort(np.abs(places - sum(span) / 2), kind="stable")]


def _across(lines: Array, along: Array, span: tuple[float, float], radius: float, bent: bool) -> Array:
    """Where lines are across at some places along: shape (lines, places)."""
    if bent:  # a cubic Bézier curve whose inner points are both half-way along
        t = np.linspace(0, 1, 200)
        first, last = (1 - t) ** 3, t**3
        way = first * (span[0] + radius) + last * (span[1] - radius) + (1 - first - last) * sum(span) / 2
        share = np.interp(along, way, 3 * t**2 * (1 - t) + last)
    else:
        share = (along - span[0]) / (span[1] - span[0])
    across: Array = lines[:, :1] + (lines[:, 1:] - lines[:, :1]) * share
    return across


def _is_free(
    k: int, lines: Array, along: Array, middle: Array, size: Array, span: tuple[float, float], radius: float, bent: bool
) -> NDArray[np.bool_]:
    """At which places a line's number of this size meets neither circles nor other lines."""
    long, high = size / 2 + APART
    others = np.delete(lines, k, axis=0)
    sides = np.stack([_across(others, along + step, span, radius, bent) for step in (-long, long)])
    met = (sides.min(axis=0) < middle + high) & (sides.max(axis=0) > middle - high)
    inside = (along - long > span[0] + radius) & (along + long < span[1] - radius)
    free: NDArray[np.bool_] = inside & ~met.any(axis=0)
    return free
