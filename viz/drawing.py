"""What the user holds: a picture that shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import math
import os
from collections.abc import Container
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from autograd import DrawingError
from viz import saving, shapes
from viz.formats import mermaid, notebook, pdf, raster, svg, tikz
from viz.graph.scene import Scene
from viz.layout import dot
from viz.layout.engines import Engine
from viz.layout.measure import text_size
from viz.layout.place import MOST_TANGLED, place, tangle, with_notes
from viz.layout.styles import STYLES, longest_chain
from viz.theme import THEME, Theme, themed

SLIDE = (13.3, 7.5)  # inches: a slide of 16 : 9
LEGIBLE = 14.0  # points: the smallest text that is read from the last row
LARGEST_PAGE = 200.0  # inches: the most that a PDF may have


class Drawing:
    """A picture of a computation graph, made when first asked for.

    Attributes:
        svg: the SVG document as text.
        folded: what the cards stand for that is not drawn, such as ("weights onto edges",).
        dot: the DOT source as text, for Graphviz and its tools.

    Example:
        >>> from autograd import parse
        >>> import viz
        >>> drawing = viz.draw(parse("y = a*b", a=2, b=3)["y"])
        >>> drawing
        <Drawing of y: 3 nodes, 2 edges>
    """

    kinds: ClassVar[tuple[saving.Kind, ...]] = ("picture",)

    def __init__(
        self,
        scene: Scene,
        theme: Theme | str = THEME,
        engine: Engine = "embedded",
        size: tuple[float, float] | None = None,
        transparent: bool = False,
    ) -> None:
        self.scene, self.engine = scene, engine
        self._dress(theme, size, transparent)

    def _dress(self, theme: Theme | str, size: tuple[float, float] | None, transparent: bool) -> None:
        """What every kind of drawing can be asked for."""
        if size is not None:
            _refuse_page(size)
        self.theme, self.size, self.transparent = themed(theme), size, transparent

    @cached_property
    def placed(self) -> shapes.Picture:
        """The cards and arrows where the engine puts them: the only place that asks for a layout."""
        return place(self.scene, self.theme, self.engine)

    @cached_property
    def picture(self) -> shapes.Picture:
        """The shapes, in points, that every format is written from."""
        return self._on_page(self._noted())

    def _noted(self) -> shapes.Picture:
        return with_notes(self.placed, self.scene, self.theme)

    def _on_page(self, picture: shapes.Picture) -> shapes.Picture:
        """The picture in the size and on the background asked for."""
        if self.transparent:
            picture = replace(picture, background=None)
        return shapes.fit(picture, *(side * shapes.INCH for side in self.size)) if self.size else picture

    @property
    def folded(self) -> tuple[str, ...]:
        """What was folded so that the picture can be read; it stands below the picture too."""
        return self.scene.folded

    def label_size(self, page: tuple[float, float] = SLIDE) -> float:
        """The size of the smallest text, in points, where the picture fills a page of this size in inches."""
        _refuse_page(page)
        return 0.0 if self._is_crowded(page) else shapes.smallest_text(self.picture, page)

    def is_legible(self) -> bool:
        """Whether cards and arrows can be read from the last row, where they fill the page or a slide."""
        page = self.size or SLIDE
        if self._is_crowded(page):
            return False
        if text_size(self.scene, self.theme) * shapes.INCH * page[0] / longest_chain(self.scene, self.theme) < LEGIBLE:
            return False  # no layout makes the chain shorter
        return shapes.smallest_text(self._noted(), page) >= LEGIBLE

    def _is_crowded(self, page: tuple[float, float]) -> bool:
        """Whether legible cards alone would cover the page, or arrows are too many: no need for a layout."""
        size = min(self.theme.card_size, self.theme.edge_size)
        measure = STYLES[self.scene.style].size
        cards = sum(math.prod(measure(node, self.scene, self.theme)) for node in self.scene.nodes)
        return cards > math.prod(page) * shapes.INCH**2 * (size / LEGIBLE) ** 2 or tangle(self.scene) > MOST_TANGLED

    @cached_property
    def svg(self) -> str:
        return svg.write(self.picture)

    @cached_property
    def dot(self) -> str:
        return dot.source(self.scene, self.theme)

    @property
    def tikz(self) -> str:
        """The `tikzpicture` alone, for \\input into one's own document; a .tex file is a whole document."""
        return tikz.tikzpicture(self.picture)

    @property
    def mermaid(self) -> str:
        """The Mermaid flowchart, which Markdown files on the web show."""
        return mermaid.write(self.scene, self.theme)

    def png(self, width: int | None = None, dpi: float = raster.DPI) -> bytes:
        """The picture as PNG.

        Args:
            width: in pixels; default: by dpi.
            dpi: pixels an inch, if no width is given.

        Raises:
            DrawingError: no pixels, or more than 50 million.
        """
        return raster.png(self.picture, width, dpi)

    def pdf(self) -> bytes:
        """The picture as a PDF page of its size, its text as text."""
        return pdf.book([self.picture])

    def save(
        self,
        path: str | os.PathLike[str],
        width: int | None = None,
        dpi: float = raster.DPI,
        outlines: bool = False,
    ) -> Path:
        """Write the picture to a file, whole or not at all.

        Args:
            path: its ending says the format: .svg, .png, .pdf, .pptx, .tex and others (all: `chalkgrad draw --help`).
            width, dpi: of a PNG, as for `png`.
            outlines: of an SVG: letters as paths, for programs that lack the fonts; they cannot be searched.

        Returns:
            The path.

        Raises:
            DrawingError: an unknown ending, a file that cannot be written, or outlines of a character that the
                package's fonts lack.
        """
        return saving.save(self, path, saving.Options(width=width, dpi=dpi, outlines=outlines))

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> notebook.Bundle:
        size = notebook.size(self.picture.width, self.picture.height)
        writers = {**notebook.still(self.picture), "text/plain": self.__repr__}
        return notebook.bundle(writers, size, include, exclude)

    def __repr__(self) -> str:
        return f"<Drawing of {self.scene.caption}: {len(self.scene.nodes)} nodes, {len(self.scene.edges)} edges>"


def _refuse_page(size: tuple[float, float]) -> None:
    """Refuse what is not a width and a height in inches."""
    sides = size if isinstance(size, tuple | list) and len(size) == 2 else (0,)
    if not all(isinstance(side, int | float) and 0 < side <= LARGEST_PAGE for side in sides):
        raise DrawingError(f"size={size} fits no page. Give width and height in inches, such as (13.3, 7.5).")
