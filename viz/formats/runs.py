r"""Formulas as lines of editable text: ordinary letters in italics, indices as super- and subscripts.

>>> from viz.typeset import typeset
>>> [line] = lines(typeset(r"\frac{\partial J}{\partial w_{1}}", 10.0))[1:2]
>>> [(run.text, run.italic, run.rise) for run in line.runs]
[('∂J', True, 0.0)]
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

from viz import fonts as font
from viz.typeset import Box as Formula
from viz.typeset import Glyphs, Rule

HAT = "ˆ"  # what the typesetter sets above a letter; as text it is a part of the letter
HAIR, SPACE = 0.08, 0.2  # of the size: from such a gap on, a thin space and a space


@dataclass(frozen=True)
class Run:
    """Characters of one look; an index stands above or below the line by a share of the line's size."""

    text: str
    italic: bool = False
    rise: float = 0.0


@dataclass(frozen=True)
class Line:
    """Runs on one baseline, from left to right, as wide as the typesetter's fonts make them."""

    left: float
    right: float
    y: float
    size: float
    runs: tuple[Run, ...]

    def with_run(self, run: Run, right: float) -> Line:
        """The line and one run more, joined to the last if it looks the same."""
        *runs, last = self.runs
        same = replace(last, text=last.text + run.text) if replace(last, text=run.text) == run else None
        return replace(self, right=max(self.right, right), runs=(*runs, same) if same else (*self.runs, run))


def lines(formula: Formula) -> list[Line | Rule | Glyphs]:
    """Lines of text, of a fraction one above and one below its bar; and the bars, and the signs of roots."""
    parts: list[Line | Rule | Glyphs] = []
    for mark in formula.marks:
        line = parts[-1] if parts else None
        if isinstance(mark, Rule) or mark.text == "√":
            parts.append(mark)
            continue
        right = mark.x + sum(font.glyph(character)[1] for character in mark.text) * mark.size
        if isinstance(line, Line) and mark.text == HAT:
            parts[-1] = _hatted(line)
        elif isinstance(line, Line) and (mark.size < line.size or (mark.size, mark.y) == (line.size, line.y)):
            run = _run(mark, line)
            space = "" if run.rise else _space(mark.x - line.right, line)
            parts[-1] = line.with_run(replace(run, text=space + run.text), right)
        else:
            line = Line(mark.x, right, mark.y, mark.size, ())
            parts.append(replace(line, runs=(_run(mark, line),)))
    return parts


def _run(mark: Glyphs, line: Line) -> Run:
    """The mark's letters, of which mathematics has its own italics, as ordinary ones."""
    italic = mark.text[0] == "ℎ" or 0x1D434 <= ord(mark.text[0]) <= 0x1D7CB
    text = unicodedata.normalize("NFKC", mark.text) if italic else mark.text
    return Run(text, italic, (line.y - mark.y) / line.size if mark.size < line.size else 0.0)


def _hatted(line: Line) -> Line:
    *runs, last = line.runs
    return replace(line, runs=(*runs, replace(last, text=unicodedata.normalize("NFC", last.text + "\u0302"))))


def _space(gap: float, line: Line) -> str:
    """What stands in text for a gap between marks."""
    if gap < HAIR * line.size:
        return ""
    return " " if gap > SPACE * line.size else "\u2009"
