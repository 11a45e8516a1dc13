"""Training in C: the program's text, and after it a loop that gathers a batch, runs it and applies the rule.

    for (; k < last; k++) { gather; run(x, out, m); for (long i = 0; i < n; i++) { double t0 = …; p[i] = …; } }

The rule runs on names, and what writes the program's operations writes each of its lines too.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.core.op import Number, Op
from autograd.core.row_tracer import RowTracer
from autograd.program.backends.c import CALL, C
from autograd.program.backends.c_expressions import expression, number
from autograd.program.backends.c_source import Source
from autograd.program.ir import FloatArray
from autograd.program.pipeline import Lowered
from autograd.program.steps import Batches, Call, Kept, Step, Training, Word
from autograd.program.views import View, is_batched

UPDATE = 20  # operations of a rule for each parameter, about
ENTRIES = {"p": "p[i]", "g": "g", "rate": "rate", "steps": "steps", "norm": "norms[owner[i]]"}
VARYING = ("p", "g", "norm")  # from one parameter to another, as averages do
TYPES = """#include <stdint.h>
struct batches
{
    const double *rows;
    const intptr_t *order, *starts, *ends;
    const double *rates, *drawn;
    double *costs, *predictions;
};
struct kept { intptr_t *next; double *p, *moved; const double *h, *leaves; double *x, *out, *slots[SLOTS]; };
"""
HEAD = """void train(const struct batches *batches, const struct kept *kept, double steps, long first, long last)
{
    static double before[N];
    double *const p = u + P;
    const double *const h = kept->h;
    long k = first, lost = 0;
    memcpy(p, kept->p, sizeof before);
"""
BEGIN = """    for (; k < last; k++, steps++) {
        const long start = batches->starts[k], at = batches->ends[k], m = batches->ends[k + 1] - at;
        const double *x = kept->x;
        double *out = kept->out;
"""
TAKEN = """        batches->costs[k] = cost;
        if (!(cost - cost == 0)) break;
        memcpy(before, p, sizeof before);
        const double rate = batches->rates[k], part = 1.0 / m;
"""
END = """        if (lost) {
            memcpy(p, before, sizeof before);
            break;
        }
"""
TAIL = """    }
    memcpy(kept->p, p, sizeof before);
    kept->next[0] = k;
    kept->next[1] = k - first + (lost != 0);
}
"""


class Name(RowTracer):
    """A name in C; an operation on it adds a line to `lines`, where none calculates it yet.

    Args:
        text: the name.
        lines: texts of lines, each with the name of its result and whether it is each parameter's own.
        varies: whether it is each parameter's own.

    >>> lines = {}
    >>> (1 - Name("h[0]", lines)) * Name("p[i]", lines, True)
    t1
    >>> lines
    {'(1.0 - h[0])': ('t0', False), '(t0 * p[i])': ('t1', True)}
    """

    __slots__ = ("lines", "text", "varies")

    def __init__(self, text: str, lines: dict[str, tuple[str, bool]], varies: bool = False) -> None:
        self.text, self.lines, self.varies = text, lines, varies

    def __repr__(self) -> str:
        return self.text

    def row(self, op: Op, operands: Sequence[Name | Number]) -> Name:
        varies = any(isinstance(x, Name) and x.varies for x in operands)
        line = expression(op, [_text(x) for x in operands])
        return Name(self.lines.setdefault(line, (f"t{len(self.lines)}", varies))[0], self.lines, varies)


class CTraining(Training):
    """A program's library with a function that takes many steps."""

    @classmethod
    def make(cls, program: Lowered, step: Step) -> CTraining | None:
        is_constant = any(isinstance(x, float) for x in program.vectorized.results)
        return None if is_constant else cls(program, step)

    def __init__(self, program: Lowered, step: Step) -> None:
        self.program = C(program, lambda source: Text(source, step).text)
        self.width = step.columns + step.drawn
        self.operations, self.update = max(1, program.operations), UPDATE * program.sizes[-1]
        self.train = self.program.library.train
        self.train.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_double, ctypes.c_long, ctypes.c_long)
        self.train.restype = None

    def most(self, samples: int) -> int:
        return CALL // (self.operations * samples + self.update)

    def bound(self, batches: Batches, kept: Kept, leaves: FloatArray) -> Call:
        samples = int(np.diff(batches.ends).max(initial=1))
        following, x, out = np.zeros(2, np.intp), np.empty(samples * self.width), np.empty(samples * self.program.rows)
        b = batches
        given = [b.rows, b.order, b.starts, b.ends, b.rates, b.drawn, b.costs, b.predictions]
        changed = [following, kept.parameters, kept.moved, kept.arguments, leaves, x, out, *kept.slots]
        tables = [np.array([_address(array) for array in arrays], np.uintp) for arrays in (given, changed)]
        places = [table.ctypes.data for table in tables]

        def call(first: int, last: int, alive: object = (tables, changed)) -> int:
            following[:] = first, 0
            try:
                with self.program.lock:
                    self.train(*places, kept.steps, first, last)
            finally:  # a second Ctrl-C comes when C has changed the parameters
                kept.steps += int(following[1])
            return int(following[0])

        return call


class Text:
    """The function's text.

    Args:
        source: the program's.
        step: what is done around it.
    """

    def __init__(self, source: Source, step: Step) -> None:
        self.source, self.step = source, step
        results = [x for x in source.program.results if isinstance(x, View)]
        self.cost, *self.others, self.gradient = results
        self.rows = {id(x): i for i, x in enumerate(filter(is_batched, results))}  # of `out`
        self.nodes = {node.kind: node for node in source.program.nodes}
        self.n, self.parameters = self.nodes["parameters"].n, source.base[self.nodes["parameters"]]

    @property
    def text(self) -> str:
        shared, varying = self._rule()
        slots = [f"double *restrict s{j} = kept->slots[{j}];" for j in range(len(self.step.slots))]
        leaves = self.nodes.get("leaves")
        copied = (
            [f"memcpy(u + {self.source.base[leaves]}, kept->leaves, {leaves.n} * sizeof(double));"] if leaves else []
        )
        sizes = f"enum {{ N = {self.n}, P = {self.parameters}, SLOTS = {max(1, len(slots))} }};\n"
        parts = self.step.parts
        table = "" if parts is None else f"static const int owner[N] = {{{', '.join(map(str, parts.tolist()))}}};\n"
        blocks: list[tuple[str, Iterable[str]]] = [
            (sizes + TYPES + table + HEAD, [*slots, *copied]),
            (BEGIN, [*self._gather(), "run(x, out, m);", f"const double cost = {self._cost()};"]),
            (TAKEN, [*self._norms(), *shared, "for (long i = 0; i < N; i++) {", *varying, "}"]),
            (END, [*self._moves(), *self._predictions()]),
        ]
        return "".join(head + "".join(f"        {line}\n" for line in lines) for head, lines in blocks) + TAIL

    def _gather(self) -> Iterator[str]:
        """The rows of a batch, where the program reads them."""
        source = self.source
        if source.inputs is None:
            return
        to = "kept->x" if source.batched else f"u + {source.base[source.inputs]}"
        columns, drawn = self.step.columns, self.step.drawn
        width = columns + drawn
        if source.batched and not drawn:
            yield f"if (!batches->order) x = batches->rows + start * {columns};"
            yield "else"
        yield "for (long l = 0; l < m; l++) {"
        yield "    const long row = batches->order ? batches->order[start + l] : start + l;"
        yield f"    memcpy({to} + l * {width}, batches->rows + row * {columns}, {columns} * sizeof(double));"
        if drawn:
            masks = f"batches->drawn + (at + l) * {drawn}"
            yield f"    memcpy({to} + l * {width} + {columns}, {masks}, {drawn} * sizeof(double));"
        yield "}"

    def _cost(self) -> str:
        return "sum_of(m, out)" if is_batched(self.cost) else f"m * {self._shared(self.cost)}"

    def _shared(self, x: View) -> str:
        """A result that all samples share."""
        return f"u[{self.source.base[x.node] + x.offset}]"

    def _norms(self) -> Iterator[str]:
        """√Σg² of each part of the parameters."""
        if self.step.parts is not None:
            count = int(self.step.parts.max()) + 1
            yield f"double norms[{count}] = {{0}};"
            yield f"for (long i = 0; i < N; i++) {{ {self._slope()} norms[owner[i]] += g * g; }}"
            yield f"for (long i = 0; i < {count}; i++) norms[i] = sqrt(norms[i]);"

    def _slope(self) -> str:
        x = self.gradient
        part = "" if self.step.samples else " * part"
        return f"const double g = u[{self.source.base[x.node] + x.offset} + i * {x.strides[0]}]{part};"

    def _rule(self) -> tuple[list[str], list[str]]:
        """The rule's lines that are the same for all parameters, and those of each."""
        lines: dict[str, tuple[str, bool]] = {}
        places = ENTRIES | {f"slots.{name}": f"old{j}" for j, name in enumerate(self.step.slots)}
        places |= {name: f"h[{j}]" for j, name in enumerate(self.step.arguments)}

        def word(name: str) -> Name:
            return Name(places[name], lines, name in VARYING or name.startswith("slots."))

        p, slots = self.step.change(word)
        results = [_text(slots[name]) for name in self.step.slots]
        shared = [f"const double {name} = {line};" for line, (name, varies) in lines.items() if not varies]
        varying = [self._slope(), *(f"    const double old{j} = s{j}[i];" for j in range(len(results)))]
        varying += [f"    const double {name} = {line};" for line, (name, varies) in lines.items() if varies]
        varying += [f"    s{j}[i] = {text};" for j, text in enumerate(results) if text != f"old{j}"]
        return shared, [*varying, f"    p[i] = {_text(p)};", "    lost |= !(p[i] - p[i] == 0);"]

    def _moves(self) -> Iterator[str]:
        """The numbers kept that the last outputs move."""
        for i, (move, x) in enumerate(zip(self.step.moved, self.others[self.step.predictions :], strict=True)):
            lines: dict[str, tuple[str, bool]] = {}
            result = move(Name(f"kept->moved[{i}]", lines), Name(self._shared(x), lines))
            inside = "".join(f"const double {name} = {line}; " for line, (name, _) in lines.items())
            yield f"{{ {inside}kept->moved[{i}] = {_text(result)}; }}"

    def _predictions(self) -> Iterator[str]:
        """The outputs that are kept, sample by sample."""
        count = self.step.predictions
        if not count:
            return
        yield f"double *kept_here = batches->predictions + at * {count}{'' if self.source.batched else ' / m'};"
        for i, x in enumerate(self.others[:count]):
            if not self.source.batched:
                yield f"kept_here[{i}] = {self._shared(x)};"
                continue
            value = f"out[{self.rows[id(x)]} * m + l]" if is_batched(x) else self._shared(x)
            yield f"for (long l = 0; l < m; l++) kept_here[l * {count} + {i}] = {value};"


def _text(x: Word) -> str:
    """A word, or a number, in C."""
    return x.text if isinstance(x, Name) else number(float(x))


def _address(x: NDArray[Any] | None) -> int:
    """Where an array begins; 0 for none."""
    return 0 if x is None else x.ctypes.data
