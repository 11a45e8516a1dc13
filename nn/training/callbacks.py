"""What training reports, a record an epoch; and who listens: a history, a bar, a listener that stops training."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec

from autograd import MissingExtra
from nn.errors import ModelError, unknown
from nn.module import whole_number
from nn.training.model import Model
from nn.types import Array


@dataclass(frozen=True)
class Record:
    """What is known after an epoch: its number from 1, and numbers by name, such as "loss" or "val_accuracy"."""

    epoch: int
    logs: dict[str, float]
    model: Model = field(repr=False)


@dataclass
class History:
    """What `fit` returns.

    Attributes:
        history: for each name ("loss", "val_loss", "accuracy", …) a list, one entry an epoch.
        epoch: the numbers of the epochs, from 0 as in Keras.
        stopped: why training ended: "" after all epochs, else "interrupted" or a callback's reason.
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    epoch: list[int] = field(default_factory=list)
    stopped: str = ""

    def add(self, record: Record) -> None:
        """Take an epoch's record."""
        self.epoch.append(record.epoch - 1)
        for name, number in record.logs.items():
            self.history.setdefault(name, []).append(number)


@dataclass(eq=False)
class EarlyStopping:
    """Stop when a number has not improved in `patience` epochs, and go back to the best weights.

    Args:
        monitor: the number's name; by default "val_loss" if there are validation data, else "loss".
        patience: how many epochs to wait, 10 as the lectures say.
        min_delta: what counts as an improvement.
        restore_best_weights: whether the model gets the weights of its best epoch.
        mode: "min" if the number shall become small, "max" if large; "auto" asks the metric.

    Raises:
        ModelError: the number is not recorded, an unknown mode, or "auto" for a metric that does not say.
    """

    monitor: str = ""
    patience: int = 10
    min_delta: float = 0.0
    restore_best_weights: bool = True
    mode: str = "auto"

    def __post_init__(self) -> None:
        if self.mode not in ("auto", "min", "max"):
            raise unknown("mode", self.mode, ("auto", "min", "max"))
        self.patience, self.min_delta = whole_number(self.patience, "patience"), abs(self.min_delta)
        self.start()

    def start(self) -> None:
        """Forget the last training."""
        self.best, self.best_epoch = math.inf, 0
        self.weights: list[Array] | None = None

    def __call__(self, record: Record) -> str:
        """Why to stop; an empty text to go on."""
        name = self.monitor or ("val_loss" if "val_loss" in record.logs else "loss")
        if name not in record.logs:
            raise unknown("number to monitor", name, record.logs)
        number = -record.logs[name] if self._direction(name, record.model) == "max" else record.logs[name]
        if number < self.best - self.min_delta:
            self.best, self.best_epoch = number, record.epoch
            self.weights = record.model.get_weights() if self.restore_best_weights else None
        waited = record.epoch - self.best_epoch
        return f"{name} has not improved in {waited} epochs" if waited >= self.patience else ""

    def _direction(self, name: str, model: Model) -> str:
        """Whether the number shall become small or large; nothing is guessed from a name."""
        if self.mode != "auto":
            return self.mode
        directions = {"loss": "min"} | {metric.name: metric.direction for metric in model.metrics}
        direction = directions.get(name.removeprefix("val_"))
        if not direction:
            raise ModelError(
                f"Whether {name!r} shall become small or large is unknown. Give EarlyStopping mode='min' or mode='max'."
            )
        return direction

    def finish(self, model: Model) -> None:
        """Give the model its best weights."""
        if self.weights is not None:
            model.set_weights(self.weights)


# ── showing it ────────────────────────────────────────────────────────────────────────────────────


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
