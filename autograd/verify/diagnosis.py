"""What a wrong closed form likely got wrong: sign, factor, transposed, a use that was not added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.core.derivatives import adjoints
from autograd.core.graph import topological
from autograd.core.value import Number, Value, magnitude, operands, slopes
from autograd.language.names import Labels, symbol
from autograd.language.numbers import figure

Close = Callable[[Number, Number], bool]


def hint(
    autograd: Sequence[Number],
    given: Sequence[Number],
    shape: tuple[int, ...],
    transposed: bool,
    output: Value,
    nodes: Sequence[Value],
    close: Close,
    lengths: Iterable[int],
) -> str:
    """What is wrong with the entries of one input's gradient, or "" if nothing fits."""

    def same(xs: Iterable[Number], ys: Iterable[Number]) -> bool:
        return all(close(x, y) for x, y in zip(xs, ys, strict=True))

    if any(x != x for x in given):
        return "is nan"
    if transposed:
        return "is transposed" if same(autograd, given) else f"has the shape of the transposed input, {shape[::-1]}"
    if len(shape) == 2 and shape[0] == shape[1]:
        turned = [given[j * shape[0] + i] for i in range(shape[0]) for j in range(shape[0])]
        if same(autograd, turned):
            return "is transposed"
    factor = _factor(autograd, given, same)
    return (
        _term(output, nodes, given, autograd, same)
        or (_named_factor(factor, lengths) if factor else "")
        or _slope(output, autograd, given)
        or (f"is {figure(float(factor))[0]} times autograd's" if factor else "" if any(given) else "is 0")
    )


def _factor(autograd: Sequence[Number], given: Sequence[Number], same: Any) -> Number:
    """The one factor between all entries; 0 if there is none."""
    largest = max(range(len(autograd)), key=lambda i: magnitude(autograd[i]))
    if not autograd[largest]:
        return 0
    factor = given[largest] / autograd[largest]
    return factor if same([factor * x for x in autograd], given) else 0


def _named_factor(factor: Number, lengths: Iterable[int]) -> str:
    """A factor that has a usual cause."""
    known = {-1.0: "has the opposite sign", 2.0: "has a factor 2 too much", 0.5: "lacks a factor 2"}
    known |= {-2.0: f"{known[2.0]}, and the opposite sign", -0.5: f"{known[0.5]}, and the opposite sign"}
    for n in sorted(set(lengths) - {1, 2}):
        known[n] = f"is n = {n} times autograd's: divide by n"
        known[1 / n] = f"has a factor 1/n too much, n = {n}"
    return next((words for value, words in known.items() if abs(factor - value) < 1e-9 * abs(value)), "")


def _term(output: Value, nodes: Sequence[Value], given: Sequence[Number], autograd: Sequence[Number], same: Any) -> str:
    """Whether one use of each input is missing, or alone there."""
    uses = _uses(output, nodes)
    fewest = min((len(parts) for parts in uses), default=0)
    if fewest < 2 or len({len(parts) for parts in uses}) > 1:
        return ""
    for k in reversed(range(fewest)):
        parts = [each[k][1] for each in uses]
        place = f"{symbol(uses[0][k][0])}" if uses[0][k][0] else f"use {k + 1}"
        others = [a - part for a, part in zip(autograd, parts, strict=True)]
        if same(others, given):
            start = "forgot to accumulate: it " if fewest == 2 else ""
            return f"{start}misses a term, the one by the use in {place}"
        if same(parts, given):
            return f"counts one of {fewest} uses only ({place}): it forgot to accumulate"
    return ""


def _uses(output: Value, nodes: Sequence[Value]) -> list[list[tuple[str, Number]]]:
    """For each node its contributions, in the order of its uses, with the name of what uses it."""
    graph = topological(output)
    labels, gradients = Labels(graph), adjoints(output, graph)
    wanted, found = {id(x) for x in nodes}, defaultdict(list)
    for z in graph:
        for x, slope in zip(operands(z), slopes(z), strict=True):
            if slope is not None and id(x) in wanted and id(z) in gradients:
                formula = labels.formula(z)[0]
                place = f"{symbol(z.name)} = {formula}" if z.name else formula
                found[id(x)].append((place if len(place) < 60 else "", gradients[id(z)] * slope))
    return [found[id(x)] for x in nodes]


def _slope(output: Value, autograd: Sequence[Number], given: Sequence[Number]) -> str:
    """Whether every entry lacks the slope of one operation, as σ′(z)."""
    by_op: dict[str, list[Number]] = defaultdict(list)
    for z in topological(output):
        by_op[z.op] += [slope for slope in slopes(z) if slope is not None and abs(slope) != 1]
    ratios = [a / g for a, g in zip(autograd, given, strict=True) if g]
    for op, found in by_op.items():
        if ratios and all(any(magnitude(r - s) <= 1e-9 * magnitude(s) for s in found) for r in ratios):
            return f"misses a factor: the slope of {op}"
    return ""
