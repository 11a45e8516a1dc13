"""What `fit(verbose=…)` shows: nothing, a bar of epochs, or a line for each."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from autograd import MissingExtra
from nn.callbacks.base import Callback, Logs
from nn.errors import ModelError


def shower(verbose: int | str) -> list[Callback]:
    """The callback that `fit(verbose=…)` asks for.

    Raises:
        ModelError: verbose is not "auto", 0, 1 or 2.
        MissingExtra: the bar needs tqdm.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise ModelError(f"verbose must be 'auto', 0, 1 or 2, got {verbose!r}. Give 0 for silence.")
    if verbose == "auto":
        verbose = int(sys.stderr is not None and sys.stderr.isatty() and find_spec("tqdm") is not None)
    if verbose == 1:
        return [Bar()]
    return [Line()] if verbose == 2 else []


class Line(Callback):
    """A line for each epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        print(f"epoch {epoch + 1}: {shown(logs or {})}")


class Bar(Callback):
    """A bar of epochs, with the last numbers behind it."""

    def __init__(self) -> None:
        try:
            from tqdm import tqdm
        except ModuleNotFoundError:
            raise MissingExtra('verbose=1 needs tqdm: pip install "chalkgrad[progress]"') from None
        self.tqdm = tqdm

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.bar = self.tqdm(total=self.params["epochs"], unit="epoch")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.bar.update(epoch - self.bar.n)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        self.bar.update()
        self.bar.set_postfix_str(shown(logs or {}), refresh=False)

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.bar.close()


def shown(logs: Logs) -> str:
    """Numbers by name, short.

    >>> shown({"loss": 0.123456, "accuracy": 1.0})
    'loss 0.1235, accuracy 1'
    """
    return ", ".join(f"{name} {number:.4g}" for name, number in logs.items())
