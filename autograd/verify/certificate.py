"""A certificate: each gradient of a graph, calculated in four ways that know nothing of each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.graph import leaves, refuse_frozen, topological
from autograd.core.value import Number, Value, magnitude
from autograd.errors import LengthError, MissingExtra, OperandError
from autograd.language.names import Labels, derivative
from autograd.language.numbers import figure
from autograd.language.symbolic import require_sympy, symbols, to_sympy
from autograd.verify.closed_form import ClosedForm, closed_form
from autograd.verify.complex_step import complex_step
from autograd.verify.finite_differences import Quotient, quotient
from autograd.verify.recording import replayed
from autograd.verify.report import Outcome, aligned, close, in_full, in_ulps, ulps, within

DIGITS = 40  # of the closed form's number
LONGEST = 60  # characters of a formula in a table of text


@dataclass(frozen=True)
class Proof:
    """One leaf's gradient in each way; None where a way cannot go."""

    name: str
    latex_name: str
    autograd: Number
    formula: ClosedForm | None
    closed: Number | None  # the closed form's number, rounded from 40 digits; exact for exact data
    central: Quotient
    complex: float | None
    ok: bool
    verdict: str

    @property
    def difference(self) -> Number | None:
        """autograd − closed form; exactly 0 where both are exact."""
        return None if self.closed is None else self.autograd - self.closed

    @property
    def ulps(self) -> float:
        """How far autograd is from the best other number, in ulps; 0 for a right choice at a kink."""
        if self.central.sides and self.ok:
            return 0.0
        best = next(x for x in (self.closed, self.complex, self.central.value) if x is not None)
        return ulps(self.autograd, best)


@dataclass(frozen=True, repr=False)
class Certificate(Outcome):
    """Every leaf's proof; prints as text, `.markdown`, `.latex`, and shows itself in Jupyter."""

    name: str
    value: Number
    rows: tuple[Proof, ...]
    note: str = ""

    counted = "gradients"

    def __str__(self) -> str:
        return "\n".join([self._title, "", *aligned([HEADINGS, *map(_cells, self.rows)]), "", *self._ending])

    @property
    def _title(self) -> str:
        return f"Certificate of {self.name} = {figure(self.value)[0]}"

    @property
    def _ending(self) -> list[str]:
        return [self.summary, *([self.note] if self.note else [])]

    @property
    def markdown(self) -> str:
        """A Markdown table, formulas as LaTeX between dollars."""
        rows = [HEADINGS, ("---",) * len(HEADINGS)]
        for row in self.rows:
            formula = f"${row.formula.latex}$" if row.formula else "–"
            rows.append((f"${row.latex_name}$", _cells(row)[1], formula, *_cells(row)[3:]))
        table = ["| " + " | ".join(cell.replace("|", r"\vert ") for cell in cells) + " |" for cells in rows]
        return "\n".join([f"**{self._title}**", "", *table, "", *self._ending])

    @property
    def latex(self) -> str:
        """A `tabular` with the numbers in mathematics."""
        lines = [" & ".join(HEADINGS) + r" \\ \hline"]
        for row in self.rows:
            numbers = [_number(x, "latex") for x in (row.closed, row.central.value, row.complex)]
            formula = f"${row.formula.latex}$" if row.formula else "--"
            off = figure(row.ulps, "latex", 2)[0] if row.ulps else "0"
            verdict = row.verdict.replace("∞", r"$\infty$").replace("−", "$-$")
            cells = [f"${row.latex_name}$", _number(row.autograd, "latex"), formula, *numbers, f"${off}$", verdict]
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([r"\begin{tabular}{lrlrrrrl}", *lines, r"\end{tabular}"])

    def _repr_markdown_(self) -> str:
        return self.markdown


HEADINGS = (
    *("gradient", "autograd", "closed form", "its number"),
    *("central difference", "complex step", "ulps", "verdict"),
)


def _cells(row: Proof) -> tuple[str, ...]:
    formula = row.formula.unicode if row.formula else "–"
    if len(formula) > LONGEST:
        formula = formula[: LONGEST - 1] + "…"
    closed, tilted = (in_full(x) if x is not None else "–" for x in (row.closed, row.complex))
    central = _number(row.central.value)
    return row.name, in_full(row.autograd), formula, closed, central, tilted, in_ulps(row.ulps), row.verdict


def _number(x: Number | None, dialect: str = "unicode") -> str:
    if x is None:
        return "--" if dialect == "latex" else "–"
    text = figure(x, dialect, 10)[0]
    return f"${text}$" if dialect == "latex" else text


def certificate(output: Value, wrt: Iterable[Value] | None = None, rtol: float = 1e-6) -> Certificate:
    """Every gradient ∂J/∂x by the chain rule, by SymPy, by a central difference and by a complex step.

    Args:
        output: the result J.
        wrt: the leaves to certify; default: all of J's. A node inside is not a leaf: name what it is made of.
        rtol: what the central difference may be off, relative to the gradient. The closed form and
            the complex step must agree to 1e-9 of it, or exactly where numbers are fractions.

    Returns:
        A `Certificate`, also where ways disagree: `.ok` says so. A way that cannot go (SymPy is not
        installed, a formula too long, a row that compares numbers) is left out and shown as –.

    Raises:
        OperandError: output is not a Value, or one of wrt is not a leaf.
        FrozenChoiceError: Python would choose another branch by the graph's numbers now.

    Example:
        >>> x = Value(0.5, "x")
        >>> proof = certificate(x.tanh().named("y"))
        >>> proof.rows[0].formula, proof.ok
        (<∂y/∂x = 1 − tanh(x)²>, True)
    """
    nodes = topological(output)
    refuse_frozen(nodes)
    labels = Labels(nodes)
    inputs = leaves(output) if wrt is None else list(wrt)
    for x in inputs:
        if not isinstance(x, Value) or x.op:
            raise OperandError(f"A certificate is by leaves, got {x!r}. Give Values that no operation made.")
    note = ""
    try:
        require_sympy()
    except MissingExtra as missing:
        note = str(missing)
    gradients = zip(inputs, grad(output, inputs), strict=True)
    rows = tuple(_prove(output, nodes, labels, x, g, rtol, symbolic=not note) for x, g in gradients)
    return Certificate(labels.term(output)[0], output.data, rows, note)


def _prove(
    output: Value, nodes: Sequence[Value], labels: Labels, x: Value, g: Number, rtol: float, symbolic: bool
) -> Proof:
    closed = _closed(output, x, labels) if symbolic else Closed()
    point = {id(z): z.data for z in nodes if not z.op}
    central = quotient(lambda number: replayed(nodes, point | {id(x): number}), x.data)
    tilted = None if isinstance(g, Fraction) else complex_step(nodes, x)
    margin = 2.0**-52 * magnitude(output.data) if isinstance(output.data, float) else 0.0  # what rounding in J may do
    ok, verdict = judge(g, closed, central, tilted, rtol, margin)
    y, name = labels[output], labels[x] if any(x is z for z in nodes) else x.name or "x"
    names = derivative(y, name), derivative(y, name, "latex")
    return Proof(*names, g, closed.formula, closed.number, central, tilted, ok, verdict)


@dataclass(frozen=True)
class Closed:
    """What SymPy says of one gradient."""

    formula: ClosedForm | None = None
    number: Number | None = None
    lost: bool = False  # J in floats has lost so many digits that no difference of its values can tell


def _closed(output: Value, x: Value, labels: Labels) -> Closed:
    """The formula, and its number: SymPy's own derivative of the textbook's formula in 40 digits."""
    inputs = leaves(output)
    if not all(isinstance(z.data, int | Fraction) or math.isfinite(z.data) for z in inputs):
        return Closed()
    try:
        formula, whole = closed_form(output, wrt=x), to_sympy(output)
    except (LengthError, OperandError):  # too long, or beyond SymPy
        return Closed()
    letters = symbols(inputs, labels)
    point = {letters[id(z)]: _in_sympy(z.data) for z in inputs}
    by = letters.get(id(x), require_sympy().Dummy())  # a leaf that the output does not have
    try:  # nothing but SymPy runs here
        slope, value = (e.subs(point, simultaneous=True).doit() for e in (whole.diff(by), whole))
    except (TypeError, NotImplementedError, RecursionError):  # it does not compare complex numbers, for one
        return Closed()
    if slope.is_Rational and all(isinstance(z.data, int | Fraction) for z in inputs):
        return Closed(formula, Fraction(int(slope.p), int(slope.q)))
    number, size = _real(slope), _real(value)
    if number is None or size is None:
        return Closed()
    return Closed(formula, number, magnitude(size - output.data) > 1e-9 * magnitude(size))


def _real(expression: Any) -> float | None:
    """The float nearest to an expression without letters; None if it is complex or has no value."""
    number = expression.evalf(DIGITS)
    return float(number) if number.is_Number else None


def _in_sympy(x: Number) -> Any:
    """The number with all the digits that its float stands for."""
    exact = Fraction(x)
    return require_sympy().Rational(exact.numerator, exact.denominator)


def judge(
    g: Number, closed: Closed, central: Quotient, tilted: float | None, rtol: float, margin: float
) -> tuple[bool, str]:
    """Whether the ways agree; at a kink, whether autograd's choice lies between the sides."""
    number = closed.number
    if closed.lost and number is not None and magnitude(number - g) <= 1e-9 * magnitude(number):
        return True, "agrees with the closed form; rounding in the output spoils the others"
    if g != g:
        return False, "DISAGREES: autograd is nan"
    if number is None and tilted is None and central.value != central.value:
        return False, "undecided: no other way finds a number here"
    off = central.distance(g)
    far = off == off and not within(
        off, rtol * max(magnitude(g), magnitude(central.value)) + 2 * central.error + margin
    )
    if central.sides:
        left, right = (figure(side, digits=4)[0] for side in central.sides)
        return not far, f"{'DISAGREES' if far else 'agrees'}: a kink, slopes {left} and {right}"
    exact = isinstance(g, Fraction | int) and isinstance(number, Fraction)
    wrong = ["the central difference"] * far
    wrong += ["the closed form"] * (g != number if exact else not _near(number, g, margin))
    wrong += ["the complex step"] * (not _near(tilted, g, margin))
    if wrong:
        return False, f"DISAGREES with {' and '.join(wrong)}"
    return True, "exact" if exact else "agrees"


def _near(x: Number | None, g: Number, margin: float) -> bool:
    """Whether another way's number is autograd's, or there is none."""
    return x is None or x != x or close(x, g, 1e-9, margin)
