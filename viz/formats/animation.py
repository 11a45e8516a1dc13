"""Arrays of pixels as an animation: GIF, and MP4 by ffmpeg."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograd import DrawingError, MissingExtra

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]  # of one frame, shape (height, width, 3)

PER_SECOND = 12  # frames


def gif(frames: Iterable[Pixels]) -> bytes:
    """The frames as a GIF that stays on its last one for two seconds, then begins again."""
    import numpy as np
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in frames]
    some = [np.asarray(picture) for picture in pictures[:: max(1, len(pictures) // 4)]]
    palette = Image.fromarray(np.vstack(some)).quantize(255)  # one for all, so that nothing flickers
    first, *rest = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    times = [1000 // PER_SECOND] * len(rest) + [2000]
    file = io.BytesIO()
    first.save(file, "gif", save_all=True, append_images=rest, duration=times, loop=0)
    return file.getvalue()


def mp4(frames: Iterable[Pixels]) -> bytes:
    """The frames as H.264 in MP4.

    Raises:
        MissingExtra: ffmpeg is not installed. DrawingError: it failed.
    """
    program = ffmpeg()
    pictures = [frame[: len(frame) // 2 * 2, : frame.shape[1] // 2 * 2] for frame in frames]  # even sides, for H.264
    height, width, _ = pictures[0].shape
    pictures += [pictures[-1]] * (2 * PER_SECOND)
    command = [program, "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
    command += ["-r", str(PER_SECOND), "-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-"]
    run = subprocess.run(command, input=b"".join(frame.tobytes() for frame in pictures), capture_output=True)
    if run.returncode:
        raise DrawingError(f"ffmpeg failed: {run.stderr.decode(errors='replace').strip()}. Take a .gif instead.")
    return run.stdout


def ffmpeg() -> str:
    """The machine's ffmpeg, or the one that the extra `video` brings."""
    if program := shutil.which("ffmpeg"):
        return program
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ModuleNotFoundError:
        raise MissingExtra('MP4 needs ffmpeg: pip install "chalkgrad[video]", or take a .gif') from None
    return str(get_ffmpeg_exe())
