"""How the lines of both passes are written: names, formula, numbers, result, each equal to the next."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import cache, reduce

from autograd.core.notation import Term, joined
from autograd.core.op import OPS
from autograd.core.value import Value, operands
from autograd.language.formula import LONGEST_SUM, Formula, chain, chained
from autograd.language.names import quotient
from autograd.passes.handed_back import handed_back, shaped
from autograd.passes.shapes import shapes
from autograd.passes.spans import Use
from autograd.passes.templates import Sides, added
from autograd.passes.worksheet import Worksheet

PLUS = {"unicode": " += ", "latex": r" \mathrel{+}= "}
SIGNS = (" = ", r" \approx ")
NOTE = {"unicode": "  ({})", "latex": r" \quad ({})"}


def givens(sheet: Worksheet, dialect: str = "unicode") -> str:
    """What the forward pass begins with: a = 5, b = 3."""
    return ", ".join(line(sheet, "forward", x, dialect) for x in sheet.lines if not x.op)


def heading(sheet: Worksheet, dialect: str = "unicode") -> list[str]:
    """What a listing begins with: what has changed since the graph was calculated, and what is given."""
    note, given = sheet.note(dialect), givens(sheet, dialect)
    return [*([note if dialect == "unicode" else f"& {note}"] if note else []), *([given] if given else [])]


def line(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> str:
    """The line of x in a pass."""
    if phase == "forward":
        shape = shapes(sheet, dialect).of_value(x, lambda holed: _equation(holed, x, dialect))
        return shape[0].alone.filled(shape[1]) if shape else chain(*equation(sheet, x, dialect))
    if text := _of_shapes(sheet, x, dialect):
        return text
    uses = _uses(sheet, x, dialect)
    return chain(*_gradient(sheet, x, uses, dialect)) + _note(uses, dialect)


def sides(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> list[str]:
    """The sides of x's line in a pass, its name first, its result last."""
    return equation(sheet, x, dialect) if phase == "forward" else gradient(sheet, x, dialect)


def note(sheet: Worksheet, phase: str, x: Value, dialect: str = "unicode") -> str:
    """The convention that x's gradient needs at a kink or tie, such as tie: ½ each."""
    return _note(_uses(sheet, x, dialect), dialect) if phase == "backward" else ""


def equation(sheet: Worksheet, z: Value, dialect: str) -> list[str]:
    """A line of the forward pass: u = b · c = 3 · 2 = 6."""
    return [text for text, _ in _equation(sheet, z, dialect).terms]


def _equation(sheet: Worksheet, z: Value, dialect: str) -> Sides:
    words, numbers = sheet.words[dialect], sheet.filled[dialect]
    ends = [each.labels.term(z, dialect) for each in (words, numbers)]
    if sheet.spans.single(z):
        kinds = [words, numbers][: 2 if len(operands(z)) <= LONGEST_SUM else 1] if z.op else []
        ends[1:1] = [each.labels.formula(z, dialect) for each in kinds]
        return Sides(ends)
    inside = sheet.spans.inside(z)
    kinds = [words, numbers][: 2 if len(sheet.spans.around(inside)) <= LONGEST_SUM else 1]
    texts = [each.written(inside) for each in kinds]
    ends[1:1] = [text[id(z)] for text in texts if text]
    return Sides(ends)


def gradient(sheet: Worksheet, x: Value, dialect: str) -> list[str]:
    """A line of the backward pass: ∂J/∂b = ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6; a use by J gives its slope alone."""
    return _gradient(sheet, x, _uses(sheet, x, dialect), dialect)


def _uses(sheet: Worksheet, x: Value, dialect: str) -> list[Sides]:
    """What the uses of x hand back to it; of more than a line holds, some."""
    return [handed_back(sheet, x, use, dialect) for use in sheet.uses(x)[: LONGEST_SUM + 1]]


def _gradient(sheet: Worksheet, x: Value, uses: Sequence[Sides], dialect: str) -> list[str]:
    totals: list[str] = []
    if x is not sheet.output and len(uses) <= LONGEST_SUM:
        totals = [_added(terms, dialect) for terms in zip(*_sides(uses), strict=True)]
        if closed := sheet.closed[dialect].get(id(x)):
            totals[-2:] = [form.term[0] for form in closed]
    return [sheet.derivative(sheet.output, x, dialect).term[0], *totals, sheet.gradient(x, dialect).term[0]]


def _of_shapes(sheet: Worksheet, x: Value, dialect: str) -> str:
    """The same line, if all that it is made of has a shape, else ""; ten times as fast."""
    texts, uses = shapes(sheet, dialect), sheet.uses(x)
    told = texts.told(x)
    if not uses or id(x) in sheet.closed[dialect]:
        return ""
    if len(uses) <= LONGEST_SUM:
        parts = []
        for use in uses:
            shape = shaped(sheet, x, use, dialect)
            if not shape:
                return ""
            parts.append(shape)
        if len(parts) == 1:
            template, fills = parts[0]
            return template.between(told.of_gradient & 1).filled(fills)
    ends = quotient(texts.output, told.name, dialect), told.gradient, told.of_gradient
    if len(uses) <= LONGEST_SUM:
        return added(parts, ends)
    quiet = all(sheet.spans.single(z) and not OPS[z.op].kink for z, _ in uses[: LONGEST_SUM + 1])
    return chained(ends[:2], told.of_gradient % 2 * 2, dialect) if quiet else ""


def _sides(uses: Sequence[Sides]) -> list[Sequence[Term]]:
    """The sides of each use; without words for slopes that are numbers: they follow."""
    if all(use.literal for use in uses):
        return [(use.terms[0], *use.terms[3:]) for use in uses]
    return [use.terms for use in uses]


def _note(uses: Sequence[Sides], dialect: str) -> str:
    text = "; ".join(filter(None, dict.fromkeys(use.note for use in uses)))
    return NOTE[dialect].format(text) if text else ""


def contribution(sheet: Worksheet, x: Value, use: Use, dialect: str) -> str:
    """What one use hands back: ∂J/∂b += ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6."""
    product = sheet.number(sheet.gradients[id(use[0])] * sheet.slope(use), dialect)
    [sides] = _sides([handed_back(sheet, x, use, dialect, through=True)])
    texts = [text for text, _ in (*sides, product.term)]
    return sheet.derivative(sheet.output, x, dialect).term[0] + PLUS[dialect] + chain(*texts)


def sum_of_uses(sheet: Worksheet, x: Value, dialect: str = "unicode") -> str:
    """What all uses hand back together: ∂b/∂a = 1 + 1 = 2."""
    uses = sheet.uses(x)
    sides = []
    if len(uses) <= LONGEST_SUM:
        sides = [total([sheet.number(sheet.gradients[id(z)] * sheet.slope((z, k)), dialect) for z, k in uses])]
    return chain(sheet.derivative(sheet.output, x, dialect).term[0], *sides, _result(sheet, x, dialect))


def _result(sheet: Worksheet, x: Value, dialect: str) -> str:
    return sheet.gradient(x, dialect).term[0]


def total(terms: Iterable[Formula]) -> str:
    """Terms as a sum."""
    return reduce(operator.add, terms).term[0]


def _added(terms: Sequence[Term], dialect: str) -> str:
    """Written terms as a sum."""
    if len(terms) == 1:
        return terms[0][0]
    texts, tightness = zip(*terms, strict=True)
    return joined(_sum(tightness, dialect).format(*texts), texts)


@cache
def _sum(tightness: Sequence[int], dialect: str) -> str:
    """A sum with places for terms that hold so tightly: {0} + ({1})."""
    return total(Formula(f"{{{i}}}", each, dialect) for i, each in enumerate(tightness))


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
