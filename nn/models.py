"""Models by Keras' names: `from nn.models import Sequential, load_model`."""

from nn.training.sequential import MLP, Sequential, load

load_model = load

__all__ = ["MLP", "Sequential", "load_model"]
