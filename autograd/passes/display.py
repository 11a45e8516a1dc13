"""How the passes look where there is more than plain text: a table in a notebook, colours in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

# Colours by role, as pictures have them: what is named, values forward, gradients back, remarks.
NAME, VALUE, GRADIENT, REMARK, HEADING = "bold", "bold cyan", "bold red", "dim", "bold underline"


_SIGN = re.compile("( [=≈] )")
Row = tuple[int, str, str, str, str]  # a step's number, phase, line as text and as LaTeX, and why it is next


def table(steps: Iterable[Row], givens: str, more: int = 0, note: str = "") -> str:
    """The steps as an HTML table whose cells hold LaTeX, for a notebook to typeset; every text is escaped."""
    head = [*([escape(note)] if note else []), *([f"${escape(givens)}$"] if givens else [])]
    rows = [f"<caption>{'<br>'.join(head)}</caption>"] if head else []
    rows += ["<tr><th>step</th><th>pass</th><th>line</th><th>why now</th></tr>"]
    for number, phase, unicode, latex, why in steps:
        line = f'<td style="text-align:left" title="{escape(unicode)}">$\\displaystyle {escape(latex)}$</td>'
        rows.append(f"<tr><td>{number}</td><td>{phase}</td>{line}<td>{escape(why)}</td></tr>")
    rows += [f'<tr><td colspan="4">… {more} more</td></tr>'] if more else []
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def coloured(text: str) -> object:
    """A listing as rich's Text; what it says stays as it is."""
    from rich.text import Text

    return Text("\n", no_wrap=False).join(Text.assemble(*_styled(line)) for line in text.split("\n"))


def _styled(line: str) -> list[tuple[str, str]]:
    """A line's parts with their styles."""
    bare = line.strip()
    if bare in ("Forward pass", "Backward pass"):
        return [(line, HEADING)]
    if bare.startswith(("why: ", "pending: ")) or not _SIGN.search(line):
        return [(line, REMARK)]
    left, sign, *rest, result = _SIGN.split(line)
    role = GRADIENT if bare.startswith("∂") else VALUE
    return [(left, NAME), (sign + "".join(rest), ""), (result, role)]
