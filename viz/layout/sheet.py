"""The page that a picture fills, and what stands around it: a heading, what has changed since, a caption."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograd import DrawingError
from viz import fonts as font
from viz.graph.scene import Scene
from viz.shapes import INCH, Group, Picture, Text, centred, fit, move
from viz.theme import Theme

SLIDE = (13.3, 7.5)  # inches: a slide of 16 : 9
LARGEST_PAGE = 200.0  # inches: the most that a PDF may have
HEADING, LEADING = 1.4, 1.5  # a heading's size, as a share of a card's text; a line's height, of its text
HEADED = 0.9  # of a page's height, what a heading of a line leaves about
LEAST_ROOM = 300.0  # points: a note below a small picture may be that wide


@dataclass(frozen=True)
class Sheet:
    """What of a picture is not its graph.

    Attributes:
        size: width and height of the page in inches, all of which is filled; None for as much as the picture needs.
        aspect: the width over the height, where there is no size.
        transparent: no background.
        title: a heading above.
        caption: True says below what the cards stand for; or a text.

    Raises:
        DrawingError: a size or an aspect that is none, or both.
    """

    size: tuple[float, float] | None = None
    aspect: float | None = None
    transparent: bool = False
    title: str = ""
    caption: bool | str = False

    def __post_init__(self) -> None:
        if self.size is not None:
            refuse_page(self.size)
        if self.aspect is None:
            return
        if self.size is not None:
            raise DrawingError("A size has its aspect. Give size= or aspect=, not both.")
        if not isinstance(self.aspect, int | float) or not 1 / 20 <= self.aspect <= 20:
            raise DrawingError(f"aspect={self.aspect!r} is no shape of a page. Give width / height, such as 16/9.")

    @property
    def is_free(self) -> bool:
        """Whether the page is as large as the picture needs."""
        return self.size is None and self.aspect is None

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the page in inches; of no size, as much as fits a slide."""
        if self.aspect is not None:
            return min(SLIDE[0], SLIDE[1] * self.aspect), min(SLIDE[1], SLIDE[0] / self.aspect)
        return self.size or SLIDE

    def body(self, theme: Theme) -> tuple[float, float]:
        """About what of the page is left to the picture alone, in points."""
        width, height = (side * INCH - 2 * theme.margin for side in self.page)
        return width, height * (HEADED if self.title else 1.0)

    def around(self, picture: Picture, scene: Scene, theme: Theme) -> Picture:
        """The picture with all that, on its page."""
        aspect = 0.0 if self.is_free else self.page[0] / self.page[1]
        picture = with_notes(picture, scene, theme, self.caption, self.title, aspect)
        return self.filled(picture)

    def filled(self, picture: Picture) -> Picture:
        """The picture in the size and on the background asked for."""
        if self.transparent:
            picture = replace(picture, background=None)
        return fit(picture, *(side * INCH for side in self.size)) if self.size else picture


PLAIN = Sheet()


def refuse_page(size: tuple[float, float]) -> None:
    """Refuse what is not a width and a height in inches."""
    sides = size if isinstance(size, tuple | list) and len(size) == 2 else (0,)
    if not all(isinstance(side, int | float) and 0 < side <= LARGEST_PAGE for side in sides):
        raise DrawingError(f"size={size} fits no page. Give width and height in inches, such as (13.3, 7.5).")


def with_notes(
    picture: Picture, scene: Scene, theme: Theme, caption: bool | str = False, heading: str = "", aspect: float = 0.0
) -> Picture:
    """The picture with a heading above and notes below, in the middle of a page.

    Args:
        caption: True says what the cards stand for; or a text.
        aspect: the page's width over its height; 0 for a page that they just fill.
    """
    told = ", ".join(scene.folded) and f"Folded: {', '.join(scene.folded)}" if caption is True else caption or ""
    room = max(picture.width - 2 * theme.margin, LEAST_ROOM)
    sizes = [shape.size for group in picture.groups for shape in group.shapes if isinstance(shape, Text)]
    size = min(sizes, default=theme.edge_size)  # a note is as large as the smallest text
    notes = _block([scene.note, told], room, size, theme.muted)
    titles = _block([heading], max(room, aspect * picture.height), HEADING * theme.card_size, theme.ink)
    width = max([picture.width, *(line.width + 2 * theme.margin for line in (*notes, *titles))])
    above = len(titles) * LEADING * HEADING * theme.card_size + theme.margin * bool(titles)
    below = len(notes) * LEADING * size
    height = above + picture.height + below
    page = max(width, aspect * height), max(height, width / aspect if aspect else 0.0)
    top = above + (page[1] - height) / 2
    groups = [move(group, (page[0] - picture.width) / 2, top) for group in picture.groups]
    groups += _stacked("heading", titles, page[0] / 2, theme.margin)
    groups += _stacked("note", notes, page[0] / 2, top + picture.height)
    title = " ".join(filter(None, [heading and f"{heading}.", picture.title + (scene.note and f". {scene.note}")]))
    return replace(picture, width=page[0], height=page[1], groups=tuple(groups), title=title)


def _block(texts: list[str], room: float, size: float, colour: str) -> list[Text]:
    """Texts in as many lines as they take."""
    return [centred(0, 0, line, size, colour) for text in texts for line in _lines(text, room, size)]


def _stacked(kind: str, lines: list[Text], x: float, top: float) -> list[Group]:
    step = lines[0].size * LEADING if lines else 0.0
    return [Group(f"{kind}{i}", kind, (line.at(x, top + (i + 0.5) * step),)) for i, line in enumerate(lines)]


def _lines(text: str, room: float, size: float) -> Iterator[str]:
    """A text in as many lines as it takes, broken between its parts, or else between its words."""
    whole = re.split("(?<=, )|(?<=was calculated: )", text)
    parts = whole if all(font.width(part, size) <= room for part in whole) else re.split(r"(?<=\s)", text)
    line = ""
    for part in parts:
        if line and font.width((line + part).rstrip(", "), size) > room:
            yield line.rstrip()
            line = ""
        line += part
    yield from [line.rstrip()] if line.strip() else []
