"""A certificate: each gradient of a graph, calculated in four ways that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial

from autograd.core.derivatives import grad
from autograd.core.graph import leaves, topological
from autograd.core.value import Number, Value, magnitude
from autograd.errors import MissingExtra, OperandError
from autograd.language.names import Labels, derivative
from autograd.language.numbers import figure
from autograd.verify.closed_form import ClosedForm, closed_forms
from autograd.verify.complex_step import complex_step
from autograd.verify.finite_differences import Quotient, quotient
from autograd.verify.precise import precise_gradients
from autograd.verify.replay import replayed
from autograd.verify.report import Outcome, aligned, close, in_full, in_ulps, tolerance, ulps, within
from autograd.verify.rounding import Rounding, noise, roundings
from autograd.verify.shortening import prepare

CENTRAL = 1e-6  # what a central difference may be off, relative to the gradient, beside its own error
LONGEST = 60  # characters of a formula in a table of text
BLIND = "cannot tell"
MANY = 8  # nodes from which on a formula is likely to be searched for a shorter one


@dataclass(frozen=True)
class Closed:
    """What SymPy says of one gradient: the formula, and its number, rounded once from many digits; exact of exact data."""

    formula: ClosedForm | None = None
    number: Number | None = None
    too_long: bool = False

    @property
    def is_too_long(self) -> bool:
        """Whether the formula is not worth to be shown."""
        form = self.formula
        return self.too_long or bool(form and not form.simplified and len(form.unicode) > LONGEST)

    def __str__(self) -> str:
        if self.is_too_long:
            return "too long to simplify"
        text = self.formula.unicode if self.formula else "–"
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


@dataclass(frozen=True)
class Proof:
    """One leaf's gradient in each way; None where a way cannot go."""

    name: str
    latex_name: str
    autograd: Number
    form: Closed
    central: Quotient
    complex: float | None
    rounding: Rounding
    rtol: float = 1e-9

    @property
    def formula(self) -> ClosedForm | None:
        """The closed form, if SymPy can write it."""
        return self.form.formula

    @property
    def closed(self) -> Number | None:
        """The closed form's number."""
        return self.form.number

    @property
    def difference(self) -> Number | None:
        """autograd − closed form; exactly 0 where both are exact."""
        return None if self.closed is None else self.autograd - self.closed

    @property
    def is_exact(self) -> bool:
        """Whether fractions are compared with fractions."""
        return isinstance(self.autograd, Fraction | int) and isinstance(self.closed, Fraction)

    @property
    def tolerance(self) -> Number:
        """What autograd's number may be off, in its unit; 0 where it is exact."""
        best = self.autograd if self._best is None else self._best
        return 0 if self.is_exact else tolerance(self.autograd, best, self.rtol, self.rounding.margin)

    @property
    def ulps(self) -> float:
        """How far autograd is from the best other number, in ulps; 0 for a right choice at a kink."""
        best = self.central.value if self._best is None else self._best
        return 0.0 if self._best is None and self.central.sides and self.ok else ulps(self.autograd, best)

    @property
    def ok(self) -> bool:
        """Whether the ways agree."""
        return self._judgement[0]

    @property
    def verdict(self) -> str:
        """Whether they do, and which does not; what is special about the point."""
        return self._judgement[1]

    @property
    def central_tells(self) -> bool:
        """Whether the central difference is good enough to be compared, or contradicts what is better."""
        q = self.central
        size = max(magnitude(q.value), magnitude(self.autograd))
        blind = q.jump or q.value != q.value
        blind = blind or (100 * q.error > size and q.error > max(self.rounding.margin, 1e-9 * q.unit))
        return not blind and (self._best is None or not self.ok or self._fits_central)

    @property
    def complex_tells(self) -> bool:
        """Whether the complex step did not lose its digits to rounding."""
        x = self.complex
        if x is None or self.closed is None or not self.ok:
            return x is not None
        return self._fits(x) and not (self.rounding.spoils and not close(self.autograd, x, self.rtol, 0.0))

    @property
    def _best(self) -> Number | None:
        return self.complex if self.closed is None else self.closed

    def _fits(self, number: Number) -> bool:
        return self.autograd == number if self.is_exact else close(
            self.autograd, number, self.rtol, self.rounding.margin
        )

    @property
    def _fits_central(self) -> bool:
        q, g = self.central, self.autograd
        return within(q.distance(g), tolerance(g, q.value, CENTRAL, self.rounding.margin) + 2 * q.error)

    @cached_property
    def _judgement(self) -> tuple[bool, str]:
        g, q = self.autograd, self.central
        if g != g:
            return False, "DISAGREES: autograd is nan"
        place = ""
        if q.sides and not q.jump:
            left, right = (figure(side, digits=4)[0] for side in q.sides)
            place = f": a kink, slopes {left} and {right}"
        place = ": a jump, where the slope is a convention" if q.jump else place
        if self._best is None:
            return self._by_central(place)
        if self._fits(self._best):
            if self.rounding.spoils and not close(g, self._best, self.rtol, 0.0):
                return False, "cannot tell: rounding leaves no digit"
            return True, "exact" if self.is_exact and not place else f"agrees{place}"
        ways = {"closed form": self.closed, "complex step": self.complex}
        wrong = [f"the {way}" for way, number in ways.items() if number is not None and not self._fits(number)]
        return False, f"DISAGREES with {' and '.join(wrong)}{place}"

    def _by_central(self, place: str) -> tuple[bool, str]:
        """The judgement of the central difference, where there is no other."""
        if not self.central_tells:
            return False, "cannot tell: no other way finds a number here"
        return self._fits_central, ("agrees" if self._fits_central else "DISAGREES with the central difference") + place


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
            _, autograd, formula, *rest = _cells(row)
            rows.append((f"${row.latex_name}$", autograd, _in_dollars(row.form) or formula, *rest))
        table = ["| " + " | ".join(cell.replace("|", r"\vert ") for cell in cells) + " |" for cells in rows]
        return "\n".join([f"**{self._title}**", "", *table, "", *self._ending])

    @property
    def latex(self) -> str:
        """A `tabular` with the numbers in mathematics."""
        lines = [" & ".join(HEADINGS) + r" \\ \hline"]
        for row in self.rows:
            form = _in_dollars(row.form) or str(row.form).replace("–", "--")
            verdict = row.verdict.replace("∞", r"$\infty$").replace("−", "$-$")
            cells = [f"${row.latex_name}$", _number(row.autograd, "latex"), form, *_others(row, "latex"), verdict]
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([r"\begin{tabular}{lrlrrrrrl}", *lines, r"\end{tabular}"])

    def _repr_markdown_(self) -> str:
        return self.markdown


HEADINGS = (
    *("gradient", "autograd", "closed form", "its number"),
    *("central difference", "complex step", "tolerance", "ulps", "verdict"),
)


def _cells(row: Proof) -> tuple[str, ...]:
    return row.name, in_full(row.autograd), str(row.form), *_others(row), row.verdict


def _others(row: Proof, dialect: str = "unicode") -> list[str]:
    """The numbers of the other ways, the tolerance and the distance in units in the last place."""
    full = in_full if dialect == "unicode" else partial(_number, dialect=dialect)
    dash = "–" if dialect == "unicode" else "--"
    closed, tilted = (dash if x is None else full(x) for x in (row.closed, row.complex))
    if row.complex is not None and not row.complex_tells:
        tilted = BLIND
    central = _number(row.central.value, dialect) if row.central_tells else BLIND
    short = [in_ulps(x) if dialect == "unicode" else _number(x, dialect, 2) for x in (row.tolerance, row.ulps)]
    return [closed, central, tilted, *short]


def _number(x: Number, dialect: str = "unicode", digits: int = 10) -> str:
    text = figure(x, dialect, digits)[0] if x else "0"
    return f"${text}$" if dialect == "latex" else text


def _in_dollars(form: Closed) -> str:
    """The whole formula as LaTeX; "" where it is not to be shown."""
    return f"${form.formula.latex}$" if form.formula and not form.is_too_long else ""


def certificate(
    output: Value,
    wrt: Iterable[Value] | None = None,
    rtol: float = 1e-9,
    seconds: float = 1.0,
    symbolic: bool = True,
) -> Certificate:
    """Every gradient ∂J/∂x by the chain rule, by SymPy, by a central difference and by a complex step.

    The closed form decides; without it the complex step, and only then the central difference. At a tie or an edge
    the closed form has the table's convention. A way that is less sure of its own number says "cannot tell".

    Args:
        output: the result J.
        wrt: the leaves to certify; default: all of J's. A node inside is not a leaf: name what it is made of.
        rtol: what autograd may be off, relative to the gradient, beside what rounding may do to it by itself: the
            table says the sum. Numbers that are fractions must agree exactly.
        seconds: for the simplification of each formula, three times that for all of them; a formula that takes longer
            is called "too long to simplify". Its number comes at once: it needs no simplification.
        symbolic: whether SymPy takes part, with formulas and their numbers.

    Returns:
        A `Certificate`, also where ways disagree: `.ok` says so. A way that cannot go (SymPy is not
        installed, a row that compares numbers) is left out and shown as –.

    Raises:
        OperandError: output is not a Value, or one of wrt is not a leaf.

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
    if symbolic and len(nodes) > MANY:
        prepare()
    closed, note = _closed(output, inputs, seconds) if symbolic else ([Closed()] * len(inputs), "")
    error, margins = noise(output), roundings(output, inputs)
    rows = []
    for x, g, form, margin in zip(inputs, grad(output, inputs), closed, margins, strict=True):
        name = labels[x] if any(x is z for z in nodes) else x.name or "x"
        names = derivative(labels[output], name), derivative(labels[output], name, "latex")
        point = {id(z): z.data for z in nodes if not z.op}
        central = quotient(lambda number, x=x: replayed(nodes, point | {id(x): number}), x.data, noise=error)
        tilted = None if isinstance(g, Fraction) else complex_step(nodes, x)
        rows.append(Proof(*names, g, form, central, tilted, margin, rtol))
    return Certificate(labels.term(output)[0], output.data, tuple(rows), note)


def _closed(output: Value, inputs: Sequence[Value], seconds: float) -> tuple[list[Closed], str]:
    """What SymPy says of each gradient, and a note where it is not installed."""
    try:
        numbers = precise_gradients(output, inputs)
    except MissingExtra as missing:
        return [Closed()] * len(inputs), str(missing)
    try:
        forms = closed_forms(output, inputs, seconds)
    except OperandError:  # an operation that SymPy cannot write
        return [Closed(None, number) for number in numbers], ""
    return [Closed(form, number, form is None) for form, number in zip(forms, numbers, strict=True)], ""
