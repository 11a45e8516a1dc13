"""A network as shapes, and as texts of other programs: circles, lines, names, labels, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from textwrap import wrap

import graphviz

from viz import escape, shapes
from viz.drawing import LEGIBLE, Drawing
from viz.formats.mermaid import flowchart, quoted
from viz.layout.sheet import Sheet
from viz.networks.beside import legend, placed
from viz.networks.lines import Lines
from viz.networks.plan import GAP, ROW, Plan, Unit
from viz.shapes import INCH, Box, Curve, Group, Picture, Point, Shape, Text, centred
from viz.theme import Paint

DASH = (5.0, 3.5)  # points: of the circles of a layer with dropout


class NetworkDrawing(Drawing):
    """A diagram of a network, which saves and shows itself as every `Drawing` does.

    Example:
        >>> from viz import network
        >>> network([3, 4, 1])
        <Drawing of network 3–4–1: 8 units, 16 links>
    """

    def __init__(
        self,
        plan: Plan,
        size: tuple[float, float] | None = None,
        transparent: bool = False,
        caption: str | bool = False,
        input_picture: Sequence[Shape] = (),
    ) -> None:
        self.theme, self.sheet = plan.theme, Sheet(size=size, transparent=transparent)
        width, height = self.sheet.page
        self.plan = plan = replace(plan, ratio=width / height)
        self.layers, self.style = plan.layers, plan.style
        self.lines = Lines(plan)
        self.units, self.links, self.look = plan.units, plan.links, self.lines.look
        self.heading = f"network {'–'.join(str(layer.size) for layer in self.layers)}"
        self.wish, self.input_picture = caption, input_picture

    @cached_property
    def caption(self) -> str:
        """What stands below the picture."""
        if isinstance(self.wish, str):
            return self.wish
        return f"Folded: {', '.join(self.folded)}" if self.wish and self.folded else ""

    @cached_property
    def picture(self) -> Picture:
        """The shapes, in points, that every format is written from."""
        left, top, right, bottom = self._edges
        lines = [*self.lines.groups(), *self.lines.numbered()] if self.style.numbers else self.lines.groups()
        groups = tuple(shapes.move(group, -left, -top) for group in (*lines, *self._marks))
        title = f"Neural {self.heading}"
        return self.sheet.filled(Picture(right - left, bottom - top, groups, title, self.theme.background))

    @cached_property
    def _marks(self) -> list[Group]:
        """All but the lines: circles, names, labels, caption."""
        units = [unit for column in self.units for unit in column]
        groups = [
            *(self._circle(unit) for unit in units),
            *(Group(f"name-{unit.id}", "label", (self._beside(unit, unit.name),)) for unit in units if unit.name),
        ]
        if self.style.labels:
            groups += [Group(f"layer{c}", "label", tuple(self._below(c))) for c in range(len(self.layers))]
        if self.input_picture:
            own = [group for unit in self.units[0] for group in groups if group.id in (unit.id, f"name-{unit.id}")]
            flat, (_, top, _, bottom) = self.style.direction == "horizontal", _bounds(groups)
            groups.append(placed(self.input_picture, _bounds(own)[not flat] - 2 * GAP, bottom - top, flat))
        if self.style.legend and (self.plan.slopes or self.layers[0].gradients is not None):
            left, _, right, bottom = _bounds(groups)
            groups.append(legend(self.lines, (left + right) / 2, bottom + GAP, right - left))
        return [*groups, self._caption(groups)] if self.caption else groups

    @cached_property
    def _edges(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the page that all just fill; lines run between circles."""
        left, top, right, bottom = _bounds(self._marks)
        margin = self.theme.margin
        return left - margin, top - margin, right + margin, bottom + margin

    @property
    def text_size(self) -> float:
        """The size of the smallest text, in points, where the picture fills the page or a slide."""
        left, top, right, bottom = self._edges
        (width, height), theme = self.sheet.page, self.theme
        return INCH * min(width / (right - left), height / (bottom - top)) * min(theme.card_size, theme.edge_size)

    def is_legible(self) -> bool:
        """Whether its texts can be read from the last row, where it fills the page or a slide."""
        return self.text_size >= LEGIBLE

    def _circle(self, unit: Unit) -> Group:
        (x, y), d, theme = self.plan.page(unit.x, unit.y), self.plan.diameter, self.theme
        if not unit.role:
            steps = [self.plan.page(unit.x, unit.y + k * d / 4) for k in (-1, 0, 1)]
            dots = [Box(a - 3, b - 3, 6, 6, 3, theme.muted, theme.muted, 0.5) for a, b in steps]
            return Group(unit.id, "unit", tuple(dots))
        paint = self.plan.paint(unit.role, unit.fill)
        stroke = 0 if unit.dropout else theme.outline
        drawn: list[Shape] = [Box(x - d / 2, y - d / 2, d, d, d / 2, paint.outline, paint.fill, stroke)]
        if unit.dropout:
            drawn.append(Curve(_ring(x, y, d / 2), paint.line, 1.5 * theme.outline, DASH))
        if unit.dropout == "is":
            far = d / 2 / 2**0.5
            ends = [((x - far, y - sign * far), (x + far, y + sign * far)) for sign in (1, -1)]
            drawn += [Curve(each, paint.line, 1.5 * theme.outline) for each in ends]
        for k, text in enumerate(unit.texts):
            drawn.append(text.at(x, y + (k - (len(unit.texts) - 1) / 2) * text.size * ROW))
        return Group(unit.id, "unit", tuple(drawn))

    def _beside(self, unit: Unit, name: Text) -> Text:
        """An input's or output's name, before or behind its circle."""
        sign = 1 if unit.role == "output" else -1
        side = sign * (self.plan.diameter / 2 + GAP)
        if self.style.direction == "vertical":
            return name.at(*self.plan.page(unit.x + side, unit.y))
        return name.at(unit.x + side + sign * name.width / 2, unit.y)

    def _below(self, c: int) -> Iterator[Text]:
        """A layer's label: below its column, or right of its row."""
        bottom = max(u.y for column in self.units for u in column) + self.plan.diameter / 2 + GAP
        lines, row = self.plan.label(c), self.theme.card_size * ROW
        for k, text in enumerate(lines):
            if self.style.direction == "horizontal":
                yield text.at(self.units[c][0].x, bottom + (k + 0.5) * row)
            else:
                middle = self.units[c][0].x + (k - (len(lines) - 1) / 2) * row
                yield text.at(bottom + 10 + text.width / 2, middle)

    def _caption(self, groups: Sequence[Group]) -> Group:
        """The caption below the groups, in their middle, in as many lines as it takes."""
        left, _, right, bottom = _bounds(groups)
        size = self.theme.edge_size
        lines = wrap(self.caption, max(24, int((right - left) / (0.6 * size))))
        texts = [
            centred((left + right) / 2, bottom + (k + 1) * ROW * size, line, size, self.theme.muted)
            for k, line in enumerate(lines)
        ]
        return Group("caption", "note", tuple(texts))

    @cached_property
    def dot(self) -> str:
        """The same circles and lines as DOT, pinned to their places: for `neato -n` and tools that read DOT."""
        graph = graphviz.Digraph("chalkgrad")
        graph.attr(layout="neato", splines="line")
        graph.attr("node", shape="circle", fixedsize="true", style="filled", fontname="Helvetica")
        graph.attr("node", width=f"{self.plan.diameter / INCH:.4f}", fontsize=f"{self.theme.edge_size:g}")
        head = {"none": "none", "empty": "empty", "solid": "normal"}[self.style.arrowheads]
        graph.attr("edge", arrowhead=head)
        for unit in (unit for column in self.units for unit in column):
            x, y = self.plan.page(unit.x, unit.y)
            texts = [text.text for text in filter(None, unit.texts or (unit.name,))]
            look = self.plan.paint(unit.role, unit.fill) if unit.role else None
            paint = {"color": look.line, "fillcolor": look.fill} if look else {"shape": "plain", "style": ""}
            paint |= {"style": "filled,dashed"} if unit.dropout else {}
            text = r"\n".join(map(escape.label, texts)) if look else "…"
            graph.node(unit.id, graphviz.nohtml(text), pos=f"{x:.2f},{-y:.2f}!", **paint)
        for link in self.links:
            colour, width, dash, opacity = self.look(link.weight)
            shade = f"{colour}{round(255 * opacity):02X}" if opacity < 1 else colour
            known = {} if link.weight is None else {"weight_": f"{link.weight:.6g}"}
            style = "dashed" if dash else "solid"
            graph.edge(link.tail.id, link.head.id, color=shade, penwidth=f"{width:.3g}", style=style, **known)
        return str(graph.source)

    @property
    def mermaid(self) -> str:
        """The Mermaid flowchart: circles, and lines by their weights."""
        circles, links = [], []
        paints: dict[str, Paint] = {}
        for unit in (unit for column in self.units for unit in column):
            text = "<br/>".join(quoted(text.text) for text in (unit.name, *unit.texts) if text)
            if unit.role and unit.role != "parameter" and unit.fill:
                look = f"{unit.role}{unit.fill[1:]}"
            else:
                look = unit.role or ""
            circles.append(f'{unit.id}(("{text or " "}")):::{look}' if unit.role else f'{unit.id}["…"]')
            circles += [f"style {unit.id} stroke-dasharray:5 3.5"] if unit.dropout else []
            paints |= {look: self.plan.paint(unit.role, unit.fill)} if unit.role else {}
        ends = "---" if self.style.arrowheads == "none" else "-->"
        for link in self.links:
            colour, width, dash, opacity = self.look(link.weight)
            dashes = f",stroke-dasharray:{dash[0]:.3g} {dash[1]:.3g}" if dash else ""
            style = f"stroke:{colour},stroke-width:{width:.3g}px,opacity:{opacity:g}{dashes}"
            links.append((f"{link.tail.id} {ends} {link.head.id}", style))
        return flowchart("TD" if self.style.direction == "vertical" else "LR", circles, links, paints, self.theme.ink)

    @property
    def folded(self) -> tuple[str, ...]:
        """What is not drawn: units of wide layers, biases, and numbers that have no room on their lines."""
        count = self.lines.crowded_out
        return *self.plan.folded, *[f"the numbers of {count} line{'s' * (count > 1)}"] * bool(count)

    def _is_crowded(self, page: tuple[float, float]) -> bool:
        return False  # the plan itself refuses too many lines

    def __repr__(self) -> str:
        units = sum(1 for column in self.units for unit in column if unit.role)
        return f"<Drawing of {self.heading}: {units} units, {len(self.links)} links>"


def _ring(x: float, y: float, r: float) -> tuple[Point, ...]:
    """A circle as four Bézier curves."""
    k = 0.5523 * r  # where a quarter's inner points are, to three digits
    corners = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)]
    points: list[Point] = [(x + r, y)]
    for (a, b), (c, d) in pairwise(corners):
        points += [
            (x + a * r + c * k, y + b * r + d * k),
            (x + c * r + a * k, y + d * r + b * k),
            (x + c * r, y + d * r),
        ]
    return tuple(points)


def _bounds(groups: Sequence[Group]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of some groups."""
    lefts, tops, rights, bottoms = zip(
        *(shapes.bounds(shape) for group in groups for shape in group.shapes), strict=True
    )
    return min(lefts), min(tops), max(rights), max(bottoms)
