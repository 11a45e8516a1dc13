"""Graphs as formulas, for viz and nn too: Unicode for terminals and pictures, LaTeX for slides, Python to run again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd.core.graph import by_order, topological
from autograd.core.notation import ATOM, Term
from autograd.core.op import OPS, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Number, Operand, Value, operands
from autograd.errors import LengthError
from autograd.language.names import Labels, symbol
from autograd.language.numbers import figure

LONGEST = 10_000  # characters of a formula
LONGEST_SUM = 8  # terms written out in one line; of more, only their total is


def substituted(z: Value, dialect: str = "unicode", digits: int = 6) -> str:
    """How z was made, in its operands' numbers: `3 · 2`."""
    numbers = [x.data if isinstance(x, Value) else x for x in operands(z)]
    return OPS[z.op].write(dialect, [figure(x, dialect, digits) for x in numbers])[0]


def equation(z: Value, dialect: str = "unicode", labels: Labels | None = None, digits: int = 6) -> str:
    """One line of the forward pass: name = formula = numbers = result.

    >>> b, c = Value(3.0, "b"), Value(2.0, "c")
    >>> equation((b * c).named("u"))
    'u = b · c = 3 · 2 = 6'
    """
    labels = labels or Labels([*(x for x in operands(z) if isinstance(x, Value)), z])
    parts = [symbol(labels[z], dialect)]
    if z.op:
        parts += [labels.formula(z, dialect)[0]]
        if len(operands(z)) <= LONGEST_SUM:
            parts += [substituted(z, dialect, digits)]
    return chain(*parts, figure(z.data, dialect, digits)[0])


def chain(*sides: str) -> str:
    """Sides joined by equals signs, each written once.

    >>> chain("J", "3", "3")
    'J = 3'
    """
    return " = ".join(side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1])


class Formula(Tracer):
    """A written term that the table's words run on.

    Args:
        text, tightness: the term, and how tightly it holds.
        dialect: "unicode", "latex" or "python".
        number: what it is at this point, so that choices can be made.
        literal: whether it is that number and nothing else; laws such as 1 · x = x then apply.

    >>> Formula("z", number=0.5) * 2 + 1
    Formula('z · 2 + 1')
    """

    __slots__ = ("dialect", "literal", "number", "term")

    def __init__(
        self,
        text: str,
        tightness: int = ATOM,
        dialect: str = "unicode",
        number: Number | None = None,
        literal: bool = False,
    ) -> None:
        self.term, self.dialect, self.number, self.literal = (text, tightness), dialect, number, literal

    def __repr__(self) -> str:
        return f"Formula({self.term[0]!r})"

    def apply(self, op: Op, operands: Sequence[Any]) -> Formula:
        terms = [in_words(x, self.dialect) for x in operands]
        folded = op.fold([x.number if x.literal else x for x in terms])
        if folded is not None:
            return in_words(folded, self.dialect)
        numbers = [x.number for x in terms if x.number is not None]
        number = op.limit(numbers) if len(numbers) == len(terms) else None
        if number is not None and op.is_step:
            return in_words(number, self.dialect)
        return Formula(*op.write(self.dialect, [x.term for x in terms]), self.dialect, number)


def in_words(x: Formula | Number, dialect: str = "unicode", digits: int = 6) -> Formula:
    """A number as a Formula; a Formula as it is."""
    return x if isinstance(x, Formula) else Formula(*figure(x, dialect, digits), dialect, x, literal=True)


def slope(
    z: Value, i: int, labels: Labels, dialect: str = "unicode", written: Mapping[int, Term] | None = None
) -> Formula:
    """∂z/∂operand i at this point: `c` for b in b · c, `1 − a²` for tanh, the literal 1 for a sum."""
    written = written or {}

    def word(x: Operand) -> Formula:
        if not isinstance(x, Value):
            return in_words(x, dialect)
        return Formula(*(written.get(id(x)) or labels.term(x, dialect)), dialect, x.data)

    result = OPS[z.op].slope(i, [word(x) for x in operands(z)], word(z), shown=True)
    return in_words(result, dialect)


def expression(y: Value, dialect: str = "unicode") -> str:
    r"""The whole of y as one formula in its leaves' names.

    Args:
        y: the result.
        dialect: "unicode", "latex" or "python".

    Raises:
        LengthError: the formula is longer than 10,000 characters: a shared node is written at each use.

    Example:
        >>> a, b = Value(1.0, "a"), Value(2.0, "b")
        >>> y = (a + b) * a.tanh()
        >>> expression(y), expression(y, "latex"), expression(y, "python")
        ('(a + b) · tanh(a)', '(a + b) \\cdot \\tanh(a)', '(a + b) * tanh(a)')
    """
    nodes = topological(y)
    labels = Labels(nodes)
    return (write([z for z in nodes if z.op], labels, dialect).get(id(y)) or labels.term(y, dialect))[0]


def definition(z: Value, dialect: str = "unicode", most: int = 12) -> str:
    """How z was made, back to what has a name; of more than `most` nameless results, numbers stand for the rest.

    >>> a, b = Value(2.0, "a"), Value(3.0)
    >>> definition((a * b).tanh() + 1)
    'tanh(a · 3) + 1'
    """
    inside, ids = [z], {id(z)}
    for node in inside:  # which grows on the way
        for x in operands(node):
            if isinstance(x, Value) and x.op and not x.name and id(x) not in ids and len(inside) < most:
                inside.append(x)
                ids |= {id(x)}
    around = [x for node in inside for x in operands(node) if isinstance(x, Value) and id(x) not in ids]
    numbers = {id(x): figure(x.data, dialect) for x in around if not x.name}
    return write(sorted(inside, key=by_order), Labels(inside + around), dialect, numbers)[id(z)][0]


def write(
    results: Iterable[Value], labels: Labels, dialect: str = "unicode", given: Mapping[int, Term] | None = None
) -> dict[int, Term]:
    """Each result as a formula, operands first: earlier ones are written out, other nodes stand by name."""
    written = dict(given or {})
    for z in results:
        written[id(z)] = term = labels.formula(z, dialect, written)
        if len(term[0]) > LONGEST:
            raise LengthError(f"The formula is longer than {LONGEST} characters. Draw it, or print its steps.")
    return written
