"""Curves: activations over x, with what the table of operations says of them, and losses over epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import DrawingError
from autograd.core.op import OPS, Op
from autograd.language.formula import Formula, in_words
from viz.plots.slide import COLOURS, DASHES, MARKERS, Array, count_on_x, legend, new_figure, settings, slide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from nn.callbacks import History

Curves = Mapping[str, Sequence[float]]  # a list of numbers for each metric


def activation(name: str, ax: Axes | None = None, *, span: tuple[float, float] = (-5, 5), **parameters: float) -> Axes:
    """An activation f and its derivative f′ over x, with formula and range: all from the table of operations.

    Args:
        name: a row of one operand, such as "tanh" or "leaky_relu".
        ax: matplotlib's axes; default: a new slide.
        span: from which x to which, dimensionless.
        parameters: of the row, such as a=0.1.

    Returns:
        The axes.

    Raises:
        DrawingError: no such row or parameter. MissingExtra: matplotlib is not installed.

    Example:
        >>> ax = activation("tanh")
        >>> ax.get_title()
        '$\\\\tanh(x) = \\\\dfrac{e^{x} - e^{-x}}{e^{x} + e^{-x}}$,  range (−1, 1)'
    """
    op, rest = _row(name, parameters)
    x = _points(op, span)
    with slide(ax) as ax:
        with np.errstate(all="ignore"):
            z = np.broadcast_to(op(x, *rest), x.shape)
            slope = np.broadcast_to(op.slope(0, [x, *rest], z), x.shape)
        ax.plot(x, z, color=COLOURS[0], linestyle=DASHES[0], label="f(x)")
        ax.plot(x, slope, color=COLOURS[1], linestyle=DASHES[1], label="f′(x)")
        written = formula(op, rest).replace(r"\frac", r"\dfrac")  # a fraction's numbers as large as others
        ax.set(title=f"${written}$,  range {image(op, rest)}", xlabel="x")
        for axis in (ax.axhline, ax.axvline):
            axis(0, color="#B0B7C0", linewidth=1, zorder=0)
        legend(ax)
    return ax


def activations(names: Sequence[str] | None = None, figure: Figure | None = None) -> list[Axes]:
    """A page of activations: by default each row of one operand that takes any x.

    Returns:
        The list of axes.

    Example:
        >>> len(activations(["relu", "tanh"]))
        2
    """
    if names is None:
        names = [op.name for op in OPS.values() if _unary(op) and not op.where and not op.infix]
    rows = -(-len(names) // 5)
    with settings():
        figure = figure or new_figure()
        axes = figure.subplots(rows, -(-len(names) // rows), squeeze=False).ravel()
        for ax, name in zip(axes, names, strict=False):
            activation(name, ax, span=(-3, 3))
            op, rest = _row(name, {})
            ax.set_title(f"{name.replace('_', ' ')}\n{image(op, rest)}", fontsize=15)
            ax.set_xlabel("")
            ax.tick_params(labelsize=14)
            ax.locator_params(nbins=3)
            ax.get_legend().remove()
        for ax in axes[len(names) :]:
            ax.remove()
        figure.suptitle("f (blue) and f′ (orange, dashed)", fontsize=18)
    return list(axes[: len(names)])


def losses(
    history: History | Curves | Mapping[str, History | Curves],
    ax: Axes | None = None,
    *,
    metric: str = "loss",
    log: bool = False,
) -> Axes:
    """Loss curves over epochs: training solid, validation dashed; several runs also differ by markers.

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
    curves: Any = getattr(history, "history", history)
    runs = {"": curves} if metric in curves else curves
    with slide(ax) as ax:
        for k, (label, outcome) in enumerate(runs.items()):
            run: Any = getattr(outcome, "history", outcome)
            if not isinstance(run, Mapping) or metric not in run:
                raise DrawingError(f"Unknown metric {metric!r}. The history has {', '.join(map(str, run))}.")
            for key, dash in ((metric, "-"), (f"val_{metric}", "--")):
                if key in run:
                    epochs = np.arange(1, len(run[key]) + 1)
                    signs: Any = {"marker": MARKERS[k % 6], "ms": 9, "markevery": -(-len(epochs) // 8)} if label else {}
                    ax.plot(epochs, run[key], dash, color=COLOURS[k % 6], label=f"{label} {key}".strip(), **signs)
        count_on_x(ax)
        ax.set(xlabel="epoch", ylabel=metric, yscale="log" if log else "linear")
        legend(ax)
    return ax


def formula(op: Op, rest: Sequence[float] = ()) -> str:
    """A row's formula as LaTeX, its parameters as numbers."""
    operands = [Formula("x", dialect="latex"), *(in_words(a, "latex") for a in rest)]
    call = op.write("latex", [operand.term for operand in operands])[0]
    definition = op.formula or (op.value if op.is_composed else None)
    return call if definition is None else f"{call} = {definition(*operands).term[0]}"


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
        return "{" + ", ".join(map(_short, np.unique(inner))) + "}"
    low, high = min(inner.min(), outer.min(initial=np.inf)), max(inner.max(), outer.max(initial=-np.inf))
    left = "[" if inner.min() <= low else "("
    right = "]" if inner.max() >= high else ")"
    lowest = "(−∞" if low < -1e4 else left + _short(low)
    highest = "∞)" if high > 1e4 else _short(high) + right
    return f"{lowest}, {highest}"


def _short(number: float) -> str:
    return f"{round(number, 3) + 0.0:.3g}".replace("-", "−")


def _unary(op: Op) -> bool:
    return not op.variadic and len(op.operands) - len(op.defaults) == 1


def _row(name: str, parameters: Mapping[str, float]) -> tuple[Op, list[float]]:
    rows = {op.name: op for op in OPS.values() if _unary(op)}
    if name not in rows:
        raise DrawingError(f"Unknown activation {name!r}. Choose one of {', '.join(rows)}.")
    op = rows[name]
    legal = dict(zip(op.operands[1:], op.defaults, strict=True))
    for key in parameters:
        if key not in legal:
            raise DrawingError(f"Unknown parameter {key!r} of {name}. It has {', '.join(legal) or 'none'}.")
    return op, list((legal | dict(parameters)).values())


def _points(op: Op, span: tuple[float, float]) -> Array:
    low, high = span if not op.where or "∞" in op.where else op.near[0]
    return np.linspace(low, high, 801)
