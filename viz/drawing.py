"""What the user holds: a picture that shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import math
import os
from collections.abc import Container
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from viz import saving, shapes
from viz.formats import mermaid, notebook, pdf, raster, svg, tikz
from viz.graph.scene import Scene
from viz.layout import dot
from viz.layout.engines import Engine
from viz.layout.lattice import Lattice
from viz.layout.measure import text_size
from viz.layout.place import MOST_TANGLED, drawn, laid_out, tangle
from viz.layout.rows import hoped, promised, wrapped
from viz.layout.sheet import PLAIN, SLIDE, Sheet, refuse_page
from viz.layout.styles import style_of
from viz.theme import THEME, Theme, themed

HOPE = 0.85  # of what rows promise, as they are narrower once they are placed
LEGIBLE = 14.0  # points: the smallest text that is read from the last row


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
        sheet: Sheet = PLAIN,
    ) -> None:
        self.scene, self.engine, self.theme, self.sheet = scene, engine, themed(theme), sheet

    def of(self, scene: Scene) -> Drawing:
        """The same cards and arrows with other notes, LaTeX or rows: what is laid out stays."""
        other = copy(self)
        other.scene = scene
        for name in ("picture", "svg", "dot", *(("placed",) if scene.rows != self.scene.rows else ())):
            other.__dict__.pop(name, None)
        return other

    @property
    def page(self) -> tuple[float, float]:
        """Width and height in inches of the page that it is for; by default a slide, from the top down on end."""
        on_end = self.scene.flow == "TB" and self.sheet.is_free
        return (SLIDE[1], SLIDE[0]) if on_end else self.sheet.page

    @cached_property
    def lattice(self) -> Lattice:
        """All in one row, where the engine puts it: the only place that asks for a layout, besides rows."""
        return laid_out(self.scene, self.theme, self.engine)

    @cached_property
    def placed(self) -> shapes.Picture:
        """The cards and arrows at their places."""
        enough = LEGIBLE / text_size(self.scene, self.theme)
        return drawn(wrapped(self.lattice, self.engine, self.scene.rows, self.sheet.body(self.theme), enough))

    @cached_property
    def picture(self) -> shapes.Picture:
        """The shapes, in points, that every format is written from."""
        return self.sheet.around(self.placed, self.scene, self.theme)

    @property
    def folded(self) -> tuple[str, ...]:
        """What was folded so that the picture can be read; with `caption=True` it stands below the picture too."""
        return self.scene.folded

    def label_size(self, page: tuple[float, float] = SLIDE) -> float:
        """The size of the smallest text, in points, where the picture fills a page of this size in inches."""
        refuse_page(page)
        return 0.0 if self._is_crowded(page) else shapes.smallest_text(self.picture, page)

    def is_legible(self) -> bool:
        """Whether all that stands in the picture can be read from the last row, where it fills its page or a slide."""
        page, size = self.page, text_size(self.scene, self.theme)
        if self._is_crowded(page) or self._hoped() * size < HOPE * LEGIBLE:
            return False
        if self.scene.rows != 1 and self._promised() * size < HOPE * LEGIBLE:
            return False
        return shapes.smallest_text(self.picture, page) >= LEGIBLE

    def _hoped(self) -> float:
        width, height = (side * shapes.INCH for side in self.page)
        body = (width, height) if self.scene.flow == "LR" else (height, width)  # columns stand along the first side
        return hoped(Lattice(self.scene, self.theme, style_of(self.scene)), self.scene.rows, body)

    def _promised(self) -> float:
        return promised(self.lattice, self.scene.rows, self.sheet.body(self.theme))

    def _is_crowded(self, page: tuple[float, float]) -> bool:
        """Whether legible cards alone would cover the page, or arrows are too many: no need for a layout."""
        size = min(self.theme.card_size, self.theme.edge_size)
        measure = style_of(self.scene).size
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
        writers = {**notebook.still(self.picture), "text/plain": self.__repr__}
        return notebook.bundle(writers, lambda: notebook.size(*self.picture.size), include, exclude)

    def __repr__(self) -> str:
        return f"<Drawing of {self.scene.caption}: {len(self.scene.nodes)} nodes, {len(self.scene.edges)} edges>"
