"""A model as a file and back: what the layers are as JSON, their numbers as NumPy arrays, never a pickle.

A file is read as a stranger's: nothing is allocated before the bytes that fill it are seen to be there.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import nn
from autograd import ChalkgradError, FileError
from autograd.files import write_whole
from nn import activations, regularizers
from nn.errors import ModelError
from nn.module import Module

FORMAT, VERSION = "chalkgrad model", 1
DESCRIPTION = "model.json"
MOST_TEXT = 1_000_000  # bytes of the description
HEADER = re.compile(  # as NumPy writes it; no parser of Python's words is let near it
    rb"\x93NUMPY\x01\x00..\{'descr': '<f8', 'fortran_order': False, 'shape': \(([0-9, ]{0,60})\), \} *\n", re.DOTALL
)

# Of each class in `nn` what its constructor is given, and the attribute that knows it; "inputs" stands beside.
DENSE = {"units": "units", "activation": "activation", "use_bias": "use_bias", "expand": "expand"}
KINDS: dict[str, dict[str, str]] = {
    "Dense": DENSE,
    "Layer": DENSE,
    "Maxout": {"units": "units", "pieces": "pieces", "use_bias": "linear.use_bias", "expand": "linear.expand"},
    "Activation": {"activation": "activation"},
    "Softmax": {},
    "PReLU": {},
    "Dropout": {"rate": "rate"},
    "BatchNormalization": {"momentum": "momentum", "epsilon": "epsilon", "center": "center", "scale": "scale"},
}
PENALTIES = ("kernel_regularizer", "bias_regularizer")


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def save(model: Any, path: str | os.PathLike[str]) -> Path:
    """Write a model; see `Sequential.save`."""
    path = Path(path)
    if path.suffix.lower() != ".npz":
        raise FileError(f"'{path}' has no known ending. Choose .npz.")
    layers = [described(layer) for layer in model.layers]
    text = json.dumps({"format": FORMAT, "version": VERSION, "name": model.name, "layers": layers}, indent=1)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr(zipfile.ZipInfo(DESCRIPTION), text)
        for name, array in zip(model.tensors(), model.get_weights(), strict=True):
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(array, "<f8"), (1, 0), allow_pickle=False)
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), data.getvalue())
    write_whole(path, whole.getvalue())
    return path


def described(layer: Module) -> dict[str, Any]:
    """A layer in JSON's terms: its class, and what makes another one."""
    kind = type(layer).__name__
    if kind not in KINDS or getattr(nn, kind) is not type(layer):
        raise ModelError(f"{layer!r} is of a class that no file knows. Save its get_weights() with np.savez.")
    if layer.inputs is None:
        raise ModelError(f"{layer!r} has no weights yet. Say input_dim, or train the model, before you save it.")
    found: dict[str, Any] = {"kind": kind, "name": layer.name, "inputs": layer.inputs, "trainable": layer.trainable}
    found |= {argument: _attribute(layer, place) for argument, place in KINDS[kind].items()}
    activation = found.get("activation")
    if activation is not None:
        _named(layer, activation)
    dense = getattr(layer, "linear", layer)
    for name, penalty in zip(PENALTIES, getattr(dense, "_regularizers", ()), strict=False):
        if penalty is not None:
            if not isinstance(penalty, regularizers.L1L2):
                raise ModelError(
                    f"{layer!r} has a {name} of its own, which no file knows. Take L1L2, or save it apart."
                )
            found[name] = {"l1": penalty.l1, "l2": penalty.l2}
    return found


def _attribute(layer: Any, place: str) -> Any:
    for name in place.split("."):
        layer = getattr(layer, name)
    return layer


def _named(layer: Any, activation: str) -> None:
    """Refuse a function of the user's own, whose name says nothing to `load`."""
    try:
        known = activations.get(activation)
    except ModelError:
        known = None
    given: Any = getattr(layer, "_function", known)
    if known is None or given[:2] != known[:2] or _code(given.function) is not _code(known.function):
        raise ModelError(f"{layer!r} has an activation of its own, which no file knows. Take one by its name.")


def _code(function: Any) -> Any:
    """What tells a function from another of its name: functions with a parameter are made anew each time."""
    return getattr(function, "__code__", function)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────


class Foreign(Exception):
    """Why a file is not a model."""


def load(path: str | os.PathLike[str], rng: Any = None) -> Any:
    """The model that `Sequential.save` wrote: its layers and weights; compile it anew to train it.

    Nothing in the file is run, whoever made it.

    Args:
        path: the file.
        rng: a seed or generator for what is random in training it further.

    Returns:
        A `Sequential`.

    Raises:
        FileError: the file cannot be read, is damaged, or is not such a model.
    """
    path = Path(path)
    try:
        return _model(*_read(path), rng)
    except Foreign as error:
        why = str(error)
    except OSError as error:
        raise FileError(f"'{path}' cannot be read: {error.strerror or error}. Give a saved model's path.") from None
    except ChalkgradError as error:
        why = str(error).rstrip(".")
    raise FileError(f"'{path}' is not a saved model: {why}. Give a file that model.save wrote.")


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The description, and the arrays by name."""
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as file:
            members = file.infolist()
            if sum(member.file_size for member in members) > size or any(
                m.compress_type or m.flag_bits & 1 for m in members
            ):
                raise Foreign("it is compressed, encrypted, or holds more than its size")
            if DESCRIPTION not in (names := [member.filename for member in members]) or len(set(names)) < len(names):
                raise Foreign(f"it has no {DESCRIPTION}, or a name twice")
            if file.getinfo(DESCRIPTION).file_size > MOST_TEXT:
                raise Foreign(f"its {DESCRIPTION} is larger than {MOST_TEXT} bytes")
            description = json.loads(file.read(DESCRIPTION))
            arrays = {name.removesuffix(".npy"): _array(name, file.read(name)) for name in names if name != DESCRIPTION}
    except zipfile.BadZipFile as error:
        raise Foreign(f"it is no whole ZIP archive ({error})") from None
    except (ValueError, RecursionError, NotImplementedError, EOFError) as error:  # of zipfile and json
        raise Foreign(f"it is damaged ({type(error).__name__}: {error})") from None
    return description, arrays


def _array(name: str, data: bytes) -> Any:
    """An array of doubles in NumPy's format; its header must tell exactly the bytes that follow."""
    head = HEADER.match(data)
    if not head:
        raise Foreign(f"{name} is no array of doubles in C order")
    shape = tuple(int(n) for n in head[1].decode().split(",") if n.strip())
    if math.prod(shape) * 8 != len(data) - head.end():
        raise Foreign(f"{name} has {len(data) - head.end()} bytes, not the numbers of its shape {shape}")
    return np.frombuffer(data, "<f8", offset=head.end()).reshape(shape)


def _model(description: Any, arrays: dict[str, Any], rng: Any) -> Any:
    """The model of a description, once it is known to be one and no larger than the arrays."""
    layers = description.get("layers") if isinstance(description, dict) else None
    if not isinstance(layers, list) or description.get("format") != FORMAT:
        raise Foreign(f"its {DESCRIPTION} does not describe one")
    if description.get("version") != VERSION:
        raise Foreign(f"its version is {description.get('version')!r}, this package reads {VERSION}")
    if sum(map(_numbers, layers)) > sum(array.size for array in arrays.values()):
        raise Foreign("its layers have more numbers than the file")
    model = nn.Sequential(map(_layer, layers), str(description.get("name", "")), rng)
    names = list(model.tensors())
    if set(names) != set(arrays):
        raise Foreign(f"it has arrays {sorted(arrays)}, but its layers need {sorted(names)}")
    model.set_weights([arrays[name] for name in names])
    return model


def _numbers(config: Any) -> int:
    """At least how many numbers a layer of this description holds."""
    kind = config.get("kind") if isinstance(config, dict) else config
    if not isinstance(kind, str) or kind not in KINDS:
        raise Foreign(f"there is no layer {kind!r}; there are {', '.join(KINDS)}")
    sizes = [config.get("inputs"), config.get("units", 0), config.get("pieces", 1)]
    if not all(type(n) is int for n in sizes):
        raise Foreign(f"the sizes of its {config['kind']} are no whole numbers")
    inputs, units, pieces = map(int, sizes)
    if "units" in config:
        return inputs * units * pieces
    return inputs if kind in ("PReLU", "BatchNormalization") else 0


def _layer(config: dict[str, Any]) -> Module:
    """A layer of its description, without weights."""
    given = {name: config[name] for name in KINDS[config["kind"]] if name in config}
    try:
        penalties = {name: regularizers.L1L2(**config[name]) for name in PENALTIES if name in config}
        if config["kind"] == "Layer":
            given["inputs"] = None
        layer: Module = getattr(nn, config["kind"])(name=str(config["name"]), **given, **penalties)
        layer.build(config["inputs"])
        layer.trainable = bool(config["trainable"])
    except (TypeError, KeyError, AttributeError) as error:
        raise Foreign(f"its {config['kind']} is not described as one ({error})") from None
    return layer
