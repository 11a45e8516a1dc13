"""A certificate: each gradient of a graph, found in four ways that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.graph import leaves, topological
from autograd.core.value import Number, Value, magnitude
from autograd.errors import ChalkgradError, MissingExtra, OperandError
from autograd.language.names import Labels, derivative
from autograd.language.numbers import figure
from autograd.language.symbolic import require_sympy, symbols, to_sympy
from autograd.verify.closed_form import ClosedForm, closed_form
from autograd.verify.finite_differences import Quotient, complex_step, quotient, replayed
from autograd.verify.gradcheck import aligned, in_ulps, shown, ulps

DIGITS = 40  # of the closed form's number


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


@dataclass(frozen=True)
class Certificate:
    """Every leaf's proof; prints as text, `.markdown`, `.latex`, and shows itself in Jupyter."""

    name: str
    value: Number
    rows: tuple[Proof, ...]
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether all ways agree on all gradients."""
        return all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        return "\n".join([self._title, "", *aligned([HEADINGS, *map(_cells, self.rows)]), "", *self._ending])

    @property
    def _title(self) -> str:
        return f"Certificate of {self.name} = {figure(self.value)[0]}"

    @property
    def _ending(self) -> list[str]:
        right = sum(row.ok for row in self.rows)
        verdict = f"{right} of {len(self.rows)} gradients agree."
        return [verdict, *([self.note] if self.note else [])]

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
    "gradient",
    "autograd",
    "closed form",
    "its number",
    "central difference",
    "complex step",
    "ulps",
    "verdict",
)


def _cells(row: Proof) -> tuple[str, ...]:
    formula = row.formula.unicode if row.formula else "–"
    formula = formula if len(formula) <= 60 else formula[:59] + "…"
    numbers = [shown(x) if x is not None else "–" for x in (row.closed, row.complex)]
    central = _number(row.central.value)
    return row.name, shown(row.autograd), formula, numbers[0], central, numbers[1], in_ulps(row.ulps), row.verdict


def _number(x: Number | None, dialect: str = "unicode") -> str:
    if x is None:
        return "--" if dialect == "latex" else "–"
    if isinstance(x, Fraction) and x.denominator > 10**12:
        x = float(x)
    text = figure(x, dialect, 10)[0]
    return f"${text}$" if dialect == "latex" else text


def certificate(output: Value, wrt: Iterable[Value] | None = None, rtol: float = 1e-6) -> Certificate:
    """Every gradient ∂J/∂x by the chain rule, by SymPy, by a central difference and by a complex step.

    Args:
        output: the result J.
        wrt: the leaves to certify; default: all of J's. A node inside is none: name what it is made of.
        rtol: what the central difference may be off, relative to the gradient. The closed form and
            the complex step must agree to 1e-9 of it, or exactly where numbers are fractions.

    Returns:
        A `Certificate`, also where ways disagree: `.ok` says so. A way that cannot go (SymPy is not
        installed, a formula too long, words that compare) is left out and shown as –.

    Raises:
        OperandError: output is not a Value, or one of wrt is no leaf.

    Example:
        >>> x = Value(0.5, "x")
        >>> proof = certificate(x.tanh().named("y"))
        >>> proof.rows[0].formula, proof.ok
        (<∂y/∂x = 1 − tanh(x)²>, True)
    """
    nodes = topological(output)
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
    rows = tuple(
        _prove(output, nodes, labels, x, g, rtol, not note) for x, g in zip(inputs, grad(output, inputs), strict=True)
    )
    return Certificate(labels.term(output)[0], output.data, rows, note)


def _prove(
    output: Value, nodes: Sequence[Value], labels: Labels, x: Value, g: Number, rtol: float, symbolic: bool
) -> Proof:
    formula, closed, lost = _closed(output, x, labels) if symbolic else (None, None, False)
    central = quotient(lambda number: _at(nodes, x, number), x.data)
    tilted = None if isinstance(g, Fraction) else complex_step(nodes, x)
    ok, verdict = _verdict(g, closed, central, tilted, rtol, abs(float(output.data)))
    if lost and closed is not None and magnitude(closed - g) <= 1e-9 * magnitude(closed):
        ok, verdict = True, "agrees with the closed form; rounding in the output spoils the others"
    y, name = labels[output], labels[x] if any(x is z for z in nodes) else x.name or "x"
    return Proof(derivative(y, name), derivative(y, name, "latex"), g, formula, closed, central, tilted, ok, verdict)


def _at(nodes: Sequence[Value], x: Value, number: Number) -> Number:
    found = {id(z): z.data for z in nodes if not z.op} | {id(x): number}
    output: Number = replayed(nodes, found)
    return output


def _closed(output: Value, x: Value, labels: Labels) -> tuple[ClosedForm | None, Number | None, bool]:
    """The formula, and its number: SymPy's own derivative of the textbook's formula in 40 digits.

    And whether J in floats lost so many digits that no difference of its values can tell.
    """
    sympy = require_sympy()
    try:
        formula = closed_form(output, wrt=x)
        inputs = leaves(output)
        letters = symbols(inputs, labels)
        point = {letters[id(z)]: _in_sympy(z.data) for z in inputs}
        by = letters.get(id(x), sympy.Dummy())  # a leaf that the output does not have
        whole = to_sympy(output)
        slope = whole.diff(by).subs(point, simultaneous=True).doit()
        if slope.is_Rational and all(isinstance(z.data, int | Fraction) for z in inputs):
            return formula, Fraction(int(slope.p), int(slope.q)), False
        value = float(whole.subs(point, simultaneous=True).doit().evalf(DIGITS))
        lost = abs(value - output.data) > 1e-9 * abs(value)
        return formula, float(slope.evalf(DIGITS)), lost
    except (
        ChalkgradError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        NotImplementedError,
        RecursionError,
    ):
        return None, None, False  # SymPy gives up on some choices


def _in_sympy(x: Number) -> Any:
    """The number with all the digits that its float stands for."""
    exact = Fraction(x)
    return require_sympy().Rational(exact.numerator, exact.denominator)


def _verdict(
    g: Number, closed: Number | None, central: Quotient, tilted: float | None, rtol: float, size: float
) -> tuple[bool, str]:
    """Whether the ways agree; at a kink, whether autograd's choice lies between the sides."""
    margin = 2.0**-52 * size  # what rounding in J itself may do

    def near(x: Number, off: float) -> bool:
        return bool(x == g or magnitude(x - g) <= off * max(magnitude(x), magnitude(g)) + margin)

    exact = isinstance(g, Fraction | int) and isinstance(closed, Fraction)
    wrong = []
    if g != g:
        return False, "DISAGREES: autograd is nan"
    if closed is None and tilted is None and central.value != central.value:
        return False, "undecided: no other way finds a number here"
    if central.distance(g) > rtol * max(magnitude(g), magnitude(central.value)) + 2 * central.error + margin:
        wrong.append("the central difference")
    if central.sides:
        left, right = (figure(side, digits=4)[0] for side in central.sides)
        return not wrong, f"{'DISAGREES' if wrong else 'agrees'}: a kink, slopes {left} and {right}"
    if closed is not None and closed == closed and not (g == closed if exact else near(closed, 1e-9)):
        wrong.append("the closed form")
    if tilted is not None and not near(tilted, 1e-9):
        wrong.append("the complex step")
    return not wrong, f"DISAGREES with {' and '.join(wrong)}" if wrong else "exact" if exact else "agrees"
