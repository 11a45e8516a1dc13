"""Callbacks of one's own: a line each tenth epoch, the order of all hooks, and a stop at a goal."""

import numpy as np

from nn import Dense, Input, Sequential
from nn.callbacks import Callback, LambdaCallback

rng = np.random.default_rng(11)
X = rng.uniform(-2, 2, (50, 2))
y = X[:, 0] - 2 * X[:, 1] + 0.5


class EachTenth(Callback):
    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % 10 == 0:
            print(f"epoch {epoch + 1}/{self.params['epochs']}: loss {logs['loss']:.4f}")


class Goal(Callback):
    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def on_epoch_end(self, epoch, logs=None):
        if logs.get("loss") < self.loss:
            print(f"reached {self.loss} in epoch {epoch + 1}")
            self.model.stop_training = True


class Hooks(Callback):
    def on_train_begin(self, logs=None):
        print("train begin", self.params["steps"])

    def on_train_end(self, logs=None):
        print("train end", sorted(logs))

    def on_epoch_begin(self, epoch, logs=None):
        print("epoch begin", epoch)

    def on_train_batch_begin(self, batch, logs=None):
        print("  batch", batch, end=" ")

    def on_train_batch_end(self, batch, logs=None):
        print({key: round(float(number), 4) for key, number in sorted(logs.items())})

    def on_test_begin(self, logs=None):
        print("  test begin")

    def on_test_batch_end(self, batch, logs=None):
        print("  test batch", batch, {key: round(float(number), 4) for key, number in sorted(logs.items())})

    def on_test_end(self, logs=None):
        print("  test end", sorted(logs))

    def on_predict_begin(self, logs=None):
        print("predict begin")

    def on_predict_batch_end(self, batch, logs=None):
        print("predict batch", batch, logs["outputs"].shape)

    def on_predict_end(self, logs=None):
        print("predict end")


model = Sequential([Input(shape=(2,)), Dense(1)])
model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
history = model.fit(X, y, epochs=100, batch_size=25, verbose=0, callbacks=[EachTenth(), Goal(0.001)])
model.fit(X, y, epochs=2, batch_size=20, validation_split=0.4, verbose=0, callbacks=[Hooks()])
model.evaluate(X, y, batch_size=30, verbose=0, callbacks=[Hooks()])
model.predict(X, batch_size=30, verbose=0, callbacks=[Hooks()])

norms = []
watch = LambdaCallback(on_train_batch_end=lambda batch, logs: norms.append(np.abs(watch.model.get_weights()[0]).sum()))
model.fit(X, y, epochs=2, batch_size=10, verbose=0, callbacks=[watch])
print([round(float(norm), 4) for norm in norms])
