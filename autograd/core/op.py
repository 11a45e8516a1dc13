"""What a row of the table is, for viz and nn too: an operation's name, notation, value, slopes, domain; what reads it.

A row's words are ordinary Python. On floats they give numbers, on arrays a batch, on a Value a
graph (so that a gradient can be differentiated again), on text a formula:

>>> from autograd.ops import sqrt
>>> dsqrt = sqrt.partials[0]  # lambda x, z: 1 / (2 * z)
>>> dsqrt(4.0, 2.0)
0.25
"""

from __future__ import annotations

import functools
import math
import operator
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import chain
from numbers import Real
from types import FunctionType
from typing import Any, TypeVar

from autograd.core.closed import CLOSED
from autograd.core.exact import Number as Number
from autograd.core.exact import brief, limited
from autograd.core.notation import ATOM, OPEN, SUM, Notation, Term, fill, joined
from autograd.errors import (
    ChalkgradError,
    DivisionByZero,
    DomainError,
    OperandError,
    RangeError,
    ShapeError,
    branched,
    located,
    shown,
)

T = TypeVar("T")


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One row: an operation's name, notation, value, partial derivatives, domain and kinks.

    Called on numbers it returns a number, on NumPy arrays an array, on whatever is `Traced` what that
    makes of it. Values, slopes and domains are dimensionless.

    >>> from autograd.ops import dot, leaky_relu, log, sigmoid
    >>> log(1.0), sigmoid(-1000), leaky_relu(-2.0, 0.5), dot([1, 2], [3, 4])
    (0.0, 0.0, -1.0, 11)
    """

    name: str
    operands: tuple[str, ...]
    value: Callable[..., Any]
    partials: tuple[Callable[..., Any] | int, ...]  # as they are calculated, exact in every tail
    shown: tuple[Callable[..., Any] | int, ...]  # as textbooks write them; beside `common`, of z and the whole vectors
    written: dict[str, Notation]
    near: tuple[tuple[float, float], ...]  # for each operand, where to test
    defaults: tuple[float, ...] = ()  # of the last operands
    aliases: tuple[str, ...] = ()
    infix: bool = False  # an operator, not a name to call
    variadic: bool = False  # the operands are vectors
    common: Callable[..., tuple[Any, ...]] | None = None  # of the vectors: what slopes see behind z, the same for all
    laws: dict[tuple[str, object], str | int] = field(default_factory=dict)
    formula: Callable[..., Any] | None = None  # the textbook's, where `value` is a stabler form of it
    sympy: Callable[..., Any] | None = None
    quotient: bool = False  # its slopes divide: beside fractions, ints must become fractions first
    inline: str = ""  # Python without a call, for the functions that autograd.core.fast_ops makes
    ufunc: str = ""  # what NumPy and JAX call it, if not by its name
    c: str = ""  # in C, if not as in Python
    js: str = ""  # in JavaScript, if neither as in C nor its Math's function of that name
    beyond: Callable[..., float] = lambda *_: math.nan  # what IEEE 754 has where Python's floats raise
    where: str = ""  # the domain
    remedy: str = ""
    kink: str = ""
    part: str = "operand"  # what one of its operands is called
    gate: bool = False  # a slope of 0 selects: nothing comes through, be it inf or nan

    def __call__(self, *operands: Any) -> Any:
        if self.variadic:
            vectors = self.vectors(operands)
            if isinstance(vectors[0][0], Traced):
                return vectors[0][0].apply_vectors(self, vectors)
            for operand in chain.from_iterable(vectors):
                if isinstance(operand, Traced):
                    return operand.apply_vectors(self, vectors)
            return self._of_numbers(sum(vectors, ()))
        if len(operands) != len(self.operands):
            operands = self.complete(operands)
        for operand in operands:
            if isinstance(operand, Traced):
                return operand.apply(self, operands)
        return self._of_numbers(operands)

    def _of_numbers(self, operands: Sequence[Any]) -> Any:
        """The value at numbers or NumPy arrays, vectors taken apart."""
        if any(hasattr(operand, "shape") for operand in operands):
            kinds = [getattr(getattr(operand, "dtype", None), "kind", "") for operand in operands]
            if "O" in kinds and not self.variadic:
                return _entrywise(self, operands)
            counted = [x * 1 if kind == "b" else x for x, kind in zip(operands, kinds, strict=True)]
            return arrays()[self.name](*self.columns(counted))
        for operand in operands:
            if not isinstance(operand, Real):
                raise not_a_number(operand, f"An operand of {self.name}")
        return self.evaluate(operands)

    def __repr__(self) -> str:
        return f"<operation {self.signature}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _row_called, (self.name,)

    @property
    def signature(self) -> str:
        """The call with its defaults, as `leaky_relu(x, a=0.01)`; a vector is written `[x, …]`."""
        required = len(self.operands) - len(self.defaults)
        optional = [f"{x}={a:g}" for x, a in zip(self.operands[required:], self.defaults, strict=True)]
        names = [f"[{x}, …]" if self.variadic else x for x in self.operands[:required]]
        return f"{self.name}({', '.join(names + optional)})"

    def complete(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands, defaults filled in."""
        missing = len(self.operands) - len(arguments)
        if not 0 <= missing <= len(self.defaults):
            raise OperandError(f"The call is {self.signature}, got {len(arguments)} operands.")
        return arguments + self.defaults[len(self.defaults) - missing :]

    def vectors(self, arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
        """The vectors of a variadic row; `sum(a, b)` may stand for `sum([a, b])`.

        Raises:
            OperandError: not one vector for each of the row's names.
            ShapeError: no entries, or vectors of unequal length.
        """
        if len(self.operands) == 1 and (len(arguments) != 1 or isinstance(arguments[0], Traced | Real)):
            arguments = (arguments,)
        try:
            vectors = tuple(map(tuple, arguments))
        except TypeError:
            if all(map(_is_iterable, arguments)):  # an error inside a generator is its author's
                raise
            vectors = ()
        if len(vectors) != len(self.operands):
            raise OperandError(f"The call is {self.signature}.")
        if not vectors[0] or len(vectors[-1]) != len(vectors[0]):  # no row has more than two
            got = " and ".join(str(len(vector)) for vector in vectors)
            raise ShapeError(f"{self.name} needs vectors of one length, at least 1, got length {got}.")
        return vectors

    def columns(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The arguments of `value`: the operands, of a variadic row cut into its vectors again."""
        if not self.variadic:
            return operands
        n = len(operands) // len(self.operands)
        return [operands[i : i + n] for i in range(0, len(operands), n)]

    def evaluate(self, numbers: Sequence[Number], nodes: Sequence[object] = ()) -> Number:
        """The value at numbers; `nodes` are the operands, whose names the message gives.

        Raises:
            DomainError: outside `where`. DivisionByZero: as Python's floats do.
            RangeError: likewise, and where an exact number is too long.
        """
        try:
            z = FLOATS[self.name](*self.columns(numbers))
            return z if z.__class__ is float else limited(z)
        except (ArithmeticError, ValueError) as error:
            raise branched(self.refusal(error, numbers, [getattr(x, "name", None) for x in nodes])) from None

    def limit(self, numbers: Sequence[Number]) -> Number:
        """The value at numbers; where Python's floats raise, what IEEE 754 has there: inf or nan."""
        try:
            return limited(FLOATS[self.name](*self.columns(numbers)))
        except RangeError as error:
            raise self.refusal(error, numbers, ()) from None
        except (ArithmeticError, ValueError):
            return ieee(lambda *limits: self(*self.columns(limits)), *numbers)

    def refusal(self, error: Exception, numbers: Sequence[Number], names: Sequence[str | None]) -> ChalkgradError:
        """Why there is no value at these numbers: what, where, remedy."""
        parts = [f"{x} = {brief(number)}" for x, number in zip(self.operands, numbers, strict=False)]
        for i, name in enumerate(names[: len(parts)]):
            parts[i] += f" at '{name}'" if name else ""
        got = ", ".join(parts)
        if isinstance(error, RangeError):
            return located(error, f"{self.name} at {got}")
        if isinstance(error, OverflowError):
            way = "up" if numbers[0] and -1 < numbers[0] < 1 else "down"  # 1e-300**-2 is too large too
            return RangeError(f"{self.name} is too large for a float at {got}. Scale the input {way}.")
        kind = DivisionByZero if isinstance(error, ZeroDivisionError) else DomainError
        return kind(f"{self.name} needs {self.where}, got {got}. {self.remedy}")

    def write(self, dialect: str, terms: Sequence[Term]) -> Term:
        """The operation on written operands, as Unicode, LaTeX or Python text.

        >>> OPS["dot"].write("unicode", [(word, ATOM) for word in "abcd"])
        ('a · c + b · d', 1)
        """
        notation = self.written[dialect]
        if not self.variadic:
            return notation.write(self.operands, terms)
        columns = self.columns(terms)
        if notation.join:
            entries = [notation.write(self.operands, entry) for entry in zip(*columns, strict=True)]
            return entries[0] if len(entries) == 1 else (_listed(notation.join, entries), SUM)
        return notation.write(self.operands, [(_listed(", ", column), OPEN) for column in columns])

    def short(self, dialect: str, names: dict[str, str]) -> Term:
        """The operation on whole vectors, called by their names: `w·x`."""
        notation = self.written[dialect]
        return fill(notation.short or notation.template, names), SUM if notation.short else ATOM

    def slope(self, i: int, operands: Sequence[Any], *seen: Any, shown: bool = False) -> Any:
        """∂z/∂operand i in the row's own words, run on whatever the operands are; or in a textbook's, to be shown.

        Args:
            seen: z, and behind it what `seen` gives, if the slope is to be calculated.

        >>> from autograd.language.formula import Formula
        >>> tanh, x, z = OPS["tanh"], Formula("x"), Formula("z")
        >>> tanh.slope(0, [x], z), tanh.slope(0, [x], z, shown=True)
        (Formula('4 · σ′(2 · x)'), Formula('1 − z²'))
        """
        column, entry = self.entry(i, operands)
        partial = self.partials[column]
        if shown:
            partial, seen = self.shown[column], (seen[0], *(self.columns(operands) if self.common else ()))
        return partial if isinstance(partial, int) else partial(*entry, *seen)

    def seen(self, operands: Sequence[Any], z: Any) -> tuple[Any, ...]:
        """What all slopes see beside their operands: z, and of vectors what is common to their entries."""
        return (z, *self.common(*self.columns(operands))) if self.common else (z,)

    def handed(self, i: int, operands: Sequence[Any], slope: Any, gradient: Any) -> Any:
        """∂z/∂operand i · gradient: what z hands on to operand i; a gate selects, and does not multiply."""
        return OPS["gated" if self.gate or self.is_flat(i, operands) else "mul"](slope, gradient)

    def entry(self, i: int, operands: Sequence[T]) -> tuple[int, Sequence[T]]:
        """Which partial belongs to operand i, and what it sees: of vectors, their entries beside i."""
        if not self.variadic:
            return i, operands
        n = len(operands) // len(self.operands)
        return i // n, operands[i % n :: n]

    def float_seen(self, numbers: Sequence[Number], z: Number) -> tuple[Number, ...]:
        """What all slopes see, as numbers; where Python's floats refuse, as IEEE 754 has them."""
        if not self.common:
            return (z,)
        try:
            return (z, *rebind(self.common, FLOATS)(*self.columns(numbers)))
        except (ArithmeticError, ValueError):
            _, *limits = self.seen([Limit(x) for x in numbers], Limit(z))
            return (z, *(x.number for x in limits))

    def float_slope(self, i: int, numbers: Sequence[Number], *seen: Number) -> Number:
        """∂z/∂operand i as a number; where Python's floats refuse, the limit that IEEE 754 gives.

        >>> OPS["sqrt"].float_slope(0, (0.0,), 0.0), OPS["pow"].float_slope(1, (-2.0, 3.0), -8.0)
        (inf, nan)
        """
        if self.quotient and isinstance(seen[0], Fraction):
            numbers = [Fraction(x) for x in numbers]
        column, entry = self.entry(i, numbers)
        partial = self.float_partials[column]
        if isinstance(partial, int):
            return partial
        try:
            slope = partial(*entry, *seen)
        except (ArithmeticError, ValueError):
            slope = ieee(self.partials[column], *entry, *seen)  # type: ignore[arg-type]
        return CLOSED if self.gate and not slope else slope

    @functools.cached_property
    def float_partials(self) -> tuple[Callable[..., Number] | int, ...]:
        """The partials as functions of floats."""
        return tuple(p if isinstance(p, int) else rebind(p, FLOATS) for p in self.partials)

    def shown_number(self, column: int, entry: Sequence[Number], z: Number) -> Number:
        """The slope by a textbook's words at numbers, where it does not see whole vectors."""
        partial = self.float_shown[column]
        if isinstance(partial, int):
            return partial
        try:
            return partial(*entry, z)
        except (ArithmeticError, ValueError):
            return ieee(self.shown[column], *entry, z)  # type: ignore[arg-type]

    @functools.cached_property
    def float_shown(self) -> tuple[Callable[..., Number] | int, ...]:
        """The textbook's slopes as functions of floats."""
        return tuple(p if isinstance(p, int) else rebind(p, FLOATS) for p in self.shown)

    def is_flat(self, i: int, operands: Sequence[object]) -> bool:
        """Whether the slope by operand i is 0 everywhere, so that no edge leads back to it."""
        return self.partials[self.entry(i, operands)[0]] == 0

    def settled(self, slope: Number, i: int, operands: Sequence[object]) -> Number:
        """A slope as it is, or CLOSED where literal operands make it 0 whatever the others are, as that of 0 · x.

        >>> a = object()
        >>> [OPS["mul"].settled(0.0, 0, (a, y)) is CLOSED for y in (0.0, a)], OPS["mul"].settled(2.0, 0, (a, 2.0))
        ([True, False], 2.0)
        """
        if slope:
            return slope
        column, entry = self.entry(i, operands)  # of wide vectors, two numbers
        if not any(isinstance(x, Real) for x in entry):
            return slope
        terms = [x if isinstance(x, Real) else Unknown() for x in entry]
        partial = self.partials[column]
        if self.common or isinstance(partial, int):
            return slope
        if isinstance(self.fold(terms), Real) and not self.variadic:
            return CLOSED
        try:
            literal = partial(*terms, Unknown())
        except (ArithmeticError, ValueError):
            return slope
        return CLOSED if isinstance(literal, Real) and not literal else slope

    @functools.cached_property
    def dunder(self) -> str:
        """What Python's special methods call the row, such as `truediv`; "" where Python has no operator for it."""
        return self.value.__name__ if getattr(operator, self.value.__name__, None) is self.value else ""

    @property
    def takes_one(self) -> bool:
        """Whether a call with one operand is enough, so that the row is a method too."""
        return not self.variadic and len(self.operands) - len(self.defaults) == 1

    @property
    def is_composed(self) -> bool:
        """Whether `value` is in the table's words, not a function of some library."""
        return isinstance(self.value, FunctionType) and self.sympy is None

    @property
    def is_step(self) -> bool:
        """Whether every slope is 0 everywhere: piecewise constant, shown by its number."""
        return all(partial == 0 for partial in self.partials)

    def fold(self, operands: Sequence[T | Number]) -> T | Number | None:
        """What literal operands leave of the operation: a number, one of the operands, or None.

        >>> mul = OPS["mul"]
        >>> mul.fold((1, "y")), mul.fold(("x", 0)), mul.fold((2, 3)), mul.fold((2, "y"))
        ('y', 0, 6, None)
        """
        numbers: list[Any] = [x for x in operands if isinstance(x, Real)]
        if len(numbers) == len(operands):
            exact = self.quotient and numbers[1] and not any(isinstance(x, float) for x in numbers)
            return Fraction(*numbers) if exact else self.limit(numbers)
        for name, operand in zip(self.operands, operands, strict=False):
            result = self.laws.get((name, operand)) if isinstance(operand, Real) else None
            if result is not None:
                return operands[self.operands.index(result)] if isinstance(result, str) else result
        return None


class Traced:
    """What a row may be called on besides numbers and arrays: `apply` says what the row makes of it."""

    __slots__ = ()

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """What the operation makes of the operands, at least one of them Traced."""
        raise NotImplementedError

    def apply_vectors(self, op: Op, vectors: Sequence[tuple[Any, ...]]) -> Any:
        """What a variadic operation makes of its vectors."""
        return self.apply(op, sum(vectors, ()))

    def operate(self, op: Op, left: object, right: object) -> Any:
        """Apply an operator, or let Python ask the other side, such as a NumPy array, for its answer."""
        for operand in (left, right):
            if not isinstance(operand, int | float | Fraction | Traced | Real):
                return NotImplemented
        return self.apply(op, (left, right))


def _listed(separator: str, terms: Sequence[Term]) -> str:
    texts = [text for text, _ in terms]
    return joined(separator.join(texts), texts)


def _is_iterable(thing: Any) -> bool:
    try:
        iter(thing)
    except TypeError:  # a number, or an array of no dimensions
        return False
    return True


def not_a_number(thing: object, role: str) -> OperandError:
    """The error for something that cannot be calculated with."""
    remedy = "Give an int, a float, a Fraction or a Value."
    if hasattr(thing, "__len__") and not isinstance(thing, str | bytes):
        remedy = "Make one Value of each entry, as in [Value(x) for x in xs]."
    return OperandError(f"{role} must be a real number, got {shown(thing)} ({type(thing).__name__}). {remedy}")


OPS: dict[str, Op] = {}
COMPOSED: dict[str, Callable[..., Any]] = {}  # functions made of rows, by their names
total = sum  # of a vector's entries, whatever they are
LARGEST = sys.float_info.max
COMMON: dict[str, Any] = {"reduce": reduce, "total": sum, "LARGEST": LARGEST}
FLOATS: dict[str, Callable[..., Number]] = {**COMMON}  # the words as functions of floats


def _entrywise(op: Op, operands: Sequence[Any]) -> Any:
    """The row on each entry of arrays of Values: NumPy's functions would choose among them, and forget the graph."""
    import numpy

    return numpy.frompyfunc(op, len(operands), 1)(*operands)


def _row_called(name: str) -> Op:
    return OPS[name]


def rebind(words: Callable[..., Any], vocabulary: dict[str, Any]) -> Callable[..., Any]:
    """The same words, their names looked up in another vocabulary.

    >>> rebind(lambda x: exp(x), {"exp": "{}!".format})(3)
    '3!'
    """
    if not isinstance(words, FunctionType):
        return words
    return FunctionType(words.__code__, vocabulary, words.__name__, words.__defaults__)


@functools.cache
def arrays() -> dict[str, Callable[..., Any]]:
    """The words as functions of NumPy arrays: NumPy's own where it has one of that name."""
    import numpy

    words = dict(COMMON)
    for op in OPS.values():
        own = None if op.variadic or op.defaults else getattr(numpy, op.name, None)
        made = op.value if isinstance(op.value, FunctionType) else numpy.vectorize(op.value, otypes=[float])
        words[op.name] = own or rebind(made, words)
    return words


class Unknown(Traced):
    """What is no literal, in a slope's words: where a number comes out, it does not depend on this."""

    __slots__ = ()

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        if op.is_composed:
            return op.value(*op.columns(operands))
        left = op.fold(operands)
        return self if left is None else left


class Limit(Traced):
    """A float whose arithmetic goes on where Python's raises, with what IEEE 754 has there: inf or nan.

    >>> 1 / Limit(0.0), OPS["log"](Limit(-1.0))
    (Limit(inf), Limit(nan))
    """

    __slots__ = ("number",)

    def __init__(self, number: Number) -> None:
        try:
            self.number = float(number)
        except OverflowError:  # an int that no float holds
            self.number = math.inf if number > 0 else -math.inf

    def __repr__(self) -> str:
        return f"Limit({self.number})"

    def __float__(self) -> float:
        return self.number

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        for x in operands:
            if isinstance(x, Traced) and not isinstance(x, Limit):  # the node of a program
                return x.apply(op, operands)
        limits = op.columns([x if isinstance(x, Limit) else Limit(x) for x in operands])
        if op.is_composed:
            return op.value(*limits)
        numbers = [x.number for x in limits]
        try:
            return Limit(FLOATS[op.name](*numbers))
        except (ArithmeticError, ValueError):
            return Limit(op.beyond(*numbers))


def ieee(words: Callable[..., Any], *operands: Number) -> float:
    """Words at a point where Python's floats raise: inf or nan, as IEEE 754 has it.

    >>> from autograd.ops import log
    >>> ieee(lambda x: 1 / x, -0.0), ieee(log, 0.0)
    (-inf, -inf)
    """
    result = words(*map(Limit, operands))
    return result.number if isinstance(result, Limit) else float(result)
