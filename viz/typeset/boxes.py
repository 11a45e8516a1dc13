"""A formula as boxes: glyphs on baselines and rules, joined side by side, above each other, around each other.

Lengths are in the unit of the text's size, y grows downwards, and 0 is the baseline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from viz import fonts as font


@dataclass(frozen=True)
class Glyphs:
    """Characters of one font in a row; `face` is "" for what no font of the package has."""

    x: float
    y: float
    text: str
    size: float
    face: str
    stretch: float = 1.0  # of the height, for roots


@dataclass(frozen=True)
class Rule:
    """A filled rectangle by its top left corner: the bar of a fraction."""

    x: float
    y: float
    width: float
    height: float


Mark = Glyphs | Rule


@dataclass(frozen=True)
class Box:
    """Marks, and the room that they take: a width, a height above the baseline and a depth below it."""

    width: float = 0.0
    height: float = 0.0
    depth: float = 0.0
    marks: tuple[Mark, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the package's fonts have all its characters."""
        return all(isinstance(mark, Rule) or mark.face for mark in self.marks)

    def at(self, x: float, y: float) -> tuple[Mark, ...]:
        """The marks moved."""
        return tuple(replace(mark, x=mark.x + x, y=mark.y + y) for mark in self.marks)


def word(text: str, size: float) -> Box:
    """Characters in a row, each from the first font that has it."""
    x = height = depth = 0.0
    runs: list[Glyphs] = []
    for character in text:
        face, advance, top, bottom = font.glyph(character)
        if runs and runs[-1].face == face:
            runs[-1] = replace(runs[-1], text=runs[-1].text + character)
        else:
            runs.append(Glyphs(x, 0.0, character, size, face))
        x += advance * size
        height, depth = max(height, top * size), max(depth, -bottom * size)
    return Box(x, height, depth, tuple(runs))


def row(boxes: Iterable[Box]) -> Box:
    """Boxes side by side on one baseline."""
    x = height = depth = 0.0
    marks: list[Mark] = []
    for box in boxes:
        marks += box.at(x, 0)
        x += box.width
        height, depth = max(height, box.height), max(depth, box.depth)
    return Box(x, height, depth, tuple(marks))


def over(places: Iterable[tuple[Box, float, float]], width: float, more: tuple[Mark, ...] = ()) -> Box:
    """Boxes at places of their own, each with its x and its baseline's y, and further marks."""
    marks, height, depth = list(more), 0.0, 0.0
    for box, x, y in places:
        marks += box.at(x, y)
        height, depth = max(height, box.height - y), max(depth, box.depth + y)
    return Box(width, height, depth, tuple(marks))
