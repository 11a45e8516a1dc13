"""From a tape to groups of isomorphic scalars: sums flattened, common parts shared.

A chain of + becomes one sum, its terms are products: w₀·x₀ + w₁·x₁ + b is seen to be a dot product
and a bias, whoever wrote it. Two scalars are isomorphic, of one group, if they apply one operation to
operands of the same groups; so all neurons of a layer, at all samples, are one group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias

import numpy as np

from autograd.core.value import Value
from autograd.ops import add, dot, mul, pow, sum
from autograd.program.ir import SOURCES
from autograd.program.loops.recurrences import NOWHERE
from autograd.program.tape import CODES, ROWS, Slot, Tape

Place: TypeAlias = int  # of a scalar: what is given stands at its slot, then come all others, in the order they are met
Product: TypeAlias = tuple[Place, Place]  # a term of a sum
ONE = -1  # the missing factor of a term that is not a product
NOT_YET = -1  # the place of a slot that has none
ADD, DOT, MUL, SUM = (CODES[op.name] for op in (add, dot, mul, sum))
NAMES = [op.name for op in ROWS]  # by their codes


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


@dataclass(frozen=True)
class Loops:
    """What is known of loops: of slots that are carried the key of their kind, of each row its iteration or NOWHERE."""

    carried: Mapping[Slot, int]
    iterations: Sequence[int]


NO_LOOPS = Loops({}, ())


class Trace:
    """The scalars of a tape, in groups.

    Args:
        tape: the recorded graph.
        loops: iterations, and what is carried from one to the next: to later iterations that read it, all of a kind
            is alike, so that iterations are of the same groups.

    Attributes:
        parameters, leaves: as the tape has them.
        steps: of each place how many carried values, at most, lead to it one after the other.
    """

    def __init__(self, tape: Tape, loops: Loops = NO_LOOPS) -> None:
        self.tape, self.loops = tape, loops
        self.parameters, self.leaves, self.nodes = tape.parameters, tape.leaves, tape.nodes
        self.groups: dict[tuple[Any, ...], Group] = {(kind,): Group((kind,), i) for i, kind in enumerate(SOURCES)}
        self.colours: list[int] = []  # of each place: its group's number
        self.steps: list[int] = []
        self.numbers: dict[Place, float] = {}  # the constants
        self.known: dict[Hashable, Place] = {}  # equal scalars have one place
        self.place_of = [NOT_YET] * (tape.first + len(tape.nodes))  # of each slot
        self.fresh: dict[Slot, Place] = {}  # of what is carried: its place to its own iteration
        self.iteration = NOWHERE  # of the row that is read
        self.sums: dict[Slot, list[Product]] = {}  # not placed yet: used once, maybe by a sum
        self.products: dict[Slot, Product] = {}
        for kind in ("parameters", "leaves", "inputs"):
            for x in getattr(tape, kind):
                self._add((kind,), x)
        for x in tape.numbers.tolist():
            self._constant(x)
        self.place_of[: tape.first] = range(tape.first)
        self._read()
        self.outputs = [self._place(slot) for slot in tape.recorded.outputs.tolist()]
        self.wrt = [None if slot < 0 else self._place(slot) for slot in tape.recorded.wrt.tolist()]

    def __str__(self) -> str:
        return "\n".join(str(group) for group in self.groups.values() if group.places)

    @property
    def carried(self) -> Mapping[Slot, int]:
        """What is carried from one iteration to the next."""
        return self.loops.carried

    @property
    def structure(self) -> bytes:
        """What equal traces have in common: all but the Values."""
        groups = [(x.key, x.number, x.places, x.key[0] in SOURCES[1:] or x.operands) for x in self.groups.values()]
        return sha256(repr((groups, self.steps, self.outputs, self.wrt)).encode()).digest()

    def _read(self) -> None:
        """Give all rows their places."""
        first, carried, iterations = self.tape.first, self.loops.carried, self.loops.iterations
        ops, starts, operands, outputs, wrt = (array.tolist() for array in self.tape.recorded)
        kept = {slot for slot in wrt if slot >= first}
        uses = np.bincount(self.tape.recorded.operands, minlength=first + len(ops))
        uses[[*outputs, *kept, *carried]] += 2  # must have a place of its own
        once = (uses == 1)[first:].tolist()
        for k, code in enumerate(ops):
            slot = first + k
            if iterations:
                self.iteration = iterations[k]
            self._row(slot, code, operands[starts[k] : starts[k + 1]], once[k])
            if slot in carried:
                place = self.fresh[slot] = self.place_of[slot]
                self.place_of[slot] = self._add(("carry", carried[slot]), (place,), self.steps[place] + 1)
            elif slot in kept:  # a gradient by it is of its uses alone, not of those of an equal one
                place = self.place_of[slot]
                self.place_of[slot] = self._add(("copy", self.colours[place]), (place,), self.steps[place])
        self.iteration = NOWHERE

    def _row(self, slot: Slot, code: int, operands: list[Slot], once: bool) -> None:
        """Give a row its place, or hold back a sum or product that may be part of a larger one."""
        if code == ADD:
            terms, more = map(self._terms, operands)
            if len(more) > len(terms):
                terms, more = more, terms
            terms += more
        elif code == MUL and once:
            x, y = operands
            self.products[slot] = self._place(x), self._place(y)
            return
        elif code == SUM:
            terms = [term for x in operands for term in self._terms(x)]
        elif code == DOT:
            places = [*map(self._place, operands)]
            n = len(places) // 2
            terms = [*zip(places[:n], places[n:], strict=True)]
        else:
            self.place_of[slot] = self._operation(NAMES[code], tuple(map(self._place, operands)))
            return
        if once:
            self.sums[slot] = terms
        else:
            self.place_of[slot] = self._sum(terms)

    def _terms(self, slot: Slot) -> list[Product]:
        if slot in self.sums:
            return self.sums.pop(slot)
        if slot in self.products:
            return [self.products.pop(slot)]
        return [(self._place(slot), ONE)]

    def _place(self, slot: Slot) -> Place:
        place = self.place_of[slot]
        if place >= 0:
            if slot in self.fresh and self.iteration == self.loops.iterations[slot - self.tape.first]:
                return self.fresh[slot]
            return place
        if slot in self.products:
            place = self._operation(mul.name, self.products.pop(slot))
        else:
            place = self._sum(self.sums.pop(slot))
        self.place_of[slot] = place
        return place

    def _constant(self, x: float) -> Place:
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
            step = max([self.steps[x] for x in places]) if self.fresh else 0
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
        if self.fresh:  # last what must wait for an iteration
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
                step = max(self.steps[x] for term in terms for x in term if x != ONE) if self.fresh else 0
                place = self.known[row] = self._add(("fold", len(terms), colour), row[1], step)
            return [place]
        return [self._product(a, b) for a, b in terms]

    def _product(self, a: Place, b: Place) -> Place:
        return a if b == ONE else self._operation(mul.name, (a, b))
