"""Graphs as SymPy expressions: the table's words, looked up in SymPy's vocabulary."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

from autograd.core.graph import topological
from autograd.core.op import COMMON, OPS, Op, rebind
from autograd.core.value import Value, operands
from autograd.errors import MissingExtra, OperandError
from autograd.language.names import Labels


def to_sympy(y: Value) -> Any:
    """The whole of y as a SymPy expression in real symbols, one for each leaf, named as the leaf is.

    Args:
        y: the result.

    Returns:
        A SymPy expression; a textbook's formula where the table's value is a stabler form of it.

    Raises:
        OperandError: y is not a Value. MissingExtra: SymPy is not installed.

    Example:
        >>> x = Value(0.5, "x")
        >>> to_sympy(x.sigmoid() + 2 * x)
        2*x + 1/(1 + exp(-x))
    """
    nodes = topological(y)
    letters = symbols([z for z in nodes if not z.op], Labels(nodes))
    return translated(nodes, letters, words())[id(y)]


def translated(
    nodes: Iterable[Value], letters: Mapping[int, Any], vocabulary: Mapping[str, Callable[..., Any]]
) -> dict[int, Any]:
    """Each node as an expression by `id`: its letter, or the words of its row on its operands' expressions."""
    sympy = require_sympy()
    terms = dict(letters)
    for z in nodes:
        if id(z) not in terms:
            inside = [terms[id(x)] if isinstance(x, Value) else sympy.nsimplify(x, rational=True) for x in operands(z)]
            terms[id(z)] = sympy.sympify(vocabulary[z.op](*OPS[z.op].columns(inside)))
    return terms


def symbols(nodes: Iterable[Value], labels: Labels) -> dict[int, Any]:
    """A real symbol for each node, by `id`; of two with one name the second is primed: x′."""
    sympy = require_sympy()
    letters: dict[int, Any] = {}
    for z in nodes:
        letter = labels[z]
        while sympy.Symbol(letter, real=True) in letters.values():
            letter += "′"
        letters[id(z)] = sympy.Symbol(letter, real=True)
    return letters


@cache
def words() -> dict[str, Callable[..., Any]]:
    """The table's words as functions of SymPy expressions."""
    vocabulary = dict(COMMON)
    for op in OPS.values():
        choice = partial(_choice, op) if op.sympy else None
        vocabulary[op.name] = choice or own(op) or rebind(op.formula or op.value, vocabulary)
    return vocabulary


def _choice(op: Op, *columns: Any) -> Any:
    """A choice, in SymPy's words."""
    sympy = require_sympy()
    try:
        return op.sympy(sympy, *columns)  # type: ignore[misc]
    except TypeError:  # a branch of an operand is 1/0, which SymPy does not compare: outside of the domain ∞ will do
        folded = [sympy.piecewise_fold(sympy.sympify(x)).xreplace({sympy.zoo: sympy.oo}) for x in columns]
        try:
            return op.sympy(sympy, *folded)  # type: ignore[misc]
        except TypeError as error:  # such as "Invalid comparison of non-real"
            raise OperandError(f"SymPy has no formula of {op.name} here: {error}. Draw the graph instead.") from None


def own(op: Op) -> Callable[..., Any] | None:
    """SymPy's own function of that name."""
    return getattr(require_sympy(), op.name, None) if op.value is getattr(math, op.name, None) else None


def require_sympy() -> Any:
    """The library, or the error that says how to get it."""
    try:
        import sympy  # type: ignore[import-untyped, unused-ignore]  # a user need not know of it
    except ModuleNotFoundError:
        raise MissingExtra('Closed forms need SymPy. Install it: pip install "chalkgrad[symbolic]".') from None
    return sympy
