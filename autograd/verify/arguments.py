"""Nested arguments of a function as one flat list of named numbers, and back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograd.core.choices import called_to_be
from autograd.core.functions import run
from autograd.core.value import Number, Value
from autograd.errors import OperandError


class Arguments:
    """Nested numbers as one flat list, and back: as arguments of f, with a name for each entry.

    Args:
        f: whose parameters name the arguments.
        at: a number, a sequence of arguments or a dict of them.
        arrays: hand lists over as arrays.
    """

    def __init__(self, f: Callable[..., Any], at: Any, arrays: bool = False) -> None:
        self._keywords = isinstance(at, Mapping)
        items = dict(at) if self._keywords else dict(zip(*_named(f, at), strict=True))
        self._items = {name: _as_array(x) if arrays and isinstance(x, list | tuple) else x for name, x in items.items()}
        entries = {name: list(_entries(x, name)) for name, x in self._items.items()}
        self.names = [label for pairs in entries.values() for label, _ in pairs]
        self.numbers: list[Number] = [Value(x).data for pairs in entries.values() for _, x in pairs]
        self.shapes = {name: tuple(getattr(x, "shape", ())) for name, x in self._items.items()}
        self.sizes = {name: len(pairs) for name, pairs in entries.items()}
        self.lengths = {n for shape in self.shapes.values() for n in shape}

    def split(self, flat: Sequence[Any]) -> dict[str, list[Any]]:
        """A flat list by name."""
        rest = iter(flat)
        return {name: [next(rest) for _ in range(size)] for name, size in self.sizes.items()}

    def call_plainly(self, f: Callable[..., Any]) -> Any:
        """f on the numbers themselves, as they were given."""
        return f(**self._items) if self._keywords else f(*self._items.values())

    def call(self, f: Callable[..., Any], inputs: Sequence[Value]) -> Value:
        """f on these Values, nested as the numbers are."""
        rest = iter(inputs)
        nested = {name: _nested(x, rest) for name, x in self._items.items()}
        with called_to_be("checked"):
            result = run(f, **nested) if self._keywords else run(f, *nested.values())
        if getattr(result, "size", None) == 1:
            result = result.item()
        if isinstance(result, list | tuple) and len(result) == 1:
            [result] = result
        if isinstance(result, Value):
            return result
        try:
            return Value(result)  # f ignores its arguments
        except OperandError:
            kind = type(result).__name__
            raise OperandError(f"A check needs one output, got {kind}. Return a Value, as the sum of a loss.") from None


def _named(f: Callable[..., Any], at: Any) -> tuple[list[str], list[Any]]:
    """Arguments in order with the names of f's parameters."""
    if at is None:
        raise OperandError("A function needs numbers to be checked at. Give them, as in at=[1.0, 2.0].")
    given = list(at) if isinstance(at, list | tuple) else [at]
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    variable = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if variable or not names:
        names = [] if len(given) > 1 else ["x"]
        names = names or [f"x_{i + 1}" for i in range(len(given))]
    elif len(names) < len(given):
        raise OperandError(
            f"f takes {', '.join(names)}, but `at` has {len(given)} arguments. Put a vector in a list of its own."
        )
    return names[: len(given)], given


def _as_array(x: Any) -> Any:
    import numpy as np

    return np.array(x, dtype=object if any(not isinstance(e, int | float) for _, e in _entries(x, "")) else float)


def _entries(x: Any, name: str) -> Iterator[tuple[str, Number]]:
    """The numbers of a nested argument, each with its name: W₁₂ of an array is called W_12."""
    if isinstance(x, Value):
        raise OperandError(f"A check makes its own Values, got {x!r} for {name!r}. Give numbers.")
    if getattr(x, "shape", None) == ():
        yield name, x.item() if hasattr(x, "item") else x
    elif isinstance(x, list | tuple) or hasattr(x, "shape"):
        many = len(x) > 9
        for i, entry in enumerate(x, 1):
            joint = "_" if "_" not in name else "," if many else ""
            yield from _entries(entry, f"{name}{joint}{i}")
    else:
        yield name, x


def _nested(x: Any, rest: Iterator[Value]) -> Any:
    if getattr(x, "shape", None):
        import numpy as np

        array = np.empty(x.shape, dtype=object)
        for index in np.ndindex(x.shape):
            array[index] = next(rest)
        return array
    if isinstance(x, list | tuple):
        return type(x)(_nested(entry, rest) for entry in x)
    return next(rest)
