"""What pages in one file share: saving, their frame in a notebook, and a picture where no script may run."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Container
from functools import cache, cached_property
from pathlib import Path
from typing import ClassVar

from viz import saving
from viz.escape import xml
from viz.formats import html, notebook, svg
from viz.shapes import Group, Picture, centred
from viz.theme import THEME

WIDE, HIGH = 630.0, 60.0  # points: of a heading that stands for a page


class OneFilePage(ABC):
    """One HTML file with everything in it: it opens from disk, in a frame of slides, and in a notebook.

    Attributes:
        heading: what it is called.
        height: how high a frame has to be, in pixels, that is as wide as a notebook's cell.
        html: the document as text.
    """

    kinds: ClassVar[tuple[saving.Kind, ...]] = ("page",)
    sandbox: ClassVar[str] = "allow-scripts"  # what its frame in a notebook may do
    heading: str

    @property
    @abstractmethod
    def height(self) -> int: ...

    @abstractmethod
    def _parts(self) -> html.Parts:
        """What stands in the document beside its head."""

    @cached_property
    def html(self) -> str:
        """The page, with the policy that allows its own script and style and nothing else."""
        return html.document(self.heading, self._parts())

    def still(self) -> str:
        """A picture of the page as SVG, for notebooks that are not trusted; here of its heading alone."""
        text = centred(WIDE / 2, HIGH / 2, self.heading, THEME.card_size, THEME.ink)
        return svg.write(Picture(WIDE, HIGH, (Group("heading", "label", (text,)),), self.heading, THEME.background))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whole or not at all.

        Args:
            path: ends in .html.

        Returns:
            The path.

        Raises:
            DrawingError: an unknown ending, or a file that cannot be written.
        """
        return saving.save(self, path)

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{xml(self.html)}" sandbox="{self.sandbox}" allow="fullscreen" '
            f'title="{xml(self.heading)}" width="100%" height="{self.height}" style="border: 0"></iframe>'
        )

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> notebook.Bundle:
        still = cache(self.still)
        writers = {**notebook.framed(self._repr_html_, still, self.heading), "text/plain": self.__repr__}
        return notebook.bundle(writers, lambda: notebook.sides(still()), include, exclude)
