"""Where a network's circles and lines stand, and what is written in and beside the circles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from autograd import DrawingError
from autograd.language.names import symbol
from autograd.language.numbers import figure
from viz import fonts as font
from viz.networks.columns import Column
from viz.networks.style import NetworkStyle
from viz.shapes import Point
from viz.theme import Paint, Role, Theme

MOST_LINKS = 20_000  # more lines make a grey area, and files of many megabytes
LETTERS = {"input": {"unicode": "x", "latex": "x"}, "output": {"unicode": "ŷ", "latex": r"\hat{y}"}}  # by dialect
Line = tuple[str, float, bool]  # a text, its size, whether it is bold
Slot = int | Literal["…", "bias"]  # of a column: a unit's number, the dots for those left out, the bias
Texts = tuple[tuple[str, str, float, bool], ...]  # each a text, its colour, its size, whether it is bold


@dataclass(frozen=True)
class Unit:
    """A circle: where it stands, what is written in and beside it; without a role, the dots of a wide layer."""

    id: str
    role: Role | None
    x: float
    y: float
    texts: Texts = ()
    name: str = ""
    latex: str = ""  # the name as mathematics


@dataclass(frozen=True)
class Link:
    """A line from unit to unit, and its weight if it is known."""

    tail: Unit
    head: Unit
    weight: float | None


@dataclass(frozen=True)
class Plan:
    """The columns of a network in a style; x goes from layer to layer, the middle of the whole is y = 0.

    Raises:
        DrawingError: names for another number of units, or too many lines.
    """

    layers: Sequence[Column]
    style: NetworkStyle
    theme: Theme
    input_names: Sequence[str]
    output_names: Sequence[str]
    slopes: bool  # whether lines are gradients by weights

    def __post_init__(self) -> None:
        inputs, outputs = ("inputs", self.input_names, self.layers[0]), ("outputs", self.output_names, self.layers[-1])
        for what, names, layer in (inputs, outputs):
            if names and len(names) != layer.size:
                raise DrawingError(f"{what} must name all {layer.size}, got {len(names)} names. Give one for each.")
        rows = [min(layer.size, self.style.most) + self.style.bias for layer in self.layers]
        count = sum(a * b for a, b in pairwise(rows))
        if count > MOST_LINKS:
            raise DrawingError(f"{count} lines cannot be told apart; {MOST_LINKS} are the limit. Take a smaller most=.")

    def name(self, c: int, i: int, dialect: str = "unicode") -> str:
        """What a unit of the first or last column is called: as wished, or a letter with an index."""
        names, letters = (self.output_names, LETTERS["output"]) if c else (self.input_names, LETTERS["input"])
        if names:
            return symbol(str(names[i]), dialect)
        return letters[dialect] + ("" if self.layers[c].size == 1 else symbol(f"x_{i + 1}", dialect)[1:])

    @cached_property
    def diameter(self) -> float:
        """Wide enough for the texts in the circles."""
        widths = [self.style.node_diameter]
        for c, layer in enumerate(self.layers):
            for i in self._slots(c):
                if isinstance(i, int):
                    texts = self._texts(layer, i)
                    high = len(texts) * self.theme.edge_size * 0.6
                    widths += [2 * math.hypot(font.width(t, size, b) / 2, high) + 6 for t, _, size, b in texts]
        return max(widths)

    @cached_property
    def units(self) -> list[list[Unit]]:
        """The circles, column by column."""
        pitch, step = self.diameter + self.style.node_spacing, self._step()
        columns, number = [], 0
        for c in range(len(self.layers)):
            slots, column = self._slots(c), []
            for row, slot in enumerate(slots):
                x, y = c * step, (row - (len(slots) - 1) / 2) * pitch
                column.append(self._unit(c, slot, number, x, y))
                number += slot != "…"
            columns.append(column)
        return columns

    def _unit(self, c: int, slot: Slot, number: int, x: float, y: float) -> Unit:
        if slot == "…":
            return Unit(f"d{c}", None, x, y)
        if slot == "bias":  # its activation is 1
            one = ("1", self.theme.roles["parameter"].line, self.theme.card_size, True)
            return Unit(f"n{number}", "parameter", x, y, (one,))
        role = self._role(c)
        dialects = ("unicode", "latex") if self.style.names and role != "operation" else ()
        names = [self.name(c, slot, dialect) for dialect in dialects]
        return Unit(f"n{number}", role, x, y, self._texts(self.layers[c], slot), *names)

    @cached_property
    def links(self) -> list[Link]:
        """The lines, layer by layer."""
        links = []
        for c in range(1, len(self.layers)):
            layer = self.layers[c]
            weights, biases = (layer.weight_slopes, layer.bias_slopes) if self.slopes else (layer.weights, layer.biases)
            for head, j in zip(self.units[c], self._slots(c), strict=True):
                for tail, i in zip(self.units[c - 1], self._slots(c - 1), strict=True):
                    if not isinstance(j, int) or i == "…":
                        continue
                    if isinstance(i, int):
                        links.append(Link(tail, head, None if weights is None else float(weights[i, j])))
                    elif weights is None or biases is not None:
                        links.append(Link(tail, head, None if biases is None else float(biases[j])))
        return links

    def _slots(self, c: int) -> list[Slot]:
        """What stands in a column, from the top."""
        size, most = self.layers[c].size, self.style.most
        first, following = (most + 1) // 2, self.layers[c + 1 : c + 2]  # to which a bias unit's lines go
        has_bias = self.style.bias and any(layer.weights is None or layer.biases is not None for layer in following)
        slots: list[Slot] = ["bias"] if has_bias else []
        if size <= most:
            return [*slots, *range(size)]
        return [*slots, *range(first), "…", *range(size - (most - first), size)]

    def _role(self, c: int) -> Role:
        if c == 0:
            return "input"
        return "output" if c == len(self.layers) - 1 else "operation"

    def _texts(self, layer: Column, i: int) -> Texts:
        """What stands in a circle: the unit's value, below it its gradient."""
        theme, texts = self.theme, []
        for numbers, colour, bold in ((layer.values, theme.ink, False), (layer.gradients, theme.gradient, True)):
            if numbers is not None:
                texts.append((figure(float(numbers[i]), digits=self.style.digits)[0], colour, theme.edge_size, bold))
        return tuple(texts)

    def _step(self) -> float:
        """From layer to layer: as wished, but no two labels touch."""
        style = self.style
        if style.direction == "vertical":
            return max(style.layer_spacing, self.diameter + 40)
        columns = range(len(self.layers)) if style.labels else ()
        widths = [font.width(text, size, bold) + 24 for c in columns for text, size, bold in self.label(c)]
        room = 120 if style.numbers else 0  # for numbers side by side on lines that cross
        return max([style.layer_spacing + room, self.diameter + 40, *widths])

    def page(self, x: float, y: float) -> Point:
        """A place on the page, where layers follow each other in the style's direction."""
        return (x, y) if self.style.direction == "horizontal" else (y, x)

    def paint(self, role: Role) -> Paint:
        """A circle's colours: as wished, but for bias units by role."""
        own, style = self.theme.roles[role], self.style
        return own if role == "parameter" else Paint(style.node_border or own.line, style.node_fill or own.fill)

    def label(self, c: int) -> list[Line]:
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
