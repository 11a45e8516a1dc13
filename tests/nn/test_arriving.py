"""Models that come from PyTorch and Keras: what they are here, the same numbers and gradients, what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import nn
from autograd import Value, grad
from nn import losses
from tests.nn.test_parity import keras

X = np.random.default_rng(2).normal(size=(6, 3))
Y = np.random.default_rng(3).normal(size=(6, 2))


def our_gradients(model):
    """The mean squared error's slopes by each array of weights, backwards through the scalar graph of six samples."""
    cost = losses.mse(Y.tolist(), [model([Value(x) for x in row]) for row in X.tolist()])
    tensors = [tensor for tensor in model.tensors().values() if tensor.size]
    return [np.reshape(grad(cost, list(tensor.flat)), tensor.shape) for tensor in tensors]


def near(ours, theirs, ulps=4):
    """Equal up to some units in the last place of the largest number."""
    return np.abs(ours - theirs).max() <= ulps * np.finfo(float).eps * max(1.0, np.abs(theirs).max())


# ── PyTorch, which is too large to be installed for CI ────────────────────────────────────────────


@pytest.mark.parity
@pytest.mark.parametrize("kind", [name.torch for name in nn.export.registry.ACTIVATIONS.values()])
def test_models_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    options = {"Softmax": {"dim": -1}, "LogSoftmax": {"dim": -1}, "Softplus": {"threshold": 40}}.get(kind, {})
    torch.manual_seed(0)
    t = torch.nn
    theirs = t.Sequential(
        t.Linear(3, 4), getattr(t, kind)(**options), t.Dropout(0.3), t.Flatten(),
        t.Sequential(t.BatchNorm1d(4, momentum=0.2), t.Linear(4, 4, bias=False), t.PReLU(4)), t.Linear(4, 2),
    ).double().eval()  # fmt: skip
    theirs[4][0].running_mean += torch.tensor([0.1, 0.2, 0.3, 0.4])
    ours = nn.from_torch(theirs)
    assert [type(layer).__name__ for layer in ours.layers] == [
        "Dense", "Dropout", "Flatten", "BatchNormalization", "Dense", "PReLU", "Dense",
    ]  # fmt: skip
    assert near(ours.predict(X), theirs(torch.tensor(X)).detach().numpy())
    ((theirs(torch.tensor(X)) - torch.tensor(Y)) ** 2).mean().backward()
    mine = our_gradients(ours)
    names = ["0.weight", "0.bias", "4.0.weight", "4.0.bias", "4.1.weight", "4.2.weight", "5.weight", "5.bias"]
    moving = {i for i, name in enumerate(ours.tensors()) if "moving" in name}
    parameters = dict(theirs.named_parameters())
    mine = [slopes for i, slopes in enumerate(mine) if i not in moving]
    for name, slopes in zip(names, mine, strict=True):
        single = 1e9 if kind == "Hardsigmoid" else 4  # whose slope is 1/6 in single precision there
        assert near(slopes.T, parameters[name].grad.numpy(), single), name
    assert near(ours.to_torch()(torch.tensor(X)).detach().numpy(), ours.predict(X))


@pytest.mark.parity
def test_parts_of_pytorch():
    torch = pytest.importorskip("torch")
    t = torch.nn
    assert nn.from_torch(t.Linear(3, 2)).count == 8
    frozen = t.Linear(3, 2)
    frozen.requires_grad_(False)
    model = nn.from_torch(t.Sequential(frozen, t.Linear(2, 1), t.LeakyReLU(0.25), t.Identity(), t.PReLU()))
    assert [layer.trainable for layer in model.layers] == [False, True, True, True]
    assert model.layers[1].activation == "leaky_relu(0.25)" and model.get_weights()[-1] == [0.25]
    for layer, what in ((t.GELU("tanh"), "the arguments GELU(approximate='tanh')"),
                        (t.Hardtanh(-2, 2), "the arguments Hardtanh(min_val=-2, max_val=2)"),
                        (t.BatchNorm1d(2, momentum=None), "no running averages with a momentum")):  # fmt: skip
        with pytest.raises(nn.ModelError) as caught:
            nn.from_torch(t.Sequential(t.Linear(3, 2), layer))
        kind = type(layer).__name__
        assert str(caught.value) == f"{kind} (1) has {what}, which this package lacks. Replace it before from_torch."


# ── Keras ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parity
@pytest.mark.parametrize("kind", [*nn.export.registry.ACTIVATIONS, "exponential"])
def test_models_of_keras(kind):
    k = keras()
    import jax

    k.utils.set_random_seed(0)
    layers = k.layers
    theirs = k.Sequential([
        k.Input((3,)), layers.Flatten(), layers.Dense(4, activation=kind, kernel_regularizer=k.regularizers.L2(0.1)),
        k.Sequential([layers.Dropout(0.3), layers.BatchNormalization(epsilon=0.01), layers.Activation(kind)]),
        layers.Dense(4, use_bias=False), layers.ReLU(negative_slope=0.1), layers.LeakyReLU(), layers.ELU(0.5),
        layers.PReLU("ones"), layers.ReLU(6), layers.Dense(2),
    ])  # fmt: skip
    ours = nn.from_keras(theirs)
    assert near(ours.predict(X), np.asarray(theirs(X)))

    def cost(trained):
        return (
            (theirs.stateless_call(trained, [x.value for x in theirs.non_trainable_variables], X)[0] - Y) ** 2
        ).mean()

    slopes = jax.grad(cost)([x.value for x in theirs.trainable_variables])
    moving = {i for i, name in enumerate(ours.tensors()) if "moving" in name}
    mine = [x for i, x in enumerate(our_gradients(ours)) if i not in moving]
    for one, other in zip(mine, slopes, strict=True):
        assert near(one, np.asarray(other), ulps=16)  # XLA's own functions, one in another
    assert ours.layers[1].kernel_regularizer == nn.L2(0.1)
    assert near(np.asarray(ours.to_keras()(X)), ours.predict(X))
    predict, parameters = ours.to_jax()
    assert near(np.asarray(predict(parameters, X)), ours.predict(X))


@pytest.mark.parity
def test_parts_of_keras():
    k = keras()
    layers = k.layers
    model = k.Sequential([k.Input((3,)), layers.Dense(2, trainable=False), layers.Activation("tanh"), layers.Softmax()])
    ours = nn.from_keras(model)
    assert [layer.trainable for layer in ours.layers] == [False, True]
    assert ours.layers[0].activation == "tanh"
    lacks = "which this package lacks. Replace it before from_keras."
    for layer, message in (
        (layers.Dense(2, activation=lambda x: x), "has the activation '<lambda>', " + lacks),
        (layers.Dense(2, kernel_constraint="non_neg"), "has a constraint or an activity_regularizer, " + lacks),
        (
            layers.Dense(2, kernel_regularizer=k.regularizers.OrthogonalRegularizer()),
            "has the regularizer OrthogonalRegularizer, " + lacks,
        ),
        (layers.ReLU(threshold=1), "has a threshold or a max_value that is not 6, " + lacks),
    ):
        with pytest.raises(nn.ModelError) as caught:
            nn.from_keras(k.Sequential([k.Input((3,)), layer]))
        assert str(caught.value) == f"{type(layer).__name__} ({layer.name!r}) {message}"
    for model, message in (
        (k.Sequential([layers.Dense(2)]), "The Keras model has no weights yet. Give it an Input, or call it once."),
        (layers.Dense(2), "from_keras takes a keras.Sequential, got Dense. Put its layers into one."),
    ):
        with pytest.raises(nn.ModelError) as caught:
            nn.from_keras(model)
        assert str(caught.value) == message


@pytest.mark.parity
@pytest.mark.parametrize("library", ["keras", "jax", "torch"])
@pytest.mark.parametrize("name", [x for x in nn.activations.NAMES if x not in nn.activations.ALIASES])
def test_every_activation_elsewhere(name, library):
    """What has no counterpart is refused, and listed here."""
    torch = pytest.importorskip("torch") if library == "torch" else keras() and None
    near_one = nn.activations.ROWS[name].near[0] if name in nn.activations.ROWS else (-3.0, 3.0)
    model = nn.Sequential([nn.Activation(name)])
    model.build(4)
    Z = np.random.default_rng(0).uniform(*near_one, size=(5, 4))
    lacking = {"bell", "sigmoid_slope", "log_cosh", "piecewise_linear", "heaviside"} | ({"cbrt"} if torch else set())
    if name in lacking:
        with pytest.raises(nn.ModelError, match="has no counterpart in that library"):
            getattr(model, f"to_{library}")()
        return
    if library == "keras":
        found = np.asarray(model.to_keras()(Z))
    elif library == "jax":
        predict, parameters = model.to_jax()
        found = np.asarray(predict(parameters, Z))
    else:
        found = model.to_torch()(torch.tensor(Z)).numpy()
    assert found == pytest.approx(model.predict(Z), rel=1e-12, abs=1e-15)


# ── without them ──────────────────────────────────────────────────────────────────────────────────


class Sequential:
    """As PyTorch's, as far as the way in goes through it."""

    def __init__(self, *layers):
        self.layers = layers

    def named_children(self):
        return ((str(i), layer) for i, layer in enumerate(self.layers))


class Conv2d(SimpleNamespace):
    pass


class Linear(SimpleNamespace):
    in_features = 2

    def parameters(self):
        return []


KNOWN = ", ".join(dict.fromkeys(name for entry in nn.export.registry.ENTRIES.values() for name in entry.of_torch))


@pytest.mark.parametrize("module, message", [
    (Sequential(Linear(), Sequential(Sequential(), Conv2d())),
     f"from_torch knows no Conv2d (1.1). It takes {KNOWN}, in a Sequential."),
    (Conv2d(), "from_torch needs a Linear layer, which says how many inputs there are. Give a Sequential."),
    (Sequential(), "from_torch needs a Linear layer, which says how many inputs there are. Give a Sequential."),
])  # fmt: skip
def test_what_from_torch_refuses(module, message):
    Linear.out_features, Linear.bias = 1, None
    with pytest.raises(nn.ModelError) as caught:
        nn.from_torch(module)
    assert str(caught.value) == message


@pytest.mark.parity
def test_a_functional_chain_comes_in_and_a_branch_does_not():
    K = keras()
    x = K.Input((3,))
    hidden = K.layers.Dense(4, activation="tanh", name="hidden")(x)
    outputs = K.layers.Dense(2, name="out")(K.layers.Dropout(0.5)(hidden))
    theirs = K.Model(x, outputs)
    ours = nn.from_keras(theirs)
    assert near(ours.predict(X), np.asarray(theirs.predict(X, verbose=0)), ulps=2**31)  # in single precision there
    assert [type(layer).__name__ for layer in ours.layers] == ["Dense", "Dropout", "Dense"]
    twice = K.layers.Dense(4, name="twice")(x)
    sums = K.Model(x, K.layers.Add(name="sum")([hidden, twice]))
    nested = K.Model(x, theirs(x), name="nested")
    for model, after, before in ((sums, "twice", "hidden"), (nested, theirs.name, nested.layers[0].name)):
        with pytest.raises(nn.ModelError) as caught:
            nn.from_keras(model)
        assert str(caught.value) == (
            f"from_keras takes one chain of layers, and {after!r} is not called on what {before!r} gives alone. "
            "Put layers of such a chain into a keras.Sequential."
        )
