"""Numbers as a board has them: what floats leave of 0.3 − 0.3 is 0, and so is what is calculated from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd.core.derivatives import adjoints
from autograd.core.value import Number, Value, edges, magnitude, operands, recompute
from autograd.errors import ChalkgradError
from autograd.language.numbers import NOISE

LARGEST = 1e300  # of a size: what has overflowed says nothing


def without_noise(nodes: Iterable[Value]) -> None:
    """Set results that are rounding alone to 0, and calculate anew what they are in; none, if that divides by 0.

    Args:
        nodes: copies, in topological order.

    >>> x = Value(0.1)
    >>> noise = x + 0.2 - 0.3
    >>> without_noise([noise.x, noise, 2 * noise])
    >>> noise.data
    0.0
    """
    before: dict[int, tuple[Value, Number, Any, Any]] = {}
    try:
        for z in nodes:
            as_recorded = z, z.data, z.dx, z.dy
            if before and not before.keys().isdisjoint(map(id, operands(z))):
                before[id(z)] = as_recorded
                recompute(z)
            if z.op and _is_noise(z.data, _size(z)):
                before[id(z)] = as_recorded
                z._data = 0.0
    except ChalkgradError:
        for z, data, dx, dy in before.values():
            z._data, z.dx, z.dy = data, dx, dy


def _size(z: Value) -> Number:
    """The largest of the terms x · ∂z/∂x, whose last digits z cannot be smaller than."""
    return max([magnitude(x.data * d) for x, d in edges(z)], default=0)


def _is_noise(x: Number, size: Number) -> bool:
    """Whether a number is less than the last digits of the size that its terms have."""
    return isinstance(x, float) and magnitude(x) > 0 and size < LARGEST and magnitude(x) <= NOISE * size


def board_gradients(output: Value, nodes: Sequence[Value]) -> dict[int, Number]:
    """∂output/∂node by `id`, 0 where all paths together leave rounding alone."""
    gradients: dict[int, Number] = adjoints(output, list(nodes))
    sizes: dict[int, Number] = {id(output): 1}
    for z in reversed(nodes):
        if z.op and id(z) in gradients:
            size = sizes[id(z)]
            for x, d in edges(z):
                sizes[id(x)] = sizes.get(id(x), 0) + magnitude(d) * size
    noise = [i for i, g in gradients.items() if _is_noise(g, sizes[i])]
    return gradients | dict.fromkeys(noise, 0.0)
