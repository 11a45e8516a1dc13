"""Loss curves, and other metrics, over epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from autograd import DrawingError
from viz.plots.slide import COLOURS, count_on_x, slide

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Curves = Mapping[str, Sequence[float]]  # a list of numbers for each metric


class History(Protocol):
    """What `fit` returns."""

    history: dict[str, list[float]]


def losses(
    history: History | Curves | Mapping[str, History | Curves],
    ax: Axes | None = None,
    *,
    metric: str = "loss",
    log: bool = False,
) -> Axes:
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
    curves = _curves(history)
    runs = {"": curves} if metric in curves else {label: _curves(run) for label, run in curves.items()}
    with slide(ax) as ax:
        for k, (label, run) in enumerate(runs.items()):
            if not isinstance(run, Mapping) or metric not in run:
                raise DrawingError(f"Unknown metric {metric!r}. The history has {', '.join(map(str, run))}.")
            for key, dash in ((metric, "-"), (f"val_{metric}", "--")):
                if key in run:
                    epochs = np.arange(1, len(run[key]) + 1)
                    ax.plot(epochs, run[key], dash, color=COLOURS[k % 6], label=f"{label} {key}".strip())
        count_on_x(ax)
        ax.set(xlabel="epoch", ylabel=metric, yscale="log" if log else "linear")
        ax.legend()
    return ax


def _curves(history: object) -> Any:
    """The dict in what `fit` returns, or what is one already."""
    return getattr(history, "history", history)
