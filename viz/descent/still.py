"""A descent's page as a picture without script or matplotlib: the map with whole paths, and where they end."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from PIL import Image

from autograd.language.names import symbol
from autograd.language.numbers import figure
from viz import fonts as font
from viz.descent import spacing
from viz.descent.spacing import Array
from viz.escape import xml
from viz.formats.figure import COLOURS
from viz.theme import THEME

WIDE, HIGH, SIDE, LEFT, TOP = 630.0, 400.0, 320, 46.0, 40.0  # points: the picture; the map, and where it is
LONGEST = 64  # characters of the heading
DASHES = ("", "9 4", "2 3", "9 4 2 4")
PALE = ((255, 255, 255), (180, 198, 216))  # low and high
GREY = (119, 133, 153)  # of contour lines


class Way(Protocol):
    """An optimiser's path: its name, shape (n + 1, 2) of points and (n + 1,) of heights."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> Array: ...
    @property
    def values(self) -> Array: ...


def drawn(
    heading: str, names: Sequence[str], domain: tuple[float, float, float, float], heights: Array, ways: Sequence[Way]
) -> str:
    """The picture as SVG.

    Args:
        heading: what stands above.
        names: the two variables.
        domain: x from, to, y from, to.
        heights: f over the domain on a square grid, rows along y; nan where there are none.
        ways: the paths.
    """
    title = xml(heading if len(heading) <= LONGEST else f"{heading[: LONGEST - 1]}…")
    lines = "\n".join([*_map(names, domain, heights), *_ways(domain, ways)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE:g}pt" height="{HIGH:g}pt" '
        f'viewBox="0 0 {WIDE:g} {HIGH:g}" role="img" aria-label="{xml(heading)}" font-family="{xml(font.FALLBACK)}" '
        f'font-size="12" fill="{THEME.ink}">\n<rect width="{WIDE:g}" height="{HIGH:g}" fill="{THEME.background}"/>\n'
        f'<text x="10" y="24" font-size="15" font-weight="bold">{title}</text>\n{lines}\n</svg>\n'
    )


def _map(names: Sequence[str], domain: Sequence[float], heights: Array) -> Iterator[str]:
    source = b64encode(_shades(heights, domain)).decode()
    box = f'x="{LEFT:g}" y="{TOP:g}" width="{SIDE}" height="{SIDE}"'
    yield f'<image {box} preserveAspectRatio="none" href="data:image/png;base64,{source}"/>'
    yield f'<rect {box} fill="none" stroke="{THEME.forward}"/>'
    x0, x1, y0, y1 = (figure(x, digits=3)[0] for x in domain)
    across, up = (xml(symbol(name)) for name in names)
    below, middle, right = TOP + SIDE + 16, SIDE / 2, LEFT + SIDE
    for text, x, y, anchor in (
        *((x0, LEFT, below, "start"), (across, LEFT + middle, below, "middle"), (x1, right, below, "end")),
        *((y1, LEFT - 6, TOP + 10, "end"), (up, LEFT - 6, TOP + middle, "end"), (y0, LEFT - 6, TOP + SIDE, "end")),
    ):
        yield f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{text}</text>'


def _shades(heights: Array, domain: Sequence[float]) -> bytes:
    """Heights as a PNG: paler the lower, in steps from contour to contour, with lines between them."""
    n = len(heights) - 1
    levels = spacing.levels(heights, ((domain[1] - domain[0]) / n, (domain[3] - domain[2]) / n), 16)
    steps = np.searchsorted(levels[1:-1], np.nan_to_num(heights))[::-1]
    share = steps[..., None] / max(len(levels) - 2, 1)
    pixels = np.array(PALE[0]) + share * np.subtract(PALE[1], PALE[0])
    edge = (np.diff(steps, axis=0, append=steps[-1:]) != 0) | (np.diff(steps, axis=1, append=steps[:, -1:]) != 0)
    pixels[edge] = GREY
    pixels[np.isnan(heights)[::-1]] = 255
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG", optimize=True)
    return file.getvalue()


def _ways(domain: Sequence[float], ways: Sequence[Way]) -> Iterator[str]:
    """Paths from a ring at the start to a dot at the end, and beside the map what they are."""
    x0, x1, y0, y1 = domain
    right = LEFT + SIDE + 22
    apart = min(40.0, SIDE / len(ways))
    yield f'<clipPath id="map"><rect x="{LEFT:g}" y="{TOP:g}" width="{SIDE}" height="{SIDE}"/></clipPath>'
    for i, way in enumerate(ways):
        x, y = np.transpose(way.points)
        places = np.column_stack([LEFT + SIDE * (x - x0) / (x1 - x0), TOP + SIDE * (y1 - y) / (y1 - y0)]).round(1)
        (x_start, y_start), (x_end, y_end), down = places[0], places[-1], TOP + 14 + apart * i
        colour, dash = COLOURS[i % len(COLOURS)], DASHES[i % len(DASHES)]
        look = f'fill="none" stroke="{colour}" stroke-width="2.2" stroke-linejoin="round"'
        look += f' stroke-dasharray="{dash}"' if dash else ""
        yield f'<g clip-path="url(#map)"><polyline points="{" ".join(f"{a:g},{b:g}" for a, b in places)}" {look}/>'
        yield f'<circle cx="{x_end:g}" cy="{y_end:g}" r="4.5" fill="{colour}"/>'
        yield f'<circle cx="{x_start:g}" cy="{y_start:g}" r="6" fill="white" stroke="{THEME.ink}"/></g>'
        end = f"f = {figure(float(way.values[-1]), digits=4)[0]} after {len(way.points) - 1} steps"
        yield f'<path d="M{right:g},{down - 4:g}h34" {look}/><text x="{right + 42:g}" y="{down:g}" font-weight="bold">'
        yield f'{xml(way.name)}</text><text x="{right + 42:g}" y="{down + 16:g}">{xml(end)}</text>'
