"""A play with our own keys, trained beside Keras with the same points, first weights and batches."""

from __future__ import annotations

import numpy as np
import pytest

from nn import playground
from tests.nn import test_parity as parity

pytestmark = pytest.mark.parity
LINKS = [
    "#cg_classes=3&seed=0.5&batchSize=3&learningRate=0.1&cg_activations=gelu,softplus",
    "#cg_classes=5&dataset=spiral&seed=0.5&networkShape=6&cg_optimizer=adam&learningRate=0.01",
    "#dataset=xor&seed=0.5&cg_optimizer=rmsprop&learningRate=0.01&activation=sigmoid",
    "#problem=regression&seed=0.5&batchSize=30&cg_optimizer=adagrad&cg_activations=mish,silu&learningRate=0.1",
    "#cg_classes=4&dataset=gauss&noise=40&seed=0.5&cg_optimizer=nadam&cg_inputs=x*y&networkShape=5",
]


@pytest.mark.parametrize("link", LINKS)
def test_keras_has_the_same_weights_after_some_epochs(link):
    keras = parity.keras()  # in double precision
    play = playground.from_link(link)
    many, batch = len(play.classes) > 2, int(play.controls["batch_size"])
    assert len(play.train) % batch == 0  # what is left of an epoch is not dropped here, but there
    layers = [keras.layers.Dense(layer.units, activation=layer.activation) for layer in play.model.layers]
    model = keras.Sequential([keras.Input((len(play.inputs),)), *layers])
    model.set_weights(play.model.get_weights())
    name = {"sgd": "SGD", "adam": "Adam", "rmsprop": "RMSprop", "adagrad": "Adagrad", "nadam": "Nadam"}
    optimizer = getattr(keras.optimizers, name[play.controls["optimizer"]])(play.controls["learning_rate"])
    half = lambda y, p: keras.ops.sum((y - p) ** 2, -1) / 2  # noqa: E731
    model.compile(optimizer, "sparse_categorical_crossentropy" if many else half, metrics=["accuracy"] if many else [])
    inputs, targets = (np.array(column) for column in zip(*play._train, strict=True))
    targets = targets.astype(int) if many else targets[:, None]
    model.fit(inputs, targets, batch, 4, verbose=0, shuffle=False)
    play.step(4)
    for mine, theirs in zip(play.model.get_weights(), model.weights, strict=True):
        assert mine == pytest.approx(np.asarray(theirs.value), rel=1e-8, abs=1e-10)
    loss, *accuracy = np.atleast_1d(model.evaluate(inputs, targets, verbose=0))
    assert play.losses.train == pytest.approx(float(loss), rel=1e-6)
    assert not many or play.accuracy.train == pytest.approx(float(accuracy[0]), abs=1e-6)
