"""Where optimisers went on a surface f(x, y), as numbers and as pictures of matplotlib, still or moving."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from autograd import DrawingError
from autograd.language.names import symbol
from autograd.program.program import Program
from viz import saving
from viz.descent import spacing
from viz.descent.page import DescentPage
from viz.descent.still import drawn
from viz.formats import figure as files
from viz.formats import notebook
from viz.formats.figure import COLOURS, MARKERS
from viz.layout.sheet import SLIDE
from viz.shapes import INCH
from viz.theme import THEME

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from nn.optimizers import Optimizer
    from viz.formats.raster import Pixels

Array = NDArray[np.float64]
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 2, 1, 2)))
SQUARE = "#7A4B00"
VECTORS = {"gradient": THEME.gradient, "momentum": "#8E3FB5", "adjusted gradient": THEME.ink}
PALE = ("#FFFFFF", "#DCE6EF", "#B4C6D8")  # from low to high; lines and text on it keep their contrast
STILL_GRID = 321  # points a side of a page's still
LEVELS = 16  # contour lines
REACH, GAP = 0.22, 0.025  # of the picture's width: the longest vector of its kind along the path, two side by side
STILL, MOVING = 144, 80  # pixels an inch


@dataclass(frozen=True, eq=False)
class Path:
    """One optimiser's way down: where it was, how high, how steep, and what it made of that.

    Attributes:
        name: the optimiser.
        points: shape (n + 1, 2), from the start on.
        values: shape (n + 1,), f there.
        gradients: shape (n + 1, 2), exact.
        momenta: shape (n, 2), the running mean (or sum) of gradients that each step used; nan without one.
        squares: shape (n, 2), the running mean (or sum) of squared gradients that each step used; nan without one.
        rates: shape (n,), the learning rate of each step.
        end: "flat" (both slopes below the tolerance), "steps" (all were taken), or "diverged".
    """

    name: str
    points: Array
    values: Array
    gradients: Array
    momenta: Array
    squares: Array
    rates: Array
    end: Literal["flat", "steps", "diverged"]

    @property
    def adjusted(self) -> Array:
        """The adjusted gradient of each step, shape (n, 2): what the optimiser puts in the gradient's place.

        Each step is p ← p − rate · adjusted.
        """
        steps, rates = -np.diff(self.points, axis=0), self.rates[:, None]
        return np.divide(steps, rates, out=np.zeros_like(steps), where=rates != 0)

    def __len__(self) -> int:
        """How many steps were taken."""
        return len(self.points) - 1

    def __str__(self) -> str:
        how = {"flat": "flat after", "steps": "going on after", "diverged": "diverged after"}[self.end]
        x, y = self.points[-1]
        steps = f"{len(self)} step{'s' * (len(self) != 1)}"
        return f"{self.name}: {how} {steps}, at ({x:.6g}, {y:.6g}), f = {self.values[-1]:.6g}"

    def __repr__(self) -> str:
        return f"<Path of {self}>"


@dataclass(frozen=True, eq=False)
class Plan:
    """What a descent was asked for: the surface as `parse` reads it, the optimisers with their names, when to stop."""

    text: str
    walkers: tuple[tuple[str, Optimizer], ...]
    steps: int
    tolerance: float | None


@dataclass(frozen=True, eq=False)
class Descent:
    """The paths of some optimisers on one surface; a notebook shows their picture.

    Attributes:
        names: the two variables.
        formula: f as text.
        paths: one for each optimiser.
        domain: what a picture shows: x from, to, y from, to.
        plan: what was asked for.
    """

    names: tuple[str, str]
    formula: str
    paths: tuple[Path, ...]
    domain: tuple[float, float, float, float]
    program: Program
    plan: Plan

    def grid(self, n: int = 121) -> tuple[Array, Array, Array]:
        """x, y and f on n × n points of the domain, in one call of the compiled surface; nan outside f's own."""
        x0, x1, y0, y1 = self.domain
        x, y = np.meshgrid(np.linspace(x0, x1, n), np.linspace(y0, y1, n))
        f = self.program.values(x.ravel(), y.ravel()).reshape(x.shape)
        return x, y, np.where(np.isfinite(f), f, np.nan)

    def plot(self, ax: Axes | None = None, step: int | None = None) -> Axes:
        """Contours with the paths on them, up to a step and with that step's vectors if one is given.

        Args:
            ax: matplotlib axes to draw on; default: new ones.
            step: from 0; shows gradient, momentum and adjusted gradient of the step that follows, and as a square
                for each variable the mean (or sum) of squared gradients whose root it is divided by.

        Returns:
            The axes.

        Raises:
            MissingExtra: matplotlib is not installed.
        """
        with files.settings(files.SLIDE_TEXT if ax is None else {}):
            axes = new_figure(SLIDE[1], SLIDE[1]).add_subplot() if ax is None else ax
            drawn = Contours(self, axes)
            drawn.show(step)
            drawn.legend(step is not None, outside=ax is None)
        return axes

    def save(self, path: str | os.PathLike[str], frames: int = 60) -> File:
        """Write a still (.svg, .png, .pdf, .pptx) or an animation (.gif, .mp4), whole or not at all.

        Args:
            path: its ending says the format.
            frames: of an animation, at most; long paths skip steps, more of them the later it gets.

        Raises:
            DrawingError: an unknown ending, or a file that cannot be written.
            MissingExtra: matplotlib, or for MP4 ffmpeg, is not installed.
        """
        return saving.save(Film(self, frames), path, saving.Options(savefig={"dpi": STILL}))

    def page(self, title: str | None = None) -> DescentPage:
        """The descent as a page to play with: start by a click, own formula, all optimisers, each step's arithmetic.

        The page begins with this surface, start and these optimisers, and has the six surfaces and nn's other
        optimisers to choose from. It calculates by the table of operations and by the optimisers' own rules in
        JavaScript; it loads nothing and sends nothing. Formulas are typed as `parse` reads them, x² + |y| or Python's.

        Args:
            title: the heading; default: the surface.

        Returns:
            A DescentPage, which notebooks show; `.save("descent.html")` writes it.

        Raises:
            ModelError: an optimiser whose rule is no formula of arrays.

        Example:
            >>> import viz
            >>> viz.descend("saddle", optimizers=["sgd", "adam=0.05"]).page()
            <DescentPage of f = sin(x) + y², with sgd, adam=0.05>
        """
        start = self.paths[0].points[0].tolist()
        stop = {"steps": self.plan.steps, "tolerance": self.plan.tolerance}
        heading = f"f = {self.formula}" if title is None else title

        def still() -> str:
            return drawn(heading, self.names, self.domain, self.grid(STILL_GRID)[2], self.paths)

        return DescentPage(heading, self.names, self.plan.text, start, self.domain, self.plan.walkers, stop, still)

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> notebook.Bundle:
        writers: dict[str, notebook.Writer] = {"image/png": lambda: still(self, "png"), "text/plain": self.__repr__}
        return notebook.bundle(writers, lambda: notebook.size(*(side * INCH for side in SLIDE)), include, exclude)

    def __str__(self) -> str:
        return "\n".join(map(str, self.paths))

    def __repr__(self) -> str:
        ways = ", ".join(f"{path.name} {len(path)}" for path in self.paths)
        return f"<Descent on {title(self.formula, 40)}, steps taken: {ways}>"


class Contours:
    """A descent on axes: what stays is drawn once, `show` moves what depends on the step."""

    def __init__(self, descent: Descent, ax: Axes) -> None:
        self.descent, self.ax = descent, ax
        self._surface()
        self.lines = [self._line(i, path) for i, path in enumerate(descent.paths)]
        self.arrows: list[Artist] = []

    def _surface(self) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        x, y, f = self.descent.grid()
        x0, x1, y0, y1 = self.descent.domain
        levels = spacing.levels(f, (x[0, 1] - x[0, 0], y[1, 0] - y[0, 0]), LEVELS)
        if len(levels):
            ramp = LinearSegmentedColormap.from_list("pale", PALE)
            ranks = np.interp(f, levels, np.arange(len(levels)))
            self.ax.contourf(x, y, ranks, np.arange(len(levels)), cmap=ramp)
            lines: Any = self.ax.contour(
                x, y, f, levels[1:-1], colors=THEME.forward, linewidths=0.9, linestyles="solid"
            )
            texts = self.ax.clabel(lines, lines.levels[1::4], fontsize="small", fmt=_number, colors=THEME.muted)
            points = np.concatenate([path.points for path in self.descent.paths])
            for text in texts:  # not under a path
                text.set_visible(np.hypot(*(points - text.get_position()).T).min() > 0.04 * (x1 - x0))
        a, b = map(symbol, self.descent.names)
        self.ax.set(xlim=(x0, x1), ylim=(y0, y1), xlabel=a, ylabel=b, aspect="equal")
        ring: Any = {"marker": "o", "ms": 18, "mfc": "white", "mec": THEME.ink, "mew": 2, "linestyle": "none"}
        self.start = self.ax.plot(*self.descent.paths[0].points[0], label="start", zorder=3, **ring)[0]

    def _line(self, i: int, path: Path) -> Line2D:
        label = path.name if path.end != "diverged" else f"{path.name} (diverged)"
        end: Any = {"marker": MARKERS[i % len(MARKERS)], "ms": 12, "mec": "white"}
        return self.ax.plot([], [], label=label, zorder=4, **end, **look(i))[0]

    def show(self, step: int | None) -> None:
        """The paths up to a step, whole if it is None, a marker at their ends; the vectors of the next step."""
        for line, path in zip(self.lines, self.descent.paths, strict=True):
            points = path.points if step is None else path.points[: step + 1]
            line.set(data=points.T, markevery=[len(points) - 1])
        for arrow in self.arrows:
            arrow.remove()
        self.arrows = [] if step is None else [*self._squares(step), *self._arrows(step)]

    def _squares(self, step: int) -> Iterator[Artist]:
        """A square for each variable, its area the mean (or sum) of squared slopes, as gradient_descent_viz has.

        It stands on its variable's side, downhill, beside the way; the largest side along a path has the length REACH.
        """
        from matplotlib.patches import Rectangle

        width = self.descent.domain[1] - self.descent.domain[0]
        for path in self.descent.paths:
            sides = np.sqrt(path.squares)
            if not (step < len(path) and np.nanmax(sides, initial=0) > 0):
                continue
            downhill = np.where(path.gradients[step] > 0, -1, 1)
            for i, side in enumerate(REACH * width / sides.max() * sides[step]):
                across = downhill * side * (1 if i == 0 else -1) * np.array([1, -1])
                box: Any = {"facecolor": SQUARE, "edgecolor": SQUARE, "alpha": 0.35, "lw": 2, "zorder": 2.5}
                yield self.ax.add_patch(Rectangle(path.points[step], *across, **box))

    def _arrows(self, step: int) -> Iterator[Artist]:
        """The vectors of a step, side by side where one would hide another; each begins at a dot of its path's colour.

        The longest of a kind along its path has the length REACH.
        """
        width = self.descent.domain[1] - self.descent.domain[0]
        chosen = []
        for i, path in enumerate(self.descent.paths):
            for kind, rows in vectors(path).items() if step < len(path) else ():
                longest = np.hypot(*rows.T).max()
                if np.isfinite(longest) and longest > 0:
                    chosen.append((i, kind, path.points[step], -REACH * width / longest * rows[step]))
        starts = spacing.apart([(tail, vector) for _, _, tail, vector in chosen], GAP * width)
        for (i, kind, _, vector), start in zip(chosen, starts, strict=True):
            yield self.ax.quiver(*start, *vector, color=VECTORS[kind], angles="xy", scale_units="xy", scale=1,
                                 width=0.007, zorder=5)  # fmt: skip
            yield self.ax.plot(*start, color=look(i)["color"], marker="o", ms=7, mec="white", zorder=5)[0]

    def legend(self, vectors: bool, *, outside: bool = True) -> None:
        """Below the figure, or below the axes alone in a figure of others."""
        from matplotlib.lines import Line2D

        handles = [self.start, *self.lines]
        if vectors:
            handles += [Line2D([], [], color=colour, lw=4, label=f"−{kind}") for kind, colour in VECTORS.items()]
        if vectors and any(np.isfinite(path.squares).any() for path in self.descent.paths):
            look: Any = {"marker": "s", "ms": 14, "mfc": SQUARE, "mec": SQUARE, "alpha": 0.5, "linestyle": "none"}
            handles.append(Line2D([], [], label="gradient² (area)", **look))
        inches = self.ax.figure.bbox.width / self.ax.figure.dpi
        box: Any = {"handles": handles, "ncols": max(1, int(inches // 3)), "frameon": False, "fontsize": "small"}
        if outside:
            self.ax.figure.legend(loc="outside lower left", **box)
        else:
            self.ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), **box)


def vectors(path: Path) -> dict[str, Array]:
    """Each step's gradient, momentum and adjusted gradient, shape (n, 2) each; a picture draws them downhill."""
    return dict(zip(VECTORS, (path.gradients[: len(path)], path.momenta, path.adjusted), strict=True))


def look(i: int) -> dict[str, Any]:
    """The line of a descent's path, by its number; later ones lie on top and are thinner, so that all can be seen."""
    return {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)], "lw": max(6.0 - 1.4 * i, 2.4)}


def _number(level: float) -> str:
    return f"{level:.6g}".replace("-", "−")


def new_figure(width: float, height: float) -> Figure:
    """A figure of this size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def values(descent: Descent, ax: Axes) -> list[Line2D]:
    """f over the steps, a line for each path."""
    lines = [ax.plot(path.values, **look(i))[0] for i, path in enumerate(descent.paths)]
    seen = np.concatenate([p.values for p in descent.paths if p.end != "diverged"] or [descent.paths[0].values[:2]])
    low, high = seen.min(), seen.max()
    room = 0.05 * ((high - low) or 1.0)
    ax.set(
        xlabel="step", ylabel="f", ylim=(low - room, high + room), xlim=(0, max(1, *(len(p) for p in descent.paths)))
    )
    ax.grid(alpha=0.3)
    return lines


def title(formula: str, most: int = 80) -> str:
    """f as text without mathtext's signs; a long one is cut.

    >>> title("x² + y²")
    'f = x² + y²'
    """
    text = f"f = {formula}".replace("$", r"\$")
    return text if len(text) <= most else text[: most - 1] + "…"


class Film:
    """A descent for the saver: a still with contours and f over the steps, or these moving from step to step."""

    kinds: ClassVar[tuple[saving.Kind, ...]] = ("plot", "animation")
    settings = files.SLIDE_TEXT

    def __init__(self, descent: Descent, most: int) -> None:
        self.descent, self.most = descent, most

    def figure(self) -> Figure:
        """The still: whole paths."""
        figure, drawn, _ = self._parts()
        drawn.show(None)
        drawn.legend(False)
        return figure

    def _parts(self) -> tuple[Figure, Contours, list[Line2D]]:
        figure = new_figure(*SLIDE)
        figure.set_dpi(MOVING)
        figure.suptitle(title(self.descent.formula))
        left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
        return figure, Contours(self.descent, left), values(self.descent, right)

    def frames(self) -> Iterator[Pixels]:
        """The animation's pictures, each an array of shape (height, width, 3)."""
        if self.most < 2:
            raise DrawingError(f"An animation has at least 2 frames, got {self.most}. Take more, or a still.")
        with files.settings(files.SLIDE_TEXT):
            from matplotlib.backends.backend_agg import FigureCanvasAgg

            figure, drawn, lines = self._parts()
            canvas: Any = FigureCanvasAgg(figure)
            drawn.legend(True)
            heading = drawn.ax.set_title("step 0", loc="left")
            moving: list[Artist] = [heading, *drawn.lines, *lines]
            for artist in moving:
                artist.set_animated(True)
            canvas.draw()  # what stays, once
            still = canvas.copy_from_bbox(figure.bbox)
            last = max(len(path) for path in self.descent.paths)
            for step in np.unique(np.round(np.linspace(0, 1, self.most) ** 2 * last).astype(int)).tolist():
                drawn.show(step)
                for line, path in zip(lines, self.descent.paths, strict=True):
                    line.set_data(np.arange(min(step, len(path)) + 1), path.values[: step + 1])
                heading.set_text(f"step {step}")
                canvas.restore_region(still)
                for artist in (*moving, *drawn.arrows):
                    artist.axes.draw_artist(artist)  # type: ignore[union-attr]
                yield np.array(canvas.buffer_rgba())[:, :, :3]


def still(descent: Descent, kind: str) -> bytes:
    """Contours with whole paths, beside them f over the steps, as "svg", "png" or "pdf"."""
    return files.write(Film(descent, 2), kind, {"dpi": STILL})
