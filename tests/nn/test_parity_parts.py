"""Number by number with Keras: metrics, losses, optimisers, activations, initializers, layers, each over our table."""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import nn
from nn import losses, metrics, optimizers
from tests.nn.test_parity import keras

pytestmark = pytest.mark.parity


# ── metrics ───────────────────────────────────────────────────────────────────────────────────────

OPTIONS = {
    "BinaryAccuracy": [{"threshold": 0.3}],
    "Precision": [{"thresholds": 0.3}, {"top_k": 2}, {"class_id": 1}, {"top_k": 1, "class_id": 2}],
    "Recall": [{"thresholds": 0.7}, {"top_k": 2}, {"class_id": 1}, {"thresholds": 0.2, "top_k": 2}],
    "AUC": [
        *({"curve": curve, "summation_method": how} for curve in ("ROC", "PR")
          for how in ("interpolation", "minoring", "majoring")),
        {"num_thresholds": 2}, {"num_thresholds": 7, "curve": "PR"}, {"thresholds": [0.9, 0.25, 0.3]},
        {"thresholds": [0.5]}, {"multi_label": True}, {"multi_label": True, "curve": "PR"},
        {"from_logits": True},
    ],
    "F1Score": [{"average": a, "threshold": t} for a in ("micro", "macro", "weighted") for t in (None, 0.5, 0.3)],
    "R2Score": [{"class_aggregation": "variance_weighted_average"}, {"num_regressors": 2}, {"num_regressors": 1000}],
}  # fmt: skip
CASES = [(kind.__name__, options) for kind in metrics.KINDS for options in [{}, *OPTIONS.get(kind.__name__, [])]]


def predictions(units):
    """Labels and probabilities of two batches with a rest, some of them on thresholds."""
    rng = np.random.default_rng(5)
    p = rng.dirichlet(np.ones(units), 50) if units > 1 else rng.random((50, 1))
    p[::7] = np.round(p[::7] * 199) / 199
    p[::11] = 0.5
    return np.eye(units)[rng.integers(units, size=50)] if units > 1 else rng.integers(2, size=(50, 1)) * 1.0, p


@pytest.mark.filterwarnings("ignore:.*adjusted R2:UserWarning", "ignore:.*Adjusted R2:UserWarning")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name, options", CASES, ids=str)
def test_metrics(name, options, weighted):
    """Keras adds up batches; we see all examples at once: the same number."""
    for units in (1, 3):
        if units == 1 and (options.keys() & {"top_k", "class_id"} or name == "SparseCategoricalAccuracy"):
            continue
        if units == 3 and name == "F1Score" and not options:
            continue  # an array
        y, p = predictions(units)
        y = y.argmax(1)[:, None] if name == "SparseCategoricalAccuracy" and units > 1 else y
        weights = np.random.default_rng(6).random(50) if weighted else None
        theirs = getattr(keras().metrics, name)(**options)
        for rows in (slice(0, 32), slice(32, 50)):
            theirs.update_state(y[rows], p[rows], sample_weight=weights[rows] if weighted else None)
        ours = getattr(metrics, name)(**options)
        ours = replace(ours, weighted=weighted)
        assert ours(y, p, weights) == pytest.approx(np.asarray(theirs.result()).item(), rel=1e-12, nan_ok=True), units


def test_metrics_of_several_numbers():
    y, p = predictions(3)
    for ours, theirs in (
        (metrics.F1Score(), keras().metrics.F1Score()),
        (metrics.R2Score(None), keras().metrics.R2Score(None)),
        (metrics.Precision([0.2, 0.5, 0.8]), keras().metrics.Precision([0.2, 0.5, 0.8])),
    ):
        theirs.update_state(y, p)
        assert ours.function(y, p, np.ones(50)) == pytest.approx(np.asarray(theirs.result()), rel=1e-12)


def test_metrics_have_keras_arguments():
    for kind in metrics.KINDS:
        theirs = inspect.signature(getattr(keras().metrics, kind.__name__)).parameters
        for name, argument in inspect.signature(kind).parameters.items():
            assert name == "name" or argument.default == theirs[name].default, (kind, name)


def test_metrics_in_fit():
    """Epoch by epoch: in training at the parameters before each step, in validation after the epoch."""
    k = keras()
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 2))
    y = (X[:, 0] + 0.5 * rng.normal(size=50) > 0) * 1.0
    model = nn.MLP(2, [3, 1], "tanh", "sigmoid", rng=1)
    theirs = model.to_keras()
    names = ["precision", "recall", "auc", "f1_score", "root_mean_squared_error", "r2_score", "Precision"]
    chosen = [*names, nn.metrics.AUC(curve="PR", name="pr"), nn.metrics.Recall(thresholds=0.3, name="more")]
    also = [*names, k.metrics.AUC(curve="PR", name="pr"), k.metrics.Recall(thresholds=0.3, name="more")]
    model.compile(nn.Adam(0.05), loss="binary_crossentropy", metrics=chosen)
    theirs.compile(k.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=also)
    options = {"epochs": 3, "batch_size": 8, "validation_split": 0.2, "shuffle": False, "verbose": 0}
    mine, their = model.fit(X, y, **options).history, theirs.fit(X, y[:, None], **options).history
    assert mine.keys() == their.keys()
    for name, numbers in their.items():
        assert mine[name] == pytest.approx(np.ravel(numbers), rel=1e-6), name


# ── losses ────────────────────────────────────────────────────────────────────────────────────────

ARGUMENTS = {
    "Huber": [{"delta": 0.3}],
    "BinaryCrossentropy": [{"from_logits": True}, {"label_smoothing": 0.2}],
    "CategoricalCrossentropy": [{"label_smoothing": 0.2}, {"from_logits": True, "label_smoothing": 0.1}],
    "SparseCategoricalCrossentropy": [{"from_logits": True}],
}


@pytest.mark.parametrize(
    "name, options", [(name, o) for name in losses.CLASSES for o in [{}, *ARGUMENTS.get(name, [])]], ids=str
)
def test_losses_with_arguments(name, options):
    """As a loss, as a metric by its class; each argument by Keras' name and default, except names."""
    y, p = predictions(3)
    theirs = getattr(keras().losses, name)(**options)
    ours = getattr(losses, name)(**options)
    labels = y.argmax(1)[:, None] if ours.labels == "class" else y
    assert ours(labels.tolist(), p.tolist()) == pytest.approx(float(theirs(labels, p)), rel=1e-9)
    measured = getattr(metrics, name)(**options)
    labels = labels if name != "CosineSimilarity" else labels + 0.5
    there = getattr(keras().metrics, name.replace("LogCosh", "LogCoshError"), None)
    if there and name != "Huber":
        assert measured(labels, p) == pytest.approx(float(there(**options)(labels, p)), rel=1e-9)
    known = inspect.signature(getattr(keras().losses, name)).parameters
    for argument in inspect.signature(getattr(losses, name)).parameters.values():
        assert argument.name == "name" or argument.default == known[argument.name].default


OWN = [
    lambda ops, y, p: ops.mean(ops.square(y - p), axis=-1),
    lambda ops, y, p: (y - p) ** 2,
    lambda ops, y, p: ops.mean(ops.abs(y - p)),
    lambda ops, y, p: ops.mean(ops.maximum(0.9 * (y - p), -0.1 * (y - p)), axis=-1),
    lambda ops, y, p: ops.where(ops.abs(y - p) <= 1, 0.5 * (y - p) ** 2, ops.abs(y - p) - 0.5),
    lambda ops, y, p: ops.where(y > p, 3.0, 1.0) * ops.square(y - p),
    lambda ops, y, p: ops.sum(ops.square(ops.clip(y - p, -1.0, 0.7)), axis=-1),
    lambda ops, y, p: ops.log(ops.exp(y - p) + ops.epsilon()) + ops.softplus(2 * (p - y)),
]


@pytest.mark.parametrize("number", range(len(OWN)))
def test_own_losses_on_arrays(number):
    """The same function, with `nn.ops` for `keras.ops`, through both fits and evaluations."""
    k = keras()
    theirs_ops = SimpleNamespace(**{x: getattr(k.ops, x) for x in dir(k.ops)}, epsilon=k.backend.epsilon)
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(20, 2)), rng.normal(size=(20, 3))
    model = nn.MLP(2, [3, 3], "tanh", rng=1)
    theirs = model.to_keras()
    theirs.compile(k.optimizers.SGD(0.1), loss=lambda y, p: OWN[number](theirs_ops, y, p))
    model.compile(nn.SGD(0.1), loss=lambda y, p: OWN[number](nn.ops, y, p))
    options = {"epochs": 3, "batch_size": 8, "validation_split": 0.2, "shuffle": False, "verbose": 0}
    mine, their = model.fit(X, Y, **options).history, theirs.fit(X, Y, **options).history
    for name, numbers in their.items():
        assert mine[name] == pytest.approx(numbers, rel=1e-9), name
    for mine, their in zip(model.get_weights(), theirs.weights, strict=True):
        assert mine == pytest.approx(np.asarray(their.value), rel=1e-9)


# ── optimisers ────────────────────────────────────────────────────────────────────────────────────

CLIPS = [{"clipnorm": 0.8}, {"global_clipnorm": 0.8}, {"clipvalue": 0.3}]
NOT_THERE = ("Momentum", "Nesterov", "QHM", "QHAdam")  # in Keras
RULES = [name for name in optimizers.rules.__all__ if name not in NOT_THERE]
STEPPED = [(name, options) for name in RULES for options in [{}, {"weight_decay": 0.1}]]
STEPPED += [("SGD", {"momentum": 0.9, **clip}) for clip in CLIPS] + [("Adam", clip) for clip in CLIPS]
STEPPED += [("Adam", {"amsgrad": True}), ("AdamW", {"amsgrad": True, "clipnorm": 0.5})]


@pytest.mark.parametrize("name, options", STEPPED, ids=str)
def test_steps(name, options):
    """Twelve steps of a kernel and a bias by gradients that also vanish, as `fit` takes them."""
    k, rng = keras(), np.random.default_rng(3)
    model = nn.MLP(2, [3], rng=0)
    theirs = getattr(k.optimizers, name)(0.05, **options)
    weights = [k.Variable(array, dtype="float64") for array in model.get_weights()]
    ours, values = getattr(optimizers, name)(0.05, **options), model.parameters()
    p = np.array([x.data for x in values])
    state = ours.start(p, optimizers.base.arrays_of(model, values))
    for step in range(12):
        slopes = [rng.normal(size=array.shape) * (step % 5 != 4) for array in model.get_weights()]
        theirs.apply([k.ops.convert_to_tensor(slope, "float64") for slope in slopes], weights)
        kernel, bias = slopes
        state, p = ours.update(state, np.vstack([kernel, bias]).T.ravel(), p)
    for x, number in zip(values, p.tolist(), strict=True):
        x.data = number
    for mine, their in zip(model.get_weights(), weights, strict=True):
        assert mine == pytest.approx(np.asarray(their.value), rel=1e-12)
    known = inspect.signature(getattr(k.optimizers, name)).parameters
    for argument in inspect.signature(type(ours)).parameters.values():
        assert argument.name == "parameters" or argument.default == known[argument.name].default, argument


SCHEDULES = {
    "ExponentialDecay": [(0.1, 5, 0.5), (0.1, 5, 0.5, True)], "InverseTimeDecay": [(0.1, 5, 0.5), (0.1, 5, 0.5, True)],
    "PolynomialDecay": [(0.1, 7, 0.01, 2.0)], "CosineDecay": [(0.1, 7), (0.1, 7, 0.2)],
    "PiecewiseConstantDecay": [([3, 6], [0.1, 0.05, 0.01])],
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name):
    for arguments in SCHEDULES[name]:
        ours = getattr(optimizers.schedules, name)(*arguments)
        theirs = getattr(keras().optimizers.schedules, name)(*arguments)
        for step in range(12):
            assert ours(step) == pytest.approx(float(theirs(step)), rel=1e-6)  # its steps are single precision
