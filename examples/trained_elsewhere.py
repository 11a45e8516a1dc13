# %% [markdown]
# # A model trained elsewhere
#
# Does a model that Keras trained have the same gradients here, and what does it look like for one sample?
#
# Keras learns XOR with 3 tanh and 1 sigmoid, in single precision. Where Keras is not installed, its weights and slopes
# stand below as it gave them.

# %%
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import nn
import viz
from autograd import steps

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
KERNELS = (
    [[4.5196915, 3.6849701, 1.9222485], [3.7476873, -2.7163055, 3.4762568]],
    [[4.716546], [-3.6901536], [-4.8360624]],
)
BIASES = [-2.043833, 1.9564136, -3.8193748], [-1.3223441]
SLOPES = [
    np.array([[-0.001829739, 2.5822028e-06, 0.0057907104], [0, 0, 0]]),
    np.array([-0.001829739, 2.5822028e-06, 0.0057907104]),
    np.array([[-0.013714713], [-0.013909705], [0.013297884]]),
    np.array([-0.013910055]),
]


def trained():
    """A model from Keras, and Keras' slopes of its loss for the sample (1, 0)."""
    if not (find_spec("keras") and find_spec("jax")) or os.environ.setdefault("KERAS_BACKEND", "jax") != "jax":
        model = nn.MLP(2, [3, 1], activation="tanh", output="sigmoid")
        model.set_weights([KERNELS[0], BIASES[0], KERNELS[1], BIASES[1]])
        return model, SLOPES
    import jax
    import keras

    keras.utils.set_random_seed(3)
    layers = [keras.Input((2,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")]
    theirs = keras.Sequential(layers)
    theirs.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    theirs.fit(X, y, epochs=200, verbose=0)

    def cost(weights):
        return keras.losses.binary_crossentropy(y[2:3], theirs.stateless_call(weights, [], X[2:3])[0])[0]

    return nn.from_keras(theirs), jax.grad(cost)([x.value for x in theirs.trainable_variables])


model, slopes = trained()
print(model, "predicts", model.predict(X).ravel().round(3))

# %% [markdown]
# One sample as a graph of scalars, backwards, step by step.

# %%
J = nn.losses.binary_crossentropy(y[2], model(X[2].tolist())).named("J")
J.backward()
print(str(steps(J))[:600], "…")
viz.draw(J).save(FOLDER / "one_sample.svg")
viz.network(model).save(FOLDER / "trained_network.svg")

# %% [markdown]
# Keras' slopes beside ours.

# %%
for (name, tensor), theirs in zip(model.tensors().items(), slopes, strict=True):
    ours = np.array([x.grad or 0.0 for x in tensor.flat]).reshape(tensor.shape)
    apart = np.abs(ours - np.array(theirs)).max() / 0.0139  # as shares of the largest slope
    print(f"{name:14} ours {ours.ravel()[0]: .9f}, Keras' {float(np.ravel(theirs)[0]): .9f}, apart {apart:.0e}")
    assert apart < 1e-4

print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** the model predicts here what it did in Keras, and its slopes agree to a millionth of the largest, as far as
# single precision goes. The graph shows which neuron passes a gradient on for this sample: the second one hardly does.
