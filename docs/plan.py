"""The plan of the house: the tree with a line for each file, and a picture of the layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from docs import ROOT
from tests.test_layout import FILES, NAMES, ORDER, module, room

PACKAGES = ("autograd", "nn", "viz")
WIDTH, GAP, MARGIN, LINE = 290, 18, 16, 17  # in pixels: a box, the space between columns, the border, a line of text
INK, PAPER, OUTLINE = "#14202B", {"autograd": "#E8F1FA", "nn": "#FDF1E3", "viz": "#EAF5EC"}, "#4D5866"


def tree() -> str:
    """The packages' files, in the order in which they may import each other, each with its first line."""
    lines = [line for package in PACKAGES for line in _listing(ROOT / package, 0)]
    return "```text\n" + "\n".join(lines) + "\n```"


def _listing(folder: Path, depth: int) -> Iterator[str]:
    """A folder's name and, indented, its files and folders; what says what it is comes first."""
    yield f"{'  ' * depth}{folder.name}/"
    inside = [path for path in FILES if path.is_relative_to(folder)]
    entries = {folder / path.relative_to(folder).parts[0] for path in inside}
    for entry in sorted(entries, key=lambda path: (path.name != "__init__.py", _last_room(path), path.name)):
        if entry.suffix:
            yield f"{'  ' * (depth + 1) + entry.name:28}{first_line(entry)}"
        else:
            yield from _listing(entry, depth + 1)


def _last_room(path: Path) -> int:
    """The place in the order of a file, or of the last file in a folder."""
    return max(room(module(file)) for file in FILES if file.is_relative_to(path))


def first_line(path: Path) -> str:
    """The line that says a file's idea."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def layers() -> str:
    """The rooms as SVG: a column for each package, each box free to import from those above it and to the left."""
    columns = [list(_boxes(package)) for package in PACKAGES]
    parts = []
    height = 0
    for index, (package, boxes) in enumerate(zip(PACKAGES, columns, strict=True)):
        x, y = MARGIN + index * (WIDTH + GAP), MARGIN + 28
        parts.append(f'<text x="{x + 2}" y="{MARGIN + 14}" font-size="18" font-weight="bold">{package}</text>')
        for title, names in boxes:
            lines = wrap(", ".join(names), 42)
            tall = LINE * (len(lines) + bool(title)) + 14
            parts.append(_box(x, y, tall, PAPER[package], title, lines))
            y += tall + 8
        height = max(height, y)
    width = 2 * MARGIN + 3 * WIDTH + 2 * GAP
    rule = "A file imports from its own box, from boxes above it, and from columns to its left."
    parts.append(f'<text x="{MARGIN + 2}" y="{height + LINE}">{rule}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height + LINE + MARGIN}" fill="{INK}" '
        f'font-family="DejaVu Sans, Verdana, sans-serif" font-size="12.5">\n'
        "<title>The rooms of the three packages, from the first to the last</title>\n"
        f'<rect width="100%" height="100%" fill="#FFFFFF"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _boxes(package: str) -> Iterator[tuple[str, list[str]]]:
    """A package's folders with the files in them, and the single files between two folders."""
    rooms = [name for name in ORDER if name.startswith(f"{package}.") and name in NAMES]
    for single, group in groupby(rooms, key=lambda name: not _inside(name)):
        if single:
            yield "", [name.partition(".")[2].replace(".", "/") for name in group]
        else:
            yield from ((f"{name.partition('.')[2]}/", _inside(name)) for name in group)


def _inside(name: str) -> list[str]:
    """The files of a folder that have no room of their own; nothing for a single file."""
    files = sorted(other for other in NAMES - set(ORDER) if other.startswith(f"{name}."))
    folders = {other.rpartition(".")[0] for other in files}
    return [other.removeprefix(f"{name}.").replace(".", "/") for other in files if other not in folders]


def _box(x: int, y: int, tall: int, fill: str, title: str, lines: list[str]) -> str:
    rectangle = f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{tall}" rx="7" fill="{fill}" stroke="{OUTLINE}"/>'
    texts = [f'<text x="{x + 10}" y="{y + LINE + 2}" font-weight="bold">{escape(title)}</text>'] * bool(title)
    first = y + LINE * (1 + bool(title)) + 2
    texts += [f'<text x="{x + 10}" y="{first + LINE * i}">{escape(line)}</text>' for i, line in enumerate(lines)]
    return "\n".join([rectangle, *texts])
