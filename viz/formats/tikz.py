"""Shapes as TikZ, their texts as LaTeX mathematics: real fractions, the document's own fonts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, Text, decimal

# A character that pdfTeX has no glyph for: XeTeX and LuaTeX set it, pdfTeX says its number.
OTHER = r'\providecommand\othersign[1]{\mbox{\ifdefined\Umathchar\char"#1\else\texttt{U+#1}\fi}}'
PREAMBLE = r"""\documentclass{article}
\usepackage[paperwidth=%sbp,paperheight=%sbp,margin=0bp]{geometry}
\usepackage{fix-cm}
\usepackage{amsmath}
\usepackage{tikz}
\pagestyle{empty}
\setlength\parindent{0pt}
\setlength\topskip{0pt}
\begin{document}
"""
ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u030c": "v", "\u0327": "c"}


def document(picture: Picture) -> str:
    """The picture as a document of one page of its size, for pdfLaTeX, XeLaTeX or LuaLaTeX."""
    size = decimal(picture.width), decimal(picture.height + 1)  # a point more, or rounding would begin a second page
    return PREAMBLE % size + tikzpicture(picture) + "\\end{document}\n"


def tikzpicture(picture: Picture) -> str:
    """The picture as a `tikzpicture`."""
    colours = palette(picture)
    lines = [OTHER, *(rf"\definecolor{{{name}}}{{HTML}}{{{c[1:].upper()}}}" for c, name in colours.items())]
    lines += [r"\begin{tikzpicture}[x=1bp,y=-1bp,inner sep=0pt,outer sep=0pt]"]
    page = f"(0,0) rectangle ({decimal(picture.width)},{decimal(picture.height)})"
    lines += [rf"\useasboundingbox {page};"]
    lines += [rf"\fill[{colours[picture.background]}] {page};"] if picture.background else []
    for group in picture.groups:
        lines += group_lines(group, colours)
    return "\n".join([*lines, r"\end{tikzpicture}", ""])


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
    """Centred at its middle, where the letters' own height is a matter of the document's font."""
    body = f"${safe(text.latex)}$" if text.latex else safe(plain(text.text))
    bold = r"\boldmath\bfseries" if text.bold else ""
    font = rf"\fontsize{{{decimal(text.size)}bp}}{{{decimal(text.size * 1.2)}bp}}\selectfont{bold}"
    middle = text.y - text.size * 0.36
    return rf"\node[text={colours[text.colour]},font={{{font}}}] at {_p((text.x, middle))} {{{body}}};"


def plain(text: str) -> str:
    r"""Text for LaTeX, outside mathematics.

    >>> plain("50% of a_b")
    '50\\% of a\\_b'
    """
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {c: f"${c}$" for c in "<>|"} | {c: "\\" + c for c in "{}$&#_%"}
    return "".join(special.get(c, c) for c in " ".join(text.split()))


def safe(latex: str) -> str:
    r"""LaTeX in ASCII: letters with accents as such, every other character by its number.

    >>> safe("\\text{é ש}"), safe("\\text{a\x00b}")
    ("\\text{\\mbox{\\'{e}} \\othersign{05E9}}", '\\text{a b}')
    """
    return "".join(map(_ascii, _signs(latex)))


def _signs(latex: str) -> str:
    r"""Inside \text, the signs that TeX's oldest fonts have other glyphs for, as mathematics.

    >>> _signs(r"a < \text{<\{b}")
    'a < \\text{$<$\\{b}'
    """
    tokens, inside = [], 0
    for token in re.findall(r"\\text\{|\\.|.", latex, re.DOTALL):
        if token == r"\text{" or (inside and token == "{"):
            inside += 1
        elif inside and token == "}":
            inside -= 1
        tokens.append(f"${token}$" if inside and token in ("<", ">", "|") else token)
    return "".join(tokens)


def _ascii(character: str) -> str:
    if ord(character) < 128:
        return character if character.isprintable() else " "
    letter, mark = unicodedata.normalize("NFD", character)[:1], unicodedata.normalize("NFD", character)[1:]
    if mark in ACCENTS and letter.isascii():
        return rf"\mbox{{\{ACCENTS[mark]}{{{letter}}}}}"
    return rf"\othersign{{{ord(character):04X}}}"


def _p(point: Point) -> str:
    return f"({decimal(point[0])},{decimal(point[1])})"
