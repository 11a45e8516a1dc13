"""Checkpoints of the best epochs, reloaded into a new model; and training that goes on where it ended."""

import os
import tempfile

import numpy as np

from nn import Dense, Input, Sequential
from nn import load as load_model
from nn.callbacks import ModelCheckpoint

rng = np.random.default_rng(5)
X = rng.uniform(-1, 1, (90, 3))
y = X[:, 0] * X[:, 1] - 0.5 * X[:, 2] + rng.normal(0, 0.2, 90)


def network():
    return Sequential([Input(shape=(3,)), Dense(8, activation="tanh"), Dense(1)])


folder = tempfile.mkdtemp()
model = network()
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
best = ModelCheckpoint(os.path.join(folder, "best.npz"), monitor="val_mae", mode="min", save_best_only=True)
each = ModelCheckpoint(os.path.join(folder, "epoch-{epoch:02d}-{val_loss:.3f}.weights.npz"), save_weights_only=True)
history = model.fit(X, y, validation_split=0.3, epochs=12, verbose=0, callbacks=[best, each])
names = sorted(name.split(".weights")[0] for name in os.listdir(folder) if name.startswith("epoch"))
print(names)

saved = load_model(os.path.join(folder, "best.npz"))
saved.compile(optimizer="adam", loss="mse", metrics=["mae"])
print("best:", [round(float(cost), 5) for cost in saved.evaluate(X[63:], y[63:], verbose=0)])
again = network()
again.load_weights(os.path.join(folder, names[4] + ".weights.npz"))
again.compile(optimizer="adam", loss="mse", metrics=["mae"])
print("epoch 5:", [round(float(cost), 5) for cost in again.evaluate(X[63:], y[63:], verbose=0)])
further = model.fit(X, y, epochs=15, initial_epoch=history.epoch[-1] + 1, verbose=0)
print("further:", further.epoch, [round(loss, 5) for loss in further.history["loss"]])
