"""Saving and loading: what was saved comes back, whole; a damaged, foreign or hostile file is told what it is."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import zipfile

import numpy as np
import pytest

import nn
from autograd import FileError
from nn import (
    L1L2,
    MLP,
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Layer,
    Maxout,
    ModelError,
    PReLU,
    Sequential,
    Softmax,
)
from nn.export import registry


def everything():
    layers = [
        Dense(4, input_dim=3, activation="leaky_relu(0.1)", kernel_regularizer=L1L2(0.1, 0.2), name="first"),
        BatchNormalization(momentum=0.9, center=False),
        Dropout(0.25),
        PReLU(0.25),
        Maxout(3, pieces=2, use_bias=False),
        Layer(3, 5, "elu", trainable=False, expand=True),
        Activation("gelu"),
        Dense(2, use_bias=False),
        Softmax(),
    ]
    return Sequential(layers, name="all", rng=1)


def data(model, x):
    return [p.data for p in model(x)]


def test_round_trip(tmp_path):
    model = everything()
    again = nn.load(model.save(tmp_path / "m.npz"), rng=3)
    assert again.name == "all" and [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
    assert repr(again) == repr(model) and list(again.named_parameters()) == list(model.named_parameters())
    assert data(again, [1.0, -2.0, 0.5]) == data(model, [1.0, -2.0, 0.5])
    assert [x.name for x in again.trained()] == [x.name for x in model.trained()]
    assert again.layers[0].penalties()[0].data == model.layers[0].penalties()[0].data
    assert again.save(tmp_path / "n.npz").read_bytes() == (tmp_path / "m.npz").read_bytes()
    with np.load(tmp_path / "m.npz", allow_pickle=False) as file:
        assert np.array_equal(file["first.kernel"], model.get_weights()[0])


def test_what_no_file_knows(tmp_path):
    class Own(Dense):
        pass

    path = tmp_path / "m.npz"
    with pytest.raises(
        ModelError, match=r"is of a class of your own, which a file cannot hold\. Save its get_weights\(\)\.$"
    ):
        Sequential([Own(2, input_dim=2)]).save(path)
    with pytest.raises(
        ModelError,
        match=r"^The activation of Dense\(.*\) is a function, which a file cannot hold\. Give one by its name\.$",
    ):
        Sequential([Dense(2, input_dim=2, activation=lambda z: z * z)]).save(path)
    with pytest.raises(ModelError, match=r"^The bias_regularizer of Dense.* which a file cannot hold\. Use L1L2\.$"):
        Sequential([Dense(2, input_dim=2, bias_regularizer=lambda w: w[0])]).save(path)
    with pytest.raises(ModelError, match=r"has no weights yet\. Give input_dim"):
        Sequential([Dense(2)]).save(path)
    with pytest.raises(FileError, match=r"m\.h5' has an unknown ending\. Choose \.npz\.$"):
        MLP(2, [1]).save(tmp_path / "m.h5")
    with pytest.raises(FileError, match=r"cannot be written: No such file or directory\. Choose another place\.$"):
        MLP(2, [1]).save(tmp_path / "no" / "m.npz")
    assert not list(tmp_path.iterdir())


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = MLP(2, [1], rng=0).save(tmp_path / "m.npz")
    before = path.read_bytes()
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(FileError, match="No space left on device"):
        MLP(2, [1], rng=1).save(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


# ── files of others ───────────────────────────────────────────────────────────────────────────────


def saved(tmp_path):
    path = MLP(2, [3, 1], rng=0).save(tmp_path / "m.npz")
    with zipfile.ZipFile(path) as file:
        return path, {name: file.read(name) for name in file.namelist()}


def written(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return path


def npy(array, **options):
    data = io.BytesIO()
    np.lib.format.write_array(data, array, (1, 0), **options)
    return data.getvalue()


def refusal(path):
    with pytest.raises(FileError) as caught:
        nn.load(path)
    found = re.fullmatch(
        r"'.*m\.npz' is not a saved model: (.*)\. Give a file that model\.save wrote\.", str(caught.value)
    )
    assert found, str(caught.value)
    return found[1]


def test_every_truncation_is_told(tmp_path):
    path, _ = saved(tmp_path)
    whole = path.read_bytes()
    for size in (*range(0, 40), *range(40, len(whole), 97), len(whole) - 1):
        path.write_bytes(whole[:size])
        assert refusal(path)


def test_changed_bytes_never_crash(tmp_path):
    path, _ = saved(tmp_path)
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(300):
        place, byte = int(rng.integers(len(whole))), int(rng.integers(256))
        path.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        with contextlib.suppress(FileError):
            nn.load(path)


def described(change):
    def apply(members):
        config = json.loads(members["model.json"])
        change(config)
        return members | {"model.json": json.dumps(config)}

    return apply


def layer(**changes):
    return described(lambda config: config["layers"][0].update(changes))


HOSTILE = {
    "empty": (lambda m: {}, "it has no model.json; load_weights reads it, if it holds weights alone"),
    "no json": (lambda m: m | {"model.json": "{"}, "it is damaged (JSONDecodeError: Expecting property name"),
    "deep json": (lambda m: m | {"model.json": "[" * 200_000}, "it is damaged (RecursionError"),
    "long json": (lambda m: m | {"model.json": " " * 2_000_000}, "its model.json is larger than 1000000 bytes"),
    "list": (lambda m: m | {"model.json": "[1]"}, "its model.json does not describe one"),
    "other format": (described(lambda c: c.update(format="x")), "its model.json does not describe one"),
    "newer": (described(lambda c: c.update(version=2)), "its version is 2, this package reads 1"),
    "no layer": (described(lambda c: c.update(layers=[7])), "it has an unknown layer 7, not one of Dense, Layer,"),
    "unknown layer": (layer(kind="os.system"), "it has an unknown layer 'os.system', not one of Dense, Layer,"),
    "unhashable layer": (layer(kind=["Dense"]), "it has an unknown layer ['Dense']"),
    "huge layer": (layer(units=10**9), "its layers have more numbers than the file"),
    "huge inputs": (layer(inputs=10**12), "its layers have more numbers than the file"),
    "sizes": (layer(units=3.0), "the sizes of its Dense are not whole numbers"),
    "negative": (layer(units=-3), "units must be a whole number of at least 1, got -3. Try units=1"),
    "activation": (layer(activation="__import__"), "Unknown activation '__import__'."),
    "sizes that cancel": (
        described(lambda c: [x.update(units=n) for x, n in zip(c["layers"], (10**12, -(10**12)), strict=True)]),
        "its layers have more numbers than the file",
    ),
    "penalty": (layer(kernel_regularizer={"l3": 1}), "its Dense is not described as one"),
    "penalty of text": (
        layer(kernel_regularizer={"l1": "1"}),
        "its Dense is not described as one (kernel_regularizer is {'l1': '1'})",
    ),
    "penalty of a list": (
        layer(bias_regularizer=["l1"]),
        "its Dense is not described as one (bias_regularizer is ['l1'])",
    ),
    "no name": (described(lambda c: c["layers"][0].pop("name")), "its Dense is not described as one (name is None)"),
    "no units": (
        described(lambda c: c["layers"][0].pop("units")),
        "its Dense is not described as one (missing a required argument: 'units')",
    ),
    "frozen by text": (layer(trainable="no"), "its Dense is not described as one (trainable is 'no')"),
    "activation of a list": (layer(activation=["relu"]), "its Dense is not described as one (activation is ['relu'])"),
    "negative inputs": (layer(inputs=-2), "inputs must be a whole number of at least 1, got -2. Try inputs=1"),
    "many scales": (
        layer(kind="BatchNormalization", scale=10**12),
        "its BatchNormalization is not described as one (scale is 1000000000000)",
    ),
    "momentum": (
        layer(kind="BatchNormalization", momentum="0.9"),
        "its BatchNormalization is not described as one (momentum is '0.9')",
    ),
    "other width": (layer(inputs=1), "layer1.kernel has shape (1, 3), got (2, 3)"),
    "missing array": (
        lambda m: {k: v for k, v in m.items() if k != "layer2.bias.npy"},
        "it has arrays",
    ),
    "object array": (
        lambda m: m | {"layer1.bias.npy": npy(np.array([None] * 3), allow_pickle=True)},
        "layer1.bias.npy is not an array of doubles in C order",
    ),
    "whole numbers": (
        lambda m: m | {"layer1.bias.npy": npy(np.arange(3))},
        "layer1.bias.npy is not an array of doubles in C order",
    ),
    "wrong shape": (lambda m: m | {"layer1.bias.npy": npy(np.zeros(4))}, "layer1.bias has shape (3,), got (4,)"),
    "lying header": (
        lambda m: m | {"layer1.bias.npy": npy(np.zeros(3)).replace(b"(3,)", b"(9**9,)"[:4])},
        "layer1.bias.npy is not an array of doubles in C order",
    ),
    "header of more": (
        lambda m: m | {"layer1.bias.npy": npy(np.zeros(3)).replace(b"(3,), ", b"(3e9,)")},
        "layer1.bias.npy is not an array of doubles in C order",
    ),
    "more than there is": (
        lambda m: m | {"layer1.bias.npy": npy(np.zeros(3)).replace(b"(3,), }     ", b"(300000,), }")},
        "layer1.bias.npy has 24 bytes, not the numbers of its shape (300000,)",
    ),
    "text": (
        lambda m: m | {"layer1.bias.npy": b"cos\nsystem\n"},
        "layer1.bias.npy is not an array of doubles in C order",
    ),
}


@pytest.mark.parametrize(("change", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(tmp_path, change, message):
    path, members = saved(tmp_path)
    assert refusal(written(path, change(members))).startswith(message.rstrip("."))


@pytest.mark.parametrize("error", [TypeError, KeyError, AttributeError])
def test_mistakes_of_a_layer_are_not_blamed_on_the_file(tmp_path, monkeypatch, error):
    def broken(*_):
        raise error("a mistake")

    path, _ = saved(tmp_path)
    monkeypatch.setattr(Dense, "build", broken)
    with pytest.raises(error, match="a mistake"):
        nn.load(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    path, members = saved(tmp_path)
    bomb = members | {"layer1.bias.npy": b"\0" * 10_000_000}
    message = "it is compressed, encrypted, or holds more than its size"
    assert refusal(written(path, bomb, compression=zipfile.ZIP_DEFLATED)) == message


def test_no_file(tmp_path):
    with pytest.raises(
        FileError, match=r"m\.npz' cannot be read: No such file or directory\. Give a saved model's path"
    ):
        nn.load(tmp_path / "m.npz")
    with pytest.raises(FileError, match="Is a directory"):
        nn.load(tmp_path)


def test_what_never_ends_is_not_read(tmp_path):
    pipe, sparse = tmp_path / "pipe", tmp_path / "sparse"
    os.mkfifo(pipe)
    sparse.touch()
    os.truncate(sparse, 10**12)
    for path, why in (
        ("/dev/zero", "it is a device or a pipe"),
        (pipe, "it is a device or a pipe"),
        (sparse, "it is larger than 100000000 bytes"),
    ):
        with pytest.raises(FileError) as caught:
            nn.load(path)
        assert str(caught.value) == f"'{path}' is not a saved model: {why}. Give a file that model.save wrote."


def test_what_would_not_be_read_is_not_written(tmp_path, monkeypatch):
    model = MLP(2, [1], rng=0)
    monkeypatch.setattr("nn.export.saving.MOST", 100)
    with pytest.raises(FileError, match=r"more than the 100 bytes that nn\.load reads\. Save its get_weights\(\)\.$"):
        model.save(tmp_path / "m.npz")
    assert not list(tmp_path.iterdir())


# ── elsewhere ─────────────────────────────────────────────────────────────────────────────────────


def test_no_counterpart():
    pytest.importorskip("jax")
    with pytest.raises(
        ModelError,
        match=r"^The activation of Dense\(2.* has no counterpart in that library\. Choose one of linear, relu,",
    ):
        MLP(2, [2, 1], activation="bell").to_jax()
    with pytest.raises(ModelError, match=r"^The model has no weights yet\. Give input_dim to its first layer"):
        Sequential([Dense(2)]).to_jax()


def test_missing_libraries_name_their_extra(monkeypatch):
    from autograd import MissingExtra

    for name in ("torch", "keras", "jax"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
        with pytest.raises(MissingExtra, match=rf'^to_{name}\(\) needs {name}: pip install "chalkgrad\[{name}\]"$'):
            getattr(MLP(2, [1]), f"to_{name}")()


def test_a_broken_library_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "keras.py").write_text("raise ImportError('cannot import name backend')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "keras", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(ImportError, match="cannot import name backend"):
        MLP(2, [1]).to_keras()


def test_to_jax():
    jax = pytest.importorskip("jax")
    model, X = everything(), np.random.default_rng(2).normal(size=(5, 3))
    with jax.enable_x64(True):
        predict, parameters = model.to_jax()
        found = jax.jit(predict)(parameters, X)
        assert np.abs(np.array(found) - [data(model, x) for x in X]).max() < 1e-14


# ── the registry ──────────────────────────────────────────────────────────────────────────────────


def test_every_public_layer_has_an_entry():
    public = {kind for kind in vars(nn).values() if isinstance(kind, type) and issubclass(kind, nn.Module)}
    assert public - set(registry.ENTRIES) == {nn.Module, nn.Neuron, nn.Perceptron, nn.MLP, nn.Model, nn.Sequential}


def test_a_layer_is_its_class_and_one_entry(tmp_path, monkeypatch):
    class Scale(nn.Module):
        """Outputs are `factor` times the inputs."""

        def __init__(self, factor, name=""):
            self.factor, self.name = factor, name

        def __call__(self, x, training=False):
            return [self.factor * xi for xi in self._row(x)]

    model = Sequential([Dense(2, input_dim=1, kernel_initializer="ones"), Scale(3.0)])
    with pytest.raises(ModelError, match=r"is of a class of your own"):
        model.save(tmp_path / "m.npz")
    pytest.importorskip("jax")
    with pytest.raises(
        ModelError, match=r"has no counterpart in other libraries\. Choose one of Dense, Layer, Maxout,"
    ):
        model.to_jax()
    entry = registry.Entry(
        torch=lambda torch, layer: [],
        keras=lambda keras, layer: [],
        jax=lambda jax, layer: lambda x: layer.factor * x,
        fields={"factor": "factor"},
    )
    monkeypatch.setitem(registry.ENTRIES, Scale, entry)
    monkeypatch.setitem(registry.KINDS, "Scale", Scale)
    again = nn.load(model.save(tmp_path / "m.npz"))
    assert type(again.layers[1]) is Scale and data(again, [2.0]) == [6.0, 6.0]
    predict, parameters = model.to_jax()
    assert predict(parameters, [[2.0]]).tolist() == [[6.0, 6.0]]


def test_a_derived_layer_is_written_as_its_base():
    class Own(Dense):
        pass

    pytest.importorskip("jax")
    predict, parameters = Sequential([Own(1, input_dim=1, kernel_initializer=2.0)]).to_jax()
    assert predict(parameters, [[3.0]]).tolist() == [[6.0]]
