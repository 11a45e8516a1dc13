# %% [markdown]
# # The learning rate
#
# What does a learning rate that is too large do?
#
# On f = x² + 4y² a step multiplies y by 1 − 8η: below η = 1/8 the descent is smooth, up to 1/4 it jumps from side to
# side, and beyond that each jump is longer than the last.

# %%
import os
import tempfile
from pathlib import Path

import viz

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

rates = (0.02, 0.1, 0.23, 0.26)
descent = viz.descend(
    "x**2 + 4*y**2", {"x": -1.5, "y": 1.0}, [f"sgd={rate}" for rate in rates], steps=40, domain=(-2, 2, -2, 2)
)
print(descent)
descent.save(FOLDER / "learning_rate.png")

# %%
for rate, path in zip(rates, descent.paths, strict=True):
    y = path.points[:11, 1]
    assert all(abs(y[k] - (1 - 8 * rate) ** k) < 1e-9 for k in range(len(y)))
    print(f"η = {rate}: y = {', '.join(f'{number:.3f}' for number in y[:5])}, …")
assert [abs(path.points[-1, 1]) < 1 for path in descent.paths] == [True, True, True, False]
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** y follows (1 − 8η)ᵏ to nine digits. The rate 0.1 is the first to arrive where it is flat; 0.23 jumps with
# every step and still comes down; 0.26 grows by the factor 1.08 a step and never will.
