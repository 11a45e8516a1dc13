"""What the user holds: a recorded graph as a function of numbers, with its gradient."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.core.value import Value, tracing
from autograd.errors import OperandError, ShapeError
from autograd.program.autodiff import Reverse, forward
from autograd.program.backends.numpy import Arrays
from autograd.program.backends.python import Floats
from autograd.program.buffers import Bound
from autograd.program.decompose import expanded
from autograd.program.ir import Form, Operand
from autograd.program.trace import Recorded, as_float
from autograd.program.vectorize import Rolled, rolled

EMPTY = np.zeros(0)
BACKENDS = ("numpy", "native", "jax")
MANY = 4000  # nodes: a C compiler would take longer than ten seconds; Python's floats are ready sooner
FEW = {"numpy": 100, "native": MANY // 3, "jax": math.inf}  # groups: fewer are left as they are
LINE, CALL, ELEMENT = 8e-9, 0.65e-6, 1e-9  # seconds: an operation on floats, a NumPy call, each of its elements


@dataclass(frozen=True)
class Cost:
    """What a call costs: scalar operations for each sample, array statements, bytes of memory for each sample."""

    operations: int
    groups: int
    bytes: int


@dataclass(frozen=True)
class Stage:
    """A program for one sample or for many, lowered as far as the backends share it."""

    form: Form
    roots: list[Operand]
    sizes: list[int]
    batched: bool
    values: int  # how many roots are outputs

    @functools.cached_property
    def rolled(self) -> Rolled:
        return rolled(self.form, self.roots, self.sizes)

    @functools.cached_property
    def operations(self) -> int:
        """Scalar operations, for each sample."""
        return sum(node.n * node.width * len(node.args) for node in self.form.nodes if node.kind != "join")


class Program:
    """A compiled graph: `values, gradients = program(*arrays)`.

    Made by `compile`. Each array is a number (or has its input's shape), or has a leading batch axis
    B; leaves outside the inputs are read from their `.data` at each call.

    Attributes:
        leaves: the Values that a call reads: those in `wrt` first, in its order, then the others.
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
        self, outputs: Any, inputs: Sequence[Any], wrt: Sequence[Value], backend: str, also: Sequence[Value] = ()
    ) -> None:
        self._single = isinstance(outputs, Value)
        self._outputs = [outputs] if self._single else _values(outputs, "outputs")
        if not self._outputs:
            raise OperandError("A program needs an output. Give a Value, or a list of them.")
        self._differentiated = len(self._outputs)
        self._outputs += _values(also, "also")
        self._wrt = _values(wrt, "wrt")
        _distinct(self._wrt, "wrt")
        self._shapes, self._inputs = _inputs(inputs)
        if backend not in BACKENDS:
            raise OperandError(f"There is no backend {backend!r}. Choose one of {', '.join(BACKENDS)}.")
        self.backend = backend
        self._recorded = self._record()
        groups = self._recorded.groups
        self.leaves = (*groups["parameters",].operands, *groups["leaves",].operands)
        self._split = len(groups["parameters",].operands)
        self._runners: dict[Any, Callable[..., list[Any]]] = {}
        self._stages: dict[Any, Stage] = {}
        if backend == "numpy" or not self._inputs:
            self._runner(False, True)
        else:  # compiled when it is known whether there is a batch
            _needed(backend)

    # ── calling ───────────────────────────────────────────────────────────────────────────────────

    def __call__(self, *arrays: Any) -> tuple[Any, Any]:
        """The outputs and their gradients by `wrt`, these summed over the batch.

        Args:
            arrays: for each input a number or array of its shape, or with a leading batch axis B.

        Returns:
            values: shape (), with a batch (B,); of a list of m outputs (m,) or (B, m).
            gradients: shape (len(wrt),); of a list of m outputs (m, len(wrt)), a Jacobian.

        Raises:
            ShapeError: not one array for each input, or of another shape.
        """
        return self.at(self.read(), *arrays)

    def at(self, parameters: Any, *arrays: Any) -> tuple[Any, Any]:
        """The same with these numbers for `leaves`, which are not read."""
        return self._run(parameters, arrays, True)

    def values(self, *arrays: Any) -> Any:
        """The outputs alone."""
        return self._run(self.read(), arrays, False)[0]

    def descend(self, parameters: Any, *arrays: Any, rate: float, steps: int = 1) -> Any:
        """The numbers of `leaves` after steps of gradient descent: p ← p − rate · ∂output/∂p.

        The native backend runs all steps without a way back to Python.

        Args:
            parameters: where to start, as `read` returns them.
            arrays: the inputs of every step; gradients are summed over a batch.
            rate: the learning rate, dimensionless.
            steps: how many.

        Raises:
            OperandError: there is not one output, or `wrt` is not leaves outside of the inputs.

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
        found = np.array(self._vector(parameters))
        runner = self._runner(bool(arrays) and self._given(arrays)[1] is not None, True)
        if hasattr(runner, "descend"):
            numbers, samples = self._given(arrays)
            found[: self._split] = runner.descend(self._sources(found, numbers), samples or 1, rate, steps)
            return found
        for _ in range(steps):
            found[: self._split] -= rate * self.at(found, *arrays)[1]
        return found

    def bound(self, samples: int | None = None) -> Bound:
        """The program with its memory in the open, for so many samples: for loops that count microseconds."""
        return Bound(self, samples)

    def read(self) -> Any:
        """The data of `leaves` as an array."""
        return np.array([as_float(x.data) for x in self.leaves])

    def write(self, parameters: Any) -> None:
        """Set the data of `leaves`."""
        parameters = self._vector(parameters)
        for x, data in zip(self.leaves, parameters.tolist(), strict=True):
            x.data = data

    def _run(self, parameters: Any, arrays: Sequence[Any], gradients: bool) -> tuple[Any, Any]:
        parameters = self._vector(parameters)
        numbers, samples = self._given(arrays)
        found = self._runner(samples is not None, gradients)(
            self._sources(parameters, numbers), 1 if samples is None else samples
        )
        return self._shaped(found, samples, np)

    def _shaped(self, found: list[Any], samples: int | None, xp: Any) -> tuple[Any, Any]:
        """Values and gradients in the shapes that are promised, as arrays of NumPy or JAX."""
        values = [_spread(x, samples, xp) for x in found[: len(self._outputs)]]
        slopes = [xp.full(len(self._wrt), x) if isinstance(x, float) else x for x in found[len(self._outputs) :]]
        gradients = (slopes[0] if self._single else xp.stack(slopes)) if slopes else None
        return values[0] if self._single and len(values) == 1 else xp.stack(values, -1), gradients

    def _sources(self, parameters: Any, inputs: Any) -> dict[str, Any]:
        return {"parameters": parameters[: self._split], "leaves": parameters[self._split :], "inputs": inputs}

    def _vector(self, parameters: Any) -> Any:
        parameters = np.asarray(parameters, float)
        if parameters.shape != (len(self.leaves),):
            raise ShapeError(
                f"The program reads {_count(len(self.leaves), 'leaf')}, got an array of shape {parameters.shape}. "
                f"Give shape ({len(self.leaves)},), as `read` returns."
            )
        return parameters

    def _given(self, arrays: Sequence[Any], xp: Any = np) -> tuple[Any, int | None]:
        """All inputs as one array: shape (n,), or (n, B) with a batch."""
        if len(arrays) != len(self._shapes):
            raise ShapeError(
                f"The program has {_count(len(self._shapes), 'input')}, got {_count(len(arrays), 'array')}. "
                "Give one for each input, in their order."
            )
        if not arrays:
            return EMPTY, None
        found = arrays if xp is not np else [_as_array(array, i) for i, array in enumerate(arrays)]
        samples = self._samples(found)
        if samples is None:
            return found[0].ravel() if len(found) == 1 else xp.concatenate([array.ravel() for array in found]), None
        rows = [
            array.reshape(samples, math.prod(shape)).T
            if array.shape != shape
            else xp.broadcast_to(array.reshape(-1, 1), (array.size, samples))
            for array, shape in zip(found, self._shapes, strict=True)
        ]
        return rows[0] if len(rows) == 1 else xp.concatenate(rows), samples

    def _samples(self, arrays: Sequence[Any]) -> int | None:
        """The size of the batch; None without one."""
        samples: int | None = None
        for i, (array, shape) in enumerate(zip(arrays, self._shapes, strict=True)):
            if array.shape == shape:
                continue
            if array.ndim == 0 or array.shape[1:] != shape:
                raise ShapeError(
                    f"Input {i} has shape {shape}, or {_batch(shape)} with a batch; got {array.shape}. Reshape it."
                )
            if samples not in (None, len(array)):
                raise ShapeError(
                    f"Input {i} has a batch of {len(array)}, an input before it one of {samples}. Make them equal."
                )
            samples = len(array)
        return samples

    def as_jax(self) -> Callable[..., Any]:
        """The program as a pure JAX function: `(parameters, *inputs) → (values, gradients)`.

        It can be jitted, sharded over devices and composed with others; it calculates in the
        precision that JAX is set to. `parameters` are the data of `leaves`, as `read` returns them.

        Raises:
            MissingExtra: JAX is not installed.
        """
        from autograd.program.backends.jax import Traceable, module

        jnp = module().numpy

        def function(parameters: Any, *inputs: Any) -> tuple[Any, Any]:
            found = [jnp.asarray(x) for x in inputs]
            numbers, samples = self._given(found, jnp)
            sources = self._sources(parameters, numbers)
            stage = self._stage(samples is not None, True)
            roots = Traceable(stage.rolled)(sources, 1 if samples is None else samples)
            return self._shaped(roots, samples, jnp)

        return function

    # ── looking at it ─────────────────────────────────────────────────────────────────────────────

    def __str__(self) -> str:
        """The rolled form as maths: the matrices that were found."""
        from autograd.program.pretty import Listing

        names = [x.name or f"y{i + 1 if len(self._outputs) > 1 else ''}" for i, x in enumerate(self._outputs)]
        given = {
            "parameters": [x.name for x in self.leaves[: self._split]],
            "leaves": [x.name for x in self.leaves[self._split :]],
            "inputs": [x.name for x in self._inputs],
        }
        return "\n".join(Listing(self._stage(False, True).rolled, names, given).lines())

    def __repr__(self) -> str:
        cost = self.cost
        made = f"{cost.operations} operations in {cost.groups} groups"
        return f"<Program of {_count(len(self._inputs), 'input')} and {_count(len(self.leaves), 'leaf')}: {made}>"

    def check(self, *arrays: Any) -> None:
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

        numbers, samples = self._given(arrays)
        check(self._recorded.walk, dict(zip(self._inputs, numbers, strict=True)), samples)

    @property
    def cost(self) -> Cost:
        """What a call costs: operations, groups, bytes."""
        stage = self._stage(False, True)
        size = sum(node.n for node in stage.rolled.nodes)
        return Cost(stage.operations, len(stage.rolled.statements), 8 * size)

    # ── building ──────────────────────────────────────────────────────────────────────────────────

    def _record(self) -> Recorded:
        """Groups by structure; by level where few nodes are alike, if that promises to be faster."""
        recorded = Recorded(self._outputs, self._wrt, self._inputs)
        if len(recorded.groups) < FEW[self.backend]:
            return recorded
        levels = Recorded(self._outputs, self._wrt, self._inputs, regular=False)
        calls, lines = 3 * len(recorded.groups) * CALL, 6 * len(recorded.walk) * LINE  # statements, operations
        return levels if 10 * len(levels.groups) * CALL < min(calls, lines) else recorded

    def _stage(self, batched: bool, gradients: bool) -> Stage:
        key = batched, gradients
        if key not in self._stages:
            self._stages[key] = self._lowered(self._recorded, batched, gradients)
        return self._stages[key]

    def _lowered(self, recorded: Recorded, batched: bool, gradients: bool) -> Stage:
        start = forward(recorded, batched)
        roots, sizes = list(start.outputs), [1] * len(start.outputs)
        if gradients:
            reverse = Reverse(start, recorded.regular)
            roots += [reverse.gradient(output) for output in start.outputs[: self._differentiated]]
            sizes += [len(self._wrt)] * self._differentiated
        return Stage(*expanded(start.form, roots), sizes, batched, len(start.outputs))

    def _runner(self, batched: bool, gradients: bool) -> Callable[..., list[Any]]:
        key = batched, gradients
        if key not in self._runners:
            self._runners[key] = self._made(batched, gradients)
        return self._runners[key]

    def _made(self, batched: bool, gradients: bool) -> Callable[..., list[Any]]:
        stage = self._stage(batched, gradients)
        if self.backend == "native" and len(stage.form.nodes) < MANY:
            from autograd.program.backends.c import Native

            return Native(stage.rolled, batched)
        if self.backend == "jax":
            from autograd.program.backends.jax import runner

            return runner(stage.rolled)
        return _numpy(stage)


def _needed(backend: str) -> None:
    """Raise MissingExtra where a backend cannot be used."""
    if backend == "native":
        from autograd.program.backends.c import compiler

        compiler()
    elif backend == "jax":
        from autograd.program.backends.jax import module

        module()


def _numpy(stage: Stage) -> Callable[..., list[Any]]:
    """Straight lines of floats where they are faster, with NumPy for what they refuse; else NumPy."""
    arrays = functools.cache(lambda: Arrays(stage.rolled, stage.values))
    calls = sum(1 for node in stage.form.nodes if node.args and node.kind != "join")
    if stage.batched or stage.operations * LINE > calls * CALL + stage.operations * ELEMENT:
        return arrays()
    floats = Floats(stage.form, stage.roots, stage.sizes)

    def run(sources: dict[str, Any], samples: int) -> list[Any]:
        try:
            found = floats({kind: numbers.tolist() for kind, numbers in sources.items()})
        except (ArithmeticError, ValueError):
            return arrays()(sources, samples)
        return [np.array(x) for x in found]

    return run


# ── reading arguments ─────────────────────────────────────────────────────────────────────────────


def _values(things: Iterable[Any], role: str) -> list[Value]:
    """A list of Values, or an error."""
    if isinstance(things, Value):
        raise OperandError(f"{role} must be a list of Values, got one Value. Put it in brackets: {role}=[x].")
    try:
        found = list(things)
    except TypeError:
        found = [things]
    _all_values(found, role)
    return found


def _all_values(things: Sequence[Any], role: str) -> None:
    for i, x in enumerate(things):
        if not isinstance(x, Value):
            raise OperandError(
                f"{role}[{i}] must be a Value, got {x!r} ({type(x).__name__}). Calculate with Value(…) from the start."
            )


def _distinct(values: Sequence[Value], role: str) -> None:
    first: dict[int, int] = {}
    for i, x in enumerate(values):
        if first.setdefault(id(x), i) != i:
            name = f" '{x.name}'" if x.name else ""
            raise OperandError(f"Value{name} stands twice in {role}, as {first[id(x)]} and {i}. Give it once.")


def _inputs(inputs: Iterable[Any]) -> tuple[list[tuple[int, ...]], list[Value]]:
    """The shape of each input, and all their Values in a row."""
    if isinstance(inputs, Value):
        raise OperandError("inputs must be a list of Values, got one Value. Put it in brackets: inputs=[x].")
    shapes, found = [], []
    for i, entry in enumerate(inputs):
        shape = _shape(entry, f"inputs[{i}]")
        shapes.append(shape)
        found += _flat(entry)
    _all_values(found, "inputs")
    _distinct(found, "inputs")
    return shapes, found


def _shape(entry: Any, place: str) -> tuple[int, ...]:
    if not isinstance(entry, list | tuple | np.ndarray):
        return ()
    shapes = {_shape(x, place) for x in entry}
    if len(shapes) > 1:
        raise ShapeError(f"{place} is ragged: its rows have the shapes {sorted(shapes)}. Make them equal.")
    return (len(entry), *(shapes.pop() if shapes else ()))


def _flat(entry: Any) -> list[Any]:
    if not isinstance(entry, list | tuple | np.ndarray):
        return [entry]
    return [x for part in entry for x in _flat(part)]


def _as_array(array: Any, i: int) -> Any:
    try:
        return np.asarray(array, dtype=float)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"Input {i} is no array of numbers: {error}. Give numbers in rows of equal length.") from None


def _spread(x: Any, samples: int | None, xp: Any) -> Any:
    """An output as a number, or one for each sample."""
    if samples is None:
        return np.float64(x) if isinstance(x, float) else x[0]
    if isinstance(x, float) or not x.ndim or len(x) * samples == 1:
        return xp.full(samples, x if isinstance(x, float) else x.ravel()[0])
    return x.ravel() if x.size == samples else xp.tile(x.ravel(), samples)


def _batch(shape: tuple[int, ...]) -> str:
    return f"({', '.join(['B', *map(str, shape)])}{',' * (not shape)})"


def _count(n: int, noun: str) -> str:
    plural = {"leaf": "leaves"}.get(noun, noun + "s")
    return f"{n} {noun if n == 1 else plural}"


# ── recording functions ─────────────────────────────────────────────────────────────────────────────────────


def traced(function: Callable[..., Any], inputs: Sequence[Any], wrt: Sequence[Value]) -> Any:
    """Record a function's graph."""
    arguments = [_fresh(x) for x in inputs] or _parameters(function)
    token = tracing.set(True)
    try:
        outputs = function(*arguments)
    finally:
        tracing.reset(token)
    if not isinstance(outputs, Value):
        outputs = _flat(outputs)
    return outputs, arguments, wrt or _flat(arguments)


def _fresh(entry: Any) -> Any:
    """An input of a function: numbers become Values, in the same lists."""
    if isinstance(entry, np.ndarray):
        return np.array([_fresh(x) for x in entry.ravel().tolist()] + [None], dtype=object)[:-1].reshape(entry.shape)
    if isinstance(entry, list | tuple):
        return [_fresh(x) for x in entry]
    return entry if isinstance(entry, Value) else Value(entry)


def _parameters(function: Callable[..., Any]) -> list[Value]:
    kinds = inspect.Parameter
    found = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (kinds.VAR_POSITIONAL, kinds.KEYWORD_ONLY) and parameter.default is kinds.empty:
            raise OperandError(f"How many Values {name!r} takes is not known. Give examples, as inputs=[0.0, 0.0].")
        if parameter.default is kinds.empty and parameter.kind is not kinds.VAR_KEYWORD:
            found.append(Value(math.nan, name))
    return found
