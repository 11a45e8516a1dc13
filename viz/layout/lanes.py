"""Where columns stand, and the curves of lanes: one S between columns, flat where a road has its label."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from viz.layout.lattice import Lattice, Road, Station, Stop, Style
from viz.shapes import Point

STEP = 1.3  # points
RADIUS, ARC = 22.0, 0.5523  # of the corners of a way back; of a quarter circle's radius to its Bézier handles
CLEAR = 5.0  # points that a road is flat before it passes the texts of others


def spread(lattice: Lattice) -> None:
    """Set every stop's x: as much room between columns as the roads between them climb."""
    widths = [max((stop.width for stop in column), default=0.0) for column in lattice.columns]
    gaps = [lattice.style.gap(lattice, i) for i in range(len(widths) - 1)]
    left = 0.0
    for column, width, gap in zip(lattice.columns, widths, [*gaps, 0.0], strict=True):
        for stop in column:
            stop.left, stop.right = left, left + width
            lattice.style.settle(stop)
        left += width + gap


def ends(a: Stop, b: Stop, road: Road) -> tuple[float, float]:
    """The heights of a piece of a road at both of its stops."""
    return a.y + road.out_port * (a is road.tail), b.y + road.in_port * (b is road.head)


def climbs(lattice: Lattice, column: int) -> tuple[float, int, bool]:
    """Of the roads between a column and the next: the most that one climbs, how many they are, whether some cross."""
    pieces = [ends(a, b, road) for a, b, road in lattice.links() if a.column == column]
    height = max((abs(y - z) for y, z in pieces), default=0.0)
    return height, len(pieces), any((p[0] - q[0]) * (p[1] - q[1]) < 0 for p in pieces for q in pieces)


def stations(road: Road, style: Style) -> list[Station]:
    """Where a road is flat, from its tail's border to its head's; between rows its ways back."""
    if road.pieces:
        flat = stations(road.pieces[0], style)
        for back, piece in zip(road.back, road.pieces[1:], strict=True):
            flat += [back, *stations(piece, style)]
        return flat
    first, last = style.ends(road)
    flat = [first]
    for stop in road.between:
        if stop.kind == "label":
            flat.append((stop.x - stop.width / 2 - 3, stop.right, stop.y))
        elif stop.right - stop.left > 1:
            flat.append((stop.left - CLEAR, stop.right, stop.y))
    flat.append(last)
    for i in range(len(flat) - 2, -1, -1):  # ports are at lines: a step of one is none
        if abs(flat[i][2] - flat[i + 1][2]) < STEP:
            flat[i] = (*flat[i][:2], flat[i + 1][2])
    return flat


def lane(flat: list[Station], below: float, behind: float = 0.0, before: float = 0.0) -> list[Point]:
    """The Bézier points of a lane that far below its road's middle; it starts behind the tail, ends before the head.

    >>> lane([(0, 0, 10), (30, 30, 10)], 5)
    [(0.0, 15), (10.0, 15.0), (20.0, 15.0), (30, 15)]
    """
    (x, first, y), *middle, (last, end, z) = flat
    flat = [(x + behind, first, y), *middle, (last, end - before, z)]
    points: list[Point] = [(x + behind, y + below)]
    if first - x - behind > 0.3:
        points += _straight(points[0], (first, y + below))
    for (begin, x, y), (start, end, z) in pairwise(flat):
        if end < start:
            points += _turned(points[-1], start, z, below, 1)
            continue
        if x < begin:
            points += _turned(points[-1], x, z, below, -1)
            points += _straight(points[-1], (start, z + below))
        else:
            level = abs(y - z) < 0.3
            points += _straight(points[-1], (start, z + below)) if level else _bent((x, y), (start, z), below)
        if end - start > 0.3:
            points += _straight(points[-1], (end, z + below))
    return points


def ray(flat: list[Station], before: float) -> list[Point]:
    """One of many lines between two columns, from border to border, that far before its head; longer ways are lanes.

    >>> ray([(0, 16, 10), (84, 100, 10)], 20)
    [(0, 10), (80.0, 10.0)]
    """
    if len(flat) > 2:
        return lane(flat, 0.0, before=before)
    (x, _, y), (_, end, last) = flat
    share = 1 - before / math.hypot(end - x, last - y)
    return [(x, y), (x + share * (end - x), y + share * (last - y))]


def _straight(a: Point, b: Point) -> Iterator[Point]:
    for share in (1 / 3, 2 / 3):
        yield a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
    yield b


def _turned(start: Point, x: float, end: float, below: float, side: int) -> Iterator[Point]:
    """Round the margin at x, on the right (side 1) or the left (−1), to where the way goes on."""
    start = start[0], start[1] - side * below
    radius = min(RADIUS, (end - start[1]) / 2)
    corners = (x - side * radius, start[1] + side * below), (x - below, start[1] + radius)
    yield from _straight((start[0], corners[0][1]), corners[0])
    yield from _quarter(*corners, upright=0)
    yield from _straight(corners[1], (x - below, end - radius))
    yield from _quarter((x - below, end - radius), (x - side * radius, end - side * below), upright=1)


def _quarter(a: Point, b: Point, upright: int) -> Iterator[Point]:
    """A quarter of a circle, which begins flat or upright."""
    dx, dy = ARC * (b[0] - a[0]), ARC * (b[1] - a[1])
    yield (a[0], a[1] + dy) if upright else (a[0] + dx, a[1])
    yield (b[0] - dx, b[1]) if upright else (b[0], b[1] - dy)
    yield b


def _bent(a: Point, b: Point, below: float) -> Iterator[Point]:
    """An S beside the S from a to b, at an even distance: two halves that meet in the middle, at right angles to it."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    slope = math.hypot(0.75 * dx, 1.5 * dy)  # of the S with handles of half its width, in its middle
    along = 0.75 * dx / slope, 1.5 * dy / slope
    middle = (a[0] + b[0]) / 2 - along[1] * below, (a[1] + b[1]) / 2 + along[0] * below
    half = math.hypot(dx / 2, dy / 2)
    start, end = (a[0], a[1] + below), (b[0], b[1] + below)
    first, second = math.dist(start, middle) / half, math.dist(middle, end) / half  # longer outside, shorter inside
    handle, reach = dx / 4, slope / 6
    yield start[0] + handle * first, start[1]
    yield middle[0] - along[0] * reach * first, middle[1] - along[1] * reach * first
    yield middle
    yield middle[0] + along[0] * reach * second, middle[1] + along[1] * reach * second
    yield end[0] - handle * second, end[1]
    yield end
