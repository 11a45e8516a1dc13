"""A user's loss on arrays: NumPy's words make nodes, choices too; what it must not do is said in a sentence."""

from __future__ import annotations

import types

import numpy as np
import pytest

from autograd import ShapeError, TracingError, Value
from nn import MLP, ModelError, losses, ops
from nn.entries import entries

Y, X = np.array([[1.0, -1.0], [0.5, 2.0], [0.0, 0.3]]), np.array([[0.2, 0.1], [-1.0, 0.4], [0.6, -2.0]])
FORMS = {
    "mse, one number": lambda y, p: np.mean(np.square(y - p)),
    "mse, by output": lambda y, p: (y - p) ** 2,
    "mse, last axis": lambda y, p: ops.mean(ops.square(y - p), axis=-1),
    "mse, entries": lambda y, p: sum((a - b) ** 2 for a, b in zip(y, p, strict=True)) / len(y),
    "mae": lambda y, p: np.abs(y - p),
    "mae, chosen": lambda y, p: np.where(y > p, y - p, p - y),
    "mae, largest": lambda y, p: np.maximum(y - p, p - y),
    "huber": lambda y, p: np.where(np.abs(y - p) <= 1, 0.5 * (y - p) ** 2, np.abs(y - p) - 0.5),
}


def fitted(loss):
    model = MLP(2, [3, 2], "tanh", rng=0)
    model.compile("sgd", loss)
    history = model.fit(X, Y, epochs=3, batch_size=2, shuffle=False, validation_data=(X, Y)).history
    return *history["loss"], *history["val_loss"], model.evaluate(X, Y)


@pytest.mark.parametrize("name", FORMS)
def test_a_loss_on_arrays_is_the_row_it_writes(name):
    """Steps, validation and evaluation, where a choice is made anew for each example."""
    assert fitted(FORMS[name]) == pytest.approx(fitted(name.split(",")[0]), rel=1e-12)


def test_slopes_go_through_choices():
    p = [Value(2.0), Value(-1.0)]
    total = np.sum(np.clip(entries(p), -0.5, 3.0) + np.minimum(entries(p), 0) + (entries(p) != 2) * entries(p))
    total.backward()
    assert [x.grad for x in p] == [1.0, 2.0]
    assert [np.where(entries(p) >= 2, 5, 7)[0].data, (entries(p) == 2)[0].data, (entries(p) < 0)[1].data] == [5, 1, 1]
    assert np.where(np.array([True, False]))[0].tolist() == [0]


def test_of_numbers_it_is_a_number():
    own = losses.get(lambda y, p: np.square(y - p))
    assert type(own([1.0, 0.0], [0.5, 0.25])) is float
    assert own([[1.0], [0.0]], [[0.5], [0.5]]) == 0.25  # of two examples


def sums(y, p):
    return np.mean((y - p) ** 2, axis=1)


def columns(y, p):
    return (y[:, 0] - p[:, 0]) ** 2


def wide(y, p):
    return [1, 2, 3]


torch = types.ModuleType("torch.nn")
torch.square = lambda x: x.detach()


def elsewhere(y, p):
    return torch.square(y - p)


def branches(y, p):
    return y - p if p[0] > 0 else p - y


ONE = "The loss {} gets one example at a time, arrays of shape (2,): {}. Write axis=-1, and y[0] in place of y[:, 0]."


@pytest.mark.parametrize("loss, kind, message", [
    (sums, ModelError, ONE.format("sums", "axis 1 is out of bounds for array of dimension 1")),
    (columns, ModelError,
     ONE.format("columns", "too many indices for array: array is 1-dimensional, but 2 were indexed")),
    (wide, ShapeError,
     "The loss wide gave an array of shape (3,) for 2 outputs. Return a number, or one for each output."),
    (elsewhere, ModelError,
     "The loss elsewhere calls torch, whose functions take no Values. "
     "Write NumPy's, such as np.mean(np.square(y - p), axis=-1), or those of nn.ops."),
    (branches, TracingError,
     "Comparing Values in a function that is compiled would freeze the outcome. "
     "Use where(gt(x, y), a, b), maximum or minimum."),
])  # fmt: skip
def test_what_a_loss_on_arrays_must_not_do(loss, kind, message):
    with pytest.raises(kind) as caught:
        fitted(loss)
    assert str(caught.value) == message


def test_keras_names():
    assert ops.mean is np.mean and ops.pow is np.power and ops.epsilon() == 1e-7
    assert ops.relu(entries([-1.0, 2.0])).tolist() == [0, 2.0]
    with pytest.raises(
        AttributeError, match=r"^Unknown function 'conv' of arrays\. Choose one of abs, absolute, add, "
    ):
        ops.conv


@pytest.mark.parametrize("name, y, p, expected", [
    ("mape", [2.0, -4.0], [1.0, -5.0], 37.5), ("msle", [np.e - 1, 0.0], [0.0, 0.0], 0.5),
    ("cosine_similarity", [3.0, 0.0], [1.0, 1.0], -np.sqrt(0.5)), ("cosine_similarity", [0.0, 0.0], [1.0, 1.0], 0.0),
    ("poisson", [2.0, 0.0], [1.0, 3.0], 2.0), ("kld", [0.5, 0.5], [0.25, 0.75], 0.5 * np.log(2) + 0.5 * np.log(2 / 3)),
])  # fmt: skip
def test_losses_by_hand(name, y, p, expected):
    assert losses.get(name)(y, p) == pytest.approx(expected, abs=1e-6)
    assert losses.get(name)(y, [Value(x) for x in p]).data == pytest.approx(expected, abs=1e-6)


def test_classes_of_keras():
    for name, kind in losses.CLASSES.items():
        assert losses.get(name) == losses.get(kind) == kind() is losses.LOSSES[kind().name]
        assert kind(name="other").name == "other"
    assert losses.Huber(2.0)([3.0], [0.0]) == 4.0
    assert losses.BinaryCrossentropy(label_smoothing=0.5)([1.0], [0.5]) == pytest.approx(np.log(2))
    with pytest.raises(ModelError) as caught:
        losses.CategoricalCrossentropy(label_smoothing=2)
    assert str(caught.value) == "label_smoothing must be from 0 to 1, got 2. Try label_smoothing=0.1."
