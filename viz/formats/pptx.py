"""Pictures as PowerPoint slides: boxes, lines and texts of its own, each card a group, so that all can be edited."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from autograd import MissingExtra
from autograd.characters import printable
from viz import fonts, shapes
from viz.escape import xml
from viz.formats.runs import Line, Run, lines
from viz.shapes import INCH, Box, Curve, Group, Head, Picture, Point, Shape, Text
from viz.typeset import Glyphs, Rule

SLIDE = 13 + 1 / 3, 7.5  # inches: PowerPoint's slide of 16 : 9
POINT = 12700  # PowerPoint's units in a point
DAWN = datetime(2000, 1, 1)  # a fixed date, so that equal pictures are equal files
BLANK = 6  # the layout without placeholders
# Fonts that PowerPoint, Keynote and Google Slides have, and LibreOffice as others of equal widths. STIX, with which
# formulas are measured, is as wide as Times.
MATHS, WORDS = "Times New Roman", "Arial"
ASCENT = 0.94  # of the size, from a line's top to its baseline: 0.89 and 0.91 in these fonts, 1.0 in LibreOffice 7.4
SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
NO_LINE = "<a:ln><a:noFill/></a:ln>"


def deck(pictures: Sequence[Picture], notes: Sequence[str] = ()) -> bytes:
    """Slides of 13.333 × 7.5 inches, each with a picture that fills it and, if there are notes, with its note.

    Raises:
        MissingExtra: python-pptx is not installed.
    """
    presentation = _presentation(pictures[0].title)
    for i, picture in enumerate(pictures):
        slide = _slide(presentation, printable(notes[i]) if notes else "")
        fitted = shapes.fit(picture, *(side * INCH for side in SLIDE))
        tree = slide.shapes._spTree
        if picture.background:
            page = f"<p:bgPr>{_solid(picture.background)}<a:effectLst/></p:bgPr>"
            tree.addprevious(_element(f"<p:bg {SPACES}>{page}</p:bg>"))
        tree.append(_element(_Writer().picture(fitted)))
    return _saved(presentation)


def photo(png: bytes, title: str) -> bytes:
    """A slide with pixels that fill it, such as a plot.

    Raises:
        MissingExtra: python-pptx is not installed.
    """
    presentation = _presentation(title)
    picture = _slide(presentation, "").shapes.add_picture(io.BytesIO(png), 0, 0)
    zoom = min(presentation.slide_width / picture.width, presentation.slide_height / picture.height)
    picture.width, picture.height = round(zoom * picture.width), round(zoom * picture.height)
    picture.left = (presentation.slide_width - picture.width) // 2
    picture.top = (presentation.slide_height - picture.height) // 2
    picture._element.nvPicPr.cNvPr.set("descr", printable(title))
    return _saved(presentation)


def _presentation(title: str) -> Any:
    """An empty one of the slides' size."""
    try:
        from pptx import Presentation
        from pptx.util import Inches
    except ModuleNotFoundError:
        raise MissingExtra('PowerPoint slides need python-pptx: pip install "chalkgrad[slides]"') from None
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = map(Inches, SLIDE)
    about = presentation.core_properties
    about.title, about.author, about.last_modified_by = printable(title)[:255], "chalkgrad", "chalkgrad"
    about.created = about.modified = DAWN
    return presentation


def _slide(presentation: Any, note: str) -> Any:
    slide = presentation.slides.add_slide(presentation.slide_layouts[BLANK])
    if note:
        slide.notes_slide.notes_text_frame.text = note
    return slide


def _saved(presentation: Any) -> bytes:
    """The presentation as bytes, without the time at which it was written."""
    dated, undated = io.BytesIO(), io.BytesIO()
    presentation.save(dated)
    with zipfile.ZipFile(dated) as source, zipfile.ZipFile(undated, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), source.read(name), zipfile.ZIP_DEFLATED)
    return undated.getvalue()


def _element(text: str) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(text)


class _Writer:
    """Shapes as DrawingML, each with a number of its own on its slide."""

    def __init__(self) -> None:
        self.ids = count(2)  # 1 is the slide's own

    def picture(self, picture: Picture) -> str:
        """The whole picture as one group, whose alternative text is its title."""
        groups = "".join(
            self.group(_name(g), "".join(map(self.shape, g.shapes)), g.shapes) for g in picture.groups if g.shapes
        )
        page = Box(0, 0, picture.width, picture.height, 0, "none", "none", 0)
        return self.group(picture.title, groups, [page], picture.title, f" {SPACES}")

    def group(self, name: str, inside: str, around: Sequence[Shape], alt: str = "", spaces: str = "") -> str:
        sides = list(zip(*map(shapes.bounds, around), strict=True))
        place = _place((min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])), children=True)
        return (
            f"<p:grpSp{spaces}><p:nvGrpSpPr>{self.named(name, alt)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
            f"<p:grpSpPr>{place}</p:grpSpPr>{inside}</p:grpSp>"
        )

    def named(self, name: str, alt: str = "") -> str:
        more = f' descr="{xml(alt)}"' if alt else ""
        return f'<p:cNvPr id="{next(self.ids)}" name="{xml(name)}"{more}/>'

    def shape(self, shape: Shape) -> str:
        match shape:
            case Box(_, _, width, height, radius, line, fill, stroke):
                paint = (_solid(fill) if fill != "none" else "<a:noFill/>") + (
                    _line(line, stroke) if stroke else NO_LINE
                )
                share = round(100_000 * min(0.5, radius / min(width, height)))
                corners = f'<a:avLst><a:gd name="adj" fmla="val {share}"/></a:avLst>'
                form = f'<a:prstGeom prst="roundRect">{corners}</a:prstGeom>{paint}'
                return self.drawn("Box", shapes.bounds(shape), form)
            case Curve(points, line, stroke, dash, opacity):
                box = shapes.bounds(shape)
                form = _path(box, _curve(points))
                return self.drawn("Curve", box, form + "<a:noFill/>" + _line(line, stroke, dash, opacity))
            case Head(points, fill, opacity):
                box = shapes.bounds(shape)
                return self.drawn("Head", box, _path(box, _polygon(points)) + _solid(fill, opacity) + NO_LINE)
        formula = shape.formula
        if not formula:
            runs = (Run(" ".join(printable(shape.text, "\n\t").split())),)
            half = shape.width / 2
            return self.line(Line(shape.x - half, shape.x + half, shape.y, shape.size, runs), WORDS, shape)
        parts = [self.part(part, shape, shape.x - formula.width / 2) for part in lines(formula)]
        return parts[0] if len(parts) == 1 else self.group(shape.text, "".join(parts), [shape])

    def part(self, part: Line | Rule | Glyphs, text: Text, left: float) -> str:
        """A part of a formula, at its place."""
        match part:
            case Line():
                moved = Line(left + part.left, left + part.right, text.y + part.y, part.size, part.runs)
                return self.line(moved, MATHS, text)
            case Rule(x, y, width, height):
                return self.shape(Box(left + x, text.y + y, width, height, 0, "none", text.colour, 0))
        return self.shape(_root(part, left + part.x, text.y + part.y, text.colour))

    def line(self, line: Line, font: str, text: Text) -> str:
        """A text box without margins that does not wrap, its text in the middle of where the typesetter puts it."""
        top = line.y - ASCENT * line.size
        box = line.left, top, line.right, top + 1.2 * line.size
        runs = "".join(_run(run, line.size, font, text) for run in line.runs)
        body = '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:noAutofit/></a:bodyPr>'
        words = f'<p:txBody>{body}<a:p><a:pPr algn="ctr"/>{runs}</a:p></p:txBody>'
        label = "".join(run.text for run in line.runs)
        return self.drawn(label, box, '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>', words)

    def drawn(self, name: str, box: tuple[float, float, float, float], form: str, words: str = "") -> str:
        kind = '<p:cNvSpPr txBox="1"/>' if words else "<p:cNvSpPr/>"
        head = f"<p:nvSpPr>{self.named(name)}{kind}<p:nvPr/></p:nvSpPr>"
        return f"<p:sp>{head}<p:spPr>{_place(box)}{form}</p:spPr>{words}</p:sp>"


def _name(group: Group) -> str:
    """What to call a card: its first text; or an arrow: its kind."""
    return next((shape.text for shape in group.shapes if isinstance(shape, Text)), group.kind)


def _units(points: float) -> int:
    return round(points * POINT)


def _place(box: tuple[float, float, float, float], children: bool = False) -> str:
    left, top, right, bottom = map(_units, box)
    at, size = f'x="{left}" y="{top}"', f'cx="{right - left}" cy="{bottom - top}"'
    own = f"<a:chOff {at}/><a:chExt {size}/>" if children else ""  # as large inside as outside
    return f"<a:xfrm><a:off {at}/><a:ext {size}/>{own}</a:xfrm>"


def _solid(colour: str, opacity: float = 1.0) -> str:
    alpha = f'<a:alpha val="{round(100_000 * opacity)}"/>' if opacity < 1 else ""
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}">{alpha}</a:srgbClr></a:solidFill>'


def _line(colour: str, stroke: float, dash: tuple[float, float] | None = None, opacity: float = 1.0) -> str:
    """A line; its dashes are in thousandths of a per cent of its width."""
    on, off = (round(100_000 * length / stroke) for length in dash or (1, 1))
    dashes = f'<a:custDash><a:ds d="{on}" sp="{off}"/></a:custDash>' if dash else ""
    return f'<a:ln w="{_units(stroke)}" cap="flat">{_solid(colour, opacity)}{dashes}<a:round/></a:ln>'


def _path(box: tuple[float, float, float, float], steps: Iterator[tuple[str, Sequence[Point]]]) -> str:
    """A freeform of steps, each a command and its points, in a box."""
    left, top, right, bottom = box

    def point(x: float, y: float) -> str:
        return f'<a:pt x="{_units(x) - _units(left)}" y="{_units(y) - _units(top)}"/>'

    drawn = "".join(f"<a:{step}>{''.join(point(*at) for at in points)}</a:{step}>" for step, points in steps)
    size = f'w="{_units(right) - _units(left)}" h="{_units(bottom) - _units(top)}"'
    whole = f"<a:path {size}>{drawn}</a:path>"
    return f'<a:custGeom><a:avLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{whole}</a:pathLst></a:custGeom>'


def _curve(points: Sequence[Point]) -> Iterator[tuple[str, Sequence[Point]]]:
    yield "moveTo", points[:1]
    if len(points) == 2:
        yield "lnTo", points[1:]
    for i in range(1, len(points) - 2, 3):
        yield "cubicBezTo", points[i : i + 3]


def _polygon(points: Sequence[Point]) -> Iterator[tuple[str, Sequence[Point]]]:
    yield "moveTo", points[:1]
    for point in points[1:]:
        yield "lnTo", [point]
    yield "close", []


def _run(run: Run, size: float, font: str, text: Text) -> str:
    """Characters; an index is smaller by itself, as PowerPoint and its likes set it."""
    look = f'sz="{round(100 * size)}" b="{int(text.bold and font != MATHS)}" i="{int(run.italic)}"'
    look += f' baseline="{round(100_000 * run.rise)}"' if run.rise else ""
    face = f'<a:latin typeface="{font}"/><a:ea typeface="{font}"/><a:cs typeface="{font}"/>'
    return f'<a:r><a:rPr lang="en-GB" {look}>{_solid(text.colour)}{face}</a:rPr><a:t>{xml(run.text)}</a:t></a:r>'


def _root(mark: Glyphs, x: float, y: float, colour: str) -> Head:
    """The sign of a root as a polygon, as high as what stands below it."""
    corners = ((x + dx * mark.size, y - dy * mark.size * mark.stretch) for dx, dy in fonts.corners(mark.text))
    return Head(tuple(corners), colour)
