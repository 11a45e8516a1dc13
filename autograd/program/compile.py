"""A recorded graph compiled: what scalars were written as is found to be matrices, and run as such.

    recorded   the graph's scalars in groups of isomorphic ones
    joint      groups as nodes, and the nodes of the gradient
    expanded   composed rows in their own words, dead parts dropped
    rolled     index arrays as views, grids of dot products as matrix products
    arrays, floats, native, jax_      a backend each

`form` says what a node is, `program` is what the user holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.core.value import Value

if TYPE_CHECKING:
    from autograd.program.program import Program


def compile(
    outputs: Any,
    inputs: Sequence[Any] = (),
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
        OperandError: an output, input or wrt that is no Value, or given twice; an unknown backend.
        TracingError: the function compares Values, or makes numbers of them.
        MissingExtra: the backend needs a package or compiler that is not there.

    Example:
        >>> from autograd import Value, compile, relu
        >>> program = compile(lambda x, y: relu(x * y))
        >>> program(3.0, 4.0)
        (np.float64(12.0), array([4., 3.]))
        >>> values, gradients = program([3.0, -1.0], [4.0, 5.0])
        >>> values, gradients
        (array([12.,  0.]), array([4., 3.]))
    """
    from autograd.program.program import Program, traced

    if callable(outputs) and not isinstance(outputs, Value):
        outputs, inputs, wrt = traced(outputs, inputs, wrt)
    return Program(outputs, inputs, wrt, backend, also)
