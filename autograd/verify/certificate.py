"""A certificate: each gradient of a graph, calculated in four ways that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.graph import leaves, topological
from autograd.core.replay import refuse_frozen
from autograd.core.value import Number, Value
from autograd.errors import MissingExtra, OperandError
from autograd.language.names import Labels, derivative
from autograd.language.numbers import figure
from autograd.passes.one_pass import refuse_stale
from autograd.verify.closed_form import ClosedForm, closed_forms
from autograd.verify.complex_step import complex_step
from autograd.verify.finite_differences import Quotient, quotient
from autograd.verify.judgement import Ways
from autograd.verify.precise import precise_gradients
from autograd.verify.progress import Say, progress
from autograd.verify.replay import replayed
from autograd.verify.report import Outcome, aligned, in_full, ulps
from autograd.verify.rounding import noise, roundings
from autograd.verify.shortening import prepare

LONGEST = 60  # characters of a formula in a table of text
BLIND = "cannot tell"
MANY = 8  # nodes from which on a formula is likely to be searched for a shorter one


@dataclass(frozen=True)
class Proof:
    """One leaf's gradient in each way; None where a way cannot go."""

    name: str
    latex_name: str
    autograd: Number
    formula: ClosedForm | None
    closed: Number | None  # the closed form's number, rounded once from many digits; exact for exact data
    central: Quotient
    complex: float | None
    ok: bool
    verdict: str
    tolerance: Number = 0.0  # what autograd's number may be off
    central_tells: bool = True  # and is not too blurred to be compared
    complex_tells: bool = True
    too_long: bool = False  # the formula, to be written at all

    @property
    def difference(self) -> Number | None:
        """autograd − closed form; exactly 0 where both are exact."""
        return None if self.closed is None else self.autograd - self.closed

    @property
    def ulps(self) -> float:
        """How far autograd is from the best other number, in ulps; 0 for a right choice at a kink."""
        best = self.complex if self.closed is None else self.closed
        if best is None and self.central.sides and self.ok:
            return 0.0
        return ulps(self.autograd, self.central.value if best is None else best)

    @property
    def written(self) -> str:
        """The formula as a table of text shows it."""
        if self.is_too_long:
            return "too long to simplify"
        text = self.formula.unicode if self.formula else "–"
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    @property
    def is_too_long(self) -> bool:
        """Whether SymPy found no formula in time that is worth to be shown."""
        form = self.formula
        return self.too_long or bool(form and not form.simplified and len(form.unicode) > LONGEST)


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
            rows.append((f"${row.latex_name}$", in_full(row.autograd), _in_dollars(row), *_cells(row)[3:]))
        table = ["| " + " | ".join(cell.replace("|", r"\vert ") for cell in cells) + " |" for cells in rows]
        return "\n".join([f"**{self._title}**", "", *table, "", *self._ending])

    @property
    def latex(self) -> str:
        """A `tabular` with the numbers in mathematics."""
        lines = [" & ".join(HEADINGS) + r" \\ \hline"]
        for row in self.rows:
            verdict = row.verdict.replace("∞", r"$\infty$").replace("−", "$-$")
            others = [_in_dollars(row), *_others(row, "latex")]
            cells = [f"${row.latex_name}$", _number(row.autograd, "latex"), *others, verdict]
            lines.append(" & ".join("--" if cell == "–" else cell for cell in cells) + r" \\")
        return "\n".join([r"\begin{tabular}{lrlrrrrrl}", *lines, r"\end{tabular}"])

    def _repr_markdown_(self) -> str:
        return self.markdown


HEADINGS = (
    *("gradient", "autograd", "closed form", "its number"),
    *("central difference", "complex step", "tolerance", "ulps", "verdict"),
)


def _cells(row: Proof) -> tuple[str, ...]:
    return row.name, in_full(row.autograd), row.written, *_others(row), row.verdict


def _others(row: Proof, dialect: str = "unicode") -> list[str]:
    """The numbers of the other ways, the tolerance, and the distance in units in the last place."""
    full = in_full if dialect == "unicode" else partial(_number, dialect=dialect)
    closed, tilted = ("–" if x is None else full(x) for x in (row.closed, row.complex))
    if row.complex is not None and not row.complex_tells:
        tilted = BLIND
    central = _number(row.central.value, dialect) if row.central_tells else BLIND
    short = [_number(x, dialect, 2) if x else _number(0, dialect) for x in (row.tolerance, row.ulps)]
    return [closed, central, tilted, *short]


def _number(x: Number, dialect: str = "unicode", digits: int = 10) -> str:
    text = figure(x, dialect, digits)[0]
    return f"${text}$" if dialect == "latex" else text


def _in_dollars(row: Proof) -> str:
    """The whole formula as LaTeX, or what stands in its place."""
    return f"${row.formula.latex}$" if row.formula and not row.is_too_long else row.written


def certificate(
    output: Value,
    wrt: Iterable[Value] | None = None,
    rtol: float = 1e-6,
    seconds: float = 1.0,
    symbolic: bool = True,
) -> Certificate:
    """Every gradient ∂J/∂x by the chain rule, by SymPy, by a central difference and by a complex step.

    The closed form decides; without it the complex step, and only then the central difference. At a tie or an edge
    the closed form has the table's convention. A way that is less sure of its own number says "cannot tell".

    Args:
        output: the result J.
        wrt: the leaves to certify; default: all of J's. A node inside is not a leaf: name what it is made of.
        rtol: what the central difference may be off, relative to the gradient. The closed form and the complex step
            must agree to 1e-9 of it, beside what rounding may do to that gradient: the table says the sum. Fractions
            must agree exactly.
        seconds: for the simplification of each formula, three times that for all of them; a formula that takes longer
            is called "too long to simplify". Its number comes at once: it needs no simplification.
        symbolic: whether SymPy takes part, with formulas and their numbers.

    Returns:
        A `Certificate`, also where ways disagree: `.ok` says so. A way that cannot go (SymPy is not
        installed, a row that compares numbers) is left out and shown as –.

    Raises:
        OperandError: output is not a Value, or one of wrt is not a leaf. StaleError: a leaf has changed
            since J was calculated; J.forward() brings it up to date.
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
    refuse_stale(output, nodes, labels)
    inputs = leaves(output) if wrt is None else list(wrt)
    for x in inputs:
        if not isinstance(x, Value) or x.op:
            raise OperandError(f"A certificate is by leaves, got {x!r}. Give Values that no operation made.")
    if symbolic and len(nodes) > MANY:
        prepare()
    with progress() as say:
        forms, numbers, note = _closed(output, inputs, seconds if symbolic else None, say)
        error, margins, gradients = noise(output), roundings(output, inputs), grad(output, inputs)
        rows: list[Proof] = []
        for x, g, form, closed, margin in zip(inputs, gradients, forms, numbers, margins, strict=True):
            name = labels[x] if any(x is z for z in nodes) else x.name or "x"
            names = derivative(labels[output], name), derivative(labels[output], name, "latex")
            say(f"Proving {names[0]}, {len(rows) + 1} of {len(inputs)}")
            central = quotient(partial(_replayed, nodes, x), x.data, noise=error)
            tilted = None if isinstance(g, Fraction) else complex_step(nodes, x)
            judgement = Ways(g, closed, central, tilted, rtol, margin).judge()
            too_long = form is None and closed is not None
            rows.append(Proof(*names, g, form, closed, central, tilted, **vars(judgement), too_long=too_long))
    return Certificate(labels.term(output)[0], output.data, tuple(rows), note)


def _replayed(nodes: Sequence[Value], x: Value, number: Number) -> Any:
    """J at another number for one leaf."""
    return replayed(nodes, {id(z): z.data for z in nodes if not z.op} | {id(x): number})


def _closed(
    output: Value, inputs: Sequence[Value], seconds: float | None, say: Say
) -> tuple[Sequence[ClosedForm | None], Sequence[Number | None], str]:
    """SymPy's formulas and their numbers; and a note where it is not installed."""
    nothing = [None] * len(inputs)
    if seconds is None:
        return nothing, nothing, ""
    try:
        numbers = precise_gradients(output, inputs)
    except MissingExtra as missing:
        return nothing, nothing, str(missing)
    try:
        return closed_forms(output, inputs, seconds, say), numbers, ""
    except OperandError:  # an operation that SymPy cannot write
        return nothing, numbers, ""
