"""A line or card that stands for several nodes, and its routes to what it is made of: for viz and nn.

With a line for z but none for w·x, the line z = w·x + b spans both nodes. Its inside are these two, it
links to each wᵢ, xᵢ and to b, and along a link goes a route, ∂z/∂wᵢ = ∂z/∂(w·x) · ∂(w·x)/∂wᵢ = xᵢ:
the chain rule inside one line. Listings, ledgers, pictures, pages and exercises all ask here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeGuard

from autograd.core.graph import by_order
from autograd.core.notation import Term
from autograd.core.value import Number, Operand, Value, operands, slopes
from autograd.errors import LengthError
from autograd.language import formula
from autograd.language.formula import Formula, in_words
from autograd.language.names import Labels

# Characters of a route's formula, as many as a card's title may have: of a longer one the number is enough, and a
# formula that is cut off early cannot double at each of a thousand nodes.
LONGEST_ROUTE = 60
MOST_REMEMBERED = 1024  # nodes whose links are kept, so that a wide sum is not taken apart at each of its operands

Place = tuple[Value, int]  # a node, and which of its operands
Use = tuple[Value, int]  # a line, and which of its links


class Route(NamedTuple):
    """A slope ∂z/∂x as a number, and as a formula unless that is too long or not asked for.

    Along a way slopes multiply, side by side they add.
    """

    number: Number
    formula: Formula | None = None

    def then(self, other: Route) -> Route:
        return self._joined(operator.mul, other)

    def beside(self, other: Route) -> Route:
        return self._joined(operator.add, other)

    def _joined(self, operate: Callable[[Any, Any], Any], other: Route) -> Route:
        number = operate(self.number, other.number)
        if self.formula is None or other.formula is None:
            return Route(number)
        joined = operate(self.formula, other.formula)
        return Route(number, joined if width(joined) <= LONGEST_ROUTE else None)


class Link(NamedTuple):
    """From a line to another that it is made of.

    Attributes:
        to: the node of that other line.
        places: where it stands inside this line.
        route: the slope; None where no gradient goes.
    """

    to: Value
    places: tuple[Place, ...]
    route: Route | None


@dataclass(frozen=True)
class Words:
    """How formulas inside spans are written.

    Attributes:
        labels: what the nodes are called.
        dialect: "unicode" or "latex".
        known: formulas that need not be made, by the nodes' ids.
        slope: ∂z/∂operand as a formula, as `autograd.language.formula.slope` makes it, or None for its number alone.
    """

    labels: Labels
    dialect: str = "unicode"
    known: Mapping[int, Term] = field(default_factory=dict)
    slope: Callable[..., Formula | None] = formula.slope

    def written(self, nodes: Iterable[Value], terms: Mapping[int, Term] | None = None) -> dict[int, Term] | None:
        """Nodes as formulas, operands first, with terms in place of names; None where one is longer than any line."""
        nodes = list(nodes)
        known = {id(z): self.known[id(z)] for z in nodes if id(z) in self.known}
        with suppress(LengthError):
            rest = [z for z in nodes if id(z) not in known]
            return formula.write(rest, self.labels, self.dialect, {**known, **(terms or {})})
        return None


class Spans:
    """What each node with a line or card of its own stands for.

    Args:
        shown: the ids of the nodes with a line of their own.
        words: how formulas are written; without them routes are numbers alone.
        part: the ids of the nodes that may be inside; default: all.

    Example:
        >>> w, x, b = (Value(number, name) for number, name in ((2.0, "w"), (3.0, "x"), (1.0, "b")))
        >>> z = (w * x + b).named("z")
        >>> spans = Spans({id(node) for node in (w, x, b, z)}, Words(Labels([w, x, b, z])))
        >>> spans.inside(z)
        [Value(6.0, w · x), Value(7.0, z = w · x + b)]
        >>> [(link.to.name, link.route.number, link.route.formula) for link in spans.links(z)]
        [('b', 1, Formula('1')), ('w', 3.0, Formula('x')), ('x', 2.0, Formula('w'))]
    """

    def __init__(self, shown: Container[int], words: Words | None = None, part: Container[int] | None = None) -> None:
        self.shown, self.words, self.part = shown, words, part
        self.links = lru_cache(MOST_REMEMBERED)(self._links)

    def shows(self, x: Operand) -> TypeGuard[Value]:
        """Whether an operand has a line of its own."""
        return id(x) in self.shown

    def hides(self, x: Operand) -> TypeGuard[Value]:
        """Whether an operand may be inside a line."""
        result = id(x) not in self.shown and isinstance(x, Value) and bool(x.op)
        return result and (self.part is None or id(x) in self.part)

    def inside(self, z: Value) -> list[Value]:
        """The nodes that z's line stands for, operands first, z last."""
        nodes, stack = {id(z): z}, [z]
        while stack:
            for x in operands(stack.pop()):
                if id(x) not in nodes and self.hides(x):
                    nodes[id(x)] = x
                    stack.append(x)
        return sorted(nodes.values(), key=by_order)

    def around(self, inside: Iterable[Value]) -> list[Value]:
        """What the nodes of a line are made of that has lines of its own, each node once."""
        return list({id(x): x for r in inside for x in operands(r) if self.shows(x)}.values())

    def route(self, use: Use) -> Route:
        """The route along one of z's links, by its index; 0 where no gradient goes."""
        z, k = use
        return self.links(z)[k].route or Route(0)

    def _links(self, z: Value) -> list[Link]:
        """The links of z's line: of one node one for each use, of several nodes one for each node outside.

        What is said of a node that one operation uses twice is decided here, for all that shows it.
        """
        if any(map(self.hides, operands(z))):
            return self._links_of_many(z)
        return [
            Link(x, ((z, k),), None if d is None else self._route(z, k, d, {}))
            for k, (x, d) in enumerate(zip(operands(z), slopes(z), strict=True))
            if self.shows(x)
        ]

    def _links_of_many(self, z: Value) -> list[Link]:
        inside = self.inside(z)
        terms = self.words.written(inside[:-1]) if self.words else None
        routes = {id(z): Route(1, in_words(1, self.words.dialect) if self.words else None)}
        places: dict[int, list[Place]] = {}
        outside: dict[int, Value] = {}
        for r in reversed(inside):
            for k, (x, d) in enumerate(zip(operands(r), slopes(r), strict=True)):
                if self.shows(x):
                    outside[id(x)] = x
                    places.setdefault(id(x), []).append((r, k))
                if d is not None and id(r) in routes:
                    route = routes[id(r)].then(self._route(r, k, d, terms))
                    routes[id(x)] = routes[id(x)].beside(route) if id(x) in routes else route
        return [Link(x, tuple(places[i]), routes.get(i)) for i, x in outside.items()]

    def _route(self, r: Value, k: int, number: Number, terms: Mapping[int, Term] | None) -> Route:
        """From a node straight to its operand k."""
        if self.words is None or terms is None:
            return Route(number)
        return Route(number, self.words.slope(r, k, self.words.labels, self.words.dialect, terms))


def width(written: Formula) -> int:
    r"""How many characters of a formula a reader sees: a command of LaTeX is one, its braces are none.

    >>> width(Formula("σ(w₁ · x)")), width(Formula(r"\sigma(w_{1} \cdot x)", dialect="latex"))
    (9, 9)
    """
    text = written.term[0]
    return len(text if written.dialect == "unicode" else re.sub(r"[{}^_]", "", re.sub(r"\\[A-Za-z]+", "x", text)))
