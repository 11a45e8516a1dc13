"""What a row of the table is: an operation's name, notation, value, slopes, domain; and what reads it.

A row's words are ordinary Python. On floats they give numbers, on arrays a batch, on a Value a
graph (so that a gradient can be differentiated again), on text a formula:

>>> from autograd.ops import tanh
>>> dtanh = tanh.partials[0]  # lambda x, z: 1 - z**2
>>> dtanh(0.0, 0.5)
0.75
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import chain
from numbers import Real
from types import FunctionType
from typing import TYPE_CHECKING, Any

from autograd.core.notation import ATOM, OPEN, POWER, SUM, Notation, Term, fill
from autograd.errors import ChalkgradError, DivisionByZero, DomainError, OperandError, RangeError, ShapeError


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One row: an operation's name, notation, value, partial derivatives, domain and kinks.

    Called on numbers it returns a number, on NumPy arrays an array, on a `Value` (or whatever else
    is an `Algebra`) what that makes of it. Values, slopes and domains are dimensionless.

    >>> from autograd.ops import dot, leaky_relu, log, sigmoid
    >>> log(1.0), sigmoid(-1000), leaky_relu(-2.0, 0.5), dot([1, 2], [3, 4])
    (0.0, 0.0, -1.0, 11)
    """

    name: str
    operands: tuple[str, ...]
    value: Callable[..., Any]
    partials: tuple[Callable[..., Any] | int, ...]
    written: dict[str, Notation]
    near: tuple[tuple[float, float], ...]  # for each operand, where to test
    defaults: tuple[float, ...] = ()  # of the last operands
    aliases: tuple[str, ...] = ()
    infix: bool = False  # an operator, not a name to call
    variadic: bool = False  # the operands are vectors
    laws: dict[tuple[str, int], str | int] = field(default_factory=dict)
    formula: Callable[..., Any] | None = None  # the textbook's, where `value` is a stabler form of it
    sympy: Callable[..., Any] | None = None
    quotient: bool = False  # its slopes divide: beside fractions, ints must become fractions first
    inline: str = ""  # Python without a call, for the functions that autograd.core.fast_ops makes
    ufunc: str = ""  # what NumPy and JAX call it, if not by its name
    c: str = ""  # in C, if not as in Python
    js: str = ""  # in JavaScript, if neither as in C nor its Math's function of that name
    where: str = ""  # the domain
    remedy: str = ""
    kink: str = ""

    def __call__(self, *operands: Any) -> Any:
        if self.variadic:
            vectors = self.vectors(operands)
            if isinstance(vectors[0][0], Algebra):
                return vectors[0][0].apply_vectors(self, vectors)
            for operand in chain.from_iterable(vectors):
                if isinstance(operand, Algebra):
                    return operand.apply_vectors(self, vectors)
            return self._of_numbers(vectors, sum(vectors, ()))
        if len(operands) != len(self.operands):
            operands = self.complete(operands)
        for operand in operands:
            if isinstance(operand, Algebra):
                return operand.apply(self, operands)
        return self._of_numbers(operands, operands)

    def _of_numbers(self, arguments: Sequence[Any], operands: Sequence[Any]) -> Any:
        if any(hasattr(operand, "shape") for operand in operands):
            kinds = [getattr(getattr(operand, "dtype", None), "kind", "") for operand in operands]
            if "O" in kinds and not self.variadic:
                return _entrywise(self, operands)
            return arrays()[self.name](*arguments)
        for operand in operands:
            if not isinstance(operand, Real):
                raise not_a_number(operand, f"An operand of {self.name}")
        return self.evaluate(operands)

    def __repr__(self) -> str:
        return f"<operation {self.description}>"

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
        if len(self.operands) == 1 and (len(arguments) != 1 or isinstance(arguments[0], Algebra | Real)):
            arguments = (arguments,)
        try:
            vectors = tuple(map(tuple, arguments))
        except TypeError:
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

    def evaluate(self, numbers: Sequence[Any], names: Sequence[str | None] = ()) -> Any:
        """The value at numbers; `names` are those of the operands, for the message.

        Raises:
            DomainError: outside `where`. DivisionByZero, RangeError: as Python's floats do.
        """
        try:
            return FLOATS[self.name](*self.columns(numbers))
        except (ArithmeticError, ValueError) as error:
            raise self.refusal(error, numbers, names) from None

    def limit(self, numbers: Sequence[Any]) -> Any:
        """The value at numbers; where Python's floats raise, what IEEE 754 has there: inf or nan."""
        try:
            return FLOATS[self.name](*self.columns(numbers))
        except (ArithmeticError, ValueError):
            return ieee(arrays()[self.name], *self.columns(numbers))

    def refusal(self, error: Exception, numbers: Sequence[Any], names: Sequence[str | None]) -> ChalkgradError:
        """Why there is no value at these numbers: what, where, remedy."""
        shown = [f"{x} = {number}" for x, number in zip(self.operands, numbers, strict=False)]
        for i, name in enumerate(names[: len(shown)]):
            shown[i] += f" at '{name}'" if name else ""
        got = ", ".join(shown)
        if isinstance(error, OverflowError):
            return RangeError(f"{self.name} is too large for a float at {got}. Scale the input down.")
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
            return entries[0] if len(entries) == 1 else (notation.join.join(text for text, _ in entries), SUM)
        rows = [(", ".join(text for text, _ in column), OPEN) for column in columns]
        return notation.write(self.operands, rows)

    def short(self, dialect: str, names: dict[str, str]) -> Term:
        """The operation on whole vectors, called by their names: `w·x`."""
        notation = self.written[dialect]
        return fill(notation.short or notation.template, names), SUM if notation.short else ATOM

    def slope(self, i: int, operands: Sequence[Any], z: Any) -> Any:
        """∂z/∂operand i in the row's own words, run on whatever the operands are."""
        column, entry = self.entry(i, operands)
        partial = self.partials[column]
        return partial if isinstance(partial, int) else partial(*entry, z)

    def entry(self, i: int, operands: Sequence[Any]) -> tuple[int, Sequence[Any]]:
        """Which partial belongs to operand i, and what it sees: of vectors, their entries beside i."""
        if not self.variadic:
            return i, operands
        n = len(operands) // len(self.operands)
        return i // n, operands[i % n :: n]

    def float_slope(self, i: int, numbers: Sequence[Any], z: Any) -> Any:
        """∂z/∂operand i as a number; where Python's floats refuse, the limit that IEEE 754 gives.

        >>> OPS["sqrt"].float_slope(0, (0.0,), 0.0), OPS["pow"].float_slope(1, (-2.0, 3.0), -8.0)
        (inf, nan)
        """
        if self.quotient and isinstance(z, Fraction):
            numbers = [Fraction(x) for x in numbers]
        column, entry = self.entry(i, numbers)
        partial = self.float_partials[column]
        if isinstance(partial, int):
            return partial
        try:
            return partial(*entry, z)
        except (ArithmeticError, ValueError):
            return ieee(partial, *entry, z)

    @functools.cached_property
    def float_partials(self) -> tuple[Callable[..., Any] | int, ...]:
        """The partials as functions of floats."""
        return tuple(p if isinstance(p, int) else rebind(p, FLOATS) for p in self.partials)

    @property
    def description(self) -> str:
        """The call, domain and conventions in one line."""
        domain = f"Needs {self.where}." if self.where else ""
        kink = f"{self.kink}." if self.kink else ""
        return " ".join(filter(None, [f"{self.signature}.", domain, kink]))

    def is_flat(self, i: int, operands: Sequence[Any]) -> bool:
        """Whether the slope by operand i is 0 everywhere, so that no edge leads back to it."""
        return self.partials[self.entry(i, operands)[0]] == 0

    @property
    def is_composed(self) -> bool:
        """Whether `value` is in the table's words, not a function of some library."""
        return isinstance(self.value, FunctionType) and self.sympy is None

    @property
    def is_step(self) -> bool:
        """Whether every slope is 0 everywhere: piecewise constant, shown by its number."""
        return all(partial == 0 for partial in self.partials)

    def fold(self, operands: Sequence[Any]) -> Any:
        """What literal operands leave of the operation: a number, one of the operands, or None.

        >>> mul = OPS["mul"]
        >>> mul.fold((1, "y")), mul.fold(("x", 0)), mul.fold((2, 3)), mul.fold((2, "y"))
        ('y', 0, 6, None)
        """
        literals = [isinstance(operand, Real) for operand in operands]
        if all(literals):
            exact = self.quotient and operands[1] and not any(isinstance(x, float) for x in operands)
            return Fraction(*operands) if exact else self.limit(operands)
        for name, operand, literal in zip(self.operands, operands, literals, strict=False):
            if literal and (name, operand) in self.laws:
                result = self.laws[name, operand]
                return operands[self.operands.index(result)] if isinstance(result, str) else result
        return None


class Algebra:
    """Operators that call the rows: a subclass says in `apply(op, operands)` what to make of them.

    Every row of one operand (the others by default) is a method too, as in `x.tanh()`.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """What the operation makes of the operands, at least one of them an Algebra."""
        raise NotImplementedError

    def apply_vectors(self, op: Op, vectors: Sequence[tuple[Any, ...]]) -> Any:
        """What a variadic operation makes of its vectors."""
        return self.apply(op, sum(vectors, ()))

    def operate(self, op: Op, left: Any, right: Any) -> Any:
        """Apply an operator, or let Python ask the other side, as a NumPy array, for its answer."""
        for operand in (left, right):
            if not isinstance(operand, int | float | Algebra | Real):
                return NotImplemented
        return self.apply(op, (left, right))

    def __add__(self, other: Any) -> Any:
        return self.operate(OPS["add"], self, other)

    def __radd__(self, other: Any) -> Any:
        return self.operate(OPS["add"], other, self)

    def __sub__(self, other: Any) -> Any:
        return self.operate(OPS["sub"], self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.operate(OPS["sub"], other, self)

    def __mul__(self, other: Any) -> Any:
        return self.operate(OPS["mul"], self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.operate(OPS["mul"], other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.operate(OPS["div"], self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.operate(OPS["div"], other, self)

    def __pow__(self, other: Any) -> Any:
        return self.operate(OPS["pow"], self, other)

    def __rpow__(self, other: Any) -> Any:
        return self.operate(OPS["pow"], other, self)

    def __neg__(self) -> Any:
        return self.apply(OPS["neg"], (self,))

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return self.apply(OPS["abs"], (self,))


def _method(op: Op) -> Callable[..., Any]:
    def method(self: Algebra, *rest: Any) -> Any:
        return self.apply(op, op.complete((self, *rest)))

    method.__name__, method.__doc__ = op.name, op.description
    return method


def not_a_number(thing: object, role: str) -> OperandError:
    """The error for something that cannot be calculated with."""
    remedy = "Give an int, a float, a Fraction or a Value."
    if hasattr(thing, "__len__") and not isinstance(thing, str | bytes):
        remedy = "Make one Value of each entry, as in [Value(x) for x in xs]."
    shown = repr(thing)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return OperandError(f"{role} must be a real number, got {shown} ({type(thing).__name__}). {remedy}")


# ── making rows ───────────────────────────────────────────────────────────────────────────────────

OPS: dict[str, Op] = {}
total = sum  # of a vector's entries, whatever they are
COMMON = {"reduce": reduce, "total": sum}
FLOATS: dict[str, Any] = dict(COMMON)  # the words as functions of floats


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
def arrays() -> dict[str, Any]:
    """The words as functions of NumPy arrays: NumPy's own where it has one of that name."""
    import numpy

    words: dict[str, Any] = dict(COMMON)
    for op in OPS.values():
        own = None if op.variadic or op.defaults else getattr(numpy, op.name, None)
        words[op.name] = own or rebind(op.value, words)
    return words


def ieee(words: Callable[..., Any], *operands: Any) -> float:
    """Words at a point where Python's floats raise: inf or nan, as IEEE 754 has it.

    >>> ieee(lambda x: 1 / x, 0.0), ieee(lambda x: log(x), -1.0)
    (inf, nan)
    """
    import numpy

    def float64(x: Any) -> Any:
        try:
            return numpy.float64(x)
        except OverflowError:  # an int that no float holds
            return numpy.float64(math.copysign(math.inf, 1 if x > 0 else -1))

    with numpy.errstate(all="ignore"):
        return float(rebind(words, arrays())(*map(float64, operands)))


def _row(name: str, value: Callable[..., Any] | None, written: dict[str, Notation], **columns: Any) -> Op:
    partials = {key[1:]: columns.pop(key) for key in list(columns) if key.startswith("d")}
    floats = columns.pop("floats", None)
    value = value or getattr(math, name, None) or floats
    near = columns.pop("near", (-2.0, 2.0))
    near = near if isinstance(near[0], tuple) else (near,) * len(partials)
    defaults = getattr(value, "__defaults__", None) or ()
    FLOATS[name] = floats or rebind(value, FLOATS)
    op = OPS[name] = Op(name, tuple(partials), value, tuple(partials.values()), written, near, defaults, **columns)
    if not op.variadic and len(op.operands) - len(op.defaults) == 1:
        for method in (name, *op.aliases):
            setattr(Algebra, method, _method(op))
    return op


def infix(name: str, value: Callable[..., Any], text: str, tightness: int, **columns: Any) -> Op:
    """A row written with a sign; at equal tightness the right operand needs parentheses."""
    needs = columns.pop("needs", (tightness, tightness + 1))
    python = text.replace("−", "-").replace("·", "*").replace("^", "**")
    written = {
        "unicode": Notation(text, tightness, needs),
        "latex": columns.pop("latex", Notation(_in_latex(text), tightness, needs)),
        "python": Notation(python, tightness, needs if len(needs) == 2 else (POWER,)),  # -x / y is (-x) / y there
    }
    return _row(name, value, written, infix=True, **columns)


def named(name: str, value: Callable[..., Any] | None = None, **columns: Any) -> Op:
    """A row written as a call; without a value, each library's own function of that name."""
    call = f"({', '.join(key[1:] for key in columns if key.startswith('d'))})"
    latex = columns.pop("latex", rf"\operatorname{{{name}}}".replace("_", r"\_"))
    written = {
        "unicode": Notation(columns.pop("symbol", name) + call),
        "latex": latex if isinstance(latex, Notation) else Notation(latex + call),
        "python": Notation(name + call),
    }
    return _row(name, value, written | columns.pop("written", {}), **columns)


def vector(name: str, value: Callable[..., Any], entry: Notation | None = None, **columns: Any) -> Op:
    """A row on vectors, written entry by entry if the notation of one is given."""
    lists = ", ".join(f"[{key[1:]}]" for key in columns if key.startswith("d"))
    written = {"python": Notation(f"{name}({lists})")}
    if entry:
        latex = replace(entry, template=_in_latex(entry.template), short=_in_latex(entry.short))
        written |= {"unicode": entry, "latex": latex}
    return named(name, value, written=written, variadic=True, **columns)


def both(template: str) -> dict[str, Notation]:
    """The same template in Unicode and LaTeX."""
    return {"unicode": Notation(template), "latex": Notation(template)}


def _in_latex(text: str) -> str:
    return text.replace("−", "-").replace(" · ", r" \cdot ").replace("·", r" \cdot ").replace("Σ", r"\sum")


def exact_power(x: Any, y: Any) -> Any:
    """x**y for floats, ints and Fractions; no complex number, and no exact one of more than 100,000 bits."""
    if x.__class__ is not float and y.__class__ is not float:
        bits = max(x.numerator.bit_length(), x.denominator.bit_length())
        if bits * abs(y) > 100_000:
            raise OverflowError
    z = x**y
    if z.__class__ is complex:
        raise ValueError
    return z
