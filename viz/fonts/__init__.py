"""The font that pictures are measured and rendered with: DejaVu Sans, from the package itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FAMILY = "DejaVu Sans"
FALLBACK = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"  # where the SVG's reader lacks it
REGULAR = Path(__file__).parent / "DejaVuSans.ttf"
BOLD = Path(__file__).parent / "DejaVuSans-Bold.ttf"
CAP_HEIGHT = 0.729  # of the size: the height of capitals, read from the font's OS/2 table


@cache
def _advances(file: Path) -> dict[int, float]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        unit, widths = font["head"].unitsPerEm, font["hmtx"]
        return {code: widths[glyph][0] / unit for code, glyph in font.getBestCmap().items()}


def width(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is, in the unit of `size`; a character the font lacks counts as a square.

    >>> round(width("∂J/∂a = 3", 20), 1)
    87.8
    """
    advances = _advances(BOLD if bold else REGULAR)
    return size * sum(advances.get(ord(character), 1.0) for character in text)
