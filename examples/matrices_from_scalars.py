# %% [markdown]
# # Matrices in scalar graphs
#
# Where are the matrices in a network that was written with scalars?
#
# A layer written with loops is a few dozen scalar nodes. `compile` finds groups of nodes that are made in the
# same way, and turns them into the matrix product that they are.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np

import viz
from autograd import Value, compile, grad, topological

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

rng = np.random.default_rng(0)
W = [[Value(float(rng.normal()), f"w{i}{j}") for j in range(3)] for i in range(4)]
b = [Value(0.1 * i, f"b_{i}") for i in range(4)]
x = [Value(0.5 * (j + 1), f"x_{j}") for j in range(3)]
h = [(sum(w * t for w, t in zip(row, x, strict=True)) + bias).tanh() for row, bias in zip(W, b, strict=True)]
y = sum(h).named("y")
nodes = topological(y)
print(f"before: {len(nodes)} nodes, {sum(1 for z in nodes if z.op)} operations; the first neuron:")
print(" ", h[0])

# %%
leaves = [*(w for row in W for w in row), *b]
program = compile(y, inputs=[x], wrt=leaves)
print("after:")
print(program)

# %% [markdown]
# The program gives the same numbers, also for a batch of a thousand points at once.

# %%
values, gradients = program(np.array([t.data for t in x]))
assert abs(values - y.data) < 1e-14 and np.allclose(gradients, grad(y, leaves), atol=1e-14)
batch = rng.normal(size=(1000, 3))
many, _ = program(batch)
weights = np.array([[w.data for w in row] for row in W])
assert np.allclose(many, np.tanh(batch @ weights.T + [t.data for t in b]).sum(axis=1))
print(program.cost)
viz.draw(h[0].named("h")).save(FOLDER / "first_neuron.svg")
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** the 36 operations are one matrix product, one tanh and a sum; the gradient is an outer product, as on
# the slide, and a batch of 1000 points is one call.
