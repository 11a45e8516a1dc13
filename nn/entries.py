"""A user's loss on arrays: an example's targets and predictions as NumPy calculates with them, and many examples'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from autograd import ShapeError, Value, compile, ops
from autograd.core.choices import recording
from autograd.program.program import Program
from nn.errors import ModelError

ROWS: dict[str, Callable[..., Any]] = {  # NumPy's choices are operations, so that they are made anew for each example
    "where": ops.where,
    "clip": ops.clip,
    "greater": ops.gt,
    "less": lambda x, y: ops.gt(y, x),
    "greater_equal": lambda x, y: 1 - ops.gt(y, x),
    "less_equal": lambda x, y: 1 - ops.gt(x, y),
    "equal": ops.eq,
    "not_equal": lambda x, y: 1 - ops.eq(x, y),
}
ELSEWHERE = ("keras", "tensorflow", "tf_keras", "torch", "jax")


class Entries(np.ndarray[Any, Any]):
    """An array of numbers and Values of which NumPy's functions, choices too, make nodes.

    Example:
        >>> y, p = entries([1.0, 0.0]), entries([Value(0.5), Value(0.25)])
        >>> np.mean((y - p) ** 2)
        Value(0.15625, ((1 − 0.5)² + (0 − 0.25)²) / 2)
        >>> np.maximum(1 - p, 0.6)[0]
        Value(0.6, max(1 − 0.5, 0.6))
    """

    def __array_ufunc__(self, ufunc: Any, method: Any, *inputs: Any, **kwargs: Any) -> Any:
        plain = [x.view(np.ndarray) if isinstance(x, Entries) else x for x in inputs]
        if method == "__call__" and ufunc.signature is None:
            return _again(np.frompyfunc(ROWS.get(ufunc.__name__, ufunc), len(plain), 1)(*plain))
        return _again(getattr(ufunc, method)(*plain, **kwargs))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        own = ROWS.get(function.__name__)
        if own and len(args) == 3:
            return _again(np.frompyfunc(own, 3, 1)(*[np.asarray(x, object) for x in args]))
        return super().__array_function__(function, types, args, kwargs)


def _again(result: Any) -> Any:
    return result.view(Entries) if isinstance(result, np.ndarray) else result


def entries(numbers: Sequence[Any]) -> Entries:
    """Numbers or Values as an array of them, (n,)."""
    array = np.empty(len(numbers), object)
    array[:] = numbers
    return array.view(Entries)


@dataclass(frozen=True, eq=False)
class OnArrays:
    """A user's function of arrays (y, p) of one example, as a loss of lists, or of columns of many examples.

    What it gives for each output is averaged, as Keras does.

    Raises:
        ModelError: it calls another library, or wants more than one example.
        ShapeError: it gives neither a number nor one for each output.
    """

    function: Callable[..., Any]

    def __call__(self, y: Sequence[Any], p: Sequence[Any]) -> Any:
        if isinstance(p[0], np.ndarray):
            columns = [np.broadcast_to(x, p[0].shape) for x in (*y, *p)]
            return _compiled(self, len(p)).values(np.stack(columns, 1))[:, 0]
        name = getattr(self.function, "__name__", "loss")
        try:
            loss = self.function(entries(y), entries(p))
        except (np.exceptions.AxisError, IndexError) as error:
            raise ModelError(
                f"The loss {name} gets one example at a time, arrays of shape ({len(p)},): {error}. "
                "Write axis=-1, and y[0] in place of y[:, 0]."
            ) from None
        except Exception as error:
            self._refuse_libraries(name, error)
            raise
        if np.shape(loss) not in ((), (1,), (len(p),)):
            raise ShapeError(
                f"The loss {name} gave an array of shape {np.shape(loss)} for {len(p)} outputs. "
                "Return a number, or one for each output."
            )
        loss = loss if np.shape(loss) == () else np.mean(loss)
        return float(loss) if isinstance(loss, np.number) else loss

    def _refuse_libraries(self, name: str, error: Exception) -> None:
        code, known = getattr(self.function, "__code__", None), getattr(self.function, "__globals__", {})
        for word in code.co_names if code else ():
            library = getattr(known.get(word), "__name__", "").partition(".")[0]
            if library in ELSEWHERE:
                raise ModelError(
                    f"The loss {name} calls {library}, whose functions take no Values. "
                    "Write NumPy's, such as np.mean(np.square(y - p), axis=-1), or those of nn.ops."
                ) from error


@lru_cache(maxsize=16)
@recording()
def _compiled(loss: OnArrays, units: int) -> Program:
    """A loss of so many outputs, of arrays (examples, 2 · units) of targets and predictions."""
    row = [Value(0.5) for _ in range(2 * units)]
    cost = loss(row[:units], row[units:])
    return compile([cost if isinstance(cost, Value) else Value(cost)], [row])
