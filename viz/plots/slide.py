"""What all plots look like: a slide's size, colours, and the settings that hold while one is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from viz import saving
from viz.formats import figure as files
from viz.layout.sheet import SLIDE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    Drawn = Axes | Figure | Sequence[Axes]

Array = NDArray[np.float64]
COLOURS, DASHES, MARKERS = files.COLOURS[:6], ("-", "--", ":", "-."), files.MARKERS[:6]
LOW, HIGH = "#C44E00", "#0072B2"  # the ends of heat maps, white between
SETTINGS = {
    **files.SLIDE_TEXT, "lines.linewidth": 3.0, "axes.unicode_minus": True,
    "figure.constrained_layout.use": True,
}  # fmt: skip
settings = partial(files.settings, SETTINGS)


@contextmanager
def slide(ax: Axes | None) -> Iterator[Axes]:
    """The axes to draw on, by default those of a new slide."""
    with settings():
        yield new_figure().add_subplot() if ax is None else ax


def new_figure() -> Figure:
    """A figure of a slide's size, which pyplot shows."""
    from matplotlib import pyplot

    return pyplot.figure(figsize=SLIDE)


def legend(ax: Axes) -> None:
    """The legend beside the axes, not over data, if the figure's layout makes room for it, as a slide's own does."""
    beside: Any = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "frameon": False}
    ax.legend(**beside if ax.figure.get_layout_engine() else {})


def count_on_x(ax: Axes) -> None:
    """Whole numbers alone on the x axis."""
    ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg,unused-ignore]


def heat() -> Colormap:
    """The colours of heat maps."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("heat", (LOW, "#FFFFFF", HIGH))


class Plot:
    """A figure that the saver writes."""

    kinds: ClassVar[tuple[saving.Kind, ...]] = ("plot",)
    settings = SETTINGS

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn

    def figure(self) -> Figure:
        """The figure of what was drawn."""
        first: Any = self.drawn[0] if isinstance(self.drawn, list | tuple) else self.drawn
        figure: Figure = getattr(first, "figure", first)
        return figure


def save(drawn: Drawn, path: str | Path, **options: object) -> Path:
    """Write the figure of some axes, text as text, the same bytes each time.

    Args:
        drawn: axes, a list of axes, or a figure.
        path: its ending says the format: .svg, .png, .pdf or .pptx.
        options: those of matplotlib's `savefig`.

    Returns:
        The path.

    Raises:
        DrawingError: an unknown ending, or a file that cannot be written.
    """
    return saving.save(Plot(drawn), path, saving.Options(savefig=options))
