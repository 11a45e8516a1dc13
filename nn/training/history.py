"""What training reports: a record an epoch, their history, and a listener that stops when nothing improves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from nn.errors import unknown
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


class EarlyStopping:
    """Stop when a number has not improved in `patience` epochs, and go back to the best weights.

    Args:
        monitor: the number's name; by default "val_loss" if there are validation data, else "loss".
        patience: how many epochs to wait, 10 as the lectures say.
        min_delta: what counts as an improvement.
        restore_best_weights: whether the model gets the weights of its best epoch.

    Raises:
        ModelError: the number is not recorded.
    """

    def __init__(
        self, monitor: str = "", patience: int = 10, min_delta: float = 0.0, restore_best_weights: bool = True
    ) -> None:
        self.monitor, self.patience, self.min_delta = monitor, whole_number(patience, "patience"), abs(min_delta)
        self.restore_best_weights = restore_best_weights
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
        sign = -1 if name.removeprefix("val_").endswith(("accuracy", "acc")) else 1
        number = sign * record.logs[name]
        if number < self.best - self.min_delta:
            self.best, self.best_epoch = number, record.epoch
            self.weights = record.model.get_weights() if self.restore_best_weights else None
        waited = record.epoch - self.best_epoch
        return f"{name} has not improved in {waited} epochs" if waited >= self.patience else ""

    def finish(self, model: Model) -> None:
        """Give the model its best weights."""
        if self.weights is not None:
            model.set_weights(self.weights)
