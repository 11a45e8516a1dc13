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
from viz.networks.columns import Column
from viz.networks.style import NetworkStyle
from viz.shapes import Point, Text
from viz.theme import Paint, Role, Theme, is_colour

MOST_LINKS = 20_000  # more lines make a grey area, and files of many megabytes
LETTERS = {"input": {"unicode": "x", "latex": "x"}, "output": {"unicode": "ŷ", "latex": r"\hat{y}"}}  # by dialect
Slot = int | Literal["…", "bias"]  # of a column: a unit's number, the dots for those left out, the bias
MOST_UNITS = 8  # of a layer, unless it is said how many
GAP = 14.0  # between circles and what is written beside them
ROW = 1.3  # of a line of text, in its size
NARROWEST, WIDEST = 100.0, 420.0  # between the middles of layers, where nothing else sets it


@dataclass(frozen=True)
class Unit:
    """A circle: where it stands, what is written in and beside it; without a role, the dots of a wide layer."""

    id: str
    role: Role | None
    x: float
    y: float
    texts: tuple[Text, ...] = ()  # in it, from the top
    name: Text | None = None  # beside it
    fill: str = ""  # its layer's own colour
    dropout: Literal["", "may be", "is"] = ""  # whether it is left out in training, or here


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
    slopes: bool = False  # whether lines are gradients by weights
    ratio: float = 1.0  # width by height of the page that the network shall fill
    loose: float = 1.0  # how much further apart circles stand than they must
    hidden_names: Sequence[Sequence[str]] = ()  # a list for each hidden layer
    fills: Sequence[str] = ()  # a colour for each layer
    dropped: Sequence[Sequence[int]] = ()  # for each hidden layer the units that are left out, from 1
    gradients_of: str = "L"

    def __post_init__(self) -> None:
        inputs, outputs = ("inputs", self.input_names, self.layers[0]), ("outputs", self.output_names, self.layers[-1])
        self._check_layers()
        hidden = [
            ("hidden", *pair) for pair in zip(self.hidden_names, self.layers[1:-1], strict=bool(self.hidden_names))
        ]
        for what, names, layer in (inputs, *hidden, outputs):
            if names and len(names) != layer.size:
                raise DrawingError(f"{what} must name all {layer.size}, got {len(names)} names. Give one for each.")
        rows = [min(layer.size, self.most) + self.style.bias for layer in self.layers]
        count = sum(a * b for a, b in pairwise(rows))
        if count > MOST_LINKS:
            raise DrawingError(f"{count} lines cannot be told apart; {MOST_LINKS} are the limit. Take a smaller most=.")

    def _check_layers(self) -> None:
        """Refuse names and colours for another number of layers."""
        for what, given, count in (
            ("hidden", self.hidden_names, len(self.layers) - 2),
            ("dropped", self.dropped, len(self.layers) - 2),
            ("fills", self.fills, len(self.layers)),
        ):
            if given and len(given) != count:
                raise DrawingError(f"{what} must have an entry for each of {count} layers, got {len(given)}.")
        for layer, units in zip(self.layers[1:], self.dropped, strict=False):
            if not all(isinstance(i, int) and 1 <= i <= layer.size for i in units):
                raise DrawingError(f"dropped must be units from 1 to {layer.size} of {layer.name}, got {units!r}.")
        for fill in self.fills:
            if not is_colour(fill):
                raise DrawingError(f"fills must be colours such as '#0072B2', got {fill!r}.")

    def name(self, c: int, i: int, dialect: str = "unicode") -> str:
        """What a unit of the first or last column is called: as wished, or a letter with an index."""
        names, letters = (self.output_names, LETTERS["output"]) if c else (self.input_names, LETTERS["input"])
        if names:
            return symbol(str(names[i]), dialect)
        return letters[dialect] + ("" if self.layers[c].size == 1 else symbol(f"x_{i + 1}", dialect)[1:])

    @property
    def most(self) -> int:
        """Units drawn of a layer."""
        return MOST_UNITS if self.style.most is None else self.style.most

    @cached_property
    def diameter(self) -> float:
        """Wide enough for the texts in the circles."""
        widths = [self.style.node_diameter]
        for c in range(len(self.layers)):
            for i in self._slots(c):
                texts = self._texts(c, i) if isinstance(i, int) else ()
                high = (len(texts) - 0.2) * self.theme.edge_size / 2
                widths += [2 * math.hypot(text.width / 2, high) + 6 for text in texts]
        return max(widths)

    @cached_property
    def units(self) -> list[list[Unit]]:
        """The circles, column by column."""
        step = self._step()
        columns, number = [], 0
        for c in range(len(self.layers)):
            slots, column = self._slots(c), []
            for row, slot in enumerate(slots):
                x, y = c * step, (row - (len(slots) - 1) / 2) * self.pitch
                column.append(self._unit(c, slot, number, x, y))
                number += slot != "…"
            columns.append(column)
        return columns

    @property
    def pitch(self) -> float:
        """From circle to circle of a layer."""
        return self.loose * (self.diameter + self.style.node_spacing)

    def _unit(self, c: int, slot: Slot, number: int, x: float, y: float) -> Unit:
        if slot == "…":
            return Unit(f"d{c}", None, x, y)
        if slot == "bias":  # its activation is 1
            one = Text(0, 0, "1", self.theme.card_size, self.theme.roles["parameter"].line, latex="1")
            return Unit(f"n{number}", "parameter", x, y, (one,))
        fill = self.fills[c] if self.fills else ""
        if self.dropped and 0 < c < len(self.layers) - 1 and slot + 1 in self.dropped[c - 1]:
            return Unit(f"n{number}", "operation", x, y, fill=fill, dropout="is")
        role = self._role(c)
        name = None
        if self.style.names and role != "operation":
            text, latex = (self.name(c, slot, dialect) for dialect in ("unicode", "latex"))
            name = Text(0, 0, text, self.theme.card_size, self.theme.ink, latex=latex)
        dropout: Literal["", "may be"] = "may be" if self.layers[c].dropout else ""
        return Unit(f"n{number}", role, x, y, self._texts(c, slot), name, fill, dropout)

    @cached_property
    def links(self) -> list[Link]:
        """The lines, layer by layer."""
        links = []
        for c in range(1, len(self.layers)):
            layer = self.layers[c]
            weights, biases = (layer.weight_slopes, layer.bias_slopes) if self.slopes else (layer.weights, layer.biases)
            for head, j in zip(self.units[c], self._slots(c), strict=True):
                for tail, i in zip(self.units[c - 1], self._slots(c - 1), strict=True):
                    if not isinstance(j, int) or i == "…" or "is" in (head.dropout, tail.dropout):
                        continue
                    if isinstance(i, int):
                        links.append(Link(tail, head, None if weights is None else float(weights[i, j])))
                    elif weights is None or biases is not None:
                        links.append(Link(tail, head, None if biases is None else float(biases[j])))
        return links

    def _slots(self, c: int) -> list[Slot]:
        """What stands in a column, from the top."""
        size, most = self.layers[c].size, self.most
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

    def _texts(self, c: int, i: int) -> tuple[Text, ...]:
        """What stands in a circle: the unit's value, below it its gradient; without a sample a hidden unit's name."""
        layer, theme, texts = self.layers[c], self.theme, []
        for numbers, colour in ((layer.values, theme.ink), (layer.gradients, theme.gradient)):
            if numbers is not None:
                texts.append(self._maths(figure(float(numbers[i]), digits=self.style.digits)[0], colour))
        if self.style.names and not texts and self._role(c) == "operation":
            name = str(self.hidden_names[c - 1][i]) if self.hidden_names else f"a^[{c}]_{i + 1}"
            texts = [self._maths(symbol(name), theme.roles["operation"].line, symbol(name, "latex"))]
        return tuple(texts)

    def _maths(self, text: str, colour: str, latex: str = "") -> Text:
        return Text(0, 0, text, self.theme.edge_size, colour, latex=latex or text)

    def _step(self) -> float:
        """From layer to layer: as wished, or to fill the page, but no two labels touch."""
        rows = max(len(self._slots(c)) for c in range(len(self.layers)))
        labels = [self.label(c) for c in range(len(self.layers))] if self.style.labels else []
        widths = [text.width + 24 for lines in labels for text in lines]
        across, ratio = rows * self.pitch + GAP, self.ratio
        least = self.diameter + 40
        if self.style.direction == "horizontal":
            across += max((len(lines) for lines in labels), default=0) * ROW * self.theme.card_size
            least = max([least, *widths])
        else:
            across, ratio = across + max(widths, default=0), 1 / ratio
        fills = (across * ratio - self.diameter - 2 * GAP - 2 * self.theme.card_size) / (len(self.layers) - 1)
        return max(least, self.style.layer_spacing or min(max(fills, NARROWEST), WIDEST))

    def page(self, x: float, y: float) -> Point:
        """A place on the page, where layers follow each other in the style's direction."""
        return (x, y) if self.style.direction == "horizontal" else (y, x)

    def paint(self, role: Role, fill: str = "") -> Paint:
        """A circle's colours: as wished, for its layer or for all, but for bias units by role."""
        own, style = self.theme.roles[role], self.style
        if role == "parameter":
            return own
        return Paint(own.line, fill or style.node_fill or own.fill, style.node_border or own.outline)

    def label(self, c: int) -> list[Text]:
        """A layer's name, its units and activation, and the shapes of its weights (units × inputs) and biases."""
        layer, theme = self.layers[c], self.theme
        units = f"{layer.size} unit{'s' * (layer.size != 1)}"
        activation = f" · {layer.activation}" if layer.activation not in ("", "linear") else ""
        lines = [
            Text(0, 0, symbol(layer.name), theme.card_size, theme.roles[self._role(c)].line),
            Text(0, 0, units + activation, theme.edge_size, theme.muted),
        ]
        if layer.weights is not None:
            sizes = [("W", layer.weights.shape[::-1])] + (
                [("b", layer.biases.shape)] if layer.biases is not None else []
            )
            text = ", ".join(f"{w}[{c}]: {' × '.join(map(str, shape))}" for w, shape in sizes)
            latex = text.replace("[", "^{[").replace("]:", r"]}:\ ").replace("×", r"\times").replace(", ", r",\ \ ")
            lines.append(self._maths(text, theme.muted, latex))
        return lines

    @property
    def folded(self) -> tuple[str, ...]:
        """What is not drawn: units of wide layers, and biases."""
        most = self.most
        wide = [f"{layer.name}: {most} of {layer.size} units" for layer in self.layers if layer.size > most]
        has_biases = any(layer.biases is not None for layer in self.layers)
        return *wide, *["biases"] * (has_biases and not self.style.bias)
