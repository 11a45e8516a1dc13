"""TensorFlow Playground in Python: the same link gives the same numbers, and each step can be taken back."""

from nn.playground.makers import from_data, from_link, new
from nn.playground.play import Playground
from nn.playground.questions import QUESTIONS, Question

__all__ = ["QUESTIONS", "Playground", "Question", "from_data", "from_link", "new"]
