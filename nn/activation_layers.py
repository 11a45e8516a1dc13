"""Layers that stand for an activation: a fixed one, or one that is learned."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from autograd import Value
from autograd.ops import leaky_relu, maximum
from nn import activations, initializers
from nn.activations import ActivationLike
from nn.dense import Layer, flat_shape, name_of
from nn.errors import ModelError
from nn.initializers import InitializerLike
from nn.module import Module, tensor, whole_number
from nn.regularizers import Regularizer
from nn.types import Sample, Seed, Tensor


class Activation(Module):
    """aⱼ = f(xⱼ), or f of all of them: an activation as a layer of its own.

    Example:
        >>> Activation("relu")([-1.0, 2.0])
        [0, 2.0]
    """

    def __init__(self, activation: ActivationLike, name: str = "") -> None:
        self.activate, self.activation, self.name = activations.get(activation), name_of(activation), name

    def __call__(self, x: Sample, training: bool = False) -> list[Value]:
        return self.activate(self._row(x))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({repr(self.activation) * (type(self) is Activation)})"


class Softmax(Activation):
    """pₖ = exp(xₖ) / Σ exp(xₗ): positive numbers whose sum is 1.

    Example:
        >>> [round(p, 4) for p in Softmax()([0.1, 0.2, 0.3])]
        [0.3006, 0.3322, 0.3672]
    """

    def __init__(self, name: str = "") -> None:
        super().__init__("softmax", name)


class LeakyReLU(Activation):
    """x where x > 0, else slope · x.

    Args:
        negative_slope: the slope below 0; Keras' layer takes 0.3, its activation "leaky_relu" 0.2.
        name: its name.

    Example:
        >>> LeakyReLU()([-1.0, 2.0])
        [-0.3, 2.0]
    """

    def __init__(self, negative_slope: float = 0.3, name: str = "") -> None:
        super().__init__(f"leaky_relu({negative_slope})", name)
        self.negative_slope = negative_slope


class ELU(Activation):
    """x where x > 0, else α(exp(x) − 1).

    Example:
        >>> [round(a, 4) for a in ELU()([-1.0, 2.0])]
        [-0.6321, 2.0]
    """

    def __init__(self, alpha: float = 1.0, name: str = "") -> None:
        super().__init__(f"elu({alpha})", name)
        self.alpha = alpha


class ReLU(Activation):
    """max(x, 0), at most max_value if there is one; with another slope below 0 a leaky one.

    Args:
        max_value: None, or 6.
        negative_slope: the slope below 0; not together with a max_value.
        name: its name.

    Raises:
        ModelError: another max_value.

    Example:
        >>> ReLU()([-1.0, 7.0]), ReLU(max_value=6)([-1.0, 7.0]), ReLU(negative_slope=0.5)([-1.0, 7.0])
        ([0, 7.0], [0, 6], [-0.5, 7.0])
    """

    def __init__(self, max_value: float | None = None, negative_slope: float = 0.0, name: str = "") -> None:
        if max_value not in (None, 6) or (max_value and negative_slope):
            raise ModelError(
                f"ReLU takes max_value None or 6, then without a negative_slope, got {max_value} and {negative_slope}. "
                "Give a function to Activation."
            )
        leaky = f"leaky_relu({negative_slope})" if negative_slope else "relu"
        super().__init__("relu6" if max_value else leaky, name)
        self.max_value, self.negative_slope = max_value, negative_slope


class Flatten(Activation):
    """x: samples are rows of numbers already; for programs that begin with it.

    Args:
        input_shape: of a sample, such as (2,).
        name: its name.

    Raises:
        ModelError: samples of another shape than (n,).

    Example:
        >>> Flatten()([1.0, 2.0])
        [1.0, 2.0]
    """

    def __init__(self, *, input_shape: Sequence[int] | None = None, name: str = "") -> None:
        super().__init__("linear", name)
        if input_shape is not None:
            (self.inputs,) = flat_shape(input_shape)


class PReLU(Module):
    """max(x, 0) + αⱼ · min(x, 0): a leaky ReLU whose slope is learned, one for each unit.

    Args:
        alpha_initializer: the first slopes, 0 as in Keras.
        name: what its parameters' names begin with.

    Example:
        >>> layer = PReLU(alpha_initializer=0.25)
        >>> [a.data for a in layer([-2.0, 2.0])]
        [-0.5, 2.0]

    Source: K. He et al. (2015), Delving deep into rectifiers, eq. 1.
    """

    activation = "prelu"

    def __init__(self, alpha_initializer: InitializerLike = "zeros", name: str = "") -> None:
        self._initial, self.name = initializers.get(alpha_initializer), name
        self.slopes: list[Value] = []

    def build(self, inputs: int, rng: Seed = None) -> None:
        super().build(inputs)
        if not self.slopes:
            first = self._initial(initializers.generator(rng), (inputs,))
            self.slopes = [Value(a) for a in first.tolist()]
            self.label()

    def own(self) -> dict[str, Value]:
        return {f"alpha{j + 1}": a for j, a in enumerate(self.slopes)}

    def tensors(self) -> dict[str, Tensor]:
        return {"alpha": tensor(self.slopes)} if self.slopes else {}

    def __call__(self, x: Sample, training: bool = False) -> list[Value]:
        return [leaky_relu(xj, a) for xj, a in zip(self._row(x), self.slopes, strict=True)]

    def __repr__(self) -> str:
        return "PReLU()"


class Maxout(Module):
    """aⱼ = maxₖ (wⱼₖ·x + bⱼₖ): units that learn their activation, piece by piece.

    Args:
        units: how many.
        pieces: how many linear neurons each chooses from.
        input_dim: how many numbers it takes; by default as many as the layer before it gives.
        others: as for `Layer`.

    Example:
        >>> layer = Maxout(1, pieces=2, input_dim=1, kernel_initializer=[[1.0, -1.0]])
        >>> layer([-3.0])[0].data
        3.0

    Source: I. Goodfellow et al. (2013), Maxout networks, eq. 2.
    """

    activation = "maxout"
    units: int

    def __init__(
        self,
        units: int,
        pieces: int = 2,
        input_dim: int | None = None,
        *,
        rng: Seed = None,
        name: str = "",
        **others: Any,
    ) -> None:
        self.units, self.pieces, self.name = whole_number(units, "units"), whole_number(pieces, "pieces", 2), name
        self.trainable = others.pop("trainable", True)
        self.inputs = input_dim
        self.linear = Layer(input_dim, units * pieces, rng=rng, **others)

    def build(self, inputs: int, rng: Seed = None) -> None:
        self._settle(inputs)
        self.linear.build(inputs, rng)
        self.inputs = inputs
        self.label()

    def children(self) -> dict[str, Module]:
        places = [f"neuron{j + 1}.piece{k + 1}" for j in range(self.units) for k in range(self.pieces)]
        return dict(zip(places, self.linear.neurons, strict=False))

    def tensors(self) -> dict[str, Tensor]:
        return self.linear.tensors()

    def regularized(self) -> list[tuple[Regularizer, list[Value]]]:
        return self.linear.regularized()

    def __call__(self, x: Sample, training: bool = False) -> list[Value]:
        sums = self.linear(self._row(x))
        return [reduce(maximum, sums[j * self.pieces : (j + 1) * self.pieces]) for j in range(self.units)]

    def __repr__(self) -> str:
        return f"Maxout({self.units}, pieces={self.pieces}, input_dim={self.inputs})"
