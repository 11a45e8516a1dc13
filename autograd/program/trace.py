"""From a recorded graph to groups of isomorphic scalars: sums flattened, common parts shared.

A chain of + becomes one sum, its terms are products: w₀·x₀ + w₁·x₁ + b is seen to be a dot product
and a bias, whoever wrote it. Two nodes are isomorphic, of one group, if they apply one operation to
operands of the same groups; so all neurons of a layer, at all samples, are one group.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeAlias

from autograd.core.graph import by_order
from autograd.core.value import Value, operands
from autograd.ops import add, dot, mul, pow, sum
from autograd.program.ir import SOURCES

Place: TypeAlias = int  # of a scalar, in the order they are met
Product: TypeAlias = tuple[Place, Place]  # a term of a sum
Scalar: TypeAlias = "Value | float | Fraction"
ONE = -1  # the missing factor of a term that is not a product


@dataclass
class Group:
    """Isomorphic scalars: for each of them its place and the places of its operands.

    The key is a source's kind, or an operation's name with what else its members have in common.
    """

    key: tuple[Any, ...]
    number: int
    places: list[Place] = field(default_factory=list)
    operands: list[Any] = field(default_factory=list)  # of a source: the numbers or Values themselves

    def __str__(self) -> str:
        shown = [x.name or "a Value" if isinstance(x, Value) else x for x in self.operands]
        members = [f"{place} = {x}" for place, x in zip(self.places, shown, strict=True)]
        return f"{self.key[0]}: {'; '.join(members)}"


def ordered(outputs: Sequence[Value], inputs: Iterable[Value]) -> tuple[list[Value], dict[Value, int]]:
    """All nodes above the inputs, operands first, and how often each is used."""
    uses: dict[Value, int] = dict.fromkeys(inputs, 0)
    stack = [output for output in dict.fromkeys(outputs) if output not in uses]
    uses.update(dict.fromkeys(stack, 0))
    nodes = []
    while stack:
        z = stack.pop()
        if not z.op:
            continue
        nodes.append(z)
        x, y = z.x, z.y
        for operand in operands(z) if x.__class__ is tuple else (x, y):
            if isinstance(operand, Value):
                if operand in uses:
                    uses[operand] += 1
                else:
                    uses[operand] = 1
                    stack.append(operand)
    nodes.sort(key=by_order)
    return nodes, uses


@dataclass(frozen=True)
class Loops:
    """What is known of loops: the iteration of each node in one, and of what is carried the key of its kind."""

    carried: Mapping[Value, int]
    iterations: Mapping[Value, int]


NO_LOOPS = Loops({}, {})


class Trace:
    """The scalars of a recorded graph, in groups.

    Args:
        outputs: whose graph it is.
        wrt: what gradients are taken by; the leaves among them are the parameters.
        inputs: what a call gives; what is left are the leaves.
        leaves: those that come first, in their order.
        loops: iterations, and what is carried from one to the next: to later iterations that read it, all of a kind
            is alike, so that iterations are of the same groups.

    Attributes:
        steps: of each place how many carried values, at most, lead to it one after the other.
    """

    def __init__(
        self,
        outputs: Sequence[Value],
        wrt: Sequence[Value],
        inputs: Sequence[Value],
        leaves: Sequence[Value] = (),
        loops: Loops = NO_LOOPS,
    ) -> None:
        self.loops, self.carried = loops, loops.carried
        self.fresh: dict[Value, Place] = {}  # of what is carried: its place to its own iteration
        self.iteration: int | None = None  # of the node that is read
        self.steps: list[int] = []
        self.groups: dict[tuple[Any, ...], Group] = {(kind,): Group((kind,), i) for i, kind in enumerate(SOURCES)}
        self.parameters: list[Value] = self.groups["parameters",].operands
        self.leaves: list[Value] = self.groups["leaves",].operands
        self.colours: list[int] = []  # of each place: its group's number
        self.numbers: dict[Place, float] = {}  # the constants
        self.known: dict[Hashable, Place] = {}  # equal scalars have one place
        self.place_of: dict[Value, Place] = {}
        self.sums: dict[Value, list[Product]] = {}  # not placed yet: used once, maybe by a sum
        self.products: dict[Value, Product] = {}
        for x in inputs:
            self._source("inputs", x)
        for x in wrt:
            if not x.op and x not in self.place_of:
                self._source("parameters", x)
        for x in leaves:
            self._source("leaves", x)
        self.nodes, uses = ordered(outputs, inputs)
        for x in (*outputs, *wrt, *self.carried):
            uses[x] = uses.get(x, 0) + 2  # must have a place of its own
        kept = {x for x in wrt if x.op and x not in self.place_of}
        for z in self.nodes:
            self.iteration = self.loops.iterations.get(z)
            self._read(z, uses[z] == 1)
            if z in self.carried:
                place = self.fresh[z] = self.place_of[z]
                key = "carry", self.carried[z]
                self.place_of[z] = self._add(key, (place,), self.steps[place] + 1)
            elif z in kept:  # a gradient by z is of its uses alone, not of those of an equal node
                place = self.place_of[z]
                self.place_of[z] = self._add(("copy", self.colours[place]), (place,), self.steps[place])
        self.iteration = None
        self.outputs = [self._place(x) for x in outputs]
        self.wrt: list[Place | None] = [
            self._place(x) if x in uses and (x in self.place_of or not x.op) else None for x in wrt
        ]

    def __str__(self) -> str:
        return "\n".join(str(group) for group in self.groups.values() if group.places)

    @property
    def structure(self) -> bytes:
        """What equal traces have in common: all but the Values."""
        groups = [(x.key, x.number, x.places, x.key[0] in SOURCES[1:] or x.operands) for x in self.groups.values()]
        return sha256(repr((groups, self.steps, self.outputs, self.wrt)).encode()).digest()

    def _read(self, z: Value, once: bool) -> None:
        """Give a node its place, or hold back a sum or product that may be part of a larger one."""
        op = z.op
        if op == add.name:
            terms = self._terms(z.x)
            more = self._terms(z.y)
            if len(more) > len(terms):
                terms, more = more, terms
            terms += more
        elif op == mul.name and once:
            self.products[z] = self._place(z.x), self._place(z.y)
            return
        elif op == sum.name:
            terms = [term for x in z.x[0] for term in self._terms(x)]
        elif op == dot.name:
            terms = [(self._place(x), self._place(y)) for x, y in zip(*z.x, strict=True)]
        else:
            places = tuple(map(self._place, operands(z)))
            self.place_of[z] = self._operation(op, places)
            return
        if once:
            self.sums[z] = terms
        else:
            self.place_of[z] = self._sum(terms)

    def _terms(self, x: Scalar) -> list[Product]:
        if isinstance(x, Value):
            if x in self.sums:
                return self.sums.pop(x)
            if x in self.products:
                return [self.products.pop(x)]
        return [(self._place(x), ONE)]

    def _place(self, x: Scalar) -> Place:
        if not isinstance(x, Value):
            return self._constant(x)
        place = self.place_of.get(x)
        if x in self.fresh and self.iteration == self.loops.iterations[x]:
            return self.fresh[x]
        if place is None:
            if x in self.products:
                place = self._operation(mul.name, self.products.pop(x))
            elif x in self.sums:
                place = self._sum(self.sums.pop(x))
            else:
                return self._source("leaves", x)
            self.place_of[x] = place
        return place

    def _source(self, kind: str, x: Value) -> Place:
        place = self.place_of[x] = self._add((kind,), x)
        return place

    def _constant(self, x: float | Fraction) -> Place:
        x = as_float(x)
        key = x or repr(x)  # 0.0 is not -0.0
        place = self.known.get(key)
        if place is None:
            place = self.known[key] = self._add(("constant",), x)
            self.numbers[place] = x
        return place

    def _operation(self, name: str, places: tuple[Place, ...]) -> Place:
        place = self.known.get((name, places))
        if place is None:
            colours = [self.colours[x] for x in places]
            key: tuple[Any, ...] = (name, *colours)
            if name == pow.name and not colours[1]:  # x² and x³ are not one operation
                key = (name, colours[0], "to", places[1])
            step = max(self.steps[x] for x in places) if self.carried else 0
            place = self.known[name, places] = self._add(key, places, step)
        return place

    def _add(self, key: tuple[Any, ...], operands: object, step: int = 0) -> Place:
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(key, len(self.groups))
        place = len(self.colours)
        self.steps.append(step)
        self.colours.append(group.number)
        group.places.append(place)
        group.operands.append(operands)
        return place

    def _sum(self, terms: list[Product]) -> Place:
        """Σ a · b: terms alike are one fold; what is left is added one by one."""
        constant, alike = self._sorted(terms)
        longest = sorted(alike.items(), key=lambda item: -len(item[1]))  # the products, then the bias
        summands = [place for colour, some in longest for place in self._folded(colour, some)]
        if constant or not summands:
            summands.append(self._constant(constant))
        if self.carried:  # last what must wait for an iteration
            early = [x for x in summands if not self.steps[x]]
            if early and len(early) < len(summands):
                summands = [self._tree([x for x in summands if self.steps[x]]), self._tree(early)]
        return self._tree(summands)

    def _tree(self, summands: list[Place]) -> Place:
        """The sum of some places, two by two."""
        while len(summands) > 1:
            pairs = zip(summands[::2], summands[1::2], strict=False)
            summands = [self._operation(add.name, pair) for pair in pairs] + summands[len(summands) & ~1 :]
        return summands[0]

    def _sorted(self, terms: list[Product]) -> tuple[float, dict[Hashable, list[Product]]]:
        """The sum of the constants; all other terms by their colours, of a product the smaller one first."""
        constant = 0.0
        alike: defaultdict[Hashable, list[Product]] = defaultdict(list)
        colours = self.colours
        for a, b in terms:
            if b == ONE:
                if a in self.numbers:
                    constant += self.numbers[a]
                else:
                    alike[colours[a]].append((a, b))
                continue
            if colours[a] > colours[b]:
                a, b = b, a
            alike[colours[a], colours[b]].append((a, b))
        return constant, alike

    def _folded(self, colour: Hashable, terms: list[Product]) -> list[Place]:
        """Terms of the same colour: so many products as one fold."""
        if len(terms) > 2 or (len(terms) == 2 and terms[0][1] != ONE):
            row = "fold", tuple(terms)
            place = self.known.get(row)
            if place is None:
                step = max(self.steps[x] for term in terms for x in term if x != ONE) if self.carried else 0
                place = self.known[row] = self._add(("fold", len(terms), colour), row[1], step)
            return [place]
        return [self._product(a, b) for a, b in terms]

    def _product(self, a: Place, b: Place) -> Place:
        return a if b == ONE else self._operation(mul.name, (a, b))


def as_float(x: float | Fraction) -> float:
    """A number as a float; one too large for it is inf."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf
