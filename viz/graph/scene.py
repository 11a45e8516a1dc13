"""What a picture says, as data: cards, arrows and texts, without any styling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain as joined
from typing import Literal

from autograd.language.formula import chain
from viz.shapes import Text
from viz.theme import Role

Direction = Literal["backward", "forward", "LR", "TB", "backward LR", "backward TB", "forward LR", "forward TB"]
Flow = Literal["LR", "TB"]
Rows = Literal["auto", 1, 2, 3]
Style = Literal["cards", "circuit"]  # the names of viz.layout.styles.STYLES
Level = Literal[  # the names of levels.LEVELS
    "auto", "value", "sums", "named", "weights", "neuron", "samples", "layer", "targets", "run", "formula"
]


@dataclass(frozen=True)
class Node:
    """A card: what it is called, how it was made, its value, and in the backward pass its gradient.

    In a circuit its title is its name alone, or "" without one, and value and gradient are numbers alone.
    """

    id: str  # n0, n1, … by order of creation
    role: Role
    title: str
    value: str
    gradient: str | None  # None where the picture shows none
    reached: bool = True  # whether a gradient arrived; if not, none is computed, which is not 0
    entries: tuple[tuple[str, str], ...] = ()  # of a card for several nodes: each one's value and gradient
    operation: tuple[str, str] = ("", "")  # in a circuit: its sign as text and as LaTeX
    wires: int = 0  # in a circuit: how many come to it, those too that come from what is not drawn
    ordered: bool = False  # in a circuit: whether operands may not change places, as in a − b
    lent: bool = False  # in a circuit: whether nobody gave it its name, which sentences use
    asked: tuple[str, str] = ("", "")  # in a circuit: what an exercise calls its value and its gradient

    @property
    def given(self) -> str:
        """Of a leaf its name and value in one line; "" of others."""
        is_leaf = self.role in ("input", "parameter") and not self.entries
        return chain(self.title, self.value) if is_leaf and not any(self.asked) else ""

    @property
    def heading(self) -> str:
        """What it is called and how it was made."""
        return " ".join(filter(None, [self.title, self.operation[0]]))


@dataclass(frozen=True)
class Edge:
    """The use of one card's value in another's, once or more often; with a slope, the gradient's way back too."""

    id: str
    tail: str
    head: str
    slope: str | None = None  # "" for a way back without a text
    label: str | None = None  # on the way forward
    gradient: str | None = None  # of the weight on it, for this use; the card at the tail receives none of it
    weight: float | None = None  # that stands on the edge, as a share of the largest, in [−1, 1]
    operand: int = 0  # in a circuit: which one of the head's it is
    again: Node | None = None  # in a circuit: what stands at this use in place of the tail, if that is drawn again

    @property
    def texts(self) -> list[str]:
        """What stands on it."""
        return [text for text in (self.slope, self.label, self.gradient) if text]


@dataclass(frozen=True)
class Scene:
    """A whole picture's content."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    column: tuple[str, ...]  # the leaves that stand below each other on the left
    caption: str
    folded: tuple[str, ...] = ()  # what the cards stand for that is not drawn
    note: str = ""  # what has changed since the graph was calculated
    latex: Mapping[str, str] = field(default_factory=dict, compare=False)  # each text's LaTeX, for mathematics mode
    style: Style = "cards"
    flow: Flow = "LR"  # from left to right, or from the top down
    rows: Rows = "auto"  # "auto": more than one where the text is too small otherwise
    lit: frozenset[str] | None = None  # the cards and arrows that are not pale, where others are
    by_index: bool = True  # x₁ stands above x₂, even where that takes more room
    apart: bool = False  # a leaf's value in a row of its own: in a page it changes

    def joins(self, node: Node) -> bool:
        """Whether a card has its name and value in one row."""
        return bool(node.given) and not self.apart

    def text(self, text: str, size: float, colour: str, bold: bool = False) -> Text:
        """One of its texts as a line of mathematics, or of words, at no place yet."""
        return Text(0, 0, text, size, colour, bold, self.latex.get(text, ""))

    def texts(self) -> list[str]:
        """Every text, in a fixed order."""
        nodes = [*self.nodes, *(edge.again for edge in self.edges if edge.again)]
        cards = [(n.title, n.value, n.given, n.gradient or "", *joined.from_iterable(n.entries)) for n in nodes]
        arrows = [(edge.slope or "", edge.label or "", edge.gradient or "") for edge in self.edges]
        return [*joined.from_iterable(cards), *joined.from_iterable(arrows)]
