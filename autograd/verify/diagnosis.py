"""What a wrong closed form likely got wrong: sign, factor, transposed, a use that was not added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autograd.core.derivatives import adjoints
from autograd.core.graph import topological
from autograd.core.value import Number, Value, magnitude, operands, slopes
from autograd.language.names import Labels, derivative, symbol
from autograd.language.numbers import figure

Close = Callable[[Number, Number], bool]


@dataclass(frozen=True)
class Claim:
    """What a closed form says of one input's gradient, beside autograd's; entries in a row."""

    name: str
    nodes: Sequence[Value]  # the input's entries
    shape: tuple[int, ...]
    gradients: Sequence[Number]  # autograd's
    claimed: Sequence[Number]
    transposed: bool  # it came in the shape of the transposed input

    def holds(self, close: Close) -> bool:
        """Whether it is right in every entry."""
        return not self.transposed and _same(self.gradients, self.claimed, close)


def diagnose(claim: Claim, output: Value, close: Close, lengths: Iterable[int]) -> str:
    """What is wrong with a claim, as a sentence, or "" if no usual mistake fits."""
    is_nan = any(x != x for x in claim.claimed)
    mistake = "is nan" if is_nan else _turned(claim, close) or _missing(claim, output, close, lengths)
    return f"{derivative('f', claim.name)} of the closed form {mistake}." if mistake else ""


def _same(xs: Iterable[Number], ys: Iterable[Number], close: Close) -> bool:
    return all(close(x, y) for x, y in zip(xs, ys, strict=True))


def _turned(claim: Claim, close: Close) -> str:
    """Whether rows stand for columns."""
    if claim.transposed:
        right = _same(claim.gradients, claim.claimed, close)
        return "is transposed" if right else f"has the shape of the transposed input, {claim.shape[::-1]}"
    if len(claim.shape) != 2 or claim.shape[0] != claim.shape[1]:
        return ""
    n = claim.shape[0]
    turned = [claim.claimed[j * n + i] for i in range(n) for j in range(n)]
    return "is transposed" if _same(claim.gradients, turned, close) else ""


def _missing(claim: Claim, output: Value, close: Close, lengths: Iterable[int]) -> str:
    """Whether a term or a factor is missing."""
    factor = _factor(claim, close)
    return (
        _term(claim, output, close)
        or (_named_factor(factor, lengths) if factor else "")
        or _slope(claim, output)
        or (f"is {figure(float(factor))[0]} times autograd's" if factor else "")
        or ("" if any(claim.claimed) else "is 0")
    )


def _factor(claim: Claim, close: Close) -> Number:
    """The one factor between all entries; 0 if there is none."""
    largest = max(range(len(claim.gradients)), key=lambda i: magnitude(claim.gradients[i]))
    if not claim.gradients[largest]:
        return 0
    factor = claim.claimed[largest] / claim.gradients[largest]
    return factor if _same([factor * x for x in claim.gradients], claim.claimed, close) else 0


def _named_factor(factor: Number, lengths: Iterable[int]) -> str:
    """A factor that has a usual cause."""
    known = {-1.0: "has the opposite sign", 2.0: "has a factor 2 too much", 0.5: "lacks a factor 2"}
    known |= {-2.0: f"{known[2.0]}, and the opposite sign", -0.5: f"{known[0.5]}, and the opposite sign"}
    for n in sorted({n for n in lengths if n > 2}):
        known[n] = f"is n = {n} times autograd's: divide by n"
        known[1 / n] = f"has a factor 1/n too much, n = {n}"
    return next(
        (mistake for value, mistake in known.items() if magnitude(factor - value) < 1e-9 * magnitude(value)), ""
    )


def _term(claim: Claim, output: Value, close: Close) -> str:
    """Whether one use of each input is missing, or alone there."""
    uses = _uses(output, claim.nodes)
    fewest = min((len(parts) for parts in uses), default=0)
    if fewest < 2 or len({len(parts) for parts in uses}) > 1:
        return ""
    for k in reversed(range(fewest)):
        parts = [parts[k][1] for parts in uses]
        place = symbol(uses[0][k][0]) if uses[0][k][0] else f"use {k + 1}"
        if _same([g - part for g, part in zip(claim.gradients, parts, strict=True)], claim.claimed, close):
            start = "forgot to accumulate: it " if fewest == 2 else ""
            return f"{start}misses a term, the one by the use in {place}"
        if _same(parts, claim.claimed, close):
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


def _slope(claim: Claim, output: Value) -> str:
    """Whether every entry lacks the slope of one operation, as σ′(z)."""
    by_op: dict[str, list[Number]] = defaultdict(list)
    for z in topological(output):
        by_op[z.op] += [slope for slope in slopes(z) if slope is not None and magnitude(slope) != 1]
    ratios = [g / claimed for g, claimed in zip(claim.gradients, claim.claimed, strict=True) if claimed]
    for op, local in by_op.items():
        if ratios and all(any(magnitude(ratio - s) <= 1e-9 * magnitude(s) for s in local) for ratio in ratios):
            return f"misses a factor: the slope of {op}"
    return ""
