"""Keras' names: layers, activations, initializers and helpers that programs import, and what is refused of them."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd import Value, grad
from nn import DataError, Dense, ModelError, Sequential, activations, initializers, layers, losses, models, utils
from nn.activations import get

# ── activations ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name, points", [
    ("relu6", {-1.0: (0, 0), 0.0: (0, 0), 2.0: (2, 1), 7.0: (6, 0)}),
    ("hard_tanh", {-2.0: (-1, 0), 0.5: (0.5, 1), 3.0: (1, 0)}),
    ("hard_silu", {-4.0: (0, 0), 0.0: (0, 0.5), 3.5: (3.5, 1)}), ("hard_swish", {1.5: (1.125, 1.0)}),
    ("mish", {0.0: (0, 0.6)}), ("log_sigmoid", {0.0: (-np.log(2), 0.5), -800.0: (-800, 1)}),
    ("celu", {-1.0: (np.exp(-1) - 1, np.exp(-1)), 2.0: (2, 1)}),
    ("celu(2)", {-2.0: (2 * np.exp(-1) - 2, np.exp(-1)), 0.0: (0, 1)}),
])  # fmt: skip
def test_values_and_slopes(name, points):
    for z, expected in points.items():
        x = Value(z)
        a = get(name).function(x)
        assert (a.data, grad(a, [x])[0]) == pytest.approx(expected)


def test_log_softmax_is_the_logarithm_of_softmax():
    zs = [0.1, 2.0, -3.0]
    assert get("log_softmax")(zs) == pytest.approx(np.log(get("softmax")(zs)))
    assert get("log_softmax")([1000.0, 0.0]) == [0.0, -1000.0]
    with pytest.raises(ModelError) as caught:
        model = Sequential([Dense(1, 1, activation="log_softmax")])
        model.compile("sgd", "mse")
        model.fit([[1.0]], [1.0])
    assert str(caught.value).startswith("log_softmax of one unit is always 0, so Dense(1, input_dim=1,")


def test_activations_by_attribute():
    assert activations.relu.name == "relu" and Dense(2, activation=activations.elu).activation == "elu"
    with pytest.raises(AttributeError, match=r"^Unknown activation 'rely'\. Choose one of abs, acos, "):
        activations.rely


# ── layers ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("layer, outputs", [
    (layers.ReLU(), [0, 7.0]), (layers.ReLU(max_value=6.0), [0, 6]), (layers.ReLU(negative_slope=0.25), [-0.5, 7.0]),
    (layers.LeakyReLU(), [-0.6, 7.0]), (layers.LeakyReLU(negative_slope=0.1), [-0.2, 7.0]),
    (layers.ELU(), [np.exp(-2) - 1, 7.0]), (layers.ELU(alpha=0.5), [0.5 * np.exp(-2) - 0.5, 7.0]),
    (layers.Flatten(), [-2.0, 7.0]), (layers.Softmax(), [1 / (1 + np.exp(9)), 1 / (1 + np.exp(-9))]),
    (layers.Activation("relu6"), [0, 6]),
], ids=repr)  # fmt: skip
def test_layers_and_their_files(layer, outputs, tmp_path):
    model = Sequential([layer], rng=0)
    model.build(2)
    assert model.predict([[-2.0, 7.0]])[0] == pytest.approx(outputs)
    again = nn.load(model.save(tmp_path / "m.npz"))
    assert type(again.layers[0]) is type(layer) and again.predict([[-2.0, 7.0]])[0] == pytest.approx(outputs)
    assert repr(again) == repr(model)


def test_what_layers_refuse():
    for make, message in (
        (lambda: layers.ReLU(max_value=5),
         "ReLU takes max_value None or 6, then without a negative_slope, got 5 and 0.0. "
         "Give a function to Activation."),
        (lambda: Dense(2, kernel_constraint="non_neg"),
         "Dense has no kernel_constraint. Change weights in a callback, with set_weights, or leave it out."),
        (lambda: utils.set_random_seed(3),
         "There is no global random state to seed. Give the model its own: Sequential([…], rng=3)."),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            make()
        assert str(caught.value) == message
    assert Dense(2, kernel_constraint=None, activity_regularizer=None).units == 2


def test_layers_of_keras_programs():
    model = Sequential([layers.Flatten(input_shape=(3,)), Dense(2, "celu", kernel_regularizer=nn.regularizers.l2(0.1))])
    assert model.inputs is None or model.inputs == 3
    model.compile("sgd", "mse", ["cosine_similarity", nn.metrics.LogCoshError(name="logcosh")])
    assert [*model.fit([[1.0, 2.0, 3.0]], [[0.5, 1.0]]).history] == ["loss", "cosine_similarity", "logcosh"]
    assert nn.regularizers.l1_l2() == nn.L1L2(0.01, 0.01) and nn.regularizers.l1(0.5) == nn.L1(0.5)
    with pytest.raises(ModelError) as caught:
        layers.Flatten(input_shape=(28, 28))
    assert str(caught.value) == (
        "A sample is one row of numbers with a shape such as (2,), got (28, 28). Flatten the data."
    )


def test_modules_have_what_programs_import(tmp_path):
    model = models.Sequential([layers.Input(shape=(2,), name="x"), layers.Dense(1), layers.Dropout(0.5, seed=1)])
    assert models.load_model(model.save(tmp_path / "m.npz")).count == model.count == 3
    assert {name: getattr(layers, name) for name in ("Dense", "Maxout")} == {"Dense": nn.Dense, "Maxout": nn.Maxout}
    assert nn.backend is nn.ops and nn.optimizers.schedules is nn.schedules
    public = {kind for kind in vars(nn).values() if isinstance(kind, type) and issubclass(kind, nn.Module)}
    assert {
        kind for kind in public if kind.__module__.split(".")[1] not in ("training", "linear_models", "module")
    } == {kind for kind in vars(layers).values() if isinstance(kind, type) and issubclass(kind, nn.Module)}


# ── initializers ──────────────────────────────────────────────────────────────────────────────────


def test_initializers_with_a_seed_draw_the_same_each_time():
    for name, kind in initializers.CLASSES.items():
        if "seed" not in __import__("inspect").signature(kind).parameters:
            continue
        draws = [initializers.get(kind(seed=3))(np.random.default_rng(i), (4, 3)) for i in range(2)]
        assert np.array_equal(*draws), name
        free = [
            initializers.get(like)(np.random.default_rng(i), (4, 3)) for i in (0, 1) for like in (name, kind, kind())
        ]
        assert np.array_equal(free[0], free[1]) and np.array_equal(free[0], free[2]), name
        assert not np.array_equal(free[0], free[3]), name


def test_what_initializers_give():
    rng = np.random.default_rng(0)
    assert initializers.Constant(0.5)(rng, (2,)).tolist() == [0.5, 0.5]
    assert initializers.Zeros()(rng, (1,)) == 0 and initializers.Ones()(rng, (1,)) == 1
    assert initializers.Identity(2.0)(rng, (2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]
    for shape in ((5, 3), (3, 5)):
        q = initializers.Orthogonal(gain=2.0)(rng, shape)
        assert q.shape == shape
        assert (q.T @ q if shape[0] > shape[1] else q @ q.T) == pytest.approx(4 * np.eye(3))
    many = (400, 300)
    assert abs(initializers.TruncatedNormal(1.0, 0.1)(rng, many) - 1).max() <= 0.2
    assert initializers.VarianceScaling(2.0)(rng, many).var() == pytest.approx(2 / 400, rel=0.02)
    assert initializers.VarianceScaling(1, "fan_out", "uniform")(rng, many).var() == pytest.approx(1 / 300, rel=0.02)
    assert initializers.VarianceScaling(1, "fan_avg")(rng, many).var() == pytest.approx(1 / 350, rel=0.02)
    for arguments, message in (
        (("fan",), "Unknown mode 'fan'. Choose one of fan_in, fan_out, fan_avg."),
        (("fan_in", "cauchy"), "Unknown distribution 'cauchy'. Choose one of truncated_normal, uniform."),
    ):
        with pytest.raises(ModelError) as caught:
            initializers.VarianceScaling(1.0, *arguments)
        assert str(caught.value) == message


# ── helpers ───────────────────────────────────────────────────────────────────────────────────────


def test_to_categorical():
    assert utils.to_categorical([1, 0], 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert utils.to_categorical(np.array([[2], [1]])).tolist() == [[0, 0, 1], [0, 1, 0]]
    assert utils.to_categorical([[0, 1], [1, 0]]).shape == (2, 2, 2)
    for bad, got in (([0, 3], "3"), ([-1], "-1"), ([0.5], "0.5")):
        with pytest.raises(DataError) as caught:
            utils.to_categorical(bad, 3)
        assert str(caught.value) == f"to_categorical needs classes from 0 to 2, got {got}. Count from 0."


def test_metrics_and_losses_of_one_class_are_one():
    assert nn.metrics.MeanSquaredError(name="mse")([1.0], [0.5]) == losses.MeanSquaredError()([1.0], [0.5]) == 0.25
    with pytest.raises(AttributeError, match=r"^Unknown metric 'Presision'\. Choose one of accuracy, "):
        nn.metrics.Presision
