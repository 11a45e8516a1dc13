# %% [markdown]
# # Losses for probabilities
#
# Why is the log loss the right one for a probability?
#
# A sigmoid that is certain and wrong should learn fast. What gradient does each loss pass on to z, where ŷ = σ(z)?

# %%
import os
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from autograd import Value, compile, grad, log, sigmoid

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

LOSSES = {
    "squared (y − p)²": lambda y, p: (y - p) ** 2,
    "absolute |y − p|": lambda y, p: abs(y - p),
    "log loss −y log p − (1 − y) log(1 − p)": lambda y, p: -y * log(p) - (1 - y) * log(1 - p),
}
z = np.linspace(-6, 6, 241)
slopes = {}
figure = Figure(figsize=(11, 5), layout="constrained")
left, right = figure.subplots(1, 2)
for dash, (name, loss) in zip(("-", "--", ":"), LOSSES.items(), strict=True):
    x = Value(0.5, "z")
    output = loss(1, sigmoid(x))
    height, slope = compile([output, grad(output, [x], create_graph=True)[0]], inputs=[x]).values(z).T
    left.plot(z, height, dash, lw=2.5, label=name)
    right.plot(z, slope, dash, lw=2.5)
    slopes[name.split()[0]] = slope
left.set(title="loss for y = 1", xlabel="z", ylim=(0, 4))
right.set(title="∂loss/∂z", xlabel="z")
left.legend(fontsize=10)
figure.savefig(FOLDER / "losses.png", dpi=110)

# %%
at = list(z).index(-6)
for name, slope in slopes.items():
    print(f"certain and wrong (z = −6, y = 1): ∂loss/∂z of the {name:8} loss = {slope[at]:8.4f}")
closed = 1 / (1 + np.exp(-z)) - 1
assert np.allclose(slopes["log"], closed, atol=1e-12)  # ∂L/∂z = a − y
assert abs(slopes["squared"][at]) < 0.01 < 0.99 < abs(slopes["log"][at])
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** at z = −6 the gradient of the squared loss is −0.005, of the absolute loss −0.0025, and of the log loss
# −0.9975: its slope is a − y, without the factor σ′ that vanishes where the sigmoid is certain.
