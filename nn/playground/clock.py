"""Where a training stands, and where its hands move it: an epoch has batches, a batch has samples."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from autograd import StepError


@dataclass(frozen=True)
class Clock:
    """A time is a number of samples since the beginning. It is a pure function of time: it holds none.

    Args:
        samples: how many an epoch has.
        size: after how many samples of an epoch its weights are updated, in turn; any number above 0.

    Example:
        >>> clock = Clock(samples=10, size=4)
        >>> clock.after(0, batches=2), clock.after(0, batches=3), clock.after(3, epochs=1)
        (8, 10, 10)
        >>> clock.before(13, batches=1), clock.before(13, epochs=2)
        (10, 0)
    """

    samples: int
    size: float

    def updates(self, sample: int) -> bool:
        """Whether the weights are updated after a sample of an epoch, counted from 1."""
        return math.fmod(sample, self.size) == 0

    @cached_property
    def ends(self) -> list[int]:
        """After which samples of an epoch a batch ends: at updates, and at the epoch's end, whose rest then waits."""
        return [i for i in range(1, self.samples + 1) if self.updates(i) or i == self.samples]

    def after(self, time: int, epochs: int = 0, batches: int = 0, samples: int = 0) -> int:
        """The time after the ends of so many epochs from now, then of so many batches, then after so many samples."""
        if epochs:
            time = (time // self.samples + epochs) * self.samples
        if batches:
            epoch, within = divmod(time, self.samples)
            later, place = divmod(bisect_right(self.ends, within) + batches - 1, len(self.ends))
            time = (epoch + later) * self.samples + self.ends[place]
        return time + samples

    def before(self, time: int, epochs: int = 0, batches: int = 0, samples: int = 0) -> int:
        """The time of the beginning of so many epochs before now, then of so many batches, then so many samples before.

        Raises:
            StepError: there is no such time.
        """
        back = time - samples
        if epochs:
            back = (-(-time // self.samples) - epochs) * self.samples - samples
        if batches:
            epoch, within = divmod(back, self.samples)
            begins = [0, *self.ends[:-1]]
            earlier, place = divmod(bisect_left(begins, within) - batches, len(begins))
            back = (epoch + earlier) * self.samples + begins[place]
        if back < 0:
            raise StepError(
                f"So far there have been {time} samples, which is {time / self.samples:g} epochs. "
                "Go back by at most that, or to the beginning with reset()."
            )
        return back
