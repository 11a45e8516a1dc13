"""What the user holds: a picture that shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd import DrawingError, files
from viz import fonts as font
from viz import shapes
from viz.formats import mermaid, pdf, svg
from viz.formats import tikz as latex
from viz.graph.scene import Scene
from viz.layout import dot
from viz.layout.engines import Engine
from viz.theme import THEME, Theme, themed

MOST_PIXELS = 50_000_000  # a larger PNG would take the process's memory
SLIDE = (13.3, 7.5)  # inches: a slide of 16 : 9
LEGIBLE = 14.0  # points: the smallest text that is read from the last row
ENDINGS = (".svg", ".png", ".pdf", ".tex", ".tikz", ".dot", ".mmd")
LARGEST_PAGE = 200.0  # inches: the most that a PDF may have


class Drawing:
    """A picture of a computation graph, made when first asked for.

    Attributes:
        svg: the SVG document as text.
        folded: what the cards stand for that is not drawn, as ("weights onto edges",).
        dot: the DOT source as text, for Graphviz and its tools.

    Example:
        >>> from autograd import parse
        >>> import viz
        >>> drawing = viz.draw(parse("y = a*b", a=2, b=3)["y"])
        >>> drawing
        <Drawing of y: 3 nodes, 2 edges>
    """

    def __init__(
        self,
        scene: Scene,
        theme: Theme | str = THEME,
        engine: Engine = "embedded",
        size: tuple[float, float] | None = None,
        transparent: bool = False,
    ) -> None:
        if size is not None:
            _refuse_page(size)
        self.scene, self.theme, self.engine = scene, themed(theme), engine
        self.size, self.transparent = size, transparent

    @cached_property
    def picture(self) -> shapes.Picture:
        """The shapes, in points, that every format is written from."""
        picture = shapes.place(self.scene, self.theme, self.engine)
        if self.transparent:
            picture = replace(picture, background=None)
        return shapes.fit(picture, *(side * 72 for side in self.size)) if self.size else picture

    @property
    def folded(self) -> tuple[str, ...]:
        """What was folded so that the picture can be read; it stands below the picture too."""
        return self.scene.folded

    def label_size(self, page: tuple[float, float] = SLIDE) -> float:
        """The size of the smallest text, in points, where the picture fills a page of this size in inches."""
        _refuse_page(page)
        size = min(self.theme.card_size, self.theme.edge_size)
        cards = sum(math.prod(dot.card_size(node, self.theme)) for node in self.scene.nodes)
        if cards > math.prod(page) * 72**2 * (size / LEGIBLE) ** 2 or shapes.tangle(self.scene) > shapes.MOST_TANGLED:
            return 0.0  # legible cards alone would cover the page: no need for a layout
        sides = zip(page, (self.picture.width, self.picture.height), strict=True)
        smallest = min(s.size for g in self.picture.groups for s in g.shapes if isinstance(s, shapes.Text))
        return smallest * min(72 * side / length for side, length in sides)

    @cached_property
    def svg(self) -> str:
        return svg.write(self.picture)

    @cached_property
    def dot(self) -> str:
        return dot.source(self.scene, self.theme)

    @property
    def latex(self) -> Mapping[str, str]:
        """The LaTeX of texts that are mathematics."""
        return self.scene.latex

    @property
    def tikz(self) -> str:
        """The `tikzpicture` alone, for \\input into one's own document; a .tex file is a whole document."""
        return latex.tikzpicture(self.picture, self.latex)

    @property
    def mermaid(self) -> str:
        """The Mermaid flowchart, which Markdown files on the web show."""
        return mermaid.write(self.scene, self.theme)

    def png(self, width: int | None = None, dpi: float = 144) -> bytes:
        """The picture as PNG.

        Args:
            width: in pixels; default: by dpi.
            dpi: pixels an inch, if no width is given.

        Raises:
            DrawingError: no pixels, or more than 50 million.
        """
        import resvg_py

        if dpi <= 0 or (width is not None and width < 1):
            raise DrawingError(f"A PNG of width={width}, dpi={dpi:g} has no pixels. Take a width of at least 1.")
        zoom = width / self.picture.width if width else dpi / 72
        pixels = [max(1, round(side * zoom)) for side in (self.picture.width, self.picture.height)]
        if pixels[0] * pixels[1] > MOST_PIXELS:
            raise DrawingError(f"{pixels[0]} × {pixels[1]} pixels are too many. Take a smaller width, or SVG or PDF.")
        files = [str(font.REGULAR), str(font.BOLD)]
        text = self.svg.replace(f'font-family="{font.FALLBACK}"', f'font-family="{font.FAMILY}"')
        return bytes(
            resvg_py.svg_to_bytes(svg_string=text, font_files=files, skip_system_fonts=True, dpi=96, width=pixels[0])
        )

    def pdf(self) -> bytes:
        """The picture as a PDF page of its size, its text as text."""
        return pdf.write(self.picture)

    def save(self, path: str | os.PathLike[str], width: int | None = None, dpi: float = 144) -> Path:
        """Write the picture to a file, whole or not at all; its ending says the format.

        Args:
            path: ends in .svg, .png, .pdf, .tex (a document), .tikz (its picture alone), .dot or .mmd (Mermaid).
            width, dpi: of a PNG, as for `png`.

        Returns:
            The path.

        Raises:
            DrawingError: an unknown ending, or a file that cannot be written.
        """
        path = Path(path)
        formats: dict[str, Callable[[], bytes]] = {
            ".svg": lambda: self.svg.encode(),
            ".png": lambda: self.png(width, dpi),
            ".pdf": self.pdf,
            ".tex": lambda: latex.document(self.picture, self.latex).encode(),
            ".tikz": lambda: self.tikz.encode(),
            ".dot": lambda: self.dot.encode(),
            ".mmd": lambda: self.mermaid.encode(),
        }
        if path.suffix.lower() not in formats:
            raise DrawingError(f"'{path}' has no known ending. Choose from {', '.join(formats)}.")
        write_whole(path, formats[path.suffix.lower()]())
        return path

    def _repr_mimebundle_(self, include: Container[str] | None = None, exclude: Container[str] | None = None) -> Any:
        bundle = {"image/svg+xml": self.svg, "text/plain": repr(self)}
        return {
            kind: data
            for kind, data in bundle.items()
            if (not include or kind in include) and (not exclude or kind not in exclude)
        }

    def __repr__(self) -> str:
        return f"<Drawing of {self.scene.caption}: {len(self.scene.nodes)} nodes, {len(self.scene.edges)} edges>"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, as `autograd.files` does.

    Raises:
        DrawingError: the folder is missing or the file cannot be written.
    """
    files.write_whole(path, data, DrawingError)


def _refuse_page(size: Any) -> None:
    """Refuse what is no width and height in inches."""
    sides = size if isinstance(size, tuple | list) and len(size) == 2 else (0,)
    if not all(isinstance(side, int | float) and 0 < side <= LARGEST_PAGE for side in sides):
        raise DrawingError(f"size={size} fits no page. Give width and height in inches, as in (13.3, 7.5).")
