"""How the lines of both passes are written: names, formula, numbers, result, each equal to the next."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from functools import reduce

from autograd.core.value import Value
from autograd.language import formula
from autograd.language.formula import LONGEST_SUM, Formula, chain
from autograd.language.numbers import figure
from autograd.passes.spans import Use
from autograd.passes.worksheet import Worksheet

PLUS = {"unicode": " += ", "latex": r" \mathrel{+}= "}


def givens(sheet: Worksheet, dialect: str = "unicode") -> str:
    """What the forward pass begins with: a = 5, b = 3."""
    return ", ".join(equation(sheet, x, dialect) for x in sheet.lines if not x.op)


def heading(sheet: Worksheet, dialect: str = "unicode") -> list[str]:
    """What a listing begins with: what has changed since the graph was calculated, and what is given."""
    note, given = sheet.note(dialect), givens(sheet, dialect)
    return [*([note if dialect == "unicode" else f"& {note}"] if note else []), *([given] if given else [])]


def line(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> str:
    """The line of x in a pass."""
    return equation(sheet, x, dialect) if phase == "forward" else gradient(sheet, x, dialect)


def equation(sheet: Worksheet, z: Value, dialect: str) -> str:
    """A line of the forward pass: u = b · c = 3 · 2 = 6."""
    if sheet.spans.single(z):
        return formula.equation(z, dialect, sheet.labels, sheet.digits)
    inside, words = sheet.spans.inside(z), sheet.words[dialect]
    around = sheet.spans.around(inside)
    numbers = {id(x): figure(x.data, dialect, sheet.digits) for x in around}
    sides = [words.written(inside)]
    sides += [words.written(inside, numbers)] if len(around) <= LONGEST_SUM else []
    texts = [side[id(z)][0] for side in sides if side]
    return chain(sheet.symbol(z, dialect), *texts, sheet.number(z.data, dialect).term[0])


def gradient(sheet: Worksheet, x: Value, dialect: str) -> str:
    """A line of the backward pass: ∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6; a use by J itself gives its slope alone."""
    J, uses, sides = sheet.output, sheet.uses(x), []
    if x is not J and len(uses) <= LONGEST_SUM:
        words, numbers = [], []
        for z, k in uses:
            slope = sheet.number(sheet.slope((z, k)), dialect)
            if z is J:
                words.append(sheet.formula((z, k), dialect))
                numbers.append(slope)
            else:
                words.append(sheet.derivative(J, z, dialect) * sheet.derivative(z, x, dialect))
                numbers.append(sheet.number(sheet.gradients[id(z)], dialect) * slope)
        sides = [total(words), total(numbers)]
    return chain(sheet.derivative(J, x, dialect).term[0], *sides, _result(sheet, x, dialect))


def contribution(sheet: Worksheet, x: Value, use: Use, dialect: str) -> str:
    """What one use hands back: ∂J/∂b += ∂J/∂u · ∂u/∂b = 3 · c = 3 · 2 = 6."""
    J, z = sheet.output, use[0]
    g, d = sheet.gradients[id(z)], sheet.slope(use)
    upstream, slope = sheet.number(g, dialect), sheet.formula(use, dialect)
    words = [slope] if z is J else [sheet.derivative(z, x, dialect), slope]
    sides = [sheet.derivative(J, z, dialect) * words[0], *(upstream * word for word in words[1:])]
    sides += [upstream * sheet.number(d, dialect), sheet.number(g * d, dialect)]
    return sheet.derivative(J, x, dialect).term[0] + PLUS[dialect] + chain(*(side.term[0] for side in sides))


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
        elif not depth and row.startswith(" = ", i):
            return f"{row[:i]} &= {row[i + 3 :]}"
    return row
