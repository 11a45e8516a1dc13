"""What the user holds: a recorded graph as a function of numbers, with its gradient."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Sequence

import numpy as np

from autograd.characters import printable
from autograd.core.replay import kept_choice
from autograd.core.value import Value
from autograd.errors import FrozenChoiceWarning, OperandError
from autograd.program import arguments
from autograd.program.arguments import Array, counted
from autograd.program.backends import named, of_tapes, training
from autograd.program.backends.base import Backend
from autograd.program.bound import Bound, copies, spread
from autograd.program.ir import FloatArray
from autograd.program.pipeline import Cost, Lowered, lowered, recorded
from autograd.program.steps import Loop, Step, remembered
from autograd.program.tape import Tape, as_float
from autograd.program.trace import Trace

KEPT = 2**17  # inputs and values in a memory that stays for the next call


class Program:
    """A compiled graph: `values, gradients = program(*arrays)`.

    Made by `compile`. Each array is a number (or has its input's shape), or has a leading batch axis
    B; leaves outside the inputs are read from their `.data` at each call.

    Attributes:
        leaves: the Values that a call reads: those in `wrt` first, in its order, then the others, as they were made.
        backend: "numpy", "native" or "jax".

    Example:
        >>> from autograd import Value, compile, tanh
        >>> w, x = Value(0.5, "w"), Value(0.0, "x")
        >>> program = compile(tanh(w * x), inputs=[x], wrt=[w])
        >>> values, gradients = program([0.0, 1.0, 2.0])
        >>> values.round(4), gradients.round(4)
        (array([0.    , 0.4621, 0.7616]), array([1.6264]))
    """

    def __init__(
        self,
        outputs: Value | Sequence[Value],
        inputs: Sequence[arguments.Nested],
        wrt: Sequence[Value],
        backend: str,
        also: Sequence[Value] = (),
    ) -> None:
        self._single = isinstance(outputs, Value)
        self._outputs = [outputs] if isinstance(outputs, Value) else arguments.values(outputs, "outputs")
        if not self._outputs:
            raise OperandError("A program needs an output. Give a Value, or a list of them.")
        self._differentiated = len(self._outputs)
        self._outputs += arguments.values(also, "also")
        self._wrt = arguments.values(wrt, "wrt")
        arguments.distinct(self._wrt, "wrt")
        self._shapes, self._inputs = arguments.inputs(inputs)
        self.backend, self._backend = backend, named(backend)
        self._of_tape = of_tapes(backend)
        self._trace = recorded(self._outputs, self._wrt, self._inputs, self._of_tape is not None)
        if kept := kept_choice((*self._inputs, *self._trace.nodes), max((z.order for z in self._outputs), default=0)):
            warnings.warn(kept, FrozenChoiceWarning, stacklevel=3)
        self.leaves = (*self._trace.parameters, *self._trace.leaves)
        self._split = len(self._trace.parameters)
        self._pack = struct.Struct(f"{len(self.leaves)}d").pack_into
        self._lowered: dict[tuple[bool, bool], Lowered] = {}
        self._compiled: dict[tuple[bool, bool], Backend] = {}
        self._bounds: dict[tuple[int | None, bool], Bound] = {}
        if self._backend.compiles_ahead or not self._inputs:
            self._compile(batched=False)
        else:
            self._backend.require()

    def __call__(self, *arrays: Array) -> tuple[Array, Array]:
        """The outputs and their gradients by `wrt`, these summed over the batch.

        Args:
            arrays: for each input a number or array of its shape, or with a leading batch axis B.

        Returns:
            values: shape (), with a batch (B,); of a list of m outputs (m,) or (B, m).
            gradients: shape (len(wrt),); of a list of m outputs (m, len(wrt)), a Jacobian.

        Raises:
            ShapeError: not one array for each input, or of another shape.
        """
        return self._run(self.read(), arrays, gradients=True)

    def at(self, parameters: Array, *arrays: Array) -> tuple[Array, Array]:
        """The same with these numbers for `leaves`, which are not read."""
        return self._run(arguments.vector(parameters, len(self.leaves)), arrays, gradients=True)

    def values(self, *arrays: Array) -> Array:
        """The outputs alone."""
        return self._run(self.read(), arrays, gradients=False)[0]

    def descend(self, parameters: Array, *arrays: Array, rate: float, steps: int = 1) -> FloatArray:
        """The numbers of `leaves` after steps of gradient descent: p ← p − rate · ∂output/∂p.

        The native back end stays in C for a tenth of a second at most, so that Ctrl-C ends it; then nothing changes.

        Args:
            parameters: where to start, as `read` returns them.
            arrays: the inputs of every step; gradients are summed over a batch.
            rate: the learning rate, finite, dimensionless.
            steps: how many, at least 0.

        Raises:
            OperandError: there is not one output, `wrt` is not leaves outside of the inputs, or rate or steps
                lie outside of their range.

        Example:
            >>> from autograd import Value, compile
            >>> x = Value(0.0)
            >>> program = compile((x - 3) ** 2, wrt=[x])
            >>> program.descend([0.0], rate=0.1, steps=50).round(3)
            array([3.])
        """
        if not self._single or not self._wrt or len(self._wrt) != self._split:
            raise OperandError(
                "Descent needs one output, and in wrt leaves outside of the inputs. Compile such a program."
            )
        rate, steps = arguments.finite(rate, "rate"), arguments.whole(steps, "steps")
        numbers = np.array(arguments.vector(parameters, len(self.leaves)))
        given, samples = arguments.batch(arrays, self._shapes)
        numbers[: self._split] = self._bound(samples).descend(numbers, given, rate, steps)
        return numbers

    def bound(self, samples: int | None = None) -> Bound:
        """The program with its memory in the open, for so many samples: for loops that count microseconds."""
        bound = self._made(None if samples is None else max(samples, 1))
        bound.write(self.read())
        return bound

    def training(self, step: Step) -> Loop | None:
        """The program with what a step of training does around it, many steps in a call; None if that is not to be had.

        The leaves beside those in `wrt` have their numbers of now.
        """
        cls, trace = training(self.backend), self._trace
        if cls is None or isinstance(trace, Tape) or len(self._wrt) != self._split:
            return None
        key = self.backend, trace.structure, step.shape
        made = remembered(key, lambda: cls.make(self._lower(not step.samples), step))
        return None if made is None else Loop(made, self.read()[self._split :])

    def read(self) -> FloatArray:
        """The data of `leaves` as an array."""
        try:
            numbers: FloatArray = np.empty(len(self.leaves))
            self._pack(numbers.data, 0, *[x._data for x in self.leaves])  # half the time of np.array
            return numbers
        except (OverflowError, struct.error):  # an exact number that no float holds
            return np.array([as_float(x._data) for x in self.leaves])

    def write(self, parameters: Array) -> None:
        """Set the data of `leaves`."""
        numbers = arguments.vector(parameters, len(self.leaves))
        for x, data in zip(self.leaves, numbers.tolist(), strict=True):
            x._data = data

    def as_jax(self) -> Callable[..., tuple[Array, Array]]:
        """The program as a pure JAX function: `(parameters, *inputs, leaves=None) → (values, gradients)`.

        It can be jitted, sharded over devices and composed with others; it calculates in the
        precision that JAX is set to. `parameters` are the numbers of the leaves in `wrt`, and gradients by
        them have their shape. `leaves` are those of the program's other leaves, as they are now if none are given.

        Raises:
            MissingExtra: JAX is not installed.
            ShapeError: from the function, for arrays of another shape.

        Example:
            >>> import pytest; jax = pytest.importorskip("jax")
            >>> from autograd import Value, compile
            >>> w, b, x = Value(2.0, "w"), Value(1.0, "b"), Value(0.0, "x")
            >>> function = jax.jit(compile(w * x + b, inputs=[x], wrt=[w]).as_jax())
            >>> values, gradients = function([3.0], [1.0, 10.0])
            >>> values.tolist(), gradients.tolist()
            ([4.0, 31.0], [11.0])
        """
        from autograd.program.backends.jax import Traceable, module

        jnp, recorded = module().numpy, self.read()[self._split :]

        def function(parameters: Array, *inputs: Array, leaves: Array | None = None) -> tuple[Array, Array]:
            others = jnp.asarray(recorded if leaves is None else leaves)
            columns, samples = arguments.columns([jnp.asarray(x) for x in inputs], self._shapes, jnp)
            sources = {
                "parameters": arguments.row(jnp.asarray(parameters), self._split, "in wrt", "as parameters"),
                "leaves": arguments.row(others, len(recorded), "beside wrt", "as leaves"),
                "inputs": columns,
            }
            program = Traceable(self._lower(samples is not None).vectorized)
            results = program(sources, 1 if samples is None else samples)
            values, gradients = spread(results, len(self._outputs), samples, len(self._wrt), jnp)
            single = self._single and len(values) == 1
            return copies(values, single, -1, jnp)(), copies(gradients, self._single, 0, jnp)()

        return function

    def _run(self, numbers: FloatArray, arrays: Sequence[Array], gradients: bool) -> tuple[Array, Array]:
        given, samples = arguments.batch(arrays, self._shapes)
        bound = self._bounds.get((samples, gradients)) or self._bound(samples, gradients)
        return bound(numbers, given)

    def _bound(self, samples: int | None, gradients: bool = True) -> Bound:
        """The program for so many samples, whose memory stays for the next call if it is not large."""
        bound = self._bounds.get((samples, gradients))
        if bound is None:
            bound = self._made(samples, gradients)
            if bound.size <= KEPT:
                batches = [x for x in self._bounds if x[0] is not None and x[1] == gradients]
                for earlier in batches[:-1]:  # two stay: a batch and the rest
                    self._bounds.pop(earlier, None)
                self._bounds[samples, gradients] = bound
        return bound

    def _made(self, samples: int | None, gradients: bool = True) -> Bound:
        backend, batch = self._compile(samples is not None, gradients), () if samples is None else (samples,)
        n, outputs, wrt = len(self.leaves), len(self._outputs), len(self._wrt)
        sizes = {"parameters": (self._split,), "leaves": (n - self._split,), "inputs": (len(self._inputs), *batch)}
        sources = {kind: np.zeros(size) for kind, size in sizes.items()}
        results = [np.empty(batch or 1) for _ in range(outputs)]
        results += [np.empty(wrt) for _ in range(self._differentiated * gradients)]
        buffers = backend.bound(sources, results, 1 if samples is None else samples)
        return Bound(buffers, self._shapes, samples, outputs, wrt, self._single)

    def __str__(self) -> str:
        """The array statements as maths: the matrices in the graph; of an irregular one its operations, in part."""
        several = len(self._outputs) > 1
        outputs = [x.name or f"y{i + 1 if several else ''}" for i, x in enumerate(self._outputs)]
        if isinstance(self._trace, Tape):
            from autograd.program.pretty_tape import lines

            return "\n".join(map(printable, lines(self._trace, outputs)))
        from autograd.program.pretty import Listing

        sources = {
            "parameters": [x.name for x in self.leaves[: self._split]],
            "leaves": [x.name for x in self.leaves[self._split :]],
            "inputs": [x.name for x in self._inputs],
        }
        return "\n".join(map(printable, Listing(self._lower(batched=False).vectorized, outputs, sources).lines()))

    def __repr__(self) -> str:
        cost = self.cost
        size = f"{counted(cost.operations, 'operation')} in {counted(cost.groups, 'group')}"
        return f"<Program of {counted(len(self._inputs), 'input')} and {counted(len(self.leaves), 'leaf')}: {size}>"

    @property
    def cost(self) -> Cost:
        """What a call costs: operations, groups, bytes."""
        if isinstance(self._trace, Tape):
            return Cost(len(self._trace.ops), len(self._trace.ops), 8 * self._trace.size)
        return self._lower(batched=False).cost

    def check(self, *arrays: Array) -> None:
        """Refuse numbers that are not finite: names the first node that was inf or nan.

        Args:
            arrays: as for a call.

        Raises:
            DomainError: a leaf, an input, an operation's value or its slope is inf or nan.

        Example:
            >>> from autograd import Value, compile, sqrt
            >>> x = Value(1.0, "x")
            >>> compile(sqrt(x), inputs=[x], wrt=[x]).check([1.0, 4.0])
        """
        from autograd.program.nonfinite import check

        columns, samples = arguments.columns(arrays, self._shapes)
        check(self._trace.nodes, dict(zip(self._inputs, columns, strict=True)), samples)

    def _lower(self, batched: bool, gradients: bool = True) -> Lowered:
        key = batched, gradients
        if key not in self._lowered:
            trace = Trace(self._trace) if isinstance(self._trace, Tape) else self._trace
            self._lowered[key] = lowered(trace, batched, self._differentiated if gradients else 0, self._backend.own)
        return self._lowered[key]

    def _compile(self, batched: bool, gradients: bool = True) -> Backend:
        key = batched, gradients
        if key not in self._compiled:
            if self._of_tape and isinstance(self._trace, Tape):
                self._compiled[key] = self._of_tape(self._trace, batched, self._differentiated if gradients else 0)
            else:
                self._compiled[key] = self._backend.make(self._lower(batched, gradients))
        return self._compiled[key]
