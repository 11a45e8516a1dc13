"""One saver and one table of formats: a row says a format's ending and what writes each thing that it can hold."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from autograd import DrawingError
from autograd.atomic_files import write_whole
from viz.formats import beamer, figure, pdf, pptx, raster, svg, tikz

Kind = Literal["picture", "sequence", "page", "plot", "animation"]
NAMES: Mapping[Kind, str] = {
    "picture": "a picture",  # it has .picture, .dot, .mermaid
    "sequence": "a picture of each step",  # it has .pictures
    "page": "a page",  # it has .html
    "plot": "a plot",  # it has .figure(), .settings
    "animation": "an animation",  # it has .frames()
}
PLACE = r"\{(:0?\d?d?)?\}"  # of a number, in a file's name
NUMBERED = ", a numbered name such as 'J-{:03}.svg' or '.png', or a folder with a / at its end"


@dataclass(frozen=True)
class Options:
    """What a user may wish of a file; each format reads what concerns it."""

    width: int | None = None  # pixels, of PNG, GIF, APNG and MP4
    dpi: float = raster.DPI  # of a PNG without a width
    outlines: bool = False  # of an SVG of a picture: letters as paths
    seconds: float = raster.SECONDS  # that each step of a GIF, APNG or MP4 stays
    savefig: Mapping[str, object] = field(default_factory=dict)  # of plots: further options of matplotlib's savefig

    @property
    def letters(self) -> svg.Kind:
        return "outlines" if self.outlines else "searchable"


class Saveable(Protocol):
    """A thing that can be saved: of which kinds it is. Of each it has what NAMES says."""

    @property
    def kinds(self) -> tuple[Kind, ...]: ...


Writer = Callable[[Any, Options], str | bytes]


@dataclass(frozen=True)
class Format:
    """A format of files: its endings, what to say of it, and for each kind of thing that it holds, what writes it."""

    endings: tuple[str, ...]
    about: str
    picture: Writer | None = None
    sequence: Writer | None = None
    page: Writer | None = None
    plot: Writer | None = None
    animation: Writer | None = None


# fmt: off
FORMATS = (
    Format((".svg",), "vectors", picture=lambda still, options: svg.write(still.picture, options.letters),
           plot=lambda plot, options: figure.write(plot, "svg", options.savefig)),
    Format((".png",), "pixels", plot=lambda plot, options: figure.write(plot, "png", options.savefig),
           picture=lambda still, options: raster.png(still.picture, options.width, options.dpi)),
    Format((".gif",), "moving pixels", animation=lambda film, options: raster.film(film.frames()),
           sequence=lambda steps, options: raster.gif(steps.pictures, options.width, options.seconds)),
    Format((".apng",), "moving pixels",
           sequence=lambda steps, options: raster.apng(steps.pictures, options.width, options.seconds)),
    Format((".pdf",), "vectors, text as text", plot=lambda plot, options: figure.write(plot, "pdf", options.savefig),
           picture=lambda still, options: pdf.book([still.picture]),
           sequence=lambda steps, options: pdf.book(steps.pictures)),
    Format((".pptx",), "slides with shapes and text to edit",
           picture=lambda still, options: pptx.deck([still.picture]),
           sequence=lambda steps, options: pptx.deck(steps.pictures, steps.sentences),
           plot=lambda plot, options: pptx.photo(figure.write(plot, "png", {"dpi": 200, **options.savefig}), "Plot")),
    Format((".tex",), "a LaTeX document",
           picture=lambda still, options: tikz.document(still.picture),
           sequence=lambda steps, options: beamer.document(steps.pictures)),
    Format((".tikz",), "the picture of that document alone",
           picture=lambda still, options: tikz.tikzpicture(still.picture),
           sequence=lambda steps, options: beamer.overlays(steps.pictures)),
    Format((".dot",), "Graphviz", picture=lambda still, options: still.dot),
    Format((".mmd",), "Mermaid", picture=lambda still, options: still.mermaid),
    Format((".mp4",), "a film", animation=lambda film, options: raster.mp4(film.frames()),
           sequence=lambda steps, options: raster.video(steps.pictures, options.width, options.seconds)),
    Format((".html", ".htm"), "a page", page=lambda document, options: document.html),
)
# fmt: on


def formats(*kinds: Kind) -> list[Format]:
    """The formats under which things of these kinds can be saved."""
    return [row for row in FORMATS if any(getattr(row, kind) for kind in kinds)]


def endings(*kinds: Kind) -> tuple[str, ...]:
    """Their endings.

    >>> endings("plot", "animation")
    ('.svg', '.png', '.gif', '.pdf', '.pptx', '.mp4')
    """
    return tuple(ending for row in formats(*kinds) for ending in row.endings)


def described(*kinds: Kind) -> str:
    """Their endings with what they are, for a command's help.

    >>> described("animation")
    '.gif (moving pixels), .mp4 (a film)'
    """
    return ", ".join(f"{row.endings[0]} ({row.about})" for row in formats(*kinds))


def save(thing: Saveable, path: str | os.PathLike[str], options: Options | None = None) -> Path:
    """Write a thing to a file, whole or not at all; its ending says the format.

    Raises:
        DrawingError: an unknown ending, or a file that cannot be written.
    """
    path = Path(path)
    data = _writer(thing.kinds, path)(thing, options or Options())
    write_whole(path, data.encode() if isinstance(data, str) else data, DrawingError)
    return path


def _writer(kinds: Sequence[Kind], path: Path) -> Writer:
    """What writes a thing of these kinds under this name."""
    for row in FORMATS:
        writers: list[Writer] = [getattr(row, kind) for kind in kinds if getattr(row, kind)]
        if writers and path.suffix.lower() in row.endings:
            return writers[0]
    things, legal = " or ".join(NAMES[kind] for kind in kinds), ", ".join(endings(*kinds))
    numbered = NUMBERED if "sequence" in kinds else ""
    raise DrawingError(f"'{path}' has an unknown ending for {things}. Choose one of {legal}{numbered}.")


def save_each(stills: Sequence[Saveable], pattern: str, options: Options | None = None) -> list[Path]:
    """Write each picture to a file of its own, numbered from 1 by a pattern such as J-{:03}.svg.

    Raises:
        DrawingError: the pattern gives two pictures one name.
    """
    braces = set("{}") & set(re.sub(PLACE, "", pattern.replace("{{", "").replace("}}", "")))
    numbers = range(1, len(stills) + 1) if not braces else ()
    paths = [Path(pattern.format(*[i] * pattern.count("{"))) for i in numbers]
    if len(set(paths)) < len(stills):
        raise DrawingError(f"'{pattern}' does not number the pictures. Write it as 'J-{{:03}}.svg'.")
    return [save(still, path, options) for still, path in zip(stills, paths, strict=True)]
