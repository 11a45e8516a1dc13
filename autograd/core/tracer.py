"""Operators and methods (for nn and viz too) that call the rows, as in `x * w`; a subclass says what they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from autograd.core.op import Op, Traced


class Tracer(Traced):
    """Whatever calculates with the table's rows: `apply(op, operands)` says what an operation makes of its operands.

    Every operator of the table is an operator here, and every row of one operand (the others by
    default) a method, as in `x.tanh()`: `autograd.methods` hangs them here, `tracer.pyi` declares them.
    """

    __slots__ = ()

    def __pos__(self) -> Self:
        return self


def methods(op: Op) -> dict[str, Callable[..., Any]]:
    """What a row gives to whatever is Traced: its operator and the reflected one, or a method for each of its names."""

    def forward(self: Traced, other: object) -> Any:
        return self.operate(op, self, other)

    def reflected(self: Traced, other: object) -> Any:
        return self.operate(op, other, self)

    def method(self: Traced, *rest: Any) -> Any:
        return self.apply(op, op.complete((self, *rest)))

    if op.infix and len(op.operands) == 2:
        return {f"__{op.dunder}__": forward, f"__r{op.dunder}__": reflected}
    names = [op.name, *op.aliases] + [f"__{op.dunder}__"] * bool(op.dunder)
    return dict.fromkeys(names, method) if op.takes_one else {}
