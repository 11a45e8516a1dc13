"""Callbacks: their hooks in order, who listens, how they end training, what they write, and what they refuse."""

from __future__ import annotations

import copy
import csv
import math
import re

import numpy as np
import pytest

import nn
from autograd import FileError, ShapeError
from nn import SGD, Callback, DataError, Dense, DivergenceError, EarlyStopping, ModelError, ModelWarning, Sequential
from nn.callbacks import CSVLogger, LambdaCallback, LearningRateScheduler, ModelCheckpoint, TerminateOnNaN
from nn.callbacks.base import HOOKS
from nn.callbacks.files import filled

X, Y = np.linspace(-1, 1, 5)[:, None], 2 * np.linspace(-1, 1, 5)


def line(optimizer=None, **options):
    model = Sequential([Dense(1, 1, kernel_initializer="zeros")], rng=0)
    model.compile(optimizer or SGD(0.1), "mse", **options)
    return model


def recorder(base=object, names=HOOKS):
    """A callback that notes each hook, of a class with only these."""

    def hook(name):
        return lambda self, *args, **logs: self.calls.append((name, *(x for x in args if isinstance(x, int))))

    callback = type("Recorder", (base,), {name: hook(name) for name in names})()
    callback.calls = []
    return callback


# ── hooks ─────────────────────────────────────────────────────────────────────────────────────────

EPOCH = [
    ("on_epoch_begin", 0), ("on_train_batch_begin", 0), ("on_train_batch_end", 0), ("on_train_batch_begin", 1),
    ("on_train_batch_end", 1), ("on_test_begin",), ("on_test_batch_begin", 0), ("on_test_batch_end", 0),
    ("on_test_end",), ("on_epoch_end", 0),
]  # fmt: skip


@pytest.mark.parametrize("base", [object, Callback])
def test_hooks_come_in_keras_order(base):
    callback = recorder(base)
    line().fit(X, Y, batch_size=3, validation_data=(X[:2], Y[:2]), callbacks=[callback], verbose=0)
    assert callback.calls == [("on_train_begin",), *EPOCH, ("on_train_end",)]
    callback = recorder(base)
    line().predict(X, batch_size=4, callbacks=callback)
    line().evaluate(X, Y, batch_size=4, callbacks=callback)
    assert [name for name, *_ in callback.calls] == [
        "on_predict_begin", *2 * ["on_predict_batch_begin", "on_predict_batch_end"], "on_predict_end",
        "on_test_begin", *2 * ["on_test_batch_begin", "on_test_batch_end"], "on_test_end",
    ]  # fmt: skip


def test_each_batch_has_its_predictions():
    outputs = []
    p = line().predict(X, batch_size=2, callbacks=LambdaCallback(
        on_predict_batch_end=lambda batch, logs: outputs.append(logs["outputs"])))  # fmt: skip
    assert [len(part) for part in outputs] == [2, 2, 1] and (np.concatenate(outputs) == p).all()


def test_older_names_of_hooks():
    callback = recorder(names=("on_batch_begin", "on_batch_end"))
    line().fit(X, Y, callbacks=callback)
    assert callback.calls == [("on_batch_begin", 0), ("on_batch_end", 0)]
    callback = recorder(names=("on_batch_end", "on_train_batch_end"))
    line().fit(X, Y, callbacks=callback)
    assert callback.calls == [("on_train_batch_end", 0)]


def test_nobody_is_called_where_nobody_listens(monkeypatch):
    """Neither hooks that do nothing, nor the weights' way to the model and back."""
    from nn.training.stepper import Stepper

    ways = []
    monkeypatch.setattr(Stepper, "write", lambda self: ways.append("write"))
    for callbacks, count in (([], 1), ([Callback()], 3), ([recorder(names=["on_train_batch_end"])], 13)):
        ways.clear()
        line().fit(X, Y, batch_size=1, epochs=2, callbacks=callbacks, verbose=0)
        assert len(ways) == count


def test_logs_of_a_batch_are_those_of_the_epoch_so_far():
    model, seen = line(metrics=["mae"]), []
    watch = LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(logs))
    history = model.fit(X, Y, batch_size=2, shuffle=False, callbacks=watch)
    first = line(metrics=["mae"]).evaluate(X[:2], Y[:2], return_dict=True)
    assert seen[0] == pytest.approx(first) and len(seen) == 3
    assert seen[-1] == {name: numbers[0] for name, numbers in history.history.items()}


def test_a_callback_knows_the_model_and_the_training():
    callback, model = Callback(), line()
    history = model.fit(X, Y, batch_size=2, epochs=3, callbacks=[callback], verbose=0)
    assert callback.model is model and callback.params == {"verbose": 0, "epochs": 3, "steps": 3} == history.params
    assert model.history is history and Callback.params == {}


def test_training_ends_at_a_flag_or_a_reason():
    class At(Callback):
        def __init__(self, hook, flag):
            setattr(self, hook, lambda *_, **__: setattr(self.model, "stop_training", flag))

    for hook in ("on_epoch_begin", "on_train_batch_begin", "on_train_batch_end", "on_epoch_end", "on_test_end"):
        history = line().fit(X, Y, 1, 9, callbacks=[At(hook, True)], validation_data=(X, Y))
        assert (history.epoch, history.stopped) == ([0], "stop_training")
        assert line().fit(X, Y, 1, 9, callbacks=[At("on_epoch_end", "enough")]).stopped == "enough"
    counting = recorder(names=["on_train_batch_end"])
    line().fit(X, Y, 1, 9, callbacks=[At("on_train_batch_begin", True), counting])
    assert counting.calls == [("on_train_batch_end", 0)]
    both = line().fit(X, Y, epochs=9, callbacks=[lambda r: "one", [lambda r: "two", (lambda r: "",)]])
    assert (both.epoch, both.stopped) == ([0], "two")
    assert line().fit(X, Y, epochs=2).stopped == ""


def test_all_end_whatever_one_of_them_raises():
    class Broken(Callback):
        def __init__(self, hook):
            def fail(*_, **__):
                raise ZeroDivisionError(hook)

            setattr(self, hook, fail)

    for hook in ("on_train_begin", "on_epoch_begin", "on_train_batch_end", "on_epoch_end", "on_train_end"):
        before, after = (recorder(names=["on_train_begin", "on_train_end"]) for _ in range(2))
        with pytest.raises(ZeroDivisionError, match=hook):
            line().fit(X, Y, callbacks=[before, Broken(hook), after])
        assert before.calls == [("on_train_begin",), ("on_train_end",)]
        assert after.calls == ([] if hook == "on_train_begin" else before.calls)


def test_a_history_of_the_user_goes_on():
    history, model = nn.History(), line()
    assert model.fit(X, Y, epochs=2, callbacks=[history]) is history is model.history
    model.fit(X, Y, epochs=5, initial_epoch=2, callbacks=[history])
    assert history.epoch == [2, 3, 4] and len(history.history["loss"]) == 5


def test_what_is_no_callback():
    for wrong, message in (
        (3, "A callback must be a function of a Record, or have methods such as on_epoch_end, got 3. "
            "Derive a class from nn.Callback."),
        (EarlyStopping, "A callback must be an object, got the class EarlyStopping. Write EarlyStopping()."),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            line().fit(X, Y, callbacks=[wrong])
        assert str(caught.value) == message
    with pytest.raises(ModelError, match=r"Unknown hook 'on_epoch'\. Choose one of on_train_begin, on_train_end, "):
        LambdaCallback(on_epoch=print)


def test_a_model_with_a_history_is_copied():
    model = line()
    model.fit(X, Y, epochs=2, callbacks=[Callback()])
    model.train_on_batch(X, Y)
    other = copy.deepcopy(model)
    assert other.history.history == model.history.history and other.history.model is other
    assert other.train_on_batch(X, Y) == model.train_on_batch(X, Y)


# ── the callbacks ─────────────────────────────────────────────────────────────────────────────────


def test_where_a_number_is_missing():
    with pytest.warns(ModelWarning) as told:
        assert line().fit(X, Y, epochs=1, callbacks=[EarlyStopping()]).epoch == [0]
    assert str(told[0].message) == (
        "EarlyStopping has no 'val_loss' to watch in epoch 1, only loss. "
        "Give fit data to validate with, after each epoch."
    )
    with pytest.warns(ModelWarning, match=r"^ModelCheckpoint has no 'size' to watch in epoch 3, only loss, mae\.$"):
        checkpoint = ModelCheckpoint("x.npz", "size", save_best_only=True, mode="max")
        assert checkpoint.watched(2, {"loss": 1.0, "mae": 1.0}) is None


@pytest.mark.parametrize(("wrong", "message"), [
    (lambda: EarlyStopping(patience=-1), "patience must be a whole number of at least 0, got -1. Try patience=0."),
    (lambda: nn.ReduceLROnPlateau(factor=1.0), "ReduceLROnPlateau needs 0 ≤ factor < 1, got 1.0. Try 0.1."),
    (lambda: nn.ReduceLROnPlateau(mode="up"), "Unknown mode 'up'. Choose one of auto, min, max."),
    (lambda: EarlyStopping(min_delta="a"),
     "The min_delta of EarlyStopping must be a number, got 'a'. Try min_delta=0.0."),
    (lambda: LearningRateScheduler(0.1),
     "The schedule of LearningRateScheduler must be a function, got 0.1. Write its name without brackets."),
    (lambda: CSVLogger("x.csv", separator=", "), "The separator must be one character, got ', '. Try ';'."),
    (lambda: line().fit(X, Y, shuffle="batch"), "shuffle must be True or False, got 'batch'."),
    (lambda: nn.ReduceLROnPlateau(cooldown=0.5),
     "The cooldown of ReduceLROnPlateau must be a whole number, got 0.5. Try cooldown=0."),
    (lambda: ModelCheckpoint("best.keras"), "'best.keras' has an unknown ending. Choose .npz."),
    (lambda: ModelCheckpoint("best.npz", save_freq=0),
     "save_freq must be a whole number of at least 1, got 0. Try save_freq=1."),
    (lambda: line().fit(X, Y, callbacks=[EarlyStopping("auc")]),
     "Unknown number to monitor 'auc'. Choose one of loss."),
    (lambda: line().fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch: "fast")]),
     "The schedule gave 'fast' for epoch 0. It must return a learning rate, a number of at least 0."),
    (lambda: line().fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch, rate: -rate)]),
     "The schedule gave -0.1 for epoch 0. It must return a learning rate, a number of at least 0."),
    (lambda: line(SGD(lambda k: 0.1)).fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch: 0.1)]),
     "LearningRateScheduler cannot set a learning rate that is a schedule. Give the optimizer a number."),
    (lambda: line(SGD(lambda k: 0.1)).fit(X, Y, callbacks=[nn.ReduceLROnPlateau("loss")]),
     "ReduceLROnPlateau cannot set a learning rate that is a schedule. Give the optimizer a number."),
])  # fmt: skip
def test_mistakes_are_told(wrong, message):
    with pytest.raises((ModelError, FileError)) as caught:
        wrong()
    assert str(caught.value) == message


def test_a_learning_rate_counts_from_the_next_step():
    model, rates = line(SGD(0.5)), []
    watch = LambdaCallback(
        on_epoch_begin=lambda epoch, logs: rates.append(model.optimizer.learning_rate),
        on_epoch_end=lambda epoch, logs: setattr(model.optimizer, "learning_rate", 0.0),
    )
    history = model.fit(X, Y, epochs=4, callbacks=[watch]).history["loss"]
    assert rates == [0.5, 0.0, 0.0, 0.0] and history[0] > history[1] == history[2] == history[3]


def test_a_schedule_of_the_epoch_alone_may_raise_type_errors_of_its_own():
    def schedule(epoch, rate):
        raise TypeError("of the user's own")

    with pytest.raises(TypeError, match="of the user's own"):
        line().fit(X, Y, callbacks=[LearningRateScheduler(schedule)])


def test_divergence_is_an_error_or_an_end():
    with pytest.raises(DivergenceError) as caught:
        line(SGD(1e200)).fit(X, Y, epochs=9)
    assert caught.value.loss == math.inf
    model = line(SGD(1e200), metrics=["mae"])
    history = model.fit(X, Y, 1, 9, callbacks=[TerminateOnNaN()], shuffle=False)
    assert history.stopped == "the loss is inf" and np.isfinite(model.get_weights()[0]).all()
    assert history.epoch == [0] and math.isnan(history.history["mae"][0])
    lost = r"^NaN or Inf loss encountered at batch 1\. Loss value: inf\. Terminating training immediately\.$"
    with pytest.raises(RuntimeError, match=lost):
        line(SGD(1e200)).fit(X, Y, 1, 9, callbacks=[TerminateOnNaN(raise_error=True)], shuffle=False)
    model = line(nn.SGD(1e308))  # a weight is inf, before any loss is
    assert model.fit([[10.0]], [10.0], 1, 9, callbacks=[TerminateOnNaN()]).stopped == "the loss is nan"
    assert [w.tolist() for w in model.get_weights()] == [[[0.0]], [0.0]]


# ── files ─────────────────────────────────────────────────────────────────────────────────────────


def test_checkpoints_are_the_model_or_its_weights(tmp_path):
    model = line()
    callbacks = [
        ModelCheckpoint(tmp_path / "new" / "{epoch:02d}-{loss:.3f}.npz"),
        ModelCheckpoint(tmp_path / "weights.npz", "loss", save_weights_only=True, save_best_only=True),
        ModelCheckpoint(str(tmp_path) + "/b{epoch}-{batch}.npz", save_freq=3),
    ]
    history = model.fit(X, Y, 2, 3, callbacks=callbacks, shuffle=False)
    names = [f"{i + 1:02d}-{loss:.3f}.npz" for i, loss in enumerate(history.history["loss"])]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "b1-3.npz",
        "b2-3.npz",
        "b3-3.npz",
        "new",
        "weights.npz",
    ]
    saved, again = nn.load(tmp_path / "new" / names[-1]), line()
    again.load_weights(tmp_path / "weights.npz")
    for other in (saved, again):
        assert [w.tolist() for w in other.get_weights()] == [w.tolist() for w in model.get_weights()]
    with pytest.raises(FileError, match=r"it has no model\.json; load_weights reads it, if it holds weights alone"):
        nn.load(tmp_path / "weights.npz")
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match=r"file/x\.npz' cannot be written: .*\. Choose another place\.$"):
        model.fit(X, Y, callbacks=[ModelCheckpoint(tmp_path / "file" / "x.npz")])


@pytest.mark.parametrize(("pattern", "why"), [
    ("{epoch.__class__}", "Unknown number in the file name '{}': 'epoch.__class__'. Choose one of epoch, loss."),
    ("{epoch[0]}", "Unknown number in the file name '{}': 'epoch[0]'. Choose one of epoch, loss."),
    ("{val_loss:.2f}", "Unknown number in the file name '{}': 'val_loss'. Choose one of epoch, loss."),
    ("{}", "Unknown number in the file name '{}': ''. Choose one of epoch, loss."),
    ("{0}", "Unknown number in the file name '{}': '0'. Choose one of epoch, loss."),
    ("{epoch:999999999d}", "{{epoch:999999999d}} is no format of a number"),
    ("{loss:.999999999f}", "{{loss:.999999999f}} is no format of a number"),
    ("{loss:{epoch}}", "{{loss:{{epoch}}}} is no format of a number"),
    ("{epoch!r}", "{{epoch:}} is no format of a number"),
    ("{epoch", "expected '}}' before end of string"),
    ("epoch}", "Single '}}' encountered in format string"),
    ("{loss:d}", "Unknown format code 'd' for object of type 'float'"),
])  # fmt: skip
def test_hostile_patterns(pattern, why):
    with pytest.raises(ModelError) as caught:
        filled(pattern, {"epoch": 1, "loss": 0.5})
    message = why.format(pattern)
    if not message.startswith("Unknown number"):
        message = (
            f"The file name '{pattern}' cannot be filled: {message}. Write numbers as {{epoch:02d}} or {{loss:.2f}}."
        )
    assert str(caught.value) == message
    assert filled("a{{b}}-{epoch:3d}-{loss:+.1e}-{loss}", {"epoch": 1, "loss": 0.5}) == "a{b}-  1-+5.0e-01-0.5"


def test_a_log_is_read_back(tmp_path):
    path = tmp_path / "log.csv"
    log = CSVLogger(path, separator=";", append=True)
    model = line(metrics=["mae"])
    first = model.fit(X, Y, epochs=2, callbacks=[log], validation_split=0.4, validation_freq=2)
    second = model.fit(X, Y, epochs=3, initial_epoch=2, callbacks=[log], validation_split=0.4)
    rows = list(csv.DictReader(path.read_text().splitlines(), delimiter=";"))
    assert list(rows[0]) == ["epoch", "loss", "mae", "val_loss", "val_mae"] and log.file is None
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    losses = first.history["loss"] + second.history["loss"]
    assert [float(row["loss"]) for row in rows] == losses and len(rows) == 3
    line().fit(X, Y, callbacks=[CSVLogger(path)])
    assert path.read_text().startswith("epoch,loss,val_loss\n0,") and path.read_text().endswith(",NA\n")
    with pytest.raises(FileError, match=r"missing/log\.csv' cannot be written: No such file or directory\."):
        line().fit(X, Y, callbacks=[CSVLogger(tmp_path / "missing" / "log.csv")])
    with pytest.raises(ZeroDivisionError):
        line().fit(X, Y, callbacks=[log, LambdaCallback(on_epoch_end=lambda *_: 1 / 0)])
    assert log.file is None  # closed all the same


def test_weights_alone(tmp_path):
    model, other = nn.MLP(2, [3, 1], rng=0), nn.MLP(2, [3, 1], rng=1)
    path = model.save_weights(tmp_path / "w.npz")
    with np.load(path) as file:
        assert file.files == list(model.tensors())
    other.layers[0].name = "another"
    other.load_weights(path)
    assert other.predict([[1, 2]]) == model.predict([[1, 2]])
    other.load_weights(model.save(tmp_path / "m.npz"))
    larger = nn.MLP(2, [4, 1], rng=0)
    before = larger.get_weights()
    with pytest.raises(FileError) as caught:
        larger.load_weights(path)
    assert str(caught.value) == (
        f"'{path}' is not a saved model: its arrays have shapes [(2, 3), (3,), (3, 1), (1,)], those of the model "
        "[(2, 4), (4,), (4, 1), (1,)]. Give a file that model.save wrote."
    )
    assert all((a == b).all() for a, b in zip(before, larger.get_weights(), strict=True))
    with pytest.raises(FileError, match=r"w\.npz' is there already\. Choose another name, or overwrite=True\."):
        model.save_weights(path, overwrite=False)
    with pytest.raises(ModelError, match="The model has no weights yet"):
        Sequential([Dense(1)]).save_weights(path)


def test_a_description_and_back():
    model = Sequential([Dense(3, 2, "relu", kernel_regularizer=nn.L2(0.1)), nn.Dropout(0.5), Dense(1)], name="m", rng=0)
    again = nn.model_from_json(model.to_json(indent=None), rng=0)
    assert again.to_json() == model.to_json() and again.predict([[1, 2]]) == model.predict([[1, 2]])
    for text, why in (
        ("", "Expecting value: line 1 column 1 (char 0)"),
        ("[]", "its model.json does not describe one"),
        ("[" * 100_000, "maximum recursion depth exceeded while decoding a JSON array from a unicode string"),
        (" " * 2_000_000, "it is longer than 1000000 characters"),
        (model.to_json().replace('"units": 3', '"units": 300000000'), "its layers have more than 12500000 numbers"),
        (model.to_json().replace('"Dropout"', '"os.system"'), "it has an unknown layer 'os.system', not one of "),
        (None, "it is no text"),
    ):
        with pytest.raises(ModelError) as caught:
            nn.model_from_json(text)
        assert str(caught.value).startswith(f"The text does not describe a model: {why}"), str(caught.value)


# ── the arguments of fit ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("options", "kind", "message"), [
    ({"sample_weight": [1.0]}, ShapeError,
     "sample_weight must have shape (5,), got (1,). Give one number for each row."),
    ({"sample_weight": np.ones((5, 2))}, ShapeError,
     "sample_weight must have shape (5,), got (5, 2). Give one number for each row."),
    ({"sample_weight": [1, 1, math.nan, 1, 1]}, DataError,
     "sample_weight is nan in row 2. Remove the row, or fill the gap."),
    ({"sample_weight": "balanced"}, DataError,
     "sample_weight must be an array of numbers, got 'balanced'. Give one number for each row."),
    ({"class_weight": "balanced"}, ModelError,
     "class_weight must be a dictionary such as {0: 1.0, 1: 5.0}, got 'balanced'."),
    ({"class_weight": {"0": 1.0}}, ModelError,
     "class_weight must be a dictionary such as {0: 1.0, 1: 5.0}, got {'0': 1.0}."),
    ({"class_weight": {0: math.inf}}, ModelError,
     "class_weight must be a dictionary such as {0: 1.0, 1: 5.0}, got {0: inf}."),
    ({"class_weight": {0: 1.0}, "sample_weight": np.ones(5)}, ModelError,
     "class_weight and sample_weight exclude each other. Multiply them into sample_weight."),
    ({"steps_per_epoch": 0}, ModelError,
     "steps_per_epoch must be a whole number of at least 1, got 0. Try steps_per_epoch=1."),
    ({"initial_epoch": -1}, ModelError,
     "initial_epoch must be a whole number of at least 0, got -1. Try initial_epoch=0."),
    ({"validation_freq": 0}, ModelError,
     "validation_freq must be a whole number of at least 1, got 0. Try validation_freq=1."),
    ({"validation_steps": 1.5}, ModelError,
     "validation_steps must be a whole number of at least 1, got 1.5. Try validation_steps=1."),
    ({"validation_batch_size": -3}, ModelError,
     "validation_batch_size must be a whole number of at least 1, got -3. Try validation_batch_size=1."),
    ({"validation_data": (X, Y, np.ones(2))}, ShapeError,
     "sample_weight must have shape (5,), got (2,). Give one number for each row."),
])  # fmt: skip
def test_poor_arguments(options, kind, message):
    with pytest.raises(kind) as caught:
        line().fit(X, Y, **options)
    assert str(caught.value) == message


def test_arguments_of_compile():
    model = line(run_eagerly=True, jit_compile=False, steps_per_execution=4, auto_scale_loss=False)
    assert model.fit(X, Y).history == line().fit(X, Y).history
    model.compile("sgd", "mse", metrics=None, weighted_metrics=None, loss_weights=None)
    assert model.metrics_names == ["loss"]
    model.compile("sgd", "mse", ["mae"], weighted_metrics=["mae", "mse"])
    assert model.metrics_names == ["loss", "mae", "weighted_mae", "mse"]
    for options, message in (
        ({"loss_weights": [1.0]},
         "loss_weights weigh the losses of several outputs, and this model has one. Leave it out."),
        ({"weighted_metrics": "mae"},
         "weighted_metrics must be a list, got 'mae'. Put it in brackets: weighted_metrics=['accuracy']."),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            model.compile("sgd", "mse", **options)
        assert str(caught.value) == message


def test_a_weighted_metric_needs_a_number_for_each_example():
    model = line(weighted_metrics=[nn.metrics.Metric("size", lambda y, p: 1.0)])
    assert model.evaluate(X, Y)[1] == 1.0
    with pytest.raises(ShapeError) as caught:
        model.evaluate(X, Y, sample_weight=np.ones(5))
    assert str(caught.value) == (
        "The metric 'size' gave one number for 5 examples, which have weights. "
        "Return a number for each of them, or move it to metrics."
    )


def test_rows_that_end_before_the_steps():
    with pytest.warns(ModelWarning) as told:
        line().fit(X, Y, batch_size=2, epochs=2, steps_per_epoch=2)
    assert [str(one.message) for one in told] == [
        "The rows ended after 1 of steps_per_epoch = 2 batches in epoch 2; the next epoch begins anew. "
        "Give fewer steps or a smaller batch_size."
    ]


def test_epochs_of_parts_go_through_all_rows_in_one_order():
    model, seen = line(), []
    loss = nn.losses.Loss("watching", lambda y, p: seen.append(y) or (y[0] - p[0]) ** 2)
    model.compile("sgd", loss)
    whole = line().fit(X, Y, batch_size=1, shuffle=True, rng=3).history["loss"][0]
    parts = line().fit(X, Y, batch_size=1, epochs=5, steps_per_epoch=1, rng=3).history["loss"]
    assert np.mean(parts) == pytest.approx(whole)


# ── reading a model ───────────────────────────────────────────────────────────────────────────────


def test_weights_as_variables():
    model = Sequential([Dense(3, 2, name="hidden"), nn.BatchNormalization(), Dense(1, trainable=False)], rng=0)
    assert [w.path for w in model.weights] == list(model.tensors()) and model.weights[0].name == "kernel"
    assert [w.path for w in model.trainable_weights] == ["hidden.kernel", "hidden.bias", "layer2.gamma", "layer2.beta"]
    assert len(model.non_trainable_weights) == 4 and model.count_params() == model.count == 9 + 12 + 4
    weight = model.layers[0].weights[0]
    assert (weight.name, weight.shape, weight.trainable) == ("kernel", (2, 3), True)
    weight.assign(np.ones((2, 3)))
    assert (np.array(weight) == 1).all() and model.get_weights()[0].sum() == 6
    assert np.asarray(weight, dtype="float32").dtype == np.float32
    assert re.fullmatch(r"<Weight kernel, shape \(2, 3\), \[\[1\. 1\. 1\.\] \[1\. 1\. 1\.\]\]>", repr(weight))
    for wrong, message in (
        ([1.0], "kernel has shape (2, 3), got (1,). Reshape or transpose it."),
        (["a"], "kernel is 'a' in row 0. Give an array of shape (2, 3)."),
    ):
        with pytest.raises(ValueError) as caught:
            weight.assign(wrong)
        assert str(caught.value) == message
    model.trainable = False
    assert model.trainable_weights == []
    assert nn.Neuron(2, rng=0).weights[0].name == "w0"  # a neuron's are Values


def test_get_layer():
    model = Sequential([Dense(3, 2, name="hidden"), Dense(1)])
    assert model.get_layer("hidden") is model.get_layer(index=0) is model.get_layer(index=-2) is model.layers[0]
    for wrong, message in (
        (lambda: model.get_layer("dense"), "Unknown layer 'dense'. Choose one of hidden, layer2."),
        (lambda: model.get_layer(index=2), "The model has 2 layers, and no index 2. Count them from 0."),
        (lambda: model.get_layer(index=-3), "index must be a whole number of at least -2, got -3. Try index=-2."),
        (lambda: model.get_layer(),
         "get_layer needs a name or an index. Write get_layer('layer1') or get_layer(index=0)."),
        (lambda: model.get_layer("a", 1),
         "get_layer needs a name or an index. Write get_layer('layer1') or get_layer(index=0)."),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            wrong()
        assert str(caught.value) == message


def test_a_summary_is_printed_and_fits(capsys, monkeypatch):
    inner = Sequential([Dense(2, name="first"), Dense(1, name="second")], name="inner")
    model = Sequential([Dense(100, 100, name="hidden", trainable=False), inner, Dense(1)], name="outer")
    assert model.summary() is None
    text = capsys.readouterr().out
    assert text.startswith('Model: "outer"\n┏') and " Total params: 10,307 (80.52 KB)\n" in text
    monkeypatch.setenv("COLUMNS", "44")
    model.summary(show_trainable=True, expand_nested=True)
    lines = capsys.readouterr().out.splitlines()
    assert {len(line) for line in lines[1:-3]} == {40} and any("└ second" in line for line in lines)
    Sequential([Dense(1)]).summary(line_length=70)
    assert re.search(r"│ \? +│ 0 \(unbuilt\) │", capsys.readouterr().out)
    for options, message in (
        ({"line_length": 9}, "A table of 9 characters has no room for 3 columns. Give line_length=80."),
        ({"layer_range": ["hidden", "("]},
         "layer_range must name the first layer and the last one of hidden, inner, layer3, got ['hidden', '(']."),
        ({"layer_range": ["hidden", "last"]},
         "layer_range must name the first layer and the last one of hidden, inner, layer3, got ['hidden', 'last']."),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            model.summary(**options)
        assert str(caught.value) == message


def test_single_batches():
    model = Sequential([Dense(1, 1, kernel_initializer="zeros"), nn.BatchNormalization()], rng=0)
    model.compile(SGD(0.1), "mse", metrics=["mae"])
    expected = copy.deepcopy(model)
    logs = [model.train_on_batch(X[:n], Y[:n], return_dict=True) for n in (5, 3, 5)]
    assert list(logs[0]) == ["loss", "mae"] and model.train_on_batch(X, Y)[0] < logs[0]["loss"]
    for n in (5, 3, 5, 5):
        expected.fit(X[:n], Y[:n], shuffle=False)
    for mine, their in zip(model.get_weights(), expected.get_weights(), strict=True):
        assert mine == pytest.approx(their, rel=1e-12)
    model.layers[0].trainable = False
    frozen = model.get_weights()[0]
    model.train_on_batch(X, Y)
    assert (model.get_weights()[0] == frozen).all()
    model.compile(SGD(1e200), "mse")
    with pytest.raises(DivergenceError, match=r"^The loss is inf; the weights are those before that step\. "):
        for _ in range(9):
            model.train_on_batch(X, Y)


def test_single_batches_are_recorded_once(monkeypatch):
    from nn.training import recording

    recorded = []
    before = recording.Recording.recorded
    monkeypatch.setattr(recording.Recording, "recorded", lambda self, n: recorded.append(n) or before(self, n))
    model = line()
    for n in (5, 5, 3):
        model.train_on_batch(X[:n], Y[:n])
    assert recorded == [1]
    model.train_on_batch(X, Y, sample_weight=np.ones(5))
    assert recorded == [1, 1]


# ── numbers watched, by hand ──────────────────────────────────────────────────────────────────────


class Listed(Callback):
    """Writes given numbers into the logs, before the callbacks that watch them; the weight is the epoch's number."""

    def __init__(self, numbers):
        self.numbers = numbers

    def on_epoch_end(self, epoch, logs=None):
        logs["number"] = self.numbers[epoch]
        self.model.set_weights([[[float(epoch)]], [0.0]])


def watched(numbers, *callbacks):
    model = line(SGD(0.1))
    model.metrics = (nn.metrics.Metric("number", lambda y, p: 0.0, "min"),)
    history = model.fit(X, np.zeros(5), epochs=len(numbers), callbacks=[Listed(numbers), *callbacks])
    return history, int(model.get_weights()[0][0, 0])


FALLING = [5.0, 4.0, 4.5, 3.9, 4.0, 4.1, 3.0]


@pytest.mark.parametrize(("options", "epochs", "weights"), [
    ({}, 3, 2), ({"patience": 1}, 3, 2), ({"patience": 2}, 6, 5), ({"patience": 3}, 7, 6),
    ({"patience": 2, "restore_best_weights": True}, 6, 3), ({"restore_best_weights": True, "patience": 9}, 7, 6),
    ({"patience": 1, "min_delta": 0.2, "start_from_epoch": 3, "restore_best_weights": True}, 5, 3),
    ({"patience": 2, "min_delta": -0.2, "restore_best_weights": True}, 4, 1),
    ({"mode": "max", "patience": 2, "restore_best_weights": True}, 3, 0),
    ({"baseline": 4.2, "patience": 1}, 3, 2), ({"baseline": 3.95, "patience": 4, "restore_best_weights": True}, 7, 6),
    ({"baseline": 1.0, "patience": 3, "restore_best_weights": True}, 3, 1),
])  # fmt: skip
def test_early_stopping_by_hand(options, epochs, weights):
    stop = EarlyStopping("number", **options)
    for _ in range(2):  # it begins anew
        history, left = watched(FALLING, stop)
        assert (len(history.epoch), left) == (epochs, weights)
    assert stop.stopped_epoch == (epochs - 1 if epochs < 7 else 0)
    reason = f"number has not improved in {stop.wait} epochs"
    assert history.stopped == (reason if epochs < 7 else "") and EarlyStopping().patience == 0


@pytest.mark.parametrize(("options", "rates"), [
    ({"patience": 1}, [1, 1, 0.5, 0.5, 0.25, 0.125, 0.125]), ({"patience": 2}, [1, 1, 1, 1, 1, 0.5, 0.5]),
    ({"patience": 1, "cooldown": 1}, [1, 1, 0.5, 0.5, 0.25, 0.125, 0.125]),
    ({"patience": 1, "cooldown": 2, "min_delta": 2}, [1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]),
    ({"patience": 1, "min_lr": 0.04}, [1, 1, 0.5, 0.5, 0.4, 0.4, 0.4]), ({}, [1] * 7),
    ({"patience": 1, "mode": "max"}, [1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625]),
])  # fmt: skip
def test_a_rate_that_falls_by_hand(options, rates):
    history, _ = watched(FALLING, slower := nn.ReduceLROnPlateau("number", factor=0.5, **options))
    left = [*history.history["learning_rate"][1:], slower.model.optimizer.learning_rate]
    assert left == pytest.approx([0.1 * rate for rate in rates])
    assert repr(nn.ReduceLROnPlateau()) == (
        "ReduceLROnPlateau(monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', min_delta=0.0001, "
        "cooldown=0, min_lr=0.0)"
    )


def test_what_callbacks_say(capsys, tmp_path):
    path = tmp_path / "x.npz"
    checkpoint = ModelCheckpoint(path, "number", verbose=1, save_best_only=True)
    watched([3.0, 4.0], checkpoint, EarlyStopping("number", verbose=1, restore_best_weights=True))
    assert capsys.readouterr().out == (
        f"\nEpoch 1: number improved from None to 3.00000, saving model to {path}\n"
        f"\nEpoch 1: finished saving model to {path}\n"
        "\nEpoch 2: number did not improve from 3.00000\n"
        "Epoch 2: early stopping\n"
        "Restoring model weights from the end of the best epoch: 1.\n"
    )
    assert nn.load(path).get_weights()[0] == 0
    watched([3.0, 4.0], nn.ReduceLROnPlateau("number", 0.5, 1, 1), LearningRateScheduler(lambda epoch: 1, 1))
    assert capsys.readouterr().out == (
        "\nEpoch 1: LearningRateScheduler setting learning rate to 1.0.\n"
        "\nEpoch 2: LearningRateScheduler setting learning rate to 1.0.\n"
        "\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.5.\n"
    )
    with pytest.warns(ModelWarning, match="ModelCheckpoint has no 'val_loss'"):  # saved all the same, as Keras does
        watched([3.0], ModelCheckpoint(tmp_path / "y.npz", save_best_only=True))
    assert nn.load(tmp_path / "y.npz").count == 2
    threshold = ModelCheckpoint(tmp_path / "z.npz", "number", save_best_only=True, initial_value_threshold=2.0)
    watched([3.0, 2.0], threshold)
    assert not (tmp_path / "z.npz").exists()


def test_a_bar_counts_from_the_first_epoch(capsys):
    pytest.importorskip("tqdm")
    line().fit(X, Y, epochs=5, initial_epoch=3, verbose=1)
    assert "5/5" in capsys.readouterr().err
