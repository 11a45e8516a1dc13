"""What an optimiser is: a rule that changes parameters along a gradient, on arrays or on Values; and its state."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from numbers import Real
from typing import Any, ClassVar, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from autograd import ShapeError, Value
from autograd.errors import shown
from nn.arrays import doubles
from nn.errors import ModelError
from nn.module import Module
from nn.types import Array, ArrayLike, Schedule

ARRAY = "Give an array of numbers."


@dataclass
class State:
    """What an optimiser remembers: how many steps were taken, and its averages by name, an array each.

    Attributes:
        arrays: which entries of flat parameters belong to one array of weights, whose gradient `clipnorm` takes as a
            whole; without any all do.
    """

    steps: int
    slots: dict[str, Array]
    arrays: Sequence[NDArray[np.intp]] = ()


FORMER = {  # arguments of older Keras programs, and what is written today
    "lr": "Write learning_rate=0.01.",
    "decay": "Write learning_rate=nn.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=decay).",
}


def bounded(default: float, least: float = 0, below: float = math.inf) -> float:
    """An argument of an optimiser with its default and its range: least ≤ argument < below."""
    argument: float = field(default=default, metadata={"least": least, "below": below})
    return argument


def _optional() -> float | None:
    """An argument of all optimisers that may be left out, at least 0."""
    argument: float | None = field(default=None, kw_only=True, repr=False, metadata={"least": 0, "below": math.inf})
    return argument


@dataclass(eq=False)
class Optimizer:
    """What all optimisers share: the learning rate, its schedule, and how they are applied.

    One of your own says which averages it keeps, each with the number (or the argument's name) that it
    starts from, and how it changes the parameters:

        class SignDescent(Optimizer):
            slots = {"m": 0.0}

            def rule(self, state, rate, g, p):
                m = state.slots["m"]
                m += 0.1 * (g - m)
                p -= rate * np.sign(m)

    Args:
        learning_rate: η ≥ 0, or a schedule: a function of the number of steps taken so far.
        weight_decay: λ; above 0 p ← p − ηλp before each step.
        clipnorm: the largest norm of the gradient of each array of weights, which is scaled down to it.
        global_clipnorm: the same of the whole gradient.
        clipvalue: the largest size of each slope.
        use_ema: False, as no averages of weights are kept.
        parameters: for `step`: a model (those of its parameters that are not frozen), or a list of Values.

    Raises:
        ModelError: a number outside its range, two ways to clip, or parameters that are not Values.
    """

    learning_rate: float | Schedule = 0.001
    weight_decay: float | None = _optional()
    clipnorm: float | None = _optional()
    global_clipnorm: float | None = _optional()
    clipvalue: float | None = _optional()
    use_ema: bool = field(default=False, kw_only=True, repr=False)
    parameters: Module | Sequence[Value] | None = field(default=None, kw_only=True, repr=False)

    slots: ClassVar[Mapping[str, float | str]] = {}

    def __new__(cls, *args: object, **options: object) -> Self:
        """Say of arguments that Keras has renamed what they are called today."""
        for name in FORMER.keys() & options.keys():
            raise ModelError(f"{cls.__name__} has no {name}, as in Keras today. {FORMER[name]}")
        return super().__new__(cls)

    @property
    def lr(self) -> NoReturn:
        """Refused: to set it would change nothing."""
        raise AttributeError(f"{type(self).__name__} has no lr, as in Keras today. Read and set learning_rate.")

    @lr.setter
    def lr(self, rate: object) -> None:
        self.lr  # noqa: B018

    def __post_init__(self) -> None:
        if not callable(self.learning_rate):
            self._check("learning_rate", 0, math.inf)
        for argument in fields(self):
            if argument.metadata and not (argument.default is None and getattr(self, argument.name) is None):
                self._check(argument.name, **argument.metadata)
        clips = [name for name in ("clipnorm", "global_clipnorm", "clipvalue") if getattr(self, name) is not None]
        if len(clips) > 1:
            raise ModelError(f"{type(self).__name__} clips one way, got {' and '.join(clips)}. Leave all but one out.")
        if self.use_ema:
            raise ModelError(
                "use_ema would train with averages of the weights, which are not kept here. Leave it out, "
                "or average model.get_weights() in a callback."
            )
        if self.parameters is not None:
            self._values = _leaves(self.parameters)
            arrays = arrays_of(self.parameters, self._values) if isinstance(self.parameters, Module) else ()
            self._state = self.start(np.zeros(len(self._values)), arrays)

    def _check(self, name: str, least: float, below: float) -> None:
        """Refuse an argument outside its range."""
        number = getattr(self, name)
        if isinstance(number, bool) or not isinstance(number, int | float) or not least <= number < below:
            limits = f"{least} ≤ {name} < {below}" if below < math.inf else f"{name} ≥ {least}"
            raise ModelError(f"{type(self).__name__} needs {limits}, got {number!r}. Give a number in that range.")

    def rule(self, state: State, rate: float, g: Array, p: Array) -> None:
        """Change p and the state's slots in place, for one step along the gradient g."""
        raise NotImplementedError

    def averaged_gradient(self, state: State, rate: float) -> Array | None:
        """The running mean (or sum) of gradients in the state, which pictures call momentum; None without one."""
        return None

    def averaged_square(self, state: State) -> Array | None:
        """The running mean (or sum) of squared gradients in the state, whose root divides steps; None without one."""
        return None

    # ── on arrays ─────────────────────────────────────────────────────────────────────────────────

    def start(self, parameters: ArrayLike, arrays: Sequence[NDArray[np.intp]] = ()) -> State:
        """The state before the first step, for parameters of this shape; `arrays` as `State` has them."""
        shape = doubles(parameters, "parameters", ARRAY).shape
        first = {name: getattr(self, x) if isinstance(x, str) else x for name, x in self.slots.items()}
        return State(0, {name: np.full(shape, float(number)) for name, number in first.items()}, arrays)

    def update(self, state: State, gradient: ArrayLike, parameters: ArrayLike) -> tuple[State, Array]:
        """The state and the parameters after a step; the arguments stay as they are.

        Args:
            state: from `start` or `update`.
            gradient, parameters: arrays of one shape.

        Raises:
            ShapeError: different shapes.
            ModelError: no state; a schedule that gives no number.

        Example:
            >>> from nn.optimizers import SGD
            >>> optimizer = SGD(learning_rate=0.1, momentum=0.9)
            >>> p = np.array([1.0])
            >>> state = optimizer.start(p)
            >>> state, p = optimizer.update(state, 2 * p, p)
            >>> state, p = optimizer.update(state, 2 * p, p)
            >>> p.round(3)
            array([0.46])
        """
        g, p = (
            doubles(x, name, ARRAY, finite=False) for x, name in ((gradient, "gradient"), (parameters, "parameters"))
        )
        if not isinstance(state, State):
            raise ModelError(f"The state must come from start or update, got {shown(state)}. Write state = start(p).")
        if g.shape != p.shape:
            raise ShapeError(f"The gradient has shape {g.shape}, the parameters {p.shape}. Give arrays of one shape.")
        state, p = copy.deepcopy(state), p.copy()
        self.apply(state, g, p)
        return state, p

    def apply(self, state: State, gradient: Array, parameters: Array) -> None:
        """The same in place, for those who count microseconds."""
        self.change(state, self.rate_at(state.steps), gradient, parameters)
        state.steps += 1

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0.

        Raises:
            ModelError: the schedule gives no number.
        """
        schedule: Any = self.learning_rate
        if not callable(schedule):
            return schedule  # type: ignore[no-any-return]
        rate = schedule(step)
        if not isinstance(rate, Real):
            raise ModelError(
                f"The schedule of {type(self).__name__} gave {shown(rate)} for step {step}. It must return a number."
            )
        return float(rate)

    def rates(self, first: int, count: int) -> Array:
        """The learning rates of so many steps from one on."""
        rate: Any = self.learning_rate
        if not callable(rate):
            return np.full(count, float(rate))
        return np.array([self.rate_at(step) for step in range(first, first + count)])

    def change(self, state: State, rate: float, gradient: Array, parameters: Array) -> None:
        """The rule, after what all optimisers do to the gradient and the parameters."""
        if self.clipnorm or self.global_clipnorm or self.clipvalue:
            gradient = self._clipped(state, gradient)
        if self.weight_decay:
            parameters -= (rate * self.weight_decay) * parameters
        self.rule(state, rate, gradient, parameters)

    def _clipped(self, state: State, g: Array) -> Array:
        """The gradient, with each slope or the norm cut."""
        if self.clipvalue:
            return np.minimum(np.maximum(g, -self.clipvalue), self.clipvalue)
        clipped = g.copy()
        for part in state.arrays if self.clipnorm and len(state.arrays) else [...]:
            clipped[part] *= self.shrinking(np.sqrt((g[part] * g[part]).sum()))
        return clipped

    def shrinking(self, norm: Any) -> Any:
        """The factor that cuts a gradient of a norm: most / max(norm, most)."""
        most = self.clipnorm or self.global_clipnorm or math.inf
        return most / np.maximum(norm, most)

    # ── on Values ─────────────────────────────────────────────────────────────────────────────────

    def step(self) -> None:
        """Change the data of the parameters by their gradients; one without a gradient counts as 0.

        Raises:
            ModelError: no parameters were given, or none has a gradient.
        """
        if self.parameters is None:
            name = type(self).__name__
            raise ModelError(f"{name} has no parameters to step. Write {name}(…, parameters=model.parameters()).")
        if all(x.grad is None for x in self._values):
            raise ModelError("No parameter has a gradient. Call loss.backward() before optimizer.step().")
        p = np.array([float(x.data) for x in self._values])
        self.apply(self._state, np.array([float(x.grad or 0) for x in self._values]), p)
        for x, number in zip(self._values, p.tolist(), strict=True):
            x.data = number

    def zero_grad(self) -> None:
        """Forget the gradients, so that the next backward pass starts anew."""
        for x in self._values if self.parameters is not None else ():
            x.grad = None


def arrays_of(module: Module, values: Sequence[Value]) -> list[NDArray[np.intp]]:
    """Where the entries of each of a module's arrays of weights stand in a list of its parameters.

    >>> from nn import Dense
    >>> layer = Dense(2, input_dim=1)  # w, b, w, b
    >>> [places.tolist() for places in arrays_of(layer, layer.parameters())]
    [[0, 2], [1, 3]]
    """
    places = {id(x): i for i, x in enumerate(values)}
    arrays = ([places[id(x)] for x in tensor.flat if id(x) in places] for tensor in module.tensors().values())
    return [np.array(array) for array in arrays if array]


def _leaves(parameters: Module | Sequence[Value]) -> list[Value]:
    leaves = parameters.trained() if isinstance(parameters, Module) else parameters
    if not isinstance(leaves, Sequence) or not all(isinstance(x, Value) for x in leaves) or not leaves:
        raise ModelError(f"parameters must be a model or a list of Values, got {leaves!r}. Give model.parameters().")
    return list(leaves)
