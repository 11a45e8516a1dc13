"""A training loop of one's own: train_on_batch, test_on_batch, predict_on_batch; weights that are read."""

import numpy as np

from nn import Adam, Dense, Input, Sequential

rng = np.random.default_rng(13)
X = rng.normal(size=(64, 4))
y = (X @ [1.0, -1.0, 0.5, 0.0] > 0).astype(float)

model = Sequential(
    [
        Input(shape=(4,)),
        Dense(6, activation="tanh", name="hidden"),
        Dense(1, activation="sigmoid", name="output"),
    ]
)
model.compile(optimizer=Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
for epoch in range(5):
    total = []
    for start in range(0, len(X), 20):
        batch = slice(start, start + 20)
        loss, accuracy = model.train_on_batch(X[batch], y[batch])
        total.append([float(loss), float(accuracy)])
    test = model.test_on_batch(X, y, return_dict=True)
    print(epoch, np.round(np.mean(total, axis=0), 5), {key: round(float(test[key]), 5) for key in sorted(test)})
last = model.train_on_batch(X[:8], y[:8], sample_weight=np.arange(8) / 4)
print("weighted:", [round(float(number), 5) for number in last])
print(model.predict_on_batch(X[:3]).shape, model.count_params(), [w.shape for w in model.weights])
print(model.get_layer("hidden").name, model.get_layer(index=1).name, len(model.trainable_weights))
print([w.name for w in model.get_layer("output").weights], np.round(model.layers[1].get_weights()[1], 5))
for layer in model.layers:
    layer.trainable = layer.name == "output"
print(len(model.trainable_weights), len(model.non_trainable_weights))
