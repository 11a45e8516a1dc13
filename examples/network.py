"""Network diagrams for slides: from layer sizes alone, and of a model with its weights and a sample's activations."""

from pathlib import Path

import nn
import viz

HERE = Path(__file__).parent / "gallery"


def shapes() -> viz.Drawing:
    """A wide network, of which only the first and last units are drawn."""
    return viz.network([16, 12, 10, 1], most=6, names=False, node_diameter=34)


def weights() -> viz.Drawing:
    """Random weights, the activations at x = (1, −2), and the gradients of the squared error there."""
    model = nn.MLP(2, [3, 1], activation="tanh", rng=1)
    return viz.network(model, [1, -2], [1], numbers=True, arrowheads="solid")


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, picture in (("network-shapes", shapes()), ("network-weights", weights())):
        print(picture.save(HERE / f"{name}.svg"))
