"""What the subcommands on an expression share: how it is written, and its values as numbers."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from autograd import ParseError, Value, parse
from autograd.passes.levels import LEVELS
from viz import saving

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    Run = Callable[[argparse.Namespace], int | None]

EXPRESSION = '"u = b*c; v = a + u; J = 3*v" a=5 b=3 c=2'


def subcommand(commands: Commands, name: str, run: Run, purpose: str, example: str) -> argparse.ArgumentParser:
    """A subcommand, with its purpose and an example in the help."""
    description, epilog = f"{purpose.capitalize()}.", f"example: chalkgrad {name} {example}"
    parser = commands.add_parser(name, help=purpose, description=description, epilog=epilog)
    parser.set_defaults(run=run)
    return parser


def command(commands: Commands, name: str, run: Run, purpose: str, example: str) -> argparse.ArgumentParser:
    """A subcommand on an expression."""
    example += "   (before an expression that begins with a minus, write --)"
    parser = subcommand(commands, name, run, purpose, example)
    parser.add_argument(
        "expression",
        nargs="?" if name == "exercise" else None,
        help='assignments, such as "u = b*c; J = 3*(a + u)" or "L = ½(ŷ − y)²"; functions: chalkgrad ops',
    )
    parser.add_argument("values", nargs="*", metavar="name=number", help="such as a=5, a=-0.5, or exact: a=1/3")
    if name != "check":  # a certificate shows all that a float holds
        parser.add_argument("--digits", type=int, choices=range(1, 17), metavar="N", help="significant digits, 1 to 16")
    return parser


def add_output(parser: argparse.ArgumentParser, *kinds: saving.Kind, default: str) -> None:
    """The option for a file, which lists the formats of things of these kinds."""
    parser.add_argument("-o", "--output", metavar="FILE", help=f"{saving.described(*kinds)}; default: {default}")


def levels(names: Iterable[str]) -> str:
    """What each level of steps is."""
    return "; ".join(f"{name}: {LEVELS[name].about}" for name in names)


def graph(choice: argparse.Namespace) -> dict[str, Value]:
    """The expression's quantities by name, the result last."""
    return parse(choice.expression, **assigned(choice.values))


def result(choice: argparse.Namespace) -> tuple[str, Value]:
    """The expression's result with its name."""
    return list(graph(choice).items())[-1]


def assigned(words: Sequence[str]) -> dict[str, float | Fraction]:
    """Words such as a=5 as numbers by name; beside a fraction p/q all are exact."""
    values: dict[str, float | Fraction] = {}
    exact = any("/" in word for word in words)
    for word in words:
        name, equals, number = word.partition("=")
        name = name.strip()
        if not equals or name in values:
            mistake = "is given twice" if equals else "is not a value"
            raise ParseError(f"{word!r} {mistake}. Write each value once, such as a=5.")
        values[name] = _number(number, name, exact)
    return values


def _number(text: str, name: str, exact: bool) -> float | Fraction:
    """A float; or, where it is written p/q or is to be exact, a fraction."""
    text = text.replace("−", "-")
    try:
        if "/" in text or (exact and text.strip().lstrip("+-").isdecimal()):
            return Fraction(text)
        x = float(text)
        return Fraction(repr(x)) if exact and math.isfinite(x) else x
    except (ValueError, ZeroDivisionError):
        message = f"The value of '{name}' is not a number: {text!r}. Write it as 5, -0.5, 1e-3 or 1/3."
        raise ParseError(message) from None
