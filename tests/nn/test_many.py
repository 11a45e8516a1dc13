"""Training in few calls of a back end: the same weights, averages, history and draws as NumPy's steps one by one."""

import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import nn
from autograd.program.backends import c_source
from nn.optimizers import OPTIMIZERS
from nn.training.stepper import Stepper

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


LAYERS = [dense, *(pytest.param(layers, marks=pytest.mark.slow) for layers in (masked, normed))]


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


@pytest.mark.slow  # XLA compiles each for a second or two
@pytest.mark.parametrize("case", CASES)
def test_the_same_numbers_in_jax(case, request):
    pytest.importorskip("jax")
    optimizer, options = CASES[case]
    expected = trained("numpy", optimizer, **options)
    request.getfixturevalue("single")
    assert_same(trained("jax", optimizer, **options), expected)


@pytest.mark.slow
def test_epochs_and_what_diverges_in_jax(request):
    pytest.importorskip("jax")
    expected = trained("numpy", nn.Adam, masked, metrics=["mae"])
    request.getfixturevalue("single")
    model = trained("jax", nn.Adam, masked, metrics=["mae"])
    assert_same(model, expected)
    model.optimizer.learning_rate = lambda k: 0.01 if k < 33 else math.inf
    with pytest.raises(nn.DivergenceError, match="A weight is inf or nan after the step in epoch 3, batch 4;"):
        model.fit(X, Y, batch_size=5, epochs=9, verbose=0)
    assert model.history.epoch == [0, 1] and np.isfinite(model.get_weights()[0]).all()


RULES = {"loss": lambda k: 3.0 if k < 8 else 1e200, "weight": lambda k: 0.1 if k < 13 else math.inf}


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize("what", RULES)
def test_what_diverges_is_told_with_its_place(what, layers, request):
    rate = RULES[what]
    models, messages = [], []
    for backend in ("numpy", "native"):
        if backend == "native":
            request.getfixturevalue("single")
        model = nn.Sequential(layers(), rng=3)
        model.compile(nn.SGD(rate if what == "weight" else 1e9, momentum=0.5), loss="mse", backend=backend)
        with np.errstate(all="ignore"), pytest.raises(nn.DivergenceError) as failure:
            model.fit(X, Y, batch_size=5, epochs=9, verbose=0)
        models.append(model)
        messages.append(str(failure.value).partition(" First")[0].partition(" Lower")[0])
    assert messages[0] == messages[1] and "epoch" in messages[0]
    expected, model = models
    assert model.history.epoch == expected.history.epoch
    assert model._state.steps == expected._state.steps
    assert model.rng.bit_generator.state == expected.rng.bit_generator.state
    if what == "weight":
        assert_same(model, expected)


def test_the_first_node_that_is_not_finite_is_named():
    model = nn.Sequential([nn.Dense(1, 2, "exponential")], rng=0)
    model.compile(nn.SGD(1e6), loss="mse", backend="native")
    named = r"in epoch 1, batch \d.*First: exp at 'layer1.neuron1.a' is inf for sample"
    with pytest.raises(nn.DivergenceError, match=named):
        model.fit(X, Y, batch_size=5, epochs=9, verbose=0)


@pytest.mark.parametrize("layers", LAYERS)
def test_an_interrupt_ends_a_long_call_soon(layers):
    """What it leaves is what so many steps give, and training goes on from there."""
    model = nn.Sequential(layers(), rng=3)
    model.compile(nn.Adam(0.01), loss="mse", backend="native", metrics=["mae"])
    model.fit(X, Y, batch_size=5, epochs=2, verbose=0)  # compiled
    sent = []

    def interrupt():
        sent.append(time.process_time())
        signal.raise_signal(signal.SIGINT)

    timer = threading.Timer(0.25, interrupt)
    timer.start()
    history = model.fit(X, Y, batch_size=5, epochs=10**6, verbose=0)
    assert history.stopped == "interrupted" and time.process_time() - sent[0] < 0.2
    epochs, steps = len(history.epoch), model._state.steps
    assert 0 <= 5 * (2 + epochs) - steps < 5 and len(history.history["mae"]) == epochs
    again = nn.Sequential(layers(), rng=3)
    again.compile(nn.Adam(0.01), loss="mse", backend="native", metrics=["mae"])
    again.fit(X, Y, batch_size=5, epochs=2, verbose=0)
    whole = (steps - 10) // 5
    again.fit(X, Y, batch_size=5, epochs=whole, verbose=0)
    assert history.history["loss"][:whole] == again.history.history["loss"]
    if steps == 5 * (2 + whole):
        assert model.get_weights()[0].tolist() == again.get_weights()[0].tolist()
        assert model.rng.bit_generator.state == again.rng.bit_generator.state


def own(self, state, rate, g, p):
    p -= rate * g if state.steps < 7 else rate * np.sign(g)


@pytest.mark.parametrize("kind", [type("Own", (nn.SGD,), {"rule": own}), nn.SGD])
def test_what_python_has_to_do_is_done_there(kind, monkeypatch):
    """A rule of the user's own, a schedule that raises, a hook of each batch."""
    steps = []
    step = Stepper.step
    monkeypatch.setattr(Stepper, "step", lambda self, *place: steps.append(place[1:]) or step(self, *place))

    def schedule(k):
        if k == 12 and kind is nn.SGD:
            raise LookupError("no more")
        return 0.1

    models = []
    for backend in ("numpy", "native"):
        steps.clear()
        model = nn.Sequential(dense(), rng=3)
        model.compile(kind(schedule), loss="mse", backend=backend)
        if kind is nn.SGD:
            with pytest.raises(LookupError):
                model.fit(X, Y, batch_size=5, epochs=4, verbose=0)
        else:
            model.fit(X, Y, batch_size=5, epochs=4, verbose=0)
        models.append(model)
    assert len(steps) == (13 if kind is nn.SGD else 20)
    assert_same(models[1], models[0])


def test_a_hook_of_each_batch_sees_each_batch():
    seen = []
    callback = nn.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    trained("native", nn.SGD, callbacks=[callback], epochs=2)
    assert seen == [0, 1, 2, 3, 4] * 2


def test_arguments_that_a_callback_changes_count():
    def change(record):
        optimizer = record.model.optimizer
        optimizer.learning_rate *= 0.5
        optimizer.momentum = 0.3 * record.epoch  # from none to some: another rule

    models = [trained(backend, lambda: nn.SGD(0.1), callbacks=[change]) for backend in ("numpy", "native")]
    assert_same(models[1], models[0])


def test_frozen_layers_and_weights_set_by_callbacks_are_read():
    def layers():
        frozen = nn.Dense(3, 2, "tanh")
        frozen.trainable = False
        return [frozen, nn.Dense(1)]

    def change(record):
        kernel = record.model.layers[1].weights[0]
        kernel.assign(kernel.numpy() * 0.5)

    models = [trained(backend, nn.Adam, layers, callbacks=[change]) for backend in ("numpy", "native")]
    assert_same(models[1], models[0])


def test_a_later_process_compiles_nothing(tmp_path):
    program = (
        "import nn; from autograd import c_compiler as c; build = c.built;"
        "c.built = lambda *x: print('cc') or build(*x);"
        "m = nn.MLP(2, [3, 1], rng=0); m.compile('adam', 'mse', backend='native');"
        "m.fit([[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0], batch_size=1, epochs=3, verbose=0); print(m.get_weights()[0])"
    )
    environment = os.environ | {"CHALKGRAD_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    first, second = (
        subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    )
    assert first == f"cc\n{second}"
