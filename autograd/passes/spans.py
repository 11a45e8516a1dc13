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
from functools import lru_cache, partial, reduce
from typing import Any, TypeGuard, TypeVar, cast

from autograd.core.graph import by_order
from autograd.core.notation import Term
from autograd.core.op import OPS
from autograd.core.value import Number, Operand, Value, operands, slopes
from autograd.errors import LengthError
from autograd.language import formula
from autograd.language.formula import LONGEST_SUM, Formula, in_words
from autograd.language.names import Labels

# Characters of a route's formula, as many as a card's title may have: of a longer one the number is enough, and a
# formula that is cut off early cannot double at each of a thousand nodes.
LONGEST_ROUTE = 60
MOST_REMEMBERED = 1024  # nodes whose links are kept, so that a wide sum is not taken apart at each of its operands

Place = tuple[Value, int]  # a node, and which of its operands
Use = tuple[Value, int]  # a line, and which of its links
Link = tuple[Value, Number | None]  # another line that a line is made of, and the slope; None where no gradient goes
T = TypeVar("T")  # a slope: a number, or a formula


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

    Example:
        >>> w, x, b = (Value(number, name) for number, name in ((2.0, "w"), (3.0, "x"), (1.0, "b")))
        >>> z = (w * x + b).named("z")
        >>> spans, words = Spans({id(node) for node in (w, x, b, z)}), Words(Labels([w, x, b, z]))
        >>> spans.inside(z)
        [Value(6.0, w · x), Value(7.0, z = w · x + b)]
        >>> [(x.name, slope, spans.formula((z, k), words)) for k, (x, slope) in enumerate(spans.links(z))]
        [('b', 1, Formula('1')), ('w', 3.0, Formula('x')), ('x', 2.0, Formula('w'))]
    """

    def __init__(self, shown: Container[int], part: Container[int] | None = None) -> None:
        self.shown, self.part = shown, part
        self.links = lru_cache(MOST_REMEMBERED)(self._links)
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
        return not any(map(self.hides, operands(z)))

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

    def _links(self, z: Value) -> list[Link]:
        """The links of z's line, one for each node outside: ∂z/∂x is one number, however often z uses x."""
        if self.single(z):
            return [(x, slope) for x, slope in _together(operands(z), slopes(z)).values() if self.shows(x)]
        inside = self.inside(z)
        one: Number = 1
        numbers = _chained(inside, one, lambda r, k: cast(Number, slopes(r)[k]), operator.mul, operator.add)
        return [(x, numbers.get(id(x))) for x in self.around(reversed(inside))]

    def places(self, use: Use) -> list[Place]:
        """Where a link leads away from the nodes inside: one place for each use of the node that it leads to."""
        z, k = use
        x, _ = self.links(z)[k]
        return [(r, i) for r in reversed(self.inside(z)) for i, y in enumerate(operands(r)) if y is x]

    def formula(self, use: Use, words: Words) -> Formula | None:
        """∂z/∂x along a link as a formula; None where it is too long, or no gradient goes there.

        >>> a = Value(3.0, "a"); u = a * a
        >>> Spans({id(a), id(u)}).formula((u, 0), Words(Labels([a, u])))
        Formula('a + a')
        """
        z, k = use
        x, number = self.links(z)[k]
        if number is None:
            return None
        if self.single(z):
            shares = [words.slope(*place, words.labels, words.dialect, {}) for place in self.places(use)]
            return reduce(_sum, shares) if len(shares) <= LONGEST_SUM else None
        return self._formulas(z, words).get(id(x))

    def _formulas_of_many(self, z: Value, words: Words) -> Mapping[int, Formula | None]:
        inside = self.inside(z)
        terms = words.written(inside[:-1])
        if terms is None:
            return {}

        def slope(r: Value, k: int) -> Formula | None:
            return words.slope(r, k, words.labels, words.dialect, terms)

        times, plus = partial(_short, operator.mul), partial(_short, operator.add)
        return _chained(inside, in_words(1, words.dialect), slope, times, plus)


def _chained(
    inside: Sequence[Value],
    one: T,
    slope: Callable[[Value, int], T],
    times: Callable[[T, T], T],
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


def _sum(a: Formula | None, b: Formula | None) -> Formula | None:
    """Two shares of a slope as a sum that is not worked out: 1 + 1; None where one of them has only its number."""
    if a is None or b is None:
        return None
    return Formula(*OPS["add"].write(a.dialect, [a.term, b.term]), a.dialect)


def _short(operate: Callable[[Any, Any], Formula], a: Formula | None, b: Formula | None) -> Formula | None:
    """Two formulas joined; None where that is longer than a route may be."""
    joined = operate(a, b) if a is not None and b is not None else None
    return joined if joined is not None and width(joined) <= LONGEST_ROUTE else None


def width(written: Formula) -> int:
    r"""How many characters of a formula a reader sees: a command of LaTeX is one, its braces are none.

    >>> width(Formula("σ(w₁ · x)")), width(Formula(r"\sigma(w_{1} \cdot x)", dialect="latex"))
    (9, 9)
    """
    text = written.term[0]
    return len(text if written.dialect == "unicode" else re.sub(r"[{}^_]", "", re.sub(r"\\[A-Za-z]+", "x", text)))
