"""How a control is read from a link's text, checked, and written, as JavaScript reads and writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import quote, unquote

from nn.errors import ModelError, unknown
from nn.playground import formulas


@dataclass(frozen=True)
class Choice:
    """One of some names; in a link another one is `...`, passed over, as the Playground does."""

    names: tuple[str, ...]
    none: str | None = None  # a name that is the same as leaving the key out

    def read(self, text: str) -> object:
        return {self.none: None}.get(text, text) if text in self.names else ...

    def check(self, name: str, value: object) -> object:
        if value is None and self.none:
            return None
        if value not in self.names:
            raise unknown(name, value, self.names)
        return {self.none: None}.get(str(value), value)

    def write(self, value: Any) -> str:
        return str(value)


@dataclass(frozen=True)
class Number:
    """A number within some limits; a link may have it outside of the sliders', and `settle` what stands for others."""

    legal: str = "a finite number"
    test: Callable[[float], bool] = field(default=math.isfinite)
    settle: Callable[[float], float] = field(default=lambda x: x)

    def read(self, text: str) -> object:
        number = javascript_number(text)
        return text if math.isnan(number) else number

    def check(self, name: str, value: Any) -> object:
        number = math.nan if isinstance(value, bool | str) else _float(value)
        if not math.isfinite(number) or not self.test(number):
            raise ModelError(f"{name} must be {self.legal}, got {value!r}.")
        return self.settle(int(number) if number.is_integer() and abs(number) < 2**53 else number)

    def write(self, value: Any) -> str:
        return javascript_text(value)


class Flag:
    """Yes or no: in a link everything but "false" is yes."""

    def read(self, text: str) -> object:
        return text != "false"

    def check(self, name: str, value: object) -> object:
        if not isinstance(value, bool):
            raise ModelError(f"{name} must be True or False, got {value!r}.")
        return value

    def write(self, value: Any) -> str:
        return str(value).lower()


class Text:
    """Any text that a link can hold, as an address bar writes it."""

    def read(self, text: str) -> object:
        return text

    def check(self, name: str, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or re.search("[&=]", str(value)):
            raise ModelError(f"{name} must be a text without & and =, got {value!r}. Try {name}='0.59704'.")
        return fragment(str(value))

    def write(self, value: Any) -> str:
        return str(value)


class Shape:
    """Numbers of neurons, one for each hidden layer; none for no hidden layer."""

    def read(self, text: str) -> object:
        return [NUMBER.read(part) for part in text.split(",")] if text.strip() else []

    def check(self, name: str, value: Any) -> object:
        sizes = list(value) if isinstance(value, list | tuple) else [math.nan]
        numbers = [math.nan if isinstance(size, bool | str) else _float(size) for size in sizes]
        if not all(number.is_integer() and number >= 1 for number in numbers):
            raise ModelError(f"{name} must list whole numbers of at least 1, got {value!r}. Try {name}=[4, 2].")
        return tuple(map(int, numbers))

    def write(self, value: Any) -> str:
        return ",".join(map(str, value))


class Names:
    """Names, one for each hidden layer; "" for what all others have, and unknown ones in a link are that."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def read(self, text: str) -> object:
        return [name if name in self.names else "" for name in text.split(",")]

    def check(self, name: str, value: Any) -> object:
        if not isinstance(value, list | tuple):
            raise ModelError(f"{name} must list names, one for each hidden layer, got {value!r}. Try ['elu'].")
        for each in value:
            if each and each not in self.names:
                raise unknown(f"entry of {name}", each, self.names)
        return tuple(each or "" for each in value)

    def write(self, value: Any) -> str:
        return ",".join(value)


class Formulas:
    """Inputs of your own, one behind the other."""

    def read(self, text: str) -> object:
        return [unquote(part) for part in text.split(",")]

    def check(self, name: str, value: Any) -> object:
        if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
            raise ModelError(f"{name} must list formulas, got {value!r}. Try ['x*y'].")
        return tuple(map(formulas.plain, value))

    def write(self, value: Any) -> str:
        return fragment(",".join(value))


class Rows:
    """Points x, y, label of your own; a link holds as many as have a short text."""

    def read(self, text: str) -> object:
        rows = [row.split(",") for row in unquote(text).strip().split(";")]
        if rows[-1] == [""]:
            rows.pop()
        return [[NUMBER.read(cell) if re.fullmatch(r"[-+.\deE]+", cell) else cell for cell in row] for row in rows]

    def check(self, name: str, value: Any) -> object:
        rows = list(value)
        for place, row in enumerate(rows):
            numbers = [math.nan if isinstance(x, bool | str) else _float(x) for x in row]
            if len(numbers) != 3 or not all(map(math.isfinite, numbers)):
                raise ModelError(f"{name} has {list(row)} in row {place}. Give three numbers: x, y, label.")
            rows[place] = tuple(numbers)
        return tuple(rows)

    def write(self, value: Any) -> str:
        return ";".join(",".join(map(javascript_text, row)) for row in value)


NUMBER = Number()
Kind: TypeAlias = Choice | Number | Flag | Text | Shape | Names | Formulas | Rows


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


# ── texts as JavaScript reads and writes them ─────────────────────────────────────────────────────


def fragment(text: str) -> str:
    """What a browser makes of the text behind an address's #: é is %C3%A9, a space %20; line breaks vanish.

    Source: WHATWG, URL, fragment percent-encode set.
    """
    printable = "".join(map(chr, range(0x21, 0x7F)))
    return quote(re.sub("[\t\r\n]", "", text), safe="".join(c for c in printable if c not in '"<>`'))


def javascript_number(text: str) -> float:
    """A text as JavaScript's `Number` reads it, nan if it is none.

    >>> [javascript_number(text) for text in ("0.03", " 12 ", "1e-3", "0x10", "1_0", "ten")]
    [0.03, 12.0, 0.001, 16.0, nan, nan]
    """
    text = text.strip()
    if re.fullmatch(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", text):
        return float(int(text, 0))
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        return float(text)
    return {"": 0.0, "Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}.get(text, math.nan)


def javascript_text(number: float) -> str:
    """A number as JavaScript writes it.

    >>> [javascript_text(number) for number in (10, 0.03, 1e-7, 1e-6, 1e16, 1.5e21)]
    ['10', '0.03', '1e-7', '0.000001', '10000000000000000', '1.5e+21']
    """
    if number == 0:
        return "0"
    sign, digits, exponent = _decimal(number)
    point = len(digits) + exponent
    if not -6 < point <= 21:
        mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
        return f"{sign}{mantissa}e{point - 1:+d}"
    if exponent >= 0:
        return sign + digits + "0" * exponent
    return f"{sign}{digits[:point]}.{digits[point:]}" if point > 0 else f"{sign}0.{'0' * -point}{digits}"


def _decimal(number: float) -> tuple[str, str, int]:
    """Sign, shortest digits, and the power of ten behind them."""
    sign, digits, exponent = Decimal(repr(float(number))).normalize().as_tuple()
    return "-" * sign, "".join(map(str, digits)), int(exponent)
