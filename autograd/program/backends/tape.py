"""The tape machine: what does not roll into matrices, run by one interpreter in C that is compiled once a machine.

A program is data to it: rows in runs that do the same, so that a run is one loop. It works on one sample, or on
eight at once; gradients come back row after row, as they do eagerly.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from threading import Lock

import numpy as np

from autograd import c_compiler
from autograd.core.closed import CLOSED
from autograd.program.backends import c
from autograd.program.backends.base import Backend, Buffers, Sources
from autograd.program.backends.tape_source import CASES, OPERATIONS, SQUARE, hands_to_all, text
from autograd.program.ir import FloatArray
from autograd.program.tape import ARITY, CODES, ROWS, Ints, Tape

LANES = 8  # samples at once: more fall out of the registers
SLOWER = 8  # than the operations of a compiled program, whose number in a call is bounded
OPTIMISED = {1: ("-O2",), LANES: ("-ftree-vectorize", "-O1")}  # more makes it slower, and takes longer to compile

USES = np.array([-o.uses if o.op.variadic else o.uses for o in OPERATIONS], np.int32)
CASE = np.zeros((len(OPERATIONS), 8), np.int32)
for (_code, _mask), _case in CASES.items():
    CASE[_code, sum(bit << i for i, bit in enumerate(_mask))] = _case
EDGES = np.array([max(sum(bit << i for i, bit in enumerate(mask)) for mask in o.masks) for o in OPERATIONS], np.int32)


class Machine(Backend):
    """A tape in the machine.

    Args:
        tape: the recorded graph.
        batched: whether the inputs have a batch axis.
        differentiated: of how many outputs a gradient is wanted: the first ones.
    """

    def __init__(self, tape: Tape, batched: bool, differentiated: int) -> None:
        self.lanes = LANES if batched else 1
        self.library = library(self.lanes)
        runs = Runs(tape, self.library)
        self.given = np.concatenate([np.zeros(len(tape.given)), tape.numbers])
        self.slots = {"parameters": self.given[: len(tape.parameters)]}
        self.slots["leaves"] = self.given[len(tape.parameters) : len(tape.given) - len(tape.inputs)]
        self.outputs = len(tape.outputs)
        self.gradients = (differentiated, len(tape.wrt))
        memory = np.zeros((2, (runs.size + 8) * self.lanes))
        memory[1] = -0.0
        at_inputs = len(tape.given) - len(tape.inputs)
        counts = (tape.first, len(runs.cases), len(tape.inputs), len(tape.outputs), *self.gradients, at_inputs)
        self.arrays = (runs.cases, runs.ends, runs.operands, runs.saves, runs.starts, runs.outputs, runs.wrt)
        self.arrays += (self.given, *memory)
        self.machine = _Struct(*counts, *(array.ctypes.data for array in self.arrays))
        self.here = ctypes.addressof(self.machine)
        operations = SLOWER * len(tape.ops) * (1 + differentiated)
        self.affordable = c.CALL // max(1, operations)  # samples in a call
        self.most = max(1, self.affordable // self.lanes) * self.lanes
        self.lock = Lock()

    def bound(self, sources: Sources, results: Sequence[FloatArray], samples: int) -> Buffers:
        x = np.zeros((samples, len(sources["inputs"])))
        values, gradients = np.empty((self.outputs, samples)), np.zeros(self.gradients)
        places = x.ctypes.data, values.ctypes.data, gradients.ctypes.data, samples
        inputs = x.T if sources["inputs"].ndim > 1 else x[0]
        a_call = self.affordable // max(1, samples)  # steps

        def run() -> None:
            """All samples, in calls between which Python can be interrupted."""
            gradients.fill(0.0)
            for start in range(0, samples, self.most):
                self.library.run(self.here, *places, start, min(start + self.most, samples))

        def descent(rate: float, steps: int) -> None:
            for done in range(0, steps, a_call):
                self.library.descend(self.here, *places, rate, min(a_call, steps - done))

        sources, results = {**self.slots, "inputs": inputs}, [*values, *gradients]
        return Buffers(sources, results, run, self.lock, descent if a_call else None)


class _Struct(ctypes.Structure):
    """What `machine` is in tape.c."""

    _fields_ = [
        *((x, ctypes.c_long) for x in ("first", "runs", "inputs", "outputs", "differentiated", "wrt", "at_inputs")),
        *((x, ctypes.c_void_p) for x in ("cases", "ends", "operands", "saves", "starts", "at_outputs", "at_wrt")),
        *((x, ctypes.c_void_p) for x in ("given", "v", "g")),
    ]


class Runs:
    """A tape's rows in the order in which the machine runs them.

    Attributes:
        cases, ends, saves, starts: of each run what its rows do, the slot behind its last one, where their adjoints
            are saved (0: nowhere), and where their operands begin.
        operands: of all runs; before the operands on vectors stands their length.
        outputs, wrt: slots.
        size: how many slots there are, with those of saved adjoints.
    """

    def __init__(self, tape: Tape, machine: ctypes.CDLL) -> None:
        n, first = len(tape.ops), tape.first
        inside = tape.wrt[tape.wrt >= 0]
        sought = np.zeros(tape.size, np.uint8)
        sought[inside] = 1
        place, saved = np.empty(tape.size, np.int32), np.empty(n, np.int32)
        cases, ends, saves = np.empty((3, n), np.int32)
        starts, operands = np.empty(n, np.int64), np.empty(n + len(tape.operands), np.int32)
        scratch = np.empty(4 * n + 1 + len(tape.operands) + 8 * len(CASES), np.int32)
        codes = squared(tape)
        given = (codes, edges(tape, codes), tape.starts, tape.operands, USES, CASE, all_operands(), sought)
        written = (place, saved, cases, ends, saves, starts, operands)
        pointers = [array.ctypes.data for array in (*given, *written)]
        count = machine.arrange(n, first, *pointers, len(CASES), scratch.ctypes.data)
        self.cases, self.ends, self.saves, self.starts = (x[:count].copy() for x in (cases, ends, saves, starts))
        self.operands, self.outputs = operands, place[tape.outputs]
        self.size = tape.size + int(np.count_nonzero(inside >= first)) + 1
        self.wrt = np.full(len(tape.wrt), self.size - 1, np.int32)  # where nothing arrives
        self.wrt[tape.wrt >= 0] = np.concatenate([place[:first], saved])[inside]


def squared(tape: Tape) -> Ints:
    """The rows' codes, powers with the exponent 2 apart."""
    codes = tape.ops.copy()
    (two,) = np.nonzero(tape.numbers == SQUARE.literal)
    rows = np.flatnonzero(codes == CODES[SQUARE.op.name])
    codes[rows[np.isin(tape.operands[tape.starts[rows] + 1], tape.constants.start + two)]] = OPERATIONS.index(SQUARE)
    return codes


def edges(tape: Tape, codes: Ints) -> Ints:
    """Of each row the operands with a slope, as bits: not those whose slope literal operands make 0, as z · log(1)."""
    rows_edges: Ints = EDGES[codes]
    start = tape.constants.start
    literals = start + np.flatnonzero((tape.numbers == 0) | (tape.numbers == 1))
    for code in np.unique(codes[(ARITY[tape.ops] > 1) & (codes < len(ROWS))]) if len(literals) else ():
        op, arity = ROWS[code], int(ARITY[code])
        rows = np.flatnonzero(codes == code)
        slots = tape.operands[tape.starts[rows][:, None] + np.arange(arity)]
        slots[~np.isin(slots, literals)] = -1
        for pattern in np.unique(slots[(slots >= 0).any(1)], axis=0):
            terms = [object() if slot < 0 else float(tape.numbers[slot - start]) for slot in pattern]
            flat = sum(1 << i for i in range(arity) if op.settled(0.0, i, terms) is CLOSED)
            rows_edges[rows[(slots == pattern).all(1)]] &= ~flat
    return rows_edges


@functools.cache
def all_operands() -> Ints:
    """Of each code all operands with a slope, as bits, if it costs little to hand something back to them; else 0."""
    return np.where([hands_to_all(o) for o in OPERATIONS], EDGES, np.int32(0))


@functools.cache
def library(lanes: int) -> ctypes.CDLL:
    """The machine, compiled for so many samples at once."""
    *flags, level = OPTIMISED[lanes]
    compiled = c_compiler.compiled((*c_compiler.compiler(), *flags), level, text(lanes))
    with c_compiler.workplace() as folder:
        target = folder / "tape.so"
        target.write_bytes(compiled)
        loaded = ctypes.CDLL(str(target))
    pointer, number = ctypes.c_void_p, ctypes.c_long
    loaded.run.argtypes, loaded.run.restype = (*[pointer] * 4, *[number] * 3), None
    loaded.descend.argtypes, loaded.descend.restype = (*[pointer] * 4, number, ctypes.c_double, number), None
    loaded.arrange.argtypes, loaded.arrange.restype = (number, number, *[pointer] * 15, ctypes.c_int, pointer), number
    return loaded
