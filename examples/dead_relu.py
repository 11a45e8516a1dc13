# %% [markdown]
# # Dead and leaky ReLUs
#
# When does a ReLU die, and why does a leaky one survive?
#
# If z < 0 for every example, relu′(z) = 0 for all of them: no gradient comes through, so no step revives the neuron.
# A leaky ReLU keeps the slope a for z < 0. Here all biases of a hidden layer start at −3, far on the flat side.

# %%
import os
import tempfile
from pathlib import Path

import nn
from nn import datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

X, y = datasets.moons(100, noise=0.1, rng=0)


def dead(model: nn.Sequential) -> int:
    """How many hidden neurons have slope 0 for every example."""
    slopes = plots.unit_activations(model, X)[0][1]
    return int((abs(slopes).max(axis=0) == 0).sum())


counts, runs, models, moved = {}, {}, {}, {}
for name in ("relu", "leaky_relu(0.01)", "leaky_relu(0.1)"):
    hidden = nn.Dense(8, input_dim=2, activation=name, bias_initializer=-3.0)
    model = nn.Sequential([hidden, nn.Dense(1, activation="sigmoid")], rng=0)
    before, first = dead(model), model.get_weights()[0]
    model.compile(nn.Adam(0.05), loss="binary_crossentropy")
    runs[name], models[name] = model.fit(X, y, epochs=300, batch_size=100, verbose=0), model
    counts[name] = before, dead(model)
    moved[name] = float(abs(model.get_weights()[0] - first).max())
    loss = runs[name].history["loss"][-1]
    print(f"{name:16}  dead {before} → {counts[name][1]}  weights moved by {moved[name]:.2f}  loss {loss:.4f}")

# %%
plots.save(plots.losses(runs), FOLDER / "losses.png")
plots.save(plots.boundaries(models, X, y), FOLDER / "boundaries.png")
plots.save(plots.activation_histograms(models["relu"], X), FOLDER / "dead.png")
ends = {name: run.history["loss"][-1] for name, run in runs.items()}
assert counts["relu"] == (8, 8) and moved["relu"] == 0 and round(ends["relu"], 4) == 0.6931
assert counts["leaky_relu(0.1)"] == (0, 0) and ends["leaky_relu(0.01)"] < ends["leaky_relu(0.1)"] < 0.02
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** all 8 ReLUs are dead at first and still dead after 300 steps: none of their weights has moved, and the loss
# is ln 2 = 0.6931, that of a coin. Leaky ones come back to life even with a slope of 0.01, and reach a loss of 0.0015;
# with 0.1 it is 0.0171.
