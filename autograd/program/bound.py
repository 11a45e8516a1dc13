"""A program for a fixed number of samples: its memory in the open, and calls that write there, run, and copy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import ModuleType

import numpy as np

from autograd.program.arguments import Array, Shape
from autograd.program.backends.base import Buffers
from autograd.program.ir import FloatArray


class Bound:
    """A program for a fixed number of samples: write into its arrays, run, read; nothing is checked.

    For loops in which the cost of a call would exceed that of its arithmetic.

    Args:
        buffers: the memory, and what calculates there.
        shapes: of each input.
        samples: how many; None without a batch.
        outputs: how many results are outputs; gradients follow them.
        wrt: how many scalars a gradient has.
        single: whether the user gave one output, not a list.

    Attributes:
        parameters: the numbers of the leaves in `wrt`; to write.
        inputs: shape (n,), with a batch (B, n): all inputs of a sample in a row; to write.
        size: how many inputs and values there are.
    """

    def __init__(
        self, buffers: Buffers, shapes: Sequence[Shape], samples: int | None, outputs: int, wrt: int, single: bool
    ) -> None:
        self._buffers, self._calculate, self._lock = buffers, buffers.run, buffers.lock
        self.parameters, leaves = buffers.sources["parameters"], buffers.sources["leaves"]
        self.inputs = buffers.sources["inputs"].T
        n = len(self.parameters)
        slots = (self.parameters, slice(n)), (leaves, slice(n, n + len(leaves)))
        self._numbers = [(slot, part) for slot, part in slots if len(slot)]
        self._inputs = [*_slots(buffers.sources["inputs"], shapes)]
        values, gradients = spread(buffers.results, outputs, samples, wrt)
        self.size = self.inputs.size + sum(x.size for x in values)
        self._values = copies(values, single and outputs == 1, -1)
        self._gradients = copies(gradients, single, 0)
        self._results = [np.atleast_1d(x) for x in values], gradients[0] if gradients else np.empty(0)

    def run(self) -> tuple[list[FloatArray], FloatArray]:
        """Calculate.

        Returns:
            values: of each output an array (1,), with a batch (B,); the same arrays at each call.
            gradient: (len(wrt),), of the first output, summed over the batch.
        """
        with self._lock:
            self._calculate()
        return self._results

    def write(self, numbers: FloatArray, arrays: Sequence[FloatArray] = ()) -> None:
        """Set the numbers of all leaves, and inputs, of which each has its shape or a batch of it."""
        for slot, part in self._numbers:
            slot[...] = numbers[part]
        for i, array in enumerate(arrays):
            self._inputs[i][...] = array

    def __call__(self, numbers: FloatArray, arrays: Sequence[FloatArray]) -> tuple[Array, Array]:
        """The results for these numbers, in arrays that nobody else has."""
        with self._lock:
            self.write(numbers, arrays)
            self._calculate()
            return self._values(), self._gradients()

    def descend(self, numbers: FloatArray, arrays: Sequence[FloatArray], rate: float, steps: int) -> FloatArray:
        """The parameters after steps of gradient descent."""
        with self._lock:
            self.write(numbers, arrays)
            self._buffers.descend(rate, steps)
            return self.parameters.copy()


def _slots(inputs: FloatArray, shapes: Sequence[Shape]) -> Iterator[FloatArray]:
    """Where each input lies: its scalars are rows, of samples if there is a batch."""
    start = 0
    for shape in shapes:
        n = math.prod(shape)
        slot = inputs[start : start + n].reshape((*shape, *inputs.shape[1:]))
        yield slot if inputs.ndim == 1 else np.moveaxis(slot, -1, 0)
        start += n


def spread(
    results: Sequence[float | FloatArray], outputs: int, samples: int | None, wrt: int, xp: ModuleType = np
) -> tuple[list[Array], list[Array]]:
    """Values of shape () or (samples,), and gradients of shape (wrt,), as views of arrays of NumPy or JAX."""
    shape = () if samples is None else (samples,)
    values = [xp.ravel(x) for x in results[:outputs]]
    values = [xp.reshape(x, shape) if samples is None else xp.broadcast_to(x, shape) for x in values]
    return values, [xp.broadcast_to(x, (wrt,)) for x in results[outputs:]]


def copies(views: list[Array], single: bool, axis: int, xp: ModuleType = np) -> Callable[[], Array]:
    """What returns the one array as a new one, or all of them along a new axis; None if there are none."""
    if not views:
        return lambda: None
    if not single:
        return partial(xp.concatenate, [xp.expand_dims(x, axis) for x in views], axis)
    (view,) = views
    copy: Callable[[], Array] = view.copy
    return copy if view.ndim else lambda: view[()]
