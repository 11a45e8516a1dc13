"""Models by Keras' names: `from nn.models import Sequential, load_model, model_from_json`."""

from nn.training.sequential import MLP, Sequential, load, model_from_json

load_model = load

__all__ = ["MLP", "Sequential", "load_model", "model_from_json"]
