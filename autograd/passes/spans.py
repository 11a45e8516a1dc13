"""A line or card that stands for several nodes, and its routes to what it is made of: for viz and nn.

With a line for z but none for w·x, the line z = w·x + b spans both nodes. Its inside are these two, it
links to each wᵢ, xᵢ and to b, and along a link goes a route, ∂z/∂wᵢ = ∂z/∂(w·x) · ∂(w·x)/∂wᵢ = xᵢ:
the chain rule inside one line. Listings, ledgers, pictures, pages and exercises all ask here.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeGuard, TypeVar, cast

from autograd.core.graph import by_order
from autograd.core.notation import Term
from autograd.core.value import Number, Operand, Value, operands, slopes
from autograd.errors import LengthError
from autograd.language import formula
from autograd.language.formula import LONGEST_SUM, Formula
from autograd.language.names import Labels
from autograd.language.products import Product, collected

# Characters of a route's formula, as many as a card's title may have: of a longer one the number is enough, and a
# formula that is cut off early cannot double at each of a thousand nodes.
LONGEST_ROUTE = 60
MOST_REMEMBERED = 1024  # nodes whose links are kept, so that a wide sum is not taken apart at each of its operands

Place = tuple[Value, int]  # a node, and which of its operands
Use = tuple[Value, int]  # a line, and which of its links
Link = tuple[Value, Number | None]  # another line that a line is made of, and the slope; None where no gradient goes
Shares = tuple[Product, ...]  # the terms of a slope
S = TypeVar("S")  # the slope along an edge
T = TypeVar("T")  # the slope along a route


@dataclass(frozen=True, eq=False)
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
        part: the ids of the nodes that may be inside; default: all.
        all_single: whether it is known that each line stands for one node.

    Example:
        >>> w, x, b = (Value(number, name) for number, name in ((2.0, "w"), (3.0, "x"), (1.0, "b")))
        >>> z = (w * x + b).named("z")
        >>> spans, words = Spans({id(node) for node in (w, x, b, z)}), Words(Labels([w, x, b, z]))
        >>> spans.inside(z)
        [Value(6.0, w · x), Value(7.0, z = w · x + b)]
        >>> [(x.name, slope, spans.formula((z, k), words)) for k, (x, slope) in enumerate(spans.links(z))]
        [('b', 1, Formula('1')), ('w', 3.0, Formula('x')), ('x', 2.0, Formula('w'))]
    """

    def __init__(self, shown: Container[int], part: Container[int] | None = None, *, all_single: bool = False) -> None:
        self.shown, self.part, self.all_single = shown, part, all_single
        self._remembered = lru_cache(MOST_REMEMBERED)(self._links)
        self.shares = lru_cache(MOST_REMEMBERED)(self._shares)
        self._single = lru_cache(MOST_REMEMBERED)(lambda z: not any(map(self.hides, operands(z))))
        self._insides = lru_cache(MOST_REMEMBERED)(self._inside)
        self._places = lru_cache(MOST_REMEMBERED)(self._places_of_all)
        self._formulas = lru_cache(MOST_REMEMBERED)(self._formulas_of_many)

    def shows(self, x: Operand) -> TypeGuard[Value]:
        """Whether an operand has a line of its own."""
        return id(x) in self.shown

    def hides(self, x: Operand) -> TypeGuard[Value]:
        """Whether an operand may be inside a line."""
        result = id(x) not in self.shown and isinstance(x, Value) and bool(x.op)
        return result and (self.part is None or id(x) in self.part)

    def single(self, z: Value) -> bool:
        """Whether z's line stands for z alone."""
        if self.all_single:
            return True
        if z.x.__class__ is tuple:
            return self._single(z)
        return (id(z.x) in self.shown or not self.hides(z.x)) and (id(z.y) in self.shown or not self.hides(z.y))

    def inside(self, z: Value) -> list[Value]:
        """The nodes that z's line stands for, operands first, z last."""
        return [z] if self.single(z) else self._insides(z)

    def _inside(self, z: Value) -> list[Value]:
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

    def links(self, z: Value) -> list[Link]:
        """The links of z's line, one for each node outside: ∂z/∂x is one number, however often z uses x."""
        if z.x.__class__ is tuple or z.x is z.y or not self.single(z):
            return self._remembered(z)
        return [(x, slope) for x, slope in ((z.x, z.dx), (z.y, z.dy)) if id(x) in self.shown]

    def _links(self, z: Value) -> list[Link]:
        if self.single(z):
            return [(x, slope) for x, slope in _together(operands(z), slopes(z)).values() if self.shows(x)]
        inside = self.inside(z)
        one: Number = 1
        numbers = _chained(inside, one, lambda r, k: cast(Number, slopes(r)[k]), operator.mul, operator.add)
        return [(x, numbers.get(id(x))) for x in self.around(reversed(inside))]

    def places(self, use: Use) -> list[Place]:
        """Where a link leads away from the nodes inside: one place for each use of the node that it leads to."""
        z, k = use
        x = self.links(z)[k][0]
        if z.x.__class__ is tuple or not self.single(z):
            return self._places(z)[id(x)]
        return [(z, i) for i, y in enumerate((z.x, z.y)) if y is x]

    def _places_of_all(self, z: Value) -> dict[int, list[Place]]:
        places: dict[int, list[Place]] = {}
        for r in reversed(self.inside(z)):
            for i, x in enumerate(operands(r)):
                places.setdefault(id(x), []).append((r, i))
        return places

    def formula(self, use: Use, words: Words) -> Formula | None:
        """∂z/∂x along a link as a formula; None where it is too long, or no gradient goes there.

        >>> a = Value(3.0, "a"); u = a * a
        >>> Spans({id(a), id(u)}).formula((u, 0), Words(Labels([a, u])))
        Formula('2 · a')
        """
        shares = self.shares(use, words)
        return collected(shares) if shares else None

    def _shares(self, use: Use, words: Words) -> Shares:
        """∂z/∂x along a link as a sum, a term for each way from z to x; empty where one is too long."""
        z, k = use
        x, number = self.links(z)[k]
        if number is None:
            return ()
        if not self.single(z):
            return self._formulas(z, words).get(id(x), ())
        places = self.places(use)
        if len(places) > LONGEST_SUM:
            return ()
        terms = [words.slope(*place, words.labels, words.dialect, {}) for place in places]
        return () if None in terms else tuple(Product.of(term) for term in terms if term)

    def _formulas_of_many(self, z: Value, words: Words) -> Mapping[int, Shares]:
        inside = self.inside(z)
        terms = words.written(inside[:-1])
        if terms is None:
            return {}

        def times(shares: Shares, edge: Place) -> Shares:
            slope = words.slope(*edge, words.labels, words.dialect, terms)
            route = shares if len(shares) < 2 else (Product.of(collected(shares)),)
            return _short(*(x * Product.of(slope) for x in route)) if slope else ()

        def plus(a: Shares, b: Shares) -> Shares:
            return _short(*a, *b) if a and b else ()

        one: Shares = (Product(1, dialect=words.dialect),)
        routes = _chained(inside, one, lambda r, k: (r, k), times, plus)
        return {x: shares[::-1] for x, shares in routes.items()}  # the first operand's first


def _chained(
    inside: Sequence[Value],
    one: T,
    slope: Callable[[Value, int], S],
    times: Callable[[T, S], T],
    plus: Callable[[T, T], T],
) -> dict[int, T]:
    """From the last node to each that it is made of: along a way slopes multiply, side by side they add."""
    routes = {id(inside[-1]): one}
    for r in reversed(inside):
        for k, (x, d) in enumerate(zip(operands(r), slopes(r), strict=True)):
            if d is not None and id(r) in routes:
                route = times(routes[id(r)], slope(r, k))
                routes[id(x)] = plus(routes[id(x)], route) if id(x) in routes else route
    return routes


def _together(nodes: Sequence[Operand], slopes: Sequence[Number | None]) -> dict[int, tuple[Operand, Number | None]]:
    """Each operand once, in order, with the sum of its slopes: ∂(a + a)/∂a = 1 + 1."""
    links: dict[int, tuple[Operand, Number | None]] = {}
    for x, d in zip(nodes, slopes, strict=True):
        before = links.get(id(x), (x, None))[1]
        links[id(x)] = x, d if before is None else before if d is None else before + d
    return links


def _short(*shares: Product) -> Shares:
    """The terms of a route; none where they are longer than a route may be."""
    return shares if sum(width(share.formula) for share in shares) <= LONGEST_ROUTE else ()


def width(written: Formula) -> int:
    r"""How many characters of a formula a reader sees: a command of LaTeX is one, its braces are none.

    >>> width(Formula("σ(w₁ · x)")), width(Formula(r"\sigma(w_{1} \cdot x)", dialect="latex"))
    (9, 9)
    """
    text = written.term[0]
    return len(text if written.dialect == "unicode" else re.sub(r"[{}^_]", "", re.sub(r"\\[A-Za-z]+", "x", text)))
