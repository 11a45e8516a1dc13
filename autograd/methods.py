"""The one place that hangs methods on classes: what a Value can do stands in rooms above the one that says what it is.

- Tracer, Limit, Unknown: an operator or method for each row of the table
- Value: the same, compiled; both passes, pickling, and how it shows itself
- Op: what `help` and `inspect.signature` say of a row
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from autograd import ops as _table  # noqa: F401  its rows fill OPS
from autograd.characters import printable
from autograd.core import fast_ops, foreign, native_rows, numpys, tracer
from autograd.core.backward import backward
from autograd.core.exact import brief
from autograd.core.graph import deep_copy, reduce_flat
from autograd.core.op import OPS, Limit, Op, Unknown
from autograd.core.replay import forward
from autograd.core.staleness import changed
from autograd.core.tracer import Tracer
from autograd.core.value import Value, operands
from autograd.errors import shortened
from autograd.language.formula import chain, in_a_line, numeral, substituted
from autograd.language.names import symbol
from autograd.language.reference import document, signature


def _repr(self: Value) -> str:
    formula = (in_a_line(self) or OPS[self.op].signature) if self.op else ""
    gradient = "" if self.grad is None else f"grad = {brief(self.grad)}"
    name = printable(shortened(self.name or ""))
    parts = (brief(self.data), " = ".join(filter(None, [name, formula])), gradient)
    return f"Value({', '.join(filter(None, parts))})"


def _repr_latex(self: Value) -> str:
    """The node as a notebook shows it: name = formula = numbers = result; no numbers that have changed since."""
    sides = [symbol(shortened(self.name), "latex")] if self.name else []
    formula = in_a_line(self, "latex") if self.op else ""
    sides += [formula] if formula else []
    if formula and all(x.name for x in operands(self) if isinstance(x, Value)) and not changed([self]):
        sides += [substituted(self, "latex")]
    return f"${chain(*sides, numeral(self, 'latex')[0])}$"


class _OfRow:
    """An attribute that each row makes when it is asked for; the class of rows has its own."""

    def __init__(self, make: Callable[[Op], object], own: object) -> None:
        self.make, self.own = make, own

    def __get__(self, op: Op | None, kind: type) -> object:
        return self.own if op is None else self.make(op)


def _hang(kind: type, **methods: object) -> None:
    for name, method in methods.items():
        setattr(kind, name, method)


def _describe(op: Op) -> None:
    """Let `help` say of a row's methods what the table has."""
    text = document(op)
    for name in tracer.methods(op):
        method = getattr(Value, name)
        method.__name__, method.__qualname__, method.__doc__ = name, f"Value.{name}", text
        if op.defaults:
            method.__signature__ = signature(op)


for row in OPS.values():
    _hang(Tracer, **tracer.methods(row))
    _hang(Limit, **tracer.methods(row))
    _hang(Unknown, **tracer.methods(row))
_hang(Value, **native_rows.quicker(fast_ops.methods()), apply=fast_ops.apply, apply_vectors=fast_ops.apply_vectors)
_hang(Value, **foreign.METHODS, __init_subclass__=classmethod(lambda kind: _hang(Value, **foreign.only_in(kind))))
_hang(Value, backward=backward, forward=forward, __repr__=_repr, _repr_latex_=_repr_latex)
_hang(Value, __reduce_ex__=reduce_flat, __deepcopy__=deep_copy)
_hang(Value, __array_ufunc__=numpys.ufunc, __array_function__=numpys.function, **numpys.METHODS)
for name in ("data", "grad"):  # read in C, in half of the time
    _hang(Value, **{name: getattr(Value, name).getter(attrgetter(f"_{name}"))})
_hang(Op, __doc__=_OfRow(document, Op.__doc__), __signature__=_OfRow(signature, None))
for row in OPS.values():
    if row.takes_one:
        _describe(row)
