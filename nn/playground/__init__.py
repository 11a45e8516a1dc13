"""TensorFlow Playground in Python: the same link gives the same numbers, and each step can be taken back."""

from nn.playground.play import Playground, from_link, new
from nn.playground.questions import QUESTIONS, Question

__all__ = ["QUESTIONS", "Playground", "Question", "from_link", "new"]
