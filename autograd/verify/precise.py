"""Gradients in as many digits as they need: each operation's textbook formula, differentiated by SymPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from types import FunctionType
from typing import Any

from autograd.core.graph import topological
from autograd.core.op import OPS, Op
from autograd.core.tracer import Tracer
from autograd.core.value import Number, Value, operands
from autograd.language.symbolic import own, require_sympy

DIGITS = (50, 100, 200, 400, 800, 1600)  # tried one after the other, until two agree
AGREE = 25  # digits in which they must


def precise_gradients(output: Value, inputs: Sequence[Value]) -> list[Number | None]:
    """[∂output/∂x for x in inputs], each rounded once; exact where all leaves are; None where there is no number.

    Nothing is simplified: the time is that of a few passes over the graph. A choice, such as that of a maximum, is
    made as the graph made it, by its own numbers; at a tie or an edge the slope is the table's, by its conventions.

    Raises:
        MissingExtra: SymPy, which brings mpmath, is not installed.

    Example:
        >>> z = Value(30.0, "z")
        >>> precise_gradients(-(1 - z.sigmoid()).log(), [z])
        [0.9999999999999064]
    """
    require_sympy()
    from mpmath import mp

    nodes = topological(output)
    gradients: list[Any] = []
    for digits in DIGITS:
        with mp.workdps(digits):
            tape = Tape(exact=all(not isinstance(z.data, float) for z in nodes))
            before, gradients = gradients, _gradients(tape, nodes, inputs)
            if all(isinstance(x, Fraction | None) for x in gradients):
                return gradients
            enough = before and tape.span() < digits - AGREE
            if enough and all(_agree(x, y) for x, y in zip(before, gradients, strict=True)):
                break
    return [x if isinstance(x, Fraction | None) else float(x) for x in gradients]


def _agree(x: Any, y: Any) -> bool:
    """Whether a few more digits changed nothing that a float can show."""
    if x is None or y is None or x == y:
        return x is y or x == y
    return bool(abs(x - y) <= abs(y) * Fraction(1, 10**AGREE) or max(abs(x), abs(y)) < 1e-330)


class NoNumber(Exception):
    """An operation whose value is infinite, complex or outside of its domain."""


class Tie(Exception):
    """A choice between equals inside of a row: what its slope is there, its own convention says."""


@dataclass
class Tape:
    """Each operation's edges, (place of an operand, slope), and how many formulas of rows are being read.

    Also the least and the largest exponent of two among its numbers: in fewer digits than lie between them, the small
    part of a sum is lost, and two calculations may agree without it, as both slopes of (e^x − e^−x) / (e^x + e^−x).
    """

    exact: bool  # Fractions throughout
    edges: list[Sequence[tuple[int, Any]]] = field(default_factory=list)
    inside: int = 0
    least: int = 0
    most: int = 0

    def span(self) -> float:
        """How many decimal digits lie between the smallest number and the largest."""
        return (self.most - self.least) * math.log10(2)

    def number(self, x: Number) -> Any:
        """A float in all its digits; an exact number as it is where all are."""
        if isinstance(x, float) and not math.isfinite(x):
            raise NoNumber
        return Fraction(x) if self.exact else _many_digits(x)


class Precise(Tracer):
    """A number of many digits on a tape, beside the float that the graph has there, by which it chooses."""

    __slots__ = ("number", "place", "rounded", "tape")

    def __init__(
        self, tape: Tape, number: Any, rounded: Number, edges: Sequence[tuple[int, Any]] | None = None
    ) -> None:
        self.tape, self.number, self.rounded = tape, number, rounded
        self.place = -1  # a constant
        if number and not isinstance(number, Fraction):
            exponent = number.context.mag(number)
            tape.least, tape.most = min(tape.least, exponent), max(tape.most, exponent)
        if edges is not None:
            self.place = len(tape.edges)
            tape.edges.append(edges)

    def apply(self, op: Op, operands: Sequence[Any]) -> Precise:
        return _applied(self.tape, op, operands)


def _gradients(tape: Tape, nodes: Sequence[Value], inputs: Sequence[Value]) -> list[Any]:
    """One pass forward and one back, in the digits that hold now."""
    terms: dict[int, Precise] = {}
    try:
        for z in nodes:
            if z.op:
                term = _applied(tape, OPS[z.op], [terms.get(id(x), x) for x in operands(z)])
                if term.rounded != z.data:
                    term = Precise(tape, term.number, z.data, [(term.place, 1)])
            else:
                term = Precise(tape, tape.number(z.data), z.data, ())
            terms[id(z)] = term
    except NoNumber:
        return [None] * len(inputs)
    gradients = _backward(tape, term.place)
    zero = tape.number(0)
    return [gradients.get(terms[id(x)].place, zero) if id(x) in terms else zero for x in inputs]


def _backward(tape: Tape, output: int) -> dict[int, Any]:
    gradients: dict[int, Any] = {output: Fraction(1) if tape.exact else _many_digits(1)}
    for place in range(output, -1, -1):
        gradient = gradients.get(place)
        if gradient:  # a closed gate hands nothing on, of inf neither
            for operand, slope in tape.edges[place]:
                if slope and operand >= 0:
                    gradients[operand] = gradients.get(operand, 0) + _product(gradient, slope)
    return gradients


def _product(x: Any, y: Any) -> Any:
    return x * y if isinstance(x, Fraction) is isinstance(y, Fraction) else _many_digits(x) * _many_digits(y)


def _many_digits(x: Any) -> Any:
    from mpmath import mp

    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mp.mpf(x)


# ── operations ────────────────────────────────────────────────────────────────────────────────────


def _applied(tape: Tape, op: Op, operands: Sequence[Any]) -> Precise:
    entries = [x if isinstance(x, Precise) else Precise(tape, tape.number(x), x) for x in operands]
    if _is_choice(op.name):
        return _chosen(tape, op, entries)
    if _is_primitive(op):
        return _calculated(tape, op, entries)
    words = op.formula or op.value
    if not isinstance(words, FunctionType):  # a library's, which takes floats alone
        raise NoNumber
    tape.inside += 1
    try:
        result = words(*op.columns(entries))
        return result if isinstance(result, Precise) else Precise(tape, tape.number(result), result)
    except Tie:
        if tape.inside > 1:  # the outer row has the convention
            raise
        return _conventional(tape, op, entries)
    finally:
        tape.inside -= 1


@cache
def _is_choice(name: str) -> bool:
    """Whether SymPy has the operation as a maximum, a minimum or by cases."""
    sympy, op = require_sympy(), OPS[name]
    cases = (sympy.Max, sympy.Min, sympy.Piecewise)
    return op.sympy is not None and isinstance(op.sympy(sympy, *sympy.symbols(op.operands, real=True)), cases)


def _is_primitive(op: Op) -> bool:
    """Whether SymPy has the operation itself, and no formula is needed."""
    return not op.formula and bool(op.sympy or own(op) or op.value.__module__ == "_operator")


def _chosen(tape: Tape, op: Op, entries: Sequence[Precise]) -> Precise:
    """What a choice takes of its operands, by the graph's own numbers."""
    rounded = [x.rounded for x in entries]
    if tape.inside and len(rounded) == 2 and rounded[0] == rounded[1]:
        raise Tie
    slopes = [op.float_slope(i, rounded, *op.float_seen(rounded, 0.0)) for i in range(len(entries))]
    return entries[slopes.index(1)] if 1 in slopes else _conventional(tape, op, entries)


def _conventional(tape: Tape, op: Op, entries: Sequence[Precise]) -> Precise:
    """An operation with the table's own value and slopes."""
    rounded = [x.rounded for x in entries]
    z = op.evaluate(rounded)
    return Precise(
        tape, tape.number(z), z, [(x.place, _by_table(tape, op, i, rounded, z)) for i, x in enumerate(entries)]
    )


def _by_table(tape: Tape, op: Op, i: int, rounded: Sequence[Number], z: Number) -> Any:
    slope = op.float_slope(i, rounded, *op.float_seen(rounded, z))
    return _many_digits(slope) if isinstance(slope, float) else tape.number(slope)


def _calculated(tape: Tape, op: Op, entries: Sequence[Precise]) -> Precise:
    """An operation with SymPy's value and slopes; the table's slope at an edge, where SymPy has none."""
    value, *slopes = _functions(op.name)
    numbers, rounded = [x.number for x in entries], [x.rounded for x in entries]
    number = _evaluated(value, numbers)
    if number is None:
        raise NoNumber
    z = number if isinstance(number, Fraction) else float(number)
    edges = []
    for i, x in enumerate(entries):
        if x.place >= 0:
            slope = _evaluated(slopes[i], numbers)
            edges.append((x.place, _by_table(tape, op, i, rounded, z) if slope is None else slope))
    return Precise(tape, number, z, edges)


def _evaluated(function: Callable[..., Any], numbers: Sequence[Any]) -> Any:
    """A number where it is real and finite, else None; exact of exact numbers where the function keeps them so."""
    from mpmath import mp

    try:
        result = function(*numbers)
        if isinstance(result, int | Fraction):
            return Fraction(result)
        if isinstance(result, float):  # a Fraction to the power of one
            result = function(*map(_many_digits, numbers))
    except (ArithmeticError, ValueError):
        return None
    return result if isinstance(result, mp.mpf) and mp.isfinite(result) else None


@cache
def _functions(name: str) -> list[Callable[..., Any]]:
    """A primitive row and its slopes as functions of Fractions and of mpmath's numbers."""
    sympy, op = require_sympy(), OPS[name]
    letters = [sympy.Symbol(x, real=True) for x in op.operands]
    expression = op.sympy(sympy, *letters) if op.sympy else (own(op) or op.value)(*letters)
    words = [{"sign": lambda x: (x > 0) - (x < 0), "DiracDelta": lambda x: 0}, "mpmath"]  # a jump is no slope
    return [sympy.lambdify(letters, e, words) for e in (expression, *map(expression.diff, letters))]
