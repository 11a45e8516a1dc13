"""The lines of a network: their curves, their looks by weight, their heads, and the numbers on them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby, pairwise

from autograd.language.numbers import figure
from viz.networks.plan import Link, Plan
from viz.shapes import Box, Curve, Group, Head, Point, Shape, Text, head

THINNEST = 0.8  # points: a line that can still be seen
Look = tuple[str, float, tuple[float, float] | None, float]  # colour, width, dash, opacity


class Lines:
    """The lines of a plan, as shapes."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.style, self.theme = plan, plan.style, plan.theme

    def groups(self) -> Iterator[Group]:
        """A group for each line."""
        for k, link in enumerate(self.plan.links):
            yield self._line(k, link)

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
            colour = mixed(theme.background, colour, share)
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
        rest = _cut(curve, 1 - length / ((len(curve) - 1) * math.dist(tip, curve[-2])))
        corners = head(rest[-1], tip, length)
        shapes: list[Shape] = [Curve(rest, *look)]
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

    def numbered(self) -> Iterator[Group]:
        """A group for each number on its line."""
        size, background = self.theme.edge_size, self.theme.background
        for k, text in enumerate(self.numbers):
            if text and (place := self.places[k]):
                ground = Box(place[0] - text.width / 2 - 2, place[1] - size / 2, text.width + 4, size, 3, background,
                             background, 0)  # fmt: skip
                yield Group(f"w{k}", "label", (ground, text.at(*place)))

    @cached_property
    def numbers(self) -> list[Text | None]:
        """The text of each line's weight, or gradient, where it is known."""
        texts: list[Text | None] = []
        for weight in (link.weight for link in self.plan.links):
            known = self.style.numbers and weight is not None
            text = figure(weight, digits=self.style.digits)[0] if known else ""
            colour = self.theme.gradient if self.plan.slopes else mixed(self._signed(weight or 0), self.theme.ink, 0.3)
            texts.append(Text(0, 0, text, self.theme.edge_size, colour, latex=text) if known else None)
        return texts

    @cached_property
    def places(self) -> list[Point | None]:
        """Where each number stands; None where it has no room."""
        if not self.style.numbers:
            return [None] * len(self.numbers)
        from viz.networks.numbers import numbered  # which needs NumPy; other pictures do without

        places: list[Point | None] = []
        flat, bent = self.style.direction == "horizontal", self.style.edges == "bezier"
        for span, lines in groupby(self.plan.links, key=lambda link: (link.tail.x, link.head.x)):
            ends = [(link.tail.y, link.head.y) for link in lines]
            texts = self.numbers[len(places) : len(places) + len(ends)]
            boxes = [(text.width, self.theme.edge_size) if text else None for text in texts]
            sizes = [box and (box if flat else (box[1], box[0])) for box in boxes]
            middles = numbered(ends, sizes, span, self.plan.diameter / 2, bent)
            places += [middle and self.plan.page(*middle) for middle in middles]
        return places

    @cached_property
    def crowded_out(self) -> int:
        """How many numbers have no room."""
        return sum(text is not None and place is None for text, place in zip(self.numbers, self.places, strict=True))


def _towards(a: Point, b: Point, length: float) -> Point:
    """The point that far from a on the way to b."""
    share = length / (math.dist(a, b) or 1.0)
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def _cut(points: Sequence[Point], t: float) -> tuple[Point, ...]:
    """A line or Bézier curve up to t in [0, 1], by de Casteljau's construction."""
    part = []
    while points:
        part.append(points[0])
        points = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in pairwise(points)]
    return tuple(part)


def mixed(a: str, b: str, share: float) -> str:
    """A colour on the way from a to b."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + share * (y - x)):02X}" for x, y in pairs)
