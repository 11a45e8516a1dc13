"""Value's operators with their rows written into them: a node costs its arithmetic and one allocation.

`record` makes a node of any row by looking everything up. The functions made here do the same in
straight lines: a row's words run on source text, and the text is compiled. Those of `mul` become

    node._data = z = (x * y)
    node.dx = y
    node.dy = x

Where such lines raise, or numbers are of an unusual kind, `record` takes over. `autograd.methods` gives
the functions to Value.
"""

from __future__ import annotations

import functools
import linecache
from collections.abc import Callable, Sequence
from itertools import repeat, starmap
from typing import Any

from autograd.core import tracer
from autograd.core.choices import orders
from autograd.core.closed import CLOSED
from autograd.core.exact import limited
from autograd.core.notation import fill
from autograd.core.op import FLOATS, OPS, Number, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Operand, Value, record


class Source(Tracer):
    """A Python expression as text, in brackets.

    >>> Source("x") * 2 + 1
    ((x * 2) + 1)
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def apply(self, op: Op, operands: Sequence[Any]) -> Source:
        return Source(pattern(op).format(*operands))


@functools.cache
def pattern(op: Op) -> str:
    """How Python writes a call of a row, for `str.format`.

    >>> pattern(OPS["mul"]), pattern(OPS["tanh"])
    ('({0} * {1})', 'tanh({0})')
    """
    text = fill(op.inline or op.written["python"].template, {x: f"{{{i}}}" for i, x in enumerate(op.operands)})
    return f"({text})" if op.infix else text


def formula(op: Op) -> str:
    """z as source: the row's words, or a call of the function that stands in `FLOATS`.

    >>> formula(OPS["mul"]), formula(OPS["tanh"]), formula(OPS["silu"])
    ('(x * y)', 'tanh(x)', '(x * sigmoid(x))')
    """
    names = [Source(x) for x in op.operands]
    if op.is_composed or (op.infix and FLOATS[op.name] is op.value):
        return str(op.value(*names))
    return f"{op.name}({', '.join(op.operands)})"


def slopes(op: Op) -> list[str]:
    """∂z/∂operand as source, one for each operand; None where there is no edge.

    >>> slopes(OPS["div"]), slopes(OPS["gt"]), slopes(OPS["relu"])
    (['(1 / y)', '((-z) / y)'], ['None', 'None'], ['(+(x > 0) or closed)'])
    """
    names = [Source(x) for x in (*op.operands, "z")]
    texts = [str(partial or None) if isinstance(partial, int) else str(partial(*names)) for partial in op.partials]
    return [f"({text} or closed)" if op.gate and text != "None" else text for text in texts]


_UNARY = """
def _{op}(self):
    node = next(blanks)
    x = self._data
    try:
        node._data = z = {z}
        node.dx = {dx}
    except (ArithmeticError, ValueError):
        return record(OPS["{op}"], (self,))
    node.x = self
    node.y = node.dy = None
"""

_FORWARD = """
def __{method}__(self, other):
    node = next(blanks)
    x = self._data
    try:
        if other.__class__ is Value{exact}:
            y = other._data
            node._data = z = {z}
            {limit}
            node.dx = {dx}
            node.dy = {dy}
        elif (other.__class__ is float or other.__class__ is int){exact}:
            y = other
            node._data = z = {z}
            {limit}
            node.dx = {dx}
            node.dy = None
        else:
            return self.operate(OPS["{op}"], self, other)
    except (ArithmeticError, ValueError):
        return record(OPS["{op}"], (self, other))
    node.x = self
    node.y = other
"""

_REFLECTED = """
def __r{method}__(self, other):
    if (other.__class__ is not float and other.__class__ is not int){inexact}:
        return self.operate(OPS["{op}"], other, self)
    node = next(blanks)
    x = other
    y = self._data
    try:
        node._data = z = {z}
        {limit}
        node.dy = {dy}
    except (ArithmeticError, ValueError):
        return record(OPS["{op}"], (other, self))
    node.dx = None
    node.x = other
    node.y = self
"""

_CALL = """
def _{op}({arguments}):
    node = next(blanks)
    try:
        {numbers}
        node._data = z = {z}
        {limit}
        {slopes}
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return record(OPS["{op}"], ({arguments}))
    {operands}
"""

_VECTORS = """
def _{op}({arguments}):
    node = next(blanks)
    try:
        try:
            {numbers}
            node._data = z = {op}({vectors})
            {limit}
            node.dx = ({slopes},)
        except AttributeError:
            {mixed_numbers}
            node._data = z = {op}({vectors})
            {limit}
            node.dx = ({mixed_slopes},)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return record(OPS["{op}"], {joined})
    node.x = ({arguments},)
    node.y = node.dy = None
"""

_REST = """\
    node.op = "{op}"
    node.order = next(orders)
    node._grad = node.name = None
    return node
"""


_LIMIT = "if z.__class__ is not float: limited(z)"  # an exact number must not grow for ever


def _unary(op: Op) -> str:
    return (_UNARY + _REST).format(op=op.name, z=formula(op), dx=slopes(op)[0])


def _operator(op: Op) -> str:
    """Both methods of an infix row. A quotient of ints leaves the exact numbers: there only floats are inlined."""
    dx, dy = slopes(op)
    parts = {
        "op": op.name,
        "z": formula(op),
        "dx": dx,
        "dy": dy,
        "limit": "pass" if op.quotient or op.is_composed else _LIMIT,
        "method": op.dunder,
        "exact": " and self._data.__class__ is float" * op.quotient,
        "inexact": " or self._data.__class__ is not float" * op.quotient,
    }
    return (_FORWARD + _REST + _REFLECTED + _REST).format(**parts)


def _call(op: Op) -> str:
    """A row of two or three operands that is called by its name; any of them may be a float or int."""
    names = op.operands
    nodes = [f"{x}_" for x in names]
    read = "{x} = {x}_.data if {x}_.__class__ is Value else plain[{x}_.__class__]({x}_)"
    live = [
        d if d == "None" else f"{d} if {x}.__class__ is Value else None" for d, x in zip(slopes(op), nodes, strict=True)
    ]
    if len(names) == 2:
        stored = [f"node.{slot} = {part}" for slot, part in zip(("dx", "dy", "x", "y"), live + nodes, strict=True)]
    else:
        stored = [f"node.dx = (({', '.join(live)}),)", "node.dy = node.y = None", f"node.x = (({', '.join(nodes)}),)"]
    half = len(stored) // 2
    return (_CALL + _REST).format(
        op=op.name,
        arguments=", ".join(nodes),
        numbers="; ".join(read.format(x=x) for x in names),
        z=formula(op),
        limit=_LIMIT,
        slopes="; ".join(stored[:half]),
        operands="; ".join(stored[half:]),
    )


def _vectors(op: Op) -> str:
    """A variadic row: a slope that is a vector's name is that vector, another one is made entry by entry."""
    names = op.operands
    nodes, numbers = [f"{x}_" for x in names], [f"{x}s" for x in names]
    entries = f"for {', '.join(names)}, in zip({', '.join(numbers)})"

    def column(slope: str) -> str:
        if slope in names:
            return f"{slope}s"
        return f"({slope},) * len({numbers[0]})" if slope == "1" else f"tuple([{slope} {entries}])"

    parts = [column(slope) for slope in slopes(op)]
    return (_VECTORS + _REST).format(
        op=op.name,
        arguments=", ".join(nodes),
        joined=" + ".join(nodes),
        numbers="; ".join(f"{x}s = tuple([v._data for v in {x}_])" for x in names),
        mixed_numbers="; ".join(f"{x}s = read({x}_)" for x in names),
        vectors=", ".join(numbers),
        limit=_LIMIT,
        slopes=", ".join(parts),
        mixed_slopes=", ".join(f"keep({x}_, {part})" for x, part in zip(names, parts, strict=True)),
    )


_PLAIN: dict[type, Callable[[Any], Number]] = {float: float, int: int}


def _read(vector: tuple[Any, ...]) -> tuple[Number, ...]:
    """The numbers of a vector in which constants stand among Values."""
    return tuple([x._data if x.__class__ is Value else _PLAIN[x.__class__](x) for x in vector])


def _keep(vector: tuple[Operand, ...], slopes: tuple[Number, ...]) -> tuple[Number | None, ...]:
    """The slopes by a vector's Values; constants have none."""
    return tuple([d if x.__class__ is Value else None for x, d in zip(vector, slopes, strict=True)])


def source() -> str:
    """All the functions as the text of one module."""
    return "".join(map(_function, OPS.values()))


def _function(op: Op) -> str:
    if op.variadic:
        return _vectors(op)
    if len(op.operands) == 1:
        return _unary(op)
    return _operator(op) if op.infix else _call(op)


CALLS: dict[str, Callable[..., Value]] = {}  # what makes a node of each row that is called by its name


def methods() -> dict[str, Callable[..., Value]]:
    """Compile the functions and fill `CALLS`; return Value's methods by their names."""
    text, name = source(), "<autograd.core.fast_ops>"
    linecache.cache[name] = len(text), None, text.splitlines(True), name  # for tracebacks and `inspect`
    helpers = {
        "__name__": __name__,
        "OPS": OPS,
        "Value": Value,
        "blanks": starmap(object.__new__, repeat((Value,))),  # faster by a fifth than calling it
        "orders": orders,
        "record": record,
        "limited": limited,
        "plain": _PLAIN,
        "read": _read,
        "keep": _keep,
        "closed": CLOSED,
    }
    scope: dict[str, Any] = FLOATS | helpers
    exec(compile(text, name, "exec"), scope)
    CALLS.update((op.name, scope[f"_{op.name}"]) for op in OPS.values() if f"_{op.name}" in scope)
    compiled: dict[str, Callable[..., Value]] = {}
    for op in OPS.values():
        if op.takes_one:
            CALLS[op.name].__defaults__ = op.defaults
            compiled |= dict.fromkeys(tracer.methods(op), CALLS[op.name])
        elif op.infix:
            compiled |= {method: scope[method] for method in tracer.methods(op)}
    return compiled


def apply(self: Value, op: Op, operands: Sequence[Operand]) -> Value:
    """The node z = op(operands), with its slopes; any other number is a constant of the graph."""
    return CALLS[op.name](*operands) if op.name in CALLS else record(op, operands)


def apply_vectors(self: Value, op: Op, vectors: Sequence[tuple[Operand, ...]]) -> Value:
    """The node z = op(vectors)."""
    return CALLS[op.name](*vectors)
