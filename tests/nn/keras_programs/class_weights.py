"""Rare positives: without class weights the model hardly finds them, with weights it does."""

import numpy as np

from nn import SGD, Dense, Input, Sequential

rng = np.random.default_rng(3)
X = np.concatenate([rng.normal(0.0, 1.0, (190, 2)), rng.normal(1.7, 0.8, (10, 2))])
y = np.array([0] * 190 + [1] * 10)
order = rng.permutation(len(y))
X, y = X[order], y[order]

negative, positive = np.bincount(y)
weights = {0: len(y) / (2 * negative), 1: len(y) / (2 * positive)}
found = {}
for name, class_weight in (("plain", None), ("balanced", weights)):
    model = Sequential([Input((2,)), Dense(4, activation="tanh"), Dense(1, activation="sigmoid")])
    model.compile(SGD(0.2, momentum=0.9), "binary_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    history = model.fit(X, y, epochs=40, batch_size=20, class_weight=class_weight, verbose=0)
    p = model.predict(X, verbose=0)[:, 0]
    found[name] = int(((p > 0.5) & (y == 1)).sum())
    last = {key: round(numbers[-1], 4) for key, numbers in history.history.items()}
    print(f"{name}: {found[name]} of {positive} found; {sorted(last.items())}")
costs = model.evaluate(X, y, sample_weight=np.where(y == 1, 5.0, 0.5), verbose=0, return_dict=True)
print("weighted evaluation:", sorted((name, round(float(cost), 5)) for name, cost in costs.items()))
