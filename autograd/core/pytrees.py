"""Arguments as structures: numbers and arrays in lists, tuples and dictionaries, taken apart and put together.

{"w": array([1, 2]), "b": 3}  →  blocks [array([1, 2]), 3]  →  {"w": array([10, 20]), "b": 30}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from numbers import Real
from typing import Any

from autograd.core.value import Value
from autograd.errors import OperandError, shown

Block = Any  # a number, a Value, or an array of them


def is_array(x: object) -> bool:
    """Whether it is an array of NumPy's, one of no dimensions too; a NumPy scalar is a number."""
    return hasattr(x, "ravel") and hasattr(x, "setflags") and not isinstance(x, Real)


def blocks(tree: Any, role: str = "An argument") -> Iterator[Block]:
    """The numbers and arrays of a structure, in order; None has none.

    Args:
        tree: numbers, Values and arrays, in lists, tuples and dictionaries of any depth.
        role: what an error calls it.

    Raises:
        OperandError: there is something else in it.

    >>> list(blocks({"w": [1.0, (2.0, None)], "b": 3.0}))
    [1.0, 2.0, 3.0]
    """
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from blocks(part, role)
    elif isinstance(tree, Value | Real) or (is_array(tree) and tree.dtype.kind in "biufO"):
        yield tree
    elif tree is not None:
        raise OperandError(
            f"{role} must be made of numbers, arrays, lists, tuples and dictionaries, "
            f"got {shown(tree)} ({type(tree).__name__}). Leave it out, or pass it as another argument."
        )


def rebuilt(tree: Any, parts: Iterator[Any]) -> Any:
    """The same structure with other things in place of its blocks.

    >>> rebuilt({"w": [1.0, (2.0, None)], "b": 3.0}, iter("xyz"))
    {'w': ['x', ('y', None)], 'b': 'z'}
    """
    if isinstance(tree, dict):
        return {key: rebuilt(part, parts) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        inside = [rebuilt(part, parts) for part in tree]
        if isinstance(tree, list):
            return inside
        return type(tree)(*inside) if hasattr(tree, "_fields") else tuple(inside)  # a named tuple
    return None if tree is None else next(parts)


def mapped(change: Callable[[Block], Any], tree: Any) -> Any:
    """A structure with each block changed."""
    return rebuilt(tree, iter([change(block) for block in blocks(tree)]))


def entries(block: Block) -> list[Any]:
    """The numbers or Values of a block."""
    return block.ravel().tolist() if is_array(block) else [block]


def shape(block: Block) -> tuple[int, ...]:
    """That of an array; () of a number."""
    return tuple(block.shape) if is_array(block) else ()


def shaped(numbers: Iterable[Any], *like: Block) -> Any:
    """Numbers or Values as an array that has the blocks' shapes one after the other; of numbers alone, the number.

    >>> shaped([1.0], 5.0)
    1.0
    """
    numbers = list(numbers)
    if not any(map(is_array, like)):
        return numbers[0]
    import numpy

    kind = object if any(isinstance(x, Value | Fraction) for x in numbers) else float
    array = numpy.empty(len(numbers), kind)
    array[:] = numbers
    return array.reshape(sum(map(shape, like), ()))
