"""What the user holds: a picture that shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd import DrawingError, files
from viz import dot, font, pdf, shapes, svg
from viz.engine import Engine
from viz.scene import Scene
from viz.style import THEME, Theme

MOST_PIXELS = 50_000_000  # a larger PNG would take the process's memory


class Drawing:
    """A picture of a computation graph, made when first asked for.

    Attributes:
        svg: the SVG document as text.
        dot: the DOT source as text, for Graphviz and its tools.

    Example:
        >>> from autograd import parse
        >>> import viz
        >>> drawing = viz.draw(parse("y = a*b", a=2, b=3)["y"])
        >>> drawing
        <Drawing of y: 3 nodes, 2 edges>
    """

    def __init__(self, scene: Scene, theme: Theme = THEME, engine: Engine = "embedded") -> None:
        self.scene, self.theme, self.engine = scene, theme, engine

    @cached_property
    def picture(self) -> shapes.Picture:
        """The shapes, in points, that every format is written from."""
        return shapes.place(self.scene, self.theme, self.engine)

    @cached_property
    def svg(self) -> str:
        return svg.write(self.picture)

    @cached_property
    def dot(self) -> str:
        return dot.source(self.scene, self.theme)

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
            path: ends in .svg, .png, .pdf or .dot.
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
            ".dot": lambda: self.dot.encode(),
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
