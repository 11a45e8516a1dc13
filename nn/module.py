"""A module is a part of a model: it holds Values as parameters, by name, and makes Values of Values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autograd import ShapeError, Value
from autograd.errors import shown
from nn.arguments import checked
from nn.arrays import doubles, plain
from nn.errors import ModelError
from nn.regularizers import L1L2, Regularizer, merged
from nn.types import Array, ArrayLike, Operand, Sample, Seed, Tensor
from nn.weights import Weight, fill, numbers

_INSIDE = "Write Sequential(model.layers[:2]).predict(X) for what the second layer gives."
FORMER = {  # what Keras programs ask models and layers for, and what is written instead
    "predict_classes": "Write model.predict(X).argmax(1), or model.predict(X) > 0.5 for one unit.",
    "predict_proba": "Write model.predict(X).",
    "fit_generator": "Write model.fit(X, y).",
    "evaluate_generator": "Write model.evaluate(X, y).",
    "to_yaml": "Write model.to_json().",
    **dict.fromkeys(("input", "output", "outputs"), _INSIDE),
}


class Module:
    """What layers and models share: parameters, their names, their numbers as arrays.

    Attributes:
        name: what its parameters' names begin with in a model.
        inputs: how many numbers it takes; None until it is built.
        units: how many Values it gives; None where that follows from the inputs.
        trainable: whether training may change its parameters; False freezes them, and all inside.
    """

    name: str = ""
    inputs: int | None = None
    units: int | None = None
    trainable: bool = True

    def __init_subclass__(cls, **options: Any) -> None:
        """Let each kind of layer be called on an `Input` too, and refuse arguments of the wrong kind."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls) and cls.__module__.startswith("nn."):  # what users write takes what they like
            checked(cls)
        if "__call__" in vars(cls):
            cls.__call__ = _or_longer(cls.__call__)  # type: ignore[method-assign]

    if not TYPE_CHECKING:  # for type checkers every attribute would exist

        def __getattr__(self, name):
            """Say of what older Keras programs ask for what is written today."""
            remedy = FORMER.get(name)
            message = f"{type(self).__name__!r} object has no attribute {name!r}" + (f". {remedy}" if remedy else "")
            raise AttributeError(message, name=name, obj=self)

    # ── what a layer says of itself ───────────────────────────────────────────────────────────────

    def __call__(self, x: Sample, training: bool = False) -> Any:
        """The outputs for one sample."""
        raise NotImplementedError

    def batch(self, rows: Sequence[Sample], training: bool = False) -> list[list[Value]]:
        """The outputs for each of some samples."""
        return [self(x, training) for x in rows]

    def build(self, inputs: int, rng: Seed = None) -> None:
        """Make the parameters, once the number of inputs is known."""
        self._settle(inputs)
        self.inputs, self.units = inputs, self.units or inputs

    def children(self) -> dict[str, Module]:
        """The modules inside, by name."""
        return {}

    def own(self) -> dict[str, Value]:
        """The parameters that belong to no module inside, by name."""
        return {}

    def tensors(self) -> dict[str, Tensor]:
        """All its numbers as arrays of Values, in Keras' order."""
        return {f"{name}.{k}": v for name, child in self.children().items() for k, v in child.tensors().items()}

    def regularized(self) -> list[tuple[Regularizer, list[Value]]]:
        """Pairs of a regularizer and the parameters that it is applied to."""
        return [pair for child in self.children().values() for pair in child.regularized()]

    def penalties(self) -> list[Operand]:
        """The terms that regularizers add to the cost: of equal sums one over all layers, which is faster."""
        pairs = self.regularized()
        sums = merged(pair for pair in pairs if isinstance(pair[0], L1L2))
        return [penalty(values) for penalty, values in (*sums, *(x for x in pairs if not isinstance(x[0], L1L2)))]

    # ── parameters ────────────────────────────────────────────────────────────────────────────────

    def named_parameters(self) -> dict[str, Value]:
        """All parameters by name, such as `layer1.neuron2.w0`: layers and neurons count from 1, weights from 0."""
        parameters = dict(self.own())
        for name, child in self.children().items():
            parameters |= {f"{name}.{key}": value for key, value in child.named_parameters().items()}
        return parameters

    def parameters(self) -> list[Value]:
        """All parameters: of each neuron the weights, then the bias."""
        return list(self.named_parameters().values())

    def trained(self) -> list[Value]:
        """The parameters that training changes: all but those of frozen modules."""
        if not self.trainable:
            return []
        return [*self.own().values(), *(x for child in self.children().values() for x in child.trained())]

    def zero_grad(self) -> None:
        """Forget the gradients, so that the next backward pass starts anew."""
        for x in self.parameters():
            x.grad = None

    def label(self, prefix: str = "") -> None:
        """Name the parameters, for pictures and messages."""
        for name, x in self.own().items():
            x.name = prefix + name
        for name, child in self.children().items():
            child.label(f"{prefix}{name}.")

    def modules(self) -> Iterator[Module]:
        """The module, and all modules inside."""
        yield self
        for child in self.children().values():
            yield from child.modules()

    # ── numbers ───────────────────────────────────────────────────────────────────────────────────

    def get_weights(self) -> list[Array]:
        """The numbers as arrays: of a dense layer the kernel (inputs, units), then the bias (units,)."""
        return [numbers(tensor) for tensor in self.tensors().values()]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Set the numbers from arrays, as `get_weights` returns them.

        Raises:
            ShapeError: another number of arrays, or one of another shape; then nothing is set.
            DataError: what is no array of numbers.
        """
        tensors, remedy = self.tensors(), "Give arrays as get_weights() returns them."
        try:
            weights = list(weights)
        except TypeError:
            what = f"The weights of {self._called()} must be a list of arrays"
            raise ShapeError(f"{what}, got {shown(weights)}. {remedy}") from None
        arrays = [doubles(array, f"Array {i} of weights", remedy, finite=False) for i, array in enumerate(weights)]
        if len(arrays) != len(tensors):
            raise ShapeError(
                f"{self._called()} has {len(tensors)} arrays of weights ({', '.join(tensors)}), got {len(arrays)}. "
                "Give as many as get_weights() returns."
            )
        for (name, tensor), array in zip(tensors.items(), arrays, strict=True):
            if array.shape != tensor.shape:
                raise ShapeError(f"{name} has shape {tensor.shape}, got {array.shape}. Reshape or transpose it.")
        for tensor, array in zip(tensors.values(), arrays, strict=True):
            fill(tensor, array)

    @property
    def weights(self) -> list[Weight]:
        """All its numbers by array, in the order of `get_weights`, as Keras' variables."""
        trained = {id(x) for x in self.trained()}
        return [
            Weight(name, tensor, all(id(x) in trained for x in tensor.flat)) for name, tensor in self.tensors().items()
        ]

    @property
    def trainable_weights(self) -> list[Weight]:
        """Those of its `weights` that training changes."""
        return [weight for weight in self.weights if weight.trainable]

    @property
    def non_trainable_weights(self) -> list[Weight]:
        """Those that it leaves: of frozen modules, and the running averages of batch normalisation."""
        return [weight for weight in self.weights if not weight.trainable]

    def count_params(self) -> int:
        """`count`, as Keras calls it."""
        return self.count

    @property
    def count(self) -> int:
        """How many numbers it holds, including those that are not trained."""
        return sum(tensor.size for tensor in self.tensors().values())

    # ── checking ──────────────────────────────────────────────────────────────────────────────────

    def _called(self) -> str:
        return f"{type(self).__name__}{f' {self.name!r}' if self.name else ''}"

    def _row(self, x: Sample) -> list[Operand]:
        """A sample as a list of numbers or Values, of the right length."""
        row = listed(x)
        if self.inputs is None:
            self.build(len(row))
        if len(row) != self.inputs:
            raise ShapeError(
                f"{self._called()} takes {self.inputs} inputs, got {len(row)}. Give a list of that length."
            )
        if row and isinstance(row[0], list | tuple):
            raise ShapeError(f"{self._called()} takes one sample, got rows. Use predict(X) or batch(X) for several.")
        return row

    def _settle(self, inputs: int) -> None:
        """Refuse another number of inputs than the one that is known."""
        if self.inputs not in (None, inputs):
            raise ShapeError(
                f"{self._called()} takes {self.inputs} inputs, but the layer before it gives {inputs}. Make them equal."
            )


class Chain:
    """What an `Input` has gone through: in Keras' functional programs layers are called on such, and make longer ones.

    Attributes:
        start: the Input.
        layers: the layers in their order.
    """

    layers: tuple[Module, ...] = ()

    @property
    def start(self) -> Chain:
        return self

    def through(self, layer: Module) -> Chain:
        """The same, and behind it one more layer."""
        return _Longer(self.start, (*self.layers, layer))


class _Longer(Chain):
    """A chain with layers."""

    def __init__(self, start: Chain, layers: tuple[Module, ...]) -> None:
        self._start, self.layers = start, layers

    @property
    def start(self) -> Chain:
        return self._start


def _or_longer(call: Callable[..., Any]) -> Callable[..., Any]:
    """A layer's call, which makes a chain longer in place of a sample's outputs."""

    @wraps(call)
    def called(self: Module, x: Any, *others: Any, **options: Any) -> Any:
        return x.through(self) if isinstance(x, Chain) else call(self, x, *others, **options)

    return called


def listed(x: object, what: str = "The sample") -> list[Any]:
    """A sample, or an example's targets, as a list of its entries; a single number is a list of one."""
    if isinstance(x, Sequence) and not isinstance(x, str | bytes):
        return list(x)
    if hasattr(x, "__array__"):
        x = np.atleast_1d(plain(x, what, "Give a list of numbers or Values.")).tolist()
    return x if isinstance(x, list) else [x]


def tensor(rows: Sequence[Value] | Sequence[Sequence[Value]]) -> Tensor:
    """Nested lists of Values as an array of them.

    >>> tensor([[Value(1.0), Value(2.0)]]).shape
    (1, 2)
    """
    nested = len(rows) > 0 and isinstance(rows[0], Sequence)
    values: list[Any] = [x for row in rows for x in cast("Sequence[Value]", row)] if nested else list(rows)
    array = np.fromiter(values, object, len(values))  # np.array would ask each Value for its length
    return array.reshape(len(rows), -1) if nested else array


def whole_number(number: object, what: str, least: int = 1) -> int:
    """A count, or an error that says what it counts.

    >>> whole_number(3, "units")
    3
    """
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise ModelError(f"{what} must be a whole number of at least {least}, got {number!r}. Try {what}={least}.")
    return int(number)
