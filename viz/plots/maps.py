"""Maps over two features: decision regions of classifiers, and what each neuron of a network says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from autograd import DrawingError, Value, compile
from viz.networks.columns import columns, walk, width
from viz.plots.slide import COLOURS, HIGH, LOW, MARKERS, Array, heat, legend, new_figure, settings, slide
from viz.shapes import Point

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

MOST_UNEQUAL = 4  # ranges of two features: beyond that, axes of one scale would be a strip


class Predictor(Protocol):
    """A model that predicts, as scikit-learn's and `nn`'s do."""

    def predict(self, X: Array, /) -> ArrayLike: ...


Classifier = Predictor | Callable[[Array], "ArrayLike"]


def boundary(
    model: Classifier, X: ArrayLike, y: ArrayLike, ax: Axes | None = None, *, resolution: int = 150, title: str = ""
) -> Axes:
    """The decision regions of a model over data of two features, the boundary as a black line.

    Both axes have one scale, unless one feature's range is more than four times the other's.

    Args:
        model: anything with `.predict(X)`, or a function of X, that gives (n,), (n, 1) or (n, classes).
        X: the points, shape (n, 2).
        y: their classes, shape (n,): two numbers such as 0, 1 or −1, 1, or 0, 1, 2, …
        ax: matplotlib's axes.
        resolution: grid points along each side.
        title: above the plot.

    Example:
        >>> ax = boundary(lambda X: X[:, 0], [[-1.0, 0.0], [1.0, 0.0]], [-1, 1])
        >>> len(ax.collections) > 2
        True
    """
    points, classes = np.asarray(X, float), np.asarray(y, float).ravel()
    if points.ndim != 2 or points.shape[1] != 2 or len(points) != len(classes):
        shapes = f"{points.shape} and {classes.shape}"
        raise DrawingError(f"Data must have shapes (n, 2) and (n,), got {shapes}. Choose two features.")
    pad = 0.1 * np.ptp(points, axis=0) + 1e-3
    a, b = (np.linspace(*ends, resolution) for ends in zip(points.min(0) - pad, points.max(0) + pad, strict=True))
    grid = np.stack(np.meshgrid(a, b), -1).reshape(-1, 2)
    predict: Any = getattr(model, "predict", model)
    outputs = np.asarray(predict(grid), float).reshape(resolution, resolution, -1)
    labels = np.unique(classes)
    with slide(ax) as ax:
        _regions(ax, a, b, outputs, labels)
        tints: Sequence[str] = (LOW, HIGH) if len(labels) == 2 and outputs.shape[2] == 1 else COLOURS
        for k, label in enumerate(labels):
            name = f"y = {label:g}".replace("-", "−")
            colour, marker = tints[k % len(tints)], MARKERS[k % 6]
            across, up = points[classes == label].T
            ax.scatter(across, up, s=70, label=name, color=colour, marker=marker, edgecolors="white")
        wide, high = np.ptp(points, axis=0) + pad
        ax.set(xlabel="$x_1$", ylabel="$x_2$", title=title)
        ax.set_aspect("equal" if max(wide, high) < MOST_UNEQUAL * min(wide, high) else "auto")
        legend(ax)
    return ax


def _regions(ax: Axes, a: Array, b: Array, outputs: Array, labels: Array) -> None:
    """Of one output its sign and size about the middle of the labels; of several the largest."""
    count = outputs.shape[2]
    if count > 1:
        fills = [COLOURS[k % 6] for k in range(count)]
        ax.contourf(a, b, outputs.argmax(2), np.arange(count + 1) - 0.5, colors=fills, alpha=0.3)
        return
    middle = labels.mean() if len(labels) == 2 else 0.5
    reach = max(np.ptp(labels) / 2, 1e-9)
    shown = np.clip((outputs[..., 0] - middle) / reach, -1, 1)
    ax.contourf(a, b, shown, np.linspace(-1, 1, 21), cmap=heat(), alpha=0.55)
    if shown.min() < 0 < shown.max():
        ax.contour(a, b, shown, [0], colors="black", linewidths=2.5)


def boundaries(
    models: Mapping[str, Classifier], X: ArrayLike, y: ArrayLike, figure: Figure | None = None
) -> list[Axes]:
    """The decision regions of several models side by side in one scale, the legend below.

    Args:
        models: what stands above each, and the model, such as {"0 hidden layers": model, …}.
        X, y: as for `boundary`.
        figure: matplotlib's figure; default: a new slide.

    Returns:
        The list of axes.
    """
    with settings():
        figure = figure or new_figure()
        axes = figure.subplots(1, len(models), squeeze=False, sharey=True)[0]
        for ax, (title, model) in zip(axes, models.items(), strict=True):
            boundary(model, X, y, ax, title=title)
            ax.legend().remove()
            ax.label_outer()
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    return list(axes)


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
    rows = [units for _, units, _ in walk(model, inputs)]
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
