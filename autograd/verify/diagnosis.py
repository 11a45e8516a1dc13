"""What a wrong closed form likely got wrong: a sign, a factor, a slope, rows for columns, a term that is missing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograd.core.derivatives import adjoints, grad
from autograd.core.graph import topological
from autograd.core.op import OPS
from autograd.core.value import Number, Value, magnitude, operands, slopes
from autograd.language.names import Labels, derivative, symbol
from autograd.language.numbers import figure
from autograd.verify.report import close
from autograd.verify.rounding import Rounding

Power = Callable[[Number], Number]
POWERS: dict[str, Power] = {"misses a factor": lambda slope: 1, "has a factor twice": lambda slope: slope * slope}
MOST_OUTPUTS = 50  # whose off-diagonal terms are looked at


@dataclass(frozen=True)
class Claim:
    """What a closed form says of one input's gradient, beside autograd's; entries in a row."""

    name: str
    nodes: Sequence[Value]  # the input's entries
    shape: tuple[int, ...]
    gradients: Sequence[Number]  # autograd's
    claimed: Sequence[Number]
    transposed: bool  # it came in the shape of the transposed input
    rtol: float
    roundings: Sequence[Rounding]  # what it may do to each

    def agrees(self, i: int, number: Number) -> bool | None:
        """Whether the claimed entry i is this number; None where rounding leaves no digits to say so."""
        return self.roundings[i].agree(self.claimed[i], number, self.rtol)

    def holds(self) -> bool:
        """Whether it is right in every entry, as far as can be told."""
        return not self.transposed and all(self.agrees(i, x) is not False for i, x in enumerate(self.gradients))

    def is_of(self, numbers: Iterable[Number]) -> bool:
        """Whether it says what another calculation gives, right or wrong."""
        return all(self.agrees(i, x) for i, x in enumerate(numbers))


def diagnose(claim: Claim, output: Value, lengths: Iterable[int]) -> str:
    """What is wrong with a claim, as a sentence, or "" if no usual mistake fits."""
    is_nan = any(x != x for x in claim.claimed)
    mistake = "is nan" if is_nan else _turned(claim) or _missing(claim, output, lengths)
    return f"{derivative('f', claim.name)} of the closed form {mistake}." if mistake else ""


def _turned(claim: Claim) -> str:
    """Whether rows stand for columns."""
    if claim.transposed:
        right = claim.is_of(claim.gradients)
        return "is transposed" if right else f"has the shape of the transposed input, {claim.shape[::-1]}"
    if len(claim.shape) != 2 or claim.shape[0] != claim.shape[1]:
        return ""
    n = claim.shape[0]
    turned = [claim.gradients[j * n + i] for i in range(n) for j in range(n)]
    return "is transposed" if claim.is_of(turned) else ""


def _missing(claim: Claim, output: Value, lengths: Iterable[int]) -> str:
    """Whether a term or a factor is missing."""
    factor, graph = _factor(claim), topological(output)
    return (
        _term(claim, output)
        or (_named_factor(factor, {*lengths, *_counts(graph)}) if factor else "")
        or _slope(claim, graph)
        or _diagonal(claim, output, graph)
        or (_size(factor) if factor else "")
        or ("" if any(claim.claimed) else "is 0")
    )


def _factor(claim: Claim) -> Number:
    """The one factor between all entries; 0 if there is none."""
    largest = max(range(len(claim.gradients)), key=lambda i: magnitude(claim.gradients[i]))
    if not claim.gradients[largest]:
        return 0
    factor = claim.claimed[largest] / claim.gradients[largest]
    return factor if claim.is_of([factor * x for x in claim.gradients]) else 0


def _counts(graph: Sequence[Value]) -> Iterator[Number]:
    """What may be a number of samples: numbers that the graph divides by, or multiplies by one over."""
    for z in graph:
        for i, x in enumerate(operands(z)):
            if not isinstance(x, Value) and x:
                yield x if i and OPS[z.op].quotient else round(1 / x, 9)


def _named_factor(factor: Number, counts: Iterable[Number]) -> str:
    """A factor that has a usual cause."""
    known = {-1.0: "has the opposite sign", 2.0: "has a factor 2 too much", 0.5: "lacks a factor 2"}
    known |= {-2.0: f"{known[2.0]}, and the opposite sign", -0.5: f"{known[0.5]}, and the opposite sign"}
    for n in sorted({int(n) for n in counts if n > 2 and n == n // 1}):
        for sign, turned in ((1, ""), (-1, " and of the opposite sign")):
            known[sign * n] = f"is {n} times too large{turned}: divide by n = {n}"
            known[sign / n] = f"has a factor 1/n too much, n = {n}" + turned.replace("of ", "")
    return next(
        (mistake for value, mistake in known.items() if magnitude(factor - value) < 1e-9 * magnitude(value)), ""
    )


def _size(factor: Number) -> str:
    """A factor without a usual cause."""
    if not math.isfinite(factor):
        return ""
    off = magnitude(factor - 1)
    if off < 1e-3:
        return f"is off by {figure(float(off), digits=2)[0]} of itself: a rounded constant perhaps"
    simple = float(Fraction(factor).limit_denominator(12))
    return f"is {figure(simple)[0]} times autograd's" if close(simple, factor, 1e-9, 0.0) else ""


def _term(claim: Claim, output: Value) -> str:
    """Whether one use of each input is missing, or alone there."""
    uses = _uses(output, claim.nodes)
    fewest = min((len(parts) for parts in uses), default=0)
    if fewest < 2 or len({len(parts) for parts in uses}) > 1:
        return ""
    for k in reversed(range(fewest)):
        parts = [parts[k][1] for parts in uses]
        place = symbol(uses[0][k][0]) if uses[0][k][0] else f"use {k + 1}"
        if claim.is_of([g - part for g, part in zip(claim.gradients, parts, strict=True)]):
            start = "forgot to accumulate: it " if fewest == 2 else ""
            return f"{start}misses a term, the one by the use in {place}"
        if claim.is_of(parts):
            return f"counts one of {fewest} uses only ({place}): it forgot to accumulate"
    return ""


def _uses(output: Value, nodes: Sequence[Value]) -> list[list[tuple[str, Number]]]:
    """For each node its contributions, in the order of its uses, with the name of what uses it."""
    graph = topological(output)
    labels, gradients = Labels(graph), adjoints(output, graph)
    wanted = set(map(id, nodes))
    uses: dict[int, list[tuple[str, Number]]] = defaultdict(list)
    for z in graph:
        for x, slope in zip(operands(z), slopes(z), strict=True):
            if slope is not None and id(x) in wanted and id(z) in gradients:
                formula = labels.formula(z)[0]
                place = f"{symbol(z.name)} = {formula}" if z.name else formula
                uses[id(x)].append((place if len(place) < 60 else "", gradients[id(z)] * slope))
    return [uses[id(x)] for x in nodes]


def _slope(claim: Claim, graph: Sequence[Value]) -> str:
    """Whether the slope of one operation, as σ′(z), is missing wherever it stands, or at one depth; or stands twice."""
    groups = _groups(graph)
    whole: dict[str, list[Value]] = defaultdict(list)
    for (op, _), nodes in groups.items():
        whole[op] += nodes
    for op, nodes in [*whole.items(), *((op, nodes) for (op, _), nodes in groups.items())]:
        if all(sum(slope is not None for slope in slopes(z)) == 1 for z in nodes):
            for mistake, power in POWERS.items():
                if claim.is_of(_with_powers(claim, graph, nodes, power)):
                    return f"{mistake}: the slope of {op}"
    return ""


def _with_powers(claim: Claim, graph: Sequence[Value], nodes: Iterable[Value], power: Power) -> list[Number]:
    """The gradients with powers of these nodes' slopes in place of them: 1 where they are forgotten."""
    changed = set(map(id, nodes))
    gradients: dict[int, Number] = {id(graph[-1]): 1}
    for z in reversed(graph):
        if id(z) in gradients:
            for x, slope in zip(operands(z), slopes(z), strict=True):
                if slope is not None:
                    part = gradients[id(z)] * (power(slope) if id(z) in changed else slope)
                    gradients[id(x)] = gradients.get(id(x), 0) + part
    return [gradients.get(id(x), 0) for x in claim.nodes]


def _groups(graph: Sequence[Value]) -> dict[tuple[str, int], list[Value]]:
    """The nodes of one operation at one depth below the output: a layer, or the outputs of a softmax."""
    depth = {id(graph[-1]): 0}
    groups: dict[tuple[str, int], list[Value]] = defaultdict(list)
    for z in reversed(graph):
        for x in operands(z):
            depth[id(x)] = max(depth.get(id(x), 0), depth[id(z)] + 1)
        if z.op:
            groups[z.op, depth[id(z)]].insert(0, z)
    return groups


def _diagonal(claim: Claim, output: Value, graph: list[Value]) -> str:
    """Whether each entry has its way through one output of a softmax alone, and none through the others."""
    gradients = adjoints(output, graph)
    for nodes in _groups(graph).values():
        if len(claim.nodes) < 2 or len(nodes) > MOST_OUTPUTS:
            continue
        ways = [[gradients.get(id(p), 0) * g for g in grad(p, claim.nodes)] for p in nodes]
        taken = [
            next((k for k, way in enumerate(ways) if claim.agrees(i, way[i]) and way[i]), -1 if x == 0 else None)
            for i, x in enumerate(claim.claimed)
        ]
        used = [k for k in taken if k != -1]
        if None not in taken and (len(set(used)) > 1 or len(nodes) == len(used) == 1):
            return f"misses the terms off the diagonal: an entry of {claim.name} changes every output, as of a softmax"
    return ""
