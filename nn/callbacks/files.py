"""Callbacks that write files: the model itself, and a table of its numbers."""

from __future__ import annotations

import csv
import os
import re
import string
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from autograd import FileError
from autograd.atomic_files import path_of, why
from nn.arguments import checked
from nn.callbacks.base import Callback, Logs
from nn.callbacks.monitors import Monitor
from nn.errors import ModelError, unknown
from nn.module import whole_number

__all__ = ["CSVLogger", "ModelCheckpoint"]

FORMAT = re.compile(r"[-+ ]?0?\d{0,2}(\.\d{1,2})?[deEfFgG%]?")  # of a number in a file's name: nothing that grows


@checked
@dataclass(eq=False)
class ModelCheckpoint(Monitor):
    """Save the model after each epoch, or after those that are the best so far; each file whole or not at all.

    Args:
        filepath: ends in .npz; may hold numbers by name, as "{epoch:02d}-{val_loss:.2f}.npz" does, epochs from 1.
        monitor, mode: as for `EarlyStopping`, with `save_best_only`.
        verbose: 1 says what is saved.
        save_best_only: whether only an improvement is saved.
        save_weights_only: whether the file is for `load_weights`, in place of `nn.load`.
        save_freq: "epoch", or after how many batches to save.
        initial_value_threshold: a number that the first file must be better than.

    Raises:
        FileError: another ending, or a file that cannot be written.
        ModelError: a name or format in braces that cannot be filled; as for `EarlyStopping`.

    Example:
        >>> import nn, os, tempfile
        >>> model = nn.MLP(1, [2, 1], rng=0)
        >>> model.compile("sgd", loss="mse")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     saving = ModelCheckpoint(folder + "/{epoch:02d}.npz")
        ...     history = model.fit([[1.0]], [2.0], epochs=2, callbacks=[saving])
        ...     print(sorted(os.listdir(folder)), nn.load(folder + "/02.npz").count)
        ['01.npz', '02.npz'] 7
    """

    filepath: str | os.PathLike[str]
    monitor: str = "val_loss"
    verbose: int = 0
    save_best_only: bool = False
    save_weights_only: bool = False
    mode: str = "auto"
    save_freq: int | str = "epoch"
    initial_value_threshold: float | None = None

    def __post_init__(self) -> None:
        self.check()
        self.best, self.batches, self.epoch = self.initial_value_threshold, 0, 0
        if self.save_freq != "epoch":
            self.save_freq = whole_number(self.save_freq, "save_freq")
        self.filepath = str(path_of(self.filepath))
        if not self.filepath.lower().endswith(".npz"):
            raise FileError(f"'{self.filepath}' has an unknown ending. Choose .npz.")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            return
        self.batches += 1
        if self.batches >= int(self.save_freq):
            self.batches = 0
            self._save(self.epoch, logs or {}, {"batch": batch + 1})

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs or {}, {})

    def _save(self, epoch: int, logs: Logs, batch: Logs) -> None:
        path = Path(filled(str(self.filepath), {"epoch": epoch + 1} | batch | logs))
        if not self._wanted(epoch, logs, path):
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise FileError(f"'{path}' cannot be written: {why(error)}. Choose another place.") from None
        (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        self._say(f"\nEpoch {epoch + 1}: finished saving model to {path}")

    def _wanted(self, epoch: int, logs: Logs, path: Path) -> bool:
        if not self.save_best_only:
            self._say(f"\nEpoch {epoch + 1}: saving model to {path}")
            return True
        number = self.watched(epoch, logs)
        if number is None:
            return True
        best = "None" if self.best is None else f"{self.best:.5f}"
        if not self.better(number, self.best):
            self._say(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {best}")
            return False
        self._say(f"\nEpoch {epoch + 1}: {self.monitor} improved from {best} to {number:.5f}, saving model to {path}")
        self.best = number
        return True

    def _say(self, text: str) -> None:
        if self.verbose:
            print(text)


def filled(pattern: str, numbers: Logs) -> str:
    """A file's name with numbers in it; a pattern's braces can do nothing but format one of them.

    Raises:
        ModelError: an unknown name, or another format.

    Example:
        >>> filled("{epoch:02d}-{loss:.2f}.npz", {"epoch": 3, "loss": 0.126})
        '03-0.13.npz'
    """
    text = ""
    try:
        for literal, name, form, conversion in string.Formatter().parse(pattern):
            text += literal
            if name is None:
                continue
            if name not in numbers:
                raise unknown(f"number in the file name '{pattern}':", name, numbers)
            if conversion or not FORMAT.fullmatch(form or ""):
                raise ValueError(f"{{{name}:{form}}} is no format of a number")
            text += format(numbers[name], form or "")
    except ValueError as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(
            f"The file name '{pattern}' cannot be filled: {error}. Write numbers as {{epoch:02d}} or {{loss:.2f}}."
        ) from None
    return text


@checked
@dataclass(eq=False)
class CSVLogger(Callback):
    """Write each epoch's numbers as a line of a CSV file, "epoch" first, from 0, then by name.

    Args:
        filename: of the file; an earlier one is replaced.
        separator: between the numbers.
        append: whether to go on below what an earlier training wrote.

    Raises:
        ModelError: the separator is not one character.
        FileError: the file cannot be written.

    Example:
        >>> import nn, tempfile
        >>> model = nn.MLP(1, [1], rng=0)
        >>> model.compile(nn.SGD(0.25), loss="mse")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     history = model.fit([[0.0]], [2.0], epochs=2, callbacks=[CSVLogger(folder + "/log.csv")])
        ...     print(Path(folder, "log.csv").read_text())
        epoch,loss,val_loss
        0,4.0,NA
        1,1.0,NA
    """

    filename: str | os.PathLike[str]
    separator: str = ","
    append: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.separator, str) or len(self.separator) != 1:
            raise ModelError(f"The separator must be one character, got {self.separator!r}. Try ';'.")
        self.filename = path_of(self.filename)
        self.file: IO[Any] | None = None
        self.keys: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        try:
            mode = "a" if self.append else "w"
            self.file = Path(self.filename).open(mode, encoding="utf-8", newline="")  # noqa: SIM115  until training ends
        except (OSError, ValueError) as error:
            raise FileError(f"'{self.filename}' cannot be written: {why(error)}. Choose another place.") from None
        self.keys = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        logs = logs or {}
        assert self.file is not None
        lines = csv.writer(self.file, delimiter=self.separator)
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
            if not self.file.tell():
                lines.writerow(["epoch", *self.keys])
        lines.writerow([epoch, *(logs.get(key, "NA") for key in self.keys)])
        self.file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None
