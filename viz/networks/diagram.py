"""A network's circles and lines: where they stand, how they look, and the picture that they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograd import DrawingError
from autograd.language.names import symbol
from autograd.language.numbers import figure
from viz import fonts as font
from viz import shapes
from viz.drawing import Drawing
from viz.formats import mermaid
from viz.layout import dot
from viz.networks.columns import Column
from viz.theme import THEME, Paint, Theme, themed

if TYPE_CHECKING:
    from viz.networks.network import NetworkStyle

MOST_LINKS = 20_000  # more lines make a grey area, and files of many megabytes
THINNEST = 0.3  # points: a line that can still be seen
PLACES = sorted((k / 40 for k in range(2, 39)), key=lambda t: abs(t - 0.5))  # of a number on its line, the middle first
GAP = 14.0  # between circles and what is written beside them
Line = tuple[str, float, bool]  # a text, its size, whether it is bold


@dataclass(frozen=True)
class Unit:
    """A circle: where it stands, what is written in and beside it; without a role, the dots of a wide layer."""

    id: str
    role: str
    x: float
    y: float
    texts: tuple[tuple[str, str, float, bool], ...] = ()  # text, colour, size, bold
    name: str = ""


@dataclass(frozen=True)
class Link:
    """A line from unit to unit, and its weight if it is known."""

    tail: Unit
    head: Unit
    weight: float | None


class NetworkDrawing(Drawing):
    """A diagram of a network, which saves and shows itself as every `Drawing` does.

    Example:
        >>> from viz import network
        >>> network([3, 4, 1])
        <Drawing of network 3–4–1: 8 units, 16 links>
    """

    def __init__(
        self,
        layers: Sequence[Column],
        style: NetworkStyle,
        theme: Theme | str = THEME,
        inputs: Sequence[str] = (),
        outputs: Sequence[str] = (),
        slopes: bool = False,
        size: tuple[float, float] | None = None,
        transparent: bool = False,
    ) -> None:
        self.layers, self.style, self.theme, self.slopes = layers, style, themed(theme), slopes
        self.size, self.transparent = size, transparent
        self.inputs = _named(inputs, layers[0].size, "x", "inputs")
        self.outputs = _named(outputs, layers[-1].size, "ŷ", "outputs")
        self.caption = f"network {'–'.join(str(layer.size) for layer in layers)}"
        rows = [min(layer.size, style.most) + style.bias for layer in layers]
        count = sum(a * b for a, b in pairwise(rows))
        if count > MOST_LINKS:
            raise DrawingError(f"{count} lines cannot be told apart; {MOST_LINKS} are the limit. Take a smaller most=.")

    # ── what there is ─────────────────────────────────────────────────────────────────────────────

    @cached_property
    def diameter(self) -> float:
        """Wide enough for the texts in the circles."""
        found = [self.style.node_diameter]
        for c, layer in enumerate(self.layers):
            for i in self._slots(c):
                if isinstance(i, int):
                    texts = self._texts(layer, i)
                    high = len(texts) * self.theme.edge_size * 0.6
                    found += [2 * math.hypot(font.width(t, size, b) / 2, high) + 6 for t, _, size, b in texts]
        return max(found)

    @cached_property
    def units(self) -> list[list[Unit]]:
        """The circles, column by column, the middle of the whole at y = 0."""
        pitch, step = self.diameter + self.style.node_spacing, self._step()
        found, number = [], 0
        for c, layer in enumerate(self.layers):
            slots, column = self._slots(c), []
            for row, i in enumerate(slots):
                x, y = c * step, (row - (len(slots) - 1) / 2) * pitch
                if i == "…":
                    column.append(Unit(f"d{c}", "", x, y))
                    continue
                role = "parameter" if i == "bias" else self._role(c)
                name = self._name(c, i) if isinstance(i, int) else ""
                texts = self._texts(layer, i) if isinstance(i, int) else self._one()
                column.append(Unit(f"n{number}", role, x, y, texts, name))
                number += 1
            found.append(column)
        return found

    @cached_property
    def links(self) -> list[Link]:
        """The lines, layer by layer."""
        found = []
        for c in range(1, len(self.layers)):
            layer = self.layers[c]
            weights, biases = (layer.weight_slopes, layer.bias_slopes) if self.slopes else (layer.weights, layer.biases)
            for head, j in zip(self.units[c], self._slots(c), strict=True):
                for tail, i in zip(self.units[c - 1], self._slots(c - 1), strict=True):
                    if not isinstance(j, int) or i == "…":
                        continue
                    if isinstance(i, int):
                        found.append(Link(tail, head, None if weights is None else float(weights[i, j])))
                    elif weights is None or biases is not None:
                        found.append(Link(tail, head, None if biases is None else float(biases[j])))
        return found

    def _slots(self, c: int) -> list[int | str]:
        """What stands in a column: unit numbers, "…" for those left out, "bias"."""
        size, most = self.layers[c].size, self.style.most
        first = (most + 1) // 2
        shown: list[int | str] = [*range(min(size, first if size > most else size))]
        shown += ["…", *range(size - (most - first), size)] if size > most else []
        has_bias = self.style.bias and c + 1 < len(self.layers) and self._biased(self.layers[c + 1])
        return (["bias"] if has_bias else []) + shown

    def _biased(self, layer: Column) -> bool:
        return layer.weights is None or layer.biases is not None

    def _role(self, c: int) -> str:
        return "input" if c == 0 else "output" if c == len(self.layers) - 1 else "operation"

    def _name(self, c: int, i: int) -> str:
        if not self.style.names:
            return ""
        return self.inputs(i) if c == 0 else self.outputs(i) if c == len(self.layers) - 1 else ""

    def _texts(self, layer: Column, i: int) -> tuple[tuple[str, str, float, bool], ...]:
        theme, found = self.theme, []
        for numbers, colour, bold in ((layer.values, theme.ink, False), (layer.gradients, theme.gradient, True)):
            if numbers is not None:
                found.append((figure(float(numbers[i]), digits=self.style.digits)[0], colour, theme.edge_size, bold))
        return tuple(found)

    def _one(self) -> tuple[tuple[str, str, float, bool], ...]:
        """What a bias unit says: its activation is 1."""
        return (("1", self.theme.roles["parameter"].line, self.theme.card_size, True),)

    def _step(self) -> float:
        """From layer to layer: as wished, but no two labels touch."""
        style = self.style
        if style.direction == "vertical":
            return max(style.layer_spacing, self.diameter + 40)
        widest = max((w for c in range(len(self.layers)) for w in self._widths(c)), default=0.0)
        room = 120 if style.numbers else 0  # for numbers side by side on lines that cross
        return max(style.layer_spacing + room, self.diameter + 40, widest + 24 if style.labels else 0)

    def _label(self, c: int) -> list[Line]:
        """A layer's name, its units and activation, and the shape of its weights."""
        layer, theme = self.layers[c], self.theme
        units = f"{layer.size} unit{'s' * (layer.size != 1)}"
        activation = f" · {layer.activation}" if layer.activation not in ("", "linear") else ""
        lines = [(symbol(layer.name), theme.card_size, True), (units + activation, theme.edge_size, False)]
        if layer.weights is not None:
            rows, cols = layer.weights.shape
            bias = f", b {cols}" if layer.biases is not None else ""
            lines.append((f"W {rows} × {cols}{bias}", theme.edge_size, False))
        return lines

    def _widths(self, c: int) -> list[float]:
        return [font.width(text, size, bold) for text, size, bold in self._label(c)] if self.style.labels else []

    # ── how it is drawn ───────────────────────────────────────────────────────────────────────────

    @cached_property
    def picture(self) -> shapes.Picture:
        """The shapes, in points, that every format is written from."""
        groups = [
            *(self._line(k, link) for k, link in enumerate(self.links)),
            *(self._number(k, link, t) for k, link, t in self._places()),
            *(self._circle(unit) for column in self.units for unit in column),
            *(
                shapes.Group(f"name-{u.id}", "label", (self._beside(u),))
                for column in self.units
                for u in column
                if u.name
            ),
            *(
                shapes.Group(f"layer{c}", "label", tuple(self._below(c)))
                for c in range(len(self.layers) * self.style.labels)
            ),
        ]
        background = None if self.transparent else self.theme.background
        picture = _fitted(groups, self.theme.margin, f"Neural {self.caption}", background)
        return shapes.fit(picture, *(side * 72 for side in self.size)) if self.size else picture

    def page(self, x: float, y: float) -> shapes.Point:
        return (x, y) if self.style.direction == "horizontal" else (y, x)

    def _circle(self, unit: Unit) -> shapes.Group:
        (x, y), d, theme = self.page(unit.x, unit.y), self.diameter, self.theme
        if not unit.role:
            steps = [self.page(unit.x, unit.y + k * d / 4) for k in (-1, 0, 1)]
            dots = tuple(shapes.Box(a - 3, b - 3, 6, 6, 3, theme.muted, theme.muted, 0.5) for a, b in steps)
            return shapes.Group(unit.id, "unit", dots)
        paint = self.paint(unit.role)
        circle = shapes.Box(x - d / 2, y - d / 2, d, d, d / 2, paint.line, paint.fill, theme.outline)
        drawn: list[shapes.Shape] = [circle]
        row = theme.edge_size * 1.25
        for k, (text, colour, size, bold) in enumerate(unit.texts):
            middle = y + (k - (len(unit.texts) - 1) / 2) * row
            drawn.append(_text(x, middle, text, size, colour, bold))
        return shapes.Group(unit.id, "unit", tuple(drawn))

    def paint(self, role: str) -> Paint:
        """A circle's colours: as wished, but for bias units by role."""
        own, style = self.theme.roles[role], self.style  # type: ignore[index]
        return own if role == "parameter" else Paint(style.node_border or own.line, style.node_fill or own.fill)

    def _line(self, k: int, link: Link) -> shapes.Group:
        look = self.look(link.weight)
        curve = self._curve(link)
        if self.style.arrowheads == "none":
            return shapes.Group(f"e{k}", "link", (shapes.Curve(curve, *look),))
        colour, stroke, _, opacity = look
        tip, length = curve[-1], 9 + 1.6 * stroke
        base = _towards(tip, curve[-2], length)
        head = shapes.head(base, tip, length)
        body = shapes.Curve((*curve[:-1], base), *look)
        if self.style.arrowheads == "solid":
            return shapes.Group(f"e{k}", "link", (body, shapes.Head(head, colour, opacity)))
        sides = zip(head, (*head[1:], head[0]), strict=True)
        outline = [shapes.Curve(side, colour, 1.2, None, opacity) for side in sides]
        return shapes.Group(f"e{k}", "link", (body, shapes.Head(head, self.theme.background), *outline))

    def _curve(self, link: Link) -> tuple[shapes.Point, ...]:
        """From circle to circle, straight or as one Bézier curve that leaves and arrives along the layers."""
        a, b = self.page(link.tail.x, link.tail.y), self.page(link.head.x, link.head.y)
        r = self.diameter / 2
        if self.style.edges == "straight":
            return _towards(a, b, r), _towards(b, a, r)
        half = (link.head.x - link.tail.x) / 2
        tail, head = (link.tail.x + r, link.tail.y), (link.head.x - r, link.head.y)
        points = tail, (tail[0] + half - r, tail[1]), (head[0] - half + r, head[1]), head
        return tuple(self.page(*point) for point in points)

    @cached_property
    def largest(self) -> float:
        """The largest |weight| drawn, that others are measured by."""
        return max((abs(link.weight) for link in self.links if link.weight is not None), default=0.0) or 1.0

    def look(self, weight: float | None) -> tuple[str, float, tuple[float, float] | None, float]:
        """A line's colour, width, dash and opacity."""
        style, theme = self.style, self.theme
        plain = style.edge_colour or theme.muted
        if weight is None or not math.isfinite(weight):
            return plain, 1.0 if style.edge_width is None else style.edge_width, None, style.edge_opacity
        by, share = style.by_weight, abs(weight) / self.largest
        width = style.edge_width if style.edge_width is not None else 5.0 if "width" in by else 1.0
        width = max(THINNEST, width * share) if "width" in by else width
        colour = plain
        if weight and ("colour" in by or "shade" in by):
            colour = self._signed(weight)
        colour = _mixed(self.theme.background, colour, share) if "shade" in by else colour
        opacity = style.edge_opacity * (share if "opacity" in by else 1)
        dash = (4 + width, 2.5 + width / 2) if "dash" in by and weight < 0 else None
        return colour, width, dash, round(opacity, 4)

    def _signed(self, weight: float) -> str:
        style, theme = self.style, self.theme
        return style.positive or theme.positive if weight >= 0 else style.negative or theme.negative

    def _places(self) -> Iterator[tuple[int, Link, float]]:
        """Where on its line each weight is written: the first place where it meets no other text."""
        middles = [self.page(unit.x, unit.y) for column in self.units for unit in column]
        r = self.diameter / 2
        taken = [(x - r, x + r, y - r, y + r) for x, y in middles]
        for k, link in enumerate(self.links if self.style.numbers else ()):
            if link.weight is None:
                continue
            width = font.width(self._figure(link), self.theme.edge_size) / 2 + 2
            best: tuple[float, float, Any] = (math.inf, 0.5, None)
            for t in PLACES:
                x, y = _along(self._curve(link), t)
                box = (x - width, x + width, y - self.theme.edge_size * 0.6, y + self.theme.edge_size * 0.6)
                clash = sum(_overlap(box, other) for other in taken)
                best = min(best, (clash, t, box), key=lambda one: one[0])
                if not clash:
                    break
            taken.append(best[2])
            yield k, link, best[1]

    def _figure(self, link: Link) -> str:
        return figure(link.weight or 0.0, digits=self.style.digits)[0]

    def _number(self, k: int, link: Link, t: float) -> shapes.Group:
        (x, y), size, text = _along(self._curve(link), t), self.theme.edge_size, self._figure(link)
        colour = self._signed(link.weight or 0.0)
        width, high = font.width(text, size) + 4, size * 1.1
        white = shapes.Box(x - width / 2, y - high / 2, width, high, 3, self.theme.background, self.theme.background, 0)
        return shapes.Group(f"w{k}", "label", (white, _text(x, y, text, size, _mixed(colour, self.theme.ink, 0.3))))

    def _beside(self, unit: Unit) -> shapes.Text:
        """An input's or output's name, before or behind its circle."""
        size, last = self.theme.card_size, unit.role == "output"
        side = (1 if last else -1) * (self.diameter / 2 + GAP)
        if self.style.direction == "vertical":
            x, y = self.page(unit.x + side, unit.y)
            return _text(x, y, unit.name, size, self.theme.ink)
        half = font.width(unit.name, size) / 2
        return _text(unit.x + side + (half if last else -half), unit.y, unit.name, size, self.theme.ink)

    def _below(self, c: int) -> Iterator[shapes.Text]:
        """A layer's label: below its column, or right of its row."""
        bottom = max(u.y for column in self.units for u in column) + self.diameter / 2 + GAP
        lines, row = self._label(c), self.theme.card_size * 1.3
        for k, (text, size, bold) in enumerate(lines):
            colour = self.theme.ink if bold else self.theme.muted
            if self.style.direction == "horizontal":
                yield _text(self.units[c][0].x, bottom + (k + 0.5) * row, text, size, colour, bold)
            else:
                middle = self.units[c][0].x + (k - (len(lines) - 1) / 2) * row
                yield _text(bottom + 10 + font.width(text, size, bold) / 2, middle, text, size, colour, bold)

    @cached_property
    def dot(self) -> str:
        """The same circles and lines as DOT, at their places: for `neato -n` and tools that read DOT."""
        return dot.diagram(self)

    @property
    def folded(self) -> tuple[str, ...]:
        """The layers of which not every unit is drawn."""
        return tuple(f"{c.name}: {self.style.most} of {c.size} units" for c in self.layers if c.size > self.style.most)

    @property
    def latex(self) -> dict[str, str]:
        """The names that are mathematics, as x₁ is."""
        named = [(self.inputs, self.layers[0].size), (self.outputs, self.layers[-1].size)]
        found = {name(i): name(i, "latex") for name, size in named for i in range(size if size <= 10_000 else 0)}
        return {text: words for text, words in found.items() if text != words}

    @property
    def mermaid(self) -> str:
        """The Mermaid flowchart."""
        return mermaid.diagram(self)

    def label_size(self, page: tuple[float, float] = (13.3, 7.5)) -> float:
        """The size of the smallest text, in points, where the picture fills a page of this size in inches."""
        sizes = [s.size for g in self.picture.groups for s in g.shapes if isinstance(s, shapes.Text)]
        sides = zip(page, (self.picture.width, self.picture.height), strict=True)
        return min(sizes, default=0.0) * min(72 * side / length for side, length in sides)

    def __repr__(self) -> str:
        units = sum(1 for column in self.units for unit in column if unit.role)
        return f"<Drawing of {self.caption}: {units} units, {len(self.links)} links>"


def _named(names: Sequence[str], size: int, letter: str, what: str) -> Callable[..., str]:
    """What each input or output is called: a function of its number and of the dialect."""
    if names and len(names) != size:
        raise DrawingError(f"{what} must name all {size}, got {len(names)} names. Give one for each.")
    wide = {"unicode": letter, "latex": letter if letter.isascii() else r"\hat{y}"}

    def name(i: int, dialect: str = "unicode") -> str:
        if names:
            return symbol(str(names[i]), dialect)
        return wide[dialect] if size == 1 else wide[dialect] + symbol(f"x_{i + 1}", dialect)[1:]

    return name


def _text(x: float, middle: float, text: str, size: float, colour: str, bold: bool = False) -> shapes.Text:
    return shapes.Text(x, middle + size * font.CAP_HEIGHT / 2, text, size, colour, bold)


def _towards(a: shapes.Point, b: shapes.Point, length: float) -> shapes.Point:
    """The point that far from a on the way to b."""
    share = length / (math.dist(a, b) or 1.0)
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def _along(points: Sequence[shapes.Point], t: float) -> shapes.Point:
    """The point at t in [0, 1] of a line or Bézier curve, by de Casteljau's construction."""
    while len(points) > 1:
        points = [(a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])) for a, b in pairwise(points)]
    return points[0]


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """The area that two boxes (left, right, top, bottom) share."""
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[2], b[2]))


def _mixed(a: str, b: str, share: float) -> str:
    """A colour on the way from a to b."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + share * (y - x)):02X}" for x, y in pairs)


def _fitted(groups: Sequence[shapes.Group], margin: float, title: str, background: str | None) -> shapes.Picture:
    """The groups moved to a page that they just fill."""
    boxes = [box for group in groups for shape in group.shapes for box in [shapes.bounds(shape)]]
    left, top = min(b[0] for b in boxes) - margin, min(b[1] for b in boxes) - margin
    right, bottom = max(b[2] for b in boxes) + margin, max(b[3] for b in boxes) + margin
    moved = (shapes.Group(g.id, g.kind, tuple(shapes.moved(shape, -left, -top) for shape in g.shapes)) for g in groups)
    return shapes.Picture(right - left, bottom - top, tuple(moved), title, background)
