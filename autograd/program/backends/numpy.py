"""The NumPy backend: one call a statement, into memory that stays.

All scalars lie in two arrays, one for the program and one for its samples (the last axis). The
views that statements work on are made once for a number of samples; then a call is a row of calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from threading import Lock
from types import FunctionType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.program.ir import Node
from autograd.program.vectorize import Gather, Part, Rolled, Statement, View

BLOCK = 1024  # samples at once: their scalars should stay in the cache
ALIGNED = 8  # numbers: 64 bytes, a line of the cache
LETTERS = "abcdefghijklmnop"


class Arrays:
    """A program's statements as NumPy calls."""

    def __init__(self, rolled: Rolled, values: int) -> None:
        self.rolled, self.values = rolled, values  # how many roots are no sums over the samples
        self.base, self.sizes = addresses(rolled)
        self.lines: list[str] = []
        self.words: dict[str, Any] = {"copyto": np.copyto, "where": np.where, "take": np.take, "einsum": np.einsum}
        self.words |= {"matmul": np.matmul, "total": np.add.reduce, "inf": math.inf, "nan": math.nan}
        self.makers: list[Callable[[Memory], Any]] = []  # of the arrays that the lines name
        self.names: dict[Any, str] = {}
        for statement in rolled.statements:
            getattr(self, f"_{statement.kind}")(statement)
        self.source = "def run():\n" + "".join(f"    {line}\n" for line in self.lines or ["pass"])
        scope: dict[str, Any] = {}
        exec(compile(self.source, "<autograd.program.backends.numpy>", "exec"), scope)
        self.code = scope["run"].__code__
        self.memories: dict[int, Memory] = {}
        self.lock = Lock()

    def __call__(self, sources: dict[str, Any], samples: int) -> list[Any]:
        """The roots, for the sources' numbers; of the inputs `(n, samples)`."""
        if samples <= BLOCK:
            return self._run(sources, samples)
        found = []
        for start in range(0, samples, BLOCK):
            block = dict(sources)
            if "inputs" in sources:
                block["inputs"] = sources["inputs"][:, start : start + BLOCK]
            found.append(self._run(block, min(BLOCK, samples - start)))
        return [
            np.concatenate(blocks, -1)
            if is_batched(root)
            else blocks[0]
            if i < self.values or isinstance(root, float)
            else sum(blocks)
            for i, (root, *blocks) in enumerate(zip(self.rolled.roots, *found, strict=True))
        ]

    def _run(self, sources: dict[str, Any], samples: int) -> list[Any]:
        with self.lock, np.errstate(all="ignore"):
            memory = self.memories.pop(samples, None) or Memory(self, samples)
            self.memories[samples] = memory
            if len(self.memories) > 2:  # the two latest sizes stay: a block and the rest
                del self.memories[next(iter(self.memories))]
            for kind, target in memory.sources:
                target[...] = sources[kind]
            memory.run()
            return [root if isinstance(root, float) else root.copy() for root in memory.roots]

    def bound(self, samples: int) -> tuple[dict[str, Any], Callable[[], list[Any]]]:
        """Memory of its own: the sources' places in it, and what calculates the roots there."""
        memory = Memory(self, samples)

        def run() -> list[Any]:
            memory.run()
            return memory.roots

        return dict(memory.sources), run

    # ── statements ────────────────────────────────────────────────────────────────────────────────

    def _map(self, s: Statement) -> None:
        assert s.op is not None
        name = s.op.ufunc or s.op.name
        operands = [self._operand(x, s.batched) for x in s.operands]
        self.words.setdefault(name, getattr(np, name))
        if isinstance(self.words[name], np.ufunc):
            self.lines.append(f"{name}({', '.join(operands)}, out={self._operand(s.out, s.batched)})")
        else:
            self.lines.append(f"copyto({self._operand(s.out, s.batched)}, {name}({', '.join(operands)}))")

    def _copy(self, s: Statement) -> None:
        (x,) = (self._operand(x, s.batched) for x in s.operands)
        if isinstance(s.out, View):
            self.lines.append(f"copyto({self._operand(s.out, s.batched)}, {x})")
        else:
            out, index = s.out, s.out.index + self.base[id(s.out.node)]
            self.lines.append(f"{self._name(lambda memory: memory.of(out.node))}[{self._name(lambda _: index)}] = {x}")

    def _total(self, s: Statement) -> None:
        self._reduced(s, "total", s.over)

    def _reduce(self, s: Statement) -> None:
        assert s.op is not None
        self.words[f"{s.op.name}_reduce"] = getattr(np, s.op.ufunc or s.op.name).reduce
        self._reduced(s, f"{s.op.name}_reduce")

    def _reduced(self, s: Statement, word: str, over: bool = False) -> None:
        (x,) = s.operands
        assert not isinstance(x, float)
        rank = len(x.shape)
        axes = tuple(range(rank - s.reduced, rank + over))
        out = self._operand(s.out, s.batched)
        self.lines.append(f"{word}({self._operand(x, over or s.batched)}, {axes}, None, {out})")

    def _inner(self, s: Statement) -> None:
        self._einsum(s, [LETTERS[: len(x.shape)] for x in s.operands if not isinstance(x, float)], s.reduced)

    def _einsum(self, s: Statement, letters: Sequence[str], reduced: int = 0, kept: str = "") -> None:
        kept = kept or letters[0][: len(letters[0]) - reduced]
        terms = [word + ("z" if is_batched(x) else "") for word, x in zip(letters, s.operands, strict=True)]
        formula = f"{','.join(terms)}->{kept}{'z' * s.batched}"
        operands = ", ".join(self._operand(x, is_batched(x)) for x in s.operands)
        self.lines.append(f"einsum({formula!r}, {operands}, out={self._operand(s.out, s.batched)})")

    def _product(self, s: Statement) -> None:
        x, y = s.operands
        assert not isinstance(x, float) and not isinstance(y, float)
        many = is_batched(x), is_batched(y)
        out = s.out
        if not any(many):
            shapes: Any = (lambda a: a), (lambda a: a.T), (lambda a: a)
        elif many == (False, True) and not s.over:
            shapes = (lambda a: a), (lambda a: a), (lambda a: a.transpose(1, 0, 2))
            x, y = x, y
        elif many == (True, False) and not s.over:
            x, y = y, x
            shapes = (lambda a: a), (lambda a: a), (lambda a: a)
        elif all(many) and s.over and _mergeable(x) and _mergeable(y):
            shapes = _merge, (lambda a: _merge(a).T), (lambda a: a)
        else:
            self._einsum(s, ["ik", "jk"], kept="ij")
            return
        names = [self._operand(part, is_batched(part), shape) for part, shape in zip((x, y, out), shapes, strict=True)]
        self.lines.append(f"matmul({', '.join(names)})")

    # ── operands ──────────────────────────────────────────────────────────────────────────────────

    def _operand(self, part: Part, batched: bool, shape: Callable[[Any], Any] | None = None) -> str:
        """An operand in the text: a number, or the name of an array that is made with the memory."""
        if isinstance(part, float):
            return repr(part)
        wide = batched and not is_batched(part)  # the same for all samples
        if isinstance(part, Gather):
            name = self._gathered(part)
            if not wide and shape is None:
                return name
            return self._name(lambda memory: _shaped(memory.made[int(name[1:])], wide, shape))
        key = (id(part.node), *part[1:], wide, shape)
        if key not in self.names:
            self.names[key] = self._name(lambda memory: _shaped(memory.view(part), wide, shape))
        return self.names[key]

    def _gathered(self, part: Gather) -> str:
        index = part.index + self.base[id(part.node)]
        source = self._name(lambda memory: memory.of(part.node))
        target = self._name(lambda memory: np.empty((*part.shape, *memory.tail(part.node))))
        self.lines.append(f"take({source}, {self._name(lambda _: index)}, 0, {target}, 'clip')")
        return target

    def _name(self, maker: Callable[[Memory], Any]) -> str:
        self.makers.append(maker)
        return f"a{len(self.makers) - 1}"


class Memory:
    """The scalars of a program for a number of samples, and the function that calculates them."""

    def __init__(self, program: Arrays, samples: int) -> None:
        self.program, self.samples = program, samples
        self.whole = {False: np.zeros(program.sizes[False]), True: np.zeros((program.sizes[True], samples))}
        self.sources = []
        for node in program.rolled.nodes:
            if node.kind in ("parameters", "leaves", "inputs"):
                self.sources.append((node.kind, self.view(View(node, 0, (node.n,), (1,)))))
            elif node.kind in ("constant", "samples"):
                self.view(View(node, 0, (node.n,), (1,)))[...] = samples if node.kind == "samples" else node.data
        self.made: list[Any] = []
        for maker in program.makers:
            self.made.append(maker(self))
        arrays = {f"a{i}": array for i, array in enumerate(self.made)}
        self.run = FunctionType(program.code, program.words | arrays)
        self.roots = [root if isinstance(root, float) else self.view(root) for root in program.rolled.roots]

    def of(self, node: Node) -> Any:
        return self.whole[node.batched]

    def tail(self, node: Node) -> tuple[int, ...]:
        return (self.samples,) if node.batched else ()

    def view(self, part: View) -> Any:
        """A view of the memory; samples are its last axis."""
        memory = self.of(part.node)[self.program.base[id(part.node)] + part.offset :]
        step = memory.strides[0] if len(memory) else 0
        strides = (*(stride * step for stride in part.strides), *memory.strides[1:])
        return as_strided(memory, (*part.shape, *self.tail(part.node)), strides)


def addresses(rolled: Rolled) -> tuple[dict[int, int], dict[bool, int]]:
    """Where each node begins in its memory, and how large the memories are."""
    base: dict[int, int] = {}
    sizes = {False: 0, True: 0}
    for node in rolled.nodes:
        if id(node) not in rolled.home:
            base[id(node)] = sizes[node.batched]
            sizes[node.batched] += -(-node.n // ALIGNED) * ALIGNED
    for node in rolled.nodes:
        if id(node) in rolled.home:
            base[id(node)] = _address(rolled, base, node)
    return base, sizes


def _address(rolled: Rolled, base: dict[int, int], node: Node) -> int:
    offset = 0
    while id(node) in rolled.home:
        node, start = rolled.home[id(node)]
        offset += start
    return base[id(node)] + offset


def is_batched(part: Part) -> bool:
    return not isinstance(part, float) and part.node.batched


def _shaped(array: Any, wide: bool, shape: Callable[[Any], Any] | None) -> Any:
    array = array[..., None] if wide else array
    return shape(array) if shape else array


def _mergeable(part: View | Gather) -> bool:
    """Whether the width and the samples are one axis."""
    return isinstance(part, Gather) or part.shape[1] == 1 or part.strides[1] == 1


def _merge(array: Any) -> Any:
    n, width, samples = array.shape
    if width == 1:
        return array[:, 0]
    return as_strided(array, (n, width * samples), (array.strides[0], array.strides[2]))
