"""The command `chalkgrad`: an expression in, its passes, gradients and picture out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograd import ChalkgradError, ParseError, Value, certificate, exercise, grad, leaves, parse, problem, steps
from autograd.language.formula import chain
from autograd.language.names import derivative
from autograd.language.numbers import figure
from autograd.language.reference import reference, update
from autograd.passes.levels import LEVELS as STEPS
from viz import THEMES, NetworkStyle, draw_backward, draw_exercise, draw_forward, frames, network, page
from viz.drawing import ENDINGS
from viz.graph import levels
from viz.motion.frames import SECONDS
from viz.motion.terminal import say, walk
from viz.motion.timeline import LEVELS as PAGES
from viz.networks.network import random_network

EXPRESSION = '"u = b*c; v = a + u; J = 3*v" a=5 b=3 c=2'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status is 0, 1 if a check fails, or 2 after a user's mistake, told in one line."""
    parser = _parser()
    choice = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without ∂ shows ?
    try:
        status: int | None = choice.run(choice)
        sys.stdout.flush()
    except ChalkgradError as error:
        print(f"chalkgrad {choice.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chalkgrad",
        description="Backpropagation as on the blackboard: values, gradients and pictures of an expression.",
        epilog=f"example: chalkgrad draw {EXPRESSION} -o J.svg",
    )
    parser.add_argument("--version", action="version", version=f"chalkgrad {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _draw_command(commands)
    _steps_command(commands)
    _exercise_command(commands)
    _frames_and_page_commands(commands)
    one = _command(commands, "grad", _grad, "print the value and its gradient", f"{EXPRESSION} --wrt b c")
    one.add_argument("--wrt", nargs="+", metavar="NAME", help="by these names only (default: every input)")
    _network_command(commands)
    _check_command(commands)
    _descend_command(commands)
    one = commands.add_parser(
        "ops",
        help="print the table of operations",
        description="Print the table of operations: formula, derivatives, domain, conventions.",
        epilog="example: chalkgrad ops --markdown > operations.md",
    )
    one.add_argument("--markdown", action="store_true", help="as a Markdown table")
    one.add_argument("--write", metavar="PAGE", help="bring the table in this Markdown document up to date")
    one.set_defaults(run=_ops)
    return parser


def _draw_command(commands: Any) -> None:
    one = _command(commands, "draw", _draw, "print both passes and write a picture", f"{EXPRESSION} -o J.svg")
    one.add_argument("-o", "--output", metavar="FILE", help=f"{', '.join(ENDINGS)} (default: the name + .svg)")
    one.add_argument("--forward", action="store_true", help="values only, no gradients")
    one.add_argument("--as-graph", action="store_true", help="the graph of the gradient itself")
    one.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: with --as-graph, second derivatives too")
    one.add_argument("--symbols", action="store_true", help="gradients as formulas too (needs SymPy)")
    one.add_argument("--level", choices=levels.names(), default="auto", help=levels.summary())
    one.add_argument("--around", metavar="NAME", help="only what is near this node")
    one.add_argument("--depth", type=int, default=2, metavar="N", help="how near: edges away (default: 2)")
    one.add_argument("--between", nargs=2, metavar="NAME", help="only the paths from the first node to the second")
    one.add_argument("--theme", choices=tuple(THEMES), default="light", help="colours")
    one.add_argument("--transparent", action="store_true", help="no background")
    one.add_argument("--size", metavar="WxH", type=_inches, help="fit a page, in inches: 13.3x7.5")
    one.add_argument("--engine", choices=("embedded", "dot"), default="embedded", help="dot: this machine's Graphviz")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")
    one.add_argument("--dpi", type=float, default=144, metavar="N", help="of a PNG without --width (default: 144)")


def _steps_command(commands: Any) -> None:
    one = _command(commands, "steps", _steps, "print both passes as maths with numbers", EXPRESSION)
    one.add_argument("--latex", action="store_true", help="as LaTeX")
    one.add_argument("--level", choices=STEPS, default="value", help=_levels(STEPS))
    one.add_argument("--ledger", metavar="NAME", help="print where this node's gradient comes from, use by use")
    one.add_argument("-i", "--interactive", action="store_true", help="walk: n next, b back, r reset, a number, q quit")


def _levels(names: Iterable[str]) -> str:
    """What each level of steps is."""
    return "; ".join(f"{name}: {STEPS[name].about}" for name in names)


def _exercise_command(commands: Any) -> None:
    one = _command(
        commands, "exercise", _exercise, "set an exercise: the passes with blanks", f"{EXPRESSION} --answers"
    )
    one.add_argument("--hide", choices=("gradients", "values", "all"), default="gradients", help="what is blank")
    one.add_argument("--blanks", type=int, metavar="N", help="how many, chosen by the seed (default: all)")
    one.add_argument("--seed", type=int, default=0, metavar="N", help="for a problem, if no expression is given")
    one.add_argument("--difficulty", type=int, choices=(1, 2, 3), default=1, help="of that problem")
    one.add_argument("--answers", action="store_true", help="print the answer key below")
    one.add_argument("--check", nargs="+", metavar="name=number", help="mark answers; exit status 1 if one is wrong")
    one.add_argument("--latex", action="store_true", help="as LaTeX")
    one.add_argument("-o", "--output", metavar="FILE", help="a picture with blanks: .svg, .png, .pdf or .dot")


def _frames_and_page_commands(commands: Any) -> None:
    one = _command(
        commands, "frames", _frames, "write a picture for each step of both passes", f"{EXPRESSION} -o J.gif"
    )
    one.add_argument(
        "-o", "--output", metavar="FILE", help="J.gif, J.apng, J.pdf, J.tex, 'J-{:03}.svg' (default: .gif)"
    )
    one.add_argument("--level", choices=PAGES, default="value", help=_levels(PAGES))
    one.add_argument("--theme", choices=THEMES, default="light")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of GIF, APNG and PNG")
    one.add_argument("--seconds", type=float, default=SECONDS, help="that a step stays in GIF and APNG")

    one = _command(commands, "page", _page, "write a page to step through in a browser", f"{EXPRESSION} -o J.html")
    one.add_argument("-o", "--output", metavar="FILE", help=".html (default: the name + .html)")
    one.add_argument("--level", choices=PAGES, default="value", help=_levels(PAGES))
    one.add_argument("--title", metavar="TEXT", help="the heading (default: the formula)")


def _check_command(commands: Any) -> None:
    one = _command(commands, "check", _check, "prove each gradient in four ways; exit 1 if they disagree", EXPRESSION)
    form = one.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as a Markdown table")
    form.add_argument("--latex", action="store_true", help="as a LaTeX table")


def _descend_command(commands: Any) -> None:
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


def _network_command(commands: Any) -> None:
    """The subcommand on networks; its options are the fields of NetworkStyle."""
    example = "example: chalkgrad network 3 4 4 1 -o net.svg, or: chalkgrad network model.npz --input 1 0 --numbers"
    purpose = "draw a neural network"
    one = commands.add_parser("network", help=purpose, description=f"{purpose.capitalize()}.", epilog=example)
    one.add_argument(
        "layers", nargs="+", metavar="SIZE|MODEL", help="units of each layer, inputs first; or a saved model"
    )
    one.add_argument("-o", "--output", default="network.svg", metavar="FILE", help="(default: network.svg)")
    one.add_argument("--width", type=int, metavar="PIXELS", help="of a PNG")
    one.add_argument("--seed", type=int, metavar="N", help="give the layer sizes random weights by this seed")
    one.add_argument("--activation", metavar="NAME", help="of hidden layers, with --seed")
    one.add_argument("--input", nargs="+", type=float, metavar="X", help="a sample: show the activations")
    one.add_argument("--target", nargs="+", type=float, metavar="Y", help="show the loss's gradients too")
    one.add_argument("--loss", metavar="NAME", help="as nn.losses names it")
    for field in fields(NetworkStyle):
        flag, about = "--" + field.name.replace("_", "-"), field.metadata["purpose"]
        if isinstance(field.default, bool):
            one.add_argument(flag, action=argparse.BooleanOptionalAction, default=field.default, help=about)
        elif field.name == "by_weight":
            one.add_argument(flag, nargs="*", default=field.default, metavar="WHAT", help=about)
        else:
            kind = str if field.metadata["choices"] or not field.metadata["most"] else type(field.default or 0.0)
            choices = field.metadata["choices"] or None
            one.add_argument(flag, type=kind, choices=choices, default=field.default, help=about)
    one.set_defaults(run=_network)


def _network(choice: argparse.Namespace) -> None:
    options = {field.name: getattr(choice, field.name) for field in fields(NetworkStyle)}
    options["by_weight"] = tuple(options["by_weight"])
    model: Any = choice.layers
    if all(word.isdecimal() for word in choice.layers):
        model = [int(word) for word in choice.layers]
        if choice.seed is not None:
            model = random_network(model, choice.activation, choice.seed)
    elif len(choice.layers) == 1:
        model = choice.layers[0]
    drawing = network(model, choice.input, choice.target, loss=choice.loss, **options)
    path = drawing.save(choice.output, width=choice.width)
    print(f"{drawing}\nPicture: {path}")


def _command(commands: Any, name: str, run: Any, purpose: str, example: str) -> argparse.ArgumentParser:
    """A subcommand on an expression."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose.capitalize()}.",
        epilog=f"example: chalkgrad {name} {example}   (before an expression that begins with a minus, write --)",
    )
    parser.add_argument(
        "expression",
        nargs="?" if name == "exercise" else None,
        help='assignments, as in "u = b*c; J = 3*(a + u)"; functions: chalkgrad ops',
    )
    parser.add_argument("values", nargs="*", metavar="name=number", help="as a=5, a=-0.5, or exact: a=1/3")
    if name != "check":  # a certificate shows all that a float holds
        parser.add_argument("--digits", type=int, choices=range(1, 17), metavar="N", help="significant digits, 1 to 16")
    parser.set_defaults(run=run)
    return parser


def _graph(choice: argparse.Namespace) -> dict[str, Value]:
    return parse(choice.expression, **_assigned(choice.values))


def _assigned(words: Sequence[str]) -> dict[str, Any]:
    """Words such as a=5 as numbers by name."""
    values: dict[str, Any] = {}
    for word in words:
        name, equals, number = word.partition("=")
        name = name.strip()
        if not equals or name in values:
            mistake = "is given twice" if equals else "is no value"
            raise ParseError(f"{word!r} {mistake}. Write each value once, as in a=5.")
        values[name] = _number(number, name)
    return values


def _number(text: str, name: str) -> float | Fraction:
    """A float, or where it is written p/q a fraction, which stays exact."""
    try:
        return Fraction(text) if "/" in text else float(text)
    except (ValueError, ZeroDivisionError):
        raise ParseError(f"The value of '{name}' is no number: {text!r}. Write it as 5, -0.5, 1e-3 or 1/3.") from None


def _inches(text: str) -> tuple[float, float]:
    try:
        width, height = map(float, text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no size; write width and height in inches, as 13.3x7.5"
        ) from None
    return width, height


def _draw(choice: argparse.Namespace) -> None:
    graph = _graph(choice)
    name, output = list(graph.items())[-1]
    options = {key: getattr(choice, key) for key in ("level", "engine", "theme", "size", "transparent")}
    options["digits"] = choice.digits or 4
    if choice.as_graph:
        drawing = draw_backward(output, as_graph=True, order=choice.order, **options)
    else:
        options |= {key: getattr(choice, key) for key in ("around", "depth", "between", "symbols")}
        drawing = (draw_forward if choice.forward else draw_backward)(output, **options)
    path = drawing.save(choice.output or f"{name}.svg", width=choice.width, dpi=choice.dpi)
    print(steps(output, choice.digits or 6))
    print(f"\nPicture: {path}")


def _steps(choice: argparse.Namespace) -> None:
    *_, output = _graph(choice).values()
    passes = steps(output, choice.digits or 6, choice.level)
    if choice.interactive:
        walk(passes)
    elif choice.ledger:
        say(str(passes.ledger(choice.ledger)))
    else:
        say(passes.latex if choice.latex else str(passes))


def _exercise(choice: argparse.Namespace) -> int:
    if choice.expression is None:
        choice.expression = problem(choice.difficulty, choice.seed)
        if not choice.latex:
            say(f"{choice.expression}\n")
    *_, output = _graph(choice).values()
    sheet = exercise(output, choice.hide, choice.blanks, choice.seed)
    if choice.check:
        marking = sheet.check(_assigned(choice.check))
        say(str(marking))
        return 0 if marking else 1
    say(sheet.latex if choice.latex else str(sheet))
    if choice.answers:
        say(f"\nAnswers\n{sheet.key}")
    if choice.output:
        say(f"\nPicture: {draw_exercise(sheet).save(choice.output)}")
    return 0


def _frames(choice: argparse.Namespace) -> None:
    name, output = list(_graph(choice).items())[-1]
    pictures = frames(output, choice.level, digits=choice.digits or 4, theme=choice.theme)
    paths = pictures.save(choice.output or f"{name}.gif", choice.width, choice.seconds)
    print(*(f"{i}  {sentence}" for i, sentence in enumerate(pictures.sentences, 1)), sep="\n")
    print(f"\nPictures: {paths[0]}" + (f" … {paths[-1]}" if paths[1:] else ""))


def _page(choice: argparse.Namespace) -> None:
    name, output = list(_graph(choice).items())[-1]
    path = page(output, choice.level, digits=choice.digits or 4, title=choice.title).save(
        choice.output or f"{name}.html"
    )
    print(f"Page: {path}")


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


def _check(choice: argparse.Namespace) -> int:
    *_, output = _graph(choice).values()
    proof = certificate(output)
    print(proof.markdown if choice.markdown else proof.latex if choice.latex else proof)
    return 0 if proof.ok else 1


def _descend(choice: argparse.Namespace) -> None:
    from viz.descent import descend, update

    values = _assigned(choice.values)
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
    if choice.write:
        update(Path(choice.write), markdown())
        print(f"Table: {choice.write}")
    else:
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
