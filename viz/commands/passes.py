"""The subcommands that print: steps, exercise, grad, check, ops."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from autograd import ParseError, certificate, exercise, grad, leaves, problem, steps
from autograd.language.formula import chain
from autograd.language.names import derivative
from autograd.language.numbers import figure
from autograd.language.reference import reference, update
from autograd.passes.levels import LEVELS
from viz import draw_exercise
from viz.commands.expressions import EXPRESSION, add_output, assigned, command, graph, levels, result, subcommand
from viz.motion.terminal import say, walk

if TYPE_CHECKING:
    from viz.commands.expressions import Commands

HEADINGS = ("call", "formula", "derivatives", "domain", "conventions")  # of the table of operations


def add_steps(commands: Commands) -> None:
    one = command(commands, "steps", _steps, "print both passes as maths with numbers", EXPRESSION)
    one.add_argument("--latex", action="store_true", help="as LaTeX")
    one.add_argument("--level", choices=LEVELS, default="value", help=levels(LEVELS))
    one.add_argument("--ledger", metavar="NAME", help="print where this node's gradient comes from, use by use")
    one.add_argument("-i", "--interactive", action="store_true", help="walk: n next, b back, r reset, a number, q quit")


def _steps(choice: argparse.Namespace) -> None:
    _, output = result(choice)
    passes = steps(output, choice.digits or 6, choice.level)
    if choice.interactive:
        walk(passes)
    elif choice.ledger:
        say(str(passes.ledger(choice.ledger)))
    else:
        say(passes.latex if choice.latex else str(passes))


def add_exercise(commands: Commands) -> None:
    one = command(commands, "exercise", _exercise, "set an exercise: the passes with blanks", f"{EXPRESSION} --answers")
    one.add_argument("--hide", choices=("gradients", "values", "all"), default="gradients", help="what is blank")
    one.add_argument("--blanks", type=int, metavar="N", help="how many, chosen by the seed (default: all)")
    one.add_argument("--seed", type=int, default=0, metavar="N", help="for a problem, if no expression is given")
    one.add_argument("--difficulty", type=int, choices=(1, 2, 3), default=1, help="of that problem")
    one.add_argument("--answers", action="store_true", help="print the answer key below")
    one.add_argument("--check", nargs="+", metavar="name=number", help="mark answers; exit status 1 if one is wrong")
    one.add_argument("--latex", action="store_true", help="as LaTeX")
    add_output(one, "picture", default="none; the picture has blanks")


def _exercise(choice: argparse.Namespace) -> int:
    if choice.expression is None:
        choice.expression = problem(choice.difficulty, choice.seed)
        if not choice.latex:
            say(f"{choice.expression}\n")
    _, output = result(choice)
    sheet = exercise(output, choice.hide, choice.blanks, choice.seed)
    if choice.check:
        marking = sheet.check(assigned(choice.check))
        say(str(marking))
        return 0 if marking else 1
    say(sheet.latex if choice.latex else str(sheet))
    if choice.answers:
        say(f"\nAnswers\n{sheet.key}")
    if choice.output:
        say(f"\nPicture: {draw_exercise(sheet).save(choice.output)}")
    return 0


def add_grad(commands: Commands) -> None:
    one = command(commands, "grad", _grad, "print the value and its gradient", f"{EXPRESSION} --wrt b c")
    one.add_argument("--wrt", nargs="+", metavar="NAME", help="by these names only (default: every input)")


def _grad(choice: argparse.Namespace) -> None:
    quantities = graph(choice)
    name, output = list(quantities.items())[-1]
    for wanted in choice.wrt or ():
        if wanted not in quantities:
            raise ParseError(f"Unknown name {wanted!r} to differentiate by. Choose from {', '.join(quantities)}.")
    inputs = {x.name: x for x in leaves(output)} if choice.wrt is None else {x: quantities[x] for x in choice.wrt}
    digits = choice.digits or 16
    print(chain(name, figure(output.data, digits=digits)[0]))
    for x, gradient in zip(inputs, grad(output, inputs.values()), strict=True):
        print(chain(derivative(name, x or ""), figure(gradient, digits=digits)[0]))


def add_check(commands: Commands) -> None:
    one = command(commands, "check", _check, "prove each gradient in four ways; exit 1 if they disagree", EXPRESSION)
    one.add_argument("--seconds", type=float, default=1.0, metavar="S", help="to simplify each formula (default: 1)")
    one.add_argument("--no-symbolic", action="store_true", help="without SymPy: no formulas, no closed form")
    form = one.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="as a Markdown table")
    form.add_argument("--latex", action="store_true", help="as a LaTeX table")


def _check(choice: argparse.Namespace) -> int:
    _, output = result(choice)
    proof = certificate(output, seconds=choice.seconds, symbolic=not choice.no_symbolic)
    if choice.markdown:
        print(proof.markdown)
    else:
        print(proof.latex if choice.latex else proof)
    return 0 if proof.ok else 1


def add_ops(commands: Commands) -> None:
    one = subcommand(commands, "ops", _ops, "print the table of operations", "--markdown > operations.md")
    one.description = "Print the table of operations: formula, derivatives, domain, conventions."
    one.add_argument("--markdown", action="store_true", help="as a Markdown table")
    one.add_argument("--write", metavar="PAGE", help="bring the table in this Markdown document up to date")


def _ops(choice: argparse.Namespace) -> None:
    if choice.write:
        update(Path(choice.write), markdown())
        print(f"Table: {choice.write}")
    else:
        print(markdown() if choice.markdown else listing())


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
