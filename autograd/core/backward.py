"""The chain rule, from the output back to the leaves: each node once, after all its uses.

Why the order matters, on the smallest example: a = 1; b = a + a; c = b + b. Both uses of b must
have arrived before b hands anything on, or a would get half of its gradient:

>>> a = Value(1.0, "a"); b = (a + a).named("b"); c = (b + b).named("c")
>>> c.backward()
>>> b.grad, a.grad
(2.0, 4.0)
"""

from __future__ import annotations

import math
from fractions import Fraction

from autograd.core.choices import used
from autograd.core.exact import limited
from autograd.core.graph import by_order, not_a_node
from autograd.core.value import Number, Value, number


def backward(output: Value, seed: Number = 1.0) -> None:
    """Add ∂output/∂leaf · seed to every leaf's grad; a node inside gets this pass's adjoint alone.

    The chain rule: ∂J/∂x = Σ over the uses z of x of ∂J/∂z · ∂z/∂x, with the slopes ∂z/∂x recorded
    when z was made. Iterative, so the depth of a graph is bounded by memory only.

    Args:
        output: the node J to differentiate.
        seed: ∂J/∂J, dimensionless; an exact output (int, Fraction) takes it as an exact number.

    Raises:
        OperandError: output is not a Value, or seed not a number. RangeError: an exact gradient is too long.

    Example:
        >>> x = Value(3.0)
        >>> y = x**3
        >>> y.backward(); x.grad
        27.0
        >>> y.backward(); x.grad
        54.0
    """
    if not isinstance(output, Value):
        raise not_a_node(output)
    used()
    inner: list[Value] = []
    outer: list[Value] = []
    held: list[tuple[Value, Number]] = []
    stack, unreached = [output], Unreached()
    try:
        _reach(stack, unreached, inner, outer, held)
        output._grad = (
            seed if seed.__class__ is output._data.__class__ is float else alike(number(seed, "The seed"), output)
        )
        if output._data.__class__ is float:
            _propagate(inner, unreached)
        else:  # an exact gradient must not grow for ever
            for node in inner:
                limited(node._grad)
                _propagate([node], unreached)
        for node, before in held:
            if not node.op and node._grad is not None:
                node._grad += before
    except BaseException:  # an interrupted pass leaves no half gradients: leaves keep theirs, inner nodes have none
        for node in (*stack, *inner, *outer):
            node._grad = None
        for node, before in held:
            node._grad = None if node.op else before
        raise


class Unreached(int):
    """Zero: the grad of a node that a pass has met but given nothing yet."""


def _reach(
    stack: list[Value],
    unreached: Unreached,
    inner: list[Value],
    outer: list[Value],
    held: list[tuple[Value, Number]],
) -> None:
    """Mark all that a gradient flows to: inner nodes, latest first; leaves; grads held from earlier passes."""
    push, pop = stack.append, stack.pop
    vectors: set[int] = set()  # met already: a layer's inputs are shared by its neurons
    for output in stack:
        if output._grad is not None:
            held.append((output, output._grad))
        output._grad = unreached
    while stack:
        z = pop()
        x = z.x
        if x is None:
            outer.append(z)
            continue
        inner.append(z)
        slope = z.dx
        if slope.__class__ is tuple:
            for vector, slopes in zip(x, slope):
                if id(vector) not in vectors:
                    vectors.add(id(vector))
                    for x, slope in zip(vector, slopes):
                        if slope is not None and x._grad is not unreached:
                            if x._grad is not None:
                                held.append((x, x._grad))
                            x._grad = unreached
                            push(x)
            continue
        if slope is not None and x._grad is not unreached:
            if x._grad is not None:
                held.append((x, x._grad))
            x._grad = unreached
            push(x)
        if z.dy is not None:
            x = z.y
            if x._grad is not unreached:
                if x._grad is not None:
                    held.append((x, x._grad))
                x._grad = unreached
                push(x)
    inner.sort(key=by_order, reverse=True)


def _propagate(nodes: list[Value], unreached: Unreached) -> None:
    """Hand every node's gradient on to its operands; a slope of 1 needs no product."""
    one = 1
    for z in nodes:
        g = z._grad
        slope = z.dx
        if slope is one:
            x = z.x
            if x._grad is unreached:
                x._grad = g
            else:
                x._grad += g
        elif slope.__class__ is tuple:
            for vector, slopes in zip(z.x, slope):
                for x, slope in zip(vector, slopes):
                    if slope is not None:
                        x._grad += g * slope
            continue
        elif slope is not None:
            x = z.x
            if x._grad is unreached:
                x._grad = g * slope
            else:
                x._grad += g * slope
        slope = z.dy
        if slope is one:
            x = z.y
            if x._grad is unreached:
                x._grad = g
            else:
                x._grad += g
        elif slope is not None:
            x = z.y
            if x._grad is unreached:
                x._grad = g * slope
            else:
                x._grad += g * slope


def alike(x: Number, output: Value) -> Number:
    """A number of the output's kind: exact graphs have exact gradients, others floats."""
    if isinstance(output._data, float):
        return float(x)
    if not math.isfinite(x):
        return x
    exact = Fraction(x)
    return exact.numerator if exact.denominator == 1 else exact
