"""`compile`: a recorded graph as a program. `autograd/program/__init__.py` carries an example through the stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from autograd.core.value import Value

if TYPE_CHECKING:
    from autograd.program.program import Program

Nested: TypeAlias = Any  # a Value, a number, or (nested) lists or arrays of them


def compile(
    outputs: Value | Sequence[Value] | Callable[..., Nested],
    inputs: Sequence[Nested] = (),
    wrt: Sequence[Value] = (),
    backend: str = "numpy",
    also: Sequence[Value] = (),
) -> Program:
    """A recorded graph as a program: the outputs and their gradients at new numbers, at machine speed.

    The graph is recorded once; the program finds the matrices in it (`print(program)` shows them).

    Args:
        outputs: a Value, a list of Values, or a function of Values to record; a function is called
            with the inputs (without any, with a Value for each of its parameters).
        inputs: what each call gives: Values, or (nested) lists of them, which arrays of their shape
            stand for; for a function also numbers in such lists. All other leaves are read at each call.
        wrt: the Values that gradients are taken by; for a function, all its inputs if none are given.
        backend: "numpy"; "native", C by the system's compiler; or "jax".
        also: Values whose numbers stand in `values` after those of the outputs; no gradients of them are taken.

    Returns:
        A `Program`: `values, gradients = program(*arrays)`.

    Raises:
        OperandError: an output, input or wrt that is not a Value, or given twice; an unknown backend.
        TracingError: the function compares Values, or makes numbers of them.
        MissingExtra: the backend needs a package or compiler that is not there.
        LengthError: JAX would compile the graph for minutes, as few of its operations are alike.
        FileError: the native backend's temporary folder is full, or nothing can be loaded from it.

    Example:
        >>> from autograd import Value, compile, relu
        >>> program = compile(lambda x, y: relu(x * y))
        >>> program(3.0, 4.0)
        (np.float64(12.0), array([4., 3.]))
        >>> values, gradients = program([3.0, -1.0], [4.0, 5.0])
        >>> values, gradients
        (array([12.,  0.]), array([4., 3.]))
    """
    from autograd.program.arguments import recorded
    from autograd.program.program import Program

    if callable(outputs) and not isinstance(outputs, Value):
        outputs, inputs, wrt = recorded(outputs, inputs, wrt)
    return Program(outputs, inputs, wrt, backend, also)
