"""How the passes look where there is more than plain text: a table in a notebook, colours in a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.passes.steps import Step

# Colours by role, as pictures have them: what is named, values forward, gradients back, remarks.
NAME, VALUE, GRADIENT, REMARK, HEADING = "bold", "bold cyan", "bold red", "dim", "bold underline"


def table(steps: Iterable[Step], givens: str, more: int = 0) -> str:
    """The steps as an HTML table whose cells hold LaTeX, for a notebook to typeset; every text is escaped."""
    rows = [f"<caption>${escape(givens)}$</caption>"] if givens else []
    rows += ["<tr><th>step</th><th>pass</th><th>line</th><th>why now</th></tr>"]
    for step in steps:
        line = f'<td style="text-align:left" title="{escape(step.unicode)}">$\\displaystyle {escape(step.latex)}$</td>'
        rows.append(f"<tr><td>{step.number}</td><td>{step.phase}</td>{line}<td>{escape(step.why)}</td></tr>")
    rows += [f'<tr><td colspan="4">… {more} more</td></tr>'] if more else []
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def coloured(text: str) -> Any:
    """A listing as rich's Text; what it says stays as it is."""
    from rich.text import Text

    lines = [_line(line, Text) for line in text.split("\n")]
    return Text("\n", no_wrap=False).join(lines)


def _line(line: str, text: Any) -> Any:
    bare = line.strip()
    if bare in ("Forward pass", "Backward pass"):
        return text(line, style=HEADING)
    if bare.startswith(("why: ", "pending: ")) or " = " not in line:
        return text(line, style=REMARK)
    left, _, rest = line.partition(" = ")
    middle, equals, result = rest.rpartition(" = ")
    role = GRADIENT if bare.startswith("∂") else VALUE
    return text.assemble((left, NAME), " = ", middle, equals, (result, role))
