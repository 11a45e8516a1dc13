"""The command `chalkgrad`: an expression in, its passes, gradients and picture out."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
import warnings
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

import autograd
from viz.commands.expressions import EXPRESSION
from viz.commands.passes import add_check, add_exercise, add_grad, add_ops, add_steps
from viz.commands.pictures import add_descend, add_draw, add_frames, add_network, add_page, add_playground

ADDERS = (  # in the order of the help
    *(add_draw, add_steps, add_exercise, add_frames, add_page, add_grad, add_network, add_playground, add_check),
    *(add_descend, add_ops),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        The exit status: 0, 1 if a check fails, 2 after a user's mistake or where the output cannot be written,
        130 after Ctrl-C.
    """
    _open_streams()
    choice = _parser().parse_args(arguments)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", autograd.SmallTextWarning)
            status: int | None = choice.run(choice)
        for warning in told:
            _told(choice.command, _as_options(str(warning.message)))
        sys.stdout.flush()
    except autograd.ChalkgradError as error:
        return _told(choice.command, error)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        reason = error.strerror or error
        return _told(choice.command, f"The output cannot be written: {reason}. Write it to another place.")
    except KeyboardInterrupt:
        return 130
    return status or 0


def _open_streams() -> None:
    """What is closed reads and writes nothing; what a terminal cannot show is ?."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # to the end
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _drop_output() -> None:
    """Let what waits to be written go nowhere, so that nothing fails at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as_options(message: str) -> str:
    """A message with arguments as the command takes them.

    >>> _as_options("Draw a part, such as around='v', depth=2.")
    'Draw a part, such as --around v --depth 2.'
    """
    argument = r"(\w+)=(?:'([^']*)'|(\d+))(?:, (?=\w+=))?"
    options = re.sub(argument, lambda found: f"--{found[1]} {shlex.quote(found[2] or found[3])} ", message)
    return options.replace(" .", ".")


def _told(command: str, message: object) -> int:
    with suppress(OSError):
        print(f"chalkgrad {command}: {message}", file=sys.stderr)
    return 2


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
