"""The subcommand ops: the table of operations, for a terminal and for documents."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from autograd.language.reference import reference

if TYPE_CHECKING:
    from viz.commands.expressions import Commands

HEADINGS = ("call", "formula", "derivatives", "domain", "conventions")


def add_ops(commands: Commands) -> None:
    """The arguments of `chalkgrad ops`."""
    one = commands.add_parser(
        "ops",
        help="print the table of operations",
        description="Print the table of operations: formula, derivatives, domain, conventions.",
        epilog="example: chalkgrad ops --markdown > operations.md",
    )
    one.add_argument("--markdown", action="store_true", help="as a Markdown table")
    one.set_defaults(run=_ops)


def _ops(choice: argparse.Namespace) -> None:
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
