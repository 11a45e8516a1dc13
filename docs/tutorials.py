"""Examples as pages: their text, their code, and below each piece of code what it printed and drew."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs import ROOT
from examples import gallery as pictures

CELL = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)


def examples() -> list[Path]:
    """The examples that answer a question; what else lies beside them makes pictures for the pages."""
    return [path for path in sorted((ROOT / "examples").glob("[!_]*.py")) if "?" in heading(path)[1]]


def heading(path: Path) -> tuple[str, str]:
    """An example's title, and the paragraph below it, which asks its question."""
    _, text = next(cells(path.read_text(encoding="utf-8")))
    title, question = text.split("\n\n")[:2] if "\n\n" in text else (text, "")
    return title.lstrip("# ").rstrip("."), " ".join(question.split())


def cells(source: str) -> Iterator[tuple[str, str]]:
    """The text and code of an example: `# %%` begins a cell, and a module's docstring is text too.

    Example:
        >>> list(cells("# %% [markdown]\\n# # A title\\n# %%\\nx = 1\\n"))
        [('text', '# A title'), ('code', 'x = 1')]
    """
    if not source.startswith("# %%"):
        _, docstring, code = source.split('"""', 2)
        yield "text", f"# {docstring.strip()}"
        yield "code", code.strip()
        return
    for markdown, body in zip(*[iter(CELL.split(source)[1:])] * 2, strict=True):
        text = re.sub("^# ?", "", body, flags=re.MULTILINE) if markdown else body
        yield "text" if markdown else "code", text.strip()


def page(path: Path) -> tuple[str, dict[str, bytes]]:
    """An example as Markdown, with the pictures that it left, by their places beside the page."""
    scope: dict[str, Any] = {"__name__": "__main__"}
    parts, pictures = [], dict[str, bytes]()
    for kind, text in cells(path.read_text(encoding="utf-8")):
        if kind == "text":
            parts.append(text)
            continue
        printed, drawn = run(text, scope)
        parts.append(f"```python\n{text}\n```")
        parts += [f"```text\n{printed}\n```"] * bool(printed)
        parts += [f"![{Path(name).stem.replace('_', ' ')}]({path.stem}/{name})" for name in drawn]
        pictures |= {f"{path.stem}/{name}": data for name, data in drawn.items()}
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    parts.append(
        f"This page is `examples/{path.name}`. `jupytext --to ipynb examples/{path.name}` makes it a notebook."
    )
    return "\n\n".join(parts) + "\n", pictures


def run(code: str, scope: dict[str, Any]) -> tuple[str, dict[str, bytes]]:
    """What a piece of code prints, and the pictures that it leaves in its folder."""
    printed = io.StringIO()
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(printed):
        os.environ["PICTURES"] = place
        if "FOLDER" in scope:
            scope["FOLDER"] = Path(place)
        exec(compile(code, "<example>", "exec"), scope)
        drawn = {file.name: file.read_bytes() for file in sorted(Path(place).iterdir())}
    lines = [line for line in printed.getvalue().splitlines() if not line.startswith("Pictures: ")]
    return "\n".join(lines).strip(), drawn


FILES = {"SVG": ".svg", "PNG": ".png", "PowerPoint": ".pptx"}  # of each picture of the gallery


def listing() -> str:
    """The list of all tutorials, for docs/tutorials.md."""
    rows = [(path, *heading(path)) for path in examples()]
    return "\n".join(f"- [{title}](../examples/{path.name}): {question}" for path, title, question in rows)


def gallery() -> str:
    """All pictures of the gallery with the lines that make them, for docs/gallery.md."""
    folder = "../examples/gallery"
    parts = [f"```python\n{pictures.SETTING}```"]
    for heading, group in pictures.PICTURES.items():
        parts.append(f"## {heading}")
        for one in group:
            parts += [f"### {one.title}", f"![{one.title}]({folder}/{one.name}.png)"]
            files = [f"[{name}]({folder}/{one.name}{ending})" for name, ending in FILES.items()]
            parts += [f"{one.about} {' · '.join(files)}", f"```python\n{one.line}\n```"]
    return "\n\n".join(parts)
