"""Modules, losses, optimisers: made of Values, by name, equal to their closed forms."""

from __future__ import annotations

import copy
import math
import sys

import numpy as np
import pytest
from hypothesis import settings

import nn
from autograd import ShapeError, Value, expression, grad
from nn import (
    MLP,
    SGD,
    BatchNorm,
    DataError,
    Dense,
    Dropout,
    Layer,
    Maxout,
    ModelError,
    Neuron,
    PReLU,
    Sequential,
)
from nn.losses import LOSSES
from nn.metrics import on_arrays
from nn.training.data import examples
from nn.training.recording import Recording


def refused(kind, call, *words):
    """The call raises the error, with all of these words."""
    with pytest.raises(kind) as caught:
        call()
    for word in words:
        assert word in str(caught.value), str(caught.value)


# ── modules ───────────────────────────────────────────────────────────────────────────────────────


def test_parameters_are_named_in_order():
    model = Sequential([Dense(2, input_dim=2), PReLU(), BatchNorm(), Maxout(1)])
    assert list(model.named_parameters())[:6] == [f"layer1.neuron{j}.{x}" for j in (1, 2) for x in ("w0", "w1", "b")]
    assert list(model.named_parameters())[6:13] == [
        "layer2.alpha1", "layer2.alpha2", "layer3.gamma1", "layer3.gamma2", "layer3.beta1", "layer3.beta2",
        "layer4.neuron1.piece1.w0",
    ]  # fmt: skip
    assert all(x.name == name for name, x in model.named_parameters().items())
    assert model.layers[0]([1.0, 2.0])[1].name == "layer1.neuron2.z"


def test_arrays_are_keras_s():
    model = Sequential([Dense(3, input_dim=2), BatchNorm(), Dense(1, use_bias=False)], rng=0)
    kernel, bias, *norm, last = model.get_weights()
    assert [x.shape for x in (kernel, bias, *norm, last)] == [(2, 3), (3,), (3,), (3,), (3,), (3,), (3, 1)]
    assert kernel[1, 2] == model.named_parameters()["layer1.neuron3.w1"].data
    other = Sequential([Dense(3, input_dim=2), BatchNorm(), Dense(1, use_bias=False)])
    other.set_weights(model.get_weights())
    assert other.predict([[1.0, 2.0]]) == model.predict([[1.0, 2.0]])
    refused(ShapeError, lambda: other.set_weights([kernel]), "has 7 arrays", "got 1")
    refused(ShapeError, lambda: other.set_weights([kernel.T, bias, *norm, last]), "layer1.kernel has shape (2, 3)")
    assert model.count == 6 + 3 + 12 + 3


def test_a_copy_is_a_model_of_its_own():
    model = Sequential([Dense(2, 1), BatchNorm(), Dense(1)], rng=0)
    model.compile("adam", "mse")
    model.fit([[0.0], [1.0]], [0.0, 1.0])
    before = model.predict([[1.0]])
    other = copy.deepcopy(model)
    other.fit([[0.0], [1.0]], [5.0, 6.0])
    assert model.predict([[1.0]]) == before != other.predict([[1.0]])


def test_a_seed_decides_all_weights():
    def weights(rng):
        return MLP(2, [3, 1], rng=rng).get_weights()

    assert all((a == b).all() for a, b in zip(weights(0), weights(0), strict=True))
    assert any((a != b).any() for a, b in zip(weights(0), weights(1), strict=True))
    late = Sequential([Dense(3, activation="relu"), Dense(1)], rng=0)
    late.build(2)
    assert all((a == b).all() for a, b in zip(weights(0), late.get_weights(), strict=True))


def test_a_neuron_is_one_dot_product_or_many_scalar_ones():
    one, many = (Neuron(3, "tanh", initializer=[0.1, 0.2, 0.3], expand=expand) for expand in (False, True))
    x = [Value(1.0, "x0"), Value(2.0, "x1"), Value(3.0, "x2")]
    assert one(x).data == pytest.approx(many(x).data, rel=1e-15)
    assert expression(many(x)) == "tanh(w₀ · x₀ + w₁ · x₁ + w₂ · x₂ + b)"
    assert [z.op for z in (one(x).operands[0].operands[0], many(x).operands[0].operands[0])] == ["dot", "add"]


def test_layers_give_lists_and_refuse_other_lengths():
    assert isinstance(Layer(2, 1)([1.0, 2.0]), list)
    assert isinstance(Neuron(2)(np.array([1.0, 2.0])), Value)
    refused(ShapeError, lambda: Layer(2, 1)([1.0]), "Layer takes 2 inputs, got 1")
    refused(
        ShapeError, lambda: Sequential([Dense(3, input_dim=2), Dense(1, input_dim=2)]), "the layer before it gives 3"
    )
    refused(ModelError, lambda: Dense(0), "units must be a whole number of at least 1, got 0")
    refused(ModelError, lambda: Dense(1, activation="rleu"), "Unknown activation 'rleu'", "Did you mean relu?")
    refused(ModelError, lambda: Dense(1, kernel_initializer="xavier"), "glorot_uniform")
    refused(ModelError, lambda: Neuron(2, "softmax"), "needs a whole layer")
    refused(
        ModelError,
        lambda: Sequential([Dense(1, 2, name="a"), Dense(1, name="a")]),
        "already has a layer named 'a'",
    )
    refused(ModelError, lambda: Sequential()([1.0]), "has no layers")


def test_weights_of_a_neuron_come_from_a_name_a_number_an_array_or_a_function():
    column = [[0.5], [-0.5]]
    for initializer in ([0.5, -0.5], column, lambda rng, shape: np.reshape([0.5, -0.5], shape)):
        assert [w.data for w in Neuron(2, initializer=initializer).weights] == [0.5, -0.5]
    assert [w.data for w in Neuron(2, initializer=3).weights] == [3.0, 3.0]
    assert [w.data for w in Neuron(2, rng=0).weights] == Dense(1, 2, rng=0).get_weights()[0].ravel().tolist()
    refused(ModelError, lambda: Neuron(2, initializer=[1.0]), "Initial weights must have shape (2,), got (1,)")

    calls = []

    def own(rng, shape):
        calls.append(shape)
        raise ModelError("a mistake of mine")

    refused(ModelError, lambda: Neuron(2, initializer=own), "a mistake of mine")
    assert calls == [(2, 1)]


def test_an_interrupt_at_any_moment_leaves_a_layer_out_or_in():
    """Ctrl-C is raised at each line of nn that `add` runs, one after another."""

    def interrupted(model, layer, line):
        """Whether `add` was interrupted before it was done with so many lines."""
        lines = 0

        def trace(frame, event, _):
            nonlocal lines
            if not frame.f_globals["__name__"].startswith("nn."):
                return None
            lines += event == "line"
            if lines == line:
                raise KeyboardInterrupt
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            model.add(layer)
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(previous)
        return False

    line = 1
    while True:
        model, layer = Sequential([Dense(3, input_dim=2)], rng=0), Dense(4)
        predicted = model.predict([[1.0, 2.0]])
        if not interrupted(model, layer, line):
            break
        line += 1 if settings.default.max_examples > 100 else 4
        assert model.units == 3 and len(model.layers) == 1
        assert (model.predict([[1.0, 2.0]]) == predicted).all()
        model.add(layer)
        assert model.units == 4 and model.predict([[1.0, 2.0]]).shape == (1, 4)
        assert list(model.named_parameters())[-1] == "layer2.neuron4.b" == model.parameters()[-1].name
    assert line > 50


@pytest.mark.parametrize("name", [name for name in nn.activations.NAMES if name not in nn.activations.VECTORS])
def test_every_activation_is_a_neuron(name):
    neuron = Neuron(1, name, initializer=[0.5])
    a = neuron([1.0])
    expected = nn.activations.get(name).function(0.5)
    assert number(a) == pytest.approx(number(expected), rel=1e-14)


def test_slopes_of_the_leaky_rectifier():
    assert [nn.activations.get(text).function(-1.0) for text in ("leaky_relu", "leaky_relu(0.01)", "elu(2)")] == [
        -0.2, -0.01, pytest.approx(2 * math.expm1(-1)),
    ]  # fmt: skip
    refused(ModelError, lambda: nn.activations.get("relu(1)"), "has no parameter")
    refused(ModelError, lambda: nn.activations.get("elu(x)"), "must be a number, got 'x'")


# ── losses ────────────────────────────────────────────────────────────────────────────────────────

TARGETS = {"any": [0.3, -0.7, 1.2], "binary": [1, 0, 1], "sign": [1, -1, 1], "distribution": [0, 1, 0], "class": [1]}


def number(x):
    return getattr(x, "data", x)


@pytest.mark.parametrize("loss", nn.losses.ROWS, ids=lambda loss: loss.name)
def test_a_loss_is_one_on_numbers_values_and_arrays(loss):
    p = nn.Softmax()([Value(0.1), Value(-0.4), Value(0.9)])
    y = TARGETS[loss.labels]
    numbers = [x.data for x in p]
    on_values = loss(y, p)
    assert number(on_values) == pytest.approx(loss(y, numbers), rel=1e-14)
    array = loss.targets([y], 3)
    assert on_arrays(loss, array, np.array([numbers])) == pytest.approx([number(on_values)], rel=1e-14)
    slopes = grad(on_values, p)
    for k in range(3):
        near = [loss(y, [x + h * (i == k) for i, x in enumerate(numbers)]) for h in (1e-6, -1e-6)]
        assert slopes[k] == pytest.approx((near[0] - near[1]) / 2e-6, abs=1e-7)


def test_losses_of_logits_equal_those_of_probabilities_and_stay_finite():
    z = [0.3, -1.2, 2.0]
    p = [x.data for x in nn.Softmax()([Value(x) for x in z])]
    for name, y, q in (("categorical", [0, 1, 0], p), ("binary", [1, 0, 1], [1 / (1 + math.exp(-x)) for x in z])):
        expected = LOSSES[f"{name}_crossentropy"](y, q)
        assert LOSSES[f"{name}_crossentropy_from_logits"](y, z) == pytest.approx(expected, rel=1e-12)
    assert LOSSES["bce_with_logits"]([0], [1000.0]) == 1000
    assert LOSSES["cross_entropy"]([0], [-1000.0, 1000.0]) == 2000


def test_the_cost_is_the_mean_over_examples():
    loss = LOSSES["rss"]
    assert loss([[0.0, 0.0], [1.0, 1.0]], [[1.0, 2.0], [1.0, 1.0]]) == 2.5
    refused(ShapeError, lambda: loss([1.0], [1.0, 2.0]), "1 targets for 2 predictions")


def test_labels_outside_of_a_loss_s_range():
    def targets(name, y, units):
        return lambda: LOSSES[name].targets(y, units)

    refused(DataError, targets("bce", [0, 1, 2], 1), "needs labels between 0 and 1, got 2 in row 2")
    refused(DataError, targets("hinge", [1, -1, 3], 1), "labels −1 and 1, or 0 and 1, got 3 in row 2")
    refused(DataError, targets("cross_entropy", [0, 3], 3), "classes from 0 to 2, got 3 in row 1")
    refused(DataError, targets("categorical_crossentropy", [[1, 1]], 2), "whose sum is 1, got [1.0, 1.0] in row 0")
    refused(DataError, targets("mse", [1.0, math.nan], 1), "y is nan in row 1")
    refused(DataError, targets("mse", ["cat"], 1), "y is 'cat' in row 0")
    refused(ShapeError, targets("categorical_crossentropy", [0, 1], 2), "(n, 2)", "sparse_categorical_crossentropy")
    refused(ModelError, lambda: nn.losses.get("mze"), "Unknown loss 'mze'")
    assert LOSSES["hinge"].targets([0, 1], 1).tolist() == [[-1], [1]]


# ── gradients: eager, compiled, closed form ───────────────────────────────────────────────────────


def test_the_lectures_two_layer_network_has_its_closed_form_gradients():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20).astype(float)
    model = Sequential([Dense(4, 3, "sigmoid"), Dense(1, activation="sigmoid")], rng=1)
    model.compile("sgd", "binary_crossentropy")
    W1, b1, W2, b2 = model.get_weights()
    H = 1 / (1 + np.exp(-(X @ W1 + b1)))
    P = 1 / (1 + np.exp(-(H @ W2 + b2)))
    dZ2 = (P - y[:, None]) / len(X)
    dZ1 = dZ2 @ W2.T * H * (1 - H)
    closed = [*np.concatenate([X.T @ dZ1, dZ1.sum(0)[None]]).T.ravel(), *(H.T @ dZ2).ravel(), dZ2.sum()]
    LOSSES["bce"](y[:, None].tolist(), model.batch(X)).backward()
    assert [x.grad for x in model.parameters()] == pytest.approx(closed, rel=1e-12, abs=1e-15)
    recording = Recording(model, model.loss, examples(model, model.loss, X, y).rows, "numpy", False)
    batch = recording.batch(20)
    batch.load(recording.rows, rng)
    assert batch.run()[1] * batch.share == pytest.approx(closed, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("norm", [False, True], ids=["plain", "batchnorm"])
@pytest.mark.parametrize("loss", ["mse", "bce_with_logits", "cross_entropy", "svm"])
def test_eager_and_compiled_training_agree(loss, norm):
    """Every kind of layer, regularised, one of them frozen; gradients by both ways, then a step by both."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6, 3))
    y = rng.integers(0, 2, (6, 1 if loss == "cross_entropy" else 2))
    layers = [Dense(4, activation="leaky_relu", kernel_regularizer=nn.L1L2(0.1, 0.2)), Maxout(3), PReLU(0.3)]
    layers += [BatchNorm()] if norm else [Dense(3, activation="tanh", trainable=False)]
    model = Sequential([*layers, Dense(2, bias_regularizer="l2")], rng=2)
    model.compile(SGD(0.1), loss)
    rows = examples(model, model.loss, X, y).rows
    start = model.get_weights()
    eager = LOSSES[loss]((2 * y - 1 if loss == "svm" else y).tolist(), model.batch(X, training=True))
    eager = eager + sum(model.penalties())
    eager.backward()
    SGD(0.1, parameters=model).step()
    stepped = model.get_weights()
    model.set_weights(start)
    recording = Recording(model, model.loss, rows, "numpy", True)
    batch = recording.batch(6)
    batch.load(rows, rng)
    values, gradient = batch.run()
    assert values[0].mean() == pytest.approx(eager.data, rel=1e-12)
    assert gradient * batch.share == pytest.approx([x.grad or 0 for x in model.trained()], rel=1e-12, abs=1e-13)
    model.fit(X, y, batch_size=6, shuffle=False)
    for a, b in zip(model.get_weights(), stepped, strict=True):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-13)


# ── dropout, batch normalisation ──────────────────────────────────────────────────────────────────


def test_dropout_scales_and_is_off_in_prediction():
    layer = Dropout(0.25, rng=0)
    assert layer([1.0, 2.0]) == [1.0, 2.0]
    layer.inputs = 10_000
    mask = layer.masks(np.random.default_rng(0), 1)
    assert set(np.unique(mask)) == {0.0, 1 / 0.75}
    assert mask.mean() == pytest.approx(1, abs=0.02)
    refused(ModelError, lambda: Dropout(1.0), "0 ≤ rate < 1, got 1.0")
    model = Sequential([Dropout(0.5), Dense(1, kernel_initializer="ones")], rng=0)
    model.compile(SGD(0.0), "mse")
    loss = model.fit(np.ones((4000, 2)), np.zeros(4000), epochs=1).history["loss"][0]
    assert loss == pytest.approx((0 + 4 + 4 + 16) / 4, rel=0.05)  # ((m₁ + m₂) · 1)² with m of 0 or 2
    assert model.predict(np.ones((2, 2))).tolist() == [[2.0], [2.0]]


def test_batch_normalisation_by_hand():
    X = np.random.default_rng(0).normal(3, 2, (8, 2))
    layer = BatchNorm(momentum=0.9)
    found = np.array([[x.data for x in row] for row in layer.batch(X, training=True)])
    assert found == pytest.approx((X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3))
    assert layer.get_weights()[2] == pytest.approx(0.1 * X.mean(0))
    assert layer.get_weights()[3] == pytest.approx(0.9 + 0.1 * X.var(0))
    mean, variance = layer.get_weights()[2:]
    assert [x.data for x in layer(X[0])] == pytest.approx((X[0] - mean) / np.sqrt(variance + 1e-3))
    refused(ModelError, lambda: layer(X[0], training=True), "needs a batch in training")
    layer.trainable = False
    layer.batch(X, training=True)
    assert (layer.get_weights()[2] == mean).all()


def test_losses_are_functions_by_name():
    assert nn.losses.mse([1.0], [0.5]) == 0.25
    refused(AttributeError, lambda: nn.losses.mze, "Unknown loss 'mze'")
