"""A program whose memory lies open: for loops in which the cost of a call would exceed that of its arithmetic."""

from __future__ import annotations

import numpy as np

from autograd.program.backends.base import Buffers, Results
from autograd.program.ir import FloatArray


class Bound:
    """A program for a fixed number of samples: write into its arrays, run, read; nothing is checked.

    Made by `Program.bound`. NumPy's warnings about inf and nan are the caller's to silence.

    Args:
        buffers: the memory, and what calculates there.
        samples: how many; None without a batch.
        outputs: how many results are outputs; the first gradient follows them.
        wrt: how many scalars the gradient has.

    Attributes:
        parameters: the numbers of the leaves in `wrt`; to write.
        inputs: shape (n,), with a batch (B, n): all inputs of a sample in a row; to write.
    """

    def __init__(self, buffers: Buffers, samples: int | None, outputs: int, wrt: int) -> None:
        self._run, self._shape, self._outputs, self._wrt = buffers.run, (samples or 1,), outputs, wrt
        self.parameters = buffers.sources["parameters"]
        self.inputs = buffers.sources["inputs"].T
        self._fixed: tuple[list[FloatArray], FloatArray] | None = None
        if buffers.fixed:
            with np.errstate(all="ignore"):
                self._fixed = self._shaped(self._run())

    def run(self) -> tuple[list[FloatArray], FloatArray]:
        """Calculate; the arrays that are returned may be the same at each call.

        Returns:
            values: of each output an array (1,), with a batch (B,).
            gradient: (len(wrt),), of the first output, summed over the batch.
        """
        results = self._run()
        return self._fixed or self._shaped(results)

    def _shaped(self, results: Results) -> tuple[list[FloatArray], FloatArray]:
        values = [np.broadcast_to(np.ravel(x), self._shape) for x in results[: self._outputs]]
        gradient = results[self._outputs]
        return values, np.full(self._wrt, gradient) if isinstance(gradient, float) else np.asarray(gradient)
