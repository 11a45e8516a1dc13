"""What a back end is: how it is made from a lowered program, and how that program runs.

A back end is a class in a file of its own, and a row of `BACKENDS` in this folder's `__init__`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, ClassVar, NamedTuple, TypeAlias

from autograd.core.op import Op
from autograd.program.ir import FloatArray, Node
from autograd.program.pipeline import Lowered
from autograd.program.vectorize import Statement, Vectorized
from autograd.program.views import is_batched

ALIGNED = 8  # numbers: 64 bytes, a line of the cache
LETTERS = "abcdefghijklmnop"  # of axes; z is the batch's

Sources: TypeAlias = Mapping[str, FloatArray]  # numbers by kind: parameters, leaves, and inputs (n,) or (n, samples)
Results: TypeAlias = list["float | FloatArray"]


class Buffers(NamedTuple):
    """A program for so many samples with memory of its own: arrays to write into, and what fills the results.

    Attributes:
        sources: by their kind.
        results: of an output (1,) or (samples,), of a gradient (n,); a number where all are equal.
        run: fills the results.
        lock: to be held from the first number that is written to the last one that is read.
        descent: takes steps of gradient descent, where the back end has something faster than run after run.
    """

    sources: Sources
    results: Sequence[float | FloatArray]
    run: Callable[[], object]
    lock: Lock
    descent: Callable[[float, int], object] | None = None

    def descend(self, rate: float, steps: int) -> None:
        """Change the parameters by steps of gradient descent: p ← p − rate · ∂y/∂p."""
        if self.descent:
            self.descent(rate, steps)
            return
        for _ in range(steps):
            self.run()
            self.sources["parameters"][...] -= rate * self.results[-1]


class Backend(ABC):
    """A lowered program that runs: as a function if `__call__` is defined, in memory of its own if `bound` is.

    Attributes:
        compiles_ahead: whether a program is made when `compile` is called; otherwise at the first call,
            when it is known whether there is a batch.
        own: composed rows that it has functions for; all others reach it in their words.
    """

    compiles_ahead: ClassVar[bool] = False
    own: ClassVar[frozenset[Op]] = frozenset()

    @classmethod
    def require(cls) -> None:
        """Raise MissingExtra where the back end needs a package or compiler that is not there."""
        return

    @classmethod
    def make(cls, program: Lowered) -> Backend:
        """The back end for a program; another one where that suits the program better."""
        return cls(program)

    @abstractmethod
    def __init__(self, program: Lowered) -> None: ...

    def __call__(self, sources: Sources, samples: int) -> Results:
        """The results, as `Buffers` has them."""
        raise NotImplementedError

    def bound(self, sources: Sources, results: Sequence[FloatArray], samples: int) -> Buffers:
        """The program for a fixed number of samples.

        Args:
            sources: arrays that it may take for its own.
            results: the same.
            samples: how many; 1 without a batch.
        """
        return Buffers(sources, results, lambda: fill(results, self(sources, samples)), Lock())


def fill(targets: Sequence[Any], sources: Sequence[object]) -> None:
    """Copy numbers to where they belong."""
    for i, numbers in enumerate(sources):
        targets[i][...] = numbers


def subscripts(s: Statement) -> tuple[list[str], str]:
    """A letter for each axis of a sum of products, of its operands and of its result, as einsum wants them."""
    if s.kind == "product":
        terms, kept = ["ik", "jk"], "ij"
    else:
        letters = LETTERS[: len(s.arrays[0].shape)]
        terms, kept = [letters, letters], letters[: len(letters) - s.reduced]
    return [term + "z" * is_batched(x) for term, x in zip(terms, s.operands, strict=True)], kept + "z" * s.batched


def summed_axes(s: Statement) -> tuple[int, ...]:
    """The axes of its operand that a total or reduce is taken over; a batch is the last one."""
    (x,) = s.arrays
    return tuple(range(len(x.shape) - s.reduced, len(x.shape) + s.sums_batch))


def addresses(program: Vectorized) -> tuple[dict[Node, int], dict[bool, int]]:
    """Where each node begins in its memory, and the sizes of the two memories: of the program, of its samples."""
    base: dict[Node, int] = {}
    sizes = {False: 0, True: 0}
    for node in program.nodes:
        if node not in program.home:
            base[node] = sizes[node.batched]
            sizes[node.batched] += -(-node.n // ALIGNED) * ALIGNED
    for node in program.home:
        owner, offset = node, 0
        while owner in program.home:
            owner, start = program.home[owner]
            offset += start
        base[node] = base[owner] + offset
    return base, sizes
