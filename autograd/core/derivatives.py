"""Derivatives of nodes and of functions, for viz too: numbers, or graphs to differentiate again."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, count, product
from numbers import Real
from typing import Any, Literal, overload

from autograd.core.backward import alike, gradients_of
from autograd.core.choices import used
from autograd.core.exact import limited
from autograd.core.functions import Call, Which, differentiated
from autograd.core.graph import not_a_node, topological
from autograd.core.op import OPS, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Number, Operand, Value, edges, operands, record, slopes
from autograd.errors import OperandError


class Folded(Tracer):
    """A Value or number that obeys the table's laws (1 · x = x, 0 · x = 0): gradient graphs stay small.

    Outside a domain it is inf or nan, as a recorded slope is.
    """

    __slots__ = ("node",)

    def __init__(self, node: Value | Number) -> None:
        self.node = node

    def apply(self, op: Op, operands: Sequence[Any]) -> Folded:
        nodes = [x.node if isinstance(x, Folded) else x for x in operands]
        folded = op.fold(nodes)
        return Folded(record(op, nodes, strict=False) if folded is None else folded)


@overload
def grad(output: Value, inputs: Iterable[Value], create_graph: Literal[False] = False) -> list[Number]: ...
@overload
def grad(output: Value, inputs: Iterable[Value], create_graph: Literal[True]) -> list[Value]: ...
@overload
def grad(output: Value, inputs: Iterable[Value], create_graph: bool) -> list[Number] | list[Value]: ...
@overload
def grad(
    output: Callable[..., Any],
    inputs: Which = 0,
    *,
    argnum: Which | None = None,
    argnums: Which | None = None,
    has_aux: bool = False,
) -> Callable[..., Any]: ...
def grad(output: Any, inputs: Any = None, create_graph: bool = False, **options: Any) -> Any:
    """[∂output/∂x for x in inputs], and every `.grad` is what it was; of a function f, its gradient as a function.

    grad(f)(x) has the form of x, be it a number, an array, or lists, tuples and dictionaries of them. Other arguments
    and keywords are passed on. In a function that is differentiated itself it is a graph: `grad(grad(f))(2.0)`.

    Args:
        output: the node J, or a function whose result is one number.
        inputs: leaves or inner nodes; one that J does not depend on has gradient 0. Of a function, which of its
            arguments, from 0: `argnum=`, `argnums=`; for several, such as (0, 1), the gradient is a tuple.
        create_graph: return Values that can be differentiated again, drawn and stepped. They are made
            of the nodes' data now, while numbers use the slopes recorded when the nodes were made.
        has_aux: the function returns (output, aux), and grad(f)(x) is (gradient, aux).

    Returns:
        Numbers, or Values with create_graph, in the order of the inputs; of a function, a function.

    Raises:
        OperandError: output or an input is not a Value; an argument is not made of numbers.
        ShapeError: a function's result is not one number.
        TracingError: a function makes floats of Values, as `math.exp(x)` does: no gradient would flow through them.

    Example:
        >>> x = Value(2.0, "x")
        >>> y = x**3
        >>> grad(y, [x])
        [12.0]
        >>> first = grad(y, [x], create_graph=True)
        >>> second = grad(first[0], [x], create_graph=True)
        >>> grad(second[0], [x])
        [6.0]
        >>> grad(lambda x, y: x**2 * y)(3.0, 4.0), grad(grad(lambda x: x**3))(2.0)
        (24.0, 12.0)
        >>> grad(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2.0, 3.0], "b": 1.0})
        {'w': [3.0, 2.0], 'b': 1.0}
    """
    if _is_function(output):
        return differentiated(output, *_chosen(inputs, create_graph=create_graph, **options), _gradient)
    inputs = _listed(inputs, "input", options)
    if not create_graph:
        return gradients_of(output, inputs)
    nodes = topological(output)
    used()
    wanted = {id(x) for x in inputs}
    for z in nodes:  # and every node that leads to an input
        if any(id(x) in wanted for x in operands(z)):
            wanted.add(id(z))
    reached = adjoints(output, nodes, wanted, create_graph=True)
    graphs = (g.node if isinstance(g, Folded) else g for g in (reached.get(id(x), 0.0) for x in inputs))
    return [x if isinstance(x, Value) else Value(alike(x, output)) for x in graphs]


def adjoints(
    output: Value, nodes: list[Value], wanted: set[int] | None = None, create_graph: bool = False, shown: bool = False
) -> dict[int, Any]:
    """∂output/∂node for each wanted node that a gradient reaches, by `id`; nodes are in topological order.

    As numbers, those behind closed gates alone are CLOSED. Graphs are made of slopes as they are
    calculated, or `shown`, as textbooks write them.
    """
    wanted = set(map(id, nodes)) if wanted is None else wanted
    handed = _Graphs(nodes, shown) if create_graph else _numbers
    gradients: dict[int, Any] = {id(output): 1 if create_graph else alike(1.0, output)}
    for z in reversed(nodes):
        if z.op and id(z) in gradients and id(z) in wanted:
            g = gradients[id(z)]
            for x, part in handed(z, wanted, g if g.__class__ is float else limited(g)):
                i = id(x)
                gradients[i] = gradients[i] + part if i in gradients else part
    return gradients


def _numbers(z: Value, wanted: set[int], g: Number) -> Iterable[tuple[Operand, Number]]:
    """What z hands on: its recorded slopes times its gradient."""
    return [(x, slope * g) for x, slope in edges(z) if id(x) in wanted]


class _Graphs:
    """What nodes hand on, as graphs.

    Nothing must come from behind closed gates, although a slope there may be infinite: where that can
    be, it is chosen by how many open ways lead to the node. A gradient that has cancelled is no closed
    gate, but a number as any other: 1 − 1 times an infinite slope is nan, as it is of numbers.
    """

    def __init__(self, nodes: Iterable[Value], shown: bool) -> None:
        self.shown = shown
        self.ways: dict[int, Any] = {}
        self.delicate: set[int] = set()  # nodes that may be inf or nan, or have such slopes
        for z in nodes:
            constants = tuple(None if isinstance(x, Value) else x for x in operands(z))
            if z.op and (is_singular(OPS[z.op], constants) or any(id(x) in self.delicate for x in operands(z))):
                self.delicate.add(id(z))

    def __call__(self, z: Value, wanted: set[int], g: Any) -> Iterator[tuple[Operand, Any]]:
        op, nodes, ways = OPS[z.op], operands(z), self.ways.get(id(z), 1)
        if not op.variadic and isinstance(op.fold(nodes), Real):  # 0 / x is a number
            return
        terms, delicate = [Folded(x) for x in nodes], id(z) in self.delicate
        g = Folded(Value(alike(0, z))) if delicate and _is_nothing(g) else g
        seen = op.seen(terms, Folded(z))
        live = [id(x) in wanted and slope is not None for x, slope in zip(nodes, slopes(z), strict=True)]
        for i in compress(count(), live):
            slope, through = op.slope(i, terms, *seen, shown=self.shown), ways
            part = op.handed(i, terms, slope, g)
            if op.gate and self.delicate:
                through = OPS["gated"](abs(slope), ways)
            elif delicate and isinstance(ways, Folded):
                part = OPS["where"](ways, part, 0)
            x, before = nodes[i], self.ways.get(id(nodes[i]), 0)
            self.ways[id(x)] = before + through if isinstance(before, Folded) else before or through
            if not _is_nothing(part):
                yield x, part


def _is_nothing(x: Folded | Number) -> bool:
    """Whether a term is the literal 0."""
    number = x.node if isinstance(x, Folded) else x
    return isinstance(number, Real) and not number


@functools.cache
def is_singular(op: Op, constants: tuple[Number | None, ...]) -> bool:
    """Whether its value or a slope can be inf or nan at moderate operands, as those of sqrt, exp and 1 / x can.

    Args:
        constants: the operands that are numbers; None for the others.

    >>> is_singular(OPS["pow"], (None, 2)), is_singular(OPS["pow"], (None, 0.5)), is_singular(OPS["tanh"], (None,))
    (False, True, False)
    """
    width = len(constants) // len(op.operands) if op.variadic else 1
    for point in product((-1000.0, -1.0, 0.0, 1.0, 1000.0), repeat=len(op.operands)):  # of vectors, all entries alike
        numbers = [point[i // width] if x is None else x for i, x in enumerate(constants)]
        z = op.limit(numbers)
        seen = op.float_seen(numbers, z)
        slopes = [op.float_slope(i, numbers, *seen) for i, x in enumerate(constants) if x is None]
        if not all(map(math.isfinite, [z, *slopes])):
            return True
    return False


def _listed(values: Iterable[Value] | None, role: str, options: Iterable[str] = ()) -> list[Value]:
    for option in options:
        raise OperandError(f"{option}= is for functions, as in grad(f). List the inputs, as in grad(y, [x]).")
    if values is None:
        raise OperandError("A gradient is by inputs. List them, as in grad(y, [x]).")
    if isinstance(values, Value):
        example = {"input": "x", "output": "y"}[role]
        raise OperandError(f"The {role}s must be a list of Values, got one Value. Put it in brackets: [{example}].")
    nodes = list(values)
    for x in nodes:
        if not isinstance(x, Value):
            raise not_a_node(x)
    return nodes


@overload
def jacobian(
    outputs: Iterable[Value], inputs: Iterable[Value], create_graph: Literal[False] = False
) -> list[list[Number]]: ...
@overload
def jacobian(outputs: Iterable[Value], inputs: Iterable[Value], create_graph: Literal[True]) -> list[list[Value]]: ...
@overload
def jacobian(outputs: Iterable[Value], inputs: Iterable[Value], create_graph: bool) -> list[list[Any]]: ...
@overload
def jacobian(
    outputs: Callable[..., Any],
    inputs: Which = 0,
    *,
    argnum: Which | None = None,
    argnums: Which | None = None,
    has_aux: bool = False,
) -> Callable[..., Any]: ...
def jacobian(outputs: Any, inputs: Any = None, create_graph: bool = False, **options: Any) -> Any:
    """[[∂y/∂x for x in inputs] for y in outputs]; of a function of arrays, ∂f(x)/∂x as a function.

    Its arrays have the axes of f(x) and then those of x. Of lists, tuples and dictionaries it has the form of f(x),
    and in the place of each number or array that of x. `jacrev` and `jacfwd` are other names of it.

    Example:
        >>> x, y = Value(3.0), Value(4.0)
        >>> jacobian([x * y, x / y], [x, y])
        [[4.0, 3.0], [0.25, -0.1875]]
        >>> jacobian(lambda v: [v[0] * v[1], v[0]])([3.0, 4.0])
        [[4.0, 3.0], [1.0, 0.0]]
    """
    if _is_function(outputs):
        return differentiated(outputs, *_chosen(inputs, create_graph=create_graph, **options), _jacobian)
    inputs = _listed(inputs, "input", options)
    return [grad(output, inputs, create_graph) for output in _listed(outputs, "output")]


@overload
def hessian(output: Value, inputs: Iterable[Value], create_graph: Literal[False] = False) -> list[list[Number]]: ...
@overload
def hessian(output: Value, inputs: Iterable[Value], create_graph: Literal[True]) -> list[list[Value]]: ...
@overload
def hessian(output: Value, inputs: Iterable[Value], create_graph: bool) -> list[list[Any]]: ...
@overload
def hessian(
    output: Callable[..., Any],
    inputs: Which = 0,
    *,
    argnum: Which | None = None,
    argnums: Which | None = None,
    has_aux: bool = False,
) -> Callable[..., Any]: ...
def hessian(output: Any, inputs: Any = None, create_graph: bool = False, **options: Any) -> Any:
    """[[∂²output/∂x∂y for y in inputs] for x in inputs]: the Jacobian of the gradient; also of a function, as one.

    Example:
        >>> x, y = Value(3.0), Value(4.0)
        >>> hessian(x**2 * y, [x, y])
        [[8.0, 6.0], [6.0, 0.0]]
        >>> hessian(lambda v: v[0] ** 2 * v[1])([3.0, 4.0])
        [[8.0, 6.0], [6.0, 0.0]]
    """
    if _is_function(output):
        return differentiated(output, *_chosen(inputs, create_graph=create_graph, **options), _hessian)
    inputs = _listed(inputs, "input", options)
    return jacobian(grad(output, inputs, create_graph=True), inputs, create_graph)


def value_and_grad(
    f: Callable[..., Any],
    argnum: Which | None = None,
    *,
    argnums: Which | None = None,
    has_aux: bool = False,
) -> Callable[..., tuple[Any, Any]]:
    """The function that gives f(x) and its gradient, as `grad(f)` does; with has_aux ((f(x), aux), gradient).

    Args:
        f: a function whose result is one number.
        argnum, argnums: by which of its arguments, from 0; several, such as (0, 1), give a tuple.
        has_aux: f returns (output, aux).

    Raises:
        TracingError: f makes floats of Values, as `math.exp(x)` does: no gradient would flow through them.

    Example:
        >>> value_and_grad(lambda x, y: x**2 * y, argnums=(0, 1))(3.0, 4.0)
        (36.0, (24.0, 9.0))
    """
    which, has_aux = _chosen(argnum, argnums=argnums, has_aux=has_aux)

    def both(call: Call) -> tuple[Any, Any]:
        value = call.given(call.result)
        return (value, call.aux) if has_aux else value, _gradient(call)

    pair = differentiated(f, which, has_aux, both)
    return functools.wraps(f)(lambda *args, **options: pair(*args, **options)[0]) if has_aux else pair


def elementwise_grad(
    f: Callable[..., Any], argnum: Which | None = None, *, argnums: Which | None = None
) -> Callable[..., Any]:
    """The function that gives each entry's derivative by its own input, for f that works entry by entry.

    It is the gradient of the sum of f(x), and has the form of x.

    Example:
        >>> import numpy as np
        >>> elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0]))
        array([ 3., 12.])
    """

    def of_the_sum(call: Call) -> Any:
        outputs = call.outputs()
        return call.like_argument(grad(sum(outputs[1:], outputs[0]), call.inputs, call.graph))

    return differentiated(f, *_chosen(argnum, argnums=argnums), of_the_sum)


jacrev = jacfwd = jacobian


def _is_function(thing: object) -> bool:
    return callable(thing) and not isinstance(thing, Value)


def _chosen(
    inputs: Any,
    argnum: Which | None = None,
    argnums: Which | None = None,
    has_aux: bool = False,
    create_graph: bool = False,
) -> tuple[Which, bool]:
    """Which arguments of a function, however it is said, and whether it gives something beside."""
    if create_graph:
        raise OperandError("create_graph= is for Values. A function's gradient is a function: write grad(grad(f)).")
    which = [x for x in (inputs, argnum, argnums) if x is not None]
    if len(which) > 1:
        raise OperandError("The arguments are chosen twice. Give one of argnum and argnums.")
    return (which[0] if which else 0), has_aux


def _gradient(call: Call) -> Any:
    return call.like_argument(grad(call.result, call.inputs, call.graph))


def _jacobian(call: Call) -> Any:
    return call.like_output(jacobian(call.outputs(), call.inputs, call.graph), call.output)


def _hessian(call: Call) -> Any:
    return call.like_output(hessian(call.result, call.inputs, call.graph), call.tree)
