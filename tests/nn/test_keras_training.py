"""Training beside Keras: callbacks on the same numbers, arguments of fit, single batches, summaries."""

from __future__ import annotations

import types

import numpy as np
import pytest

import nn
from nn import Dense, Sequential
from tests.nn.test_parity import keras

pytestmark = [
    pytest.mark.parity,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own
]
X = np.random.default_rng(1).normal(size=(23, 3))
LABELS = np.random.default_rng(2).integers(0, 3, 23)
WEIGHTS = np.random.default_rng(3).uniform(0, 2, 23)


@pytest.fixture(autouse=True, scope="module")
def in_double_precision():
    """Before the first model is written for Keras, which keeps the precision that it begins with."""
    keras()


# ── callbacks on the same numbers ─────────────────────────────────────────────────────────────────


class Fake:
    """A model as far as a callback looks: its weights are the epoch's number."""

    def __init__(self, rate):
        self.optimizer = types.SimpleNamespace(learning_rate=rate)
        self.metrics, self.stop_training, self.weights, self.saved = [], False, -1, []

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights

    def save(self, path, overwrite=True):
        self.saved.append(str(path).partition(".")[0])


def told(callback, logs, rate=0.1):
    """What a callback makes of epochs with these logs: their number, the weights, rates and files, its state."""
    model = Fake(rate)
    callback.set_model(model)
    callback.set_params({})
    callback.on_train_begin()
    rates = []
    for epoch, numbers in enumerate(logs):
        model.weights = epoch
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, dict(numbers))
        rates.append(model.optimizer.learning_rate)
        if model.stop_training:
            break
    callback.on_train_end({})
    state = [getattr(callback, name, None) for name in ("best", "wait", "stopped_epoch", "best_epoch")]
    return len(rates), model.weights, rates, model.saved, state


def random_logs(rng):
    steps = rng.choice([0.0, 0.01, 0.5, 0.5], 12) * rng.normal(size=12)
    return [{"loss": float(x), "val_loss": float(round(x, 1))} for x in 3 + np.cumsum(steps)]


def random_options(rng, kind):
    options = {"monitor": str(rng.choice(["loss", "val_loss"])), "mode": str(rng.choice(["auto", "min", "max"]))}
    if kind == "ModelCheckpoint":
        return (
            options
            | {"filepath": "{epoch:02d}", "save_best_only": bool(rng.integers(2))}
            | ({"initial_value_threshold": 3.1} if rng.integers(2) else {})
        )
    options |= {"patience": int(rng.integers(0, 4)), "min_delta": float(rng.choice([0, 0.05, -0.1]))}
    if kind == "ReduceLROnPlateau":
        return options | {"factor": 0.3, "cooldown": int(rng.integers(0, 3)), "min_lr": float(rng.choice([0, 0.02]))}
    baseline = [None, 2.9, 3.2][rng.integers(3)]
    return options | {
        "baseline": baseline,
        "restore_best_weights": bool(rng.integers(2)),
        "start_from_epoch": int(rng.integers(0, 4)),
    }


@pytest.mark.parametrize("kind", ["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"])
def test_callbacks_do_what_keras_do(kind, monkeypatch):
    """On 300 random histories and arguments: the same end, weights, learning rates, files."""
    monkeypatch.setattr("nn.callbacks.files.Path.mkdir", lambda *_, **__: None)
    rng = np.random.default_rng(5)
    seen = set()
    for _ in range(300):
        logs, options = random_logs(rng), random_options(rng, kind)
        ours, theirs = dict(options), dict(options)
        if kind == "ModelCheckpoint":
            ours["filepath"] += ".npz"
            theirs["filepath"] += ".keras"
        mine, their = (
            told(getattr(nn.callbacks, kind)(**ours), logs),
            told(getattr(keras().callbacks, kind)(**theirs), logs),
        )
        if kind != "EarlyStopping":  # whose stopped_epoch and so on the others do not have
            mine, their = (*mine[:4], mine[4][:2]), (*their[:4], their[4][:2])
        assert mine == their, options
        seen.add((mine[0], tuple(mine[3])))
    assert len(seen) > 4 or kind == "ReduceLROnPlateau"


def test_verbose_callbacks_say_what_keras_say(capsys):
    logs = [{"loss": x, "val_loss": x} for x in (3.0, 2.0, 2.5, 2.0, 2.1, 1.0)]
    said = []
    for module, ending in ((nn.callbacks, ".npz"), (keras().callbacks, ".keras")):
        told(module.EarlyStopping(patience=3, restore_best_weights=True, verbose=1), logs)
        told(module.ReduceLROnPlateau(patience=2, verbose=1), logs)
        told(module.LearningRateScheduler(lambda epoch: 0.5 / (epoch + 1), verbose=1), logs)
        for best in (True, False):
            told(module.ModelCheckpoint("x" + ending, save_best_only=best, verbose=1), logs)
        said.append(capsys.readouterr().out.replace(ending, ""))
    assert said[0] == said[1] and said[0].count("\n") > 40


# ── arguments of fit ──────────────────────────────────────────────────────────────────────────────

REGRESSION = X @ [1.0, -0.5, 0.2] + 0.3
OPTIONS = {
    "class weights": {"class_weight": {0: 0.5, 2: 3.0}},
    "sample weights": {"sample_weight": WEIGHTS},
    "sample weights, column": {"sample_weight": WEIGHTS[:, None]},
    "sample weights, split": {"sample_weight": WEIGHTS, "validation_split": 0.3},
    "class weights, split": {"class_weight": {1: 2.0}, "validation_split": 0.3},
    "validation with weights": {"validation_data": (X[:9], LABELS[:9], WEIGHTS[:9])},
    "data before split": {"validation_data": (X[:9], LABELS[:9]), "validation_split": 0.3},
    "large batch": {"batch_size": 500},
    "initial epoch": {"initial_epoch": 3},
    "beyond": {"initial_epoch": 9},
    "no epoch": {"epochs": 0},
    "every third": {"validation_split": 0.3, "validation_freq": 3},
    "these": {"validation_split": 0.3, "validation_freq": [1, 4]},
    "parts": {"steps_per_epoch": 2, "batch_size": 5},
    "whole parts": {"steps_per_epoch": 5, "batch_size": 5},
    "as many as that": {"steps_per_epoch": 4},
    "first validation batches": {"validation_split": 0.5, "validation_steps": 2, "validation_batch_size": 3},
    "validation steps": {"validation_split": 0.5, "validation_steps": 3, "batch_size": 4},
    "two validation steps": {"validation_split": 0.5, "validation_steps": 2},
    "too many steps": {"steps_per_epoch": 7, "batch_size": 5},
}


@pytest.mark.parametrize("one_hot, options", [
    *(pytest.param(False, options, id=name) for name, options in OPTIONS.items()),
    *(pytest.param(True, OPTIONS[name], id=f"{name}, one-hot") for name in ("class weights", "sample weights, split")),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*ran out of data:UserWarning", "ignore:The rows ended")
def test_fit(one_hot, options):
    y = np.eye(3)[LABELS] if one_hot else LABELS
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"
    model = nn.MLP(3, [4, 3], "tanh", "softmax", rng=4, kernel_regularizer=nn.L2(2**-7))
    theirs = model.to_keras()
    for layer in theirs.layers:
        layer.kernel.regularizer = keras().regularizers.L2(2**-7)  # which Keras keeps in single precision
    metrics = {"metrics": ["accuracy"], "weighted_metrics": ["accuracy", "mse" if one_hot else loss]}
    model.compile(nn.SGD(2**-3, momentum=0.5), loss, **metrics)
    theirs.compile(keras().optimizers.SGD(2**-3, momentum=0.5), loss, **metrics)
    options = {"epochs": 5, "shuffle": False, "verbose": 0} | options
    data = options.get("validation_data")
    if data and one_hot:
        options["validation_data"] = data[0], y[:9], *data[2:]
    mine, their = model.fit(X, y, **options), theirs.fit(X, y, **options)
    assert mine.epoch == their.epoch and mine.params == their.params
    assert set(mine.history) == set(their.history)
    for name, numbers in their.history.items():
        assert mine.history[name] == pytest.approx(numbers, rel=1e-6), name
    for a, b in zip(model.get_weights(), theirs.get_weights(), strict=True):
        assert a == pytest.approx(np.asarray(b), rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("loss", ["mse", "mae", "binary_crossentropy_from_logits", "hinge", "huber"])
def test_weighted_steps_and_evaluation(loss):
    """train_on_batch, test_on_batch and evaluate, with batch normalisation, by sample and by class."""
    y = LABELS % 2
    model = Sequential([Dense(4, 3, "tanh"), nn.BatchNormalization(momentum=0.8), Dense(1)], rng=6)
    theirs = model.to_keras()
    theirs.layers[1].momentum = 0.8
    their_loss = keras().losses.BinaryCrossentropy(from_logits=True) if "logits" in loss else loss
    model.compile(nn.Adam(0.02), loss, metrics=["mae"], weighted_metrics=["mse"])
    theirs.compile(keras().optimizers.Adam(0.02), their_loss, metrics=["mae"], weighted_metrics=["mse"])
    calls = [{}, {"sample_weight": WEIGHTS}, {"class_weight": {0: 0.2, 1: 2.0}}, {"sample_weight": np.zeros(23)}]
    for options in (*calls, *calls):
        mine, their = model.train_on_batch(X, y, **options), theirs.train_on_batch(X, y, **options)
        assert mine == pytest.approx([float(x) for x in their], rel=1e-6, abs=1e-9)
    for options in ({}, {"sample_weight": WEIGHTS}):
        mine, their = model.test_on_batch(X, y, **options), theirs.test_on_batch(X, y, **options)
        assert mine == pytest.approx([float(x) for x in their], rel=1e-6)
        for more in ({}, {"batch_size": 7}, {"batch_size": 7, "steps": 2}, {"steps": 4}, {"return_dict": True}):
            mine, their = (m.evaluate(X, y, verbose=0, **options, **more) for m in (model, theirs))
            assert mine == pytest.approx(their, rel=1e-6)
    assert model.predict(X, 5, 0, 2) == pytest.approx(theirs.predict(X, 5, 0, 2), rel=1e-6)
    assert model.predict_on_batch(X[:4]) == pytest.approx(theirs.predict_on_batch(X[:4]), rel=1e-6)


def test_steps_by_hand_and_fit_share_the_optimiser():
    model = nn.MLP(3, [1], rng=0)
    theirs = model.to_keras()
    model.compile(nn.Adam(0.05), "mse")
    theirs.compile(keras().optimizers.Adam(0.05), "mse")
    for one in (model, theirs):
        for _ in range(3):
            one.train_on_batch(X, REGRESSION)
        one.fit(X, REGRESSION, epochs=2, shuffle=False, verbose=0)
        one.set_weights([w * 0.9 for w in one.get_weights()])
        one.optimizer.learning_rate = 0.2
        one.train_on_batch(X[:5], REGRESSION[:5])
    for a, b in zip(model.get_weights(), theirs.get_weights(), strict=True):
        assert a == pytest.approx(np.asarray(b), rel=1e-9)


class Changing:
    """Changes weights and the learning rate in every hook of training, for a callback of either library."""

    def on_epoch_begin(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.05 / (epoch + 1)

    def on_train_batch_begin(self, batch, logs=None):
        self.model.set_weights([w * 1.01 for w in self.model.get_weights()])

    def on_train_batch_end(self, batch, logs=None):
        self.model.layers[0].set_weights([np.clip(w, -0.3, 0.3) for w in self.model.layers[0].get_weights()])

    def on_epoch_end(self, epoch, logs=None):
        self.model.set_weights([w + 0.01 for w in self.model.get_weights()])
        logs["more"] = float(epoch)


def test_hooks_change_the_model_as_with_keras():
    found = []
    model = nn.MLP(3, [4, 1], "tanh", rng=0)
    theirs = model.to_keras()
    for one, module in ((model, nn), (theirs, keras())):
        one.compile(module.SGD(0.1) if module is nn else module.optimizers.SGD(0.1), "mse")
        callback = type("Both", (Changing, module.callbacks.Callback), {})()
        history = one.fit(X, REGRESSION, 6, 4, 0, [callback], shuffle=False, validation_split=0.2)
        found.append([history.history, *one.get_weights()])
    assert found[0][0] == {name: pytest.approx(numbers, rel=1e-6) for name, numbers in found[1][0].items()}
    for a, b in zip(found[0][1:], found[1][1:], strict=True):
        assert a == pytest.approx(np.asarray(b), rel=1e-6)


@pytest.mark.parametrize("options", [{"loss": "mse"}, {"loss": "mse", "metrics": ["mae"]}])
def test_keras_own_callbacks_in_our_training(options):
    """Their objects, not derived from ours, act on our model as on theirs."""
    found = []
    model = nn.MLP(3, [8, 1], "tanh", rng=0)
    theirs = model.to_keras()
    for one, adam in ((model, nn.Adam(0.3)), (theirs, keras().optimizers.Adam(0.3))):
        k = keras().callbacks
        rates = k.LearningRateScheduler(lambda epoch, rate: rate * 0.9)
        stop = k.EarlyStopping(patience=2, restore_best_weights=True)
        slow, kept = k.ReduceLROnPlateau(patience=1, factor=0.5), k.History()
        one.compile(adam, **options)
        history = one.fit(X, REGRESSION, 8, 30, 0, [rates, stop, slow, kept], validation_split=0.3, shuffle=False)
        found.append([history.history, history.epoch, *one.get_weights()])
        assert kept.epoch == history.epoch
    assert found[0][1] == found[1][1] and len(found[0][1]) < 30
    assert found[0][0] == {name: pytest.approx(numbers, rel=1e-6) for name, numbers in found[1][0].items()}
    for a, b in zip(found[0][2:], found[1][2:], strict=True):
        assert a == pytest.approx(np.asarray(b), rel=1e-6)


def test_a_loss_that_is_lost(capsys):
    found = []
    model = nn.MLP(1, [1], rng=0)
    theirs = model.to_keras()
    for one, module, sgd in ((model, nn.callbacks, nn.SGD), (theirs, keras().callbacks, keras().optimizers.SGD)):
        one.compile(sgd(1e60), "mse")
        x = np.linspace(1, 2, 12)[:, None]
        history = one.fit(x, 3 * x, 4, 9, 0, [module.TerminateOnNaN()], shuffle=False)
        found.append((history.epoch, np.isfinite(history.history["loss"]).tolist(), capsys.readouterr().out))
    assert found[0] == found[1] and found[0][1][-1] is False


# ── summaries ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("options", [
    {}, {"line_length": 60}, {"show_trainable": True}, {"line_length": 50, "show_trainable": True},
    {"positions": [0.3, 0.6, 1.0]}, {"layer_range": ["norm", "out"]}, {"layer_range": ["out", "hid.*"]},
])  # fmt: skip
def test_a_summary_is_keras(options, monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")
    layers = [Dense(300, input_dim=12, name="hidden"), nn.BatchNormalization(name="norm " + 5 * "long_name_")]
    layers += [nn.Dropout(0.1, name="dropout"), Dense(1, name="out", trainable=False)]
    model = Sequential(layers, name="all_of_it")
    theirs = keras().Sequential(model.to_keras().layers, name="all_of_it")
    for mine, their in zip(model.layers, theirs.layers, strict=True):
        their.name = mine.name
    theirs.layers[-1].trainable = False
    texts = []
    for one in (model, theirs):
        one.summary(print_fn=texts.append, **options)
    assert texts[0] == texts[1]
