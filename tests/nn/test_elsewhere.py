"""Names of Keras' that are not here: they are imported, and using them says what to write."""

from __future__ import annotations

import copy
import importlib
import pickle

import pytest

import nn
from nn import ModelError
from nn.elsewhere import INSTEAD

NAMES = [(module, name) for module, names in INSTEAD.items() for name in names]


@pytest.mark.parametrize("module, name", NAMES)
def test_use_is_refused_with_what_to_write(module, name):
    thing = getattr(importlib.import_module(module), name)
    message = f"There is no {module}.{name}. {INSTEAD[module][name]}"
    assert repr(thing) == message
    for use in (lambda: thing(3), lambda: thing.load_data(), lambda: exec("class Mine(thing): pass", {"thing": thing})):
        with pytest.raises(ModelError) as caught:
            use()
        assert str(caught.value) == message
    assert not hasattr(thing, "__wrapped__") and repr(copy.copy(thing)) == repr(pickle.loads(pickle.dumps(thing)))


@pytest.mark.parametrize("line", ["import nn.constraints", "from nn.constraints import max_norm"])
def test_modules_that_are_not_here(line):
    with pytest.raises(ImportError) as caught:
        exec(line)
    assert str(caught.value) == (
        "There is no nn.constraints: this nn is chalkgrad's. Change the weights in a callback, by layer.set_weights."
    )


def test_programs_that_import_more_than_they_use():
    names = {}
    exec("from nn.layers import LSTM, Conv2D, Dense; from nn.utils import plot_model; from nn import Model", names)
    assert names["Dense"] is nn.Dense and names["Model"] is nn.models.Model


def test_other_names_are_unknown():
    for module in (nn, nn.layers, nn.utils):
        with pytest.raises(AttributeError, match=rf"^module '{module.__name__}' has no attribute 'nothing'$"):
            module.nothing
    with pytest.raises(AttributeError, match=r"^Unknown function 'nothing' of arrays\. Choose one of abs, "):
        nn.ops.nothing
    assert nn.ops.mean is not None
