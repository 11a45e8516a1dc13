"""A Value (for viz and nn too) is a number that remembers its operation, its operands and its local slopes.

    z = f(x, y)          z.op, z.x, z.y      the operation and its operands
    ∂z/∂x, ∂z/∂y         z.dx, z.dy          numbers, recorded when z is made

A leaf has no operation. Of vectors, x is a tuple of them and dx of their slopes; three operands
are one vector. A slope of None has no edge: the operand is a plain number, or the slope is 0 everywhere.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from fractions import Fraction
from itertools import chain, count
from numbers import Real
from typing import TYPE_CHECKING, Any, overload

from autograd.core.op import OPS, Op, not_a_number
from autograd.core.op import Number as Number
from autograd.core.tracer import Tracer
from autograd.errors import OperandError, TracingError

_new = object.__new__
orders = count()  # nodes are numbered as they are made, operands before results
tracing: ContextVar[bool] = ContextVar("tracing", default=False)  # whether a function is being compiled


class _Listed(type):
    """`dir(Value)` is what users call; what holds the graph and makes nodes is not for them."""

    def __dir__(cls) -> list[str]:
        hidden = {"apply", "apply_vectors", "dx", "dy", "operate", "order", "x", "y"}
        return sorted({*super().__dir__()} - hidden)


class Value(Tracer, metaclass=_Listed):
    """A node of a computation graph: a number with its history, dimensionless.

    Behaves like a Python number in arithmetic, comparison and formatting. `==` compares numbers, as
    for floats, while `hash` is by identity: as dictionary keys, two Values of equal data differ; to
    look for a node in a list, compare with `is`.

    Args:
        data: an int, float, Fraction (kept exact, gradients too) or NumPy scalar (stored as a float).
        name: what pictures and listings call it; any text.

    Attributes:
        data: the number. Changing a leaf's leaves results as they were made; `forward` updates them.
        grad: ∂output/∂self after `output.backward()`; None until a backward pass reached this node.
        op: the name of its row in the table of operations, "" for a leaf.

    Raises:
        OperandError: data is not a real number, or name is not text.

    Example:
        >>> a, b, c = Value(5, "a"), Value(3, "b"), Value(2, "c")
        >>> u = (b * c).named("u")
        >>> J = (3 * (a + u)).named("J")
        >>> J.backward()
        >>> u
        Value(6, u = b · c, grad = 3)
        >>> b.grad
        6
    """

    __slots__ = ("__weakref__", "data", "dx", "dy", "grad", "name", "op", "order", "x", "y")

    data: Number
    grad: Number | None
    op: str
    x: Any  # Operand, tuple of tuples of them, or None; the slopes likewise
    y: Any
    dx: Any
    dy: Any
    order: int
    name: str | None

    def __init__(self, data: Number, name: str | None = None) -> None:
        if name is not None:
            self.named(name)
        self.data = data if type(data) is float else number(data, "The data of a Value")
        self.op = ""
        self.grad = self.x = self.y = self.dx = self.dy = None
        self.order = next(orders)
        self.name = name

    # ── reading nodes ─────────────────────────────────────────────────────────────────────────────

    @property
    def operands(self) -> tuple[Value, ...]:
        """The operands in order, parallel edges kept; a constant appears as a Value of its own.

        >>> a = Value(4.0, "a")
        >>> (a + a).operands, (3 * a).operands
        ((Value(4.0, a), Value(4.0, a)), (Value(3), Value(4.0, a)))
        """
        return tuple(x if isinstance(x, Value) else Value(x) for x in operands(self))

    @property
    def partials(self) -> tuple[Number, ...]:
        """∂self/∂operand for each operand, recorded when self was made; 0 where no edge leads back.

        >>> (Value(4.0) * Value(5.0)).partials, (3 * Value(4.0)).partials
        ((5.0, 4.0), (0, 3))
        """
        return tuple(0 if slope is None else slope for slope in slopes(self))

    def named(self, name: str | None) -> Value:
        """Give the node a name and return it: `z = (w * x).named("z")`."""
        if not isinstance(name, str | None):
            raise OperandError(f"A name must be text, got {name!r}. Give it in quotes.")
        self.name = name
        return self

    if TYPE_CHECKING:  # what `autograd.methods` hangs here

        def backward(self, seed: Number = 1.0) -> None: ...
        def forward(self) -> Value: ...
        def _repr_latex_(self) -> str: ...

    def __copy__(self) -> Value:
        return restore(*fields(self))

    def __dir__(self) -> list[str]:
        return dir(type(self))

    # ── behaving like a number ────────────────────────────────────────────────────────────────────

    def __float__(self) -> float:
        _check("Making a float of a Value")
        return float(self.data)

    def __int__(self) -> int:
        _check("Making an int of a Value")
        return int(self.data)

    __trunc__ = __int__

    def __bool__(self) -> bool:
        _check("Asking whether a Value is true", "Use where(x, a, b).")
        return bool(self.data)

    @overload
    def __round__(self, digits: None = None) -> int: ...
    @overload
    def __round__(self, digits: int) -> Number: ...
    def __round__(self, digits: int | None = None) -> Number:
        _check("Rounding a Value")
        return round(self.data, digits)

    def __floor__(self) -> int:
        _check("Rounding a Value")
        return math.floor(self.data)

    def __ceil__(self) -> int:
        _check("Rounding a Value")
        return math.ceil(self.data)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec)

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return _compare(operator.eq, self, other)

    def __lt__(self, other: Operand) -> bool:
        return _compare(operator.lt, self, other)

    def __le__(self, other: Operand) -> bool:
        return _compare(operator.le, self, other)

    def __gt__(self, other: Operand) -> bool:
        return _compare(operator.gt, self, other)

    def __ge__(self, other: Operand) -> bool:
        return _compare(operator.ge, self, other)


Operand = Value | Number  # what operators take


def _compare(comparison: Callable[[Any, Any], bool], left: Value, right: object) -> bool:
    _check("Comparing Values", "Use where(gt(x, y), a, b), maximum or minimum.")
    if isinstance(right, Value):
        return comparison(left.data, right.data)
    return comparison(left.data, right) if isinstance(right, Real) else NotImplemented


def _check(what: str, remedy: str = "Use this package's functions on the Value itself.") -> None:
    """Refuse what would freeze into a recorded graph."""
    if tracing.get():
        raise TracingError(f"{what} in a function that is compiled would freeze the outcome. {remedy}")


def number(thing: object, role: str = "An operand") -> Number:
    """A number as it is stored: int, float and Fraction as they are, another real number as a float.

    Raises:
        OperandError: thing is not a real number.
    """
    if type(thing) is float or type(thing) is int or type(thing) is Fraction:
        return thing
    if isinstance(thing, Value):
        raise OperandError(f"{role} is a Value already: {thing!r}. Take its .data for a new leaf.")
    if not isinstance(thing, Real):
        raise not_a_number(thing, role)
    return int(thing) if isinstance(thing, bool) else float(thing)


def magnitude(x: Number) -> Number:
    """|x|: of a union, type checkers take the result of the built-in function for an object."""
    return -x if x < 0 else x


# ── recording ─────────────────────────────────────────────────────────────────────────────────────


def record(op: Op, operands: Sequence[Operand], strict: bool = True) -> Value:
    """The node z = op(operands): its value, and its slope by every operand that is a Value.

    Args:
        op: a row of the table.
        operands: Values and plain numbers, of vectors all entries in one sequence.
        strict: raise outside the domain; otherwise store what IEEE 754 has there (inf or nan).

    Raises:
        DomainError, DivisionByZero, RangeError: there is no value, as for Python's floats.
    """
    operands = tuple(x if isinstance(x, Value) else number(x) for x in operands)
    z = _new(Value)
    z.op = op.name
    z.x, z.y = _stored(op, operands)
    z.order = next(orders)
    z.grad = z.name = None
    recompute(z, strict)
    return z


def recompute(z: Value, strict: bool = True) -> None:
    """Set a node's data and slopes from its operands' data."""
    op, nodes = OPS[z.op], operands(z)
    numbers = [x.data if isinstance(x, Value) else x for x in nodes]
    if strict:
        z.data = op.evaluate(numbers, [getattr(x, "name", None) for x in nodes])
    else:
        z.data = op.limit(numbers)
    seen = op.float_seen(numbers, z.data)
    slopes = [
        op.float_slope(i, numbers, *seen) if isinstance(x, Value) and not op.is_flat(i, numbers) else None
        for i, x in enumerate(nodes)
    ]
    z.dx, z.dy = _stored(op, tuple(slopes))


def _stored(op: Op, items: tuple[Any, ...]) -> tuple[Any, Any]:
    """Operands or slopes as the slots x and y hold them."""
    if op.variadic:
        return tuple(op.columns(items)), None
    return ((items,), None) if len(items) > 2 else (*items, None)[:2]


def operands(z: Value) -> tuple[Operand, ...]:
    """A node's operands in order: Values, and plain numbers for constants."""
    if z.x.__class__ is tuple:
        return tuple(chain.from_iterable(z.x))
    if z.x is None:
        return ()
    return (z.x,) if z.y is None else (z.x, z.y)


def slopes(z: Value) -> tuple[Number | None, ...]:
    """A node's slopes in the order of its operands: numbers, and None where no edge leads back."""
    return tuple(chain.from_iterable(z.dx)) if z.x.__class__ is tuple else (z.dx, z.dy)[: len(operands(z))]


def fields(z: Value) -> tuple[Any, ...]:
    """What a copy of the node needs: everything but its place in the order of creation."""
    return z.data, z.grad, z.op, z.x, z.y, z.dx, z.dy, z.name


def restore(*saved: Any) -> Value:
    """A new node with saved fields."""
    z = _new(Value)
    z.data, z.grad, z.op, z.x, z.y, z.dx, z.dy, z.name = saved
    z.order = next(orders)
    return z
