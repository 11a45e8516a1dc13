"""Heat maps of a network's neurons over its two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograd import DrawingError, Value, compile
from viz.networks.columns import Column, columns, listed, stack, width
from viz.plots.slide import HIGH, LOW, heat, slide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Point = tuple[float, float]


def neurons(
    model: object, ax: Axes | None = None, *, span: tuple[float, float] = (-6, 6), resolution: int = 40
) -> Axes:
    """Each neuron's own heat map over the two inputs, arranged as the network, lines as wide as |w|.

    Args:
        model: an `nn` model of two inputs.
        ax: matplotlib's axes.
        span: of both inputs.
        resolution: pixels along each side.

    Returns:
        The axes; its `child_axes` are the maps, layer by layer.
    """
    if width(model) != 2:
        raise DrawingError(f"Heat maps need a model of 2 inputs, got {width(model)}. Plot one of two features.")
    layers, inputs = columns(model), [Value(0.0), Value(0.0)]
    rows = _rows(model, layers, inputs)
    axis = np.linspace(*span, resolution)
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    values = compile([+x + 0 * inputs[0] for row in rows for x in row], inputs=[inputs]).values(points)
    maps = iter(np.asarray(values).T.reshape(-1, resolution, resolution))
    most = max(len(row) for row in rows)
    places = [[(c, (most + len(row)) / 2 - 1 - i) for i in range(len(row))] for c, row in enumerate(rows)]
    with slide(ax) as ax:
        ax.set(xlim=(-0.5, len(rows) - 0.5), ylim=(-0.5, most - 0.5))
        ax.axis("off")
        for c, column in enumerate(layers[1:], 1):
            _links(ax, places[c - 1], places[c], column.weights)
        for c, (column, spots) in enumerate(zip(layers, places, strict=True)):
            for spot in spots:
                _map(ax, spot, next(maps), span)
            ax.text(c, most - 0.5, column.name, ha="center", va="bottom")
    return ax


def _rows(model: object, layers: Sequence[Column], inputs: list[Value]) -> list[list[Value]]:
    """The units of each column as Values, those of a layer without neurons in place of the ones before."""
    rows = [list(inputs)]
    for layer in stack(model):
        after = listed(layer(rows[-1]))
        if len(rows) < len(layers) and len(after) == layers[len(rows)].size and hasattr(layer, "units"):
            rows.append(after)
        else:
            rows[-1] = after
    return rows


def _map(ax: Axes, spot: Point, image: Array, span: tuple[float, float]) -> None:
    """One neuron's values over both inputs, white at 0."""
    cell = ax.inset_axes((spot[0] - 0.25, spot[1] - 0.4, 0.5, 0.8), transform=ax.transData)
    top = np.abs(image).max() or 1.0
    cell.imshow(image, origin="lower", cmap=heat(), vmin=-top, vmax=top, extent=(*span, *span), aspect="auto")
    cell.set(xticks=[], yticks=[])


def _links(ax: Axes, tails: Sequence[Point], heads: Sequence[Point], kernel: Array | None) -> None:
    """Lines between two columns, as wide as |w|, dashed for w < 0."""
    top = 1.0 if kernel is None else np.abs(kernel).max() or 1.0
    for j, (x1, y1) in enumerate(heads):
        for i, (x0, y0) in enumerate(tails):
            w = 0.3 if kernel is None else kernel[i, j] / top
            colour, style = (HIGH, "-") if w >= 0 else (LOW, "--")
            ends = [x0 + 0.25, x1 - 0.25], [y0, y1]
            ax.plot(*ends, linewidth=max(0.4, 5 * abs(w)), color=colour, linestyle=style, zorder=0)
