"""What a picture says: a graph's cards and arrows as frozen texts and roles, without any styling."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from autograd import DrawingError, ShapeError, Value, topological
from autograd.backward import adjoints
from autograd.graph import by_order
from autograd.row import OPS
from autograd.text import Formula, Labels, chain, derivative, figure, in_words, slope, symbol, write
from autograd.value import Number, operands, slopes

MOST_NODES = 400  # a larger picture cannot be read, and its layout takes long
LONGEST_TITLE = 60  # characters of a card's formula
LONGEST_SLOPE = 14  # characters of a slope's formula on an edge; of a longer one the number is enough
FEW_NODES = 12  # up to so many, edges say whose derivative they carry

Direction = Literal["backward", "forward"]
Level = Literal["auto", "value", "named"]
Role = Literal["input", "parameter", "operation", "output"]


@dataclass(frozen=True)
class Node:
    """A card: what it is called, how it was made, its value, and in the backward pass its gradient."""

    id: str  # n0, n1, … by order of creation
    role: Role
    title: str
    value: str
    gradient: str | None  # None where the picture shows none
    reached: bool = True  # whether a gradient arrived; if not, none is computed, which is not 0


@dataclass(frozen=True)
class Edge:
    """A use of one card's value in another's; with a slope, the gradient's way back too."""

    id: str
    tail: str
    head: str
    slope: str | None = None


@dataclass(frozen=True)
class Scene:
    """A whole picture's content."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    column: tuple[str, ...]  # the leaves that stand below each other on the left
    caption: str


def build(
    output: Value,
    direction: Direction = "backward",
    level: Level = "auto",
    names: Mapping[Any, str] | None = None,
    parameters: Iterable[Value] | None = None,
    digits: int = 4,
) -> Scene:
    """Lay out in words what `draw` shows; its docstring has the arguments."""
    for value, legal in ((direction, ("backward", "forward")), (level, ("auto", "value", "named"))):
        if value not in legal:
            raise DrawingError(f"There is no {value!r} here. Choose from {', '.join(map(repr, legal))}.")
    graph = topological(output)
    kept = [z for z in graph if level != "named" or not z.op or z.name or z is output]
    if len(kept) > MOST_NODES:
        raise DrawingError(
            f"The graph has {len(kept)} nodes, and a picture of more than {MOST_NODES} cannot be read. "
            "Draw a part: an inner node in place of the output, or name some nodes and take level='named'."
        )
    leaves = [z for z in graph if not z.op]
    learned = frozenset(map(id, guess_parameters(leaves) if parameters is None else parameters))
    ids = {id(z): f"n{i}" for i, z in enumerate(kept)}
    gradients = adjoints(output, graph) if direction == "backward" else {}
    return _Builder(output, graph, kept, ids, learned, gradients, Labels(graph, names), digits).scene()


@dataclass(frozen=True)
class Path:
    """A slope as a number and, while it is short, as a formula: along a path they multiply, side by side they add."""

    formula: Formula | None
    number: Number

    def then(self, other: Path) -> Path:
        return Path(self.formula_with(operator.mul, other), self.number * other.number)

    def beside(self, other: Path) -> Path:
        return Path(self.formula_with(operator.add, other), self.number + other.number)

    def formula_with(self, operate: Callable[[Any, Any], Formula], other: Path) -> Formula | None:
        if self.formula is None or other.formula is None:
            return None
        formula = operate(self.formula, other.formula)
        return formula if len(formula.term[0]) <= LONGEST_TITLE else None


@dataclass(frozen=True)
class _Builder:
    """What the parts of one scene share; nodes are looked up by `id`."""

    output: Value
    graph: list[Value]
    kept: list[Value]  # the nodes with cards
    ids: dict[int, str]
    learned: frozenset[int]
    gradients: dict[int, Number]  # none in a forward picture
    labels: Labels
    digits: int

    def scene(self) -> Scene:
        edges = [edge for z in self.kept if z.op for edge in self.edges_into(z)]
        numbered = tuple(replace(edge, id=f"e{i}") for i, edge in enumerate(edges))
        nodes = tuple(map(self.node, self.kept))
        return Scene(nodes, numbered, self.column(numbered), symbol(self.labels[self.output]))

    def node(self, z: Value) -> Node:
        name = symbol(self.labels[z])
        title = self.title(z, name) if z.op else name
        gradient = None
        if self.gradients and self.has_gradient(z):
            found = self.gradients.get(id(z))
            number = "—" if found is None else figure(found, digits=self.digits)[0]
            gradient = chain(derivative(self.labels[self.output], self.labels[z]), number)
        value = figure(z.data, digits=self.digits)[0]
        return Node(self.ids[id(z)], self.role(z), title, value, gradient, id(z) in self.gradients)

    def title(self, z: Value, name: str) -> str:
        """`L = −log(a)`, or where that is too long for a card, `L(a, y)`."""
        inside = self.inside(z)
        with suppress(ShapeError):
            formula = write(inside, self.labels)[id(z)][0]
            if len(formula) <= LONGEST_TITLE:
                return chain(name, formula)
        around = {id(x): x for r in inside for x in operands(r) if id(x) in self.ids}
        call = f"{name}({', '.join(symbol(self.labels[x]) for x in around.values())})"
        return call if len(call) <= LONGEST_TITLE else f"{name}(…)"

    def role(self, z: Value) -> Role:
        if z is self.output:
            return "output"
        return "operation" if z.op else "parameter" if id(z) in self.learned else "input"

    def has_gradient(self, z: Value) -> bool:
        """Whether a picture of learning shows it: beside parameters, the inputs are data."""
        return not self.learned or self.role(z) != "input"

    def inside(self, z: Value) -> list[Value]:
        """The nodes that z's card stands for: itself, and the unkept ones it is made of, operands first."""
        found, stack = {id(z): z}, [z]
        while stack:
            for x in operands(stack.pop()):
                if isinstance(x, Value) and id(x) not in self.ids and id(x) not in found:
                    found[id(x)] = x
                    stack.append(x)
        return sorted(found.values(), key=by_order)

    def edges_into(self, z: Value) -> list[Edge]:
        """One edge for each use; a card that stands for several nodes has one for each operand."""
        uses = self.uses(z)
        if len({id(r) for r, _, _ in uses}) > 1:
            merged: dict[int, tuple[Value, Value, Path | None]] = {}
            for r, x, path in uses:
                before = merged[id(x)][2] if id(x) in merged else None
                merged[id(x)] = r, x, path if before is None else before if path is None else before.beside(path)
            uses = list(merged.values())
        return [Edge("", self.ids[id(x)], self.ids[id(z)], self.slope_text(z, x, path)) for _, x, path in uses]

    def uses(self, z: Value) -> list[tuple[Value, Value, Path | None]]:
        """Each use r(…, x, …) of a kept node inside z's card, with the path ∂z/∂r · ∂r/∂x."""
        inside = self.inside(z)
        try:
            written = write(inside[:-1], self.labels)
        except ShapeError:
            written = None
        through = {id(z): Path(in_words(1), 1)}
        found: list[tuple[Value, Value, Path | None]] = []
        for r in reversed(inside):
            for i, (x, number) in enumerate(zip(operands(r), slopes(r), strict=True)):
                if not isinstance(x, Value):
                    continue
                path = None
                if number is not None and id(r) in through:
                    formula = None if written is None else slope(r, i, self.labels, written=written)
                    path = through[id(r)].then(Path(formula, number))
                if id(x) in self.ids:
                    found.append((r, x, path))
                elif path is not None:
                    through[id(x)] = through[id(x)].beside(path) if id(x) in through else path
        return found

    def slope_text(self, z: Value, x: Value, path: Path | None) -> str | None:
        if path is None or id(z) not in self.gradients or not self.has_gradient(x):
            return None
        named = [derivative(self.labels[z], self.labels[x])] if len(self.kept) <= FEW_NODES else []
        formula = path.formula
        shown = [formula.term[0]] if formula and not formula.literal and len(formula.term[0]) <= LONGEST_SLOPE else []
        return chain(*named, *shown, figure(path.number, digits=self.digits)[0])

    def column(self, edges: Iterable[Edge]) -> tuple[str, ...]:
        """The leaves used early, together on the left; a leaf used late stands near its use.

        A use is early if the longest way from it to the output starts at most one card from the left.
        """
        edges = list(edges)  # by their heads, in topological order
        depth = dict.fromkeys(self.ids.values(), 0)
        for edge in edges:
            depth[edge.head] = max(depth[edge.head], depth[edge.tail] + 1)
        latest = {n: depth[self.ids[id(self.output)]] for n in depth}
        for edge in reversed(edges):
            latest[edge.tail] = min(latest[edge.tail], latest[edge.head] - 1)
        return tuple(self.ids[id(z)] for z in self.interleaved() if latest[self.ids[id(z)]] <= 1)

    def interleaved(self) -> list[Value]:
        """The leaves in order of creation, but those of vectors entry by entry: w₁, x₁, w₂, x₂, …"""
        leaves = [z for z in self.kept if not z.op]
        place = {id(z): i for i, z in enumerate(leaves)}
        for z in self.graph:
            columns = OPS[z.op].columns(operands(z)) if z.op and OPS[z.op].variadic else []
            entries = [x for entry in zip(*columns, strict=True) for x in entry if id(x) in place]
            unique = list({id(x): x for x in entries}.values())
            places = sorted(place[id(x)] for x in unique)
            place |= {id(x): i for x, i in zip(unique, places, strict=True)}
        return sorted(leaves, key=lambda z: place[id(z)])


def guess_parameters(leaves: Iterable[Value]) -> list[Value]:
    """The leaves that are learned, by their names: weights (w, w_1, layer1.w0, theta), and biases beside them."""
    weights = [x for x in leaves if re.search(r"(^|\.)(w|W|theta|θ|weights?)_?\d*$", x.name or "")]
    biases = [x for x in leaves if re.search(r"(^|\.)(b|B|bias|biases)_?\d*$", x.name or "")]
    return weights + biases if weights else []
