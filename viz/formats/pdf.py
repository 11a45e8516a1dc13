"""Shapes as PDF with vector text: the font is embedded, the bytes are the same on every run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from autograd.characters import printable
from viz import fonts as font
from viz.escape import LINES
from viz.shapes import Box, Curve, Head, Picture, Shape, Text
from viz.typeset import Box as Formula
from viz.typeset import Rule

if TYPE_CHECKING:
    from fpdf import FPDF

DAWN = datetime(2000, 1, 1, tzinfo=UTC)  # a fixed date, so that equal pictures are equal files
ROUNDEST = 0.4999  # of a side, the radius of a corner: from one half on fpdf2 draws a square one


def book(pictures: Sequence[Picture]) -> bytes:
    """The pictures as a PDF, each a page of its size."""
    from fpdf import FPDF

    picture = pictures[0]
    pdf = FPDF(unit="pt", format=(picture.width, picture.height))
    pdf.set_creation_date(DAWN)
    pdf.set_title(printable(picture.title))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_font("words", "", font.REGULAR)
    pdf.add_font("words", "B", font.BOLD)
    pdf.add_font("math", "", font.MATH)
    for picture in pictures:
        pdf.add_page(format=(picture.width, picture.height))
        if picture.background:
            pdf.set_fill_color(picture.background)
            pdf.rect(0, 0, picture.width, picture.height, style="F")
        for group in picture.groups:
            for shape in group.shapes:
                _draw(pdf, shape)
    return bytes(pdf.output())


def _draw(pdf: FPDF, shape: Shape) -> None:
    match shape:
        case Box(x, y, width, height, radius, line, fill, stroke):
            pdf.set_draw_color(line)
            if fill != "none":
                pdf.set_fill_color(fill)
            pdf.set_line_width(stroke)
            style = "D" * (stroke > 0) + "F" * (fill != "none")
            corner = min(radius, ROUNDEST * min(width, height))
            pdf.rect(x, y, width, height, style=style, round_corners=corner > 0, corner_radius=corner)
        case Curve(points, line, stroke, dash, opacity):
            with pdf.new_path() as path:
                path.style.fill_color = None
                path.style.stroke_color = line
                path.style.stroke_width = stroke
                path.style.stroke_opacity = opacity if opacity < 1 else None
                path.style.stroke_dash_pattern = dash
                path.style.stroke_cap_style = "butt"
                path.style.auto_close = False
                path.move_to(*points[0])
                if len(points) == 2:
                    path.line_to(*points[1])
                for i in range(1, len(points) - 2, 3):
                    path.curve_to(*points[i], *points[i + 1], *points[i + 2])
        case Head(points, fill, opacity):
            pdf.set_fill_color(fill)
            with pdf.local_context(fill_opacity=opacity) if opacity < 1 else nullcontext():
                pdf.polygon(points, style="F")
        case Text(formula=formula) if formula:
            _maths(pdf, shape, formula)
        case Text(x, y, text, size, colour, bold):
            text = " ".join(printable(text, LINES).splitlines())
            pdf.set_font("words", "B" if bold else "", size)
            pdf.set_text_color(colour)
            pdf.text(x - pdf.get_string_width(text) / 2, y, text)


def _maths(pdf: FPDF, text: Text, formula: Formula) -> None:
    """A formula as text in its font, and its rules; a stretched sign is drawn."""
    left = text.x - formula.width / 2
    pdf.set_text_color(text.colour)
    pdf.set_fill_color(text.colour)
    for mark in formula.marks:
        x, y = left + mark.x, text.y + mark.y
        if isinstance(mark, Rule):
            pdf.rect(x, y, mark.width, mark.height, style="F")
        elif mark.stretch != 1:
            pdf.set_stretching(100 / mark.stretch)  # its width stays
            pdf.set_font(mark.face, "", mark.size * mark.stretch)
            pdf.text(x, y, mark.text)
            pdf.set_stretching(100)
        else:
            pdf.set_font(mark.face, "", mark.size)
            pdf.text(x, y, mark.text)
