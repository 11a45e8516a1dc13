"""Inputs of your own: formulas of x and y in the language of `parse`, as far as a page reads it too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from autograd import DomainError, ParseError, RangeError, Value, parse
from autograd.language.numbers import figure
from nn import activations
from nn.errors import ModelError
from nn.playground.points import Point

SPELLINGS = {"x₁": "x", "x₂": "y", "·": "*", "−": "-", "²": "^2", "**": "^"}
TOKEN = re.compile(r"(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)|[a-z_][a-z_0-9]*|[-+*/^()]")
FUNCTIONS = {  # of one number, with the parameter that a page takes
    name
    for name, row in activations.ROWS.items()
    if not row.infix and (not row.defaults or row.defaults[-1] == activations.DEFAULTS[name])
}
OPENS, CLOSES = "+-*/^)", "+-*/^("  # behind an operand, and before one
EXAMPLE = "Write a formula such as x*y or sin(x)."


def plain(text: str) -> str:
    """A formula as a link holds it, without spaces.

    Raises:
        ModelError: it cannot stand in a link, or is no formula.
    """
    if re.search("[,&=#]", text):
        raise ModelError(f"{text!r} has a comma, &, = or #, which a link reads otherwise. {EXAMPLE}")
    text = re.sub(r"\s", "", text)
    with suppress(DomainError, RangeError):  # elsewhere it may have a value
        graph(text, Value(0.5), Value(0.5))
    return text


def graph(text: str, x: Value, y: Value) -> Value:
    """A formula of two leaves.

    Raises:
        ModelError: a text that a page does not read. DomainError, RangeError: it has no value there.

    Example:
        >>> graph("sin(x₁)·y²", Value(0.5, "x_1"), Value(2.0, "x_2"))
        Value(1.917702154416812, sin(x₁) · x₂²)
    """
    spelled = text.lower()
    for sign, other in SPELLINGS.items():
        spelled = spelled.replace(sign, other)
    _check(text, spelled)
    try:
        result = list(parse(f"f = {spelled}", x=x, y=y).values())[-1]
    except ParseError as error:
        raise ModelError(f"{text!r} is no formula of x and y. {error}") from None
    return result if result in (x, y) else result.named(None)


def values(text: str, points: Sequence[Point]) -> list[float]:
    """A formula's values at points.

    Raises:
        ModelError: it has none at one of them.
    """
    x, y, made, numbers = Value(0.0), Value(0.0), None, []
    for x.data, y.data, _ in points:
        try:
            made = graph(text, x, y) if made is None else made.forward()
        except (DomainError, RangeError):
            at = f"x₁ = {figure(x.data, digits=4)[0]}, x₂ = {figure(y.data, digits=4)[0]}"
            raise ModelError(f"{text} has no value at {at}. Keep it away from there, as in sqrt(abs(x)).") from None
        numbers.append(float(made.data))
    return numbers


def _check(text: str, spelled: str) -> None:
    """Refuse what `parse` would read and a page does not: products without a sign, a + before one number, constants."""
    tokens = TOKEN.findall(spelled)
    if "".join(tokens) != spelled:
        raise ModelError(f"{text!r} has a sign that means nothing here. {EXAMPLE}")
    for before, token in pairwise(["(", *tokens]):
        if token[0].isalpha() and token not in FUNCTIONS and token not in ("x", "y"):
            raise ModelError(f"{text!r} has {token!r}, which is no function or number here. {EXAMPLE}")
        starts, behind = token not in OPENS, before not in CLOSES  # an operand, and another before it
        called = token == "(" and before in FUNCTIONS
        if (starts and behind and not called) or (token == "+" and not behind):
            raise ModelError(f"{text!r} lacks something between {before!r} and {token!r}. {EXAMPLE}")
