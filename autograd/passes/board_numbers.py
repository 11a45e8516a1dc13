"""Numbers as a board has them: what floats leave of 0.3 − 0.3 is 0, and so is what is calculated from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd.core.backward import alike
from autograd.core.exact import limited
from autograd.core.value import Number, Value, edges, magnitude, operands, recompute
from autograd.errors import ChalkgradError
from autograd.language.numbers import NOISE

LARGEST = 1e300  # of a size: what has overflowed says nothing


def without_noise(nodes: Iterable[Value]) -> set[int]:
    """Set results that are rounding alone to 0, and calculate anew what they are in; none, if that divides by 0.

    Args:
        nodes: copies, in topological order.

    Returns:
        The ids of results beside which their terms are nothing: they may only tend to their numbers, as σ(40) to 1.

    >>> x = Value(0.1)
    >>> noise = x + 0.2 - 0.3
    >>> _ = without_noise([noise.x, noise, 2 * noise])
    >>> noise.data
    0.0
    """
    before: dict[int, tuple[Value, Number, Any, Any]] = {}
    flat = set[int]()
    try:
        for z in nodes:
            if not z.op:
                continue
            as_recorded = z, z._data, z.dx, z.dy
            if before and not before.keys().isdisjoint(map(id, operands(z))):
                before[id(z)] = as_recorded
                recompute(z)
            x, size = z._data, _size(z)
            if x.__class__ is not float:
                continue
            if not size > NOISE * magnitude(x):
                flat |= {id(z)}
            elif _is_noise(x, size):
                before[id(z)] = as_recorded
                z._data = 0.0
    except ChalkgradError:
        for z, data, dx, dy in before.values():
            z._data, z.dx, z.dy = data, dx, dy
            flat |= {id(z)}
    return flat


def _size(z: Value) -> Number:
    """The largest of the terms x · ∂z/∂x, whose last digits z cannot be smaller than."""
    if z.x.__class__ is tuple or z.dx is None or z.dy is None:
        return max([magnitude(x._data * d) for x, d in edges(z)], default=0)
    first: Number = z.x._data * z.dx
    second: Number = z.y._data * z.dy
    return max(-first if first < 0 else first, -second if second < 0 else second)


def _is_noise(x: Number, size: Number) -> bool:
    """Whether a number is less than the last digits of the size that its terms have."""
    return x.__class__ is float and size < LARGEST and 0 < magnitude(x) <= NOISE * size


def board_gradients(output: Value, nodes: Sequence[Value]) -> dict[int, Number]:
    """∂output/∂node by `id`, as `adjoints` has it, but 0 where all paths together leave rounding alone."""
    gradients: dict[int, Number] = {id(output): alike(1.0, output)}
    sizes: dict[int, Number] = {id(output): 1}
    for z in reversed(nodes):
        i = id(z)
        if z.op and i in gradients:
            g, size = gradients[i], sizes[i]
            g = g if g.__class__ is float else limited(g)
            for x, d in edges(z):
                i = id(x)
                if i in gradients:
                    gradients[i] += d * g
                    sizes[i] += size * (-d if d < 0 else d)
                else:
                    gradients[i] = d * g
                    sizes[i] = size * (-d if d < 0 else d)
    for i, size in sizes.items():
        if _is_noise(gradients[i], size):
            gradients[i] = 0.0
    return gradients
