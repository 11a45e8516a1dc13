"""Optimisers: what one is (`base`), and a class for each (`rules`)."""

from nn.optimizers.base import Optimizer, State
from nn.optimizers.rules import OPTIMIZERS, SGD, Adadelta, Adagrad, Adam, AdamW, Momentum, Nesterov, RMSprop, get

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "State",
    "get",
]
