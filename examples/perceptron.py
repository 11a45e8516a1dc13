# %% [markdown]
# # The perceptron's rule
#
# What can a perceptron learn: AND, OR, XOR?
#
# net = w₀ + w₁x₁ + w₂x₂, and the output is 1 for net > 0, else −1. Its rule: after a mistake, w ← w + η(y − o)x.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

X = np.array([[1, -1, -1], [1, -1, 1], [1, 1, -1], [1, 1, 1]])  # x₀ = 1, and both bipolar inputs
TABLES = {"AND": [-1, -1, -1, 1], "OR": [-1, 1, 1, 1], "XOR": [-1, 1, 1, -1]}


def output(w: np.ndarray, X: np.ndarray) -> np.ndarray:
    return np.where(X @ w > 0, 1, -1)


def learn(y: list[int], passes: int = 100) -> tuple[np.ndarray, int]:
    """The weights, and the pass in which there was no mistake (or the last)."""
    w = np.zeros(3)
    for k in range(passes):
        right = 0
        for x, target in zip(X, y, strict=True):
            right += output(w, x) == target
            w = w + 0.5 * (target - output(w, x)) * x
        if right == len(X):
            return w, k
    return w, passes


# %%
figure = Figure(figsize=(12, 4.4), layout="constrained")
mistakes = {}
for ax, (name, y) in zip(figure.subplots(1, 3), TABLES.items(), strict=True):
    w, passes = learn(y)
    mistakes[name] = int((output(w, X) != y).sum())
    print(f"{name}: w = {w} after {passes} passes, {mistakes[name]} mistakes")
    for x, target in zip(X, y, strict=True):
        ax.plot(*x[1:], "o" if target > 0 else "X", ms=16, color="#0072B2" if target > 0 else "#C44E00")
    if w[1:].any():
        side = np.linspace(-2, 2, 2)
        ax.plot(side, -(w[0] + w[1] * side) / (w[2] or 1e-9), "k--", lw=2)
    ax.set(title=f"{name}: {mistakes[name]} mistakes", xlim=(-2, 2), ylim=(-2, 2), xlabel="x₁", ylabel="x₂")
figure.savefig(FOLDER / "perceptron.png", dpi=110)

# %% [markdown]
# No line separates XOR, but two layers do: XOR is OR and not AND.

# %%
hidden = np.column_stack([np.ones(4), output(np.array([1, 1, 1]), X), output(np.array([-1, 1, 1]), X)])
xor = output(np.array([-1, 1, -1]), hidden)
print("two layers:", xor)
assert mistakes["AND"] == mistakes["OR"] == 0 < mistakes["XOR"] and xor.tolist() == TABLES["XOR"]
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** AND and OR are learned within two passes, OR by the lecture's line 1 + x₁ + x₂ = 0; for XOR the rule still
# goes in circles after 100. Two layers with the weights of OR, AND and their difference make no mistake.
