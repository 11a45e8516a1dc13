"""A program whose memory lies open: for loops in which the cost of a call would exceed that of its arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program.backends.numpy import BLOCK, Arrays

if TYPE_CHECKING:
    from autograd.program.program import Program


class Bound:
    """A program for a fixed number of samples: write into its arrays, run, read; nothing is checked.

    Made by `Program.bound`. NumPy's warnings about inf and nan are the caller's to silence.

    Attributes:
        parameters: the numbers of the leaves in `wrt`; to write.
        inputs: shape (n,), with a batch (B, n): all inputs of a sample in a row; to write.
    """

    def __init__(self, program: Program, samples: int | None) -> None:
        self._samples = samples
        self._count, self._wrt = len(program._outputs), len(program._wrt)
        data, n = program.read(), len(program._inputs)
        runner: Any = program._runner(samples is not None, True)
        if samples is None and program.backend == "numpy":
            stage = program._stage(False, True)
            runner = Arrays(stage.rolled, stage.values)
        self._slots = program._sources(data, np.zeros((n,) if samples is None else (n, samples)))
        fixed = hasattr(runner, "bound") and (samples or 1) <= (BLOCK if isinstance(runner, Arrays) else samples or 1)
        if fixed:
            slots, self._run = runner.bound(samples or 1)
            for kind, slot in slots.items():
                slot[...] = self._slots[kind]
            self._slots |= slots
            with np.errstate(all="ignore"):
                self._fixed: Any = self._shaped(self._run())
        else:
            self._run = lambda: runner(self._slots, samples or 1)
            self._fixed = None
        self.parameters = self._slots["parameters"]
        self.inputs = self._slots["inputs"].T

    def run(self) -> tuple[list[Any], Any]:
        """Calculate; the arrays that are returned may be the same at each call.

        Returns:
            values: of each output an array (1,), with a batch (B,).
            gradient: (len(wrt),), of the first output, summed over the batch.
        """
        found = self._run()
        return self._fixed or self._shaped(found)

    def _shaped(self, found: list[Any]) -> tuple[list[Any], Any]:
        shape = (self._samples or 1,)
        values = [np.broadcast_to(np.ravel(x), shape) for x in found[: self._count]]
        gradient = found[self._count]
        return values, np.full(self._wrt, gradient) if isinstance(gradient, float) else np.asarray(gradient)
