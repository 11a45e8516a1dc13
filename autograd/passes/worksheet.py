"""What both passes are made of: a graph as it was, its order, its uses, and what its nodes are called.

A line stands for a node, or for several (`spans`); its links lead to what it is made of, each with the slope ∂z/∂x.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

from autograd.core.graph import topological, uncollected
from autograd.core.notation import ATOM, Term
from autograd.core.op import OPS
from autograd.core.value import Number, Value, magnitude, slopes
from autograd.errors import StepError
from autograd.language import formula
from autograd.language.formula import LONGEST_SUM, Formula, Numerals, chain
from autograd.language.names import Labels, quotient
from autograd.language.names import symbol as symbol_of
from autograd.language.numbers import figure
from autograd.passes.board_numbers import LARGEST, board_gradients, without_noise
from autograd.passes.closed_forms import closed_forms
from autograd.passes.levels import LEVELS, has_name
from autograd.passes.one_pass import OnePass
from autograd.passes.spans import Spans, Use, Words

DIALECTS = ("unicode", "latex")
MOST_LINES = 100  # of a graph whose gradients may be written in closed form
CLOSE = 1e-9  # relative: a formula that rounds differently is the same, one that has saturated is not


class Worksheet:
    """Both passes of a graph, made from copies of its nodes, so that later changes leave them alone.

    Attributes:
        shown: the graph as one pass shows it, with what has changed since; output: the copy of J.
        lines: the copies that have a line, leaves among them, operands first; `places` by their ids.
        passes: the lines of the "forward" and of the "backward" pass, each in its order.
        gradients: ∂J/∂node by the copy's id, where a gradient arrives.
        spans: what each line stands for; `words` how its formulas are written, by dialect, `filled` in numbers.
        shapes: what `shapes` has written, by dialect.
    """

    @uncollected()
    def __init__(self, output: Value, level: str, digits: int, names: Mapping[Any, str] | None = None) -> None:
        if level not in LEVELS:
            raise StepError(f"Unknown level {level!r}. Choose one of {', '.join(map(repr, LEVELS))}.")
        remake = LEVELS[level].remake
        self.shown = OnePass(output, remake)
        self.output = self.shown.output
        nodes = topological(self.output) if remake else self.shown.nodes
        self.originals = {id(copy): z for copy, z in zip(self.shown.nodes, self.shown.originals, strict=True)}
        self.copies = self.shown.copies
        self.size, self.flat = len(nodes), without_noise(nodes)
        self._in_numbers(digits)
        self.gradients = board_gradients(self.output, nodes)
        lines = [z for z in nodes if LEVELS[level].shown(z) or z is self.output]
        self._write(lines, Labels(lines, self.shown.own(names)))

    def _write(self, lines: list[Value], labels: Labels) -> None:
        """Give these nodes the lines."""
        self.lines, self.labels = lines, labels
        self.places = {id(z): i for i, z in enumerate(self.lines)}
        self.spans = Spans(self.places, all_single=len(lines) == self.size)
        self.shapes: dict[str, Any] = {}
        self.words = {dialect: Words(self.labels, dialect) for dialect in DIALECTS}
        reached = [z for z in self.lines if id(z) in self.gradients]
        self.passes = {
            "forward": [z for z in self.lines if z.op],
            "backward": [z for z in reversed(reached) if z.op] + [x for x in reached if not x.op],
        }

    def _in_numbers(self, digits: int) -> None:
        """Write numbers with so many digits."""
        self.digits = digits
        self.filled = {dialect: Words(Numerals(digits, self.flat), dialect) for dialect in DIALECTS}

    def with_lines(self, lines: list[Value], labels: Labels, digits: int) -> Worksheet:
        """The same pass with lines for other copies, operands first, and other labels: for viz, as pictures fold."""
        sheet = copy(self)
        sheet._in_numbers(digits)
        for name in {name for name, thing in vars(Worksheet).items() if isinstance(thing, cached_property)}:
            vars(sheet).pop(name, None)
        sheet._write(lines, labels)
        return sheet

    def uses(self, x: Value) -> list[Use]:
        """The lines that link to x and hand a gradient back, by which of their links; the latest first."""
        first, chain = self._uses
        edge, uses = first[self.places[id(x)]], []
        while edge >= 0:
            uses.append((self.lines[chain[edge]], chain[edge + 1]))
            edge = chain[edge + 2]
        return uses

    @cached_property
    def _uses(self) -> tuple[list[int], list[int]]:
        """For each line its first use, each use followed by the next, in plain integers: a large graph has many."""
        first, chain, places, links_of = [-1] * len(self.lines), list[int](), self.places, self.spans.links
        for place, z in enumerate(self.lines):
            if z.op and id(z) in self.gradients:
                links = links_of(z)
                k = len(links)
                for x, slope in reversed(links):
                    k -= 1
                    if slope is not None:
                        to = places[id(x)]
                        chain += place, k, first[to]
                        first[to] = len(chain) - 3
        return first, chain

    def slope(self, use: Use) -> Number:
        """∂z/∂x along a link at this point."""
        z, k = use
        slope = self.spans.links(z)[k][1]
        return 0 if slope is None else slope

    def formula(self, use: Use, dialect: str = "unicode") -> Formula:
        """∂z/∂x along a link as a formula, or where that is too long, as a number."""
        return self.spans.formula(use, self.words[dialect]) or self.number(self.slope(use), dialect)

    def shares(self, use: Use) -> tuple[str, ...]:
        """Where z uses x more than once, what each use adds to ∂z/∂x: 1st factor: a = 3."""
        places = self.spans.places(use)
        if not (self.spans.single(use[0]) and 1 < len(places) <= LONGEST_SUM):
            return ()
        texts = [(formula.slope(z, i, self.labels).term[0], self.number(slopes(z)[i] or 0).term[0]) for z, i in places]
        names = [f"{ordinal(i + 1)} {OPS[z.op].part}" for z, i in places]
        return tuple(f"{name}: {chain(*sides)}" for name, sides in zip(names, texts, strict=True))

    @cached_property
    def closed(self) -> dict[str, dict[int, list[Formula]]]:
        """Gradients whose fractions cancel, in words and in numbers, by dialect and id: ∂L/∂z = a − y = 0.62 − 1."""
        if len(self.lines) > MOST_LINES:
            return {dialect: {} for dialect in DIALECTS}
        named = [z for z in self.lines if has_name(z) or z is self.output]
        found = {dialect: closed_forms(named, words, self.digits) for dialect, words in self.words.items()}
        fits = {i for i, (form, _) in found["unicode"].items() if is_close(form.number, self.gradients.get(i))}
        return {dialect: {i: forms[i] for i in fits} for dialect, forms in found.items()}

    def needs(self, phase: str, x: Value) -> list[Value]:
        """What must be done before x's turn: forward what it is made of, backward its uses."""
        return [z for z, _ in self.uses(x)] if phase == "backward" else [z for z, _ in self.spans.links(x)]

    def received(self, x: Value, now: int) -> Number:
        """What has been added to ∂J/∂x up to a turn of the backward pass."""
        turns = self.turns["backward"]
        return sum(self.gradients[id(z)] * self.slope((z, k)) for z, k in self.uses(x) if turns[id(z)] <= now)

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

    def original(self, z: Value) -> Value:
        """The user's node; what taking a vector apart made has none but itself."""
        return self.originals.get(id(z), z)

    def called(self, target: Value | str) -> list[Value]:
        """The lines of a node, or of a name as it is given or shown.

        Raises:
            StepError: there is none.
        """
        if isinstance(target, Value):
            lines = [z for z in [self.copies.get(id(target), target)] if id(z) in self.places]
        else:
            names = (lambda z: self.labels[z], lambda z: z.name, self.symbol)
            named = ([z for z in self.lines if name(z) == target] for name in names)
            lines = next(filter(None, named), [])
        if not lines:
            name = target if isinstance(target, str) else target.name
            unknown = f"Unknown node {name!r}." if name else "That node is not in the passes."
            raise StepError(f"{unknown} Choose one of {listed([*map(self.symbol, self.lines)], 20)}.")
        return lines

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
        shift, lines = {"forward": 0, "backward": len(self.passes["forward"])}, self.called(target)
        places = [shift[phase] + t[id(z)] for phase, t in self.turns.items() for z in lines if id(z) in t]
        if not places:
            name = self.symbol(lines[0])
            raise StepError(
                f"{name!r} is given, and no gradient reaches it: it has no step. Look at s.ledger({name!r})."
            )
        return places

    def symbol(self, z: Value, dialect: str = "unicode") -> str:
        return symbol_of(self.labels[z], dialect)

    def figure(self, x: Number, dialect: str = "unicode") -> Term:
        """A calculated number as text."""
        return figure(x, dialect, self.digits)

    def number(self, x: Number, dialect: str = "unicode") -> Formula:
        return Formula(*self.figure(x, dialect), dialect, x)

    def gradient(self, x: Value, dialect: str = "unicode") -> Formula:
        """∂J/∂x at this point."""
        return self.number(self.gradients[id(x)], dialect)

    def slope_along(self, use: Use, dialect: str = "unicode") -> Formula:
        """∂z/∂x along a link at this point."""
        return self.number(self.slope(use), dialect)

    def given(self, slope: Formula) -> Formula:
        """A slope that is a number alone, as it is written."""
        return slope

    def fits(self, use: Use, formula: Formula) -> bool:
        """Whether a formula in numbers comes to the slope along a link."""
        return is_close(formula.number, self.slope(use))

    def note(self, dialect: str = "unicode") -> str:
        """What has changed since the graph was calculated; "" if nothing has."""
        return self.shown.note(self.labels, dialect)

    def derivative(self, y: Value, x: Value, dialect: str = "unicode") -> Formula:
        name = self.words[dialect].labels.term
        return Formula(quotient(name(y, dialect)[0], name(x, dialect)[0], dialect), ATOM, dialect)


def is_close(x: Number | None, y: Number | None) -> bool:
    """Whether a number that is written out is the recorded one, up to rounding."""
    if x is None or y is None:
        return False
    return x == y or (magnitude(y) < LARGEST and math.isclose(x, y, rel_tol=CLOSE))


def ordinal(n: int) -> str:
    """A number of a place in a row.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


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
