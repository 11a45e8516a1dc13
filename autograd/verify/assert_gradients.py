"""Autograd's gradients against a closed form, as a lecture writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.value import Number, Value
from autograd.errors import GradientError, OperandError, ShapeError
from autograd.language.names import derivative
from autograd.verify.arguments import Arguments
from autograd.verify.diagnosis import Claim, diagnose
from autograd.verify.judgement import SPOILED
from autograd.verify.recording import recorded
from autograd.verify.report import Comparison, Report, tolerance
from autograd.verify.rounding import Rounding, roundings


def assert_gradients(
    f: Callable[..., Any],
    closed_form: Callable[..., Mapping[str, Any]],
    at: Any,
    wrt: Iterable[str] | None = None,
    rtol: float = 1e-8,
    atol: float | None = None,
) -> Report:
    """Compare autograd's gradients with a closed form, as a lecture writes it: ∂L/∂W = (a − y)xᵀ.

    Args:
        f: a function of Values, of (nested) lists or of arrays of them.
        closed_form: a function of the same numbers and NumPy arrays that returns a dict, name →
            gradient, each in its input's shape.
        at: the arguments: a dict by name, or a list in the order of f's parameters; lists become arrays.
        wrt: the names to compare; default: all of them.
        rtol, atol: |autograd − closed form| may be atol + rtol times the larger of both; atol is by
            default what rounding may do to that entry's gradient, measured on f's own graph. The table
            says the sum.

    Raises:
        GradientError: they disagree; an AssertionError whose text is the table, worst first, and what
            is likely the mistake: opposite sign, a factor, transposed, a missing term.
        OperandError, ShapeError: a name that is missing or unknown; a gradient of another shape; f
            gives another number at each call.

    Example:
        >>> from autograd import sigmoid
        >>> report = assert_gradients(sigmoid, lambda x: {"x": 2.0}, at=[0.0])
        Traceback (most recent call last):
        autograd.errors.GradientError: 0 of 1 derivatives agree. ∂f/∂x of the closed form is 8 times autograd's.
        input  autograd  closed form  tolerance  ulps      verdict
        ∂f/∂x  0.25      2.0          2·10⁻⁸     3.9·10¹⁵  WRONG
    """
    __tracebackhide__ = True  # pytest shows the table and the test's own line
    arguments = Arguments(f, at, arrays=True)
    here = recorded(f, arguments).here
    output, inputs = here.output, here.inputs
    names = _chosen(arguments, wrt)
    claimed = _claimed(arguments.call_plainly(closed_form), names, arguments)
    gradients = grad(output, inputs)
    margins = roundings(output, inputs) if atol is None else [Rounding(atol, math.inf)] * len(inputs)
    roundings_by_name = arguments.split(margins)
    split, nodes = arguments.split(gradients), arguments.split(inputs)
    claims = [
        Claim(name, nodes[name], arguments.shapes[name], split[name], *claimed[name], rtol, roundings_by_name[name])
        for name in names
    ]
    rows = [row for claim in claims for row in _compared(claim)]
    hints = [diagnose(claim, output, arguments.lengths) for claim in claims if not claim.holds()]
    report = Report(tuple(rows), "closed form", " ".join(filter(None, hints)))
    if not report.ok:
        raise GradientError(str(report))
    return report


def _compared(claim: Claim) -> Iterator[Comparison]:
    """A row for each entry of one input."""
    for i, (node, number, claimed) in enumerate(zip(claim.nodes, claim.gradients, claim.claimed, strict=True)):
        ok = not claim.transposed and claim.agrees(i, number)
        allowed = tolerance(number, claimed, claim.rtol, claim.roundings[i].margin)
        verdict = SPOILED if ok is None else "ok" if ok else "WRONG"
        yield Comparison(derivative("f", str(node.name)), number, claimed, bool(ok), verdict, allowed)


def _chosen(arguments: Arguments, wrt: Iterable[str] | None) -> list[str]:
    """The names to compare."""
    names = list(arguments.shapes if wrt is None else wrt)
    if isinstance(wrt, str):
        names = [wrt]
    for name in names:
        if name not in arguments.shapes:
            raise OperandError(f"Unknown input {name!r} to compare. Choose one of {', '.join(arguments.shapes)}.")
    if not names:
        raise OperandError("There is nothing to compare. Give f an input, as in at={'x': 1.0}.")
    return names


def _claimed(given: Any, names: list[str], arguments: Arguments) -> dict[str, tuple[list[Number], bool]]:
    """The closed form's numbers in a row for each name, and whether they are transposed by their shape."""
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise OperandError(f'The closed form must return gradients by name, got {kind}. Return {{"{names[0]}": …}}.')
    for name in given:
        if name not in arguments.shapes:
            raise OperandError(
                f"The closed form has a gradient for {name!r}, no input of f. There are {', '.join(arguments.shapes)}."
            )
    for name in names:
        if name not in given:
            raise OperandError(f"The closed form has no gradient for {name!r}. Return it, or choose with wrt=[…].")
    return {name: _entries(given[name], name, arguments.shapes[name]) for name in names}


def _entries(gradient: Any, name: str, shape: tuple[int, ...]) -> tuple[list[Number], bool]:
    """The numbers of one gradient in the order of its input's, and whether it came transposed."""
    import numpy as np

    array = np.asarray(gradient)
    transposed = array.shape != shape and array.shape == shape[::-1]
    if array.shape != shape and not transposed and not array.size == math.prod(shape) == 1:
        raise ShapeError(
            f"The closed form of {name!r} has shape {array.shape}, the input {shape}. Return one for each entry."
        )
    numbers = (array.T if transposed else array).reshape(-1).tolist()
    if any(isinstance(x, Value) for x in numbers):
        raise OperandError(f"The closed form of {name!r} holds Values. Calculate it from the numbers it is given.")
    return numbers, transposed
