"""Public classes and functions of nn, called with arguments of the wrong kind: they work, or an error of ours comes."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import nn
from autograd import ChalkgradError, Value
from nn import callbacks, datasets, initializers, losses, metrics, optimizers, regularizers, schedules
from nn.arguments import checked

X, Y, ONE_HOT = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0], np.eye(2)[[0, 1, 1, 0]]
WRONG = [None, 3, -1, "x", [], object()]


def model(*layers):
    made = nn.Sequential([*layers, nn.Dense(1, 2 if not layers else None)], rng=0)
    made.compile("sgd", "mse", metrics=["accuracy"])
    return made


def as_layer(layer):
    made = nn.Sequential([nn.Dense(2, 2), layer], rng=0)
    made.predict(X)
    made.summary(print_fn=str)
    made.save("layer.npz")
    made.get_weights()


def as_metric(metric):
    metric(ONE_HOT, ONE_HOT / 2 + 0.25)
    assert {metric.name: 0.0} and repr(metric)
    made = model()
    made.compile("sgd", "mse", metrics=[metric])
    made.evaluate(X, Y)


def as_loss(loss):
    loss(1 if loss.labels == "class" else [1.0, 0.0], [Value(0.5), Value(0.5)]).backward()
    assert {loss.name: 0.0} and repr(loss)


def as_optimizer(optimizer):
    optimizer.update(optimizer.start([1.0, 2.0]), [0.5, 0.25], [1.0, 2.0])
    assert repr(optimizer)


def as_callback(callback):
    model().fit(X, Y, epochs=2, validation_data=(X, Y), callbacks=[callback])


def as_schedule(schedule):
    for step in (0, 1, 100):
        nn.SGD(schedule).update(optimizers.State(step, {"v": np.zeros(1)}), [1.0], [1.0])


def as_regularizer(regularizer):
    layer = nn.Dense(1, 2, kernel_regularizer=regularizer)
    layer.get_weights()
    made = nn.Sequential([layer])
    made.compile("sgd", "mse")
    made.evaluate(X, Y)


def as_initializer(initializer):
    nn.Dense(2, 3, kernel_initializer=initializer).get_weights()


def method(owner, name, **given):
    """A method of a new object, and the arguments that it needs."""

    def call(**arguments):
        return getattr(owner(), name)(**given | arguments)

    call.__signature__ = inspect.signature(getattr(owner(), name))
    return call


def of_names(module, names, use):
    return {f"{module.__name__}.{name}": (getattr(module, name), use) for name in names}


def seen(result):
    assert repr(result)


def trained(made):
    made.fit(X, Y)


TARGETS = {
    **of_names(nn.layers, sorted({*nn.layers.__all__} - {"Input", "InputLayer", "Neuron"}), as_layer),
    **of_names(nn, ["Input", "Neuron", "load", "model_from_json", "from_keras", "from_torch"], seen),
    **of_names(nn, ["LinearRegression", "LogisticRegression"], trained),
    **of_names(nn, ["Sequential", "MLP"], lambda made: made.summary(print_fn=str)),
    **of_names(nn, ["Perceptron"], lambda made: made.fit(X, [-1, 1, 1, 1])),
    **of_names(losses, losses.CLASSES, as_loss),
    **of_names(metrics, [kind.__name__ for kind in metrics.KINDS], as_metric),
    **of_names(metrics, ["Metric", "SetMetric"], as_metric),
    **of_names(optimizers, optimizers.rules.__all__, as_optimizer),
    **of_names(callbacks, sorted({*callbacks.__all__} - {"Callback", "History", "Record"}), as_callback),
    **of_names(schedules, [x for x in vars(schedules) if x.endswith("Decay")], as_schedule),
    **of_names(regularizers, ["L1", "L2", "L1L2", "l1_l2", "get"], as_regularizer),
    **of_names(initializers, [*initializers.CLASSES, "constant", "uniform", "normal", "truncated"], as_initializer),
    **of_names(initializers, ["orthogonal", "identity", "get"], as_initializer),
    **of_names(datasets, [name for name in datasets.__all__ if name != "PLAYGROUND"], seen),
    **of_names(nn.utils, ["to_categorical"], seen),
    **of_names(nn.activations, ["get"], lambda made: nn.Neuron(2, made)([1.0, 2.0])),
    **of_names(losses, ["get"], as_loss),
    **of_names(optimizers, ["get"], as_optimizer),
}
for name, given in {
    "compile": {"loss": "mse"}, "fit": {"x": X, "y": Y}, "train": {"x": X, "y": Y}, "evaluate": {"x": X, "y": Y},
    "predict": {"x": X}, "train_on_batch": {"x": X, "y": Y}, "test_on_batch": {"x": X, "y": Y},
    "predict_on_batch": {"x": X}, "add": {"layer": None}, "build": {"inputs": 2}, "get_layer": {}, "summary": {},
    "save": {"path": "a.npz"}, "save_weights": {"filepath": "a.npz"}, "load_weights": {"filepath": "a.npz"},
    "set_weights": {"weights": [[[1], [2]], [3]]}, "__call__": {"x": [1.0, 2.0]}, "batch": {"rows": X},
}.items():  # fmt: skip
    TARGETS[f"Sequential.{name}"] = method(model, name, **given), seen
for name, given in {"start": {}, "update": {"state": nn.SGD().start([1.0]), "gradient": [1.0]}}.items():
    TARGETS[f"SGD.{name}"] = method(lambda: nn.SGD(0.1), name, parameters=[1.0], **given), seen
for name, given in {"fit": {"y": [-1, 1, 1, 1]}, "predict": {}}.items():
    TARGETS[f"Perceptron.{name}"] = method(lambda: nn.Perceptron(2), name, X=X, **given), seen
TARGETS["mse"] = lambda y=1.0, p=0.5: losses.mse(y, p), seen
TARGETS["Weight.assign"] = method(lambda: nn.Dense(1, 1).weights[1], "assign", values=[1.0]), seen
VALID = {
    "model": None, "module": None, "units": 2, "inputs": 2,
    "activation": "tanh", "rate": 0.5, "shape": (2,), "name": "and", "path": "a.npz",
    "filepath": "b.npz", "filename": "log.csv", "json_string": "{}", "x": [0, 1], "X": X, "y": Y, "value": 0.5,
    "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5, "boundaries": [1], "values": [0.1, 0.2],
    "function": lambda y, p, *weights: ((y - p) ** 2).mean(), "schedule": lambda epoch, rate: rate,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::nn.errors.ModelWarning")
@pytest.mark.parametrize("target", TARGETS)
def test_no_error_is_anybody_elses(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, use = TARGETS[target]
    parameters = inspect.signature(call).parameters.values()
    named = [x for x in parameters if x.kind in (x.POSITIONAL_OR_KEYWORD, x.KEYWORD_ONLY)]
    needed = {x.name: VALID[x.name] for x in named if x.default is x.empty and x.name in VALID}
    for parameter in named:
        for wrong in WRONG:
            try:
                use(call(**needed | {parameter.name: wrong}))
            except ChalkgradError as error:
                assert str(error).rstrip()[-1] in ".'", error
            except Exception as error:
                pytest.fail(f"{parameter.name} = {wrong!r}: {type(error).__name__}: {error}")


@pytest.mark.parametrize(("call", "message"), [
    (lambda: nn.ModelCheckpoint(3), "A file is named by text or a path, got 3. Write its name in quotes."),
    (lambda: model().save(5), "A file is named by text or a path, got 5. Write its name in quotes."),
    (lambda: model().load_weights(5), "A file is named by text or a path, got 5. Write its name in quotes."),
    (lambda: nn.CSVLogger(None), "A file is named by text or a path, got None. Write its name in quotes."),
    (lambda: nn.Neuron(2, nonlin=False),
     "Neuron has no argument 'nonlin'. Write activation='linear' in place of nonlin=False, and 'relu' in place of "
     "True."),
    (lambda: nn.Dense(2, 2, color="red"),
     "Dense has no argument 'color'. Choose one of inputs, units, activation, use_bias, kernel_initializer, "
     "bias_initializer, kernel_regularizer, bias_regularizer, expand, trainable, name, rng."),
    (lambda: nn.Dense(2, 2, use_bias="no"),
     "The use_bias of Dense must be True or False, got 'no'. Try use_bias=True."),
    (lambda: nn.Dense(2, 2, name=3), "The name of Dense must be text, got 3. Try name='a'."),
    (lambda: nn.EarlyStopping(baseline="x"),
     "The baseline of EarlyStopping must be a number or None, got 'x'. Try baseline=0.5."),
    (lambda: nn.EarlyStopping(baseline=float("nan")),
     "The baseline of EarlyStopping must be a number or None, got nan. Try baseline=0.5."),
    (lambda: nn.BatchNorm(momentum="x"),
     "The momentum of BatchNormalization must be a number, got 'x'. Try momentum=0.99."),
    (lambda: metrics.Precision(thresholds="x"),
     "The thresholds of Precision must be a number or a list of numbers or None, got 'x'. Try thresholds=0.5."),
    (lambda: metrics.Precision(class_id=2)(ONE_HOT, ONE_HOT),
     "There is no output 2, only 2 of them. Count them from 0."),
    (lambda: metrics.Metric("m", 3),
     "The function of Metric must be a function, got 3. Write its name without brackets."),
    (lambda: losses.Huber(0), "The delta of Huber must be a finite number above 0, got 0. Try delta=1.0."),
    (lambda: schedules.CosineDecay(0.1, 0),
     "The decay_steps of CosineDecay must be a finite number above 0, got 0. Try decay_steps=0.5."),
    (lambda: initializers.RandomNormal(stddev=-1),
     "The stddev of normal must be a finite number of at least 0, got -1. Try stddev=0.05."),
    (lambda: initializers.RandomUniform(1.0, float("inf")),
     "The high of uniform must be a finite number, got inf. Try high=0.05."),
    (lambda: initializers.RandomUniform(1.0, 0.0),
     "Uniform weights need a least and a largest number, got 1.0 and 0.0. Swap them."),
    (lambda: nn.SGD(lambda step: None).update(nn.SGD().start([1.0]), [1.0], [1.0]),
     "The schedule of SGD gave None for step 0. It must return a number."),
    (lambda: nn.Neuron(1, lambda z: "x")([1.0]),
     "The activation <lambda> gave 'x'. It must return a Value made of the one it gets."),
    (lambda: nn.Dense(1, 1, kernel_initializer=lambda rng, shape: "x").get_weights(),
     "The initial weight must be an array of numbers, got 'x'. Give a name, a number, an array or a function of (rng, "
     "shape)."),
    (lambda: nn.Sequential(3), "The layers must be a list, got 3. Write Sequential([Dense(1)])."),
    (lambda: model().summary(positions=[0.5]),
     "positions must be the ends of three columns, got [0.5]. Try [0.45, 0.8, 1.0]."),
    (lambda: nn.SGD().update(3, [1.0], [1.0]),
     "The state must come from start or update, got 3. Write state = start(p)."),
    (lambda: datasets.moons(10, noise="x"), "noise must be a finite number of at least 0, got 'x'. Try 0.1."),
    (lambda: datasets.csv("a.csv", classes="ab"),
     "classes must be a list of texts, got 'ab'. Write classes=['no', 'yes']."),
])  # fmt: skip
def test_what_is_said(call, message):
    with pytest.raises(ChalkgradError) as caught:
        call()
    assert str(caught.value) == message


def test_none_for_a_name_is_its_default_as_in_keras():
    assert (metrics.Precision(name=None).name, nn.Dense(1, name=None).name) == ("precision", "")


def test_numbers_of_every_kind_are_numbers():
    assert nn.EarlyStopping("loss", np.float32(0.5), np.int64(2), verbose=True).patience == 2
    assert nn.Dense(1, 1, use_bias=np.False_).get_weights()[0].shape == (1, 1)
    assert nn.Adagrad(initial_accumulator_value=1).start([1.0]).slots["a"].dtype == float


def test_classes_of_ones_own_take_what_they_like():
    class Own(nn.Module):
        def __init__(self, scale: float):
            self.scale = scale

    assert Own("large").scale == "large"
    with pytest.raises(nn.ModelError, match="must be a number or None, got 'x'"):
        checked(lambda: None) and checked(annotated)("x")


def annotated(scale: float | None = None) -> None:
    """What a decorator sees."""
