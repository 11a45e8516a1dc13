"""The sums, weights, neurons and layers that a graph is made of, whoever wrote it.

Nothing here knows a model. A sum is found by the table (slopes that are numbers add up; operands that are
each other's slope multiply), a neuron is a function of a sum with weights in it, a layer is its neurons
with one name in front, or one depth and one set of inputs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count, islice
from typing import Any

from autograd import Value
from autograd.core.op import OPS
from autograd.core.value import operands
from autograd.language.names import indexed
from viz.graph.linear import adds, multiplies
from viz.graph.samples import Batch, alike

MOST_SUMS = 20  # that are looked at for an index
_NEURON = re.compile(r"(?:(.*?(\d*))\.)?[^.]*?(\d+)")  # layer1.neuron2: a layer with its number, a neuron's number


@dataclass
class Sum:
    """Σ wᵢxᵢ + b, however it was written: the node with the total, what it is made of, its terms."""

    root: Value
    inside: list[Value] = field(default_factory=list)  # products and partial sums, of which nothing else is made
    pairs: list[tuple[Any, Any]] = field(default_factory=list)
    alone: list[Any] = field(default_factory=list)
    weights: list[tuple[Value, Value]] = field(default_factory=list)  # (w, x)
    biases: list[Value] = field(default_factory=list)


@dataclass
class Neuron:
    """A function of sums with weights in them; for a linear neuron the sum itself."""

    result: Value
    sums: list[Sum]
    layer: Any = None  # what its layer's neurons have in common
    depth: int = 0
    above: str = ""  # what stands in brackets above its letters: the layer's number or name
    number: int = 0


class Structure:
    """The sums, weights, neurons and layers of a graph, found once and in linear time.

    Args:
        graph: its nodes, operands first.
        outputs: the ids of nodes that keep their cards.
        learned: the ids of the leaves that are learned.
        guess: whether nameless leaves may be taken for weights by where they stand.
    """

    def __init__(self, graph: list[Value], outputs: set[int], learned: set[int], guess: bool) -> None:
        self.graph, self.outputs = graph, outputs
        self.uses = Counter(id(x) for z in graph for x in operands(z) if isinstance(x, Value))
        self.sums = self._sums()
        self.learned = learned | (self._guessed() if guess else set())
        for total in self.sums.values():
            self._weigh(total)
        self.carried = self._carried()
        self.weighings = self._weighings()
        self.neurons = list(self._neurons())
        self._number()

    @cached_property
    def batch(self) -> Batch:
        """The samples of a batch, if the graph has them."""
        return Batch(self.graph, self.learned)

    @cached_property
    def alike(self) -> list[tuple[Value, list[Value]]]:
        """Sums of terms that are made alike, the outermost first, and these; without weighted sums."""
        return list(islice(alike(self.graph, {i for i, total in self.sums.items() if total.weights}), MOST_SUMS))

    def _sums(self) -> dict[int, Sum]:
        """The sums by the id of their total, outermost first."""
        sums: dict[int, Sum] = {}
        absorbed: set[int] = set()
        for z in reversed(self.graph):
            if id(z) not in absorbed and (adds(z.op) or multiplies(z.op)):
                sums[id(z)] = total = self._terms(z)
                absorbed |= set(map(id, total.inside))
        return sums

    def _terms(self, root: Value) -> Sum:
        total, stack = Sum(root), [root]
        while stack:
            z = stack.pop()
            if multiplies(z.op):
                total.pairs += zip(*_factors(z), strict=True)
                continue
            for x in operands(z):
                if isinstance(x, Value) and self._is_part(x):
                    total.inside.append(x)
                    stack.append(x)
                else:
                    total.alone.append(x)
        return total

    def _is_part(self, x: Value) -> bool:
        inner = not x.name and self.uses[id(x)] == 1 and id(x) not in self.outputs
        return inner and (adds(x.op) or multiplies(x.op))

    def _guessed(self) -> set[int]:
        """Nameless leaves that must be weights: one in each product of a sum; and the biases beside them."""
        guessed: set[int] = set()
        for total in self.sums.values():
            weights = [self._weight_of(pair) for pair in total.pairs]
            biases = [x for x in total.alone if self._may_be_learned(x)]
            if all(w is not None for w in weights) and len(weights) + len(biases) > 1:
                guessed |= {id(x) for x in (*weights, *biases)}
        return guessed

    def _weight_of(self, pair: tuple[Any, Any]) -> Any:
        candidates = [x for x in pair if self._may_be_learned(x)]
        if len(candidates) == 2:  # the inputs are shared by the neurons of a layer, the weights are not
            candidates.sort(key=lambda x: self.uses[id(x)] > 1)
        return candidates[0] if candidates and all(isinstance(x, Value) for x in pair) else None

    @staticmethod
    def _may_be_learned(x: Any) -> bool:
        return isinstance(x, Value) and not x.op and not x.name

    def _weigh(self, total: Sum) -> None:
        for x, y in total.pairs:
            if isinstance(x, Value) and isinstance(y, Value) and (id(x) in self.learned) != (id(y) in self.learned):
                total.weights.append((x, y) if id(x) in self.learned else (y, x))
        if total.weights:
            total.biases = [x for x in total.alone if isinstance(x, Value) and not x.op and id(x) in self.learned]

    def _carried(self) -> frozenset[int]:
        """The learned leaves of which every use is as a weight or a bias."""
        here = Counter(id(w) for total in self.sums.values() for w in (*dict(total.weights), *total.biases))
        return frozenset(w for w, n in here.items() if n == self.uses[w])

    def _weighings(self) -> dict[int, list[tuple[int, int]]]:
        """The uses of each weight in order: the ids of the sum, and of what the weight is multiplied with there."""
        uses: dict[int, list[tuple[int, int]]] = {}
        for i, total in reversed(self.sums.items()):
            for w, x in total.weights:
                uses.setdefault(id(w), []).append((i, id(x)))
        return uses

    def _neurons(self) -> Iterator[Neuron]:
        weighted = {i: total for i, total in self.sums.items() if total.weights}
        activated: set[int] = set()
        for z in self.graph:
            if not z.op or id(z) in self.sums or OPS[z.op].infix:
                continue
            inner = [x for x in operands(z) if isinstance(x, Value) and id(x) not in self.learned]
            own = all(id(x) in weighted and self.uses[id(x)] == 1 for x in inner)
            if inner and own and len({_prefix(weighted[id(x)]) for x in inner}) == 1:
                activated |= set(map(id, inner))
                yield Neuron(z, [weighted[id(x)] for x in inner])
        for i, total in weighted.items():
            if i not in activated:
                yield Neuron(total.root, [total])

    def _number(self) -> None:
        """Say which layer each neuron is of, and its number there."""
        results = {id(neuron.result): neuron for neuron in self.neurons}
        depth: dict[int, int] = {}
        for z in self.graph:
            below = max((depth[id(x)] for x in operands(z) if isinstance(x, Value)), default=0)
            depth[id(z)] = below + (id(z) in results)
        self.neurons.sort(key=lambda neuron: (depth[id(neuron.result)], neuron.result.order))
        first = self.batch.first
        numbers: dict[Any, Iterator[int]] = {}
        for neuron in self.neurons:
            neuron.depth = depth[id(neuron.result)]
            prefix = _prefix(neuron.sums[0])
            named = _NEURON.fullmatch(prefix) if prefix else None
            inputs = frozenset(id(first.get(id(x), x)) for total in neuron.sums for _, x in total.weights)
            neuron.layer = named[1] if named and named[1] else prefix or (neuron.depth, neuron.result.op, inputs)
            if named and named[2]:
                neuron.depth = int(named[2])
            neuron.above = named[1] if named and named[1] and not named[2] else str(neuron.depth)
            following = next(numbers.setdefault(neuron.layer, count(1)))
            same = results.get(id(first.get(id(neuron.result))), neuron)  # in the first sample of a batch
            neuron.number = int(named[3]) if named else following if same is neuron else same.number

    def names(self) -> dict[Value, str]:
        """What to call what has no name: z^[1]_2, a^[1]_2, w^[1]_21, b^[1]_2, the layer's number in brackets."""
        named = {n.result: f"a^[{n.above}]_{n.number}" for n in self.neurons}
        named |= {n.sums[0].root: f"z^[{n.above}]_{n.number}" for n in self.neurons if len(n.sums) == 1}
        for n in self.neurons:
            for total in n.sums if len(n.sums) == 1 else ():
                index = "{{{},{}}}" if max(n.number, len(total.weights)) > 9 else "{}{}"
                for i, (w, _) in enumerate(total.weights, 1):
                    named.setdefault(w, f"w^[{n.above}]_{index.format(n.number, i)}")
                named |= {b: f"b^[{n.above}]_{n.number}" for b in total.biases if len(total.biases) == 1}
        for place in self.batch.nodes:  # the layer above, the sample beside it: a^[1](3)_2
            if (name := named.get(place[0])) is not None:
                named |= {z: f"{name}^({i})" for i, z in enumerate(place, 1)}
        named |= {z: f"{self.graph[-1].name or 'L'}^({i})" for i, z in enumerate(self.batch.terms, 1)}
        often = Counter(named.values())
        return self._shortened() | {z: name for z, name in named.items() if not z.name and often[name] == 1}

    def _shortened(self) -> dict[Value, str]:
        """Parameters of modules whose names have no layer or neuron in front, by the last part where that is enough."""
        names = [z.name for z in self.graph if z.name]
        parts = [(z, indexed(z.name).rpartition(".")) for z in self.graph if z.name and id(z) in self.learned]
        often = Counter([*names, *(last for _, (_, dot, last) in parts if dot)])
        return {z: last for z, (_, dot, last) in parts if dot and often[last] == 1}

    def anchors(self) -> set[int]:
        """What weights are multiplied with, and the neurons' results: nodes with a place in a network."""
        inputs = {id(x) for total in self.sums.values() for _, x in total.weights}
        return inputs | {id(neuron.result) for neuron in self.neurons} | self.outputs


def _factors(z: Value) -> Sequence[Sequence[Any]]:
    """The two columns of factors of a product, or of a sum of products."""
    return OPS[z.op].columns(operands(z)) if OPS[z.op].variadic else [[x] for x in operands(z)]


def _prefix(total: Sum) -> str:
    """What the names of a sum's parameters have in front: layer1.neuron2."""
    return ((total.weights[0][0].name or "").rpartition(".")[0]) if total.weights else ""
