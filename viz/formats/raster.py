"""Pictures as pixels: PNG, and GIF and APNG that move from picture to picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd import DrawingError
from viz import fonts as font
from viz.formats import svg
from viz.shapes import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 50_000_000  # a larger PNG would take the process's memory
MOST_MOVING = 6 * MOST_PIXELS  # pixels of all pictures of an animation
MOVING = 1200  # the width of an animation in pixels, if none is given
DPI = 144  # pixels an inch, if no width is given
SECONDS = 1.5  # that a picture of an animation stays


def png(picture: Picture, width: int | None = None, dpi: float = DPI) -> bytes:
    """The picture as PNG, of a width in pixels or by dots an inch."""
    import resvg_py

    if dpi <= 0 or (width is not None and width < 1):
        raise DrawingError(f"A PNG of width={width}, dpi={dpi:g} has no pixels. Take a width of at least 1.")
    zoom = width / picture.width if width else dpi / 72
    pixels = [max(1, round(side * zoom)) for side in (picture.width, picture.height)]
    if pixels[0] * pixels[1] > MOST_PIXELS:
        raise DrawingError(f"{pixels[0]} × {pixels[1]} pixels are too many. Take a smaller width, or SVG or PDF.")
    files = [str(font.REGULAR), str(font.BOLD)]
    text = svg.write(picture).replace(f'font-family="{font.FALLBACK}"', f'font-family="{font.FAMILY}"')
    return bytes(
        resvg_py.svg_to_bytes(svg_string=text, font_files=files, skip_system_fonts=True, dpi=96, width=pixels[0])
    )


def gif(pictures: Sequence[Picture], width: int | None = None, seconds: float = SECONDS) -> bytes:
    """The pictures, of one size, as a GIF that begins again; the last one stays three times as long."""
    from PIL import Image

    images = [image.quantize(255, dither=Image.Dither.NONE) for image in _images(pictures, width)]
    return _moving("GIF", images, seconds, disposal=1)


def apng(pictures: Sequence[Picture], width: int | None = None, seconds: float = SECONDS) -> bytes:
    """The pictures as a PNG that moves, for browsers and notebooks; where it can't, the first picture stays."""
    return _moving("PNG", _images(pictures, width), seconds)


def _images(pictures: Sequence[Picture], width: int | None) -> list[Image]:
    """All pictures as Pillow's images on the page's colour."""
    from PIL import Image

    size = pictures[0]
    width = min(MOVING, round(2 * size.width)) if width is None else width
    pixels = width * max(1, round(width * size.height / size.width)) * len(pictures)
    if pixels > MOST_MOVING:
        raise DrawingError(
            f"{len(pictures)} pictures of {width} pixels width are {pixels} pixels, too many. "
            "Take a smaller width, or PDF or numbered SVG."
        )
    images = []
    for picture in pictures:
        image = Image.open(io.BytesIO(png(picture, width))).convert("RGBA")
        page = Image.new("RGBA", image.size, picture.background or "#FFFFFF")
        page.alpha_composite(image)
        images.append(page.convert("RGB"))
    return images


def _moving(kind: str, images: Sequence[Image], seconds: float, **options: int) -> bytes:
    """Pillow's images as one file."""
    if not 0.02 <= seconds <= 60:
        raise DrawingError(f"A step cannot stay for {seconds:g} s. Take 0.02 to 60.")
    times = [round(1000 * seconds)] * len(images)
    times[-1] *= 3
    file = io.BytesIO()
    images[0].save(file, kind, save_all=True, append_images=images[1:], duration=times, loop=0, **options)
    return file.getvalue()
