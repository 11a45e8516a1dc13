"""A derivative as one simplified formula, written in the table's own words: ∂L/∂w = x · (σ(w · x) − y)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, reduce
from operator import mul
from time import monotonic
from typing import Any

from autograd.core.graph import topological
from autograd.core.notation import ATOM
from autograd.core.op import OPS, Op
from autograd.core.value import Value, operands
from autograd.errors import LengthError, OperandError
from autograd.language.formula import Formula, in_words
from autograd.language.names import Labels, derivative, symbol
from autograd.language.symbolic import require_sympy, symbols, translated
from autograd.verify.progress import Say
from autograd.verify.shortening import shorter
from autograd.verify.vocabulary import vocabulary

LARGEST = 2000  # entries of a formula, shared parts counted at each use
FEW = 2  # operations up to which there is nothing to shorten
SIMPLE = 60  # operations up to which SymPy's `simplify` is worth its time


@dataclass(frozen=True, repr=False)
class ClosedForm:
    """A formula for a result or one of its derivatives.

    Attributes:
        name: what it is a formula of, as `J`, or `∂J/∂b`.
        expression: a SymPy expression in real symbols, called as the leaves are, with rows of the table as functions.
        unicode, latex: the same in the table's words, simplified; `print` shows the first.
        equation: `∂J/∂b = 3 · c`.
        simplified: whether SymPy tried all its ways to a shorter one; it is given a second.
    """

    name: str
    expression: Any
    unicode: str
    latex: str
    latex_name: str
    simplified: bool = True

    @cached_property
    def sympy(self) -> Any:
        """The expression in SymPy's own functions; by cases where the graph chooses, which may take SymPy long."""
        has_rows = any(hasattr(e, "row") for e in require_sympy().preorder_traversal(self.expression))
        return self.expression.doit() if has_rows else self.expression

    @property
    def equation(self) -> str:
        return f"{self.name} = {self.unicode}"

    def __str__(self) -> str:
        return self.unicode

    def __repr__(self) -> str:
        return f"<{self.equation}>"

    def _repr_latex_(self) -> str:
        return f"${self.latex_name} = {self.latex}$"


def closed_form(output: Value, wrt: Value | None = None, seconds: float = 1.0) -> ClosedForm:
    """The formula of J, or of ∂J/∂x, simplified, with the leaves as letters.

    SymPy differentiates; operations that it does not have (σ, relu, …) stay words of the table.

    Args:
        output: the result J.
        wrt: a leaf, or a node inside, which then is a letter of the formula as well; default: J itself.
        seconds: of the processor, for the search of a shorter formula; then the shortest so far is taken.

    Returns:
        A `ClosedForm`: `.sympy`, `.unicode`, `.latex`, each of the whole formula.

    Raises:
        OperandError: output or wrt is not a Value. MissingExtra: SymPy is not installed.
        LengthError: the formula would be too long, as shared nodes are written at each use.

    Example:
        >>> w, x, y = Value(0.5, "w"), Value(2.0, "x"), Value(1.0, "y")
        >>> p = (w * x).sigmoid()
        >>> loss = -y * p.log() - (1 - y) * (1 - p).log()
        >>> print(closed_form(loss, wrt=w))
        x · (σ(w · x) − y)
    """
    [form] = closed_forms(output, [wrt], seconds)
    if form is None:
        raise LengthError(
            f"A closed form of more than {LARGEST} parts helps nobody. Print the steps, or give wrt= a node inside."
        )
    return form


def closed_forms(
    output: Value, wrt: Sequence[Value | None], seconds: float, say: Say = lambda _: None
) -> list[ClosedForm | None]:
    """A formula by each of these nodes, the simplest first: where SymPy takes too long, it does for longer ones too.

    Args:
        seconds: for each of them, and three times that for all.
        say: called with a line on each formula before its turn.

    Returns:
        In the order of wrt; None where a formula would be too long to be written, or there was no time for it.
    """
    require_sympy()
    nodes = topological(output)
    last = end = monotonic() + 3 * seconds
    drafts = [_draft(nodes, x) if not i or monotonic() < last else None for i, x in enumerate(wrt)]
    forms: list[ClosedForm | None] = [None] * len(drafts)
    order = sorted(enumerate(drafts), key=lambda pair: pair[1].size if pair[1] else 0)
    for count, (i, draft) in enumerate(order, 1):
        if draft and (count == 1 or monotonic() < last or not any(forms)):
            say(f"Simplifying {draft.name}, {count} of {len(order)}")
            forms[i] = form = _written(draft, min(seconds, end - monotonic()))
            if form and not form.simplified:
                end = -math.inf
    return forms


@dataclass(frozen=True)
class Draft:
    """A formula that is not simplified yet."""

    name: str
    latex_name: str
    expression: Any

    @property
    def size(self) -> int:
        """How many operations it has."""
        return int(require_sympy().count_ops(self.expression))


def _written(draft: Draft, seconds: float) -> ClosedForm | None:
    """The shortest way to write a formula that is found in this time; None if it is too deep to be written."""
    expression, tried = draft.expression, True
    try:
        candidates = [expression, require_sympy().factor_terms(expression)]
        if draft.size > FEW:
            more, tried = shorter(expression, seconds) if draft.size <= SIMPLE else ([], False)
            candidates += more
        best = min(candidates, key=lambda e: len(_formula(e, "unicode").term[0]))
        text = {dialect: _formula(best, dialect).term[0] for dialect in ("unicode", "latex")}
        return ClosedForm(draft.name, best, text["unicode"], text["latex"], draft.latex_name, tried)
    except RecursionError:
        return None


def _draft(nodes: Sequence[Value], wrt: Value | None) -> Draft | None:
    """The derivative as SymPy's rules give it; None if it is too long."""
    if wrt is not None and not isinstance(wrt, Value):
        raise OperandError(f"A closed form needs a Value to differentiate by, got {wrt!r}. Give a node, as wrt=x.")
    output, labels = nodes[-1], Labels(nodes)
    if (found := _expressions(nodes, wrt)) is None:
        return None
    expression, letters = found
    if wrt is None:
        return Draft(symbol(labels[output]), symbol(labels[output], "latex"), expression)
    x = labels[wrt] if any(wrt is node for node in nodes) else wrt.name or "x"
    by = letters.get(id(wrt))
    slope = 0 * expression if by is None else expression.diff(by)
    return Draft(derivative(labels[output], x), derivative(labels[output], x, "latex"), slope)


def _expressions(nodes: Sequence[Value], wrt: Value | None) -> tuple[Any, dict[int, Any]] | None:
    """The last node as an expression, and the symbols of leaves and of `wrt` by `id`; None if it is too long."""
    letters = symbols([z for z in nodes if not z.op or z is wrt], Labels(nodes))
    sizes = dict.fromkeys(letters, 1)
    for z in nodes:
        if id(z) not in letters:
            sizes[id(z)] = 1 + sum(sizes.get(id(x), 1) for x in operands(z))
            if sizes[id(z)] > LARGEST:
                return None
    return translated(nodes, letters, vocabulary())[id(nodes[-1])], letters


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


@cache
def _templates() -> tuple[Any, dict[Any, Op]]:
    """How SymPy's own functions look at a letter, to find their rows again: exp(X), sqrt(X) = X**(1/2)."""
    x = require_sympy().Symbol("X", real=True)
    plain = [op for op in OPS.values() if len(op.operands) == 1 and not (op.infix or op.variadic or op.sympy)]
    templates = {vocabulary()[op.name](x): op for op in plain}
    return x, {e: op for e, op in templates.items() if not hasattr(e, "row")}


def _row(e: Any) -> Op | None:
    """The row that an expression is a call of."""
    if hasattr(e, "row") or not e.args:
        return getattr(e, "row", None)
    x, templates = _templates()
    like = {template.func for template in templates}
    return templates.get(e.func(x, *e.args[1:])) if e.func in like else None


def _formula(e: Any, dialect: str) -> Any:
    """A SymPy expression in the table's notation."""
    sympy = require_sympy()

    def write(x: Any) -> Any:
        return _formula(x, dialect)

    if e.is_Symbol:
        return Formula(symbol(e.name, dialect), ATOM, dialect)
    if e.is_Rational:
        decimal = e.q % 10 == 0  # as 0.01 was written
        return in_words(float(e) if decimal else Fraction(e.p, e.q) if e.q != 1 else int(e.p), dialect)
    if e.is_Float:
        return in_words(float(e), dialect)
    if e.is_Add:
        return _sum(e, write)
    if e.is_Mul:
        return _product(e, write)
    if op := _row(e):
        entries = e.args if hasattr(e, "row") else e.args[:1]
        return Formula(*op.write(dialect, [write(x).term for x in entries]), dialect)
    if e.is_Pow:
        base, exponent = e.as_base_exp()
        negative = exponent.could_extract_minus_sign()
        return in_words(1 / write(base**-exponent) if negative else write(base) ** write(exponent), dialect)
    return Formula(sympy.latex(e) if dialect == "latex" else str(e), ATOM, dialect)


def _sum(e: Any, write: Callable[[Any], Any]) -> Any:
    """Terms in SymPy's order, but one without a minus first."""
    terms = sorted(e.as_ordered_terms(), key=lambda x: bool(x.could_extract_minus_sign()))
    result = -write(-terms[0]) if terms[0].could_extract_minus_sign() else write(terms[0])
    for x in terms[1:]:
        result = result - write(-x) if x.could_extract_minus_sign() else result + write(x)
    return result


def _product(e: Any, write: Callable[[Any], Any]) -> Any:
    """Factors in SymPy's order, what has a negative power below the line; a minus goes into a difference."""
    sympy = require_sympy()
    above, below = sympy.fraction(e)
    factors = list(above.as_ordered_factors())
    if factors[0].is_Rational and factors[0] < 0:
        for i, x in enumerate(factors):
            if x.is_Add and len(x.args) == 2 and factors[0] == -1:
                return _quotient([*factors[1:i], -x, *factors[i + 1 :]], below, write)
        return -_quotient([-factors[0], *factors[1:]], below, write)
    return _quotient(factors, below, write)


def _quotient(factors: Sequence[Any], below: Any, write: Callable[[Any], Any]) -> Any:
    above = reduce(mul, map(write, factors))
    return above if below == 1 else above / write(below)
