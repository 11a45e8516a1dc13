"""Shapes as TikZ, their texts as LaTeX mathematics: real fractions, the document's own fonts."""

from __future__ import annotations

from collections.abc import Mapping

from viz.fonts import MATH_ZOOM
from viz.formats import texletters as letters
from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, Text, decimal
from viz.typeset.latex import TWO_LINES

PREAMBLE = r"""\documentclass{article}
%s\usepackage[paperwidth=%sbp,paperheight=%sbp,margin=0bp]{geometry}
\usepackage{fix-cm}
\usepackage{amsmath}
\usepackage{tikz}
\pagestyle{empty}
\setlength\parindent{0pt}
\setlength\topskip{0pt}
\begin{document}
"""


def document(picture: Picture) -> str:
    """The picture as a document of one page of its size, for pdfLaTeX, XeLaTeX or LuaLaTeX."""
    size = decimal(picture.width), decimal(picture.height + 1)  # a point more, or rounding would begin a second page
    drawn = tikzpicture(picture)
    return PREAMBLE % (letters.package(drawn), *size) + drawn + "\\end{document}\n"


def tikzpicture(picture: Picture) -> str:
    """The picture as a `tikzpicture`."""
    colours = palette(picture)
    body = [line for group in picture.groups for line in group_lines(group, colours)]
    return "\n".join([*letters.needs(body), *opening(picture, colours), *body, r"\end{tikzpicture}", ""])


def opening(picture: Picture, colours: Mapping[str, str]) -> list[str]:
    """What comes before the cards, without a line's end, which would be a space: colours, the size, the background."""
    page = f"(0,0) rectangle ({decimal(picture.width)},{decimal(picture.height)})"
    lines = [rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}" for colour, name in colours.items()]
    lines += [r"\begin{tikzpicture}[x=1bp,y=-1bp,inner sep=0pt,outer sep=0pt]", rf"\useasboundingbox {page};"]
    lines += [rf"\fill[{colours[picture.background]}] {page};"] if picture.background else []
    return [f"{line}%" for line in lines]


def group_lines(group: Group, colours: Mapping[str, str]) -> list[str]:
    """One card or arrow, a line for each shape."""
    return [f"% {group.kind} {group.id}", *(_shape(shape, colours) for shape in group.shapes)]


def palette(picture: Picture) -> dict[str, str]:
    """A name for each colour, in order of appearance."""
    colours = [picture.background] if picture.background else []
    for group in picture.groups:
        for shape in group.shapes:
            colours += [getattr(shape, key) for key in ("line", "fill", "colour") if hasattr(shape, key)]
    return {colour: f"chalk{i}" for i, colour in enumerate(dict.fromkeys(colours)) if colour != "none"}


def _shape(shape: Shape, colours: Mapping[str, str]) -> str:
    match shape:
        case Box(x, y, width, height, radius, line, fill, stroke):
            styles = [f"draw={colours[line]},line width={decimal(stroke)}bp"] if stroke else []
            styles += [f"fill={colours[fill]}"] if fill != "none" else []
            style = ",".join([*styles, f"rounded corners={decimal(radius)}bp"])
            return rf"\path[{style}] {_p((x, y))} rectangle {_p((x + width, y + height))};"
        case Curve(points, line, stroke, dash, opacity):
            style = f"{colours[line]},line width={decimal(stroke)}bp"
            style += f",dash pattern=on {decimal(dash[0])}bp off {decimal(dash[1])}bp" if dash else ""
            style += f",draw opacity={opacity:.3g}" if opacity < 1 else ""
            if len(points) == 2:
                return rf"\draw[{style}] {_p(points[0])} -- {_p(points[1])};"
            pieces = [
                f" .. controls {_p(points[i])} and {_p(points[i + 1])} .. {_p(points[i + 2])}"
                for i in range(1, len(points) - 2, 3)
            ]
            return rf"\draw[{style}] {_p(points[0])}{''.join(pieces)};"
        case Head(points, fill, opacity):
            style = colours[fill] + (f",fill opacity={opacity:.3g}" if opacity < 1 else "")
            return rf"\fill[{style}] {' -- '.join(map(_p, points))} -- cycle;"
    return _text(shape, colours)


def _text(text: Text, colours: Mapping[str, str]) -> str:
    """On its baseline, two lines by their middle; a formula as large as it was measured, with full-size fractions."""
    body = f"${letters.tall(letters.safe(text.latex))}$" if text.latex else letters.plain(text.text)
    size = text.size * (MATH_ZOOM if text.latex else 1)
    font = rf"\fontsize{{{decimal(size)}bp}}{{{decimal(size * 1.2)}bp}}\selectfont"
    font += r"\bfseries" if text.bold and not text.latex else ""
    anchor, y = ("center", text.middle) if text.latex.startswith(TWO_LINES) else ("base", text.y)
    place = f"text={colours[text.colour]},anchor={anchor},font={{{font}}}"
    return rf"\node[{place}] at {_p((text.x, y))} {{{body}}};"


def _p(point: Point) -> str:
    return f"({decimal(point[0])},{decimal(point[1])})"
