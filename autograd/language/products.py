"""Slopes as a board has them, for viz too: one sign, one fraction, equal terms counted: −y / p + (1 − y) / (1 − p)."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

from autograd.core.value import Number, magnitude
from autograd.language.formula import Formula, in_words


@dataclass(frozen=True)
class Product:
    """A number times factors, over factors.

    Attributes:
        number: the factor that laws apply to, its sign above all.
        above, below: the other factors, and those that it is divided by.
        dialect: "unicode" or "latex".
        note: the convention that it comes from, at a kink or tie.
    """

    number: Number
    above: tuple[Formula, ...] = ()
    below: tuple[Formula, ...] = ()
    dialect: str = "unicode"
    note: str = ""

    @classmethod
    def of(cls, formula: Formula) -> Product:
        """A formula taken apart: signs, products and quotients.

        >>> p = Formula("p")
        >>> Product.of(-(1 / p)) * Product.of(2 * p)
        Product(number=-2, above=(Formula('p'),), below=(Formula('p'),), dialect='unicode', note='')
        """
        if formula.literal and formula.number is not None:
            return cls(formula.number, (), (), formula.dialect, formula.note)
        op, parts = formula.made or (None, ())
        combine = _TAKEN_APART.get(op.value) if op else None
        if combine is None:
            return cls(1, (formula,), (), formula.dialect, formula.note)
        return combine(*map(cls.of, parts))

    def __neg__(self) -> Product:
        return replace(self, number=-self.number)

    def __mul__(self, other: Product) -> Product:
        above, below = self.above + other.above, self.below + other.below
        return Product(self.number * other.number, above, below, self.dialect, self.note or other.note)

    def __truediv__(self, other: Product) -> Product:
        if other.number not in (1, -1):
            other = replace(other, number=1, above=(in_words(other.number, self.dialect), *other.above))
        return self * replace(other, above=other.below, below=other.above)

    def __abs__(self) -> Product:
        return replace(self, number=magnitude(self.number))

    @property
    def key(self) -> tuple[Any, ...]:
        """What equal terms have in common."""
        return tuple(tuple(sorted(x.term[0] for x in factors)) for factors in (self.above, self.below))

    @cached_property
    def formula(self) -> Formula:
        """The product as a formula: −2 · z / (a · b)."""
        number = in_words(magnitude(self.number), self.dialect)
        result = reduce(operator.mul, self.above, number)
        if self.below:
            result = result / reduce(operator.mul, self.below)
        result = -result if self.number < 0 else result
        return result.noted(self.note)

    @property
    def reduced(self) -> Product:
        """Without factors that stand above and below."""
        below = Counter(x.term[0] for x in self.below)
        common = below & Counter(x.term[0] for x in self.above)
        return replace(self, above=_without(self.above, common), below=_without(self.below, common))

    @property
    def expanded(self) -> list[Product]:
        """Multiplied out: (1 − a) · b is b − a · b."""
        for i, factor in enumerate(self.above):
            op, parts = factor.made or (None, ())
            if op and op.value in (operator.add, operator.sub):
                rest = replace(self, above=self.above[:i] + self.above[i + 1 :])
                a, b = (rest * Product.of(part) for part in parts)
                return [*a.expanded, *(b if op.value is operator.add else -b).expanded]
        return [self]


def _without(factors: Iterable[Formula], gone: Counter[str]) -> tuple[Formula, ...]:
    left = Counter(gone)
    kept = []
    for factor in factors:
        if left[factor.term[0]]:
            left[factor.term[0]] -= 1
        else:
            kept.append(factor)
    return tuple(kept)


_TAKEN_APART: dict[Callable[..., Any], Callable[..., Product]] = {
    op: op for op in (operator.neg, operator.mul, operator.truediv)
}


def unfolded(terms: Sequence[Product]) -> Formula:
    """Terms as a sum that is not worked out.

    >>> a = Product.of(Formula("a"))
    >>> unfolded([a, a]), unfolded([Product(1), -a])
    (Formula('a + a'), Formula('1 − a'))
    """
    terms = [term for term in terms if term.number] or terms[:1]
    if len(terms) == 1:
        return terms[0].formula
    first, *rest = (term.formula for term in (terms[0], *map(abs, terms[1:])))
    result = first.text(first.number)
    for term, text in zip(terms[1:], rest, strict=True):
        operate = operator.sub if term.number < 0 else operator.add
        result = operate(result, text.text(text.number))
    return result.noted(next((term.note for term in terms if term.note), ""))


def collected(terms: Iterable[Product]) -> Formula:
    """Terms as a sum in which equal ones are counted.

    >>> a, b = Product.of(Formula("a")), Product.of(Formula("b"))
    >>> collected([a, a, b]), collected([Product(1), Product(1)]), collected([a, -a])
    (Formula('2 · a + b'), Formula('2'), Formula('0'))
    """
    terms = list(terms)
    if len(terms) == 1:
        return terms[0].formula
    return unfolded(_counted(terms))


def simplified(terms: Sequence[Product]) -> list[Product]:
    """Terms whose fractions cancel, multiplied out: a − y for (−y / a + (1 − y) / (1 − a)) · a · (1 − a); else none.

    >>> a, y = Formula("a"), Formula("y")
    >>> slope = Product.of(a * (1 - a))
    >>> unfolded(simplified([Product.of(-y / a) * slope, Product.of((1 - y) / (1 - a)) * slope]))
    Formula('a − y')
    """
    reduced = [term.reduced for term in terms]
    if any(term.below for term in reduced) or not any(term.below for term in terms):
        return []
    counted = _counted([part for term in reduced for part in term.expanded])
    return sorted((term for term in counted if term.number), key=lambda term: term.number < 0)


def _counted(terms: Iterable[Product]) -> list[Product]:
    sums: dict[tuple[Any, ...], Product] = {}
    for term in terms:
        before = sums.get(term.key)
        sums[term.key] = replace(term, number=term.number + before.number) if before else term
    return [*sums.values()]
