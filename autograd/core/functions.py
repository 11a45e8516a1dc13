"""Functions as HIPS autograd and JAX differentiate them: f is called with Values in place of an argument's numbers.

What is taken of the graph that f makes (gradient, Jacobian, …) is for `autograd.core.derivatives` to say. Inside of a
function that is differentiated itself, results are Values: `grad(grad(f))`.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from numbers import Real
from typing import Any

from autograd.core import numpys
from autograd.core.choices import called_to_be, is_followed
from autograd.core.pytrees import blocks, entries, is_array, mapped, rebuilt, shaped
from autograd.core.value import Number, Value
from autograd.errors import OperandError, ShapeError, shown

Which = int | Sequence[int]  # of a function's arguments: one, or several


class Call:
    """One call of a function that is differentiated.

    Attributes:
        tree: the argument that it is differentiated by, or a tuple of several.
        inputs: a Value for each number in it.
        output: what the function gave.
        aux: what it gave beside, with numbers for Values.
        graph: whether results are to be Values, as they are differentiated in turn.

    Args:
        f: the function.
        which: the number of the argument, or several of them, from 0.
        has_aux: whether f gives a pair, and only the first is differentiated.
        args, options: what it is called with.
    """

    def __init__(
        self, f: Callable[..., Any], which: Which, has_aux: bool, args: Sequence[Any], options: dict[str, Any]
    ) -> None:
        several = isinstance(which, tuple | list)
        places = [_place(i, len(args)) for i in (which if several else [which])]  # type: ignore[union-attr]
        self.tree = tuple(args[i] for i in places) if several else args[places[0]]
        self.graph = is_followed() or any(isinstance(x, Value) for block in blocks(self.tree) for x in entries(block))
        self.inputs: list[Value] = []
        followed = mapped(self._follow, self.tree)
        arguments = list(args)
        for i, argument in zip(places, followed if several else [followed], strict=True):
            arguments[i] = argument
        with called_to_be("differentiated"):
            self.output = run(f, *arguments, **options)
        self.aux = None
        if has_aux:
            self.output, self.aux = _pair(self.output)
            self.aux = self.aux if self.graph else _in_numbers(self.aux)

    def _follow(self, block: Any) -> Any:
        """Values for a block's numbers; what is a Value already is followed from here on, as x − 0."""
        numbers = [float(x) if is_array(block) and isinstance(x, int) else x for x in entries(block)]
        nodes = [x - 0 if isinstance(x, Value) else Value(x) for x in numbers]
        self.inputs += nodes
        return shaped(nodes, block)

    @functools.cached_property
    def result(self) -> Value:
        """The output, which must be one number."""
        y = self.output
        if is_array(y) and y.size == 1:
            y = y.item()
        if not isinstance(y, Value | Real):
            what = f"an array of shape {y.shape}" if is_array(y) else f"{shown(y)} ({type(y).__name__})"
            remedy = "For all derivatives of several numbers use jacobian; of each entry by its own, elementwise_grad."
            raise ShapeError(f"A gradient is of one number, and the function gives {what}. {remedy}")
        return _node(y)

    def outputs(self) -> list[Value]:
        """All numbers of the output."""
        return [_node(y) for block in blocks(self.output, "What a function gives") for y in entries(block)]

    def given(self, y: Value) -> Value | Number:
        """A result as it is handed out: a number, or where it is differentiated in turn the Value."""
        return y if self.graph else y.data

    def like_argument(self, numbers: Iterable[Any]) -> Any:
        """A number for each input, in the argument's structure."""
        return self._row([[*numbers]])

    def like_output(self, rows: Sequence[Sequence[Any]], output: Any) -> Any:
        """A row for each number of an output, in its structure: arrays have the output's axes, then the argument's."""
        rest = iter(rows)
        parts = [self._row([*islice(rest, len(entries(block)))], block) for block in blocks(output)]
        return rebuilt(output, iter(parts))

    def _row(self, rows: Sequence[Sequence[Any]], *above: Any) -> Any:
        start, parts = 0, []
        for block in blocks(self.tree):
            end = start + len(entries(block))
            parts.append(shaped((x for row in rows for x in row[start:end]), *above, block))
            start = end
        return rebuilt(self.tree, iter(parts))


def differentiated(
    f: Callable[..., Any], which: Which, has_aux: bool, derive: Callable[[Call], Any]
) -> Callable[..., Any]:
    """The function of f's arguments that gives what `derive` makes of a call; with has_aux a pair."""

    @functools.wraps(f)
    def derivative(*args: Any, **options: Any) -> Any:
        call = Call(f, which, has_aux, args, options)
        result = derive(call)
        return (result, call.aux) if has_aux else result

    return derivative


def _place(i: object, count: int) -> int:
    """The number of an argument."""
    if not hasattr(i, "__index__"):
        raise OperandError(f"argnum must be a whole number or a tuple of them, got {shown(i)}. The first is 0.")
    place = operator.index(i)
    if not -count <= place < count:
        raise ShapeError(
            f"argnum={place} is no argument: the function got {count}, by position, and the first is 0. "
            "Give the argument by position, not by name."
        )
    return place % count


def run(f: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What a user's function gives, for compiling and checking too; what NumPy cannot do is said in a sentence.

    Raises:
        OperandError: it calls a function of NumPy's that does not go through arrays of Values.
    """
    try:
        return f(*args, **options)
    except TypeError as error:
        if isinstance(error, OperandError) or not re.search(r"\bufunc\b|dtype\('O'\)", str(error)):
            raise
        name = re.match(r"ufunc '(\w+)' not supported", str(error))
        if refusal := name and numpys.without_loop(name[1]):
            raise refusal from error
        raise OperandError(
            f"NumPy cannot calculate this with Values ({error}). Write it with its functions of numbers, such as "
            "exp, sum, dot and @, or with this package's."
        ) from error


def _pair(output: Any) -> tuple[Any, Any]:
    if not isinstance(output, tuple) or len(output) != 2:
        raise ShapeError(
            f"With has_aux the function must return a pair (output, aux), got {shown(output)}. "
            "Return both, or leave has_aux out."
        )
    return output


def _node(y: Any) -> Value:
    return y if isinstance(y, Value) else Value(y)


def _in_numbers(tree: Any) -> Any:
    """A structure with its Values as numbers; what is no structure of numbers stays as it is."""
    try:
        return mapped(_block_in_numbers, tree)
    except OperandError:
        return tree


def _block_in_numbers(block: Any) -> Any:
    if is_array(block) and block.dtype.kind != "O":
        return block
    return shaped([x.data if isinstance(x, Value) else x for x in entries(block)], block)
