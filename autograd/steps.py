"""Both passes as a list of records: what a teacher writes on the board, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import overload

from autograd.backward import adjoints
from autograd.graph import topological
from autograd.notation import ATOM
from autograd.text import LONGEST_SUM, Formula, Labels, chain, derivative, equation, figure, slope
from autograd.value import Number, Value, operands, slopes


@dataclass(frozen=True)
class Contribution:
    """One use of a node, and what it hands back: gradient of the use · slope along the edge."""

    use: str  # the name of the node z that uses it
    gradient: Number  # ∂J/∂z
    slope: Number  # ∂z/∂x
    formula: str  # ∂z/∂x as text
    direct: bool  # whether z is the output J itself

    @property
    def product(self) -> Number:
        return self.gradient * self.slope


@dataclass(frozen=True)
class Step:
    """One line of a pass: in the forward pass a node's value, in the backward pass its gradient."""

    phase: str  # "forward" or "backward"
    name: str
    value: Number  # the data, or ∂J/∂node
    unicode: str
    latex: str
    contributions: tuple[Contribution, ...] = ()

    def __str__(self) -> str:
        return self.unicode


class Steps:
    """The records of both passes, in order; printing them prints the passes as maths with numbers."""

    def __init__(self, records: tuple[Step, ...], givens: str) -> None:
        self._records, self._givens = records, givens

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Step]:
        return iter(self._records)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self._records[index]

    def __str__(self) -> str:
        lines = [self._givens] if self._givens else []
        for phase in ("forward", "backward"):
            lines += [f"\n{phase.capitalize()} pass"]
            lines += [f"  {step}" for step in self if step.phase == phase]
        return "\n".join(lines).lstrip("\n")

    def __repr__(self) -> str:
        return f"<{len(self)} steps>\n{self}"

    @property
    def latex(self) -> str:
        """Both passes as LaTeX, aligned at the first equals sign; for use in display mathematics."""
        rows = [step.latex.replace(" = ", " &= ", 1) for step in self]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"


def steps(output: Value, digits: int = 6) -> Steps:
    """The forward pass from the leaves to J, then the backward pass from ∂J/∂J = 1 to the leaves.

    ∂J/∂x = Σ ∂J/∂z · ∂z/∂x over the uses z of x, with the values and slopes recorded in the nodes;
    no `.grad` is read or touched.

    Args:
        output: the node J.
        digits: significant digits of the numbers in the text.

    Returns:
        A sequence of records; a value and a gradient are numbers, dimensionless.

    Raises:
        OperandError: output is not a Value.

    Example:
        >>> a, b, c = Value(5.0, "a"), Value(3.0, "b"), Value(2.0, "c")
        >>> u = (b * c).named("u"); v = (a + u).named("v"); J = (3 * v).named("J")
        >>> print(steps(J))
        a = 5, b = 3, c = 2
        <BLANKLINE>
        Forward pass
          u = b · c = 3 · 2 = 6
          v = a + u = 5 + 6 = 11
          J = 3 · v = 3 · 11 = 33
        <BLANKLINE>
        Backward pass
          ∂J/∂J = 1
          ∂J/∂v = 3
          ∂J/∂u = ∂J/∂v · ∂v/∂u = 3 · 1 = 3
          ∂J/∂a = ∂J/∂v · ∂v/∂a = 3 · 1 = 3
          ∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6
          ∂J/∂c = ∂J/∂u · ∂u/∂c = 3 · 3 = 9
    """
    nodes = topological(output)
    labels = Labels(nodes)
    forward = [
        Step("forward", labels[z], z.data, equation(z, "unicode", labels, digits), equation(z, "latex", labels, digits))
        for z in nodes
        if z.op
    ]
    gradients = adjoints(output, nodes)
    uses = _uses(nodes, gradients)
    reached = [node for node in nodes if id(node) in gradients]
    order = [z for z in reversed(reached) if z.op] + [leaf for leaf in reached if not leaf.op]
    board = _Board(output, labels, gradients, digits)
    backward = [board.step(x, uses[id(x)]) for x in order]
    givens = ", ".join(equation(x, "unicode", labels, digits) for x in nodes if not x.op)
    return Steps((*forward, *backward), givens)


Use = tuple[Value, int]  # a node and the position among its operands


def _uses(nodes: list[Value], gradients: dict[int, Number]) -> dict[int, list[Use]]:
    """For each node the uses that hand a gradient back, the latest first, as the pass goes."""
    uses: dict[int, list[Use]] = {id(node): [] for node in nodes}
    for z in reversed(nodes):
        if id(z) in gradients:
            for i, (x, d) in enumerate(zip(operands(z), slopes(z), strict=True)):
                if d is not None:
                    uses[id(x)].append((z, i))
    return uses


@dataclass(frozen=True)
class _Board:
    """What the lines of a backward pass share."""

    output: Value
    labels: Labels
    gradients: dict[int, Number]
    digits: int

    def step(self, x: Value, uses: list[Use]) -> Step:
        unicode, latex = self.line(x, uses, "unicode"), self.line(x, uses, "latex")
        found = tuple(self.contribution(z, i) for z, i in uses)
        return Step("backward", self.labels[x], self.gradients[id(x)], unicode, latex, found)

    def contribution(self, z: Value, i: int) -> Contribution:
        formula = slope(z, i, self.labels).term[0]
        return Contribution(self.labels[z], self.gradients[id(z)], slopes(z)[i], formula, z is self.output)

    def line(self, x: Value, uses: list[Use], dialect: str) -> str:
        """∂J/∂b = ∂J/∂u · ∂u/∂b = 3 · 2 = 6; a use by J itself contributes its slope alone."""

        def d(y: Value, x: Value) -> Formula:
            return Formula(derivative(self.labels[y], self.labels[x], dialect), ATOM, dialect)

        J, gradients = self.output, self.gradients

        def n(number: Number) -> Formula:
            return Formula(*figure(number, dialect, self.digits), dialect)

        result = n(gradients[id(x)]).term[0]
        if x is J or not uses:
            return chain(d(J, x).term[0], result)
        words = [
            Formula(*slope(z, i, self.labels, dialect).term, dialect) if z is J else d(J, z) * d(z, x) for z, i in uses
        ]
        numbers = [n(slopes(z)[i]) if z is J else n(gradients[id(z)]) * n(slopes(z)[i]) for z, i in uses]
        sums = [reduce(add, terms).term[0] for terms in (words, numbers) if len(terms) <= LONGEST_SUM]
        return chain(d(J, x).term[0], *sums, result)
