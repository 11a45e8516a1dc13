"""A number that callbacks watch: which way is better, whether it is, and where it is missing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from nn.callbacks.base import Callback
from nn.errors import ModelError, ModelWarning, unknown
from nn.module import whole_number

MODES = ("auto", "min", "max")


class Monitor(Callback):
    """What callbacks share that watch a number; the arguments are theirs."""

    monitor: str
    mode: str
    min_delta: float = 0.0
    best: float | None = None

    def check(self, **counts: int) -> None:
        """Refuse arguments that mean nothing.

        Raises:
            ModelError: an unknown mode, or a count that is none.
        """
        if self.mode not in MODES:
            raise unknown("mode", self.mode, MODES)
        self.min_delta = abs(self.min_delta)
        for name, count in counts.items():
            setattr(self, name, whole_number(count, name, 0))

    def watched(self, epoch: int, logs: Mapping[str, Any]) -> float | None:
        """The number, or None with a warning where it is not known.

        Raises:
            ModelError: it is unknown which way is better.

        Warns:
            ModelWarning: it is not measured, or not in this epoch.
        """
        self.direction()
        if self.monitor in logs:
            return float(logs[self.monitor])
        remedy = " Give fit data to validate with, after each epoch." if self.monitor.startswith("val_") else ""
        warnings.warn(
            f"{type(self).__name__} has no {self.monitor!r} to watch in epoch {epoch + 1}, only {', '.join(logs)}."
            f"{remedy}",
            ModelWarning,
            stacklevel=2,
        )
        return None

    def better(self, number: float, best: float | None) -> bool:
        """Whether a number is better than the best one, if there is one, by more than min_delta."""
        if self.direction() == "max":
            return best is None or number - self.min_delta > best
        return best is None or number + self.min_delta < best

    def direction(self) -> str:
        """Whether the number shall become small or large; nothing is guessed from a name."""
        if self.mode != "auto":
            return self.mode
        directions: dict[str, str] = {"loss": "min"} | {metric.name: metric.direction for metric in self.model.metrics}
        name = self.monitor.removeprefix("val_")
        if name not in directions:
            raise unknown("number to monitor", self.monitor, directions)
        if not directions[name]:
            raise ModelError(
                f"Whether {self.monitor!r} shall become small or large is unknown. "
                f"Give {type(self).__name__} mode='min' or mode='max'."
            )
        return directions[name]
