"""The command `chalkgrad`: an expression in, its passes, gradients and picture out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import autograd
from viz.commands.expressions import EXPRESSION
from viz.commands.passes import add_check, add_exercise, add_grad, add_ops, add_steps
from viz.commands.pictures import add_descend, add_draw, add_frames, add_network, add_page

ADDERS = (  # in the order of the help
    *(add_draw, add_steps, add_exercise, add_frames, add_page, add_grad, add_network, add_check, add_descend, add_ops),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit status is 0, 1 if a check fails, or 2 after a user's mistake."""
    parser = _parser()
    choice = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without ∂ shows ?
    try:
        status: int | None = choice.run(choice)
        sys.stdout.flush()
    except autograd.ChalkgradError as error:
        print(f"chalkgrad {choice.command}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chalkgrad",
        description="Backpropagation as on the blackboard: values, gradients and pictures of an expression.",
        epilog=f"example: chalkgrad draw {EXPRESSION} -o J.svg",
    )
    parser.add_argument("--version", action="version", version=f"chalkgrad {autograd.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in ADDERS:
        add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
