"""The program as straight lines of Python on floats: fastest for one sample of a small graph.

Every scalar of the graph is a name, every operation a line. Where a float raises (log 0, 1 / 0), the
caller turns to NumPy, which has inf or nan there.

    def run(parameters, inputs):
        p0, p1, = parameters
        i0, i1, = inputs
        v1 = (p0 * i0)
        v2 = (v1 + p1)
        …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd.core.fast_ops import pattern
from autograd.core.op import FLOATS, Op
from autograd.ops import pow
from autograd.program.backends.base import Sources
from autograd.program.ir import Atom, Node, Ref
from autograd.program.pipeline import Lowered

TERMS = 50  # in one line
CHUNK = 2000  # lines in one function: a compiler's time and memory grow faster than its text

Line: TypeAlias = tuple[str, str, Sequence[str]]  # name, expression, names in it


class Floats:
    """A graph, unrolled, for one sample."""

    def __init__(self, program: Lowered) -> None:
        self.names: dict[Node, list[str]] = {}
        self.lines: list[Line] = []
        self.sources: dict[str, list[str]] = {}  # their names, by kind
        for node in program.graph.nodes:
            is_source = node.op is None and not node.operands
            self.names[node] = self._source_names(node) if is_source else list(self._calculated(node))
        sized = zip(program.results, program.sizes, strict=True)
        self.results = [[self._at(x, i) for i in range(n)] for x, n in sized]
        self.source = "".join(self._functions())
        scope: dict[str, Any] = dict(FLOATS, inf=float("inf"), nan=float("nan"))
        exec(compile(self.source, "<autograd.program.backends.python>", "exec"), scope)
        self.run: Callable[..., list[list[float]]] = scope["run"]

    def __call__(self, sources: Sources) -> list[list[float]]:
        """The results.

        Raises:
            ArithmeticError, ValueError: Python's floats have no value somewhere.
        """
        return self.run(*[sources[kind].tolist() for kind in self.sources])

    def _source_names(self, node: Node) -> list[str]:
        if node.constants is not None:
            return [literal(x) for x in node.constants]
        names = self.sources[node.kind] = [f"{node.kind[0]}{i}" for i in range(node.n)]
        return names

    def _calculated(self, node: Node) -> Iterator[str]:
        """A node's scalars, each on a line of its own."""
        if node.kind == "join":
            names = ["0.0"] * node.n
            for x, places in zip(node.operands, node.places, strict=True):
                for i, place in enumerate(places.tolist()):
                    names[place] = self._at(x, i)
            yield from names
            return
        for i in range(node.n):
            if node.kind == "map":
                yield self._line(*self._operation(node, [self._at(x, i) for x in node.operands]))
            else:
                columns = [[self._at(x, i, k) for k in range(node.width)] for x in node.operands]
                yield from self._sum(columns) if node.kind == "fold" else self._reduction(node, columns[0])

    def _operation(self, node: Node, names: list[str]) -> tuple[str, list[str]]:
        assert node.op is not None
        return operation(node.op, names), names

    def _sum(self, columns: list[list[str]]) -> Iterator[str]:
        terms = [*zip(*columns, strict=True)]
        total: list[tuple[str, ...]] = []  # the line before, as a term of the next
        for start in range(0, len(terms), TERMS):
            some = [*total, *terms[start : start + TERMS]]
            text = " + ".join(" * ".join(term) for term in some)
            total = [(self._line(text, [name for term in some for name in term]),)]
        yield total[0][0]

    def _reduction(self, node: Node, names: list[str]) -> Iterator[str]:
        total = names[0]
        for name in names[1:]:
            total = self._line(*self._operation(node, [total, name]))
        yield total

    def _line(self, text: str, names: Sequence[str]) -> str:
        name = f"v{len(self.lines) + 1}"
        self.lines.append((name, text, names))
        return name

    def _at(self, x: Atom, *at: int) -> str:
        """The name of an operand's scalar, or its number."""
        if not isinstance(x, Ref):
            return literal(x)
        places = at[0] if x.places is None else x.places
        return self.names[x.node][places[at] if isinstance(places, np.ndarray) else places]

    def _functions(self) -> Iterator[str]:
        """`run`, and if it is long the parts that it calls; these share a dictionary of names."""
        head = f"def run({', '.join(self.sources)}):\n"
        head += "".join(f"    {', '.join(names)}, = {kind}\n" for kind, names in self.sources.items())
        if len(self.lines) <= CHUNK:
            yield head + "".join(f"    {name} = {text}\n" for name, text, _ in self.lines)
            yield self._returned({})
            return
        chunks = [self.lines[i : i + CHUNK] for i in range(0, len(self.lines), CHUNK)]
        owner = {line[0]: i for i, chunk in enumerate(chunks) for line in chunk}
        shared = {name for names in self.results for name in names if name in owner}
        shared |= {x for i, chunk in enumerate(chunks) for *_, names in chunk for x in names if owner.get(x, i) < i}
        for i, chunk in enumerate(chunks):
            outside = {name for *_, names in chunk for name in names if owner.get(name, -1) < i}
            earlier = sorted(name for name in outside if name in owner)
            sources = sorted(name for name in outside if name not in owner and name[1:].isdigit())
            reads = "".join(f'    {name} = v["{name}"]\n' for name in (*earlier, *sources))
            yield f"def part{i}(v):\n{reads}" + "".join(f"    {name} = {text}\n" for name, text, _ in chunk)
            yield "".join(f'    v["{name}"] = {name}\n' for name in sorted(line[0] for line in chunk) if name in shared)
        yield head + "    v = locals()\n" + "".join(f"    part{i}(v)\n" for i in range(len(chunks)))
        yield self._returned(owner)

    def _returned(self, owner: Mapping[str, int]) -> str:
        rows = [[f'v["{name}"]' if name in owner else name for name in names] for names in self.results]
        return f"    return [{', '.join('[' + ', '.join(row) + ']' for row in rows)}]\n"


def operation(op: Op, operands: Sequence[str]) -> str:
    """An operation in Python; a power of what may be negative is a call, unless its exponent is a whole number."""
    if op is pow and not operands[1].removesuffix(".0").lstrip("(-").rstrip(")").removesuffix(".0").isdigit():
        return f"pow({', '.join(operands)})"
    return pattern(op).format(*operands)


def literal(x: float) -> str:
    """A number as Python writes it, in brackets where a sign would bind less."""
    return f"({float(x)!r})" if x < 0 else repr(float(x))
