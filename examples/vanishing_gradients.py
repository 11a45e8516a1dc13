# %% [markdown]
# # Vanishing gradients
#
# Why do gradients vanish in a deep network of sigmoids?
#
# Going back through a layer multiplies by σ′(z) = σ(z)(1 − σ(z)), which is ¼ at most: after d layers (¼)ᵈ at most.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np

import nn
from autograd import Value, grad, sigmoid
from nn import datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

slopes = []
for depth in range(1, 11):
    x = y = Value(0.0)
    for _ in range(depth):
        y = sigmoid(y)
    [slope] = grad(y, [x])
    slopes.append(float(slope))
    print(f"{depth:2} sigmoids: slope {slope:.1e}, and at most (¼)^{depth} = {0.25**depth:.1e}")
assert (
    slopes[0] == 0.25 and abs(slopes[9] - 3.9e-7) < 1e-8 and all(slope <= 0.25**d for d, slope in enumerate(slopes, 1))
)

# %% [markdown]
# The same in networks of 8 hidden layers of 8 neurons: the gradient of each layer's weights before training.

# %%
X, t = datasets.moons(60, noise=0.1, rng=0)
deep = {
    f"{name}, {first}": nn.MLP(2, [8] * 8 + [1], activation=name, output="sigmoid", kernel_initializer=first, rng=0)
    for name, first in (("sigmoid", "glorot_uniform"), ("tanh", "glorot_uniform"), ("relu", "he_uniform"))
}
norms = {name: plots.layer_gradients(model, X, t, "binary_crossentropy") for name, model in deep.items()}
for name, norm in norms.items():
    print(f"{name:23} first layer {norm[0]:.1e}, last {norm[-1]:.1e}, a factor of {norm[-1] / norm[0]:.0f}")
plots.save(plots.gradient_norms(deep, X, t, loss="binary_crossentropy"), FOLDER / "norms.png")
plots.save(plots.activation_histograms(deep["sigmoid, glorot_uniform"], X), FOLDER / "sigmoids.png")
ratios = [float(np.divide(norm[-1], norm[0])) for norm in norms.values()]
assert 6e4 < ratios[0] < 7e4 and max(ratios[1:]) < 5
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** ten sigmoids leave a slope of 3.9·10⁻⁷, under (¼)¹⁰ = 9.5·10⁻⁷. In the network of sigmoids the first layer's
# gradient is 66,000 times smaller than the last one's, so it hardly moves; with tanh, whose slope is up to 1, the
# factor is 2, with ReLU and He's weights 4.
