"""Plots for lectures with matplotlib: activations, losses, decision regions, and what happens inside networks.

Each function draws on `ax=` (by default on a new slide) and returns what it drew on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograd import DrawingError, MissingExtra, Value, compile, grad
from autograd.core.op import OPS, Op
from autograd.language.formula import Formula, in_words
from viz.drawing import write_whole
from viz.networks.columns import columns, listed, stack, width

SLIDE = (13.3, 7.5)  # inches
# Source: M. Okabe, K. Ito (2008), Color Universal Design; dashes and markers tell curves apart without colour.
COLOURS = ("#0072B2", "#C44E00", "#007A5A", "#A8447F", "#000000", "#7F4F00")
DASHES = ("-", "--", ":", "-.")
MARKERS = "os^DvP"
LOW, HIGH = "#C44E00", "#0072B2"  # the ends of heat maps, white between
SETTINGS: Any = {
    "font.size": 18, "axes.titlesize": 20, "legend.fontsize": 16, "lines.linewidth": 3.0, "axes.unicode_minus": True,
    "svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "chalkgrad", "figure.constrained_layout.use": True,
}  # fmt: skip
FLAT = 0.05  # of the steepest slope: below it a unit is saturated


def activation(name: str, ax: Any = None, *, span: tuple[float, float] = (-5, 5), **parameters: float) -> Any:
    """An activation f and its derivative f′ over x, with formula and range: all from the table of operations.

    Args:
        name: a row of one operand, as "tanh" or "leaky_relu".
        ax: matplotlib's axes; default: a new slide.
        span: from which x to which, dimensionless.
        parameters: of the row, as a=0.1.

    Returns:
        The axes.

    Raises:
        DrawingError: no such row or parameter. MissingExtra: matplotlib is not installed.

    Example:
        >>> ax = activation("tanh")
        >>> ax.get_title()
        '$\\\\tanh(x) = \\\\frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}$,  range (−1, 1)'
    """
    op, rest = _row(name, parameters)
    x = _points(op, span)
    with _slide(ax) as ax:
        with np.errstate(all="ignore"):
            z = np.broadcast_to(op(x, *rest), x.shape)
            slope = np.broadcast_to(op.slope(0, [x, *rest], z), x.shape)
        for y, label, k in ((z, "f(x)", 0), (slope, "f′(x)", 1)):
            ax.plot(x, y, color=COLOURS[k], linestyle=DASHES[k], label=label)
        ax.set_title(f"${formula(op, rest)}$,  range {image(op, rest)}")
        ax.set_xlabel("x")
        ax.axhline(0, color="#B0B7C0", linewidth=1, zorder=0)
        ax.axvline(0, color="#B0B7C0", linewidth=1, zorder=0)
        ax.legend()
    return ax


def activations(names: Sequence[str] | None = None, figure: Any = None) -> Any:
    """A page of activations: by default each row of one operand that takes any x.

    Returns:
        The list of axes.

    Example:
        >>> len(activations(["relu", "tanh"]))
        2
    """
    names = [*names] if names is not None else [op.name for op in OPS.values() if _unary(op) and not op.where]
    names = [name for name in names if not OPS[name].infix] if all(name in OPS for name in names) else names
    rows = -(-len(names) // 5)
    with _context() as plt:
        figure = figure or plt.figure(figsize=SLIDE)
        axes = figure.subplots(rows, -(-len(names) // rows), squeeze=False).ravel()
        for ax, name in zip(axes, names, strict=False):
            activation(name, ax, span=(-3, 3))
            op, rest = _row(name, {})
            ax.set_title(f"{name.replace('_', ' ')}\n{image(op, rest)}", fontsize=14)
            ax.set_xlabel("")
            ax.tick_params(labelsize=12)
            ax.get_legend().remove()
        for ax in axes[len(names) :]:
            ax.remove()
        figure.suptitle("f (blue) and f′ (orange, dashed)", fontsize=18)
    return list(axes[: len(names)])


def losses(history: Any, ax: Any = None, *, metric: str = "loss", log: bool = False) -> Any:
    """Loss curves over epochs: training solid, validation dashed.

    Args:
        history: what `fit` returns, its dict of lists, or a dict of label → these, to compare.
        ax: matplotlib's axes.
        metric: "loss", "accuracy", …
        log: whether the axis is logarithmic.

    Example:
        >>> ax = losses({"loss": [1.0, 0.5], "val_loss": [1.1, 0.7]})
        >>> [line.get_label() for line in ax.lines]
        ['loss', 'val_loss']
    """
    given = getattr(history, "history", history)
    runs = {"": given} if metric in given else {k: getattr(v, "history", v) for k, v in given.items()}
    with _slide(ax) as ax:
        for k, (label, run) in enumerate(runs.items()):
            if not isinstance(run, Mapping) or metric not in run:
                raise DrawingError(f"The history has no {metric!r}. It has {', '.join(map(str, run))}.")
            for key, dash in ((metric, "-"), (f"val_{metric}", "--")):
                if key in run:
                    epochs = np.arange(1, len(run[key]) + 1)
                    ax.plot(epochs, run[key], dash, color=COLOURS[k % 6], label=f"{label} {key}".strip())
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set(xlabel="epoch", ylabel=metric, yscale="log" if log else "linear")
        ax.legend()
    return ax


def boundary(model: Any, X: Any, y: Any, ax: Any = None, *, resolution: int = 150, title: str = "") -> Any:
    """The decision regions of a model over data of two features, the boundary as a black line.

    Args:
        model: anything with `.predict(X)`, or a function of X, that gives (n,), (n, 1) or (n, classes).
        X: the points, shape (n, 2).
        y: their classes, shape (n,): two numbers as 0, 1 or −1, 1, or 0, 1, 2, …
        ax: matplotlib's axes.
        resolution: grid points along each side.
        title: above the plot.

    Example:
        >>> ax = boundary(lambda X: X[:, 0], [[-1.0, 0.0], [1.0, 0.0]], [-1, 1])
        >>> len(ax.collections) > 2
        True
    """
    X, y = np.asarray(X, float), np.asarray(y, float).ravel()
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(y):
        raise DrawingError(f"Data must have shapes (n, 2) and (n,), got {X.shape} and {y.shape}. Choose two features.")
    pad = 0.1 * np.ptp(X, axis=0) + 1e-3
    a, b = (np.linspace(*ends, resolution) for ends in zip(X.min(0) - pad, X.max(0) + pad, strict=True))
    grid = np.stack(np.meshgrid(a, b), -1)
    found = np.asarray(getattr(model, "predict", model)(grid.reshape(-1, 2)), float).reshape(resolution, resolution, -1)
    labels = np.unique(y)
    with _slide(ax) as ax:
        if found.shape[2] == 1:
            middle = labels.mean() if len(labels) == 2 else 0.5
            reach = max(np.ptp(labels) / 2, 1e-9)
            shown = np.clip((found[..., 0] - middle) / reach, -1, 1)
            ax.contourf(a, b, shown, np.linspace(-1, 1, 21), cmap=_heat(), alpha=0.55)
            if shown.min() < 0 < shown.max():
                ax.contour(a, b, shown, [0], colors="black", linewidths=2.5)
        else:
            best = found.argmax(2)
            count = found.shape[2]
            fills = [COLOURS[k % 6] for k in range(count)]
            ax.contourf(a, b, best, np.arange(count + 1) - 0.5, colors=fills, alpha=0.3)
        tints: Sequence[str] = (LOW, HIGH) if len(labels) == 2 and found.shape[2] == 1 else COLOURS
        for k, label in enumerate(labels):
            points = X[y == label]
            look = {"color": tints[k % len(tints)], "marker": MARKERS[k % 6], "edgecolors": "white"}
            ax.scatter(*points.T, s=70, label=f"y = {label:g}".replace("-", "−"), **look)
        ax.set(xlabel="$x_1$", ylabel="$x_2$", title=title)
        ax.legend()
    return ax


def boundaries(models: Mapping[str, Any], X: Any, y: Any, figure: Any = None) -> Any:
    """The decision regions of several models side by side, as {"0 hidden layers": model, …}.

    Returns:
        The list of axes.
    """
    with _context() as plt:
        figure = figure or plt.figure(figsize=SLIDE)
        axes = figure.subplots(1, len(models), squeeze=False)[0]
        for ax, (title, model) in zip(axes, models.items(), strict=True):
            boundary(model, X, y, ax, title=title)
    return list(axes)


def neurons(model: Any, ax: Any = None, *, span: tuple[float, float] = (-6, 6), resolution: int = 40) -> Any:
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
    rows: list[list[Any]] = [list(inputs)]
    for layer in stack(model):
        after = listed(layer(rows[-1]))
        if len(rows) < len(layers) and len(after) == layers[len(rows)].size and hasattr(layer, "units"):
            rows.append(after)
        else:
            rows[-1] = after
    axis = np.linspace(*span, resolution)
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    values = compile([+x + 0 * inputs[0] for row in rows for x in row], inputs=[inputs]).values(points)
    maps = iter(np.asarray(values).T.reshape(-1, resolution, resolution))
    most = max(len(row) for row in rows)
    with _slide(ax) as ax:
        ax.set(xlim=(-0.5, len(rows) - 0.5), ylim=(-0.5, most - 0.5))
        ax.axis("off")
        places = [
            [(c, (most - len(row)) / 2 + len(row) - 1 - i) for i in range(len(row))] for c, row in enumerate(rows)
        ]
        for c, column in enumerate(layers[1:], 1):
            _links(ax, places[c - 1], places[c], column.weights)
        for c, (column, spots) in enumerate(zip(layers, places, strict=True)):
            for x, y in spots:
                cell = ax.inset_axes([x - 0.25, y - 0.4, 0.5, 0.8], transform=ax.transData)
                image = next(maps)
                top = np.abs(image).max() or 1.0
                cell.imshow(
                    image, origin="lower", cmap=_heat(), vmin=-top, vmax=top, extent=(*span, *span), aspect="auto"
                )
                cell.set(xticks=[], yticks=[])
            ax.text(c, most - 0.5, column.name, ha="center", va="bottom")
    return ax


def gradient_norms(models: Any, X: Any, y: Any, ax: Any = None, *, loss: Any = "mse") -> Any:
    """‖∂J/∂W‖ of each layer's weights over depth, on a logarithmic axis: gradients that vanish go down to the left.

    Args:
        models: an `nn` model, or a dict of label → model, to compare.
        X, y: samples and targets, shapes (n, inputs) and (n,) or (n, outputs); J is the mean loss over them.
        ax: matplotlib's axes.
        loss: as `nn.losses` names it, or a function of lists (targets, outputs).
    """
    runs = models if isinstance(models, Mapping) else {"": models}
    with _slide(ax) as ax:
        for k, (label, model) in enumerate(runs.items()):
            norms = layer_gradients(model, X, y, loss)
            look = {"color": COLOURS[k % 6], "linestyle": DASHES[k % 4], "marker": MARKERS[k % 6], "markersize": 9}
            ax.plot(np.arange(1, len(norms) + 1), norms, label=label or "gradient", **look)
        ax.set(xlabel="layer", ylabel="‖∂J/∂W‖", yscale="log")
        ax.xaxis.get_major_locator().set_params(integer=True)
        if len(runs) > 1:
            ax.legend()
    return ax


def layer_gradients(model: Any, X: Any, y: Any, loss: Any = "mse") -> list[float]:
    """‖∂J/∂W‖ for each layer that has weights, J the mean loss over the samples."""
    from nn import losses as table

    X = np.atleast_2d(np.asarray(X, float))
    y = np.asarray(y, float).reshape(len(X), -1)
    x, t = [Value(0.0) for _ in range(X.shape[1])], [Value(0.0) for _ in range(y.shape[1])]
    kernels = [[w for n in layer.neurons for w in n.weights] for layer in stack(model) if hasattr(layer, "neurons")]
    cost = table.get(loss)(t, listed(model(x)))
    _, slopes = compile(cost, inputs=[x, t], wrt=[w for kernel in kernels for w in kernel])(X, y)
    parts = np.split(np.asarray(slopes) / len(X), np.cumsum([len(kernel) for kernel in kernels])[:-1])
    return [float(np.linalg.norm(part)) for part in parts]


def unit_activations(model: Any, X: Any) -> list[tuple[Any, Any]]:
    """For each layer of neurons, the activations and their slopes da/dz over samples, each of shape (n, units)."""
    X = np.atleast_2d(np.asarray(X, float))
    x = [Value(0.0) for _ in range(X.shape[1])]
    found, before = [], list(x)
    for layer in stack(model):
        before = listed(layer(before))
        if hasattr(layer, "neurons"):
            slopes = [_slope(a) for a in before]
            values = np.asarray(compile([*before, *(s + 0 * x[0] for s in slopes)], inputs=[x]).values(X))
            found.append((values[:, : len(before)], values[:, len(before) :]))
    return found


def activation_histograms(model: Any, X: Any, ax: Any = None, *, bins: int = 30) -> Any:
    """The activations of each layer as a histogram over depth, with the share that is saturated and the dead units.

    A unit is saturated where its slope is under 5 % of the layer's steepest, dead where it is 0 for every sample.

    Args:
        model: an `nn` model.
        X: samples, shape (n, inputs).
        ax: matplotlib's axes.
        bins: of each histogram.
    """
    with _slide(ax) as ax:
        found = unit_activations(model, X)
        edges = _edges([values for values, _ in found], bins)
        for k, (values, slopes) in enumerate(found, 1):
            _sideways(ax, k, values.ravel(), edges, COLOURS[0], 0.8)
            steep = np.abs(slopes)
            flat, dead = (steep < FLAT * (steep.max() or 1)).mean(), np.count_nonzero(steep.max(0) == 0)
            ax.text(k + 0.4, 1.01, f"{flat:.0%} flat\n{dead} dead", ha="center", va="bottom", fontsize=14,
                    transform=ax.get_xaxis_transform())  # fmt: skip
        ax.set(xlabel="layer", ylabel="activation", xticks=np.arange(1, len(found) + 1) + 0.4)
        ax.set_xticklabels([str(k) for k in range(1, len(found) + 1)])
    return ax


def weights(before: Any, after: Any, ax: Any = None, *, bins: int = 30) -> Any:
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
    with _slide(ax) as ax:
        for k, (old, new) in enumerate(zip(*kernels, strict=True), 1):
            _sideways(ax, k, old, edges, COLOURS[1], -0.42, "before" if k == 1 else None, "//")
            _sideways(ax, k, new, edges, COLOURS[0], 0.42, "after" if k == 1 else None)
        ax.set(xlabel="layer", ylabel="weight", xticks=range(1, len(kernels[0]) + 1))
        ax.legend()
    return ax


def save(drawn: Any, path: str | Path, **options: Any) -> Path:
    """Write the figure of some axes as .svg, .pdf or .png, text as text, the same bytes each time."""
    path = Path(path)
    figure = _figure(drawn)
    kind = path.suffix.lower().lstrip(".")
    if kind not in ("svg", "pdf", "png"):
        raise DrawingError(f"'{path}' has no known ending. Choose from .svg, .pdf, .png.")
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    data = io.BytesIO()
    with _context():
        figure.savefig(data, format=kind, metadata=metadata, **options)
    write_whole(path, data.getvalue())
    return path


# ── what the table says of a row ──────────────────────────────────────────────────────────────────


def formula(op: Op, rest: Sequence[float] = ()) -> str:
    """A row's formula as LaTeX, its parameters as numbers."""
    words = [Formula("x", dialect="latex"), *(in_words(a, "latex") for a in rest)]
    left = op.write("latex", [word.term for word in words])[0]
    words_of = op.formula or (op.value if op.is_composed else None)
    return left if words_of is None else f"{left} = {words_of(*words).term[0]}"


def image(op: Op, rest: Sequence[float] = ()) -> str:
    """The range of a row as an interval, from its values near 0 and at ±10³⁰⁰; of a step, its values.

    >>> image(OPS["sigmoid"]), image(OPS["relu"]), image(OPS["sign"])
    ('(0, 1)', '[0, ∞)', '{−1, 0, 1}')
    """
    near = np.concatenate([_points(op, (-8, 8)), [0.0] if not op.where else []])
    with np.errstate(all="ignore"):
        inner = np.asarray(op(near, *rest), float)
        outer = np.asarray(op(np.array([-1e300, 1e300]) if not op.where else near, *rest), float)
    inner, outer = inner[~np.isnan(inner)], outer[~np.isnan(outer)]
    if op.partials[0] == 0:
        return "{" + ", ".join(_short(v) for v in np.unique(inner)) + "}"
    low, high = min(inner.min(), outer.min(initial=np.inf)), max(inner.max(), outer.max(initial=-np.inf))
    left = "(−∞" if low < -1e4 else f"{'[' if inner.min() <= low else '('}{_short(low)}"
    return left + ", " + ("∞)" if high > 1e4 else f"{_short(high)}{']' if inner.max() >= high else ')'}")


def _short(number: float) -> str:
    return f"{round(number, 3) + 0.0:.3g}".replace("-", "−")


def _unary(op: Op) -> bool:
    return not op.variadic and len(op.operands) - len(op.defaults) == 1


def _row(name: str, parameters: Mapping[str, float]) -> tuple[Op, list[float]]:
    rows = {op.name: op for op in OPS.values() if _unary(op)}
    if name not in rows:
        raise DrawingError(f"There is no activation {name!r}. Choose from {', '.join(rows)}.")
    op = rows[name]
    legal = dict(zip(op.operands[1:], op.defaults, strict=True))
    for key in parameters:
        if key not in legal:
            raise DrawingError(f"{name} has no parameter {key!r}. It has {', '.join(legal) or 'none'}.")
    return op, list((legal | dict(parameters)).values())


def _points(op: Op, span: tuple[float, float]) -> Any:
    low, high = span if not op.where or "∞" in op.where else op.near[0]
    return np.linspace(low, high, 801)


# ── drawing ───────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _context() -> Iterator[Any]:
    """pyplot under this file's settings, which hold inside only."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise MissingExtra('Plots need matplotlib: pip install "chalkgrad[plots]"') from None
    with plt.rc_context(SETTINGS):
        yield plt


@contextmanager
def _slide(ax: Any) -> Iterator[Any]:
    with _context() as plt:
        yield plt.figure(figsize=SLIDE).add_subplot() if ax is None else ax


def _figure(drawn: Any) -> Any:
    first = drawn[0] if isinstance(drawn, list | tuple) else drawn
    return getattr(first, "figure", first)


def _heat() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("heat", (LOW, "#FFFFFF", HIGH))


def _slope(a: Any) -> Any:
    """da/dz of a neuron's output, as a Value: 1 where the activation is linear."""
    inside = [x for x in a.operands if isinstance(x, Value)]
    if len(inside) != 1 or not inside[0].op:
        return Value(1.0)
    return Value(0.0) + grad(a, inside, create_graph=True)[0]


def _links(ax: Any, tails: Any, heads: Any, kernel: Any) -> None:
    top = 1.0 if kernel is None else np.abs(kernel).max() or 1.0
    for j, (x1, y1) in enumerate(heads):
        for i, (x0, y0) in enumerate(tails):
            w = 0.3 if kernel is None else kernel[i, j] / top
            look = {"color": HIGH if w >= 0 else LOW, "linestyle": "-" if w >= 0 else "--", "zorder": 0}
            ax.plot([x0 + 0.25, x1 - 0.25], [y0, y1], linewidth=max(0.4, 5 * abs(w)), **look)


def _edges(arrays: Sequence[Any], bins: int) -> Any:
    """The same bins for all, so that they can be compared."""
    return np.histogram_bin_edges(np.concatenate([np.ravel(a) for a in arrays]), bins)


def _sideways(
    ax: Any, at: float, values: Any, edges: Any, colour: str, reach: float, label: str | None = None, hatch: str = ""
) -> None:
    """A histogram that stands on its side, beginning at x = at."""
    counts, _ = np.histogram(values, edges)
    wide = reach * counts / max(counts.max(), 1)
    look = {"color": colour, "alpha": 0.75, "label": label, "hatch": hatch}
    ax.barh(edges[:-1], wide, np.diff(edges), left=at, align="edge", **look)
