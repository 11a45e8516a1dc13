"""One saver and one table of formats: a row says a format's ending and what writes each thing that it can hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from autograd import DrawingError
from autograd.files import write_whole
from viz.formats import animation, beamer, figure, pdf, raster, svg, tikz
from viz.shapes import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Kind = Literal["picture", "sequence", "page", "plot", "animation"]
NAMES: Mapping[Kind, str] = {
    "picture": "a picture",
    "sequence": "a picture of each step",
    "page": "a page",
    "plot": "a plot",
    "animation": "an animation",
}
NUMBERED = ", a numbered name such as 'J-{:03}.svg' or '.png', or a folder with a / at its end"


@dataclass(frozen=True)
class Options:
    """What a user may wish of a file; each format reads what concerns it."""

    width: int | None = None  # pixels, of PNG, GIF and APNG
    dpi: float = raster.DPI  # of a PNG without a width
    seconds: float = raster.SECONDS  # that each step of a GIF or APNG stays
    savefig: Mapping[str, object] = field(default_factory=dict)  # of plots: further options of matplotlib's savefig


class Saveable(Protocol):
    """A thing that can be saved: of which kinds it is. Of each kind it has what the classes below say."""

    @property
    def kinds(self) -> tuple[Kind, ...]: ...


class Still(Saveable, Protocol):
    """A picture: its shapes, its texts' LaTeX, and itself as DOT and Mermaid."""

    @property
    def picture(self) -> Picture: ...
    @property
    def latex(self) -> Mapping[str, str]: ...
    @property
    def dot(self) -> str: ...
    @property
    def mermaid(self) -> str: ...


class Steps(Protocol):
    """A sequence of pictures of one size, and their texts' LaTeX."""

    @property
    def pictures(self) -> Sequence[Picture]: ...
    @property
    def latex(self) -> Mapping[str, str]: ...


class Document(Protocol):
    """A page: its HTML."""

    @property
    def html(self) -> str: ...


class Plot(Protocol):
    """A figure of matplotlib, and the settings to write it under."""

    settings: Mapping[str, object]

    def figure(self) -> Figure: ...


class Film(Protocol):
    """An animation: the pixels of its frames."""

    def frames(self) -> Iterable[animation.Pixels]: ...


@dataclass(frozen=True)
class Format:
    """A format of files: its endings, what to say of it, and for each kind of thing that it holds, what writes it."""

    endings: tuple[str, ...]
    about: str
    picture: Callable[[Still, Options], str | bytes] | None = None
    sequence: Callable[[Steps, Options], str | bytes] | None = None
    page: Callable[[Document, Options], str | bytes] | None = None
    plot: Callable[[Plot, Options], str | bytes] | None = None
    animation: Callable[[Film, Options], str | bytes] | None = None


def _plot(kind: str) -> Callable[[Plot, Options], bytes]:
    def write(plot: Plot, wishes: Options) -> bytes:
        with figure.settings(plot.settings):
            return figure.write(plot.figure(), kind, wishes.savefig)

    return write


# fmt: off
FORMATS = (
    Format((".svg",), "vectors",
           picture=lambda still, options: svg.write(still.picture),
           plot=_plot("svg")),
    Format((".png",), "pixels",
           picture=lambda still, options: raster.png(still.picture, options.width, options.dpi),
           plot=_plot("png")),
    Format((".gif",), "moving pixels",
           sequence=lambda steps, options: raster.gif(steps.pictures, options.width, options.seconds),
           animation=lambda film, options: animation.gif(film.frames())),
    Format((".apng",), "moving pixels",
           sequence=lambda steps, options: raster.apng(steps.pictures, options.width, options.seconds)),
    Format((".pdf",), "vectors, text as text",
           picture=lambda still, options: pdf.book([still.picture]),
           sequence=lambda steps, options: pdf.book(steps.pictures),
           plot=_plot("pdf")),
    Format((".tex",), "a LaTeX document",
           picture=lambda still, options: tikz.document(still.picture, still.latex),
           sequence=lambda steps, options: beamer.document(steps.pictures, steps.latex)),
    Format((".tikz",), "the picture of that document alone",
           picture=lambda still, options: tikz.tikzpicture(still.picture, still.latex),
           sequence=lambda steps, options: beamer.overlays(steps.pictures, steps.latex)),
    Format((".dot",), "Graphviz", picture=lambda still, options: still.dot),
    Format((".mmd",), "Mermaid", picture=lambda still, options: still.mermaid),
    Format((".mp4",), "a film", animation=lambda film, options: animation.mp4(film.frames())),
    Format((".html", ".htm"), "a page", page=lambda document, options: document.html),
)
# fmt: on


def formats(*kinds: Kind) -> list[Format]:
    """The formats under which things of these kinds can be saved."""
    return [row for row in FORMATS if any(getattr(row, kind) for kind in kinds)]


def endings(*kinds: Kind) -> tuple[str, ...]:
    """Their endings.

    >>> endings("plot", "animation")
    ('.svg', '.png', '.gif', '.pdf', '.mp4')
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
    writer = _writer(thing.kinds, path)
    data = writer(thing, options or Options())
    write_whole(path, data.encode() if isinstance(data, str) else data, DrawingError)
    return path


def _writer(kinds: Sequence[Kind], path: Path) -> Callable[[Any, Options], str | bytes]:
    """What writes a thing of these kinds under this name."""
    for row in FORMATS:
        for kind in kinds:
            writer: Callable[[Any, Options], str | bytes] | None = getattr(row, kind)
            if path.suffix.lower() in row.endings and writer:
                return writer
    things, legal = " or ".join(NAMES[kind] for kind in kinds), ", ".join(endings(*kinds))
    numbered = NUMBERED if "sequence" in kinds else ""
    raise DrawingError(f"'{path}' has an unknown ending for {things}. Choose one of {legal}{numbered}.")


def save_each(stills: Sequence[Still], pattern: str, width: int | None = None) -> list[Path]:
    """Write each picture to a file of its own, numbered from 1 by a pattern such as J-{:03}.svg.

    Raises:
        DrawingError: the pattern gives two pictures one name.
    """
    try:
        paths = [Path(pattern.format(i)) for i in range(1, len(stills) + 1)]
    except (ValueError, LookupError, AttributeError):
        paths = []
    if len(set(paths)) < len(stills):
        raise DrawingError(f"'{pattern}' does not number the pictures. Write it as 'J-{{:03}}.svg'.")
    return [save(still, path, Options(width=width)) for still, path in zip(stills, paths, strict=True)]
