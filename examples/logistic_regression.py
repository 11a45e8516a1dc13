# %% [markdown]
# # Logistic regression by hand
#
# Does the lecture's loop for logistic regression agree with autograd?
#
# The loop starts at zeros. For each example dz = a − y, dw += x dz, db += dz; then divide by n, and w ← w − α dw.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np

import viz
from autograd import Value, dot, grad, log, sigmoid

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2))
Y = (X @ [2.0, -1.0] + 0.5 + 0.5 * rng.normal(size=40) > 0).astype(float)


def by_hand(w: list[float], b: float) -> tuple[float, list[float]]:
    J, dw1, dw2, db = 0.0, 0.0, 0.0, 0.0
    for (x1, x2), y in zip(X.tolist(), Y.tolist(), strict=True):
        a = sigmoid(w[0] * x1 + w[1] * x2 + b)
        J += -(y * log(a) + (1 - y) * log(1 - a))
        dz = a - y
        dw1, dw2, db = dw1 + x1 * dz, dw2 + x2 * dz, db + dz
    n = len(X)
    return J / n, [dw1 / n, dw2 / n, db / n]


def by_autograd(w: list[float], b: float) -> tuple[float, list[float]]:
    *weights, bias = leaves = [Value(w[0], "w_1"), Value(w[1], "w_2"), Value(b, "b")]
    J = 0
    for x, y in zip(X.tolist(), Y.tolist(), strict=True):
        a = sigmoid(dot(weights, x) + bias)
        J += -(y * log(a) + (1 - y) * log(1 - a)) / len(X)
    return J.data, grad(J, leaves)


# %%
w, b, worst, costs = [0.0, 0.0], 0.0, 0.0, []
for _ in range(50):
    J, slopes = by_hand(w, b)
    other, same = by_autograd(w, b)
    worst = max(worst, abs(J - other), *(abs(p - q) for p, q in zip(slopes, same, strict=True)))
    w, b = [w[0] - slopes[0], w[1] - slopes[1]], b - slopes[2]
    costs.append(J)
right = float((((X @ w + b) > 0) == Y).mean())
print(f"cost {costs[0]:.4f} → {costs[-1]:.4f}, {right:.1%} right, the largest difference {worst:.0e}")
assert abs(costs[0] - np.log(2)) < 1e-12 and costs[-1] < 0.3 and right >= 0.9 and worst < 1e-14

# %% [markdown]
# The graph of one example, as the lecture draws it:

# %%
names = [Value(w[0], "w_1"), Value(w[1], "w_2")], [Value(X[0, 0], "x_1"), Value(X[0, 1], "x_2")]
a = sigmoid((dot(*names) + Value(b, "b")).named("z")).named("a")
y = Value(Y[0], "y")
viz.draw((-(y * log(a) + (1 - y) * log(1 - a))).named("L"), level="named").save(FOLDER / "logistic.svg")
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** both give the same slopes to the last digits in all 50 steps; at zeros the cost is log 2 = 0.6931, after 50
# steps 0.1877, and 90 % of the points are on the right side.
