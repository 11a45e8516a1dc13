"""What a notebook's cell shows: a picture in more than one format, no wider than the cell."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Container, Mapping
from typing import Any

from viz.escape import xml
from viz.formats import raster, svg
from viz.shapes import INCH, Picture

WIDEST = 840  # CSS pixels: JupyterLab in a window of 1280 has 848 for a cell, and shows SVG in its own size
PER_INCH = 96  # CSS pixels
DENSE = 2  # pixels of a PNG for each CSS pixel
Writer = Callable[[], str | bytes]
Bundle = tuple[dict[str, Any], dict[str, Any]]  # data and metadata by their MIME type


def bundle(
    writers: Mapping[str, Writer],
    size: Callable[[], tuple[int, int]],
    include: Container[str] | None = None,
    exclude: Container[str] | None = None,
) -> Bundle:
    """What `_repr_mimebundle_` returns: of these formats, which are written now, those that are asked for.

    Args:
        writers: by MIME type. Untrusted notebooks show no SVG and no iframe, so that one is image/png.
        size: what says width and height of a PNG in CSS pixels.
        include, exclude: MIME types, as IPython gives them.

    >>> writers = {"image/png": lambda: b"PNG", "text/plain": lambda: "a drawing"}
    >>> bundle(writers, lambda: (900, 300), exclude=["text/plain"])
    ({'image/png': 'UE5H'}, {'image/png': {'width': 900, 'height': 300}})
    """
    wanted = [kind for kind in writers if (not include or kind in include) and kind not in (exclude or ())]
    data = {kind: _text(writers[kind]()) for kind in wanted}
    pixels = "image/png"
    return data, {pixels: dict(zip(("width", "height"), size(), strict=True))} if pixels in wanted else {}


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else b64encode(data).decode()


def size(width: float, height: float) -> tuple[int, int]:
    """The CSS pixels of a picture in points: as they are, or as wide as a cell.

    >>> size(360, 180), size(900, 300)
    ((480, 240), (840, 280))
    """
    across = min(WIDEST, round(width * PER_INCH / INCH))
    return across, round(across * height / width)


def still(picture: Picture) -> dict[str, Writer]:
    """What writes a picture as SVG and as PNG, in the size of a cell."""
    across, down = size(picture.width, picture.height)

    def vectors() -> str:
        sides = f' width="{across}" height="{down}"'
        return re.sub(r' width="[^"]*" height="[^"]*"', sides, svg.write(picture), count=1)

    return {"image/svg+xml": vectors, "image/png": lambda: raster.png(picture, DENSE * across)}


UNTRUSTED = "The page runs in a trusted notebook, or as a file of its own: page.save('page.html')."


def framed(frame: Callable[[], str], still: Callable[[], str], title: str) -> dict[str, Writer]:
    """What writes a page in a frame, and a picture where an untrusted notebook drops frames and styles."""

    def png() -> bytes:
        across, _ = sides(still())
        return raster.pixels_of(still(), DENSE * across)

    def html() -> str:
        (across, down), source = sides(still()), _text(png())
        return (
            f"{frame()}<style>.chalkgrad-still {{ display: none }}</style>"
            f'<div class="chalkgrad-still"><img src="data:image/png;base64,{source}" alt="{xml(title)}" '
            f'width="{across}" height="{down}"><p>{UNTRUSTED}</p></div>'
        )

    return {"text/html": html, "image/png": png}


def sides(drawn: str) -> tuple[int, int]:
    """The CSS pixels of an SVG document that says its size in points."""
    return size(*svg.sides(drawn))
