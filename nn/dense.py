"""Neurons, and the layers made of them: a neuron gives a Value, a layer always a list of Values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, cast

import numpy as np

from autograd import Value
from autograd.errors import shown
from autograd.ops import dot
from nn import activations, initializers, regularizers
from nn.activations import ActivationLike
from nn.errors import ModelError
from nn.initializers import InitializerLike
from nn.module import Chain, Module, tensor, whole_number
from nn.outputs import Outputs
from nn.regularizers import Regularizer, RegularizerLike, merged
from nn.types import Operand, Sample, Seed, Tensor


class Neuron(Module):
    """a = f(z), z = w·x + b.

    Args:
        inputs: how many numbers it takes.
        activation: f, a name such as "sigmoid" or a function of a Value.
        bias: whether there is a b.
        initializer: the first weights: a name, a number, an array (inputs,) or a function of (rng, shape).
        bias_initializer: the same for b.
        rng: a seed or generator for the weights.
        expand: write z as w0·x0 + w1·x1 + … + b with a node for each operation, in place of one dot product.

    Attributes:
        weights: the list of w0, w1, …
        bias: b, or None.

    Raises:
        ModelError: an unknown activation or initializer, or one for whole layers (softmax).
        ShapeError: it is called on another number of inputs.

    Example:
        >>> neuron = Neuron(2, "sigmoid", initializer=[0.5, -0.5])
        >>> neuron([1.0, 2.0])
        Value(0.37754066879814546, a = σ(z))
        >>> list(neuron.named_parameters())
        ['w0', 'w1', 'b']
    """

    units = 1
    weights: list[Value] = []  # type: ignore[assignment]  # noqa: RUF012  set for each; a module's are its arrays

    def __init__(
        self,
        inputs: int,
        activation: ActivationLike = "linear",
        bias: bool = True,
        initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        rng: Seed = None,
        expand: bool = False,
    ) -> None:
        self.inputs = whole_number(inputs, "inputs")
        self.activate = activations.get(activation)
        if self.activate.whole:
            name = self.activate.name
            raise ModelError(f"{name} needs a whole layer's sums, not one neuron's. Give it to a Layer.")
        self.activation = name_of(activation)
        self.expand = expand
        rng = initializers.generator(rng)
        column = (self.inputs, 1)  # as of a layer with one unit, which names and functions depend on
        shape = column if np.shape(cast(Any, initializer)) in ((), column) else (self.inputs,)
        self.weights = [Value(w) for w in initializers.get(initializer)(rng, shape).reshape(self.inputs).tolist()]
        self.bias = Value(float(initializers.get(bias_initializer)(rng, (1,))[0])) if bias else None
        self.label()

    @property
    def w(self) -> list[Value]:
        """The weights, as micrograd calls them."""
        return self.weights

    @property
    def b(self) -> Value | None:
        """The bias, as micrograd calls it."""
        return self.bias

    def own(self) -> dict[str, Value]:
        parameters = {f"w{i}": w for i, w in enumerate(self.weights)}
        return parameters if self.bias is None else parameters | {"b": self.bias}

    def tensors(self) -> dict[str, Tensor]:
        tensors = {"kernel": tensor([[w] for w in self.weights])}
        return tensors if self.bias is None else tensors | {"bias": tensor([self.bias])}

    def label(self, prefix: str = "") -> None:
        super().label(prefix)
        self._names = f"{prefix}z", f"{prefix}a"

    def __call__(self, x: Sample, training: bool = False) -> Value:
        return self.fire(self._row(x))

    def fire(self, row: Sequence[Operand]) -> Value:
        """The activation for a row of the right length."""
        if self.expand:
            z = sum((w * xi for w, xi in zip(self.weights[1:], row[1:], strict=True)), self.weights[0] * row[0])
        else:
            z = dot(self.weights, row)
        if self.bias is not None:
            z = z + self.bias
        z.name, name = self._names
        a: Value = self.activate.function(z)
        if a is not z and isinstance(a, Value):
            a.name = name
        elif not isinstance(a, Value | Real):
            raise ModelError(
                f"The activation {self.activate.name} gave {shown(a)}. It must return a Value made of the one it gets."
            )
        return a

    def __repr__(self) -> str:
        return f"Neuron({self.inputs}, {self.activation!r})"


class Layer(Module):
    """Neurons that share their inputs: aⱼ = f(wⱼ·x + bⱼ); `Dense` is the same in Keras' spelling.

    Args:
        inputs: how many numbers it takes; None to find out when it is built.
        units: how many neurons.
        activation: f, a name such as "relu", "leaky_relu(0.01)" or "softmax", or a function of a Value.
        use_bias: whether there are biases.
        kernel_initializer, bias_initializer: a name, number, array, or function of (rng, shape).
        kernel_regularizer, bias_regularizer: a penalty that is added to the cost, such as `L2(0.01)`.
        expand: a node for each scalar product, in place of one dot product a neuron.
        trainable: False freezes the parameters.
        name: what its parameters' names begin with.
        rng: a seed or generator for the weights.

    Raises:
        ModelError: an unknown name, or units that are not a whole number of at least 1.

    Example:
        >>> layer = Layer(2, 3, activation="tanh", rng=0)
        >>> len(layer([1.0, -1.0])), [array.shape for array in layer.get_weights()]
        (3, [(2, 3), (3,)])
        >>> list(layer.named_parameters())[:4]
        ['neuron1.w0', 'neuron1.w1', 'neuron1.b', 'neuron2.w0']
    """

    units: int

    def __init__(
        self,
        inputs: int | None,
        units: int,
        activation: ActivationLike = "linear",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        bias_initializer: InitializerLike = "zeros",
        kernel_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        expand: bool = False,
        trainable: bool = True,
        name: str = "",
        rng: Seed = None,
    ) -> None:
        self.units = whole_number(units, "units")
        self.activate = activations.get(activation)
        self.activation = name_of(activation)
        self.use_bias, self.expand, self.trainable, self.name = use_bias, expand, trainable, name
        self._initial = initializers.get(kernel_initializer), initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.inputs = None if inputs is None else whole_number(inputs, "inputs")
        self._neurons: list[Neuron] = []
        self._rng = rng

    @property
    def neurons(self) -> list[Neuron]:
        """The neurons in order; their weights are drawn when they are first needed, by a model from its own rng."""
        if not self._neurons and self.inputs is not None:
            self.build(self.inputs)
        return self._neurons

    def build(self, inputs: int, rng: Seed = None) -> None:
        self._settle(inputs)
        self.inputs = inputs
        if self._neurons:
            return
        rng = initializers.generator(rng if self._rng is None else self._rng)
        kernel, bias = self._initial[0](rng, (inputs, self.units)), self._initial[1](rng, (self.units,))
        whole = self.activate.whole
        alone = activations.get("linear") if whole else self.activate
        self._neurons = [
            Neuron(inputs, alone, self.use_bias, kernel[:, j], bias[j], expand=self.expand) for j in range(self.units)
        ]
        for neuron in self._neurons:
            neuron.activation = "linear" if whole else self.activation
        self.label()

    def children(self) -> dict[str, Module]:
        return {f"neuron{j + 1}": neuron for j, neuron in enumerate(self.neurons)}

    def tensors(self) -> dict[str, Tensor]:
        if not self.neurons:
            return {}
        bias = [neuron.bias for neuron in self.neurons if neuron.bias is not None]
        kernel = tensor([[neuron.weights[i] for neuron in self.neurons] for i in range(self.neurons[0].inputs or 0)])
        return {"kernel": kernel} | ({"bias": tensor(bias)} if bias else {})

    def regularized(self) -> list[tuple[Regularizer, list[Value]]]:
        pairs: list[tuple[Regularizer, list[Value]]] = []
        for neuron in self.neurons:
            if self.kernel_regularizer:
                pairs.append((self.kernel_regularizer, neuron.weights))
            if self.bias_regularizer and neuron.bias is not None:
                pairs.append((self.bias_regularizer, [neuron.bias]))
        return merged(pairs)

    def __call__(self, x: Sample, training: bool = False) -> Outputs:
        row = self._row(x)
        outputs = [neuron.fire(row) for neuron in self.neurons]
        return Outputs(self.activate(outputs) if self.activate.whole else outputs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.units}, input_dim={self.inputs}, activation={self.activation!r})"


_CHANGE = "Change weights in a callback, with set_weights"
ABSENT = {  # Keras' arguments that a layer has not, and what is written instead
    "kernel_constraint": _CHANGE,
    "bias_constraint": _CHANGE,
    "activity_regularizer": "Regularise weights instead, kernel_regularizer='l1'",
}


class Dense(Layer):
    """A layer of neurons as Keras spells it: `Dense(units=3, input_dim=2, activation="sigmoid")`.

    Args:
        units: how many neurons.
        input_dim: how many numbers it takes; by default as many as the layer before it gives, or the data have.
        activation, others: as for `Layer`; `input_shape=(2,)` is another way to write `input_dim=2`, and
            `Dense(3, "relu")`, as Keras has it, one to write `activation="relu"`.

    Example:
        >>> Dense(units=3, input_dim=2, activation="sigmoid")
        Dense(3, input_dim=2, activation='sigmoid')
    """

    def __init__(
        self,
        units: int,
        input_dim: int | ActivationLike = None,
        activation: ActivationLike = "linear",
        *,
        input_shape: Sequence[int] | None = None,
        **others: Any,
    ) -> None:
        if isinstance(input_dim, str) or callable(input_dim):  # Keras' second argument
            input_dim, activation = None, input_dim
        if input_shape is not None:
            (input_dim,) = flat_shape(input_shape)
        for name, remedy in ABSENT.items():
            if others.pop(name, None) is not None:
                raise ModelError(f"Dense has no {name}. {remedy}, or leave it out.")
        super().__init__(input_dim, units, activation, **others)


@dataclass(frozen=True)
class Input(Chain):
    """What a `Sequential` takes, given first as in newer Keras programs: `Input(shape=(2,))`; where a `Model` starts.

    Args:
        shape: of one sample, a row of numbers.
        name: taken for Keras programs; inputs are called x.

    Raises:
        ModelError: another shape.

    Example:
        >>> from nn import Sequential
        >>> Sequential([Input(shape=(2,)), Dense(1)]).count
        3
    """

    shape: Sequence[int]
    name: str | None = None

    def __post_init__(self) -> None:
        flat_shape(self.shape)


def name_of(activation: ActivationLike) -> str:
    """What a layer calls its activation: the user's text, or a function's name."""
    return activation if isinstance(activation, str) else activations.get(activation).name


def flat_shape(shape: Sequence[int]) -> tuple[int]:
    """The shape of a sample, (n,), or the error for another one."""
    if not isinstance(shape, list | tuple) or len(shape) != 1:
        raise ModelError(f"A sample is one row of numbers with a shape such as (2,), got {shape!r}. Flatten the data.")
    return (whole_number(shape[0], "input_dim"),)
