"""Value's operators with their rows written into them, for viz too: a node costs its arithmetic and one allocation.

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
import re
from collections.abc import Callable, Sequence
from itertools import repeat, starmap
from typing import Any, ClassVar

from autograd.core import tracer
from autograd.core.choices import orders
from autograd.core.closed import CLOSED
from autograd.core.exact import limited
from autograd.core.node import blank
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
    made: ClassVar[dict[str, None]] = {}  # the texts of all operations

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def apply(self, op: Op, operands: Sequence[Any]) -> Source:
        if op.is_composed and not (op.inline or op.variadic):
            words: Source = op.value(*operands)
            return words
        result = Source(f"{op.name}({', '.join(map(str, operands))})" if op.variadic else pattern(op).format(*operands))
        self.made[result.text] = None
        return result


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

    >>> formula(OPS["mul"]), formula(OPS["tanh"]), formula(OPS["relu"])
    ('(x * y)', 'tanh(x)', '(x if x >= 0 or x != x else 0)')
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
    texts = [str(d or None) if isinstance(d, int) else str(d(*map(Source, parameters(d)))) for d in op.partials]
    return [f"({text} or closed)" if op.gate and text != "None" else text for text in texts]


def parameters(words: Callable[..., Any] | int) -> tuple[str, ...]:
    """What words call their arguments; a number has none."""
    return () if isinstance(words, int) else words.__code__.co_varnames[: words.__code__.co_argcount]


def once(*texts: str) -> tuple[dict[str, str], list[str]]:
    """What is calculated more than once in some texts (of operands, not of z) by names, and the texts in these names.

    >>> once(formula(OPS["sigmoid_slope"]))
    ({'t1': 'exp((-abs(x)))', 't0': '(1 + t1)'}, ['((t1 / t0) / t0)'])
    """
    names: dict[str, str] = {}
    rest = list(texts)
    for text in sorted(Source.made, key=len, reverse=True):  # the longest first; what it holds may be in others too
        if re.search(r"\bz\b|\*\*", text):  # a power of large integers waits until z is known to be small enough
            continue
        if sum(other.count(text) for other in (*rest, *names.values())) > 1:
            name = f"t{len(names)}"
            rest = [other.replace(text, name) for other in rest]
            names = {name: text} | {longer: other.replace(text, name) for longer, other in names.items()}
    return names, rest


def lines(z: str, limit: str = "", **slopes: str) -> str:
    """Attributes of a node on one line: `node._data = z = tanh(x); node.dx = …`."""
    names, (z, *rest) = once(z, *slopes.values())
    first = [*(f"{name} = {text}" for name, text in names.items()), f"node._data = z = {z}"]
    last = (f"node.{x} = {text}" for x, text in zip(slopes, rest, strict=True))
    return "; ".join([*first, *filter(None, [limit]), *last])


_UNARY = """
def _{op}(self):
    node = next(blanks)
    x = self._data
    try:
        {both}
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
            {both}
        elif (other.__class__ is float or other.__class__ is int){exact}:
            y = other
            {left}
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
        {right}
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
            {z}
            node.dx = ({slopes},)
        except AttributeError:
            {mixed_numbers}
            {z}
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


_LIMIT = "z.__class__ is float or limited(z)"  # an exact number must not grow for ever


def _unary(op: Op) -> str:
    return (_UNARY + _REST).format(op=op.name, both=lines(formula(op), dx=slopes(op)[0]))


def _operator(op: Op) -> str:
    """Both methods of an infix row. A quotient of ints leaves the exact numbers: there only floats are inlined."""
    z, (dx, dy), limit = formula(op), slopes(op), "" if op.quotient or op.is_composed else _LIMIT
    parts = {
        "op": op.name,
        "both": lines(z, limit, dx=dx, dy=dy),
        "left": lines(z, limit, dx=_settled(op, dx, 0, "self, y")),
        "right": lines(z, limit, dy=_settled(op, dy, 1, "x, self")),
        "method": op.dunder,
        "exact": " and self._data.__class__ is float" * op.quotient,
        "inexact": " or self._data.__class__ is not float" * op.quotient,
    }
    return (_FORWARD + _REST + _REFLECTED + _REST).format(**parts)


def _settled(op: Op, slope: str, i: int, operands: str) -> str:
    """A slope beside constants, which may settle that it is 0."""
    if slope in ("1", "-1", "None") or slope.endswith("or closed)"):
        return slope
    return f'({slope} or OPS["{op.name}"].settled({slope}, {i}, ({operands})))'


def _call(op: Op) -> str:
    """A row of two or three operands that is called by its name; any of them may be a float or int."""
    names = op.operands
    nodes = [f"{x}_" for x in names]
    read = "{x} = {x}_._data if {x}_.__class__ is Value else plain[{x}_.__class__]({x}_)"
    shared, (z, *parts) = once(formula(op), *slopes(op))
    around = ", ".join(nodes)
    parts = [_settled(op, d, i, around) for i, d in enumerate(parts)]
    live = [d if d == "None" else f"{d} if {x}.__class__ is Value else None" for d, x in zip(parts, nodes, strict=True)]
    if len(names) == 2:
        stored = [f"node.{slot} = {part}" for slot, part in zip(("dx", "dy", "x", "y"), live + nodes, strict=True)]
    else:
        stored = [f"node.dx = (({', '.join(live)}),)", "node.dy = node.y = None", f"node.x = (({', '.join(nodes)}),)"]
    half = len(stored) // 2
    return (_CALL + _REST).format(
        op=op.name,
        arguments=", ".join(nodes),
        numbers="; ".join([*(read.format(x=x) for x in names), *(f"{t} = {text}" for t, text in shared.items())]),
        z=z,
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
        if slope in ("1", "None"):
            return f"({slope},) * len({numbers[0]})"
        shared, (slope,) = once(slope)
        return f"tuple([{slope} {entries}{''.join(f' for {t} in ({text},)' for t, text in shared.items())}])"

    parts = [column(slope) for slope in slopes(op)]
    vectors = [Source(x) for x in numbers]
    try:
        z = op.value(*vectors)
    except TypeError:  # it takes its vectors apart
        z = f"{op.name}({', '.join(numbers)})"
    seen = [x for x in parameters(op.partials[0]) if x not in (*names, "z")] if op.common else []
    common, (z, *rest) = once(str(z), *map(str, op.common(*vectors) if op.common else ()))
    assigned = [*common.items(), *zip(seen, rest, strict=True), ("node._data = z", z)]
    return (_VECTORS + _REST).format(
        op=op.name,
        arguments=", ".join(nodes),
        joined=" + ".join(nodes),
        numbers="; ".join(f"{x}s = tuple([v._data for v in {x}_])" for x in names),
        mixed_numbers="; ".join(f"{x}s = read({x}_)" for x in names),
        z="; ".join([*(f"{x} = {text}" for x, text in assigned), _LIMIT]),
        slopes=", ".join(parts),
        mixed_slopes=", ".join(_mixed(op, i, part) for i, part in enumerate(parts)),
    )


def _mixed(op: Op, i: int, slopes: str) -> str:
    """The slopes by a vector in which constants stand among Values; another vector's constants may settle some."""
    others = [f"{x}_" for x in op.operands if f"{x}s" == slopes]
    return f"keep({op.operands[i]}_, {''.join(f'settle({x}, {slopes})' for x in others) or slopes})"


_PLAIN: dict[type, Callable[[Any], Number]] = {float: float, int: int}


def _read(vector: tuple[Any, ...]) -> tuple[Number, ...]:
    """The numbers of a vector in which constants stand among Values."""
    return tuple([x._data if x.__class__ is Value else _PLAIN[x.__class__](x) for x in vector])


def _keep(vector: tuple[Operand, ...], slopes: tuple[Number, ...]) -> tuple[Number | None, ...]:
    """The slopes by a vector's Values; constants have none."""
    return tuple([d if x.__class__ is Value else None for x, d in zip(vector, slopes, strict=True)])


def _settle(vector: tuple[Operand, ...], slopes: tuple[Number, ...]) -> tuple[Number, ...]:
    """A vector's entries as slopes by another's: constants that are 0 are closed gates."""
    return tuple([d or (d if x.__class__ is Value else CLOSED) for x, d in zip(vector, slopes, strict=True)])


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
        "blanks": starmap(blank, repeat((Value,))),  # faster by a fifth than calling it
        "orders": orders,
        "record": record,
        "limited": limited,
        "plain": _PLAIN,
        "read": _read,
        "keep": _keep,
        "settle": _settle,
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
