"""Gradients as values, for viz too: numbers, or graphs to differentiate again; Jacobians and Hessians of them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, count, product
from numbers import Real
from typing import Any, Literal, overload

from autograd.core.backward import alike
from autograd.core.choices import called_to_be, used
from autograd.core.closed import CLOSED
from autograd.core.exact import limited
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
def grad(output: Value, inputs: Iterable[Value], create_graph: bool = False) -> list[Number] | list[Value]:
    """[∂output/∂x for x in inputs], without touching any `.grad`.

    Args:
        output: the node J.
        inputs: leaves or inner nodes; one that J does not depend on has gradient 0.
        create_graph: return Values that can be differentiated again, drawn and stepped. They are made
            of the nodes' data now, while numbers use the slopes recorded when the nodes were made.

    Returns:
        Numbers, or Values with create_graph, in the order of the inputs.

    Raises:
        OperandError: output or an input is not a Value.

    Example:
        >>> x = Value(2.0, "x")
        >>> y = x**3
        >>> grad(y, [x])
        [12.0]
        >>> first = grad(y, [x], create_graph=True)
        >>> second = grad(first[0], [x], create_graph=True)
        >>> grad(second[0], [x])
        [6.0]
    """
    inputs = _listed(inputs, "input")
    nodes = topological(output)
    used()
    wanted = {id(x) for x in inputs}
    for z in nodes:  # and every node that leads to an input
        if any(id(x) in wanted for x in operands(z)):
            wanted.add(id(z))
    reached = adjoints(output, nodes, wanted, create_graph)
    gradients = [reached.get(id(x), 0.0) for x in inputs]
    if not create_graph:
        return [alike(0.0, output) if g is CLOSED else g for g in gradients]
    unfolded = (g.node if isinstance(g, Folded) else g for g in gradients)
    return [x if isinstance(x, Value) else Value(alike(x, output)) for x in unfolded]


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
    be, it is chosen by how many open ways lead to the node.
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
        terms, chosen = [Folded(x) for x in nodes], id(z) in self.delicate and isinstance(ways, Folded)
        seen = op.seen(terms, Folded(z))
        live = [id(x) in wanted and slope is not None for x, slope in zip(nodes, slopes(z), strict=True)]
        for i in compress(count(), live):
            slope, through = op.slope(i, terms, *seen, shown=self.shown), ways
            part = op.handed(i, terms, slope, g)
            if op.gate and self.delicate:
                through = OPS["gated"](abs(slope), ways)
            elif chosen:
                part = OPS["where"](ways, part, 0)
            x, before = nodes[i], self.ways.get(id(nodes[i]), 0)
            self.ways[id(x)] = before + through if isinstance(before, Folded) else before or through
            yield x, part


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


def _listed(values: Iterable[Value], role: str) -> list[Value]:
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
def jacobian(outputs: Iterable[Value], inputs: Iterable[Value], create_graph: bool = False) -> list[list[Any]]:
    """[[∂y/∂x for x in inputs] for y in outputs].

    Example:
        >>> x, y = Value(3.0), Value(4.0)
        >>> jacobian([x * y, x / y], [x, y])
        [[4.0, 3.0], [0.25, -0.1875]]
    """
    inputs = _listed(inputs, "input")
    return [grad(output, inputs, create_graph) for output in _listed(outputs, "output")]


@overload
def hessian(output: Value, inputs: Iterable[Value], create_graph: Literal[False] = False) -> list[list[Number]]: ...
@overload
def hessian(output: Value, inputs: Iterable[Value], create_graph: Literal[True]) -> list[list[Value]]: ...
@overload
def hessian(output: Value, inputs: Iterable[Value], create_graph: bool) -> list[list[Any]]: ...
def hessian(output: Value, inputs: Iterable[Value], create_graph: bool = False) -> list[list[Any]]:
    """[[∂²output/∂x∂y for y in inputs] for x in inputs]: the Jacobian of the gradient.

    Example:
        >>> x, y = Value(3.0), Value(4.0)
        >>> hessian(x**2 * y, [x, y])
        [[8.0, 6.0], [6.0, 0.0]]
    """
    inputs = _listed(inputs, "input")
    return jacobian(grad(output, inputs, create_graph=True), inputs, create_graph)


def value_and_grad(f: Callable[..., Operand]) -> Callable[..., tuple[Number, list[Number]]]:
    """A function of numbers that returns f and its gradient by every argument.

    Args:
        f: a function of scalars, written in operators and this package's functions.

    Raises:
        TracingError: f makes floats of Values, as `math.exp(x)` does: no gradient would flow through them.

    Example:
        >>> value_and_grad(lambda x, y: x**2 * y)(3.0, 4.0)
        (36.0, [24.0, 9.0])
    """

    @functools.wraps(f)
    def both(*numbers: Number) -> tuple[Number, list[Number]]:
        inputs = [Value(x) for x in numbers]
        with called_to_be("differentiated"):
            output = f(*inputs)
        output = output if isinstance(output, Value) else Value(output)
        return output.data, grad(output, inputs)

    return both
