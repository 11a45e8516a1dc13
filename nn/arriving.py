"""A model of PyTorch or Keras as one of ours, with its weights: to step it on the board, to draw it for one sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np

from nn.activation_layers import Activation
from nn.dense import Dense
from nn.errors import ModelError
from nn.export.registry import ENTRIES, Reader, Unlike
from nn.module import Module
from nn.training.sequential import Sequential
from nn.types import Array, Seed


def from_torch(module: Any, rng: Seed = None) -> Sequential:
    """The same model as a `torch.nn.Sequential`, nested ones and single layers too; its weights as doubles.

    A linear layer and the activation behind it become one `Dense`. Compile it to train it further.

    Args:
        module: of Linear, activations, Dropout, BatchNorm1d, PReLU and Flatten.
        rng: a seed or generator for what is random in training.

    Raises:
        ModelError: a layer or an option that has no counterpart here.
    """
    layers = list(_torch_layers(module, ""))
    first = next((x.in_features for _, x in layers if type(x).__name__ == "Linear"), None)
    if first is None:
        raise ModelError("from_torch needs a Linear layer, which says how many inputs there are. Give a Sequential.")
    readers = {name: reader for entry in ENTRIES.values() for name, reader in entry.of_torch.items()}
    ours = [_read("from_torch", readers, path, layer) for path, layer in layers]
    for mine, (_, layer) in zip(ours, layers, strict=True):
        mine.trainable = all(x.requires_grad for x in layer.parameters())
    return _model(ours, [_torch_arrays(layer) for _, layer in layers], int(first), rng)


def _torch_layers(module: Any, path: str) -> Iterator[tuple[str, Any]]:
    if type(module).__name__ != "Sequential":
        yield path or "the model", module
        return
    for name, child in module.named_children():
        yield from _torch_layers(child, f"{path}.{name}".lstrip("."))


def _torch_arrays(module: Any) -> list[Array]:
    names = ("weight", "bias", "running_mean", "running_var")
    tensors = [x for name in names if (x := getattr(module, name, None)) is not None]
    arrays = [np.array(x.detach().cpu().double().numpy()) for x in tensors]
    return [array.T for array in arrays]


def from_keras(model: Any, rng: Seed = None) -> Sequential:
    """The same model as a `keras.Sequential` or a chain of a `keras.Model`, with its weights as doubles.

    Nested Sequentials, regularizers, and what is frozen come with it.

    Args:
        model: built, of Dense, Activation and the activation layers, Dropout, BatchNormalization and Flatten.
        rng: a seed or generator for what is random in training.

    Raises:
        ModelError: a layer or an option that has no counterpart here, or a model without weights yet.
    """
    layers = list(_keras_layers(model))
    if not getattr(model, "built", False) or not layers:
        raise ModelError("The Keras model has no weights yet. Give it an Input, or call it once.")
    readers = {name: reader for entry in ENTRIES.values() for name, reader in entry.of_keras.items()}
    ours = [_read("from_keras", readers, repr(layer.name), layer) for layer in layers]
    for mine, layer in zip(ours, layers, strict=True):
        mine.trainable = bool(layer.trainable)
    keras = import_module("keras")  # which is imported, or there would be no model
    arrays = [[np.array(keras.ops.convert_to_numpy(w.value), float) for w in layer.weights] for layer in layers]
    return _model(ours, arrays, int(model.input_shape[-1]), rng)


def _keras_layers(model: Any) -> Iterator[Any]:
    kind = type(model).__name__
    if kind not in ("Sequential", "Functional"):
        raise ModelError(f"from_keras takes a keras.Sequential, got {kind}. Put its layers into one.")
    for before, after in pairwise(model.layers if kind == "Functional" else ()):
        if hasattr(after, "layers") or after.input is not before.output:
            raise ModelError(
                f"from_keras takes one chain of layers, and {after.name!r} is not called on what {before.name!r} gives "
                "alone. Put layers of such a chain into a keras.Sequential."
            )
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _keras_layers(layer)
        elif type(layer).__name__ != "InputLayer":
            yield layer


def _read(who: str, readers: Mapping[str, Reader], path: str, layer: Any) -> Module:
    kind = type(layer).__name__
    if kind not in readers:
        raise ModelError(f"{who} knows no {kind} ({path}). It takes {', '.join(readers)}, in a Sequential.")
    try:
        return readers[kind](layer)
    except Unlike as error:
        raise ModelError(f"{kind} ({path}) has {error}, which this package lacks. Replace it before {who}.") from None


def _model(layers: list[Module], arrays: list[list[Array]], inputs: int, rng: Seed) -> Sequential:
    """A model of layers with their arrays; a dense layer takes the activation behind it."""
    for before, after in pairwise(list(layers)):
        if isinstance(before, Dense) and before.activation == "linear" and type(after) is Activation:
            before.activate, before.activation = after.activate, after.activation
            layers.remove(after)
    model = Sequential(layers, rng=rng)
    model.build(inputs)
    shapes = [tensor.shape for tensor in model.tensors().values()]
    flat = [array for each in arrays for array in each]
    model.set_weights([np.broadcast_to(x, s) if x.size == 1 else x for x, s in zip(flat, shapes, strict=True)])
    return model
