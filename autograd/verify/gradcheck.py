"""Autograd's derivatives against difference quotients, kinks and edges of the domain included."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.graph import topological
from autograd.core.value import Number, Value, magnitude
from autograd.errors import GradientError, MissingExtra, OperandError
from autograd.language.names import derivative, symbol
from autograd.language.numbers import figure
from autograd.verify.complex_step import complex_step
from autograd.verify.finite_differences import Quotient, quotient
from autograd.verify.precise import precise_gradients
from autograd.verify.recording import Recording, recording
from autograd.verify.report import Comparison, Report, tolerance, within
from autograd.verify.rounding import Rounding, noise, roundings


@dataclass(frozen=True)
class Derivative:
    """Autograd's number, the difference quotient, what rounding does, and a way that takes no difference."""

    name: str
    autograd: Number
    quotient: Quotient
    rounding: Rounding
    sharper: Callable[[], Number | None]
    order: int = 1


def gradcheck(
    f: Callable[..., Any] | Value,
    at: Any = None,
    order: int = 2,
    eps: float | None = None,
    rtol: float = 1e-6,
    atol: float | None = None,
) -> Report:
    """Compare autograd's derivatives with difference quotients: ∂f/∂x ≈ (f(x + h) − f(x − h)) / 2h.

    The second order compares the Hessian with the quotients of the gradient. At a kink the table of operations
    has a convention, which decides where f is the graph it recorded; else every value between the slopes of both
    sides is right. The report says that there is a kink.

    Args:
        f: a function of Values, or a recorded graph J.
        at: its arguments: a number, or a list of numbers, nested lists, arrays; or a dict of them by
            name. For a graph: other numbers for leaves by name.
        order: 1, or 2 for second derivatives as well.
        eps: the step h; default: chosen for each operand by its scale and f's.
        rtol, atol: |autograd − numeric| may be atol + rtol times the larger of both; atol is by default
            what rounding may do to that derivative, measured on its own graph. The table says the sum.
            A quotient that is not as good as that decides nothing: then the recorded graph is
            differentiated in 50 digits (extra `symbolic`) or by a complex step.

    Returns:
        A `Report` that prints as a table.

    Raises:
        GradientError: they disagree; an AssertionError whose text is the table, worst first.
        OperandError: f does not give one Value, or another one at each call; `at` holds no numbers.

    Example:
        >>> from autograd import relu, tanh
        >>> gradcheck(lambda x, y: tanh(x) * y**2, [0.5, 3]).ok
        True
        >>> print(gradcheck(relu, 0.0, order=1))
        1 of 1 derivatives agree.
        input  autograd  numeric  tolerance  ulps  verdict
        ∂f/∂x  0.0       0.0      0          0     ok at a kink, slopes 0 and 1
    """
    __tracebackhide__ = True  # pytest shows the table and the test's own line
    if order not in (1, 2):
        raise OperandError(f"The order is 1 or 2, got {order!r}. Second derivatives include the first.")
    if eps is not None and not eps > 0:
        raise OperandError(f"The step eps must be positive, got {eps!r}. Leave it out, and it is chosen.")
    problem = recording(f, at)
    derivatives = [*_first(problem, eps), *(_second(problem, eps) if order == 2 else ())]
    report = Report(tuple(judge(each, rtol, atol) for each in derivatives), "numeric")
    if not report.ok:
        raise GradientError(str(report))
    return report


def _first(problem: Recording, eps: float | None) -> Iterator[Derivative]:
    """∂f/∂xᵢ, in the order of the inputs."""
    here = problem.here
    error, margins = noise(here.output), roundings(here.output, here.inputs)
    for i, g in enumerate(here.gradients()):
        q = quotient(problem.along(i), problem.numbers[i], eps, error)
        name = derivative(problem.name, problem.labels[i])
        yield Derivative(name, g, q, margins[i], partial(_sharper, problem, here.output, i, None))


def _second(problem: Recording, eps: float | None) -> Iterator[Derivative]:
    """∂²f/∂xᵢ∂xⱼ, the lower triangle of the Hessian row by row."""
    here = problem.here
    graphs = grad(here.output, here.inputs, create_graph=True)
    errors = [rounding.margin for rounding in roundings(here.output, here.inputs)]
    margins = [roundings(graph, here.inputs) for graph in graphs]
    for i, row in enumerate(here.hessian()):
        for j, g in enumerate(row[: i + 1]):
            title = second_derivative(problem.name, problem.labels[i], problem.labels[j])
            q = quotient(problem.along(i, j), problem.numbers[i], eps, errors[j])
            yield Derivative(title, g, q, margins[j][i], partial(_sharper, problem, graphs[j], i, j), 2)


def _sharper(problem: Recording, output: Value, i: int, j: int | None) -> Number | None:
    """The derivative of a recorded graph without any difference; None where there is none, or f does more than it."""
    if not problem.follows(output, i, j):
        return None
    x = problem.here.inputs[i]
    try:
        return precise_gradients(output, [x])[0]
    except MissingExtra:
        return complex_step(topological(output), x)


def second_derivative(y: str, x1: str, x2: str) -> str:
    """How ∂²f/∂x∂y is written, for three names.

    >>> second_derivative("f", "x", "y"), second_derivative("f", "x", "x")
    ('∂²f/∂x∂y', '∂²f/∂x²')
    """
    y, x1, x2 = map(symbol, (y, x1, x2))
    return f"∂²{y}/∂{x1}²" if x1 == x2 else f"∂²{y}/∂{x1}∂{x2}"


def judge(each: Derivative, rtol: float, atol: float | None) -> Comparison:
    """Autograd's number beside a difference quotient, or where that cannot tell, beside the sharper way's."""
    g, q = each.autograd, each.quotient
    rounding = each.rounding if atol is None else Rounding(atol, math.inf)
    number = _nearest(g, q)
    allowed = tolerance(g, number, rtol, rounding.margin)
    if math.isnan(float(g)):
        return Comparison(each.name, g, number, False, "nan", allowed)
    if q.jump and each.order == 1:
        return Comparison(each.name, g, number, False, "cannot tell: f jumps here, and has no slope", allowed)
    ok = within(q.distance(g), allowed + 2 * q.error)
    sure = bool(q.sides) or 2 * q.error <= allowed
    better = None if sure and ok and not q.sides else each.sharper()
    if better is not None:
        number, allowed = better, tolerance(g, better, rtol, rounding.margin)
        agree = rounding.agree(g, better, rtol)
        ok, sure = bool(agree), agree is not None
    elif not sure:  # the quotient alone, with its own error
        allowed += 2 * q.error
        sure = q.edge or q.error <= max(1e-2 * magnitude(number), rounding.margin, 1e-9 * q.unit)
    if not sure or (math.isinf(allowed) and math.isfinite(g)):
        return Comparison(each.name, g, number, False, "cannot tell: rounding hides the slope", allowed)
    return Comparison(each.name, g, number, ok, ("ok" if ok else "WRONG") + _place(q), allowed)


def _nearest(g: Number, q: Quotient) -> Number:
    """The quotient; at a kink autograd's own choice between the sides, or the side that is nearest to it."""
    if not q.sides:
        return q.value
    return g if q.distance(g) == 0 else min(q.sides, key=lambda side: magnitude(side - g))


def _place(q: Quotient) -> str:
    """What is special about the point."""
    place = " at an edge of the domain" if q.edge else ""
    if q.sides:
        left, right = (figure(side, digits=4)[0] for side in q.sides)
        place = f" at a kink, slopes {left} and {right}{place}"
    return place
