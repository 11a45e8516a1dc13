"""A model's layers as the table that Keras prints: what each gives, and how many numbers it holds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from textwrap import wrap
from typing import Any

from autograd.characters import printable
from autograd.errors import shown
from nn.errors import ModelError
from nn.module import Module

Row = tuple[str, ...]
HEADER, ALIGNED = ("Layer (type)", "Output Shape", "Param #", "Trainable"), ("<", "<", ">", "^")
POSITIONS, WIDTH = (0.45, 0.80, 1.0), 88  # Keras': where columns end, as shares of the width; the width, if it fits
BYTES = 8  # of a double


def table(
    model: Module,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """The text of `Sequential.summary`, which has the arguments."""
    layers = _between(list(model.children().values()), layer_range)
    rows = [row for layer in layers for row in _rows(layer, expand_nested)]
    widths = _widths(line_length, list(positions or POSITIONS), show_trainable)
    trained = len(model.trained())
    totals = {"Total": model.count, "Trainable": trained, "Non-trainable": model.count - trained}
    return "\n".join([
        f'Model: "{printable(model.name or type(model).__name__.lower())}"',
        *_boxed(HEADER[: len(widths)], [row[: len(widths)] for row in rows], widths),
        *(f" {name} params: {count:,} ({_size(count * BYTES)})" for name, count in totals.items()),
        "",
    ])  # fmt: skip


def _rows(layer: Any, expand: bool, depth: int = 0) -> Iterator[Row]:
    """A layer's row, and those of the layers inside a model."""
    built = layer.inputs is not None
    inside = "   " * depth + "└ " if depth else ""
    yield (
        f"{inside}{printable(layer.name)} ({type(layer).__name__})",
        f"(None, {layer.units or layer.inputs})" if built else "?",
        f"{layer.count:,}" if built else "0 (unbuilt)",
        "-" if not layer.count else "Y" if layer.trainable else "N",
    )
    for inner in getattr(layer, "layers", ()) if expand else ():
        yield from _rows(inner, expand, depth + 1)


def _between(layers: list[Module], names: Sequence[str] | None) -> list[Module]:
    """The layers from one whose name matches the first pattern to one whose name matches the second."""
    if names is None:
        return layers
    try:
        ends = [[i for i, layer in enumerate(layers) if re.match(name, layer.name)] for name in names]
    except (re.error, TypeError):
        ends = []
    if len(ends) != 2 or not all(ends):
        known = ", ".join(layer.name for layer in layers)
        raise ModelError(f"layer_range must name the first layer and the last one of {known}, got {names!r}.")
    first, last = sorted((min(ends[0]), max(ends[1])))
    return layers[first : last + 1]


def _widths(line_length: int | None, positions: list[float], show_trainable: bool) -> list[int]:
    """How many characters each column has; Keras takes the borders' room from all columns alike."""
    if len(positions) != 3:
        raise ModelError(f"positions must be the ends of three columns, got {shown(positions)}. Try [0.45, 0.8, 1.0].")
    if show_trainable:
        positions = [0.9 * x for x in positions] + [1.0]
    room = line_length or min(WIDTH + 12 * show_trainable, shutil.get_terminal_size().columns - 4)
    ends = [0, *(int(x * room) for x in positions)]
    widths = [end - start - 3 for start, end in pairwise(ends)]
    widths[-2] -= 1
    if min(widths) < 1:
        raise ModelError(f"A table of {room} characters has no room for {len(widths)} columns. Give line_length=80.")
    return widths


def _boxed(header: Row, rows: Sequence[Row], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a table with borders; long cells go on below, a word that is too long is cut."""
    yield _border("┏━┳┓", widths)
    yield from reversed(list(_lines(header, widths, "┃", reverse=True)))  # which stand low
    yield _border("┡━╇┩", widths)
    for i, row in enumerate(rows):
        if i:
            yield _border("├─┼┤", widths)
        yield from _lines(row, widths, "│")
    yield _border("└─┴┘", widths)


def _border(characters: str, widths: Sequence[int]) -> str:
    left, line, between, right = tuple(characters)
    return left + between.join(line * (width + 2) for width in widths) + right


def _lines(row: Row, widths: Sequence[int], border: str, reverse: bool = False) -> Iterator[str]:
    cells = [_cell(text, width)[:: -1 if reverse else 1] for text, width in zip(row, widths, strict=True)]
    for line in zip_longest(*cells, fillvalue=""):
        padded = (f" {text:{side}{width}} " for text, side, width in zip(line, ALIGNED, widths, strict=False))
        yield border + border.join(padded) + border


def _cell(text: str, width: int) -> list[str]:
    lines = wrap(text, width, break_long_words=False, break_on_hyphens=False, drop_whitespace=True)
    return [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]


def _size(count: float) -> str:
    """So many bytes.

    >>> _size(104), _size(2048)
    ('104.00 B', '2.00 KB')
    """
    units = ["B", "KB", "MB", "GB"]
    while count >= 1024 and len(units) > 1:
        count /= 1024
        units.pop(0)
    return f"{count:.2f} {units[0]}"
