# %% [markdown]
# # XOR needs two layers
#
# Why does XOR need two layers, and what does the hidden one do?
#
# A perceptron draws one line. Its rule, w ← w + α(t − o)x, stops when no example is wrong.

# %%
import os
import tempfile
from pathlib import Path

import nn
import viz
from nn import datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

mistakes = {}
for gate in ("and", "or", "xor"):
    mistakes[gate] = nn.Perceptron(2, learning_rate=0.5).fit(*datasets.gate(gate, bipolar=True), epochs=100)
    print(f"perceptron, {gate.upper():3}: mistakes in each epoch {str(mistakes[gate][:5])[:-1]}, …")

# %% [markdown]
# Two neurons in front draw two lines, and a third combines them. They learn by gradient descent, with smooth
# activations, as a step function has no slope.

# %%
X, y = datasets.gate("xor")
one = nn.LogisticRegression(2)
two = nn.Sequential([nn.Dense(2, input_dim=2, activation="tanh"), nn.Dense(1, activation="sigmoid")], rng=2)
for model in (one, two):
    model.compile(nn.Adam(0.05), loss="binary_crossentropy")
    model.fit(X, y, epochs=500, batch_size=4, verbose=0)
outputs, losses = two.predict(X)[:, 0], [model.evaluate(X, y) for model in (one, two)]
print(f"losses with one neuron and with three: {losses[0]:.4f}, {losses[1]:.4f}")
print("three neurons at the corners:", ", ".join(f"{p:.2f}" for p in outputs))
plots.save(plots.boundaries({"one neuron": one, "three neurons": two}, X, y), FOLDER / "boundary.png")
plots.save(plots.neurons(two, span=(-0.5, 1.5)), FOLDER / "neurons.png")

# %% [markdown]
# The network with its weights at (1, 0), where its output should be 1:

# %%
viz.network(two, [1, 0], [1], numbers=True).save(FOLDER / "weights.svg")
assert mistakes["and"][-1] == mistakes["or"][-1] == 0 and mistakes["xor"][1:] == [4] * 99
assert abs(losses[0] - 0.6931) < 1e-4 and abs(losses[1] - 0.0022) < 1e-4 and outputs.round().tolist() == y.tolist()
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** AND and OR are learned in 3 epochs; XOR still makes 4 mistakes in its hundredth, and the best that one
# sigmoid can do is to say ½, at a loss of ln 2 = 0.6931. Three neurons reach 0.0022: each hidden one draws a line,
# and the output is 1 outside the strip between them.
