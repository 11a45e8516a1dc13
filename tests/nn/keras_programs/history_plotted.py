"""A validation split, measured every second epoch, and its curves plotted."""

import matplotlib
import numpy as np

from nn import Dense, Input, Sequential

matplotlib.use("Agg")
import matplotlib.pyplot as plt

rng = np.random.default_rng(17)
X = rng.uniform(0, 1, (100, 1))
y = np.sqrt(X[:, 0]) + rng.normal(0, 0.05, 100)

model = Sequential([Input(shape=(1,)), Dense(10, activation="relu"), Dense(1)])
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
history = model.fit(
    X, y, epochs=20, batch_size=500, validation_split=0.2, validation_freq=2, validation_batch_size=7, verbose=0
)
print(sorted((key, len(numbers)) for key, numbers in history.history.items()), history.epoch[-1])
print(history.params, model.history is history)

plt.plot(history.epoch, history.history["loss"], label="training")
plt.plot(history.epoch[1::2], history.history["val_loss"], label="validation")
plt.legend()
drawn = [line.get_ydata() for line in plt.gca().get_lines()]
plt.close()
print([np.round(numbers[-1], 6) for numbers in drawn])
part = model.fit(X, y, epochs=3, batch_size=10, steps_per_epoch=4, verbose=0, validation_split=0.2, validation_steps=1)
print({key: [round(number, 6) for number in part.history[key]] for key in sorted(part.history)})
