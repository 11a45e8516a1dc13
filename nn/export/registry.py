"""Layers elsewhere, one entry each: what a file tells of a layer, and how PyTorch, Keras and JAX write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from nn.activation_layers import Activation, Maxout, PReLU, Softmax
from nn.batchnorm import BatchNormalization
from nn.dropout import Dropout
from nn.errors import ModelError
from nn.layers import Dense, Layer
from nn.module import Module
from nn.types import Array

Part: TypeAlias = Any  # a module of PyTorch, a layer of Keras, an array of JAX


# ── activations ───────────────────────────────────────────────────────────────────────────────────


class Name(NamedTuple):
    """What an activation is called elsewhere, and how its parameter is; Keras mostly agrees with us."""

    torch: str  # in torch.nn
    torch_options: dict[str, Any] = {}  # noqa: RUF012  never changed
    jax: str = ""  # in jax.nn, where it is not ours
    options: dict[str, Any] = {}  # noqa: RUF012  of Keras and JAX
    parameter: str = ""


ACTIVATIONS = {
    "linear": Name("Identity", jax="identity"),
    "relu": Name("ReLU"),
    "sigmoid": Name("Sigmoid"),
    "tanh": Name("Tanh"),
    "softplus": Name("Softplus", {"threshold": 40}),  # PyTorch's 20 would be off by 2e-9
    "softsign": Name("Softsign", jax="soft_sign"),
    "silu": Name("SiLU"),
    "selu": Name("SELU"),
    "gelu": Name("GELU", options={"approximate": False}),  # JAX's default is the other form
    "hard_sigmoid": Name("Hardsigmoid"),
    "leaky_relu": Name("LeakyReLU", parameter="negative_slope"),
    "elu": Name("ELU", parameter="alpha"),
    "softmax": Name("Softmax", {"dim": -1}),
}


def _named(layer: Layer | Activation) -> tuple[str, Name, dict[str, Any]]:
    """A layer's activation: our name, its names elsewhere, its parameter."""
    function = layer.activate
    if function.name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise ModelError(f"The activation of {layer!r} has no counterpart in that library. Choose one of {known}.")
    name = ACTIVATIONS[function.name]
    return function.name, name, {name.parameter: function.parameter} if name.parameter else {}


# ── PyTorch ───────────────────────────────────────────────────────────────────────────────────────


def torch_filled(torch: ModuleType, kind: str, arrays: dict[str, Array], *sizes: int | None, **options: Any) -> Part:
    """A module of PyTorch with these arrays, without a draw from its random generator."""
    module = torch.nn.utils.skip_init(getattr(torch.nn, kind), *sizes, dtype=torch.float64, **options)
    state = {name: torch.tensor(np.ascontiguousarray(array)) for name, array in arrays.items()}
    module.load_state_dict(module.state_dict() | state)
    return module


def torch_linear(torch: ModuleType, layer: Module) -> Part:
    kernel, *bias = layer.get_weights()
    arrays = {"weight": kernel.T} | dict(zip(["bias"], bias, strict=False))
    return torch_filled(torch, "Linear", arrays, *kernel.shape, bias=bool(bias))


def torch_activation(torch: ModuleType, layer: Layer | Activation) -> list[Part]:
    ours, name, parameter = _named(layer)
    return [] if ours == "linear" else [getattr(torch.nn, name.torch)(**name.torch_options, **parameter)]


def torch_norm(torch: ModuleType, layer: BatchNormalization) -> Part:
    arrays = list(layer.get_weights())
    if not layer.scale:
        arrays.insert(0, np.ones(layer.inputs or 0))
    if not layer.center:
        arrays.insert(1, np.zeros(layer.inputs or 0))
    state = dict(zip(("weight", "bias", "running_mean", "running_var"), arrays, strict=True))
    return torch_filled(torch, "BatchNorm1d", state, layer.inputs, eps=layer.epsilon, momentum=1 - layer.momentum)


# ── Keras, JAX ────────────────────────────────────────────────────────────────────────────────────


def keras_dense(keras: ModuleType, layer: Module, units: int, activation: Part) -> Part:
    return keras.layers.Dense(units, activation=activation, use_bias=len(layer.get_weights()) == 2)


def keras_activation(keras: ModuleType, layer: Layer | Activation) -> Callable[..., Part]:
    ours, name, parameter = _named(layer)
    return _with(getattr(keras.activations, ours), name.options | parameter)


def keras_largest(keras: ModuleType, layer: Maxout) -> list[Part]:
    pieces = keras.layers.Reshape((layer.units, layer.pieces))
    return [pieces, keras.layers.GlobalMaxPooling1D(data_format="channels_first")]


def jax_activation(jax: ModuleType, layer: Layer | Activation) -> Callable[..., Part]:
    ours, name, parameter = _named(layer)
    return _with(getattr(jax.nn, name.jax or ours), name.options | parameter)


def jax_dense(jax: ModuleType, layer: Layer) -> Callable[..., Part]:
    function = jax_activation(jax, layer)
    return lambda x, *weights: function(affine(x, *weights))


def jax_norm(jax: ModuleType, layer: BatchNormalization) -> Callable[..., Part]:
    def normalized(x: Part, *weights: Part) -> Part:
        *learned, mean, variance = weights
        x = (x - mean) / jax.numpy.sqrt(variance + layer.epsilon)
        x = x * learned.pop(0) if layer.scale else x
        return x + learned.pop(0) if layer.center else x

    return normalized


def affine(x: Part, kernel: Part, *bias: Part) -> Part:
    """x · W + b in arrays of JAX."""
    return x @ kernel + (bias[0] if bias else 0)


def _with(function: Callable[..., Part], options: dict[str, Any]) -> Callable[..., Part]:
    return (lambda x: function(x, **options)) if options else function


# ── the entries ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Entry:
    """How a kind of layer is written elsewhere.

    Attributes:
        torch: PyTorch's modules, one after another, with the layer's weights.
        keras: Keras' layers, one after another; they get the weights later.
        jax: a function of inputs (n, inputs) and the layer's arrays of weights.
        fields: for a file, of each of the constructor's arguments the attribute that it becomes.
        sizes: for a file, which fields, multiplied by the inputs, count numbers that the layer holds at least;
            None if it holds none.
        constants: for a file, arguments that are always the same.
    """

    torch: Callable[[ModuleType, Any], list[Part]]
    keras: Callable[[ModuleType, Any], list[Part]]
    jax: Callable[[ModuleType, Any], Callable[..., Part]]
    fields: Mapping[str, str] = field(default_factory=dict)
    sizes: tuple[str, ...] | None = None
    constants: Mapping[str, object] = field(default_factory=dict)


def _same(*names: str) -> dict[str, str]:
    return dict(zip(names, names, strict=True))


LINEAR = ("use_bias", "expand", "kernel_regularizer", "bias_regularizer")
NORM = _same("momentum", "epsilon", "center", "scale")
TYPES: Mapping[str, type | tuple[type, ...]] = (  # for a file, of fields that a layer's own class does not check
    dict.fromkeys(("trainable", "use_bias", "expand", "center", "scale"), bool)
    | dict.fromkeys(("momentum", "epsilon"), (int, float))
    | dict.fromkeys(("name", "activation"), str)
    | dict.fromkeys(("kernel_regularizer", "bias_regularizer"), dict)
)
DENSE = Entry(
    torch=lambda torch, layer: [torch_linear(torch, layer), *torch_activation(torch, layer)],
    keras=lambda keras, layer: [keras_dense(keras, layer, layer.units, keras_activation(keras, layer))],
    jax=jax_dense,
    fields=_same("units", "activation", *LINEAR),
    sizes=("units",),
)
ACTIVATION = Entry(
    torch=torch_activation,
    keras=lambda keras, layer: [keras.layers.Activation(keras_activation(keras, layer))],
    jax=jax_activation,
    fields=_same("activation"),
)
ENTRIES: dict[type[Module], Entry] = {
    Dense: DENSE,
    Layer: replace(DENSE, constants={"inputs": None}),
    Maxout: Entry(
        torch=lambda torch, layer: [torch_linear(torch, layer), torch.nn.MaxPool1d(layer.pieces)],
        keras=lambda keras, layer: [
            keras_dense(keras, layer, layer.units * layer.pieces, None), *keras_largest(keras, layer),
        ],
        jax=lambda jax, layer: (
            lambda x, *weights: affine(x, *weights).reshape(len(x), layer.units, layer.pieces).max(-1)
        ),
        fields=_same("units", "pieces") | {name: f"linear.{name}" for name in LINEAR},
        sizes=("units", "pieces"),
    ),
    Activation: ACTIVATION,
    Softmax: replace(ACTIVATION, fields={}),
    PReLU: Entry(
        torch=lambda torch, layer: [
            torch_filled(torch, "PReLU", {"weight": layer.get_weights()[0]}, num_parameters=layer.inputs)
        ],
        keras=lambda keras, layer: [keras.layers.PReLU()],
        jax=lambda jax, layer: lambda x, alpha: jax.numpy.where(x > 0, x, alpha * x),
        sizes=(),
    ),
    Dropout: Entry(
        torch=lambda torch, layer: [torch.nn.Dropout(layer.rate)],
        keras=lambda keras, layer: [keras.layers.Dropout(layer.rate)],
        jax=lambda jax, layer: lambda x: x,
        fields=_same("rate"),
    ),
    BatchNormalization: Entry(
        torch=lambda torch, layer: [torch_norm(torch, layer)],
        keras=lambda keras, layer: [keras.layers.BatchNormalization(**{x: getattr(layer, x) for x in NORM})],
        jax=jax_norm,
        fields=NORM,
        sizes=(),
    ),
}  # fmt: skip
KINDS = {kind.__name__: kind for kind in ENTRIES}
