"""The JAX back end: the array statements as a pure function, for JAX to fuse, shard and run anywhere.

multiply(parameters[0], inputs), add(…, parameters[1]), maximum(…, 0.0): each statement is one call of jax.numpy,
each loop one `lax.scan` (`jax_loops`).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from autograd.core.op import Op, rebind
from autograd.errors import LengthError, MissingExtra
from autograd.program.backends.base import Backend, Results, Sources, subscripts, summed_axes
from autograd.program.backends.jax_loops import Scan
from autograd.program.backends.jax_memory import Array, Memory
from autograd.program.ir import Node
from autograd.program.pipeline import Lowered
from autograd.program.vectorize import Loop, Statement, Vectorized
from autograd.program.views import Operand

MANY = 3000  # nodes: XLA takes 9 s for 1800, 30 s for 3100, 60 s for 3650, and then ever longer


def module() -> Any:
    """JAX itself.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import jax
    except ModuleNotFoundError:
        raise MissingExtra('backend="jax" needs JAX: pip install "chalkgrad[jax]"') from None
    return jax


class Jax(Backend):
    """A program jitted, in double precision whatever JAX is set to elsewhere."""

    compiles_ahead: ClassVar[bool] = True  # at the first call, in truth; but what is refused is refused at once

    @classmethod
    def make(cls, program: Lowered) -> Backend:
        """The program.

        Raises:
            LengthError: XLA would compile it for minutes.
        """
        if (n := len(program.graph.nodes)) > MANY:
            raise LengthError(
                f'backend="jax" would compile for minutes: {n} groups of operations are not alike, {MANY} is the most. '
                'Choose backend="numpy" or "native".'
            )
        return cls(program)

    def __init__(self, program: Lowered) -> None:
        self.jax, vectorized = module(), program.vectorized
        self.run = self.jax.jit(lambda sources, samples: Traceable(vectorized)(sources, samples), static_argnums=1)

    def __call__(self, sources: Sources, samples: int) -> Results:
        with self.jax.enable_x64(True):
            return [np.asarray(x) for x in self.run(sources, samples)]


def function_of(op: Op) -> Any:
    """A row as a function of jax.numpy."""
    jnp, name = module().numpy, op.ufunc or op.name
    own = getattr(jnp, name, None) or getattr(import_module("jax.scipy.special"), name, None)
    return own or rebind(op.value, vars(jnp))


class Traceable:
    """A program as a function of JAX's arrays: `{kind: (n,) or, of samples, (n, B)} → results`."""

    def __init__(self, program: Vectorized) -> None:
        self.program = program
        self.jax = module()
        self.jnp = self.jax.numpy

    def __call__(self, sources: Mapping[str, Array], samples: int) -> list[float | Array]:
        self.memory = Memory(self.jnp, self.program.home, sources, samples)
        for i, step in enumerate(self.program.steps):
            if isinstance(step, Loop):
                Scan(self, step, self._read_after(i)).run()
            else:
                self.execute(step)
        return [x if isinstance(x, float) else self.memory.read(x) for x in self.program.results]

    def execute(self, s: Statement) -> None:
        """Calculate a statement and keep what it writes."""
        self.memory.write(s.out, getattr(self, f"_{s.kind}")(s))

    def _read_after(self, i: int) -> set[Node]:
        """The nodes in whose memory steps after another one read."""
        steps = [step.statements if isinstance(step, Loop) else [step] for step in self.program.steps[i + 1 :]]
        reads = [x for some in steps for s in some for x in s.arrays]
        reads += [x for x in self.program.results if not isinstance(x, float)]
        return {self.memory.root(x.node)[0] for x in reads}

    def _copy(self, s: Statement) -> Array:
        return self._operand(s.operands[0], s.batched)

    def _map(self, s: Statement) -> Array:
        result = self._word(s)(*(self._operand(x, s.batched) for x in s.operands))
        if result.dtype == bool:  # as a number it would be simplified: [x > y] · inf is nan, not 0
            result = self.jnp.where(result, 1.0, 0.0)
        return self.jnp.broadcast_to(result, (*s.out.shape, *result.shape[len(s.out.shape) :]))

    def _word(self, s: Statement) -> Array:
        assert s.op is not None
        return function_of(s.op)

    def _total(self, s: Statement) -> Array:
        (x,) = s.arrays
        return self.jnp.sum(self._operand(x, s.sums_batch or s.batched), summed_axes(s))

    def _reduce(self, s: Statement) -> Array:
        (x,) = s.arrays
        kept = x.shape[: len(x.shape) - s.reduced]
        array = self._operand(x, s.batched)
        array = array.reshape(*kept, s.node.width, *array.shape[len(x.shape) :])
        return self._word(s).reduce(array, axis=len(kept))

    def _inner(self, s: Statement) -> Array:
        terms, kept = subscripts(s)
        arrays = [self._operand(x, False) for x in s.operands]
        sizes = dict(zip("".join(terms), [n for array in arrays for n in array.shape], strict=True))
        single = [letter for letter, n in sizes.items() if n == 1 and letter != "z"]
        for i, term in enumerate(terms):  # an axis of length 1 would cost XLA a transposition
            arrays[i] = arrays[i].squeeze(tuple(j for j, letter in enumerate(term) if letter in single))
            terms[i] = "".join(letter for letter in term if letter not in single)
        result = "".join(letter for letter in kept if letter not in single)
        return self.jnp.einsum(f"{','.join(terms)}->{result}", *arrays, precision="highest")

    _product = _inner

    def _operand(self, x: Operand, batched: bool) -> Array:
        if isinstance(x, float):
            return x
        array = self.memory.read(x)
        return array[..., None] if batched and not x.node.batched else array
