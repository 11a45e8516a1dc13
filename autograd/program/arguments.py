"""Reading what the user gives: outputs, inputs and `wrt` as Values, arrays for the inputs, a function to record."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral, Real
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np

from autograd.core.choices import recording
from autograd.core.functions import run
from autograd.core.value import Value
from autograd.errors import OperandError, ShapeError

Shape: TypeAlias = tuple[int, ...]
Nested: TypeAlias = Any  # a Value, a number, or (nested) lists or arrays of them
Array: TypeAlias = Any  # of NumPy, or of JAX where a program is traced by it
NOTHING = np.zeros(0)
NESTS = (list, tuple, np.ndarray)


def values(entries: Iterable[object] | object, role: str) -> list[Value]:
    """A list of Values, or an error."""
    return _all_values(_listed(entries, role), role)


def inputs(entries: Iterable[Nested]) -> tuple[list[Shape], list[Value]]:
    """The shape of each input, and all their Values in a row."""
    entries = _listed(entries, "inputs")
    shapes = [_shape(entry, f"inputs[{i}]") for i, entry in enumerate(entries)]
    scalars = _all_values([x for entry in entries for x in _flat(entry)], "inputs")
    distinct(scalars, "inputs")
    return shapes, scalars


def distinct(scalars: Sequence[Value], role: str) -> None:
    """Refuse a Value that stands twice."""
    first: dict[Value, int] = {}
    for i, x in enumerate(scalars):
        if first.setdefault(x, i) != i:
            name = f" '{x.name}'" if x.name else ""
            raise OperandError(f"Value{name} stands twice in {role}, as {first[x]} and {i}. Give it once.")


def _listed(entries: Any, role: str) -> list[Any]:
    if isinstance(entries, Value):
        raise OperandError(f"{role} must be a list of Values, got one Value. Put it in brackets: {role}=[x].")
    try:
        members = iter(entries)
    except TypeError:
        return [entries]
    return list(members)  # an error inside of a generator is its own


def _all_values(entries: list[Any], role: str) -> list[Value]:
    for i, x in enumerate(entries):
        if not isinstance(x, Value):
            raise OperandError(
                f"{role}[{i}] must be a Value, got {x!r} ({type(x).__name__}). Calculate with Value(…) from the start."
            )
    return entries


def _shape(entry: Nested, place: str) -> Shape:
    if not isinstance(entry, NESTS):
        return ()
    shapes = {_shape(x, place) for x in entry}
    if len(shapes) > 1:
        raise ShapeError(f"{place} is ragged: its rows have the shapes {sorted(shapes)}. Make them equal.")
    return (len(entry), *(shapes.pop() if shapes else ()))


def _flat(entry: Nested) -> list[Nested]:
    if not isinstance(entry, NESTS):
        return [entry]
    return [x for part in entry for x in _flat(part)]


def vector(parameters: Array, leaves: int) -> Array:
    """The numbers of all leaves as one array."""
    parameters = np.asarray(parameters, float)
    if parameters.shape != (leaves,):
        raise ShapeError(
            f"The program reads {counted(leaves, 'leaf')}, got an array of shape {parameters.shape}. "
            f"Give shape ({leaves},), as `read` returns."
        )
    return parameters


def row(numbers: Array, n: int, which: str, role: str) -> Array:
    """The numbers of n leaves, as an array of NumPy or JAX, or an error."""
    if numbers.shape != (n,):
        raise ShapeError(
            f"The program has {counted(n, 'leaf')} {which}, got an array of shape {numbers.shape} {role}. "
            f"Give one of shape ({n},)."
        )
    return numbers


def batch(arrays: Sequence[Array], shapes: Sequence[Shape], xp: ModuleType = np) -> tuple[Sequence[Array], int | None]:
    """An array for each input, of its shape or with a batch axis before it; and how many samples a batch has."""
    if len(arrays) != len(shapes):
        raise ShapeError(
            f"The program has {counted(len(shapes), 'input')}, got {counted(len(arrays), 'array')}. "
            "Give one for each input, in their order."
        )
    if not arrays:
        return arrays, None
    if xp is np:
        arrays = _as_arrays(arrays)
    return arrays, None if [array.shape for array in arrays] == shapes else _samples(arrays, shapes)


def columns(arrays: Sequence[Array], shapes: Sequence[Shape], xp: ModuleType = np) -> tuple[Array, int | None]:
    """All inputs as one array: shape (n,), or (n, B) with a batch; and B."""
    arrays, samples = batch(arrays, shapes, xp)
    if samples is None:
        rows = [array.ravel() for array in arrays]
    else:
        rows = [
            array.reshape(samples, math.prod(shape)).T
            if array.shape != shape
            else xp.broadcast_to(array.reshape(-1, 1), (array.size, samples))
            for array, shape in zip(arrays, shapes, strict=True)
        ]
    return xp.concatenate(rows or [NOTHING]), samples


def _samples(arrays: Sequence[Array], shapes: Sequence[Shape]) -> int | None:
    samples: int | None = None
    for i, (array, shape) in enumerate(zip(arrays, shapes, strict=True)):
        if array.shape == shape:
            continue
        if array.ndim == 0 or array.shape[1:] != shape:
            batch = f"({', '.join(['B', *map(str, shape)])}{',' * (not shape)})"
            raise ShapeError(f"Input {i} has shape {shape}, or {batch} with a batch; got {array.shape}. Reshape it.")
        if samples not in (None, len(array)):
            raise ShapeError(
                f"Input {i} has a batch of {len(array)}, an input before it one of {samples}. Make them equal."
            )
        samples = len(array)
    return samples


def _as_arrays(arrays: Sequence[object]) -> list[Array]:
    converted: list[Array] = []
    try:
        for array in arrays:
            converted.append(np.asarray(array, float))
    except (TypeError, ValueError) as error:
        raise ShapeError(
            f"Input {len(converted)} is not an array of numbers: {error}. Give numbers in rows of equal length."
        ) from None
    return converted


def whole(count: object, role: str) -> int:
    """A count, 0 or more, or an error."""
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 0:
        raise OperandError(f"{role} must be a whole number of at least 0, got {count!r}. Try {role}=100.")
    return int(count)


def finite(x: object, role: str) -> float:
    """A number that is not inf or nan as a float, or an error."""
    if isinstance(x, bool) or not isinstance(x, Real) or not math.isfinite(x):
        raise OperandError(f"{role} must be a finite number, got {x!r}. Try {role}=0.1.")
    return float(x)


def counted(n: int, noun: str) -> str:
    """A number of things: 1 leaf, 2 leaves, 0 inputs."""
    plural = "leaves" if noun == "leaf" else f"{noun}s"
    return f"{n} {noun if n == 1 else plural}"


Recorded: TypeAlias = tuple["Value | list[Nested]", Sequence[Nested], Sequence[Value]]  # outputs, inputs, wrt


def recorded(function: Callable[..., Nested], inputs: Sequence[Nested], wrt: Sequence[Value]) -> Recorded:
    """A function called with Values: its outputs, inputs, and what gradients are taken by."""
    arguments = [_fresh(x) for x in inputs] or _parameters(function)
    with recording():
        outputs = run(function, *arguments)
    if not isinstance(outputs, Value):
        outputs = _flat(outputs)
    return outputs, arguments, wrt or _flat(arguments)


def _fresh(entry: Nested) -> Nested:
    """An input of a function: numbers become Values, in the same lists."""
    if isinstance(entry, np.ndarray):
        return np.array([_fresh(x) for x in entry.ravel().tolist()] + [None], dtype=object)[:-1].reshape(entry.shape)
    if isinstance(entry, list | tuple):
        return [_fresh(x) for x in entry]
    return entry if isinstance(entry, Value) else Value(entry)


def _parameters(function: Callable[..., Nested]) -> list[Value]:
    """A Value for each parameter that needs one."""
    kinds = inspect.Parameter
    required = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (kinds.VAR_POSITIONAL, kinds.KEYWORD_ONLY) and parameter.default is kinds.empty:
            raise OperandError(f"How many Values {name!r} takes is unknown. Give examples, such as inputs=[0.0, 0.0].")
        if parameter.default is kinds.empty and parameter.kind is not kinds.VAR_KEYWORD:
            required.append(Value(math.nan, name))
    return required
