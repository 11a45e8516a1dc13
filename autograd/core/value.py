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
from fractions import Fraction
from itertools import chain
from numbers import Real
from typing import TYPE_CHECKING, Any, overload

from autograd.core.choices import Choice, ask, goes_into, note, orders, refuse_if_compiled, tell_of_cut
from autograd.core.choices import tracing as tracing
from autograd.core.closed import CLOSED
from autograd.core.exact import Number as Number
from autograd.core.exact import brief, limited
from autograd.core.node import Node, blank
from autograd.core.op import OPS, Op, not_a_number
from autograd.core.tracer import Tracer
from autograd.errors import OperandError, shown

NO_HISTORY = (
    "A Value gets its operands from operators, as in a + b, and is given none. "
    "A new operation is a row of the table: CONTRIBUTING.md, An operation."
)
HIDDEN = {"apply", "apply_vectors", "choices", "conjugate", "dx", "dy", "operate", "order", "x", "y"}  # in `dir`


class _Listed(type):
    """`dir(Value)` is what users call; what holds the graph and makes nodes is not for them."""

    def __dir__(cls) -> list[str]:
        return sorted({*super().__dir__()} - HIDDEN)


class Value(Node, Tracer, metaclass=_Listed):
    """A node of a computation graph: a number with its history, dimensionless.

    Behaves like a Python number in arithmetic, comparison and formatting. `==` compares numbers, as
    for floats, while `hash` is by identity: as dictionary keys, two Values of equal data differ; to
    look for a node in a list, compare with `is`.

    Args:
        data: an int, float, Fraction (kept exact, gradients too) or NumPy scalar (stored as a float).
        name: what pictures and listings call it; any text. `label=` and `.label` are the same, as micrograd spells it.

    Attributes:
        data: the number. Changing a leaf's leaves results as they were made; `forward` updates them. That of
            a result follows from its operands, and cannot be set.
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

    __slots__ = ()

    _data: Number  # what `data` and `grad` hand out, for those that make nodes
    _grad: Number | None
    op: str
    x: Any  # Operand, tuple of tuples of them, or None; the slopes likewise
    y: Any
    dx: Any
    dy: Any
    order: int
    name: str | None
    choices: dict[Any, Choice]  # not there until there is one

    def __init__(
        self,
        data: Number,
        name: str | None = None,
        _op: object = None,
        label: str | None = None,
        _children: object = None,
    ) -> None:
        if name is not label or _children is not None:  # one of them is given
            if isinstance(name, tuple) or _children is not None:
                raise OperandError(NO_HISTORY)
            name = name if label is None else label
            self.named(name)
        self._data = data if type(data) is float else number(data, "The data of a Value")
        self.op = ""
        self._grad = self.x = self.y = self.dx = self.dy = None
        self.order = next(orders)
        self.name = name

    @property
    def data(self) -> Number:
        """The number."""
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        if self.op:
            raise OperandError(
                f"The data of {shown(self)} follows from its operands, and forward would undo a change. "
                "Change the data of leaves and call forward()."
            )
        self._data = data if type(data) is float else number(data, "The data of a Value")

    @property
    def label(self) -> str:
        """The name, as micrograd calls it; "" where there is none."""
        return self.name or ""

    @label.setter
    def label(self, label: str) -> None:
        self.named(label)

    @property
    def grad(self) -> Number | None:
        """∂output/∂self after `output.backward()`."""
        return self._grad

    @grad.setter
    def grad(self, grad: Number | None) -> None:
        self._grad = grad if grad is None or type(grad) is float else number(grad, "The grad of a Value")

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
        return tuple(0 if slope is None or slope is CLOSED else slope for slope in slopes(self))

    def named(self, name: str | None) -> Value:
        """Give the node a name and return it: `z = (w * x).named("z")`."""
        if not isinstance(name, str | None):
            raise OperandError(f"A name must be text, got {shown(name)}. Give it in quotes.")
        self.name = name
        return self

    if TYPE_CHECKING:  # what `autograd.methods` hangs here

        @property
        def _prev(self) -> set[Value]: ...
        @property
        def _op(self) -> str: ...
        def _backward(self) -> None: ...
        def backward(self, seed: Number = 1.0) -> None: ...
        def forward(self) -> Value: ...
        def _repr_latex_(self) -> str: ...

    def __copy__(self) -> Value:
        return restore(*fields(self))

    def __dir__(self) -> list[str]:
        return dir(type(self))

    # ── behaving like a number ────────────────────────────────────────────────────────────────────

    def __float__(self) -> float:
        tell_of_cut("a float")
        return float(self._data)

    def __int__(self) -> int:
        tell_of_cut("an int")
        return int(self._data)

    __trunc__ = __int__

    def conjugate(self) -> Value:
        """The Value itself, as of any real number; NumPy's variance asks for it."""
        return self

    def __bool__(self) -> bool:
        return _compare(operator.ne, self, 0, "Asking whether a Value is true", "Use where(x, a, b).")

    @overload
    def __round__(self, digits: None = None) -> int: ...
    @overload
    def __round__(self, digits: int) -> Number: ...
    def __round__(self, digits: int | None = None) -> Number:
        result: Number = _rounded(round, self, digits)
        return result

    def __floor__(self) -> int:
        return int(_rounded(math.floor, self))

    def __ceil__(self) -> int:
        return int(_rounded(math.ceil, self))

    def __floordiv__(self, other: Operand) -> Number:
        return _whole(self, other)  # type: ignore[no-any-return]

    def __rfloordiv__(self, other: Number) -> Number:
        return _whole(other, self)  # type: ignore[no-any-return]

    def __mod__(self, other: Operand) -> Value:
        return _rest(self, other)  # type: ignore[no-any-return]

    def __rmod__(self, other: Number) -> Value:
        return _rest(other, self)  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else brief(self._data)

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


def _compare(
    comparison: Callable[[Any, Any], Any],
    left: Value,
    right: object,
    what: str = "Comparing Values",
    remedy: str = "Use where(gt(x, y), a, b), maximum or minimum.",
) -> bool:
    """The outcome for the numbers, which is remembered: Python may choose a branch by it."""
    refuse_if_compiled(what, remedy)
    if not isinstance(right, Value | Real):
        return NotImplemented  # type: ignore[no-any-return]
    outcome = comparison(left._data, right._data if isinstance(right, Value) else right)
    note(comparison, left, right, outcome)
    return bool(outcome)


def _rounded(rounding: Callable[..., Any], x: Value, digits: int | None = None) -> Any:
    """A whole or round number near x, which is remembered: its slope is 0 wherever it does not jump."""
    refuse_if_compiled("Rounding a Value")
    result = ask(rounding, x._data, digits)
    note(rounding, x, digits, result)
    return result


def _whole(x: Any, y: Any) -> Any:
    """x // y, which is remembered, as it jumps."""
    refuse_if_compiled("Dividing a Value into whole parts")
    if not isinstance(x, Value | Real) or not isinstance(y, Value | Real):
        return NotImplemented
    dividend, divisor = (z._data if isinstance(z, Value) else z for z in (x, y))
    result: Any = dividend // divisor if divisor else x / y  # which says what is wrong
    asked: tuple[Any, Any, Any] = (operator.floordiv, x, y) if isinstance(x, Value) else (goes_into, y, x)
    note(*asked, result)
    return result


def _rest(x: Any, y: Any) -> Any:
    """x % y as x − y · (x // y): the slopes are 1 and −(x // y)."""
    whole = _whole(x, y)
    return whole if whole is NotImplemented else x - y * whole


def number(thing: object, role: str = "An operand") -> Number:
    """A number as it is stored: int, float and Fraction as they are, another real number as a float.

    Raises:
        OperandError: thing is not a real number. RangeError: an exact number is too long.
    """
    if type(thing) is float:
        return thing
    if type(thing) is int or type(thing) is Fraction:
        return limited(thing)
    if isinstance(thing, Value):
        raise OperandError(f"{role} is a Value already: {shown(thing)}. Take its .data for a new leaf.")
    if not isinstance(thing, Real):
        if getattr(getattr(thing, "dtype", None), "kind", "") == "b" and not getattr(thing, "shape", ()):
            return int(bool(thing))  # NumPy's True is no number of Python's
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
    z = blank(Value)
    z.op = op.name
    z.x, z.y = _stored(op, operands)
    z.order = next(orders)
    z._grad = z.name = None
    recompute(z, strict)
    return z


def recompute(z: Value, strict: bool = True) -> None:
    """Set a node's data and slopes from its operands' data."""
    op, nodes = OPS[z.op], operands(z)
    numbers = [x._data if isinstance(x, Value) else x for x in nodes]
    if strict:
        z._data = op.evaluate(numbers, nodes)
    else:
        z._data = op.limit(numbers)
    seen = op.float_seen(numbers, z._data)
    slopes = [
        op.settled(op.float_slope(i, numbers, *seen), i, nodes)
        if isinstance(x, Value) and not op.is_flat(i, numbers)
        else None
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


def edges(z: Value) -> Sequence[tuple[Value, Number]]:
    """The operands that z hands a gradient back to, each with its slope, in order; one that it uses twice, twice."""
    if z.x.__class__ is tuple:
        return [(x, slope) for x, slope in zip(operands(z), slopes(z), strict=True) if slope is not None]  # type: ignore[misc]
    if z.dx is None:
        return ((z.y, z.dy),) if z.dy is not None else ()
    return ((z.x, z.dx), (z.y, z.dy)) if z.dy is not None else ((z.x, z.dx),)


def entry(z: Value, i: int) -> tuple[int, Sequence[Operand]]:
    """Which partial belongs to operand i, and the operands that it sees: of vectors, the entries beside i."""
    if z.x.__class__ is not tuple or not OPS[z.op].variadic:
        return i, operands(z)
    column, k = divmod(i, len(z.x[0]))
    return column, [vector[k] for vector in z.x]


def fields(z: Value) -> tuple[Any, ...]:
    """What a copy of the node needs: everything but its place in the order of creation."""
    return z._data, z._grad, z.op, z.x, z.y, z.dx, z.dy, z.name


def restore(*saved: Any) -> Value:
    """A new node with saved fields."""
    z = blank(Value)
    z._data, z._grad, z.op, z.x, z.y, z.dx, z.dy, z.name = saved
    z.order = next(orders)
    return z
