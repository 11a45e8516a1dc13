"""Training: Keras' program, records, early stopping, Ctrl-C, divergence, poor data; and what the lectures show."""

from __future__ import annotations

import math
import sys
import types

import numpy as np
import pytest

import nn
from autograd import MissingExtra, ShapeError, Value, grad
from nn import MLP, SGD, DataError, Dense, DivergenceError, Dropout, EarlyStopping, ModelError, Neuron, Sequential

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
BIPOLAR = 2 * XOR - 1
PARITY = np.array([0.0, 1.0, 1.0, 0.0])


def exam(n=200):
    """Lectures attended and hours studied; who passes."""
    X = np.random.default_rng(0).uniform(0, 10, (n, 2))
    return X, (X.sum(1) > 10).astype(int)


def refused(kind, call, *words):
    with pytest.raises(kind) as caught:
        call()
    for word in words:
        assert word in str(caught.value), str(caught.value)


def line(rng=0, **others):
    model = Sequential([Dense(1, 1)], rng=rng)
    model.compile(SGD(0.1), "mse", **others)
    return model


# ── the lectures' programs ────────────────────────────────────────────────────────────────────────


def test_the_keras_program_of_the_lectures():
    X, y = exam()
    model = Sequential(rng=0)
    model.add(Dense(units=3, input_dim=2, activation="sigmoid"))
    model.add(Dense(units=1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(X, y, epochs=150, batch_size=10)
    assert [len(x) for x in history.history.values()] == [150, 150]
    assert history.history["loss"][-1] < history.history["loss"][0]
    assert [x.shape for x in model.get_weights()] == [(2, 3), (3,), (3, 1), (1,)]
    loss, accuracy = model.evaluate(X, y)
    p = model.predict(X)
    assert p.shape == (200, 1)
    assert accuracy == ((p[:, 0] > 0.5) == y).mean() > 0.8
    assert loss == pytest.approx(-np.log(np.where(y == 1, p[:, 0], 1 - p[:, 0])).mean())
    assert p[7, 0] == pytest.approx(model(X[7])[0].data, rel=1e-12)


def test_the_network_of_12_and_8():
    X = np.random.default_rng(0).normal(size=(60, 8))
    model = Sequential(
        [Dense(12, input_dim=8, activation="relu"), Dense(8, activation="relu"), Dense(1, activation="sigmoid")], rng=1
    )
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    history = model.fit(X, X[:, 0] > 0, epochs=60, batch_size=10, validation_split=0.25)
    assert list(history.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history.history["accuracy"][-1] > 0.9
    assert model.count == 8 * 12 + 12 + 12 * 8 + 8 + 9


def test_classes():
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 3.0], [3.0, -2.0], [-3.0, -2.0]])
    y = rng.integers(0, 3, 120)
    X = centres[y] + rng.normal(size=(120, 2))
    model = MLP(2, [8, 3], activation="tanh", output="softmax", rng=0)
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(X, y, epochs=100)
    assert model.evaluate(X, y)[1] > 0.95
    assert model.predict(X).sum(1) == pytest.approx(1)


def test_a_perceptron_learns_or_and_not_xor_and_two_layers_do():
    gate = nn.Perceptron(2)
    assert gate.fit(BIPOLAR, [-1, 1, 1, 1])[-1] == 0
    assert nn.Perceptron(2).fit(BIPOLAR, [-1, -1, -1, 1])[-1] == 0
    mistakes = nn.Perceptron(2).fit(BIPOLAR, 2 * PARITY - 1, epochs=50)
    assert len(mistakes) == 50 and min(mistakes) > 0
    update = next(nn.Perceptron(2).train(BIPOLAR, [-1, 1, 1, 1]))
    assert update == nn.linear_models.Update(1, 0, -1.0, -1.0, (0.0, 0.0), 0.0)
    refused(DataError, lambda: gate.fit(BIPOLAR, [0, 1, 1, 1]), "y must hold −1 or 1")
    model = MLP(2, [4, 1], activation="tanh", output="sigmoid", rng=0)
    model.compile(nn.Adam(0.1), "log_loss", ["accuracy"])
    model.fit(XOR, PARITY, epochs=200)
    assert model.evaluate(XOR, PARITY)[1] == 1


def test_micrograd_style_training_with_the_same_objects():
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    optimizer = SGD(0.1, parameters=model.parameters())
    losses = []
    for _ in range(30):
        loss = nn.losses.get("mse")(PARITY[:, None].tolist(), [model(x) for x in XOR])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    other = MLP(2, [4, 1], activation="tanh", rng=0)
    other.compile(SGD(0.1), "mse")
    assert other.fit(XOR, PARITY, epochs=30, shuffle=False).history["loss"] == pytest.approx(losses, rel=1e-12)


def test_logistic_regression_as_the_lectures_accumulate_it():
    X, y = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [2.0, 0.0, 1.0]]), np.array([1.0, 0.0, 1.0])
    w, b = np.zeros(3), 0.0
    for _ in range(20):
        dw, db = np.zeros(3), 0.0
        for xi, yi in zip(X, y, strict=True):
            dz = 1 / (1 + math.exp(-(w @ xi + b))) - yi
            dw, db = dw + dz * xi, db + dz
        w, b = w - 0.5 * dw / 3, b - 0.5 * db / 3
    model = nn.LogisticRegression(3)
    model.compile(SGD(0.5), "log_loss")
    model.fit(X, y, epochs=20)
    assert model.get_weights()[0].ravel() == pytest.approx(w, rel=1e-11)
    assert model.get_weights()[1] == pytest.approx([b], rel=1e-11)


# ── the loop ──────────────────────────────────────────────────────────────────────────────────────


def test_one_rng_decides_everything():
    def run(rng):
        model = Sequential([Dense(4, activation="relu"), Dropout(0.5), Dense(1)], rng=rng)
        model.compile("adam", "mse")
        return model.fit(*exam(50), epochs=3, batch_size=8).history["loss"]

    assert run(0) == run(0) != run(1)


def test_batches_of_any_size_give_the_mean_of_all_examples():
    X, y = exam(50)
    losses = []
    for size in (50, 7, 1):
        model = Sequential([Dense(3, 2, "tanh"), Dense(1)], rng=0)
        model.compile(SGD(0.0), "mse", ["mae"])
        losses.append([model.fit(X, y, batch_size=size).history[name][0] for name in ("loss", "mae")])
        assert losses[-1] == pytest.approx(list(model.evaluate(X, y)), rel=1e-12)


@pytest.mark.parametrize("backend", ["native", "jax"])
def test_backends_train_alike(backend):
    X, y = exam(25)
    losses = []
    for name in ("numpy", backend):
        model = Sequential([Dense(3, 2, "tanh"), nn.BatchNorm(), Dense(1, activation="sigmoid")], rng=0)
        model.layers[1].trainable = False
        model.compile("adam", "log_loss", ["accuracy"], backend=name)
        try:
            losses.append(model.fit(X, y, epochs=3, batch_size=10).history["loss"])
        except MissingExtra as error:
            pytest.skip(str(error))
    assert losses[0] == pytest.approx(losses[1], rel=1e-11)


def test_training_goes_on_where_it_ended():
    X, y = exam(20)
    once, twice = line(), line()
    for model in (once, twice):
        model.compile("adam", "mse")
    whole = once.fit(X[:, :1], y, epochs=6, shuffle=False).history["loss"]
    parts = [twice.fit(X[:, :1], y, epochs=3, shuffle=False).history["loss"] for _ in range(2)]
    assert parts[0] + parts[1] == pytest.approx(whole, rel=1e-12)


def test_records_come_one_by_one_and_the_model_has_their_weights():
    model = line()
    seen = []
    for record in model.train(XOR[:, :1], PARITY, epochs=100):
        seen.append((record.epoch, model.get_weights()[0][0, 0]))
        if record.epoch == 3:
            break
    assert [epoch for epoch, _ in seen] == [1, 2, 3]
    assert len({w for _, w in seen}) == 3
    assert model.get_weights()[0][0, 0] == seen[-1][1]


def test_early_stopping_returns_to_the_best_weights():
    X = np.random.default_rng(0).normal(size=(40, 6))
    y = X[:, 0] + np.random.default_rng(1).normal(size=40)
    model = MLP(6, [16, 1], activation="tanh", rng=0)
    model.compile(nn.Adam(0.03), "mse")
    stop = EarlyStopping(patience=5, restore_best_weights=True)
    history = model.fit(X, y, epochs=500, validation_split=0.5, callbacks=[stop])
    losses = history.history["val_loss"]
    assert history.stopped == "val_loss has not improved in 5 epochs"
    assert len(losses) == np.argmin(losses) + 1 + 5
    assert model.evaluate(X[20:], y[20:]) == pytest.approx(min(losses), rel=1e-12)
    refused(
        ModelError,
        lambda: line().fit([[1.0]], [1.0], callbacks=[EarlyStopping("auc")]),
        "Unknown number to monitor 'auc'",
    )


def test_ctrl_c_leaves_history_and_weights():
    model = line()

    def interrupt(record):
        if record.epoch == 4:
            raise KeyboardInterrupt

    history = model.fit([[1.0], [2.0]], [2.0, 4.0], epochs=100, callbacks=[interrupt])
    assert (history.stopped, len(history.history["loss"])) == ("interrupted", 4)
    expected = line()
    expected.fit([[1.0], [2.0]], [2.0, 4.0], epochs=4)
    assert (model.get_weights()[0] == expected.get_weights()[0]).all()


def test_ctrl_c_inside_a_rule_leaves_the_weights_of_the_last_whole_step():
    class Halved(nn.optimizers.Optimizer):
        """p ← p − η/2 · g twice, interrupted between the two in the third step."""

        def rule(self, state, rate, g, p):
            p -= rate / 2 * g
            if state.steps == 2:
                raise KeyboardInterrupt
            p -= rate / 2 * g

    model, expected = line(), line()
    model.compile(Halved(0.1), "mse")
    history = model.fit([[1.0], [2.0]], [2.0, 4.0], epochs=100)
    assert (history.stopped, len(history.epoch)) == ("interrupted", 2)
    expected.fit([[1.0], [2.0]], [2.0, 4.0], epochs=2)
    for weights, others in zip(model.get_weights(), expected.get_weights(), strict=True):
        assert weights == pytest.approx(others, rel=1e-12)


def test_divergence_names_epoch_batch_and_node_and_keeps_the_weights():
    model = Sequential([Dense(1, 1, "sqrt", kernel_initializer="ones", name="root")])
    model.compile(SGD(0.1), "mse")
    X, y = [[1.0], [2.0], [-1.0], [3.0]], [1.0, 1.0, 1.0, 1.0]
    refused(
        DivergenceError,
        lambda: model.fit(X, y, batch_size=2, shuffle=False),
        "The loss is nan in epoch 1, batch 2; the weights are those before that step.",
        "sqrt at 'root.neuron1.a' is nan for sample 0: sqrt needs x ≥ 0",
    )
    expected = Sequential([Dense(1, 1, "sqrt", kernel_initializer="ones")])
    expected.compile(SGD(0.1), "mse")
    expected.fit(X[:2], y[:2], shuffle=False)
    assert (model.get_weights()[0] == expected.get_weights()[0]).all()
    model = line()
    model.compile(SGD(1e200), "mse")
    refused(DivergenceError, lambda: model.fit([[1.0], [2.0]], [1.0, 2.0], epochs=9), "epoch 2, batch 1")
    assert np.isfinite(model.get_weights()[0]).all()


def test_penalties_are_added_once():
    model = Sequential([Dense(1, 1, kernel_initializer=2.0, kernel_regularizer=nn.L1L2(0.5, 0.25))])
    model.compile(SGD(0.1), "mse")
    losses = model.fit([[0.0]] * 4, [0.0] * 4, batch_size=2).history["loss"]
    w = 2 - 0.1 * (0.5 + 0.5 * 2)
    assert losses[0] == pytest.approx((2 + 0.5 * w + 0.25 * w * w) / 2)
    w -= 0.1 * (0.5 + 0.5 * w)
    assert model.get_weights()[0][0, 0] == pytest.approx(w)
    assert model.evaluate([[0.0]], [0.0]) == pytest.approx(0.5 * w + 0.25 * w * w)


def test_frozen_layers_stay_and_the_others_learn():
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    before = model.get_weights()
    model.fit(XOR, PARITY, epochs=5)
    same = [(a == b).all() for a, b in zip(before, model.get_weights(), strict=True)]
    assert same == [True, True, False, False]
    model.trainable = False
    refused(ModelError, lambda: model.fit(XOR, PARITY), "nothing to train", "trainable = True")


def test_poor_input():
    model = line(metrics=["accuracy"])
    X, y = [[1.0], [2.0]], [1.0, 2.0]
    refused(DataError, lambda: model.fit([], []), "X is empty")
    refused(DataError, lambda: model.fit([[1.0], [math.nan]], y), "X is nan in row 1, column 0")
    refused(DataError, lambda: model.predict([["a"]]), "X is 'a' in row 0, column 0")
    refused(ShapeError, lambda: model.fit([[1.0, 2.0]], [1.0]), "X must have shape (n, 1) for this model, got (1, 2)")
    refused(ShapeError, lambda: model.fit(X, [1.0]), "X has 2 rows, y has 1")
    refused(ShapeError, lambda: model.fit(X, [[1.0, 2.0], [1.0, 2.0]]), "y must have shape (n, 1)")
    refused(ModelError, lambda: model.fit(X, y, batch_size=0), "batch_size must be a whole number")
    refused(ModelError, lambda: model.fit(X, y, epochs=1.5), "epochs must be a whole number")
    refused(ModelError, lambda: model.fit(X, y, validation_split=1.0), "validation_split")
    refused(DataError, lambda: model.fit(X[:1], y[:1], validation_split=0.9), "leaves none of 1 rows")
    refused(ModelError, lambda: model.fit(X, y, rng="x"), "rng must be a seed")
    refused(ModelError, lambda: model.fit(X, y, verbose=7), "verbose must be")
    refused(ModelError, lambda: model.fit(X, y, validation_data=X[0]), "a pair (x, y), or (x, y, sample_weight)")
    refused(ModelError, lambda: Sequential([Dense(1)]).fit(X, y), "not compiled")
    refused(ModelError, lambda: model.compile("sgd", "mse", "accuracy"), "metrics must be a list")
    refused(ModelError, lambda: model.compile("sgd", "mse", ["f1"]), "Unknown metric 'f1'")
    refused(ModelError, lambda: model.compile("sgd"), "Training needs a loss")


def test_a_broken_bar_is_not_called_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", types.ModuleType("tqdm"))  # without what the bar needs
    with pytest.raises(ImportError, match="cannot import name 'tqdm'"):
        line().fit([[1.0]], [1.0], verbose=1)


def test_showing_progress(capsys):
    line().fit([[1.0]], [2.0], epochs=2, verbose=2)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1: loss ") and second.startswith("epoch 2: loss ")
    pytest.importorskip("tqdm")
    line().fit([[1.0]], [2.0], epochs=2, verbose=1)
    assert "2/2" in capsys.readouterr().err


# ── what the lectures show ────────────────────────────────────────────────────────────────────────


def test_weights_of_zero_never_learn_and_biases_of_zero_do():
    def trained(**first):
        model = MLP(2, [3, 1], activation="tanh", output="sigmoid", rng=0, **first)
        model.compile(SGD(0.5), "log_loss")
        model.fit(XOR, [0.0, 1.0, 1.0, 1.0], epochs=300)
        return model

    kernel, bias, last, _ = trained(kernel_initializer="zeros").get_weights()
    assert not kernel.any() and not bias.any() and not last.any()
    learned = trained(bias_initializer="zeros")
    assert all(x.any() for x in learned.get_weights())
    assert learned.evaluate(XOR, [0.0, 1.0, 1.0, 1.0]) < 0.2
    kernel, *_ = trained(kernel_initializer=0.5).get_weights()  # alike is no better: all units stay the same one
    assert (kernel == kernel[:, :1]).all()


@pytest.mark.parametrize("depth", [1, 4, 10])
def test_gradients_vanish_through_sigmoids(depth):
    """|∂a/∂x| ≤ (¼)ᵈ for d sigmoids in a row with weights of at most 1."""
    x = Value(0.3)
    model = Sequential([Dense(1, 1, "sigmoid", kernel_initializer="ones") for _ in range(depth)])
    slope = grad(model([x])[0], [x])[0]
    assert 0 < slope <= 0.25**depth
    linear = Sequential([Dense(1, 1, kernel_initializer="ones") for _ in range(depth)])
    assert grad(linear([x])[0], [x])[0] == 1


def test_a_dead_rectifier_stays_dead_and_a_leaky_one_recovers():
    def trained(activation):
        model = Sequential([Dense(1, 1, activation, kernel_initializer="ones", bias_initializer=-5.0)])
        model.compile(SGD(0.1), "mse")
        model.fit([[0.0], [1.0]], [1.0, 2.0], epochs=500)
        return model

    dead, leaky = trained("relu"), trained("leaky_relu")
    assert [x.tolist() for x in dead.get_weights()] == [[[1.0]], [-5.0]]
    assert leaky.predict([[0.0], [1.0]]).ravel() == pytest.approx([1.0, 2.0], abs=1e-3)


def test_a_stack_of_linear_layers_is_one():
    model = MLP(3, [5, 4, 2], activation="linear", rng=0)
    W1, b1, W2, b2, W3, b3 = model.get_weights()
    X = np.random.default_rng(0).normal(size=(4, 3))
    assert model.predict(X) == pytest.approx(X @ (W1 @ W2 @ W3) + ((b1 @ W2 + b2) @ W3 + b3))


def test_recording_costs_what_the_model_does_not_what_the_data_do():
    from nn.training.recording import Recording

    model = line()
    sizes = []
    for n in (10, 1000):
        recording = Recording(model, model.loss, np.ones((n, 2)), "numpy", False)
        sizes.append(len(recording.program._trace.nodes))
    assert sizes[0] == sizes[1] < 10


def test_a_neuron_s_gradient_is_the_lectures_formula():
    """Squared error through a sigmoid: ∂L/∂w = 2(a − y)σ′(z)x."""
    neuron = Neuron(2, "sigmoid", initializer=[0.4, -0.2])
    x, y = [1.5, -0.5], 1.0
    a = neuron(x)
    ((a - y) ** 2).backward()
    s = a.data
    assert [w.grad for w in neuron.weights] == pytest.approx([2 * (s - y) * s * (1 - s) * xi for xi in x])


# ── what Keras' users write ───────────────────────────────────────────────────────────────────────


def test_an_input_says_what_the_model_takes():
    model = Sequential(rng=0)
    model.add(nn.Input(shape=(2,)))
    model.add(Dense(3))
    model.add(Dense(1))
    assert model.count == 13 and model.predict([[1, 2]]) == Sequential([Dense(3, 2), Dense(1)], rng=0).predict([[1, 2]])
    with pytest.raises(ModelError, match="An Input comes before the layers"):
        model.add(nn.Input(shape=(2,)))
    with pytest.raises(ModelError, match="A sample is one row of numbers"):
        nn.Input(shape=(28, 28))


def test_keras_arguments_are_taken():
    model = Sequential([Dense(1, input_dim=2)], rng=0)
    model.compile("sgd", "mse")
    X, y = [[0.0, 1.0], [1.0, 0.0]], [0, 1]
    model.fit(X, y, epochs=2, callbacks=nn.EarlyStopping("loss"), verbose=0)
    assert model.predict(X, batch_size=32, verbose=0).shape == (2, 1)
    assert model.evaluate(X, y, batch_size=32, verbose=0) == model.evaluate(X, y)


def test_a_loss_reads_as_its_name():
    assert "lambda" not in repr(nn.losses.mse)


def test_what_a_wrong_call_meant():
    model = Sequential([Dense(1, input_dim=2)], rng=0)
    assert repr(Dense(3, "relu")) == repr(Dense(3, activation="relu"))  # as in Keras
    with pytest.raises(ShapeError, match=r"takes one sample, got rows. Use predict\(X\)"):
        model([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(DataError, match="Array 0 of weights is not an array of numbers: setting an array element"):
        model.set_weights([[[1.0, 2.0], [3.0]], [0.0]])
    with pytest.raises(ShapeError) as caught:
        model.set_weights(3)
    remedy = "Give arrays as get_weights() returns them."
    assert str(caught.value) == f"The weights of Sequential must be a list of arrays, got 3. {remedy}"


def test_momentum_is_of_the_weights_that_are_trained():
    """Layers of equal size frozen in turn: what the optimiser remembers of one is nothing to the other."""
    model = Sequential([Dense(2, input_dim=2, activation="tanh"), Dense(2), Dense(1)], rng=0)
    first, second, last = model.layers
    model.compile(loss="mse", optimizer=SGD(0.1, momentum=0.9))
    first.trainable, last.trainable = False, False
    model.fit(XOR, PARITY, epochs=3, batch_size=4, shuffle=False)
    first.trainable, second.trainable = True, False
    before = first.get_weights()
    model.fit(XOR, PARITY, epochs=1, batch_size=4, shuffle=False)
    anew = Sequential([Dense(2, input_dim=2, activation="tanh"), Dense(2), Dense(1)], rng=0)
    anew.set_weights([*before, *second.get_weights(), *last.get_weights()])
    anew.layers[1].trainable = anew.layers[2].trainable = False
    anew.compile(loss="mse", optimizer=SGD(0.1, momentum=0.9))
    anew.fit(XOR, PARITY, epochs=1, batch_size=4, shuffle=False)
    for found, expected in zip(model.get_weights(), anew.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
