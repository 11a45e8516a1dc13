"""What stands on each card and arrow: formulas, values, gradients and slopes in words."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from autograd import DrawingError, LengthError, Value, closed_form
from autograd.core.graph import by_order
from autograd.core.notation import ATOM, SUM, Term
from autograd.core.op import OPS
from autograd.core.value import Number, magnitude, operands, slopes
from autograd.language.formula import Formula, chain, in_words, slope, write
from autograd.language.names import Labels, derivative, symbol
from autograd.language.numbers import figure
from viz.graph.scene import (
    FEW_NODES,
    FEW_WEIGHTS,
    LONGEST_SLOPE,
    LONGEST_TITLE,
    MANY_WEIGHTS,
    MOST_ENTRIES,
    MOST_SYMBOLS,
    Edge,
    Node,
    Scene,
)
from viz.graph.structure import Folding, Group, Structure
from viz.theme import Role


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
        most = LONGEST_TITLE if formula.dialect == "unicode" else 5 * LONGEST_TITLE
        return formula if len(formula.term[0]) <= most else None


@dataclass(frozen=True)
class Builder:
    """What the parts of one scene share; nodes are looked up by `id`."""

    output: Value
    graph: list[Value]
    kept: list[Value]  # the nodes with cards
    folding: Folding
    structure: Structure
    chosen: set[int] | None  # the part of the graph that is drawn, if not all
    gradients: dict[int, Number]  # none in a forward picture
    labels: Labels
    digits: int
    forms: dict[int, tuple[str, str] | None] | None = None  # gradients in symbols, where they are wished
    terse: bool = False  # numbers alone on edges
    dialect: str = "unicode"
    orders: Mapping[int, int] = field(default_factory=dict)  # in a gradient's own graph: 1 or 2 for what it adds
    aliases: Mapping[int, str] = field(default_factory=dict)  # and which derivative a node of the graph itself is
    decided: dict[Any, bool] = field(default_factory=dict)  # in Unicode, and so for LaTeX: which formulas are shown

    @cached_property
    def groups(self) -> list[Group]:
        """The cards of several nodes; a part of a graph has only nodes' own cards."""
        return list(self.folding.groups) if self.chosen is None else []

    @cached_property
    def ids(self) -> dict[int, str]:
        """Each kept node's card: n0, n1, … by order of creation."""
        first = {id(z): id(group.nodes[0]) for group in self.groups for z in group.nodes}
        numbers: dict[int, str] = {}
        return {id(z): numbers.setdefault(first.get(id(z), id(z)), f"n{len(numbers)}") for z in self.kept}

    @cached_property
    def weights(self) -> dict[tuple[int, int], list[Value]]:
        """The carried weights by (total, input)."""
        found: dict[tuple[int, int], list[Value]] = {}
        for i, total in self.structure.sums.items():
            for w, x in total.weights:
                if id(w) in self.folding.carried:
                    found.setdefault((i, id(x)), []).append(w)
        return found

    def scene(self) -> Scene:
        edges = [edge for z in self.kept if z.op for edge in self.edges_into(z)]
        edges = self.between_cards(edges)
        numbered = tuple(replace(edge, id=f"e{i}") for i, edge in enumerate(edges))
        groups = {self.ids[id(group.nodes[0])]: group for group in self.groups}
        nodes = tuple(
            self.group_node(groups[n]) if n in groups else self.node(z)
            for n, z in {self.ids[id(z)]: z for z in reversed(self.kept)}.items()
        )[::-1]
        nodes = tuple(sorted(nodes, key=lambda node: int(node.id[1:])))
        column = tuple(dict.fromkeys(self.column(numbered)))
        return Scene(nodes, numbered, column, symbol(self.labels[self.output]), self.folding.notes)

    def with_latex(self, scene: Scene) -> Scene:
        """The scene, knowing its texts as LaTeX."""
        latex = replace(self, dialect="latex").scene()
        return replace(scene, latex=dict(zip(scene.texts(), latex.texts(), strict=True)))

    def between_cards(self, edges: list[Edge]) -> list[Edge]:
        """One edge between two cards, where one of them stands for several nodes."""
        many = {self.ids[id(group.nodes[0])] for group in self.groups}
        plain = [edge for edge in edges if not {edge.tail, edge.head} & many]
        merged: dict[tuple[str, str], Edge] = {}
        for edge in edges:
            if {edge.tail, edge.head} & many and edge.tail != edge.head:
                before = merged.get((edge.tail, edge.head))
                slope = None if edge.slope is None and (before is None or before.slope is None) else ""
                merged[edge.tail, edge.head] = Edge("", edge.tail, edge.head, slope)
        weighted = [edge for edge in plain if edge.weight is not None]
        largest = max((abs(edge.weight or 0) for edge in weighted), default=0) or 1
        many_weights, some = len(weighted) > MANY_WEIGHTS, len(weighted) > FEW_WEIGHTS
        for i, edge in enumerate(plain):
            if edge.weight is not None:
                label = None if many_weights else self.number(edge.weight) if some else edge.label
                slope = None if many_weights else "" if some and edge.slope is not None else edge.slope
                plain[i] = replace(edge, weight=edge.weight / largest, label=label, slope=slope)
        return plain + list(merged.values())

    def number(self, x: Number) -> str:
        return figure(x, self.dialect, self.digits)[0]

    def d(self, y: str, x: str) -> str:
        return derivative(y, x, self.dialect)

    def decide(self, key: Any, choice: bool) -> bool:
        """A choice by the length of a Unicode text, which holds for LaTeX too."""
        return self.decided.setdefault(key, choice)

    def node(self, z: Value) -> Node:
        name = symbol(self.labels[z], self.dialect)
        title = self.title(z, name) if z.op else name
        gradient = self.gradient(z) if self.gradients and self.has_gradient(z) else None
        reached = id(z) in self.gradients
        if id(z) in self.aliases:
            gradient, reached = "= " + symbol(self.aliases[id(z)], self.dialect), True
        return Node(self.ids[id(z)], self.role(z), title, self.number(z.data), gradient, reached)

    def gradient(self, z: Value) -> str:
        found = self.gradients.get(id(z))
        dash = "—" if self.dialect == "unicode" else r"\text{---}"
        number = dash if found is None else self.number(found)
        form = self.forms is not None and found is not None and self.closed(z)
        closed = [form[self.dialect == "latex"]] if form else []
        return chain(self.d(self.labels[self.output], self.short[z]), *closed, number)

    def closed(self, z: Value) -> tuple[str, str] | None:
        """∂J/∂z as a simplified formula in Unicode and LaTeX, if it is short enough for a card."""
        assert self.forms is not None
        if id(z) not in self.forms:
            self.forms[id(z)] = None
            if len(self.forms) > MOST_SYMBOLS:
                raise DrawingError(f"More than {MOST_SYMBOLS} gradients in symbols take long. Take symbols=False.")
            with suppress(LengthError):
                form = closed_form(self.output, wrt=z)
                if len(form.unicode) <= LONGEST_TITLE:
                    self.forms[id(z)] = form.unicode, form.latex
        return self.forms[id(z)]

    def group_node(self, group: Group) -> Node:
        """A card for several nodes: what they are, how many, then a row each; of many the first, … and the last."""
        shown = group.nodes
        if len(shown) > MOST_ENTRIES:
            shown = [*shown[:3], shown[-1]]
        names = [re.sub(r"\^\[\d+\]", "", self.labels[z]) for z in shown]  # the title says which layer it is
        entries = [
            (chain(symbol(name, self.dialect), self.brief(z.data)), self.partial(z))
            for name, z in zip(names, shown, strict=True)
        ]
        if len(shown) < len(group.nodes):
            dots = "…" if self.dialect == "unicode" else r"\dots"
            entries.insert(3, (dots, dots if entries[0][1] else ""))
        title, value = self.group_title(group)
        role = self.role(group.nodes[0])
        return Node(self.ids[id(group.nodes[0])], role, title, value, None, True, tuple(entries))

    def partial(self, z: Value) -> str:
        """A node's gradient in its row: the number alone, as a row says whose it is."""
        if not self.gradients or not self.has_gradient(z):
            return ""
        found = self.gradients.get(id(z))
        dash = "—" if self.dialect == "unicode" else r"\text{---}"
        return self.partial_sign + (dash if found is None else self.brief(found))

    @property
    def partial_sign(self) -> str:
        """What a bare number of a gradient has in front."""
        return "∂ " if self.dialect == "unicode" else r"\partial\ "

    def brief(self, x: Number) -> str:
        """A number in a row that it shares."""
        whole = len(str(int(magnitude(x)))) if magnitude(x) < 10**4 else 0  # its digits before the point stay
        return figure(x, self.dialect, min(self.digits, max(2, whole)))[0]

    def group_title(self, group: Group) -> tuple[str, str]:
        """A layer's formula and size; of other nodes their common name, or the first and last one's."""
        first, last = (symbol(self.labels[z], self.dialect) for z in (group.nodes[0], group.nodes[-1]))
        stems = {_stem(self.labels[z]) for z in group.nodes}
        size = f"{len(group.nodes)} values"
        if group.kind == "layer":
            neuron = group.neurons[0]
            layer = neuron.depth
            total = neuron.sums[0]
            w, b, sums = (symbol(f"{letter}^[{layer}]", self.dialect) for letter in "Wbz")
            times, by = (r" \cdot ", r" \times ") if self.dialect == "latex" else ("·", " × ")
            rows = {id(n.sums[0].weights[0][0]) for n in group.neurons}  # a batch uses each neuron's weights again
            shape = f"{w}: {len(rows)}{by}{len(total.weights)}"
            if neuron.result is total.root:
                return chain(sums, f"{w}{times}{self.source(group)}" + (f" + {b}" if total.biases else "")), shape
            terms = [
                (sums, ATOM) if id(x) in self.structure.sums else self.labels.term(x, self.dialect)
                for x in operands(neuron.result)
            ]
            made = OPS[neuron.result.op].write(self.dialect, terms)[0]
            return chain(symbol(f"a^[{layer}]", self.dialect), made), shape
        if group.kind == "leaves" and len(stems) == 1:
            return symbol(stems.pop(), self.dialect), self.plain(size)
        dots = "…" if self.dialect == "unicode" else r"\dots"
        return f"{first}, {dots}, {last}", self.plain(size)

    def source(self, group: Group) -> str:
        """What a layer's weights are multiplied with: the card of the layer before, or its inputs."""
        inputs = {self.ids.get(id(x)): x for n in group.neurons for t in n.sums for _, x in t.weights}
        if len(inputs) == 1:
            [(card, x)] = inputs.items()
            for other in self.groups:
                if self.ids[id(other.nodes[0])] == card:
                    stem = _stem(self.labels[other.nodes[0]])
                    return symbol(stem, self.dialect)
            return symbol(self.labels[x], self.dialect)
        stems = {_stem(self.labels[x]) for x in inputs.values()}
        return symbol(stems.pop() if len(stems) == 1 else "x", self.dialect)

    def plain(self, text: str) -> str:
        return text if self.dialect == "unicode" else rf"\text{{{text}}}"

    @cached_property
    def compact(self) -> dict[int, Term]:
        """The weighted sums whose weights and inputs are called as vectors' entries are: w·x + b."""
        found: dict[int, Term] = {}
        if len(self.kept) == len(self.graph):
            return found
        for i, total in self.structure.sums.items():
            stems = [{_stem(self.short[x]) for x in xs} for xs in zip(*total.weights, strict=True)]
            rest = [x for x in total.alone if isinstance(x, Value) or x]
            if len(total.weights) != len(total.pairs) or len(total.pairs) < 2 or any(len(stem) > 1 for stem in stems):
                continue
            if all(isinstance(x, Value) for x in rest):
                w, x = (stem.pop() for stem in stems)
                terms = [
                    re.sub(r"\^\[\d+\].*", "", self.short[b])
                    if any(b is own for own in total.biases)
                    else self.short[b]
                    for b in rest
                ]
                times = r" \cdot " if self.dialect == "latex" else "·"
                product = symbol(re.sub(r"\^\[\d+\]$", "", w), self.dialect) + times + symbol(x, self.dialect)
                found[i] = " + ".join([product, *(symbol(term, self.dialect) for term in terms)]), SUM
        return found

    def written(self, results: list[Value]) -> dict[int, Term]:
        """Each result as a formula."""
        given = {id(z): self.compact[id(z)] for z in results if id(z) in self.compact}
        return write([z for z in results if id(z) not in given], self.short, self.dialect, given)

    def title(self, z: Value, name: str) -> str:
        """`L = −log(a)`, or where that is too long for a card, `L(a, y)`."""
        inside = self.inside(z)
        with suppress(LengthError):
            formula = self.written(inside)[id(z)][0]
            if self.decide(("title", id(z)), len(formula) <= LONGEST_TITLE):
                return chain(name, formula)
        around = {id(x): x for r in inside for x in operands(r) if isinstance(x, Value) and id(x) in self.ids}
        of = {symbol(self.short[x], self.dialect): None for x in around.values()}
        call = f"{name}({', '.join(of)})"
        dots = "…" if self.dialect == "unicode" else r"\dots"
        return call if self.decide(("call", id(z)), len(call) <= LONGEST_TITLE) else f"{name}({dots})"

    @cached_property
    def short(self) -> Labels:
        """The labels in formulas, where a model's parameter is called by the last part of its name."""
        dotted = {z: self.labels[z].rpartition(".")[2] for z in self.graph if id(z) in self.structure.learned}
        names: dict[Any, str] = {z: self.labels[z] for z in self.graph}
        return Labels(self.graph, {**names, **dotted})

    def role(self, z: Value) -> Role:
        if order := self.orders.get(id(z)):
            return "gradient" if order == 1 else "curvature"
        if z is self.output:
            return "output"
        return "operation" if z.op else "parameter" if id(z) in self.structure.learned else "input"

    def has_gradient(self, z: Value) -> bool:
        """Whether a picture of learning shows it: beside parameters, the inputs are data."""
        return not self.structure.learned or self.role(z) != "input"

    def inside(self, z: Value) -> list[Value]:
        """The results that z's card stands for: itself, and the unkept ones it is made of, operands first."""
        found, stack = {id(z): z}, [z]
        while stack:
            for x in operands(stack.pop()):
                if isinstance(x, Value) and x.op and id(x) not in self.ids and id(x) not in found and self.drawn(x):
                    found[id(x)] = x
                    stack.append(x)
        return sorted(found.values(), key=by_order)

    def drawn(self, x: Value) -> bool:
        return self.chosen is None or id(x) in self.chosen

    def edges_into(self, z: Value) -> list[Edge]:
        """One edge for each use; a card that stands for several nodes has one for each operand."""
        uses = self.uses(z)
        if len({id(r) for r, _, _ in uses}) > 1:
            merged: dict[int, tuple[Value, Value, Path | None]] = {}
            for r, x, path in uses:
                before = merged[id(x)][2] if id(x) in merged else None
                merged[id(x)] = r, x, path if before is None else before if path is None else before.beside(path)
            uses = list(merged.values())
        weights = self.weights_into(z)
        return [self.edge(z, x, path, weights.get(id(x))) for _, x, path in uses]

    def edge(self, z: Value, x: Value, path: Path | None, weights: list[Value] | None) -> Edge:
        tail, head = self.ids[id(x)], self.ids[id(z)]
        if not weights:
            return Edge("", tail, head, self.slope_text(z, x, path))
        [w, *more] = weights
        total = sum(float(weight.data) for weight in weights)
        label = self.number(total) if more else chain(symbol(self.short[w], self.dialect), self.number(w.data))
        slope = None
        if id(w) in self.gradients and not more:
            gradient = self.gradients[id(w)]
            slope = chain(self.d(self.labels[self.output], self.short[w]), self.number(gradient))
            slope = self.partial_sign + self.brief(gradient) if self.terse else slope
        return Edge("", tail, head, slope, label, total)

    def weights_into(self, z: Value) -> dict[int, list[Value]]:
        """The carried weights of the sums in z's card, by the input that they belong to."""
        found: dict[int, list[Value]] = {}
        if self.folding.carried:
            for r in self.inside(z):
                total = self.structure.sums.get(id(r))
                for _, x in total.weights if total else ():
                    found.setdefault(id(x), self.weights.get((id(r), id(x)), []))
        return found

    def uses(self, z: Value) -> list[tuple[Value, Value, Path | None]]:
        """Each use r(…, x, …) of a kept node inside z's card, with the path ∂z/∂r · ∂r/∂x."""
        inside = self.inside(z)
        written = None
        with suppress(LengthError):
            written = {} if self.groups or self.terse else self.written(inside[:-1])
        through = {id(z): Path(in_words(1, self.dialect), 1)}
        found: list[tuple[Value, Value, Path | None]] = []
        for r in reversed(inside):
            for i, (x, number) in enumerate(zip(operands(r), slopes(r), strict=True)):
                if not isinstance(x, Value):
                    continue
                path = None
                if number is not None and id(r) in through:
                    formula = (
                        None
                        if written is None or self.groups or self.terse
                        else slope(r, i, self.short, self.dialect, written)
                    )
                    path = through[id(r)].then(Path(formula, number))
                if id(x) in self.ids:
                    found.append((r, x, path))
                elif path is not None:
                    through[id(x)] = through[id(x)].beside(path) if id(x) in through else path
        return found

    def slope_text(self, z: Value, x: Value, path: Path | None) -> str | None:
        if path is None or id(z) not in self.gradients or not self.has_gradient(x):
            return None
        if self.groups or self.terse:
            return "" if self.groups else self.number(path.number)
        named = [self.d(self.labels[z], self.short[x])] if len(self.kept) <= FEW_NODES else []
        formula = path.formula if path.formula and not path.formula.literal else None
        short = formula is not None and len(formula.term[0]) <= LONGEST_SLOPE
        shown = [formula.term[0]] if self.decide((id(z), id(x), path.number), short) and formula else []
        return chain(*named, *shown, self.number(path.number))

    def column(self, edges: Iterable[Edge]) -> tuple[str, ...]:
        """The leaves used early, together on the left; a leaf used late stands near its use.

        A use is early if the longest way from it to the output starts at most one card from the left.
        """
        edges = list(edges)  # by their heads, in topological order
        depth = dict.fromkeys(self.ids.values(), 0)
        for edge in edges:
            depth[edge.head] = max(depth[edge.head], depth[edge.tail] + 1)
        latest = dict.fromkeys(depth, max(depth.values(), default=0))
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


def _stem(name: str) -> str:
    """What a vector's entries have in common: w of w_1, z^[1] of z^[1]_2."""
    return re.sub(r"[_.]?\d+$", "", name) or name
