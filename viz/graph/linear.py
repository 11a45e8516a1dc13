"""Which operations only add, and which multiply two operands: read from the slopes in the table."""

from __future__ import annotations

from functools import cache

from autograd.core.op import OPS


@cache
def adds(op: str) -> bool:
    """Whether every slope of an operation is 1: its operands only add up."""
    return bool(op) and all(slope == 1 for slope in OPS[op].partials)


@cache
def multiplies(op: str) -> bool:
    """Whether the slope by either of two operands is the other one."""
    if not op or len(OPS[op].partials) != 2:
        return False
    x, y = object(), object()
    try:
        return [slope(x, y, None) for slope in OPS[op].partials] == [y, x]  # type: ignore[operator]
    except TypeError:
        return False
