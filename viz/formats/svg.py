"""Shapes as SVG: plain attributes, ids of its own, no scripts, so that it can stand in any page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Literal

from autograd import DrawingError
from autograd.characters import printable
from viz import fonts as font
from viz.escape import LINES, xml
from viz.shapes import Box, Curve, Group, Head, Picture, Point, Shape, Text, decimal
from viz.typeset import Box as Formula
from viz.typeset import Glyphs as Run
from viz.typeset import Rule

Kind = Literal["searchable", "shared", "outlines"]  # of letters: see `write`
XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'  # for readers that know no href
ID = "\x00"  # begins each id, until what the picture contains is known: two in one page must not share any


@dataclass
class Letters:
    """How texts are written."""

    kind: Kind
    shared: dict[tuple[str, str], str] = field(default_factory=dict)  # outlines' ids by face and character

    def glyph(self, face: str, character: str, x: float) -> str:
        """A character at x on the baseline, in its font's units."""
        if self.kind == "outlines":
            return f'<path transform="translate({decimal(x)})" d="{font.outline(face, character)[0]}"/>'
        name = self.shared.setdefault((face, character), f"{ID}{len(self.shared)}")
        return f'<use href="#{name}" xlink:href="#{name}" x="{decimal(x)}"/>'


def write(picture: Picture, letters: Kind = "searchable") -> str:
    """The picture as an SVG document; its size is in points.

    Args:
        picture: the shapes.
        letters: "shared" writes a formula as glyphs, each drawn once and used often, and words as text; "searchable"
            lays a formula's text over its glyphs, transparent, so that readers can find, copy and hear it;
            "outlines" writes all letters as paths, for programs without the fonts.

    Raises:
        DrawingError: a character that the package's fonts lack, as an outline.
    """
    width, height = decimal(picture.width), decimal(picture.height)
    title = xml(picture.title)
    texts = Letters(letters)
    groups = "\n".join(_group(group, texts) for group in picture.groups)
    if picture.background:
        groups = f'<rect class="page" width="{width}" height="{height}" fill="{picture.background}"/>\n{groups}'
    if texts.shared:
        shared = "\n".join(f'<path id="{i}" d="{font.outline(*glyph)[0]}"/>' for glyph, i in texts.shared.items())
        groups = f"<defs>\n{shared}\n</defs>\n{groups}"
        groups = groups.replace(ID, f"g{blake2s(groups.encode(), digest_size=4).hexdigest()}-")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{XLINK if texts.shared else ""} width="{width}pt" height="{height}pt"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label="{title}" style="max-width:100%;height:auto"'
        f' font-family="{xml(font.FALLBACK)}" xml:space="preserve">\n<title>{title}</title>\n{groups}\n</svg>\n'
    )


def sides(document: str) -> tuple[float, float]:
    """Width and height of an SVG document, as it says them itself.

    >>> sides(write(Picture(300, 200, (), "")))
    (300.0, 200.0)
    """
    size = re.search(r'<svg [^>]*?width="([\d.]+)[a-z]*" height="([\d.]+)', document)
    if not size:
        raise DrawingError('An SVG document needs its size in its first element, as in width="300" height="200".')
    return float(size[1]), float(size[2])


def _group(group: Group, letters: Letters) -> str:
    shapes = "\n".join(_shape(shape, letters) for shape in group.shapes)
    return f'<g class="{group.kind}" data-id="{group.id}">\n{shapes}\n</g>'


def _shape(shape: Shape, letters: Letters) -> str:
    match shape:
        case Box(x, y, width, height, radius, line, fill, stroke):
            more = f' stroke="{line}" stroke-width="{decimal(stroke)}"' if stroke else ""
            return (
                f'<rect x="{decimal(x)}" y="{decimal(y)}" width="{decimal(width)}" height="{decimal(height)}"'
                f' rx="{decimal(radius)}" fill="{fill}"{more}/>'
            )
        case Curve(points, line, stroke, dash, opacity):
            more = f' stroke-dasharray="{decimal(dash[0])} {decimal(dash[1])}"' if dash else ""
            more += f' stroke-opacity="{decimal(opacity)}"' if opacity < 1 else ""
            return f'<path d="{_path(points)}" fill="none" stroke="{line}" stroke-width="{decimal(stroke)}"{more}/>'
        case Head(points, fill, opacity):
            more = f' fill-opacity="{decimal(opacity)}"' if opacity < 1 else ""
            return f'<path d="{_path(points[:1])} L {_points(points[1:])} Z" fill="{fill}"{more}/>'
    formula = shape.formula or (_outlined(shape) if letters.kind == "outlines" else None)
    if not formula:
        return _words(shape, ' font-weight="bold"' if shape.bold else "")
    lines = list(_maths(shape, formula, letters))
    if letters.kind == "searchable":
        lines += [_words(shape, f' fill-opacity="0" textLength="{decimal(shape.width)}"')]
    return "\n".join(lines)


def _outlined(text: Text) -> Formula:
    """Words as glyphs."""
    face = "bold" if text.bold else "words"
    letters = "".join(" " if letter.isspace() else letter for letter in printable(text.text, LINES))
    if lacking := [letter for letter in letters if not font.has(face, letter)]:
        raise DrawingError(f"The fonts have no outline of {lacking[0]!r} in {letters!r}. Save it without outlines.")
    return Formula(text.width, marks=(Run(0, 0, letters, text.size, face),))


def _words(text: Text, more: str) -> str:
    return (
        f'<text x="{decimal(text.x)}" y="{decimal(text.y)}" text-anchor="middle"'
        f' font-size="{decimal(text.size)}"{more} fill="{text.colour}">{xml(text.text)}</text>'
    )


def _maths(text: Text, formula: Formula, letters: Letters) -> Iterator[str]:
    """A formula's glyphs, each by the id of its outline, in groups of one size; and its rules."""
    place = _points([(text.x - formula.width / 2, text.y)])
    yield f'<g class="maths" aria-hidden="true" fill="{text.colour}" transform="translate({place})">'
    for mark in formula.marks:
        if isinstance(mark, Rule):
            x, y, width, height = map(decimal, (mark.x, mark.y, mark.width, mark.height))
            yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}"/>'
        else:
            yield _run(mark, letters)
    yield "</g>"


def _run(mark: Run, letters: Letters) -> str:
    x, glyphs = 0.0, []
    for character in mark.text:
        glyphs.append(letters.glyph(mark.face, character, x))
        _, advance, units = font.outline(mark.face, character)
        x += advance
    zoom = mark.size / units
    scale = f"{zoom:.5g} {-zoom * mark.stretch:.5g}"
    return f'<g transform="translate({_points([(mark.x, mark.y)])})scale({scale})">{"".join(glyphs)}</g>'


def _path(points: Sequence[Point]) -> str:
    rest = "" if len(points) == 1 else f" {'L' if len(points) == 2 else 'C'} {_points(points[1:])}"
    return f"M {_points(points[:1])}{rest}"


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{decimal(x)},{decimal(y)}" for x, y in points)
