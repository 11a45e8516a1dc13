"""The stages in their order: a trace becomes a lowered program, which every back end starts from."""

from __future__ import annotations

import functools
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograd.core.op import Op
from autograd.core.value import Value
from autograd.program.autodiff import Reverse
from autograd.program.biases import with_biases
from autograd.program.decompose import decompose
from autograd.program.ir import Atom, Graph
from autograd.program.irregular import is_irregular
from autograd.program.loops.finding import loops
from autograd.program.lower import lower
from autograd.program.tape import Tape
from autograd.program.trace import Trace
from autograd.program.vectorize import Vectorized, vectorize

VERIFY = bool(os.environ.get("CHALKGRAD_VERIFY"))  # check what each stage returns: the tests turn it on
LINE, CALL, ELEMENT = 8e-9, 0.65e-6, 1e-9  # seconds: an operation on floats, a NumPy call, each of its elements


@dataclass(frozen=True)
class Cost:
    """What a call costs: scalar operations for each sample, array statements, bytes of memory for each sample."""

    operations: int
    groups: int
    bytes: int


@dataclass(frozen=True)
class Lowered:
    """A program for one sample or for many, lowered as far as the back ends share it.

    Attributes:
        graph: the nodes, none of them composed but the machine's own.
        results: the outputs, then the gradient of each differentiated one.
        sizes: how many scalars each result has.
        values: how many results are outputs.
    """

    graph: Graph
    results: list[Atom]
    sizes: list[int]
    values: int

    @functools.cached_property
    def vectorized(self) -> Vectorized:
        return self._checked("vectorize", vectorize(self.graph, self.results, self.sizes))

    @functools.cached_property
    def with_biases(self) -> Vectorized:
        """The statements in fewer products, for a back end to which each is a call, or a way through the memory."""
        return self._checked("biases", with_biases(self.vectorized))

    def _checked(self, stage: str, program: Vectorized) -> Vectorized:
        if VERIFY:
            from autograd.program import verify

            verify.check_statements(stage, program, self.sizes)
        return program

    @functools.cached_property
    def operations(self) -> int:
        """Scalar operations, for each sample."""
        return sum(node.n * node.width * len(node.operands) for node in self.graph.nodes if node.kind != "join")

    @property
    def cost(self) -> Cost:
        scalars = sum(node.n for node in self.vectorized.nodes)
        return Cost(self.operations, len(self.vectorized.statements), 8 * scalars)


def recorded(outputs: Sequence[Value], wrt: Sequence[Value], inputs: Sequence[Value], runs_tapes: bool) -> Trace | Tape:
    """A graph in groups of what is alike, recurrences as loops; an irregular one as a tape, if the back end runs it."""
    tape = Tape(outputs, wrt, inputs)
    recurrences = loops(tape)
    if runs_tapes and not recurrences.carried and is_irregular(tape):
        return tape
    return Trace(tape, recurrences)


def lowered(trace: Trace, batched: bool, differentiated: int, own: Collection[Op] = ()) -> Lowered:
    """A trace through all stages that know no machine.

    Args:
        batched: whether the inputs have a batch axis.
        differentiated: of how many outputs a gradient is wanted: the first ones.
        own: composed rows that the machine has functions for.
    """
    graph, outputs, wrt = lower(trace, batched)
    sizes = [1] * len(outputs) + [len(wrt)] * differentiated
    _check("lower", graph, outputs, sizes[: len(outputs)])
    reverse = Reverse(graph, wrt)
    results = [*outputs, *map(reverse.gradient, outputs[:differentiated])]
    _check("autodiff", graph, results, sizes)
    graph, results = decompose(graph, results, own)
    _check("decompose", graph, results, sizes, own)
    return Lowered(graph, results, sizes, len(outputs))


def _check(stage: str, graph: Graph, results: Sequence[Atom], sizes: Sequence[int], own: Collection[Op] = ()) -> None:
    if VERIFY:
        from autograd.program import verify

        verify.check_graph(stage, graph, results, sizes, own)
