"""How mathematics is written, for viz too: templates such as `x · y`; parentheses where an operand needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

# How tightly a form holds its operands: text puts parentheses around what holds less tightly.
OPEN, SUM, PRODUCT, POWER, ATOM = range(5)
Term = tuple[str, int]  # a written operand and how tightly it holds
SUPERSCRIPTS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Notation:
    """How one dialect writes an operation: a template, its tightness, and what each operand needs.

    For vectors the template is one entry's, entries are joined (`join=" + "`) and `short` is the
    whole in the vectors' own names; without `join` each operand is its vector's entries in a row.
    """

    template: str
    tightness: int = ATOM
    needs: tuple[int, ...] = ()
    join: str = ""
    short: str = ""

    def write(self, operands: Sequence[str], terms: Sequence[Term]) -> Term:
        """Set terms into the template, in parentheses where they hold too loosely.

        >>> Notation("x · y", PRODUCT, (PRODUCT, POWER)).write(("x", "y"), [("a + b", SUM), ("c", ATOM)])
        ('(a + b) · c', 2)
        """
        needs = self.needs or (OPEN,) * len(operands)
        fitted = {
            operand: text if tightness >= need else f"({text})"
            for operand, (text, tightness), need in zip(operands, terms, needs, strict=True)
        }
        base, power, exponent = self.template.partition("^")
        if power and exponent == operands[-1] and re.fullmatch("−?[0-9]+", terms[-1][0]):  # x^2 is written x²
            return fill(base, fitted) + terms[-1][0].translate(SUPERSCRIPTS), self.tightness
        return fill(self.template, fitted), self.tightness


def fill(template: str, texts: dict[str, str]) -> str:
    """Replace the words of a template by texts, all at once.

    >>> fill(r"\\max(x, y)", {"x": "y", "y": "2"})
    '\\\\max(y, 2)'
    """
    return re.sub(_holes(tuple(texts)), lambda hole: texts[hole[0]], template)


@cache
def _holes(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w\\])({'|'.join(words)})(?!(?!²)\w)")
