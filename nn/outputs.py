"""What a layer or model gives for one sample: a list of Values; of one unit, usable as that Value."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import ShapeError, Value


def _forward(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda self, other: operate(self.single(), other)


def _reflected(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda self, other: operate(other, self.single())


def _alone(operate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda self: operate(self.single())


class Outputs(list[Value]):
    """The outputs for one sample, in the order of the units.

    A list in every respect; where a number is needed, that of a single unit, as in `(model(x) - y)**2`.

    Raises:
        ShapeError: a number is needed, and there are several outputs, or none.

    >>> y = Outputs([Value(3.0)])
    >>> len(y), (1 - 2 * y).relu().data, (y - 1).data
    (1, 0, 2.0)
    """

    __slots__ = ()

    def single(self) -> Value:
        """The only output."""
        if len(self) != 1:
            raise ShapeError(f"There are {len(self)} outputs where one number is needed. Choose one, as in outputs[0].")
        return self[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(Value, name):
            raise AttributeError(f"'Outputs' object has no attribute {name!r}", name=name, obj=self)
        if len(self) != 1:
            raise AttributeError(f"There are {len(self)} outputs. Choose one, as in outputs[0].{name}.")
        return getattr(self[0], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.single(), name, value)

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's functions of lists make arrays; a NumPy number times a single output is a Value."""
        alone = len(inputs) > 1 and len(self) == 1 and all(x is self or np.ndim(x) == 0 for x in inputs)
        inputs = tuple((x[0] if alone else np.array(x, object)) if isinstance(x, Outputs) else x for x in inputs)
        return getattr(function, method)(*inputs, **options)

    def __add__(self, other: Any) -> Any:
        return list.__add__(self, other) if isinstance(other, list) else self.single() + other

    def __iadd__(self, other: Any) -> Any:
        return list.__iadd__(self, other) if isinstance(other, Iterable) else self + other

    __radd__ = _reflected(operator.add)
    __sub__, __rsub__ = _forward(operator.sub), _reflected(operator.sub)
    __mul__, __rmul__, __imul__ = _forward(operator.mul), _reflected(operator.mul), _forward(operator.mul)
    __truediv__, __rtruediv__ = _forward(operator.truediv), _reflected(operator.truediv)
    __pow__, __rpow__ = _forward(operator.pow), _reflected(operator.pow)
    __neg__, __abs__, __float__ = _alone(operator.neg), _alone(operator.abs), _alone(float)
