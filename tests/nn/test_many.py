"""Training in few calls of a back end: the same weights, averages, history and draws as NumPy's steps one by one."""

import math
import shutil

import numpy as np
import pytest

import nn
from autograd.program.backends import c_source
from nn.optimizers import OPTIMIZERS

needs_compiler = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
pytestmark = [needs_compiler, pytest.mark.filterwarnings("ignore:The rows ended")]

X = np.random.default_rng(0).normal(size=(23, 2))
Y = (X[:, :1] * X[:, 1:] > 0) * 1.0


def dense():
    return [nn.Dense(3, 2, "tanh"), nn.Dense(1)]


def masked():
    return [nn.Dense(4, 2, "tanh"), nn.Dropout(0.4), nn.Dense(3, "relu"), nn.Dropout(0.2), nn.Dense(1)]


def normed():
    return [nn.Dense(3, 2, "tanh"), nn.BatchNormalization(), nn.Dense(1)]


def trained(backend, optimizer, layers=dense, loss="mse", y=Y, epochs=4, metrics=(), **options):
    model = nn.Sequential(layers(), rng=3)
    model.compile(optimizer(), loss=loss, metrics=list(metrics), backend=backend)
    with np.errstate(all="ignore"):
        model.fit(X, y, batch_size=5, epochs=epochs, verbose=0, **options)
    return model


def assert_same(model, expected):
    """Weights, what the optimiser keeps, history, and what is drawn next."""
    for array, other in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-10, atol=1e-14)
    assert model._state.steps == expected._state.steps
    for name, array in expected._state.slots.items():
        np.testing.assert_allclose(model._state.slots[name], array, rtol=1e-10, atol=1e-14)
    assert model.history.epoch == expected.history.epoch and model.history.stopped == expected.history.stopped
    assert model.history.history.keys() == expected.history.history.keys()
    for name, numbers in expected.history.history.items():
        np.testing.assert_allclose(model.history.history[name], numbers, rtol=1e-10, atol=1e-14)
    assert model.rng.bit_generator.state == expected.rng.bit_generator.state


@pytest.fixture(autouse=True)
def quickly_compiled(monkeypatch):
    monkeypatch.setattr(c_source, "LEVELS", {"-O1": math.inf})


@pytest.fixture
def single(monkeypatch):
    """No step is taken one by one."""

    def refused(*_):
        raise AssertionError("a step was taken by Python")

    monkeypatch.setattr("nn.training.stepper.Stepper.step", refused)


CASES = {name: (kind, {}) for name, kind in OPTIMIZERS.items()} | {
    "amsgrad, decay, clipvalue": (lambda: nn.Adam(0.01, amsgrad=True, weight_decay=0.01, clipvalue=0.2), {}),
    "centred, momentum": (lambda: nn.RMSprop(0.01, momentum=0.5, centered=True), {}),
    "nesterov, schedule": (lambda: nn.SGD(nn.schedules.CosineDecay(0.1, 20), momentum=0.9, nesterov=True), {}),
    "clipnorm": (lambda: nn.SGD(0.1, clipnorm=0.1), {}),
    "global_clipnorm": (lambda: nn.SGD(lambda k: 0.1 / (1 + k), global_clipnorm=0.1), {}),
    "dropout": (lambda: nn.SGD(0.1), {"layers": masked, "metrics": ["mae"]}),
    "batch normalisation": (lambda: nn.SGD(0.1), {"layers": normed, "metrics": ["accuracy"]}),
    "parts of passes": (lambda: nn.SGD(0.1), {"steps_per_epoch": 2}),
    "own order": (lambda: nn.SGD(0.1), {"shuffle": False, "metrics": ["mae"]}),
    "validation": (lambda: nn.SGD(0.1), {"validation_split": 0.3, "validation_freq": 3}),
    "weights": (lambda: nn.SGD(0.1), {"sample_weight": np.linspace(0, 2, 23)}),
    "a callback": (lambda: nn.SGD(0.1), {"callbacks": [lambda record: "enough" if record.epoch == 3 else None]}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_same_numbers(case, request):
    optimizer, options = CASES[case]
    expected = trained("numpy", optimizer, **options)
    request.getfixturevalue("single")
    assert_same(trained("native", optimizer, **options), expected)
