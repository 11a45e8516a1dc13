"""A learning rate that follows a schedule, and one that falls when the loss does not."""

import math

import numpy as np

from nn import SGD, Dense, Input, Sequential
from nn.callbacks import LearningRateScheduler, ReduceLROnPlateau

x = np.linspace(-1, 1, 60)[:, None]
y = np.sin(3 * x) + 0.3 * np.cos(11 * x)


def network():
    model = Sequential([Input(shape=(1,)), Dense(12, activation="tanh"), Dense(1)])
    model.compile(optimizer=SGD(learning_rate=0.2), loss="mse")
    return model


def schedule(epoch, lr):
    if epoch < 5:
        return lr
    return lr * math.exp(-0.1)


model = network()
history = model.fit(x, y, epochs=15, verbose=0, callbacks=[LearningRateScheduler(schedule, verbose=1)])
print("scheduled:", [round(float(rate), 6) for rate in history.history["learning_rate"]])

other = network()
plateau = ReduceLROnPlateau(monitor="loss", factor=0.5, patience=3, min_delta=0.01, cooldown=1, min_lr=0.01, verbose=1)
longer = other.fit(x, y, epochs=40, verbose=0, callbacks=[plateau])
print("reduced:", [round(float(rate), 6) for rate in longer.history["learning_rate"]][::5])
print(f"losses {history.history['loss'][-1]:.5f}, {longer.history['loss'][-1]:.5f}")
print(f"left at {float(other.optimizer.learning_rate):.4f}")
