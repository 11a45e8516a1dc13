"""What Python gives a playground beside its link: rows of data as text, and a model's layers and weights."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike

import nn
from autograd import DrawingError, FileError, ShapeError
from nn import activations
from nn.export.saving import DESCRIPTION
from nn.module import Module
from viz.playgrounds import mathematics

Data: TypeAlias = str | os.PathLike[str] | tuple[ArrayLike, ArrayLike]
MOST_CHARACTERS = 1_000_000  # of a file of data
ENDINGS = {
    "tanh": "two classes",
    "linear": "a regression",
    "softmax": "more classes",
}  # of a model, and what each is for


def table(data: Data) -> str:
    """Rows as text: those of a CSV file, or of X and y.

    Raises:
        FileError: the file cannot be read. ShapeError: X is no table with two columns, or y has another length.
        DrawingError: too much data, or numbers that are not finite.

    Example:
        >>> table(([[1, 2], [3, 4]], ["a", "b"]))
        'x_1,x_2,y\\n1.0,2.0,a\\n3.0,4.0,b\\n'
    """
    text = _rows(*data) if isinstance(data, tuple) else _read(Path(data))
    if len(text) > MOST_CHARACTERS:
        raise DrawingError(
            f"The data have {len(text):,} characters, a page at most {MOST_CHARACTERS:,}. Give fewer rows."
        )
    return text


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise FileError(f"'{path}' cannot be read: {error.strerror or error}. Give a CSV file's path.") from None
    except UnicodeDecodeError:
        raise FileError(f"'{path}' is no text in UTF-8. Give a CSV file's path.") from None


def _rows(X: ArrayLike, y: ArrayLike) -> str:
    inputs, targets = np.asarray(X, float), np.asarray(y)
    if inputs.ndim != 2 or inputs.shape[1] < 2 or targets.shape != inputs.shape[:1]:
        got = f"X has shape {inputs.shape}, y {targets.shape}"
        raise ShapeError(f"A playground needs X of shape (n, 2) or wider and y of shape (n,); {got}. Reshape them.")
    if not np.isfinite(inputs).all():
        row = int(np.argmin(np.isfinite(inputs).all(axis=1)))
        raise DrawingError(f"X is {inputs[row].tolist()} in row {row}. Remove the row, or fill the gap.")
    names = [*(f"x_{i}" for i in range(1, inputs.shape[1] + 1)), "y"]
    rows = (
        [*map(repr, row), _cell(str(target))] for row, target in zip(inputs.tolist(), targets.tolist(), strict=True)
    )
    return "".join(",".join(row) + "\n" for row in [names, *rows])


def _cell(text: str) -> str:
    """A text in a cell; one with a separator has quotes."""
    plain = text.replace('"', "'").replace("\n", " ")
    return f'"{plain}"' if "," in plain else plain


def network(model: Module | str | os.PathLike[str]) -> dict[str, Any]:
    """A model's sizes, the activations of its hidden layers, its ending, and a list for each neuron, bias first.

    Raises:
        FileError: a file that holds no model. DrawingError: a model that is no such network.

    Example:
        >>> network(nn.MLP(2, [3, 1], activation="tanh", rng=0))["sizes"]
        [2, 3, 1]
    """
    layers = _layers(nn.load(model) if isinstance(model, str | os.PathLike) else model)
    arrays = [layer.tensors() for layer in layers]
    kernels = [np.array([[float(w.data) for w in row] for row in array["kernel"]]) for array in arrays]
    biases = [[float(b.data) for b in array.get("bias", np.empty(0))] for array in arrays]
    sizes = [kernels[0].shape[0], *(kernel.shape[1] for kernel in kernels)]
    names = [activations.get(layer.activation).name for layer in layers]
    _check(sizes, names)
    return {
        "sizes": sizes,
        "activations": names[:-1],
        "ending": names[-1],
        "weights": [
            [bias, *column]
            for kernel, own in zip(kernels, biases, strict=True)
            for bias, column in zip(own or [0.0] * kernel.shape[1], kernel.T.tolist(), strict=True)
        ],
    }


def saved() -> dict[str, Any]:
    """How a saved model is described: the file in its archive, and a layer as an example for the page to change."""
    described = json.loads(nn.Sequential([nn.Dense(1, input_dim=1)], name="playground").to_json())
    return {"file": DESCRIPTION, "layer": described.pop("layers")[0], "model": described}


def _layers(model: Module) -> Sequence[Any]:
    layers = cast(Any, model).layers if hasattr(model, "layers") else ()
    if not layers or not all(isinstance(layer, nn.Dense) for layer in layers):
        raise DrawingError(f"A playground shows dense layers alone, got {model!r}. Give a model of nn.Dense layers.")
    return cast(Sequence[Any], layers)


def _check(sizes: Sequence[int], names: Sequence[str]) -> None:
    """Refuse what the page has no place for."""
    most, known = len(mathematics.INPUTS), mathematics.activations()
    if not 1 <= sizes[0] <= most:
        raise DrawingError(f"The model has {sizes[0]} inputs, a playground at most {most}. Give a smaller model.")
    if strange := [name for name in names[:-1] if name not in known]:
        raise DrawingError(f"A playground has no hidden activation {strange[0]!r}. Choose one of {', '.join(known)}.")
    endings = ("tanh", "linear") if sizes[-1] == 1 else ("softmax", "linear")
    if names[-1] not in endings or sizes[-1] == 2 or sizes[-1] > mathematics.MOST_CLASSES:
        legal = ", ".join(f"{name} ({use})" for name, use in ENDINGS.items())
        got = f"{sizes[-1]} outputs with {names[-1]}"
        raise DrawingError(f"A playground's model ends with 1 output, or 3 to 5 for classes: {legal}; got {got}.")
    if max(sizes) > mathematics.MOST_NEURONS or len(sizes) - 2 > mathematics.MOST_LAYERS:
        limits = f"{mathematics.MOST_LAYERS} hidden layers of {mathematics.MOST_NEURONS} neurons"
        raise DrawingError(f"A playground has at most {limits}, got sizes {list(sizes)}. Give a smaller model.")
