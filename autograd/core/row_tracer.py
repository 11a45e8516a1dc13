"""A tracer, for viz too, that is asked only for what the table cannot say: laws and composed rows come before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.core.op import Op
from autograd.core.tracer import Tracer


class RowTracer(Tracer):
    """A tracer with a `row` for each operation that has no words of its own."""

    __slots__ = ()

    def apply(self, op: Op, operands: Sequence[Any]) -> Any:
        """What a law of the table makes of the operands, or the row's own words, or else `row`."""
        folded = op.fold(operands)
        if folded is not None:
            return folded
        return op.value(*op.columns(operands)) if op.is_composed else self.row(op, operands)

    def row(self, op: Op, operands: Sequence[Any]) -> Any:
        """A row that is not composed, on operands to which no law applies."""
        raise NotImplementedError
