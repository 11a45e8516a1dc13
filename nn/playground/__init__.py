"""TensorFlow Playground in Python: the same link gives the same numbers, and each step can be taken back."""

from nn.playground.play import Playground, from_link, new

__all__ = ["Playground", "from_link", "new"]
