"""The same model in PyTorch, Keras and JAX."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from autograd import MissingExtra
from nn.errors import ModelError
from nn.export.registry import ENTRIES, KINDS, Entry
from nn.module import Module
from nn.types import Array


def to_torch(model: Module) -> Any:
    """The same model as a `torch.nn.Sequential` in double precision, in evaluation mode.

    Raises:
        ModelError: a layer or activation without a counterpart in PyTorch.
        MissingExtra: PyTorch is not installed.
    """
    torch = _library("torch")
    return torch.nn.Sequential(*(part for layer, entry in _layers(model) for part in entry.torch(torch, layer))).eval()


def to_keras(model: Module) -> Any:
    """The same model as a `keras.Sequential`, in the precision of `keras.config.floatx()`, single by default.

    Raises:
        ModelError: a layer or activation without a counterpart in Keras.
        MissingExtra: Keras, or a library that it can calculate with, is not installed.
    """
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ:  # Keras would insist on TensorFlow
        installed = [name for name in ("tensorflow", "torch", "jax") if find_spec(name)]
        os.environ.update({"KERAS_BACKEND": installed[0]} if installed else {})
    keras = _library("keras")
    parts = [part for layer, entry in _layers(model) for part in entry.keras(keras, layer)]
    theirs = keras.Sequential([keras.Input((model.inputs,)), *parts])
    theirs.set_weights(model.get_weights())
    return theirs


def to_jax(model: Module) -> tuple[Callable[[Sequence[Any], Any], Any], list[Array]]:
    """The same model as a pure function `predict(parameters, X)` to jit and differentiate, and its parameters.

    `parameters` is a list of arrays, as `get_weights` returns them; X has shape (n, inputs), the
    predictions (n, units). It calculates in the precision that JAX is set to.

    Raises:
        ModelError: a layer or activation without a counterpart in JAX.
        MissingExtra: JAX is not installed.
    """
    jax = _library("jax")
    steps = [(entry.jax(jax, layer), len(layer.tensors())) for layer, entry in _layers(model)]

    def predict(parameters: Sequence[Any], X: Any) -> Any:
        rest, x = list(parameters), jax.numpy.asarray(X)
        for step, count in steps:
            x, rest = step(x, *rest[:count]), rest[count:]
        return x

    return predict, model.get_weights()


def _library(name: str) -> ModuleType:
    """Another library, or the error that names its extra."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise MissingExtra(f'to_{name}() needs {name}: pip install "chalkgrad[{name}]"') from None


def _layers(model: Module) -> list[tuple[Module, Entry]]:
    """The model's layers, each with its entry, or that of the class it was derived from."""
    if model.inputs is None:
        raise ModelError("The model has no weights yet. Give input_dim to its first layer, or train it first.")
    return [(layer, _entry(layer)) for layer in model.children().values()]


def _entry(layer: Module) -> Entry:
    for kind in type(layer).__mro__:
        if kind in ENTRIES:
            return ENTRIES[kind]
    raise ModelError(f"{layer!r} has no counterpart in other libraries. Choose one of {', '.join(KINDS)}.")
