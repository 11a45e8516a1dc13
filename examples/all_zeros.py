"""The poll: can all weights start at zero? And can all biases?"""

import math

import nn
from nn import datasets


def trained(weights: str, activation: str) -> tuple[float, int]:
    """The loss after 300 steps, and how many different neurons are in the hidden layer."""
    X, y = datasets.moons(100, noise=0.1, rng=0)
    layers = [
        nn.Dense(8, input_dim=2, activation=activation, kernel_initializer=weights, bias_initializer="zeros"),
        nn.Dense(1, activation="sigmoid", kernel_initializer=weights, bias_initializer="zeros"),
    ]
    model = nn.Sequential(layers, rng=0)
    model.compile(nn.Adam(0.05), loss="binary_crossentropy")
    history = model.fit(X, y, epochs=300, batch_size=100, verbose=0).history
    kernel = model.get_weights()[0].round(9)
    return history["loss"][-1], len({tuple(column) for column in kernel.T.tolist()})


def main() -> None:
    seen = {(w, f): trained(w, f) for w in ("zeros", "glorot_uniform") for f in ("tanh", "sigmoid")}
    for (weights, activation), (loss, different) in seen.items():
        print(f"weights {weights:14}  {activation:7}  loss {loss:.4f}  different neurons {different}")
    assert abs(seen["zeros", "tanh"][0] - math.log(2)) < 1e-12 and seen["zeros", "tanh"][1] == 1
    assert abs(seen["zeros", "sigmoid"][0] - math.log(2)) < 1e-12 and seen["zeros", "sigmoid"][1] == 1
    assert seen["glorot_uniform", "tanh"][1] == 8 and seen["glorot_uniform", "tanh"][0] < 0.05


if __name__ == "__main__":
    main()

# Seen: zero weights never learn. All hidden neurons are one, and the loss stays ln 2, that of a coin: with
# tanh the outputs and slopes are 0, with the sigmoid the two classes' slopes cancel. Zero biases do no harm.
