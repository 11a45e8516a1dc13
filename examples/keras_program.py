# %% [markdown]
# # The lectures' Keras programs
#
# Does the lectures' Keras program run with only its imports changed?
#
# After the imports each line is Keras' own. The first network has 3 sigmoids and 1.

# %%
import os
import tempfile
from pathlib import Path

import viz
from nn import Dense, Sequential, datasets
from viz import plots

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())

X, y = datasets.moons(200, noise=0.15, rng=0)

model = Sequential(rng=0)
model.add(Dense(units=3, input_dim=2, activation="sigmoid"))
model.add(Dense(units=1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(X, y, epochs=150, batch_size=10, verbose=0)
loss, accuracy = model.evaluate(X, y)
print(f"3-1: loss {loss:.4f}, accuracy {accuracy:.1%}, weights {[w.shape for w in model.get_weights()]}")

# %% [markdown]
# The second has hidden layers of 12 and 8 ReLU units.

# %%
larger = Sequential(rng=0)
larger.add(Dense(12, input_dim=2, activation="relu"))
larger.add(Dense(8, activation="relu"))
larger.add(Dense(1, activation="sigmoid"))
larger.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
longer = larger.fit(X, y, epochs=150, batch_size=10, verbose=0)
less, more = larger.evaluate(X, y)
print(f"12-8-1: loss {less:.4f}, accuracy {more:.1%}")
larger.summary()

# %%
plots.save(plots.losses({"3-1": history, "12-8-1": longer}, metric="accuracy"), FOLDER / "accuracy.png")
plots.save(plots.boundaries({"3-1": model, "12-8-1": larger}, X, y), FOLDER / "boundaries.png")
viz.network(larger, most=12, names=False).save(FOLDER / "network.svg")
assert [w.shape for w in model.get_weights()] == [(2, 3), (3,), (3, 1), (1,)] and model.count == 13
assert larger.count == 149 and abs(loss - 0.3474) < 1e-3 and abs(less - 0.0589) < 5e-3 and accuracy < 0.9 < 0.97 < more
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** it does. The first, with 13 parameters, ends at a loss of 0.3474 with 85.5 % right: its boundary is nearly a
# line. The second, with 149, follows the moons: 0.0589 and 98 %.
