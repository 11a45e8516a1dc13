"""A descent on its surface in three dimensions, with matplotlib: f as height, the paths on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.language.names import symbol
from viz.descent.trajectories import Descent, look, new_figure
from viz.formats import figure as files
from viz.formats.figure import MARKERS
from viz.layout.sheet import SLIDE
from viz.theme import THEME

if TYPE_CHECKING:
    Axes3D = Any  # matplotlib declares no types for it

HEIGHTS = ("#6D8CA8", "#D6E2EC", "#FFFFFF")  # from low to high: pale, so that paths stand out
ABOVE = 0.012  # of the picture's height, by which paths lie above the surface


def relief(
    descent: Descent, ax: Axes3D | None = None, *, step: int | None = None, elevation: float = 56, azimuth: float = -62
) -> Axes3D:
    """The surface z = f(x, y) over the descent's domain, with the paths on it, from a ring at the start to their ends.

    Args:
        descent: from `viz.descend`.
        ax: axes of matplotlib with `projection="3d"`; default: new ones on a slide.
        step: the paths up to this step; default: whole.
        elevation, azimuth: where it is seen from, in degrees.

    Returns:
        The axes; `viz.plots.save(axes, "saddle.png")` writes their figure.

    Raises:
        MissingExtra: matplotlib is not installed.

    Example:
        >>> import viz
        >>> ax = viz.descent.relief(viz.descend("saddle", optimizers=["sgd", "adam=0.05"]))
        >>> ax.get_zlabel()
        'f'
    """
    with files.settings(files.SLIDE_TEXT):
        options: Any = {"projection": "3d", "computed_zorder": False}
        axes: Any = new_figure(*SLIDE).add_subplot(**options) if ax is None else ax
        rise = ABOVE * _surface(descent, axes)
        for i, path in enumerate(descent.paths):
            points = path.points if step is None else path.points[: step + 1]
            end: Any = {"marker": MARKERS[i % len(MARKERS)], "ms": 12, "mec": "white", "markevery": [len(points) - 1]}
            across, up = np.where(_inside(descent, points), points.T, np.nan)
            axes.plot(across, up, path.values[: len(points)] + rise, label=path.name, zorder=4, **end, **look(i))
        first = descent.paths[0]
        ring: Any = {"marker": "o", "ms": 18, "mfc": "white", "mec": THEME.ink, "mew": 2, "linestyle": "none"}
        axes.plot(*first.points[:1].T, first.values[:1] + rise, label="start", zorder=3, **ring)
        axes.view_init(elev=elevation, azim=azimuth)
        a, b = map(symbol, descent.names)
        axes.set(xlabel=a, ylabel=b, zlabel="f")
        axes.locator_params(nbins=5)
        for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
            axis.labelpad = 12
        if ax is None:
            axes.set_box_aspect((1, 1, 0.7), zoom=0.95)
            axes.figure.legend(loc="outside right upper", frameon=False)
    return axes


def _surface(descent: Descent, ax: Any) -> float:
    """Draw the surface; how high it is from its lowest to its highest point."""
    from matplotlib.colors import LinearSegmentedColormap

    x, y, f = descent.grid()
    ramp = LinearSegmentedColormap.from_list("heights", HEIGHTS)
    ax.plot_surface(x, y, f, cmap=ramp, rcount=60, ccount=60, linewidth=0.3, edgecolor="#5B708244", zorder=1)
    return float(np.nanmax(f) - np.nanmin(f)) if np.isfinite(f).any() else 1.0


def _inside(descent: Descent, points: Any) -> Any:
    """Which points the picture shows."""
    x0, x1, y0, y1 = descent.domain
    x, y = points.T
    return (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)
