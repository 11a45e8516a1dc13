"""A recorded graph calculated anew, with other things in place of its leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograd.core.op import OPS
from autograd.core.value import Value, operands


def replayed(nodes: Sequence[Value], leaves: Mapping[int, Any]) -> Any:
    """The last node, calculated anew with other things in place of the leaves.

    Args:
        nodes: in topological order.
        leaves: what stands for each leaf, by `id`: a number, a Value, whatever the rows run on.
    """
    results = dict(leaves)
    for z in nodes:
        if z.op:
            inputs = [results[id(x)] if isinstance(x, Value) else x for x in operands(z)]
            results[id(z)] = OPS[z.op](*OPS[z.op].columns(inputs))
    return results[id(nodes[-1])]
