"""The same model in Keras."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import Any

from nn.export.registry import layers, library
from nn.module import Module


def to_keras(model: Module) -> Any:
    """The same model as a `keras.Sequential`, in the precision of `keras.config.floatx()`, single by default.

    Raises:
        ModelError: a layer or activation without a counterpart in Keras.
        MissingExtra: Keras, or a library that it can calculate with, is not installed.
    """
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ:  # Keras would insist on TensorFlow
        installed = [name for name in ("tensorflow", "torch", "jax") if find_spec(name)]
        os.environ.update({"KERAS_BACKEND": installed[0]} if installed else {})
    keras = library("keras")
    parts = [part for layer, entry in layers(model) for part in entry.keras(keras, layer)]
    theirs = keras.Sequential([keras.Input((model.inputs,)), *parts])
    theirs.set_weights(model.get_weights())
    return theirs
