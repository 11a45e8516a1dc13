"""A whole program as C text: first what is the same for all samples, then block by block, then what needs their sums.

    before(); for each block of samples: block(x, out); after();

A block of samples stays in the cache, and its samples lie side by side, so that one instruction works on several.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograd.program.backends.base import addresses
from autograd.program.backends.c_expressions import number
from autograd.program.backends.c_loops import LANES, Loops
from autograd.program.backends.c_order import Step, ordered
from autograd.program.ir import Node
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import View, is_batched

INLINED = 12  # products in which kernels are compiled for their sizes; more share one kernel
LEVELS = {"-O3": 400, "-O2": 4000, "-O1": math.inf}  # how hard to optimise fewer statements than so many
PART = 400  # statements in a function, so that a compiler's time grows no faster than its text


class Source:
    """The text of a program.

    Attributes:
        base: where each node begins in its memory.
        inputs: the node of the inputs, if there are any.
        level: how hard the compiler shall optimise.
    """

    def __init__(self, program: Vectorized, batched: bool) -> None:
        self.program = program = ordered(program)
        self.batched = batched
        self.base, self.sizes = addresses(program)
        self.inputs = next((node for node in program.nodes if node.kind == "inputs"), None)
        self.loops = Loops(program, self.base)
        self.parts: list[str] = []  # of functions that are too long
        self.text = self._text()

    def _text(self) -> str:
        stages = self._stages()
        count = sum(map(len, stages))
        self.level = next(level for level, most in LEVELS.items() if count < most)
        before, block, after = stages
        bodies = [
            self._function("before", [*self.loops.write(before, False)], False),
            self._function("block", [*self._loads(), *self.loops.write(block, True), *self._stores()], True),
            self._function("after", [*self.loops.write(after, False)], False),
        ]
        memory = f"double u[{max(1, self.sizes[False])}] __attribute__((aligned(64)));\n"
        memory += f"static double b[{max(1, self.sizes[True] * LANES)}] __attribute__((aligned(64)));\n"
        run = self._run(block) + "\nvoid once(void) { run(0, 0, 1); }\n" + self._descent()
        return "\n".join([self._kernels(), memory, *self.loops.tables, *self.parts, *bodies, run])

    def _kernels(self) -> str:
        kernels = kernels_text()
        if sum(s.kind == "product" for s in self.program.statements) > INLINED:
            kernels = kernels.replace("INLINE void spread", "static void spread")
            kernels = kernels.replace("INLINE void contract", "static void contract")
        return kernels

    def _run(self, block: Sequence[Step]) -> str:
        """All samples in one call, or part after part: `from` and `to` lie between blocks."""
        samples = [node for node in self.program.nodes if node.kind == "samples"]
        lines = [f"u[{self.base[node]}] = samples;" for node in samples]
        for s in block:
            if isinstance(s, Statement) and s.sums_batch:
                lines += self.loops.cleared(s)
        lines += ["before(0, 0, 0, 0);"]
        begin = f"static void begin(long samples)\n{{\n{_indented(lines)}}}\n"
        blocks = [
            f"for (; from + {LANES} <= to; from += {LANES}) block(x, out, from, samples, {LANES});",
            "if (from < to) rest(x, out, from, samples, to - from);",
        ]
        lines = ["if (!from) begin(samples);", *blocks * self.batched, "if (to == samples) after(0, 0, 0, 0);"]
        part = "INLINE void some(const double *x, double *out, long samples, long from, long to)\n"
        part += f"{{\n{_indented(lines)}}}\n"
        arguments = "const double *x, double *out, long samples"
        part += f"void part({arguments}, long from, long to) {{ some(x, out, samples, from, to); }}\n"
        return begin + part + f"void run({arguments}) {{ some(x, out, samples, 0, samples); }}\n"

    def _descent(self) -> str:
        """Steps of gradient descent without a way back to Python: p ← p − rate · ∂y/∂p."""
        gradient = self.program.results[-1]
        node = next((node for node in self.program.nodes if node.kind == "parameters"), None)
        if isinstance(gradient, float) or node is None or gradient.shape != (node.n,):
            return ""
        p, g = self.base[node], self.base[gradient.node] + gradient.offset
        return (
            "\nvoid descend(const double *x, double *out, long samples, double rate, long steps)\n"
            "{\n    for (; steps; steps--) {\n        run(x, out, samples);\n"
            f"        for (long i = 0; i < {node.n}; i++) u[{p} + i] -= rate * u[{g} + i * {gradient.strides[0]}];\n"
            "    }\n}\n"
        )

    def _stages(self) -> tuple[list[Step], list[Step], list[Step]]:
        """What is the same for all samples, what is done for each block, and what needs the blocks' sums."""
        late: set[Node] = set()
        size = -1
        while size < len(late):  # once more for as long as what is carried brings more
            size = len(late)
            for node in self.program.nodes:
                if node.sums_batch or not late.isdisjoint(node.parents):
                    late.add(node)
        before: list[Step] = []
        block: list[Step] = []
        after: list[Step] = []
        for step in self.program.steps:
            s = step.statements[0] if isinstance(step, Loop) else step  # of a loop, all are of one stage
            stage = after if s.node in late else before
            (block if s.batched or s.sums_batch else stage).append(step)
        return before, block, after

    def _function(self, name: str, texts: list[str], lanes: bool) -> str:
        parameters = "const double *x, double *out, long start, long samples" + ", long m" * lanes
        arguments = "x, out, start, samples" + ", m" * lanes
        if len(texts) > PART:
            for i in range(0, len(texts), PART):
                body = _indented(texts[i : i + PART])
                self.parts.append(f"static void {name}_{i}({parameters})\n{{\n{body}}}\n")
            texts = [f"{name}_{i}({arguments});" for i in range(0, len(texts), PART)]
        if not lanes:
            return f"static void {name}({parameters})\n{{\n{_indented(texts)}}}\n"
        body = f"INLINE void lanes({parameters})\n{{\n{_indented(texts)}}}\n"
        body += f"static void SIDE_BY_SIDE block({parameters}) {{ lanes(x, out, start, samples, {LANES}); }}\n"
        return body + f"static void __attribute__((noinline)) rest({parameters}) {{ lanes({arguments}); }}\n"

    def _loads(self) -> Iterator[str]:
        """Inputs of a block, sample by sample in the user's array, and constants beside what samples have."""
        for node in self.program.nodes:
            if node.batched and node.constants is not None:
                for i, x in enumerate(node.constants.tolist(), self.base[node]):
                    yield f"for (long l = 0; l < m; l++) b[{i} * {LANES} + l] = {number(x)};"
        if self.batched and self.inputs is not None:
            n, base = self.inputs.n, self.base[self.inputs]
            yield f"for (long i = 0; i < {n}; i++) for (long l = 0; l < m; l++)"
            yield f"    b[({base} + i) * {LANES} + l] = x[(start + l) * {n} + i];"

    def _stores(self) -> Iterator[str]:
        """Results of a block, each in a row of its own."""
        for i, x in enumerate(filter(is_batched, self.program.results)):
            assert isinstance(x, View)
            place = (self.base[x.node] + x.offset) * LANES
            yield f"memcpy(out + {i} * samples + start, b + {place}, m * sizeof(double));"


def kernels_text() -> str:
    """What programs in C call: functions and products."""
    return "".join(Path(__file__).with_name(f"{name}.c").read_text() for name in ("functions", "kernels"))


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)
