"""The same model in JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nn.export.registry import layers, library
from nn.module import Module
from nn.types import Array


def to_jax(model: Module) -> tuple[Callable[[Sequence[Any], Any], Any], list[Array]]:
    """The same model as a pure function `predict(parameters, X)` to jit and differentiate, and its parameters.

    `parameters` is a list of arrays, as `get_weights` returns them; X has shape (n, inputs), the
    predictions (n, units). It calculates in the precision that JAX is set to.

    Raises:
        ModelError: a layer or activation without a counterpart in JAX.
        MissingExtra: JAX is not installed.
    """
    jax = library("jax")
    steps = [(entry.jax(jax, layer), len(layer.tensors())) for layer, entry in layers(model)]

    def predict(parameters: Sequence[Any], X: Any) -> Any:
        rest, x = list(parameters), jax.numpy.asarray(X)
        for step, count in steps:
            x, rest = step(x, *rest[:count]), rest[count:]
        return x

    return predict, model.get_weights()
