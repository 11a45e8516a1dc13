"""Autograd's derivatives against difference quotients, kinks and edges of the domain included."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.core.value import Number, Value, magnitude
from autograd.errors import GradientError, OperandError
from autograd.language.names import derivative, symbol
from autograd.language.numbers import figure
from autograd.verify.finite_differences import Quotient, quotient
from autograd.verify.recording import Recording, recording
from autograd.verify.report import Comparison, Report, within

Derivative = tuple[str, Number, Quotient]  # what it is, autograd's number, the difference quotient


def gradcheck(
    f: Callable[..., Any] | Value,
    at: Any = None,
    order: int = 2,
    eps: float | None = None,
    rtol: float = 1e-6,
    atol: float | None = None,
) -> Report:
    """Compare autograd's derivatives with difference quotients: ∂f/∂x ≈ (f(x + h) − f(x − h)) / 2h.

    The second order compares the Hessian with the quotients of the gradient. At a kink every value
    between the slopes of both sides is right, and the table says that there is one.

    Args:
        f: a function of Values, or a recorded graph J.
        at: its arguments: a number, or a list of numbers, nested lists, arrays; or a dict of them by
            name. For a graph: other numbers for leaves by name.
        order: 1, or 2 for second derivatives as well.
        eps: the step h; default: chosen for each operand by its scale and f's.
        rtol, atol: |autograd − numeric| may be atol + rtol times the larger of both, and twice the
            quotient's own error; atol is by default 1e-8 of the largest derivative of that order.
            A quotient whose own error is above 1 % of it, and above atol, decides nothing: not ok.

    Returns:
        A `Report` that prints as a table.

    Raises:
        GradientError: they disagree; an AssertionError whose text is the table, worst first.
        OperandError: f does not give one Value, or `at` holds no numbers.

    Example:
        >>> from autograd import relu, tanh
        >>> gradcheck(lambda x, y: tanh(x) * y**2, [0.5, 3]).ok
        True
        >>> print(gradcheck(relu, 0.0, order=1))
        1 of 1 derivatives agree.
        input  autograd  numeric  ulps  verdict
        ∂f/∂x  0.0       0.0      0     ok at a kink, slopes 0 and 1
    """
    if order not in (1, 2):
        raise OperandError(f"The order is 1 or 2, got {order!r}. Second derivatives include the first.")
    if eps is not None and not eps > 0:
        raise OperandError(f"The step eps must be positive, got {eps!r}. Leave it out, and it is chosen.")
    problem = recording(f, at)
    rows = _judged(list(_first(problem, eps)), rtol, atol)
    if order == 2:
        rows += _judged(list(_second(problem, eps)), rtol, atol)
    report = Report(tuple(rows), "numeric")
    if not report.ok:
        raise GradientError(str(report))
    return report


def _first(problem: Recording, eps: float | None) -> Iterator[Derivative]:
    """∂f/∂xᵢ, in the order of the inputs."""
    for i, g in enumerate(problem.here.gradients()):
        yield derivative(problem.name, problem.labels[i]), g, quotient(problem.along(i), problem.numbers[i], eps)


def _second(problem: Recording, eps: float | None) -> Iterator[Derivative]:
    """∂²f/∂xᵢ∂xⱼ, the lower triangle of the Hessian row by row."""
    for i, row in enumerate(problem.here.hessian()):
        for j, g in enumerate(row[: i + 1]):
            title = second_derivative(problem.name, problem.labels[i], problem.labels[j])
            yield title, g, quotient(problem.along(i, j), problem.numbers[i], eps)


def second_derivative(y: str, x1: str, x2: str) -> str:
    """How ∂²f/∂x∂y is written, for three names.

    >>> second_derivative("f", "x", "y"), second_derivative("f", "x", "x")
    ('∂²f/∂x∂y', '∂²f/∂x²')
    """
    y, x1, x2 = map(symbol, (y, x1, x2))
    return f"∂²{y}/∂{x1}²" if x1 == x2 else f"∂²{y}/∂{x1}∂{x2}"


def _judged(derivatives: Sequence[Derivative], rtol: float, atol: float | None) -> list[Comparison]:
    """A row for each derivative of one order."""
    largest = max((abs(float(q.value)) for _, _, q in derivatives if math.isfinite(q.value)), default=0.0)
    margin = 1e-8 * largest if atol is None else atol
    return [judge(*each, rtol, margin) for each in derivatives]


def judge(title: str, g: Number, q: Quotient, rtol: float, atol: float) -> Comparison:
    """Autograd's number beside a difference quotient."""
    number = _nearest(g, q)
    if math.isnan(float(g)):
        return Comparison(title, g, q.value, False, "nan")
    if math.isnan(number):
        return Comparison(title, g, number, False, "no difference quotient here")
    if q.error > max(1e-2 * magnitude(number), atol, 1e-9 * q.unit, 1e-12) and not q.sides and not q.edge:
        return Comparison(title, g, number, False, f"undecided, numeric only good to {q.error:.0e}; give eps=")
    ok = within(q.distance(g), atol + rtol * max(magnitude(g), magnitude(number)) + 2 * q.error)
    return Comparison(title, g, number, ok, ("ok" if ok else "WRONG") + _place(q))


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
