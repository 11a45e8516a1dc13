"""A function or a recorded graph, recorded anew at other numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.graph import leaves, topological
from autograd.core.value import Number, Value
from autograd.errors import OperandError
from autograd.language.names import Labels
from autograd.verify.arguments import Arguments
from autograd.verify.finite_differences import defined
from autograd.verify.replay import replayed
from autograd.verify.report import close, in_full
from autograd.verify.rounding import noise

AGAIN, AGAIN_SECONDS = 8, 0.2  # how often f is called again, at least once


@dataclass(frozen=True)
class Recorded:
    """An output and the leaves it was made of."""

    output: Value
    inputs: Sequence[Value]

    def gradients(self) -> list[Number]:
        return grad(self.output, self.inputs)

    def hessian(self) -> list[list[Number]]:
        return [grad(g, self.inputs) for g in grad(self.output, self.inputs, create_graph=True)]


@dataclass(frozen=True)
class Recording:
    """How to record f at numbers, where to check it, and what f and its inputs are called."""

    record: Callable[[Sequence[Number]], Recorded]
    numbers: Sequence[Number]
    labels: Sequence[str]
    name: str

    @cached_property
    def here(self) -> Recorded:
        """f at the numbers where it is to be checked."""
        return self.record(self.numbers)

    def along(self, i: int, j: int | None = None) -> Callable[[Number], Number]:
        """f, or ∂f/∂xⱼ, as a function of the number xᵢ."""

        def g(x: Number) -> Number:
            recorded = self.record([*self.numbers[:i], x, *self.numbers[i + 1 :]])
            return recorded.output.data if j is None else recorded.gradients()[j]

        return g

    def follows(self, output: Value, i: int, j: int | None = None) -> bool:
        """Whether a graph gives f, or ∂f/∂xⱼ, beside the point too: then f made no choice and hid no number from it."""
        here, at = self.here, float(self.numbers[i])
        nodes = topological(output)
        numbers = {id(x): x.data for x in (*here.inputs, *nodes) if not x.op}
        f = defined(self.along(i, j))
        graph = defined(lambda x: replayed(nodes, numbers | {id(here.inputs[i]): x}))
        near = [at + h * (abs(at) or 1.0) for h in (-(2.0**-10), -(2.0**-20), 2.0**-20, 2.0**-10)]
        margin = noise(output)
        return all(close(f(x), graph(x), 2.0**-48, margin) or (f(x) != f(x) and graph(x) != graph(x)) for x in near)


def recording(f: Callable[..., Any] | Value, at: Any) -> Recording:
    """The way to record f, at numbers as `gradcheck` takes them."""
    if isinstance(f, Value):
        return _of_graph(f, at)
    if not callable(f):
        raise OperandError(f"A check needs a function of Values or a Value, got {f!r}. Give f itself, not f(x).")
    return recorded(f, Arguments(f, at))


def recorded(f: Callable[..., Any], arguments: Arguments) -> Recording:
    """The way to record f at these arguments, which gives the same again and again."""

    def record(numbers: Sequence[Number]) -> Recorded:
        inputs = [Value(x, name) for x, name in zip(numbers, arguments.names, strict=True)]
        return Recorded(arguments.call(f, inputs), inputs)

    return repeatable(Recording(record, arguments.numbers, arguments.names, "f"))


def repeatable(problem: Recording) -> Recording:
    """The recording, if f gives the same again and again: nothing can be said of the slope of chance.

    Raises:
        OperandError: another value or another gradient at the same numbers.
    """
    once, end = problem.here, monotonic() + AGAIN_SECONDS
    for _ in range(AGAIN):
        again = problem.record(problem.numbers)
        for a, b in zip([once.output.data, *once.gradients()], [again.output.data, *again.gradients()], strict=True):
            if a != b and not a != a:
                raise OperandError(
                    f"{problem.name} gives {in_full(a)} and then {in_full(b)} at the same numbers: it is random, or "
                    "remembers a call. Draw its random numbers outside and give them as arguments, switch dropout off."
                )
        if monotonic() > end:
            break
    return problem


def _of_graph(output: Value, at: Mapping[str, Number] | None) -> Recording:
    nodes, inputs = topological(output), leaves(output)
    labels = Labels(nodes)
    names = [labels[x] for x in inputs]
    at = {} if at is None else at
    unknown = [name for name in at if name not in names] if isinstance(at, Mapping) else [at]
    if unknown:
        raise OperandError(
            f"A graph is checked at numbers by name, got {unknown[0]!r}. Its leaves are {', '.join(names)}."
        )

    def record(numbers: Sequence[Number]) -> Recorded:
        fresh = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
        return Recorded(replayed(nodes, dict(zip(map(id, inputs), fresh, strict=True))), fresh)

    numbers = [Value(at.get(name, x.data)).data for x, name in zip(inputs, names, strict=True)]
    return Recording(record, numbers, names, labels[output])
