"""The command `chalkgrad`: an expression in, its passes, gradients and picture out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from autograd import ChalkgradError, ParseError, Value, grad, leaves, parse, steps
from autograd.text import chain, derivative, figure, reference
from viz import draw_backward, draw_forward

EXPRESSION = '"u = b*c; v = a + u; J = 3*v" a=5 b=3 c=2'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status is 0, or 2 after a user's mistake, told in one line."""
    parser = _parser()
    choice = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without ∂ shows ?
    try:
        choice.run(choice)
        sys.stdout.flush()
    except ChalkgradError as error:
        print(f"chalkgrad {choice.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chalkgrad",
        description="Backpropagation as on the blackboard: values, gradients and pictures of an expression.",
        epilog=f"example: chalkgrad draw {EXPRESSION} -o J.svg",
    )
    parser.add_argument("--version", action="version", version=f"chalkgrad {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    one = _command(commands, "draw", _draw, "print both passes and write a picture", f"{EXPRESSION} -o J.svg")
    one.add_argument("-o", "--output", metavar="FILE", help=".svg, .png, .pdf or .dot (default: the name + .svg)")
    one.add_argument("--forward", action="store_true", help="values only, no gradients")
    one.add_argument("--level", choices=("auto", "value", "named"), default="auto", help="named: a card for each name")
    one.add_argument("--engine", choices=("embedded", "dot"), default="embedded", help="dot: this machine's Graphviz")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")

    one = _command(commands, "steps", _steps, "print both passes as maths with numbers", EXPRESSION)
    one.add_argument("--latex", action="store_true", help="as LaTeX")

    one = _command(commands, "grad", _grad, "print the value and its gradient", f"{EXPRESSION} --wrt b c")
    one.add_argument("--wrt", nargs="+", metavar="NAME", help="by these names only (default: every input)")

    example = '"x**2 + y**2" x=1.5 y=1.5 --optimizer adam,momentum -o paths.gif'
    one = _command(commands, "descend", _descend, "follow a surface of two variables downhill", example)
    one.description = "Follow a surface of two variables downhill; saddle, hills, plateau … are known by name."
    one.add_argument("--optimizer", default="sgd", help="as adam,momentum or adam=0.1,sgd; an unknown one lists all")
    one.add_argument("--rate", type=float, default=0.01, help="learning rate where none is given (default: 0.01)")
    one.add_argument("--steps", type=int, default=500, metavar="N", help="at most so many (default: 500)")
    one.add_argument("--tolerance", type=float, default=1e-2, help="stop below both slopes; 0 goes on (default: 0.01)")
    one.add_argument("--domain", type=float, nargs=4, metavar=("X0", "X1", "Y0", "Y1"), help="what the picture shows")
    one.add_argument("-o", "--output", metavar="FILE", help=".svg, .png, .pdf, .gif or .mp4 (default: none)")
    one.add_argument("--update", metavar="FILE", help="draw the first optimiser's own first step as a graph")

    one = commands.add_parser(
        "ops",
        help="print the table of operations",
        description="Print the table of operations: formula, derivatives, domain, conventions.",
        epilog="example: chalkgrad ops --markdown > operations.md",
    )
    one.add_argument("--markdown", action="store_true", help="as a Markdown table")
    one.set_defaults(run=_ops)
    return parser


def _command(commands: Any, name: str, run: Any, purpose: str, example: str) -> argparse.ArgumentParser:
    """A subcommand on an expression."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose.capitalize()}.",
        epilog=f"example: chalkgrad {name} {example}   (before an expression that begins with a minus, write --)",
    )
    parser.add_argument("expression", help='assignments, as in "u = b*c; J = 3*(a + u)"; functions: chalkgrad ops')
    parser.add_argument("values", nargs="*", metavar="name=number", help="as a=5, a=-0.5, or exact: a=1/3")
    parser.add_argument("--digits", type=int, choices=range(1, 17), metavar="N", help="significant digits, 1 to 16")
    parser.set_defaults(run=run)
    return parser


def _graph(choice: argparse.Namespace) -> dict[str, Value]:
    return parse(choice.expression, **_values(choice))


def _values(choice: argparse.Namespace) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in choice.values:
        name, equals, number = word.partition("=")
        name = name.strip()
        if not equals or name in values:
            problem = "is given twice" if equals else "is no value"
            raise ParseError(f"{word!r} {problem}. Write each value once, as in a=5.")
        values[name] = _number(number, name)
    return values


def _number(text: str, name: str) -> float | Fraction:
    """A float, or where it is written p/q a fraction, which stays exact."""
    try:
        return Fraction(text) if "/" in text else float(text)
    except (ValueError, ZeroDivisionError):
        raise ParseError(f"The value of '{name}' is no number: {text!r}. Write it as 5, -0.5, 1e-3 or 1/3.") from None


def _draw(choice: argparse.Namespace) -> None:
    graph = _graph(choice)
    name, output = list(graph.items())[-1]
    render = draw_forward if choice.forward else draw_backward
    drawing = render(output, level=choice.level, engine=choice.engine, digits=choice.digits or 4)
    path = drawing.save(choice.output or f"{name}.svg", width=choice.width)
    print(steps(output, choice.digits or 6))
    print(f"\nPicture: {path}")


def _steps(choice: argparse.Namespace) -> None:
    *_, output = _graph(choice).values()
    passes = steps(output, choice.digits or 6)
    print(passes.latex if choice.latex else passes)


def _grad(choice: argparse.Namespace) -> None:
    graph = _graph(choice)
    name, output = list(graph.items())[-1]
    unknown = [wanted for wanted in choice.wrt or () if wanted not in graph]
    if unknown:
        raise ParseError(f"There is no {unknown[0]!r} to differentiate by. There are {', '.join(graph)}.")
    wanted = {x.name: x for x in leaves(output)} if choice.wrt is None else {x: graph[x] for x in choice.wrt}
    digits = choice.digits or 16
    print(chain(name, figure(output.data, digits=digits)[0]))
    for x, gradient in zip(wanted, grad(output, wanted.values()), strict=True):
        print(chain(derivative(name, x or ""), figure(gradient, digits=digits)[0]))


def _descend(choice: argparse.Namespace) -> None:
    from viz.descent import descend, update

    values = _values(choice)
    chosen = choice.optimizer.split(",")
    domain = tuple(choice.domain) if choice.domain else None
    found = descend(
        choice.expression, values or None, chosen, rate=choice.rate, steps=choice.steps,
        tolerance=choice.tolerance or None, domain=domain,
    )  # fmt: skip
    print(found)
    if choice.output:
        print(f"\nPicture: {found.save(choice.output)}")
    if choice.update:
        path = found.paths[0]
        step = update(chosen[0], [path.gradients[0][0]], path.points[0][0], choice.rate)
        print(f"\nPicture: {draw_forward(step, level='named', digits=choice.digits or 4).save(choice.update)}")


def _ops(choice: argparse.Namespace) -> None:
    print(markdown() if choice.markdown else listing())


HEADINGS = ("call", "formula", "derivatives", "domain", "conventions")


def markdown() -> str:
    """The table of operations for the README."""
    rows = [HEADINGS, ("---",) * 5, *((f"`{call}`", *rest) for call, *rest in reference())]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows)


def listing() -> str:
    """The table of operations for a terminal: a line with call and formula, below it what else is to say."""
    blocks = []
    for call, formula, derivatives, where, kink in reference():
        notes = [derivatives, where and f"needs {where}", kink]
        blocks.append(f"{call:24}{formula}\n" + "\n".join(f"{'':24}{note}" for note in notes if note))
    return "\n".join(blocks)


def _version() -> str:
    try:
        return version("chalkgrad")
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
