"""What both passes are made of: a graph as it was, its order, its uses, and the words of its lines.

A line stands for a node; at level "named" for a node with a name, and the nameless ones that its
formula spans. A line's edges lead to its operands, each with the slope ∂z/∂x.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

from autograd.core.derivatives import Folded, adjoints
from autograd.core.graph import by_order, snapshot, topological
from autograd.core.notation import ATOM
from autograd.core.op import OPS
from autograd.core.value import Number, Value, operands, slopes
from autograd.errors import LengthError, StepError
from autograd.language.formula import LONGEST_SUM, Formula, chain, equation, in_words, slope, write
from autograd.language.names import Labels, derivative
from autograd.language.names import symbol as symbol_of
from autograd.language.numbers import figure

LEVELS = ("value", "named", "scalar")
LONGEST_SLOPE = 60  # characters of a slope's formula that spans nodes; of a longer one the number is enough

Use = tuple[Value, int]  # a line's node z, and which of its edges


@dataclass(frozen=True)
class Route:
    """A slope as a number (None: no gradient goes there) and as a formula (None: too long, or not asked for).

    Along a way slopes multiply, side by side they add.
    """

    number: Number | None
    formula: Formula | None = None

    def then(self, other: Route) -> Route:
        return self.joined(operator.mul, other)

    def beside(self, other: Route) -> Route:
        if self.number is None or other.number is None:
            return other if self.number is None else self
        return self.joined(operator.add, other)

    def joined(self, operate: Callable[[Any, Any], Any], other: Route) -> Route:
        formula = None
        if self.formula is not None and other.formula is not None:
            formula = operate(self.formula, other.formula)
            formula = formula if len(formula.term[0]) <= LONGEST_SLOPE else None
        number = None if self.number is None or other.number is None else operate(self.number, other.number)
        return Route(number, formula)


def scalars(z: Value) -> Value:
    """A node of a row on vectors as scalar operations, by the row's own words; another node as it is.

    >>> from autograd.ops import dot
    >>> scalars(dot([Value(1.0, "a"), Value(2.0, "b")], [Value(3.0, "c"), Value(4.0, "d")]))
    Value(11.0, a · c + b · d)
    """
    if not z.op or not OPS[z.op].variadic:
        return z
    made = OPS[z.op].value(*([Folded(x) for x in column] for column in OPS[z.op].columns(operands(z))))
    return made.node.named(z.name) if isinstance(made.node, Value) and made.node.order > z.order else z


class Board:
    """Both passes of a graph, made from copies of its nodes, so that later changes leave them alone.

    Attributes:
        output: the copy of J.
        lines: the copies that have a line, leaves among them, operands first; `places` by their ids.
        passes: the lines of the "forward" and of the "backward" pass, each in its order.
        gradients: ∂J/∂node by the copy's id, where a gradient arrives.
    """

    def __init__(self, output: Value, level: str, digits: int) -> None:
        if level not in LEVELS:
            raise StepError(f"There is no level {level!r}. Choose from {', '.join(map(repr, LEVELS))}.")
        originals = topological(output)
        copies = snapshot(originals, scalars) if level == "scalar" else snapshot(originals)
        nodes = topological(copies[-1]) if level == "scalar" else copies
        self.output, self.level, self.digits = copies[-1], level, digits
        self.originals = {id(copy): z for copy, z in zip(copies, originals, strict=True)}
        self.copies = {id(z): copy for copy, z in zip(copies, originals, strict=True)}
        self.lines = [z for z in nodes if level != "named" or not z.op or z.name or z is self.output]
        self.places = {id(z): i for i, z in enumerate(self.lines)}
        self.labels = Labels(self.lines)
        self.remembered: dict[tuple[int, str], list[tuple[Value, Route]]] = {}
        self.gradients: dict[int, Number] = adjoints(self.output, nodes)
        reached = [z for z in self.lines if id(z) in self.gradients]
        self.passes = {
            "forward": [z for z in self.lines if z.op],
            "backward": [z for z in reversed(reached) if z.op] + [x for x in reached if not x.op],
        }

    def uses(self, x: Value) -> list[Use]:
        """The uses of x that hand a gradient back, the latest first, as the pass goes."""
        first, chain = self._uses
        edge, found = first[self.places[id(x)]], []
        while edge >= 0:
            place, k, edge = chain[edge : edge + 3]
            found.append((self.lines[place], k))
        return found

    @cached_property
    def _uses(self) -> tuple[list[int], list[int]]:
        """For each line its first use, each use followed by the next, in plain integers: a large graph has many."""
        first, chain = [-1] * len(self.lines), list[int]()
        for place, z in enumerate(self.lines):
            if z.op and id(z) in self.gradients:
                edges = list(self.edges(z))
                for k in range(len(edges) - 1, -1, -1):
                    x, d = edges[k]
                    if d is not None:
                        x_place = self.places[id(x)]
                        chain += place, k, first[x_place]
                        first[x_place] = len(chain) - 3
        return first, chain

    def needs(self, phase: str, x: Value) -> list[Value]:
        """What must be done before x's turn: forward its operands, backward its uses."""
        if phase == "backward":
            return [z for z, _ in self.uses(x)]
        return [operand for operand, _ in self.edges(x) if isinstance(operand, Value)]

    @cached_property
    def turns(self) -> dict[str, dict[int, int]]:
        """In each pass, which turn is a line's, by its copy's id; leaves are given before the forward pass."""
        return {phase: {id(x): k for k, x in enumerate(lines)} for phase, lines in self.passes.items()}

    @cached_property
    def begun(self) -> dict[str, list[int]]:
        """In each pass, after which turn the first need of each line is done."""
        return {
            phase: [min((self.turns[phase].get(id(n), -1) for n in self.needs(phase, x)), default=-1) for x in lines]
            for phase, lines in self.passes.items()
        }

    def turn(self, k: int) -> tuple[str, Value]:
        """The phase and line of step k of both passes, counted from 0."""
        n = len(self.passes["forward"])
        return ("forward", self.passes["forward"][k]) if k < n else ("backward", self.passes["backward"][k - n])

    # ── nodes as their users call them ────────────────────────────────────────────────────────────

    def original(self, z: Value) -> Value:
        """The user's node; what taking a vector apart made has none but itself."""
        return self.originals.get(id(z), z)

    def called(self, target: Value | str) -> list[Value]:
        """The lines of a node, or of a name as it is given or shown.

        Raises:
            StepError: there is none.
        """
        if isinstance(target, Value):
            found = [z for z in [self.copies.get(id(target), target)] if id(z) in self.places]
        else:
            found = [z for z in self.lines if self.labels[z] == target]
            found = found or [z for z in self.lines if self.symbol(z) == target]
        if not found:
            name = repr(target if isinstance(target, str) else target.name or "a nameless node")
            raise StepError(
                f"There is no {name} on the board. There are {listed([*map(self.symbol, self.lines)], 20)}."
            )
        return found

    def find(self, target: Value | str) -> Value:
        """The one line of a node or name.

        Raises:
            StepError: there is none, or there are several.
        """
        first, *others = self.called(target)
        if others:
            raise StepError(f"{1 + len(others)} nodes are called {target!r}. Give the Value itself.")
        return first

    def steps_of(self, target: Value | str) -> list[int]:
        """Which steps of both passes are a node's, counted from 0.

        Raises:
            StepError: there is none.
        """
        shift, found = {"forward": 0, "backward": len(self.passes["forward"])}, self.called(target)
        places = [shift[phase] + t[id(z)] for phase, t in self.turns.items() for z in found if id(z) in t]
        if not places:
            name = self.symbol(found[0])
            raise StepError(
                f"{name!r} is given, and no gradient reaches it: it has no step. Look at s.ledger({name!r})."
            )
        return places

    # ── edges ─────────────────────────────────────────────────────────────────────────────────────

    def inside(self, z: Value) -> list[Value]:
        """The nodes that z's line stands for, operands first, z last."""
        found, stack = {id(z): z}, [z]
        while stack:
            for x in operands(stack.pop()):
                if isinstance(x, Value) and id(x) not in self.places and id(x) not in found:
                    found[id(x)] = x
                    stack.append(x)
        return sorted(found.values(), key=by_order)

    def spans(self, z: Value) -> bool:
        """Whether z's line stands for nameless nodes too."""
        return self.level == "named" and any(id(x) not in self.places for x in operands(z) if isinstance(x, Value))

    def edges(self, z: Value) -> Iterable[tuple[Any, Number | None]]:
        """The operands of z's line with their slopes as numbers; None where no gradient goes, as to a constant.

        A line of one node has an edge for each operand; one that spans nodes has one for each line it leads to.
        """
        if self.level == "named" and self.spans(z):
            return [(x, route.number) for x, route in self.folded(z)]
        return zip(operands(z), slopes(z), strict=True)

    def slope(self, use: Use) -> Number:
        """∂z/∂x along an edge at this point."""
        z, k = use
        number = self.folded(z)[k][1].number if self.spans(z) else slopes(z)[k]
        return 0 if number is None else number

    def formula(self, use: Use, dialect: str = "unicode") -> Formula:
        """∂z/∂x along an edge as a formula, or where that is too long, as a number."""
        z, k = use
        found = self.folded(z, dialect)[k][1].formula if self.spans(z) else slope(z, k, self.labels, dialect)
        return Formula(*found.term, dialect) if found else self.number(self.slope(use), dialect)

    def folded(self, z: Value, dialect: str = "") -> list[tuple[Value, Route]]:
        """The edges of a line that spans nodes, with formulas if a dialect is given; remembered."""
        if (id(z), dialect) not in self.remembered:
            self.remembered[id(z), dialect] = self.routes(z, dialect)
        return self.remembered[id(z), dialect]

    def routes(self, z: Value, dialect: str) -> list[tuple[Value, Route]]:
        """From z back to the lines it leads to: the chain rule, inside one line."""
        inside = self.inside(z)
        shown = self.written(inside[:-1], dialect) if dialect else None
        routes = {id(z): Route(1, in_words(1, dialect) if dialect else None)}
        found: dict[int, Value] = {}
        for r in reversed(inside):
            for i, (x, d) in enumerate(zip(operands(r), slopes(r), strict=True)):
                if isinstance(x, Value):
                    formula = None if shown is None or d is None else slope(r, i, self.labels, dialect, shown)
                    step = routes[id(r)].then(Route(d, formula))
                    routes[id(x)] = routes[id(x)].beside(step) if id(x) in routes else step
                    if id(x) in self.places:
                        found[id(x)] = x
        return [(x, routes[id(x)]) for x in found.values()]

    def written(self, nodes: Iterable[Value], dialect: str, given: Any = None) -> dict[int, Any] | None:
        """Nodes as formulas in what has a line, or nothing where one is too long."""
        with suppress(LengthError):
            return write(nodes, self.labels, dialect, given)
        return None

    # ── words ─────────────────────────────────────────────────────────────────────────────────────

    def symbol(self, z: Value, dialect: str = "unicode") -> str:
        return symbol_of(self.labels[z], dialect)

    def number(self, x: Number, dialect: str = "unicode") -> Formula:
        return Formula(*figure(x, dialect, self.digits), dialect)

    def derivative(self, y: Value, x: Value, dialect: str = "unicode") -> Formula:
        return Formula(derivative(self.labels[y], self.labels[x], dialect), ATOM, dialect)

    def givens(self, dialect: str = "unicode") -> str:
        """What the forward pass begins with: a = 5, b = 3."""
        return ", ".join(self.equation(x, dialect) for x in self.lines if not x.op)

    def text(self, phase: str, x: Value, dialect: str = "unicode") -> str:
        """The line of x in a pass."""
        return self.equation(x, dialect) if phase == "forward" else self.gradient(x, dialect)

    def equation(self, z: Value, dialect: str) -> str:
        """A line of the forward pass: u = b · c = 3 · 2 = 6."""
        if not self.spans(z):
            return equation(z, dialect, self.labels, self.digits)
        inside = self.inside(z)
        around = {id(x): x for r in inside for x in operands(r) if isinstance(x, Value) and id(x) in self.places}
        numbers = {i: figure(x.data, dialect, self.digits) for i, x in around.items()}
        sides = [self.written(inside, dialect)]
        sides += [self.written(inside, dialect, numbers)] if len(around) <= LONGEST_SUM else []
        texts = [side[id(z)][0] for side in sides if side]
        return chain(self.symbol(z, dialect), *texts, self.number(z.data, dialect).term[0])

    def gradient(self, x: Value, dialect: str) -> str:
        """A line of the backward pass: ∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6; a use by J itself gives its slope alone."""
        J, uses, sides = self.output, self.uses(x), []
        if x is not J and len(uses) <= LONGEST_SUM:
            words, numbers = [], []
            for z, k in uses:
                slope = self.number(self.slope((z, k)), dialect)
                upstream = self.derivative(J, z, dialect), self.number(self.gradients[id(z)], dialect)
                words.append(self.formula((z, k), dialect) if z is J else upstream[0] * self.derivative(z, x, dialect))
                numbers.append(slope if z is J else upstream[1] * slope)
            sides = [total(words), total(numbers)]
        result = self.number(self.gradients[id(x)], dialect).term[0]
        return chain(self.derivative(J, x, dialect).term[0], *sides, result)

    def contribution(self, x: Value, use: Use, dialect: str) -> str:
        """What one use hands back: ∂J/∂b += ∂J/∂u · ∂u/∂b = 3 · c = 3 · 2 = 6."""
        J, z = self.output, use[0]
        g, d = self.gradients[id(z)], self.slope(use)
        upstream, slope, formula = self.number(g, dialect), self.number(d, dialect), self.formula(use, dialect)
        words = [formula] if z is J else [self.derivative(z, x, dialect), formula]
        sides = [self.derivative(J, z, dialect) * words[0], *(upstream * word for word in words[1:])]
        sides += [upstream * slope, self.number(g * d, dialect)]
        plus = " += " if dialect == "unicode" else r" \mathrel{+}= "
        return self.derivative(J, x, dialect).term[0] + plus + chain(*(side.term[0] for side in sides))

    def total(self, x: Value, dialect: str = "unicode") -> str:
        """What all uses hand back together: ∂b/∂a = 1 + 1 = 2."""
        uses = self.uses(x)
        parts = [self.number(self.gradients[id(z)] * self.slope((z, k)), dialect) for z, k in uses[: LONGEST_SUM + 1]]
        sides = [total(parts)] if len(uses) <= LONGEST_SUM else []
        result = self.number(self.gradients[id(x)], dialect).term[0]
        return chain(self.derivative(self.output, x, dialect).term[0], *sides, result)

    def received(self, x: Value, now: int) -> Number:
        """What has been added to ∂J/∂x up to a turn of the backward pass."""
        turns = self.turns["backward"]
        return sum(self.gradients[id(z)] * self.slope((z, k)) for z, k in self.uses(x) if turns[id(z)] <= now)


def total(terms: Sequence[Formula]) -> str:
    """Terms as a sum."""
    return reduce(operator.add, terms).term[0]


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names in their order, each once, with how often: at most so many.

    >>> listed(["y", "v", "v"]), listed(["a", "b", "c"], most=2)
    ('y, v (2 ×)', 'a, b, … (3 in all)')
    """
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    shown = [f"{name} ({n} ×)" if n > 1 else name for name, n in counts.items()]
    return ", ".join(shown if len(shown) <= most else [*shown[:most], f"… ({len(shown)} in all)"])


def aligned(rows: Iterable[str]) -> str:
    """Lines of LaTeX below each other, at the first equals sign that is no part of a name.

    >>> print(aligned([r"\\text{p = q} = 2"]))
    \\begin{aligned}
    \\text{p = q} &= 2
    \\end{aligned}
    """
    return "\\begin{aligned}\n" + " \\\\\n".join(map(_marked, rows)) + "\n\\end{aligned}"


def _marked(row: str) -> str:
    depth = 0
    for i, letter in enumerate(row):
        if letter in "{}" and row[i - 1 : i] != "\\":
            depth += 1 if letter == "{" else -1
        elif not depth and row.startswith(" = ", i):
            return f"{row[:i]} &= {row[i + 3 :]}"
    return row
