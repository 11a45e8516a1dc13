# %% [markdown]
# # Backpropagation on the blackboard
#
# How does backpropagation find the slopes of J = 3(a + bc)?
#
# Name each intermediate result, go forward from the leaves to J, then back: every arrow has a slope, and a gradient
# is the gradient that arrives times the slope of the arrow.

# %%
import os
import tempfile
from pathlib import Path

import viz
from autograd import leaves, parse, steps

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

graph = parse("u = b*c; v = a + u; J = 3*v", a=5, b=3, c=2)
J = graph["J"]
print(steps(J))

# %% [markdown]
# The same as a picture: grey arrows carry values forward, red ones gradients back.

# %%
viz.draw(J).save(FOLDER / "lecture.svg")

# %% [markdown]
# Is that right? A small change of b by 0.001 must change J by 6 · 0.001.

# %%
J.backward()
gradients = {x.name: x.grad for x in leaves(J)}
before = J.data
graph["b"].data += 0.001
nudged = (J.forward().data - before) / 0.001
print(f"(J(b + 0.001) − J(b)) / 0.001 = {nudged:.6f}")
assert gradients == {"a": 3, "b": 6, "c": 9} and abs(nudged - 6) < 1e-9
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** J = 33, ∂J/∂a = 3, ∂J/∂b = 6, ∂J/∂c = 9, and the small change agrees. One pass back gave all three slopes.
