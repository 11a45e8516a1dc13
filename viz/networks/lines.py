"""The lines of a network: their curves, their looks by weight, their heads, and the numbers on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from autograd.language.numbers import figure
from viz import fonts as font
from viz.networks.plan import Link, Plan
from viz.shapes import Box, Curve, Group, Head, Point, Shape, centred, head

THINNEST = 0.3  # points: a line that can still be seen
PLACES = sorted((k / 40 for k in range(2, 39)), key=lambda t: abs(t - 0.5))  # of a number on its line, the middle first
Look = tuple[str, float, tuple[float, float] | None, float]  # colour, width, dash, opacity
Rectangle = tuple[float, float, float, float]  # left, right, top, bottom


class Lines:
    """The lines of a plan, as shapes."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.style, self.theme = plan, plan.style, plan.theme

    def groups(self) -> Iterator[Group]:
        """A group for each line, then one for each number on a line."""
        for k, link in enumerate(self.plan.links):
            yield self._line(k, link)
        if self.style.numbers:
            yield from self._numbers()

    @cached_property
    def largest(self) -> float:
        """The largest |weight| drawn, by which others are measured."""
        return max((abs(link.weight) for link in self.plan.links if link.weight is not None), default=0.0) or 1.0

    def look(self, weight: float | None) -> Look:
        """A line's colour, width, dash and opacity."""
        style, theme = self.style, self.theme
        by, colour = style.by_weight, style.edge_colour or theme.muted
        if weight is None or not math.isfinite(weight):
            return colour, 1.0 if style.edge_width is None else style.edge_width, None, style.edge_opacity
        share, width = abs(weight) / self.largest, style.edge_width
        if width is None:
            width = 5.0 if "width" in by else 1.0
        if "width" in by:
            width = max(THINNEST, width * share)
        if weight and ("colour" in by or "shade" in by):
            colour = self._signed(weight)
        if "shade" in by:
            colour = _mixed(theme.background, colour, share)
        opacity = style.edge_opacity * (share if "opacity" in by else 1)
        dash = (4 + width, 2.5 + width / 2) if "dash" in by and weight < 0 else None
        return colour, width, dash, round(opacity, 4)

    def _signed(self, weight: float) -> str:
        """The colour of a weight's sign."""
        style, theme = self.style, self.theme
        return style.positive or theme.positive if weight >= 0 else style.negative or theme.negative

    def _line(self, k: int, link: Link) -> Group:
        look = self.look(link.weight)
        curve = self._curve(link)
        if self.style.arrowheads == "none":
            return Group(f"e{k}", "link", (Curve(curve, *look),))
        colour, stroke, _, opacity = look
        tip, length = curve[-1], 9 + 1.6 * stroke
        base = _towards(tip, curve[-2], length)
        corners = head(base, tip, length)
        shapes: list[Shape] = [Curve((*curve[:-1], base), *look)]
        if self.style.arrowheads == "solid":
            shapes.append(Head(corners, colour, opacity))
        else:
            shapes.append(Head(corners, self.theme.background))
            shapes += [Curve(side, colour, 1.2, None, opacity) for side in pairwise((*corners, corners[0]))]
        return Group(f"e{k}", "link", tuple(shapes))

    def _curve(self, link: Link) -> tuple[Point, ...]:
        """From circle to circle, straight or as one Bézier curve that leaves and arrives along the layers."""
        a, b = self.plan.page(link.tail.x, link.tail.y), self.plan.page(link.head.x, link.head.y)
        r = self.plan.diameter / 2
        if self.style.edges == "straight":
            return _towards(a, b, r), _towards(b, a, r)
        half = (link.head.x - link.tail.x) / 2
        tail, head = (link.tail.x + r, link.tail.y), (link.head.x - r, link.head.y)
        points = tail, (tail[0] + half - r, tail[1]), (head[0] - half + r, head[1]), head
        return tuple(self.plan.page(*point) for point in points)

    def _numbers(self) -> Iterator[Group]:
        """Each weight on its line, at the first place where it meets no other text."""
        size, background = self.theme.edge_size, self.theme.background
        middles = [self.plan.page(unit.x, unit.y) for column in self.plan.units for unit in column]
        r, half = self.plan.diameter / 2, size * 0.6
        taken = [(x - r, x + r, y - r, y + r) for x, y in middles]
        for k, link in enumerate(self.plan.links):
            if link.weight is None:
                continue
            text = figure(link.weight, digits=self.style.digits)[0]
            width, curve = font.width(text, size), self._curve(link)
            place, least, box = (0.0, 0.0), math.inf, taken[0]
            for x, y in (_along(curve, t) for t in PLACES):
                here = (x - width / 2 - 2, x + width / 2 + 2, y - half, y + half)
                clash = sum(_overlap(here, other) for other in taken)
                if clash < least:
                    place, least, box = (x, y), clash, here
                if not clash:
                    break
            taken.append(box)
            ground = Box(box[0], place[1] - size * 0.55, width + 4, size * 1.1, 3, background, background, 0)
            colour = _mixed(self._signed(link.weight), self.theme.ink, 0.3)
            yield Group(f"w{k}", "label", (ground, centred(*place, text, size, colour, latex=text)))


def _towards(a: Point, b: Point, length: float) -> Point:
    """The point that far from a on the way to b."""
    share = length / (math.dist(a, b) or 1.0)
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def _along(points: Sequence[Point], t: float) -> Point:
    """The point at t in [0, 1] of a line or Bézier curve, by de Casteljau's construction."""
    while len(points) > 1:
        points = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in pairwise(points)]
    return points[0]


def _overlap(a: Rectangle, b: Rectangle) -> float:
    """The area that two rectangles share."""
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[2], b[2]))


def _mixed(a: str, b: str, share: float) -> str:
    """A colour on the way from a to b."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + share * (y - x)):02X}" for x, y in pairs)
