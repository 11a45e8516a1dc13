"""The tape machine's text: what each row of the table does to slots, written in C from the row's own words.

A row's value is a case of one loop, what it hands back to its operands a case of another. There is a case for each
choice of operands that a gradient flows to, so that a power with a constant exponent needs no logarithm.

>>> for line in forward(OPERATIONS[CODES["relu"]]):
...     print(line)
LOAD(x, 0)
double z_[N];
EACH { const double t1 = (0.0 != 0.0 || x_[l] < 0.0 ? 0.0 : x_[l]); z_[l] = t1; }
STORE(z)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from autograd.core.op import Op
from autograd.ops import pow
from autograd.program.backends.c_expressions import expression, number
from autograd.program.backends.c_order import OWN
from autograd.program.backends.c_source import kernels_text
from autograd.program.decompose import decompose
from autograd.program.ir import Atom, Graph, Node, Ref, atom, run_on_vectors
from autograd.program.tape import CODES as CODES
from autograd.program.tape import ROWS

WIDTH = 2  # of the vectors that stand for all vectors; nodes of that many scalars are calculated entry by entry
LETTERS = "xyw"  # operands


class Operation(NamedTuple):
    """What a row of a tape does: an operation, its last operand a literal if there is one."""

    op: Op
    literal: float | None = None

    @property
    def uses(self) -> int:
        """How many operands lie in slots; of an operation on vectors, how many vectors."""
        return len(self.op.operands) - (self.literal is not None)

    @property
    def masks(self) -> Iterator[tuple[bool, ...]]:
        """For each choice of operands whether a gradient flows to it; not to those whose slope is 0 everywhere."""
        edges = [(False,) if partial == 0 else (False, True) for partial in self.op.partials[: self.uses]]
        return product(*edges)


SQUARE = Operation(pow, 2.0)
OPERATIONS = (*map(Operation, ROWS), SQUARE)  # by their codes
# of each code and mask, the operands' bits, the case that runs it; the first of a code hands nothing back
CASES = {key: i for i, key in enumerate((code, mask) for code, o in enumerate(OPERATIONS) for mask in o.masks)}


def text(lanes: int) -> str:
    """The machine for so many samples at once."""
    machine = Path(__file__).with_name("tape.c").read_text()
    for direction in ("forward", "reverse"):
        machine = machine.replace(f"/* {direction.upper()} */", "\n".join(_cases(direction, lanes == 1)))
    return f"#define L {lanes}\n{kernels_text()}{machine}"


def _cases(direction: str, blocks: bool) -> Iterator[str]:
    """All cases of one direction: loops over the rows of a run.

    Args:
        blocks: several rows at once, where each takes long.
    """
    for code, operation in enumerate(OPERATIONS):
        masks = [*operation.masks]
        for group in [masks] if direction == "forward" else [[mask] for mask in masks if any(mask)]:
            lines = [*(forward(operation) if direction == "forward" else reverse(operation, group[0]))]
            yield f"        {' '.join(f'case {CASES[code, mask]}:' for mask in group)} /* {operation.op.name} */"
            step, several = str(operation.uses), operation.op.variadic
            if blocks and not several and is_costly(lines):
                yield from _loop(f"BLOCKS({step})", [f"MANY({step})", *lines])
            yield from _loop(f"ROWS({f'1 + {step} * q[0]' if several else step})", ["ONE", *lines])
            yield "        break;"


def is_costly(lines: Iterable[str]) -> bool:
    """Whether lines have functions or quotients."""
    return any(re.search(r"\b[a-z]\w+\(| / ", line) for line in lines)


def hands_to_all(operation: Operation) -> bool:
    """Whether it costs little to hand something back to all operands of a row."""
    mask = [partial != 0 for partial in operation.op.partials[: operation.uses]]
    return not operation.op.variadic and not is_costly(reverse(operation, mask))


def _loop(head: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"        {head} {{"
    yield from (f"            {line}" for line in lines)
    yield "        }"


def forward(operation: Operation) -> Iterator[str]:
    """A row's value, from slots q[0], q[1], … into slot k."""
    graph = Graph()
    operands = _sources(graph, operation)
    op = operation.op
    if op.variadic:
        z: Atom = graph.node("vector", 1, op, operands, width=WIDTH)
    else:
        z = graph.map(op, operands, 1)
    yield from _Writer(operation, graph, [z]).lines(["double z_[N];"], ["z_[l] = {};"], ["STORE(z)"])


def reverse(operation: Operation, mask: Sequence[bool]) -> Iterator[str]:
    """What a row hands back to the operands of a mask, from what has reached it in slot k of g."""
    graph, op = Graph(), operation.op
    operands = _sources(graph, operation)
    n = WIDTH if op.variadic else 1
    z, d = (Ref(graph.source(kind, 1), 0) for kind in "zd")
    symbols = [graph.symbol(x, n) for x in operands]
    seen = [graph.symbol(z, n)]
    if op.common:
        refs = [x for x in operands if isinstance(x, Ref)]
        seen += run_on_vectors(op.common, refs, graph, 1, WIDTH)
    results: list[Atom] = []
    stores: list[str] = []
    after: list[str] = []
    for i in (i for i, flows in enumerate(mask) if flows):
        slope = op.slope(i, symbols, *seen)
        handed = op.handed(i, symbols, slope, graph.symbol(d, n))
        results += [atom(slope), atom(handed)] if op.gate else [atom(handed)]
        stores.append(f"p{i}[l] = {'GATE({}, {})' if op.gate else 'HAND({})'};")
        after.append(f"ADD_ENTRY({LETTERS[i]}, p{i})" if op.variadic else f"ADD({i}, p{i})")
    declared = [f"double {', '.join(f'p{i}[N]' for i, flows in enumerate(mask) if flows)};"]
    yield "TAKE"
    yield from _Writer(operation, graph, results).lines(declared, stores, after, entries=op.variadic)


def _sources(graph: Graph, operation: Operation) -> list[Atom]:
    """A row's operands: what lies in slots, and the literal."""
    n = WIDTH if operation.op.variadic else 1
    operands: list[Atom] = [Ref(graph.source(letter, n)) for letter in LETTERS[: operation.uses]]
    return operands if operation.literal is None else [*operands, operation.literal]


class _Writer:
    """Nodes of a small graph as C: scalars of a row as arrays of L lanes, entries of vectors inside of loops."""

    def __init__(self, operation: Operation, graph: Graph, results: Sequence[Atom]) -> None:
        self.operation = operation
        self.graph, self.results = decompose(graph, results, OWN)
        self.nodes = self.graph.nodes
        self.names = {node: f"t{i}" if node.operands else f"{node.kind}_[l]" for i, node in enumerate(self.nodes)}

    def lines(
        self, declared: Sequence[str], stores: Sequence[str], after: Sequence[str], entries: bool = False
    ) -> Iterator[str]:
        """What calculates the results and stores them, each of `stores` one or two of them."""
        kinds = {node.kind for node in self.nodes}
        if self.operation.op.variadic:
            yield "const int n = q[0];"
            for i, letter in enumerate(LETTERS[: self.operation.uses]):
                yield f"const int *{letter}_at = q + 1{f' + {i} * n' * bool(i)};"
        else:
            for i, letter in enumerate(LETTERS[: self.operation.uses]):
                if letter in kinds:
                    yield f"LOAD({letter}, {i})"
        if "z" in kinds:
            yield "OWN(z, v)"
        inside = []
        for node in self.nodes:
            if not node.operands or node.n > 1:
                continue
            name = self.names[node]
            if node.kind == "map":
                inside.append(f"const double {name} = {self._expression(node)};")
                if self.operation.op.variadic:
                    self.names[node] = f"{name}_[l]"
                    yield f"double {name}_[N]; EACH {{ {inside.pop()} {name}_[l] = {name}; }}"
            else:
                self.names[node] = f"{name}_[l]"
                yield from self._summed(node, name)
        yield from declared
        taken = iter(self.results)
        if entries:
            yield "for (int i = 0; i < n; i++) {"
            for line in self._loads(self.results):
                yield f"    {line}"
            inside = self._entries(self.results)
        stored = [text.format(*(self._at(next(taken)) for _ in range(text.count("{}")))) for text in stores]
        indent = "    " * entries
        yield f"{indent}EACH {{ {' '.join([*inside, *stored])} }}"
        yield from (indent + line for line in after)
        if entries:
            yield "}"

    def _summed(self, node: Node, name: str) -> Iterator[str]:
        """A sum of products, or another reduction, over the entries of vectors."""
        lines = self._loads(node.operands)
        entries = self._entries(node.operands)
        if node.kind == "fold":
            step = f"{name}_[l] + {' * '.join(map(self._at, node.operands))}"
        else:
            (x,), op = node.operands, node.op
            assert op is not None
            step = f"i ? {expression(op, [f'{name}_[l]', self._at(x)])} : {self._at(x)}"
        yield f"double {name}_[N]; EACH {name}_[l] = 0.0;"
        yield "for (int i = 0; i < n; i++) {"
        yield from (f"    {line}" for line in lines)
        yield f"    EACH {{ {' '.join([*entries, f'{name}_[l] = {step};'])} }}"
        yield "}"

    def _loads(self, operands: Sequence[Atom]) -> list[str]:
        """The vectors whose entries are needed."""
        kinds = {node.kind for node in self._inner(operands)}
        return [f"ENTRY({letter})" for letter in LETTERS if letter in kinds]

    def _entries(self, operands: Sequence[Atom]) -> list[str]:
        """What is calculated of each entry, for some operands."""
        lines = []
        inner = self._inner(operands)
        for node in self.nodes:
            if node in inner and node.operands:
                lines.append(f"const double {self.names[node]} = {self._expression(node)};")
        return lines

    def _inner(self, operands: Sequence[Atom]) -> set[Node]:
        """The nodes of entries that operands are made of."""
        inner: set[Node] = set()
        stack = [x.node for x in operands if isinstance(x, Ref) and x.node.n > 1]
        while stack:
            node = stack.pop()
            if node not in inner:
                inner.add(node)
                stack += [parent for parent in node.parents if parent.n > 1]
        return inner

    def _expression(self, node: Node) -> str:
        assert node.op is not None and node.kind == "map"
        return expression(node.op, [self._at(x) for x in node.operands])

    def _at(self, x: Atom) -> str:
        return self.names[x.node] if isinstance(x, Ref) else number(x)
