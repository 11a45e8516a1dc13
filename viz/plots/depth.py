"""What happens inside networks, layer by layer: gradients, activations, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import DrawingError, Value, compile, grad
from viz.networks.columns import Model, listed, stack
from viz.plots.slide import COLOURS, DASHES, MARKERS, Array, count_on_x, legend, slide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from nn.losses import LossLike
    from nn.module import Module

FLAT = 0.05  # of the steepest slope: below it a unit is saturated
MOST_NUMBERS = 16  # side by side above the histograms of a slide; of more layers every second or third has its own


def gradient_norms(
    models: Model | Mapping[str, Model], X: ArrayLike, y: ArrayLike, ax: Axes | None = None, *, loss: LossLike = "mse"
) -> Axes:
    """‖∂J/∂W‖ of each layer's weights over depth, on a logarithmic axis: gradients that vanish go down to the left.

    Args:
        models: an `nn` model, or a dict of label → model, to compare.
        X, y: samples and targets, shapes (n, inputs) and (n,) or (n, outputs); J is the mean loss over them.
        ax: matplotlib's axes.
        loss: as `nn.losses` names it, or a function of lists (targets, outputs).
    """
    runs = models if isinstance(models, Mapping) else {"": models}
    with slide(ax) as ax:
        for k, (label, model) in enumerate(runs.items()):
            norms = layer_gradients(model, X, y, loss)
            ax.plot(np.arange(1, len(norms) + 1), norms, label=label or "gradient", color=COLOURS[k % 6],
                    linestyle=DASHES[k % 4], marker=MARKERS[k % 6], markersize=9)  # fmt: skip
        ax.set(xlabel="layer", ylabel="‖∂J/∂W‖", yscale="log")
        count_on_x(ax)
        if len(runs) > 1:
            legend(ax)
    return ax


def layer_gradients(model: Model, X: ArrayLike, y: ArrayLike, loss: LossLike = "mse") -> list[float]:
    """‖∂J/∂W‖ for each layer that has weights, J the mean loss over the samples."""
    from nn import losses as table

    samples = np.atleast_2d(np.asarray(X, float))
    targets = np.asarray(y, float).reshape(len(samples), -1)
    x, t = ([Value(0.0) for _ in range(array.shape[1])] for array in (samples, targets))
    kernels = [[w for n in layer.neurons for w in n.weights] for layer in stack(model) if hasattr(layer, "neurons")]
    cost = table.get(loss)(t, listed(model(x)))
    _, slopes = compile(cost, inputs=[x, t], wrt=[w for kernel in kernels for w in kernel])(samples, targets)
    parts = np.split(np.asarray(slopes) / len(samples), np.cumsum([len(kernel) for kernel in kernels])[:-1])
    return [float(np.linalg.norm(part)) for part in parts]


def unit_activations(model: Model, X: ArrayLike) -> list[tuple[Array, Array]]:
    """For each layer of neurons, the activations and their slopes da/dz over samples, each of shape (n, units)."""
    samples = np.atleast_2d(np.asarray(X, float))
    x = [Value(0.0) for _ in range(samples.shape[1])]
    layers, before = [], list(x)
    for layer in stack(model):
        before = listed(layer(before))
        if hasattr(layer, "neurons"):
            slopes = [_slope(a) for a in before]
            values = np.asarray(compile([*before, *(s + 0 * x[0] for s in slopes)], inputs=[x]).values(samples))
            layers.append((values[:, : len(before)], values[:, len(before) :]))
    return layers


def _slope(a: Value) -> Value:
    """da/dz of a neuron's output, as a Value: 1 where the activation is linear."""
    inside = [x for x in a.operands if isinstance(x, Value)]
    if len(inside) != 1 or not inside[0].op:
        return Value(1.0)
    slope: Value = Value(0.0) + grad(a, inside, create_graph=True)[0]
    return slope


def activation_histograms(model: Model, X: ArrayLike, ax: Axes | None = None, *, bins: int = 30) -> Axes:
    """The activations of each layer as a histogram over depth, above it the share that is saturated and the dead units.

    A unit is saturated where its slope is under 5 % of the layer's steepest, dead where it is 0 for every sample.

    Args:
        model: an `nn` model.
        X: samples, shape (n, inputs).
        ax: matplotlib's axes.
        bins: of each histogram.
    """
    with slide(ax) as ax:
        layers, numbers = unit_activations(model, X), list[tuple[str, str]]()
        edges = _edges([values for values, _ in layers], bins)
        for k, (values, slopes) in enumerate(layers, 1):
            _sideways(ax, k, values.ravel(), edges, 0.8, color=COLOURS[0])
            steep = np.abs(slopes)
            flat, dead = (steep < FLAT * (steep.max() or 1)).mean(), np.count_nonzero(steep.max(0) == 0)
            numbers.append((f"{100 * flat:.0f} %", str(dead)))
        ax.set(xlabel="layer", ylabel="activation", xlim=(0.9, len(layers) + 0.9))
        _numbered(ax, ("saturated", "dead units"), numbers)
    return ax


def _numbered(ax: Axes, names: Sequence[str], numbers: Sequence[Sequence[str]]) -> None:
    """The layers' numbers below, and above them a row of theirs for each name; of many layers only some."""
    shown = range(1, len(numbers) + 1, -(-len(numbers) // MOST_NUMBERS))
    ax.set_xticks(np.add(shown, 0.4), map(str, shown))
    look: Any = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points", "fontsize": 16}
    for row, name in enumerate(names):
        up = 32 - 24 * row
        ax.annotate(name, (0.9, 1), (-20, up), ha="right", **look)
        for k in shown:
            ax.annotate(numbers[k - 1][row], (k + 0.4, 1), (0, up), ha="center", **look)


def weights(
    before: Module | Sequence[Array], after: Module | Sequence[Array], ax: Axes | None = None, *, bins: int = 30
) -> Axes:
    """The weights of each layer before training (left, orange) and after (right, blue).

    Args:
        before, after: models, or what `get_weights()` returned.
        ax: matplotlib's axes.
        bins: of each histogram.
    """
    sides = [m.get_weights() if hasattr(m, "get_weights") else m for m in (before, after)]
    kernels = [[np.asarray(w, float).ravel() for w in side if np.ndim(w) == 2] for side in sides]
    if len(kernels[0]) != len(kernels[1]) or not kernels[0]:
        raise DrawingError(f"There are {len(kernels[0])} kernels before and {len(kernels[1])} after. Give one model's.")
    edges = _edges([*kernels[0], *kernels[1]], bins)
    with slide(ax) as ax:
        for k, (old, new) in enumerate(zip(*kernels, strict=True), 1):
            _sideways(ax, k, old, edges, -0.42, color=COLOURS[1], label="before" if k == 1 else None, hatch="//")
            _sideways(ax, k, new, edges, 0.42, color=COLOURS[0], label="after" if k == 1 else None)
        ax.set(xlabel="layer", ylabel="weight", xticks=range(1, len(kernels[0]) + 1))
        legend(ax)
    return ax


def _edges(arrays: Sequence[Array], bins: int) -> Array:
    """The same bins for all, so that they can be compared."""
    return np.histogram_bin_edges(np.concatenate([np.ravel(a) for a in arrays]), bins)


def _sideways(ax: Axes, at: float, values: Array, edges: Array, reach: float, **look: Any) -> None:
    """A histogram that stands on its side, beginning at x = at."""
    counts, _ = np.histogram(values, edges)
    wide = reach * counts / max(counts.max(), 1)
    ax.barh(edges[:-1], wide, np.diff(edges), left=at, align="edge", alpha=0.75, **look)
