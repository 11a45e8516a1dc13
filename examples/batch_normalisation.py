# %% [markdown]
# # Batch normalisation
#
# What does batch normalisation do to inputs of different scales?
#
# Each number becomes γ(x − μ)/√(v + ε) + β, with the mean μ and variance v of its batch; γ and β are learned.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np

import nn
from nn import datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

X, y = datasets.exam(200, rng=0)  # lectures from 0 to 12, hours from 0 to 40
layer = nn.BatchNorm(epsilon=0.0)
out = np.array([[x.data for x in row] for row in layer.batch(X.tolist(), training=True)])
print(f"before: mean {X.mean(0).round(2)}, deviation {X.std(0).round(2)}")
print(f"after:  mean {abs(out.mean(0)).round(2)}, deviation {out.std(0).round(2)}")
assert np.allclose(out, (X - X.mean(0)) / X.std(0), atol=1e-12)

# %% [markdown]
# With it, a network learns from the raw numbers; without it, most sigmoids are saturated from the first step.

# %%
runs, models = {}, {}
for name, first in (("without", []), ("with", [nn.BatchNorm(momentum=0.9)])):
    layers = [*first, nn.Dense(8, activation="sigmoid"), nn.Dense(1, activation="sigmoid")]
    model = nn.Sequential(layers, rng=0)
    model.build(2)
    model.compile(nn.SGD(0.5), loss="binary_crossentropy", metrics=["accuracy"])
    runs[name], models[name] = model.fit(X, y, epochs=40, batch_size=50, verbose=0), model
    losses = runs[name].history["loss"]
    print(f"{name:8} loss {losses[0]:.3f} → {losses[-1]:.3f}, accuracy {model.evaluate(X, y)[1]:.1%}")
gamma, beta, mean, variance = models["with"].get_weights()[:4]
print(f"learned: γ = {gamma.round(2)}, β = {beta.round(2)}")
print(f"averages: μ = {mean.round(1)}, √v = {np.sqrt(variance).round(1)}")

# %%
plots.save(plots.losses(runs), FOLDER / "losses.png")
plots.save(plots.boundaries(models, X, y), FOLDER / "boundaries.png")
ends = [run.history["loss"][-1] for run in runs.values()]
assert np.allclose(ends, [0.573, 0.300], atol=2e-3) and abs(mean - X.mean(0)).max() < 0.5
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** lectures and hours, whose deviations are 3.93 and 11.52, come out with mean 0 and deviation 1. After 40
# epochs the loss is 0.300 with the layer and 0.573 without it, the accuracy 87.5 % and 74.5 %. For predictions the
# layer has kept averages close to the data's own mean and deviation.
