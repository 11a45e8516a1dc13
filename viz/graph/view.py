"""What the cards and arrows of one picture share: which nodes are shown, their names, numbers and formulas."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from autograd import Value
from autograd.core.notation import SUM, SUPERSCRIPTS, Term
from autograd.core.value import Number
from autograd.language.names import Labels, derivative, indexed, symbol
from autograd.language.numbers import figure
from autograd.passes.spans import Spans, Words
from viz.graph.levels import Folding, Group
from viz.graph.samples import Batch, side_by_side
from viz.graph.scene import Style
from viz.graph.structure import Structure, Sum
from viz.graph.subgraph import Highlight
from viz.theme import Role

LONGEST_TITLE = 60  # characters of a card's formula
LONG_SUM = 24  # characters from which on a sum of terms that are alike is written with Σ
MARKS = {
    "unicode": {"—": "—", "…": "…", "∂": "∂ ", "·": "·", "×": " × ", "Σ": "Σ "},
    "latex": {
        "—": r"\text{---}",
        "…": r"\dots",
        "∂": r"\partial\mathpunct{}",
        "·": r" \cdot ",
        "×": r" \times ",
        "Σ": r"\sum ",
    },
}


@dataclass(frozen=True)
class View:
    """A graph, how it is folded, and how its texts are written; nodes are looked up by `id`."""

    output: Value
    structure: Structure
    folding: Folding
    labels: Labels
    digits: int
    gradients: Mapping[int, Number]  # none in a forward picture
    chosen: set[int] | None = None  # the part of the graph that is drawn, if not all
    forms: dict[int, tuple[str, str] | None] | None = None  # gradients in symbols, where they are wished
    terse: bool = False  # numbers alone on edges
    orders: Mapping[int, int] = field(default_factory=dict)  # in a gradient's own graph: 1 or 2 for what it adds
    aliases: Mapping[int, str] = field(default_factory=dict)  # and which derivative a node of the graph itself is
    dialect: str = "unicode"
    names: Mapping[Any, str] = field(default_factory=dict)  # that are asked for in place of the nodes' own
    style: Style = "cards"
    called: bool = False  # whether a circuit shows the names of nodes that nobody named, as sentences speak of them
    highlight: Highlight | None = None  # what is not pale, where something is
    decided: dict[Hashable, bool] = field(default_factory=dict)  # in Unicode, and so for LaTeX: which formulas fit

    @cached_property
    def kept(self) -> list[Value]:
        """The nodes with cards, or with rows of a card."""
        return [z for z in self.folding.kept if self.chosen is None or id(z) in self.chosen]

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The cards of several nodes; a part of a graph has only nodes' own cards."""
        return {self.ids[id(group.nodes[0])]: group for group in self._groups}

    @property
    def _groups(self) -> tuple[Group, ...]:
        return self.folding.groups if self.chosen is None else ()

    @cached_property
    def ids(self) -> dict[int, str]:
        """Each kept node's card: n0, n1, … by order of creation."""
        first = {id(z): id(group.nodes[0]) for group in self._groups for z in group.nodes}
        numbers: dict[int, str] = {}
        return {id(z): numbers.setdefault(first.get(id(z), id(z)), f"n{len(numbers)}") for z in self.kept}

    @cached_property
    def cards(self) -> list[str]:
        return list(dict.fromkeys(self.ids.values()))

    def role(self, z: Value) -> Role:
        if order := self.orders.get(id(z)):
            return "gradient" if order == 1 else "curvature"
        if z is self.output:
            return "output"
        if z.op:
            return "operation"
        return "parameter" if id(z) in self.structure.learned else "input"

    def has_gradient(self, z: Value) -> bool:
        """Whether a picture of learning shows it: beside parameters, the inputs are data; a circuit shows all."""
        return self.style == "circuit" or not self.structure.learned or self.role(z) != "input"

    def is_named(self, z: Value) -> bool:
        """Whether somebody gave it a name; a leaf has one always."""
        return not z.op or bool(z.name) or z in self.names

    def symbol(self, name: str) -> str:
        return symbol(name, self.dialect)

    def mark(self, mark: str) -> str:
        return MARKS[self.dialect][mark]

    def text(self, text: str) -> str:
        """Words, in mathematics mode."""
        return text if self.dialect == "unicode" else rf"\text{{{text}}}"

    def number(self, x: Number, given: bool = False) -> str:
        return figure(x, self.dialect, self.digits, given)[0]

    def brief(self, x: Number) -> str:
        """A number in a row that it shares."""
        return figure(x, self.dialect, min(self.digits, 2))[0]

    def derivative(self, x: Value, z: Value | None = None, use: int | None = None) -> str:
        """∂z/∂x, or without a z ∂J/∂x, by their names; of one of many uses ∂J/∂x⁽²⁾."""
        z = self.output if z is None else z  # a Value may be 0
        if use is not None and self.dialect == "latex":
            y, x_in_use = self.symbol(self.labels[z]), f"{{{self.symbol(self.labels[x])}}}^{{({use})}}"
            return rf"\frac{{\partial {y}}}{{\partial {x_in_use}}}"
        whole = derivative(self.labels[z], self.labels[x], self.dialect)
        return whole if use is None else f"{whole}⁽{str(use).translate(SUPERSCRIPTS)}⁾"

    @cached_property
    def generic(self) -> View:
        """The same with the first sample of a batch as any sample: x⁽ⁱ⁾ in place of x⁽¹⁾."""
        names: dict[Any, str] = {z: self.labels[z] for z in self.structure.graph}
        first = [place[0] for place in self.structure.batch.nodes]
        any_sample = {z: _of_any_sample(names[z]) for z in first}
        return replace(self, labels=Labels(self.structure.graph, {**names, **any_sample}))

    @cached_property
    def batch(self) -> Batch | None:
        """The batch whose samples share cards here."""
        batch = self.structure.batch
        groups = [{*map(id, group.nodes)} for group in self._groups if len(group.nodes) > 1]
        return batch if batch.terms and any(id(batch.terms[0]) in group for group in groups) else None

    def samples(self, group: Group) -> int:
        """How many samples of a batch a card stands for."""
        return len(self.batch.terms) if self.batch and id(group.nodes[0]) in self.batch.first else 0

    def is_repeated(self, z: Value) -> bool:
        """Whether it stands on a card of several samples, and is not the first one's."""
        return self.batch is not None and self.batch.first.get(id(z), z) is not z

    def together(self, *nodes: Value) -> list[tuple[Value, ...]]:
        """Nodes of the first sample, and those that stand on their cards; outside a batch these alone."""
        places = {id(place[0]): place for place in self.batch.nodes} if self.batch else {}
        rows = [places.get(id(z)) for z in nodes]
        count = max((len(row) for row in rows if row), default=1)
        return list(zip(*(row or [z] * count for row, z in zip(rows, nodes, strict=True)), strict=True))

    def is_shared(self, w: Value) -> bool:
        """Whether a weight is used more than once, as in a recurrent network, and not just in each sample."""
        return self.structure.uses[id(w)] > (len(self.batch.terms) if self.batch else 1)

    def decide(self, key: Hashable, choice: bool) -> bool:
        """A choice by the length of a Unicode text, which holds for LaTeX too."""
        return self.decided.setdefault(key, choice)

    @cached_property
    def words(self) -> Words:
        return Words(self.labels, self.dialect, self._compact())

    @cached_property
    def spans(self) -> Spans:
        """What each card stands for."""
        return Spans(self.ids, self.chosen)

    def _compact(self) -> dict[int, Term]:
        """The weighted sums whose weights and inputs are called as vectors' entries are: w·x + b."""
        if len(self.kept) == len(self.structure.graph):
            return {}
        terms = {i: self._vectors(total) for i, total in self.structure.sums.items()}
        rows = {i: term for i, term in terms.items() if term}
        return {**self._sums_over_an_index(), **rows, **self._sum_over_samples()}

    def _sums_over_an_index(self) -> dict[int, Term]:
        """Σ (xᵢ − μ)², where all that is added differs by an index only and is long without."""
        sums = {}
        for root, terms in self.structure.alike:
            names = None if any(id(x) in self.ids or not x.op for x in terms) else self._any_index(terms)
            if names:
                labels = Labels(self.structure.graph, {**{z: self.labels[z] for z in self.structure.graph}, **names})
                written = Words(labels, self.dialect).written(self.spans.inside(terms[0]))
                text, precedence = written[id(terms[0])] if written else ("", SUM)
                text = text if precedence > SUM else f"({text})"
                if self.decide(("Σ", id(root)), len(terms) * len(text) > LONG_SUM):
                    sums[id(root)] = self.mark("Σ") + text, SUM
        return sums

    def _any_index(self, terms: Sequence[Value]) -> dict[Value, str] | None:
        """The names of the nodes in the first of some terms with i in place of an index that counts 1, 2, 3, …"""
        nodes, numbers, regular = side_by_side(terms)
        names = {}
        for place in nodes:
            if id(place[0]) in self.ids:
                called = [self.labels[z] for z in place]
                [stem, *others] = stems(called)
                indices = [name.removeprefix(stem).removeprefix("_") for name in called]
                counted = all(i.isdecimal() for i in indices) and len({int(i) - k for k, i in enumerate(indices)}) == 1
                if others or not counted:
                    return None
                names[place[0]] = f"{stem}_i"
        return names if regular and not numbers else None

    def _sum_over_samples(self) -> dict[int, Term]:
        """Σ L⁽ⁱ⁾, where the terms of a batch share a card."""
        if not self.batch or self.batch.root is None:
            return {}
        name = _of_any_sample(self.labels[self.batch.terms[0]])
        return {id(self.batch.root): (self.mark("Σ") + self.symbol(name), SUM)}

    def _vectors(self, total: Sum) -> Term | None:
        """w·x + b, if all that is added are such products and nodes."""
        rest = [x for x in total.alone if isinstance(x, Value) or x]
        if not 1 < len(total.pairs) == len(total.weights) or not all(isinstance(x, Value) for x in rest):
            return None
        w, x = ([self.labels[z] for z in column] for column in zip(*total.weights, strict=True))
        row, inputs = row_of(w), stems(x)
        if row is None or len(inputs) > 1:
            return None
        product = self.symbol(row) + self.mark("·") + self.symbol(inputs[0])
        return " + ".join([product, *(self.symbol(self.labels[b]) for b in rest)]), SUM


def _of_any_sample(name: str) -> str:
    return name.removesuffix("^(1)") + "^(i)"


def stems(names: Iterable[str]) -> list[str]:
    """What vectors are called, each once: w of w_1, z^[1] of z^[1]_2 and of a model's layer1.neuron2.z.

    >>> stems(["w_1", "w_2", "layer1.neuron3.z", "7"])
    ['w', 'z^[1]', '7']
    """
    return list(dict.fromkeys(re.sub(_LAST, "", indexed(name), count=1) or name for name in names))


_LAST = re.compile(r"(_?\d+|_\{[\d,]+\})?(\^\(\d+\))?$")


def row_of(names: Sequence[str]) -> str | None:
    """What a row of a matrix is called, by its entries' names; None where they are not called as entries.

    >>> row_of(["w_1", "w_2"]), row_of(["w_21", "w_22"]), row_of(["layer1.neuron2.w0", "layer1.neuron2.w1"])
    ('w', 'w_2', 'w^[1]_2')
    >>> row_of(["w^[1]_{12,1}", "w^[1]_{12,2}"]), row_of(["w_1", "u_2"])
    ('w^[1]_12', None)
    """
    stem, *others = stems(names)
    indices = [indexed(name).removeprefix(stem).strip("_{}") for name in names]
    rows = {tuple(index.split(",") if "," in index else index)[:-1] for index in indices}
    [row] = rows if len(rows) == 1 else [()]
    index = f"_{{{','.join(row)}}}" if len(row) > 1 else "".join(f"_{i}" for i in row)
    return None if others else stem + index
