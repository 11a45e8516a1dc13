"""Each epoch's numbers in a CSV file, read back by hand."""

import csv
import os
import tempfile

import numpy as np

from nn import Dense, Input, Sequential
from nn.callbacks import CSVLogger, TerminateOnNaN

rng = np.random.default_rng(7)
X = rng.normal(size=(80, 2))
y = (X[:, 0] * X[:, 1] > 0).astype(int)

path = os.path.join(tempfile.mkdtemp(), "log.csv")
model = Sequential([Input(shape=(2,)), Dense(8, activation="relu"), Dense(2, activation="softmax")])
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X, y, epochs=4, batch_size=8, validation_split=0.25, verbose=0, callbacks=[CSVLogger(path), TerminateOnNaN()])
model.fit(
    X,
    y,
    epochs=6,
    initial_epoch=4,
    batch_size=8,
    validation_split=0.25,
    verbose=0,
    callbacks=[CSVLogger(path, append=True)],
)

with open(path) as file:
    rows = list(csv.DictReader(file))
print(list(rows[0]))
for row in rows:
    print(row["epoch"], *(f"{float(row[key]):.5f}" for key in row if key != "epoch"))
