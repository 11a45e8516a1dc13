"""The same model in PyTorch."""

from __future__ import annotations

from typing import Any

from nn.export.registry import layers, library
from nn.module import Module


def to_torch(model: Module) -> Any:
    """The same model as a `torch.nn.Sequential` in double precision, in evaluation mode.

    Raises:
        ModelError: a layer or activation without a counterpart in PyTorch.
        MissingExtra: PyTorch is not installed.
    """
    torch = library("torch")
    modules = [module for layer, entry in layers(model) for module in entry.torch(torch, layer)]
    return torch.nn.Sequential(*modules).eval()
