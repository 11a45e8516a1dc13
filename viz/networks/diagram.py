"""Neural-network diagrams as lectures draw them: a circle a unit, a line a weight, from a model or from layer sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import graphviz

from autograd import DrawingError, Value
from viz import escape, shapes
from viz import fonts as font
from viz.drawing import Drawing
from viz.formats.mermaid import flowchart, quoted
from viz.layout.sheet import Sheet
from viz.networks.columns import columns
from viz.networks.lines import Lines
from viz.networks.plan import Plan, Unit
from viz.networks.style import styled
from viz.shapes import INCH, Box, Group, Picture, Shape, Text, centred
from viz.theme import THEME, Theme, themed

if TYPE_CHECKING:
    from nn.losses import LossLike

GAP = 14.0  # between circles and what is written beside them


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
    theme: Theme | str = THEME,
    size: tuple[float, float] | None = None,
    transparent: bool = False,
    **options: Any,
) -> NetworkDrawing:
    """A diagram of a network: a circle a unit, a line a weight w, as wide as |w|, dashed for w < 0.

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
        theme: colours and sizes of texts and circles.
        size, transparent: as for `draw`.
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
    plan = Plan(units, style, themed(theme), inputs, outputs, show == "gradients")
    return NetworkDrawing(plan, size, transparent)


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

    def __init__(self, plan: Plan, size: tuple[float, float] | None = None, transparent: bool = False) -> None:
        self.theme, self.sheet = plan.theme, Sheet(size=size, transparent=transparent)
        self.plan, self.layers, self.style = plan, plan.layers, plan.style
        self.lines = Lines(plan)
        self.units, self.links, self.look = plan.units, plan.links, self.lines.look
        self.caption = f"network {'–'.join(str(layer.size) for layer in self.layers)}"

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
        return self.sheet.filled(_fitted(groups, self.theme, f"Neural {self.caption}"))

    def _circle(self, unit: Unit) -> Group:
        (x, y), d, theme = self.plan.page(unit.x, unit.y), self.plan.diameter, self.theme
        if not unit.role:
            steps = [self.plan.page(unit.x, unit.y + k * d / 4) for k in (-1, 0, 1)]
            dots = [Box(a - 3, b - 3, 6, 6, 3, theme.muted, theme.muted, 0.5) for a, b in steps]
            return Group(unit.id, "unit", tuple(dots))
        paint = self.plan.paint(unit.role)
        drawn: list[Shape] = [Box(x - d / 2, y - d / 2, d, d, d / 2, paint.line, paint.fill, theme.outline)]
        row = theme.edge_size * 1.25
        for k, (text, colour, size, bold) in enumerate(unit.texts):
            drawn.append(centred(x, y + (k - (len(unit.texts) - 1) / 2) * row, text, size, colour, bold, latex=text))
        return Group(unit.id, "unit", tuple(drawn))

    def _beside(self, unit: Unit) -> Text:
        """An input's or output's name, before or behind its circle."""
        sign = 1 if unit.role == "output" else -1
        side = sign * (self.plan.diameter / 2 + GAP)
        name = Text(0, 0, unit.name, self.theme.card_size, self.theme.ink, latex=unit.latex)
        if self.style.direction == "vertical":
            return name.at(*self.plan.page(unit.x + side, unit.y))
        return name.at(unit.x + side + sign * name.width / 2, unit.y)

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
        """The same circles and lines as DOT, pinned to their places: for `neato -n` and tools that read DOT."""
        graph = graphviz.Digraph("chalkgrad")
        graph.attr(layout="neato", splines="line")
        graph.attr("node", shape="circle", fixedsize="true", style="filled", fontname="Helvetica")
        graph.attr("node", width=f"{self.plan.diameter / INCH:.4f}", fontsize=f"{self.theme.edge_size:g}")
        head = {"none": "none", "empty": "empty", "solid": "normal"}[self.style.arrowheads]
        graph.attr("edge", arrowhead=head)
        for unit in (unit for column in self.units for unit in column):
            x, y = self.plan.page(unit.x, unit.y)
            texts = [text for text, *_ in unit.texts] or [unit.name]
            look = self.plan.paint(unit.role) if unit.role else None
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
            text = "<br/>".join(map(quoted, filter(None, [unit.name, *(text for text, *_ in unit.texts)])))
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
        """The layers of which not every unit is drawn."""
        return tuple(f"{c.name}: {self.style.most} of {c.size} units" for c in self.layers if c.size > self.style.most)

    def _is_crowded(self, page: tuple[float, float]) -> bool:
        return False  # the plan itself refuses too many lines

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
