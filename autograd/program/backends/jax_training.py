"""Training in JAX: a loop on the device around the program, whose parameters and averages stay there between steps.

    while k < last and finite: x = rows[order[…]]; cost, gradient = program(p, x); p, averages = rule(p, gradient)

How many steps it takes is no part of what XLA compiles, so that training further compiles nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.core.op import Number, Op
from autograd.core.row_tracer import RowTracer
from autograd.program.backends.jax import MANY, Traceable, function_of, module
from autograd.program.backends.jax_memory import Array
from autograd.program.ir import FloatArray
from autograd.program.pipeline import Lowered
from autograd.program.steps import Batches, Call, Kept, Step, Training, Word

KERNELS, OPERATION, CALL = 20e-6, 2e-10, 0.1  # seconds, about: of a step's kernels, of a scalar; of a call at most


class Entries(RowTracer):
    """An array of JAX's that calculates with the table's rows."""

    __slots__ = ("array",)

    def __init__(self, array: Array) -> None:
        self.array = array

    def row(self, op: Op, operands: Sequence[Entries | Number]) -> Entries:
        return Entries(function_of(op)(*map(_array, operands)) * 1.0)


class State(NamedTuple):
    """What a step changes: arrays of JAX's."""

    step: Array  # the one that comes next
    taken: Array  # steps that the rule has run for
    whole: Array  # whether the last one was whole
    parameters: Array
    slots: tuple[Array, ...]
    moved: Array
    costs: Array
    predictions: Array


class JaxTraining(Training):
    """A program in a loop, jitted."""

    @classmethod
    def make(cls, program: Lowered, step: Step) -> JaxTraining | None:
        return cls(program, step) if len(program.graph.nodes) <= MANY else None

    def __init__(self, program: Lowered, step: Step) -> None:
        self.jax, self.program, self.step = module(), program, step
        self.seconds = OPERATION * max(1, program.operations)
        self.run = self.jax.jit(self._run, static_argnames="sizes")

    def most(self, samples: int) -> int:
        return max(1, int(CALL / (KERNELS + self.seconds * samples)))

    def bound(self, batches: Batches, kept: Kept, leaves: FloatArray) -> Call:
        sizes = tuple(np.unique(np.diff(batches.ends)).tolist())  # an epoch's last batch may be smaller
        if not self.program.graph.batched:
            sizes = (self.step.samples,)
        with self.jax.enable_x64(True):
            rows = self.jax.device_put(batches.rows)

        def call(first: int, last: int) -> int:
            plan = {name: getattr(batches, name) for name in ("order", "starts", "ends", "rates", "drawn")}
            given = {name: None if x is None else _padded(x) for name, x in plan.items()}
            given |= {"rows": rows, "arguments": kept.arguments, "leaves": leaves, "last": last}
            memory = _padded(batches.costs), _padded(batches.predictions)
            before = State(first, kept.steps, True, kept.parameters, tuple(kept.slots), kept.moved, *memory)
            with self.jax.enable_x64(True):
                after = State(*self.jax.device_get(self.run(given, before, sizes=sizes)))
            return _keep(after, batches, kept)

        return call

    def _run(self, given: Mapping[str, Array], before: State, sizes: Sequence[int]) -> State:
        """The steps from the state's own to before the last one, unless one is not whole."""

        def goes_on(state: State) -> Array:
            return (state.step < given["last"]) & state.whole

        before = before._replace(**{name: self.jax.numpy.asarray(x) for name, x in _scalars(before).items()})
        after: State = self.jax.lax.while_loop(goes_on, lambda state: self._step(given, state, sizes), before)
        return after

    def _step(self, given: Mapping[str, Array], state: State, sizes: Sequence[int]) -> State:
        jnp = self.jax.numpy
        k, ends = state.step, given["ends"]
        branches = [lambda m=m: self._batch(given, state, m) for m in sizes]
        if len(sizes) == 1:
            cost, gradient, moved, predictions = branches[0]()
        else:
            cost, gradient, moved, predictions = self.jax.lax.cond(ends[k + 1] - ends[k] == sizes[0], *branches)
        parameters, slots = self._changed(given, state, gradient)
        finite = jnp.isfinite(cost)
        whole = finite & jnp.isfinite(parameters).all()
        return State(
            k + whole,
            state.taken + finite,
            whole,
            jnp.where(whole, parameters, state.parameters),
            tuple(jnp.where(finite, new, old) for new, old in zip(slots, state.slots, strict=True)),
            jnp.where(whole, moved, state.moved),
            state.costs.at[k].set(cost),
            predictions,
        )

    def _batch(self, given: Mapping[str, Array], state: State, m: int) -> tuple[Array, Array, Array, Array]:
        """Of a batch of m samples the sum of costs, the gradient, the numbers that are moved, and all predictions."""
        jnp, step, batched = self.jax.numpy, self.step, self.program.graph.batched
        at, index = given["ends"][state.step], given["starts"][state.step] + jnp.arange(m)
        x = given["rows"][index if given["order"] is None else given["order"][index]]
        if given["drawn"] is not None:
            drawn = self.jax.lax.dynamic_slice_in_dim(given["drawn"], at, m)
            x = jnp.concatenate([x, drawn], 1)
        sources = {"parameters": state.parameters, "leaves": given["leaves"], "inputs": x.T if batched else x.ravel()}
        cost, *others, gradient = Traceable(self.program.vectorized)(sources, m if batched else 1)
        values = [jnp.broadcast_to(jnp.ravel(jnp.asarray(x)), m if batched else 1) for x in (cost, *others)]
        total = values[0].sum() if batched else values[0][0] * m
        kept, moving = values[1 : 1 + step.predictions], values[1 + step.predictions :]
        predictions = state.predictions
        if kept:
            some = jnp.stack(kept, 1).reshape(m, -1)
            predictions = self.jax.lax.dynamic_update_slice_in_dim(predictions, some, at, 0)
        pairs = zip(step.moved, state.moved, moving, strict=True)
        moved = [_array(move(Entries(old), Entries(new[0]))) for move, old, new in pairs]
        gradient = jnp.broadcast_to(gradient, state.parameters.shape) * (1.0 if step.samples else 1 / m)
        return total, gradient, jnp.stack(moved) if moved else state.moved, predictions

    def _changed(self, given: Mapping[str, Array], state: State, gradient: Array) -> tuple[Array, list[Array]]:
        """The parameters and averages after the rule."""
        words = {"p": state.parameters, "g": gradient, "rate": given["rates"][state.step], "steps": state.taken * 1.0}
        words |= {f"slots.{name}": x for name, x in zip(self.step.slots, state.slots, strict=True)}
        words |= {name: given["arguments"][j] for j, name in enumerate(self.step.arguments)}
        if self.step.parts is not None:
            parts = self.step.parts
            sums = self.jax.ops.segment_sum(gradient * gradient, parts, int(parts.max()) + 1)
            words["norm"] = self.jax.numpy.sqrt(sums)[parts]
        p, slots = self.step.change(lambda name: Entries(words[name]))
        spread = self.jax.numpy.broadcast_to
        shape = state.parameters.shape
        return _array(p), [spread(_array(slots[name]), shape) for name in self.step.slots]


def _scalars(state: State) -> dict[str, Any]:
    return {name: getattr(state, name) for name in ("step", "taken", "whole")}


def _array(x: Word) -> Array:
    return x.array if isinstance(x, Entries) else x


def _padded(x: Any) -> Any:
    """An array with room up to a power of two, so that few lengths are compiled."""
    room = np.zeros((1 << (len(x) - 1).bit_length(), *x.shape[1:]), x.dtype)
    room[: len(x)] = x
    return room


def _keep(after: State, batches: Batches, kept: Kept) -> int:
    """Take what the loop has changed; returns the step that comes next."""
    kept.parameters[:], kept.moved[:] = after.parameters, after.moved
    for mine, new in zip(kept.slots, after.slots, strict=True):
        mine[:] = new
    kept.steps = int(after.taken)
    batches.costs[:] = after.costs[: len(batches.costs)]
    batches.predictions[:] = after.predictions[: len(batches.predictions)]
    return int(after.step)
