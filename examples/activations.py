# %% [markdown]
# # Activations and their slopes
#
# What do the activations look like, and how much of a gradient do they pass on?
#
# A neuron's gradient is multiplied by its activation's slope: where the slope is 0, nothing below it learns.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import autograd as ag
from autograd import Value, compile, expression

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

names = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "sinh", "cosh"]
z = np.linspace(-4, 4, 401)
slopes = {}
figure = Figure(figsize=(12, 9), layout="constrained")
for ax, name in zip(figure.subplots(3, 3).flat, names, strict=True):
    x = Value(1.0, "z")
    f = getattr(ag, name)(x)
    [slope] = ag.grad(f, [x], create_graph=True)
    value, slopes[name] = compile([f, slope], inputs=[x]).values(z).T
    ax.plot(z, value, color="#0072B2", lw=2.5, label=expression(f))
    ax.plot(z, slopes[name], color="#B3001B", lw=2.5, ls="--", label="slope")
    ax.set(ylim=(-1.5, 2.5), title=name, xlabel="z")
    ax.grid(alpha=0.3)
    ax.legend(loc="upper left", fontsize=9)
figure.savefig(FOLDER / "activations.png", dpi=110)

# %% [markdown]
# The lecture's table of σ follows, and its largest slope.

# %%
for number in (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2):
    print(f"σ({number:4}) = {ag.sigmoid(number):.2f}")
steepest = {name: round(float(slopes[name].max()), 4) for name in ("sigmoid", "tanh", "relu")}
print("largest slopes:", steepest)
assert [round(ag.sigmoid(k / 2), 2) for k in (-4, -2, 1, 4)] == [0.12, 0.27, 0.62, 0.88]
assert steepest == {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0} and slopes["relu"][z < 0].max() == 0
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** σ passes on a quarter of the gradient at best: after 5 layers at most 0.25⁵ ≈ 0.001 of it is left. tanh
# passes on up to all of it, ReLU all or nothing, and leaky ReLU always something.
