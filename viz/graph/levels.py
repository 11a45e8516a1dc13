"""How far a graph is folded into cards: one row a level, finest first, with its rule and whether "auto" may take it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from autograd import Value
from autograd.core.value import operands
from autograd.passes.levels import has_name
from viz.graph.structure import Neuron, Structure

SHORTEST_RUN = 5  # cards of a chain that are worth folding


@dataclass(frozen=True)
class Group:
    """Several nodes on one card."""

    nodes: list[Value]
    kind: Literal["samples", "layer", "leaves", "run"]
    neurons: list[Neuron] = field(default_factory=list)


@dataclass(frozen=True)
class Folding:
    """Which nodes have cards, which are inside others' cards, and what is said about it."""

    kept: list[Value]
    carried: frozenset[int] = frozenset()  # weights and biases that stand on edges and in cards
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()

    def further(self, note: str, **changes: Any) -> Folding:
        """The folding that goes on from this one."""
        return replace(self, notes=(*self.notes, note), **changes)


@dataclass(frozen=True)
class Row:
    """A level.

    Attributes:
        name: what `level=` takes.
        card: what it gives one card to, for documents.
        example: what such a card says.
        stage: how `level="auto"` goes on from the next finer folding, None if this level has nothing more to
            fold; without a stage "auto" never takes the level, and its pictures stay as they are.
        alone: how a graph is folded if the level is asked for, where that is not by all stages up to it.
    """

    name: str
    card: str
    example: str
    stage: Callable[[Structure, Folding], Folding | None] | None = None
    alone: Callable[[Structure], Folding] | None = None


def names() -> tuple[str, ...]:
    """What `level=` takes."""
    return "auto", *(row.name for row in LEVELS)


def summary() -> str:
    """What each level gives a card to, in one line for the command's help."""
    rows = " | ".join(f"{row.name}: {row.card}" for row in LEVELS)
    return f"what each card stands for: {rows} | auto: as few cards as a slide needs"


def foldings(structure: Structure, level: str) -> list[Folding]:
    """The foldings to try: of "auto" all, finest first; of another level the one that comes nearest to it."""
    stages = [Folding(structure.graph)]
    for row in LEVELS:
        if row.name == level and row.alone:
            return [row.alone(structure)]
        folding = row.stage(structure, stages[-1]) if row.stage else None
        stages += [folding] if folding else []
        if row.name == level:
            return stages[-1:]
    return stages


def _named_nodes(structure: Structure) -> Folding:
    return Folding([z for z in structure.graph if has_name(z) or id(z) in structure.outputs])


def _sums(structure: Structure, finer: Folding) -> Folding | None:
    inside = {id(x) for total in structure.sums.values() for x in total.inside}
    return finer.further("sums", kept=[z for z in finer.kept if id(z) not in inside]) if inside else None


def _nameless_results(structure: Structure, finer: Folding) -> Folding | None:
    """Into named results, if there are any inside; a network's nodes keep their cards without names."""
    named = any(z.op and z.name and id(z) not in structure.outputs for z in structure.graph)
    anchors = structure.anchors()
    kept = [z for z in finer.kept if has_name(z) or id(z) in anchors]
    return finer.further("nameless results", kept=kept) if named and len(kept) < len(finer.kept) else None


def _weights(structure: Structure, finer: Folding) -> Folding | None:
    carried = structure.carried
    kept = [z for z in finer.kept if id(z) not in carried]
    if not carried:
        return None
    biases = {id(b) for total in structure.sums.values() for b in total.biases} & carried
    folding = finer.further("weights onto edges", kept=kept, carried=carried)
    return folding.further("biases into sums") if biases else folding


def _neurons(structure: Structure, finer: Folding) -> Folding | None:
    """Each neuron's sum into its result; what is not of the network has a card only by its name."""
    anchors = structure.anchors()
    roots = {id(total.root) for n in structure.neurons for total in n.sums if total.root is not n.result}
    inner = structure.carried | (roots - structure.outputs)
    kept = [z for z in structure.graph if id(z) not in inner and (has_name(z) or id(z) in anchors)]
    return finer.further("neurons", kept=kept) if structure.neurons else None


def _samples(structure: Structure, finer: Folding) -> Folding | None:
    """Each place of a batch's formula on one card, and the samples' terms though they have no names."""
    terms = structure.batch.terms
    if not terms:
        return None
    shown = {*map(id, finer.kept), *map(id, terms)}
    kept = [z for z in structure.graph if id(z) in shown]
    groups = tuple(Group(place, "samples") for place in structure.batch.nodes if {*map(id, place)} <= shown)
    return finer.further(f"{len(terms)} samples", kept=kept, groups=groups)


def _layers(structure: Structure, finer: Folding) -> Folding | None:
    groups = [*_layers_of_neurons(structure, finer), *_leaves(structure, finer)]
    taken = {id(z) for group in groups for z in group.nodes}
    groups += [group for group in finer.groups if taken.isdisjoint(map(id, group.nodes))]
    return finer.further("layers", groups=tuple(groups)) if taken else None


def _layers_of_neurons(structure: Structure, finer: Folding) -> Iterator[Group]:
    cards = set(map(id, finer.kept)) - structure.outputs
    layers: dict[Hashable, list[Neuron]] = {}
    for neuron in structure.neurons:
        if id(neuron.result) in cards:
            layers.setdefault(neuron.layer, []).append(neuron)
    for neurons in layers.values():
        if len(neurons) > 1:
            yield Group([n.result for n in neurons], "layer", neurons)


def _leaves(structure: Structure, finer: Folding) -> Iterator[Group]:
    """Leaves that the same layers use: a network's inputs; and its parameters that are used elsewhere too."""
    users = _users(structure, [z for z in finer.kept if not z.op])
    alike: dict[Hashable, list[Value]] = {}
    for z in finer.kept:
        if not z.op:
            alike.setdefault((id(z) in structure.learned, *sorted(users[id(z)])), []).append(z)
    for leaves in alike.values():
        if len(leaves) > 2 or (len(leaves) > 1 and structure.neurons):
            yield Group(leaves, "leaves")


def _users(structure: Structure, leaves: Iterable[Value]) -> dict[int, set[str]]:
    """Of each leaf the layers that use it; "" for what is in none."""
    layer = {id(n.result): repr(n.layer) for n in structure.neurons}
    by_sum = {id(total.root): id(n.result) for n in structure.neurons for total in n.sums}
    inner = {id(x): i for i, total in structure.sums.items() for x in total.inside}
    users: dict[int, set[str]] = {id(z): set() for z in leaves}
    for z in structure.graph:
        total = inner.get(id(z), id(z))
        for x in operands(z):
            if id(x) in users:
                users[id(x)] |= {layer.get(by_sum.get(total, total), "")}
    return users


def _targets(structure: Structure, finer: Folding) -> Folding | None:
    """What no layer uses of a batch's data into the formula of each sample's loss."""
    groups = [group for group in finer.groups if not group.nodes[0].op and len(group.nodes) > 1]
    users = _users(structure, [z for group in groups for z in group.nodes]) if structure.batch.terms else {}
    inside = {i for i, layers in users.items() if layers == {""} and i not in structure.learned}
    if not inside or not structure.neurons:
        return None
    rest = tuple(group for group in finer.groups if id(group.nodes[0]) not in inside)
    return finer.further("targets", kept=[z for z in finer.kept if id(z) not in inside], groups=rest)


def _runs(structure: Structure, finer: Folding) -> Folding | None:
    runs = tuple(_long_chains(structure, finer))
    return finer.further("long chains", groups=(*finer.groups, *runs)) if runs else None


def _long_chains(structure: Structure, finer: Folding) -> Iterator[Group]:
    """Chains of cards, each made of the one before and leaves, without their first and last card."""
    cards = {id(z): z for z in finer.kept if z.op}
    grouped = {id(z) for group in finer.groups for z in group.nodes}
    before, after = _neighbours(structure.graph, cards)

    def follows(z: Value) -> bool:
        if id(z) in grouped or len(before[id(z)]) != 1:
            return False
        [x] = before[id(z)]
        return x not in grouped and len(after[x]) == 1

    done: set[int] = set()
    for start in cards.values():
        run = [start]
        while id(run[-1]) not in done and len(after[id(run[-1])]) == 1:
            done |= {id(run[-1])}
            [i] = after[id(run[-1])]
            if not follows(cards[i]):
                break
            run.append(cards[i])
        if len(run) >= SHORTEST_RUN:
            yield Group(run[1:-1], "run")


def _formulas(structure: Structure, finer: Folding) -> Folding | None:
    """What has no name, whatever it is, into the result that it is used for."""
    grouped = {id(z) for group in finer.groups for z in group.nodes}
    kept = [z for z in finer.kept if has_name(z) or id(z) in structure.outputs or id(z) in grouped]
    return finer.further("nameless results", kept=kept) if len(kept) < len(finer.kept) else None


def _neighbours(graph: list[Value], cards: dict[int, Value]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """For each card of a result the cards that it is made of, and those that are made of it."""
    sources: dict[int, set[int]] = {}  # of each node the cards that it is made of; three are as good as more
    before: dict[int, set[int]] = {}
    after: dict[int, set[int]] = {i: set() for i in cards}
    for z in graph:
        made_of = {i for x in operands(z) if isinstance(x, Value) for i in sources[id(x)]}
        sources[id(z)] = {id(z)} if id(z) in cards else set(list(made_of)[:3])
        if id(z) in cards:
            before[id(z)] = made_of
            for i in made_of:
                after[i] |= {id(z)}
    return before, after


LEVELS: tuple[Row, ...] = (
    Row("value", "node", ""),
    Row("sums", "sum, with the products in it", "z = w·x + b", _sums),
    Row("named", "name", "its formula spans the nameless nodes", _nameless_results, _named_nodes),
    Row("weights", "sum; weights stand on the edges", "blue +, orange dashed −, width by size", _weights),
    Row("neuron", "neuron", "a = tanh(w·x + b)", _neurons),
    Row("samples", "place in a batch's formula", "a⁽ⁱ⁾, one row a sample", _samples),
    Row("layer", "layer", "the first, … and the last of its neurons", _layers),
    Row("targets", "layer; a batch's targets stand in the loss's formula", "L⁽ⁱ⁾ = (z⁽ⁱ⁾ − y⁽ⁱ⁾)²", _targets),
    Row("run", "the middle of a long chain", "h₂, …, h₉", _runs),
    Row("formula", "name; leaves that go together share one", "p(c, x)", _formulas),
)
