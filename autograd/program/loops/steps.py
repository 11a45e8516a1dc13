"""From nodes that depend on each other over iterations to loops: their scalars sorted by iterations, these compared.

    h[8T] = tanh(z[8T]), z reads h     for t: h[8t … 8t + 7] = tanh(z[8t … 8t + 7])

Which iteration calculates a scalar follows from what it reads, so that the order is right whatever the graph is.
Iterations in which all places move on by the same steps are one loop; an iteration that differs stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from autograd.program.ir import IntArray, Node, Ref, simplified
from autograd.program.views import View, regular

DIFFERENT = np.iinfo(np.int64).min  # in place of a distance: there is none
CHANGES = 4  # of how an operand from outside moves; with more it is copied into the order in which it is read
FEWEST = 3  # iterations in a loop


class Emitter(Protocol):
    """What makes statements of nodes.

    Attributes:
        nodes: all nodes; those of iterations are added.
        home: the node in whose memory another lies, and from where on.
        placed: where scalars go that lie apart.
        fences: names of scalars that the same iteration calculates.
        statements: those emitted so far.
    """

    nodes: list[Node]
    home: dict[Node, tuple[Node, int]]
    placed: dict[Node, View]
    fences: set[Node]
    statements: list[Any]

    def emit(self, node: Node) -> None:
        """The statements of a node."""

    def emit_to(self, node: Node, kind: str, out: View) -> None:
        """The statements of a node of an iteration, whose results lie in a view."""

    def loop(self, count: int, statements: Sequence[Any]) -> None:
        """A loop of statements."""

    def lies_in(self, part: Node, join: Node) -> bool:
        """Whether a part of a join is calculated there."""


@dataclass(eq=False)
class Column:
    """Places that the iterations of a task read or write one after the other: a row of them for each scalar.

    Attributes:
        node: whose places they are.
        places: (n,), or (n, width).
    """

    node: Node
    places: IntArray

    def moves(self, counts: IntArray, starts: IntArray) -> IntArray:
        """By how much all places of an iteration differ from those of the one before it, or DIFFERENT."""
        moves = np.where(counts[1:] == counts[:-1], 0, DIFFERENT)
        edges = np.flatnonzero(np.diff(counts)) + 1
        for first, end in zip([0, *edges.tolist()], [*edges.tolist(), len(counts)], strict=True):
            if counts[first] and end - first > 1:
                block = self.places[starts[first] : starts[end]].reshape(end - first, -1)
                steps = np.diff(block, axis=0)
                same = (steps == steps[:, :1]).all(1)
                moves[first : end - 1] = np.where(same, steps[:, 0], DIFFERENT)
        return moves


@dataclass(eq=False)
class Task:
    """Scalars of a node, or what is copied to a part of it, sorted by iterations."""

    node: Node
    kind: str
    counts: IntArray  # of scalars in each iteration
    starts: IntArray
    out: Column
    operands: list[Column | float]

    @property
    def columns(self) -> list[Column]:
        return [self.out, *(x for x in self.operands if isinstance(x, Column))]


def unrolled(program: Emitter, part: Sequence[Node]) -> None:
    """Emit the loops that calculate nodes which depend on each other."""
    place = {node: i for i, node in enumerate(program.nodes)}
    _Unrolling(program, sorted(part, key=place.__getitem__)).emit()


class _Unrolling:
    def __init__(self, program: Emitter, nodes: Sequence[Node]) -> None:
        self.program, self.nodes = program, nodes
        self.steps: dict[Node, IntArray] = {}
        for node in nodes:
            self.steps[node] = self._steps(node)
        self.last = max(int(steps.max()) for steps in self.steps.values())
        self.tasks = [task for node in nodes for task in self._tasks(node)]
        self.aliases: dict[tuple[Node, int], Node] = {}

    def _steps(self, node: Node) -> IntArray:
        """After how many iterations each scalar can be calculated."""
        if node.steps is not None:
            return node.steps
        steps = np.zeros(node.n, int)
        if node.kind == "join":
            for x, places in zip(node.operands, node.places, strict=True):
                if isinstance(x, Ref) and x.node in self.steps:
                    steps[places] = self.steps[x.node][x.flat(len(places))]
            return steps
        for x in node.operands:
            if isinstance(x, Ref) and x.node in self.steps:
                read = self.steps[x.node][x.flat(node.n * node.width).reshape(node.n, -1)]
                steps = np.maximum(steps, read.max(1))
        return steps

    def _tasks(self, node: Node) -> list[Task]:
        if node.kind == "carry":
            return [] if node in self.program.home else [self._task(node, "copy", np.arange(node.n), node.operands)]
        if node.kind != "join":
            return [self._task(node, node.kind, np.arange(node.n), node.operands)]
        return [
            self._task(node, "copy", places, [x])
            for x, places in zip(node.operands, node.places, strict=True)
            if isinstance(x, Ref) and not self.program.lies_in(x.node, node)
        ]

    def _task(self, node: Node, kind: str, out: IntArray, operands: Sequence[Ref | float]) -> Task:
        steps, width = self.steps[node][out], 1 if kind == "copy" else node.width
        order = np.argsort(steps, kind="stable")
        counts = np.bincount(steps, minlength=self.last + 1)
        shape = (len(out), width) if kind in ("fold", "reduce") else (len(out),)
        columns: list[Column | float] = [
            Column(x.node, x.flat(len(out) * width).reshape(shape)[order]) if isinstance(x, Ref) else x
            for x in operands
        ]
        return Task(node, kind, counts, np.cumsum([0, *counts]), Column(node, out[order]), columns)

    # ── iterations ────────────────────────────────────────────────────────────────────────────────

    def emit(self) -> None:
        """Iterations alone, and loops of those that are alike."""
        table = [[self._moves(task, column) for column in task.columns] for task in self.tasks]
        moves = np.array([column for columns in table for column in columns])
        same = ~(moves[:, 1:] != moves[:, :-1]).any(0) if self.last > 1 else np.zeros(0, bool)
        whole = ~(moves == DIFFERENT).any(0)
        step = 0
        while step <= self.last:
            count = 1
            if step and step < self.last and whole[step]:
                end = step + int(np.argmin(np.append(same[step:] & whole[step + 1 :], False)))
                count = end - step + 2 if end - step + 2 >= FEWEST else 1
            self._iteration(step, count, moves[:, step] if count > 1 else np.zeros(len(moves), int))
            step += count

    def _moves(self, task: Task, column: Column) -> IntArray:
        """How a column moves; one from outside, if it has no order, is copied into that of the iterations first."""
        moves = column.moves(task.counts, task.starts)
        restless = (moves[2:] != moves[1:-1]) | (moves[2:] == DIFFERENT)
        if column.node not in self.steps and np.count_nonzero(restless) > CHANGES:
            ref = Ref(column.node, simplified(column.places.ravel(), column.node.n))
            size = column.places.size
            copy = Node("join", size, None, (ref,), column.node.batched, places=(np.arange(size),))
            self.program.nodes.append(copy)
            self.program.emit(copy)
            column.node, column.places = copy, np.arange(size).reshape(column.places.shape)
            moves = column.moves(task.counts, task.starts)
        return moves

    def _iteration(self, step: int, count: int, moves: IntArray) -> None:
        """One iteration, or a loop that begins with it."""
        program, outside = self.program, self.program.statements
        program.statements = []
        self.slices: dict[Node, tuple[Node, int, int]] = {}  # of this iteration: where each begins, how it moves
        at = 0
        for task in self.tasks:
            width = len(task.columns)
            rows = slice(int(task.starts[step]), int(task.starts[step + 1]))
            if rows.start < rows.stop:
                self._slice(task, rows, step, moves[at : at + width].tolist())
            at += width
        inside, program.statements = program.statements, outside
        if count > 1 and inside:
            program.loop(count, inside)
        else:
            outside += inside

    def _slice(self, task: Task, rows: slice, step: int, moves: Sequence[int]) -> None:
        """The statements of a task for one iteration."""
        places, rest = task.out.places[rows], iter(moves[1:])
        operands = [
            self._operand(x, x.places[rows], step, next(rest)) if isinstance(x, Column) else x for x in task.operands
        ]
        n, start = len(places), int(places[0])
        side_by_side = bool((places == np.arange(start, start + n)).all())
        view = None if side_by_side else regular(task.node, places)
        if view is None and not side_by_side:
            for i in range(rows.start, rows.stop):
                self._slice(task, slice(i, i + 1), step, moves)
            return
        own = replace(task.node, n=n, operands=tuple(operands), moves=moves[0] if view is None else 0)
        if task.kind == "copy":
            own.kind, own.places, own.steps = "join", (np.arange(n),), None
        out = View(own, 0, (n,), (1,))
        if view is None:
            self.program.home[own] = task.node, start
            if task.kind != "copy":
                self.slices[task.node] = own, start, moves[0]
        else:
            out = view._replace(node=self._alias(task.node, moves[0]))
            self.program.placed[own] = out
        self.program.nodes.append(own)
        self.program.emit_to(own, task.kind, out)

    def _operand(self, column: Column, places: IntArray, step: int, moves: int) -> Ref:
        """What an iteration reads: of its own results by their place in it, so that C keeps them in registers."""
        node = column.node
        if node in self.slices:
            own, start, along = self.slices[node]
            if along == moves and places.min() >= start and places.max() < start + own.n:
                return Ref(own, simplified(places - start, own.n))
        fenced = node in self.steps and node.kind != "carry" and bool((self.steps[node][places] == step).any())
        alias = self._alias(node, moves) if moves or fenced else node
        if fenced:
            self.program.fences |= {alias}
        return Ref(alias, simplified(places, node.n))

    def _alias(self, node: Node, moves: int) -> Node:
        """A name for a node's scalars that moves on from iteration to iteration."""
        if (node, moves) not in self.aliases:
            alias = Node("alias", node.n, None, (Ref(node),), node.batched, moves=moves)
            self.aliases[node, moves] = alias
            self.program.home[alias] = node, 0
            self.program.nodes.append(alias)
        return self.aliases[node, moves]
