# %% [markdown]
# # Weights that start at zero
#
# Can all weights start at zero, as the lecture's poll asks? And can all biases?
#
# A network with a hidden layer of 8 neurons is trained on two moons for 300 steps; its biases start at 0 each time.

# %%
import math
import os
import tempfile
from pathlib import Path

import nn
from nn import datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

X, y = datasets.moons(100, noise=0.1, rng=0)
runs, models, different = {}, {}, {}
for first in ("zeros", "ones", "glorot_uniform"):
    model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", kernel_initializer=first, rng=0)
    model.compile(nn.Adam(0.05), loss="binary_crossentropy")
    runs[first], models[first] = model.fit(X, y, epochs=300, batch_size=100, verbose=0), model
    columns = model.get_weights()[0].round(9).T.tolist()
    different[first] = len({tuple(column) for column in columns})
    print(f"weights {first:14}  loss {runs[first].history['loss'][-1]:.4f}  different neurons {different[first]}")

# %%
plots.save(plots.losses(runs), FOLDER / "losses.png")
plots.save(plots.boundaries(models, X, y), FOLDER / "boundaries.png")
ends = {first: run.history["loss"][-1] for first, run in runs.items()}
assert abs(ends["zeros"] - math.log(2)) < 1e-12 and different == {"zeros": 1, "ones": 1, "glorot_uniform": 8}
assert ends["glorot_uniform"] < 0.003 and abs(ends["ones"] - 0.2494) < 1e-3
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** zero weights never learn: the outputs and slopes of all hidden neurons are 0, and the loss stays at
# ln 2 = 0.6931, that of a coin. Weights of one do learn, but all 8 neurons stay equal, so the boundary is a straight
# line and the loss 0.2494. Random weights reach 0.0024. Zero biases do no harm.
