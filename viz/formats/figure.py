"""Figures of matplotlib as files: text as text, the same bytes each time; and what all plots look like."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autograd import MissingExtra

# Source: M. Okabe, K. Ito (2008), Color Universal Design; dashes and markers tell curves apart without colour.
COLOURS = ("#0072B2", "#C44E00", "#007A5A", "#A8447F", "#000000", "#7F4F00", "#3E4C59", "#56B4E9")
MARKERS = "os^DvP*X"
# A figure fills a slide of 13.3 × 7.5 inches: "small" is 15 points.
SLIDE_TEXT = {"font.size": 18, "axes.titlesize": 20, "legend.fontsize": 16}
REPRODUCIBLE = {"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "chalkgrad"}
UNDATED: Mapping[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


@contextmanager
def settings(own: Mapping[str, object]) -> Iterator[None]:
    """Matplotlib under these settings, which hold inside only.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ModuleNotFoundError:
        raise MissingExtra('Plots need matplotlib: pip install "chalkgrad[plots]"') from None
    wanted: dict[Any, Any] = {**REPRODUCIBLE, **own}
    with matplotlib.rc_context(wanted):
        yield


def write(plot: Any, kind: str, options: Mapping[str, object]) -> bytes:
    """A plot, which has .figure() and .settings, as "svg", "png" or "pdf"; the options are those of `savefig`."""
    file = io.BytesIO()
    with settings(plot.settings):
        plot.figure().savefig(file, format=kind, metadata=UNDATED.get(kind), **options)
    return file.getvalue()
