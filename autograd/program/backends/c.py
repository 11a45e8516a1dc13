"""The native back end: array statements as C, compiled by the system's compiler for this machine."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.errors import MissingExtra
from autograd.program.backends.base import Backend, Buffers, Results, Sources
from autograd.program.backends.c_source import Source
from autograd.program.backends.numpy import NumPy
from autograd.program.ir import FloatArray, Node
from autograd.program.pipeline import Lowered
from autograd.program.views import View

MANY = 4000  # nodes: a C compiler would take longer than ten seconds; Python's floats are ready sooner
FLAGS = (
    "-std=gnu11",
    "-shared",
    "-fPIC",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=off",
)


class C(Backend):
    """A program's statements as a library."""

    few_groups: ClassVar[float] = MANY // 3

    @classmethod
    def require(cls) -> None:
        compiler()

    @classmethod
    def make(cls, program: Lowered) -> Backend:
        return cls(program) if len(program.graph.nodes) < MANY else NumPy.make(program)

    def __init__(self, program: Lowered) -> None:
        nodes, self.batched = program.vectorized.nodes, program.graph.batched
        source = Source(program.vectorized, self.batched)
        self.base, self.inputs = source.base, source.inputs
        library = loaded(source.text, source.level)
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
        self.lock = Lock()

    def __call__(self, sources: Sources, samples: int) -> Results:
        with self.lock:
            self._load(sources)
            if not self.batched:
                self.once()
                return [x.copy() if isinstance(x, np.ndarray) else x for x in self.shared]
            inputs, values = np.ascontiguousarray(sources["inputs"].T), np.empty((self.rows, samples))
            self.run(inputs.ctypes.data, values.ctypes.data, samples)
            return _filled([x.copy() if isinstance(x, np.ndarray) else x for x in self.results], values)

    def bound(self, sources: Sources, samples: int) -> Buffers:
        self._load(sources)
        rows, values = np.ascontiguousarray(sources["inputs"].T), np.empty((self.rows, samples))
        places = rows.ctypes.data, values.ctypes.data, samples
        results = _filled(self.results, values)

        def run() -> Results:
            with self.lock:
                self.run(*places) if self.batched else self.once()
            return results

        slots = {"inputs": rows.T} if self.batched else {}
        return Buffers({**sources, **self.slots, **slots}, run, fixed=True)

    def descend(self, sources: Sources, samples: int, rate: float, steps: int) -> FloatArray:
        if not hasattr(self.library, "descend"):  # the gradient is the same number everywhere
            return super().descend(sources, samples, rate, steps)
        with self.lock:
            self._load(sources)
            inputs, values = np.ascontiguousarray(sources["inputs"].T), np.empty((self.rows, samples))
            descend = self.library.descend
            descend.argtypes = (*self.run.argtypes, ctypes.c_double, ctypes.c_long)
            descend.restype = None
            descend(inputs.ctypes.data, values.ctypes.data, samples, rate, steps)
            return self.slots["parameters"].copy()

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


def compiler() -> list[str]:
    """The command of a C compiler: $CC, the system's, or the one of the extra.

    Raises:
        MissingExtra: there is none.
    """
    for name in filter(None, (os.environ.get("CC"), "cc", "gcc", "clang")):
        if shutil.which(name.split()[0]):
            return name.split()
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    raise MissingExtra(
        'backend="native" needs a C compiler, but none was found. '
        'Install gcc or clang, or: pip install "chalkgrad[native]"'
    )


def loaded(source: str, level: str) -> ctypes.PyDLL:
    """A program's own copy of its library, whose memory nobody shares; its calls hold the GIL."""
    library = compiled(tuple(compiler()), level, source)
    with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
        target = Path(folder, "program.so")
        target.write_bytes(library)
        return ctypes.PyDLL(str(target))


@functools.lru_cache(maxsize=64)
def compiled(command: tuple[str, ...], level: str, source: str) -> bytes:
    """The library of a source: training a model again compiles nothing.

    Raises:
        MissingExtra: the compiler fails.
    """
    with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
        text, target = Path(folder, "program.c"), Path(folder, "program.so")
        text.write_text(source)
        files = ["-o", str(target), str(text), "-lm"]
        done = subprocess.run([*command, level, *FLAGS, *files], capture_output=True, text=True)
        if done.returncode:
            why = done.stderr.strip()[:500]
            raise MissingExtra(f"{' '.join(command)} could not compile a program: {why}. Set CC.")
        return target.read_bytes()
