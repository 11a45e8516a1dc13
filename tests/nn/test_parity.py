"""Number by number with others: Keras' trajectories, slopes and statistics, micrograd's demo, scikit-learn's moons."""

from __future__ import annotations

import importlib
import os
from functools import cache
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn import MLP, losses, optimizers

pytestmark = pytest.mark.parity


def peer(name: str) -> Any:
    """A library; where it is missing the test is skipped, except in CI."""
    return importlib.import_module(name) if os.environ.get("CI") else pytest.importorskip(name)


@cache
def keras() -> Any:
    """Keras on JAX, in double precision throughout."""
    peer("jax").config.update("jax_enable_x64", True)
    os.environ["KERAS_BACKEND"] = "jax"
    found = peer("keras")
    found.config.set_floatx("float64")
    kinds = importlib.import_module("keras.src.backend.common.dtypes")
    kinds.BIT64_TO_BIT32_DTYPE["float64"] = "float64"  # it would round results to single precision
    return found


# ── trajectories ──────────────────────────────────────────────────────────────────────────────────

STEPS, BATCH = 20, 5
OPTIMIZERS = {
    "SGD": (optimizers.SGD(0.1), lambda k: k.SGD(0.1)),
    "momentum": (optimizers.SGD(0.05, momentum=0.9), lambda k: k.SGD(0.05, momentum=0.9)),
    "averaged momentum": (optimizers.Momentum(0.5, beta=0.9), lambda k: k.SGD(0.05, momentum=0.9)),
    "Nesterov": (optimizers.Nesterov(0.05), lambda k: k.SGD(0.05, momentum=0.9, nesterov=True)),
    "Adagrad": (optimizers.Adagrad(0.1), lambda k: k.Adagrad(0.1)),
    "Adadelta": (optimizers.Adadelta(1.0), lambda k: k.Adadelta(1.0)),
    "RMSprop": (optimizers.RMSprop(0.01), lambda k: k.RMSprop(0.01)),
    "RMSprop, centred": (
        optimizers.RMSprop(0.01, momentum=0.5, centered=True),
        lambda k: k.RMSprop(0.01, momentum=0.5, centered=True),
    ),
    "Adam": (optimizers.Adam(0.02), lambda k: k.Adam(0.02)),
    "AdamW": (optimizers.AdamW(0.02, weight_decay=0.01), lambda k: k.AdamW(0.02, weight_decay=0.01)),
    "schedule": (
        optimizers.SGD(nn.schedules.ExponentialDecay(0.2, 5, 0.5)),
        lambda k: k.SGD(k.schedules.ExponentialDecay(0.2, 5, 0.5)),
    ),
}
LOGITS = {
    "binary_crossentropy_from_logits": "BinaryCrossentropy",
    "categorical_crossentropy_from_logits": "CategoricalCrossentropy",
    "sparse_categorical_crossentropy_from_logits": "SparseCategoricalCrossentropy",
}


def their_loss(name: str) -> Any:
    """The mean over examples in Keras, or by its formula where Keras has none."""
    k = keras()
    if name in LOGITS:
        return getattr(k.losses, LOGITS[name])(from_logits=True)
    sums = {"quadratic": 0.5, "residual_sum_of_squares": 1.0}
    if name in sums:
        return lambda y, p: sums[name] * k.ops.mean(k.ops.sum((y - p) ** 2, -1))
    one = k.losses.get(name)
    return lambda y, p: k.ops.mean(one(y, p))


def batches(loss: Any) -> list[tuple[Any, Any]]:
    """Inputs and targets of the loss's kind, of STEPS batches."""
    rng = np.random.default_rng(11)
    classes = rng.integers(3, size=(STEPS, BATCH))
    targets = {
        "any": rng.normal(size=(STEPS, BATCH, 3)),
        "binary": rng.integers(2, size=(STEPS, BATCH, 3)).astype(float),
        "sign": 2.0 * rng.integers(2, size=(STEPS, BATCH, 3)) - 1,
        "distribution": np.eye(3)[classes],
        "class": classes[..., None].astype(float),
    }
    return list(zip(rng.normal(size=(STEPS, BATCH, 2)), targets[loss.labels], strict=True))


def network(loss: Any) -> MLP:
    outputs = {"binary": "sigmoid", "distribution": "softmax", "class": "softmax"}
    output = "linear" if loss.logits else outputs.get(loss.labels, "linear")
    output = "softplus" if loss.name == "poisson" else output
    return MLP(2, [4, 3], activation="tanh", output=output, rng=7)


@cache
def programs(name: str) -> tuple[Any, Any]:
    """Our loss with its gradient by all parameters, and Keras' by its variables."""
    keras()
    import jax

    loss = losses.LOSSES[name]
    model = network(loss)
    x, y = [Value(0.1), Value(0.2)], [Value(t) for t in (0.0, 1.0, 0.0)]
    ours = autograd.compile(loss.function(y, model(x)), [x, y], model.parameters())
    theirs, measure = model.to_keras(), their_loss(name)

    def cost(weights: Any, X: Any, Y: Any) -> Any:
        return measure(Y, theirs.stateless_call(weights, [], X)[0])

    return ours, jax.jit(jax.value_and_grad(cost))


@cache
def their_step(optimizer: str, shapes: tuple[tuple[int, ...], ...]) -> tuple[Any, list[Any]]:
    """Keras' optimiser as a function (state, gradients, weights) → (weights, state), and its first state."""
    import jax

    k = keras()
    theirs = OPTIMIZERS[optimizer][1](k.optimizers)
    theirs.build([k.Variable(np.zeros(shape)) for shape in shapes])
    return jax.jit(theirs.stateless_apply), [v.value for v in theirs.variables]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", [row.name for row in losses.ROWS])
def test_trajectories(name, optimizer):
    """20 steps on the same batches from the same weights: the same losses and the same weights at the end."""
    import jax.numpy as jnp

    loss = losses.LOSSES[name]
    program, their_gradient = programs(name)
    model = network(loss)
    ours, p = OPTIMIZERS[optimizer][0], program.read()
    state = ours.start(p)
    weights = [jnp.asarray(array) for array in model.get_weights()]
    step, their_state = their_step(optimizer, tuple(array.shape for array in weights))
    for X, Y in batches(loss):
        values, gradient = program.at(p, X, loss.targets(Y, 3))
        state, p = ours.update(state, gradient / BATCH, p)
        their_value, slopes = their_gradient(weights, X, Y)
        weights, their_state = step(their_state, slopes, weights)
        assert values.mean() == pytest.approx(float(their_value), rel=1e-9)
    for leaf, number in zip(model.parameters(), p.tolist(), strict=True):
        leaf.data = number
    for mine, their in zip(model.get_weights(), weights, strict=True):
        assert mine == pytest.approx(np.array(their), rel=1e-9, abs=1e-9)


def test_fit_is_keras_fit():
    """Whole epochs through both fronts: batches with a rest, a penalty, validation, metrics."""
    k = keras()
    X, y = nn.datasets.exam(97, rng=1)
    X = X / [12, 40]
    model = MLP(2, [3, 1], "sigmoid", "sigmoid", rng=1)
    theirs = model.to_keras()
    theirs.compile(loss="binary_crossentropy", optimizer=k.optimizers.Adam(0.01), metrics=["accuracy"])
    model.compile(nn.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    options = {"epochs": 5, "batch_size": 10, "validation_split": 0.2, "shuffle": False, "verbose": 0}
    mine, their = model.fit(X, y, **options).history, theirs.fit(X, y[:, None], **options).history
    assert set(mine) == set(their)
    for name, numbers in their.items():
        assert mine[name] == pytest.approx(numbers, rel=1e-7), name
    assert model.predict(X) == pytest.approx(theirs.predict(X, verbose=0), rel=1e-9)
    assert model.evaluate(X, y) == pytest.approx(theirs.evaluate(X, y[:, None], verbose=0), rel=1e-7)


@pytest.mark.parametrize("loss, y, p", [
    ("binary_crossentropy", [[1, 0, 1], [0, 1, 0]], [[0.9, 0.8, 0.4], [0.3, 0.6, 0.2]]),  # several labels at once
    ("mse", [[1, 0, 1], [0, 1, 0]], [[0.9, 0.8, 0.4], [0.3, 0.6, 0.2]]),
    ("hinge", [[0], [1], [1]], [[0.7], [0.25], [2.0]]), ("hinge", [[-1], [1], [1]], [[0.7], [0.25], [2.0]]),
    ("binary_crossentropy", [[0], [1], [1]], [[0.7], [0.25], [0.9]]),
])  # fmt: skip
def test_metrics_are_keras(loss, y, p):
    """Accuracies, and losses beside another loss; under hinge Keras compares sums with ½ for an accuracy."""
    y, p = np.array(y, float), np.array(p)
    chosen = ["hinge", "mse", "squared_hinge"]
    if loss != "hinge":
        chosen += ["accuracy", "binary_accuracy"]
    model = nn.Sequential([nn.Dense(p.shape[1], p.shape[1], kernel_initializer=np.eye(p.shape[1]))])
    theirs = model.to_keras()
    theirs.compile(loss=keras().losses.get(loss), metrics=chosen)
    model.compile(loss=loss, metrics=chosen)
    mine, their = model.evaluate(p, y, return_dict=True), theirs.evaluate(p, y, verbose=0, return_dict=True)
    assert mine == pytest.approx(their, rel=1e-6)


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────

ACTIVATIONS = ["relu", "sigmoid", "tanh", "softplus", "softsign", "silu", "selu", "hard_sigmoid", "elu", "linear"]
ACTIVATIONS += ["leaky_relu", "exponential", "relu6", "hard_tanh", "hard_silu", "mish", "celu", "log_sigmoid", "gelu"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes_of_activations(name):
    import jax

    theirs, ours = getattr(keras().activations, name), nn.activations.get(name)
    for z in (-30.0, -2.5, -1.0, -1e-3, 1e-3, 0.5, 2.9, 30.0):
        x = Value(z)
        out = ours.function(x) + 0
        assert out.data == pytest.approx(float(theirs(np.float64(z))), rel=1e-12)
        assert autograd.grad(out, [x])[0] == pytest.approx(float(jax.grad(theirs)(z)), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    "name", [f"{kind}_{spread}" for kind in ("glorot", "he", "lecun", "random") for spread in ("uniform", "normal")]
)
def test_initializers_draw_from_keras_distributions(name):
    shape = (300, 200)
    ours = nn.initializers.get(name)(np.random.default_rng(0), shape)
    theirs = np.array(keras().initializers.get(name)(shape, dtype="float64"))
    assert ours.std() == pytest.approx(theirs.std(), rel=0.01) and abs(ours.mean()) < 0.02 * ours.std()
    if name != "random_normal":
        assert abs(ours).max() == pytest.approx(abs(theirs).max(), rel=1e-3)
    shares = [np.quantile(abs(w) / w.std(), np.linspace(0.05, 0.95, 19)) for w in (ours, theirs)]
    assert shares[0] == pytest.approx(shares[1], rel=0.05, abs=0.01)


def test_batch_normalisation_keeps_keras_statistics():
    k, rng = keras(), np.random.default_rng(3)
    ours, theirs = nn.BatchNormalization(), k.layers.BatchNormalization(dtype="float64")
    ours.build(3)
    for _ in range(4):
        X = rng.normal(2, 3, (7, 3))
        found = [[x.data for x in row] for row in ours.batch(X.tolist(), training=True)]
        assert np.array(found) == pytest.approx(np.array(theirs(X, training=True)), rel=1e-9)
    for mine, their in zip(ours.get_weights(), theirs.weights, strict=True):
        assert mine == pytest.approx(np.asarray(their.value), rel=1e-12)
    x = [1.0, -2.0, 3.0]
    assert [z.data for z in ours(x)] == pytest.approx(np.array(theirs(np.array([x])))[0], rel=1e-9)


def test_dropout_scales_as_keras_does():
    k, ones = keras(), np.ones(20_000)
    ours = np.array([x.data for x in nn.Dropout(0.3, rng=0)(ones.tolist(), training=True)])
    theirs = np.array(k.layers.Dropout(0.3, seed=0, dtype="float64")(ones, training=True))
    assert sorted(set(ours)) == pytest.approx(sorted(set(theirs)), rel=1e-12)
    assert (ours == 0).mean() == pytest.approx(0.3, abs=0.015) and (theirs == 0).mean() == pytest.approx(0.3, abs=0.015)


def test_moons_are_scikit_learns():
    datasets = peer("sklearn.datasets")
    for n, seed in ((100, 1337), (51, 0)):
        X, y = nn.datasets.moons(n, noise=0.1, rng=np.random.RandomState(seed))
        Z, t = datasets.make_moons(n_samples=n, noise=0.1, random_state=seed)
        assert np.array_equal(X, Z) and np.array_equal(y, t)


def test_micrograds_network_and_gradient():
    """Its own weights by its own seed, its own loss: value and gradient of the first step, on ten points."""
    import random

    theirs = peer("micrograd.nn")
    random.seed(1337)
    their_model, model, rng = theirs.MLP(2, [16, 16, 1]), nn.MLP(2, [16, 16, 1], activation="relu"), random.Random(1337)
    for neuron in (neuron for layer in model.layers for neuron in layer.neurons):
        for w in neuron.weights:
            w.data = rng.uniform(-1, 1)
    X, y = nn.datasets.moons(100, noise=0.1, rng=np.random.RandomState(1337), bipolar=True)
    for network, values in ((their_model, their_model.parameters()), (model, model.parameters())):
        scores = [network(x) if network is their_model else network(x)[0] for x in X[:10].tolist()]
        margins = [(1 + -t * score).relu() for t, score in zip(y.tolist(), scores, strict=False)]
        cost = sum(margins) * 0.1 + 1e-4 * sum(p * p for p in values)
        cost.backward()
    pairs = list(zip(model.parameters(), their_model.parameters(), strict=True))
    assert len(pairs) == 337 and all(mine.data == their.data for mine, their in pairs)
    assert [mine.grad for mine, _ in pairs] == pytest.approx([their.grad for _, their in pairs], rel=1e-12, abs=1e-15)


# ── the same model elsewhere ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("library", ["keras", "torch"])
def test_predictions_elsewhere(library):
    if library == "keras":
        keras()
    else:
        torch = pytest.importorskip("torch")  # too large to be installed for CI
    X = np.random.default_rng(2).normal(size=(6, 3))
    for activation in nn.export.registry.ACTIVATIONS:
        rng = np.random.default_rng(4)
        model = nn.Sequential(
            [
                nn.Dense(5, input_dim=3, activation=activation),
                nn.BatchNormalization(epsilon=0.01),
                nn.Dropout(0.5),
                nn.PReLU(),
                nn.Maxout(4, pieces=3),
                nn.BatchNormalization(center=False, scale=False),
                nn.Dense(3, use_bias=False),
                nn.Activation(activation),
                nn.Softmax(),
            ],
            rng=1,
        )
        model.set_weights([rng.uniform(0.1, 1, array.shape) for array in model.get_weights()])
        there = model.to_torch() if library == "torch" else model.to_keras()
        found = there(torch.tensor(X)).detach().numpy() if library == "torch" else there.predict(X, verbose=0)
        assert np.abs(found - model.predict(X)).max() < 1e-12, activation
    with pytest.raises(nn.ModelError, match="has no counterpart in that library"):
        getattr(MLP(2, [2, 1], activation="bell"), f"to_{library}")()
