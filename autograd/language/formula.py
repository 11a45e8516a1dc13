"""Graphs as formulas, for viz and nn too: Unicode for terminals and pictures, LaTeX for slides, Python to run again."""

from __future__ import annotations

import math
import operator
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

from autograd.core.graph import by_order, topological
from autograd.core.notation import ATOM, POWER, ROUNDED, Kind, Rounded, Term, fill
from autograd.core.op import FLOATS, OPS, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Number, Operand, Value, edges, magnitude, operands
from autograd.errors import LengthError
from autograd.language.names import Labels, symbol
from autograd.language.numbers import NOISE, figure, figures

LONGEST = 10_000  # characters of a formula
LONGEST_LINE = 200  # characters of a formula in a repr
LONGEST_SUM = 8  # terms written out in one line; of more, only their total is


def substituted(z: Value, dialect: str = "unicode", digits: int = 6) -> str:
    """How z was made, in its operands' numbers: `3 · 2`."""
    return Numerals(digits).formula(z, dialect)[0]


def numeral(x: Operand, dialect: str = "unicode", digits: int = 6) -> Term:
    """The number of a node or constant as it stands on a board: given ones as given, results rounded.

    What an operation has saturated to is rounded too: σ(40) is not 1.

    >>> numeral(Value(0.123456789)), numeral(Value(40.0).sigmoid())[0].about
    (('0.123456789', 4), ' ≈ ')
    """
    if not isinstance(x, Value):
        return figure(x, dialect, digits, given=True)
    text, tightness = figure(x.data, dialect, digits, given=not x.op)
    return ROUNDED[dialect](text) if _is_saturated(x) else text, tightness


class Numerals(Labels):
    """What to call each node: its number, so that formulas are written in numbers.

    Args:
        digits: significant ones.
        flat: the ids of results that may only tend to their numbers; default: all.
    """

    def __init__(self, digits: int, flat: Container[int] | None = None) -> None:
        super().__init__(())
        self.digits, self.flat = digits, flat

    def told(self, nodes: Sequence[Value], dialect: str = "unicode") -> list[tuple[str, Kind]]:
        leaves, results = [x for x in nodes if not x.op], [z for z in nodes if z.op]
        given = iter(figures([x.data for x in leaves], dialect, self.digits, given=True))
        found = iter(figures([z.data for z in results], dialect, self.digits))
        rounds = [bool(z.op) and (self.flat is None or id(z) in self.flat) and _is_saturated(z) for z in nodes]
        told = [next(found if z.op else given) for z in nodes]
        return [(text, kind | rounded) for (text, kind), rounded in zip(told, rounds, strict=True)]

    def term(self, x: Operand, dialect: str = "unicode") -> Term:
        return numeral(x, dialect, self.digits)

    def stems(self, op: Op, nodes: Sequence[Operand], dialect: str = "unicode") -> list[str]:
        return []


def _is_saturated(z: Value) -> bool:
    """Whether z only tends to its number, as tanh(20) to 1: not rational, and no operand's last digit moves it."""
    if not z.op or not isinstance(z.data, float) or OPS[z.op].variadic:
        return False
    moved = [magnitude(x.data * d) for x, d in edges(z) if x.data]
    if not moved or not max(moved) <= NOISE * magnitude(z.data):
        return False
    with suppress(ArithmeticError, ValueError):
        return isinstance(FLOATS[z.op](*(Fraction(x.data if isinstance(x, Value) else x) for x in operands(z))), float)
    return False


def equation(z: Value, dialect: str = "unicode", labels: Labels | None = None, digits: int = 6) -> str:
    """One line of the forward pass: name = formula = numbers = result.

    >>> b, c = Value(3.0, "b"), Value(2.0, "c")
    >>> equation((b * c).named("u"))
    'u = b · c = 3 · 2 = 6'
    """
    return chain(*sides(z, dialect, labels, digits))


def sides(z: Value, dialect: str = "unicode", labels: Labels | None = None, digits: int = 6) -> list[str]:
    """The sides of that line: z's name, how it was made, the same in numbers, its own number."""
    labels = labels or Labels([*(x for x in operands(z) if isinstance(x, Value)), z])
    parts = [symbol(labels[z], dialect)]
    if z.op:
        parts += [labels.formula(z, dialect)[0]]
        if len(operands(z)) <= LONGEST_SUM:
            parts += [substituted(z, dialect, digits)]
    return [*parts, numeral(z, dialect, digits)[0]]


def chain(*sides: str) -> str:
    """Sides joined by equals signs, each written once; by ≈ where one of the two has a rounded number.

    >>> chain("J", "3", "3"), chain("J", "x / 3", *(figure(x)[0] for x in (1 / 3, 1 / 3)))
    ('J = 3', 'J = x / 3 ≈ 0.333333')
    """
    text = before = sides[0]
    for side in sides[1:]:
        if side != before:
            text += (getattr(side, "about", "") or getattr(before, "about", " = ")) + side
        before = side
    return text


def chained(sides: Sequence[str], rounded: int, dialect: str = "unicode") -> str:
    """The same of plain texts.

    Args:
        rounded: which of them are rounded, as bits, the first the lowest.

    >>> chained(["J", "x / 3", "0.333333"], 0b100)
    'J = x / 3 ≈ 0.333333'
    """
    signs = " = ", ROUNDED[dialect].about
    text = before = sides[0]
    for side in sides[1:]:
        if side != before:
            text += signs[rounded & 3 != 0] + side
        before = side
        rounded >>= 1
    return text


def about(text: str) -> str:
    """A number's text in a sentence, with ≈ where it is rounded.

    >>> about(figure(1 / 3)[0]), about(figure(0.5)[0])
    ('≈ 0.333333', '0.5')
    """
    return f"≈ {text}" if isinstance(text, Rounded) else text


class Formula(Tracer):
    """A written term that the table's words run on.

    Args:
        text, tightness: the term, and how tightly it holds.
        dialect: "unicode", "latex" or "python".
        number: what it is at this point, so that choices can be made.
        literal: whether it is that number and nothing else; laws such as 1 · x = x then apply.
        note: the convention that chose it, of a slope at a kink or tie.

    Attributes:
        made: the operation that it is, and its operands, if any.

    >>> Formula("z", number=0.5) * 2 + 1
    Formula('z · 2 + 1')
    """

    made: tuple[Op, Sequence[Formula]] | None
    __slots__ = ("dialect", "literal", "made", "note", "number", "term")

    def __init__(
        self,
        text: str,
        tightness: int = ATOM,
        dialect: str = "unicode",
        number: Number | None = None,
        literal: bool = False,
        note: str = "",
    ) -> None:
        self.term, self.dialect, self.number, self.literal = (text, tightness), dialect, number, literal
        self.note, self.made = note, None

    def __repr__(self) -> str:
        return f"Formula({self.term[0]!r})"

    def apply(self, op: Op, operands: Sequence[Any]) -> Formula:
        terms = [in_words(x, self.dialect) for x in operands]
        numbers = [x.number for x in terms if x.number is not None]
        if not numbers:  # words alone
            return self._written(op, terms)
        number = op.limit(numbers) if len(numbers) == len(terms) else None
        note = next((x.note for x in terms if x.note), "")
        if number is not None:
            note = note or "jump" * _jumps(op, numbers)
            flat = [op.is_flat(i, terms) for i in range(len(terms))]
            terms = [in_words(n, x.dialect) if f else x for x, n, f in zip(terms, numbers, flat, strict=True)]
        folded = op.fold([x.number if x.literal else x for x in terms])
        if folded is None and number is not None:
            folded = _chosen(op, terms, number)
        if folded is not None:
            return in_words(folded, self.dialect).noted(note)
        return self._written(op, terms, number, note)

    def _written(self, op: Op, terms: Sequence[Formula], number: Number | None = None, note: str = "") -> Formula:
        result = Formula(*op.write(self.dialect, [x.term for x in terms]), self.dialect, number, note=note)
        result.made = op, terms
        return result

    def noted(self, note: str) -> Formula:
        """The same by a convention."""
        if not note:
            return self
        result = Formula(*self.term, self.dialect, self.number, self.literal, note)
        result.made = self.made
        return result

    def text(self, number: Number | None = None) -> Formula:
        """The same as words alone, which no law shortens."""
        result = Formula(*self.term, self.dialect, number)
        result.made = self.made
        return result

    def times(self, other: Formula) -> Formula:
        """A product whose factors stand in a row: ∂L/∂a · a · (1 − a).

        >>> a = Formula("a")
        >>> Formula("g").times(a * (1 - a)), Formula("g").times(1 / a)
        (Formula('g · a · (1 − a)'), Formula('g · (1 / a)'))
        """
        text, tightness = other.term
        in_a_row = other.made is not None and other.made[0].value is operator.mul
        return self * Formula(text, POWER if in_a_row else tightness, other.dialect)


def in_words(x: Formula | Number, dialect: str = "unicode") -> Formula:
    """A number as a Formula; a Formula as it is."""
    return x if isinstance(x, Formula) else Formula(*figure(x, dialect, given=True), dialect, x, literal=True)


def _jumps(op: Op, numbers: Sequence[Number]) -> bool:
    """Whether a choice is made just where it changes, as [x > 0] at 0: a convention says which."""
    for i in range(len(numbers)):
        if op.is_flat(i, numbers):
            sides = [math.nextafter(numbers[i], end) for end in (-math.inf, math.inf)]
            below, above = (op.limit([*numbers[:i], side, *numbers[i + 1 :]]) for side in sides)
            if below != above:
                return True
    return False


def _chosen(op: Op, terms: Sequence[Formula], number: Number) -> Formula | None:
    """The operand that an operation with a kink hands on at this point, as min(x, 0) does x below 0."""
    numbers: list[Any] = [x.number for x in terms]
    if op.kink and not op.infix and number in numbers:
        slopes = [op.float_slope(i, numbers, *op.float_seen(numbers, number)) for i in range(len(terms))]
        if sorted(slopes) == [0] * (len(slopes) - 1) + [1]:
            return terms[slopes.index(1)]
    return None


def slope(
    z: Value, i: int, labels: Labels, dialect: str = "unicode", written: Mapping[int, Term] | None = None
) -> Formula:
    """∂z/∂operand i at this point: `c` for b in b · c, `1 − a²` for tanh, the literal 1 for a sum.

    At a kink or tie the row's convention is its note.

    >>> x = Value(0.0, "x")
    >>> y = abs(x)
    >>> flat = slope(y, 0, Labels([x, y]))
    >>> flat, flat.note
    (Formula('0'), 'slope 0 at x = 0')
    """
    written, op = written or {}, OPS[z.op]

    def word(x: Operand) -> Formula:
        if not isinstance(x, Value):
            return in_words(x, dialect)
        result = named(x)
        if id(x) in written and x.op:  # so that signs and fractions can be put together
            result.made = OPS[x.op], [named(y) if isinstance(y, Value) else in_words(y, dialect) for y in operands(x)]
        return result

    def named(x: Value) -> Formula:
        return Formula(*(written.get(id(x)) or labels.term(x, dialect)), dialect, x.data)

    column, entry = op.entry(i, operands(z))
    if op.common:  # its slope is written with the whole vectors
        column, entry = i, operands(z)
    terms = [word(x) for x in entry]  # of a vector no more than the slope sees, or n entries cost n² words
    result = in_words(op.slope(column, terms, word(z), shown=True), dialect)
    if result.note:
        kink, around = op.kink[:1].lower() + op.kink[1:], r"}}{}\text{{" if dialect == "latex" else "{}"
        kink = fill(kink, {name: around.format(x.term[0]) for name, x in zip(op.operands, terms, strict=True)})
        result.note = rf"\text{{{kink}}}" if dialect == "latex" else kink
    return result


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
    numbers = {id(x): numeral(x, dialect) for x in around if not x.name}
    return write(sorted(inside, key=by_order), Labels(inside + around), dialect, numbers)[id(z)][0]


def in_a_line(z: Value, dialect: str = "unicode") -> str:
    """The definition of z, if a line holds it: in the operands' numbers if it is long, and "" if that is too.

    >>> x = Value(2.0, "x")
    >>> in_a_line(x * x), in_a_line((x * x) ** Value(3.0, "a long name" * 99))
    ('x · x', '')
    """
    for most in (12, 1):
        try:
            text = definition(z, dialect, most)
        except LengthError:
            continue
        if len(text) <= LONGEST_LINE:
            return text
    return ""


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
