"""Layers elsewhere, one entry each: what a file tells of a layer, and how PyTorch, Keras and JAX write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from nn import activations
from nn.activation_layers import ELU, Activation, Flatten, LeakyReLU, Maxout, PReLU, ReLU, Softmax
from nn.batchnorm import BatchNormalization
from nn.dense import Dense, Layer
from nn.dropout import Dropout
from nn.errors import ModelError
from nn.module import Module
from nn.regularizers import L1L2
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
    "relu6": Name("ReLU6"),
    "hard_tanh": Name("Hardtanh"),
    "hard_silu": Name("Hardswish"),
    "mish": Name("Mish"),
    "log_sigmoid": Name("LogSigmoid"),
    "leaky_relu": Name("LeakyReLU", parameter="negative_slope"),
    "elu": Name("ELU", parameter="alpha"),
    "celu": Name("CELU", parameter="alpha"),
    "softmax": Name("Softmax", {"dim": -1}),
    "log_softmax": Name("LogSoftmax", {"dim": -1}),
}


def _named(layer: Layer | Activation) -> tuple[str, Name, dict[str, Any]]:
    """A layer's activation: our name, its names elsewhere, its parameter."""
    function = layer.activate
    name = ACTIVATIONS[function.name]
    return function.name, name, {name.parameter: function.parameter} if name.parameter else {}


def _mathematical(layer: Layer | Activation, *modules: ModuleType) -> Callable[..., Part] | None:
    """The function of another library that an activation is called like, as `sin`, which none has as an activation.

    Raises:
        ModelError: there is none.
    """
    name = layer.activate.name
    if name in ACTIVATIONS:
        return None
    row: Any = activations.ROWS.get(name)  # not a function of the user's own
    if row is not None and layer.activate.function is row:
        for spelling in (name, *getattr(row, "aliases", ()), f"arc{name[1:]}"):
            for module in modules:
                if callable(function := getattr(module, spelling, None)):
                    return function  # type: ignore[no-any-return]
    known = ", ".join(ACTIVATIONS)
    raise ModelError(f"The activation of {layer!r} has no counterpart in that library. Choose one of {known}.")


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
    function = _mathematical(layer, torch)
    if function:
        kind = type(layer.activate.name, (torch.nn.Module,), {"forward": lambda self, x: function(x)})
        return [kind()]
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
    if function := _mathematical(layer, keras.ops):
        return function
    ours, name, parameter = _named(layer)
    return _with(getattr(keras.activations, ours), name.options | parameter)


def keras_largest(keras: ModuleType, layer: Maxout) -> list[Part]:
    pieces = keras.layers.Reshape((layer.units, layer.pieces))
    return [pieces, keras.layers.GlobalMaxPooling1D(data_format="channels_first")]


def jax_activation(jax: ModuleType, layer: Layer | Activation) -> Callable[..., Part]:
    if function := _mathematical(layer, jax.numpy, jax.lax):
        return function
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


# ── the way in ────────────────────────────────────────────────────────────────────────────────────

Reader: TypeAlias = Callable[[Any], Module]  # of a layer elsewhere one of ours, without its numbers
OURS = {name.torch: ours for ours, name in ACTIVATIONS.items()}


class Unlike(Exception):
    """What a layer elsewhere has that ours lacks, as an end of "Linear has …"."""


def of_torch_activation(module: Any) -> Activation:
    kind = type(module).__name__
    ours = OURS[kind]
    odd = {
        "GELU": getattr(module, "approximate", "none") != "none", "Softplus": getattr(module, "beta", 1) != 1,
        "Hardtanh": (getattr(module, "min_val", -1), getattr(module, "max_val", 1)) != (-1, 1),
    }  # fmt: skip
    if odd.get(kind):
        raise Unlike(f"the arguments {module}")
    parameter = ACTIVATIONS[ours].parameter
    return Activation(f"{ours}({float(getattr(module, parameter))!r})" if parameter else ours)


def of_torch_norm(module: Any) -> BatchNormalization:
    if module.momentum is None or module.running_mean is None:
        raise Unlike("no running averages with a momentum")
    momentum, learned = 1 - module.momentum, module.affine
    return BatchNormalization(momentum, module.eps, center=learned, scale=learned)


def of_keras_dense(layer: Any) -> Dense:
    if layer.kernel_constraint or layer.bias_constraint or layer.activity_regularizer:
        raise Unlike("a constraint or an activity_regularizer")
    penalties = (_penalty(layer.kernel_regularizer), _penalty(layer.bias_regularizer))
    activation = of_keras_function(layer.activation)
    return Dense(
        layer.units, None, activation, use_bias=layer.use_bias,
        kernel_regularizer=penalties[0], bias_regularizer=penalties[1],
    )  # fmt: skip


def _penalty(regularizer: Any) -> L1L2 | None:
    if regularizer is None:
        return None
    if type(regularizer).__name__ not in ("L1", "L2", "L1L2"):
        raise Unlike(f"the regularizer {type(regularizer).__name__}")
    return L1L2(float(getattr(regularizer, "l1", 0) or 0), float(getattr(regularizer, "l2", 0) or 0))


def of_keras_function(function: Any) -> str:
    """The name of one of Keras' own activations."""
    name = getattr(function, "__name__", "")
    if name not in activations.NAMES or not getattr(function, "__module__", "").startswith("keras."):
        raise Unlike(f"the activation {name or function!r}")
    return str(name)


def of_keras_relu(layer: Any) -> Activation:
    if layer.threshold or layer.max_value not in (None, 6) or (layer.max_value and layer.negative_slope):
        raise Unlike("a threshold or a max_value that is not 6")
    return ReLU(layer.max_value, float(layer.negative_slope))


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
        of_torch, of_keras: the way in: from the names of classes there what makes a layer of ours.
    """

    torch: Callable[[ModuleType, Any], list[Part]]
    keras: Callable[[ModuleType, Any], list[Part]]
    jax: Callable[[ModuleType, Any], Callable[..., Part]]
    fields: Mapping[str, str] = field(default_factory=dict)
    sizes: tuple[str, ...] | None = None
    constants: Mapping[str, object] = field(default_factory=dict)
    of_torch: Mapping[str, Reader] = field(default_factory=dict)
    of_keras: Mapping[str, Reader] = field(default_factory=dict)


def _same(*names: str) -> dict[str, str]:
    return dict(zip(names, names, strict=True))


LINEAR = ("use_bias", "expand", "kernel_regularizer", "bias_regularizer")
NORM = _same("momentum", "epsilon", "center", "scale")
TYPES: Mapping[str, type | tuple[type, ...]] = (  # for a file, of fields that a layer's own class does not check
    dict.fromkeys(("trainable", "use_bias", "expand", "center", "scale"), bool)
    | dict.fromkeys(("momentum", "epsilon", "negative_slope", "alpha"), (int, float))
    | {"max_value": (int, float, type(None))}
    | dict.fromkeys(("name", "activation"), str)
    | dict.fromkeys(("kernel_regularizer", "bias_regularizer"), dict)
)
DENSE = Entry(
    torch=lambda torch, layer: [torch_linear(torch, layer), *torch_activation(torch, layer)],
    keras=lambda keras, layer: [keras_dense(keras, layer, layer.units, keras_activation(keras, layer))],
    jax=jax_dense,
    fields=_same("units", "activation", *LINEAR),
    sizes=("units",),
    of_torch={"Linear": lambda module: Dense(module.out_features, use_bias=module.bias is not None)},
    of_keras={"Dense": of_keras_dense},
)
ACTIVATION = Entry(
    torch=torch_activation,
    keras=lambda keras, layer: [keras.layers.Activation(keras_activation(keras, layer))],
    jax=jax_activation,
    fields=_same("activation"),
    of_torch=dict.fromkeys(OURS, of_torch_activation),
    of_keras={"Activation": lambda layer: Activation(of_keras_function(layer.activation))},
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
    Softmax: replace(ACTIVATION, fields={}, of_torch={}, of_keras={"Softmax": lambda layer: Softmax()}),
    ReLU: replace(
        ACTIVATION, fields=_same("max_value", "negative_slope"), of_torch={}, of_keras={"ReLU": of_keras_relu}
    ),
    LeakyReLU: replace(
        ACTIVATION, fields=_same("negative_slope"), of_torch={},
        of_keras={"LeakyReLU": lambda layer: LeakyReLU(float(layer.negative_slope))},
    ),
    ELU: replace(
        ACTIVATION, fields=_same("alpha"), of_torch={}, of_keras={"ELU": lambda layer: ELU(float(layer.alpha))}
    ),
    Flatten: Entry(
        torch=lambda torch, layer: [torch.nn.Flatten()],
        keras=lambda keras, layer: [keras.layers.Flatten()],
        jax=lambda jax, layer: lambda x: x,
        of_torch={"Flatten": lambda module: Flatten()},
        of_keras={"Flatten": lambda layer: Flatten()},
    ),
    PReLU: Entry(
        torch=lambda torch, layer: [
            torch_filled(torch, "PReLU", {"weight": layer.get_weights()[0]}, num_parameters=layer.inputs)
        ],
        keras=lambda keras, layer: [keras.layers.PReLU()],
        jax=lambda jax, layer: lambda x, alpha: jax.numpy.where(x > 0, x, alpha * x),
        sizes=(),
        of_torch={"PReLU": lambda module: PReLU()},
        of_keras={"PReLU": lambda layer: PReLU()},
    ),
    Dropout: Entry(
        torch=lambda torch, layer: [torch.nn.Dropout(layer.rate)],
        keras=lambda keras, layer: [keras.layers.Dropout(layer.rate)],
        jax=lambda jax, layer: lambda x: x,
        fields=_same("rate"),
        of_torch={"Dropout": lambda module: Dropout(module.p)},
        of_keras={"Dropout": lambda layer: Dropout(layer.rate)},
    ),
    BatchNormalization: Entry(
        torch=lambda torch, layer: [torch_norm(torch, layer)],
        keras=lambda keras, layer: [keras.layers.BatchNormalization(**{x: getattr(layer, x) for x in NORM})],
        jax=jax_norm,
        fields=NORM,
        sizes=(),
        of_torch={"BatchNorm1d": of_torch_norm},
        of_keras={"BatchNormalization": lambda layer: BatchNormalization(**{x: getattr(layer, x) for x in NORM})},
    ),
}  # fmt: skip
KINDS = {kind.__name__: kind for kind in ENTRIES}
