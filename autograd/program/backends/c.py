"""The native backend: the rolled form as C, compiled by the system's compiler for this machine.

Samples lie side by side, so that one instruction works on several. A batch is run in blocks that
stay in the cache: first what is the same for all, then block by block, then what needs their sums.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.core.fast_ops import pattern
from autograd.core.notation import fill
from autograd.core.op import Op
from autograd.errors import MissingExtra
from autograd.ops import pow
from autograd.program.backends.numpy import addresses, is_batched
from autograd.program.ir import Node
from autograd.program.vectorize import Gather, Part, Rolled, Statement, View, contiguous, reshaped

LANES = 128  # samples in a block
INLINED = 12  # products in which kernels are compiled for their sizes; more share one kernel
FUSED = 32  # maps in a loop
PART = 400  # statements in a function, so that a compiler's time grows no faster than its text
FLAGS = (
    "-std=gnu11",
    "-shared",
    "-fPIC",
    "-march=native",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-ffp-contract=fast",
)


class Native:
    """A program's statements as a library."""

    def __init__(self, rolled: Rolled, batched: bool, rate: bool = False) -> None:
        self.rolled, self.batched = rolled, batched
        self.base, self.sizes = addresses(rolled)
        self.inputs = next((node for node in rolled.nodes if node.kind == "inputs"), None)
        self.tables: list[str] = []
        read = [x for s in rolled.statements for x in s.operands] + list(rolled.roots)
        self.readers = Counter(id(x.node) for x in read if not isinstance(x, float))
        self.readers.update(id(s.node) for s in rolled.statements if id(s.node) in rolled.home)
        self.source = self._text()
        library = built(self.source, self.level)
        self.memory = np.ctypeslib.as_array((ctypes.c_double * max(1, self.sizes[False])).in_dll(library, "u"))
        for node in rolled.nodes:
            if node.kind == "constant":
                self._slot(node)[...] = node.data
        given = ("parameters", "leaves") if batched else ("parameters", "leaves", "inputs")
        self.given = [(node.kind, self._slot(node)) for node in rolled.nodes if node.kind in given and node.n]
        self.roots = [self._root(root) for root in rolled.roots]
        self.library = ctypes.CDLL("", handle=library._handle)  # its calls let other threads run
        self.once, self.run = library.once, self.library.run
        self.once.restype = self.run.restype = None
        self.run.argtypes = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long
        self.lock = Lock()

    def __call__(self, sources: dict[str, Any], samples: int) -> list[Any]:
        """The roots, for the sources' numbers; of the inputs `(n, samples)`."""
        with self.lock:
            for kind, slot in self.given:
                slot[...] = sources[kind]
            if not self.batched:
                self.once()
                return [root.copy() if isinstance(root, np.ndarray) else root for root in self.roots]
            inputs = np.ascontiguousarray(sources["inputs"].T)
            values = np.empty((sum(root is None for root in self.roots), samples))
            self.run(inputs.ctypes.data, values.ctypes.data, samples)
            rows = iter(values)
            return [
                next(rows) if root is None else root if isinstance(root, float) else root.copy() for root in self.roots
            ]

    def bound(self, samples: int) -> tuple[dict[str, Any], Callable[[], list[Any]]]:
        """The sources' places in memory, and what calculates the roots there."""
        rows = np.zeros((samples, self.inputs.n if self.inputs and self.batched else 0))
        values = np.empty((sum(root is None for root in self.roots), samples))
        found, places = iter(values), (rows.ctypes.data, values.ctypes.data, samples)
        roots = [next(found) if root is None else root for root in self.roots]

        def run() -> list[Any]:
            with self.lock:
                self.run(*places) if self.batched else self.once()
            return roots

        return dict(self.given) | ({"inputs": rows.T} if self.batched and self.inputs else {}), run

    def descend(self, sources: dict[str, Any], samples: int, rate: float, steps: int) -> Any:
        """The parameters after some steps of gradient descent."""
        with self.lock:
            for kind, slot in self.given:
                slot[...] = sources[kind]
            inputs = np.ascontiguousarray(sources["inputs"].T)
            values = np.empty((sum(root is None for root in self.roots), samples))
            descend = self.library.descend
            descend.argtypes = (*self.run.argtypes, ctypes.c_double, ctypes.c_long)
            descend.restype = None
            descend(inputs.ctypes.data, values.ctypes.data, samples, rate, steps)
            return dict(self.given)["parameters"].copy()

    def _root(self, root: float | View) -> Any:
        """Where a result that is no sample's lies; None for one of the samples."""
        if isinstance(root, float):
            return root
        if root.node.batched:
            return None
        start = self.base[id(root.node)] + root.offset
        (n,), (stride,) = root.shape, root.strides
        return as_strided(self.memory[start:], (n,), (stride * 8,))

    def _slot(self, node: Node) -> Any:
        start = self.base[id(node)]
        return self.memory[start : start + node.n]

    # ── the text ──────────────────────────────────────────────────────────────────────────────────

    def _text(self) -> str:
        """The whole program."""
        stages = self._stages()
        count = sum(map(len, stages))
        self.level = "-O3" if count < PART else "-O2" if count < 10 * PART else "-O1"
        parts: list[str] = []
        bodies = []
        for number, (name, statements) in enumerate(zip(("before", "block", "after"), stages, strict=True)):
            lanes = number == 1
            texts = [*self._loads(lanes), *self._loops(statements, lanes), *self._stores(lanes)]
            bodies.append(self._function(name, texts, lanes, parts))
        samples = [node for node in self.rolled.nodes if node.kind == "samples"]
        lines = [f"u[{self.base[id(node)]}] = samples;" for node in samples]
        for s in stages[1]:
            if s.over and isinstance(s.out, View):
                lines += self._cleared(s)
        lines += ["before(0, 0, 0, 0);"]
        if self.batched:
            lines += [
                "long start = 0;",
                f"for (; start + {LANES} <= samples; start += {LANES}) block(x, out, start, samples, {LANES});",
                "if (start < samples) rest(x, out, start, samples, samples - start);",
            ]
        lines += ["after(0, 0, 0, 0);"]
        run = "void run(const double *x, double *out, long samples)\n{\n" + _indented(lines) + "}\n"
        memory = f"double u[{max(1, self.sizes[False])}] __attribute__((aligned(64)));\n"
        memory += f"static double b[{max(1, self.sizes[True] * LANES)}] __attribute__((aligned(64)));\n"
        kernels = Path(__file__).with_name("kernels.c").read_text()
        if sum(s.kind == "product" for s in self.rolled.statements) > INLINED:
            kernels = kernels.replace("INLINE void spread", "static void spread")
            kernels = kernels.replace("INLINE void contract", "static void contract")
        run += "\nvoid once(void) { run(0, 0, 1); }\n" + self._descent()
        return "\n".join([kernels, memory, *self.tables, *parts, *bodies, run])

    def _descent(self) -> str:
        """Steps of gradient descent without a way back to Python: p ← p − rate · ∂y/∂p."""
        gradient = self.rolled.roots[-1]
        node = next((node for node in self.rolled.nodes if node.kind == "parameters"), None)
        if isinstance(gradient, float) or node is None or gradient.shape != (node.n,):
            return ""
        p, g = self.base[id(node)], self.base[id(gradient.node)] + gradient.offset
        return (
            "\nvoid descend(const double *x, double *out, long samples, double rate, long steps)\n"
            "{\n    for (; steps; steps--) {\n        run(x, out, samples);\n"
            f"        for (long i = 0; i < {node.n}; i++) u[{p} + i] -= rate * u[{g} + i * {gradient.strides[0]}];\n"
            "    }\n}\n"
        )

    def _stages(self) -> tuple[list[Statement], list[Statement], list[Statement]]:
        """What is the same for all samples, what is done for each block, and what needs the blocks' sums."""
        late: set[int] = set()
        for node in self.rolled.nodes:
            if node.over or any(id(source) in late for source in node.sources):
                late.add(id(node))
        before: list[Statement] = []
        block: list[Statement] = []
        after: list[Statement] = []
        for s in self.rolled.statements:
            stage = block if s.batched or s.over else after if id(s.node) in late else before
            stage.append(s)
        return before, block, after

    def _function(self, name: str, texts: list[str], lanes: bool, parts: list[str]) -> str:
        given = "const double *x, double *out, long start, long samples" + (", long m" if lanes else "")
        passed = "x, out, start, samples" + (", m" if lanes else "")
        if len(texts) > PART:
            for i in range(0, len(texts), PART):
                part = f"{name}_{i}"
                parts.append(f"static void {part}({given})\n{{\n{_indented(texts[i : i + PART])}}}\n")
            texts = [f"{name}_{i}({passed});" for i in range(0, len(texts), PART)]
        if not lanes:
            return f"static void {name}({given})\n{{\n{_indented(texts)}}}\n"
        body = f"INLINE void lanes({given})\n{{\n{_indented(texts)}}}\n"
        body += f"static void block({given}) {{ lanes(x, out, start, samples, {LANES}); }}\n"
        return body + f"static void __attribute__((noinline)) rest({given}) {{ lanes({passed}); }}\n"

    def _cleared(self, s: Statement) -> Iterator[str]:
        assert isinstance(s.out, View)
        yield from _nest(s.out.shape, lambda at: f"u[{self._place(s.out, at)}] = 0;")

    def _loads(self, lanes: bool) -> Iterator[str]:
        """Inputs of a block, sample by sample in the user's array."""
        if lanes and self.batched and self.inputs is not None:
            n, base = self.inputs.n, self.base[id(self.inputs)]
            yield f"for (long i = 0; i < {n}; i++) for (long l = 0; l < m; l++)"
            yield f"    b[({base} + i) * {LANES} + l] = x[(start + l) * {n} + i];"

    def _stores(self, lanes: bool) -> Iterator[str]:
        values = [root for root in self.rolled.roots if is_batched(root)]
        if lanes:
            for i, root in enumerate(values):
                assert isinstance(root, View)
                place = self.base[id(root.node)] + root.offset
                yield f"memcpy(out + {i} * samples + start, b + {place * LANES}, m * sizeof(double));"

    def _loops(self, statements: Sequence[Statement], lanes: bool) -> Iterator[str]:
        """Loop nests; neighbouring maps of one size share theirs."""
        group: list[Statement] = []
        for s in statements:
            if group and not self._joins(group, s):
                yield from self._maps(group, lanes)
                group = []
            if s.kind == "map":
                group.append(s)
            else:
                yield from getattr(self, f"_{s.kind}")(s)
        if group:
            yield from self._maps(group, lanes)

    # ── maps ──────────────────────────────────────────────────────────────────────────────────────

    def _joins(self, group: list[Statement], s: Statement) -> bool:
        """Whether a map can share a loop: of one size, and what it reads of the others is at its own place."""
        first = group[0]
        if s.kind != "map" or len(group) == FUSED or math.prod(s.out.shape) != math.prod(first.out.shape):
            return False
        if _common([*group, s]) is None:
            return False
        made = {id(t.out.node): t.out for t in group}
        for x in s.operands:
            if isinstance(x, float) or id(x.node) not in made:
                continue
            if isinstance(x, Gather) or not _same(x, made[id(x.node)]):
                return False
        return True

    def _maps(self, group: list[Statement], lanes: bool) -> Iterator[str]:
        shape = _common(group)
        assert shape is not None
        inner: dict[int, Any] = {id(s): i for i, s in enumerate(group)}

        def body(at: Sequence[str]) -> str:
            lines: list[str] = []
            made: dict[int, str] = {}
            for s in group:
                assert s.op is not None and isinstance(s.out, View)
                operands = [
                    made[id(x.node)]
                    if isinstance(x, View) and id(x.node) in made and _same(x, made_outs[id(x.node)])
                    else self._read(_in_shape(x, shape), at, lanes)
                    for x in s.operands
                ]
                name = f"t{inner[id(s)]}"
                lines.append(f"double {name} = {expression(s.op, operands)};")
                if self._is_read(s, group):
                    lines.append(f"{self._write(_in_shape(s.out, shape), at, lanes)} = {name};")
                made[id(s.out.node)] = name
                made_outs[id(s.out.node)] = s.out
            return " ".join(lines)

        made_outs: dict[int, View | Gather] = {}
        yield from _nest(shape, body, "for (long l = 0; l < m; l++) " if lanes else "")

    def _is_read(self, s: Statement, group: list[Statement]) -> bool:
        """Whether somebody outside of its loop reads what a map makes."""
        return self.readers[id(s.out.node)] > sum(
            not isinstance(x, float) and x.node is s.out.node for t in group for x in t.operands
        )

    # ── other statements ──────────────────────────────────────────────────────────────────────────

    def _copy(self, s: Statement) -> Iterator[str]:
        (x,) = s.operands
        out = s.out
        lanes = "for (long l = 0; l < m; l++) " if s.batched else ""
        shape = out.shape
        yield from _nest(
            shape, lambda at: f"{self._write(out, at, s.batched)} = {self._read(x, at, s.batched)};", lanes
        )

    def _total(self, s: Statement) -> Iterator[str]:
        yield from self._folded(s, lambda parts: " * ".join(parts))

    _inner = _total

    def _folded(self, s: Statement, term: Callable[[list[str]], str]) -> Iterator[str]:
        """Σ over the last axes, and over a block's samples if asked."""
        (first, *_) = s.operands
        assert not isinstance(first, float)
        kept, rest = first.shape[: len(first.shape) - s.reduced], first.shape[len(first.shape) - s.reduced :]
        names = [f"j{i}" for i in range(len(rest))]
        loops = "".join(f"for (long {j} = 0; {j} < {n}; {j}++) " for j, n in zip(names, rest, strict=True))
        wide = s.batched or s.over
        lanes = "for (long l = 0; l < m; l++) "

        def body(at: Sequence[str]) -> str:
            text = term([self._read(x, [*at, *names], wide) for x in s.operands])
            out = self._write(s.out, at, s.batched)
            if s.batched:  # lane by lane
                return f"{lanes}{out} = 0; {loops}{lanes}{out} += {text};"
            if s.over:
                acc = "double sum[8] = {0}; long l;"
                many = f"for (l = 0; l + 8 <= m; l += 8) for (int w = 0; w < 8; w++) sum[w] += {_lane(text)};"
                return (
                    f"{{ {acc} {loops}{{ {many} for (; l < m; l++) sum[0] += {text}; }} "
                    f"for (int w = 0; w < 8; w++) {out} += sum[w]; }}"
                )
            if len(rest) == 1 and len(s.operands) == 1 and isinstance(first, View) and first.strides[-1] == 1:
                start = self._place(first, [*at, "0"])
                return f"{out} = sum_of({rest[0]}, u + {start});"
            return f"{{ double sum = 0; {loops}sum += {text}; {out} = sum; }}"

        yield from _nest(kept, body)

    def _reduce(self, s: Statement) -> Iterator[str]:
        (x,) = s.operands
        assert s.op is not None and not isinstance(x, float)
        op = s.op
        kept, rest = x.shape[: len(x.shape) - s.reduced], x.shape[len(x.shape) - s.reduced :]
        names = [f"j{i}" for i in range(len(rest))]
        loops = "".join(f"for (long {j} = 0; {j} < {n}; {j}++) " for j, n in zip(names, rest, strict=True))
        lanes = "for (long l = 0; l < m; l++) " if s.batched else ""

        def body(at: Sequence[str]) -> str:
            out = self._write(s.out, at, s.batched)
            first = self._read(x, [*at, *("0" for _ in rest)], s.batched)
            step = expression(op, [out, self._read(x, [*at, *names], s.batched)])
            return f"{lanes}{out} = {first}; {loops}{lanes}{out} = {step};"

        yield from _nest(kept, body)

    def _product(self, s: Statement) -> Iterator[str]:
        """A matrix product by a kernel, where rows or columns lie side by side; else by plain loops."""
        x, y = s.operands
        assert not isinstance(x, float) and not isinstance(y, float)
        text = self._kernel(s, x, y)
        if text:
            yield text
            return
        (n, width), m = x.shape, y.shape[0]
        grid = (n, m, width)
        wide = [Gather(part.node, _index(part, grid, axes)) for part, axes in ((x, (0, 2)), (y, (1, 2)))]
        shaped = Statement("inner", s.node, s.out, tuple(wide), None, s.over, 1, s.batched)
        yield from self._folded(shaped, lambda parts: " * ".join(parts))

    def _kernel(self, s: Statement, x: View | Gather, y: View | Gather) -> str:
        out = s.out
        if not (isinstance(x, View) and isinstance(y, View) and isinstance(out, View)):
            return ""
        many = is_batched(x), is_batched(y)
        (xi, xk), (yj, yk), (oi, oj) = x.strides, y.strides, out.strides
        (n, width), m = x.shape, y.shape[0]
        left, right, result = (f"{'b' if is_batched(part) else 'u'} + {self._start(part)}" for part in (x, y, out))
        if not any(many):
            if xk == 1 and yk == 1 and width > min(n, m):
                return f"contract({n}, {m}, {width}, {left}, {xi}, {right}, {yj}, {result}, {oi}, {oj}, 0);"
            if yj == 1 and oj == 1:
                return f"spread({n}, {m}, {width}, {left}, {xi}, {xk}, {right}, {yk}, {result}, {oi});"
            if xi == 1 and oi == 1:
                return f"spread({m}, {n}, {width}, {right}, {yj}, {yk}, {left}, {xk}, {result}, {oj});"
            return ""
        L = LANES
        if many == (False, True) and s.batched:
            return (
                f"for (long j = 0; j < {m}; j++) spread({n}, m, {width}, {left}, {xi}, {xk}, "
                f"{right} + j * {yj * L}, {yk * L}, {result} + j * {oj * L}, {oi * L});"
            )
        if many == (True, False) and s.batched:
            return (
                f"for (long i = 0; i < {n}; i++) spread({m}, m, {width}, {right}, {yj}, {yk}, "
                f"{left} + i * {xi * L}, {xk * L}, {result} + i * {oi * L}, {oj * L});"
            )
        if all(many) and s.over:
            return (
                f"for (long k = 0; k < {width}; k++) contract({n}, {m}, m, {left} + k * {xk * L}, {xi * L}, "
                f"{right} + k * {yk * L}, {yj * L}, {result}, {oi}, {oj}, 1);"
            )
        return ""

    # ── places ────────────────────────────────────────────────────────────────────────────────────

    def _start(self, part: View) -> int:
        return (self.base[id(part.node)] + part.offset) * (LANES if part.node.batched else 1)

    def _place(self, part: View | Gather, at: Sequence[str]) -> str:
        """The place in its memory of the scalar at these indices, as text."""
        base = self.base[id(part.node)]
        if isinstance(part, View):
            terms = [f"{i} * {stride}" for i, stride in zip(at, part.strides, strict=True) if stride and i != "0"]
            return " + ".join([str(base + part.offset), *terms])
        flat = " + ".join(f"{i} * {stride}" for i, stride in zip(at, contiguous(part.shape), strict=True))
        return f"{self._table(part.index + base)}[{flat or 0}]"

    def _table(self, index: Any) -> str:
        name = f"index{len(self.tables)}"
        self.tables.append(f"static const int {name}[] = {{{', '.join(map(str, index.ravel().tolist()))}}};")
        return name

    def _read(self, part: Part, at: Sequence[str], lanes: bool) -> str:
        return number(part) if isinstance(part, float) else self._write(part, at, lanes)

    def _write(self, part: View | Gather, at: Sequence[str], lanes: bool) -> str:
        place = self._place(part, at)
        return f"b[({place}) * {LANES} + l]" if part.node.batched else f"u[{place}]"


# ── text ──────────────────────────────────────────────────────────────────────────────────────────


def expression(op: Op, operands: Sequence[str]) -> str:
    """An operation in C.

    >>> from autograd.core.op import OPS
    >>> expression(OPS["mul"], ["x", "y"]), expression(OPS["exp"], ["x"]), expression(OPS["pow"], ["x", "2.0"])
    ('(x * y)', 'exp(x)', '(x * x)')
    """
    if op is pow and operands[1] == "2.0":
        return f"({operands[0]} * {operands[0]})"
    if op.c:
        return fill(op.c, dict(zip(op.operands, operands, strict=True)))
    return pattern(op).format(*operands)


def number(x: float) -> str:
    """A number in C."""
    return "NAN" if math.isnan(x) else repr(x) if math.isfinite(x) else "INFINITY" if x > 0 else "(-INFINITY)"


def _lane(text: str) -> str:
    return text.replace("+ l]", "+ l + w]")


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def _nest(shape: Sequence[int], body: Callable[[list[str]], str], inner: str = "") -> Iterator[str]:
    """Loops over a shape; an axis of length 1 needs none."""
    names = [f"i{i}" if n != 1 else "0" for i, n in enumerate(shape)]
    loops = "".join(f"for (long {i} = 0; {i} < {n}; {i}++) " for i, n in zip(names, shape, strict=True) if n != 1)
    yield f"{loops}{inner}{{ {body(names)} }}"


def _common(group: Sequence[Statement]) -> tuple[int, ...] | None:
    """A shape in which all of some maps can be written."""
    shape = max((s.out.shape for s in group), key=len)
    for s in group:
        for part in (s.out, *s.operands):
            if isinstance(part, View) and reshaped(part.shape, part.strides, shape) is None:
                return None
    return shape


def _in_shape(part: Any, shape: tuple[int, ...]) -> Any:
    if isinstance(part, View):
        return part._replace(shape=shape, strides=reshaped(part.shape, part.strides, shape))
    return Gather(part.node, part.index.reshape(shape)) if isinstance(part, Gather) else part


def _same(x: View, out: View | Gather) -> bool:
    """Whether a map reads what another wrote, each in its place."""
    if not isinstance(out, View) or x.offset != out.offset:
        return False
    return bool(reshaped(x.shape, x.strides, out.shape) == out.strides)


def _index(part: View | Gather, grid: tuple[int, int, int], axes: tuple[int, int]) -> Any:
    """A matrix's places, broadcast to the grid of a product."""
    if isinstance(part, Gather):
        index = part.index
    else:
        index = part.offset + sum(
            stride * np.arange(n).reshape([-1 if i == axis else 1 for i in range(2)])
            for axis, (n, stride) in enumerate(zip(part.shape, part.strides, strict=True))
        )
    missing = ({0, 1, 2} - set(axes)).pop()
    return np.broadcast_to(np.expand_dims(index, missing), grid)


# ── the compiler ──────────────────────────────────────────────────────────────────────────────────


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
        'backend="native" needs a C compiler, and found none. Install gcc or clang, or: pip install "chalkgrad[native]"'
    )


def built(source: str, level: str) -> ctypes.PyDLL:
    """Load a program's own copy of its library, whose memory nobody shares; its calls keep Python's lock."""
    library = compiled(tuple(compiler()), level, source)
    with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
        target = Path(folder, "program.so")
        target.write_bytes(library)
        return ctypes.PyDLL(str(target))


@functools.lru_cache(maxsize=64)
def compiled(command: tuple[str, ...], level: str, source: str) -> bytes:
    """The library of a source: training a model again compiles nothing."""
    with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
        text, target = Path(folder, "program.c"), Path(folder, "program.so")
        text.write_text(source)
        files = ["-o", str(target), str(text), "-lm"]
        done = subprocess.run([*command, level, *FLAGS, *files], capture_output=True, text=True)
        if done.returncode:
            why = done.stderr.strip()[:500]
            raise MissingExtra(f"{' '.join(command)} could not compile a program: {why}. Set CC.")
        return target.read_bytes()
