"""Where a descent's picture puts its lines: contours evenly spaced, arrows side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
ROUNDED = 0.2  # of the step to the next level: so much room a level has to become a rounder number
LANES = sorted(range(-9, 10), key=abs)  # in which arrows run side by side, the middle one first
HIDDEN = 0.4  # the part of an arrow's length that may lie under another


def levels(f: Array, cell: tuple[float, float], count: int) -> Array:
    """Heights from the lowest to the highest whose contour lines are evenly spaced, in the mean along each line.

    Lines dt apart in height have the mean distance dt / g, where g is the mean of |∇f| over the area between them
    (the coarea formula). So equal steps of ∫ dt / g are equal distances in the picture: for x² + y² equal steps of
    the radius, not of its square.

    Args:
        f: heights on a grid, rows along y; nan where there are none.
        cell: width and height of the grid's cells.
        count: how many lines.

    Returns:
        The levels with the lowest and the highest point at their ends; empty where f is flat.

    Example:
        >>> x, y = np.meshgrid(np.linspace(-1, 1, 201), np.linspace(-1, 1, 201))
        >>> levels(x**2 + 0*y, (0.01, 0.01), 4).round(2).tolist()
        [0.0, 0.04, 0.16, 0.36, 0.64, 1.0]
    """
    slopes = np.gradient(f, cell[1], cell[0])
    steep = np.hypot(*slopes)
    seen = np.isfinite(f) & np.isfinite(steep)
    heights, steep = f[seen], steep[seen]
    if not len(heights) or not np.ptp(heights) > 0:
        return np.array([])
    order = np.argsort(heights, kind="stable")
    heights, steep = heights[order], np.maximum(steep[order], np.finfo(float).tiny)
    window = np.ones(len(steep) // 100 + 1)
    g = np.convolve(steep, window, "same") / np.convolve(np.ones_like(steep), window, "same")
    far = np.append(0, np.cumsum(np.diff(heights) / g[1:]))
    exact = np.interp(np.linspace(0, far[-1], count + 2), far, heights)
    return np.unique([exact[0], *map(_rounded, exact[1:-1], np.diff(exact)[:-1]), exact[-1]])


def _rounded(level: float, room: float) -> float:
    """The level with no more decimals than it takes to stay about where it is."""
    return round(level, -int(np.floor(np.log10(ROUNDED * room)))) if room > 0 else level


def apart(arrows: Sequence[tuple[Array, Array]], gap: float) -> list[Array]:
    """Where arrows start so that none hides another: each moves aside by a few gaps if it must.

    Args:
        arrows: of each the point that it starts from, and its vector.
        gap: how far two that run side by side are apart.

    Example:
        >>> right = np.array([0.0, 0.0]), np.array([1.0, 0.0])
        >>> [start.tolist() for start in apart([right, right], 0.1)]
        [[0.0, 0.0], [0.0, -0.1]]
    """
    starts: list[Array] = []
    lines: list[Array] = []
    for tail, vector in arrows:
        aside = gap * np.array([-vector[1], vector[0]]) / (np.hypot(*vector) or 1.0)
        for lane in LANES:
            start = tail + lane * aside
            line = start + np.linspace(0, 1, 40)[:, None] * vector
            if all(_hidden(line, other, 0.9 * gap) < HIDDEN for other in lines):
                break
        starts.append(start)
        lines.append(line)
    return starts


def _hidden(line: Array, other: Array, near: float) -> float:
    """The part of a line's points, or of the other's if that is more, that are so near to the other line."""
    distances = np.hypot(*np.moveaxis(line[:, None] - other[None], -1, 0))
    return max(float((distances.min(axis) < near).mean()) for axis in (0, 1))
