"""Steps of training, described so that a back end can take many of them in one call: batches, a rule, what is kept.

    p = 0.5, g = 2    SGD's rule on these words gives    p − rate · g

The rule is a function of words. A back end gives names and gets a text, or its own arrays and gets arrays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from autograd.program.ir import FloatArray, IntArray
from autograd.program.pipeline import Lowered

MOST = 16  # programs that are remembered
Word: TypeAlias = Any  # whatever calculates with the table's rows
Call: TypeAlias = Callable[[int, int], int]
Change: TypeAlias = Callable[[Callable[[str], Word]], tuple[Word, Mapping[str, Word]]]


@dataclass(frozen=True)
class Step:
    """What a step of training does with a program's gradient.

    Attributes:
        key: what tells its rule and `moved` from others.
        columns, drawn: how many inputs of a sample are an example's, and how many are drawn anew.
        change: what the parameters and their averages become, from a function that gives the words: "p", "g", "rate"
            and "steps" (taken so far), "norm", each of `arguments`, and each average, as "slots.m".
        arguments: the names of the numbers that the rule reads.
        slots: the names of the averages.
        parts: which part of the parameters each belongs to: "norm" is that of its gradient; without any none is read.
        samples: how many the program joins; 0 if it is for any number of them, of whose costs the mean is wanted.
        predictions: how many outputs after the cost are kept.
        moved: for each later output what a number kept becomes, from its word and the output's.
    """

    key: Hashable
    columns: int
    drawn: int
    change: Change
    arguments: tuple[str, ...]
    slots: tuple[str, ...]
    parts: IntArray | None = None
    samples: int = 0
    predictions: int = 0
    moved: Sequence[Callable[[Word, Word], Word]] = ()

    @property
    def shape(self) -> Hashable:
        """What a program for it depends on."""
        parts = None if self.parts is None else self.parts.tobytes()
        return self.key, self.columns, self.drawn, parts, self.samples, self.predictions


@dataclass
class Batches:
    """The batches of some steps in a row: sample l of step k is row order[starts[k] + l].

    Attributes:
        rows: all examples, (n, columns): the first inputs of the program.
        order: the rows' order; None for their own.
        starts: where each step's samples begin there, (steps,).
        ends: how many samples there are up to and with each step, from 0 before the first, (steps + 1,).
        rates: the learning rate of each step, (steps,).
        drawn: the other inputs of the program, one row for each sample of these steps; None where there are none.
        costs: to write: the sum of the costs of each step's samples.
        predictions: to write: those of each sample of these steps, (samples, units).
    """

    rows: FloatArray
    order: IntArray | None
    starts: IntArray
    ends: IntArray
    rates: FloatArray
    drawn: FloatArray | None
    costs: FloatArray
    predictions: FloatArray


@dataclass
class Kept:
    """What steps of training change.

    Attributes:
        parameters: (n,).
        slots: averages, each (n,).
        moved: other numbers, which outputs move.
        arguments: numbers that the rule reads.
        steps: how many were taken so far.
    """

    parameters: FloatArray
    slots: Sequence[FloatArray]
    moved: FloatArray
    arguments: FloatArray
    steps: int


class Training(ABC):
    """A program with what a step does around it; it keeps nothing of the numbers that it is called with."""

    @classmethod
    @abstractmethod
    def make(cls, program: Lowered, step: Step) -> Training | None:
        """None where the program does not suit."""

    @abstractmethod
    def most(self, samples: int) -> int:
        """How many steps of so many samples a call may take, so that Ctrl-C ends it soon; perhaps none."""

    @abstractmethod
    def bound(self, batches: Batches, kept: Kept, leaves: FloatArray) -> Call:
        """The call for these arrays, as `Loop` has it."""


class Loop:
    """Steps of one program, whose leaves have the numbers that they had at first."""

    def __init__(self, training: Training, leaves: FloatArray) -> None:
        self.training, self.leaves = training, leaves
        self.most = training.most
        self.arrays: tuple[Batches | None, Kept | None] = None, None

    def __call__(self, batches: Batches, kept: Kept, first: int, last: int) -> int:
        """Take the steps from `first` to before `last`, and say which one comes next.

        It is an earlier one than `last` where that step's cost is inf or nan, or, with a finite cost, it gave a
        parameter that is; the parameters are those before it then. `kept.steps` counts as the rule has run.
        """
        if self.arrays[0] is not batches or self.arrays[1] is not kept:
            self.arrays, self.call = (batches, kept), self.training.bound(batches, kept, self.leaves)
        return self.call(first, last)


_known: OrderedDict[Hashable, Training | None] = OrderedDict()  # the latest used


def remembered(key: Hashable, make: Callable[[], Training | None]) -> Training | None:
    """What was made for a key, or is made now: a model that is recorded again is not lowered and loaded again."""
    if key not in _known:
        _known[key] = make()
        while len(_known) > MOST:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]
