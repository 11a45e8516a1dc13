# %% [markdown]
# # Depth and decision boundaries
#
# What can 0, 1 and 2 hidden layers separate?
#
# Without a hidden layer a network draws a hyperplane; one layer encloses a convex region; two combine such regions.

# %%
import os
import tempfile
from pathlib import Path

import nn
from nn import datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

SHAPES = {"0 hidden layers": [1], "1 hidden layer": [4, 1], "2 hidden layers": [12, 12, 1]}
DATA = {"gauss": datasets.gauss(150, rng=0), "circle": datasets.circle(150, rng=0), "spiral": datasets.spiral(150)}
right = {}
for name, (X, y) in DATA.items():
    models = {}
    for title, units in SHAPES.items():
        model = nn.MLP(2, units, activation="tanh", output="tanh", rng=1)
        model.compile(nn.Adam(0.03), loss="mse")
        model.fit(X, y, epochs=250, batch_size=75, verbose=0)
        models[title] = model
        right[name, title] = float(((model.predict(X)[:, 0] > 0) == (y > 0)).mean())
        print(f"{name:6}  {title}: {right[name, title]:.1%} right")
    axes = plots.boundaries(models, X, y)
    plots.save(axes, FOLDER / f"{name}.png")

# %%
zero, one, two = SHAPES
assert right["gauss", zero] == 1 and right["circle", zero] < 0.7 < 0.98 < right["circle", one]
assert right["spiral", zero] < right["spiral", one] < right["spiral", two]
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** two clouds need no hidden layer: 100 % are right. A disk in a ring needs one (62 % without it), and one of
# 4 neurons encloses it: 100 %. Two spirals are 57 %, 69 % and 99 % right with 0, 1 and 2 hidden layers.
