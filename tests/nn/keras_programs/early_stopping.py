"""Two moons: stop when the validation loss has stopped falling, and keep the best weights."""

import numpy as np
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

from nn import Adam, Dense, Input, Sequential
from nn.callbacks import EarlyStopping

X, y = make_moons(n_samples=120, noise=0.35, random_state=1)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=2)

model = Sequential(
    [
        Input(shape=(2,)),
        Dense(16, activation="relu"),
        Dense(16, activation="relu"),
        Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=Adam(learning_rate=0.03), loss="binary_crossentropy", metrics=["accuracy"])
stopping = EarlyStopping(monitor="val_loss", patience=8, min_delta=1e-4, restore_best_weights=True, verbose=1)
history = model.fit(
    X_train, y_train, validation_data=(X_test, y_test), epochs=200, batch_size=16, callbacks=[stopping], verbose=0
)
losses = history.history["val_loss"]
print("epochs:", len(losses), "stopped after", stopping.stopped_epoch + 1, "best", int(np.argmin(losses)) + 1)
loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
print(f"test loss {loss:.4f} is the least, {min(losses):.4f}; accuracy {accuracy:.3f}")
