# %% [markdown]
# # Optimisers on six surfaces
#
# Which way down do the optimisers take, and what do they do with the gradient?
#
# The six surfaces are those of gradient_descent_viz. Each descent starts at (1.5, 1.5), with exact gradients.

# %%
import os
import tempfile
from pathlib import Path

import viz
from viz.descent import update

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

methods = ["sgd", "momentum", "rmsprop", "adam=0.05"]
for name in viz.SURFACES:
    descent = viz.descend(name, optimizers=methods)
    ends = ", ".join(f"{path.name} {path.values[-1]:.3f}" for path in descent.paths)
    print(f"{name:14} {descent.paths[0].values[0]:.3f} → {ends}")
    if name in ("local minimum", "saddle"):
        descent.save(FOLDER / f"{name.replace(' ', '_')}.png")

# %% [markdown]
# As an animation, with the vectors of each step: the gradient, its running mean, and what is put in its place.

# %%
viz.descend("local minimum", optimizers=["momentum", "adam=0.05"], steps=120).save(FOLDER / "paths.gif", frames=16)

# %% [markdown]
# An optimiser's step is a computation graph too: m and v are averages, the factor beside η corrects their bias.

# %%
p = update("adam", [3.0], parameter=1.5, rate=0.1)
viz.draw_forward(p, level="named").save(FOLDER / "adam.svg")
print(f"Adam's first step from 1.5 is of the length η whatever the gradient: {p.data:.6f}")
assert abs(p.data - 1.4) < 1e-6 and abs(update("adam", [300.0], parameter=1.5, rate=0.1).data - 1.4) < 1e-6
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** in the local minimum all stop at −1.093 except Adam with η = 0.05, whose momentum carries it over the hump
# to −5.032; on the plateau it alone reaches −1. Adam's first step is η, for a gradient of 3 as for one of 300.
