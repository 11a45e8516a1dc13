"""Why two layers? A perceptron learns AND and OR; does it learn XOR?"""

import nn
from nn import datasets

EPOCHS = 100


def perceptron(gate: str) -> tuple[nn.Neuron, int]:
    """Rosenblatt's rule, w ← w + (t − o)x, until an epoch without a mistake; and how many such had mistakes."""
    X, y = datasets.gate(gate, bipolar=True)
    neuron = nn.Neuron(2, "sign", initializer="zeros")
    for epoch in range(EPOCHS):
        wrong = 0
        for x, t in zip(X.tolist(), y.tolist(), strict=True):
            miss = t - float(neuron(x))
            wrong += miss != 0
            for w, xi in zip([*neuron.weights, neuron.bias], [*x, 1.0], strict=True):
                w.data += 0.5 * miss * xi
        if not wrong:
            return neuron, epoch
    return neuron, EPOCHS


def two_layers() -> tuple[list[float], float]:
    """The outputs of two tanh neurons and a sigmoid on XOR's corners, and the loss."""
    X, y = datasets.gate("xor")
    model = nn.Sequential([nn.Dense(2, input_dim=2, activation="tanh"), nn.Dense(1, activation="sigmoid")], rng=2)
    model.compile(nn.Adam(0.05), loss="binary_crossentropy")
    history = model.fit(X, y, epochs=500, batch_size=4, verbose=0).history
    return model.predict(X)[:, 0].tolist(), history["loss"][-1]


def main() -> None:
    seen = {gate: perceptron(gate)[1] for gate in ("and", "or", "xor")}
    for gate, epochs in seen.items():
        print(f"perceptron, {gate.upper():3}: {f'learned in {epochs} epochs' if epochs < EPOCHS else 'never learned'}")
    outputs, loss = two_layers()
    print(f"two layers, XOR: {', '.join(f'{p:.2f}' for p in outputs)} at the corners, loss {loss:.3f}")
    assert seen["and"] < 5 and seen["or"] < 5 and seen["xor"] == EPOCHS
    assert [round(p) for p in outputs] == [0, 1, 1, 0] and loss < 0.05


if __name__ == "__main__":
    main()

# Seen: no line separates XOR, so the rule never ends; two neurons draw two lines, and a third combines them.
