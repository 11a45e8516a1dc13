"""The table's words on SymPy's expressions: what SymPy lacks is a function that knows its row and the row's slopes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from autograd.core.op import COMMON, OPS, Op, rebind
from autograd.language.symbolic import own, require_sympy, words


@cache
def vocabulary() -> dict[str, Callable[..., Any]]:
    """The table's words on SymPy expressions; what SymPy lacks is a function that the row differentiates."""
    functions: dict[str, Any] = dict(COMMON)
    for op in OPS.values():
        plain = op.infix or (op.variadic and (op.is_step or not op.formula))
        functions[op.name] = own(op) or (rebind(op.formula or op.value, functions) if plain else _function(op))
    return functions


@cache
def row_class(name: str) -> Any:
    """A class of SymPy's functions that knows its row's slopes and nothing else."""
    sympy, op = require_sympy(), OPS[name]

    def fdiff(self: Any, argindex: int = 1) -> Any:
        column, entry = op.entry(argindex - 1, self.args)
        partial, vectors = op.shown[column], op.columns(self.args) if op.common else ()
        return partial if isinstance(partial, int) else rebind(partial, vocabulary())(*entry, self, *vectors)

    def doit(self: Any, **hints: Any) -> Any:
        return words()[op.name](*op.columns([x.doit(**hints) for x in self.args]))

    members = {"fdiff": fdiff, "doit": doit, "row": op, "is_real": True, "is_extended_real": True}
    return type(op.name, (sympy.Function,), members)


def _function(op: Op) -> Callable[..., Any]:
    """A row's class, called on its operands; of numbers it gives a whole number if it can."""
    sympy, function = require_sympy(), row_class(op.name)

    def call(*columns: Any) -> Any:
        entries = [x for column in columns for x in column] if op.variadic else op.complete(columns)
        entries = [sympy.nsimplify(x, rational=True) for x in entries]
        folded = op.fold([Fraction(int(x.p), int(x.q)) if x.is_Rational else x for x in entries])
        whole = isinstance(folded, int) or (isinstance(folded, Fraction | float) and folded == int(folded))
        if folded is None or not (whole or hasattr(folded, "free_symbols")):
            return function(*entries)
        return sympy.Integer(int(folded)) if whole else folded

    return call
