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
        kind
        for kind in public
        if kind.__module__.split(".")[1] not in ("training", "linear_models", "models", "module")
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


# ── chains in functional spelling ─────────────────────────────────────────────────────────────────


def test_a_functional_model_is_the_same_chain():
    x = nn.Input(shape=(2,))
    hidden = layers.Dropout(0.2)(layers.Dense(3, activation="tanh")(x))
    model = nn.Model(inputs=[x], outputs=layers.Dense(1)(hidden), name="small", rng=0)
    plain = Sequential([Dense(3, input_dim=2, activation="tanh"), layers.Dropout(0.2), Dense(1)], rng=0)
    assert repr(model)[len("Model") :] == repr(plain)[len("Sequential") :] and model.name == "small"
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        assert ours.tolist() == theirs.tolist()
    encoder = models.Model(x, hidden)  # shares its layers
    assert encoder.layers[0] is model.layers[0] and encoder.predict([[1.0, 2.0]]).shape == (1, 3)
    twice = nn.Model(x, layers.Dense(1)(encoder(x)), rng=0)
    assert twice.layers[0] is encoder and twice.predict([[1.0, 2.0]]).shape == (1, 1)


@pytest.mark.parametrize("ends, message", [
    (lambda x, y: ([x, x], y), "A Model has one input and one output here, got 2. For several take Keras."),
    (lambda x, y: (x, []), "A Model has one input and one output here, got 0. For several take Keras."),
    *((ends, "A Model goes from one Input through layers called one on the other, as in x = Input((2,)); "
       "Model(x, Dense(1)(x)). Give both ends of such a chain.")
      for ends in (lambda x, y: (nn.Input((2,)), y), lambda x, y: (y, y), lambda x, y: (x, Dense(1)))),
])  # fmt: skip
def test_other_graphs_are_refused(ends, message):
    x = nn.Input((2,))
    with pytest.raises(ModelError) as caught:
        nn.Model(*ends(x, Dense(1)(x)))
    assert str(caught.value) == message


def test_a_model_is_no_class_of_its_own():
    with pytest.raises(ModelError) as caught:
        type("Mine", (nn.Model,), {})
    assert str(caught.value) == "A model is a chain of layers, not a class of its own. Give a Sequential its layers."


# ── layers taken away, models again ───────────────────────────────────────────────────────────────


def test_a_layer_goes_deeper_into_a_model():
    model = Sequential([Dense(3, input_dim=2, activation="relu"), Dense(1)], rng=0)
    before = model.predict([[1.0, 2.0]])
    last = model.pop()
    assert len(model.layers) == 1 and model.units == 3 and model.predict([[1.0, 2.0]]).shape == (1, 3)
    model.add(Dense(3, kernel_initializer="identity"))
    model.add(last)
    assert [layer.name for layer in model.layers] == ["layer1", "layer2", "layer3"] and model.units == 1
    assert model.predict([[1.0, 2.0]]) == pytest.approx(before)
    assert Sequential([Dense(3, name="own")]).pop().name == "own"
    model.pop(), model.pop(), model.pop()
    assert model.layers == [] and model.units == 2
    with pytest.raises(ModelError) as caught:
        model.pop()
    assert str(caught.value) == "The model has no layers to pop. Add one: model.add(Dense(1, input_dim=2))."


def test_a_clone_has_weights_of_its_own():
    model = nn.MLP(2, [3, 1], rng=0)
    clone = models.clone_model(model, rng=1)
    assert repr(clone).endswith(repr(model)[len("MLP") :])
    assert clone.get_weights()[0].shape == (2, 3) and (clone.get_weights()[0] != model.get_weights()[0]).all()


@pytest.mark.parametrize("layer", [layers.Dropout(0.1, input_shape=(2,)), layers.BatchNormalization(input_shape=[2])])
def test_the_first_layer_says_what_the_model_takes(layer):
    assert Sequential([layer, Dense(1)]).predict([[1.0, 2.0]]).shape == (1, 1)
    with pytest.raises(
        ModelError, match=r"^A sample is one row of numbers with a shape such as \(2,\), got \(2, 3\)\."
    ):
        type(layer)(0.1, input_shape=(2, 3))


# ── older spellings ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [nn.SGD, nn.Adam])
@pytest.mark.parametrize("name, remedy", [
    ("lr", "Write learning_rate=0.01."),
    ("decay", "Write learning_rate=nn.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=decay)."),
])  # fmt: skip
def test_renamed_arguments_of_optimisers(kind, name, remedy):
    with pytest.raises(ModelError) as caught:
        kind(**{name: 0.1})
    assert str(caught.value) == f"{kind.__name__} has no {name}, as in Keras today. {remedy}"


def test_older_names_that_mean_the_same():
    assert losses.get("kullback_leibler_divergence") is losses.get("kld")
    for name, number in {"zero": 0, "one": 1}.items():
        assert initializers.get(name)(None, (2,)).tolist() == [number, number]


@pytest.mark.parametrize("name, remedy", [
    ("activity_regularizer", "Regularise weights instead, kernel_regularizer='l1'"),
    ("bias_constraint", "Change weights in a callback, with set_weights"),
    ("kernel_constraint", "Change weights in a callback, with set_weights"),
])  # fmt: skip
def test_arguments_that_a_layer_has_not(name, remedy):
    with pytest.raises(ModelError) as caught:
        Dense(1, **{name: "l1"})
    assert str(caught.value) == f"Dense has no {name}. {remedy}, or leave it out."
    assert Dense(1, **{name: None}).units == 1


@pytest.mark.parametrize("name", nn.module.FORMER)
def test_what_older_programs_ask_models_for(name):
    with pytest.raises(AttributeError) as caught:
        getattr(nn.MLP(1, [1]), name)
    assert str(caught.value) == f"'MLP' object has no attribute '{name}'. {nn.module.FORMER[name]}"
    with pytest.raises(AttributeError, match=r"^'MLP' object has no attribute 'nothing'$"):
        nn.MLP(1, [1]).nothing


def test_the_learning_rate_has_one_name():
    optimizer = nn.SGD(0.1)
    for use in (lambda: optimizer.lr, lambda: setattr(optimizer, "lr", 0.2)):
        with pytest.raises(AttributeError) as caught:
            use()
        assert str(caught.value) == "SGD has no lr, as in Keras today. Read and set learning_rate."


def test_losses_are_metrics_by_attribute_too():
    model = nn.MLP(1, [1], rng=0)
    model.compile("sgd", nn.metrics.mean_squared_error, metrics=[nn.metrics.mae])
    assert model.metrics_names == ["loss", "mean_absolute_error"] and model.loss.name == "mean_squared_error"


def test_a_loss_that_overflows_says_so():
    model = Sequential([Dense(1, input_dim=1, kernel_initializer="ones")])
    model.compile(nn.SGD(1e-3), "mse")
    with pytest.raises(nn.DivergenceError) as caught:
        model.fit([[1.0], [1e200]], [0.0, 0.0], shuffle=False)
    assert str(caught.value) == (
        "The loss is inf in epoch 1, batch 1; the weights are those before that step. First: pow is inf for sample 1: "
        "pow is too large for a float at x = -1e+200, y = 2.0. Scale the input down. "
        "Lower the learning rate, scale the inputs, or use a loss from logits."
    )
