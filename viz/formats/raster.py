"""Pictures as pixels: PNG; GIF and APNG that move from picture to picture; and films of pixels, GIF and MP4."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from autograd import DrawingError, MissingExtra
from viz import fonts as font
from viz.formats import svg
from viz.shapes import INCH, Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Pixels = NDArray[np.uint8]  # of one frame of a film, shape (height, width, 3)

MOST_PIXELS = 50_000_000  # a larger PNG would take the process's memory
MOST_MOVING = 6 * MOST_PIXELS  # pixels of all pictures of an animation
MOVING = 1200  # the width of an animation in pixels, if none is given
DPI = 144  # pixels an inch, if no width is given
SECONDS = 1.5  # that a picture of an animation stays
PER_SECOND = 12  # frames of a film


def png(picture: Picture, width: int | None = None, dpi: float = DPI) -> bytes:
    """The picture as PNG, of a width in pixels or by dots an inch."""
    if dpi <= 0 or (width is not None and width < 1):
        raise DrawingError(f"A PNG of width={width}, dpi={dpi:g} has no pixels. Take a width of at least 1.")
    zoom = width / picture.width if width else dpi / INCH
    pixels = [max(1, round(side * zoom)) for side in (picture.width, picture.height)]
    if pixels[0] * pixels[1] > MOST_PIXELS:
        raise DrawingError(f"{pixels[0]} × {pixels[1]} pixels are too many. Take a smaller width, or SVG or PDF.")
    return pixels_of(svg.write(picture, "shared"), pixels[0])


def pixels_of(drawn: str, width: int) -> bytes:
    """An SVG document that this package wrote as PNG, of a width in pixels."""
    import resvg_py

    files = [str(font.REGULAR), str(font.BOLD)]
    text = drawn.replace(f'font-family="{font.FALLBACK}"', f'font-family="{font.FAMILY}"')
    return bytes(resvg_py.svg_to_bytes(svg_string=text, font_files=files, skip_system_fonts=True, dpi=96, width=width))


def gif(pictures: Sequence[Picture], width: int | None = None, seconds: float = SECONDS) -> bytes:
    """The pictures, of one size, as a GIF that begins again; the last one stays three times as long."""
    from PIL import Image

    images = [image.quantize(255, dither=Image.Dither.NONE) for image in _images(pictures, width)]
    return _moving("GIF", images, _times(seconds, len(images)), disposal=1)


def apng(pictures: Sequence[Picture], width: int | None = None, seconds: float = SECONDS) -> bytes:
    """The pictures as a PNG that moves, for browsers and notebooks; where it can't, the first picture stays."""
    return _moving("PNG", _images(pictures, width), _times(seconds, len(pictures)))


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


def _times(seconds: float, count: int) -> list[int]:
    """How many milliseconds each picture stays."""
    if not 0.02 <= seconds <= 60:
        raise DrawingError(f"A step cannot stay for {seconds:g} s. Take 0.02 to 60.")
    return [round(1000 * seconds)] * (count - 1) + [3 * round(1000 * seconds)]


def _moving(kind: str, images: Sequence[Image], times: list[int], **options: int) -> bytes:
    """Pillow's images as one file."""
    file = io.BytesIO()
    images[0].save(file, kind, save_all=True, append_images=images[1:], duration=times, loop=0, **options)
    return file.getvalue()


def film(frames: Iterable[Pixels]) -> bytes:
    """Frames of a film as a GIF that stays on its last one for two seconds, then begins again."""
    import numpy as np
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in frames]
    some = [np.asarray(picture) for picture in pictures[:: max(1, len(pictures) // 4)]]
    palette = Image.fromarray(np.vstack(some)).quantize(255)  # one for all, so that nothing flickers
    images = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    return _moving("GIF", images, [1000 // PER_SECOND] * (len(images) - 1) + [2000])


def video(pictures: Sequence[Picture], width: int | None = None, seconds: float = SECONDS) -> bytes:
    """The pictures, of one size, as MP4; the last one stays three times as long.

    Raises:
        MissingExtra, DrawingError: as for `mp4`.
    """
    import numpy as np

    *times, _ = _times(seconds, len(pictures) + 1)
    return mp4((np.asarray(image) for image in _images(pictures, width)), times[0] / 1000, 2 * seconds)


def mp4(frames: Iterable[Pixels], seconds: float = 1 / PER_SECOND, end: float = 2.0) -> bytes:
    """Frames of a film as H.264 in MP4, each of these seconds; the last one stays so many more.

    Raises:
        MissingExtra: ffmpeg is not installed. DrawingError: it failed.
    """
    program = ffmpeg()
    pictures = [frame[: len(frame) // 2 * 2, : frame.shape[1] // 2 * 2] for frame in frames]  # even sides, for H.264
    height, width, _ = pictures[0].shape
    pictures += [pictures[-1]] * round(end / seconds)
    command = [program, "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    command += ["-r", f"{1 / seconds:g}", "-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    command += ["-r", f"{max(PER_SECOND, 1 / seconds):g}", "-movflags", "+faststart"]  # PowerPoint plays no fragments
    with TemporaryDirectory() as folder:
        path = Path(folder, "film.mp4")
        data = b"".join(frame.tobytes() for frame in pictures)
        run = subprocess.run([*command, str(path)], input=data, capture_output=True)
        if run.returncode:
            raise DrawingError(f"ffmpeg failed: {run.stderr.decode(errors='replace').strip()}. Take a .gif instead.")
        return path.read_bytes()


def ffmpeg() -> str:
    """The machine's ffmpeg, or the one that the extra `video` brings."""
    if program := shutil.which("ffmpeg"):
        return program
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ModuleNotFoundError:
        raise MissingExtra('MP4 needs ffmpeg: pip install "chalkgrad[video]", or take a .gif') from None
    return str(get_ffmpeg_exe())
