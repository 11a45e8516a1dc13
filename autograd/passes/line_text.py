"""How the lines of both passes are written: names, formula, numbers, result, each equal to the next."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import reduce

from autograd.core.notation import Term
from autograd.core.value import Value
from autograd.language import formula
from autograd.language.formula import LONGEST_SUM, Formula, chain, numeral
from autograd.passes.spans import Use
from autograd.passes.worksheet import Worksheet

PLUS = {"unicode": " += ", "latex": r" \mathrel{+}= "}
SIGNS = (" = ", r" \approx ")
NOTE = {"unicode": "  ({})", "latex": r" \quad ({})"}


def givens(sheet: Worksheet, dialect: str = "unicode") -> str:
    """What the forward pass begins with: a = 5, b = 3."""
    return ", ".join(chain(*equation(sheet, x, dialect)) for x in sheet.lines if not x.op)


def heading(sheet: Worksheet, dialect: str = "unicode") -> list[str]:
    """What a listing begins with: what has changed since the graph was calculated, and what is given."""
    note, given = sheet.note(dialect), givens(sheet, dialect)
    return [*([note if dialect == "unicode" else f"& {note}"] if note else []), *([given] if given else [])]


def line(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> str:
    """The line of x in a pass."""
    return chain(*sides(sheet, phase, x, dialect)) + note(sheet, phase, x, dialect)


def sides(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> list[str]:
    """The sides of x's line in a pass, its name first, its result last."""
    return equation(sheet, x, dialect) if phase == "forward" else gradient(sheet, x, dialect)


def equation(sheet: Worksheet, z: Value, dialect: str) -> list[str]:
    """A line of the forward pass: u = b · c = 3 · 2 = 6."""
    if sheet.spans.single(z):
        return formula.sides(z, dialect, sheet.labels, sheet.digits)
    inside = sheet.spans.inside(z)
    texts = [sheet.words[dialect].written(inside)]
    texts += [sheet.filled[dialect].written(inside)] if len(sheet.spans.around(inside)) <= LONGEST_SUM else []
    filled = [text[id(z)][0] for text in texts if text]
    return [sheet.symbol(z, dialect), *filled, numeral(z, dialect, sheet.digits)[0]]


def gradient(sheet: Worksheet, x: Value, dialect: str) -> list[str]:
    """A line of the backward pass: ∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6; a use by J gives its slope alone."""
    J, uses, totals = sheet.output, sheet.uses(x), []
    if x is not J and len(uses) <= LONGEST_SUM:
        totals = [total(terms) for terms in zip(*_products(sheet, x, uses, dialect), strict=True)]
        if closed := sheet.closed[dialect].get(id(x)):
            totals[-2:] = [form.term[0] for form in closed]
    return [sheet.derivative(J, x, dialect).term[0], *totals, _result(sheet, x, dialect)]


def _products(
    sheet: Worksheet, x: Value, uses: Sequence[Use], dialect: str, through: bool = False
) -> list[list[Formula]]:
    """What each use hands back, in the sides of the line; without words for slopes that are numbers: they follow.

    Args:
        through: whether a use by J itself is written as ∂J/∂J times its slope.
    """
    rows = [_slopes(sheet, x, use, dialect) for use in uses]
    if all(shares.literal for _, shares, *_ in rows):
        rows = [[along, *numbers] for along, _, _, *numbers in rows]
    return [_handed_back(sheet, use, row, dialect, through) for use, row in zip(uses, rows, strict=True)]


def _slopes(sheet: Worksheet, x: Value, use: Use, dialect: str) -> list[Formula]:
    """∂u/∂a, its shares a + a, and their sum 2 · a; then in numbers 2 · 3 and 6."""
    z, number = use[0], sheet.number(sheet.slope(use), dialect)
    shares, whole = sheet.unfolded(use, dialect), sheet.formula(use, dialect)
    along = shares if z is sheet.output else sheet.derivative(z, x, dialect)
    if whole.literal:
        return [along, shares, shares, number, number]
    return [along, shares, whole, sheet.in_numbers(use, dialect), number]


def _handed_back(sheet: Worksheet, use: Use, slopes: list[Formula], dialect: str, through: bool) -> list[Formula]:
    """∂J/∂u in words, or for the last two in numbers, times each of the slopes."""
    J, z = sheet.output, use[0]
    slopes = [slope.text() for slope in slopes]  # no law drops a factor 1
    if z is J and not through:
        return slopes
    name, number = sheet.derivative(J, z, dialect), sheet.number(sheet.gradients[id(z)], dialect)
    products: dict[tuple[Formula, Term], Formula] = {}
    keys = [(name if k < len(slopes) - 2 else number, slope) for k, slope in enumerate(slopes)]
    for side, slope in keys:
        if (side, slope.term) not in products:
            products[side, slope.term] = side.times(slope)
    return [products[side, slope.term] for side, slope in keys]


def note(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> str:
    """The convention that x's gradient needs at a kink or tie, such as tie: ½ each."""
    uses = sheet.uses(x) if phase == "backward" else []
    notes = dict.fromkeys(sheet.formula(use, dialect).note for use in uses[: LONGEST_SUM + 1])
    text = "; ".join(filter(None, notes))
    return NOTE[dialect].format(text) if text else ""


def contribution(sheet: Worksheet, x: Value, use: Use, dialect: str) -> str:
    """What one use hands back: ∂J/∂b += ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6."""
    product = sheet.number(sheet.gradients[id(use[0])] * sheet.slope(use), dialect)
    [sides] = _products(sheet, x, [use], dialect, through=True)
    texts = [side.term[0] for side in (*sides, product)]
    return sheet.derivative(sheet.output, x, dialect).term[0] + PLUS[dialect] + chain(*texts)


def sum_of_uses(sheet: Worksheet, x: Value, dialect: str = "unicode") -> str:
    """What all uses hand back together: ∂b/∂a = 1 + 1 = 2."""
    uses = sheet.uses(x)
    sides = []
    if len(uses) <= LONGEST_SUM:
        sides = [total([sheet.number(sheet.gradients[id(z)] * sheet.slope((z, k)), dialect) for z, k in uses])]
    return chain(sheet.derivative(sheet.output, x, dialect).term[0], *sides, _result(sheet, x, dialect))


def _result(sheet: Worksheet, x: Value, dialect: str) -> str:
    return sheet.number(sheet.gradients[id(x)], dialect).term[0]


def total(terms: Iterable[Formula]) -> str:
    """Terms as a sum."""
    return reduce(operator.add, terms).term[0]


def aligned(rows: Iterable[str]) -> str:
    """Lines of LaTeX below each other, at the first equals sign outside of names.

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
        elif not depth and (sign := next((s for s in SIGNS if row.startswith(s, i)), "")):
            return f"{row[:i]} &{sign.strip()} {row[i + len(sign) :]}"
    return row
