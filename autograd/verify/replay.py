"""A recorded graph calculated anew, with other things in place of its leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from autograd.core.choices import between, remembered
from autograd.core.op import OPS
from autograd.core.replay import refuse_frozen
from autograd.core.value import Value, operands


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
