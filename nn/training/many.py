"""Epochs in few calls of a back end: the steps of `Stepper`, with the same numbers, in a loop of the back end's own.

A call takes the steps of an epoch, or of several where nobody looks in between, and at most those of a tenth of a
second, so that Ctrl-C ends it. What is drawn (orders, masks) and what is counted (losses, metrics) stays here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from autograd.program.steps import Batches, Kept, Loop, Step
from nn.callbacks.base import Logs
from nn.optimizers import words
from nn.training.data import Examples, Order
from nn.training.stepper import Stepper, Tally
from nn.types import Array

ROOM, EPOCHS = 200_000, 500  # numbers that are drawn ahead or kept for metrics, and epochs: below a tenth of a second
RULES = ("rule", "change", "apply")  # of an optimiser, each of which may be the user's own


class Many:
    """Many steps of a model in a call.

    Args:
        stepper: what takes single steps of it; its parameters and averages are these too.
    """

    def __init__(self, stepper: Stepper) -> None:
        self.stepper, self.recording, self.optimizer = stepper, stepper.recording, stepper.optimizer
        self.loops: dict[object, Loop | None] = {}
        self.ids: list[int] = []  # of the optimiser's arguments when they were read, which `known` keeps alive
        self.plan: tuple[object, ...] = ()  # what `calls` follow from
        self.shape: tuple[object, ...] = ()  # of `batches`
        norms = self.recording.norms
        self.moving = [x for norm in norms for x in (*norm.moving_mean, *norm.moving_variance)]

    @classmethod
    def of(cls, stepper: Stepper) -> Many | None:
        """None where each step is Python's: NumPy's, and where an optimiser or a layer has a rule of the user's own."""
        rules = [getattr(stepper.optimizer, name) for name in RULES] + [x.absorb for x in stepper.recording.norms]
        is_ours = all(rule.__module__.startswith(("nn.optimizers.", "nn.batchnorm")) for rule in rules)
        return cls(stepper) if is_ours and stepper.recording.backend != "numpy" else None

    def prepared(self, order: Order, most: int) -> bool:
        """Make ready for the next epoch, or for several if memory allows; False if Python has to take its steps."""
        self.steps, self.examples = order.upcoming
        if self.steps * most == 1 and not self.loops:
            return False
        self._read()
        kept = self.examples * (1 + self.recording.masked + self.recording.units)
        self.count = max(1, min(most, EPOCHS, ROOM // kept))
        plan = self.count, self.steps, self.examples, self.structure
        if plan != self.plan:
            self.plan, self.calls = plan, self._calls(min(order.size, self.examples))
            self.is_suited = all(loop and loop.most(samples) for loop, samples, _ in self.calls)
        if not self.is_suited:
            return False
        try:
            self.rates = self.optimizer.rates(self.kept.steps, self.count * self.steps)
        except Exception:  # of a schedule, to be raised in its step
            return False
        return True

    def epochs(self, examples: Examples, order: Order, epoch: int) -> Iterator[Logs]:
        """The numbers of the epochs that were prepared, or of fewer if training is stopped.

        Raises:
            DivergenceError: as `Stepper.step`, after the numbers of whole epochs.
        """
        before = order.position
        parts = self._load(examples, order)
        reached, lost = self._take()
        whole, rest = divmod(reached, self.steps)
        if reached < len(self.rates):  # no more shall have been drawn than single steps would have
            order.position = before
            for n in (*[self.steps] * whole, rest + lost):
                masks = self._drawn(order, n)[1] if n else []
        costs = self.batches.costs
        sums = costs[: whole * self.steps].reshape(whole, self.steps).sum(1).tolist()
        for k, cost in enumerate(sums):
            yield self._logs(examples, parts[k], k, self.steps, cost)
        if lost:
            rows = examples[parts[whole]].rows[rest * order.size :][: order.size]
            inputs = np.concatenate([rows, *masks[-1:]], 1)
            cost = float(costs[reached])
            check = partial(self.recording.check, inputs)
            raise self.stepper.diverged(check, (epoch + whole, rest), None if math.isfinite(cost) else cost)
        if rest:
            yield self._logs(examples, parts[whole], whole, rest, float(costs[reached - rest : reached].sum()))

    # ── what is read and drawn ────────────────────────────────────────────────────────────────────

    def _read(self) -> None:
        """Take what may have changed since the last call: arguments of the optimiser, moving averages."""
        state, moving = self.stepper.state, self.moving
        given = vars(self.optimizer)
        if list(map(id, given.values())) != self.ids:
            self.ids, self.known = list(map(id, given.values())), dict(given)
            self.structure = words.structure(self.optimizer)
            numbers = np.array(list(words.arguments(self.optimizer).values()))
            slots, moved = [state.slots[name] for name in self.optimizer.slots], np.zeros(len(moving))
            self.kept = Kept(self.stepper.p, slots, moved, numbers, 0)
        self.kept.steps = state.steps
        if moving:
            self.kept.moved[:] = [x.data for x in moving]

    def _load(self, examples: Examples, order: Order) -> list[slice | NDArray[np.intp]]:
        """Draw what the epochs need, and give it to `batches`; returns the examples of each, in their order."""
        is_random = order.shuffle or self.recording.dropouts
        times = self.count if is_random else 1
        drawn = [self._drawn(order, self.steps) for _ in range(times)] * (self.count // times)
        parts = [part for part, _ in drawn]
        first = parts[0].start if isinstance(parts[0], slice) else None
        shape = self.count, self.steps, self.examples, first
        if shape != self.shape:
            self.shape, self.batches = shape, self._batches(examples.rows, order.size, first)
        batches = self.batches
        batches.rates[:] = self.rates
        if batches.order is not None:
            np.concatenate([part for part in parts if not isinstance(part, slice)], out=batches.order)
        if batches.drawn is not None:
            np.concatenate([mask for _, masks in drawn for mask in masks], out=batches.drawn)
        return parts

    def _drawn(self, order: Order, steps: int) -> tuple[slice | NDArray[np.intp], list[Array]]:
        """The next epoch's examples, and the masks of so many of its steps."""
        _, n = order.upcoming
        part = order.next()
        if not self.recording.dropouts:
            return part, []
        sizes = [min(order.size, n - k * order.size) for k in range(steps)]
        return part, [self.recording.masks(self.stepper.rng, size) for size in sizes]

    def _batches(self, rows: Array, size: int, first: int | None) -> Batches:
        """The arrays of all steps; of examples in their own order, which row is the first one."""
        n, recording, shuffled = self.examples, self.recording, first is None
        within, before = np.arange(self.steps) * size, n * np.arange(self.count)[:, None]
        starts = within + (before if shuffled else np.full_like(before, first))
        ends, total = before + np.minimum(within + size, n), n * self.count
        return Batches(
            rows=np.ascontiguousarray(rows),
            order=np.empty(total, np.intp) if shuffled else None,
            starts=np.ascontiguousarray(starts.ravel(), np.intp),
            ends=np.concatenate([[0], ends.ravel()]).astype(np.intp),
            rates=np.empty(starts.size),
            drawn=np.empty((total, recording.masked)) if recording.dropouts else None,
            costs=np.empty(starts.size),
            predictions=np.empty((total, recording.units)),
        )

    # ── what a back end is given ──────────────────────────────────────────────────────────────────

    def _calls(self, size: int) -> list[tuple[Loop | None, int, int]]:
        """What takes the steps, of how many samples, and how many: one for all if the program joins no samples."""
        rest = self.examples - (self.steps - 1) * size
        if not self.recording.norms:
            return [(self._loop(0), size, self.count * self.steps)]
        if rest == size:
            return [(self._loop(size), size, self.count * self.steps)]
        epoch = [(self._loop(size), size, self.steps - 1)] * (self.steps > 1) + [(self._loop(rest), rest, 1)]
        return epoch * self.count

    def _loop(self, samples: int) -> Loop | None:
        """The program of one sample (0), or of several that it joins, with the optimiser's rule."""
        key = samples, self.structure
        if key not in self.loops:
            program = self.recording.program_for(samples)
            self.loops[key] = program.training(self._step(samples))
        return self.loops[key]

    def _step(self, samples: int) -> Step:
        recording, optimizer = self.recording, self.optimizer
        momenta = [(type(norm), norm.momentum) for norm in recording.norms]
        return Step(
            key=(type(optimizer), self.structure, tuple(momenta)),
            columns=recording.rows.shape[1],
            drawn=recording.masked,
            change=lambda word: words.step(optimizer, word, clips=True),
            arguments=tuple(words.arguments(optimizer)),
            slots=tuple(optimizer.slots),
            parts=self._parts(),
            samples=samples,
            predictions=recording.units * max(1, samples),
            moved=[norm.moved for norm in recording.norms for _ in range(2 * (norm.inputs or 0))],
        )

    def _parts(self) -> NDArray[np.intp] | None:
        """Which parameters' gradients have a norm together, where norms are clipped."""
        optimizer, arrays = self.optimizer, self.stepper.state.arrays
        if not optimizer.clipnorm and not optimizer.global_clipnorm:
            return None
        parts = np.zeros(len(self.stepper.p), np.intp)
        for k, places in enumerate(arrays if optimizer.clipnorm else ()):
            parts[places] = k
        return parts

    # ── what it gives ─────────────────────────────────────────────────────────────────────────────

    def _take(self) -> tuple[int, bool]:
        """The steps: which one is next, as far as training came, and whether it is one that diverges."""
        reached = 0
        try:
            for loop, samples, steps in self.calls:
                assert loop is not None
                stop, most = reached + steps, loop.most(samples)
                while reached < stop:
                    last = min(stop, reached + most)
                    reached = loop(self.batches, self.kept, reached, last)
                    if reached < last:
                        return reached, True
                    if self.stepper.model.stop_training:
                        return reached, False
        finally:
            self.stepper.state.steps = self.kept.steps
            for x, number in zip(self.moving, self.kept.moved.tolist(), strict=True):
                x.data = number
        return reached, False

    def _logs(self, examples: Examples, part: slice | NDArray[np.intp], epoch: int, steps: int, cost: float) -> Logs:
        """The numbers of the first steps of an epoch, which cost so much."""
        first = epoch * self.examples
        seen = int(self.batches.ends[epoch * self.steps + steps]) - first if steps < self.steps else self.examples
        if not self.recording.units:
            return {"loss": cost / seen}
        tally = Tally(self.stepper.model, examples[part])
        tally.add(seen, cost, self.batches.predictions[first : first + seen])
        with np.errstate(all="ignore"):
            return tally.logs()
