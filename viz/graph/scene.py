"""What a picture says, as data: cards, arrows and texts, without any styling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from viz.theme import Role

MOST_NODES = 400  # a larger picture cannot be read, and its layout takes long
MOST_LEGIBLE = 80  # cards of the smallest kind that a slide could hold
LONGEST_TITLE = 60  # characters of a card's formula
LONGEST_SLOPE = 14  # characters of a slope's formula on an edge; of a longer one the number is enough
FEW_NODES = 12  # up to so many, edges say whose derivative they carry

Direction = Literal["backward", "forward"]
Level = Literal["auto", "value", "sums", "named", "weights", "neuron", "layer", "run"]
LEVELS = ("auto", "value", "sums", "named", "weights", "neuron", "layer", "run")
MOST_ENTRIES = 8  # rows of a card that stands for several nodes; of more, the first, … and the last
FEW_WEIGHTS, MANY_WEIGHTS = 12, 40  # up to so many, edges name their weights; up to so many, they have numbers
SMALL = "still small on a slide (draw a part with around= or between=)"
MOST_SYMBOLS = 40  # gradients that are written in symbols
LARGEST_GRAPH = 200_000  # nodes below the output that are looked at


@dataclass(frozen=True)
class Node:
    """A card: what it is called, how it was made, its value, and in the backward pass its gradient."""

    id: str  # n0, n1, … by order of creation
    role: Role
    title: str
    value: str
    gradient: str | None  # None where the picture shows none
    reached: bool = True  # whether a gradient arrived; if not, none is computed, which is not 0
    entries: tuple[tuple[str, str], ...] = ()  # of a card for several nodes: each one's value and gradient


@dataclass(frozen=True)
class Edge:
    """A use of one card's value in another's; with a slope, the gradient's way back too."""

    id: str
    tail: str
    head: str
    slope: str | None = None  # "" for a way back without a text
    label: str | None = None  # on the way forward
    weight: float | None = None  # that stands on the edge, as a share of the largest, in [−1, 1]


@dataclass(frozen=True)
class Scene:
    """A whole picture's content."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    column: tuple[str, ...]  # the leaves that stand below each other on the left
    caption: str
    folded: tuple[str, ...] = ()  # what the cards stand for that is not drawn
    latex: Mapping[str, str] = field(default_factory=dict, compare=False)  # each text's LaTeX, for mathematics mode

    def texts(self) -> list[str]:
        """Every text, in a fixed order."""
        found = [text for n in self.nodes for text in (n.title, n.value, n.gradient or "", *chained(n.entries))]
        return found + [text or "" for edge in self.edges for text in (edge.slope, edge.label)]


def chained(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [text for pair in pairs for text in pair]
