"""An array of a module's parameters, read and set as Keras' variables are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import ShapeError
from autograd.characters import printable
from nn.arrays import doubles
from nn.types import Array, ArrayLike, Tensor


@dataclass(frozen=True, eq=False, repr=False)
class Weight:
    """An array of parameters: what is read is their numbers now, what is assigned they have.

    Attributes:
        path: its name in the model, such as "layer1.kernel"; `name` is "kernel".
        tensor: the parameters, an array of Values.
        trainable: whether training changes them.

    Example:
        >>> from nn import Dense
        >>> weight = Dense(2, 1, kernel_initializer="ones").weights[0]
        >>> weight.name, weight.shape, weight.numpy()
        ('kernel', (1, 2), array([[1., 1.]]))
        >>> weight.assign([[3.0, 4.0]])
        >>> weight
        <Weight kernel, shape (1, 2), [[3. 4.]]>
    """

    path: str
    tensor: Tensor
    trainable: bool

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape

    def numpy(self) -> Array:
        """The numbers."""
        return numbers(self.tensor)

    def assign(self, values: ArrayLike) -> None:
        """Set them.

        Raises:
            ShapeError: an array of another shape.
            DataError: no array of numbers.
        """
        array = doubles(values, self.path, f"Give an array of shape {self.shape}.", finite=False)
        if array.shape != self.shape:
            raise ShapeError(f"{self.path} has shape {self.shape}, got {array.shape}. Reshape or transpose it.")
        fill(self.tensor, array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __repr__(self) -> str:
        return f"<Weight {printable(self.path)}, shape {self.shape}, {str(self.numpy()).replace(chr(10), '')}>"


def numbers(tensor: Tensor) -> Array:
    """The numbers of an array of Values."""
    return np.array([float(x.data) for x in tensor.ravel()]).reshape(tensor.shape)


def fill(tensor: Tensor, array: Array) -> None:
    """Give an array of Values the numbers of one of the same shape."""
    for x, number in zip(tensor.ravel(), array.ravel().tolist(), strict=True):
        x.data = number
