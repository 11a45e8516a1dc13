"""Slips that learners make at a step: the number that each leads to, its kind, and a clause that tells no answer.

In a line ∂J/∂x = Σ g · d, a gradient g of a use z times its slope d = ∂z/∂x, each use, factor and sign can be
forgotten, doubled, or taken from elsewhere. What a slope may be mistaken for follows from the row's own words:
a part of them is left out (x² for 3 · x²), or they are taken at another point (z · (1 − z) for a · (1 − a)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import Number, Operand, Value, operands, slopes
from autograd.errors import ChalkgradError
from autograd.language.formula import LONGEST_SUM, Formula, in_words
from autograd.passes.ledger import Contribution
from autograd.passes.spans import LONGEST_ROUTE, Use
from autograd.passes.step_records import Step
from autograd.passes.worksheet import Worksheet

MOST_SUBSETS = 8  # uses whose subsets are tried
MOST_PARTS = 4 * LONGEST_SUM  # uses of a node, or operands, that are looked at
MOST_GRADIENTS = 40  # lines of a sheet whose gradients may be mistaken for another's


@dataclass(frozen=True)
class Slip:
    """A slip.

    Attributes:
        number: the answer that it leads to.
        kind: what is off, in a word or three.
        clause: what is off, without any number that is asked or leads to one.
    """

    number: Number
    kind: str
    clause: str


def slips(step: Step) -> Iterator[Slip]:
    """The slips at a step, those that lectures warn of first."""
    return _in_value(step) if step.phase == "forward" else _in_gradient(step)


def _in_value(step: Step) -> Iterator[Slip]:
    """In the forward pass: sign, another operation, the operands' order, none at all, the gradient instead."""
    z, sheet = step.line, step.sheet
    yield Slip(-step.value, "wrong sign", "the sign is off")
    nodes, right = operands(z), sheet.labels.formula(z)[0]
    numbers, terms = [x.data if isinstance(x, Value) else x for x in nodes], [sheet.labels.term(x) for x in nodes]
    for other in OPS.values():
        if len(other.operands) == len(nodes) <= 2 and not (other.variadic or other.defaults or other.is_step):
            for order in (1, -1):
                wrong = other.write("unicode", terms[::order])[0]
                if wrong != right:
                    yield Slip(other.limit(numbers[::order]), "other operation", f"that is {wrong}, not {right}")
    if len(nodes) <= 2:
        for number, (term, _) in zip(numbers, terms, strict=True):
            yield Slip(number, "missing operation", f"that is {term}, not {right}")
    if id(z) in sheet.gradients:
        yield Slip(sheet.gradients[id(z)], "gradient for value", "that is the gradient, not the value")


def _in_gradient(step: Step) -> Iterator[Slip]:
    """In the backward pass: of the whole sum, then of each contribution while the others are right."""
    x, sheet, true = step.line, step.sheet, step.value
    yield Slip(-true, "wrong sign", "the sign is off")
    parts = step.contributions[:MOST_PARTS]
    yield from _missing_uses(_uses(sheet, x))
    for part in parts:
        yield from _in_contribution(part, true - part.product, len(parts) == 1)
    if len(parts) > 1:
        only = "the gradients of its uses are missing, only slopes are there"
        yield Slip(sum(part.slope for part in parts), "missing factor", only)
    yield Slip(x.data, "value for derivative", f"that is the value of {sheet.symbol(x)}, not the gradient")
    for y in sheet.lines if len(sheet.lines) <= MOST_GRADIENTS else ():
        if y is not x and y is not sheet.output and id(y) in sheet.gradients:
            yield Slip(sheet.gradients[id(y)], "other gradient", "that is the gradient of another node")


def _uses(sheet: Worksheet, x: Value) -> list[tuple[Number, str]]:
    """What each single use of x hands back, and the name of the node that uses it: a · a uses a twice."""
    uses = sheet.uses(x)[:MOST_PARTS]
    return [(sheet.gradients[id(use[0])] * d, sheet.symbol(use[0])) for use in uses for d in _shares(sheet, use)]


def _shares(sheet: Worksheet, use: Use) -> list[Number]:
    """The slope of each single use behind a link."""
    if not sheet.spans.single(use[0]):
        return [sheet.slope(use)]
    return [slopes(r)[k] or 0 for r, k in sheet.spans.places(use)]


def _missing_uses(uses: Sequence[tuple[Number, str]]) -> Iterator[Slip]:
    """Sums of some of the contributions, where each is one use."""
    n = len(uses)
    for left_out in range(1, n if n <= MOST_SUBSETS else 2):
        for gone in combinations(range(n), left_out):
            kept = sum(product for i, (product, _) in enumerate(uses) if i not in gone)
            verb, names = "is" if left_out == 1 else "are", ", ".join(uses[i][1] for i in gone)
            yield Slip(kept, "missing use", f"{left_out} of its {n} uses {verb} missing (by {names})")


def _in_contribution(part: Contribution, rest: Number, alone: bool) -> Iterator[Slip]:
    """In one contribution g · d, the others being right."""
    sheet, (z, _), x = part.sheet, part.edge, part.of
    g, d, use, name = part.gradient, part.slope, sheet.symbol(z), sheet.symbol(x)
    upstream, along = sheet.derivative(sheet.output, z).term[0], sheet.derivative(z, x).term[0]
    for text, wrong in _wrong_slopes(part).items():
        kind = "value for derivative" if text in (name, use) else "wrong slope"
        yield Slip(rest + g * wrong, kind, f"{along} was taken to be {text}")
    yield Slip(rest + z.data * d, "value for derivative", f"{upstream} was taken to be {use}")
    if not alone:
        yield Slip(rest - g * d, "wrong sign", f"the sign of what {use} hands back is off")
    for partly in _missing_uses(_uses(sheet, z)):
        clause = f"{use} handed its gradient on before all its uses were done"
        yield Slip(rest + partly.number * d, "unfinished gradient", clause)
    if d:
        factor = f"the slope of {use} by {name}" if part.direct else f"the factor {along}"
        yield Slip(rest + g, "missing factor", f"{factor} is missing")
        yield Slip(rest + g / d, "wrong slope", f"{upstream} was divided by {along}")
    else:
        yield Slip(rest + g, "gradient to both", f"{use} handed its gradient to an operand that it did not choose")
    yield Slip(rest + d, "missing factor", f"the factor {upstream} is missing")
    for y, k in sheet.uses(z)[:MOST_PARTS]:  # a factor further up
        without = g - (sheet.gradients[id(y)] - 1) * sheet.slope((y, k))
        if without != 1:  # or all that is upstream is missing
            further = sheet.derivative(sheet.output, y).term[0]
            yield Slip(rest + without * d, "missing factor", f"the factor {further} is missing")
    yield Slip(rest + g + d, "sum for product", f"{upstream} and {along} were added, not multiplied")
    n = len(_shares(sheet, part.edge))
    if n > 1:
        every = f"{along}, which holds all {n} uses of {name} in {use}, was counted for each of them"
        yield Slip(rest + n * g * d, "counted twice", every)
    if n != 2:
        yield Slip(rest + 2 * g * d, "counted twice", f"what {use} hands back is counted twice")


def _wrong_slopes(part: Contribution) -> dict[str, Number]:
    """What ∂z/∂x may be mistaken for, as text with its number, the likeliest first."""
    wrong: dict[str, Number] = {}
    for formula in _candidates(part) if part.sheet.spans.single(part.edge[0]) else ():
        (text, _), number = formula.term, formula.number
        if number is not None and number != part.slope and text not in ("", "1") and len(text) <= LONGEST_ROUTE:
            wrong.setdefault(text, number)
    return wrong


def _candidates(part: Contribution) -> Iterator[Formula]:
    """Formulas in place of ∂z/∂x, which know their numbers."""
    sheet, (z, _), x = part.sheet, part.edge, part.of
    nodes, op = operands(z), OPS[z.op]

    def word(y: Operand) -> Formula:
        return Formula(*sheet.labels.term(y), number=y.data) if isinstance(y, Value) else in_words(y)

    words, here = [word(y) for y in nodes], word(z)
    own = [i for i, y in enumerate(nodes) if y is x]
    others = [i for i, y in enumerate(nodes[:MOST_PARTS]) if isinstance(y, Value) and y is not x]
    yield from (word(x), here)
    yield from (in_words(op.slope(i, words, here, shown=True)) for i in others)
    yield in_words(len(own))
    with suppress(ChalkgradError):  # words that have no value at a mistaken point
        twins, result = [Value(y.data if isinstance(y, Value) else y) for y in nodes], Value(z.data)
        terms = dict(zip(map(id, [*twins, result]), [*words, here], strict=True))
        tree = op.slope(own[0], twins, result, shown=True)
        yield from _mutants(tree, terms) if isinstance(tree, Value) else ()
        yield in_words(op.slope(own[0], words, word(x), shown=True))
        points = [[here if y is x else word(y) for y in nodes]]  # z in place of x, 1 in place of another operand
        points += [[in_words(1) if i == k else word(y) for i, y in enumerate(nodes)] for k in others]
        for point in points:
            yield from (in_words(op.slope(own[0], point, at, shown=True)) for at in (here, op(*op.columns(point))))


def _mutants(tree: Value, terms: Mapping[int, Formula]) -> Iterator[Formula]:
    """A row's words with one mistake in them."""
    nodes = [r for r in topological(tree) if r.op]
    for i, at in enumerate(nodes):
        yield from (_replayed(nodes, terms, at, mistake) for mistake in _mistakes(at, nodes[:i]))


def _mistakes(at: Value, before: Sequence[Value]) -> Iterator[Callable[..., Any]]:
    """What may be made of a node by mistake: a part is left out, n − 1 stands for n, 1 for what is divided."""
    op, parts = OPS[at.op], operands(at)
    for k, y in enumerate(parts):
        if not op.is_flat(k, parts):  # what is only compared is no slope
            yield lambda inputs, written, k=k: inputs[k]
        for whole in before if isinstance(y, Value) and not y.op else ():
            if any(y is part for part in operands(whole)):
                yield lambda inputs, written, k=k, z=whole: op(*inputs[:k], written[id(z)], *inputs[k + 1 :])
    if op.quotient and len(parts) == 2:
        yield lambda inputs, written: op(1, inputs[1])


def _replayed(nodes: Sequence[Value], terms: Mapping[int, Formula], at: Value, mistaken: Callable[..., Any]) -> Formula:
    """The last node as a Formula, with a mistake at one of them."""
    written = dict(terms)
    for r in nodes:
        op, inputs = OPS[r.op], [written[id(y)] if isinstance(y, Value) else in_words(y) for y in operands(r)]
        made = in_words(mistaken(inputs, written) if r is at else op(*op.columns(inputs)))
        if made.number is not None and op.is_flat(0, inputs) and len(inputs) < 3:
            made = in_words(made.number)  # a choice stands as its number
        written[id(r)] = made
    return written[id(nodes[-1])]
