"""Plain shapes: rounded boxes, curves, arrow heads and lines of text, from which every format is written.

Coordinates are points of 1/72 inch, the origin at the top left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from viz import fonts as font
from viz.typeset import Box as Formula
from viz.typeset import typeset

Point = tuple[float, float]
INCH = 72.0  # points
LONGEST_HEAD = 16.0  # points
TALL = 1.5  # times its size: a formula that is higher has a fraction


@dataclass(frozen=True)
class Box:
    """A rounded rectangle by its top left corner; with a stroke of 0 it has no line, with fill "none" no area."""

    x: float
    y: float
    width: float
    height: float
    radius: float
    line: str
    fill: str
    stroke: float


@dataclass(frozen=True)
class Curve:
    """A chain of cubic Bézier curves: a start, then three points for each piece. A line has two."""

    points: tuple[Point, ...]
    line: str
    stroke: float
    dash: tuple[float, float] | None = None
    opacity: float = 1.0


@dataclass(frozen=True)
class Head:
    """An arrow head: a filled polygon, its tip first."""

    points: tuple[Point, ...]
    fill: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Text:
    """One line of text, centred at x, its baseline at y; with LaTeX it is mathematics, set as such."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    latex: str = ""

    @property
    def formula(self) -> Formula | None:
        """The LaTeX as glyphs and rules around its baseline; None of words, and where the fonts lack a character."""
        formula = typeset(self.latex, self.size * font.MATH_ZOOM) if self.latex else None
        return formula if formula and formula.is_complete else None

    @property
    def width(self) -> float:
        formula = self.formula
        return formula.width if formula else font.width(self.text, self.size, self.bold)

    @property
    def height(self) -> float:
        """From the lowest to the highest point; of words, the line's."""
        formula = self.formula
        return formula.height + formula.depth if formula else self.size

    @property
    def middle(self) -> float:
        """Where its capitals have their middle; a formula that is higher than a line, where it has its own."""
        return self.y - self._drop

    @property
    def _drop(self) -> float:
        formula = self.formula
        if formula and formula.height + formula.depth > TALL * self.size:
            return (formula.height - formula.depth) / 2
        return self.size * (font.MATH_ZOOM * font.MATH_HEIGHT if formula else font.CAP_HEIGHT) / 2

    def at(self, x: float, middle: float) -> Text:
        """The line with its middle at a point."""
        return replace(self, x=x, y=middle + self._drop)


Shape = Box | Curve | Head | Text


@dataclass(frozen=True)
class Group:
    """The shapes of one card or one arrow, under its id."""

    id: str
    kind: str  # "node", "forward" or "backward"; of networks "unit", "link" or "label"
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Picture:
    """Shapes in drawing order on a page of a size, with a title for those who cannot see it."""

    width: float
    height: float
    groups: tuple[Group, ...]
    title: str
    background: str | None = None  # None is transparent

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height."""
        return self.width, self.height


def centred(x: float, middle: float, text: str, size: float, colour: str, bold: bool = False, latex: str = "") -> Text:
    """A line of text whose middle is at a point."""
    return Text(0, 0, text, size, colour, bold, latex).at(x, middle)


def moved(shape: Shape, dx: float, dy: float, zoom: float = 1) -> Shape:
    """The shape scaled by `zoom` about the origin, then moved."""
    match shape:
        case Box():
            lengths = {key: getattr(shape, key) * zoom for key in ("width", "height", "radius", "stroke")}
            return replace(shape, x=shape.x * zoom + dx, y=shape.y * zoom + dy, **lengths)
        case Text():
            return replace(shape, x=shape.x * zoom + dx, y=shape.y * zoom + dy, size=shape.size * zoom)
        case Curve():
            points = tuple((x * zoom + dx, y * zoom + dy) for x, y in shape.points)
            dash = (shape.dash[0] * zoom, shape.dash[1] * zoom) if shape.dash else None
            return replace(shape, points=points, stroke=shape.stroke * zoom, dash=dash)
    return replace(shape, points=tuple((x * zoom + dx, y * zoom + dy) for x, y in shape.points))


def move(group: Group, dx: float, dy: float, zoom: float = 1) -> Group:
    """The group with all its shapes scaled and moved."""
    return replace(group, shapes=tuple(moved(shape, dx, dy, zoom) for shape in group.shapes))


def fit(picture: Picture, width: float, height: float) -> Picture:
    """The picture scaled to a page of this size in points, in its middle."""
    zoom = min(width / picture.width, height / picture.height)
    dx, dy = (width - zoom * picture.width) / 2, (height - zoom * picture.height) / 2
    groups = tuple(move(group, dx, dy, zoom) for group in picture.groups)
    return replace(picture, width=width, height=height, groups=groups)


def smallest_text(picture: Picture, page: tuple[float, float]) -> float:
    """The size of the smallest text, in points, where the picture fills a page of this size in inches."""
    sizes = [s.size for g in picture.groups for s in g.shapes if isinstance(s, Text)]
    sides = zip(page, (picture.width, picture.height), strict=True)
    return min(sizes, default=0.0) * min(INCH * side / length for side, length in sides)


def head(base: Point, tip: Point, length: float) -> tuple[Point, Point, Point]:
    """A triangle that ends at the tip, pointing away from the curve's end."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    norm = math.hypot(dx, dy) or 1.0
    dx, dy = dx / norm, dy / norm
    x, y = tip[0] - length * dx, tip[1] - length * dy
    half = length * 0.36
    return tip, (x - half * dy, y + half * dx), (x + half * dy, y - half * dx)


def barb(base: Point, tip: Point, length: float) -> tuple[Point, ...]:
    """A barbed head that ends at the tip: its back is drawn in."""
    tip, left, right = head(base, tip, length)
    inner = tip[0] + 0.72 * (left[0] + right[0] - 2 * tip[0]) / 2, tip[1] + 0.72 * (left[1] + right[1] - 2 * tip[1]) / 2
    return tip, left, inner, right


def tip_length(stroke: float) -> float:
    """How long a head is at the end of a line of that width."""
    return min(6.0 + 3.0 * stroke, LONGEST_HEAD)


def bounds(shape: Shape) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a shape, its line's width left out."""
    if isinstance(shape, Box):
        return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    if isinstance(shape, Text):
        half, formula = shape.width / 2, shape.formula
        top, bottom = (formula.height, formula.depth) if formula else (shape.size, shape.size * 0.25)
        return shape.x - half, shape.y - top, shape.x + half, shape.y + bottom
    xs, ys = zip(*shape.points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def decimal(number: float) -> str:
    """A coordinate as text: at most two decimals, none where none is needed.

    >>> decimal(2.0), decimal(1 / 3)
    ('2', '0.33')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")
