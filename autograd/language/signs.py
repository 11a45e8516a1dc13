"""What stands in the circle of an operation, for viz: from the table its sign or name: ×, ×3, 1 − x, x², σ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograd.core.notation import ATOM, Notation, Term
from autograd.core.op import OPS, Op
from autograd.core.value import Operand, Value, operands
from autograd.language.names import Labels

ALONE = {"unicode": {"·": "×", "/": "÷"}, "latex": {"·": r"\times ", "/": r"\div ", "−": "-"}}  # without operands


def operation_sign(z: Value, labels: Labels, dialect: str = "unicode") -> str:
    """The sign of the operation that made z: of an operator the sign between its operands, of a call its name.

    >>> a, b = Value(3.0, "a"), Value(2.0, "b")
    >>> [operation_sign(z, Labels([a, b, z])) for z in (a * b, 3 * a, a - 1, 1 - a, 1 / a, a**2, a.sigmoid())]
    ['×', '×3', '−1', '1 − x', '1 / x', 'x²', 'σ']
    >>> [operation_sign(z, Labels([a, b, z]), "latex") for z in (a / b, a / 4, 1 / a, a**b, a.exp(), a.sigmoid())]
    ['\\\\div', '\\\\div 4', '1 / x', '{x}^{y}', 'e^{x}', '\\\\sigma']
    """
    op, nodes = OPS[z.op], operands(z)
    if op.variadic:
        return _of_vectors(op, z, labels, dialect)
    between = re.fullmatch(r"x (\S) y", op.written["unicode"].template)
    if between:
        return _between(op, between[1], [_term(x, labels, dialect) for x in nodes], dialect)
    called = _called(op, dialect)
    usual = dict(zip(op.operands[len(op.operands) - len(op.defaults) :], op.defaults, strict=True))
    if called and all(isinstance(x, Value) or x == usual.get(word) for word, x in zip(op.operands, nodes, strict=True)):
        return called
    if len(nodes) > 2 and not called:  # a formula is too long for a circle
        return _upright(op, dialect)
    return op.write(dialect, _named(op, nodes, labels, dialect))[0]


def _between(op: Op, sign: str, terms: Sequence[Term | None], dialect: str) -> str:
    """An operator's sign, with a constant behind it; a constant in front that may not change places: 1 − x."""
    notation, alone = op.written["unicode"], ALONE[dialect].get(sign, sign)
    first, second = terms
    behind = second or (first if commutes(op) else None)
    if behind:
        return Notation(f"{alone}y", notation.tightness, notation.needs[1:]).write(["y"], [behind])[0]
    if first:
        whole = notation.template.replace("−", ALONE[dialect].get("−", "−"))
        return Notation(whole, notation.tightness, notation.needs).write(op.operands, [first, ("x", ATOM)])[0]
    return alone.strip()


def commutes(op: Op) -> bool:
    """Whether operands may change places: the same number leaves the other one, on either side; entries may always.

    >>> [commutes(OPS[name]) for name in ("add", "sub", "mul", "div", "sum")]
    [True, False, True, False, True]
    """
    if op.variadic or len(op.operands) != 2:
        return op.variadic
    x, y = op.operands
    return any(law == x and op.laws.get((x, number)) == y for (name, number), law in op.laws.items() if name == y)


def _of_vectors(op: Op, z: Value, labels: Labels, dialect: str) -> str:
    """Σ, w·x, or the name; constants among the entries are written out."""
    nodes = operands(z)
    if not all(isinstance(x, Value) for x in nodes):
        return labels.formula(z, dialect)[0]
    if not op.written[dialect].short:
        return _called(op, dialect) or _upright(op, dialect)
    names = [""] if len(op.operands) == 1 else labels.stems(op, nodes, dialect) or op.operands
    return op.short(dialect, dict(zip(op.operands, names, strict=True)))[0].strip()


def _called(op: Op, dialect: str) -> str:
    """The name of an operation that is written as a call; "" of one that is not."""
    arguments = ", ".join(rf"\[?{x}\]?" for x in op.operands)
    match = re.fullmatch(rf"(.+)\({arguments}\)", op.written[dialect].template)
    return match[1] if match else ""


def _upright(op: Op, dialect: str) -> str:
    """The row's name, as a function's."""
    return op.name if dialect == "unicode" else rf"\operatorname{{{op.name}}}".replace("_", r"\_")


def _term(x: Operand, labels: Labels, dialect: str) -> Term | None:
    """A constant's number."""
    return None if isinstance(x, Value) else labels.term(x, dialect)


def _named(op: Op, nodes: Sequence[Operand], labels: Labels, dialect: str) -> list[Term]:
    """Constants as numbers, and the other operands by the row's words; a single one is x."""
    single = sum(isinstance(x, Value) for x in nodes) == 1
    words = ["x"] * len(nodes) if single else op.operands
    return [_term(x, labels, dialect) or (word, ATOM) for x, word in zip(nodes, words, strict=True)]
