"""A network as a picture: circles, lines and labels put together, in every format that pictures have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from viz import fonts as font
from viz import shapes
from viz.drawing import SLIDE, Drawing
from viz.networks import markup
from viz.networks.columns import Column
from viz.networks.lines import Lines
from viz.networks.plan import Plan, Unit
from viz.networks.style import NetworkStyle
from viz.shapes import Box, Group, Picture, Shape, Text, centred
from viz.theme import THEME, Theme

GAP = 14.0  # between circles and what is written beside them


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
        self._dress(theme, size, transparent)
        self.layers, self.style = layers, style
        self.plan = plan = Plan(layers, style, self.theme, inputs, outputs, slopes)
        self.lines = Lines(plan)
        self.units, self.links, self.look = plan.units, plan.links, self.lines.look
        self.caption = f"network {'–'.join(str(layer.size) for layer in layers)}"

    @cached_property
    def picture(self) -> Picture:
        """The shapes, in points, that every format is written from."""
        units = [unit for column in self.units for unit in column]
        groups = [
            *self.lines.groups(),
            *(self._circle(unit) for unit in units),
            *(Group(f"name-{unit.id}", "label", (self._beside(unit),)) for unit in units if unit.name),
        ]
        if self.style.labels:
            groups += [Group(f"layer{c}", "label", tuple(self._below(c))) for c in range(len(self.layers))]
        return self._on_page(_fitted(groups, self.theme, f"Neural {self.caption}"))

    def _circle(self, unit: Unit) -> Group:
        (x, y), d, theme = self.plan.page(unit.x, unit.y), self.plan.diameter, self.theme
        if not unit.role:
            steps = [self.plan.page(unit.x, unit.y + k * d / 4) for k in (-1, 0, 1)]
            return Group(
                unit.id, "unit", tuple(Box(a - 3, b - 3, 6, 6, 3, theme.muted, theme.muted, 0.5) for a, b in steps)
            )
        paint = self.plan.paint(unit.role)
        drawn: list[Shape] = [Box(x - d / 2, y - d / 2, d, d, d / 2, paint.line, paint.fill, theme.outline)]
        row = theme.edge_size * 1.25
        for k, (text, colour, size, bold) in enumerate(unit.texts):
            drawn.append(centred(x, y + (k - (len(unit.texts) - 1) / 2) * row, text, size, colour, bold))
        return Group(unit.id, "unit", tuple(drawn))

    def _beside(self, unit: Unit) -> Text:
        """An input's or output's name, before or behind its circle."""
        size, sign = self.theme.card_size, 1 if unit.role == "output" else -1
        side = sign * (self.plan.diameter / 2 + GAP)
        if self.style.direction == "vertical":
            return centred(*self.plan.page(unit.x + side, unit.y), unit.name, size, self.theme.ink)
        half = sign * font.width(unit.name, size) / 2
        return centred(unit.x + side + half, unit.y, unit.name, size, self.theme.ink)

    def _below(self, c: int) -> Iterator[Text]:
        """A layer's label: below its column, or right of its row."""
        bottom = max(u.y for column in self.units for u in column) + self.plan.diameter / 2 + GAP
        lines, row = self.plan.label(c), self.theme.card_size * 1.3
        for k, (text, size, bold) in enumerate(lines):
            colour = self.theme.ink if bold else self.theme.muted
            if self.style.direction == "horizontal":
                yield centred(self.units[c][0].x, bottom + (k + 0.5) * row, text, size, colour, bold)
            else:
                middle = self.units[c][0].x + (k - (len(lines) - 1) / 2) * row
                yield centred(bottom + 10 + font.width(text, size, bold) / 2, middle, text, size, colour, bold)

    @cached_property
    def dot(self) -> str:
        """The same circles and lines as DOT, at their places: for `neato -n` and tools that read DOT."""
        return markup.dot(self.plan, self.lines)

    @property
    def mermaid(self) -> str:
        """The Mermaid flowchart."""
        return markup.mermaid(self.plan, self.lines)

    @property
    def folded(self) -> tuple[str, ...]:
        """The layers of which not every unit is drawn."""
        return tuple(f"{c.name}: {self.style.most} of {c.size} units" for c in self.layers if c.size > self.style.most)

    @property
    def latex(self) -> dict[str, str]:
        """The names that are mathematics, such as x₁."""
        ends = [(self.plan.inputs, self.layers[0].size), (self.plan.outputs, self.layers[-1].size)]
        texts = {name(i): name(i, "latex") for name, size in ends for i in range(size if size <= 10_000 else 0)}
        return {text: latex for text, latex in texts.items() if text != latex}

    def label_size(self, page: tuple[float, float] = SLIDE) -> float:
        """The size of the smallest text, in points, where the picture fills a page of this size in inches."""
        return shapes.smallest_text(self.picture, page)

    def __repr__(self) -> str:
        units = sum(1 for column in self.units for unit in column if unit.role)
        return f"<Drawing of {self.caption}: {units} units, {len(self.links)} links>"


def _fitted(groups: Sequence[Group], theme: Theme, title: str) -> Picture:
    """The groups moved to a page that they just fill."""
    boxes = [shapes.bounds(shape) for group in groups for shape in group.shapes]
    left, top = min(b[0] for b in boxes) - theme.margin, min(b[1] for b in boxes) - theme.margin
    right, bottom = max(b[2] for b in boxes) + theme.margin, max(b[3] for b in boxes) + theme.margin
    moved = tuple(shapes.move(group, -left, -top) for group in groups)
    return Picture(right - left, bottom - top, moved, title, theme.background)
