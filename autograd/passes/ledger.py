"""Where a gradient comes from: use by use, and as the sum over all paths from the output."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import accumulate, islice

from autograd.core.value import Number, Value
from autograd.language.formula import LONGEST_SUM, chain
from autograd.language.numbers import figure
from autograd.passes.worksheet import Board, Use, total

FEW_PATHS = 16  # that are written out; of more, only their number
MOST_USES = 50  # that are written out


@dataclass(frozen=True)
class Contribution:
    """One use of a node x, and what it hands back: gradient of the use · slope along the edge.

    Attributes:
        use, node: the node z that uses x, by its name and itself.
        gradient, slope, product: ∂J/∂z, ∂z/∂x at this point, and the one times the other.
        direct: whether z is the output J itself.
        formula: ∂z/∂x as text.
        unicode, latex: all of it as a line, ∂J/∂b += ∂J/∂u · ∂u/∂b = 3 · c = 3 · 2 = 6.
    """

    use: str
    gradient: Number
    slope: Number
    direct: bool
    of: Value = field(repr=False, compare=False)  # the board's copy of x
    edge: Use = field(repr=False, compare=False)
    board: Board = field(repr=False, compare=False)

    @property
    def product(self) -> Number:
        return self.gradient * self.slope

    @property
    def node(self) -> Value:
        return self.board.original(self.edge[0])

    @property
    def formula(self) -> str:
        return self.board.formula(self.edge, "unicode").term[0]

    @property
    def unicode(self) -> str:
        return self.board.contribution(self.of, self.edge, "unicode")

    @property
    def latex(self) -> str:
        return self.board.contribution(self.of, self.edge, "latex")

    def __str__(self) -> str:
        return self.unicode


def contributions(board: Board, x: Value) -> Iterator[Contribution]:
    """What each use of the board's copy x hands back, the latest use first."""
    for z, k in board.uses(x):
        d = board.slope((z, k))
        yield Contribution(board.labels[z], board.gradients[id(z)], d, z is board.output, x, (z, k), board)


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
        contributions: what each use hands back; they add up to the gradient.
        count: how many paths lead from J to x, parallel edges told apart; exact, however many.
        paths: all of them, or none if there are more than 16; their products add up to the gradient.
    """

    def __init__(self, board: Board, x: Value) -> None:
        self._board, self._x = board, x
        self.name = board.labels[x]
        self.gradient: Number | None = board.gradients.get(id(x))

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        return tuple(contributions(self._board, self._x))

    @cached_property
    def count(self) -> int:
        """The number of paths is the gradient that there would be if every slope were 1."""
        found = {id(self._board.output): 1}
        for z in reversed(self._board.lines):
            n = found.pop(id(z), 0)
            if z is self._x:
                return n
            for x, d in self._board.edges(z) if n else ():
                if d is not None:
                    found[id(x)] = found.get(id(x), 0) + n
        return 0

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        return tuple(map(self._path, self._ways())) if self.count <= FEW_PATHS else ()

    def _ways(self) -> Iterator[list[tuple[Use, Value]]]:
        """Each way as its edges, going no further than where x can still be reached."""
        board, leads = self._board, {id(self._x)}
        for z in board.lines:
            if any(id(x) in leads for x, _ in board.edges(z)):
                leads |= {id(z)}

        def onward(z: Value) -> Iterator[tuple[Use, Value]]:
            for k, (x, d) in enumerate(board.edges(z)):
                if d is not None and id(x) in leads:
                    yield (z, k), x

        if self._x is board.output:
            yield []
            return
        way: list[tuple[Use, Value]] = []
        stack = [onward(board.output)]
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
        board = self._board
        nodes = [board.output, *(x for _, x in way)]
        slopes = [board.slope(use) for use, _ in way]
        product = reduce(operator.mul, slopes, 1)
        shown, sides = [board.symbol(z) for z in nodes], []
        if len(way) > LONGEST_SUM:
            shown[3:-3] = [f"… ({len(way)} edges) …"]
        elif way:
            words = [board.derivative(z, x) for (z, _), x in way], map(board.number, slopes)
            sides = [reduce(operator.mul, factors).term[0] for factors in words]
        text = f"{' ← '.join(shown)}: {chain(*sides, board.number(product).term[0])}"
        return Path(tuple(board.labels[z] for z in nodes), tuple(slopes), product, text)

    def __str__(self) -> str:
        board, x = self._board, self._x
        ends = f"{board.symbol(board.output)} to {board.symbol(x)}"
        name = board.derivative(board.output, x, "unicode").term[0]
        if self.gradient is None:
            return f"{name}: no path leads from {ends}, so {board.symbol(board.output)} does not change with it."
        lines = [chain(name, board.number(self.gradient).term[0])]
        parts = list(islice(contributions(board, x), MOST_USES + 1))
        sums = accumulate(part.product for part in parts)
        for i, (part, sofar) in enumerate(zip(parts[:MOST_USES], sums, strict=False)):
            lines.append(f"  {part}" + (f"; so far {board.number(sofar).term[0]}" if i else ""))
        if len(parts) > MOST_USES:
            lines.append(f"  … ({len(board.uses(x))} contributions in all)")
        paths = "1 path" if self.count == 1 else f"{figure(self.count, digits=15)[0]} paths"
        lines.append(f"{paths} from {ends}{'' if self.paths else ', too many to write out'}")
        lines += [f"  {path}" for path in self.paths]
        if len(self.paths) > 1:
            terms = total([board.number(path.product) for path in self.paths])
            lines.append(f"  sum: {chain(terms, board.number(self.gradient).term[0])}")
        return "\n".join(lines)

    __repr__ = __str__
