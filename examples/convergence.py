# %% [markdown]
# # When a descent has converged
#
# When has a descent converged?
#
# The lecture's rule is to stop when the loss has not improved in 10 steps. How far is that from the best, and what does
# a tolerance for an improvement change?

# %%
import os
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import viz

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())


def converged(losses: np.ndarray, patience: int = 10, least: float = 0.0) -> int:
    """The step after which `patience` steps have not improved the best loss by more than `least`."""
    best, since = np.inf, 0
    for k, loss in enumerate(losses):
        best, since = (loss, 0) if loss < best - least else (best, since + 1)
        if since == patience:
            return k
    return len(losses)


# %%
descent = viz.descend("local minimum", None, ["sgd", "nesterov", "adam=0.05"], steps=400, tolerance=None)
figure = Figure(figsize=(10, 5.5), layout="constrained")
ax = figure.subplots()
stops = {}
for path, dash in zip(descent.paths, ("-", "--", ":"), strict=True):
    stops[path.name] = [converged(path.values, 10, least) for least in (0.0, 1e-6, 1e-3)]
    ax.plot(path.values, dash, lw=2.5, label=path.name)
    k = stops[path.name][2]
    ax.plot(k, path.values[k], "ko", ms=9)
    print(
        f"{path.name:9} stops after {stops[path.name]} steps, f = {path.values[k]:.4f}; without: {path.values[-1]:.4f}"
    )
ax.set(xlabel="step", ylabel="f", title="no improvement of 0.001 in 10 steps: stop")
ax.legend()
figure.savefig(FOLDER / "convergence.png", dpi=110)
for early in stops.values():
    assert early == sorted(early, reverse=True) and early[2] < 400
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** plain descent stops after 127 steps, or after 54 if an improvement must be 0.001; f = −1.0927 either way.
# With momentum the rule is too hasty: the losses of Nesterov's method and Adam do not improve for 10 steps while they
# swing or cross the hump between two valleys, so the rule stops them near 0, on their way to −1.09 and −5.03. The
# patience must be longer than a swing.
