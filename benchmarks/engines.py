"""Who takes part: each engine as the same four actions, whatever it calls them.

An engine makes leaves of numbers, builds a program's graph on them and runs it backwards, tells the
gradients, and descends along them.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.measure import Options, Task, compare

Program = Callable[[Sequence[Any]], Any]
NEGLIGIBLE = 1e-12  # differences, and numbers
EXTRA = 'pip install ".[bench]"'


class Engine:
    """An engine that is used as micrograd is: `y.backward()`, then `x.grad`."""

    unreached: Any = None  # the grad of a leaf before any pass

    def __init__(self, number: Callable[[float], Any]) -> None:
        self.number = number

    def leaves(self, numbers: Sequence[float]) -> list[Any]:
        return [self.number(x) for x in numbers]

    def backward(self, program: Program, leaves: Sequence[Any]) -> Any:
        """Build and backward; returns the graph."""
        output = program(leaves)
        output.backward()
        return output

    def gradients(self, leaves: Sequence[Any]) -> list[float]:
        return [float(x.grad) for x in leaves]

    def descend(self, leaves: Sequence[Any], rate: float) -> Sequence[Any]:
        """Update, zero; returns the leaves of the next pass."""
        for x in leaves:
            x.data -= rate * x.grad
            x.grad = self.unreached
        return leaves


class Micrograd(Engine):
    unreached = 0


class Xad(Engine):
    """XAD's tape, written in C++: every pass registers its inputs anew."""

    def __init__(self, number: Callable[[float], Any], tape: Any) -> None:
        super().__init__(number)
        self.tape = tape

    def leaves(self, numbers: Sequence[float]) -> list[Any]:
        self.tape.clearAll()
        leaves = super().leaves(numbers)
        self.tape.registerInputs(leaves)
        self.tape.newRecording()
        return leaves

    def backward(self, program: Program, leaves: Sequence[Any]) -> Any:
        output = program(leaves)
        self.tape.registerOutput(output)
        output.derivative = 1.0
        self.tape.computeAdjoints()
        return output

    def gradients(self, leaves: Sequence[Any]) -> list[float]:
        return [x.derivative for x in leaves]

    def descend(self, leaves: Sequence[Any], rate: float) -> Sequence[Any]:
        return self.leaves([x.value - rate * x.derivative for x in leaves])


# ── who is here ───────────────────────────────────────────────────────────────────────────────────


def ours() -> Engine:
    return Engine(importlib.import_module("autograd").Value)


def micrograd() -> Engine:
    return Micrograd(importlib.import_module("micrograd.engine").Value)


def xad() -> Engine:
    adjoint, words = importlib.import_module("xad.adj_1st"), importlib.import_module("xad.math")
    adjoint.Real.relu = lambda x: words.max(x, 0.0)  # the word that the programs use
    tape = adjoint.Tape()
    tape.activate()
    return Xad(adjoint.Real, tape)


def torch() -> Engine:
    library = importlib.import_module("torch")
    library.set_num_threads(1)
    return Engine(partial(library.tensor, dtype=library.float64, requires_grad=True))


MAKERS = {"chalkgrad": ours, "micrograd": micrograd, "xad": xad, "torch": torch}


def field() -> dict[str, Engine]:
    """Every engine that is installed, ours first; says what is missing."""
    engines = {}
    for name, make in MAKERS.items():
        try:
            engines[name] = make()
        except ModuleNotFoundError:
            print(f"{name} is missing: {EXTRA}")
    return engines


# ── the contest ───────────────────────────────────────────────────────────────────────────────────


def agree(gradients_of: dict[str, Sequence[float]], tolerance: float = 1e-9) -> None:
    """Refuse to time wrong numbers: all gradients must be those of the last entry, up to roundings.

    Args:
        gradients_of: by whom; the last ones are right.
        tolerance: relative.

    Raises:
        ArithmeticError: a gradient differs, or most are 0.
    """
    reference, expected = gradients_of.popitem()
    if not gradients_of:
        print("\ngradients not checked: no peer is here")
    alive(f"gradients by {reference}", expected)
    for name, gradients in gradients_of.items():
        for i, (got, want) in enumerate(zip(gradients, expected, strict=True)):
            if not math.isclose(got, want, rel_tol=tolerance, abs_tol=NEGLIGIBLE):
                raise ArithmeticError(f"Leaf {i}: gradient {got} by {name}, {want} by {reference}.")


def alive(what: str, numbers: Sequence[float]) -> None:
    """Refuse numbers most of which are 0: of those a comparison could not fail. ReLU closes some units.

    Raises:
        ArithmeticError: more than half are 0, inf or nan, or there are none.
    """
    dead = sum(not NEGLIGIBLE < abs(x) < math.inf for x in numbers)
    if 2 * dead > len(numbers) or not len(numbers):
        raise ArithmeticError(
            f"{dead} of {len(numbers)} {what} are 0 or no numbers, so that a comparison means little. "
            "Choose other numbers."
        )


def gradients(engine: Engine, program: Program, numbers: Sequence[float]) -> list[float]:
    """A program's gradients at numbers."""
    leaves = engine.leaves(numbers)
    engine.backward(program, leaves)
    return engine.gradients(leaves)


def contest(title: str, program: Program, numbers: Sequence[float], operations: int, options: Options) -> None:
    """Check and time one program, build and backward, on every engine."""
    engines = field()
    agree({name: gradients(engine, program, numbers) for name, engine in engines.items()})
    tasks = [
        Task(name, partial(engine.leaves, numbers), partial(engine.backward, program))
        for name, engine in engines.items()
    ]
    compare(title, tasks, operations, options)
