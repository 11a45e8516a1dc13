"""What a reader sees of a picture, measured from its shapes: how small, how tangled, what stands on what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from viz.drawing import SLIDE, Drawing
from viz.shapes import Box, Curve, Group, Point, Text, bounds, smallest_text

Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
Points = NDArray[np.float64]  # (points, 2)

X_HEIGHT = 0.547  # of the size: small letters of words, and of mathematics, which is set as much larger
NEAR = 14.0  # points: lines that start or end together may meet there
BENT = 1.3  # points: ports stand on lines that far apart
INDEX = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


@dataclass(frozen=True)
class Measured:
    """What is wrong with a picture, but for the sizes in numbers that should be 0.

    Attributes:
        points, x_height: of the smallest text where the picture fills a slide, and of its small letters, in points.
        crossings: how often ways forward of two roads cross.
        on_lines: texts that a lane runs through.
        foreign: texts that stand nearer to another road than to their own.
        overlaps: pairs of cards and texts of roads that overlap.
        pierced: cards that a lane runs through.
        bent: roads of a chain, from left to right, that change their height.
        unordered: pairs of cards in a column that stand against the order of their index.
    """

    points: float
    x_height: float
    crossings: int
    on_lines: int
    foreign: int
    overlaps: int
    pierced: int
    bent: int
    unordered: int

    @property
    def faults(self) -> tuple[int, ...]:
        """What should never be: all but sizes and crossings, which a graph may not do without, and bent chains."""
        return (self.on_lines, self.foreign, self.overlaps, self.pierced, self.unordered)

    def __add__(self, other: Measured) -> Measured:
        """Of two pictures the smaller sizes, and all that is wrong."""
        mine, theirs = astuple(self), astuple(other)
        return Measured(*map(min, mine[:2], theirs[:2]), *(a + b for a, b in zip(mine[2:], theirs[2:], strict=True)))


class Seen:
    """Lanes, texts and cards of a drawing.

    Attributes:
        lanes: of each way forward or back its road, its kind, points along it, and half its width; of a circuit also
            the wires with numbers, each of which is its node's.
        texts: of each text of a road that road, its kind and place.
        cards: of each card, circle, or name of a circuit's leaf its id and place.
        names: places of the names above circles.
    """

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.lanes: list[tuple[str, str, Points, float]] = []
        self.texts: list[tuple[str, str, Rectangle]] = []
        self.cards: list[tuple[str, Rectangle]] = []
        self.names: list[Rectangle] = []
        for group in drawing.picture.groups:
            if group.kind in ("forward", "backward"):
                lanes = [shape for shape in group.shapes if isinstance(shape, Curve)]
                self.lanes += [(group.id, group.kind, along(lane.points), lane.stroke / 2) for lane in lanes]
                self.texts += [(group.id, group.kind, bounds(text)) for text in _texts(group)]
            elif group.kind == "node":
                wires = [shape for shape in group.shapes if isinstance(shape, Curve)]
                borders = [shape for shape in group.shapes if isinstance(shape, Box) and shape.fill == "none"]
                self.cards += [(group.id, bounds(border)) for border in borders]
                if wires and not borders:
                    self._see_circle(group, wires[0])

    def _see_circle(self, group: Group, wire: Curve) -> None:
        """A circuit's node: its circle with a sign, or its name alone; a wire with numbers; a name above a circle."""
        self.lanes.append((group.id, "wire", along(wire.points), wire.stroke / 2))
        circles = [bounds(shape) for shape in group.shapes if isinstance(shape, Box) and shape.stroke]
        texts = [bounds(text) for text in _texts(group)]
        beside = [text for text in texts if (text[0] + text[2]) / 2 > wire.points[0][0]]
        self.texts += [(group.id, "wire", text) for text in beside]
        names = [text for text in texts if text not in beside]
        self.cards += [(group.id, box) for box in circles or names]
        self.names += [name for name in names if circles and name[3] < circles[0][1] + 1]

    def measured(self) -> Measured:
        """The table's row of this drawing."""
        points = smallest_text(self.drawing.picture, SLIDE)
        return Measured(
            points, X_HEIGHT * points, self.crossings(), len(list(self.on_lines())), len(list(self.foreign())),
            len(list(self.overlaps())), len(list(self.pierced())), len(list(self.bent())), len(list(self.unordered())),
        )  # fmt: skip

    @cached_property
    def forward(self) -> dict[str, Points]:
        """Each road's way forward."""
        return {road: points for road, kind, points, _ in self.lanes if kind == "forward"}

    def crossings(self) -> int:
        """At how many places ways forward cross; where roads from one card still are one line, they cross as one."""
        places = set()
        for a, b in combinations(self.forward.values(), 2):
            starts = sorted(tuple(map(round, line[0])) for line in (a, b))
            places |= {(*starts, round(x), round(y)) for x, y in _crossings(a, b)}
        return len(places)

    def on_lines(self) -> Iterator[str]:
        """The roads of texts that a lane runs through."""
        for road, _, box in self.texts:
            yield from [road] if any(inside(points, box, 1).any() for _, _, points, _ in self.lanes) else []

    def pierced(self) -> Iterator[str]:
        """The cards that a lane runs through."""
        for card, box in self.cards:
            yield from [card] if any(inside(points, box, 1).any() for _, _, points, _ in self.lanes) else []

    def foreign(self) -> Iterator[str]:
        """The roads of texts that stand nearer to another road."""
        for road, _, box in self.texts:
            own = [distance(points, box) for other, _, points, _ in self.lanes if other == road]
            others = [distance(points, box) for other, _, points, _ in self.lanes if other != road]
            yield from [road] if own and min(others, default=np.inf) < min(own) else []

    def overlaps(self) -> Iterator[tuple[Rectangle, Rectangle]]:
        """Pairs of cards, texts of roads, or one of each."""
        boxes = [box for _, box in self.cards] + [box for *_, box in self.texts] + self.names
        for a, b in combinations(boxes, 2):
            if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1:
                yield a, b

    def bent(self) -> Iterator[str]:
        """Roads between two cards that have no other road on that side, and that stand one right of the other."""
        edges = self.drawing.scene.edges
        tails, heads = [edge.tail for edge in edges], [edge.head for edge in edges]
        for edge in edges:
            if tails.count(edge.tail) == heads.count(edge.head) == 1 and edge.id in self.forward:
                points = self.forward[edge.id]
                if points[0, 0] < points[-1, 0] and np.ptp(points[:, 1]) > BENT:
                    yield edge.id

    def unordered(self) -> Iterator[tuple[str, str]]:
        """Siblings in one column of which the one with the smaller index stands lower."""
        scene = self.drawing.scene
        kinds = {node.id: _indexed(node.title) for node in scene.nodes}
        stems = {card: kind.split(" = ")[0] for card, (kind, _) in kinds.items()}
        counted = {edge.head for edge in scene.edges if stems[edge.head] == stems[edge.tail]}  # as v₂ = v₁ + 1
        placed = [(kinds[card], box) for card, box in self.cards if card in kinds.keys() - counted and kinds[card][1]]
        for (a, one), (b, two) in combinations(placed, 2):
            beside = min(one[2], two[2]) > max(one[0], two[0])
            if a[0] == b[0] and beside and (a[1] < b[1]) != (one[1] < two[1]):
                yield f"{a[0]} {a[1]}", f"{b[0]} {b[1]}"


def measure(drawing: Drawing) -> Measured:
    """What is wrong with a drawing."""
    return Seen(drawing).measured()


def _texts(group: Group) -> list[Text]:
    return [shape for shape in group.shapes if isinstance(shape, Text)]


def _indexed(title: str) -> tuple[str, str]:
    """What siblings' titles have in common, and the index.

    >>> _indexed("a[1]₁₂ = tanh(w₁₂·x)"), _indexed("loss")
    (('a[1] = tanh(w·x)', '12'), ('loss', ''))
    """
    return re.sub("[₀-₉]", "", title), "".join(re.findall("[₀-₉]", title.split(" = ")[0])).translate(INDEX)


def along(points: tuple[Point, ...]) -> Points:
    """Points along a chain of Bézier curves; of a straight line of two points, 13."""
    t = np.linspace(0, 1, 13)[:, None]
    corners = np.array(points, float)
    if len(corners) == 2:
        return corners[0] + t * (corners[1] - corners[0])
    pieces = []
    for i in range(0, len(corners) - 3, 3):
        a, b, c, d = corners[i : i + 4]
        pieces.append((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
    return np.concatenate(pieces)


def inside(points: Points, box: Rectangle, margin: float) -> NDArray[np.bool_]:
    """Which points are inside a box, that far from its border."""
    left, top, right, bottom = box
    x, y = points[:, 0], points[:, 1]
    return (left + margin < x) & (x < right - margin) & (top + margin < y) & (y < bottom - margin)


def distance(points: Points, box: Rectangle) -> float:
    """From a box to the nearest point."""
    left, top, right, bottom = box
    dx = np.maximum(0, np.maximum(left - points[:, 0], points[:, 0] - right))
    dy = np.maximum(0, np.maximum(top - points[:, 1], points[:, 1] - bottom))
    return float(np.hypot(dx, dy).min())


def _crossings(a: Points, b: Points) -> list[Points]:
    """Where two lines cross, but for where they part, and where both start or both end."""
    if (a.max(0) < b.min(0)).any() or (b.max(0) < a.min(0)).any():
        return []
    parted = [i for i, (one, two) in enumerate(zip(a, b, strict=False)) if np.hypot(*(one - two)) > BENT]
    together = max(0, parted[0] - 1) if parted else min(len(a), len(b)) - 1
    a, b = a[together:], b[together:]
    p, r = a[:-1, None], np.diff(a, axis=0)[:, None]
    q, s = b[None, :-1], np.diff(b, axis=0)[None]
    denominator = _cross(r, s)
    with np.errstate(divide="ignore", invalid="ignore"):
        t, u = _cross(q - p, s) / denominator, _cross(q - p, r) / denominator
    met = (denominator != 0) & (t >= 0) & (t < 1) & (u >= 0) & (u < 1)
    places = (p + np.where(met, t, 0)[..., None] * r)[met]
    shared = [one for one, two in ((a[0], b[0]), (a[-1], b[-1])) if np.hypot(*(one - two)) < NEAR]
    return [place for place in places if all(np.hypot(*(place - end)) > NEAR for end in shared)]


def _cross(a: Points, b: Points) -> Points:
    result: Points = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return result
