"""NumPy's functions on a Value: rows where the table has them, otherwise NumPy's own loops over Python's operators.

Arrays of Values do not come here: there NumPy calls the Values' methods and operators, entry by entry (those that no
row has by that name, such as `arctan2`, are in `METHODS`), and where it compares them (`np.maximum(zs, 0)`), the
choice is noted as that of any comparison is. What it has no loop over objects for (`np.isnan`, `np.copysign`) it
refuses before it looks at them, in its own words, and in ours in a function that is differentiated, checked or
compiled; `[np.isnan(z) for z in zs]` works.
"""

from __future__ import annotations

import functools
import math
import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any

from autograd.core.choices import note, signbit
from autograd.core.foreign import Absent, missing
from autograd.core.op import OPS
from autograd.core.value import HIDDEN, Value
from autograd.errors import OperandError


def ufunc(self: Value, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """What `np.maximum(z, 0)` and `array * z` call.

    Raises:
        OperandError: neither the table nor Python's operators have the function.
    """
    own = _rows().get(function)
    if own and method == "__call__" and not options:
        return entrywise(own, inputs)
    return _by_numpy(getattr(function, method), function.__name__, inputs, options)


def function(self: Value, function: Any, kinds: object, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What `np.where(c, z, 0)` and `np.clip(z, 0, 1)` call: NumPy's functions that are no ufuncs."""
    name = function.__name__
    if name == "round":
        return entrywise(round, inputs)
    if name in OPS and not OPS[name].variadic and len(inputs) + len(options) > 1:
        return entrywise(OPS[name], _bounded(*inputs, **options))
    return _by_numpy(function, name, inputs, options)


class Asked(Absent):
    """What NumPy asks each Value of an array for, as `z.arctan2(x)`, where no row has that name."""

    def __get__(self, z: Value, kind: object = None) -> Callable[..., Any]:
        own = getattr(sys.modules.get("numpy"), self.name, None)
        if z is None or own.__class__.__name__ != "ufunc":
            raise missing(z, self.name)

        def refuse(*operands: object) -> Any:
            raise _no_meaning(self.name)

        return functools.partial(_rows().get(own, refuse), z)


METHODS = {
    name: Asked(name)
    for name in (
        *("arccosh", "arcsinh", "arctan2", "arctanh", "deg2rad", "degrees", "exp2", "fabs", "fmod", "logical_xor"),
        *("rad2deg", "radians", "rint"),
        *(op.name for op in OPS.values() if not (op.takes_one or op.infix or op.variadic)),
    )
}
HIDDEN |= {*METHODS}


def _bounded(x: Any, lo: Any = None, hi: Any = None, **options: Any) -> tuple[Any, Any, Any]:
    """Three operands; np.clip may have its last ones by name, or none."""
    lo, hi = (options.pop(f"a_{k}", options.pop(k, bound)) for k, bound in (("min", lo), ("max", hi)))
    if options:
        raise OperandError(f"For a Value leave {next(iter(options))}= out: it makes a new Value.")
    return x, -math.inf if lo is None else lo, math.inf if hi is None else hi


def entrywise(op: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """A function of scalars on each entry of what is broadcast; of scalars alone, its result."""
    if any(hasattr(x, "__len__") or getattr(x, "shape", ()) for x in inputs):
        import numpy

        return numpy.frompyfunc(op, len(inputs), 1)(*map(_boxed, inputs))
    return op(*[x.item() if hasattr(x, "item") else x for x in inputs])


def _asked(question: Callable[[Any], bool]) -> Callable[[Value], bool]:
    def asked(x: Value) -> bool:
        answer = question(x.data)
        note(question, x, None, answer)
        return answer

    return asked


def _copysign(x: Any, y: Any) -> Any:
    below = _asked(signbit)(y) if isinstance(y, Value) else signbit(y)
    return -abs(x) if below else abs(x)


_OTHERS: dict[str, Callable[..., Any]] = {  # what operators say, or is asked of the number
    "copysign": _copysign, "floor_divide": operator.floordiv, "remainder": operator.mod,
    "fabs": abs, "float_power": lambda x, y: x**y, "exp2": lambda x: 2**x, "rint": round,
    **dict.fromkeys(("deg2rad", "radians"), lambda x: x * (math.pi / 180)),
    **dict.fromkeys(("rad2deg", "degrees"), lambda x: x * (180 / math.pi)),
    **{f.__name__: _asked(f) for f in (math.isnan, math.isinf, math.isfinite, signbit)},
}  # fmt: skip


@functools.cache
def _rows() -> dict[Any, Callable[..., Any]]:
    """What each of NumPy's functions is here; comparisons are Python's, so that masks are of true and false."""
    import numpy

    chosen = [op for op in OPS.values() if not op.variadic and not (op.is_step and len(op.operands) > 1)]
    named = {name: op for op in chosen for name in (op.name, *op.aliases, op.ufunc) if name} | _OTHERS
    return {getattr(numpy, name): own for name, own in named.items() if hasattr(numpy, name)}


def _by_numpy(call: Callable[..., Any], name: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """NumPy's own way with objects."""
    try:
        result = call(*map(_boxed, inputs), **{key: _boxed(x) for key, x in options.items()})
        return result[()] if getattr(result, "shape", None) == () else result
    except OperandError:  # it says what is wrong
        raise
    except (AttributeError, TypeError) as error:
        raise _no_meaning(name, "" if "not supported for the input" in str(error) else f" ({error})") from None


def without_loop(name: str) -> OperandError | None:
    """The error where NumPy goes through arrays of floats only, not of Values; None if it is none of its functions."""
    own = getattr(sys.modules["numpy"], name, None)
    if own.__class__.__name__ != "ufunc":
        return None
    if own not in _rows():
        return _no_meaning(name)
    return OperandError(
        f"NumPy's {name} does not go through an array of Values. Call it on each of them, as in "
        f"[np.{name}(z) for z in zs], or use this package's functions, which chalkgrad ops lists."
    )


def _no_meaning(name: str, why: str = "") -> OperandError:
    return OperandError(
        f"NumPy's {name} has no meaning for a Value{why}. Use this package's functions, which chalkgrad ops lists; "
        "where a plain number is meant, write x.data."
    )


def _boxed(x: Any) -> Any:
    """A Value in an array of no dimensions, which NumPy does not ask again; lists likewise."""
    if isinstance(x, Value):
        import numpy

        box = numpy.empty((), dtype=object)
        box[()] = x
        return box
    return type(x)(map(_boxed, x)) if type(x) in (list, tuple) else x
