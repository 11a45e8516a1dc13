"""An operation and a number as C writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd.core.fast_ops import pattern
from autograd.core.notation import fill
from autograd.core.op import Op
from autograd.ops import pow


def expression(op: Op, operands: Sequence[str]) -> str:
    """An operation in C.

    >>> from autograd.core.op import OPS
    >>> expression(OPS["mul"], ["x", "y"]), expression(OPS["exp"], ["x"]), expression(OPS["pow"], ["x", "2.0"])
    ('(x * y)', 'exp(x)', '(x * x)')
    """
    if op is pow and operands[1] == "2.0":
        return f"({operands[0]} * {operands[0]})"
    if op.is_composed:
        return f"{op.name}({', '.join(operands)})"
    if op.c:
        return fill(op.c, dict(zip(op.operands, operands, strict=True)))
    return pattern(op).format(*operands)


def number(x: float) -> str:
    """A number in C.

    >>> number(0.5), number(math.nan), number(-math.inf)
    ('0.5', 'NAN', '(-INFINITY)')
    """
    if math.isfinite(x):
        return repr(x)
    return {math.inf: "INFINITY", -math.inf: "(-INFINITY)"}.get(x, "NAN")
