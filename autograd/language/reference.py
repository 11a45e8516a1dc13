"""The table of operations for readers: each row's call, formula, derivatives, domain and conventions."""

from __future__ import annotations

from autograd.core.op import OPS, Op
from autograd.language.formula import Formula, chain, in_words


def reference() -> list[tuple[str, str, str, str, str]]:
    """The table of operations for readers: call, formula, derivatives, domain, conventions.

    >>> next(row for row in reference() if row[0] == "tanh(x)")[2]
    '∂z/∂x = 1 − z²'
    """
    return [(op.signature, _definition(op), _derivatives(op), op.where, op.kink) for op in OPS.values()]


def _words(op: Op) -> list[Formula]:
    return [Formula(x + "ᵢ" * op.variadic) for x in op.operands]


def _definition(op: Op) -> str:
    short = op.written["unicode"].short
    if op.variadic:
        return short or op.written["unicode"].template
    words = _words(op)
    sides = [op.write("unicode", [word.term for word in words])[0]]
    formula = op.formula or (op.value if op.is_composed else None)
    return chain(*sides, *([formula(*words).term[0]] if formula else []))


def _derivatives(op: Op) -> str:
    words = _words(op)
    slopes = [p if isinstance(p, int) else p(*words, Formula("z")) for p in op.partials]
    return ", ".join(f"∂z/∂{x.term[0]} = {in_words(d).term[0]}" for x, d in zip(words, slopes, strict=True))
