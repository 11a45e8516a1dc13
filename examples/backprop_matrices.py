# %% [markdown]
# # Backpropagation with matrices
#
# Do the matrix formulas of backpropagation give what the chain rule gives, node by node?
#
# The network has two layers: z[1] = W[1]x + b[1], a[1] = σ(z[1]), z[2] = W[2]a[1] + b[2], ŷ = σ(z[2]),
# with the log loss.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np

import viz
from autograd import Value, grad, log

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

rng = np.random.default_rng(1)
W1, b1, W2, b2 = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(1, 3)), rng.normal(size=1)
x, y = np.array([0.6, -1.2]), 1.0


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


a1 = sigmoid(W1 @ x + b1)
a2 = sigmoid(W2 @ a1 + b2)
dz2 = a2 - y
dW2, db2 = np.outer(dz2, a1), dz2
dz1 = W2.T @ dz2 * a1 * (1 - a1)
dW1, db1 = np.outer(dz1, x), dz1

# %% [markdown]
# The same with Values: NumPy arrays of them support `@` and `+`.

# %%
wrap = np.vectorize(Value, otypes=[object])
V1, c1, V2, c2 = map(wrap, (W1, b1, W2, b2))
h = np.array([z.sigmoid() for z in V1 @ x + c1])
[p] = [z.sigmoid() for z in V2 @ h + c2]
for name, array in (("w^[1]", V1), ("b^[1]", c1), ("w^[2]", V2), ("b^[2]", c2), ("a^[1]", h)):
    for place, value in np.ndenumerate(array):
        value.named(f"{name}_{''.join(str(i + 1) for i in place)}")
p.named("a^[2]")
loss = -(y * log(p) + (1 - y) * log(1 - p))
ours = grad(loss, [*V1.flat, *c1, *V2.flat, *c2])
closed = [*dW1.flat, *db1, *dW2.flat, *db2]
worst = max(abs(p - q) for p, q in zip(ours, closed, strict=True))
print("dW[1] =", dW1.round(4).tolist())
print("dW[2] =", dW2.round(4).tolist())
print(f"largest difference of all {len(ours)} gradients: {worst:.0e}")
assert len(ours) == 13 and worst < 1e-14
viz.draw(loss.named("L"), level="named").save(FOLDER / "two_layers.svg")
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** all 13 gradients agree up to rounding: dz[2] = a[2] − y, dW[2] = dz[2]a[1]ᵀ,
# dz[1] = W[2]ᵀdz[2] ∗ a[1] ∗ (1 − a[1]), dW[1] = dz[1]xᵀ, db[1] = dz[1].
