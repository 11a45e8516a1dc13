"""The program as straight lines of Python on floats: fastest for one sample of a small graph.

Every scalar of the form is a name, every operation a line. Where a float raises (log 0, 1 / 0), the
caller turns to NumPy, which has inf or nan there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograd.core.fast_ops import pattern
from autograd.core.op import FLOATS
from autograd.ops import pow
from autograd.program.ir import Arg, Form, Node, Operand

TERMS = 50  # in one line
CHUNK = 2000  # lines in one function: a compiler's time and memory grow faster than its text


class Floats:
    """A form, unrolled: sources in, roots out."""

    def __init__(self, form: Form, roots: Sequence[Operand], sizes: Sequence[int]) -> None:
        self.names: dict[int, list[str]] = {}
        self.lines: list[tuple[str, str, list[str]]] = []  # name, expression, names in it
        self.count = 0
        self.sources: list[str] = []
        for node in form.nodes:
            self.names[id(node)] = self._given(node) if node.op is None and not node.args else list(self._made(node))
        self.results = [[self._at(root, i) for i in range(n)] for root, n in zip(roots, sizes, strict=True)]
        self.source = "".join(self._functions())
        scope: dict[str, Any] = dict(FLOATS, inf=float("inf"), nan=float("nan"))
        exec(compile(self.source, "<autograd.program.backends.python>", "exec"), scope)
        self.run = scope["run"]

    def __call__(self, sources: dict[str, list[float]]) -> list[list[float]]:
        """The roots, each a list of floats.

        Raises:
            ArithmeticError, ValueError: Python's floats have no value somewhere.
        """
        return self.run(*[sources[kind] for kind in self.sources])  # type: ignore[no-any-return]

    # ── lines ─────────────────────────────────────────────────────────────────────────────────────

    def _given(self, node: Node) -> list[str]:
        if node.kind == "constant":
            return [_literal(x) for x in node.data]
        self.sources.append(node.kind)
        return [f"{node.kind[0]}{i}" for i in range(node.n)]

    def _made(self, node: Node) -> Iterator[str]:
        """A node's scalars, each on a line of its own."""
        if node.kind == "join":
            found = ["0.0"] * node.n
            for x, places in zip(node.args, node.data, strict=True):
                for i, place in enumerate(places.tolist()):
                    found[place] = self._at(x, i)
            yield from found
            return
        for i in range(node.n):
            if node.kind == "map":
                yield self._line(*self._operation(node, [self._at(x, i) for x in node.args]))
            else:
                columns = [[self._wide(x, i, k) for k in range(node.width)] for x in node.args]
                yield from self._sum(columns) if node.kind == "fold" else self._reduction(node, columns[0])

    def _operation(self, node: Node, names: list[str]) -> tuple[str, list[str]]:
        op = node.op
        assert op is not None
        if op is pow and not names[1].removesuffix(".0").lstrip("(-").rstrip(")").removesuffix(".0").isdigit():
            return f"pow({', '.join(names)})", names
        return pattern(op).format(*names), names

    def _sum(self, columns: list[list[str]]) -> Iterator[str]:
        total = ""
        terms = [*zip(*columns, strict=True)]
        for start in range(0, len(terms), TERMS):
            some = terms[start : start + TERMS]
            text = " + ".join(" * ".join(term) for term in some)
            names = [name for term in some for name in term]
            total = self._line(f"{total} + {text}" if total else text, [*names, total] if total else names)
        yield total

    def _reduction(self, node: Node, names: list[str]) -> Iterator[str]:
        total = names[0]
        for name in names[1:]:
            total = self._line(*self._operation(node, [total, name]))
        yield total

    def _line(self, text: str, names: list[str]) -> str:
        self.count += 1
        name = f"v{self.count}"
        self.lines.append((name, text, names))
        return name

    def _at(self, x: Operand, i: int) -> str:
        if not isinstance(x, Arg):
            return _literal(x)
        index = x.index
        return self.names[id(x.node)][i if index is None else index if isinstance(index, int) else index[i]]

    def _wide(self, x: Operand, i: int, k: int) -> str:
        assert isinstance(x, Arg) and x.index is not None
        return self.names[id(x.node)][x.index if isinstance(x.index, int) else x.index[i, k]]

    # ── functions ─────────────────────────────────────────────────────────────────────────────────

    def _functions(self) -> Iterator[str]:
        """`run`, and if it is long the parts that it calls; these share a dictionary of names."""
        head = f"def run({', '.join(self.sources)}):\n"
        head += "".join(f"    {', '.join(self._given_names(kind))}, = {kind}\n" for kind in self.sources)
        if len(self.lines) <= CHUNK:
            yield head + "".join(f"    {name} = {text}\n" for name, text, _ in self.lines)
            yield self._collected({})
            return
        chunks = [self.lines[i : i + CHUNK] for i in range(0, len(self.lines), CHUNK)]
        owner = {line[0]: i for i, chunk in enumerate(chunks) for line in chunk}
        wanted: list[set[str]] = [set() for _ in chunks]  # by others
        for i, chunk in enumerate(chunks):
            needs = sorted({name for *_, names in chunk for name in names if name in owner and owner[name] < i})
            given = sorted({name for *_, names in chunk for name in names if name not in owner and name[1:].isdigit()})
            for name in needs:
                wanted[owner[name]].add(name)
            chunks[i] = [*((name, f'v["{name}"]', []) for name in (*needs, *given)), *chunk]
        for names in self.results:
            for name in names:
                if name in owner:
                    wanted[owner[name]].add(name)
        for i, chunk in enumerate(chunks):
            yield f"def part{i}(v):\n" + "".join(f"    {name} = {text}\n" for name, text, _ in chunk)
            yield "".join(f'    v["{name}"] = {name}\n' for name in sorted(wanted[i]))
        yield head + "    v = locals()\n" + "".join(f"    part{i}(v)\n" for i in range(len(chunks)))
        yield self._collected(owner)

    def _collected(self, owner: dict[str, int]) -> str:
        rows = [[f'v["{name}"]' if name in owner else name for name in names] for names in self.results]
        return f"    return [{', '.join('[' + ', '.join(row) + ']' for row in rows)}]\n"

    def _given_names(self, kind: str) -> list[str]:
        return next(names for names in self.names.values() if names and names[0] == f"{kind[0]}0")


def _literal(x: float) -> str:
    return f"({float(x)!r})" if x < 0 else repr(float(x))
