"""An optimiser's rule in other words than numbers: run on Values it is a graph, on names a formula or a program."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import fields
from typing import Any, cast

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd.core.op import OPS
from nn.errors import ModelError
from nn.optimizers.base import Optimizer, State

ROWS = {op.ufunc or op.name: op for op in OPS.values()}


class Cell(NDArrayOperatorsMixin):
    """What a rule takes for an array: one word, which it changes in place.

    Args:
        word: whatever calculates with the table's rows, such as a Value, or a number.

    Example:
        >>> from autograd import Value
        >>> m = Cell(Value(2.0, "m"))
        >>> m *= 0.5
        >>> m.word, np.sign(m).word
        (Value(1.0, m · 0.5), Value(1, sign(m · 0.5)))
    """

    def __init__(self, word: Any) -> None:
        self.word = word

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, out: tuple[Cell, ...] = ()) -> Cell:
        if method != "__call__":  # a sum is not one entry's matter
            return NotImplemented  # type: ignore[no-any-return]
        words = [x.word if isinstance(x, Cell) else x for x in operands]
        [result] = out or (Cell(None),)
        result.word = ROWS.get(ufunc.__name__, ufunc)(*words)
        return result

    def __getitem__(self, place: object) -> Cell:
        return self

    def __bool__(self) -> bool:
        """Refused: what a word's number is, another one may not be."""
        raise TypeError("its words have no truth value")


class Argument(Cell):
    """An argument of an optimiser."""

    def __bool__(self) -> bool:
        """A rule asks whether an argument is there: those that are 0 or None are no cells, nor is a rate of 0."""
        return True


def arguments(optimizer: Optimizer) -> dict[str, float]:
    """The numbers that an optimiser's rule reads, by name, without the learning rate and those that are 0.

    >>> from nn.optimizers import RMSprop
    >>> arguments(RMSprop())
    {'rho': 0.9, 'epsilon': 1e-07}
    """
    given = {x.name: getattr(optimizer, x.name) for x in fields(optimizer) if x.name != "learning_rate"}
    return {name: float(x) for name, x in given.items() if isinstance(x, int | float) and x and x is not True}


def structure(optimizer: Optimizer) -> tuple[object, ...]:
    """What of its arguments an optimiser's words depend on: which are there, and whatever is no number."""
    given = (getattr(optimizer, x.name) for x in fields(optimizer) if x.name not in ("learning_rate", "parameters"))
    return tuple(bool(x) if isinstance(x, int | float) or x is None else repr(x) for x in given)


def step(optimizer: Optimizer, word: Callable[[str], Any], clips: bool = False) -> tuple[Any, dict[str, Any]]:
    """What one step of an optimiser makes of p and of its averages, in words.

    Args:
        optimizer: one that clips nothing, unless `word` knows "norm": that is not one entry's matter.
        clips: whether it does.
        word: what stands for "p" and "g", for "rate" and "steps" (taken so far), for each of `arguments`, and for
            each average, such as "slots.m".

    Raises:
        ModelError: it clips, or its rule asks a word for its number.

    Example:
        >>> from autograd import Value
        >>> from nn.optimizers import SGD
        >>> step(SGD(0.1), lambda name: Value(2.0, name))[0]
        Value(-2.0, p − rate · g)
    """
    own, state, rate = _in_words(optimizer, word, clips)
    p, g = Cell(word("p")), Cell(word("g"))
    try:
        if own.clipnorm or own.global_clipnorm:
            g = g * own.shrinking(Cell(word("norm")))
            own.clipnorm = own.global_clipnorm = None
        own.change(state, rate, cast(Any, g), cast(Any, p))
    except TypeError as error:
        raise ModelError(
            f"{type(optimizer).__name__}'s rule does not run on words: {error}. Write NumPy's functions, as np.sqrt."
        ) from None
    return p.word, {name: _bare(x) for name, x in state.slots.items()}


def averages(optimizer: Optimizer, word: Callable[[str], Any]) -> tuple[Any, Any]:
    """The means of gradients and of their squares that an optimiser finds in its state, in words; None without one."""
    own, state, rate = _in_words(optimizer, word)
    return _bare(own.averaged_gradient(state, rate)), _bare(own.averaged_square(state))


def _in_words(optimizer: Optimizer, word: Callable[[str], Any], clips: bool = False) -> tuple[Optimizer, State, float]:
    if not clips and (optimizer.clipnorm or optimizer.global_clipnorm or optimizer.clipvalue):
        name = type(optimizer).__name__
        raise ModelError(f"{name} clips gradients, which its rule in words does not. Leave clipping out.")
    own = copy.copy(optimizer)
    for name in arguments(optimizer):
        setattr(own, name, Argument(word(name)))
    slots = {name: cast(Any, Cell(word(f"slots.{name}"))) for name in own.slots}
    return own, State(cast(int, Cell(word("steps"))), slots), cast(float, Argument(word("rate")))


def _bare(cell: Any) -> Any:
    return cell.word if isinstance(cell, Cell) else cell
