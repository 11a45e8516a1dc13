"""The native back end: array statements as C, compiled by the system's compiler for this machine."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from threading import Lock

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.c_compiler import compiled, compiler, workplace
from autograd.program.backends.base import Backend, Buffers, Results, Sources
from autograd.program.backends.c_loops import LANES
from autograd.program.backends.c_source import Source
from autograd.program.ir import FloatArray, Node
from autograd.program.pipeline import Lowered
from autograd.program.views import View

CALL = 10_000_000  # scalar operations: a tenth of a second at most, as Ctrl-C waits until a call is over


class C(Backend):
    """A program's statements as a library."""

    @classmethod
    def require(cls) -> None:
        compiler()

    def __init__(self, program: Lowered, more: Callable[[Source], str] = lambda source: "") -> None:
        nodes, self.batched = program.vectorized.nodes, program.graph.batched
        source = Source(program.vectorized, self.batched)
        self.base, self.inputs = source.base, source.inputs
        library = loaded(source.text + more(source), source.level)
        self.memory = np.ctypeslib.as_array((ctypes.c_double * max(1, source.sizes[False])).in_dll(library, "u"))
        for node in nodes:
            if node.constants is not None:
                self._slot(node)[...] = node.constants
        kinds = ("parameters", "leaves") if self.batched else ("parameters", "leaves", "inputs")
        self.slots = {node.kind: self._slot(node) for node in nodes if node.kind in kinds and node.n}
        self.results = [self._result(x) for x in program.vectorized.results]
        self.shared = [x for x in self.results if x is not None]  # by all samples
        self.rows = len(self.results) - len(self.shared)  # of values, one for each other result
        self.library = ctypes.CDLL("", handle=library._handle)  # its calls release the GIL
        self.once, self.run = library.once, self.library.run
        self.once.restype = self.run.restype = None
        self.run.argtypes = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long
        self.part = self.library.part
        self.part.argtypes, self.part.restype = (*self.run.argtypes, ctypes.c_long, ctypes.c_long), None
        self.affordable = CALL // max(1, program.operations)  # samples in a call
        self.most = max(1, self.affordable // LANES) * LANES
        self.lock = Lock()

    def __call__(self, sources: Sources, samples: int) -> Results:
        with self.lock:
            self._load(sources)
            if not self.batched:
                self.once()
                return [x.copy() if isinstance(x, np.ndarray) else x for x in self.shared]
            inputs, values = np.ascontiguousarray(sources["inputs"].T), np.empty((self.rows, samples))
            self._run(inputs.ctypes.data, values.ctypes.data, samples)
            return _filled([x.copy() if isinstance(x, np.ndarray) else x for x in self.results], values)

    def bound(self, sources: Sources, samples: int) -> Buffers:
        self._load(sources)
        rows, values = np.ascontiguousarray(sources["inputs"].T), np.empty((self.rows, samples))
        places = rows.ctypes.data, values.ctypes.data, samples
        whole = self.run if samples <= self.most else self._run
        results = _filled(self.results, values)

        def run() -> Results:
            with self.lock:
                whole(*places) if self.batched else self.once()
            return results

        slots = {"inputs": rows.T} if self.batched else {}
        return Buffers({**sources, **self.slots, **slots}, run, fixed=True)

    def descend(self, sources: Sources, samples: int, rate: float, steps: int) -> FloatArray:
        a_call = self.affordable // samples  # steps
        if not a_call or not hasattr(self.library, "descend"):  # the gradient may be the same number everywhere
            return super().descend(sources, samples, rate, steps)
        with self.lock:
            self._load(sources)
            inputs, values = np.ascontiguousarray(sources["inputs"].T), np.empty((self.rows, samples))
            descend = self.library.descend
            descend.argtypes = (*self.run.argtypes, ctypes.c_double, ctypes.c_long)
            descend.restype = None
            for done in range(0, steps, a_call):
                descend(inputs.ctypes.data, values.ctypes.data, samples, rate, min(a_call, steps - done))
            return self.slots["parameters"].copy()

    def _run(self, inputs: int, values: int, samples: int) -> None:
        """All samples, in calls between which Python can be interrupted."""
        for start in range(0, max(samples, 1), self.most):
            self.part(inputs, values, samples, start, min(start + self.most, samples))

    def _load(self, sources: Sources) -> None:
        for kind, slot in self.slots.items():
            slot[...] = sources[kind]

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
