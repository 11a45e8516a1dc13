"""The lines of a network: their curves, their looks by weight, their heads, and the numbers on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from autograd.language.numbers import figure
from viz import fonts as font
from viz.networks.plan import Link, Plan
from viz.shapes import Box, Curve, Group, Head, Point, centred, head

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
        for k, link, t in self._places():
            yield self._number(k, link, t)

    @cached_property
    def largest(self) -> float:
        """The largest |weight| drawn, by which others are measured."""
        return max((abs(link.weight) for link in self.plan.links if link.weight is not None), default=0.0) or 1.0

    def look(self, weight: float | None) -> Look:
        """A line's colour, width, dash and opacity."""
        style, theme = self.style, self.theme
        colour = style.edge_colour or theme.muted
        if weight is None or not math.isfinite(weight):
            return colour, 1.0 if style.edge_width is None else style.edge_width, None, style.edge_opacity
        by, share = style.by_weight, abs(weight) / self.largest
        width = style.edge_width
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
        body = Curve((*curve[:-1], base), *look)
        if self.style.arrowheads == "solid":
            return Group(f"e{k}", "link", (body, Head(corners, colour, opacity)))
        sides = zip(corners, (*corners[1:], corners[0]), strict=True)
        outline = [Curve(side, colour, 1.2, None, opacity) for side in sides]
        return Group(f"e{k}", "link", (body, Head(corners, self.theme.background), *outline))

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

    def _places(self) -> Iterator[tuple[int, Link, float]]:
        """Where on its line each weight is written: the first place where it meets no other text."""
        middles = [self.plan.page(unit.x, unit.y) for column in self.plan.units for unit in column]
        r = self.plan.diameter / 2
        taken = [(x - r, x + r, y - r, y + r) for x, y in middles]
        for k, link in enumerate(self.plan.links if self.style.numbers else ()):
            if link.weight is None:
                continue
            width, half = font.width(self._figure(link), self.theme.edge_size) / 2 + 2, self.theme.edge_size * 0.6
            best: tuple[float, float, Rectangle] = (math.inf, 0.5, (0, 0, 0, 0))
            for t in PLACES:
                x, y = _along(self._curve(link), t)
                box = (x - width, x + width, y - half, y + half)
                clash = sum(_overlap(box, other) for other in taken)
                best = min(best, (clash, t, box), key=lambda one: one[0])
                if not clash:
                    break
            taken.append(best[2])
            yield k, link, best[1]

    def _figure(self, link: Link) -> str:
        return figure(link.weight or 0.0, digits=self.style.digits)[0]

    def _number(self, k: int, link: Link, t: float) -> Group:
        (x, y), size, text = _along(self._curve(link), t), self.theme.edge_size, self._figure(link)
        colour = _mixed(self._signed(link.weight or 0.0), self.theme.ink, 0.3)
        width, high = font.width(text, size) + 4, size * 1.1
        white = Box(x - width / 2, y - high / 2, width, high, 3, self.theme.background, self.theme.background, 0)
        return Group(f"w{k}", "label", (white, centred(x, y, text, size, colour)))


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
