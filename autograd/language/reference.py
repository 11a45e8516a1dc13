"""The table of operations for readers, for viz too: each row's call, formula, derivatives, domain and conventions."""

from __future__ import annotations

from inspect import Parameter, Signature

from autograd.core.op import OPS, Op
from autograd.language.formula import Formula, chain, in_words


def reference() -> list[tuple[str, str, str, str, str]]:
    """The table of operations for readers: call, formula, derivatives, domain, conventions.

    >>> next(row for row in reference() if row[0] == "tanh(x)")[2]
    '∂z/∂x = 1 − z²'
    """
    return [(op.signature, chain(*_sides(op)), _derivatives(op), op.where, op.kink) for op in OPS.values()]


def document(op: Op) -> str:
    """What `help` says of a row: formula, derivatives, domain, conventions, example.

    >>> print(document(OPS["log1p"]))
    log1p(x) = log(1 + x), with ∂z/∂x = 1 / (1 + x).
    <BLANKLINE>
    Domain: x > −1.
    <BLANKLINE>
    Example:
        >>> log1p(0.475)
        0.3886579897917831
    """
    call = f"{op.name}({', '.join(op.operands)})"
    formula = chain(op.signature, *(side for side in _sides(op) if side != call))
    notes = [f"{title}: {text}." for title, text in (("Domain", op.where), ("Convention", op.kink)) if text]
    required = op.near[: len(op.near) - len(op.defaults)]
    points = [
        round(low + part * (high - low), 3) for part, (low, high) in zip((0.25, 0.75, 0.5), required, strict=False)
    ]
    arguments = [[x, x / 2] for x in points] if op.variadic else points
    example = f"Example:\n    >>> {op.name}({', '.join(map(str, arguments))})\n    {op(*arguments)!r}"
    return "\n\n".join([f"{formula}, with {_derivatives(op)}.", *notes, example])


def signature(op: Op) -> Signature:
    """How a row is called, for `inspect`: operands are given by position, the last ones may have defaults.

    >>> signature(OPS["leaky_relu"])
    <Signature (x, a=0.01, /)>
    """
    required = len(op.operands) - len(op.defaults)
    defaults = [Parameter.empty] * required + [*op.defaults]
    kind = Parameter.POSITIONAL_ONLY
    return Signature([Parameter(x, kind, default=a) for x, a in zip(op.operands, defaults, strict=True)])


def _words(op: Op) -> list[Formula]:
    return [Formula(x + "ᵢ" * op.variadic) for x in op.operands]


def _sides(op: Op) -> list[str]:
    """How the row is written, and the formula behind it."""
    notation, words = op.written["unicode"], _words(op)
    if op.variadic:
        return [notation.short or notation.template]
    formula = op.formula or (op.value if op.is_composed else None)
    return [op.write("unicode", [word.term for word in words])[0], *([formula(*words).term[0]] if formula else [])]


def _derivatives(op: Op) -> str:
    words = _words(op)
    slopes = [p if isinstance(p, int) else p(*words, Formula("z")) for p in op.partials]
    return ", ".join(f"∂z/∂{x.term[0]} = {in_words(d).term[0]}" for x, d in zip(words, slopes, strict=True))
