"""A model as a file and back: what the layers are as JSON, their numbers as NumPy arrays, never a pickle.

A file is read as a stranger's: nothing is allocated before the bytes that fill it are seen to be there.
"""

from __future__ import annotations

import inspect
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from autograd import ChalkgradError, FileError
from autograd.atomic_files import path_of, write_whole
from nn import activations
from nn.errors import ModelError
from nn.export.registry import ENTRIES, KINDS, TYPES
from nn.module import Module, whole_number
from nn.regularizers import L1L2
from nn.types import Array, Seed

M = TypeVar("M", bound=Module)
T = TypeVar("T")
FORMAT, VERSION = "chalkgrad model", 1
DESCRIPTION = "model.json"
MOST_TEXT = 1_000_000  # bytes of the description
MOST = 100_000_000  # bytes of a file: as Values, its numbers take two gigabytes
HEADER = re.compile(  # as NumPy writes it; no parser of Python's words is let near it
    rb"\x93NUMPY\x01\x00..\{'descr': '<f8', 'fortran_order': False, 'shape': \(([0-9, ]{0,60})\), \} *\n", re.DOTALL
)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """Write layers and weights to a file, whole or not at all; `nn.load` reads it.

    The file is a ZIP archive: model.json says what the layers are, an array in NumPy's format holds
    each kernel and bias, so that `np.load` reads them too. Equal models are equal files.

    Args:
        path: ends in .npz.

    Returns:
        The path.

    Raises:
        ModelError: a layer that is not built yet, a class or function of the user's own.
        FileError: another ending, or a file that cannot be written, or would be too large for `nn.load`.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from nn import MLP, load
        >>> model = MLP(2, [3, 1], rng=0)
        >>> with TemporaryDirectory() as folder:
        ...     again = load(model.save(Path(folder) / "m.npz"))
        >>> again([1.0, 2.0])[0].data == model([1.0, 2.0])[0].data
        True
    """
    return _write(model, path, description(model))


def save_weights(model: Module, filepath: str | os.PathLike[str], overwrite: bool = True) -> Path:
    """Write the numbers alone to a file, whole or not at all; `load_weights` of an equal model reads it.

    Args:
        filepath: ends in .npz; an array holds each kernel and bias, which `np.load` reads too.
        overwrite: whether an earlier file is replaced.

    Returns:
        The path.

    Raises:
        ModelError: the model is not built yet.
        FileError: another ending, or a file that cannot be written, or is there already.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from nn import MLP
        >>> model, other = MLP(2, [3, 1], rng=0), MLP(2, [3, 1], rng=1)
        >>> with TemporaryDirectory() as folder:
        ...     other.load_weights(model.save_weights(Path(folder) / "w.npz"))
        >>> other([1.0, 2.0])[0].data == model([1.0, 2.0])[0].data
        True
    """
    if model.inputs is None:
        raise ModelError("The model has no weights yet. Give input_dim, or train the model, before you save them.")
    if not overwrite and Path(filepath).exists():
        raise FileError(f"'{filepath}' is there already. Choose another name, or overwrite=True.")
    return _write(model, filepath)


def _write(model: Module, path: str | os.PathLike[str], text: str = "") -> Path:
    """A ZIP archive of a description, if there is one, and the arrays."""
    path = path_of(path)
    if path.suffix.lower() != ".npz":
        raise FileError(f"'{path}' has an unknown ending. Choose .npz.")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        if text:
            file.writestr(zipfile.ZipInfo(DESCRIPTION), text)
        for name, array in zip(model.tensors(), model.get_weights(), strict=True):
            data = io.BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(array, "<f8"), (1, 0), allow_pickle=False)
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), data.getvalue())
    if archive.tell() > MOST:
        raise FileError(f"'{path}' would have more than the {MOST} bytes that nn.load reads. Save its get_weights().")
    write_whole(path, archive.getvalue())
    return path


def description(model: Module, **options: Any) -> str:
    """What the layers are, without their numbers, as JSON; `nn.model_from_json` makes a model of it.

    Args:
        options: for `json.dumps`, such as indent=1.

    Raises:
        ModelError: a layer that is not built yet, a class or function of the user's own.

    Example:
        >>> from nn import MLP, model_from_json
        >>> model_from_json(MLP(2, [3, 1]).to_json())
        Sequential([Dense(3, input_dim=2, activation='relu'), Dense(1, input_dim=3, activation='linear')])
    """
    layers = [_described(layer) for layer in model.children().values()]
    told = {"format": FORMAT, "version": VERSION, "name": model.name, "layers": layers}
    return json.dumps(told, **({"indent": 1} | options))


def _described(layer: Module) -> dict[str, Any]:
    """A layer in JSON's terms: its class, and the arguments that make another one."""
    kind = type(layer)
    if kind not in ENTRIES:
        raise ModelError(f"{layer!r} is of a class of your own, which a file cannot hold. Save its get_weights().")
    if layer.inputs is None:
        raise ModelError(f"{layer!r} has no weights yet. Give input_dim, or train the model, before you save it.")
    config: dict[str, Any] = {"kind": kind.__name__, "name": layer.name}
    config |= {"inputs": layer.inputs, "trainable": layer.trainable}
    for argument, attribute in ENTRIES[kind].fields.items():
        value = attrgetter(attribute)(layer)
        if argument == "activation":
            _check_activation(layer)
        if isinstance(value, L1L2):
            value = {"l1": value.l1, "l2": value.l2}
        if callable(value):
            raise ModelError(f"The {argument} of {layer!r} is a function, which a file cannot hold. Use L1L2.")
        if value is not None:
            config[argument] = value
    return config


def _check_activation(layer: Any) -> None:
    """Refuse a function of the user's own, whose name says nothing to `load`."""
    own = layer.activate
    try:
        known = activations.get(layer.activation)
    except ModelError:
        known = None
    if known is None or own[:2] != known[:2] or _code(own.function) is not _code(known.function):
        raise ModelError(f"The activation of {layer!r} is a function, which a file cannot hold. Give one by its name.")


def _code(function: Callable[..., Any]) -> object:
    """What tells a function from another of its name: functions with a parameter are made anew each time."""
    return getattr(function, "__code__", function)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────


class Foreign(Exception):
    """Why a file is not a model."""


def read(path: str | os.PathLike[str], make: Callable[[Iterable[Module], str], M]) -> M:
    """The model of a file, made of its layers and its name; see `nn.load`."""
    return _own(path, lambda told, arrays: _model(told, arrays, make))


def load_weights(model: Module, filepath: str | os.PathLike[str]) -> None:
    """Give a model the numbers of a file that `save_weights` or `save` wrote, whatever its layers are called there.

    Raises:
        FileError: the file cannot be read, is damaged, or holds arrays of other shapes; then nothing is set.
    """

    def fill(told: Any, arrays: dict[str, Array]) -> None:
        shapes, needed = ([x.shape for x in arrays.values()] for arrays in (arrays, model.tensors()))
        if shapes != needed:
            raise Foreign(f"its arrays have shapes {shapes}, those of the model {needed}")
        model.set_weights(list(arrays.values()))

    _own(filepath, fill)


def _own(path: str | os.PathLike[str], use: Callable[[Any, dict[str, Array]], T]) -> T:
    """What is made of the description and the arrays of a file, or why it is none of ours."""
    path = path_of(path)
    try:
        return use(*_contents(path))
    except Foreign as error:
        why = str(error)
    except OSError as error:
        raise FileError(f"'{path}' cannot be read: {error.strerror or error}. Give a saved model's path.") from None
    except ChalkgradError as error:
        why = str(error).rstrip(".")
    raise FileError(f"'{path}' is not a saved model: {why}. Give a file that model.save wrote.")


def parsed(text: str, make: Callable[[Iterable[Module], str], M], rng: np.random.Generator) -> M:
    """The model of a description, its numbers drawn anew; see `nn.model_from_json`."""
    try:
        if not isinstance(text, str):
            raise Foreign("it is no text")
        if len(text) > MOST_TEXT:
            raise Foreign(f"it is longer than {MOST_TEXT} characters")
        told = json.loads(text)
        if sum(map(_numbers, _layers(told))) > MOST // 8:
            raise Foreign(f"its layers have more than {MOST // 8} numbers")
        return make((_layer(layer, rng) for layer in told["layers"]), str(told.get("name", "")))
    except (Foreign, ValueError, RecursionError) as error:  # a ChalkgradError of a layer is a ValueError
        why = str(error).rstrip(".")
    raise ModelError(f"The text does not describe a model: {why}. Give what model.to_json() returned.")


def _contents(path: Path) -> tuple[Any, dict[str, Array]]:
    """The description, None in a file of weights alone, and the arrays by name."""
    size = path.stat().st_size
    if not (path.is_file() or path.is_dir()):
        raise Foreign("it is a device or a pipe")
    if size > MOST:
        raise Foreign(f"it is larger than {MOST} bytes")
    told = None
    try:
        with zipfile.ZipFile(path) as file:
            members = file.infolist()
            if sum(member.file_size for member in members) > size or any(
                m.compress_type or m.flag_bits & 1 for m in members
            ):
                raise Foreign("it is compressed, encrypted, or holds more than its size")
            names = [member.filename for member in members]
            if len(set(names)) < len(names):
                raise Foreign("it has a name twice")
            if DESCRIPTION in names:
                if file.getinfo(DESCRIPTION).file_size > MOST_TEXT:
                    raise Foreign(f"its {DESCRIPTION} is larger than {MOST_TEXT} bytes")
                told = json.loads(file.read(DESCRIPTION))
            arrays = {name.removesuffix(".npy"): _array(name, file.read(name)) for name in names if name != DESCRIPTION}
    except zipfile.BadZipFile as error:
        raise Foreign(f"it is not a whole ZIP archive ({error})") from None
    except (ValueError, RecursionError, NotImplementedError, EOFError) as error:  # of zipfile and json
        raise Foreign(f"it is damaged ({type(error).__name__}: {error})") from None
    return told, arrays


def _array(name: str, data: bytes) -> Array:
    """An array of doubles in NumPy's format; its header must tell exactly the bytes that follow."""
    head = HEADER.match(data)
    if not head:
        raise Foreign(f"{name} is not an array of doubles in C order")
    shape = tuple(int(n) for n in head[1].decode().split(",") if n.strip())
    if math.prod(shape) * 8 != len(data) - head.end():
        raise Foreign(f"{name} has {len(data) - head.end()} bytes, not the numbers of its shape {shape}")
    return np.frombuffer(data, "<f8", offset=head.end()).reshape(shape)


def _model(told: Any, arrays: dict[str, Array], make: Callable[[Iterable[Module], str], M]) -> M:
    """The model of a description, once it is known to be one and no larger than the arrays."""
    if told is None:
        raise Foreign(f"it has no {DESCRIPTION}; load_weights reads it, if it holds weights alone")
    layers = _layers(told)
    if sum(map(_numbers, layers)) > sum(array.size for array in arrays.values()):
        raise Foreign("its layers have more numbers than the file")
    model = make(map(_layer, layers), str(told.get("name", "")))
    names = list(model.tensors())
    if set(names) != set(arrays):
        raise Foreign(f"it has arrays {sorted(arrays)}, but its layers need {sorted(names)}")
    model.set_weights([arrays[name] for name in names])
    return model


def _layers(told: Any) -> list[Any]:
    """The layers of a description."""
    layers = told.get("layers") if isinstance(told, dict) else None
    if not isinstance(layers, list) or told.get("format") != FORMAT:
        raise Foreign(f"its {DESCRIPTION} does not describe one")
    if told.get("version") != VERSION:
        raise Foreign(f"its version is {told.get('version')!r}, this package reads {VERSION}")
    return layers


def _numbers(config: Any) -> int:
    """At least how many numbers a layer of this description holds."""
    kind = config.get("kind") if isinstance(config, dict) else config
    if not isinstance(kind, str) or kind not in KINDS:
        raise Foreign(f"it has an unknown layer {kind!r}, not one of {', '.join(KINDS)}")
    names = ENTRIES[KINDS[kind]].sizes
    sizes = [config.get("inputs"), *(config.get(name, 1) for name in names or ())]
    if not all(type(n) is int for n in sizes):
        raise Foreign(f"the sizes of its {kind} are not whole numbers")
    return 0 if names is None else math.prod(map(abs, sizes))  # sizes below 0 must not make up for others


def _layer(config: dict[str, Any], rng: Seed = None) -> Module:
    """A layer of its description, with weights that are drawn anew."""
    kind: Callable[..., Module] = KINDS[config["kind"]]
    entry = ENTRIES[KINDS[config["kind"]]]
    arguments = {name: config[name] for name in ("name", *entry.fields) if name in config} | dict(entry.constants)
    try:
        inspect.signature(kind).bind(**arguments)
    except TypeError as error:
        raise Foreign(f"its {config['kind']} is not described as one ({error})") from None
    for name in ("name", "trainable", *arguments):
        if not isinstance(config.get(name), TYPES.get(name, object)):
            raise Foreign(f"its {config['kind']} is not described as one ({name} is {config.get(name)!r})")
    for name in arguments.keys() & {"kernel_regularizer", "bias_regularizer"}:
        if not arguments[name].keys() <= {"l1", "l2"} or {type(x) for x in arguments[name].values()} - {int, float}:
            raise Foreign(f"its {config['kind']} is not described as one ({name} is {arguments[name]!r})")
        arguments[name] = L1L2(**arguments[name])
    layer = kind(**arguments)
    layer.build(whole_number(config["inputs"], "inputs"), rng)
    layer.trainable = config["trainable"]
    return layer
