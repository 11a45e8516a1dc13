"""A gradient against another way of finding it: difference quotients, or the closed form of a lecture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograd.core.derivatives import grad
from autograd.core.graph import leaves, topological
from autograd.core.value import Number, Value, magnitude
from autograd.errors import GradientError, OperandError, ShapeError
from autograd.language.names import Labels, derivative, symbol
from autograd.language.numbers import figure
from autograd.verify.arguments import Arguments
from autograd.verify.diagnosis import hint
from autograd.verify.finite_differences import Quotient, quotient, replayed

MOST_ROWS = 20  # of a table in a message


@dataclass(frozen=True)
class Comparison:
    """One derivative, found in two ways."""

    name: str  # what it is: ∂J/∂b
    autograd: Number
    other: Number
    ok: bool
    verdict: str

    @property
    def ulps(self) -> float:
        """The difference in units in the last place of the larger one, dimensionless."""
        return ulps(self.autograd, self.other)


@dataclass(frozen=True)
class Report:
    """The outcome of a check; printing it prints the table, worst first."""

    rows: tuple[Comparison, ...]
    heading: str  # of the other way's column
    hint: str = ""

    @property
    def ok(self) -> bool:
        return all(row.ok for row in self.rows)

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        worst = sorted(self.rows, key=lambda row: (row.ok, -row.ulps if not math.isnan(row.ulps) else -math.inf))
        table = [("input", "autograd", self.heading, "ulps", "verdict")]
        table += [(r.name, shown(r.autograd), shown(r.other), in_ulps(r.ulps), r.verdict) for r in worst[:MOST_ROWS]]
        right = sum(row.ok for row in self.rows)
        head = f"{right} of {len(self.rows)} derivatives agree."
        more = [f"… and {len(worst) - MOST_ROWS} more."] if len(worst) > MOST_ROWS else []
        return "\n".join([head + (f" {self.hint}" if self.hint else ""), *aligned(table), *more])


def shown(x: Number) -> str:
    """A number with all its digits, or as a fraction."""
    return (
        figure(x, digits=17 if isinstance(x, float) else 12)[0]
        if not isinstance(x, float)
        else repr(x).replace("-", "−")
    )


def in_ulps(x: float) -> str:
    return figure(x, digits=2)[0] if x else "0"


def ulps(a: Number, b: Number) -> float:
    """|a − b| in units in the last place of the larger one.

    >>> ulps(1.0, 1.0 + 2**-52), ulps(2.0, 2.0)
    (1.0, 0.0)
    """
    if a == b:
        return 0.0
    size = max(abs(float(a)), abs(float(b)))
    return float(magnitude(a - b)) / math.ulp(size) if math.isfinite(size) else math.nan


def aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, its columns two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


# ── against difference quotients ──────────────────────────────────────────────────────────────────


def gradcheck(
    f: Any, at: Any = None, order: int = 2, eps: float | None = None, rtol: float = 1e-6, atol: float | None = None
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
        rtol, atol: |autograd − numeric| may be atol + rtol · |numeric| and the quotient's own error;
            atol is by default 1e-8 of the largest derivative of that order.

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
    function, inputs, labels, name = _problem(f, at)
    numbers = [x.data for x in inputs]
    output = function(numbers)
    found: list[tuple[str, int, int | None, Number]]
    found = [(derivative(name, x), i, None, g) for i, (x, g) in enumerate(zip(labels, output.gradients(), strict=True))]
    if order == 2:
        for i, row in enumerate(output.hessian()):
            found += [(second(name, labels[i], labels[j]), i, j, g) for j, g in enumerate(row[: i + 1])]
    parts = [(title, g, quotient(_along(function, numbers, i, j), numbers[i], eps)) for title, i, j, g in found]
    margins = [_margin(parts[: len(inputs)], atol), _margin(parts[len(inputs) :], atol)]
    rows = [_judge(title, g, q, rtol, margins[k >= len(inputs)]) for k, (title, g, q) in enumerate(parts)]
    report = Report(tuple(rows), "numeric")
    if not report.ok:
        raise GradientError(str(report))
    return report


def _margin(parts: Sequence[tuple[str, Number, Quotient]], atol: float | None) -> float:
    """The absolute tolerance of derivatives of one order."""
    largest = max((abs(float(q.value)) for _, _, q in parts if math.isfinite(q.value)), default=0.0)
    return 1e-8 * largest if atol is None else atol


def second(y: str, x1: str, x2: str) -> str:
    """∂²f/∂x∂y for three names."""
    y, x1, x2 = map(symbol, (y, x1, x2))
    return f"∂²{y}/∂{x1}²" if x1 == x2 else f"∂²{y}/∂{x1}∂{x2}"


def _judge(title: str, g: Number, q: Quotient, rtol: float, atol: float) -> Comparison:
    number = q.value
    if math.isnan(float(g)):
        return Comparison(title, g, number, False, "nan")
    if q.sides:
        number = g if q.distance(g) == 0 else min(q.sides, key=lambda side: abs(side - g))
    if math.isnan(number):
        return Comparison(title, g, number, False, "no difference quotient here")
    ok = (
        q.distance(g) <= atol + rtol * max(magnitude(g), magnitude(number)) + 2 * q.error
        if math.isfinite(g)
        else g == number
    )
    if q.error > max(1e-2 * magnitude(number), atol, 1e-9 * q.unit, 1e-12) and not q.sides and not q.edge:
        return Comparison(title, g, number, False, f"undecided, numeric only good to {q.error:.0e}; give eps=")
    verdict = "ok" if ok else "WRONG"
    if q.sides:
        left, right = (figure(side, digits=4)[0] for side in q.sides)
        verdict += f" at a kink, slopes {left} and {right}"
    if q.edge:
        verdict += " at an edge of the domain"
    return Comparison(title, g, number, ok, verdict)


@dataclass(frozen=True)
class _Recorded:
    """An output and the leaves it was made of."""

    output: Value
    inputs: Sequence[Value]

    def gradients(self) -> list[Number]:
        return grad(self.output, self.inputs)

    def gradient(self, j: int) -> Number:
        return grad(self.output, [self.inputs[j]])[0]

    def hessian(self) -> list[list[Number]]:
        return [grad(g, self.inputs) for g in grad(self.output, self.inputs, create_graph=True)]


Recording = Callable[[Sequence[Number]], _Recorded]


def _along(function: Recording, numbers: Sequence[Number], i: int, j: int | None) -> Callable[[Number], Number]:
    """f, or ∂f/∂xⱼ, as a function of the number xᵢ."""

    def g(x: Number) -> Number:
        made = function([*numbers[:i], x, *numbers[i + 1 :]])
        return made.output.data if j is None else made.gradient(j)

    return g


def _problem(f: Any, at: Any) -> tuple[Recording, list[Value], list[str], str]:
    """How to record f at numbers, its inputs, and what they and f are called."""
    if isinstance(f, Value):
        return _of_graph(f, at)
    if not callable(f):
        raise OperandError(f"A check needs a function of Values or a Value, got {f!r}. Give f itself, not f(x).")
    arguments = Arguments(f, at)

    def record(numbers: Sequence[Number]) -> _Recorded:
        inputs = [Value(x, name) for x, name in zip(numbers, arguments.names, strict=True)]
        return _Recorded(arguments.call(f, inputs), inputs)

    inputs = [Value(x) for x in arguments.numbers]
    return record, inputs, arguments.names, "f"


def _of_graph(output: Value, at: Any) -> tuple[Recording, list[Value], list[str], str]:
    nodes, inputs = topological(output), leaves(output)
    labels = Labels(nodes)
    names = [labels[x] for x in inputs]
    unknown = [name for name in at or {} if name not in names]
    if unknown or not isinstance(at, Mapping | None):
        wrong = repr(unknown[0] if unknown else at)
        raise OperandError(f"A graph is checked at numbers by name, got {wrong}. Its leaves are {', '.join(names)}.")

    def record(numbers: Sequence[Number]) -> _Recorded:
        fresh = [Value(x, name) for x, name in zip(numbers, names, strict=True)]
        given = {id(x): new for x, new in zip(inputs, fresh, strict=True)}
        return _Recorded(replayed(nodes, given), fresh)

    start = [Value((at or {}).get(name, x.data)) for x, name in zip(inputs, names, strict=True)]
    return record, start, names, labels[output]


# ── against closed forms ──────────────────────────────────────────────────────────────────────────


def assert_gradients(
    f: Callable[..., Any],
    closed_form: Callable[..., Any],
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
        rtol, atol: |autograd − closed form| may be atol + rtol · |closed form|; atol is by default
            1e-12 of the largest gradient.

    Raises:
        GradientError: they disagree; an AssertionError whose text is the table, worst first, and what
            is likely the mistake: opposite sign, a factor, transposed, a missing term.
        OperandError, ShapeError: a name that is missing or unknown; a gradient of another shape.

    Example:
        >>> from autograd import sigmoid
        >>> report = assert_gradients(sigmoid, lambda x: {"x": 2.0}, at=[0.0])
        Traceback (most recent call last):
        autograd.errors.GradientError: 0 of 1 derivatives agree. ∂f/∂x of the closed form is 8 times autograd's.
        input  autograd  closed form  ulps       verdict
        ∂f/∂x  0.25      2.0          3.9·10¹⁵  WRONG
    """
    arguments = Arguments(f, at, arrays=True)
    inputs = [Value(x, name) for x, name in zip(arguments.numbers, arguments.names, strict=True)]
    output = arguments.call(f, inputs)
    wanted = _wanted(arguments, wrt)
    expected = _expected(arguments.call_plainly(closed_form), wanted, arguments)
    gradients = arguments.split(grad(output, inputs))
    largest = max([abs(float(g)) for gs in gradients.values() for g in gs] + [abs(float(output.data)) * 2.0**-12])
    close = partial(_close, rtol=rtol, atol=1e-12 * largest if atol is None else atol)
    rows: list[Comparison] = []
    hints: list[str] = []
    titles = arguments.split([derivative("f", name) for name in arguments.names])
    nodes = arguments.split(inputs)
    for name in wanted:
        given, transposed = expected[name]
        pairs = list(zip(gradients[name], given, strict=True))
        agree = [not transposed and close(a, e) for a, e in pairs]
        rows += [
            Comparison(title, a, e, ok, "ok" if ok else "WRONG")
            for title, (a, e), ok in zip(titles[name], pairs, agree, strict=True)
        ]
        if not all(agree):
            found = hint(
                gradients[name],
                given,
                arguments.shapes[name],
                transposed,
                output,
                nodes[name],
                close,
                arguments.lengths,
            )
            hints += [f"{derivative('f', name)} of the closed form {found}."] if found else []
    report = Report(tuple(rows), "closed form", " ".join(hints))
    if not report.ok:
        raise GradientError(str(report))
    return report


def _close(a: Number, b: Number, rtol: float, atol: float) -> bool:
    return bool(a == b or magnitude(a - b) <= atol + rtol * max(magnitude(a), magnitude(b)))


def _wanted(arguments: Arguments, wrt: Iterable[str] | None) -> list[str]:
    names = list(arguments.shapes) if wrt is None else [wrt] if isinstance(wrt, str) else list(wrt)
    for name in names:
        if name not in arguments.shapes:
            raise OperandError(f"There is no input {name!r} to compare. There are {', '.join(arguments.shapes)}.")
    if not names:
        raise OperandError("There is nothing to compare. Give f an input, as in at={'x': 1.0}.")
    return names


def _expected(given: Any, wanted: list[str], arguments: Arguments) -> dict[str, tuple[list[Number], bool]]:
    """The closed form's numbers in a row, and whether they are transposed by their shape."""
    import numpy as np

    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise OperandError(f'The closed form must return gradients by name, got {kind}. Return {{"{wanted[0]}": …}}.')
    for name in given:
        if name not in arguments.shapes:
            raise OperandError(
                f"The closed form has a gradient for {name!r}, no input of f. There are {', '.join(arguments.shapes)}."
            )
    found = {}
    for name in wanted:
        if name not in given:
            raise OperandError(f"The closed form has no gradient for {name!r}. Return it, or choose with wrt=[…].")
        array, shape = np.asarray(given[name]), arguments.shapes[name]
        transposed = array.shape != shape and array.shape == shape[::-1]
        if array.shape != shape and not transposed and not array.size == math.prod(shape) == 1:
            raise ShapeError(
                f"The closed form of {name!r} has shape {array.shape}, the input {shape}. Return one for each entry."
            )
        entries = (array.T if transposed else array).reshape(-1).tolist()
        for x in entries:
            if isinstance(x, Value):
                raise OperandError(
                    f"The closed form of {name!r} holds Values. Calculate it from the numbers it is given."
                )
        found[name] = entries, transposed
    return found
