"""A network as columns of numbers: what diagrams and plots read of a model, through its public names only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from autograd import DrawingError, ShapeError, Value, grad

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from nn.dense import Neuron

    Array = NDArray[np.float64]
    Layer = tuple["Column", list[Value], list[Neuron]]


Model = Callable[[list[Value]], Value | list[Value] | tuple[Value, ...]]  # a module of `nn`, or one's own


@dataclass(frozen=True)
class Column:
    """One layer of units: the inputs, or what a layer of neurons gives.

    Attributes:
        name: what the layer is called.
        size: how many units.
        activation: its activation's name, and what follows it, such as "relu, dropout".
        weights: of the links into it, shape (units before, size); None if it has none of its own.
        biases: shape (size,), or None.
        weight_slopes, bias_slopes: the gradients by these, in the same shapes, or None.
        values, gradients: of the units for one sample, shape (size,), or None.
        dropout: the share of units that a layer after it leaves out in training.
    """

    name: str
    size: int
    activation: str = ""
    weights: Array | None = None
    biases: Array | None = None
    weight_slopes: Array | None = None
    bias_slopes: Array | None = None
    values: Array | None = None
    gradients: Array | None = None
    dropout: float = 0.0


def columns(
    model: object, sample: Sequence[float] | None = None, cost: Callable[[list[Value]], Value] | None = None
) -> list[Column]:
    """The columns of a model, inputs first.

    Args:
        model: a module with layers, one layer or one neuron; or a list of layer sizes.
        sample: inputs, for the units' values.
        cost: a function of the outputs, for the gradients of its value.

    Raises:
        DrawingError: it is neither, or sizes alone are to have values. ShapeError: a sample of another length.
    """
    if isinstance(model, list | tuple | range):
        if sample is not None or cost is not None:
            raise DrawingError("Layer sizes alone have no values. Give a model, such as nn.MLP(3, [4, 1]).")
        return _sizes(model)
    layers = walk(model, _inputs(model, sample))
    slopes = _slopes(layers, cost(layers[-1][1])) if cost else {}
    return [_filled(*layer, slopes, sample is not None) for layer in layers]


def walk(model: object, inputs: list[Value]) -> list[Layer]:
    """Each column as the model makes it of these inputs, with its units and its neurons."""
    result: list[Layer] = [(Column("input", len(inputs)), inputs, [])]
    for i, layer in enumerate(stack(model), 1):
        column, before, neurons = result[-1]
        after, own = listed(layer(before)), _neurons(layer)
        activation = str(getattr(layer, "activation", "") or type(layer).__name__.lower())
        if not own and len(after) == len(before):  # such as dropout: it changes values of the same units
            share = float(getattr(layer, "rate", 0.0))
            activation = f"dropout {share:g}" if share else activation
            activation = ", ".join(filter(None, (column.activation, activation)))
            result[-1] = replace(column, activation=activation, dropout=share or column.dropout), after, neurons
        else:
            result.append((Column(getattr(layer, "name", "") or f"layer{i}", len(after), activation), after, own))
    return result


def stack(model: object) -> list[Any]:
    """The layers of a model in their order; a layer or a neuron is one of its own."""
    layers = getattr(model, "layers", None)
    if layers is None and callable(model) and (hasattr(model, "neurons") or hasattr(model, "bias")):
        layers = [model]
    if not layers:
        raise DrawingError(
            f"A network must be a model with layers or a list of their sizes, got {model!r}. Give [3, 4, 1], say."
        )
    return list(layers)


def listed(outputs: Value | list[Value] | tuple[Value, ...]) -> list[Value]:
    """What a layer gives as a list: a neuron gives one Value."""
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def width(model: object) -> int:
    """How many inputs a model takes."""
    first = stack(model)[0]
    inputs = getattr(model, "inputs", None) or getattr(first, "inputs", None)
    if inputs is None:
        raise DrawingError("The model does not know its inputs yet. Give its first layer input_dim, or fit it.")
    return int(inputs)


def _sizes(sizes: Sequence[Any]) -> list[Column]:
    if len(sizes) < 2 or not all(isinstance(n, Integral) and 0 < int(n) <= 10**9 for n in sizes):
        raise DrawingError(f"Layer sizes must be two or more whole numbers from 1, got {sizes!r}. Give [3, 4, 1], say.")
    names = ["input", *(f"layer{i}" for i in range(1, len(sizes)))]
    return [Column(name, int(n)) for name, n in zip(names, sizes, strict=True)]


def _inputs(model: object, sample: Sequence[float] | None) -> list[Value]:
    """The sample as Values, or zeros."""
    import numpy as np

    row = np.zeros(width(model)) if sample is None else np.asarray(sample, float)
    if row.shape != (width(model),):
        raise ShapeError(f"The input must have shape ({width(model)},), got {row.shape}. Give one number an input.")
    return [Value(x) for x in row.tolist()]


def _slopes(layers: Sequence[Layer], cost: Value) -> dict[int, float]:
    """The gradients of a cost by units and parameters, by `id`."""
    values = []
    for _, units, neurons in layers:
        values += [x for x in units if isinstance(x, Value)]
        for neuron in neurons:
            values += [*neuron.weights, *([] if neuron.bias is None else [neuron.bias])]
    return dict(zip(map(id, values), map(float, grad(cost, values)), strict=True))


def _neurons(layer: Any) -> list[Neuron]:
    """A layer's neurons; a maxout layer has several for each unit; a neuron is its own."""
    if hasattr(layer, "bias"):
        return [layer]
    return list(getattr(layer, "neurons", None) or getattr(getattr(layer, "linear", None), "neurons", None) or [])


def _filled(
    column: Column, units: list[Value], neurons: list[Neuron], slopes: dict[int, float], valued: bool
) -> Column:
    """The column with the numbers of its units and of the links into it."""
    import numpy as np

    own = neurons if len(neurons) == column.size else []
    constants = [neuron.bias for neuron in own if neuron.bias is not None]

    def numbers(of: Callable[[Value], float]) -> tuple[Array | None, Array | None]:
        kernel = np.array([[of(w) for w in neuron.weights] for neuron in own]).T if own else None
        return kernel, np.array([of(b) for b in constants]) if constants else None

    values = np.array([float(getattr(x, "data", x)) for x in units]) if valued else None
    weights, biases = numbers(lambda x: float(x.data))
    column = replace(column, weights=weights, biases=biases, values=values)
    if not slopes:
        return column
    weights, biases = numbers(lambda x: slopes[id(x)])
    gradients = np.array([slopes.get(id(x), 0.0) for x in units])
    return replace(column, weight_slopes=weights, bias_slopes=biases, gradients=gradients)
