# %% [markdown]
# # The lectures' snippets on Values
#
# Which lines of the lectures' Python keep the graph when their numbers are Values, and what is lost by the others?
#
# A formula made of operators, or of NumPy's functions, is a graph: it has a gradient, and follows its inputs. A choice
# that Python makes (`max`, `if`) keeps the branch that was taken, and `math.exp` keeps a number without a past. Both
# are told.

# %%
import math
import os
import tempfile
import warnings
from pathlib import Path

import numpy as np

import autograd
import viz
from autograd import Value, exp, grad, gt, jacobian, maximum, where

FOLDER = Path(os.environ.get("PICTURES") or tempfile.mkdtemp())
warnings.simplefilter("always")

# %% [markdown]
# **Formulas are graphs.** The logistic function and softmax as the lectures write them have the slopes σ(1 − σ) and
# pₖ(δₖₗ − pₗ). `sigmoid` and `softmax` give the same numbers, and do not overflow where e⁻ˣ does, at x = −1000.

# %%
x = Value(0.5, "x")
logistic = 1 / (1 + np.e ** (-x))
print("1/(1+np.e**(-x)):", round(logistic, 4), "slope", round(grad(logistic, [x])[0], 4))
assert math.isclose(grad(logistic, [x])[0], autograd.sigmoid(0.5) * (1 - autograd.sigmoid(0.5)), rel_tol=1e-12)
viz.draw(logistic.named("a")).save(FOLDER / "logistic.svg")

logits = np.array([Value(z) for z in (0.1, 0.2, 0.3)])
shares = np.exp(logits) / np.exp(logits).sum()
print("np.exp(z)/np.exp(z).sum():", [round(p.data, 8) for p in shares])
p = autograd.softmax([0.1, 0.2, 0.3])
for k, row in enumerate(jacobian(shares, logits)):
    assert np.allclose(row, [p[k] * ((k == i) - p[i]) for i in range(3)], rtol=1e-12)

# %% [markdown]
# **A choice keeps its branch.** At x = −1.5 `max(0.0, x)` is a plain 0.0: no node, no gradient. `max(w*x, x)` and a
# step by `if` are right where they were made, and wrong where the other branch belongs; `forward` tells. NumPy's
# function and this package's choose anew.

# %%
x, w = Value(-1.5, "x"), Value(0.1, "w")
print("max(0.0, x):", max(0.0, x), "np.maximum(x, 0):", np.maximum(x, 0))
snippets = {
    "max(w*x, x)": (max(w * x, x) * 2, maximum(w * x, x) * 2),
    "1 if x > 0 else 0": ((1 if x > 0 else 0) * w, gt(x, 0) * w),
    "x if x > 0 else w*x": ((x if x > 0 else w * x) * 2, where(gt(x, 0), x, w * x) * 2),
}
x.data = 2.0
for text, (chosen, recorded) in snippets.items():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pair = chosen.forward().data, recorded.forward().data
    print(f"{text}: at x = 2 the branch gives {pair[0]}, the row {pair[1]}")
    assert pair[0] != pair[1] and told[0].category is autograd.FrozenChoiceWarning
print(told[0].message)

# %% [markdown]
# **A number has no past.** `math.exp(x)` is a float. In x · exp(x) the product's other half is missing from the slope:
# e² in place of 3e².

# %%
x = Value(2.0, "x")
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    cut = x * math.exp(x)
whole = x * exp(x)
print(told[0].message)
print("slopes:", round(grad(cut, [x])[0], 3), round(grad(whole, [x])[0], 3))
assert told[0].category is autograd.GraphCutWarning and math.isclose(grad(whole, [x])[0], 3 * math.exp(2))
try:
    autograd.value_and_grad(lambda x: x * math.exp(x))(2.0)
except autograd.TracingError as refusal:
    print(refusal)
print(f"Pictures: {FOLDER}")

# %% [markdown]
# **Seen:** operators and NumPy's functions make graphs; `max`, `if` and `math` make numbers. Write `maximum`, `where`
# and this package's functions, or make the graph anew at each x.
