"""Who listens to a training and shows it: a bar, or a line an epoch. Training itself prints nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec

from autograd import MissingExtra
from nn.errors import ModelError
from nn.training.history import Record
from nn.training.model import Model


def listeners(verbose: int | str, epochs: int) -> list[Callable[[Record], None]]:
    """Those that `fit(verbose=…)` asks for.

    Raises:
        ModelError: verbose is not "auto", 0, 1 or 2.
        MissingExtra: the bar needs tqdm.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise ModelError(f"verbose must be 'auto', 0, 1 or 2, got {verbose!r}. Give 0 for silence.")
    if verbose == "auto":
        verbose = int(sys.stderr is not None and sys.stderr.isatty() and find_spec("tqdm") is not None)
    if verbose == 1:
        return [Bar(epochs)]
    return [line] if verbose == 2 else []


def line(record: Record) -> None:
    """Print an epoch's numbers."""
    print(f"epoch {record.epoch}: {shown(record.logs)}")


class Bar:
    """A bar of epochs, with the last numbers behind it."""

    def __init__(self, epochs: int) -> None:
        try:
            from tqdm import tqdm
        except ModuleNotFoundError:
            raise MissingExtra('verbose=1 needs tqdm: pip install "chalkgrad[progress]"') from None
        self.bar = tqdm(total=epochs, unit="epoch")

    def __call__(self, record: Record) -> None:
        self.bar.update()
        self.bar.set_postfix_str(shown(record.logs), refresh=False)

    def finish(self, model: Model) -> None:
        """Leave the bar as it is."""
        self.bar.close()


def shown(logs: dict[str, float]) -> str:
    """Numbers by name, short.

    >>> shown({"loss": 0.123456, "accuracy": 1.0})
    'loss 0.1235, accuracy 1'
    """
    return ", ".join(f"{name} {number:.4g}" for name, number in logs.items())
