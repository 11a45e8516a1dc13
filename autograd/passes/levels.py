"""How much one step of the passes stands for, one row a level: for viz and nn, which ask whether a node has a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograd.core.derivatives import Folded
from autograd.core.op import OPS
from autograd.core.value import Value, operands
from autograd.language.names import handed_on


@dataclass(frozen=True)
class Level:
    """Which nodes have a step.

    Attributes:
        about: what a step stands for, in one line for the command's help.
        remake: what stands in a node's place; None for the node itself.
        shown: whether a node has a step of its own; the output always has.
    """

    about: str
    remake: Callable[[Value], Value] | None = None
    shown: Callable[[Value], bool] = lambda z: True


def has_name(z: Value) -> bool:
    """Whether a node is called by a name; a leaf always is, if need be x₁."""
    return not z.op or bool(z.name)


def scalars(z: Value) -> Value:
    """A node of a row on vectors as scalar operations, by the row's own words; another node as it is.

    >>> from autograd.ops import dot
    >>> scalars(dot([Value(1.0, "a"), Value(2.0, "b")], [Value(3.0, "c"), Value(4.0, "d")]))
    Value(11.0, a · c + b · d)
    """
    if not z.op or not OPS[z.op].variadic:
        return z
    taken = OPS[z.op].value(*([Folded(x) for x in column] for column in OPS[z.op].columns(operands(z))))
    return taken.node.named(z.name) if isinstance(taken.node, Value) and taken.node.order > z.order else z


def has_step(z: Value) -> bool:
    """Whether there is something to be told of a node: not of 0 + x, with which Python's `sum` begins."""
    if z.name or not z.op or (z.x.__class__ is z.y.__class__ is Value):
        return True
    return handed_on(z) is None


LEVELS = {
    "value": Level("a step for each node", shown=has_step),
    "named": Level("a step for each name, whose formula spans the nameless nodes between", shown=has_name),
    "scalar": Level("as value, with vectors taken apart into sums and products", remake=scalars, shown=has_step),
}
