"""An autoencoder in functional spelling, whose encoder shares its layers, and a model that grows layer by layer."""

import numpy as np

from nn import Dense, Input, Sequential
from nn.losses import MeanSquaredError
from nn.models import Model
from nn.optimizers import Adam

rng = np.random.default_rng(5)
X = rng.normal(size=(40, 2)) @ rng.normal(size=(2, 4))  # four columns that two numbers make

inputs = Input(shape=(4,))
code = Dense(2, kernel_initializer="ones", name="code")(inputs)
outputs = Dense(4, kernel_initializer="ones", name="outputs")(code)
autoencoder, encoder = Model(inputs, outputs, name="autoencoder"), Model(inputs=inputs, outputs=code)
values = [rng.normal(0, 0.5, w.shape) for w in autoencoder.get_weights()]
autoencoder.set_weights(values)
autoencoder.compile(optimizer=Adam(0.02), loss=MeanSquaredError(), metrics=["mae"])
history = autoencoder.fit(X, X, epochs=20, batch_size=40, verbose=0)
print(autoencoder.name, len(encoder.get_weights()), encoder.predict(X, verbose=0).shape)
print(f"loss {history.history['loss'][-1]:.5f}, mae {history.history['mae'][-1]:.5f}")
print(f"code {encoder.predict(X[:1], verbose=0)[0, 0]:.4f}")

model = Sequential([Input(shape=(4,)), Dense(3, activation="tanh", name="first"), Dense(1, name="last")])
for name in ("second", "third"):
    last = model.layers[-1]
    model.pop()
    for layer in model.layers:
        layer.trainable = False
    model.add(Dense(3, activation="tanh", kernel_initializer="ones", name=name))
    model.add(last)
    print(name, [layer.name for layer in model.layers], model.count_params())
