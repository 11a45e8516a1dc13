"""What must hold after each stage: rules as tables, checked by the tests and never in production.

`CHALKGRAD_VERIFY=1` in the environment turns the checks on. A stage that breaks a rule is refused with
the stage's name, the node or statement, and the rule:

>>> graph = Graph()
>>> x = Ref(graph.source("inputs", 2), 5)
>>> graph.join([x], [np.array([0])], 1) and check_graph("lower", graph, [], [])
Traceback (most recent call last):
autograd.program.verify.VerificationError: After lower: %1[1] = join(%0[5]). Places must lie inside their node.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from autograd.core.op import Op
from autograd.program.ir import SOURCES, Atom, Graph, IntArray, Node, Places, Ref, reachable
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Access, Operand, View, is_batched, row


class VerificationError(RuntimeError):
    """A stage of the compiler returned what breaks a rule of its form: a bug of ours, not of a user."""


CALCULATED = ("map", "fold", "vector", "reduce", "join", "carry")
GIVEN = (*SOURCES, "samples")
NodeRule: TypeAlias = Callable[[Node, Collection[Node]], object]  # of a node and those before it


def _arity(node: Node) -> tuple[int, ...]:
    """How many operands a node may have."""
    if node.op is not None:
        return (1 if node.kind == "reduce" else len(node.op.operands),)
    return {"fold": (1, 2), "join": (len(node.places),), "carry": (1,)}.get(node.kind, (0,))


def _fits(places: Places, count: int, parent: Node, width: int = 1) -> bool:
    """Whether places are one for all, or one for each of so many scalars; rows of a width if it is not 1."""
    if places is None:
        return parent.n == count
    return isinstance(places, int) or places.shape in ({(count,)} if width == 1 else set()) | {(count // width, width)}


def _all_fit(node: Node) -> bool:
    counts = [len(places) for places in node.places] or [node.n * node.width] * len(node.operands)
    refs = [(x, count) for x, count in zip(node.operands, counts, strict=True) if isinstance(x, Ref)]
    return all(_fits(x.places, count, x.node, node.width) for x, count in refs)


def _inside(places: Places, n: int) -> bool:
    index = np.asarray(range(0) if places is None else places)
    return not index.size or (index.min() >= 0 and index.max() < n)


def _apart(node: Node) -> bool:
    places = np.concatenate([*node.places, np.arange(0)])
    return _inside(places, node.n) and len(np.unique(places)) == len(places)


RULES: dict[str, NodeRule] = {
    "The kind must be known.": lambda node, _: node.kind in CALCULATED + GIVEN,
    "Maps, vectors and reductions need an operation, others have none.": lambda node, _: (
        (node.op is not None) == (node.kind in ("map", "vector", "reduce"))
    ),
    "The number of operands must be that of the kind or operation.": lambda node, _: len(node.operands) in _arity(node),
    "Operands must come before their results.": lambda node, before: (
        node.kind == "carry" or all(x in before for x in node.parents)
    ),
    "Sizes must be at least 1, widths too; only folds, vectors and reductions have one.": lambda node, _: (
        node.n >= 1 and node.width >= 1 and (node.width == 1 or node.kind in ("fold", "vector", "reduce"))
    ),
    "Places must be one for all, or one for each scalar.": lambda node, _: _all_fit(node),
    "Places must lie inside their node.": lambda node, _: all(
        _inside(x.places, x.node.n) for x in node.operands if isinstance(x, Ref)
    ),
    "A node has its samples from its operands, unless it adds them up.": lambda node, _: (
        node.kind in (*GIVEN, "carry") or node.batched == (any(x.batched for x in node.parents) and not node.sums_batch)
    ),
    "Only a fold of samples adds them up.": lambda node, _: (
        not node.sums_batch or (node.kind == "fold" and any(x.batched for x in node.parents))
    ),
    "Constants, and no other node, have a number for each scalar.": lambda node, _: (
        len(node.constants) == node.n if node.constants is not None else node.kind != "constant"
    ),
    "Parts of a join must lie apart, inside of it.": lambda node, _: _apart(node),
    "A carry, and no other node, has an iteration for each scalar, at least 1.": lambda node, _: (
        (node.kind == "carry") == (node.steps is not None)
        and (node.steps is None or (len(node.steps) == node.n and node.steps.min() >= 1))
    ),
}
PRIMITIVE: dict[str, NodeRule] = {
    "Composed operations and vectors must be decomposed.": lambda node, _: (
        node.kind != "vector" and not (node.op and node.op.is_composed)
    )
}


def check_graph(
    stage: str, graph: Graph, results: Sequence[Atom], sizes: Sequence[int], own: Collection[Op] = ()
) -> None:
    """Check a graph, and results of so many scalars each.

    Args:
        own: composed operations that stay, as the machine has functions for them.

    Raises:
        VerificationError: a rule is broken.
    """
    names = {node: f"%{i}" for i, node in enumerate(graph.nodes)}
    before: set[Node] = set()
    for node in graph.nodes:
        for rule, holds in (RULES | PRIMITIVE if stage == "decompose" and node.op not in own else RULES).items():
            if not holds(node, before):
                unknown = {parent: "%?" for parent in node.parents if parent not in names}
                raise VerificationError(f"After {stage}: {node.written(names | unknown)}. {rule}")
        before.add(node)
    for x, size in zip(results, sizes, strict=True):
        known = not isinstance(x, Ref) or (
            x.node in before and _fits(x.places, size, x.node) and _inside(x.places, x.node.n)
        )
        if not known:
            raise VerificationError(f"After {stage}: a result of {size} scalars. It must refer to nodes of the graph.")
    if stage == "decompose" and len(reachable(results)) < len(graph.nodes):
        dead = next(node for node in graph.nodes if node not in reachable(results))
        raise VerificationError(f"After {stage}: {dead.written(names)}. Every node must be needed by a result.")


class _Memory:
    """Which scalars have been written."""

    def __init__(self, program: Vectorized) -> None:
        self.home = program.home
        self.iteration = 0  # of a loop
        self.written = {node: np.full(node.n, node.kind in GIVEN) for node in program.nodes}
        for node in program.nodes:
            if node.kind == "join":  # 0 where no part lies
                self.written[node][np.setdiff1d(np.arange(node.n), np.concatenate(node.places))] = True
        for node in self.home:
            if node.kind in GIVEN:
                self.write(row(node))

    def at(self, x: Access) -> tuple[Node, IntArray]:
        """The node in whose memory scalars lie, and their places there."""
        node, places = x.node, x.places + x.node.moves * self.iteration
        while node in self.home:
            node, start = self.home[node]
            places = places + start
        return node, places

    def holds(self, x: Access) -> bool:
        """Whether scalars lie inside the memory."""
        node, places = self.at(x)
        return _inside(places, node.n)

    def has(self, x: Access) -> bool:
        node, places = self.at(x)
        return bool(self.written[node][places].all())

    def write(self, x: Access) -> None:
        node, places = self.at(x)
        self.written[node][places] = True


def _shapes_agree(s: Statement) -> bool:
    shapes = [x.shape for x in s.arrays]
    if s.kind == "product":
        (rows, width), (columns, same) = shapes
        return s.out.shape == (rows, columns) and width == same == s.node.width
    kept = [shape[: len(shape) - s.reduced] for shape in shapes]
    summed = [math.prod(shape[len(shape) - s.reduced :]) for shape in shapes]
    width = 1 if s.kind in ("map", "copy") else s.node.width
    return all(shape == s.out.shape for shape in kept) and all(size == width for size in summed)


def _writes_once(s: Statement, memory: _Memory) -> bool:
    node, places = memory.at(s.out)
    return not memory.written[node][places].any() and len(np.unique(places)) == places.size


def _operands_agree(s: Statement) -> bool:
    counts = {"product": 2, "inner": 2, "total": 1, "reduce": 1, "copy": 1}
    return len(s.operands) == (len(s.op.operands) if s.kind == "map" and s.op else counts.get(s.kind, -1))


StatementRule: TypeAlias = Callable[[Statement, _Memory], object]
STATEMENT_RULES: dict[str, StatementRule] = {
    "The kind must be known, with its number of operands.": lambda s, _: _operands_agree(s),
    "Arrays must lie inside their nodes.": lambda s, memory: all(
        _inside(x.places, x.node.n) and memory.holds(x) for x in (s.out, *s.arrays)
    ),
    "Shapes must agree.": lambda s, _: _shapes_agree(s),
    "Scalars must be written before they are read.": lambda s, memory: all(map(memory.has, s.arrays)),
    "Every scalar must be written once.": _writes_once,
    "Samples must be added up, or be those of the result.": lambda s, _: (
        is_batched(s.out) == s.batched and any(map(is_batched, s.arrays)) <= (s.batched or s.sums_batch)
    ),
}


def _executed(program: Vectorized) -> Iterator[tuple[Statement, int]]:
    """All statements in the order in which they are executed, each with the number of its iteration."""
    for step in program.steps:
        if isinstance(step, Loop):
            for i in range(step.count):
                yield from ((s, i) for s in step.statements)
        else:
            yield step, 0


def check_statements(stage: str, program: Vectorized, sizes: Sequence[int]) -> None:
    """Check statements in their order, and results of so many scalars each.

    Raises:
        VerificationError: a rule is broken.
    """
    memory = _Memory(program)
    for i, (s, memory.iteration) in enumerate(_executed(program)):
        for rule, holds in STATEMENT_RULES.items():
            if not holds(s, memory):
                name = f"{s.kind} of {s.op.name}" if s.op else s.kind
                raise VerificationError(f"After {stage}: statement {i}, a {name}. {rule}")
        memory.write(s.out)
    memory.iteration = 0
    for x, size in zip(program.results, sizes, strict=True):
        if not _is_row(x, size) or (isinstance(x, View) and not memory.has(x)):
            raise VerificationError(
                f"After {stage}: a result of {size} scalars. Results must be rows that are written."
            )


def _is_row(x: Operand, size: int) -> bool:
    return isinstance(x, float) or (isinstance(x, View) and x.shape == (size,) and _inside(x.places, x.node.n))
