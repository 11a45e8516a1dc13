"""A function or a recorded graph, recorded anew at other numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any

from autograd.core.choices import between, remembered
from autograd.core.derivatives import grad
from autograd.core.graph import leaves, refuse_frozen, topological
from autograd.core.op import OPS
from autograd.core.value import Number, Value, operands
from autograd.errors import OperandError
from autograd.language.names import Labels
from autograd.verify.arguments import Arguments


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


def recording(f: Callable[..., Any] | Value, at: Any) -> Recording:
    """The way to record f, at numbers as `gradcheck` takes them."""
    if isinstance(f, Value):
        return _of_graph(f, at)
    if not callable(f):
        raise OperandError(f"A check needs a function of Values or a Value, got {f!r}. Give f itself, not f(x).")
    arguments = Arguments(f, at)

    def record(numbers: Sequence[Number]) -> Recorded:
        inputs = [Value(x, name) for x, name in zip(numbers, arguments.names, strict=True)]
        return Recorded(arguments.call(f, inputs), inputs)

    return Recording(record, arguments.numbers, arguments.names, "f")


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


def replayed(nodes: Sequence[Value], leaves: Mapping[int, Any]) -> Any:
    """The last node, calculated anew with other things in place of the leaves.

    Args:
        nodes: in topological order.
        leaves: what stands for each leaf, by `id`: a number, a Value, whatever the rows run on.

    Raises:
        FrozenChoiceError: Python chose a branch of the graph by numbers that choose another one there.
    """
    results = dict(leaves)
    for z in nodes:
        if z.op:
            inputs = [results[id(x)] if isinstance(x, Value) else x for x in operands(z)]
            results[id(z)] = OPS[z.op](*OPS[z.op].columns(inputs))
    if any(map(remembered, nodes)) or between(nodes[0].order, nodes[-1].order):
        numbers = {key: getattr(x, "data", x) for key, x in results.items()}
        if all(isinstance(x, Real) for x in numbers.values()):
            refuse_frozen(nodes, numbers)
    return results[id(nodes[-1])]
