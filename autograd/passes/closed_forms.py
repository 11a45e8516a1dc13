"""Gradients whose fractions cancel, as lectures write them: ∂L/∂z = a − y for the logistic loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograd.core.notation import Term
from autograd.core.value import Value
from autograd.language.formula import Formula, Numerals
from autograd.language.products import Product, simplified, unfolded
from autograd.passes.spans import Spans, Words

MOST_TERMS = 8  # of a gradient before it is simplified
SHORT = 2  # terms of a closed form: of more, the chain rule says as much


def closed_forms(nodes: Sequence[Value], words: Words, digits: int) -> dict[int, list[Formula]]:
    """∂J/∂x by id, in words and in numbers, where the fractions of all that it is made of cancel.

    Args:
        nodes: those that a formula may name, J the last of them.
        words: how formulas are written.
        digits: of the numbers.
    """
    spans, found = Spans({id(z) for z in nodes}), dict[int, list[Formula]]()
    figures = {words.labels.term(z, words.dialect)[0]: Numerals(digits).term(z, words.dialect) for z in nodes}
    terms: dict[int, list[Product]] = {id(nodes[-1]): [Product(1, dialect=words.dialect)]}  # [] where they are many
    for z in reversed(nodes):
        own = terms.get(id(z), [])
        if short := simplified(own):
            own = short
            if len(short) <= SHORT and short[0].above:
                found[id(z)] = [unfolded(short), unfolded([_in_numbers(term, figures) for term in short])]
        for k, (x, slope) in enumerate(spans.links(z)):
            if slope is not None and id(z) in terms:
                products = [g * d for g in own for d in spans.shares((z, k), words)]
                products += terms.get(id(x), []) if products else []
                lost = id(x) in terms and not terms[id(x)]
                terms[id(x)] = [] if lost or len(products) > MOST_TERMS else products
    return found


def _in_numbers(term: Product, figures: Mapping[str, Term]) -> Product:
    """A product whose factors are names, with their numbers; another factor stays as it is."""
    factors = (Formula(*figures.get(x.term[0], x.term), x.dialect, x.number) for x in term.above)
    return replace(term, above=tuple(factors))
