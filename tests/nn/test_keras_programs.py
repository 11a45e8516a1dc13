"""Complete Keras programs, run with Keras and with only their imports changed: they print the same, number by number.

Each file of `keras_programs` is such a program with this package's imports. For Keras' run these are replaced by
Keras', and the endings of files by those that Keras knows. Both start from the same weights and take the rows in
their order.
"""

from __future__ import annotations

import contextlib
import io
import re
from functools import partialmethod
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.nn.test_parity import keras, peer

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own
]
PROGRAMS = sorted((Path(__file__).parent / "keras_programs").glob("*.py"))
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
HOMES = {"Sequential": "models", "load as load_model": "models", "Dense": "layers", "Input": "layers"}


def as_keras(text):
    """The same program with Keras' imports and endings."""

    def imports(match):
        names = [name.strip() for name in match[1].split(",")]
        return "\n".join(f"from keras.{HOMES.get(x, 'optimizers')} import {x.split(' as ')[-1]}" for x in names)

    text = re.sub(r"^from nn import (.*)$", imports, text, flags=re.MULTILINE)
    text = text.replace("from nn.", "from keras.").replace(".weights.npz", ".weights.h5").replace(".npz", ".keras")
    assert not re.search(r"\bnn\b", text)
    return text


def started(kind):
    """Sequential, but with first weights that do not depend on the framework."""

    def make(*args, **options):
        model, rng = kind(*args, **options), np.random.default_rng(0)
        model.set_weights([rng.normal(0, 0.5, array.shape) for array in model.get_weights()])
        return model

    return make


@pytest.fixture(autouse=True)
def in_their_order(monkeypatch):
    """Training does not shuffle."""
    for kind in (nn.Sequential, keras().Sequential):
        monkeypatch.setattr(kind, "fit", partialmethod(kind.fit, shuffle=False))


def run(path, theirs):
    """What a program prints, and its numbers at the end: those of each history, and all weights."""
    text = path.read_text("utf-8")
    text = as_keras(text) if theirs else text
    text = re.sub(r"(?<=[= ])Sequential\(", "STARTED(", text)
    names = {"__name__": path.stem, "STARTED": started(keras().Sequential if theirs else nn.Sequential)}
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(text, str(path), "exec"), names)
    numbers = {}
    for name, thing in names.items():
        if isinstance(history := getattr(thing, "history", None), dict):
            numbers |= {f"{name}.{key}": np.array(values, float) for key, values in history.items()}
        if hasattr(thing, "get_weights") and not isinstance(thing, type):
            numbers |= {f"{name}.{i}": np.asarray(array) for i, array in enumerate(thing.get_weights())}
    return re.sub(r"/tmp/\w+|\.weights\.\w+|\.keras|\.npz", "", output.getvalue()), numbers


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_prints_what_it_prints_with_keras(path):
    peer("sklearn")
    (ours, mine), (theirs, their) = run(path, False), run(path, True)
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)
    for a, b in zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True):
        assert float(a) == pytest.approx(float(b), rel=1e-6, abs=1.1 * 10.0 ** -len(b.partition(".")[2])), ours
    assert mine.keys() == their.keys() and mine
    for name, values in their.items():
        assert mine[name] == pytest.approx(values, rel=1e-6, abs=1e-9), name
