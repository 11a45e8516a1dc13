"""The same model elsewhere: in PyTorch, Keras or JAX, with the same weights and equal predictions."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd import MissingExtra
from nn import activations
from nn.errors import ModelError


class Name(NamedTuple):
    """What an activation is called elsewhere, and how its parameter is; Keras and JAX mostly agree with us."""

    torch: str  # in torch.nn
    torch_given: dict[str, Any] = {}  # noqa: RUF012  never changed
    keras: str = ""  # in keras.activations
    jax: str = ""  # in jax.nn
    given: dict[str, Any] = {}  # noqa: RUF012  of both
    parameter: str = ""


NAMES = {
    "linear": Name("Identity", jax="identity"),
    "relu": Name("ReLU"),
    "sigmoid": Name("Sigmoid"),
    "tanh": Name("Tanh"),
    "softplus": Name("Softplus", {"threshold": 40}),  # PyTorch's 20 would be off by 2e-9
    "softsign": Name("Softsign", jax="soft_sign"),
    "silu": Name("SiLU"),
    "selu": Name("SELU"),
    "gelu": Name("GELU", {"approximate": "tanh"}, given={"approximate": True}),
    "hard_sigmoid": Name("Hardsigmoid"),
    "leaky_relu": Name("LeakyReLU", parameter="negative_slope"),
    "elu": Name("ELU", parameter="alpha"),
    "softmax": Name("Softmax", {"dim": -1}),
}


def _name(layer: Any) -> tuple[str, Name, dict[str, Any]]:
    """A layer's activation: our name, its names elsewhere, its parameter."""
    function = layer._function if hasattr(layer, "_function") else activations.get(layer.activation)
    if function.name not in NAMES:
        known = ", ".join(NAMES)
        raise ModelError(f"{layer!r} has an activation without a counterpart there. Known are {known}.")
    name = NAMES[function.name]
    return function.name, name, {name.parameter: function.parameter} if name.parameter else {}


def _layers(model: Any, known: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The model's layers, each with what makes it elsewhere."""
    if model.inputs is None:
        raise ModelError("The model has no weights yet. Say input_dim of its first layer, or train it first.")
    found = []
    for layer in model.layers:
        makers = [known[kind.__name__] for kind in type(layer).__mro__ if kind.__name__ in known]
        if not makers:
            raise ModelError(f"{layer!r} has no counterpart there. Known are {', '.join(known)}.")
        found.append((layer, makers[0]))
    return found


def _library(name: str, extra: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtra(f'to_{extra}() needs {name}: pip install "chalkgrad[{extra}]"') from None


# ── PyTorch ───────────────────────────────────────────────────────────────────────────────────────


def to_torch(model: Any) -> Any:
    """See `Sequential.to_torch`."""
    torch = _library("torch", "torch")
    parts = [part for layer, make in _layers(model, TORCH) for part in make(torch, layer)]
    return torch.nn.Sequential(*parts).eval()


def _torch_filled(torch: Any, kind: str, arrays: dict[str, Any], *sizes: int, **given: Any) -> Any:
    """A module of PyTorch with these arrays, without a draw from its random generator."""
    made = torch.nn.utils.skip_init(getattr(torch.nn, kind), *sizes, dtype=torch.float64, **given)
    state = {name: torch.tensor(np.ascontiguousarray(array)) for name, array in arrays.items()}
    made.load_state_dict(made.state_dict() | state)
    return made


def _torch_linear(torch: Any, layer: Any) -> Any:
    kernel, *bias = layer.get_weights()
    arrays = {"weight": kernel.T} | ({"bias": bias[0]} if bias else {})
    return _torch_filled(torch, "Linear", arrays, *kernel.shape, bias=bool(bias))


def _torch_activation(torch: Any, layer: Any) -> list[Any]:
    ours, name, parameter = _name(layer)
    return [] if ours == "linear" else [getattr(torch.nn, name.torch)(**name.torch_given, **parameter)]


def _torch_norm(torch: Any, layer: Any) -> list[Any]:
    gamma, beta, mean, variance = _normalizer(layer)
    arrays = {"weight": gamma, "bias": beta, "running_mean": mean, "running_var": variance}
    given = {"eps": layer.epsilon, "momentum": 1 - layer.momentum}
    return [_torch_filled(torch, "BatchNorm1d", arrays, layer.inputs, **given)]


TORCH: dict[str, Callable[[Any, Any], list[Any]]] = {
    "Layer": lambda torch, layer: [_torch_linear(torch, layer), *_torch_activation(torch, layer)],
    "Activation": _torch_activation,
    "PReLU": lambda torch, layer: [
        _torch_filled(torch, "PReLU", {"weight": layer.get_weights()[0]}, num_parameters=layer.inputs)
    ],
    "Maxout": lambda torch, layer: [_torch_linear(torch, layer), torch.nn.MaxPool1d(layer.pieces)],
    "Dropout": lambda torch, layer: [torch.nn.Dropout(layer.rate)],
    "BatchNormalization": _torch_norm,
}


def _normalizer(layer: Any) -> list[Any]:
    """γ, β, mean and variance, also where γ or β is not learned."""
    arrays = list(layer.get_weights())
    if not layer.scale:
        arrays.insert(0, np.ones(layer.inputs))
    if not layer.center:
        arrays.insert(1, np.zeros(layer.inputs))
    return arrays


# ── Keras ─────────────────────────────────────────────────────────────────────────────────────────


def to_keras(model: Any) -> Any:
    """See `Sequential.to_keras`."""
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ:  # Keras would insist on TensorFlow
        found = [name for name in ("tensorflow", "torch", "jax") if importlib.util.find_spec(name)]
        os.environ.update({"KERAS_BACKEND": found[0]} if found else {})
    keras = _library("keras", "keras")
    parts = [part for layer, make in _layers(model, KERAS) for part in make(keras, layer)]
    made = keras.Sequential([keras.Input((model.inputs,)), *parts])
    made.set_weights(model.get_weights())
    return made


def _keras_activation(keras: Any, layer: Any) -> Any:
    ours, name, parameter = _name(layer)
    function = getattr(keras.activations, name.keras or ours)
    given = name.given | parameter
    return (lambda x: function(x, **given)) if given else function


def _keras_dense(keras: Any, layer: Any, units: int, activation: Any) -> Any:
    bias = len(layer.get_weights()) == 2
    return keras.layers.Dense(units, activation=activation, use_bias=bias)


def _keras_maxout(keras: Any, layer: Any) -> list[Any]:
    pieces = keras.layers.Reshape((layer.units, layer.pieces))
    most = keras.layers.GlobalMaxPooling1D(data_format="channels_first")
    return [_keras_dense(keras, layer, layer.units * layer.pieces, None), pieces, most]


KERAS: dict[str, Callable[[Any, Any], list[Any]]] = {
    "Layer": lambda keras, layer: [_keras_dense(keras, layer, layer.units, _keras_activation(keras, layer))],
    "Activation": lambda keras, layer: [keras.layers.Activation(_keras_activation(keras, layer))],
    "PReLU": lambda keras, layer: [keras.layers.PReLU()],
    "Maxout": _keras_maxout,
    "Dropout": lambda keras, layer: [keras.layers.Dropout(layer.rate)],
    "BatchNormalization": lambda keras, layer: [
        keras.layers.BatchNormalization(
            momentum=layer.momentum,
            epsilon=layer.epsilon,
            center=layer.center,
            scale=layer.scale,
        )
    ],
}


# ── JAX ───────────────────────────────────────────────────────────────────────────────────────────


def to_jax(model: Any) -> tuple[Callable[[Any, Any], Any], list[Any]]:
    """See `Sequential.to_jax`."""
    jax = _library("jax", "jax")
    steps = [(make(jax, layer), len(layer.tensors())) for layer, make in _layers(model, JAX)]

    def predict(parameters: Any, X: Any) -> Any:
        rest, x = list(parameters), jax.numpy.asarray(X)
        for step, count in steps:
            x, rest = step(x, *rest[:count]), rest[count:]
        return x

    return predict, model.get_weights()


def _jax_linear(x: Any, kernel: Any, *bias: Any) -> Any:
    return x @ kernel + (bias[0] if bias else 0)


def _jax_dense(jax: Any, layer: Any) -> Callable[..., Any]:
    function = _jax_activation(jax, layer)
    return lambda x, *weights: function(_jax_linear(x, *weights))


def _jax_activation(jax: Any, layer: Any) -> Callable[..., Any]:
    ours, name, parameter = _name(layer)
    function, given = getattr(jax.nn, name.jax or ours), name.given | parameter
    return lambda x: function(x, **given)


def _jax_maxout(jax: Any, layer: Any) -> Callable[..., Any]:
    shape = layer.units, layer.pieces
    return lambda x, *weights: _jax_linear(x, *weights).reshape(len(x), *shape).max(-1)


def _jax_norm(jax: Any, layer: Any) -> Callable[..., Any]:
    def normal(x: Any, *weights: Any) -> Any:
        *learned, mean, variance = weights
        x = (x - mean) / jax.numpy.sqrt(variance + layer.epsilon)
        x = x * learned.pop(0) if layer.scale else x
        return x + learned.pop(0) if layer.center else x

    return normal


JAX: dict[str, Callable[[Any, Any], Callable[..., Any]]] = {
    "Layer": _jax_dense,
    "Activation": _jax_activation,
    "PReLU": lambda jax, layer: lambda x, a: jax.numpy.where(x > 0, x, a * x),
    "Maxout": _jax_maxout,
    "Dropout": lambda jax, layer: lambda x: x,
    "BatchNormalization": _jax_norm,
}
