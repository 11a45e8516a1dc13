"""Neurons, and the layers that are made of them: a neuron gives a Value, a layer always a list of Values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value
from autograd.ops import dot
from nn import activations, initializers, regularizers
from nn.errors import ModelError
from nn.module import Module, tensor, whole_number
from nn.regularizers import merged


class Neuron(Module):
    """a = f(z), z = w·x + b.

    Args:
        inputs: how many numbers it takes.
        activation: f, a name as "sigmoid" or a function of a Value.
        bias: whether there is a b.
        initializer: the first weights: a name, a number, an array (inputs,) or a function of (rng, shape).
        bias_initializer: the same for b.
        rng: a seed or generator for the weights.
        expand: write z as w0·x0 + w1·x1 + … + b, a node an operation, in place of one dot product.

    Attributes:
        weights: the list of w0, w1, …
        bias: b, or None.

    Raises:
        ModelError: an unknown activation or initializer; one for whole layers, as softmax.
        ShapeError: it is called on another number of inputs.

    Example:
        >>> neuron = Neuron(2, "sigmoid", initializer=[0.5, -0.5])
        >>> neuron([1.0, 2.0])
        Value(0.37754066879814546, a = σ(z))
        >>> list(neuron.named_parameters())
        ['w0', 'w1', 'b']
    """

    units = 1

    def __init__(
        self,
        inputs: int,
        activation: Any = "linear",
        bias: bool = True,
        initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        rng: Any = None,
        expand: bool = False,
    ) -> None:
        self.inputs = whole_number(inputs, "inputs")
        self._function = activations.get(activation)
        if self._function.whole:
            raise ModelError(f"{self._function.name} needs a whole layer's sums, not one neuron's. Give it to a Layer.")
        self.activation = name_of(activation)
        self.expand = expand
        rng = initializers.generator(rng)
        first = initializers.get(initializer)
        try:
            column = first(rng, (self.inputs, 1))[:, 0]
        except ModelError:
            column = first(rng, (self.inputs,))
        self.weights = [Value(w) for w in column.tolist()]
        self.bias = Value(float(initializers.get(bias_initializer)(rng, (1,))[0])) if bias else None
        self.label()

    def own(self) -> dict[str, Value]:
        found = {f"w{i}": w for i, w in enumerate(self.weights)}
        return found if self.bias is None else found | {"b": self.bias}

    def tensors(self) -> dict[str, Any]:
        found = {"kernel": tensor([[w] for w in self.weights])}
        return found if self.bias is None else found | {"bias": tensor([self.bias])}

    def label(self, prefix: str = "") -> None:
        super().label(prefix)
        self._names = f"{prefix}z", f"{prefix}a"

    def __call__(self, x: Sequence[Any], training: bool = False) -> Value:
        return self.fire(self._row(x))

    def fire(self, row: list[Any]) -> Value:
        """The activation for a list that has the right length."""
        if self.expand:
            z = sum((w * xi for w, xi in zip(self.weights[1:], row[1:], strict=True)), self.weights[0] * row[0])
        else:
            z = dot(self.weights, row)
        if self.bias is not None:
            z = z + self.bias
        z.name, name = self._names
        a: Value = self._function.function(z)
        if a is not z:
            a.name = name
        return a

    def __repr__(self) -> str:
        return f"Neuron({self.inputs}, {self.activation!r})"


class Layer(Module):
    """Neurons that share their inputs: aⱼ = f(wⱼ·x + bⱼ); `Dense` is the same in Keras' spelling.

    Args:
        inputs: how many numbers it takes; None to find out when it is built.
        units: how many neurons.
        activation: f, a name as "relu", "leaky_relu(0.01)" or "softmax", or a function of a Value.
        use_bias: whether there are biases.
        kernel_initializer, bias_initializer: a name, number, array, or function of (rng, shape).
        kernel_regularizer, bias_regularizer: a penalty that is added to the cost, as `L2(0.01)`.
        expand: a node for each scalar product, in place of one dot product a neuron.
        trainable: False freezes the parameters.
        name: what its parameters' names begin with.
        rng: a seed or generator for the weights.

    Raises:
        ModelError: an unknown name, or units that are no whole number of at least 1.

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
        activation: Any = "linear",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        expand: bool = False,
        trainable: bool = True,
        name: str = "",
        rng: Any = None,
    ) -> None:
        self.units = whole_number(units, "units")
        self._function = activations.get(activation)
        self.activation = name_of(activation)
        self.use_bias, self.expand, self.trainable, self.name = use_bias, expand, trainable, name
        self._initial = initializers.get(kernel_initializer), initializers.get(bias_initializer)
        self._regularizers = regularizers.get(kernel_regularizer), regularizers.get(bias_regularizer)
        self.inputs = None if inputs is None else whole_number(inputs, "inputs")
        self._neurons: list[Neuron] = []
        self._rng = rng

    @property
    def neurons(self) -> list[Neuron]:
        """The neurons in order; their weights are drawn when they are first needed, by a model from its own rng."""
        if not self._neurons and self.inputs is not None:
            self.build(self.inputs)
        return self._neurons

    def build(self, inputs: int, rng: Any = None) -> None:
        self._settle(inputs)
        self.inputs = inputs
        if self._neurons:
            return
        rng = initializers.generator(rng if self._rng is None else self._rng)
        kernel, bias = self._initial[0](rng, (inputs, self.units)), self._initial[1](rng, (self.units,))
        alone = "linear" if self._function.whole else self._function
        self._neurons = [
            Neuron(inputs, alone, self.use_bias, kernel[:, j], bias[j], expand=self.expand) for j in range(self.units)
        ]
        for neuron in self._neurons:
            neuron.activation = "linear" if self._function.whole else self.activation
        self.label()

    def children(self) -> dict[str, Module]:
        return {f"neuron{j + 1}": neuron for j, neuron in enumerate(self.neurons)}

    def tensors(self) -> dict[str, Any]:
        if not self.neurons:
            return {}
        kernel = tensor([[neuron.weights[i] for neuron in self.neurons] for i in range(self.neurons[0].inputs or 0)])
        return {"kernel": kernel} | ({"bias": tensor([n.bias for n in self.neurons])} if self.use_bias else {})

    def regularized(self) -> list[tuple[Any, list[Value]]]:
        found: list[tuple[Any, list[Value]]] = []
        for neuron in self.neurons:
            biases = [] if neuron.bias is None else [neuron.bias]
            found += zip(self._regularizers, (neuron.weights, biases), strict=True)
        return merged((penalty, values) for penalty, values in found if penalty and values)

    def __call__(self, x: Sequence[Any], training: bool = False) -> list[Value]:
        row = self._row(x)
        found = [neuron.fire(row) for neuron in self.neurons]
        return self._function(found) if self._function.whole else found

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.units}, input_dim={self.inputs}, activation={self.activation!r})"


class Dense(Layer):
    """A layer of neurons as Keras spells it: `Dense(units=3, input_dim=2, activation="sigmoid")`.

    Args:
        units: how many neurons.
        input_dim: how many numbers it takes; left out, the layer before it, or the data, says so.
        activation, others: as for `Layer`; `input_shape=(2,)` is another way to say `input_dim=2`.

    Example:
        >>> Dense(units=3, input_dim=2, activation="sigmoid")
        Dense(3, input_dim=2, activation='sigmoid')
    """

    def __init__(
        self,
        units: int,
        input_dim: int | None = None,
        activation: Any = "linear",
        *,
        input_shape: Sequence[int] | None = None,
        **others: Any,
    ) -> None:
        if isinstance(input_dim, str):
            raise ModelError(f"Dense got {input_dim!r} for input_dim. Say activation={input_dim!r}.")
        if input_shape is not None:
            (input_dim,) = _flat_shape(input_shape)
        super().__init__(input_dim, units, activation, **others)


@dataclass(frozen=True)
class Input:
    """What a `Sequential` takes, said first, as newer Keras programs do: `Input(shape=(2,))`.

    Args:
        shape: of one sample, a row of numbers.

    Raises:
        ModelError: another shape.

    Example:
        >>> from nn import Sequential
        >>> Sequential([Input(shape=(2,)), Dense(1)]).count
        3
    """

    shape: Sequence[int]

    def __post_init__(self) -> None:
        _flat_shape(self.shape)


def name_of(activation: Any) -> str:
    """What a layer says its activation is: the user's words, or a function's name."""
    return activation if isinstance(activation, str) else activations.get(activation).name


def _flat_shape(shape: Sequence[int]) -> tuple[int]:
    if not isinstance(shape, list | tuple) or len(shape) != 1:
        raise ModelError(f"A sample is one row of numbers: a shape as (2,), got {shape!r}. Flatten the data.")
    return (whole_number(shape[0], "input_dim"),)
