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
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain

from autograd.core.choices import used
from autograd.core.closed import CLOSED
from autograd.core.exact import brief, limited
from autograd.core.graph import by_order, not_a_node
from autograd.core.node import pass_back
from autograd.core.value import Number, Value, number
from autograd.errors import RangeError


def backward(output: Value, seed: Number = 1.0) -> None:
    """Add ∂output/∂leaf · seed to every leaf's grad; a node inside gets this pass's adjoint alone.

    The chain rule: ∂J/∂x = Σ over the uses z of x of ∂J/∂z · ∂z/∂x, with the slopes ∂z/∂x recorded
    when z was made. Iterative, so the depth of a graph is bounded by memory only.

    Args:
        output: the node J to differentiate.
        seed: ∂J/∂J, dimensionless; an exact output (int, Fraction) takes it as an exact number.

    Raises:
        OperandError: output is not a Value, or seed not a number.
        RangeError: the output is a float, and no float holds the exact seed.

    Example:
        >>> x = Value(3.0)
        >>> y = x**3
        >>> y.backward(); x.grad
        27.0
        >>> y.backward(); x.grad
        54.0
    """
    if isinstance(output, Value) and pass_back(output, seed):
        used()
        return
    reached: list[Value] = []
    held: list[tuple[Value, Number]] = []
    try:
        try:
            _pass(output, seed, reached, held)
            for node, before in held:
                if not node.op and node._grad is not None:
                    node._grad += before
        except BaseException:
            _undo(reached, _of_leaves(held))
            raise
    except BaseException:
        _undo(reached, _of_leaves(held))  # again: an interrupt may have come into the first time
        raise


def gradients_of(output: Value, inputs: Sequence[Value]) -> list[Number]:
    """∂output/∂input for each input, by such a pass; then every grad is again what it was."""
    if isinstance(output, Value) and (gradients := pass_back(output, 1.0, list(inputs))):
        used()
        return gradients  # type: ignore[no-any-return]
    reached: list[Value] = []
    held = [(x, x._grad) for x in inputs if x._grad is not None]
    try:
        try:
            for x in inputs:
                x._grad = None
            _pass(output, 1.0, reached, held)
            gradients = [alike(0.0, output) if x._grad is None else x._grad for x in inputs]
            for node in reached:
                node._grad = None
            for node, before in held:
                node._grad = before
            return gradients
        except BaseException:
            _undo(chain(reached, inputs), held)
            raise
    except BaseException:
        _undo(chain(reached, inputs), held)  # again, as above
        raise


def _pass(output: Value, seed: Number, reached: list[Value], held: list[tuple[Value, Number]]) -> None:
    """Give ∂output/∂node · seed to all nodes that a gradient flows to; `held` are the grads that they had."""
    if not isinstance(output, Value):
        raise not_a_node(output)
    used()
    unreached = Unreached()
    reached.append(output)
    inner = _reach(reached, unreached, held)
    of_floats = seed.__class__ is output._data.__class__ is float
    output._grad = seed if of_floats else alike(number(seed, "The seed"), output, "seed")
    zero = alike(0.0, output)
    if output._data.__class__ is float:
        _propagate(inner, unreached, zero)
    else:  # an exact gradient must not grow for ever
        for node in inner:
            limited(node._grad)
            _propagate([node], unreached, zero)
    for node in reached:
        if node._grad is unreached:
            node._grad = zero


def _of_leaves(held: list[tuple[Value, Number]]) -> list[tuple[Value, Number]]:
    return [(node, before) for node, before in held if not node.op]


def _undo(reached: Iterable[Value], held: list[tuple[Value, Number]]) -> None:
    """Take the gradients of a pass back: those held are in their places again, and there are no others."""
    kept = {id(node): before for node, before in held}
    for node in reached:
        node._grad = kept.get(id(node))


class Unreached(int):
    """Zero: the grad of a node that a pass has met but given nothing yet."""


def _reach(reached: list[Value], unreached: Unreached, held: list[tuple[Value, Number]]) -> list[Value]:
    """List and mark all that a gradient flows to from the first one; return the inner nodes, latest first.

    A grad is held, then its node listed, then marked: so an interrupt anywhere finds what it has to undo.
    """
    inner: list[Value] = []
    vectors: set[int] = set()  # met already: a layer's inputs are shared by its neurons
    push = reached.append
    [output] = reached
    if output._grad is not None:
        held.append((output, output._grad))
    output._grad = unreached
    for z in reached:
        x = z.x
        if x is None:
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
                            push(x)
                            x._grad = unreached
            continue
        if slope is not None and x._grad is not unreached:
            if x._grad is not None:
                held.append((x, x._grad))
            push(x)
            x._grad = unreached
        if z.dy is not None:
            x = z.y
            if x._grad is not unreached:
                if x._grad is not None:
                    held.append((x, x._grad))
                push(x)
                x._grad = unreached
    inner.sort(key=by_order, reverse=True)
    return inner


def _propagate(nodes: list[Value], unreached: Unreached, zero: Number) -> None:
    """Hand every node's gradient on to its operands: a slope of 1 needs no product, a closed gate hands on nothing."""
    one, closed = 1, CLOSED
    for z in nodes:
        g = z._grad
        if g is unreached:  # all ways here are closed
            z._grad = zero
            continue
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
            if x._grad is not unreached:
                x._grad += g * slope
            elif slope is not closed:
                x._grad = g * slope
        slope = z.dy
        if slope is one:
            x = z.y
            if x._grad is unreached:
                x._grad = g
            else:
                x._grad += g
        elif slope is not None:
            x = z.y
            if x._grad is not unreached:
                x._grad += g * slope
            elif slope is not closed:
                x._grad = g * slope


def alike(x: Number, output: Value, what: str = "gradient") -> Number:
    """A number of the output's kind: exact graphs have exact gradients, others floats."""
    if isinstance(output._data, float):
        try:
            return float(x)
        except OverflowError:
            raise RangeError(
                f"The {what} {brief(x)} is too large for a float, and the output is a float. Scale the seed down."
            ) from None
    if isinstance(x, float) and not math.isfinite(x):
        return x
    exact = Fraction(x)
    return exact.numerator if exact.denominator == 1 else exact
