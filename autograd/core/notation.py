"""How mathematics is written, for viz too: templates such as `x · y`; parentheses where an operand needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

# How tightly a form holds its operands: text puts parentheses around what holds less tightly.
OPEN, SUM, PRODUCT, POWER, ATOM = range(5)
Term = tuple[str, int]  # a written operand and how tightly it holds
Kind = int  # of a text: twice how tightly it holds, and 1 more if it is rounded
SUPERSCRIPTS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Rounded(str):
    """A text with a rounded number in it: ≈ stands between it and its neighbours."""

    about = " ≈ "
    __slots__ = ()


class RoundedInLatex(Rounded):
    """The same in LaTeX."""

    about = r" \approx "
    __slots__ = ()


ROUNDED = {"unicode": Rounded, "latex": RoundedInLatex}


def kind(term: Term) -> Kind:
    """How tightly a term holds, and whether it is rounded, in one number."""
    return 2 * term[1] + isinstance(term[0], Rounded)


def joined(text: str, parts: Iterable[str]) -> str:
    """A text made of parts, rounded if one of them is.

    >>> joined("a + 0.333", ["a", Rounded("0.333")]).about
    ' ≈ '
    """
    for part in parts:
        if isinstance(part, Rounded):
            return part.__class__(text)
    return text


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
            text = fill(base, fitted) + terms[-1][0].translate(SUPERSCRIPTS)
        else:
            text = fill(self.template, fitted)
        return joined(text, [text for text, _ in terms]), self.tightness


def fill(template: str, texts: dict[str, str]) -> str:
    """Replace the words of a template by texts, all at once.

    >>> fill(r"\\max(x, y)", {"x": "y", "y": "2"})
    '\\\\max(y, 2)'
    """
    pieces = list(_pieces(template, tuple(texts)))
    pieces[1::2] = [texts[word] for word in pieces[1::2]]
    return "".join(pieces)


@cache
def _pieces(template: str, words: tuple[str, ...]) -> list[str]:
    """A template cut at its words: text, word, text, …"""
    return re.split(rf"(?<![\w\\])({'|'.join(words)})(?!(?!²)\w)", template)
