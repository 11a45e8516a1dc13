"""Where a gradient comes from: use by use, and as the sum over all paths from the output."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import accumulate, islice

from autograd.core.value import Number, Value
from autograd.language.formula import LONGEST_SUM, about, chain
from autograd.language.numbers import figure
from autograd.passes.line_text import contribution, total
from autograd.passes.spans import Use
from autograd.passes.worksheet import Worksheet

FEW_PATHS = 16  # that are written out; of more, only their number
MOST_USES = 50  # that are written out


@dataclass(frozen=True)
class Contribution:
    """What a node z that is made of x hands back to it, however often it uses x: ∂J/∂z · ∂z/∂x.

    Attributes:
        use, node: the node z, by its name and itself.
        gradient, slope, product: ∂J/∂z, ∂z/∂x at this point, and the one times the other.
        direct: whether z is the output J itself.
        formula: ∂z/∂x as text.
        unicode, latex: all of it as a line, ∂J/∂b += ∂J/∂u · ∂u/∂b = ∂J/∂u · c = 3 · 2 = 6.
        places: the share of ∂z/∂x that each single use has, if there are several: "1st factor: a = 3".
    """

    use: str
    gradient: Number
    slope: Number
    direct: bool
    of: Value = field(repr=False, compare=False)  # the worksheet's copy of x
    edge: Use = field(repr=False, compare=False)
    sheet: Worksheet = field(repr=False, compare=False)

    @property
    def product(self) -> Number:
        return self.gradient * self.slope

    @property
    def node(self) -> Value:
        return self.sheet.original(self.edge[0])

    @property
    def formula(self) -> str:
        return self.sheet.formula(self.edge).term[0]

    @property
    def unicode(self) -> str:
        return contribution(self.sheet, self.of, self.edge, "unicode")

    @property
    def latex(self) -> str:
        return contribution(self.sheet, self.of, self.edge, "latex")

    @property
    def places(self) -> tuple[str, ...]:
        return self.sheet.shares(self.edge)

    def __str__(self) -> str:
        return self.unicode


def contributions(sheet: Worksheet, x: Value) -> Iterator[Contribution]:
    """What each node that uses the worksheet's copy x hands back, the latest first."""
    for z, k in sheet.uses(x):
        d = sheet.slope((z, k))
        yield Contribution(sheet.labels[z], sheet.gradients[id(z)], d, z is sheet.output, x, (z, k), sheet)


@dataclass(frozen=True)
class Path:
    """One way from the output J to a node, edge by edge.

    Attributes:
        names: of the nodes on the way, J first.
        slopes: ∂z/∂x along each edge.
        product: of the slopes: what this way adds to the gradient.
        text: c ← b ← a: ∂c/∂b · ∂b/∂a = 2 · 1 = 2.
    """

    names: tuple[str, ...]
    slopes: tuple[Number, ...]
    product: Number
    text: str = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.text


class Ledger:
    """Every contribution to ∂J/∂x, and every path from J to x, while they are few.

    Attributes:
        name: of the node x.
        gradient: ∂J/∂x; None where no gradient arrives.
        contributions: what each node that is made of x hands back; they add up to the gradient.
        count: how many paths lead from J to x, from node to node; exact, however many.
        paths: all of them, or none if there are more than 16; their products add up to the gradient.
    """

    def __init__(self, sheet: Worksheet, x: Value) -> None:
        self._sheet, self._x = sheet, x
        self.name = sheet.labels[x]
        self.gradient: Number | None = sheet.gradients.get(id(x))

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        return tuple(contributions(self._sheet, self._x))

    @cached_property
    def count(self) -> int:
        """The number of paths is the gradient that there would be if every slope were 1."""
        counts = {id(self._sheet.output): 1}
        for z in reversed(self._sheet.lines):
            n = counts.pop(id(z), 0)
            if z is self._x:
                return n
            for x, slope in self._sheet.spans.links(z) if n else ():
                if slope is not None:
                    counts[id(x)] = counts.get(id(x), 0) + n
        return 0

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        return tuple(map(self._path, self._ways())) if self.count <= FEW_PATHS else ()

    def _ways(self) -> Iterator[list[tuple[Use, Value]]]:
        """Each way as its edges, going no further than where x can still be reached."""
        sheet, leads = self._sheet, {id(self._x)}
        for z in sheet.lines:
            if any(id(x) in leads for x, _ in sheet.spans.links(z)):
                leads |= {id(z)}

        def onward(z: Value) -> Iterator[tuple[Use, Value]]:
            for k, (x, slope) in enumerate(sheet.spans.links(z)):
                if slope is not None and id(x) in leads:
                    yield (z, k), x

        if self._x is sheet.output:
            yield []
            return
        way: list[tuple[Use, Value]] = []
        stack = [onward(sheet.output)]
        while stack:
            if (edge := next(stack[-1], None)) is None:
                stack.pop()
                del way[-1:]
                continue
            way.append(edge)
            if edge[1] is self._x:
                yield way[:]
                way.pop()
            else:
                stack.append(onward(edge[1]))

    def _path(self, way: list[tuple[Use, Value]]) -> Path:
        sheet = self._sheet
        nodes = [sheet.output, *(x for _, x in way)]
        slopes = [sheet.slope(use) for use, _ in way]
        product = reduce(operator.mul, slopes, 1)
        shown, sides = [sheet.symbol(z) for z in nodes], []
        if len(way) > LONGEST_SUM:
            shown[3:-3] = [f"… ({len(way)} edges) …"]
        elif way:
            words = [sheet.derivative(z, x) for (z, _), x in way], map(sheet.number, slopes)
            sides = [reduce(operator.mul, factors).term[0] for factors in words]
        text = f"{' ← '.join(shown)}: {chain(*sides, sheet.number(product).term[0])}"
        return Path(tuple(sheet.labels[z] for z in nodes), tuple(slopes), product, text)

    def __str__(self) -> str:
        sheet, x = self._sheet, self._x
        ends = f"{sheet.symbol(sheet.output)} to {sheet.symbol(x)}"
        name = sheet.derivative(sheet.output, x, "unicode").term[0]
        if self.gradient is None:
            return f"{name}: no path leads from {ends}, so {sheet.symbol(sheet.output)} does not change with it."
        lines = [*filter(None, [sheet.note()]), chain(name, sheet.number(self.gradient).term[0])]
        parts = list(islice(contributions(sheet, x), MOST_USES + 1))
        sums = accumulate(part.product for part in parts)
        for i, (part, sofar) in enumerate(zip(parts[:MOST_USES], sums, strict=False)):
            lines.append(f"  {part}" + (f"; so far {about(sheet.number(sofar).term[0])}" if i else ""))
            lines += [f"    {place}" for place in part.places]
        if len(parts) > MOST_USES:
            lines.append(f"  … ({len(sheet.uses(x))} contributions in all)")
        paths = "1 path" if self.count == 1 else f"{figure(self.count, digits=15)[0]} paths"
        lines.append(f"{paths} from {ends}{'' if self.paths else ', too many to write out'}")
        lines += [f"  {path}" for path in self.paths]
        if len(self.paths) > 1:
            terms = total([sheet.number(path.product) for path in self.paths])
            lines.append(f"  sum: {chain(terms, sheet.number(self.gradient).term[0])}")
        return "\n".join(lines)

    __repr__ = __str__
