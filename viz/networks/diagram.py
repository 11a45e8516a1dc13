"""Neural-network diagrams as lectures draw them: a circle a unit, a line a weight, from a model or from layer sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal

import graphviz

from autograd import DrawingError, Value
from viz import escape, shapes
from viz.drawing import LEGIBLE, Drawing
from viz.formats.mermaid import flowchart, quoted
from viz.layout.sheet import Sheet
from viz.networks.columns import columns
from viz.networks.lines import Lines
from viz.networks.plan import GAP, MOST_UNITS, ROW, Plan, Unit
from viz.networks.style import styled
from viz.shapes import INCH, Box, Group, Picture, Shape, Text, centred
from viz.theme import THEME, Theme, themed

if TYPE_CHECKING:
    from nn.losses import LossLike

LOOSE = (
    1.0,
    1.2,
    1.4,
    1.6,
    1.8,
    2.0,
    2.2,
    2.45,
    2.7,
    3.0,
    3.4,
    3.8,
)  # how far apart circles may stand, so that numbers have room on lines
FEW = 4  # units of a layer, which are drawn even where then some numbers have no room


def network(
    model: object,
    input: Sequence[float] | None = None,
    target: float | Sequence[float] | None = None,
    *,
    loss: LossLike | None = None,
    gradients: bool = False,
    show: Literal["weights", "gradients"] = "weights",
    layers: Sequence[str] | None = None,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    hidden: Sequence[Sequence[str]] = (),
    fills: Sequence[str] = (),
    theme: Theme | str = THEME,
    size: tuple[float, float] | None = None,
    transparent: bool = False,
    caption: str | bool = False,
    **options: Any,
) -> NetworkDrawing:
    """A diagram of a network: a circle a unit, a line a weight w, as wide as |w|, dashed for w < 0.

    Of wide layers only so many units are drawn that texts have 14 points on a slide, and a number stands on
    its own line alone or not at all. `.folded` says what is not drawn: units, biases, numbers without room.

    Args:
        model: an `nn` model, layer or neuron; a path to a saved model; or layer sizes such as [16, 12, 10, 1].
        input: one number for each input: each circle then shows its activation, dimensionless.
        target: what the outputs should be; with it the circles show ∂L/∂a in red as well.
        loss: L as `nn.losses` names it, or a function of the lists (targets, outputs); default: the one
            that the model was compiled with, else "mse".
        gradients: show gradients without a target too: of the sum of the outputs.
        show: what the lines are: "weights", or "gradients" by these.
        layers: other names for the layers, inputs first.
        inputs, outputs: other names for the inputs and outputs; default: x₁, x₂, … and ŷ.
        hidden: other names for the hidden units, a list for each hidden layer; they stand in circles without numbers.
        fills: a colour for each layer's circles, inputs first, such as '#E3EFF9'; bias units keep theirs.
        theme: colours and sizes of texts and circles.
        size, transparent: as for `draw`.
        caption: a text below the picture; True writes `.folded`.
        options: the fields of `NetworkStyle`.

    Returns:
        A Drawing: `.save("net.svg")` writes every format that pictures have.

    Raises:
        DrawingError: no network, an unknown option or illegal value. ShapeError: not one number for each input.

    Example:
        >>> drawing = network([3, 4, 1], arrowheads="solid", inputs=["red", "green", "blue"])
        >>> "green" in drawing.svg and "4 units" in drawing.svg
        True

    Source: the options are those of A. LeNail (2019), NN-SVG, J. Open Source Software 4(33).
    """
    style = styled(options)
    if show not in ("weights", "gradients"):
        raise DrawingError(f"Unknown show {show!r}. Choose one of 'weights', 'gradients'.")
    if isinstance(model, str | Path):
        import nn

        model = nn.load(model)
    needs_sample = gradients or target is not None or show == "gradients"
    if needs_sample and input is None:
        raise DrawingError("Gradients are those at a sample. Give input=[…], a number for each input.")
    units = columns(model, input, _cost(model, target, loss) if needs_sample else None)
    if layers is not None:
        if len(layers) != len(units):
            raise DrawingError(f"The network has {len(units)} layers with its inputs, got {len(layers)} names.")
        units = [replace(column, name=str(name)) for column, name in zip(units, layers, strict=True)]
    plan = Plan(units, style, themed(theme), inputs, outputs, show == "gradients",
                hidden_names=hidden, fills=fills)  # fmt: skip
    return _legible(plan, size, transparent, caption)


def _legible(plan: Plan, *look: Any) -> NetworkDrawing:
    """The drawing with most units whose texts can be read and whose numbers have room; or what comes nearest."""
    widest = max(layer.size for layer in plan.layers)
    most = [plan.style.most] if plan.style.most else range(max(2, min(MOST_UNITS, widest)), 1, -1)
    crowded, small = list[NetworkDrawing](), list[NetworkDrawing]()
    for units in most:
        own = replace(plan, style=replace(plan.style, most=units))
        drawings = [
            NetworkDrawing(replace(own, loose=loose), *look) for loose in LOOSE if plan.style.numbers or loose == 1
        ]
        legible = list(takewhile(NetworkDrawing.is_legible, drawings))
        if legible and not legible[-1].lines.crowded_out:
            return next(drawing for drawing in legible if not drawing.lines.crowded_out)
        crowded += legible[-1:]
        small += drawings[:1]
        if crowded and units <= FEW:
            break
    if crowded:
        return min(crowded, key=lambda drawing: drawing.lines.crowded_out)
    return max(small, key=lambda drawing: drawing.text_size)


def _cost(
    model: object, target: float | Sequence[float] | None, loss: LossLike | None
) -> Callable[[list[Value]], Value]:
    """What gradients are taken of, as a function of the outputs."""
    if target is None:
        return lambda outputs: sum(outputs[1:], outputs[0])
    from nn import losses
    from nn.errors import ModelError

    if loss is None:
        with suppress(ModelError):  # a model that is not compiled has none
            loss = getattr(model, "loss", None)
    chosen = losses.get("mse" if loss is None else loss)
    targets = [float(t) for t in target] if isinstance(target, Iterable) else [float(target)]
    return lambda outputs: chosen(targets, outputs)


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
    ) -> None:
        self.theme, self.sheet = plan.theme, Sheet(size=size, transparent=transparent)
        width, height = self.sheet.page
        self.plan = plan = replace(plan, ratio=width / height)
        self.layers, self.style = plan.layers, plan.style
        self.lines = Lines(plan)
        self.units, self.links, self.look = plan.units, plan.links, self.lines.look
        self.heading = f"network {'–'.join(str(layer.size) for layer in self.layers)}"
        self.wish = caption

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
        drawn: list[Shape] = [Box(x - d / 2, y - d / 2, d, d, d / 2, paint.outline, paint.fill, theme.outline)]
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
        circles, links, roles = [], [], []
        for unit in (unit for column in self.units for unit in column):
            text = "<br/>".join(quoted(text.text) for text in (unit.name, *unit.texts) if text)
            circles.append(f'{unit.id}(("{text or " "}")):::{unit.role}' if unit.role else f'{unit.id}["…"]')
            roles += [unit.role] if unit.role else []
        ends = "---" if self.style.arrowheads == "none" else "-->"
        for link in self.links:
            colour, width, dash, opacity = self.look(link.weight)
            dashes = f",stroke-dasharray:{dash[0]:.3g} {dash[1]:.3g}" if dash else ""
            style = f"stroke:{colour},stroke-width:{width:.3g}px,opacity:{opacity:g}{dashes}"
            links.append((f"{link.tail.id} {ends} {link.head.id}", style))
        paints = {role: self.plan.paint(role) for role in roles}
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


def _bounds(groups: Sequence[Group]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of some groups."""
    lefts, tops, rights, bottoms = zip(
        *(shapes.bounds(shape) for group in groups for shape in group.shapes), strict=True
    )
    return min(lefts), min(tops), max(rights), max(bottoms)
