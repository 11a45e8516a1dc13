"""The fonts that pictures are measured and rendered with, from the package itself.

DejaVu Sans for words, and for mathematics a subset of STIX Two Math: Latin, Greek and Cyrillic letters, italics, signs.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

RECENT = 8192  # texts whose widths are remembered: many pictures of a page have the same ones
FAMILY = "DejaVu Sans"
FALLBACK = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"  # where the SVG's reader lacks it
REGULAR = Path(__file__).parent / "DejaVuSans.ttf"
BOLD = Path(__file__).parent / "DejaVuSans-Bold.ttf"
MATH = Path(__file__).parent / "STIXTwoMath.ttf"
FACES = {"math": MATH, "words": REGULAR}  # a character of a formula is set in the first that has it
OUTLINED = {**FACES, "bold": BOLD}
CAP_HEIGHT = 0.729  # of the size: the height of capitals, read from the font's OS/2 table
MATH_HEIGHT = 0.657  # the same of the font for mathematics
MATH_ZOOM = 0.547 / 0.473  # so that its small letters are as high as those of words


@cache
def _opened(file: Path) -> TTFont:
    from fontTools.ttLib import TTFont

    return TTFont(file, lazy=True)


@cache
def _advances(file: Path) -> dict[int, float]:
    font = _opened(file)
    unit, widths = font["head"].unitsPerEm, font["hmtx"]
    return {code: widths[glyph][0] / unit for code, glyph in font.getBestCmap().items()}


@lru_cache(RECENT)
def width(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is, in the unit of `size`; a character the font lacks counts as a square.

    >>> round(width("∂J/∂a = 3", 20), 1)
    87.8
    """
    advances = _advances(BOLD if bold else REGULAR)
    return size * sum(advances.get(ord(character), 1.0) for character in text)


@cache
def glyph(character: str) -> tuple[str, float, float, float]:
    """A character of a formula: the face that has it, its advance, its top and its bottom, as shares of the size.

    >>> glyph("𝑤"), glyph("字")
    (('math', 0.727, 0.479, -0.009), ('', 1.0, 0.75, -0.2))
    """
    for face, file in FACES.items():
        if advance := _advances(file).get(ord(character)):
            font = _opened(file)
            shape, unit = font["glyf"][font.getBestCmap()[ord(character)]], font["head"].unitsPerEm
            return face, advance, getattr(shape, "yMax", 0) / unit, getattr(shape, "yMin", 0) / unit
    return "", 1.0, 0.75, -0.2


@cache
def outline(face: str, character: str) -> tuple[str, float, int]:
    """A character's outline as an SVG path, y upwards, its advance, and how many of its units are the size."""
    from fontTools.pens.svgPathPen import SVGPathPen

    font = _opened(OUTLINED[face])
    glyphs = font.getGlyphSet()
    pen = SVGPathPen(glyphs)
    glyph = glyphs[font.getBestCmap()[ord(character)]]
    glyph.draw(pen)
    return pen.getCommands(), glyph.width, font["head"].unitsPerEm


def has(face: str, character: str) -> bool:
    """Whether a face has this character."""
    return ord(character) in _advances(OUTLINED[face])


@cache
def corners(character: str) -> tuple[tuple[float, float], ...]:
    """Those of a sign of straight lines, such as √, as shares of the size, y upwards."""
    from fontTools.pens.recordingPen import RecordingPen

    font, pen = _opened(MATH), RecordingPen()
    glyphs, unit = font.getGlyphSet(), font["head"].unitsPerEm
    glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    return tuple((x / unit, y / unit) for _, points in pen.value for x, y in points)
