"""Metrics: labels as they are given, Keras' accuracies, and which way is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograd import ShapeError
from nn import DataError, Dense, EarlyStopping, ModelError, Sequential, losses, metrics
from tests.nn.test_parity_parts import predictions

P = np.array([[0.9, 0.8, 0.4], [0.3, 0.6, 0.2]])
SEVERAL = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def evaluated(y, p, loss, *names):
    """What a model that predicts p says of these metrics."""
    p = np.asarray(p, float)
    model = Sequential([Dense(p.shape[1], p.shape[1], kernel_initializer=np.eye(p.shape[1]))])
    model.compile("sgd", loss, list(names))
    return model.evaluate(p, y, return_dict=True)


# ── accuracies ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("loss", ["binary_crossentropy", "mse"])
def test_accuracy_of_several_outputs_is_that_of_the_largest(loss):
    """Source: keras/src/trainers/compile_utils.py, get_metric: binary for one output alone, whatever the loss."""
    logs = evaluated(SEVERAL, P, loss, "accuracy", "binary_accuracy", "categorical_accuracy")
    assert logs["accuracy"] == logs["categorical_accuracy"] == 1.0
    assert logs["binary_accuracy"] == pytest.approx((1 / 3 + 1) / 2)  # of each output
    assert evaluated(SEVERAL, P[::-1], loss, "acc")["acc"] == 0.0


@pytest.mark.parametrize("y, p, loss, share", [
    ([1, 0, 1, 0], [[0.9], [0.6], [0.4], [0.1]], "binary_crossentropy", 0.5),
    ([1, 0, 1, 0], [[2.0], [0.3], [0.4], [-3.0]], "binary_crossentropy_from_logits", 0.75),
    ([0.7, 0.2, 0.6, 0.4], [[2.0], [-0.3], [-0.4], [-3.0]], "binary_crossentropy_from_logits", 0.75),  # smoothed
    ([1, 0, 1, 0], [[2.0], [0.3], [0.4], [-3.0]], "hinge", 0.75),
    ([1, -1, 1, -1], [[2.0], [0.3], [0.4], [-3.0]], "hinge", 0.75),
    ([1, -1, 1, -1], [[0.9], [0.1], [0.4], [-0.3]], "mse", 0.75),
])  # fmt: skip
def test_accuracy_of_one_output(y, p, loss, share):
    assert evaluated(y, p, loss, "accuracy")["accuracy"] == share


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "sparse_categorical_crossentropy_from_logits"])
def test_accuracy_of_classes(loss):
    logs = evaluated([0, 2], P, loss, "accuracy", "sparse_categorical_accuracy", "categorical_accuracy")
    assert list(logs.values())[1:] == [0.5, 0.5, 0.5]


# ── labels as they are given ──────────────────────────────────────────────────────────────────────


@pytest.mark.filterwarnings("ignore:linear gives numbers from -inf to inf:nn.ModelWarning")
@pytest.mark.parametrize("loss, y, p", [
    ("hinge", [0, 1, 1, 0], [[0.5], [0.5], [2.0], [-1.0]]),
    ("hinge", [-1, 1, 1, -1], [[0.5], [0.5], [2.0], [-1.0]]),
    ("squared_hinge", [[0, 1], [1, 0]], [[0.5, 0.5], [2.0, -1.0]]),
    ("sparse_categorical_crossentropy", [2, 0], P), ("binary_crossentropy", SEVERAL, P),
])  # fmt: skip
def test_functions_see_the_labels_as_they_were_given(loss, y, p):
    seen = []

    def remember(y, p):
        seen.append(y)
        return np.zeros(len(p))

    model = Sequential([Dense(len(p[0]), len(p[0]), kernel_initializer=np.eye(len(p[0])))])
    model.compile("sgd", loss, [remember])
    expected = np.reshape(y, (len(p), -1)).astype(float)
    model.evaluate(p, y)
    model.fit(p, y, shuffle=False, validation_data=(p, y))
    assert [array.tolist() for array in seen] == [expected.tolist()] * 3
    seen.clear()
    model.fit(np.tile(p, (5, 1)), np.tile(expected, (5, 1)), batch_size=3)  # shuffled like the rows
    assert sorted(seen[0].tolist()) == sorted(np.tile(expected, (5, 1)).tolist())


def test_losses_as_metrics_take_the_labels_as_they_need_them():
    p = [[0.5], [0.25]]
    assert evaluated([0, 1], p, "hinge", "mse")["mse"] == (0.25 + 0.5625) / 2
    assert evaluated([0, 1], p, "binary_crossentropy", "hinge")["hinge"] == (1.5 + 0.75) / 2  # as Keras' Hinge
    given = evaluated([2, 0], P, "sparse_categorical_crossentropy", "mse", "categorical_crossentropy")
    one_hot = evaluated(np.eye(3)[[2, 0]], P, "categorical_crossentropy", "mse", "sparse_categorical_crossentropy")
    assert list(given.values()) == pytest.approx([given["loss"], np.mean((np.eye(3)[[2, 0]] - P) ** 2), given["loss"]])
    assert list(given.values()) == pytest.approx(list(one_hot.values()))
    with pytest.raises(DataError, match=r"^binary_crossentropy needs labels between 0 and 1, got -1 in row 0\."):
        evaluated([-1, 1], p, "hinge", "binary_crossentropy")


def test_what_a_metric_gives_is_a_number_or_one_for_each_example():
    y = [0.0, 1.0]
    assert evaluated(y, [[1.0], [3.0]], "mse", metrics.Metric("one", lambda y, p: 7))["one"] == 7.0
    for function in (lambda y, p: (y - p) ** 2, lambda y, p: y.ravel() - p):
        with pytest.raises(ShapeError) as caught:
            evaluated(y, [[1.0], [3.0]], "mse", metrics.Metric("wrong", function))
        shape = function(np.array([[0.0], [1.0]]), np.array([[1.0], [3.0]])).shape
        assert str(caught.value) == (
            f"The metric 'wrong' gave an array of shape {shape} for 2 examples. "
            "Return a number for each of them, such as a mean over axis 1."
        )


def test_two_metrics_of_one_name():
    for chosen, name in ((["accuracy", "accuracy"], "accuracy"), ([metrics.Metric("loss", np.subtract)], "loss")):
        with pytest.raises(ModelError) as caught:
            metrics.several(chosen, losses.get("mse"))
        assert str(caught.value) == (
            f"Two numbers are called {name!r}. Give nn.metrics.Metric('another name', function)."
        )


# ── which way is better ───────────────────────────────────────────────────────────────────────────


def rising(chosen=(), **others):
    """The weight of each epoch of a model that learns y = 3x from 0, and the model as early stopping left it."""
    model = Sequential([Dense(1, 1, use_bias=False, kernel_initializer="zeros")], rng=0)
    model.compile("sgd", "mse", list(chosen))
    weights = []
    stop = EarlyStopping(patience=9, restore_best_weights=True, **others)
    watch = [lambda record: weights.append(record.model.parameters()[0].data), stop]
    model.fit([[1.0]], [3.0], epochs=4, callbacks=watch)
    return weights, model.parameters()[0].data


def size(y, p):
    return p.mean(1)  # grows from epoch to epoch


UNKNOWN = "Whether {!r} shall become small or large is unknown. Give EarlyStopping mode='min' or mode='max'."


def test_early_stopping_goes_where_the_metric_says():
    up, down = metrics.Metric("size", size, "max"), metrics.Metric("size", size, "min")
    for chosen, others, best in (
        ([up], {}, -1), ([down], {}, 0), ([up], {"mode": "min"}, 0), ([down], {"mode": "max"}, -1),
        ([size], {"mode": "max"}, -1), ([size], {"mode": "min"}, 0),
    ):  # fmt: skip
        weights, left = rising(chosen, monitor="size", **others)
        assert left == weights[best]
    for monitor in ("loss", "mse", "mae", "huber"):
        weights, left = rising([] if monitor == "loss" else [monitor], monitor=monitor)
        assert left == weights[-1]  # which fall
    weights, left = rising(["mse"], monitor="mse", mode="max")
    assert left == weights[0]


@pytest.mark.parametrize("name", ["size", "my_accuracy", "acc_loss", "f1"])
def test_early_stopping_refuses_to_guess(name):
    with pytest.raises(ModelError) as caught:
        rising([metrics.Metric(name, size)], monitor=name)
    assert str(caught.value) == UNKNOWN.format(name)


def test_validation_goes_the_same_way():
    def model():
        model = Sequential([Dense(1, 1)], rng=0)
        model.compile("sgd", "binary_crossentropy_from_logits", ["accuracy", size])
        return model

    data = [[-1.0], [1.0], [2.0]], [0, 1, 1]
    assert model().fit(*data, validation_data=data, callbacks=EarlyStopping("val_accuracy", patience=1), epochs=3).epoch
    with pytest.raises(ModelError) as caught:
        model().fit(*data, validation_data=data, callbacks=EarlyStopping("val_size"))
    assert str(caught.value) == UNKNOWN.format("val_size")


def test_every_named_metric_says_which_way():
    loss = losses.get("mse")
    assert {name: metrics.get(name, loss).direction for name in metrics.NAMES if "accuracy" in name} == dict.fromkeys(
        ["accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"], "max"
    )
    assert {metrics.get(name, loss).direction for name in losses.LOSSES.keys() - {"cosine_similarity"}} == {"min"}
    assert metrics.get("cosine_similarity", loss).direction == "max"  # the loss has the other sign
    assert metrics.get("acc", loss).direction == "max"
    for mistake, message in (
        (lambda: metrics.Metric("f1", size, "up"), "Unknown direction 'up'. Choose one of min, max."),
        (lambda: EarlyStopping(mode="up"), "Unknown mode 'up'. Choose one of auto, min, max."),
    ):
        with pytest.raises(ModelError) as caught:
            mistake()
        assert str(caught.value) == message


# ── of all examples at once ───────────────────────────────────────────────────────────────────────

LABELS, CHANCES = [0, 0, 1, 1, 1], [[0.1], [0.8], [0.4], [0.7], [0.9]]


@pytest.mark.parametrize("name, number, direction", [
    ("precision", 2 / 3, "max"), ("recall", 2 / 3, "max"), ("true_positives", 2, "max"), ("false_positives", 1, "min"),
    ("true_negatives", 1, "max"), ("false_negatives", 1, "min"), ("auc", 4 / 6, "max"),
    ("f1_score", 2 * 0.6 / 1.6, "max"),  # the largest of one output is always positive
    ("root_mean_squared_error", np.sqrt((0.01 + 0.64 + 0.36 + 0.09 + 0.01) / 5), "min"),
    ("r2_score", 1 - 1.11 / 1.2, "max"),
])  # fmt: skip
def test_metrics_of_all_examples(name, number, direction):
    assert evaluated(LABELS, CHANCES, "binary_crossentropy", name)[name] == pytest.approx(number)
    kind = metrics.METRICS[name]
    assert (kind().name, kind().direction) == (name, direction)
    logs = evaluated(LABELS, CHANCES, "binary_crossentropy", kind, kind(name="again"), kind.__name__)
    assert [*logs] == ["loss", name, "again", kind.__name__]
    assert list(logs.values())[1:] == pytest.approx([number] * 3)


def test_metrics_of_all_examples_take_classes_as_they_are_given():
    y = [0, 2]
    numbers = evaluated(y, P, "sparse_categorical_crossentropy", metrics.Precision(class_id=0), "recall")
    assert (numbers["precision"], numbers["recall"]) == (1.0, 0.5)
    assert metrics.Precision()([-1, 1], [0.9, 0.9]) == 0.5  # signs
    assert metrics.Precision()([0, 1], [0.1, 0.2]) == 0.0  # nothing is called positive


def test_early_stopping_knows_which_way_they_go():
    weights, left = rising(["root_mean_squared_error"], monitor="root_mean_squared_error")
    assert left == weights[-1]
    weights, left = rising([metrics.R2Score(name="share")], monitor="loss", mode="max")
    assert left == weights[0]


@pytest.mark.parametrize("make, message", [
    (lambda: metrics.F1Score()(np.eye(3), np.eye(3)),
     "The metric 'f1_score' gives 3 numbers, and a record holds one for each name. "
     "Choose an average, one threshold or one class; its function(y, p, weights) gives them all."),
    (lambda: metrics.F1Score("mean"), "Unknown average 'mean'. Choose one of micro, macro, weighted."),
    (lambda: metrics.AUC(curve="F"), "Unknown curve 'F'. Choose one of ROC, PR."),
    (lambda: metrics.AUC(summation_method="left"),
     "Unknown summation_method 'left'. Choose one of interpolation, minoring, majoring."),
    (lambda: metrics.AUC(1), "num_thresholds must be a whole number of at least 2, got 1. Try num_thresholds=2."),
    (lambda: metrics.R2Score("mean"),
     "Unknown class_aggregation 'mean'. Choose one of uniform_average, variance_weighted_average."),
])  # fmt: skip
def test_what_a_metric_refuses(make, message):
    with pytest.raises((ModelError, ShapeError)) as caught:
        make()
    assert str(caught.value) == message


WEIGHTED = [  # of `predictions(3)` with weights; compared with Keras' in test_parity_parts.py
    ("Precision", {}, 0.248466386181),
    ("Precision", {"thresholds": 0.3}, 0.322984751499),
    ("Precision", {"top_k": 2}, 0.301766386585),
    ("Precision", {"class_id": 1}, 0.359829463092),
    ("Precision", {"top_k": 1, "class_id": 2}, 0.131746102713),
    ("Recall", {}, 0.154172338218),
    ("Recall", {"thresholds": 0.7}, 0.0405058316578),
    ("Recall", {"top_k": 2}, 0.603532773169),
    ("Recall", {"class_id": 1}, 0.141196765583),
    ("Recall", {"thresholds": 0.2, "top_k": 2}, 0.504554034405),
    ("AUC", {}, 0.472296411983),
    ("AUC", {"curve": "ROC", "summation_method": "interpolation"}, 0.472296411983),
    ("AUC", {"curve": "ROC", "summation_method": "minoring"}, 0.460185546287),
    ("AUC", {"curve": "ROC", "summation_method": "majoring"}, 0.484407277678),
    ("AUC", {"curve": "PR", "summation_method": "interpolation"}, 0.318236976999),
    ("AUC", {"curve": "PR", "summation_method": "minoring"}, 0.28633609689),
    ("AUC", {"curve": "PR", "summation_method": "majoring"}, 0.327871323537),
    ("AUC", {"num_thresholds": 2}, 0.5),
    ("AUC", {"num_thresholds": 7, "curve": "PR"}, 0.300778965637),
    ("AUC", {"thresholds": [0.9, 0.25, 0.3]}, 0.48689924046),
    ("AUC", {"thresholds": [0.5]}, 0.460505314579),
    ("AUC", {"multi_label": True}, 0.477321081269),
    ("AUC", {"multi_label": True, "curve": "PR"}, 0.333938605645),
    ("AUC", {"from_logits": True}, 0.468982756741),
    ("F1Score", {"average": "micro", "threshold": None}, 0.354974532392),
    ("F1Score", {"average": "micro", "threshold": 0.5}, 0.190277942508),
    ("F1Score", {"average": "micro", "threshold": 0.3}, 0.405882933391),
    ("F1Score", {"average": "macro", "threshold": None}, 0.352709421652),
    ("F1Score", {"average": "macro", "threshold": 0.5}, 0.190112066818),
    ("F1Score", {"average": "macro", "threshold": 0.3}, 0.406827921186),
    ("F1Score", {"average": "weighted", "threshold": None}, 0.358989193514),
    ("F1Score", {"average": "weighted", "threshold": 0.5}, 0.191638112685),
    ("F1Score", {"average": "weighted", "threshold": 0.3}, 0.413535284585),
    ("RootMeanSquaredError", {}, 0.536479467015),
    ("R2Score", {}, -0.332660239995),
    ("R2Score", {"class_aggregation": "variance_weighted_average"}, -0.333602914617),
    ("R2Score", {"num_regressors": 2}, -0.350791671832),
    ("R2Score", {"num_regressors": 1000}, -0.332660239995),
]  # fmt: skip


@pytest.mark.parametrize("name, options, number", WEIGHTED, ids=str)
def test_numbers_that_keras_gives_too(name, options, number):
    y, p = predictions(3)
    metric = replace(getattr(metrics, name)(**options), weighted=True)
    assert metric(y, p, np.random.default_rng(6).random(50)) == pytest.approx(number, rel=1e-10)
