"""A derivative as one simplified formula, written in the table's own words: ∂L/∂w = x · (σ(w · x) − y)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial, reduce
from operator import mul
from typing import Any

from autograd.core.graph import topological
from autograd.core.notation import ATOM
from autograd.core.op import COMMON, OPS, Op, rebind
from autograd.core.value import Value, operands
from autograd.errors import LengthError, OperandError
from autograd.language.formula import Formula, in_words
from autograd.language.names import Labels, derivative, symbol
from autograd.language.symbolic import own, require_sympy, symbols, translated, words

LARGEST = 2000  # entries of a formula, shared parts counted at each use
SIMPLE = 60  # operations up to which SymPy's `simplify` is worth its time


@dataclass(frozen=True, repr=False)
class ClosedForm:
    """A formula for a result or one of its derivatives.

    Attributes:
        name: what it is a formula of, as `J`, or `∂J/∂b`.
        sympy: a SymPy expression in real symbols, called as the leaves are.
        unicode, latex: the same in the table's words, simplified; `print` shows the first.
        equation: `∂J/∂b = 3 · c`.
    """

    name: str
    sympy: Any
    unicode: str
    latex: str
    latex_name: str

    @property
    def equation(self) -> str:
        return f"{self.name} = {self.unicode}"

    def __str__(self) -> str:
        return self.unicode

    def __repr__(self) -> str:
        return f"<{self.equation}>"

    def _repr_latex_(self) -> str:
        return f"${self.latex_name} = {self.latex}$"


def closed_form(output: Value, wrt: Value | None = None) -> ClosedForm:
    """The formula of J, or of ∂J/∂x, simplified, with the leaves as letters.

    SymPy differentiates; operations that it does not have (σ, relu, …) stay words of the table.

    Args:
        output: the result J.
        wrt: a leaf, or a node inside, which then is a letter of the formula as well; default: J itself.

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
    require_sympy()
    if wrt is not None and not isinstance(wrt, Value):
        raise OperandError(f"A closed form needs a Value to differentiate by, got {wrt!r}. Give a node, as wrt=x.")
    nodes = topological(output)
    labels = Labels(nodes)
    expressions, letters = _expressions(nodes, wrt)
    expression = expressions[id(output)]
    name = symbol(labels[output]), symbol(labels[output], "latex")
    if wrt is not None:
        x = labels[wrt] if any(wrt is node for node in nodes) else wrt.name or "x"
        name = derivative(labels[output], x), derivative(labels[output], x, "latex")
        expression = expression.diff(letters[id(wrt)]) if id(wrt) in letters else 0 * expression
    try:
        best = min(_candidates(expression), key=lambda e: len(_formula(e, "unicode").term[0]))
        text = {dialect: _formula(best, dialect).term[0] for dialect in ("unicode", "latex")}
        return ClosedForm(name[0], _expand(best), text["unicode"], text["latex"], name[1])
    except RecursionError:
        raise _too_long() from None


def _expressions(nodes: Sequence[Value], wrt: Value | None) -> tuple[dict[int, Any], dict[int, Any]]:
    """Each node as an expression, and the symbols of leaves and of `wrt`, by `id`."""
    letters = symbols([z for z in nodes if not z.op or z is wrt], Labels(nodes))
    sizes = dict.fromkeys(letters, 1)
    for z in nodes:
        if id(z) not in letters:
            sizes[id(z)] = 1 + sum(sizes.get(id(x), 1) for x in operands(z))
            if sizes[id(z)] > LARGEST:
                raise _too_long()
    return translated(nodes, letters, vocabulary()), letters


def _too_long() -> LengthError:
    return LengthError(
        f"A closed form of more than {LARGEST} parts helps nobody. Print the steps, or give wrt= a node inside."
    )


@cache
def vocabulary() -> dict[str, Callable[..., Any]]:
    """The table's words on SymPy expressions; what SymPy lacks is a function that the row differentiates."""
    functions: dict[str, Any] = dict(COMMON)
    for op in OPS.values():
        plain = op.infix or (op.variadic and (op.is_step or not op.formula))
        functions[op.name] = own(op) or (rebind(op.formula or op.value, functions) if plain else _function(op))
    return functions


def _function(op: Op) -> Callable[..., Any]:
    """A SymPy function that knows its row's slopes and nothing else."""
    sympy = require_sympy()

    def fdiff(self: Any, argindex: int = 1) -> Any:
        column, entry = op.entry(argindex - 1, self.args)
        partial, vectors = op.shown[column], op.columns(self.args) if op.common else ()
        return partial if isinstance(partial, int) else rebind(partial, vocabulary())(*entry, self, *vectors)

    def doit(self: Any, **hints: Any) -> Any:
        return words()[op.name](*op.columns([x.doit(**hints) for x in self.args]))

    members = {"fdiff": fdiff, "doit": doit, "row": op, "is_real": True, "is_extended_real": True}
    function = type(op.name, (sympy.Function,), members)

    def call(*columns: Any) -> Any:
        entries = [x for column in columns for x in column] if op.variadic else op.complete(columns)
        entries = [sympy.nsimplify(x, rational=True) for x in entries]
        folded = op.fold([Fraction(int(x.p), int(x.q)) if x.is_Rational else x for x in entries])
        whole = isinstance(folded, int) or (isinstance(folded, Fraction | float) and folded == int(folded))
        if folded is None or not (whole or hasattr(folded, "free_symbols")):
            return function(*entries)
        return sympy.Integer(int(folded)) if whole else folded

    return call


def _expand(expression: Any) -> Any:
    """The expression in SymPy's own functions."""
    has_rows = any(hasattr(e, "row") for e in require_sympy().preorder_traversal(expression))
    return expression.doit() if has_rows else expression


def _candidates(expression: Any) -> list[Any]:
    """Ways to write an expression; which is shortest, only its text can tell."""
    sympy = require_sympy()
    candidates = [expression, sympy.factor_terms(expression)]
    if sympy.count_ops(expression) <= SIMPLE:
        for shorten in (sympy.factor, partial(sympy.simplify, doit=False)):
            with contextlib.suppress(sympy.PolynomialError, NotImplementedError):  # then the formula stays as it is
                candidates.append(shorten(expression))
    return candidates


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
