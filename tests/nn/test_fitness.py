"""What cannot learn is refused, and what can hardly be meant is warned of, before anything is trained."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

import autograd
from autograd import ShapeError, Value
from nn import (
    MLP,
    Activation,
    BatchNormalization,
    DataError,
    Dense,
    Dropout,
    ModelError,
    ModelWarning,
    PReLU,
    Sequential,
    Softmax,
    losses,
)

X = [[0.0, 1.0], [1.0, 0.5], [2.0, -1.0], [3.0, 2.0]]
LABELS = {
    "any": [0.1, 0.9, 0.4, 0.6],
    "binary": [0, 1, 1, 0],
    "sign": [-1, 1, 1, -1],
    "class": [0, 1, 1, 0],
    "distribution": [[1, 0], [0, 1], [0, 1], [1, 0]],
}


def fit(layers, loss, y=None):
    """Train for one epoch; the weights move, or what is raised leaves them as they were."""
    model = Sequential(layers, rng=0)
    model.compile("sgd", loss)
    y = LABELS[losses.get(loss).labels] if y is None else y
    model.build(2) if model.inputs is None else None
    before = [x.data for x in model.parameters()]
    try:
        model.fit(X, y)
    except (ModelError, ModelWarning, DataError, ShapeError):
        assert [x.data for x in model.parameters()] == before
        raise
    assert [x.data for x in model.parameters()] != before


def told(kind, layers, loss, y=None):
    with pytest.raises(kind) as caught:
        fit(layers, loss, y)
    return str(caught.value)


# ── what cannot learn ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("loss", [row.name for row in losses.ROWS])
@pytest.mark.parametrize(
    "layers",
    [
        lambda: [Dense(1, activation="softmax")],
        lambda: [Dense(3, activation="tanh"), Dense(1), Softmax()],
        lambda: [Dense(1), Activation("softmax"), Dropout(0.1)],
        lambda: [Dense(1, activation="softmax"), Dense(2)],
        lambda: [MLP(2, [3, 1], output="softmax")],
    ],
)
def test_softmax_of_one_unit(layers, loss):
    message = told(ModelError, layers(), loss, [0, 1, 1, 0])
    assert re.fullmatch(
        r"softmax of one unit is always 1, so .* learns nothing\. Use sigmoid, or a unit for each class\.", message
    )


@pytest.mark.parametrize("activation", ["sigmoid", "linear", "relu", "tanh"])
@pytest.mark.parametrize("loss", [row.name for row in losses.ROWS if re.match("(sparse_)?categorical_cross", row.name)])
def test_a_share_of_one_output(loss, activation):
    assert told(ModelError, [Dense(1, activation=activation)], loss, [0, 1, 1, 0]) == (
        f"{loss} of one output is the same whatever the output is, so nothing is learned. "
        "Use binary_crossentropy with sigmoid, or a unit for each class."
    )


def test_a_step_has_no_slope():
    message = "The slope of {} is 0 everywhere, so nothing before it learns. Use tanh or sigmoid."
    assert told(ModelError, [Dense(1, activation="heaviside")], "mse") == message.format("heaviside")
    assert told(ModelError, [Dense(1), Activation("sign")], "hinge") == message.format("sign")
    assert told(ModelError, [Dense(1, activation=autograd.sign)], "hinge") == message.format("function")
    assert told(ModelWarning, [Dense(2, activation="step"), Dense(1)], "mse") == message.format("heaviside")
    fit([Activation("sign"), Dense(1)], "mse")  # nothing before it wants to

    def sign(z):
        return autograd.tanh(9 * z)

    fit([Dense(1, activation=sign)], "hinge")


# ── what can hardly be meant ──────────────────────────────────────────────────────────────────────

PROBABILITIES = "takes probabilities. Use sigmoid or softmax, or linear with the loss from logits."
SUMS = "takes sums of any size, before a sigmoid or softmax. Use linear."
SIGNS = "compares with labels −1 and 1. Use linear or tanh."


@pytest.mark.parametrize("loss, activation, span, needs", [
    ("binary_crossentropy", "linear", "-inf to inf", PROBABILITIES),
    ("binary_crossentropy", "relu", "0 to inf", PROBABILITIES),
    ("binary_crossentropy", "tanh", "-1 to 1", PROBABILITIES),
    ("categorical_crossentropy", "linear", "-inf to inf", PROBABILITIES),
    ("categorical_crossentropy", "relu", "0 to inf", PROBABILITIES),
    ("sparse_categorical_crossentropy", "tanh", "-1 to 1", PROBABILITIES),
    ("binary_crossentropy_from_logits", "sigmoid", "0 to 1", SUMS),
    ("binary_crossentropy_from_logits", "relu", "0 to inf", SUMS),
    ("binary_crossentropy_from_logits", "tanh", "-1 to 1", SUMS),
    ("categorical_crossentropy_from_logits", "softmax", "0 to 1", SUMS),
    ("sparse_categorical_crossentropy_from_logits", "softmax", "0 to 1", SUMS),
    ("hinge", "sigmoid", "0 to 1", SIGNS),
    ("squared_hinge", "relu", "0 to inf", SIGNS),
])  # fmt: skip
def test_outputs_that_the_loss_is_not_made_for(loss, activation, span, needs):
    units = 2 if losses.get(loss).labels in ("class", "distribution") else 1
    for layers in ([Dense(units, activation=activation)], [Dense(units), Activation(activation), Dropout(0.0)]):
        assert told(ModelWarning, layers, loss) == f"{activation} gives numbers from {span}, but {loss} {needs}"


@pytest.mark.parametrize("activation, span, y", [
    ("sigmoid", "0 to 1", [0.0, 1.0, 1.1, 0.5]), ("tanh", "-1 to 1", [-2.0, 0.0, 1.0, 1.0]),
    ("relu", "0 to inf", [-0.5, 0.0, 3.0, 9.0]), ("softmax", "0 to 1", [[0, 2], [1, 1], [0, 0], [1, 0]]),
])  # fmt: skip
def test_targets_that_are_never_reached(activation, span, y):
    message = told(ModelWarning, [Dense(np.shape(y)[-1] if np.ndim(y) > 1 else 1, activation=activation)], "mse", y)
    assert message == (
        f"{activation} gives numbers from {span}, but mean_squared_error has targets from {np.min(y):.3g} "
        f"to {np.max(y):.3g}. Use linear, or scale the targets."
    )


@pytest.mark.parametrize("loss, activation, units, y", [
    ("binary_crossentropy", "sigmoid", 1, None), ("binary_crossentropy", "sigmoid", 2, LABELS["distribution"]),
    ("binary_crossentropy", "softmax", 2, LABELS["distribution"]), ("binary_crossentropy", "hard_sigmoid", 1, None),
    ("binary_crossentropy", "sigmoid", 1, [0.1, 0.9, 0.5, 0.0]),  # smoothed
    ("categorical_crossentropy", "sigmoid", 2, None), ("categorical_crossentropy", "softmax", 2, None),
    ("categorical_crossentropy", "softmax", 2, [[0.9, 0.1], [0.5, 0.5], [0, 1], [1, 0]]),
    ("sparse_categorical_crossentropy", "softmax", 3, None),
    ("binary_crossentropy_from_logits", "linear", 1, None), ("binary_crossentropy_from_logits", "leaky_relu", 1, None),
    ("hinge", "tanh", 1, None), ("hinge", "linear", 1, [0, 1, 1, 0]), ("hinge", "softsign", 1, None),
    ("categorical_hinge", "softmax", 2, None), ("categorical_hinge", "linear", 2, None),
    ("categorical_hinge", "tanh", 1, [1, 1, 1, 1]),
    ("mse", "sigmoid", 1, [0, 1, 1, 0]), ("mse", "relu", 1, [0.0, 1e6, 2.0, 3.0]),
    ("mse", "linear", 1, [-1e9, 0, 1, 2]), ("mse", "log", 1, [0, -9, 1, 2]),
    (lambda y, p: (y[0] - 9 * p[0]) ** 2, "sigmoid", 1, [5.0, 6.0, 9.0, 0.0]),
    ("mse", "tanh", 1, [-1, 1, 1, -1]), ("mse", lambda z: z * z, 1, [0.0, 5.0, 1.0, 1.0]),
])  # fmt: skip
def test_what_is_right_is_not_refused(loss, activation, units, y):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit([Dense(units, activation=activation, bias_initializer=2.0)], loss, y)


def test_outputs_of_which_nothing_is_known():
    for last in (BatchNormalization(), PReLU()):
        fit([Dense(1), last], "huber", [-9.0, 9.0, 0.0, 1.0])


def test_a_constant_column_is_data():
    model = Sequential([Dense(1)], rng=0)
    model.compile("sgd", "mse")
    model.fit([[1.0, 2.0], [1.0, 3.0]], [1.0, 1.0])


# ── labels ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("loss, units, y, message", [
    ("sparse_categorical_crossentropy", 2, [0, 1, 2, 0], "needs classes from 0 to 1, got 2 in row 2."),
    ("sparse_categorical_crossentropy", 2, [0, 1, -1, 0], "needs classes from 0 to 1, got -1 in row 2."),
    ("sparse_categorical_crossentropy", 2, [0, 0.5, 1, 0], "needs classes from 0 to 1, got 0.5 in row 1."),
    ("categorical_crossentropy", 2, [[1, 0], [1, 1], [0, 1], [1, 0]], "needs rows of probabilities whose sum is 1"),
    ("categorical_crossentropy", 2, [[1, 0], [2, -1], [0, 1], [1, 0]], "needs rows of probabilities whose sum is 1"),
    ("binary_crossentropy", 1, [-1, 1, 1, -1], "needs labels between 0 and 1, got -1 in row 0."),
    ("binary_crossentropy", 1, [0, 2, 1, 1], "needs labels between 0 and 1, got 2 in row 1."),
    ("hinge", 1, [0, 1, 2, 0], "needs labels −1 and 1, or 0 and 1, got 2 in row 2."),
    ("hinge", 1, [0, 1, -1, 0], "needs labels −1 and 1, or 0 and 1, got 0 in row 0."),
    ("mse", 1, [0.0, float("nan"), 1.0, 1.0], "y is nan in row 1."),
    ("sparse_categorical_crossentropy", 2, [0, float("nan"), 1, 1], "y is nan in row 1."),
])  # fmt: skip
def test_labels_out_of_range(loss, units, y, message):
    activation = "linear" if losses.get(loss).labels in ("any", "sign") else "softmax" if units > 1 else "sigmoid"
    assert message in told(DataError, [Dense(units, activation=activation)], loss, y)


@pytest.mark.parametrize("loss, units, y, message", [
    ("sparse_categorical_crossentropy", 2, LABELS["distribution"],
     "y must have shape (n, 1) for sparse_categorical_crossentropy of 2 outputs, got (4, 2). Give each row the number "
     "of its class, as y.argmax(1) does, or use categorical_crossentropy."),
    ("categorical_crossentropy", 2, [0, 1, 1, 0],
     "y must have shape (n, 2) for categorical_crossentropy of 2 outputs, got (4, 1). Make it one-hot, or use "
     "sparse_categorical_crossentropy."),
    ("mse", 2, [0, 1, 1, 0], "y must have shape (n, 2) for mean_squared_error of 2 outputs, got (4, 1). Give each "
     "row as many targets as there are outputs."),
    ("mse", 1, [[0, 1, 1, 0]], "y must have shape (n, 1) for mean_squared_error of 1 outputs, got (1, 4). Give each "
     "row as many targets as there are outputs."),
    ("mse", 1, [0, 1, 1], "X has 4 rows, y has 3. Give one target for each row."),
])  # fmt: skip
def test_labels_of_another_shape(loss, units, y, message):
    assert told(ShapeError, [Dense(units, activation="softmax" if units > 1 else "linear")], loss, y) == message


def test_losses_that_are_called_see_to_their_labels():
    p = Value(0.25)
    cost = losses.hinge([0], [p])  # as Keras: 0 stands for −1
    cost.backward()
    assert (cost.data, p.grad) == (1.25, 1.0)
    assert losses.hinge([[0], [1], [-1]], [[0.5], [0.5], [0.5]]) == pytest.approx((1.5 + 0.5 + 1.5) / 3)
    for call, message in (
        (lambda: losses.binary_crossentropy([-1], [p]), "needs labels between 0 and 1, got -1 in row 0."),
        (lambda: losses.categorical_crossentropy([1, 1], [p, p]), "needs rows of probabilities whose sum is 1"),
        (lambda: losses.hinge([2], [p]), "needs labels −1 and 1, or 0 and 1, got 2 in row 0."),
        (lambda: losses.binary_crossentropy([float("nan")], [p]), "y is nan in row 0, column 0."),
        (lambda: losses.sparse_categorical_crossentropy(0.5, [p, p]), "needs a class from 0 to 1, got [0.5]."),
    ):
        with pytest.raises(DataError) as caught:
            call()
        assert message in str(caught.value)
    target = Value(0.5)
    losses.binary_crossentropy([target], [p]).backward()
    assert target.grad == pytest.approx(np.log(0.75) - np.log(0.25))
