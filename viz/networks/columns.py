"""A network as columns of numbers: what diagrams and plots read of a model, through its public names only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd import DrawingError, ShapeError, Value, grad


@dataclass(frozen=True)
class Column:
    """One layer of units: the inputs, or what a layer of neurons gives.

    Attributes:
        name: what the layer is called.
        size: how many units.
        activation: its activation's name, and what follows it, as "relu, dropout".
        weights: of the links into it, shape (units before, size); None if it has none of its own.
        biases: shape (size,), or None.
        weight_slopes, bias_slopes: the gradients by these, in the same shapes, or None.
        values, gradients: of the units for one sample, shape (size,), or None.
    """

    name: str
    size: int
    activation: str = ""
    weights: Any = None
    biases: Any = None
    weight_slopes: Any = None
    bias_slopes: Any = None
    values: Any = None
    gradients: Any = None


def columns(
    model: Any, sample: Sequence[float] | None = None, cost: Callable[[list[Value]], Value] | None = None
) -> list[Column]:
    """The columns of a model, inputs first.

    Args:
        model: a module with layers, one layer or one neuron; or a list of layer sizes.
        sample: inputs, for the units' values.
        cost: a function of the outputs, for the gradients of its value.

    Raises:
        DrawingError: it is no such thing, or sizes are to have values. ShapeError: a sample of another length.
    """
    if isinstance(model, list | tuple | range):
        if sample is not None or cost is not None:
            raise DrawingError("Layer sizes alone have no values. Give a model, as nn.MLP(3, [4, 1]).")
        return _sizes(model)
    before: list[Any] = _inputs(model) if sample is None else _sample(model, sample)
    found = [Column("input", len(before))]
    links: list[tuple[Any, Any]] = [((), ())]
    units = [before]
    for i, layer in enumerate(stack(model), 1):
        after = listed(layer(before))
        neurons = _neurons(layer)
        activation = str(getattr(layer, "activation", "") or type(layer).__name__.lower())
        if not neurons and len(after) == len(before):  # as dropout: it changes values of the same units
            found[-1] = replace(found[-1], activation=", ".join(filter(None, (found[-1].activation, activation))))
            units[-1] = after
        else:
            found.append(Column(getattr(layer, "name", "") or f"layer{i}", len(after), activation))
            links.append((neurons, before))
            units.append(after)
        before = after
    slopes = _slopes(units, links, cost(before)) if cost else {}
    return [_filled(c, u, n, slopes, sample is not None) for c, u, (n, _) in zip(found, units, links, strict=True)]


def stack(model: Any) -> list[Any]:
    """The layers of a model in their order; a layer or a neuron is one of its own."""
    layers = getattr(model, "layers", None)
    if layers is None and callable(model) and (hasattr(model, "neurons") or hasattr(model, "weights")):
        layers = [model]
    if not layers:
        raise DrawingError(
            f"A network must be a model with layers or a list of their sizes, got {model!r}. Give [3, 4, 1], say."
        )
    return list(layers)


def listed(outputs: Any) -> list[Any]:
    """What a layer gives as a list: a neuron gives one Value."""
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def width(model: Any) -> int:
    """How many inputs a model takes."""
    first = stack(model)[0]
    found = getattr(model, "inputs", None) or getattr(first, "inputs", None)
    if found is None:
        raise DrawingError("The model does not know its inputs yet. Give its first layer input_dim, or fit it.")
    return int(found)


def _sizes(sizes: Sequence[Any]) -> list[Column]:
    if len(sizes) < 2 or not all(isinstance(n, int | np.integer) and 0 < n <= 10**9 for n in sizes):
        raise DrawingError(f"Layer sizes must be two or more whole numbers from 1, got {sizes!r}. Give [3, 4, 1], say.")
    names = ["input", *(f"layer{i}" for i in range(1, len(sizes)))]
    return [Column(name, int(n)) for name, n in zip(names, sizes, strict=True)]


def _inputs(model: Any) -> list[Value]:
    return [Value(0.0) for _ in range(width(model))]


def _sample(model: Any, sample: Sequence[float]) -> list[Value]:
    row = np.asarray(sample, float)
    if row.shape != (width(model),):
        raise ShapeError(f"The input must have shape ({width(model)},), got {row.shape}. Give one number an input.")
    return [Value(x) for x in row.tolist()]


def _slopes(units: list[list[Any]], links: Sequence[tuple[Any, Any]], cost: Value) -> dict[int, float]:
    wanted = [x for row in units for x in row if isinstance(x, Value)]
    wanted += [w for neurons, _ in links for neuron in neurons for w in _parameters(neuron)]
    return dict(zip(map(id, wanted), map(float, grad(cost, wanted)), strict=True))


def _parameters(neuron: Any) -> Iterator[Value]:
    yield from neuron.weights
    if neuron.bias is not None:
        yield neuron.bias


def _neurons(layer: Any) -> list[Any]:
    """A layer's neurons; a maxout layer has several for each unit; a neuron is its own."""
    if hasattr(layer, "weights"):
        return [layer]
    return list(getattr(layer, "neurons", None) or getattr(getattr(layer, "linear", None), "neurons", None) or [])


def _filled(column: Column, units: list[Any], neurons: Any, slopes: dict[int, float], valued: bool) -> Column:
    own = neurons if len(neurons) == column.size else []
    rows = [neuron.weights for neuron in own]
    biases = [neuron.bias for neuron in own if neuron.bias is not None]

    def numbers(of: Callable[[Value], float]) -> tuple[Any, Any]:
        kernel = np.array([[of(w) for w in row] for row in rows]).T if rows else None
        return kernel, np.array([of(b) for b in biases]) if biases else None

    weights, bias = numbers(lambda x: float(x.data))
    weight_slopes, bias_slopes = numbers(lambda x: float(slopes[id(x)])) if slopes else (None, None)
    values = np.array([float(x) for x in units]) if valued else None
    gradients = np.array([float(slopes.get(id(x), 0.0)) for x in units]) if slopes else None
    return replace(
        column,
        weights=weights,
        biases=bias,
        weight_slopes=weight_slopes,
        bias_slopes=bias_slopes,
        values=values,
        gradients=gradients,
    )
