"""A recorded graph as flat arrays, in a time linear in its nodes: each scalar is a slot, each operation a row.

Slots are numbered: first what is given (parameters, other leaves, inputs, constants), then the result of each row.
Rows stand in the order in which they were recorded, so that operands come before results; row k has the slot
`first + k`. The operands of all rows lie in one array, those of row k from `starts[k]` to `starts[k + 1]`: one for
each name of the operation, of an operation on vectors all entries of the first vector, then all of the second.

>>> from autograd import Value, dot, relu
>>> w, b, x = [Value(0.1, "w0"), Value(0.2, "w1")], Value(0.3, "b"), [Value(1.0, "x0"), Value(2.0, "x1")]
>>> tape = Tape([3 * relu(dot(w, x) + b)], wrt=[*w, b], inputs=x)
>>> print(tape)
parameters: 0 = w0; 1 = w1; 2 = b
inputs: 3 = x0; 4 = x1
constants: 5 = 3
6 = dot(0, 1, 3, 4)
7 = add(6, 2)
8 = relu(7)
9 = mul(5, 8)
>>> tape.first, [ROWS[code].name for code in tape.ops], tape.starts, tape.operands
(6, ['dot', 'add', 'relu', 'mul'], array([0, 4, 6, 7, 9], dtype=int32), array([0, 1, 3, 4, 6, 2, 7, 5, 8], dtype=int32))
>>> tape.outputs, tape.wrt
(array([9], dtype=int32), array([0, 1, 2], dtype=int32))

What the table's laws say of constants has been done: x + 0 has no row, but x's slot, and 0 · x is the constant 0.
Otherwise rows are as they were recorded; equal ones are not merged, and sums not flattened. The rows before the laws
are `recorded`: data that is 0 at one point, and not at another, leaves those of all points alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, compress, count
from numbers import Real
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from autograd.core.graph import by_order
from autograd.core.op import OPS, Op
from autograd.core.value import Value
from autograd.ops import dot, mul
from autograd.program.ir import FloatArray

Slot: TypeAlias = int
Ints: TypeAlias = NDArray[np.int32]

ROWS: tuple[Op, ...] = tuple(OPS.values())  # the table's rows by their codes on a tape
CODES: dict[str, int] = {op.name: code for code, op in enumerate(ROWS)}
ARITY = np.array([0 if op.variadic else len(op.operands) for op in ROWS], np.int32)  # 0 of operations on vectors
LISTED = np.array([op.variadic or len(op.operands) > 2 for op in ROWS])  # whose operands lie in tuples
NUMBERS = (float, int, Fraction, type(None))  # what else may stand in a Value's slots for operands


def as_float(x: float | Fraction) -> float:
    """A number as a float; one too large for it is inf."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


class Rows(NamedTuple):
    """The rows of a tape, as `Tape` describes them."""

    ops: Ints
    starts: Ints
    operands: Ints
    outputs: Ints
    wrt: Ints


class Tape:
    """The operations of a recorded graph, flat. All arrays are read-only, slots and codes are of type int32.

    Args:
        outputs: whose graph it is.
        wrt: what gradients are taken by; the leaves among them are the parameters.
        inputs: what a call gives; the graph ends there. What is left are the leaves.

    Attributes:
        parameters, leaves, inputs: the Values of the first slots, in this order; `given` are all of them.
        numbers: the constants' numbers; their slots come next, none stands twice.
        first: how many slots are given, and so the slot of the first row.
        size: how many slots there are.
        ops: of each row the code of its operation: `ROWS[code]` is the table's row.
        starts: where each row's operands begin in `operands`, and at last where all end.
        operands: slots.
        outputs: slots of the outputs.
        wrt: slots of what gradients are taken by; −1 where no output is made of it.
        nodes: all recorded Values that are results, in order of their creation.
        kept: of each row its node's place in `nodes`.
        recorded: the rows before the laws, one for each node, with these slots of what is given.
    """

    def __init__(self, outputs: Sequence[Value], wrt: Sequence[Value] = (), inputs: Sequence[Value] = ()) -> None:
        graph = _Walk(outputs, inputs)
        self.inputs, self.nodes = tuple(inputs), graph.nodes
        given = dict.fromkeys(inputs)
        self.parameters = tuple(x for x in wrt if not x.op and x not in given)
        given.update(dict.fromkeys(self.parameters))
        self.leaves = tuple(x for x in graph.leaves if x not in given)
        number = _Numbering((*self.parameters, *self.leaves, *self.inputs), graph)
        self.ops, self.starts, self.operands = _operations(graph, number)
        number.sort_constants(self.operands)
        self.outputs, self.wrt = number.slots(outputs), number.slots(wrt)
        self.given = number.given
        rows = Rows(self.ops, self.starts, self.operands, self.outputs, self.wrt)
        self.recorded = Rows(*(array.copy() for array in rows))
        self.kept: Ints = np.arange(len(self.ops), dtype=np.int32)
        self.first = number.first
        number.settle(self)
        self.numbers: FloatArray = np.array(number.constants, float)
        self.size = self.first + len(self.ops)
        arrays = self.ops, self.starts, self.operands, self.outputs, self.wrt, self.kept, self.numbers
        for array in (*arrays, *self.recorded):
            array.flags.writeable = False

    @property
    def constants(self) -> range:
        """The slots of the constants."""
        return range(self.first - len(self.numbers), self.first)

    def row(self, k: int) -> tuple[Op, Ints]:
        """A row's operation and the slots of its operands."""
        return ROWS[self.ops[k]], self.operands[self.starts[k] : self.starts[k + 1]]

    def name(self, slot: int) -> str | None:
        """What the user calls a slot; None of constants, and where there is no name."""
        if slot in self.constants:
            return None
        value: Value = self.given[slot] if slot < self.first else self.nodes[self.kept[slot - self.first]]
        return value.name

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        slot = 0
        for kind in ("parameters", "leaves", "inputs"):
            values = getattr(self, kind)
            if values:
                yield f"{kind}: " + "; ".join(f"{slot + i} = {x.name or 'a Value'}" for i, x in enumerate(values))
            slot += len(values)
        if len(self.numbers):
            yield "constants: " + "; ".join(f"{slot + i} = {x:g}" for i, x in enumerate(self.numbers))
        for k in range(len(self.ops)):
            op, operands = self.row(k)
            yield f"{self.first + k} = {op.name}({', '.join(map(str, operands))})"


class _Walk:
    """All nodes from the outputs down to the inputs, each once, without recursion."""

    def __init__(self, outputs: Sequence[Value], inputs: Sequence[Value]) -> None:
        self.nodes: list[Value] = []
        self.leaves: list[Value] = []
        self.vectors: dict[int, tuple[Any, ...]] = {}  # by id: a layer's inputs are shared by its neurons
        self.constants: dict[int, Any] = {}  # by id
        self.seen = dict.fromkeys(inputs)
        self._follow(outputs)
        self.nodes.sort(key=by_order)
        self.leaves.sort(key=by_order)

    def _follow(self, outputs: Sequence[Value]) -> None:
        seen, plain = self.seen, Value
        stack = [x for x in dict.fromkeys(outputs) if x not in seen]
        seen.update(dict.fromkeys(stack))
        push, pop = stack.append, stack.pop
        while stack:
            z = pop()
            if not z.op:
                self.leaves.append(z)
                continue
            self.nodes.append(z)
            x = z.x
            if x.__class__ is tuple:
                self._vectors(x, push)
                continue
            if x.__class__ is plain:
                if x not in seen:
                    seen[x] = None
                    push(x)
            else:
                self._other(x, push)
            x = z.y
            if x.__class__ is plain:
                if x not in seen:
                    seen[x] = None
                    push(x)
            elif x is not None:
                self._other(x, push)

    def _vectors(self, vectors: tuple[tuple[Any, ...], ...], push: Any) -> None:
        seen = self.seen
        for vector in vectors:
            if id(vector) not in self.vectors:
                self.vectors[id(vector)] = vector
                for x in vector:
                    if x.__class__ is Value:
                        if x not in seen:
                            seen[x] = None
                            push(x)
                    else:
                        self._other(x, push)

    def _other(self, x: Any, push: Any) -> None:
        """A number, or a Value of a class of the user's."""
        if x.__class__ in NUMBERS or not isinstance(x, Value):
            self.constants[id(x)] = x
        elif x not in self.seen:
            self.seen[x] = None
            push(x)


@dataclass
class _Numbering:
    """Slots by the id of what they hold. Until `settle`, those of constants are negative: −2, −3, …"""

    given: tuple[Value, ...]
    graph: _Walk
    constants: list[float] = field(default_factory=list)
    known: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first = len(self.given)
        self.slot = {id(x): i for i, x in enumerate(self.given)}
        self.slot.update(zip(map(id, self.graph.nodes), count(self.first), strict=False))
        self.slot[id(None)] = -1
        self.slot.update((i, self.constant(x)) for i, x in self.graph.constants.items())

    def constant(self, x: float | Fraction) -> int:
        """The slot of a number; 0.0 is not −0.0."""
        x = as_float(x)
        key = x or repr(x)
        if key not in self.known:
            self.known[key] = -2 - len(self.constants)
            self.constants.append(x)
        return self.known[key]

    def sort_constants(self, operands: Ints) -> None:
        """Number constants in the order in which rows read them, so that data lie as they were recorded."""
        are_constants = operands < -1
        read, at = np.unique(-2 - operands[are_constants], return_index=True)
        order = read[np.argsort(at)]
        rank = np.zeros(len(self.constants), np.int32)
        rank[order] = np.arange(len(order))
        operands[are_constants] = -2 - rank[-2 - operands[are_constants]]
        self.constants = [self.constants[i] for i in order.tolist()]
        self.known = {x or repr(x): -2 - i for i, x in enumerate(self.constants)}

    def slots(self, values: Sequence[Value]) -> Ints:
        """The slots of Values; −1 where there is none."""
        return np.array([self.slot.get(id(x), -1) for x in values], np.int32)

    def settle(self, tape: Tape) -> None:
        """Apply the laws to the tape, then give constants their slots, before those of the rows."""
        left = _folded(tape, self)
        if left is not None:
            tape.operands, tape.outputs = left.resolved(tape.operands), left.resolved(tape.outputs)
            _drop(tape, ~left.rows & _reached(tape) if left.loses else ~left.rows)
        given, n = self.first, len(self.constants)
        recorded = tape.recorded
        for slots in (tape.operands, tape.outputs, tape.wrt, recorded.operands, recorded.outputs, recorded.wrt):
            slots[slots >= given] += n
            constants = slots < -1
            slots[constants] = given - 2 - slots[constants]
        tape.first = given + n


def _operations(graph: _Walk, number: _Numbering) -> tuple[Ints, Ints, Ints]:
    """Of all rows the codes, where their operands begin, and the operands."""
    nodes, n, slot = graph.nodes, len(graph.nodes), number.slot
    ops = np.fromiter(map(CODES.__getitem__, [z.op for z in nodes]), np.int32, n)
    xs = [z.x for z in nodes]
    listed = LISTED[ops]
    tuples = [*compress(xs, listed.tolist())]
    slot.update((id(x), -1) for x in tuples)
    pairs = np.empty((n, 2), np.int32)
    pairs[:, 0] = np.fromiter(map(slot.__getitem__, map(id, xs)), np.int32, n)
    pairs[:, 1] = np.fromiter(map(slot.__getitem__, map(id, [z.y for z in nodes])), np.int32, n)
    counts = ARITY[ops]
    counts[listed] = [sum(map(len, vectors)) for vectors in tuples]
    starts = np.zeros(n + 1, np.int32)
    np.cumsum(counts, out=starts[1:])
    operands = pairs[pairs != -1]
    if tuples:
        entries = [*chain.from_iterable(chain.from_iterable(tuples))]
        of_tuples = np.repeat(listed, counts)
        whole = np.empty(starts[-1], np.int32)
        whole[~of_tuples] = operands
        whole[of_tuples] = np.fromiter(map(slot.__getitem__, map(id, entries)), np.int32, len(entries))
        operands = whole
    return ops, starts, operands


# ── the table's laws ──────────────────────────────────────────────────────────────────────────────

# code, which operand, the number that it must be, and what is left: another operand, or a number
LAWS = [
    (code, op.operands.index(name), number, op.operands.index(left) if isinstance(left, str) else None, left)
    for code, op in enumerate(ROWS)
    for (name, number), left in op.laws.items()
]


class _Left:
    """What the laws leave of rows: another slot in place of their own.

    Attributes:
        loses: whether an operand that is no constant may be needed no more.
    """

    def __init__(self, tape: Tape) -> None:
        self.first, self.loses = tape.first, False
        self.slot = np.arange(tape.first + len(tape.ops), dtype=np.int32)

    @property
    def rows(self) -> NDArray[np.bool_]:
        """Which rows are replaced."""
        own: NDArray[np.bool_] = self.slot[self.first :] != np.arange(self.first, len(self.slot))
        return own

    def resolved(self, slots: Ints) -> Ints:
        """The slots that stand in place of some."""
        return np.where(slots >= 0, self.slot[np.maximum(slots, 0)], slots)

    def follow(self) -> None:
        """Where a replacement is itself replaced, go to its end: twice as far each time."""
        while True:
            further = self.resolved(self.slot)
            if (further == self.slot).all():
                return
            self.slot = further


def _folded(tape: Tape, number: _Numbering) -> _Left | None:
    """What is left of rows with constants; None if no law applies. What gradients are taken by stays."""
    numbers = np.array([*number.constants, np.nan])
    _shorten(tape, number, numbers)
    left = _Left(tape)
    own = np.zeros(len(left.slot), bool)
    own[tape.wrt[tape.wrt >= 0]] = True
    applied = False
    for code, i, wanted, other, result in LAWS:
        if not (numbers == wanted).any():
            continue
        rows = np.flatnonzero(tape.ops == code)
        at = tape.starts[rows] + i
        slots = tape.operands[at]
        which = (numbers[np.where(slots < -1, -2 - slots, -1)] == wanted) & ~own[tape.first + rows]
        if which.any():
            applied = True
            new = tape.operands[at[which] - i + other] if other is not None else number.constant(result)  # type: ignore[arg-type]
            left.slot[tape.first + rows[which]] = new
            left.loses = left.loses or bool(np.min(new) < 0) or len(ROWS[code].operands) > 2
    left.follow()
    if left.loses:
        _propagate(tape, number, left, own)
    return left if applied else None


def _shorten(tape: Tape, number: _Numbering, numbers: FloatArray) -> None:
    """A product with 0 is no term of a dot product; where all are, one product stays, to be folded."""
    zero = numbers[np.where(tape.operands < -1, -2 - tape.operands, -1)] == 0
    counts = np.diff(tape.starts)
    if not zero.any() or not (zero & np.repeat(tape.ops == CODES[dot.name], counts)).any():
        return
    stays = np.ones(len(tape.operands), bool)
    for k in np.flatnonzero(tape.ops == CODES[dot.name]):
        start, end = tape.starts[k : k + 2]
        terms = ~(zero[start:end].reshape(2, -1).any(0))
        if not terms.any():
            terms[0], tape.ops[k] = True, CODES[mul.name]
        stays[start:end] = np.tile(terms, 2)
        counts[k] = 2 * np.count_nonzero(terms)
    tape.operands = tape.operands[stays]
    np.cumsum(counts, out=tape.starts[1:])


def _propagate(tape: Tape, number: _Numbering, left: _Left, own: NDArray[np.bool_]) -> None:
    """Laws for rows whose operands have become constants, row after row from the first of these."""
    first, slot, starts, operands = tape.first, left.slot.tolist(), tape.starts.tolist(), tape.operands.tolist()
    ops = tape.ops.tolist()
    for k in range(len(ops)):
        z = first + k
        if slot[z] != z:
            slot[z] = slot[slot[z]] if slot[z] >= 0 else slot[z]
            continue
        entries = operands[starts[k] : starts[k + 1]]
        if own[z] or all(x < 0 or slot[x] >= 0 for x in entries):
            continue
        reached = [slot[x] if x >= 0 else x for x in entries]
        terms: list[Any] = [number.constants[-2 - x] if x < -1 else _Place(x) for x in reached]
        result = ROWS[ops[k]].fold(terms)
        if isinstance(result, _Place):
            slot[z] = result.slot
        elif isinstance(result, Real):
            slot[z] = number.constant(result)  # type: ignore[arg-type]
    left.slot = np.array(slot, np.int32)


@dataclass(frozen=True)
class _Place:
    """An operand that is no number, to the table's laws."""

    slot: int


def _drop(tape: Tape, alive: NDArray[np.bool_]) -> None:
    """Take the rows that are not alive out of a tape; the others' operands lead to none of them."""
    counts = np.diff(tape.starts)
    tape.operands = tape.operands[np.repeat(alive, counts)]
    tape.ops, tape.kept = tape.ops[alive], tape.kept[alive]
    tape.starts = np.concatenate([[0], np.cumsum(counts[alive])]).astype(np.int32)
    new = np.arange(tape.first + len(alive), dtype=np.int32)
    new[tape.first :] = np.where(alive, tape.first + np.cumsum(alive) - 1, -1)
    for slots in (tape.operands, tape.outputs, tape.wrt):
        slots[slots >= 0] = new[slots[slots >= 0]]


def _reached(tape: Tape) -> NDArray[np.bool_]:
    """Which rows the outputs are made of, from the last to the first."""
    first, starts, operands = tape.first, tape.starts.tolist(), tape.operands.tolist()
    reached = bytearray(first + len(tape.ops))
    for slot in tape.outputs.tolist():
        if slot >= 0:
            reached[slot] = 1
    for k in range(len(tape.ops) - 1, -1, -1):
        if reached[first + k]:
            for x in operands[starts[k] : starts[k + 1]]:
                if x >= 0:
                    reached[x] = 1
    return np.frombuffer(reached, bool)[first:]
