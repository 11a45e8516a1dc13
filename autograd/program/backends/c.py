"""The native back end: array statements as C, compiled by the system's compiler for this machine."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterable, Sequence
from threading import Lock

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.c_compiler import compiled, compiler, workplace
from autograd.program.backends.base import Backend, Buffers, Results, Sources
from autograd.program.backends.c_loops import LANES
from autograd.program.backends.c_order import OWN
from autograd.program.backends.c_source import Source
from autograd.program.ir import FloatArray, Node
from autograd.program.pipeline import Lowered
from autograd.program.views import View

CALL = 10_000_000  # scalar operations: a tenth of a second at most, as Ctrl-C waits until a call is over
PLACES = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long  # of inputs and of values, and how many samples
ENTRIES = {  # of a library, with what they take
    "run": PLACES,
    "part": (*PLACES, ctypes.c_long, ctypes.c_long),
    "descend": (*PLACES, ctypes.c_double, ctypes.c_long),
}


class C(Backend):
    """A program's statements as a library."""

    own = OWN

    @classmethod
    def require(cls) -> None:
        compiler()

    def __init__(self, program: Lowered, more: Callable[[Source], str] = lambda source: "") -> None:
        statements, self.batched = program.with_biases, program.graph.batched
        nodes, source = statements.nodes, Source(statements, self.batched)
        self.base, self.inputs = source.base, source.inputs
        library = loaded(source.text + more(source), source.level)
        self.memory = np.ctypeslib.as_array((ctypes.c_double * max(1, source.sizes[False])).in_dll(library, "u"))
        for node in nodes:
            if node.constants is not None and not node.batched:
                self._slot(node)[...] = node.constants
        kinds = ("parameters", "leaves") if self.batched else ("parameters", "leaves", "inputs")
        self.slots = {node.kind: self._slot(node) for node in nodes if node.kind in kinds and node.n}
        self.results = [self._result(x) for x in statements.results]
        self.rows = sum(x is None for x in self.results)  # of values, one for each other result
        self.library = ctypes.CDLL("", handle=library._handle)  # its calls release the GIL
        self.once, self.once.restype = library.once, None
        for name, types in ENTRIES.items():
            if entry := getattr(self.library, name, None):
                entry.argtypes, entry.restype = types, None
        self.affordable = CALL // max(1, program.operations)  # samples in a call
        self.most = max(1, self.affordable // LANES) * LANES
        self.lock = Lock()

    def bound(self, sources: Sources, results: Sequence[FloatArray], samples: int) -> Buffers:
        rows, values = np.zeros((samples, len(sources["inputs"]))), np.empty((self.rows, samples))
        places = (rows.ctypes.data, values.ctypes.data, samples) if self.batched else (None, None, 1)
        sources = {**sources, **self.slots, **({"inputs": rows.T} if self.batched else {})}
        run: Callable[[], object] = functools.partial(self._parts, *places)
        if not self.batched:
            run = self.once
        elif samples <= self.most:
            run = functools.partial(self.library.run, *places)
        return Buffers(sources, _filled(self.results, values), run, self.lock, self._descent(*places))

    def _parts(self, inputs: int, values: int, samples: int) -> None:
        """All samples, in calls between which Python can be interrupted."""
        for start in range(0, samples, self.most):
            self.library.part(inputs, values, samples, start, min(start + self.most, samples))

    def _descent(self, inputs: int | None, values: int | None, samples: int) -> Callable[[float, int], None] | None:
        """Steps in calls between which Python can be interrupted; None where a step would be too long a call."""
        a_call = self.affordable // max(1, samples)  # steps
        if not a_call or not hasattr(self.library, "descend"):  # the gradient may be the same number everywhere
            return None

        def descent(rate: float, steps: int) -> None:
            for done in range(0, steps, a_call):
                self.library.descend(inputs, values, samples, rate, min(a_call, steps - done))

        return descent

    def _slot(self, node: Node) -> FloatArray:
        start = self.base[node]
        return self.memory[start : start + node.n]

    def _result(self, x: float | View) -> float | FloatArray | None:
        """Where a result that all samples share lies; None for one that each has its own of."""
        if isinstance(x, float):
            return x
        if x.node.batched:
            return None
        start = self.base[x.node] + x.offset
        (n,), (stride,) = x.shape, x.strides
        return as_strided(self.memory[start:], (n,), (stride * 8,))


def _filled(results: Iterable[float | FloatArray | None], values: FloatArray) -> Results:
    """The results, with rows of values in place of what is missing."""
    rows = iter(values)
    return [next(rows) if x is None else x for x in results]


def loaded(source: str, level: str) -> ctypes.PyDLL:
    """A program's own copy of its library, whose memory nobody shares; its calls hold the GIL."""
    library = compiled(tuple(compiler()), level, source)
    with workplace() as folder:
        target = folder / "program.so"
        target.write_bytes(library)
        return ctypes.PyDLL(str(target))
