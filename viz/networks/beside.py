"""What stands beside a network: a picture of its input, an image or the data's points, and a legend of its colours."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from autograd import DrawingError
from viz.formats.figure import COLOURS
from viz.networks.lines import Lines, mixed
from viz.shapes import Box, Curve, Group, Point, Shape, Text, bounds, moved
from viz.theme import Theme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Input = Any  # an image of shape (height, width), points (X, y), or a file with either
MOST_PIXELS, MOST_POINTS = 64, 400  # a side; more are one grey area, and files of many megabytes
GREYS = 16
SIDE, DOT = 100.0, 1.8  # of the picture before it is scaled; a point's radius
SMALLEST, LARGEST = 120.0, 220.0  # points: a side of the picture on the page
LINE, NEAR, APART = 34.0, 8.0, 30.0  # of a legend: a line's length; from a sign to its words; between entries


def pictured(picture: Input, theme: Theme) -> list[Shape]:
    """An input's picture as shapes in a square of side SIDE.

    Args:
        picture: an image as numbers of shape (height, width), 0 is the background's colour and the largest ink; or a
            tuple (X, y) of points of shape (n, 2) and their labels, or (X,); or the path of an image or a CSV file.

    Raises:
        DrawingError: numbers of another shape, or that are not finite.
    """
    import numpy as np

    content = _read(picture) if isinstance(picture, str | os.PathLike) else picture
    parts = content if isinstance(content, tuple) else (content,)
    try:
        arrays = [np.asarray(part, float) for part in parts]
    except (TypeError, ValueError):
        arrays = [np.empty(0)]
    if not 1 <= len(arrays) <= 2 or not all(np.isfinite(part).all() and part.size for part in arrays):
        raise _refused(f"got {content!r:.60}")
    if isinstance(content, tuple):
        return [*_points(arrays, theme), _frame(theme)]
    return [*_image(arrays[0], theme), _frame(theme)]


def _refused(what: str) -> DrawingError:
    return DrawingError(
        f"A picture must be an image of finite numbers, at most {MOST_PIXELS} × {MOST_PIXELS}, or a tuple (X, y) of "
        f"points with two coordinates; {what}. Give digits.reshape(28, 28), say."
    )


def _read(path: str | os.PathLike[str]) -> Any:
    """A file's image, dark as ink; or of a CSV file the first two columns and the last."""
    if os.fspath(path).lower().endswith((".csv", ".tsv", ".txt")):
        from nn import csv

        X, y = csv.csv(path)
        return X[:, :2], y
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(path).convert("L")
    except (OSError, UnidentifiedImageError) as error:
        raise DrawingError(f"'{os.fspath(path)}' is no image: {error}. Give a PNG, or a CSV file.") from None
    image.thumbnail((MOST_PIXELS, MOST_PIXELS))
    return 255 - np.asarray(image, float)


def _frame(theme: Theme) -> Box:
    return Box(0, 0, SIDE, SIDE, 0, theme.forward, "none", 1.0)


def _image(pixels: Array, theme: Theme) -> Iterator[Shape]:
    """A row's pixels of one grey as one box."""
    if pixels.ndim != 2 or max(pixels.shape) > MOST_PIXELS:
        raise _refused(f"got shape {pixels.shape}")
    yield Box(0, 0, SIDE, SIDE, 0, theme.background, theme.background, 0)
    low, high = min(0.0, float(pixels.min())), float(pixels.max())
    greys = ((pixels - low) / ((high - low) or 1) * GREYS).round().astype(int)
    cell = SIDE / max(pixels.shape)
    left, top = ((SIDE - cell * n) / 2 for n in pixels.shape[::-1])
    for i, row in enumerate(greys.tolist()):
        for grey, run in groupby(range(len(row)), key=row.__getitem__):
            places = [*run]
            colour = mixed(theme.background, theme.ink, grey / GREYS)
            if grey:
                x, y, wide = left + cell * places[0], top + cell * i, cell * len(places)
                yield Box(x, y, wide, cell, 0, colour, colour, 0)


def _points(arrays: Sequence[Array], theme: Theme) -> Iterator[Shape]:
    """Points in the colours of their classes, or of a number's sign."""
    import numpy as np

    X, y = arrays[0], arrays[1].ravel() if len(arrays) > 1 else np.zeros(len(arrays[0]))
    if X.ndim != 2 or X.shape[1] != 2 or len(y) != len(X):
        raise _refused(f"got shapes {', '.join(str(part.shape) for part in arrays)}")
    low = X.min(axis=0)
    room = float(np.ptp(X, axis=0).max()) or 1.0
    chosen = np.linspace(0, len(X) - 1, min(len(X), MOST_POINTS)).round().astype(int)
    kinds = np.unique(y)
    classes = {kind: COLOURS[i] for i, kind in enumerate(kinds.tolist())} if len(kinds) <= len(COLOURS) else {}
    inner = SIDE - 4 * DOT
    blank = (inner - inner * np.ptp(X, axis=0) / room) / 2
    for (a, b), kind in zip((X[chosen] - low) / room * inner + blank, y[chosen].tolist(), strict=True):
        colour = classes.get(kind) or (theme.positive if kind >= 0 else theme.negative)
        x, down = float(a) + DOT, SIDE - 3 * DOT - float(b)
        yield Box(x, down, 2 * DOT, 2 * DOT, DOT, theme.background, colour, 0.3)


def placed(drawn: Sequence[Shape], edge: float, high: float, flat: bool) -> Group:
    """An input's picture before the edge of a network of this height, at its left or above it; its middle is 0."""
    side = min(LARGEST, max(SMALLEST, 0.5 * high)) if flat else SMALLEST
    x, y = (edge - side, -side / 2) if flat else (-side / 2, edge - side)
    return Group("picture", "label", tuple(moved(shape, x, y, side / SIDE) for shape in drawn))


def legend(lines: Lines, middle: float, top: float, widest: float) -> Group:
    """What numbers in circles and what lines are, in rows below the network."""
    rows: list[list[tuple[list[Shape], float]]] = [[]]
    for entry in _entries(lines):
        wide = max(bounds(shape)[2] for shape in entry)
        if rows[-1] and sum(length + APART for _, length in rows[-1]) + wide > widest:
            rows.append([])
        rows[-1].append((entry, wide))
    shapes = []
    for k, row in enumerate(rows):
        x = middle - (sum(wide for _, wide in row) + APART * (len(row) - 1)) / 2
        for entry, wide in row:
            shapes += [moved(shape, x, top + (k + 0.5) * 1.5 * lines.theme.edge_size) for shape in entry]
            x += wide + APART
    return Group("legend", "label", tuple(shapes))


def _entries(lines: Lines) -> Iterator[list[Shape]]:
    """Each sign with its words, from x = 0 around y = 0."""
    plan, theme = lines.plan, lines.theme
    of = plan.gradients_of
    if plan.layers[0].values is not None:
        yield [_text(theme, 0, "a", theme.ink, "a"), _text(theme, 12 + NEAR, "activation", theme.muted)]
        slope = _text(theme, 0, f"∂{of}/∂a", theme.gradient, _latex(f"∂{of}/∂a"))
        yield [slope, _text(theme, slope.width + NEAR, "gradient", theme.muted)]
    what = f"∂{of}/∂w" if plan.slopes else "w"
    for sign, size in ((">", lines.largest), ("<", -lines.largest)):
        ends: tuple[Point, ...] = ((0.0, 0.0), (LINE, 0.0))
        words = f"{what} {sign} 0"
        yield [Curve(ends, *lines.look(size)), _text(theme, LINE + NEAR, words, theme.muted, _latex(words))]


def _latex(text: str) -> str:
    return text.replace("∂", r"\partial ").replace("Σŷ", r"\Sigma\hat{y}")


def _text(theme: Theme, left: float, text: str, colour: str, latex: str = "") -> Text:
    """A line of text from `left` on."""
    made = Text(0, 0, text, theme.edge_size, colour, latex=latex)
    return made.at(left + made.width / 2, 0)
