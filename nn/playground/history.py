"""The way back: networks as they were at some times, from which the samples since are calculated again."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from nn.playground.link import Link
from nn.playground.network import Network

MOST = 1000  # checkpoints that are kept before every other one is dropped


@dataclass(frozen=True)
class Checkpoint:
    """A network at a time, and the controls from then on.

    Attributes:
        changed: whether somebody changed a weight or a control then, which no calculation would find again.
    """

    time: int
    network: Network
    link: Link
    changed: bool


class History:
    """Checkpoints in the order of time: the first one, those of changes, and of the rest some."""

    def __init__(self) -> None:
        self.checkpoints: list[Checkpoint] = []

    def add(self, checkpoint: Checkpoint) -> None:
        """Note one, the latest; of too many every other one goes, which makes the way back to it longer, not wrong."""
        self.checkpoints.append(checkpoint)
        if len(self.checkpoints) > MOST:
            self.checkpoints = [c for k, c in enumerate(self.checkpoints) if c.changed or k % 2 == 0]

    def last(self, time: int) -> Checkpoint:
        """The last one up to a time; what came later is forgotten."""
        place = bisect_right(self.checkpoints, time, key=lambda checkpoint: checkpoint.time)
        del self.checkpoints[max(1, place) :]
        return self.checkpoints[-1]
