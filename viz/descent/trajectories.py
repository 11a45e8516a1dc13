"""Pictures of descents with matplotlib: contours, paths, vectors, the value over steps; stills and animations."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import numpy as np

from autograd import DrawingError, MissingExtra
from autograd.language.names import symbol
from viz.descent.paths import Array, Path
from viz.descent.paths import Paths as Descent
from viz.drawing import write_whole
from viz.theme import THEME

# Source: M. Okabe, K. Ito (2008), Color Universal Design; dashes and markers tell the paths apart without colour.
COLOURS = ("#0072B2", "#C44E00", "#007A5A", "#A8447F", "#000000", "#7F4F00", "#3E4C59", "#56B4E9")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 2, 1, 2)))
MARKERS = "os^DvP*X"
VECTORS = {"gradient": THEME.gradient, "momentum": "#8E3FB5", "adjusted gradient": THEME.ink}
PALE = ("#FFFFFF", "#DCE6EF", "#B4C6D8")  # from low to high; lines and text on it keep their contrast
LEVELS = 16
REACH = 0.22  # the longest vector of its kind along the path, as a part of the picture
PER_SECOND = 12  # frames
SETTINGS = {"font.size": 13, "svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "chalkgrad"}


def matplotlib() -> Any:
    """The library, or the error that names its extra."""
    try:
        import matplotlib
    except ImportError:
        raise MissingExtra('Plots need matplotlib: pip install "chalkgrad[plots]"') from None
    return matplotlib


class Contours:
    """A descent on axes: what stays is drawn once, `show` moves what depends on the step."""

    def __init__(self, descent: Descent, ax: Any) -> None:
        self.descent, self.ax = descent, ax
        self._surface()
        self.lines = [self._line(i, path) for i, path in enumerate(descent.paths)]
        self.arrows: list[Any] = []

    def _surface(self) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        x, y, f = self.descent.grid()
        seen, parts = f[np.isfinite(f)], np.linspace(0, 1, LEVELS)
        if len(seen) and np.ptp(seen) > 0:
            # levels of equal area show shallow parts, a third as many of equal height narrow valleys and peaks
            levels: Any = np.unique([*np.quantile(seen, parts), *(seen.min() + np.ptp(seen) * parts[::3])])
            ramp = LinearSegmentedColormap.from_list("pale", PALE)
            ranks = np.interp(f, levels, np.arange(len(levels)))
            self.ax.contourf(x, y, ranks, np.arange(len(levels)), cmap=ramp)
            lines = self.ax.contour(x, y, f, levels[1:-1], colors=THEME.forward, linewidths=0.9, linestyles="solid")
            self.ax.clabel(lines, lines.levels[1::4], fontsize=9, fmt="%.3g", colors=THEME.muted)
        x0, x1, y0, y1 = self.descent.domain
        a, b = map(symbol, self.descent.names)
        self.ax.set(xlim=(x0, x1), ylim=(y0, y1), xlabel=a, ylabel=b, aspect="equal")

    def _line(self, i: int, path: Path) -> Any:
        label = path.name if path.end != "diverged" else f"{path.name} (diverged)"
        (line,) = self.ax.plot([], [], color=COLOURS[i % len(COLOURS)], linestyle=DASHES[i % len(DASHES)], lw=2.4,
                               marker=MARKERS[i % len(MARKERS)], ms=8, mec="white", label=label, zorder=4)  # fmt: skip
        return line

    def show(self, step: int | None) -> None:
        """The paths up to a step, whole if it is None, a marker at their ends; the vectors of the next step."""
        for line, path in zip(self.lines, self.descent.paths, strict=True):
            points = path.points if step is None else path.points[: step + 1]
            line.set(data=points.T, markevery=[len(points) - 1])
        for arrow in self.arrows:
            arrow.remove()
        self.arrows = [] if step is None else list(self._arrows(step))

    def _arrows(self, step: int) -> Iterator[Any]:
        reach = REACH * (self.descent.domain[1] - self.descent.domain[0])
        for path in self.descent.paths:
            if step >= len(path):
                continue
            for width, (kind, rows) in zip((0.012, 0.009, 0.005), vectors(path).items(), strict=True):
                longest = np.hypot(*rows.T).max()
                if np.isfinite(longest) and longest > 0:
                    yield self.ax.quiver(*path.points[step], *(-reach / longest * rows[step]), color=VECTORS[kind],
                                         angles="xy", scale_units="xy", scale=1, width=width, zorder=5)  # fmt: skip

    def legend(self, vectors: bool, *, outside: bool = True) -> None:
        """Below the figure, or below the axes alone in a figure of others."""
        from matplotlib.lines import Line2D

        handles = list(self.lines)
        if vectors:
            handles += [Line2D([], [], color=colour, lw=4, label=f"−{kind}") for kind, colour in VECTORS.items()]
        look: Any = {"frameon": False, "fontsize": 11, "handlelength": 2.6, "columnspacing": 1.4}
        look |= {"handles": handles, "ncols": 3 if vectors else 4}
        if outside:
            self.ax.figure.legend(loc="outside lower left", **look)
        else:
            self.ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), **look)


def vectors(path: Path) -> dict[str, Array]:
    """Each step's gradient, momentum and adjusted gradient, shape (n, 2) each; a picture draws them downhill."""
    return dict(zip(VECTORS, (path.gradients[: len(path)], path.momenta, path.adjusted), strict=True))


def contours(descent: Descent, ax: Any = None, step: int | None = None) -> Any:
    """What `Descent.plot` shows."""
    matplotlib()
    own = ax is None
    if own:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(6, 6.4), layout="constrained").subplots()
    drawn = Contours(descent, ax)
    drawn.show(step)
    drawn.legend(step is not None, outside=own)
    return ax


def values(descent: Descent, ax: Any) -> list[Any]:
    """f over the steps, a line for each path."""
    lines = []
    for i, path in enumerate(descent.paths):
        (line,) = ax.plot(path.values, color=COLOURS[i % len(COLOURS)], linestyle=DASHES[i % len(DASHES)], lw=2.4)
        lines.append(line)
    seen = np.concatenate([p.values for p in descent.paths if p.end != "diverged"] or [descent.paths[0].values[:2]])
    low, high = seen.min(), seen.max()
    room = 0.05 * ((high - low) or 1.0)
    ax.set(xlabel="step", ylim=(low - room, high + room), xlim=(0, max(1, *(len(p) for p in descent.paths))))
    ax.set_title(title(descent.formula), fontsize=12, loc="left")
    ax.grid(alpha=0.3)
    return lines


def title(formula: str, most: int = 48) -> str:
    """f as text without mathtext's signs; a long one is cut.

    >>> title("x² + y²")
    'f = x² + y²'
    """
    text = f"f = {formula}".replace("$", r"\$")
    return text if len(text) <= most else text[: most - 1] + "…"


def _figure(descent: Descent) -> tuple[Any, Contours, list[Any]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    return figure, Contours(descent, left), values(descent, right)


def still(descent: Descent, kind: str, dpi: float = 144) -> bytes:
    """Contours with whole paths, beside them f over the steps, as SVG, PNG or PDF."""
    with matplotlib().rc_context(SETTINGS):
        figure, drawn, _ = _figure(descent)
        drawn.show(None)
        drawn.legend(False)
        file = io.BytesIO()
        dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
        figure.savefig(file, format=kind, dpi=dpi, metadata=dated)
    return file.getvalue()


def frames(descent: Descent, most: int) -> Iterator[Array]:
    """The animation's pictures, each an array of shape (height, width, 3)."""
    if most < 2:
        raise DrawingError(f"An animation has at least 2 frames, got {most}. Take more, or a still.")
    with matplotlib().rc_context(SETTINGS):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        figure, drawn, lines = _figure(descent)
        canvas: Any = FigureCanvasAgg(figure)
        drawn.legend(True)
        heading = drawn.ax.set_title("step 0", fontsize=13, loc="left")
        moving = [heading, *drawn.lines, *lines]
        for artist in moving:
            artist.set_animated(True)
        canvas.draw()  # what stays, once
        still = canvas.copy_from_bbox(figure.bbox)
        last = max(len(path) for path in descent.paths)
        for step in np.unique(np.round(np.linspace(0, 1, most) ** 2 * last).astype(int)).tolist():
            drawn.show(step)
            for line, path in zip(lines, descent.paths, strict=True):
                line.set_data(np.arange(min(step, len(path)) + 1), path.values[: step + 1])
            heading.set_text(f"step {step}")
            canvas.restore_region(still)
            for artist in (*moving, *drawn.arrows):
                artist.axes.draw_artist(artist)
            yield np.array(canvas.buffer_rgba())[:, :, :3]


def gif(descent: Descent, most: int) -> bytes:
    """The animation as a GIF that stays on its last picture for two seconds, then begins again."""
    matplotlib()
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in frames(descent, most)]
    some = [np.asarray(picture) for picture in pictures[:: max(1, len(pictures) // 4)]]
    palette = Image.fromarray(np.vstack(some)).quantize(255)  # one for all, so that nothing flickers
    first, *rest = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    shown = [1000 // PER_SECOND] * len(rest) + [2000]
    file = io.BytesIO()
    first.save(file, "gif", save_all=True, append_images=rest, duration=shown, loop=0)
    return file.getvalue()


def mp4(descent: Descent, most: int) -> bytes:
    """The animation as H.264 in MP4, written by ffmpeg."""
    program = ffmpeg()
    pictures = [frame[: len(frame) // 2 * 2, : frame.shape[1] // 2 * 2] for frame in frames(descent, most)]
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
    if found := shutil.which("ffmpeg"):
        return found
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        raise MissingExtra('MP4 needs ffmpeg: pip install "chalkgrad[video]", or take a .gif') from None
    return str(get_ffmpeg_exe())


def save(descent: Descent, path: File, most: int) -> File:
    """What `Descent.save` does."""
    kind = path.suffix.lower()
    moving = {".gif": gif, ".mp4": mp4}
    if kind not in moving and kind not in (".svg", ".png", ".pdf"):
        raise DrawingError(f"'{path}' has no known ending. Choose from .svg, .png, .pdf, .gif, .mp4.")
    write_whole(path, moving[kind](descent, most) if kind in moving else still(descent, kind[1:]))
    return path
