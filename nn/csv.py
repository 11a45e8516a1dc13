"""A user's CSV file as arrays: every cell a finite number, or an error that names its line and column."""

from __future__ import annotations

import csv as reader
import errno
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from autograd import FileError
from autograd.atomic_files import path_of
from autograd.errors import shown
from nn.arrays import GAPS
from nn.errors import DataError
from nn.types import Array

DELIMITERS = ",;\t|"


def csv(
    path: str | os.PathLike[str],
    target: str | int = -1,
    classes: Sequence[str] | None = None,
    delimiter: str | None = None,
) -> tuple[Array, Array]:
    """The rows of a CSV file: y is the target's column, X all others in their order.

    A first line that is not all numbers holds the columns' names. Empty lines are skipped.

    Args:
        path: a text file in UTF-8.
        target: the target's column, by its name or its place from 0; −1, the default, is the last.
        classes: the texts of a target that is not a number, in the order 0, 1, 2, …
        delimiter: the character between cells; by default the one of , ; tab and | that the first line has most of.

    Returns:
        X of shape (rows, columns − 1) and y of shape (rows,).

    Raises:
        FileError: the file cannot be read, or is not text.
        DataError: an empty file, an unknown column, rows of different length, a missing value or a text; the
            message names the line and the column.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "exam.csv"
        ...     _ = path.write_text("lectures,hours,passed\\n4,5.5,no\\n9,21,yes\\n")
        ...     csv(path, target="passed", classes=["no", "yes"])
        (array([[ 4. ,  5.5], [ 9. , 21. ]]), array([0., 1.]))
    """
    if classes is not None and not isinstance(classes, list | tuple | np.ndarray):
        raise DataError(f"classes must be a list of texts, got {shown(classes)}. Write classes=['no', 'yes'].")
    lines = list(_read(path_of(path), delimiter))
    if not lines:
        raise DataError(f"'{path}' is empty. Give a file with a row for each example.")
    where, first = lines[0]
    headed = not all(_is_cell(cell) or cell.strip() in (classes or ()) for cell in first)
    names = [name.strip() for name in first] if headed else [str(i) for i in range(len(first))]
    place = _place(target, names, headed, path)
    if len(names) < 2:
        raise DataError(f"'{path}' has one column, {names[0]!r}. Give inputs and a target, or name the delimiter.")
    if not lines[headed:]:
        raise DataError(f"'{path}' has the columns' names but no row. Give a row for each example.")
    table = np.empty((len(lines) - headed, len(names)))
    for row, (line, cells) in zip(table, lines[headed:], strict=True):
        if len(cells) != len(names):
            got = f"{len(cells)} cell{'s' * (len(cells) != 1)}, line {where} has {len(names)}"
            raise DataError(f"Line {line} of '{path}' has {got}. Give every row the same number.")
        for i, (cell, name) in enumerate(zip(cells, names, strict=True)):
            row[i] = _number(cell, f"line {line}, column {name!r} of '{path}'", classes if i == place else None)
    return np.delete(table, place, axis=1), table[:, place]


def _read(path: Path, delimiter: str | None) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, with their numbers from 1."""
    if delimiter and (not isinstance(delimiter, str) or len(delimiter) > 1):
        raise DataError(f"The delimiter {delimiter!r} is not one character. Try ','.")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise OSError(errno.EINVAL, "It is a device or a pipe")
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            delimiter = delimiter or max(DELIMITERS, key=head.count)
            rows = reader.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
            for cells in rows:
                if any(cell.strip() for cell in cells):
                    yield rows.line_num, cells
    except OSError as error:
        raise FileError(f"'{path}' cannot be read: {error.strerror}. Give the path of a CSV file.") from None
    except UnicodeDecodeError:
        raise FileError(f"'{path}' is not text in UTF-8. Export it as CSV in UTF-8.") from None
    except reader.Error as error:
        raise DataError(f"Line {rows.line_num} of '{path}' is not CSV: {error}. Check its quotes.") from None


def _is_cell(cell: str) -> bool:
    """Whether a cell can be data: a number, or missing."""
    try:
        float(cell)
    except ValueError:
        return cell.strip().lower() in GAPS
    return True


def _place(target: str | int, names: list[str], headed: bool, path: object) -> int:
    """The target's column, from 0."""
    if isinstance(target, int):
        if -len(names) <= target < len(names):
            return target % len(names)
        raise DataError(f"'{path}' has no column {target}, only {len(names)} columns. Give a place from 0, or -1.")
    places = [i for i, name in enumerate(names) if name == target]
    if not headed:
        raise DataError(f"'{path}' has no column {target!r}: its first line has no names. Give the column's place.")
    if len(places) != 1:
        columns = f"{len(places)} columns {target!r}" if places else f"no column {target!r}"
        raise DataError(f"'{path}' has {columns}. Choose one of {', '.join(map(repr, names))}.")
    return places[0]


def _number(cell: str, where: str, classes: Sequence[str] | None) -> float:
    text = cell.strip()
    if text.lower() in GAPS:
        raise DataError(f"A value is missing at {where}. Fill it in or leave the row out.")
    if classes is not None:
        if text in classes:
            return float(list(classes).index(text))
        raise DataError(f"Unknown class {text!r} at {where}. Choose one of {', '.join(map(repr, classes))}.")
    try:
        number = float(text)
    except ValueError:
        raise DataError(
            f"{text!r} at {where} is not a number. Replace it, for example no and yes by 0 and 1."
        ) from None
    if not math.isfinite(number):
        raise DataError(f"{text!r} at {where} is not finite. Fill it in or leave the row out.")
    return number
