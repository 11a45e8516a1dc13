"""Where a number stopped being one: the recorded graph, node by node, until one is inf or nan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd.core.op import OPS, Op, arrays, rebind
from autograd.core.value import Value, operands
from autograd.errors import DomainError

Array: TypeAlias = Any  # of all samples, or a NumPy number for all


def check(nodes: Sequence[Value], inputs: Mapping[Value, Array], samples: int | None) -> None:
    """Calculate nodes in their order, for all samples at once, values and slopes.

    Raises:
        DomainError: one is inf or nan although its operands are finite.
    """
    known: dict[Value, Array] = {}

    def number(x: Any) -> Array:
        if not isinstance(x, Value):
            return np.float64(x)
        if x not in known:
            known[x] = np.asarray(inputs[x] if x in inputs else np.float64(x.data))
            name = f"'{x.name}'" if x.name else "A leaf"
            _refuse(known[x], samples, f"{name} is", "Give finite numbers.")
        return known[x]

    with np.errstate(all="ignore"):
        for z in nodes:
            op, nodes_of = OPS[z.op], operands(z)
            numbers = [number(x) for x in nodes_of]
            known[z] = np.asarray(arrays()[op.name](*op.columns(numbers)), float)
            _examine(op, z, nodes_of, numbers, known[z], samples, op.name)
            seen = (known[z], *(rebind(op.common, arrays())(*op.columns(numbers)) if op.common else ()))
            for i in range(len(nodes_of)):
                column, entry = op.entry(i, numbers)
                partial = op.partials[column]
                if isinstance(nodes_of[i], Value) and not isinstance(partial, int):
                    slope = np.asarray(rebind(partial, arrays())(*entry, *seen), float)
                    _examine(op, z, nodes_of, numbers, slope, samples, f"The slope of {op.name}")


def _examine(
    op: Op, z: Value, nodes: Sequence[object], numbers: Sequence[Array], x: Array, samples: int | None, what: str
) -> None:
    """Refuse a node's value or slope, in the words of its row."""
    if np.isfinite(x).all():
        return
    at = _first(x)
    shown = [float(number.flat[at if number.size > 1 else 0]) for number in map(np.asarray, numbers)]
    names = [getattr(node, "name", None) for node in nodes]
    reason = str(op.refusal(_kind(op, shown), shown, names))
    _refuse(x, samples, f"{what}{f' at {z.name!r}' if z.name else ''} is", reason, ": ")


def _kind(op: Op, numbers: Sequence[float]) -> Exception:
    """What Python's floats would say: too large, (−1e200)², which is inside the domain, or outside of it."""
    try:
        op.evaluate(numbers, ())
    except OverflowError:
        return OverflowError()
    except (ArithmeticError, ValueError):
        pass
    return ValueError() if op.where else OverflowError()


def _refuse(x: Array, samples: int | None, what: str, why: str, joint: str = ". ") -> None:
    if not np.isfinite(x).all():
        at = _first(x)
        where = f" for sample {at}" if samples is not None and x.ndim else ""
        raise DomainError(f"{what} {x.flat[at]}{where}{joint}{why}")


def _first(x: Array) -> int:
    return int(np.flatnonzero(~np.isfinite(x))[0])
